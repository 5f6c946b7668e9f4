"""Exercises on exponentially weighted averages (week 2): the series, and the bias correction."""

import numpy as np

from dlcourse import averages
from dlcourse.exercises._engine import Exercise, case


def series(x, beta, correct=False, v=0.0, keep=None, add=None, divide=None):
    """v := keep(v) + add(value) for each value, divided by divide(t) where asked: what the mistakes below vary."""
    result = []
    for t, value in enumerate(x, start=1):
        v = (beta * v if keep is None else keep(v)) + ((1 - beta) * value if add is None else add(value))
        result.append(v / (1 - beta**t if divide is None else divide(t)) if correct else v)
    return result


def weights_swapped(x, beta, bias_correction=False):
    """The two weights are swapped.

    beta is the share of the old average that stays; today's value gets what is left. With beta = 0.9 one hot day
    should hardly move the curve.
    """
    return series(x, beta, bias_correction, keep=lambda v: (1 - beta) * v, add=lambda value: beta * value)


def started_at_the_first_value(x, beta, bias_correction=False):
    """The average starts at the first value instead of at zero.

    The formula starts from v_0 = 0 and takes in the first value like any other, with its small weight. The low start
    is what the bias correction mends: correcting an average that did not start at zero makes it too large.
    """
    return series(x, beta, bias_correction, v=x[0])


def first_value_kept_whole(x, beta, bias_correction=False):
    """The first result is the first value itself, and the average only begins with the second.

    There is no special case for day 1: it too is v_1 = beta * v_0 + (1 - beta) * x_1, with v_0 = 0.
    """
    v, result = x[0], [x[0]]
    for t, value in enumerate(x[1:], start=2):
        v = beta * v + (1 - beta) * value
        result.append(v / (1 - beta**t) if bias_correction else v)
    return result


def old_average_lost(x, beta, bias_correction=False):
    """The old average is never carried on: every step begins again at v_0 = 0.

    This is the slip in the lecture notes ("beta V_0"). What is multiplied by beta is the average of the day before, so
    the variable that holds it must be overwritten in each step.
    """
    return series(x, beta, bias_correction, keep=lambda v: 0.0)


def new_value_at_full_weight(x, beta, bias_correction=False):
    """The new value comes in at full weight, so the result is a sum and not an average.

    The two weights must add up to one: beta for the old average, the rest for today. Your curve levels off
    1/(1 - beta) times too high.
    """
    return series(x, beta, bias_correction, add=lambda value: value)


def mean_of_a_window(x, beta, bias_correction=False):
    """This is the plain mean of the last 1/(1 - beta) values.

    1/(1 - beta) only says *about* how many values matter. The weighted average never cuts off: each older value counts
    a little less than the next, and only the last average has to be remembered.
    """
    n = round(1 / (1 - beta))
    return [np.mean(x[max(0, t - n) : t]) for t in range(1, len(x) + 1)]


def one_day_late(x, beta, bias_correction=False):
    """Each result is one step late: it is the average before today's value came in.

    Take in the value first, then note the average. The first result is then (1 - beta) * x_1.
    """
    return [0.0, *series(x, beta, bias_correction)[:-1]]


def only_the_last(x, beta, bias_correction=False):
    """Only the last average is returned.

    The task asks for the average after each value: as many results as there are values.
    """
    return series(x, beta, bias_correction)[-1]


def start_included(x, beta, bias_correction=False):
    """The start v_0 = 0 is in the result, so there is one number too many.

    The first result belongs to the first value: it is v_1.
    """
    return [0.0, *series(x, beta, bias_correction)]


def always_corrected(x, beta, bias_correction=False):
    """The bias is corrected although it was not asked for.

    Divide only if bias_correction is true; the plain average starts low, near zero.
    """
    return series(x, beta, True)


def never_corrected(x, beta, bias_correction=False):
    """The average is right, but bias_correction=True changes nothing.

    With bias_correction=True each v_t is divided by 1 - beta^t before it is returned.
    """
    return series(x, beta)


def power_missing(x, beta, bias_correction=False):
    """The correction divides by 1 - beta: the power t is missing.

    The bias fades as days go by, so its correction must fade too: the divisor is 1 - beta^t, which grows from
    1 - beta on day 1 towards 1.
    """
    return series(x, beta, bias_correction, divide=lambda t: 1 - beta)


def power_on_the_bracket(x, beta, bias_correction=False):
    """The correction divides by (1 - beta)^t: the power is on the whole bracket.

    Only beta is raised to the power t, then taken from 1.
    """
    return series(x, beta, bias_correction, divide=lambda t: (1 - beta) ** t)


def counted_from_zero(x, beta, bias_correction=False):
    """In the correction t counts from 0.

    The first value is t = 1. With t = 0 the divisor 1 - beta^0 is zero.
    """
    return series(x, beta, bias_correction, divide=lambda t: 1 - beta ** (t - 1))


def counted_from_two(x, beta, bias_correction=False):
    """In the correction t is one too large.

    The first value is t = 1: there the corrected average is exactly the first value.
    """
    return series(x, beta, bias_correction, divide=lambda t: 1 - beta ** (t + 1))


def correction_fed_back(x, beta, bias_correction=False):
    """The corrected average is fed back into the next step.

    Keep two things apart: the average that is carried on, never corrected, and the corrected number that is only
    shown. Correcting what was corrected already makes the bias grow again.
    """
    v, result = 0.0, []
    for t, value in enumerate(x, start=1):
        v = beta * v + (1 - beta) * value
        v = v / (1 - beta**t) if bias_correction else v
        result.append(v)
    return result


def divisor_without_power(average, beta, t):
    """The power t is missing: the divisor is 1 - beta.

    The bias fades as steps go by, so the correction must fade too. At t = 1 yours is right; from t = 2 on it is too
    strong, and it never ends.
    """
    return average / (1 - beta)


def power_of_the_bracket(average, beta, t):
    """The power t is on the whole bracket: the divisor is (1 - beta)^t.

    Only beta is raised to the power t: beta^t is the share of the start that is left after t steps.
    """
    return average / (1 - beta) ** t


def times_instead_of_divided(average, beta, t):
    """The average is multiplied by 1 - beta^t instead of divided.

    An average that started at zero is too small, so the correction must make it larger; 1 - beta^t is less than one.
    """
    return average * (1 - beta**t)


def share_of_the_start(average, beta, t):
    """The average is divided by beta^t.

    beta^t is the share that is still the start at zero. What the values themselves have contributed is the rest of
    one, and by that the average is divided.
    """
    return average / beta**t


def t_from_zero(average, beta, t):
    """t is taken one too small.

    The first average has t = 1, and its divisor is 1 - beta.
    """
    return average / (1 - beta ** (t - 1))


def t_from_two(average, beta, t):
    """t is taken one too large.

    The function is given t = 1 for the first average; do not add one again.
    """
    return average / (1 - beta ** (t + 1))


def times_t(average, beta, t):
    """beta is multiplied by t instead of raised to the power t.

    Each step keeps the share beta of what was there; after t steps that is beta * beta * ... * beta, t times.
    """
    return average / (1 - beta * t)


EXERCISES = (
    Exercise(
        "ewa",
        "Write my_ewa(x, beta, bias_correction=False): the average v_t = beta v_(t-1) + (1 - beta) x_t after each "
        "value of the series x, starting from v_0 = 0. With bias_correction=True, divide each v_t by 1 - beta^t.",
        reference=averages.ewa_series,
        cases=(
            case([40, 49], 0.9),
            case([40, 49, 45], 0.9),
            case([40, 49, 45, 60, 56], 0.75),
            case([3], 0.5),
            case([40, 49, 45], 0.9, True),
            case([40, 49, 45, 60, 56], 0.75, True),
            case([3], 0.5, True),
        ),
        mistakes=(
            weights_swapped,
            started_at_the_first_value,
            first_value_kept_whole,
            old_average_lost,
            new_value_at_full_weight,
            mean_of_a_window,
            one_day_late,
            only_the_last,
            start_included,
            always_corrected,
            never_corrected,
            power_missing,
            power_on_the_bracket,
            counted_from_zero,
            counted_from_two,
            correction_fed_back,
        ),
    ),
    Exercise(
        "bias_correction",
        "Write my_correction(average, beta, t): undo the start at zero of an average of t values, "
        "average / (1 - beta^t); the first value is t = 1.",
        reference=averages.bias_correction,
        cases=(case(4.0, 0.9, 1), case(8.5, 0.9, 2), case(12.15, 0.9, 3), case(2.0, 0.5, 10), case(40.0, 0.98, 100)),
        mistakes=(
            divisor_without_power,
            power_of_the_bracket,
            times_instead_of_divided,
            share_of_the_start,
            t_from_zero,
            t_from_two,
            times_t,
        ),
    ),
)
