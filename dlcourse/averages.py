"""Exponentially weighted averages: the engine inside momentum, RMSprop, Adam and batch norm's test time."""

import numpy as np

from dlcourse._check import broadcast, finite, flag, in_range, real, whole


def ewa(average, x, beta):
    """One step of the exponentially weighted average:  v := beta * v + (1 - beta) * x.

    Start from average = 0; nothing but the last average is kept. Numbers or arrays that broadcast.
    beta in [0, 1): the share of the old average that stays; the window is about 1/(1 - beta) steps.
    Source: Course 2, week 2, exponentially weighted averages.

    >>> round(ewa(0.0, 40.0, beta=0.9), 6)      # London, day 1: 0.9 * 0 + 0.1 * 40
    4.0
    """
    average, x, beta = real("average", average), real("x", x), in_range("beta", beta, "[0, 1)")
    broadcast(average=average, x=x, beta=beta)
    return beta * average + (1 - beta) * x


def bias_correction(average, beta, t):
    """Undo the start at zero:  v_t / (1 - beta^t).

    t = 1, 2, ... counts the values averaged so far (a number or an array); beta in [0, 1). The result is the
    mean of the past with weights that sum to one. Right only for an average that started at zero; keep the
    uncorrected average for the next step.
    Source: Course 2, week 2, bias correction; Kingma and Ba, arXiv 1412.6980, section 3.

    >>> float(bias_correction(4.0, beta=0.9, t=1).round(6))  # day 1 again: 4 / 0.1
    40.0
    """
    average, beta = real("average", average), np.asarray(in_range("beta", beta, "[0, 1)"))
    t = in_range("t", t, "[1, inf)", "the first value is t = 1")
    broadcast(average=average, beta=beta, t=t)
    return average / (1 - beta**t)


def ewa_series(x, beta, bias_correction=False):
    """The average after each value of a series:  v_t = beta * v_(t-1) + (1 - beta) * x_t,  v_0 = 0.

    Shapes: x (T,) -> v (T,); any leading axes of x, and of beta, are separate series: beta (K,) with x (T,)
    gives (K, T). With bias_correction=True each v_t is divided by 1 - beta^t.
    Errors: ValueError for beta outside [0, 1), and for a series that is empty or not finite.
    Source: Course 2, week 2.

    >>> ewa_series([40.0, 49.0, 45.0], beta=0.9).round(3).tolist()
    [4.0, 8.5, 12.15]
    >>> ewa_series([40.0, 49.0, 45.0], beta=0.9, bias_correction=True).round(3).tolist()
    [40.0, 44.737, 44.834]
    """
    x = finite("x", x, ndim=1)
    beta = np.asarray(in_range("beta", beta, "[0, 1)"))
    v = np.empty((*broadcast(beta=beta, x=x[..., 0]), x.shape[-1]))
    average = 0.0
    for t in range(x.shape[-1]):
        v[..., t] = average = beta * average + (1 - beta) * x[..., t]
    if flag("bias_correction", bias_correction):
        v /= 1 - beta[..., None] ** np.arange(1, x.shape[-1] + 1)
    return v


def window(beta):
    """About how many values an average spans:  1 / (1 - beta).

    That far back a value counts 1/e as much as today's. beta in [0, 1), a number or an array.
    Source: Course 2, week 2.

    >>> float(window(0.98).round(6))
    50.0
    """
    return 1 / (1 - np.asarray(in_range("beta", beta, "[0, 1)")))[()]


def remaining_bias(beta, t):
    """The share of an uncorrected average that is still its start at zero:  beta^t.

    beta in [0, 1), t >= 0, numbers or arrays. A constant series of ones averages to 1 - beta^t at step t.
    Source: Course 2, week 2 (the notes' "1 - 0.98^100 = 1" is really 0.867).

    >>> float(remaining_bias(0.98, 100).round(4))
    0.1326
    """
    beta, t = np.asarray(in_range("beta", beta, "[0, 1)")), in_range("t", t, "[0, inf)")
    broadcast(beta=beta, t=t)
    return beta[()] ** t


def weights_of_the_past(beta, t):
    """How much each value counts in v_t:  (1 - beta) * beta^k  for the value k steps back, k = 0 ... t-1.

    Shapes: beta a number -> (t,); beta (K,) -> (K, t). The newest value comes first; the sum is 1 - beta^t.
    Errors: ValueError for beta outside [0, 1) or t that is not a whole number of at least 1.
    Source: Course 2, week 2, understanding exponentially weighted averages.

    >>> weights_of_the_past(0.98, 2).round(4).tolist()     # 0.02 theta_2 + 0.0196 theta_1
    [0.02, 0.0196]
    """
    beta = np.asarray(in_range("beta", beta, "[0, 1)"))[..., None]
    return (1 - beta) * beta ** np.arange(whole("t", t))
