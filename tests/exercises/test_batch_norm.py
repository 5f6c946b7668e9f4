"""Answers to the exercise of week 3, batch norm: right in another style, and wrong as students are."""

import statistics

import numpy as np
from jury import Jury

jury = Jury()
right, wrong = (lambda: jury.right("batch_norm")), (lambda *a, **k: jury.wrong("batch_norm", *a, **k))


@right()
def as_in_the_lecture(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    m = Z.shape[1]
    if mu is None:
        mu = 1 / m * np.sum(Z, axis=1, keepdims=True)
        var = 1 / m * np.sum((Z - mu) ** 2, axis=1, keepdims=True)
    Z_norm = (Z - mu) / np.sqrt(var + eps)
    return gamma * Z_norm + beta


@right()
def with_its_cache(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    mu = Z.mean(axis=1, keepdims=True) if mu is None else mu
    var = Z.var(axis=1, keepdims=True) if var is None else var
    Z_norm = (Z - mu) / (var + eps) ** 0.5
    return gamma * Z_norm + beta, {"Z_norm": Z_norm, "mu": mu}


@right()
def entry_by_entry(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    gamma, beta = np.broadcast_to(gamma, (len(Z), 1)), np.broadcast_to(beta, (len(Z), 1))
    result = []
    for i, row in enumerate(Z.tolist()):
        mean = sum(row) / len(row) if mu is None else mu[i, 0]
        variance = sum((z - mean) ** 2 for z in row) / len(row) if var is None else var[i, 0]
        result.append([gamma[i, 0] * (z - mean) / (variance + eps) ** 0.5 + beta[i, 0] for z in row])
    return result


@right()
def transposed_inside(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    mean = Z.T.mean(0) if mu is None else np.ravel(mu)
    variance = Z.T.var(0) if var is None else np.ravel(var)
    return ((Z.T - mean) / np.sqrt(variance + eps) * np.ravel(gamma) + np.ravel(beta)).T


@right()
def scale_and_shift(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """Multiplied out, as at test time in a product: one factor and one summand for each unit."""
    if mu is None:
        mu, var = Z.mean(1)[:, None], Z.var(1)[:, None]
    factor = gamma / np.sqrt(var + eps)
    return factor * Z + (beta - factor * mu)


@right()
def with_einsum(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None and var is None:
        mu = np.einsum("ij->i", Z).reshape(-1, 1) / Z.shape[1]
        var = np.einsum("ij,ij->i", Z - mu, Z - mu).reshape(-1, 1) / Z.shape[1]
    return np.add(np.multiply(gamma, np.divide(np.subtract(Z, mu), np.sqrt(np.add(var, eps)))), beta)


@right()
def square_of_the_mean(A, g, b, mean=None, variance=None, epsilon=1e-5):
    if mean is None:
        mean = A.mean(axis=-1, keepdims=True)
        variance = (A * A).mean(axis=-1, keepdims=True) - mean * mean
    return (A - mean) * (variance + epsilon) ** -0.5 * g + b


@right()
def single_precision(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    Z = np.asarray(Z, np.float32)
    mu = Z.mean(axis=1, keepdims=True) if mu is None else np.asarray(mu, np.float32)
    var = Z.var(axis=1, keepdims=True) if var is None else np.asarray(var, np.float32)
    Z_norm = (Z - mu) / np.sqrt(var + np.float32(eps))
    return np.asarray(gamma, np.float32) * Z_norm + np.asarray(beta, np.float32)


@right()
def by_keyword(*, Z, gamma, beta, mu=None, var=None, eps=1e-5):
    def moments(rows):
        return np.c_[rows.mean(1)], np.c_[rows.std(1) ** 2]

    mu, var = moments(Z) if mu is None else (mu, var)
    return beta + (Z - mu) * gamma / np.sqrt(eps + var)


@right()
def of_the_standard_library(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu = np.array([[statistics.fmean(row)] for row in Z])
        var = np.array([[statistics.pvariance(row)] for row in Z.tolist()])
    return tuple(gamma * ((Z - mu) / np.sqrt(var + eps)) + beta)


@wrong("root_forgotten")
def by_the_variance(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
    Z_norm = (Z - mu) / (var + eps)
    return gamma * Z_norm + beta


@wrong("eps_outside_the_root")
def by_the_std(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    mu, sigma = (Z.mean(1, keepdims=True), Z.std(1, keepdims=True)) if mu is None else (mu, np.sqrt(var))
    return gamma * (Z - mu) / (sigma + eps) + beta


@wrong("eps_forgotten")
def no_eps(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    mu, sigma = (Z.mean(1, keepdims=True), Z.std(1, keepdims=True)) if mu is None else (mu, np.sqrt(var))
    return gamma * (Z - mu) / sigma + beta


@wrong("over_the_units")
def axis_zero(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = np.mean(Z, axis=0), np.var(Z, axis=0)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong("one_for_the_whole_layer")
def no_axis(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = np.mean(Z), np.var(Z)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong("gamma_and_beta_swapped")
def swapped(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = np.mean(Z, axis=1, keepdims=True), np.var(Z, axis=1, keepdims=True)
    return beta * (Z - mu) / np.sqrt(var + eps) + gamma


@wrong("gamma_and_beta_forgotten")
def only_z_norm(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = np.mean(Z, axis=1, keepdims=True), np.var(Z, axis=1, keepdims=True)
    return (Z - mu) / np.sqrt(var + eps)


@wrong("m_minus_one")
def unbiased(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = np.mean(Z, axis=1, keepdims=True), np.var(Z, axis=1, keepdims=True, ddof=1)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong("batch_statistics_at_test_time")
def always_its_own(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    mu, var = np.mean(Z, axis=1, keepdims=True), np.var(Z, axis=1, keepdims=True)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong("mean_not_taken_away")
def not_centred(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    var = np.var(Z, axis=1, keepdims=True) if var is None else var
    return gamma * Z / np.sqrt(var + eps) + beta


@wrong("root_twice")
def std_for_var(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    mu, var = (Z.mean(1, keepdims=True), Z.std(1, keepdims=True)) if mu is None else (mu, np.sqrt(var))
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong("own_eps")
def eps_of_the_notes(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
    return gamma * (Z - mu) / np.sqrt(var + 1e-8) + beta


@wrong("beta_inside")
def brackets(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
    return gamma * ((Z - mu) / np.sqrt(var + eps) + beta)


@wrong("beta_forgotten")
def only_gamma(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
    return gamma * (Z - mu) / np.sqrt(var + eps)


@wrong("gamma_forgotten")
def only_beta(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
    return (Z - mu) / np.sqrt(var + eps) + beta


@wrong("own_mean_at_test_time")
def var_only(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    mu = Z.mean(1, keepdims=True)
    var = Z.var(1, keepdims=True) if var is None else var
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong("own_variance_at_test_time")
def mu_only(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    mu = Z.mean(1, keepdims=True) if mu is None else mu
    var = Z.var(1, keepdims=True)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong("given_variance_taken_for_the_spread")
def std_for_training_alone(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is not None:
        return gamma * (Z - mu) / (var + eps) + beta
    mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong("mean_square")
def not_from_the_mean(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = Z.mean(1, keepdims=True), np.mean(Z**2, axis=1, keepdims=True)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong("sum_for_mean")
def no_m(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu = Z.mean(1, keepdims=True)
        var = np.sum((Z - mu) ** 2, axis=1, keepdims=True)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong(says="keepdims=True")
def keepdims_forgotten(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = Z.mean(axis=1), Z.var(axis=1)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong(says="`is None`")
def if_mu(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if not mu:
        mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong(says="mu and var is None")
def always_the_given(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


@wrong(says="One result is expected, and 3 came; the first is right. Return that alone.")
def three_results(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta, mu, var


@wrong(says="transposed")
def rows_are_examples(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
    return (gamma * (Z - mu) / np.sqrt(var + eps) + beta).T


@wrong(says="in place")
def minus_equals(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
    Z -= mu
    return gamma * Z / np.sqrt(var + eps) + beta


@wrong()
def mean_distance(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    if mu is None:
        mu = Z.mean(1, keepdims=True)
        var = np.abs(Z - mu).mean(1, keepdims=True) ** 2
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


test_right, test_wrong, test_enough = jury.tests()
