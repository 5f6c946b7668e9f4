"""Exercise on gradient checking: how far two gradients are apart, by their lengths (week 1)."""

import numpy as np

from dlcourse import checking
from dlcourse.exercises._engine import Exercise, case


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


def brackets_missing(a, b):
    """Brackets are missing below the line: the second length is added to the quotient.

    Python reads x / y + z as (x / y) + z. The sum of both lengths is what is divided by.
    """
    return _norm(np.subtract(a, b)) / _norm(a) + _norm(b)


def root_missing_above(a, b):
    """Above the line the root is missing: the squared length stands there.

    Above and below stand lengths, so that the quotient does not change when both gradients are doubled.
    """
    return _norm(np.subtract(a, b)) ** 2 / (_norm(a) + _norm(b))


def root_over_the_quotient(a, b):
    """Below the line all squares are summed under one root.

    Each gradient has a length of its own, with its own root. The two lengths are added then.
    """
    return np.sqrt(np.square(np.subtract(a, b)).sum() / (np.square(a).sum() + np.square(b).sum()))


def divided_by_the_first(a, b):
    """The difference is divided by the length of the first gradient alone.

    Then exchanging a and b would change the answer. Both lengths are added below the line.
    """
    return _norm(np.subtract(a, b)) / _norm(a)


def divided_by_the_second(a, b):
    """The difference is divided by the length of the second gradient alone.

    Then exchanging a and b would change the answer. Both lengths are added below the line.
    """
    return _norm(np.subtract(a, b)) / _norm(b)


def product_below(a, b):
    """Below the line the lengths are multiplied, where they should be added.

    Lengths have a unit: the product has its square, and the quotient would depend on how large both gradients are.
    """
    return _norm(np.subtract(a, b)) / (_norm(a) * _norm(b))


def twice_the_ratio(a, b):
    """The difference is divided by the *mean* of the lengths, so that it comes out twice as large.

    Below the line stands their sum: then no two gradients can be further apart than 1.
    """
    return 2 * _norm(np.subtract(a, b)) / (_norm(a) + _norm(b))


def length_of_the_sum_above(a, b):
    """Above the line the gradients are added, not subtracted.

    Two equal gradients have the difference zero.
    """
    return _norm(np.add(a, b)) / (_norm(a) + _norm(b))


def entry_by_entry(a, b):
    """Each entry is compared by itself, and the mean of it taken.

    One tiny entry with a large relative error would then count as much as all the others. Measure the length of the
    whole difference, then divide once.
    """
    return np.mean(np.abs(np.subtract(a, b)) / (np.abs(a) + np.abs(b)))


def largest_entries(a, b):
    """The largest entry stands for the length.

    The length is Euclid's, and every entry has its part in it: the root of the sum of squares.
    """
    return np.abs(np.subtract(a, b)).max() / (np.abs(a).max() + np.abs(b).max())


def signs_cancel(a, b):
    """The differences are summed with their signs, and cancel.

    Opposite errors do not make a gradient right: square each entry before the sum.
    """
    return abs(np.subtract(a, b).sum()) / (_norm(a) + _norm(b))


def angle_only(a, b):
    """This is 1 minus the cosine: it sees the angle, and not the lengths.

    A gradient that is twice too long has the right direction, but it is wrong. Take the length of the difference.
    """
    return 1 - (np.asarray(a) * b).sum() / (_norm(a) * _norm(b))


def vector_above(a, b):
    """Above the line stands the difference itself, a vector, and not its length.

    One number is asked for: take the root of the sum of its squares first.
    """
    return np.subtract(a, b) / (_norm(a) + _norm(b))


def draw(rng):
    """Two gradients of one to five entries; their entries have no zeros, so that no way of dividing stops."""
    shape = (2, rng.integers(1, 6))
    return case(*(rng.choice([-1, 1], shape) * rng.integers(1, 33, shape) / 8))


EXERCISES = (
    Exercise(
        "relative_difference",
        "Write my_difference(a, b): for two gradients (P,), the length of their difference, divided by the sum of their "
        "lengths. A number from 0 to 1.",
        reference=checking.relative_difference,
        cases=(
            case(np.array([3.0]), np.array([1.0])),
            case(np.array([3.0, 4.0]), np.array([3.0, -4.0])),
            case(np.array([6.0, 8.0]), np.array([3.0, 4.0])),
            case(np.array([1.0, 2.0, 2.0]), np.array([1.0, 2.5, 2.0])),
            case(np.array([0.0, 0.0, 0.0]), np.array([1.0, -2.0, 2.0])),
            case(np.array([0.5, -0.25, 1.0, 2.0]), np.array([0.5, -0.25, 1.0, 2.0])),
        ),
        fresh=draw,
        mistakes=(
            squared_norms,
            sums_for_norms,
            norm_of_the_sum,
            not_relative,
            larger_norm,
            lengths_compared,
            brackets_missing,
            root_missing_above,
            root_over_the_quotient,
            divided_by_the_first,
            divided_by_the_second,
            product_below,
            twice_the_ratio,
            length_of_the_sum_above,
            entry_by_entry,
            largest_entries,
            signs_cancel,
            angle_only,
            vector_above,
        ),
    ),
)
