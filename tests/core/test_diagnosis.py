"""Diagnosis: the course's table, the two gaps, the order of the recipe."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse import diagnosis

TABLE = [
    (0.01, 0.11, "high variance"),
    (0.15, 0.16, "high bias"),
    (0.15, 0.30, "high bias and high variance"),
    (0.005, 0.01, "low bias and low variance"),
]
fractions = st.integers(0, 100).map(lambda percent: percent / 100)


@pytest.mark.parametrize("train, dev, expected", TABLE)
def test_the_courses_table(train, dev, expected):
    """Syllabus 2.03. Catches bias and variance exchanged, and either gap taken from the wrong pair."""
    assert diagnosis.verdict(train, dev) == expected
    assert type(diagnosis.verdict(train, dev)) is str


@pytest.mark.parametrize("bayes", [0.14, 0.15])
def test_bayes_error_excuses_the_second_column(bayes):
    """Syllabus 2.04: blurred pictures. It moves bias only: the third column still varies too much."""
    assert diagnosis.verdict(0.15, 0.16, bayes) == "low bias and low variance"
    assert diagnosis.verdict(0.15, 0.30, bayes) == "high variance"


@given(fractions, fractions, fractions)
def test_gaps_add_up_and_decide(train, dev, bayes):
    bias, variance = diagnosis.gaps(train, dev, bayes)
    assert bias + variance == pytest.approx(dev - bayes)
    found = diagnosis.verdict(train, dev, bayes)
    assert ("high bias" in found) == (round(100 * (train - bayes)) > 2)
    assert ("high variance" in found) == (round(100 * (dev - train)) > 2)
    assert found in diagnosis.VERDICTS


def test_gaps_by_hand():
    assert diagnosis.gaps(0.25, 0.75) == (0.25, 0.5)
    assert diagnosis.gaps(0.25, 0.125, 0.5) == (-0.25, -0.125)
    assert diagnosis.gaps(np.uint8(0), np.uint8(0), np.uint8(1)) == (-1, 0)  # small whole numbers do not wrap around


def test_a_gap_just_at_the_tolerance_is_low():
    """0.17 - 0.15 is 0.020000000000000018 in floating point, 0.03 - 0.01 a little less than 0.02."""
    assert 0.17 - 0.15 > 0.02 > 0.03 - 0.01
    for train, dev in ((0.01, 0.03), (0.02, 0.04), (0.0, 0.02)):
        assert diagnosis.verdict(train, dev) == "low bias and low variance"
    assert diagnosis.verdict(0.17, 0.17, 0.15) == "low bias and low variance"
    assert diagnosis.verdict(0.15, 0.16, tolerance=0.15) == "low bias and low variance"
    assert diagnosis.verdict(0.15, 0.16, tolerance=0.0) == "high bias and high variance"


def test_arrays_are_judged_one_by_one():
    train, dev, expected = (np.array(column) for column in zip(*TABLE))
    before = train.copy()
    assert diagnosis.verdict(train, dev).tolist() == expected.tolist()
    bayes, tolerance = np.array([[0.0], [0.14]]), np.array([0.02, 0.3, 0.02, 0.02])
    stacked = diagnosis.verdict(train, dev, bayes, tolerance)
    assert stacked.shape == (2, 4)
    for i, j in np.ndindex(2, 4):
        assert stacked[i, j] == diagnosis.verdict(train[j], dev[j], bayes[i, 0], tolerance[j])
        for stack, one in zip(diagnosis.gaps(train, dev, bayes), diagnosis.gaps(train[j], dev[j], bayes[i, 0])):
            np.testing.assert_array_equal(np.broadcast_to(stack, (2, 4))[i, j], one)
    np.testing.assert_array_equal(train, before)


def test_bayes_error_of_two_points_is_the_normal_tail():
    """Two centres at -1 and 1: the best rule is the sign, and errs with probability Phi(-1/noise). Catches a lost 1/2."""
    rng = np.random.default_rng(0)
    Y = rng.integers(0, 2, (1, 100_000)).astype(float)
    for noise, tail in ((1.0, 0.158655), (0.5, 0.022750)):
        X = 2 * Y - 1 + noise * rng.normal(size=Y.shape)
        assert diagnosis.bayes_error(X, Y, [[-1.0, 1.0]], [[0.0, 1.0]], noise) == pytest.approx(tail, abs=0.004)


def test_bayes_error_weighs_all_centres_by_distance():
    """Three centres of class 0 at 2 against one of class 1 at 0: at 0.9 the one is nearer, but with enough noise outvoted."""
    centres, labels = [[0.0, 2.0, 2.0, 2.0]], [[1.0, 0.0, 0.0, 0.0]]
    errors = [diagnosis.bayes_error([[0.9]], [[1.0]], centres, labels, noise) for noise in (0.1, 0.4, 0.5, 3.0)]
    assert errors == [0, 0, 1, 1]  # odds 3 exp(-0.2 / noise^2) pass 1 at noise = 0.427
    assert diagnosis.bayes_error([[0.9]], [[1.0]], centres, labels, 1e-3) == 0  # no 0/0 far from every centre


def test_recipe_cures_bias_first():
    """Syllabus 2.06. More data stands under variance only, a bigger network under bias only (E32)."""
    assert [diagnosis.next_steps(train, dev)[0] for train, dev, _ in TABLE] == [
        "high variance",
        "high bias",
        "high bias",
        "low bias and low variance",
    ]
    assert diagnosis.next_steps(0.15, 0.30, bayes_error=0.14)[0] == "high variance"
    assert diagnosis.next_steps(0.15, 0.30, tolerance=0.2)[0] == "low bias and low variance"
    for trouble, cure in (("high bias", "bigger"), ("high variance", "data")):
        others = [step for name, steps in diagnosis.RECIPE.items() if name != trouble for step in steps]
        assert any(cure in step for step in diagnosis.RECIPE[trouble]) and not any(cure in step for step in others)
    assert diagnosis.next_steps(0.15, 0.30) == ("high bias", diagnosis.RECIPE["high bias"])


def test_each_cure_stands_under_its_own_trouble():
    """The table of the course, word for word what we make of it: no cure moved, none lost."""
    cures = {
        "high bias": ("bigger network", "train longer", "another architecture"),
        "high variance": ("more data", "regularize", "another architecture"),
        "low bias and low variance": ("done",),
    }
    assert {name: len(steps) for name, steps in diagnosis.RECIPE.items()} == {name: len(cures[name]) for name in cures}
    for name, steps in diagnosis.RECIPE.items():
        for step, cure in zip(steps, cures[name]):
            assert cure in step


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: diagnosis.verdict(15, 16), r"train_error must be in \[0, 1\], got 15; .* 15 % is 0.15"),
        (lambda: diagnosis.verdict(0.1, 1.1), r"dev_error must be in \[0, 1\], got 1.1"),
        (lambda: diagnosis.verdict(0.1, 0.1, -0.1), "bayes_error must be in"),
        (lambda: diagnosis.gaps(np.nan, 0.1), "train_error must be in"),
        (lambda: diagnosis.gaps([0.1, 2.0], 0.1), "train_error must be in .* got 2.0"),
        (lambda: diagnosis.gaps("1 %", 0.1), "train_error must be made of numbers"),
        (lambda: diagnosis.verdict(0.1, 0.1, tolerance=1.0), "tolerance must be in"),
        (lambda: diagnosis.bayes_error([[0.0]], [[0.0]], [[0.0]], [[0.0]], 0), r"noise must be in \(0, inf\), got 0"),
        (lambda: diagnosis.next_steps([0.1, 0.2], 0.3), "train_error must be one number"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
