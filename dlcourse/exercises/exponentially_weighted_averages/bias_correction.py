"""Exercise on the correction for the start at zero (week 2)."""

from dlcourse import averages
from dlcourse.exercises._engine import Exercise, case


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


def divided_without_brackets(average, beta, t):
    """The brackets around 1 - beta^t are missing, so the average is divided by 1 and beta^t is taken away.

    Python divides before it subtracts: all of the divisor must stand in brackets.
    """
    return average / 1 - beta**t


def plus_in_the_divisor(average, beta, t):
    """The divisor is 1 + beta^t.

    beta^t is the share of the start that is left, and the values have what is missing to one; a divisor above one makes
    the average smaller still.
    """
    return average / (1 + beta**t)


def divisor_turned_round(average, beta, t):
    """The divisor is beta^t - 1, which is negative.

    The corrected average has the sign of the average.
    """
    return average / (beta**t - 1)


def power_turned_round(average, beta, t):
    """t is raised to the power beta.

    It is beta that is multiplied by itself t times: the base is beta, the exponent t.
    """
    return average / (1 - t**beta)


def only_the_factor(average, beta, t):
    """Only the factor 1/(1 - beta^t) is returned: the average itself is lost.

    The result is the corrected average.
    """
    return 1 / (1 - beta**t)


def only_the_divisor(average, beta, t):
    """Only the divisor 1 - beta^t is returned.

    By it the average is still to be divided.
    """
    return 1 - beta**t


def returned_as_it_was(average, beta, t):
    """The average comes back as it was.

    Divide it by 1 - beta^t, and return the quotient.
    """
    return average


def weighted_once_more(average, beta, t):
    """The average is multiplied by 1 - beta besides.

    That weight is in the average already, from the step that made it.
    """
    return (1 - beta) * average / (1 - beta**t)


def draw_average(rng):
    """One average after up to 50 values."""
    return case(round(rng.normal(10, 15), 1), float(rng.choice([0.5, 0.75, 0.9, 0.98])), int(rng.integers(1, 51)))


EXERCISES = (
    Exercise(
        "bias_correction",
        "Write my_correction(average, beta, t): undo the start at zero of an average of t values, "
        "average / (1 - beta^t); the first value is t = 1.",
        reference=averages.bias_correction,
        cases=(case(4.0, 0.9, 1), case(8.5, 0.9, 2), case(12.15, 0.9, 3), case(2.0, 0.5, 10), case(40.0, 0.98, 100)),
        fresh=draw_average,
        mistakes=(
            divisor_without_power,
            power_of_the_bracket,
            times_instead_of_divided,
            share_of_the_start,
            t_from_zero,
            t_from_two,
            times_t,
            divided_without_brackets,
            plus_in_the_divisor,
            divisor_turned_round,
            power_turned_round,
            only_the_factor,
            only_the_divisor,
            returned_as_it_was,
            weighted_once_more,
        ),
    ),
)
