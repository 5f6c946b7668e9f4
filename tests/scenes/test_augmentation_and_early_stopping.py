"""The scenes on digits: what the pictures say against a training of their own."""

from itertools import islice

import numpy as np
import pytest

from dlcourse import datasets, live, scenes
from dlcourse.scenes.augmentation_and_early_stopping import DEV, SHOWN


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


def tiles(axes):
    """The pictures of a row, (n, 8, 8)."""
    row = np.asarray(axes.images[0].get_array())
    return np.stack([row[:, 9 * k : 9 * k + 8] for k in range(len(SHOWN))])


def distorted(data):
    sizes = dict(right=(-2.0, 2.0, 0.0), down=(-2.0, 2.0, 0.0), degrees=(-180, 180, 0), mirror=False)
    return live.live(scenes.distorted_digits, *data, **sizes, digit=live.choice({str(d): d for d in SHOWN}, 3))


def test_a_mirrored_digit_is_another(data):
    lab = distorted(data)
    plain = lab.update.facts["read"]
    lab.set(mirror=True)
    assert plain > 0.9 and lab.update.facts["read"] < 0.6
    large, above, below = lab.frame.figure.axes
    np.testing.assert_array_equal(tiles(above)[:, :, ::-1], tiles(below))
    np.testing.assert_array_equal(large.images[0].get_array(), tiles(below)[SHOWN.index(3)])


def test_the_digit_in_the_hand_goes_where_it_is_dragged_and_turns_with_its_knob(data):
    """One pixel right and one up on the page; and a quarter to the left is 90 degrees."""
    lab = distorted(data)
    large, above, below = lab.frame.figure.axes
    before = np.asarray(large.images[0].get_array())
    lab.drag("digit", 4.5, 2.5)
    assert (lab.values["right"], lab.values["down"]) == (1, -1) and large.get_ylim()[0] > large.get_ylim()[1]
    np.testing.assert_allclose(np.asarray(large.images[0].get_array())[:-1, 1:], before[1:, :-1], atol=1e-12)
    lab.set(**lab.start)
    lab.drag("knob", -1.5, 3.5)
    assert lab.values["degrees"] == 90
    turned = datasets.rotated(tiles(above)[SHOWN.index(3)].reshape(64, 1), 90).reshape(8, 8)
    np.testing.assert_allclose(large.images[0].get_array(), turned, atol=1e-12)
    x, y = lab.handles["knob"].spots(lab.values)[0]
    assert large.lines[-1].get_xydata()[0] == pytest.approx([x, y]) and x < 3.5 and y == pytest.approx(3.5)


def test_a_press_puts_another_digit_in_the_hand_and_each_is_read(data):
    """What is written under a digit is the class that is most probable; the sentence says that of the one in the hand."""
    lab = distorted(data)
    large, above, below = lab.frame.figure.axes
    lab.set(right=1.0)
    under = [text.get_text() for text in below.texts]
    assert under != [str(digit) for digit in SHOWN] == [text.get_text() for text in above.texts]
    for k, digit in enumerate(SHOWN):
        lab.press("which digit", k)
        assert lab.values["digit"] == digit and lab.caption.endswith(f"and this {digit} as {under[k]}.")
        np.testing.assert_array_equal(large.images[0].get_array(), tiles(below)[k])


def test_augmented_digits_are_shown_as_the_step_sees_them(data):
    """Left they stay; right they are others at each step, and the left ones as long as nothing is distorted."""
    X, Y = data[:2]
    lab = live.live(scenes.augmented_training, *data, max_shift=(0, 2, 0), max_degrees=(0.0, 60.0, 0.0), dev_digits=DEV)
    left, right = lab.frame.figure.axes[:2]
    np.testing.assert_array_equal(tiles(left), tiles(right))
    seen = []
    for _ in islice(lab.update(**{**lab.start, "max_shift": 1}), 0, 30, 10):  # every tenth step is drawn
        seen.append(tiles(right).copy())
    for picture, digit in zip(tiles(left), SHOWN):
        same = (X == picture.reshape(64, 1)).all(axis=0)
        assert Y[0, same].tolist() == [digit]
        shifts = [(right, down) for right in (-1, 0, 1) for down in (-1, 0, 1)]
        moved = np.stack([datasets.shifted(picture.reshape(64, 1), *shift).reshape(8, 8) for shift in shifts])
        for step in seen:
            assert (moved == step[SHOWN.index(digit)]).all(axis=(1, 2)).any()
    assert not (seen[0] == seen[1]).all() and not (seen[1] == seen[2]).all()
    assert "in cost J and not in percent" in lab.caption


def curve(axes, name):
    return next(line for line in axes.lines if line.get_label() == name)


def test_patience_and_the_best_epoch(data):
    """The star is the lowest dev cost of the curve; enough patience keeps it, and stops so many epochs later."""
    lab = live.live(
        scenes.stopping_early, *data, patience=(1, 40, 20), wrong_labels=(0.0, 0.4, 0.3), lambd=(0.0, 1.0, 0.0)
    )
    axes, facts = lab.frame.figure.axes[0], lab.update.facts
    star, wait = curve(axes, "best so far"), curve(axes, "patience")
    assert facts["kept"] == facts["lowest"] == np.argmin(facts["dev"]) == star.get_xdata()[0]
    assert facts["stopped"] == facts["kept"] + 20 == wait.get_xdata()[1] and facts["early"] < facts["late"] - 0.05
    assert facts["train"][-1] < facts["train"][facts["kept"]]
    lab.set(patience=1)
    dev = lab.update.facts["dev"]
    rise = int(np.argmax(np.diff(dev) >= 0))
    assert lab.update.facts["kept"] == rise == star.get_xdata()[0] and lab.update.facts["stopped"] == rise + 1
    assert list(curve(axes, "dev cost").get_ydata()) == dev[: rise + 2]  # in colour up to the stop, then grey
    grey = [line for line in axes.lines if line.get_color() == "#B5B5B5"]
    assert [list(line.get_ydata()) for line in grey] == [lab.update.facts["train"][rise + 1 :], dev[rise + 1 :]]


def test_the_figure_starts_before_the_event(data):
    """After a few epochs nothing is said of a stop that has not come; patience reaches beyond the last epoch."""
    lab = live.live(scenes.stopping_early, *data, epochs=(1, 60, 5), patience=(1, 40, 10))
    wait = curve(lab.frame.figure.axes[0], "patience")
    assert "patience 10 is not over" in lab.caption and "stops" not in lab.caption and wait.get_xdata()[1] > 5
    lab.set(epochs=60)
    assert "training stops at epoch" in lab.caption and wait.get_xdata()[1] == lab.update.facts["stopped"] < 60


def test_a_training_goes_on_where_it_was_and_both_of_its_lines_can_be_dragged(data):
    """No epoch is trained twice, and piece by piece it is the same training; the end of patience goes as near as it can."""
    lab = live.live(scenes.stopping_early, *data, epochs=(1, 60, 5), patience=(1, 40, 10), wrong_labels=(0.0, 0.4, 0.3))
    lab.drag("epochs", 30, 1)
    assert lab.values["epochs"] == 30 and len(lab.update.facts["dev"]) == 31
    pieces = lab.update.facts["dev"]
    assert len(list(lab.update(**lab.values))) == 1 and len(list(lab.update(**{**lab.values, "epochs": 33}))) == 1 + 3
    lab.update.afresh()
    assert len(list(lab.update(**lab.values))) == 31
    assert lab.update.facts["dev"] == pieces
    lab.set(epochs=60)
    stops = []
    for patience in range(1, 41):
        list(lab.update(**{**lab.values, "patience": patience}))
        stops.append(lab.update.facts["kept"] + patience)
    for place in (13, 22, 40):
        lab.drag("end of patience", place, 1)
        x, y = lab.handles["end of patience"].spots(lab.values)[0]
        assert abs(x - place) == np.abs(np.subtract(stops, place)).min() and y == min(lab.update.facts["dev"][: int(x)])
