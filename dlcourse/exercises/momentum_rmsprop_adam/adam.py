"""Exercise on Adam (week 2), run over several steps from state=None."""

import numpy as np

from dlcourse import optimizers
from dlcourse.exercises._engine import Exercise, case, steps


def moments(grad, state, beta1, beta2):
    """t, v and s after this gradient; the right averages, used by the mistakes that come after them."""
    t, v, s = state or (0, 0.0, 0.0)
    return t + 1, beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2


def power_missing(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The power t is missing in the corrections (or t stays 1).

    The bias fades step by step, so the divisor must grow towards one: 1 - beta^t, with t one larger in each step. The
    first step is right without it, so look at the second.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1) / (np.sqrt(s / (1 - beta2)) + eps), (t, v, s)


def correction_forgotten(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Neither average is corrected for its start at zero.

    At the first step v is only 1 - beta1 of the gradient, and s only 1 - beta2 of its square: the step comes out about
    three times too long. Divide each by 1 - beta^t, with its own beta.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (np.sqrt(s) + eps), (t, v, s)


def only_v_corrected(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Only v is corrected for its start at zero, s is not.

    s starts at zero too, and with beta2 = 0.999 its bias lasts for thousands of steps.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s) + eps), (t, v, s)


def only_s_corrected(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Only s is corrected for its start at zero, v is not.

    v starts at zero too: without its correction the first step is only 1 - beta1 of lr.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def state_overwritten(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The corrected averages are stored in the state, and corrected again in the next step.

    Keep two things apart: v and s, which are carried on as they are, and v_hat and s_hat, which only this step uses.
    The notes write one name for both.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    v, s = v / (1 - beta1**t), s / (1 - beta2**t)
    return theta - lr * v / (np.sqrt(s) + eps), (t, v, s)


def counted_from_zero(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """t counts from 0 in the corrections.

    At the first step t must be 1 already: 1 - beta^0 is zero, and dividing by it gives nan.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1 ** (t - 1)) / (np.sqrt(s / (1 - beta2 ** (t - 1))) + eps), (t, v, s)


def counted_from_two(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """t is one too large in the corrections.

    The first step has t = 1: there v_hat is exactly the gradient and s_hat exactly its square.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1 ** (t + 1)) / (np.sqrt(s / (1 - beta2 ** (t + 1))) + eps), (t, v, s)


def eps_inside(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """eps is inside the root.

    One set of notes has it there, the paper and the course add it after the root is taken. It matters where gradients
    are tiny: inside the root, 1e-8 acts like 1e-4 outside.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1**t) / np.sqrt(s / (1 - beta2**t) + eps), (t, v, s)


def eps_beside(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """eps is added to the quotient instead of to the divisor.

    eps is there so that nothing is divided by zero; where a gradient is exactly zero, yours gives nan. Look at the
    brackets below the fraction bar.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * (v / (1 - beta1**t) / np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def not_squared(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The gradient is not squared in the average s.

    s is to measure the size of the gradient, whatever its sign. Without the square the signs cancel, and the root of a
    negative number is nan.
    """
    t, v, s = state or (0, 0.0, 0.0)
    t, v, s = t + 1, beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def root_missing(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The root is missing: v_hat is divided by s_hat itself.

    s_hat has the unit of the gradient squared. Only its root has the unit of the gradient, so that a steady gradient
    makes steps of length lr, whatever its size.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1**t) / (s / (1 - beta2**t) + eps), (t, v, s)


def betas_swapped(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """beta1 and beta2 are swapped.

    beta1 belongs to v, the average of the gradients; beta2 to s, the average of their squares.
    """
    t, v, s = moments(grad, state, beta2, beta1)
    return theta - lr * v / (1 - beta2**t) / (np.sqrt(s / (1 - beta1**t)) + eps), (t, v, s)


def moments_forgotten(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The averages are forgotten: each step starts again at zero.

    The state that comes in holds t, v and s of the step before (None only at the very first step); the state that goes
    out must hold the new ones. Yours steps by lr in the direction of each single gradient's sign.
    """
    return theta - lr * grad / (np.sqrt(grad**2) + eps), None


def uphill(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step goes uphill: it is added.

    v_hat is an average of gradients, and a gradient points to where the cost grows.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta + lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


ONE, THREE = ([0], [[1]]), ([0], [[1], [1], [1]])
MIXED = [1, -2], [[3, -0.5], [-1, 2], [0.5, 0.5], [2, -4]]
TINY, ZERO = ([0], [[1e-8], [1e-8]]), ([0, 0], [[0, 1], [0, 1]])

EXERCISES = (
    Exercise(
        "adam",
        "Write my_adam(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8): the averages v of grad "
        "(beta1) and s of grad^2 (beta2), both from zero; v_hat and s_hat, both corrected by 1 - beta^t; "
        "theta := theta - lr v_hat / (sqrt(s_hat) + eps). Return theta, state; the state holds t, v, s for the next "
        "step.",
        reference=optimizers.adam,
        run=steps,
        cases=(
            case(*ONE, lr=0.1),
            case(*THREE, lr=0.1),
            case(*MIXED, lr=0.01),
            case(*MIXED, lr=0.5, beta1=0.5, beta2=0.75),
            case(*TINY, lr=0.1),
            case(*ZERO, lr=0.1),
        ),
        mistakes=(
            power_missing,
            correction_forgotten,
            only_v_corrected,
            only_s_corrected,
            state_overwritten,
            counted_from_zero,
            counted_from_two,
            eps_inside,
            eps_beside,
            not_squared,
            root_missing,
            betas_swapped,
            moments_forgotten,
            uphill,
        ),
    ),
)
