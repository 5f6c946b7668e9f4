"""Exercise on initialization (week 1): the standard deviation with which the weights of relu units start."""

import numpy as np

from dlcourse import initializers
from dlcourse.exercises._engine import Exercise, Help, case


def one_number(function, n_in, n_out):
    """One call; a whole matrix of weights is told for what it is, whatever was drawn."""
    std = function(n_in, n_out)
    if isinstance(std, np.ndarray) and std.size > 1:
        raise Help(
            f"A whole array came, of shape {std.shape}: are these the weights themselves? Asked is one number, the "
            "standard deviation that such draws are multiplied by."
        )
    return std


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


def half_for_root(n_in, n_out):
    """Python reads x**1/2 as (x**1) / 2: that halves, where a root is meant.

    The power is 1/2 as a whole, so it needs brackets; or there is np.sqrt.
    """
    return (2 / n_in) ** 1 / 2


def root_of_the_inputs_only(n_in, n_out):
    """The root covers only the n, not the 2.

    The whole quotient 2/n stands under the root.
    """
    return 2 / n_in**0.5


def root_twice(n_in, n_out):
    """The root is taken twice.

    2/n is the variance. One root of it makes the standard deviation.
    """
    return (2 / n_in) ** 0.25


def squared(n_in, n_out):
    """The quotient is squared, where its root is meant.

    2/n is the variance, and the standard deviation is the root of the variance.
    """
    return (2 / n_in) ** 2


def product_under_the_root(n_in, n_out):
    """Under the root both numbers are multiplied below the line.

    z is a sum over n_in inputs; how many units share the layer does not change the size of one unit's z.
    """
    return (2 / (n_in * n_out)) ** 0.5


def multiplied_by_the_units(n_in, n_out):
    """n_out stands above the line.

    z is a sum over n_in inputs; how many units share the layer does not change the size of one unit's z.
    """
    return (2 / n_in * n_out) ** 0.5


def mean_of_both(n_in, n_out):
    """n is the mean of inputs and units.

    That is how Glorot's formula comes about. He's formula for relu has the inputs alone below the line.
    """
    return (4 / (n_in + n_out)) ** 0.5


def glorot_uniform(n_in, n_out):
    """This is the limit of Glorot's uniform draw, sqrt(6/(n_in + n_out)).

    Asked is He's standard deviation of a normal draw: a 2 above the line, and the inputs alone below it.
    """
    return (6 / (n_in + n_out)) ** 0.5


def whole_numbers_divided(n_in, n_out):
    """2 // n leaves only the whole part of the quotient, which is zero.

    A division with its fraction is / .
    """
    return (2 // n_in) ** 0.5


def one_for_all_layers(n_in, n_out):
    """The answer does not depend on n_in.

    A fixed small number, such as 0.01, fits one size of a layer only: the more inputs, the smaller each weight.
    """
    return 0.01


def draw(rng):
    """A layer of any size."""
    return case(*(int(n) for n in rng.integers(3, 1000, 2)))


EXERCISES = (
    Exercise(
        "he",
        "Write my_std(n_in, n_out): the standard deviation with which the weights of relu units start, when each unit "
        "has n_in inputs and the layer has n_out units (He et al.). It is one number.",
        reference=initializers.he,
        run=one_number,
        cases=(case(2, 8), case(8, 2), case(50, 10), case(400, 25), case(3, 3)),
        fresh=draw,
        mistakes=(
            root_missing,
            fan_out,
            numerator_one,
            both_fans,
            root_of_the_numerator_only,
            root_of_the_inputs_only,
            turned_over,
            uniform_limit,
            half_for_root,
            root_twice,
            squared,
            product_under_the_root,
            multiplied_by_the_units,
            mean_of_both,
            glorot_uniform,
            whole_numbers_divided,
            one_for_all_layers,
        ),
    ),
)
