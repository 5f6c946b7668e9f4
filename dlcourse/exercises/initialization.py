"""Exercises on initialization (week 1): the standard deviation for relu units, and a whole theta."""

import numpy as np

from dlcourse import initializers
from dlcourse.exercises._engine import Exercise, case
from dlcourse.parameters import pack, unpack


def root_missing(n_in, n_out):
    """This is 2/n, the variance; the root is missing.

    What multiplies a standard normal number is its standard deviation, the root of the variance.
    """
    return 2 / n_in


def fan_out(n_in, n_out):
    """n is the number of units of this layer (fan-out).

    z is a sum over the *inputs* of a unit, so the more inputs, the smaller each weight: n is n[l-1].
    """
    return (2 / n_out) ** 0.5


def numerator_one(n_in, n_out):
    """The numerator is 1: that is for linear and tanh units.

    relu sets half of its inputs to zero and so halves the mean square. The numerator 2 makes up for it.
    """
    return (1 / n_in) ** 0.5


def both_fans(n_in, n_out):
    """This is Glorot's compromise, 2/(n_in + n_out).

    It is a good choice for tanh units. He's formula for relu has the inputs alone below the line.
    """
    return (2 / (n_in + n_out)) ** 0.5


def root_of_the_numerator_only(n_in, n_out):
    """The root covers only the 2, not the n.

    The whole quotient 2/n stands under the root.
    """
    return 2**0.5 / n_in


def turned_over(n_in, n_out):
    """The quotient is upside down: n/2 under the root.

    More inputs, larger sums: the weights must become smaller as n grows.
    """
    return (n_in / 2) ** 0.5


def uniform_limit(n_in, n_out):
    """This is the limit of a uniform draw, sqrt(6/n), not a standard deviation.

    A number between -r and r has the standard deviation r/sqrt(3). Asked is the standard deviation.
    """
    return (6 / n_in) ** 0.5


SHAPES = {"W1": (200, 400), "b1": (200, 1), "W2": (300, 200), "b2": (300, 1)}


def facts(function, shapes):
    """What a start is judged by; two draws, from two sources. Draws differ, so the facts are rounded."""
    seeds = [np.asarray(function(shapes, rng=np.random.default_rng(seed)), dtype=float) for seed in (0, 1)]
    parts = unpack(seeds[0], shapes)
    W1, W2 = parts["W1"], parts["W2"]
    return {
        "entries of theta": seeds[0].size,
        "b is zero": not (parts["b1"].any() or parts["b2"].any()),
        "W is random": bool(W1.std() > 0),
        "two sources of randomness give two starts": bool((seeds[0] != seeds[1]).any()),
        "std of W1, with 400 inputs": float(np.round(W1.std(), 3)),
        "std of W2, with 200 inputs": float(np.round(W2.std(), 2)),
        "mean of W1": float(np.round(W1.mean(), 2)) + 0.0,
        "W1 has numbers beyond 3 standard deviations": bool((np.abs(W1) > 3 * W1.std()).any()),
    }


def start(shapes, rng, std=initializers.he, draw=None, b=0.0):
    """A theta with one choice changed."""
    draw = draw or (lambda shape: rng.standard_normal(shape))
    return pack(
        {
            name: draw(shape) * std(*shape[::-1]) if name[0] == "W" else np.full(shape, b)
            for name, shape in shapes.items()
        },
        shapes,
    )


def all_zero(shapes, rng):
    """Everything is zero.

    Then all units of a layer compute the same and get the same gradient: they stay equal for ever. W must be random.
    """
    return start(shapes, rng, std=initializers.zeros)


def spread_instead_of_draws(shapes, rng):
    """W is filled with sqrt(2/n); the random factor is missing.

    The slip is in one set of the notes (E7). sqrt(2/n) is a spread: multiply standard normal numbers by it. A W whose
    entries are all the same leaves all units of a layer equal.
    """
    return start(shapes, rng, draw=np.ones)


def variance_as_spread(shapes, rng):
    """The draws are multiplied by 2/n, the variance.

    Multiply by the standard deviation: the root of it.
    """
    return start(shapes, rng, std=root_missing)


def number_of_units(shapes, rng):
    """n is taken from the wrong side of the shape.

    W[l] has the shape (n[l], n[l-1]): its *second* number is how many inputs each unit has.
    """
    return start(shapes, rng, std=fan_out)


def for_tanh(shapes, rng):
    """The draws are multiplied by sqrt(1/n), which is for tanh.

    For relu units the numerator is 2: half of their inputs is cut away.
    """
    return start(shapes, rng, std=numerator_one)


def plain_normal(shapes, rng):
    """W is standard normal, not scaled at all.

    Each z would then be a sum of n terms of size one, and grow from layer to layer. Multiply by sqrt(2/n).
    """
    return start(shapes, rng, std=lambda n_in, n_out: 1.0)


def uniform_from_zero(shapes, rng):
    """W is drawn from 0 to 1, so it has no negative entries.

    rng.random gives numbers between 0 and 1, whose mean is 1/2. Use rng.standard_normal: mean 0, spread 1.
    """
    return start(shapes, rng, draw=rng.random)


def uniform_between(shapes, rng):
    """W is uniform between -sqrt(2/n) and sqrt(2/n).

    Such numbers have only the standard deviation sqrt(2/n)/sqrt(3). Draw standard normal ones, as the task says.
    """
    return start(shapes, rng, draw=lambda shape: rng.uniform(-1, 1, shape))


def b_is_one(shapes, rng):
    """b starts at one.

    b need not be random, for W already makes the units differ: it starts at zero.
    """
    return start(shapes, rng, b=1.0)


def own_seed(shapes, rng):
    """The rng that is given is not used: every call draws the same numbers.

    Draw from rng. A source of randomness made inside the function would give every layer, or every run, the same start.
    """
    return start(shapes, np.random.default_rng(0))


EXERCISES = (
    Exercise(
        "he",
        "Write my_std(n_in, n_out): the standard deviation with which the weights of relu units start, when each unit "
        "has n_in inputs and the layer has n_out units (He et al.).",
        reference=initializers.he,
        cases=(case(2, 8), case(50, 10), case(400, 25), case(3, 3)),
        mistakes=(
            root_missing,
            fan_out,
            numerator_one,
            both_fans,
            root_of_the_numerator_only,
            turned_over,
            uniform_limit,
        ),
    ),
    Exercise(
        "initialize",
        "Write my_initialize(shapes, *, rng): for shapes such as {'W1': (200, 400), 'b1': (200, 1), ...} return theta, "
        "one vector made by parameters.pack: every W is standard normal numbers times sqrt(2/n), n the number of inputs, "
        "every b is zero.",
        reference=initializers.initialize,
        run=facts,
        cases=(case(SHAPES),),
        mistakes=(
            all_zero,
            spread_instead_of_draws,
            variance_as_spread,
            number_of_units,
            for_tanh,
            plain_normal,
            uniform_from_zero,
            uniform_between,
            b_is_one,
            own_seed,
        ),
    ),
)
