"""Exercise on the exponentially weighted average of a series (week 2)."""

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


def corrected_by_the_last_t(x, beta, bias_correction=False):
    """All averages are corrected with the same t, that of the last value.

    Each v_t has its own divisor 1 - beta^t: the first ones need far more correction than the last. If you correct after
    the loop, t must run from 1 to the number of values again.
    """
    return series(x, beta, bias_correction, divide=lambda t: 1 - beta ** len(x))


def only_the_last_corrected(x, beta, bias_correction=False):
    """Only the last average is corrected, the others are not.

    The first averages need the correction most. Divide each v_t before you note it.
    """
    v = series(x, beta)
    return [*v[:-1], *series(x, beta, bias_correction)[-1:]]


def multiplied_by_the_share(x, beta, bias_correction=False):
    """The correction multiplies by 1 - beta^t instead of dividing.

    An average that started at zero is too small, so the correction must make it larger; 1 - beta^t is less than one.
    """
    return series(x, beta, bias_correction, divide=lambda t: 1 / (1 - beta**t))


def beta_times_t(x, beta, bias_correction=False):
    """In the correction beta is multiplied by t instead of raised to the power t.

    Each day keeps the share beta of what was there; after t days that is beta * beta * ... * beta, t times.
    """
    return series(x, beta, bias_correction, divide=lambda t: 1 - beta * t)


def divisor_without_brackets(x, beta, bias_correction=False):
    """The brackets around 1 - beta^t are missing, so v is divided by 1 and beta^t is taken away.

    Python divides before it subtracts: all of the divisor must stand in brackets.
    """
    v = series(x, beta)
    return [v - beta**t if bias_correction else v for t, v in enumerate(v, start=1)]


def weight_without_brackets(x, beta, bias_correction=False):
    """The brackets around 1 - beta are missing, so 1 is added in each step.

    Python multiplies before it subtracts: 1 - beta * x is not (1 - beta) * x.
    """
    return series(x, beta, bias_correction, add=lambda value: 1 - beta * value)


def yesterday_instead_of_the_average(x, beta, bias_correction=False):
    """The value of the day before takes the place of the average.

    beta multiplies v_(t-1), the average so far, in which all older days live on. With x_(t-1) there only two days ever
    count.
    """
    v = [beta * old + (1 - beta) * new for old, new in zip([0.0, *x[:-1]], x)]
    return [v / (1 - beta**t) if bias_correction else v for t, v in enumerate(v, start=1)]


def yesterday_and_the_first_with_itself(x, beta, bias_correction=False):
    """The value of the day before takes the place of the average, and the first day is its own day before.

    beta multiplies v_(t-1), the average so far, which is 0 before the first day; all older days live on in it.
    """
    v = [beta * old + (1 - beta) * new for old, new in zip([x[0], *x[:-1]], x)]
    return [v / (1 - beta**t) if bias_correction else v for t, v in enumerate(v, start=1)]


def yesterday_wrapped_around(x, beta, bias_correction=False):
    """The value of the day before takes the place of the average, and x[-1] for the first day is the last of all.

    beta multiplies v_(t-1), the average so far, which is 0 before the first day. In Python x[t - 1] with t = 0 is the
    last entry.
    """
    v = [beta * old + (1 - beta) * new for old, new in zip([x[-1], *x[:-1]], x)]
    return [v / (1 - beta**t) if bias_correction else v for t, v in enumerate(v, start=1)]


def mean_of_all_so_far(x, beta, bias_correction=False):
    """This is the plain mean of all values so far.

    There every day counts the same for ever. Here an older day counts less: with each new one its weight is multiplied
    by beta.
    """
    return [np.mean(x[:t]) for t in range(1, len(x) + 1)]


def first_value_left_out(x, beta, bias_correction=False):
    """The first value is left out: there is one result too few.

    The loop must begin with the first value (index 0 in Python), which is t = 1 in the correction.
    """
    return series(x[1:], beta, bias_correction)


def first_value_skipped(x, beta, bias_correction=False):
    """The first result is zero: the first value is never taken in.

    v_0 = 0 comes before the first value and is no result. The first is v_1 = (1 - beta) x_1.
    """
    return series([0.0, *x[1:]], beta, bias_correction)


def flag_turned_round(x, beta, bias_correction=False):
    """The bias is corrected where it was not asked for, and not where it was.

    Divide if bias_correction is true; look at the two branches.
    """
    return series(x, beta, not bias_correction)


def draw_series(rng):
    """Some days of temperatures, frost among them, corrected or not."""
    x = rng.normal(10, 15, size=rng.choice([1, 2, 3, 4, 7, 12])).round(1)
    return case(x, float(rng.choice([0.5, 0.75, 0.8, 0.9, 0.98])), bool(rng.integers(2)))


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
            case([40, 49, 45, 60, 56, 52, 61, 65, 58, 63, 70, 71, 68, 66], 0.9, True),
        ),
        fresh=draw_series,
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
            corrected_by_the_last_t,
            only_the_last_corrected,
            multiplied_by_the_share,
            beta_times_t,
            divisor_without_brackets,
            weight_without_brackets,
            yesterday_instead_of_the_average,
            yesterday_and_the_first_with_itself,
            yesterday_wrapped_around,
            mean_of_all_so_far,
            first_value_left_out,
            first_value_skipped,
            flag_turned_round,
        ),
    ),
)
