"""Exercise on momentum (week 2), run over several steps from state=None."""

from dlcourse import optimizers
from dlcourse.exercises._engine import Exercise, case, steps


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
    lr means something else. The course's v is an average: its two weights add up to one.
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


ONE, THREE = ([0], [[1]]), ([0], [[1], [1], [1]])
MIXED = [1, -2], [[3, -0.5], [-1, 2], [0.5, 0.5], [2, -4]]

EXERCISES = (
    Exercise(
        "momentum",
        "Write my_momentum(theta, grad, state=None, *, lr, beta=0.9): v := beta v + (1 - beta) grad, "
        "theta := theta - lr v, with v = 0 when state is None. Return theta, state; the state holds v for the next "
        "step.",
        reference=optimizers.momentum,
        run=steps,
        cases=(case(*ONE, lr=0.1), case(*THREE, lr=0.1), case(*MIXED, lr=0.01), case(*MIXED, lr=0.5, beta=0.75)),
        mistakes=(
            v_weights_swapped,
            heavy_ball,
            v_forgotten,
            stepped_with_the_gradient,
            stepped_with_the_old_v,
            v_corrected,
            v_uphill,
        ),
    ),
)
