"""The jury of `standardize`: a training set, a test set, a feature that never changes, a single example."""

import math

import numpy as np
from jury import Jury

jury = Jury()


@jury.right("standardize")
def with_keepdims(X, mu=None, sigma=None):
    if mu is None:
        mu = np.mean(X, axis=1, keepdims=True)
        sigma = np.std(X, axis=1, keepdims=True)
        sigma[sigma == 0] = 1
    return (X - mu) / sigma, mu, sigma


@jury.right("standardize")
def as_in_the_course(X, mu=None, sigma=None):
    m = X.shape[1]
    if mu is None or sigma is None:
        mu = 1 / m * np.sum(X, axis=1).reshape(-1, 1)
        sigma = np.sqrt(1 / m * np.sum((X - mu) ** 2, axis=1, keepdims=True))
        sigma = np.where(sigma > 0, sigma, 1)
    return (X - mu) / sigma, mu, sigma


@jury.right("standardize")
def row_by_row(data, mean=None, std=None):
    given = mean is not None
    means, stds, rows = [], [], []
    for i, row in enumerate(data.tolist()):
        a = mean[i][0] if given else sum(row) / len(row)
        s = std[i][0] if given else math.sqrt(sum((x - a) ** 2 for x in row) / len(row))
        s = s or 1.0
        rows.append([(x - a) / s for x in row])
        means.append([a])
        stds.append([s])
    return rows, means, stds


@jury.right("standardize")
def mean_of_the_squares(X, mu=None, sigma=None):
    if mu is None:
        mu = X.mean(1)[:, None]
        sigma = np.sqrt((X**2).mean(1)[:, None] - mu**2)
        sigma[X.min(1) == X.max(1)] = 1
    return (X - mu) / sigma, mu, sigma


@jury.right("standardize")
def in_single_precision(X, mu=None, sigma=None):
    X = X.astype(np.float32)
    if mu is None:
        mu, sigma = X.mean(1, keepdims=True), X.std(1, keepdims=True)
        sigma = np.where(sigma == 0, np.float32(1), sigma)
    return (X - np.float32(mu)) / np.float32(sigma), mu, sigma


@jury.right("standardize")
def transposed_inside(X, mu=None, sigma=None):
    rows = X.T
    mu = rows.mean(0) if mu is None else mu.ravel()
    sigma = rows.std(0) + (rows.std(0) == 0) if sigma is None else sigma.ravel()
    return ((rows - mu) / sigma).T, mu[:, np.newaxis], sigma[:, np.newaxis]


@jury.right("standardize")
def with_dot(X, mu=None, sigma=None):
    weights = np.full((X.shape[1], 1), 1 / X.shape[1])
    if mu is None:
        mu = X @ weights
        sigma = np.sqrt(np.square(X - mu) @ weights)
        sigma = np.maximum(sigma, sigma < 1e-12)
    return [np.divide(np.subtract(X, mu), sigma), mu, sigma]


@jury.right("standardize")
def calls_itself(X, mu=None, sigma=None):
    if mu is not None:
        return (X - mu) / sigma, mu, sigma
    spread = [np.einsum("i,i->", row - row.mean(), row - row.mean()) ** 0.5 / len(row) ** 0.5 for row in X]
    return calls_itself(X, np.array([[row.mean()] for row in X]), np.array([[s if s else 1.0] for s in spread]))


@jury.right("standardize")
def stacked(X, mu=None, sigma=None):
    if mu is None:
        sigma = X.std(axis=-1, keepdims=True, ddof=0)
        sigma = sigma + (sigma == 0.0)
    mu = X.mean(axis=-1, keepdims=True) if mu is None else mu
    return np.stack([(X[i] - mu[i]) / sigma[i] for i in range(len(X))]), mu, sigma


def standard(X, mu, sigma, axis=1, spread=np.std, own=False):
    if mu is None or own:
        mu, sigma = X.mean(axis=axis, keepdims=True), spread(X, axis=axis, keepdims=True)
        sigma = np.where(sigma == 0, 1.0, sigma)
    return mu, sigma


@jury.wrong("standardize", says="keepdims=True keeps it")
def keepdims_forgotten(X, mu=None, sigma=None):
    if mu is None:
        mu, sigma = X.mean(axis=1), X.std(axis=1)
        sigma[sigma == 0] = 1
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", says="`is None`")
def compared_with_none(X, mu=None, sigma=None):
    if mu == None:  # noqa: E711
        mu, sigma = standard(X, None, None)
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", says="`is None`")
def or_instead_of_is(X, mu=None, sigma=None):
    mu = mu or X.mean(1, keepdims=True)
    sigma = sigma or X.std(1, keepdims=True)
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "small_number_under_the_root")
def eps_under_the_root(X, mu=None, sigma=None):
    if mu is None:
        mu, sigma = X.mean(1, keepdims=True), np.sqrt(X.var(1, keepdims=True) + 1e-8)
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "small_number_added")
def eps_beside_it(X, mu=None, sigma=None):
    if mu is None:
        mu, sigma = X.mean(1, keepdims=True), X.std(1, keepdims=True) + 1e-8
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "variance_for_sigma")
def var_everywhere(X, mu=None, sigma=None):
    if mu is None:
        mu, sigma = standard(X, None, None, spread=np.var)
    return (X - mu) / np.sqrt(sigma), mu, sigma


@jury.wrong("standardize", "divided_by_the_variance")
def root_forgotten(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma, spread=np.var)
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "own_statistics_for_the_test_set")
def always_its_own(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma, own=True)
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "over_the_features")
def axis_zero(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma, axis=0)
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "over_everything")
def no_axis(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma, axis=None)
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "divided_before")
def brackets_forgotten(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma)
    return X / sigma - mu, mu, sigma


@jury.wrong("standardize", "divided_by_m_minus_one")
def ddof_one(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma, spread=lambda X, **axis: np.nan_to_num(X.std(ddof=1, **axis)))
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "constant_feature_divided_by_zero")
def zero_over_zero(X, mu=None, sigma=None):
    if mu is None:
        mu, sigma = X.mean(1, keepdims=True), X.std(1, keepdims=True)
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "zero_returned")
def one_used_zero_returned(X, mu=None, sigma=None):
    if mu is None:
        mu, sigma = X.mean(1, keepdims=True), X.std(1, keepdims=True)
    return (X - mu) / np.where(sigma == 0, 1, sigma), mu, sigma


@jury.wrong("standardize", "not_averaged")
def norm_of_the_row(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma, spread=lambda X, **axis: np.linalg.norm(X - X.mean(**axis), **axis))
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "spread_about_zero")
def squares_of_the_raw(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma, spread=lambda X, **axis: np.mean(X**2, **axis) ** 0.5)
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", "squeezed_between_zero_and_one")
def min_max(X, mu=None, sigma=None):
    if mu is None:
        mu, sigma = X.min(1, keepdims=True), X.max(1, keepdims=True) - X.min(1, keepdims=True)
        sigma[sigma == 0] = 1
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize", says="changes its input X in place")
def minus_equals(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma)
    X -= mu
    X /= sigma
    return X, mu, sigma


@jury.wrong("standardize", says="look at the order of the `return`")
def mu_first(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma)
    return mu, sigma, (X - mu) / sigma


@jury.wrong("standardize", "x_norm_alone")
def nothing_for_the_test_set(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma)
    return (X - mu) / sigma


@jury.wrong("standardize", says="one axis too few")
def flat_statistics(X, mu=None, sigma=None):
    mu, sigma = standard(X, mu, sigma)
    return (X - mu) / sigma, mu, sigma.ravel()


@jury.wrong("standardize", "variance_returned")
def var_for_the_test_set(X, mu=None, sigma=None):
    if mu is not None:
        return (X - mu) / sigma, mu, sigma
    mu, var = standard(X, None, None, spread=np.var)
    return (X - mu) / np.sqrt(var), mu, var


@jury.wrong("standardize", "x_norm_alone")
def one_result_for_the_test_set(X, mu=None, sigma=None):
    if mu is not None:
        return (X - mu) / sigma
    mu, sigma = standard(X, None, None)
    return (X - mu) / sigma, mu, sigma


@jury.wrong("standardize")
def median(X, mu=None, sigma=None):
    if mu is None:
        mu, sigma = np.median(X, axis=1, keepdims=True), standard(X, None, None)[1]
    return (X - mu) / sigma, mu, sigma


test_right, test_wrong, test_enough = jury.tests()
