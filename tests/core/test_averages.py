"""Averages and bias correction: laws, the notes' numbers, leading axes, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse import averages

betas = st.floats(0, 0.999)
series = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=50)


@given(betas, st.floats(-100, 100), st.integers(1, 300))
def test_corrected_average_of_a_constant_is_that_constant(beta, c, t):
    """Catches a missing power t, an average started at one, a correction fed back into the state."""
    v = averages.ewa_series(np.full(t, c), beta, bias_correction=True)
    np.testing.assert_allclose(v, c, rtol=1e-9, atol=1e-12)


@given(series, betas)
def test_series_is_the_weighted_sum_of_the_past(x, beta):
    """The recursion and the closed form are two independent routes to v_T. Catches swapped weights."""
    t = len(x)
    closed = averages.weights_of_the_past(beta, t) @ np.array(x)[::-1]
    np.testing.assert_allclose(averages.ewa_series(x, beta)[-1], closed, atol=1e-9)


def test_series_is_the_step_repeated():
    x, v = [3.0, -1.0, 2.0], 0.0
    for t, value in enumerate(x, start=1):
        v = averages.ewa(v, value, 0.7)
        assert v == averages.ewa_series(x, 0.7)[t - 1]
        corrected = averages.ewa_series(x, 0.7, bias_correction=True)[t - 1]
        assert averages.bias_correction(v, 0.7, t) == pytest.approx(corrected, rel=1e-15)


def test_the_notes_numbers():
    """Syllabus 12.03, 12.07, 12.08 and E9."""
    np.testing.assert_allclose(averages.weights_of_the_past(0.98, 2), [0.02, 0.0196], rtol=1e-12)
    assert 1 - averages.remaining_bias(0.98, 2) == pytest.approx(0.0396)
    np.testing.assert_allclose(averages.window([0.5, 0.9, 0.98]), [2, 10, 50])
    assert averages.remaining_bias(0.98, 100) == pytest.approx(0.1326, abs=5e-5)
    for beta, first in ((0.9, 44), (0.98, 228), (0.999, 4603)):
        assert averages.remaining_bias(beta, first) < 0.01 <= averages.remaining_bias(beta, first - 1)


def test_beta_zero_gives_the_series_back():
    np.testing.assert_array_equal(averages.ewa_series([1.0, 5.0, 2.0], 0.0), [1.0, 5.0, 2.0])


def test_leading_axes_are_separate_series():
    rng = np.random.default_rng(0)
    x, beta = rng.normal(size=(3, 20)), np.array([0.1, 0.9, 0.99])
    for correction in (False, True):
        stacked = averages.ewa_series(x, beta, correction)
        looped = [averages.ewa_series(x[k], beta[k], correction) for k in range(3)]
        np.testing.assert_allclose(stacked, looped, rtol=1e-14)
    assert averages.ewa_series(x[0], beta).shape == (3, 20)
    np.testing.assert_allclose(averages.ewa_series(x, 0.9)[2], averages.ewa_series(x[2], 0.9), rtol=1e-14)
    np.testing.assert_allclose(averages.weights_of_the_past(beta, 5)[1], averages.weights_of_the_past(0.9, 5))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: averages.ewa(0.0, 1.0, 1.0), r"beta must be in \[0, 1\), got 1.0"),
        (lambda: averages.ewa_series([1.0], -0.1), r"beta must be in \[0, 1\), got -0.1"),
        (lambda: averages.ewa_series([], 0.9), "x must not be empty"),
        (lambda: averages.ewa_series([1.0, np.nan], 0.9), r"x must be finite, got nan at index \(1,\)"),
        (lambda: averages.ewa_series(1.0, 0.9), "x must have at least 1 axes"),
        (lambda: averages.ewa_series(["a"], 0.9), "x must be made of numbers"),
        (lambda: averages.window(np.nan), "beta must be in"),
        (lambda: averages.bias_correction(1.0, 0.9, 0), r"^t must be in \[1, inf\), got 0; the first value is t = 1$"),
        (lambda: averages.bias_correction(1.0, 1, 1), r"^beta must be in \[0, 1\), got 1$"),
        (lambda: averages.remaining_bias(0.9, -1), r"^t must be in \[0, inf\), got -1$"),
        (lambda: averages.remaining_bias(1.0, 1), "^beta must be in"),
        (lambda: averages.weights_of_the_past(0.9, 0), "^t must be in"),
        (lambda: averages.weights_of_the_past(-0.1, 2), "^beta must be in"),
        (lambda: averages.weights_of_the_past(0.9, 1.5), "t must be a whole number"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
