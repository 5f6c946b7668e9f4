"""Standardized inputs and batch norm: laws, the notes' identities, test time, leading axes, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dlcourse.normalization import batch_norm, batch_norm_backward, running_statistics, standardize

EPS = 1e-5
rng = np.random.default_rng(0)
Z, GAMMA, BETA = rng.normal(1.0, 3.0, size=(4, 6)), rng.normal(size=(4, 1)), rng.normal(size=(4, 1))
sets = arrays(float, st.tuples(st.integers(1, 4), st.integers(2, 20)), elements=st.floats(-1e3, 1e3))


@given(sets)
def test_standardized_features_have_mean_zero_and_spread_one_or_none(X):
    """Catches a division by the variance, 1/(m-1), and statistics over the wrong axis."""
    X = X.round(3)
    X_norm, mu, sigma = standardize(X)
    constant = np.ptp(X, axis=-1) == 0
    np.testing.assert_allclose(X_norm.mean(axis=-1), 0.0, atol=1e-9)
    np.testing.assert_allclose(X_norm.std(axis=-1), np.where(constant, 0.0, 1.0), atol=1e-9)
    np.testing.assert_allclose(X_norm * sigma + mu, X, atol=1e-9)


def test_a_constant_feature_becomes_zero_and_stays_finite_for_new_values():
    """0.1 three times has a rounded mean, so std is 1e-17, not 0: dividing by it would blow up the test set."""
    X_norm, mu, sigma = standardize([[0.1, 0.1, 0.1], [1.0, 2.0, 3.0]])
    np.testing.assert_allclose(X_norm[0], 0.0, atol=1e-15)
    assert sigma[0, 0] == 1.0
    assert standardize([[0.3], [2.0]], mu, sigma)[0].ravel() == pytest.approx([0.2, 0.0])


def test_test_set_is_moved_by_the_training_sets_numbers():
    """Syllabus 6.02. Catches statistics that are taken anew: then the test set would be centred at 0."""
    train, test = rng.normal(5.0, 2.0, (3, 50)), rng.normal(8.0, 2.0, (3, 50))
    _, mu, sigma = standardize(train)
    moved, mu_back, sigma_back = standardize(test, mu, sigma)
    np.testing.assert_array_equal(moved, (test - train.mean(1, keepdims=True)) / train.std(1, keepdims=True))
    assert mu_back is mu and sigma_back is sigma and moved.mean() > 1


@given(sets, st.floats(0.1, 10), st.floats(-100, 100))
def test_units_of_measurement_do_not_matter(X, scale, shift):
    X = X.round(3) + np.arange(X.shape[-1])
    np.testing.assert_allclose(standardize(scale * X + shift)[0], standardize(X)[0], atol=1e-6)


def test_batch_norm_gives_the_spread_and_mean_it_is_told():
    """Syllabus 18.02: mean beta; variance gamma^2 var/(var + eps), so the eps sits inside the root."""
    Z_tilde, cache = batch_norm(Z, GAMMA, BETA)
    var = Z.var(axis=-1, keepdims=True)
    np.testing.assert_allclose(Z_tilde.mean(axis=-1, keepdims=True), BETA, rtol=1e-12)
    np.testing.assert_allclose(Z_tilde.var(axis=-1, keepdims=True), GAMMA**2 * var / (var + EPS), rtol=1e-12)
    np.testing.assert_allclose(cache["var"], var)


def test_identity_setting():
    """Syllabus 18.03 and E12: gamma = sqrt(var + eps), beta = mu give Z itself back (the notes say Z_norm)."""
    mu, var = Z.mean(axis=-1, keepdims=True), Z.var(axis=-1, keepdims=True)
    Z_tilde, cache = batch_norm(Z, np.sqrt(var + EPS), mu)
    np.testing.assert_allclose(Z_tilde, Z, rtol=1e-12)
    assert abs(cache["Z_norm"] - Z).max() > 1


def test_a_bias_before_batch_norm_is_useless():
    """Syllabus 18.06: Z + b gives the same Z_tilde, and sum dZ, the gradient of b, is zero."""
    b = rng.normal(size=(4, 1))
    np.testing.assert_allclose(batch_norm(Z + b, GAMMA, BETA)[0], batch_norm(Z, GAMMA, BETA)[0], atol=1e-12)
    dZ, _, _ = batch_norm_backward(rng.normal(size=Z.shape), GAMMA, batch_norm(Z, GAMMA, BETA)[1])
    np.testing.assert_allclose(dZ.sum(axis=-1), 0.0, atol=1e-14)


def test_backward_is_the_gradient():
    """Catches a lost mean term, a lost variance term, a lost gamma. Weights make a scalar of Z_tilde."""
    weights = rng.normal(size=Z.shape)

    def scalar(theta):
        parts = theta[..., :24].reshape(-1, 4, 6), theta[..., 24:28, None], theta[..., 28:, None]
        return (weights * batch_norm(*parts)[0]).sum(axis=(-2, -1))

    theta, step = np.concatenate([Z.ravel(), GAMMA.ravel(), BETA.ravel()]), 1e-5 * np.eye(32)
    numerical = (scalar(theta + step) - scalar(theta - step)) / 2e-5
    gradient = batch_norm_backward(weights, GAMMA, batch_norm(Z, GAMMA, BETA)[1])
    np.testing.assert_allclose(np.concatenate([part.ravel() for part in gradient]), numerical, atol=1e-8)


def test_test_time_uses_the_given_statistics_and_takes_a_single_example():
    """Syllabus 18.10."""
    mu, var = np.full((4, 1), 2.0), np.full((4, 1), 9.0)
    Z_tilde, _ = batch_norm(Z[:, :1], GAMMA, BETA, mu, var)
    np.testing.assert_allclose(Z_tilde, GAMMA * (Z[:, :1] - 2) / np.sqrt(9 + EPS) + BETA, rtol=1e-13)


@pytest.mark.parametrize("steps", [1, 10, 100, 500])
@pytest.mark.parametrize("beta", [0.0, 0.9, 0.99])
def test_test_time_output_has_spread_one_after_any_number_of_steps(steps, beta):
    """The museum's batch norm whose average starts at one but is corrected as if at zero.

    There (beta 0.99) the spread at test time is 0.20, 0.55, 0.94, 0.999 after 1, 10, 100, 500 steps.
    """
    batch = rng.normal(5.0, 2.0, size=(3, 64))
    _, cache = batch_norm(batch, 1.0, 0.0)
    mu, var = running_statistics([np.stack([cache["mu"], cache["var"]])] * steps, beta)
    Z_tilde, _ = batch_norm(batch, 1.0, 0.0, mu, var)
    np.testing.assert_allclose(Z_tilde.std(axis=-1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(Z_tilde.mean(axis=-1), 0.0, atol=1e-9)


def test_running_statistics_weigh_the_newest_most():
    """Two batches, beta 0.9: weights 0.09 and 0.1 over their sum 0.19. Catches keep and update exchanged."""
    assert running_statistics([np.array([1.0]), np.array([3.0])], 0.9) == pytest.approx((0.09 * 1 + 0.1 * 3) / 0.19)
    assert running_statistics(iter([np.array([1.0]), np.array([3.0])]), 0.0) == 3.0


def test_variance_is_the_batches_own_with_one_over_m():
    """E37: the course averages 1/m variances; the paper's m/(m-1) would give 4/3 here."""
    assert batch_norm(np.array([[1.0, 1.0, 3.0, 3.0]]), 1.0, 0.0)[1]["var"] == 1.0


def test_stacked_equals_looped():
    Zs, gammas, betas = rng.normal(size=(3, 4, 6)), rng.normal(size=(3, 4, 1)), rng.normal(size=(3, 4, 1))
    stats, X_norm = np.abs(rng.normal(size=(5, 3, 8))), standardize(Zs)[0]
    stacked, cache = batch_norm(Zs, gammas, betas)
    back = batch_norm_backward(Zs**2, gammas, cache)
    for k in range(3):
        alone, cache_k = batch_norm(Zs[k], gammas[k], betas[k])
        np.testing.assert_allclose(stacked[k], alone, rtol=1e-13)
        for part, part_alone in zip(back, batch_norm_backward(Zs[k] ** 2, gammas[k], cache_k), strict=True):
            np.testing.assert_allclose(part[k], part_alone, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(X_norm[k], standardize(Zs[k])[0], rtol=1e-13)
        np.testing.assert_allclose(running_statistics(stats)[k], running_statistics(stats[:, k]), rtol=1e-13)


def test_inputs_are_left_as_they_were():
    arrays_in = [Z.copy(), GAMMA.copy(), BETA.copy(), np.ones((4, 1)), np.ones((4, 1))]
    for array in arrays_in:
        array.flags.writeable = False
    _, cache = batch_norm(*arrays_in[:3])
    batch_norm(*arrays_in)
    standardize(arrays_in[0])
    before = {name: value.copy() for name, value in cache.items()}
    batch_norm_backward(arrays_in[0], arrays_in[1], cache)
    for name in before:
        np.testing.assert_array_equal(cache[name], before[name])


def test_two_examples_are_enough():
    Z_tilde, _ = batch_norm(np.array([[1.0, 3.0]]), gamma=1.0, beta=0.0, eps=0.0)
    assert Z_tilde.tolist() == [[-1.0, 1.0]]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: standardize([[1.0, np.nan]]), r"X must be finite, got nan at index \(0, 1\)"),
        (lambda: standardize(np.zeros((2, 0))), "X must not be empty"),
        (lambda: standardize([1.0, 2.0]), "X must have at least 2 axes"),
        (lambda: standardize([[1.0, 2.0]], mu=0.0), "mu and sigma must be given together"),
        (lambda: standardize([[1.0, 2.0]], sigma=1.0), "mu and sigma must be given together"),
        (lambda: standardize([[1.0, 2.0]], 0.0, 0.0), r"sigma must be in \(0, inf\), got 0.0"),
        (lambda: standardize([[1.0, 2.0]], np.nan, 1.0), "mu must be finite"),
        (lambda: batch_norm([[1.0]], 1.0, 0.0), "Z must have at least 2 examples .* got 1; for a single example"),
        (lambda: batch_norm([[1.0]], 1.0, 0.0, mu=[[0.0]]), "mu and var must be given together"),
        (lambda: batch_norm([[1.0, 2.0]], 1.0, 0.0, 0.0, -1.0), r"var must be in \[0, inf\), got -1.0"),
        (lambda: batch_norm([["a"]], 1.0, 0.0), "Z must be made of numbers"),
        (lambda: running_statistics([]), "statistics must hold at least one mini-batch"),
        (lambda: running_statistics([np.ones(2)], 1.0), r"beta must be in \[0, 1\), got 1.0"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
