"""The scenes of batch norm at test time: what they say must follow from the formulas, or be measured."""

import numpy as np
import pytest
from figures import on_a_figure

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


def test_the_digit_that_is_pressed_is_the_example():
    """The frame stands around its picture, and another example begins its own curve of noise."""
    lab = live.live(scenes.batch_noise, X, Y, batch_size=powers_of_two(2, 512, 16), example=(1, 20, 1))
    digits, _, sizes = lab.frame.figure.axes
    been = sizes.lines[-1]
    lab.drag("batch size", 64, 0.1)
    assert lab.values["batch_size"] == 64 and list(been.get_xdata()) == [16, 64]
    assert been.get_ydata()[-1] == lab.update.facts["noise"]
    lab.press("example", 12)
    assert lab.values["example"] == 13 and list(been.get_xdata()) == [64]
    (left, right), (top, bottom) = ((max(0, int(np.ceil(v.min()))), int(v.max())) for v in digits.lines[0].get_data())
    inside = digits.images[0].get_array()[top : bottom + 1, left : right + 1]
    assert inside.sum() == pytest.approx(X[:, 12].sum()) and np.isin(X[:, 12].round(6), np.round(inside, 6)).all()


def test_both_running_estimates_are_drawn_and_corrected():
    """At the first step the corrected average is the first batch's own; not corrected, 1 - beta of it."""
    fig, update = on_a_figure(scenes.running_estimates, X, Y, X_DEV, Y_DEV)
    for name in ("mean", "variance"):
        axes = next(axes for axes in fig.axes if axes.get_ylabel() == f"{name} of z")
        batch, _, running, end = axes.lines
        for correction, share in ((True, 1.0), (False, 0.1)):
            update(0.9, correction, 10)
            assert (
                running.get_ydata()[0] == pytest.approx(share * batch.get_ydata()[0]) and len(running.get_ydata()) == 10
            )
            assert end.get_xdata() == [10, 10]


def test_the_step_is_dragged_along_its_logarithmic_axis():
    lab = live.live(
        scenes.running_estimates, X, Y, X_DEV, Y_DEV, beta=one_minus_log(0.5, 0.999, start=0.9), step=(1, 200, 200)
    )
    for name, step in (("step", 10), ("step, above", 50)):
        lab.drag(name, step, 0.1)
        assert lab.values["step"] == step and f"after {step} steps" in lab.caption
