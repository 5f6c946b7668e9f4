"""Exercise on momentum (week 2), run over several steps from state=None."""

import numpy as np

from dlcourse import optimizers
from dlcourse.exercises._engine import Exercise, case, steps
from dlcourse.exercises._paths import MIXED, ONE, THREE, path


def v_weights_swapped(theta, grad, state=None, *, lr, beta=0.9):
    """The two weights of the average are swapped.

    beta is the share of the old v that stays; the new gradient gets what is left of one. With beta = 0.9 a single
    gradient should hardly turn the path.
    """
    (v,) = state or (0.0,)
    v = (1 - beta) * v + beta * grad
    return theta - lr * v, (v,)


def heavy_ball(theta, grad, state=None, *, lr, beta=0.9):
    """The new gradient comes in at full weight: this is the heavy-ball form.

    PyTorch and the book use it, so it is not wrong in itself; but then v grows to 1/(1 - beta) times the gradient, and
    lr means something else (as it does if v is divided by 1 - beta). The course's v is an average: its two weights add
    up to one.
    """
    (v,) = state or (0.0,)
    v = beta * v + grad
    return theta - lr * v, (v,)


def v_forgotten(theta, grad, state=None, *, lr, beta=0.9):
    """The velocity is forgotten: each step starts again at v = 0.

    The state that comes in holds the v of the step before (None only at the very first step); the state that goes out
    must hold the new one.
    """
    return theta - lr * (1 - beta) * grad, (0.0,)


def stepped_with_the_gradient(theta, grad, state=None, *, lr, beta=0.9):
    """The step is taken with the gradient, not with the average v.

    v is computed for nothing then: this is plain gradient descent. What multiplies lr is the new v.
    """
    return theta - lr * grad, state


def stepped_with_the_old_v(theta, grad, state=None, *, lr, beta=0.9):
    """The step is taken with the v of the step before.

    First bring v up to date with today's gradient, then take the step with that new v.
    """
    (v,) = state or (0.0,)
    return theta - lr * v, (beta * v + (1 - beta) * grad,)


def v_corrected(theta, grad, state=None, *, lr, beta=0.9):
    """v is corrected for its start at zero, which plain momentum does not do.

    The course leaves the correction out of momentum: after about 1/(1 - beta) steps it hardly matters. Adam is the one
    that corrects.
    """
    t, v = state or (0, 0.0)
    t, v = t + 1, beta * v + (1 - beta) * grad
    return theta - lr * v / (1 - beta**t), (t, v)


def v_uphill(theta, grad, state=None, *, lr, beta=0.9):
    """The step goes uphill: v is added.

    v is an average of gradients, and a gradient points to where the cost grows.
    """
    (v,) = state or (0.0,)
    v = beta * v + (1 - beta) * grad
    return theta + lr * v, (v,)


def v_from_the_first_gradient(theta, grad, state=None, *, lr, beta=0.9):
    """v starts at the first gradient instead of at zero.

    The formula starts from v = 0 and takes in the first gradient like any other, with its small weight: the first step
    is only 1 - beta of a plain one.
    """
    v = grad if state is None else beta * state[0] + (1 - beta) * grad
    return theta - lr * v, (v,)


def old_v_kept_whole(theta, grad, state=None, *, lr, beta=0.9):
    """The old v is kept whole: only the new gradient has its weight.

    Then nothing is ever forgotten, and v only adds up. The old v must be multiplied by beta in each step.
    """
    (v,) = state or (0.0,)
    v = v + (1 - beta) * grad
    return theta - lr * v, (v,)


def looked_ahead(theta, grad, state=None, *, lr, beta=0.9):
    """The average is taken once more in the step: this is Nesterov's look ahead.

    Plain momentum steps by lr times the new v, and by nothing else.
    """
    (v,) = state or (0.0,)
    v = beta * v + (1 - beta) * grad
    return theta - lr * (beta * v + (1 - beta) * grad), (v,)


def lr_left_out(theta, grad, state=None, *, lr, beta=0.9):
    """The step is not multiplied by lr.

    v says in which direction, and how steep; lr how far to go for it.
    """
    (v,) = state or (0.0,)
    v = beta * v + (1 - beta) * grad
    return theta - v, (v,)


def lr_twice(theta, grad, state=None, *, lr, beta=0.9):
    """lr comes in twice: in v and in the step.

    v is an average of gradients alone; only the step is multiplied by lr.
    """
    (v,) = state or (0.0,)
    v = beta * v + (1 - beta) * lr * grad
    return theta - lr * v, (v,)


def only_the_step(theta, grad, state=None, *, lr, beta=0.9):
    """Only the step is returned, not where it leads.

    The first result is the new theta: the old one, minus lr times v.
    """
    (v,) = state or (0.0,)
    v = beta * v + (1 - beta) * grad
    return -lr * v, (v,)


def theta_unchanged(theta, grad, state=None, *, lr, beta=0.9):
    """theta comes back as it was.

    The step must go into what is returned: theta - lr v makes a new array, which needs a name or a place in `return`.
    """
    (v,) = state or (0.0,)
    return theta, (beta * v + (1 - beta) * grad,)


def exchanged(theta, grad, state=None, *, lr, beta=0.9):
    """The two results are exchanged: v comes first, theta second.

    theta is the first, the state the second: the loop that calls the function hands them on in this order.
    """
    v = beta * (0.0 if state is None else np.reshape(state, np.shape(theta))) + (1 - beta) * grad
    return v, theta - lr * v


def beta_fixed(theta, grad, state=None, *, lr, beta=0.9):
    """It computes with 0.9, whatever beta is given.

    0.9 is only what beta is when nothing else is asked for. Use the argument.
    """
    (v,) = state or (0.0,)
    v = 0.9 * v + 0.1 * grad
    return theta - lr * v, (v,)


def weight_without_brackets(theta, grad, state=None, *, lr, beta=0.9):
    """The brackets around 1 - beta are missing, so 1 is added in each step.

    Python multiplies before it subtracts: 1 - beta * grad is not (1 - beta) * grad.
    """
    (v,) = state or (0.0,)
    v = beta * v + 1 - beta * grad
    return theta - lr * v, (v,)


def gradient_squared(theta, grad, state=None, *, lr, beta=0.9):
    """The gradient is squared in v.

    v is to have a direction, and a square has lost its sign. Squares belong to RMSprop, which divides by their root.
    """
    (v,) = state or (0.0,)
    v = beta * v + (1 - beta) * grad**2
    return theta - lr * v, (v,)


def first_step_left_out(theta, grad, state=None, *, lr, beta=0.9):
    """The first step is left out: where state is None, nothing is done with the gradient.

    The first step is like any other: v is 0 before it, and takes in the gradient.
    """
    if state is None:
        return theta, (0.0,)
    (v,) = state
    v = beta * v + (1 - beta) * grad
    return theta - lr * v, (v,)


def first_step_plain(theta, grad, state=None, *, lr, beta=0.9):
    """The first step is a plain one, and v is still zero after it.

    The first step is like any other: v is 0 before it, takes in the gradient, and makes the step.
    """
    if state is None:
        return theta - lr * grad, (0.0,)
    (v,) = state
    v = beta * v + (1 - beta) * grad
    return theta - lr * v, (v,)


def draw(rng):
    """A path with a beta of its own."""
    theta, grads = path(rng)
    return case(theta, grads, lr=float(rng.choice([0.02, 0.05, 0.1])), beta=float(rng.choice([0.5, 0.8, 0.9])))


EXERCISES = (
    Exercise(
        "momentum",
        "Write my_momentum(theta, grad, state=None, *, lr, beta=0.9): v := beta v + (1 - beta) grad, "
        "theta := theta - lr v, with v = 0 when state is None. Return theta, state; the state holds v for the next "
        "step.",
        reference=optimizers.momentum,
        run=steps,
        cases=(case(*ONE, lr=0.1), case(*THREE, lr=0.1), case(*MIXED, lr=0.01), case(*MIXED, lr=0.5, beta=0.75)),
        fresh=draw,
        mistakes=(
            v_weights_swapped,
            heavy_ball,
            v_forgotten,
            stepped_with_the_gradient,
            stepped_with_the_old_v,
            v_corrected,
            v_uphill,
            v_from_the_first_gradient,
            old_v_kept_whole,
            looked_ahead,
            lr_left_out,
            lr_twice,
            only_the_step,
            theta_unchanged,
            exchanged,
            beta_fixed,
            weight_without_brackets,
            gradient_squared,
            first_step_left_out,
            first_step_plain,
        ),
    ),
)
