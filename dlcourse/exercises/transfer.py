"""Exercises on transfer learning (week 3)."""

import numpy as np

from dlcourse import transfer
from dlcourse.exercises._engine import Exercise, case
from dlcourse.parameters import pack, unpack

OLD, NEW = {"W1": (2, 2), "b1": (2, 1), "W2": (1, 2)}, {"W1": (2, 2), "b1": (2, 1), "W2": (3, 2)}
SWAPPED = {"b1": (2, 1), "W1": (2, 2)}


def nothing_reused(theta_from, shapes_from, theta, shapes, names):
    """The fresh start comes back as it was: nothing was taken over.

    The named parameters must hold the trained numbers.
    """
    return np.array(theta, dtype=float)


def all_taken(theta_from, shapes_from, theta, shapes, names):
    """Every parameter that fits was taken over, named or not.

    Only the layers that are named are reused; the others keep their fresh start, even where the shapes agree.
    """
    old, new = unpack(theta_from, shapes_from), unpack(theta, shapes)
    return pack({n: old[n] if shapes_from.get(n) == shapes[n] else new[n] for n in shapes}, shapes)


def the_others_taken(theta_from, shapes_from, theta, shapes, names):
    """The named parameters are fresh and the others reused: the wrong way round.

    names says what to take from the trained net.
    """
    old, new = unpack(theta_from, shapes_from), unpack(theta, shapes)
    return pack({n: old[n] if n not in names and shapes_from.get(n) == shapes[n] else new[n] for n in shapes}, shapes)


def others_zero(theta_from, shapes_from, theta, shapes, names):
    """What is not named became zero.

    Zero weights never learn to differ. The new layers keep the fresh random start that they were given.
    """
    old = unpack(theta_from, shapes_from)
    return pack({n: old[n] if n in names else np.zeros(shapes[n]) for n in shapes}, shapes)


def cut_from_the_front(theta_from, shapes_from, theta, shapes, names):
    """The first numbers of the trained theta were copied, whatever they are.

    A parameter's place in theta depends on the net. Take it out by its name, with unpack.
    """
    count = sum(int(np.prod(shapes[n])) for n in names)
    result = np.array(theta, dtype=float)
    result[:count] = theta_from[:count]
    return result


EXERCISES = (
    Exercise(
        "reuse",
        "Write my_reuse(theta_from, shapes_from, theta, shapes, names): a new theta for a net of these shapes, in which "
        "the parameters in names are those of theta_from, and the others those of theta.",
        reference=transfer.reuse,
        cases=(
            case(np.arange(8.0), OLD, -np.arange(1.0, 13.0), NEW, ("W1", "b1")),
            case(np.arange(8.0), OLD, -np.arange(1.0, 13.0), NEW, ("b1",)),
            case(np.arange(6.0) + 1, SWAPPED, -np.arange(1.0, 13.0), NEW, ("W1",)),
        ),
        mistakes=(nothing_reused, all_taken, the_others_taken, others_zero, cut_from_the_front),
    ),
)
