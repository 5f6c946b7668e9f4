"""The scenes on digits: what the pictures say against a training of their own."""

import numpy as np
import pytest

from dlcourse import datasets, live, scenes
from dlcourse.scenes.augmentation_and_early_stopping import DEV


@pytest.fixture(scope="module")
def data():
    X, Y = datasets.digits()
    order = np.random.default_rng(0).permutation(X.shape[1])
    X, Y = X[:, order], Y[:, order]
    return X[:, :200], Y[:, :200], X[:, -600:], Y[:, -600:]


pytestmark = pytest.mark.usefixtures("close_labs")


def test_distortions_help_where_the_dev_set_has_them_and_hurt_where_not(data):
    """E32: more data usually helps; shifted digits do so for shifted dev digits, not for centred ones."""
    lab = live.live(scenes.augmented_training, *data, max_shift=(0, 2, 0), max_degrees=(0.0, 60.0, 0.0), dev_digits=DEV)
    facts = lab.update.facts
    assert facts["plain"] == facts["augmented"] and facts["gaps"][0] == facts["gaps"][1]
    lab.set(max_shift=1, max_degrees=10, dev_digits="moved")
    facts = lab.update.facts
    assert facts["augmented"] < facts["plain"] / 3 and facts["gaps"][1] < facts["gaps"][0] / 3
    lab.set(dev_digits="centred")
    assert lab.update.facts["augmented"] > lab.update.facts["plain"] + 0.02


def test_a_mirrored_digit_is_another(data):
    lab = live.live(scenes.distorted_digits, *data, right=(-2.0, 2.0, 0.0), degrees=(-180.0, 180.0, 0.0), mirror=False)
    plain = lab.update.facts["read"]
    lab.set(mirror=True)
    assert plain > 0.9 and lab.update.facts["read"] < 0.6
    shown = [axes.images[0].get_array() for axes in lab.frame.figure.axes]
    for above, below in zip(shown[:6], shown[6:]):
        np.testing.assert_array_equal(above[:, ::-1], below)


def test_patience_and_the_best_epoch(data):
    """The star is the lowest dev cost of the curve; enough patience keeps it, and stops so many epochs later."""
    lab = live.live(
        scenes.stopping_early, *data, patience=(1, 40, 20), wrong_labels=(0.0, 0.4, 0.3), lambd=(0.0, 1.0, 0.0)
    )
    train, dev, star, _ = lab.frame.figure.axes[0].lines
    facts = lab.update.facts
    assert facts["kept"] == facts["lowest"] == np.argmin(dev.get_ydata()) == star.get_xdata()[0]
    assert facts["stopped"] == facts["kept"] + 20 and facts["early"] < facts["late"] - 0.05
    assert train.get_ydata()[-1] < train.get_ydata()[facts["kept"]]
    lab.set(patience=1)
    dev = dev.get_ydata()
    rise = int(np.argmax(np.diff(dev) >= 0))
    assert lab.update.facts["kept"] == rise and lab.update.facts["stopped"] == rise + 1


def test_the_figure_starts_before_the_event(data):
    """After a few epochs nothing is said of a stop that has not come, and the line of the stop is away."""
    lab = live.live(scenes.stopping_early, *data, epochs=(1, 60, 5), patience=(1, 40, 10))
    line = lab.frame.figure.axes[0].lines[3]
    assert "patience 10 is not over" in lab.caption and "stops" not in lab.caption and not line.get_visible()
    lab.set(epochs=60)
    assert "training stops at epoch" in lab.caption and line.get_visible()
