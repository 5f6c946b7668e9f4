"""Exercises on what a framework spares you: the gradient by hand (week 3)."""

import numpy as np

from dlcourse import surfaces
from dlcourse.exercises._engine import Exercise, case


def two_forgotten(theta, coefficients):
    """The 2 of the square is missing in the gradient.

    The derivative of w^2 is 2w: the exponent comes down as a factor.
    """
    (a, b, c), w = coefficients, np.asarray(theta)
    return (a * w**2 + b * w + c).sum(), a * w + b


def constant_kept(theta, coefficients):
    """The constant c has found its way into the gradient.

    A constant lifts the whole curve and tilts it nowhere: its derivative is zero.
    """
    (a, b, c), w = coefficients, np.asarray(theta)
    return (a * w**2 + b * w + c).sum(), 2 * a * w + b + c


def slope_forgotten(theta, coefficients):
    """The linear term b w is missing in the gradient.

    b w grows by b wherever you are, so b belongs to every slope.
    """
    (a, b, c), w = coefficients, np.asarray(theta)
    return (a * w**2 + b * w + c).sum(), 2 * a * w


def downhill(theta, coefficients):
    """The gradient has the wrong sign.

    The gradient points uphill. It is the step of the optimizer that turns it round.
    """
    (a, b, c), w = coefficients, np.asarray(theta)
    return (a * w**2 + b * w + c).sum(), -(2 * a * w + b)


def read_backwards(theta, coefficients):
    """The coefficients are read in the wrong order.

    The first belongs to w^2, the second to w, and the third stands alone.
    """
    (c, b, a), w = coefficients, np.asarray(theta)
    return (a * w**2 + b * w + c).sum(), 2 * a * w + b


def exchanged(theta, coefficients):
    """Cost and gradient are returned in the wrong order.

    An objective gives the cost first: (J, dtheta).
    """
    J, dtheta = surfaces.parabola(theta, coefficients)
    return dtheta, J


EXERCISES = (
    Exercise(
        "parabola",
        "Write my_parabola(theta, coefficients): for coefficients (a, b, c) and theta, an array with the one number w,\n"
        "return (J, dtheta): the cost a w^2 + b w + c, a number, and its gradient, an array with one number.",
        reference=surfaces.parabola,
        cases=(
            case(np.array([1.0]), (0.0, 1.0, 0.0)),
            case(np.array([2.0]), (1.0, 0.0, 0.0)),
            case(np.array([0.0]), (1.0, -10.0, 25.0)),
            case(np.array([3.0]), (2.0, -4.0, 7.0)),
        ),
        mistakes=(two_forgotten, constant_kept, slope_forgotten, downhill, read_backwards, exchanged),
    ),
)
