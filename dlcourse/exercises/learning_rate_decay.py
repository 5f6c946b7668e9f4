"""Exercises on learning-rate decay (week 2)."""

import numpy as np

from dlcourse import schedules
from dlcourse.exercises._engine import Exercise, case


def lr0_lost(lr0, t, rate=1.0):
    """The factor lr0 is lost.

    The fraction only says which share of the first learning rate is left; it still has to be multiplied by lr0.
    """
    return 1 / (1 + rate * t)


def brackets_missing(lr0, t, rate=1.0):
    """The brackets below the fraction bar are missing.

    Python divides before it adds, so lr0 / 1 + ... grows with t. All of 1 + rate * t belongs below the bar.
    """
    return lr0 / 1 + rate * t


def exponential(lr0, t, rate=1.0):
    """This is an exponential decay.

    One set of notes gives it that name, but the formula is another: inverse-time decay divides by a straight line in t,
    so it falls fast at first and then ever more slowly.
    """
    return lr0 * np.exp(-rate * t)


def rate_to_the_power(lr0, t, rate=1.0):
    """The rate is raised to the power t: an exponential decay.

    Here rate is not the share that stays in each epoch. It says how fast the divisor grows: with rate = 1 the learning
    rate is halved at t = 1.
    """
    return lr0 * rate**t


def straight_line(lr0, t, rate=1.0):
    """The learning rate falls on a straight line.

    That one reaches zero and then turns negative, which would climb uphill. The line belongs in the divisor.
    """
    return lr0 * (1 - rate * t)


def counted_one_less(lr0, t, rate=1.0):
    """t is taken one too small.

    Use t as it comes. t = 0 gives lr0; the course counts epochs from 1, so its first epoch is already below lr0.
    """
    return lr0 / (1 + rate * (t - 1))


def decayed_again_and_again(lr0, t, rate=1.0):
    """The rate that was decayed already is decayed again in each epoch.

    Each epoch divides lr0, the first learning rate, not the one of the epoch before; so lr0 must not be overwritten.
    """
    return lr0 / np.array([np.prod(1 + rate * np.arange(1, k + 1)) for k in np.ravel(t)]).reshape(np.shape(t))


def under_a_root(lr0, t, rate=1.0):
    """There is a root in the divisor.

    Root decay is another schedule, and a slower one.
    """
    return lr0 / np.sqrt(1 + rate * t)


def counted_one_more(lr0, t, rate=1.0):
    """t is taken one too large.

    Use t as it comes: the course's epochs count from 1 already, and t = 0 gives lr0.
    """
    return lr0 / (1 + rate * (t + 1))


def one_fixed_share(lr0, t, rate=1.0):
    """1/(1 + rate) is raised to the power t: an exponential decay.

    Right at t = 0 and t = 1, too fast after that. The divisor grows by rate in each epoch, it is not multiplied.
    """
    return lr0 / (1 + rate) ** t


def share_lost_each_epoch(lr0, t, rate=1.0):
    """The share rate is lost in each epoch: an exponential decay.

    Here rate is no share of lr. It says how fast the divisor grows: with rate = 1 the learning rate is halved at t = 1.
    """
    return lr0 * (1 - rate) ** t


def usual_base(lr0, t, rate=1.0):
    """This is the exponential decay with base 0.95: the rate is not used.

    Inverse-time decay divides by a straight line in t.
    """
    return lr0 * 0.95**t


def one_exchanged_for_rate(lr0, t, rate=1.0):
    """The 1 and the rate have changed places: the divisor is rate + t.

    It must be 1 at t = 0, whatever the rate, and grow by rate in each epoch.
    """
    return lr0 / (rate + t)


def divided_by_rate(lr0, t, rate=1.0):
    """t is divided by rate instead of multiplied.

    A larger rate makes the decay faster: rate times t stands in the divisor.
    """
    return lr0 / (1 + t / rate)


def rate_not_used(lr0, t, rate=1.0):
    """The rate is not used: the divisor is 1 + t.

    In each epoch the divisor grows by rate.
    """
    return lr0 / (1 + t)


def one_lost(lr0, t, rate=1.0):
    """The 1 in the divisor is missing.

    Without it lr would be infinite at t = 0; with it lr starts at lr0.
    """
    return lr0 / (rate * t)


def brackets_too_early(lr0, t, rate=1.0):
    """The brackets end too early: t multiplies the 1 as well.

    Only rate is multiplied by t; the 1 is added to that.
    """
    return lr0 / ((1 + rate) * t)


def t_beside_the_fraction(lr0, t, rate=1.0):
    """The fraction is multiplied by t, so lr grows.

    Python divides from left to right: lr0 / (1 + rate) * t. The product of rate and t belongs inside the brackets.
    """
    return lr0 / (1 + rate) * t


def multiplied(lr0, t, rate=1.0):
    """lr0 is multiplied by 1 + rate * t instead of divided.

    The learning rate is to fall, so what grows belongs below the fraction bar.
    """
    return lr0 * (1 + rate * t)


def a_sum(lr0, t, rate=1.0):
    """The fraction is added to lr0.

    It says which share of lr0 is left: multiply.
    """
    return lr0 + 1 / (1 + rate * t)


def taken_away(lr0, t, rate=1.0):
    """There is a minus in the divisor.

    1 - rate * t falls to zero, and lr would blow up there. The divisor must grow with t.
    """
    return lr0 / (1 - rate * t)


def squared(lr0, t, rate=1.0):
    """The divisor is squared.

    Power decay with c = 2 does that; the course's decay has the plain divisor.
    """
    return lr0 / (1 + rate * t) ** 2


def on_a_staircase(lr0, t, rate=1.0):
    """The decay goes by stairs: rate * t is cut to a whole number.

    A staircase is another schedule. Here lr falls in each epoch.
    """
    return lr0 / (1 + np.floor(rate * t))


def unchanged(lr0, t, rate=1.0):
    """lr0 comes back as it was.

    It must be divided by what grows with t.
    """
    return lr0 + 0 * t


def overwritten_along_the_array(lr0, t, rate=1.0):
    """In an array of epochs each one decays the rate of the one before.

    Each epoch divides lr0, the first learning rate; so lr0 must not be overwritten in the loop.
    """
    return lr0 / np.cumprod(1 + rate * np.ravel(t)).reshape(np.shape(t))


def taken_from_lr0(lr0, t, rate=1.0):
    """rate * t is taken away from lr0.

    That falls on a straight line, and below zero. The line belongs in the divisor.
    """
    return lr0 - rate * t


def t_squared(lr0, t, rate=1.0):
    """t is squared in the divisor.

    The divisor grows by rate in each epoch, on a straight line.
    """
    return lr0 / (1 + rate * t**2)


def draw(rng):
    """Whole epochs, one or several, at a rate that is not one."""
    several = rng.integers(2)
    t = rng.integers(0, 30, size=rng.integers(1, 6)).astype(float) if several else int(rng.integers(0, 30))
    lr0 = float(rng.choice([0.01, 0.05, 0.1, 0.2, 0.5, 2.0]))
    return case(lr0, t, float(rng.choice([0.02, 0.1, 0.3, 0.7, 1.5, 2.0])))


EXERCISES = (
    Exercise(
        "inverse_time_decay",
        "Write my_decay(lr0, t, rate): the learning rate lr0 / (1 + rate t) at epoch t, which is a number or an array.",
        reference=schedules.inverse_time_decay,
        cases=(
            case(0.2, 0, 1.0),
            case(0.2, 1, 1.0),
            case(0.2, 2, 1.0),
            case(0.5, 10, 0.2),
            case(0.3, 3, 0.5),
            case(0.2, [1, 2, 3, 4], 1.0),
            case(0.2, [0, 1, 5], 0.5),
        ),
        fresh=draw,
        mistakes=(
            lr0_lost,
            brackets_missing,
            exponential,
            rate_to_the_power,
            straight_line,
            counted_one_less,
            decayed_again_and_again,
            under_a_root,
            counted_one_more,
            one_fixed_share,
            share_lost_each_epoch,
            usual_base,
            one_exchanged_for_rate,
            divided_by_rate,
            rate_not_used,
            one_lost,
            brackets_too_early,
            t_beside_the_fraction,
            multiplied,
            a_sum,
            taken_away,
            squared,
            on_a_staircase,
            unchanged,
            overwritten_along_the_array,
            taken_from_lr0,
            t_squared,
        ),
    ),
)
