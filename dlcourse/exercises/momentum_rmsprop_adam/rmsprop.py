"""Exercise on RMSprop (week 2), run over several steps from state=None."""

import numpy as np

from dlcourse import optimizers
from dlcourse.exercises._engine import Exercise, case, steps


def recent_squares(grad, state, beta):
    """s after this gradient; the right average, used by the mistakes that come after it."""
    (s,) = state or (0.0,)
    return beta * s + (1 - beta) * grad**2


def s_not_squared(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The gradient is not squared in the average s.

    s is to measure the size of the gradient, whatever its sign. Without the square the signs cancel, and the root of a
    negative number is nan.
    """
    (s,) = state or (0.0,)
    s = beta * s + (1 - beta) * grad
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def s_without_root(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The root is missing: the gradient is divided by s itself.

    s has the unit of the gradient squared. Only its root has the unit of the gradient, so that the quotient is a pure
    number, near one for a steady gradient.
    """
    s = recent_squares(grad, state, beta)
    return theta - lr * grad / (s + eps), (s,)


def s_eps_inside(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """eps is inside the root.

    Some libraries and the book do that, but in the course eps is added after the root is taken. It matters where
    gradients are tiny: inside the root, 1e-8 acts like 1e-4 outside.
    """
    s = recent_squares(grad, state, beta)
    return theta - lr * grad / np.sqrt(s + eps), (s,)


def s_eps_beside(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """eps is added to the quotient instead of to the divisor.

    eps is there so that nothing is divided by zero; where a gradient is exactly zero, yours gives nan. Look at the
    brackets below the fraction bar.
    """
    s = recent_squares(grad, state, beta)
    return theta - lr * (grad / np.sqrt(s) + eps), (s,)


def s_weights_swapped(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The two weights of the average s are swapped.

    beta is the share of the old s that stays; the new square gets what is left of one.
    """
    (s,) = state or (0.0,)
    s = (1 - beta) * s + beta * grad**2
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def adagrad(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The squares are summed up, not averaged: this is AdaGrad.

    A sum only grows, so the steps die out. RMSprop keeps the share beta of the old s and forgets the rest.
    """
    (s,) = state or (0.0,)
    s = s + grad**2
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def s_forgotten(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The average s is forgotten: each step starts again at s = 0.

    The state that comes in holds the s of the step before (None only at the very first step); the state that goes out
    must hold the new one.
    """
    return theta - lr * grad / (np.sqrt((1 - beta) * grad**2) + eps), (0.0,)


def s_corrected(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """s is corrected for its start at zero, which RMSprop does not do.

    Hinton's and the course's RMSprop use s as it is, so the first steps are longer than lr. Adam is the one that
    corrects.
    """
    t, s = state or (0, 0.0)
    t, s = t + 1, recent_squares(grad, (s,), beta)
    return theta - lr * grad / (np.sqrt(s / (1 - beta**t)) + eps), (t, s)


def one_s_for_all(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """All entries share one s.

    Squaring is meant entry by entry: each parameter has its own s, so that a steep direction is slowed down and a flat
    one is not.
    """
    (s,) = state or (0.0,)
    s = beta * s + (1 - beta) * np.mean(grad**2)
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


ONE, THREE = ([0], [[1]]), ([0], [[1], [1], [1]])
MIXED = [1, -2], [[3, -0.5], [-1, 2], [0.5, 0.5], [2, -4]]
TINY, ZERO = ([0], [[1e-8], [1e-8]]), ([0, 0], [[0, 1], [0, 1]])

EXERCISES = (
    Exercise(
        "rmsprop",
        "Write my_rmsprop(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8): s := beta s + (1 - beta) grad^2, "
        "theta := theta - lr grad / (sqrt(s) + eps), with s = 0 when state is None. Return theta, state; the state "
        "holds s for the next step.",
        reference=optimizers.rmsprop,
        run=steps,
        cases=(
            case(*ONE, lr=0.1),
            case(*THREE, lr=0.1),
            case(*MIXED, lr=0.01),
            case(*MIXED, lr=0.5, beta=0.75),
            case(*TINY, lr=0.1),
            case(*ZERO, lr=0.1),
        ),
        mistakes=(
            s_not_squared,
            s_without_root,
            s_eps_inside,
            s_eps_beside,
            s_weights_swapped,
            adagrad,
            s_forgotten,
            s_corrected,
            one_s_for_all,
        ),
    ),
)
