"""Exercises on gradient checking: the two-sided difference, and how far two gradients are apart (week 1)."""

import numpy as np

from dlcourse import checking
from dlcourse.exercises._engine import Exercise, case


def cube(theta):
    """w^3, summed over the entries, with its gradient."""
    return (theta**3).sum(axis=-1), 3 * theta**2


def product(theta):
    """w1^2 w2 + e^w2, with its gradient."""
    w1, w2 = theta[..., 0], theta[..., 1]
    return w1**2 * w2 + np.exp(w2), np.stack([2 * w1 * w2, w1**2 + np.exp(w2)], axis=-1)


def _costs(objective, theta, eps):
    nudges = eps * np.eye(len(theta))
    return tuple(np.array([objective(theta + sign * e)[0] for e in nudges]) for sign in (1, -1, 0))


def one_sided(objective, theta, eps):
    """This is the one-sided difference.

    Its error shrinks only as eps, not as its square. Nudge each entry in both directions.
    """
    up, _, here = _costs(objective, theta, eps)
    return (up - here) / eps


def half_the_way(objective, theta, eps):
    """The difference is divided by eps.

    From theta - eps to theta + eps the way is twice as long as eps.
    """
    up, down, _ = _costs(objective, theta, eps)
    return (up - down) / eps


def turned_round(objective, theta, eps):
    """The sign is wrong.

    Where the cost grows along an entry, the slope is positive.
    """
    up, down, _ = _costs(objective, theta, eps)
    return (down - up) / (2 * eps)


def all_at_once(objective, theta, eps):
    """All entries are nudged together.

    That gives one slope, along the diagonal. Nudge one entry at a time and leave the others where they are.
    """
    slope = (objective(theta + eps)[0] - objective(theta - eps)[0]) / (2 * eps)
    return np.full(len(theta), slope)


def not_put_back(objective, theta, eps):
    """An entry, once nudged, is not put back before the next one has its turn.

    Each slope starts from the same theta: a fresh copy for each entry is the safe way.
    """
    theta, slopes = np.array(theta), []
    for i in range(len(theta)):
        theta[i] += eps
        up = objective(theta)[0]
        theta[i] -= 2 * eps
        slopes.append((up - objective(theta)[0]) / (2 * eps))
    return np.array(slopes)


def two_times_eps_above(objective, theta, eps):
    """The division is by 2 only, or multiplied by eps: brackets are missing.

    Python reads a / 2 * eps as (a / 2) * eps. The whole of 2 eps belongs below the line.
    """
    up, down, _ = _costs(objective, theta, eps)
    return (up - down) / 2 * eps


def _norm(a):
    return np.sqrt(np.square(a).sum(axis=-1))


def squared_norms(a, b):
    """The norms are squared.

    The length of a vector is the root of the sum of squares, above the line and below it.
    """
    return _norm(np.subtract(a, b)) ** 2 / (_norm(a) ** 2 + _norm(b) ** 2)


def sums_for_norms(a, b):
    """Absolute values are added up, where the length is meant.

    The norm is Euclid's: the root of the sum of squares.
    """
    return np.abs(np.subtract(a, b)).sum(axis=-1) / (np.abs(a).sum(axis=-1) + np.abs(b).sum(axis=-1))


def norm_of_the_sum(a, b):
    """Below the line stands the norm of the sum, not the sum of the norms.

    Two opposite gradients have the sum zero, and yet neither is small. Take each length by itself.
    """
    return _norm(np.subtract(a, b)) / _norm(np.add(a, b))


def not_relative(a, b):
    """The difference is not divided by anything.

    0.01 is much for small gradients and little for large ones: relate it to their lengths.
    """
    return _norm(np.subtract(a, b))


def larger_norm(a, b):
    """The difference is divided by the larger of the two norms.

    Some courses do it so (CS231n); here both lengths are added.
    """
    return _norm(np.subtract(a, b)) / np.maximum(_norm(a), _norm(b))


def lengths_compared(a, b):
    """Only the lengths are compared.

    Two gradients of one length may point in different directions. Subtract the vectors first, then take the length.
    """
    return np.abs(_norm(a) - _norm(b)) / (_norm(a) + _norm(b))


EXERCISES = (
    Exercise(
        "numerical_gradient",
        "Write my_slopes(objective, theta, eps): for theta (P,), an array, the two-sided difference of the cost for each\n"
        "entry, an array (P,). objective(theta) returns (J, dtheta); you need only J, which is objective(theta)[0].",
        reference=checking.numerical_gradient,
        cases=(
            case(cube, np.array([1.0]), 0.5),
            case(cube, np.array([2.0, -1.0]), 0.25),
            case(product, np.array([1.0, 2.0]), 0.5),
            case(product, np.array([-0.5, 0.3]), 0.1),
        ),
        mistakes=(one_sided, half_the_way, turned_round, all_at_once, not_put_back, two_times_eps_above),
    ),
    Exercise(
        "relative_difference",
        "Write my_difference(a, b): for two gradients (P,), the length of their difference, divided by the sum of their\n"
        "lengths. A number from 0 to 1.",
        reference=checking.relative_difference,
        cases=(
            case(np.array([3.0]), np.array([1.0])),
            case(np.array([3.0, 4.0]), np.array([3.0, -4.0])),
            case(np.array([1.0, 2.0, 2.0]), np.array([1.0, 2.5, 2.0])),
        ),
        mistakes=(squared_norms, sums_for_norms, norm_of_the_sum, not_relative, larger_norm, lengths_compared),
    ),
)
