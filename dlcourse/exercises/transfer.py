"""Exercises on transfer learning (week 3)."""

import numpy as np

from dlcourse.exercises._engine import Exercise, case
from dlcourse.parameters import pack, size, unpack
from dlcourse.transfer import reuse

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


def the_trained_net(theta_from, shapes_from, theta, shapes, names):
    """The trained theta comes back as it is.

    The new net has parameters of its own. Asked is a theta laid out as shapes, with only the named ones taken over.
    """
    return np.array(theta_from, dtype=float)


def nets_exchanged(theta_from, shapes_from, theta, shapes, names):
    """The named parameters of the fresh start were put into the trained net.

    The other way round: what is trained goes into the new net, which is laid out as shapes.
    """
    old, new = unpack(theta_from, shapes_from), unpack(theta, shapes)
    return pack({n: new[n] if n in names else old[n] for n in shapes_from}, shapes_from)


def not_packed(theta_from, shapes_from, theta, shapes, names):
    """You return a dict of parameters, where one vector is asked for.

    theta is all of them in one array; pack makes it, in the order of shapes.
    """
    old, new = unpack(theta_from, shapes_from), unpack(theta, shapes)
    return {n: (old if n in names else new)[n] for n in shapes}


def named_ones_first(theta_from, shapes_from, theta, shapes, names):
    """The named parameters were put in front, and the others behind.

    The order in theta is that of shapes, whatever is reused. Let pack do it.
    """
    old, new = unpack(theta_from, shapes_from), unpack(theta, shapes)
    parts = [old[n] for n in names] + [new[n] for n in shapes if n not in names]
    return np.concatenate([part.ravel() for part in parts])


def only_the_named(theta_from, shapes_from, theta, shapes, names):
    """Only the named parameters come back.

    A whole theta is asked for: the others, with their fresh start, belong to it.
    """
    old = unpack(theta_from, shapes_from)
    return np.concatenate([old[n].ravel() for n in names])


def only_the_weights(theta_from, shapes_from, theta, shapes, names):
    """Of the named parameters only the weights W were taken over, not the biases.

    names may hold biases, too; b1 was trained together with W1.
    """
    old, new = unpack(theta_from, shapes_from), unpack(theta, shapes)
    return pack({n: old[n] if n in names and n[0] == "W" else new[n] for n in shapes}, shapes)


def only_the_first_name(theta_from, shapes_from, theta, shapes, names):
    """Only the first of the named parameters was taken over.

    Is the `return` inside the loop over the names? It must come after it.
    """
    return reuse(theta_from, shapes_from, theta, shapes, names[:1])


def only_the_last_name(theta_from, shapes_from, theta, shapes, names):
    """Only the last of the named parameters was taken over.

    Each turn of the loop must go on from what the turn before has made, not from the fresh start again.
    """
    return reuse(theta_from, shapes_from, theta, shapes, names[-1:])


def added(theta_from, shapes_from, theta, shapes, names):
    """The trained numbers were added to the fresh ones.

    They take their place.
    """
    return reuse(theta_from, shapes_from, np.zeros(len(theta)), shapes, names) + theta


def averaged(theta_from, shapes_from, theta, shapes, names):
    """The trained and the fresh numbers were averaged.

    A half of a random start is still random. The trained ones take the place of the fresh ones.
    """
    return (reuse(theta_from, shapes_from, theta, shapes, names) + theta) / 2


def columns_first(theta_from, shapes_from, theta, shapes, names):
    """The matrices were written out column by column.

    In theta a matrix stands row by row, as numpy's ravel and reshape have it.
    """
    old, new = unpack(theta_from, shapes_from), unpack(theta, shapes)
    return np.concatenate([(old if n in names else new)[n].ravel(order="F") for n in shapes])


def reused_ones_transposed(theta_from, shapes_from, theta, shapes, names):
    """The reused matrices are transposed.

    They have the same shape in both nets: take them as they are.
    """
    old = unpack(theta_from, shapes_from)
    turned = pack({n: old[n].T.reshape(old[n].shape) for n in old}, shapes_from)
    return reuse(turned, shapes_from, theta, shapes, names)


def from_the_same_place(theta_from, shapes_from, theta, shapes, names):
    """The numbers were taken from the place in the trained theta where the parameter stands in the new one.

    Its place there depends on the parameters before it, and the trained net has others. Take it out by its name.
    """
    new, place = unpack(theta, shapes), 0
    for n in shapes:
        size = int(np.prod(shapes[n]))
        if n in names:
            new = new | {n: np.reshape(theta_from[place : place + size], shapes[n])}
        place += size
    return pack(new, shapes)


def to_the_same_place(theta_from, shapes_from, theta, shapes, names):
    """The numbers were put at the place in the new theta where the parameter stands in the trained one.

    Its place there depends on the parameters before it, and the new net has others. Put it in by its name.
    """
    result, place = np.array(theta, dtype=float), 0
    for n in shapes_from:
        size = int(np.prod(shapes_from[n]))
        if n in names:
            result[place : place + size] = theta_from[place : place + size]
        place += size
    return result


def fresh(rng):
    """Two nets of two layers that share the first, in either order of its parameters; some of what they share is named."""
    n_x, n_1, n_2 = (int(n) for n in rng.integers(1, 4, 3))
    shared = {"W1": (n_1, n_x), "b1": (n_1, 1), "W2": (n_2, n_1)}
    old = shared | {"b2": (n_2, 1), "W3": (1, n_2)}
    new = shared | {"b2": (n_2, 1), "W3": (3, n_2), "b3": (3, 1)}
    if rng.random() < 0.5:  # as if the trained net had been written down in another order
        old = {n: old[n] for n in rng.permutation(list(old)).tolist()}
    names = tuple(n for n in ("W1", "b1", "W2", "b2") if rng.random() < 0.6) or ("W1",)
    values = rng.permutation(np.arange(1.0, 100.0))
    start = size(old)
    return case(values[:start], old, -values[start : start + size(new)], new, names)


EXERCISES = (
    Exercise(
        "reuse",
        "Write my_reuse(theta_from, shapes_from, theta, shapes, names): a new theta for a net of these shapes, in which "
        "the parameters in names are those of theta_from, and the others those of theta.",
        reference=reuse,
        cases=(
            case(np.arange(8.0), OLD, -np.arange(1.0, 13.0), NEW, ("W1", "b1")),
            case(np.arange(8.0), OLD, -np.arange(1.0, 13.0), NEW, ("b1",)),
            case(np.arange(6.0) + 1, SWAPPED, -np.arange(1.0, 13.0), NEW, ("W1",)),
            case(np.arange(6.0) + 1, SWAPPED, -np.arange(1.0, 13.0), NEW, ("b1",)),
            case(np.arange(8.0), OLD, -np.arange(1.0, 7.0), SWAPPED, ("W1", "b1")),
        ),
        fresh=fresh,
        mistakes=(
            nothing_reused,
            all_taken,
            the_others_taken,
            others_zero,
            the_trained_net,
            nets_exchanged,
            only_the_named,
            only_the_first_name,
            only_the_last_name,
            only_the_weights,
            not_packed,
            named_ones_first,
            cut_from_the_front,
            from_the_same_place,
            to_the_same_place,
            added,
            averaged,
            columns_first,
            reused_ones_transposed,
        ),
    ),
)
