"""Learning-rate schedules: lr as a function of the epoch or step t. All take arrays, so a plot is one call.

The loop owns the clock:  descend(..., lr=lambda t: inverse_time_decay(0.2, t // 50, rate=1.0))  for epochs of 50 steps.
It counts t = 0, 1, 2, ...; the course counts epochs 1, 2, 3, ...: each docstring says what t = 0 gives.
"""

import numpy as np

from dlcourse._check import broadcast, finite, in_range, number, whole

RANGES = {
    "lr0": "[0, inf)",
    "lr_max": "[0, inf)",
    "t": "[0, inf)",
    "rate": "[0, inf)",
    "base": "(0, 1]",
    "s": "(0, inf)",
    "c": "[0, inf)",
    "k": "(0, inf)",
    "start": "[1, inf)",
    "end": "[1, inf)",
}


def _checked(**given):
    """The arguments as float64, each in its range, of shapes that broadcast."""
    broadcast(**{name: in_range(name, value, RANGES[name]) for name, value in given.items()})
    return [np.asarray(value, dtype=float)[()] for value in given.values()]


def inverse_time_decay(lr0, t, rate=1.0):
    """The course's decay:  lr0 / (1 + rate * t).

    t >= 0 is the epoch, rate >= 0. t = 0 gives lr0, so counting from epoch 1, as the course does, starts below lr0.
    Called "exponential" in one set of notes, which it is not; `power_decay` with c = 1 and s = 1/rate is the same.
    Shapes: numbers, or arrays that broadcast.
    Errors: ValueError for an argument out of range.
    Source: Course 2, week 2, learning rate decay (table corrected: 0.0667, 0.05, 0.04).

    >>> inverse_time_decay(0.2, [1, 2, 3, 4], rate=1.0).round(4).tolist()
    [0.1, 0.0667, 0.05, 0.04]
    """
    lr0, t, rate = _checked(lr0=lr0, t=t, rate=rate)
    return lr0 / (1 + rate * t)


def exponential_decay(lr0, t, base=0.95):
    """A fixed share of lr for each epoch:  base^t * lr0.

    t >= 0, base in (0, 1]; t = 0 gives lr0. `tenfold_decay` with s = -1 / log10(base) is the same: 44.89 for 0.95.
    Shapes: numbers, or arrays that broadcast.
    Errors: ValueError for an argument out of range.
    Source: Course 2, week 2, learning rate decay; PyTorch's ExponentialLR(gamma=base).

    >>> float(exponential_decay(0.2, 2, base=0.5))
    0.05
    """
    lr0, t, base = _checked(lr0=lr0, t=t, base=base)
    return lr0 * base**t


def tenfold_decay(lr0, t, s):
    """A factor of ten less every s steps:  lr0 * 0.1^(t/s).

    t >= 0, s > 0; t = 0 gives lr0.
    Shapes: numbers, or arrays that broadcast.
    Errors: ValueError for an argument out of range.
    Source: book notes, exponential scheduling.

    >>> tenfold_decay(0.1, [0, 20, 40], s=20).round(6).tolist()
    [0.1, 0.01, 0.001]
    """
    lr0, t, s = _checked(lr0=lr0, t=t, s=s)
    return lr0 * 0.1 ** (t / s)


def power_decay(lr0, t, s, c=1.0):
    """Fast at first, then ever slower:  lr0 / (1 + t/s)^c.

    t >= 0, s > 0, c >= 0; t = 0 gives lr0. With c = 1: half after s steps, then a third, a fourth, ...
    Shapes: numbers, or arrays that broadcast.
    Errors: ValueError for an argument out of range.
    Source: book notes, power scheduling.

    >>> power_decay(0.6, [0, 10, 20, 30], s=10).round(6).tolist()
    [0.6, 0.3, 0.2, 0.15]
    """
    lr0, t, s, c = _checked(lr0=lr0, t=t, s=s, c=c)
    return lr0 / (1 + t / s) ** c


def sqrt_decay(lr0, t, k=1.0):
    """Down with the root of the epoch:  k / sqrt(t) * lr0.

    t >= 1: epochs count from 1 here, where lr is k * lr0 (t = 0 would be infinite); with `descend` use t + 1. k > 0.
    Shapes: numbers, or arrays that broadcast.
    Errors: ValueError for an argument out of range.
    Source: Course 2, week 2, other learning rate decay methods.

    >>> sqrt_decay(0.2, [1, 4, 16], k=1.0).tolist()
    [0.2, 0.1, 0.05]
    """
    in_range("t", t, "[1, inf)", "the first epoch is t = 1")
    lr0, t, k = _checked(lr0=lr0, t=t, k=k)
    return k / np.sqrt(t) * lr0


def staircase(t, every):
    """The number of the stair:  floor(t / every), to be given to any schedule as its t.

    exponential_decay(lr0, staircase(t, 30), base=0.1) stays for 30 steps, then drops tenfold: PyTorch's StepLR.
    t >= 0 counts from 0: the first drop comes at t = every. every: a whole number of at least 1.
    Shapes: a number, or an array.
    Errors: ValueError for an argument out of range.
    Source: Course 2, week 2, discrete staircase.

    >>> exponential_decay(0.8, staircase([0, 9, 10, 20], every=10), base=0.5).round(6).tolist()
    [0.8, 0.8, 0.4, 0.2]
    """
    return np.asarray(in_range("t", t, "[0, inf)"), dtype=float)[()] // whole("every", every)


def piecewise(t, boundaries, values):
    """Constant pieces set by hand:  values[0], from t = boundaries[0] on values[1], and so forth.

    Shapes: t a number or an array; boundaries (n,) rising, values (n + 1,), all >= 0.
    Errors: ValueError where the lengths do not match, boundaries do not rise, or a value is negative.
    Source: Course 2, week 2, manual decay; PyTorch's MultiStepLR switches at the same steps.

    >>> piecewise([0, 9, 10, 50], boundaries=[10, 40], values=[0.1, 0.05, 0.01]).tolist()
    [0.1, 0.1, 0.05, 0.01]
    """
    t, values = in_range("t", t, "[0, inf)"), in_range("values", finite("values", values, ndim=1), "[0, inf)")
    boundaries = finite("boundaries", boundaries, ndim=1)
    if boundaries.ndim > 1 or values.ndim > 1 or values.size != boundaries.size + 1 or (np.diff(boundaries) <= 0).any():
        raise ValueError(f"boundaries must rise, and values be one more than they, got {boundaries} and {values}")
    return values[np.searchsorted(boundaries, t, side="right")]


def one_cycle(lr_max, t, total, rise=0.3, start=25.0, end=1e4):
    """Up to lr_max and down again, along half cosines:  from lr_max/start, to lr_max/start/end at the last step.

    t = 0, 1, ..., total - 1 counts steps, not epochs. `rise` in (0, 1) is the share of steps that go up: the top is at
    t = rise * total - 1. start, end >= 1. Exactly PyTorch's OneCycleLR in its default form (two phases, "cos"), whose
    cycling of momentum is left out; the paper's form has straight lines.
    Shapes: lr_max and t are numbers, or arrays that broadcast.
    Errors: ValueError for a t outside the cycle, and for rise * total not above 1.
    Source: Smith and Topin, arXiv 1708.07120; book notes name it.

    >>> one_cycle(1.0, [0, 29, 64, 99], total=100).round(6).tolist()      # 1/25, the top, half way down, 1/250000
    [0.04, 1.0, 0.500002, 4e-06]
    """
    total = whole("total", total, "[2, inf)")
    in_range("t", t, f"[0, {total - 1}]", "the cycle has `total` steps")
    rise = number("rise", rise, "(-inf, inf)")
    in_range("rise * total", rise * total, f"(1, {total})", "both ways need a step")
    lr_max, t, start, end = _checked(lr_max=lr_max, t=t, start=start, end=end)
    top = rise * total - 1
    up = (1 - np.cos(np.pi * (t / top))) / 2  # 0 -> 1 on the way up
    down = (1 + np.cos(np.pi * ((t - top) / (total - 1 - top)))) / 2  # 1 -> 0 on the way down
    low, lowest = lr_max / start, lr_max / start / end
    return np.where(t <= top, low + (lr_max - low) * up, lowest + (lr_max - lowest) * down)[()]
