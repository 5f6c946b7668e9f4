"""The jury of momentum: the state may be a tuple, a dict, an array or an object, in place or not."""

from types import SimpleNamespace

import numpy as np
from jury import Jury

jury = Jury()


# --- momentum, right


@jury.right("momentum")
def with_a_bare_v(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    v = beta * v + (1 - beta) * grad
    theta = theta - lr * v
    return theta, v


@jury.right("momentum")
def with_a_dict(w, dw, memory=None, lr=0.01, beta=0.9):
    if memory is None:
        memory = {"v": 0.0}
    v = memory["v"] * beta + dw * (1 - beta)
    return w - lr * v, {"v": v}


@jury.right("momentum")
def with_a_dict_in_place(theta, grad, state=None, *, lr, beta=0.9):
    state = {"v": np.zeros(len(theta))} if state is None else state
    state["v"] *= beta
    state["v"] += (1 - beta) * grad
    return theta - lr * state["v"], state


@jury.right("momentum")
def with_its_own_v_in_place(theta, grad, state=None, *, lr, beta=0.9):
    if state is None:
        state = np.zeros(theta.shape)
    state *= beta
    state += (1 - beta) * grad
    return theta - lr * state, state


@jury.right("momentum")
def with_a_list_and_a_loop(theta, grad, state=None, *, lr, beta=0.9):
    v = [0.0] * len(theta) if state is None else list(state)
    new = []
    for i in range(len(theta)):
        v[i] = beta * v[i] + (1 - beta) * grad[i]
        new.append(theta[i] - lr * v[i])
    return new, v


@jury.right("momentum")
def as_a_correction_of_v(theta, grad, state=None, *, lr, beta=0.9):
    (v,) = state or (0,)
    v = v + (1 - beta) * (grad - v)
    return [theta + (-lr) * v, [v]]


@jury.right("momentum")
def by_the_heavy_ball(theta, grad, state=None, *, lr, beta=0.9):
    ball = grad if state is None else beta * state + grad
    return theta - lr * (1 - beta) * ball, ball


@jury.right("momentum")
def minus_v(theta, grad, state=None, *, lr, beta=0.9):
    v = beta * (0 if state is None else state[0]) - (1 - beta) * grad
    return theta + lr * v, (v,)


@jury.right("momentum")
def with_all_gradients(theta, grad, state=None, *, lr, beta=0.9):
    past = [*(state or []), grad]
    weights = [(1 - beta) * beta**k for k in range(len(past))][::-1]
    return theta - lr * np.einsum("t,tp->p", weights, past), past


@jury.right("momentum")
def in_float32(theta, grad, state=None, *, lr, beta=0.9):
    theta, grad, lr, beta = map(np.float32, (theta, grad, lr, beta))
    v = beta * (np.float32(0) if state is None else state) + (1 - beta) * grad
    return theta - lr * v, v


@jury.right("momentum")
def with_an_object(theta, grad, state=None, *, lr, beta=0.9):
    state = SimpleNamespace(v=0.0) if state is None else state
    state.v = np.add(np.multiply(beta, state.v), np.multiply(1 - beta, grad))
    return np.subtract(theta, lr * state.v), state


@jury.right("momentum")
def with_copies(theta, grad, state=None, **hyper):
    lr, beta = hyper["lr"], hyper.get("beta", 0.9)
    theta, v = theta.copy(), np.zeros(theta.shape) if state is None else state[0].copy()
    v[:] = beta * v + (1 - beta) * grad
    theta -= lr * v
    return theta, (v,)


# --- momentum, wrong


@jury.wrong("momentum", "v_weights_swapped")
def swapped(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    v = (1 - beta) * v + beta * grad
    return theta - lr * v, v


@jury.wrong("momentum", "heavy_ball")
def as_pytorch(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    v = beta * v + grad
    return theta - lr * v, v


@jury.wrong("momentum", "heavy_ball")
def divided_by_the_weight(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    v = beta * v + (1 - beta) * grad
    return theta - lr * v / (1 - beta), v


@jury.wrong("momentum", "v_forgotten")
def the_old_state_returned(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    v = beta * v + (1 - beta) * grad
    return theta - lr * v, state


@jury.wrong("momentum", "v_forgotten")
def always_from_zero(theta, grad, state=None, *, lr, beta=0.9):
    v = 0
    v = beta * v + (1 - beta) * grad
    return theta - lr * v, v


@jury.wrong("momentum", "stepped_with_the_gradient")
def plain_descent(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    v = beta * v + (1 - beta) * grad
    return theta - lr * grad, v


@jury.wrong("momentum", "stepped_with_the_old_v")
def step_first(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    theta = theta - lr * v
    return theta, beta * v + (1 - beta) * grad


@jury.wrong("momentum", "v_corrected")
def corrected_like_adam(theta, grad, state=None, *, lr, beta=0.9):
    state = {"t": 0, "v": 0.0} if state is None else state
    t, v = state["t"] + 1, beta * state["v"] + (1 - beta) * grad
    return theta - lr * v / (1 - beta**t), {"t": t, "v": v}


@jury.wrong("momentum", "v_uphill")
def plus(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    v = beta * v + (1 - beta) * grad
    return theta + lr * v, v


@jury.wrong("momentum", "v_from_the_first_gradient")
def start_at_the_gradient(theta, grad, state=None, *, lr, beta=0.9):
    v = grad if state is None else state
    v = beta * v + (1 - beta) * grad
    return theta - lr * v, v


@jury.wrong("momentum", "old_v_kept_whole")
def added_up(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    v = v + (1 - beta) * grad
    return theta - lr * v, v


@jury.wrong("momentum", "looked_ahead")
def nesterov(theta, grad, state=None, *, lr, beta=0.9):
    v = beta * (0 if state is None else state) + (1 - beta) * grad
    return theta - lr * (beta * v + (1 - beta) * grad), v


@jury.wrong("momentum", "lr_left_out")
def without_lr(theta, grad, state=None, *, lr, beta=0.9):
    v = beta * (0 if state is None else state) + (1 - beta) * grad
    return theta - v, v


@jury.wrong("momentum", "lr_twice")
def lr_in_both_lines(theta, grad, state=None, *, lr, beta=0.9):
    v = beta * (0 if state is None else state) + (1 - beta) * lr * grad
    return theta - lr * v, v


@jury.wrong("momentum", "only_the_step")
def the_update(theta, grad, state=None, *, lr, beta=0.9):
    v = beta * (0 if state is None else state) + (1 - beta) * grad
    return -lr * v, v


@jury.wrong("momentum", "theta_unchanged")
def step_thrown_away(theta, grad, state=None, *, lr, beta=0.9):
    v = beta * (0 if state is None else state) + (1 - beta) * grad
    theta - lr * v  # noqa: B018
    return theta, v


@jury.wrong("momentum", "beta_fixed")
def nine_tenths(theta, grad, state=None, *, lr, beta=0.9):
    v = 0.9 * (0 if state is None else state) + 0.1 * grad
    return theta - lr * v, v


@jury.wrong("momentum", "exchanged")
def v_first(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    v = beta * v + (1 - beta) * grad
    return v, theta - lr * v


@jury.wrong("momentum", says="theta and state are exchanged")
def a_tuple_of_v_first(theta, grad, state=None, *, lr, beta=0.9):
    (v,) = state or (0.0,)
    v = beta * v + (1 - beta) * grad
    return (v,), theta - lr * v


@jury.wrong("momentum", "weight_without_brackets")
def one_minus_beta_grad(theta, grad, state=None, *, lr, beta=0.9):
    v = beta * (0 if state is None else state) + 1 - beta * grad
    return theta - lr * v, v


@jury.wrong("momentum", "gradient_squared")
def as_in_rmsprop(theta, grad, state=None, *, lr, beta=0.9):
    v = beta * (0 if state is None else state) + (1 - beta) * grad**2
    return theta - lr * v, v


@jury.wrong("momentum", "first_step_left_out")
def nothing_at_first(theta, grad, state=None, *, lr, beta=0.9):
    if state is None:
        return theta, np.zeros_like(theta)
    v = beta * state + (1 - beta) * grad
    return theta - lr * v, v


@jury.wrong("momentum", "first_step_plain")
def plain_at_first(theta, grad, state=None, *, lr, beta=0.9):
    if state is None:
        return theta - lr * grad, np.zeros_like(theta)
    v = beta * state + (1 - beta) * grad
    return theta - lr * v, v


@jury.wrong("momentum", says="The first step has state None")
def no_start(theta, grad, state=None, *, lr, beta=0.9):
    (v,) = state
    v = beta * v + (1 - beta) * grad
    return theta - lr * v, (v,)


@jury.wrong("momentum", says="is asked by `is None`")
def asked_by_or(theta, grad, state=None, *, lr, beta=0.9):
    v = state or np.zeros_like(theta)
    v = beta * v + (1 - beta) * grad
    return theta - lr * v, v


@jury.wrong("momentum", says="changes its input theta in place")
def minus_equals(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    v = beta * v + (1 - beta) * grad
    theta -= lr * v
    return theta, v


@jury.wrong("momentum", says="two things, theta and state")
def theta_alone(theta, grad, state=None, *, lr, beta=0.9):
    v = np.zeros_like(theta) if state is None else state
    return theta - lr * (beta * v + (1 - beta) * grad)


test_right, test_wrong, test_enough = jury.tests()
