"""Exercise on the scale to draw a learning rate on (week 3). Draws are judged as a distribution, not one by one."""

import numpy as np

from dlcourse import search
from dlcourse.exercises._engine import Exercise, case
from dlcourse.exercises._values import Help, numeric, show

MANY, CALLS = 500, 8  # from so many draws on their distribution is judged, over so many calls


def facts(function, low, high, size, seed):
    """What must hold of the draws, however they are made; the first thing that fails is the last that is looked at.

    Shares may miss by six standard errors, which befalls a right answer once in 500 million times.
    """
    rng = np.random.default_rng(seed)
    draws = numbers(function(low, high, size, rng))
    found = {"shape": str(draws.shape)}
    if draws.shape != (size,):
        return found
    different = len(np.unique(draws))
    found["different numbers"] = "all or nearly all" if different > size / 2 else "a few" if different > 1 else "one"
    if different <= size / 2:
        return found
    if size >= MANY:
        found["in no order"] = bool(abs(np.corrcoef(draws.argsort().argsort(), np.arange(size))[0, 1]) < 6 / size**0.5)
        if not found["in no order"]:
            return found
    again, second = (numbers(function(low, high, size, r)) for r in (np.random.default_rng(seed), rng))
    found["other numbers at the next call"] = not np.array_equal(draws, second)
    found["the same numbers from the same rng"] = np.array_equal(draws, again)
    if size < MANY or not found["other numbers at the next call"]:
        return found
    draws = np.concatenate([draws, second, *(numbers(function(low, high, size, rng)) for _ in range(CALLS - 2))])
    return found | distribution(draws, low, high)


def distribution(draws, low, high):
    """Where the draws lie on the scale of the powers of ten, u in [0, 1], on which they should be even."""
    n, slack = len(draws), 1 + 1e-5  # room for the rounding of single precision
    with np.errstate(all="ignore"):
        u = np.log(np.clip(draws, low, high) / low) / np.log(high / low)
        steps = np.abs(np.sort(u) - (np.arange(n) + 0.5) / n).max()  # the test of Kolmogorov and Smirnov
    return {
        "below zero": bool((draws < 0).any()),
        "below low": bool((draws < low / slack).any()),
        "above high": bool((draws > high * slack).any()),
        "in the lower half of the powers of ten": share((u < 0.5).mean(), 0.5, n),
        "in the highest quarter of the powers of ten": share((u > 0.75).mean(), 0.25, n),
        "each power of ten as likely as any other": bool(steps < 3.2 / n**0.5),
    }


def numbers(draws):
    """As an array, or a sentence."""
    array = numeric(draws)
    if array is None or array.dtype == bool:
        raise Help(f"It must return an array or a list of numbers; came: {show(draws)}")
    return array.astype(float)


def share(part, expected, n):
    """A share of the draws in words that do not change from draw to draw."""
    if abs(part - expected) < 6 * (expected * (1 - expected) / n) ** 0.5:
        return f"about {expected:.0%}"
    return "most of them" if part > 0.65 else "too many" if part > expected else "too few"


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


def natural_exponent_forgotten(low, high, size, rng):
    """You return a logarithm, not the value.

    r is even between the natural logarithms; the value is e to the power of r.
    """
    return rng.uniform(np.log(low), np.log(high), size)


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


def bounds_of_its_own(low, high, size, rng):
    """low and high are not used: the range is always the same.

    From 0.0001 to 1 is the lecture's example. The exponents run from log10(low) to log10(high), whatever these are.
    """
    return 10 ** rng.uniform(-4, 0, size)


def high_taken_for_one(low, high, size, rng):
    """high is not used: the draws end at 1.

    That is right where high is 1, whose logarithm is 0. The exponents run from log10(low) to log10(high).
    """
    return 10 ** (np.log10(low) * rng.random(size))


def width_forgotten(low, high, size, rng):
    """The even number between 0 and 1 is multiplied by log10(high), not by the distance between the two logarithms.

    An even number between a and b is a plus a share of b - a.
    """
    return 10 ** (np.log10(low) + np.log10(high) * rng.random(size))


def whole_powers(low, high, size, rng):
    """Only a few different numbers come: the exponents are whole, or rounded.

    Between 0.01 and 0.1 there are learning rates too. The exponent is any number between the two logarithms.
    """
    return 10.0 ** rng.integers(np.log10(low).round(), np.log10(high).round() + 1, size)


def even_within_each_decade(low, high, size, rng):
    """The decades are equally likely, but within each decade the values are drawn evenly.

    From 1 to 10, half of such draws lie above 5.5, on a log scale half lie above 3.2. Draw one exponent, not rounded.
    """
    decade = rng.integers(np.log10(low).round(), np.log10(high).round(), size)
    return rng.uniform(1, 10, size) * 10.0**decade


def one_number(low, high, size, rng):
    """You return one number, where `size` are asked for.

    rng.uniform takes a third argument: how many.
    """
    return 10 ** rng.uniform(np.log10(low), np.log10(high))


def not_random(low, high, size, rng):
    """The numbers are not drawn: they are the same even steps at each call.

    On a grid, 25 trials of two settings try only five values of each. Draw with rng.
    """
    return np.geomspace(low, high, size)


def in_rising_order(low, high, size, rng):
    """The numbers come in order of size.

    Drawn for two settings, both would rise together: the small with the small only. Leave them as they are drawn.
    """
    return np.sort(10 ** rng.uniform(np.log10(low), np.log10(high), size))


def own_randomness(low, high, size, rng):
    """The numbers are not drawn from the rng that comes in, so nobody can repeat the search.

    Use a method of rng, and not numpy's global random numbers.
    """
    own = np.random.default_rng()
    return 10 ** own.uniform(np.log10(low), np.log10(high), size)


def seeded_inside(low, high, size, rng):
    """Every call gives the same numbers: there is a fixed seed inside the function.

    The rng that comes in moves on with each draw, so that a second round of the search tries other values.
    """
    seeded = np.random.default_rng(1)
    return 10 ** seeded.uniform(np.log10(low), np.log10(high), size)


def fresh(rng):
    """Some whole decades, anywhere; many draws."""
    low = int(rng.integers(-6, 2))
    return case(10.0**low, 10.0 ** (low + int(rng.integers(2, 5))), 1000, int(rng.integers(1000)))


EXERCISES = (
    Exercise(
        "log_uniform",
        "Write my_log_uniform(low, high, size, rng): `size` numbers between low and high, each power of ten as likely as any "
        "other. Draw with rng: rng.uniform(a, b, size) gives `size` even numbers between a and b.",
        reference=search.log_uniform,
        run=facts,
        cases=(
            case(0.01, 50.0, 101, 1),
            case(1e-4, 1.0, 120, 2),
            case(1e-4, 1.0, 1000, 3),
            case(0.01, 50.0, 1000, 4),
            case(2.0, 3000.0, 1000, 5),
        ),
        fresh=fresh,
        mistakes=(
            evenly,
            exponent_forgotten,
            natural_exponent_forgotten,
            logarithms_mixed,
            logarithms_mixed_the_other_way,
            ten_times_too_high,
            sign_lost,
            bounds_in_the_exponent,
            logarithm_of_an_even_draw,
            one_for_all,
            bounds_of_its_own,
            high_taken_for_one,
            width_forgotten,
            whole_powers,
            even_within_each_decade,
            one_number,
            in_rising_order,
            not_random,
            own_randomness,
            seeded_inside,
        ),
    ),
)
