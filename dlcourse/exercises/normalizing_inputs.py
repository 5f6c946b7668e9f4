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


X = [[1, 3, 5, 3], [10, 40, 20, 10]]

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
            case([[1, 3, 8], [7, 7, 7]]),
        ),
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
        ),
    ),
)
