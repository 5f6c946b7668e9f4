"""The scenes of batch norm at test time: what they say must follow from the formulas, or be measured."""

import pytest

from dlcourse import datasets, live, scenes
from dlcourse.live import one_minus_log, powers_of_two

D, LABELS = datasets.digits()
T = datasets.one_hot(LABELS, 10)
X, Y, X_DEV, Y_DEV = D[:, :1000], T[:, :1000], D[:, 1000:], T[:, 1000:]

pytestmark = pytest.mark.usefixtures("close_labs")


def test_noise_falls_with_the_batch_size():
    """Syllabus 18.09: four times the examples, about half the noise; and nothing moves the test-time answer."""
    lab = live.live(scenes.batch_noise, X, Y, batch_size=powers_of_two(2, 512, 16), seed=(1, 10, 1))
    noise, answers = {}, set()
    for size in (16, 64, 256):
        lab.set(batch_size=size)
        noise[size] = lab.update.facts["noise"]
        answers.add(lab.caption.split("at test time ")[1])
    assert 1.5 < noise[16] / noise[64] < 2.7 and 1.5 < noise[64] / noise[256] < 2.7 and len(answers) == 1


def test_running_estimates_lag_and_need_their_correction():
    lab = live.live(
        scenes.running_estimates,
        X,
        Y,
        X_DEV,
        Y_DEV,
        beta=one_minus_log(0.5, 0.999, start=0.9),
        correction=True,
        step=(1, 200, 10),
    )
    lab.set(beta=0.99)
    right = lab.update.facts["error"]
    lab.set(correction=False)
    assert lab.update.facts["error"] > right + 0.2
    lab.set(beta=0.999, correction=True, step=200)
    long = lab.update.facts["lag"]
    lab.set(beta=0.9)
    assert lab.update.facts["lag"] < long
