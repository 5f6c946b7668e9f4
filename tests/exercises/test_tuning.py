"""Answers to the exercise of week 3, tuning: right in another style, and wrong as students are."""

import math
import random

import numpy as np
from jury import Jury
from scipy import stats

jury = Jury()
right, wrong = (lambda: jury.right("log_uniform")), (lambda *a, **k: jury.wrong("log_uniform", *a, **k))


@right()
def as_on_the_slide(low, high, size, rng):
    r = (np.log10(high) - np.log10(low)) * rng.random(size) + np.log10(low)
    return 10**r


@right()
def from_the_top(low, high, size, rng):
    return 10 ** (np.log10(high) + (np.log10(low) - np.log10(high)) * rng.random(size))


@right()
def natural_logarithm(low, high, size, rng):
    return np.exp(rng.uniform(np.log(low), np.log(high), size))


@right()
def a_loop(low, high, size, rng):
    draws = []
    for _ in range(size):
        r = rng.uniform(math.log10(low), math.log10(high))
        draws.append(10**r)
    return draws


@right()
def a_tuple(smallest, largest, how_many, generator):
    return tuple(smallest * (largest / smallest) ** generator.random() for _ in range(how_many))


@right()
def with_yield(low, high, size, rng):
    for exponent in rng.uniform(np.log2(low), np.log2(high), size):
        yield 2**exponent


@right()
def geometric_mixture(low, high, size, rng):
    u = rng.random(size)
    return low**u * high ** (1 - u)


@right()
def single_precision(low, high, size, rng):
    u = rng.random(size, dtype=np.float32)
    return np.float32(10) ** (np.float32(np.log10(low)) + np.float32(np.log10(high / low)) * u)


@right()
def by_keyword(*, low, high, size, rng):
    bounds = {"low": math.log(low), "high": math.log(high)}
    return np.exp(rng.uniform(**bounds, size=size))


@right()
def clipped_to_the_bounds(low, high, size, rng):
    return np.clip(np.power(10, rng.uniform(np.log10(low), np.log10(high), (size,))), low, high)


@right()
def of_another_library(low, high, size, rng):
    return stats.loguniform.rvs(low, high, size=size, random_state=rng)


@right()
def exponential_draws(low, high, size, rng):
    """The part of an exponential that is cut off at ln(high/low) and unrolled: another use of the rng."""
    u = 1 - np.exp(-rng.exponential(size=size))
    return low * np.exp(u * np.log(high / low))


@wrong("evenly")
def uniform(low, high, size, rng):
    return low + (high - low) * rng.random(size)


@wrong("exponent_forgotten")
def only_r(low, high, size, rng):
    return np.log10(low) + rng.random(size) * np.log10(high / low)


@wrong("natural_exponent_forgotten")
def only_the_natural_r(low, high, size, rng):
    return np.log(low) + rng.random(size) * (np.log(high) - np.log(low))


@wrong("logarithms_mixed")
def log_and_ten(low, high, size, rng):
    return [10 ** rng.uniform(math.log(low), math.log(high)) for _ in range(size)]


@wrong("logarithms_mixed_the_other_way")
def log10_and_e(low, high, size, rng):
    return [math.e ** rng.uniform(math.log10(low), math.log10(high)) for _ in range(size)]


@wrong("ten_times_too_high")
def as_the_notes_write_it(low, high, size, rng):
    exponent = np.log10(low) + 1
    return 10 ** (exponent + (np.log10(high) - exponent) * rng.random(size))


@wrong("sign_lost")
def minus_too_many(low, high, size, rng):
    return 1 / 10 ** rng.uniform(np.log10(low), np.log10(high), size)


@wrong("bounds_in_the_exponent")
def no_logarithm(low, high, size, rng):
    return 10 ** (low + (high - low) * rng.random(size))


@wrong("logarithm_of_an_even_draw")
def log_last(low, high, size, rng):
    return [math.log10(rng.uniform(low, high)) for _ in range(size)]


@wrong("one_for_all")
def multiplied_list(low, high, size, rng):
    return [10 ** rng.uniform(math.log10(low), math.log10(high))] * size


@wrong("one_number")
def size_forgotten(low, high, size, rng):
    r = np.log10(low) + np.log10(high / low) * rng.random()
    return 10**r


@wrong("bounds_of_its_own")
def the_lecture_word_for_word(low, high, size, rng):
    r = -4 * rng.random(size)
    return 10**r


@wrong("high_taken_for_one")
def only_low(low, high, size, rng):
    return low ** rng.random(size)


@wrong("width_forgotten")
def not_the_difference(low, high, size, rng):
    return low * 10 ** (rng.random(size) * np.log10(high))


@wrong("whole_powers")
def rounded(low, high, size, rng):
    return 10 ** np.round(rng.uniform(np.log10(low), np.log10(high), size))


@wrong("even_within_each_decade")
def decade_first(low, high, size, rng):
    decades = np.arange(round(math.log10(low)), round(math.log10(high)))
    return np.array([rng.uniform(10.0**d, 10.0 ** (d + 1)) for d in rng.choice(decades, size)])


@wrong("not_random")
def logspace(low, high, size, rng):
    return np.logspace(np.log10(low), np.log10(high), size)


@wrong("own_randomness")
def global_numpy(low, high, size, rng):
    return 10 ** np.random.uniform(np.log10(low), np.log10(high), size)


@wrong("own_randomness")
def global_python(low, high, size, rng):
    return [10 ** random.uniform(math.log10(low), math.log10(high)) for _ in range(size)]


@wrong("seeded_inside")
def seed_zero(low, high, size, rng):
    rng = np.random.default_rng(0)
    return 10 ** rng.uniform(np.log10(low), np.log10(high), size)


@wrong("in_rising_order")
def sorted_list(low, high, size, rng):
    return sorted(low * (high / low) ** rng.random(size))


@wrong(says="shape")
def a_column(low, high, size, rng):
    return 10 ** rng.uniform(np.log10(low), np.log10(high), (size, 1))


@wrong(says="shape")
def one_too_many(low, high, size, rng):
    return 10 ** rng.uniform(np.log10(low), np.log10(high), size + 1)


@wrong()
def a_bell_on_the_log_scale(low, high, size, rng):
    middle, width = np.log(low * high) / 2, np.log(high / low) / 6
    return np.clip(np.exp(rng.normal(middle, width, size)), low, high)


@wrong()
def two_draws_averaged(low, high, size, rng):
    return np.sqrt(low * high) * (high / low) ** ((rng.random(size) - rng.random(size)) / 2)


test_right, test_wrong, test_enough = jury.tests()
