"""Exercise on RMSprop (week 2), run over several steps from state=None."""

import numpy as np

from dlcourse import optimizers
from dlcourse.exercises._engine import Exercise, case, steps
from dlcourse.exercises._paths import MIXED, ONE, THREE, TINY, ZERO, path


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


def one_sum_for_all(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """All entries share one s, made of the sum of their squares: a dot product, or a norm.

    Squaring is meant entry by entry: each parameter has its own s, so that a steep direction is slowed down and a flat
    one is not.
    """
    (s,) = state or (0.0,)
    s = beta * s + (1 - beta) * np.dot(grad, grad)
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def divided_by_the_old_s(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The step is divided by the s of the step before.

    First bring s up to date with today's gradient, then take the step with that new s. At the first step yours divides
    by eps alone, and leaps.
    """
    (s,) = state or (0.0,)
    return theta - lr * grad / (np.sqrt(s) + eps), (recent_squares(grad, state, beta),)


def absolute_value_averaged(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The absolute value of the gradient is averaged, not its square.

    That measures its size too, but the task takes the root of an average of squares (RMS is the root of the mean
    square), in which large gradients count more.
    """
    (s,) = state or (0.0,)
    s = beta * s + (1 - beta) * np.abs(grad)
    return theta - lr * grad / (s + eps), (s,)


def root_of_absolute_values(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """s averages the absolute value of the gradient, and then its root is taken.

    The root is there to undo a square: what is averaged must be grad squared.
    """
    (s,) = state or (0.0,)
    s = beta * s + (1 - beta) * np.abs(grad)
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def gradient_left_out(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The gradient above the fraction bar is missing.

    s knows only sizes. Without the gradient on top the step goes the same way whatever its sign, and is the longer the
    smaller the gradient.
    """
    s = recent_squares(grad, state, beta)
    return theta - lr / (np.sqrt(s) + eps), (s,)


def square_on_top(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The gradient above the fraction bar is squared.

    Only in s is it squared. On top it must keep its sign, or every step goes the same way.
    """
    s = recent_squares(grad, state, beta)
    return theta - lr * grad**2 / (np.sqrt(s) + eps), (s,)


def average_on_top(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """Above the fraction bar there is an average of the gradients, as in Adam.

    RMSprop has no momentum: on top is the gradient of this step alone.
    """
    v, s = state or (0.0, 0.0)
    v, s = beta * v + (1 - beta) * grad, recent_squares(grad, (s,), beta)
    return theta - lr * v / (np.sqrt(s) + eps), (v, s)


def s_from_one(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """s starts at one instead of at zero.

    TensorFlow has such a start, but here s = 0 when state is None; the first steps are the longer for it.
    """
    s = recent_squares(grad, (1.0,) if state is None else state, beta)
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def s_from_the_first_square(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """s starts at the first square instead of at zero.

    The formula starts from s = 0 and takes in the first square like any other, with its small weight.
    """
    s = recent_squares(grad, (grad**2,) if state is None else state, beta)
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def square_at_full_weight(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The new square comes in at full weight, so s is no average.

    The two weights must add up to one: beta for the old s, the rest for the new square.
    """
    (s,) = state or (0.0,)
    s = beta * s + grad**2
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def multiplied_by_the_root(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The gradient is multiplied by the root of s, not divided by it.

    It is to be made comparable: where gradients are large, the step must become shorter. Perhaps brackets are missing
    after the fraction bar.
    """
    s = recent_squares(grad, state, beta)
    return theta - lr * grad * (np.sqrt(s) + eps), (s,)


def eps_left_out(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """eps is left out.

    Where a gradient has been zero all along, yours divides zero by zero.
    """
    s = recent_squares(grad, state, beta)
    return theta - lr * grad / np.sqrt(s), (s,)


def brackets_missing(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The brackets around sqrt(s) + eps are missing, so eps is added to theta.

    Python divides before it adds: all of the divisor must stand in brackets.
    """
    s = recent_squares(grad, state, beta)
    return theta - lr * grad / np.sqrt(s) + eps, (s,)


def s_uphill(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The step goes uphill: it is added.

    A gradient points to where the cost grows.
    """
    s = recent_squares(grad, state, beta)
    return theta + lr * grad / (np.sqrt(s) + eps), (s,)


def exchanged(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The two results are exchanged: s comes first, theta second.

    theta is the first, the state the second: the loop that calls the function hands them on in this order.
    """
    s = beta * (0.0 if state is None else np.reshape(state, np.shape(theta))) + (1 - beta) * grad**2
    return s, theta - lr * grad / (np.sqrt(s) + eps)


def lr_left_out(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The step is not multiplied by lr.

    The quotient is a pure number, about one; lr says how far to go for it.
    """
    s = recent_squares(grad, state, beta)
    return theta - grad / (np.sqrt(s) + eps), (s,)


def only_the_step(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """Only the step is returned, not where it leads.

    The first result is the new theta: the old one, minus the step.
    """
    s = recent_squares(grad, state, beta)
    return -lr * grad / (np.sqrt(s) + eps), (s,)


def beta_fixed(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """It computes with 0.9, whatever beta is given.

    0.9 is only what beta is when nothing else is asked for. Use the argument.
    """
    s = recent_squares(grad, state, 0.9)
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def eps_fixed(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """It computes with eps = 1e-8, whatever eps is given.

    1e-8 is only what eps is when nothing else is asked for. Use the argument.
    """
    s = recent_squares(grad, state, beta)
    return theta - lr * grad / (np.sqrt(s) + 1e-8), (s,)


def root_in_the_state(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The root of s is kept in the state, and averaged in the next step.

    What is carried on is s, the average of the squares, as it is. The root is only for the step.
    """
    (s,) = state or (0.0,)
    s = np.sqrt(beta * s + (1 - beta) * grad**2)
    return theta - lr * grad / (s + eps), (s,)


def weight_squared(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The weight 1 - beta is squared with the gradient.

    Only the gradient is squared; the weight stands before the square.
    """
    (s,) = state or (0.0,)
    s = beta * s + ((1 - beta) * grad) ** 2
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def weight_without_brackets(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    """The brackets around 1 - beta are missing, so 1 is added in each step.

    Python multiplies before it subtracts: 1 - beta * grad**2 is not (1 - beta) * grad**2.
    """
    (s,) = state or (0.0,)
    s = beta * s + 1 - beta * grad**2
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def draw(rng):
    """A path with a beta of its own, and an eps that can be seen."""
    theta, grads = path(rng)
    beta, eps = float(rng.choice([0.5, 0.8, 0.9])), float(rng.choice([1e-8, 0.1]))
    return case(theta, grads, lr=float(rng.choice([0.02, 0.05, 0.1])), beta=beta, eps=eps)


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
            case(*MIXED, lr=0.1, eps=0.5),
        ),
        fresh=draw,
        mistakes=(
            s_not_squared,
            s_without_root,
            eps_fixed,
            s_eps_inside,
            s_eps_beside,
            s_weights_swapped,
            adagrad,
            s_forgotten,
            s_corrected,
            one_s_for_all,
            one_sum_for_all,
            divided_by_the_old_s,
            absolute_value_averaged,
            root_of_absolute_values,
            gradient_left_out,
            square_on_top,
            average_on_top,
            s_from_one,
            s_from_the_first_square,
            square_at_full_weight,
            multiplied_by_the_root,
            eps_left_out,
            brackets_missing,
            s_uphill,
            exchanged,
            lr_left_out,
            only_the_step,
            beta_fixed,
            root_in_the_state,
            weight_squared,
            weight_without_brackets,
        ),
    ),
)
