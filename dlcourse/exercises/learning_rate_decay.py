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
            case(0.2, [1, 2, 3, 4], 1.0),
        ),
        mistakes=(
            lr0_lost,
            brackets_missing,
            exponential,
            rate_to_the_power,
            straight_line,
            counted_one_less,
            decayed_again_and_again,
            under_a_root,
        ),
    ),
)
