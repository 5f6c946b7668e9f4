"""Penalties and dropout: laws, the course's factors, leading axes, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dlcourse.averages import weights_of_the_past
from dlcourse.regularizers import dropout_mask, l1, l2

thetas = arrays(float, st.integers(1, 8), elements=st.floats(-100, 100))
MASK = np.array([1.0, 1.0, 0.0, 1.0, 0.0])


def slope(penalty, theta, eps=1e-4, **given):
    """The two-sided difference, one row of the identity for each entry."""
    step = eps * np.eye(theta.size)
    return (penalty(theta + step, **given)[0] - penalty(theta - step, **given)[0]) / (2 * eps)


@pytest.mark.parametrize("penalty", [l1, l2])
@pytest.mark.parametrize("mask", [1.0, MASK, 0.5 * MASK])
def test_the_gradient_is_the_slope_of_the_penalty(penalty, mask):
    """Catches a lost 1/2, a lost 1/m, a mask on one of the two only. Both are piecewise quadratic: no truncation."""
    theta = np.array([3.0, -2.0, 0.5, 1e-2, -7.0])
    _, gradient = penalty(theta, 0.7, 30, mask)
    np.testing.assert_allclose(slope(penalty, theta, lambd=0.7, m=30, mask=mask), gradient, rtol=1e-9, atol=1e-12)


@given(thetas, st.floats(0, 10), st.integers(1, 1000))
def test_the_courses_factors(theta, lambd, m):
    """Syllabus 3.02 to 3.06: lambda/(2m) before both penalties; the gradients have lambda/m and lambda/(2m)."""
    penalty, gradient = l2(theta, lambd, m)
    assert penalty == pytest.approx(lambd / (2 * m) * theta @ theta, rel=1e-12)
    np.testing.assert_allclose(gradient, lambd / m * theta, rtol=1e-12)
    penalty, gradient = l1(theta, lambd, m)
    assert penalty == pytest.approx(lambd / (2 * m) * np.abs(theta).sum(), rel=1e-12)
    np.testing.assert_allclose(gradient, lambd / (2 * m) * np.sign(theta), rtol=1e-12)


def test_weight_decay_reading_of_l2():
    """Syllabus 3.07: steps along the penalty alone shrink w by (1 - lr lambda/m) each, a geometric series."""
    theta, lr, lambd, m = np.array([2.0, -3.0]), 0.5, 4.0, 20
    start = theta
    for _ in range(3):
        theta = theta - lr * l2(theta, lambd, m)[1]
    np.testing.assert_allclose(theta, start * 0.9**3, rtol=1e-14)
    assert weights_of_the_past(0.9, 4)[3] / 0.1 == pytest.approx(0.9**3)


@pytest.mark.parametrize("penalty", [l1, l2])
def test_what_the_mask_leaves_out_feels_nothing(penalty):
    theta = np.array([3.0, -2.0, 0.5, 1.0, -7.0])
    cost, gradient = penalty(theta, 1.0, 10, MASK)
    np.testing.assert_array_equal(gradient[MASK == 0], 0.0)
    assert cost == penalty(theta[MASK == 1], 1.0, 10)[0]


def test_l1_has_no_pull_at_zero():
    np.testing.assert_array_equal(l1(np.array([0.0, -0.0]), 1.0, 1)[1], [0.0, 0.0])


@pytest.mark.parametrize("penalty", [l1, l2])
def test_penalties_stacked_equal_looped(penalty):
    theta, lambd = np.random.default_rng(0).normal(size=(3, 5)), np.array([0.0, 0.5, 7.0])
    costs, gradients = penalty(theta, lambd, 10, MASK)
    assert costs.shape == (3,) and gradients.shape == (3, 5)
    for k in range(3):
        cost, gradient = penalty(theta[k], lambd[k], 10, MASK)
        assert costs[k] == pytest.approx(cost, rel=1e-14)
        np.testing.assert_allclose(gradients[k], gradient, rtol=1e-14)
        np.testing.assert_allclose(penalty(theta[0], lambd, 10)[1][k], penalty(theta[0], lambd[k], 10)[1], rtol=1e-14)


@given(st.floats(0.01, 1.0), st.integers(0, 2**32))
def test_a_mask_holds_zero_and_one_over_keep_prob(keep_prob, seed):
    values = np.unique(dropout_mask((20, 20), keep_prob, np.random.default_rng(seed)))
    assert set(values) <= {0.0, 1 / keep_prob}


def test_the_share_kept_and_the_expectation():
    """Syllabus 4.03: with keep_prob 0.8 ten of 50 units are off on average; dividing keeps the mean.

    Catches keep and drop exchanged, and a division by 1 - keep_prob. The spread of the mean of n draws is
    sqrt(p (1 - p) / n); the draws are fixed, five spreads is the bar.
    """
    mask = dropout_mask((50, 20_000), 0.8, np.random.default_rng(1))
    spread = (0.8 * 0.2 / mask.size) ** 0.5
    assert abs((mask > 0).mean() - 0.8) < 5 * spread
    assert abs((mask == 0).sum(axis=0).mean() - 10) < 5 * 50 * spread
    assert abs(mask.mean() - 1) < 5 * spread / 0.8


def test_keep_prob_one_keeps_everything():
    np.testing.assert_array_equal(dropout_mask((3, 4), 1.0, np.random.default_rng(0)), np.ones((3, 4)))


def test_every_draw_is_new_and_the_same_seed_repeats_it():
    """The museum's random source as a default argument: there two calls gave the same mask."""
    rng = np.random.default_rng(0)
    first, second = dropout_mask((5, 5), 0.5, rng), dropout_mask((5, 5), 0.5, rng)
    assert (first != second).any()
    np.testing.assert_array_equal(first, dropout_mask((5, 5), 0.5, np.random.default_rng(0)))


def test_masks_stacked_equal_looped():
    keep_prob = np.array([0.2, 0.9, 1.0])
    stacked, rng = dropout_mask((4, 6), keep_prob, np.random.default_rng(0)), np.random.default_rng(0)
    looped = [dropout_mask((4, 6), p, rng) for p in keep_prob]
    np.testing.assert_array_equal(stacked, looped)
    assert dropout_mask((3, 4, 6), 0.5, rng).shape == dropout_mask((3, 4, 6), keep_prob, rng).shape == (3, 4, 6)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: l2(np.ones(3), -0.1, 10), r"lambd must be in \[0, inf\), got -0.1"),
        (lambda: l1(np.ones(3), -0.1, 10), r"lambd must be in \[0, inf\), got -0.1"),
        (lambda: l2(np.ones(3), np.array([0.1, np.nan]), 10), "lambd must be in .* got nan"),
        (lambda: l1(np.ones(3), np.inf, 10), "lambd must be in .* got inf"),
        (lambda: l2(np.ones(3), "big", 10), "lambd must be made of numbers"),
        (lambda: l2(np.ones(3), 0.1, 0), r"m must be in \[1, inf\), got 0"),
        (lambda: l1(np.ones(3), 0.1, 2.5), "m must be a whole number"),
        (lambda: dropout_mask((2, 2), 0.0, np.random.default_rng(0)), r"keep_prob must be in \(0, 1\], got 0.0"),
        (lambda: dropout_mask((2, 2), 1.5, np.random.default_rng(0)), r"keep_prob must be in \(0, 1\], got 1.5"),
        (lambda: dropout_mask((2, 2), [0.5, np.nan], np.random.default_rng(0)), "keep_prob must be in .* got nan"),
        (lambda: dropout_mask((2, 2), 0.5, 0), "rng must be a random generator, such as .* got 0"),
        (lambda: dropout_mask((2, 2), 0.5, np.random.RandomState(0)), "rng must be a random generator"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
