"""The scenes on bias and variance: real training, honest errors, and the verdicts that the notebook promises."""

import numpy as np
import pytest
from figures import arrows, on_a_figure
from matplotlib.colors import to_hex

from dlcourse import diagnosis, scenes
from dlcourse.scenes.bias_and_variance import CEILING, GREY, HIGHEST, TABLE
from dlcourse.scenes.noisy_moons import drawn

OVERFIT = dict(width=32, steps=1000, m=60, noise=0.3, lambd=0.001)


def end(update, **controls):
    """Train to the end: the last sentence."""
    return list(update(**controls))[-1][1]


def test_the_sets_are_those_of_one_shuffle_and_nobody_beats_the_best_rule():
    """Catches overlapping sets, and a Bayes error of other data."""
    (X, _), (X_dev, Y_dev), (X_test, _), bayes = drawn(0.3)
    together = np.concatenate([X, X_dev, X_test], axis=1)
    assert together.shape == (2, 2000) and len(np.unique(together, axis=1).T) == 2000
    assert 0.05 < bayes < 0.15 and drawn(0.5)[3] > bayes > drawn(0.1)[3]


def test_the_presets_show_what_they_are_called():
    """Syllabus 2.01, 2.02, 2.05. Catches train and dev exchanged, a boundary of another network, lambda not passed on."""
    _, update = on_a_figure(scenes.bias_and_variance)
    for controls, expected in (
        ({}, "high variance"),
        ({"width": 1, "m": 400}, "high bias"),
        ({"m": 400, "lambd": 1.0}, "low bias and low variance"),
        ({"width": 1, "m": 20}, "high bias and high variance"),
    ):
        said = end(update, **{**OVERFIT, **controls})
        assert update.facts["verdict"] == expected and f": {expected}; next: " in said, said
        assert update.facts["train"] < update.facts["dev"] + 0.02


def test_the_curves_end_at_what_is_said():
    fig, update = on_a_figure(scenes.bias_and_variance)
    said = end(update, **{**OVERFIT, "steps": 50})
    lines = {line.get_label(): line.get_data() for line in fig.axes[1].lines}
    (at, train), (_, dev), (_, best) = lines["training set"], lines["dev set"], lines["best possible"]
    assert at[-1] == 50 and list(at) == sorted(set(at))
    assert f"Training error {train[-1]:.0%}, dev error {dev[-1]:.0%}, best possible {best[0]:.0%}" in said


def test_more_data_does_not_cure_bias():
    """E32: with one unit in each layer the training error stays above the best possible, however many examples."""
    _, update = on_a_figure(scenes.bias_and_variance)
    for m in (60, 200, 400):
        end(update, **{**OVERFIT, "width": 1, "m": m})
        assert update.facts["train"] - update.facts["bayes"] > 0.03
    few = end(update, **OVERFIT), update.facts["dev"]
    many = end(update, **{**OVERFIT, "m": 400}), update.facts["dev"]
    assert many[1] < few[1] - 0.04  # variance it does cure


def test_two_subtractions_and_two_thresholds():
    """2.03, 2.04: bars and points are the gaps; Bayes error moves the circles to the left only."""
    fig, update = on_a_figure(scenes.error_plane)
    assert "15 - 0 = 15 points, variance 16 - 15 = 1 point: high bias; next" in update(train=15.0, dev=16.0, bayes=0.0)
    cats = next(line for line in fig.axes[1].lines if line.get_markersize() == 15)
    before = np.array(cats.get_data())
    np.testing.assert_allclose(before.T, [(100 * train, 100 * (dev - train)) for train, dev in TABLE])
    assert "low bias and low variance" in update(train=15.0, dev=16.0, bayes=14.0)
    np.testing.assert_allclose(np.array(cats.get_data()), before - [[14.0], [0.0]], atol=1e-12)
    assert [bar.get_width() for bar in fig.axes[0].patches] == [14, 15, 16]
    assert update.facts["verdict"] == diagnosis.verdict(0.15, 0.16, 0.14)


def test_a_turned_test_set_is_no_variance():
    """1.05: dev error stays as it is while the test set turns. Catches a turn that moves the dev set or the labels."""
    fig, update = on_a_figure(scenes.mismatched)
    update(turn=0, m=400)
    dev, alike = update.facts["dev"], update.facts["test"]
    assert abs(dev - alike) < 0.03
    said = update(turn=60, m=400)
    assert update.facts["dev"] == dev and update.facts["test"] > 0.5 and f"{dev:.0%} wrong on the dev set" in said
    curves = {line.get_label(): line.get_data() for line in fig.axes[1].lines}
    np.testing.assert_allclose(curves["400 examples"], [[0, 60], [alike, update.facts["test"]]])
    assert len(curves["20 examples"][0]) == 0  # nobody has been there


def test_the_next_step_is_one_that_helps():
    """Following the caption lowers the error in question. Catches a cure of the other trouble, or one used up."""
    _, update = on_a_figure(scenes.bias_and_variance)
    moves = {
        "a smaller lambda": {"lambd": 0.1},
        "train longer, or with a better optimizer": {"steps": 1000},
        "a bigger network: more hidden units or layers": {"width": 8},
        "more data, real or augmented": {"m": 400},
        "a larger lambda": {"lambd": 0.5},
    }
    followed = set()
    for change in ({"lambd": 100.0}, {"steps": 1}, {"width": 1, "m": 400}, {}, {"m": 400}):
        end(update, **{**OVERFIT, **change})
        before = dict(update.facts)
        followed.add(before["next"])
        end(update, **{**OVERFIT, **change, **moves[before["next"]]})
        which = "train" if "high bias" in before["verdict"] else "dev"
        assert update.facts[which] < before[which] - 0.02, (change, before, update.facts)
    assert followed == set(moves)


def test_an_error_above_the_axis_is_an_arrow():
    fig, update = on_a_figure(scenes.bias_and_variance)
    right = fig.axes[1]
    found = 0
    for width, m in ((1, 20), (32, 2), (4, 1)):
        list(update(width, 10, m, 0.3, 0.0))
        above = any(max(line.get_ydata()) > CEILING for line in right.lines[:2])
        assert above == ("^" in arrows(right))
        found += above
    assert 0 < found < 3


def handle(update, name):
    return next(held for held in update.handles if held.name == name)


def test_the_ring_is_dragged_to_two_gaps_and_bayes_error_stays():
    """Where it is dropped it stands, as long as no error leaves what can be set. Catches gaps added to the wrong error."""
    fig, update = on_a_figure(scenes.error_plane)
    ring = handle(update, "bias and variance")
    start = {"train": 15.0, "dev": 16.0, "bayes": 10.0}
    for place in ((5.0, 3.0), (-4.0, 20.0), (20.0, -15.0)):
        values = {**start, **ring.moved(start, 0, *place)}
        assert values["bayes"] == 10 and ring.spots(values)[0] == place
        update(**values)
        hollow = next(line for line in fig.axes[1].lines if line.get_fillstyle() == "none")
        np.testing.assert_allclose(hollow.get_xydata(), [place])
    for place, expected in (((40.0, 20.0), (HIGHEST, HIGHEST)), ((-40.0, -5.0), (0, 0)), ((-40.0, 5.0), (0, 5))):
        assert tuple(ring.moved(start, 0, *place).values()) == expected


def test_the_ends_of_the_bars_are_where_they_are_held():
    fig, update = on_a_figure(scenes.error_plane)
    values = {"train": 15.0, "dev": 16.0, "bayes": 3.0}
    update(**values)
    ends = next(line for line in fig.axes[0].lines if len(line.get_xdata()) == 3).get_xydata()
    assert [held.spots(values)[0] for held in update.handles[:3]] == [tuple(end) for end in ends]
    assert [held.controls for held in update.handles[:3]] == [("bayes",), ("train",), ("dev",)]
    assert [bar.get_width() for bar in fig.axes[0].patches] == [3, 15, 16]


def test_the_hand_that_turns_the_moons_turns_with_them():
    """Catches a turn the other way round, about another middle, and a quarter turn too much."""
    fig, update = on_a_figure(scenes.mismatched)
    hand, before = handle(update, "up"), None
    for turn in (0, 30, 90):
        update(turn, 20)
        middle, knob = fig.axes[0].lines[-1].get_xydata()
        spot = hand.spots({"turn": turn})[0]
        assert hand.moved({}, 0, *spot)["turn"] == pytest.approx(turn) and knob == pytest.approx(spot)
        dots = np.array([*fig.axes[0].lines[1].get_xydata(), knob]) - middle
        angles = np.rad2deg(np.arctan2(*dots.T[::-1]))
        before = angles if before is None else before
        np.testing.assert_allclose((angles - before) % 360, turn, atol=1e-6)
    assert hand.moved({}, 0, 9.0, middle[1])["turn"] < 0 < 90 < hand.moved({}, 0, middle[0] - 0.1, -9.0)["turn"]


def test_the_chosen_curve_is_in_front_and_only_drawn_ones_are_named():
    fig, update = on_a_figure(scenes.mismatched)
    names = fig.legends[0]
    for chosen, shown in ((80, [80]), (20, [20, 80])):
        update(10, chosen)
        for size, line, key, text in zip((20, 80, 400), fig.axes[1].lines, names.legend_handles, names.get_texts()):
            assert text.get_text() == line.get_label() == f"{size} examples"
            assert text.get_visible() == key.get_visible() == (size in shown)
            assert to_hex(line.get_color()) == to_hex(key.get_color())
            assert (line.get_color() == GREY) == (size != chosen) == (line.get_zorder() < 3)


def test_examples_set_by_hand_are_those_it_trains_on():
    """The drawn ones given back change nothing; one on the other side is fitted, too; the dev set and the best rule stay."""
    fig, update = on_a_figure(scenes.bias_and_variance)
    assert end(update, **OVERFIT) and update.idle == set()
    drawn_by_itself, points = dict(update.facts), handle(update, "training examples")
    own = tuple(points.points({"data": None}))
    said = end(update, **{**OVERFIT, "m": 400}, data=own)
    assert update.facts == drawn_by_itself and update.idle == {"m", "noise"} and len(own) == 60, said

    blue = [kind for *_, kind in own[1:]].index(1)
    moved = points.moved(points.removed({"data": own}, 0), blue, -1.0, 1.5)["data"]
    end(update, **OVERFIT, data=moved)
    dots = {marker: line.get_xydata() for line in fig.axes[0].lines for marker in [line.get_marker()] if marker in "so"}
    for kind, marker in enumerate("so"):
        np.testing.assert_allclose(dots[marker], [(x, y) for x, y, k in moved if k == kind])
    assert [-1.0, 1.5] in dots["o"].tolist() and len(moved) == 59
    assert update.facts["train"] == 0 and update.facts["dev"] != drawn_by_itself["dev"]
    assert update.facts["bayes"] == drawn_by_itself["bayes"]


def test_the_upright_line_stands_where_the_training_ends():
    fig, update = on_a_figure(scenes.bias_and_variance)
    end(update, **{**OVERFIT, "steps": 20})
    upright = next(line for line in fig.axes[1].lines if line.get_color() == GREY)
    curve = next(line for line in fig.axes[1].lines if line.get_label() == "dev set")
    assert set(upright.get_xdata()) == {20} == {curve.get_xdata()[-1]}
