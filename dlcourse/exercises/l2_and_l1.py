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


WEIGHTS, MASK = [3, -4, 0.5, 10], [1, 1, 1, 0]

EXERCISES = (
    Exercise(
        "l2",
        "Write my_l2(theta, lambd, m, mask=1.0): the penalty lambda/(2m) times the sum of the squares of those entries of "
        "theta where mask is 1, and its gradient. Return penalty, gradient: a number, and an array as long as theta.",
        reference=regularizers.l2,
        cases=(case([3, 4], 2.0, 5), case([2, -1], 0.5, 1), case(WEIGHTS, 0.7, 30, MASK), case(WEIGHTS, 0.0, 30, MASK)),
        mistakes=(
            b_penalised,
            cost_without_the_half,
            gradient_with_the_half,
            gradient_doubled,
            m_left_out,
            wrong_sign,
            norm_not_squared,
            l1_instead,
        ),
    ),
)
