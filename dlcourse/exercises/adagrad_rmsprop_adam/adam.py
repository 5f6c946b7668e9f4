"""Exercise on Adam (week 2), run over several steps from state=None."""

import numpy as np

from dlcourse import optimizers
from dlcourse.exercises._engine import Exercise, case, steps
from dlcourse.exercises._paths import MIXED, ONE, THREE, TINY, ZERO, path


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


def gradient_on_top(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The gradient of this step stands above the fraction bar, not its average.

    That is RMSprop with a correction. Adam's step goes along v_hat, the corrected average of the gradients.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * grad / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def betas_swapped_in_the_correction(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """In the corrections each average has the beta of the other.

    It is corrected with the beta that made it: v with beta1, s with beta2.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta2**t) / (np.sqrt(s / (1 - beta1**t)) + eps), (t, v, s)


def both_corrected_with_beta1(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Both averages are corrected with beta1.

    Each is corrected with the beta that made it: s with beta2.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta1**t)) + eps), (t, v, s)


def beta1_for_both(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """beta1 is used for both averages, beta2 nowhere.

    beta2 belongs to s, the average of the squares, in the average and in its correction.
    """
    t, v, s = moments(grad, state, beta1, beta1)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta1**t)) + eps), (t, v, s)


def corrected_after_the_root(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The correction of s comes after the root: sqrt(s) is divided by 1 - beta2^t.

    s itself is the average that started at zero. Correct it first, then take the root of s_hat.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s) / (1 - beta2**t) + eps), (t, v, s)


def eps_hat(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """eps is added to the root of s before s is corrected: the paper's short form, with its "eps hat".

    It is legitimate, and TensorFlow has it, but it is not the task: there eps is added to sqrt(s_hat). The two differ only
    where gradients are tiny, or eps is not.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - lr_t * v / (np.sqrt(s) + eps), (t, v, s)


def beta_times_t(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """In the corrections beta is multiplied by t instead of raised to the power t.

    Each step keeps the share beta of what was there; after t steps that is beta * beta * ... * beta, t times.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1 * t) / (np.sqrt(s / (1 - beta2 * t)) + eps), (t, v, s)


def power_on_the_bracket(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """In the corrections the power t is on the whole bracket: (1 - beta)^t.

    Only beta is raised to the power t, then taken from 1.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1) ** t / (np.sqrt(s / (1 - beta2) ** t) + eps), (t, v, s)


def multiplied_by_the_shares(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The corrections multiply by 1 - beta^t instead of dividing.

    Averages that started at zero are too small, so the correction must make them larger; 1 - beta^t is less than one.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v * (1 - beta1**t) / (np.sqrt(s * (1 - beta2**t)) + eps), (t, v, s)


def weights_swapped(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The two weights are swapped in both averages.

    beta is the share of the old average that stays; what is new gets the rest of one, 1 - beta.
    """
    t, v, s = moments(grad, state, 1 - beta1, 1 - beta2)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def started_at_the_first(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """v and s start at the first gradient and its square instead of at zero.

    The formula starts from zero and takes in the first like any other, with a small weight. The correction is right only
    for averages that started at zero.
    """
    t, v, s = moments(grad, (0, grad, grad**2) if state is None else state, beta1, beta2)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def absolute_value_averaged(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """s averages the absolute value of the gradient, not its square.

    The root is there to undo a square: what is averaged must be grad squared.
    """
    t, v, s = state or (0, 0.0, 0.0)
    t, v, s = t + 1, beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * np.abs(grad)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def one_s_for_all(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """All entries share one s, made of the sum of their squares: a dot product, or a norm.

    Squaring is meant entry by entry: each parameter has its own s, so that a steep direction is slowed down and a flat
    one is not.
    """
    t, v, s = state or (0, 0.0, 0.0)
    t, v, s = t + 1, beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * np.dot(grad, grad)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def square_of_v_averaged(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """s averages the square of v, not of the gradient.

    Both averages are made of the gradient: v of grad itself, s of grad squared.
    """
    t, v, s = state or (0, 0.0, 0.0)
    v = beta1 * v + (1 - beta1) * grad
    t, s = t + 1, beta2 * s + (1 - beta2) * v**2
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def multiplied_by_the_root(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """v_hat is multiplied by the root of s_hat, not divided by it.

    Where gradients are large, the step must become shorter. Perhaps brackets are missing after the fraction bar.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1**t) * (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def eps_left_out(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """eps is left out.

    Where a gradient has been zero all along, yours divides zero by zero.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1**t) / np.sqrt(s / (1 - beta2**t)), (t, v, s)


def brackets_missing(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The brackets around sqrt(s_hat) + eps are missing, so eps is added to theta.

    Python divides before it adds: all of the divisor must stand in brackets.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1**t) / np.sqrt(s / (1 - beta2**t)) + eps, (t, v, s)


def lr_left_out(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step is not multiplied by lr.

    The quotient is a pure number, about one; lr says how far to go for it.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def only_the_step(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Only the step is returned, not where it leads.

    The first result is the new theta: the old one, minus the step.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return -lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def s_averaged_with_beta1(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """s is averaged with beta1, but corrected with beta2.

    beta2 belongs to s, in the average and in its correction.
    """
    t, v, s = moments(grad, state, beta1, beta1)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def at_full_weight(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The gradient and its square come in at full weight, so v and s are no averages.

    The two weights must add up to one: beta for the old average, the rest for what is new. The corrections are made for
    that.
    """
    t, v, s = state or (0, 0.0, 0.0)
    t, v, s = t + 1, beta1 * v + grad, beta2 * s + grad**2
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def v_at_full_weight(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The gradient comes in at full weight in v: the heavy-ball form.

    Here v is an average, corrected for its start at zero; the correction is right only if the two weights add up to one.
    """
    t, v, s = state or (0, 0.0, 0.0)
    t, v, s = t + 1, beta1 * v + grad, beta2 * s + (1 - beta2) * grad**2
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def squares_summed(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The squares are summed up, not averaged, as in AdaGrad.

    A sum only grows, so the steps die out. s keeps the share beta2 of the old s, and takes in the new square with the rest.
    """
    t, v, s = state or (0, 0.0, 0.0)
    t, v, s = t + 1, beta1 * v + (1 - beta1) * grad, s + grad**2
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def v_and_s_exchanged_in_the_state(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """v and s change places from step to step.

    The state must be taken apart in the order in which it was put together.
    """
    t, s, v = state or (0, 0.0, 0.0)
    t, v, s = moments(grad, (t, v, s), beta1, beta2)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


def betas_fixed(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """It computes with 0.9 and 0.999, whatever beta1 and beta2 are given.

    These are only what the betas are when nothing else is asked for. Use the arguments.
    """
    t, v, s = moments(grad, state, 0.9, 0.999)
    return theta - lr * v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + eps), (t, v, s)


def eps_fixed(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """It computes with eps = 1e-8, whatever eps is given.

    1e-8 is only what eps is when nothing else is asked for. Use the argument.
    """
    t, v, s = moments(grad, state, beta1, beta2)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + 1e-8), (t, v, s)


def draw(rng):
    """A path with betas of its own, and an eps that can be seen."""
    theta, grads = path(rng)
    beta1, beta2 = float(rng.choice([0.5, 0.8, 0.9])), float(rng.choice([0.75, 0.95, 0.999]))
    lr, eps = float(rng.choice([0.02, 0.05, 0.1])), float(rng.choice([1e-8, 0.1]))
    return case(theta, grads, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


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
            case(*MIXED, lr=0.1, eps=0.5),
        ),
        fresh=draw,
        mistakes=(
            power_missing,
            correction_forgotten,
            only_v_corrected,
            only_s_corrected,
            state_overwritten,
            counted_from_zero,
            counted_from_two,
            eps_fixed,
            eps_inside,
            eps_beside,
            not_squared,
            root_missing,
            betas_swapped,
            moments_forgotten,
            uphill,
            gradient_on_top,
            betas_swapped_in_the_correction,
            both_corrected_with_beta1,
            beta1_for_both,
            corrected_after_the_root,
            eps_hat,
            beta_times_t,
            power_on_the_bracket,
            multiplied_by_the_shares,
            weights_swapped,
            started_at_the_first,
            absolute_value_averaged,
            one_s_for_all,
            square_of_v_averaged,
            multiplied_by_the_root,
            eps_left_out,
            brackets_missing,
            lr_left_out,
            only_the_step,
            s_averaged_with_beta1,
            at_full_weight,
            v_at_full_weight,
            squares_summed,
            v_and_s_exchanged_in_the_state,
            betas_fixed,
        ),
    ),
)
