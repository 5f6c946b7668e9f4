"""Exercise on L2 regularization (week 1): the penalty and its gradient."""

import numpy as np

from dlcourse import regularizers
from dlcourse.exercises._engine import Exercise, case


def b_penalised(theta, lambd, m, mask=1.0):
    """The biases are penalised too: the mask is not used.

    The course leaves b out. The mask is 1 on the entries of every W and 0 on the rest: what it leaves out adds nothing
    to the cost and gets no pull.
    """
    return regularizers.l2(theta, lambd, m)


def cost_without_the_half(theta, lambd, m, mask=1.0):
    """The penalty is twice too large: its factor is lambda/(2m), not lambda/m.

    The 2 is there so that it cancels when the square is differentiated. Only the gradient has lambda/m.
    """
    cost, gradient = regularizers.l2(theta, lambd, m, mask)
    return 2 * cost, gradient


def gradient_with_the_half(theta, lambd, m, mask=1.0):
    """The gradient is half as large as it should be: it carries the penalty's lambda/(2m).

    Differentiate the square: it brings a factor 2, which cancels the one below the line.
    """
    cost, gradient = regularizers.l2(theta, lambd, m, mask)
    return cost, gradient / 2


def gradient_doubled(theta, lambd, m, mask=1.0):
    """The gradient is twice too large: the 2 from the square is still there.

    The square brings a factor 2 when it is differentiated, and the penalty's 1/(2m) takes it away again.
    """
    cost, gradient = regularizers.l2(theta, lambd, m, mask)
    return cost, 2 * gradient


def m_left_out(theta, lambd, m, mask=1.0):
    """The number of examples m is not divided by.

    Cost and gradient of the data are means over m examples, and the course scales the penalty with them. PyTorch and
    Keras do not, so there the same lambda means something else.
    """
    return regularizers.l2(theta, lambd, 1, mask)


def wrong_sign(theta, lambd, m, mask=1.0):
    """The gradient has the wrong sign: a step against it would make the weights grow.

    Descent subtracts the gradient. A positive weight must get a positive gradient to become smaller.
    """
    cost, gradient = regularizers.l2(theta, lambd, m, mask)
    return cost, -gradient


def norm_not_squared(theta, lambd, m, mask=1.0):
    """The penalty takes the norm itself, not its square.

    ||w||^2 is the plain sum of the squares; there is no root.
    """
    return lambd / (2 * m) * np.sqrt((mask * theta**2).sum()), regularizers.l2(theta, lambd, m, mask)[1]


def l1_instead(theta, lambd, m, mask=1.0):
    """This is the L1 penalty: sizes are summed, not squares.

    With L2 a weight counts by its square, so the pull is in proportion to the weight, not the same for all.
    """
    return regularizers.l1(theta, lambd, m, mask)


def mask_in_the_cost_only(theta, lambd, m, mask=1.0):
    """The mask is used in the penalty, but not in its gradient.

    What costs nothing must not be pulled either: the gradient has to belong to this very penalty, so it is 0 wherever
    the mask is 0. Gradient checking finds such a slip.
    """
    return regularizers.l2(theta, lambd, m, mask)[0], regularizers.l2(theta, lambd, m)[1]


def mask_in_the_gradient_only(theta, lambd, m, mask=1.0):
    """The mask is used in the gradient, but not in the penalty.

    Entries that are not pulled must not cost anything either: the sum of squares leaves them out as well.
    """
    return regularizers.l2(theta, lambd, m)[0], regularizers.l2(theta, lambd, m, mask)[1]


def mask_turned_round(theta, lambd, m, mask=1.0):
    """The mask is read the other way: what it marks with 1 is left out.

    1 means that the entry is penalised, 0 that it is not.
    """
    return regularizers.l2(theta, lambd, m, 1 - np.asarray(mask))


def not_summed(theta, lambd, m, mask=1.0):
    """The squares are not summed: the penalty is a whole array.

    A cost is one number. What each entry adds to it is put together by a sum.
    """
    return lambd / (2 * m) * mask * theta**2, regularizers.l2(theta, lambd, m, mask)[1]


def mean_for_sum(theta, lambd, m, mask=1.0):
    """The penalty takes the mean of the squares where it should take their sum.

    It is the m of the *examples* that is divided by, not the number of weights.
    """
    return lambd / (2 * m) * (mask * theta**2).mean(), regularizers.l2(theta, lambd, m, mask)[1]


def number_of_weights(theta, lambd, m, mask=1.0):
    """You divide by the number of weights, not by the number of examples m.

    m comes as an argument; the length of theta says nothing about the data.
    """
    return regularizers.l2(theta, lambd, len(theta), mask)


def sum_squared(theta, lambd, m, mask=1.0):
    """The entries are summed first and squared then.

    In a sum, plus and minus cancel, and large weights might cost nothing. Square each entry, then add.
    """
    return lambd / (2 * m) * (mask * theta).sum() ** 2, regularizers.l2(theta, lambd, m, mask)[1]


def times_m(theta, lambd, m, mask=1.0):
    """Python reads lambd / 2 * m as (lambd / 2) * m: the penalty is multiplied by m.

    The whole of 2m belongs below the line, so it needs brackets.
    """
    cost, gradient = regularizers.l2(theta, lambd, m, mask)
    return cost * m**2, gradient


def times_m_twice(theta, lambd, m, mask=1.0):
    """Penalty and gradient are both multiplied by m, where they should be divided.

    Python reads a / 2 * m as (a / 2) * m. Put brackets round what stands below the line.
    """
    cost, gradient = regularizers.l2(theta, lambd, m, mask)
    return cost * m**2, gradient * m**2


def both_twice_too_large(theta, lambd, m, mask=1.0):
    """Penalty and gradient are both twice too large: this is the penalty lambda/m times the sum of squares.

    They fit each other, but the course puts 2m below the line, so that the gradient comes out plain.
    """
    cost, gradient = regularizers.l2(theta, lambd, m, mask)
    return 2 * cost, 2 * gradient


def gradient_without_m(theta, lambd, m, mask=1.0):
    """The gradient is not divided by the number of examples m, although the penalty is.

    The slope of the sum is the sum of the slopes, and a factor stays: 1/m stands before both.
    """
    cost, gradient = regularizers.l2(theta, lambd, m, mask)
    return cost, gradient * m


def lambda_left_out_of_the_gradient(theta, lambd, m, mask=1.0):
    """lambda is missing in the gradient.

    It is a factor of the penalty, so it is one of the gradient, too. With lambda 0 nothing may pull.
    """
    return regularizers.l2(theta, lambd, m, mask)[0], regularizers.l2(theta, 1.0, m, mask)[1]


def new_weights_returned(theta, lambd, m, mask=1.0):
    """The second result is what is left of the weights after a step, not the gradient.

    The step comes later and has an alpha, which this function does not know. Asked is the slope alone.
    """
    cost, gradient = regularizers.l2(theta, lambd, m, mask)
    return cost, theta - gradient


def gradient_summed(theta, lambd, m, mask=1.0):
    """The gradient is summed up to one number.

    It holds the slope along each entry of theta, so it is as long as theta.
    """
    cost, gradient = regularizers.l2(theta, lambd, m, mask)
    return cost, gradient.sum()


WEIGHTS, MASK = [3, -4, 0.5, 10], [1, 1, 1, 0]


def draw(rng):
    """A theta of 2 to 6 entries, of which some are not penalised; in one of three cases there is no mask."""
    size, m, lambd = int(rng.integers(2, 7)), int(rng.integers(2, 50)), float(rng.integers(1, 40) / 10)
    theta = rng.integers(-40, 41, size) / 8
    mask = np.roll([0.0, 1.0, *rng.integers(0, 2, size - 2)], rng.integers(size))
    return case(theta, lambd, m) if rng.random() < 1 / 3 else case(theta, lambd, m, mask)


EXERCISES = (
    Exercise(
        "l2",
        "Write my_l2(theta, lambd, m, mask=1.0): the penalty lambda/(2m) times the sum of the squares of those entries of "
        "theta where mask is 1, and its gradient. Return penalty, gradient: a number, and an array as long as theta.",
        reference=regularizers.l2,
        cases=(case([3, 4], 2.0, 5), case([2, -1], 0.5, 1), case(WEIGHTS, 0.7, 30, MASK), case(WEIGHTS, 0.0, 30, MASK)),
        fresh=draw,
        mistakes=(
            b_penalised,
            cost_without_the_half,
            gradient_with_the_half,
            gradient_doubled,
            m_left_out,
            wrong_sign,
            norm_not_squared,
            l1_instead,
            mask_in_the_cost_only,
            mask_in_the_gradient_only,
            mask_turned_round,
            not_summed,
            mean_for_sum,
            number_of_weights,
            sum_squared,
            times_m,
            times_m_twice,
            both_twice_too_large,
            gradient_without_m,
            lambda_left_out_of_the_gradient,
            new_weights_returned,
            gradient_summed,
        ),
    ),
)
