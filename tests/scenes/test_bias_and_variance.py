"""The scenes on bias and variance: real training, honest errors, and the verdicts that the notebook promises."""

import numpy as np
from figures import arrows, on_a_figure

from dlcourse import diagnosis, scenes
from dlcourse.scenes.bias_and_variance import CEILING, TABLE
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
