"""The jury of the exercises on exponentially weighted averages: the series, and the correction of one average."""

import math
from functools import reduce
from itertools import accumulate

import numpy as np
from jury import Jury

jury = Jury()


# --- ewa, right


@jury.right("ewa")
def with_a_list(x, beta, bias_correction=False):
    v, out = 0, []
    for t, value in enumerate(x, start=1):
        v = beta * v + (1 - beta) * value
        out.append(v / (1 - beta**t) if bias_correction else v)
    return out


@jury.right("ewa")
def into_an_array(temperatures, b, correct=False):
    v = np.zeros(len(temperatures) + 1)
    for t in range(1, len(v)):
        v[t] = b * v[t - 1] + (1 - b) * temperatures[t - 1]
    if correct:
        v[1:] = v[1:] / (1 - b ** np.arange(1, len(v)))
    return v[1:]


@jury.right("ewa")
def into_zeros_like(x, beta, bias_correction=False):
    v = np.zeros_like(x)
    v[0] = (1 - beta) * x[0]
    for i in range(1, len(x)):
        v[i] = beta * v[i - 1] + (1 - beta) * x[i]
    return np.array([v[i] / (1 - beta ** (i + 1)) for i in range(len(v))]) if bias_correction else v


@jury.right("ewa")
def with_yield(x, beta, bias_correction=False):
    v, power = 0.0, 1.0
    for value in x:
        v += (1 - beta) * (value - v)
        power *= beta
        yield v / (1 - power) if bias_correction else v


@jury.right("ewa")
def with_the_weights(x, beta, bias_correction=False):
    out = []
    for t in range(1, len(x) + 1):
        w = (1 - beta) * beta ** np.arange(t - 1, -1, -1)
        out.append(np.dot(w, x[:t]) / (w.sum() if bias_correction else 1))
    return tuple(out)


@jury.right("ewa")
def with_a_matrix(x, beta, bias_correction=False):
    age = np.arange(len(x))[:, None] - np.arange(len(x))
    W = np.tril((1 - beta) * beta ** np.abs(age))
    W = W / W.sum(axis=1, keepdims=True) if bias_correction else W
    return np.einsum("ij,j->i", W, x)


@jury.right("ewa")
def with_accumulate(x, beta, bias_correction=False):
    v = list(accumulate(x, lambda old, new: beta * old + (1 - beta) * new, initial=0.0))[1:]
    return [average / (1 - math.pow(beta, t)) for t, average in enumerate(v, 1)] if bias_correction else v


@jury.right("ewa")
def with_recursion(x, beta, bias_correction=False):
    def v(t):
        return 0.0 if t == 0 else beta * v(t - 1) + (1 - beta) * x[t - 1]

    return [v(t) / (1 - beta**t if bias_correction else 1) for t in range(1, len(x) + 1)]


@jury.right("ewa")
def with_a_convolution(x, beta, bias_correction=False):
    v = np.convolve(x, (1 - beta) * beta ** np.arange(len(x)))[: len(x)]
    return v / (1 - beta ** np.arange(1, len(x) + 1)) if bias_correction else v


@jury.right("ewa")
def in_float32(x, beta, bias_correction=False):
    x, beta, v, out = np.float32(x), np.float32(beta), np.float32(0), []
    for t in range(len(x)):
        v = beta * v + (np.float32(1) - beta) * x[t]
        out.append(v / (np.float32(1) - beta ** np.float32(t + 1)) if bias_correction else v)
    return np.array(out, dtype=np.float32)


@jury.right("ewa")
def a_sum_that_is_scaled(x, beta, bias_correction=False):
    total, weights, out = 0, 0, []
    for value in x:
        total, weights = beta * total + value, beta * weights + 1
        out.append(total / weights if bias_correction else (1 - beta) * total)
    return out


# --- ewa, wrong


def loop(x, beta, correct, step, divisor=lambda beta, t: 1 - beta**t, v=0.0):
    """A learner's loop, with one line of it given."""
    out = []
    for t in range(1, len(x) + 1):
        v = step(v, x[t - 1])
        out.append(v / divisor(beta, t) if correct else v)
    return out


@jury.wrong("ewa", "weights_swapped")
def swapped(x, beta, bias_correction=False):
    return loop(x, beta, bias_correction, lambda v, new: (1 - beta) * v + beta * new)


@jury.wrong("ewa", "started_at_the_first_value")
def start_at_x0(x, beta, bias_correction=False):
    return loop(x, beta, bias_correction, lambda v, new: beta * v + (1 - beta) * new, v=x[0])


@jury.wrong("ewa", "first_value_kept_whole")
def as_pandas_does(x, beta, bias_correction=False):
    v = [x[0]]
    for i in range(1, len(x)):
        v.append(beta * v[-1] + (1 - beta) * x[i])
    return [v[0]] + [v[i] / (1 - beta ** (i + 1)) for i in range(1, len(v))] if bias_correction else v


@jury.wrong("ewa", "old_average_lost")
def never_overwritten(x, beta, bias_correction=False):
    return loop(x, beta, bias_correction, lambda v, new: beta * 0 + (1 - beta) * new)


@jury.wrong("ewa", "new_value_at_full_weight")
def a_sum(x, beta, bias_correction=False):
    return loop(x, beta, bias_correction, lambda v, new: beta * v + new)


@jury.wrong("ewa", "mean_of_a_window")
def a_moving_mean(x, beta, bias_correction=False):
    n = int(1 / (1 - beta) + 0.5)
    return [sum(x[max(0, i - n + 1) : i + 1]) / len(x[max(0, i - n + 1) : i + 1]) for i in range(len(x))]


@jury.wrong("ewa", "one_day_late")
def noted_too_soon(x, beta, bias_correction=False):
    v, out = 0.0, []
    for t, value in enumerate(x):
        out.append(v / (1 - beta**t) if bias_correction and t else v)
        v = beta * v + (1 - beta) * value
    return out


@jury.wrong("ewa", "only_the_last")
def the_last_alone(x, beta, bias_correction=False):
    v = reduce(lambda v, new: beta * v + (1 - beta) * new, x, 0.0)
    return v / (1 - beta ** len(x)) if bias_correction else v


@jury.wrong("ewa", "only_the_last")
def return_after_the_loop(x, beta, bias_correction=False):
    return loop(x, beta, bias_correction, lambda v, new: beta * v + (1 - beta) * new)[-1:][0]


@jury.wrong("ewa", "start_included")
def with_v0(x, beta, bias_correction=False):
    return [0, *loop(x, beta, bias_correction, lambda v, new: beta * v + (1 - beta) * new)]


@jury.wrong("ewa", "always_corrected")
def the_flag_ignored(x, beta, bias_correction=False):
    return loop(x, beta, True, lambda v, new: beta * v + (1 - beta) * new)


@jury.wrong("ewa", "never_corrected")
def the_flag_forgotten(x, beta, bias_correction=False):
    return loop(x, beta, False, lambda v, new: beta * v + (1 - beta) * new)


@jury.wrong("ewa", "power_missing")
def no_power(x, beta, bias_correction=False):
    return loop(x, beta, bias_correction, lambda v, new: beta * v + (1 - beta) * new, lambda beta, t: 1 - beta)


@jury.wrong("ewa", "power_on_the_bracket")
def power_outside(x, beta, bias_correction=False):
    return loop(x, beta, bias_correction, lambda v, new: beta * v + (1 - beta) * new, lambda beta, t: (1 - beta) ** t)


@jury.wrong("ewa", "counted_from_zero")
def enumerate_from_zero(x, beta, bias_correction=False):
    v, out = 0.0, []
    for t, value in enumerate(x):
        v = beta * v + (1 - beta) * value
        out.append(v / (1 - beta**t) if bias_correction else v)
    return out


@jury.wrong("ewa", "correction_fed_back")
def overwritten_by_the_corrected(x, beta, bias_correction=False):
    v, out = 0.0, []
    for t, value in enumerate(x, start=1):
        v = beta * v + (1 - beta) * value
        if bias_correction:
            v /= 1 - beta**t
        out.append(v)
    return out


@jury.wrong("ewa", "corrected_by_the_last_t")
def corrected_after_the_loop(x, beta, bias_correction=False):
    v, out = 0.0, []
    for t in range(1, len(x) + 1):
        v = beta * v + (1 - beta) * x[t - 1]
        out.append(v)
    return np.array(out) / (1 - beta**t) if bias_correction else out


@jury.wrong("ewa", "only_the_last_corrected")
def the_last_one_corrected(x, beta, bias_correction=False):
    v = np.array(loop(x, beta, False, lambda v, new: beta * v + (1 - beta) * new))
    if bias_correction:
        v[-1] = v[-1] / (1 - beta ** len(x))
    return v


@jury.wrong("ewa", "divisor_without_brackets")
def v_over_one_minus(x, beta, bias_correction=False):
    v = loop(x, beta, False, lambda v, new: beta * v + (1 - beta) * new)
    return [v[t] / 1 - beta ** (t + 1) for t in range(len(v))] if bias_correction else v


@jury.wrong("ewa", "weight_without_brackets")
def one_minus_beta_times(x, beta, bias_correction=False):
    return loop(x, beta, bias_correction, lambda v, new: beta * v + 1 - beta * new)


@jury.wrong("ewa", "beta_times_t")
def times_t(x, beta, bias_correction=False):
    return loop(x, beta, bias_correction, lambda v, new: beta * v + (1 - beta) * new, lambda beta, t: 1 - beta * t)


@jury.wrong("ewa", "yesterday_and_the_first_with_itself")
def the_day_before(x, beta, bias_correction=False):
    before = np.concatenate([x[:1], x[:-1]])
    v = beta * before + (1 - beta) * x
    return v / (1 - beta ** np.arange(1, len(x) + 1)) if bias_correction else v


@jury.wrong("ewa", "yesterday_wrapped_around")
def index_minus_one(x, beta, bias_correction=False):
    v = np.array([beta * x[t - 1] + (1 - beta) * x[t] for t in range(len(x))])
    return v / (1 - beta ** np.arange(1, len(x) + 1)) if bias_correction else v


@jury.wrong("ewa", "yesterday_instead_of_the_average")
def nothing_before_the_first(x, beta, bias_correction=False):
    v = [beta * (x[t - 1] if t > 0 else 0) + (1 - beta) * x[t] for t in range(len(x))]
    return [v[t] / (1 - beta ** (t + 1)) for t in range(len(x))] if bias_correction else v


@jury.wrong("ewa", "mean_of_all_so_far")
def cumulative_mean(x, beta, bias_correction=False):
    return np.cumsum(x) / np.arange(1, len(x) + 1)


@jury.wrong("ewa", "first_value_left_out")
def range_from_one(x, beta, bias_correction=False):
    v, out = 0.0, []
    for t in range(1, len(x)):
        v = beta * v + (1 - beta) * x[t]
        out.append(v / (1 - beta**t) if bias_correction else v)
    return out


@jury.wrong("ewa", "first_value_skipped")
def v_is_zero_at_first(x, beta, bias_correction=False):
    v = np.zeros(len(x))
    for t in range(1, len(x)):
        v[t] = beta * v[t - 1] + (1 - beta) * x[t]
    return v / (1 - beta ** np.arange(1, len(x) + 1)) if bias_correction else v


@jury.wrong("ewa", "flag_turned_round")
def corrected_unless(x, beta, bias_correction=False):
    return with_a_list(x, beta, not bias_correction)


@jury.wrong("ewa", says="keeps something from call to call")
def a_list_as_default(x, beta, bias_correction=False, out=[]):  # noqa: B006
    out += with_a_list(x, beta, bias_correction)
    return out


@jury.wrong("ewa")
def corrected_at_the_start_only(x, beta, bias_correction=False):
    v = with_a_list(x, beta)
    return [a / (1 - beta**t) if bias_correction and t < 10 else a for t, a in enumerate(v, 1)]


@jury.wrong("ewa", says="changes its input x in place")
def written_into_x(x, beta, bias_correction=False):
    v = 0.0
    for t in range(len(x)):
        v = x[t] = beta * v + (1 - beta) * x[t]
    return x / (1 - beta ** np.arange(1, len(x) + 1)) if bias_correction else x


@jury.wrong("ewa", says="shape")
def a_column(x, beta, bias_correction=False):
    return np.array(with_a_list(x, beta, bias_correction))[:, None]


@jury.wrong("ewa")
def rounded(x, beta, bias_correction=False):
    return np.round(with_a_list(x, beta, bias_correction), 2)


@jury.wrong("ewa")
def beta_fixed(x, beta, bias_correction=False):
    return with_a_list(x, 0.9, bias_correction)


# --- bias_correction, right


@jury.right("bias_correction")
def the_formula(average, beta, t):
    return average / (1 - beta**t)


corrected = jury.right("bias_correction")(lambda v, b, n: v * (1 - b**n) ** -1)


@jury.right("bias_correction")
def with_math(average, beta, t):
    return average / (1.0 - math.pow(beta, t))


@jury.right("bias_correction")
def with_logarithms(average, beta, t):
    return average / -math.expm1(t * math.log(beta))


@jury.right("bias_correction")
def with_a_loop(average, beta, t):
    left = 1
    for _ in range(t):
        left *= beta
    return average / (1 - left)


@jury.right("bias_correction")
def by_the_sum_of_the_weights(average, beta, t):
    return average / sum((1 - beta) * beta**k for k in range(t))


@jury.right("bias_correction")
def by_the_geometric_series(average, beta, t):
    return float(np.dot([average], [1 / np.sum((1 - beta) * np.power(beta, np.arange(t)))]))


@jury.right("bias_correction")
def average_plus_what_is_missing(average, beta, t):
    return average + average * beta**t / (1 - beta**t)


@jury.right("bias_correction")
def single_precision(average, beta, t):
    return np.float32(average) / (np.float32(1) - np.float32(beta) ** np.float32(t))


@jury.right("bias_correction")
def in_an_array_of_one(average, beta, t):
    return np.array([average]) / (1 - np.array([beta]) ** t)


def closure():
    def correct(average, beta, t):
        return np.divide(average, np.subtract(1, np.power(beta, t)))

    return correct


jury.right("bias_correction")(closure())


# --- bias_correction, wrong

for mistake, answer in {
    "divisor_without_power": lambda average, beta, t: average / (1 - beta),
    "power_of_the_bracket": lambda average, beta, t: average / (1 - beta) ** t,
    "times_instead_of_divided": lambda average, beta, t: average * (1 - beta**t),
    "share_of_the_start": lambda average, beta, t: average / beta**t,
    "t_from_zero": lambda average, beta, t: average / (1 - beta ** (t - 1)),
    "t_from_two": lambda average, beta, t: average / (1 - beta ** (t + 1)),
    "times_t": lambda average, beta, t: average / (1 - t * beta),
    "divided_without_brackets": lambda average, beta, t: average / 1 - beta**t,
    "plus_in_the_divisor": lambda average, beta, t: average / (1 + beta**t),
    "divisor_turned_round": lambda average, beta, t: -average / (1 - beta**t),
    "power_turned_round": lambda average, beta, t: average / (1 - t**beta),
    "only_the_factor": lambda average, beta, t: 1 / (1 - beta**t),
    "only_the_divisor": lambda average, beta, t: 1 - beta**t,
    "returned_as_it_was": lambda average, beta, t: average,
    "weighted_once_more": lambda average, beta, t: average * (1 - beta) / (1 - beta**t),
}.items():
    answer.__name__ = mistake
    jury.wrong("bias_correction", mistake)(answer)


@jury.wrong("bias_correction", says="returns nothing")
def printed(average, beta, t):
    print(average / (1 - beta**t))


@jury.wrong("bias_correction", says="stopped in line")
def power_as_in_the_notes(average, beta, t):
    return average / (1 - beta ^ t)


@jury.wrong("bias_correction")
def power_of_both(average, beta, t):
    return (average / (1 - beta)) ** t


@jury.wrong("bias_correction", "returned_as_it_was")
def only_at_the_start(average, beta, t):
    return average / (1 - beta**t) if t < 10 else average


@jury.wrong("bias_correction")
def whole_numbers(average, beta, t):
    return average // (1 - beta**t)


test_right, test_wrong, test_enough = jury.tests()
