"""Exercise on normalizing inputs (week 1): training set and, with the same numbers, test set."""

import numpy as np

from dlcourse import normalization
from dlcourse.exercises._engine import Exercise, case


def standardized(X, mu=None, sigma=None, *, axis=-1, spread=np.std, shift=True, own=False):
    """X, mu, sigma with one choice changed; the rest is right."""
    if mu is None or own:
        mu = X.mean(axis=axis, keepdims=True)
        sigma = spread(X, axis=axis, keepdims=True)
        sigma = np.where(sigma == 0, 1.0, sigma)
    return (X - mu if shift else X) / sigma, mu, sigma


def divided_by_the_variance(X, mu=None, sigma=None):
    """You divide by the variance, not by its root.

    The variance has the unit of the feature squared. Only its root, the standard deviation, has the unit of the
    feature, so that the quotient has none.
    """
    return standardized(X, mu, sigma, spread=np.var)


def own_statistics_for_the_test_set(X, mu=None, sigma=None):
    """A test set gets its own mean and spread, although others were given.

    When mu and sigma are given, they come from the training set: use them as they are. Else the same house would get
    another number in training than in the test.
    """
    return standardized(X, mu, sigma, own=True)


def over_the_features(X, mu=None, sigma=None):
    """Mean and spread are taken over the features, not over the examples.

    Columns are examples: each row is a feature, with its own mean and spread over all columns. Mean over axis 0 would
    mix square metres with years.
    """
    return standardized(X, mu, sigma, axis=-2)


def over_everything(X, mu=None, sigma=None):
    """There is one mean and one spread for all features together.

    Each feature needs its own: mu and sigma have the shape (n_x, 1), a number for each row.
    """
    return standardized(X, mu, sigma, axis=None)


def mean_not_removed(X, mu=None, sigma=None):
    """The mean is not subtracted.

    A feature that is always large and positive pulls b and w in the same direction: the contours stay elongated,
    however small its spread. Subtract first, then divide.
    """
    return standardized(X, mu, sigma, shift=False)


def not_divided(X, mu=None, sigma=None):
    """The mean is removed, but nothing is divided by the spread.

    The features keep their units, and so the contours keep their length.
    """
    X_norm, mu, sigma = standardized(X, mu, sigma)
    return X_norm * sigma, mu, sigma


def divided_before(X, mu=None, sigma=None):
    """The division comes before the subtraction: X / sigma - mu.

    Then the mean, which still has the unit of the feature, is taken from a number that has none. Brackets.
    """
    _, mu, sigma = standardized(X, mu, sigma)
    return X / sigma - mu, mu, sigma


def divided_by_m_minus_one(X, mu=None, sigma=None):
    """The variance is divided by m - 1 instead of m.

    The course's formula is a plain mean, with 1/m. Statistics programs often take m - 1; on many examples it hardly
    matters.
    """
    return standardized(X, mu, sigma, spread=lambda X, **axis: np.std(X, ddof=1, **axis))


def squeezed_between_zero_and_one(X, mu=None, sigma=None):
    """This squeezes each feature between its smallest and its largest value.

    That is another way of scaling (min-max). Here each feature gets mean 0 and spread 1, so that a single far-off
    example does not squeeze all the others together.
    """
    if mu is None:
        mu, sigma = X.min(axis=-1, keepdims=True), np.ptp(X, axis=-1, keepdims=True)
        sigma = np.where(sigma == 0, 1.0, sigma)
    return (X - mu) / sigma, mu, sigma


def constant_feature_divided_by_zero(X, mu=None, sigma=None):
    """A feature that never changes is divided by its spread, zero.

    0/0 is nan, and one nan spoils the whole training. Where the spread is zero, let sigma be 1: the feature becomes 0.
    """
    if mu is None:
        mu, sigma = X.mean(axis=-1, keepdims=True), X.std(axis=-1, keepdims=True)
    return (X - mu) / sigma, mu, sigma


def variance_for_sigma(X, mu=None, sigma=None):
    """sigma is the variance everywhere: it is returned, and the root is taken of what is given.

    sigma is the standard deviation itself. Take the root once, where sigma is computed; what is given needs none.
    """
    if mu is None:
        mu, var = X.mean(axis=-1, keepdims=True), X.var(axis=-1, keepdims=True)
        sigma = np.where(var == 0, 1.0, var)
    return (X - mu) / np.sqrt(sigma), mu, sigma


def variance_returned(X, mu=None, sigma=None):
    """X_norm is right, but the variance is returned in the place of sigma.

    What comes back is what the test set will be divided by: the standard deviation, the variance's root.
    """
    X_norm, mu, spread = standardized(X, mu, sigma)
    return X_norm, mu, spread**2 if sigma is None else spread


def small_number_under_the_root(X, mu=None, sigma=None):
    """A small number is added to the variance, to avoid a division by zero.

    Batch norm does so. Here a feature without spread gets the sigma 1, so that all the others stay exact.
    """
    return standardized(X, mu, sigma, spread=lambda X, **axis: np.sqrt(np.var(X, **axis) + 1e-8))


def small_number_added(X, mu=None, sigma=None):
    """A small number is added to sigma, to avoid a division by zero.

    A feature that changes a little in the test set would be divided by next to nothing. Where the spread is zero, let
    sigma be 1.
    """
    return standardized(X, mu, sigma, spread=lambda X, **axis: np.std(X, **axis) + 1e-8)


def zero_returned(X, mu=None, sigma=None):
    """X_norm is right, but for a feature that never changes the sigma that is returned is still zero.

    The test set will be divided by what you return, and there the feature may well change: return the 1.
    """
    X_norm, mu, spread = standardized(X, mu, sigma)
    return X_norm, mu, spread if sigma is not None else X.std(axis=-1, keepdims=True)


def all_spreads_one(X, mu=None, sigma=None):
    """If one feature has no spread, sigma becomes 1 for all of them.

    Each row decides for itself: only where its own spread is zero is its sigma 1.
    """

    def spread(X, **axis):
        sigma = np.std(X, **axis)
        return np.ones_like(sigma) if (sigma == 0).any() else sigma

    return standardized(X, mu, sigma, spread=spread)


def not_averaged(X, mu=None, sigma=None):
    """The squares are summed, but the sum is not divided by m.

    The variance is the *mean* of the squared distances, or it would grow with the number of examples.
    """
    return standardized(X, mu, sigma, spread=lambda X, **axis: np.std(X, **axis) * X.shape[-1] ** 0.5)


def spread_about_zero(X, mu=None, sigma=None):
    """sigma is measured from zero, not from the mean.

    The mean of the squares of X itself is the variance only once the mean has been subtracted.
    """
    return standardized(X, mu, sigma, spread=lambda X, **axis: np.sqrt(np.mean(X**2, **axis)))


def mean_distance(X, mu=None, sigma=None):
    """sigma is the mean distance from the mean, without squares and root.

    That is another measure of spread. The standard deviation is the root of the mean of the *squared* distances.
    """
    return standardized(X, mu, sigma, spread=lambda X, **axis: np.mean(np.abs(X - X.mean(**axis)), **axis))


def subtracted_from_the_mean(X, mu=None, sigma=None):
    """X is subtracted from the mean: everything has the wrong sign.

    A value above the mean must come out positive.
    """
    X_norm, mu, sigma = standardized(X, mu, sigma)
    return -X_norm, mu, sigma


def moved_twice(X, mu=None, sigma=None):
    """The mu and sigma that come back are those of the result, 0 and 1.

    Return the numbers by which X was moved: the test set must be moved by the same ones.
    """
    X_norm, mu, sigma = standardized(X, mu, sigma)
    return X_norm, *standardized(X_norm)[1:]


def given_but_only_mu_used(X, mu=None, sigma=None):
    """The given mu is used, but not the given sigma.

    Both belong to the training set, and the test set is moved by both.
    """
    return standardized(X, mu, standardized(X)[2])


def x_norm_alone(X, mu=None, sigma=None):
    """Only X_norm comes back, without mu and sigma.

    Three results are asked for: whoever has a test set must move it by the same mu and sigma.
    """
    return standardized(X, mu, sigma)[0]


X = [[1, 3, 5, 3], [10, 40, 20, 10]]


def draw(rng):
    """Up to three features of up to six examples, whole numbers; some never change, and in some cases mu, sigma come."""
    n_x, m = int(rng.integers(1, 4)), int(rng.integers(1, 7))
    X = rng.integers(-20, 60, (n_x, m)).astype(float)
    if rng.random() < 0.3:
        X[rng.integers(n_x)] = 7
    if rng.random() < 0.6:
        return case(X)
    return case(X, rng.integers(-5, 30, (n_x, 1)).astype(float), rng.integers(2, 20, (n_x, 1)).astype(float))


EXERCISES = (
    Exercise(
        "standardize",
        "Write my_standardize(X, mu=None, sigma=None): each feature (row) of X minus its mean, over its standard "
        "deviation (with 1/m). Return X_norm, mu, sigma, the last two of shape (n_x, 1). If mu and sigma are given, use "
        "those. Where a spread is zero, sigma is 1.",
        reference=normalization.standardize,
        cases=(
            case([[1, 3]]),
            case([[10, 40, 20, 10]]),
            case(X),
            case(X, [[2], [20]], [[4], [5]]),
            case([[6], [70]], [[2], [20]], [[4], [5]]),
            case([[1, 3, 8], [7, 7, 7]]),
        ),
        fresh=draw,
        mistakes=(
            divided_by_the_variance,
            own_statistics_for_the_test_set,
            over_the_features,
            over_everything,
            mean_not_removed,
            not_divided,
            divided_before,
            divided_by_m_minus_one,
            squeezed_between_zero_and_one,
            constant_feature_divided_by_zero,
            variance_returned,
            variance_for_sigma,
            small_number_under_the_root,
            small_number_added,
            zero_returned,
            all_spreads_one,
            not_averaged,
            spread_about_zero,
            mean_distance,
            subtracted_from_the_mean,
            moved_twice,
            given_but_only_mu_used,
            x_norm_alone,
        ),
    ),
)
