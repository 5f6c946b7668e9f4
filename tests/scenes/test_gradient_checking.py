"""The scenes of gradient checking: what each planted bug spoils, the valley, the kinks, the masks."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from dlcourse import datasets, scenes
from dlcourse.scenes.gradient_checking import BUGS, FUNCTIONS

SPOILED = {
    "none": "",
    "lambda/m missing": "W2",
    "wrong sign": "W2",
    "db without the sum": "b2",
    "1/m forgotten": "W2 b2",
    "g' forgotten": "W1 b1 W2 b2",
    "mask forgotten": "W1 b1 W2 b2",
}


def planted():
    return scenes.planted_bugs(Figure(), *datasets.moons(12, 0.1, np.random.default_rng(0)))


@pytest.mark.parametrize("steps", [0, 100])
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_where_it_is(bug, steps):
    """10.12 and 10.15: the faulty parameters and no others, at the start and after training."""
    update = planted()
    update(bug, layer=2, steps=steps)
    assert update.facts["found"] == SPOILED[bug].split()


def test_a_right_gradient_is_great_at_every_eps():
    update = planted()
    for eps in 10.0 ** -np.arange(1, 11):
        update("none", layer=1, eps=eps)
        assert update.facts["verdict"] == "great", eps


def test_without_lambda_a_missing_penalty_is_no_bug_and_wide_bars_miss_it():
    """10.13 and E6: what the goal of the figure asks for."""
    update = planted()
    for lambd, eps, verdict in ((0.0, 1e-7, "great"), (0.1, 1e-7, "worry"), (0.1, 1e-10, "look again")):
        update("lambda/m missing", layer=1, eps=eps, lambd=lambd)
        assert update.facts["verdict"] == verdict


def test_the_valley_says_the_lectures_numbers():
    update = scenes.eps_valley(Figure())
    update("x^3 at 1", 0.01)
    assert update.facts["two"] == pytest.approx(1e-4 / 6.0001) and update.facts["one"] == pytest.approx(0.0301 / 6.0301)
    assert "nothing but rounding two-sided" in update("x^2 at 1", 1e-2)
    update(FUNCTIONS[2], 1e-5)
    assert update.facts["two"] < 1e-9 < update.facts["one"]


def test_a_chord_over_a_kink_misleads_and_a_short_one_does_not():
    update = scenes.relu_kink(Figure())
    update(0.5, 0.1, "relu")
    assert update.facts["crossed"] == 2 and update.facts["difference"] > 0.1
    update(0.5, 1e-4, "relu")
    assert update.facts["crossed"] == 0 and update.facts["difference"] < 1e-6


def test_fresh_masks_have_no_slope():
    """10.14: senseless with dropout, right with keep_prob = 1."""
    update = scenes.fresh_and_fixed(Figure())
    update(0.8, 1e-7)
    assert abs(update.facts["wild"]) > 1e3 > abs(update.facts["right"])
    update(1.0, 1e-7)
    assert update.facts["wild"] == pytest.approx(update.facts["right"], abs=1e-6)
