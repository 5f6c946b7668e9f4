"""The jury of the exercise on learning-rate decay: one formula, for a number and for an array of epochs."""

import math

import numpy as np
from jury import Jury

jury = Jury()


@jury.right("inverse_time_decay")
def the_formula(lr0, t, rate=1.0):
    return lr0 / (1 + rate * t)


@jury.right("inverse_time_decay")
def as_in_the_lecture(alpha0, epoch_num, decay_rate):
    return 1 / (1 + decay_rate * epoch_num) * alpha0


jury.right("inverse_time_decay")(lambda a, n, r: a * (1 + r * n) ** -1)


@jury.right("inverse_time_decay")
def with_a_loop(lr0, t, rate):
    if np.ndim(t) == 0:
        return lr0 / (1 + rate * t)
    rates = []
    for epoch in t:
        rates.append(lr0 / (1 + rate * epoch))
    return rates


@jury.right("inverse_time_decay")
def as_an_array_first(lr0, t, rate):
    t = np.asarray(t, dtype=float)
    return np.divide(lr0, np.add(1, np.multiply(rate, t)))


@jury.right("inverse_time_decay")
def vectorized(lr0, t, rate):
    return np.vectorize(lambda epoch: lr0 / (1.0 + rate * epoch))(t)


@jury.right("inverse_time_decay")
def of_the_inverse(lr0, t, rate):
    return 1 / (1 / lr0 + t * rate / lr0)


@jury.right("inverse_time_decay")
def epoch_by_epoch(lr0, t, rate):
    def at(epoch):
        divisor = 1
        for _ in range(int(epoch)):
            divisor += rate
        return lr0 / divisor

    return tuple(at(epoch) for epoch in t) if isinstance(t, np.ndarray) else at(t)


@jury.right("inverse_time_decay")
def in_single_precision(lr0, t, rate):
    return np.float32(lr0) / (np.float32(1) + np.float32(rate) * np.float32(t))


@jury.right("inverse_time_decay")
def always_an_array(lr0, t, rate):
    return np.array([lr0 / (1 + rate * epoch) for epoch in np.atleast_1d(t)])


@jury.right("inverse_time_decay")
def with_logarithms(lr0, t, rate):
    return lr0 * np.exp(-np.log1p(rate * t))


@jury.right("inverse_time_decay")
def by_power_decay(lr0, t, rate):
    s, c = 1 / rate, 1
    return lr0 / (1 + t / s) ** c


@jury.right("inverse_time_decay")
def changed_in_place(lr0, t, rate):
    lr = np.full(np.shape(t), lr0)
    lr /= 1 + rate * t
    return lr


def decays_again(lr0, t, rate):
    def at(epoch):
        lr = lr0
        for e in range(1, int(epoch) + 1):
            lr = lr / (1 + rate * e)  # from the rate of the epoch before
        return lr

    return [at(epoch) for epoch in t] if np.ndim(t) else at(t)


def overwritten(lr0, t, rate):
    rates = []
    for epoch in np.atleast_1d(t):
        lr0 = lr0 / (1 + rate * epoch)
        rates.append(lr0)
    return rates if np.ndim(t) else rates[0]


for mistake, answer in {
    "lr0_lost": lambda lr0, t, rate: 1 / (1 + rate * t),
    "brackets_missing": lambda lr0, t, rate: lr0 / 1 + rate * t,
    "exponential": lambda lr0, t, rate: lr0 * math.e ** (-rate * t),
    "rate_to_the_power": lambda lr0, t, rate: rate**t * lr0,
    "straight_line": lambda lr0, t, rate: lr0 - lr0 * rate * t,
    "counted_one_less": lambda lr0, t, rate: lr0 / (1 + rate * (t - 1)),
    "counted_one_more": lambda lr0, t, rate: lr0 / (1 + rate * (t + 1)),
    "decayed_again_and_again": decays_again,
    "under_a_root": lambda lr0, t, rate: lr0 / (1 + rate * t) ** 0.5,
    "one_fixed_share": lambda lr0, t, rate: lr0 * (1 / (1 + rate)) ** t,
    "share_lost_each_epoch": lambda lr0, t, rate: (1 - rate) ** t * lr0,
    "usual_base": lambda lr0, t, rate: 0.95**t * lr0,
    "one_exchanged_for_rate": lambda lr0, t, rate: lr0 / (rate + t),
    "divided_by_rate": lambda lr0, t, rate: lr0 / (1 + t / rate),
    "rate_not_used": lambda lr0, t, rate: lr0 / (1 + 1.0 * t),
    "one_lost": lambda lr0, t, rate: lr0 / (rate * t),
    "brackets_too_early": lambda lr0, t, rate: lr0 / ((1 + rate) * t),
    "t_beside_the_fraction": lambda lr0, t, rate: lr0 / (1 + rate) * t,
    "multiplied": lambda lr0, t, rate: lr0 * (1 + rate * t),
    "a_sum": lambda lr0, t, rate: lr0 + 1 / (1 + rate * t),
    "taken_away": lambda lr0, t, rate: lr0 / (1 - rate * t),
    "squared": lambda lr0, t, rate: lr0 / (1 + rate * t) / (1 + rate * t),
    "on_a_staircase": lambda lr0, t, rate: lr0 / (1 + rate * t // 1),
    "overwritten_along_the_array": overwritten,
    "taken_from_lr0": lambda lr0, t, rate: lr0 - rate * t,
    "t_squared": lambda lr0, t, rate: lr0 / (1 + rate * t**2),
    "unchanged": lambda lr0, t, rate: lr0 * np.ones(np.shape(t)),
}.items():
    answer.__name__ = mistake
    jury.wrong("inverse_time_decay", mistake)(answer)


@jury.wrong("inverse_time_decay", says="stopped in line")
def of_an_array_alone(lr0, t, rate):
    return [lr0 / (1 + rate * epoch) for epoch in t]


@jury.wrong("inverse_time_decay", says="stopped in line")
def of_a_number_alone(lr0, t, rate):
    return lr0 / (1 + rate * float(t))


@jury.wrong("inverse_time_decay", says="changes its input t in place")
def written_into_t(lr0, t, rate):
    if np.ndim(t):
        t *= rate
        return lr0 / (1 + t)
    return lr0 / (1 + rate * t)


@jury.wrong("inverse_time_decay", says="returns nothing")
def lr_printed(lr0, t, rate):
    print(lr0 / (1 + rate * t))


@jury.wrong("inverse_time_decay")
def never_below_a_hundredth(lr0, t, rate):
    return np.maximum(lr0 / (1 + rate * t), 0.06)


test_right, test_wrong, test_enough = jury.tests()
