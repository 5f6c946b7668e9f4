"""Exercise on the scale to draw a learning rate on (week 3)."""

import numpy as np

from dlcourse import search
from dlcourse.exercises._engine import Exercise, case


def evenly(low, high, size, rng):
    """The values themselves are drawn evenly, not their powers of ten.

    From 1e-4 to 1, nine in ten draws would then lie above 0.1. It is the exponent that shall be even.
    """
    return rng.uniform(low, high, size)


def exponent_forgotten(low, high, size, rng):
    """You return the exponent r, not the value.

    r is even between the logarithms; the value is ten to the power of r.
    """
    return rng.uniform(np.log10(low), np.log10(high), size)


def logarithms_mixed(low, high, size, rng):
    """The logarithm is the natural one, but the power is one of ten.

    Either log10 and ten to the power of r, or the natural log and exp: what you undo must be what you did.
    """
    return 10 ** rng.uniform(np.log(low), np.log(high), size)


def logarithms_mixed_the_other_way(low, high, size, rng):
    """The logarithm is to base ten, but you undo it with exp.

    Either log10 and ten to the power of r, or the natural log and exp: what you undo must be what you did.
    """
    return np.exp(rng.uniform(np.log10(low), np.log10(high), size))


def ten_times_too_high(low, high, size, rng):
    """The least value is ten times too high.

    The trap of the notes: they write 10e-4 for the lower end, and that is 0.001. The exponent of 0.0001 is -4.
    """
    return 10 ** rng.uniform(np.log10(10 * low), np.log10(high), size)


def sign_lost(low, high, size, rng):
    """The sign of the exponent is lost, so that the values are above 1 where they should be below.

    The logarithm of a number below 1 is negative; leave it so.
    """
    return 10 ** -rng.uniform(np.log10(low), np.log10(high), size)


def bounds_in_the_exponent(low, high, size, rng):
    """low and high stand in the exponent themselves.

    Take their logarithms first: the exponents run from log10(low) to log10(high).
    """
    return 10 ** rng.uniform(low, high, size)


def logarithm_of_an_even_draw(low, high, size, rng):
    """The value is drawn evenly, and then its logarithm is taken.

    The other way round: first the logarithms of the bounds, then an even draw, then the power.
    """
    return np.log10(rng.uniform(low, high, size))


def one_for_all(low, high, size, rng):
    """All draws are the same number.

    Each of the `size` trials needs a draw of its own.
    """
    return np.full(size, 10 ** rng.uniform(np.log10(low), np.log10(high)))


EXERCISES = (
    Exercise(
        "log_uniform",
        "Write my_log_uniform(low, high, size, rng): `size` numbers between low and high, each power of ten as likely as any "
        "other. Draw with one call of rng.uniform, which gives `size` even numbers between two bounds.",
        reference=search.log_uniform,
        cases=(
            case(0.1, 1.0, 1, np.random.default_rng(1)),
            case(1e-4, 1.0, 4, np.random.default_rng(2)),
            case(0.01, 50.0, 6, np.random.default_rng(3)),
            case(2.0, 3000.0, 8, np.random.default_rng(4)),
        ),
        mistakes=(
            evenly,
            exponent_forgotten,
            logarithms_mixed,
            logarithms_mixed_the_other_way,
            ten_times_too_high,
            sign_lost,
            bounds_in_the_exponent,
            logarithm_of_an_even_draw,
            one_for_all,
        ),
    ),
)
