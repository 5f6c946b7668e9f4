"""The juries of RMSprop and Adam: the state may be a tuple, a dict, an array or an object, in place or not."""

import math

import numpy as np
from jury import Jury

jury = Jury()


# --- rmsprop, right


@jury.right("rmsprop")
def with_a_bare_s(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = np.zeros_like(theta) if state is None else state
    s = beta * s + (1 - beta) * grad**2
    return theta - lr * grad / (np.sqrt(s) + eps), s


@jury.right("rmsprop")
def rms_with_a_dict(w, dw, cache=None, lr=0.01, beta=0.9, eps=1e-8):
    cache = cache or {"S": np.zeros(w.shape)}
    cache["S"] = beta * cache["S"] + (1 - beta) * np.square(dw)
    return w - lr * np.divide(dw, np.sqrt(cache["S"]) + eps), cache


@jury.right("rmsprop")
def rms_in_a_loop(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = [0.0 for _ in theta] if state is None else state
    s = [beta * a + (1 - beta) * g * g for a, g in zip(s, grad)]
    return [p - lr * g / (math.sqrt(a) + eps) for p, g, a in zip(theta, grad, s)], s


@jury.right("rmsprop")
def rms_in_place(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = np.zeros(theta.size) if state is None else state
    s *= beta
    s += (1 - beta) * grad * grad
    return theta - (lr / (s**0.5 + eps)) * grad, s


@jury.right("rmsprop")
def rms_as_a_correction(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = 0.0 if state is None else state[0]
    s = s - (1 - beta) * (s - np.power(grad, 2))
    step = grad / (eps + np.power(s, 0.5))
    return theta - step * lr, (s,)


@jury.right("rmsprop")
def rms_of_all_gradients(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    past = np.vstack([grad[None]] if state is None else [state, grad])
    age = np.arange(len(past))[::-1]
    s = np.dot((1 - beta) * beta**age, past**2)
    return theta - lr * grad / (np.sqrt(s) + eps), past


@jury.right("rmsprop")
def rms_in_float32(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    theta, grad = theta.astype(np.float32), grad.astype(np.float32)
    s = np.zeros_like(theta) if state is None else state
    s = (beta * s + (1 - beta) * grad**2).astype(np.float32)
    return theta - np.float32(lr) * grad / (np.sqrt(s) + np.float32(eps)), s


@jury.right("rmsprop")
def rms_half_in_float32(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = np.float32(beta * (0 if state is None else state) + (1 - beta) * grad**2)
    return theta - lr * grad / (np.sqrt(s) + eps), s


@jury.right("rmsprop")
def rms_by_the_complement(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    rest = 1 - beta
    (s,) = state or (np.zeros(len(grad)),)
    s = (1 - rest) * s + rest * np.abs(grad) ** 2
    return theta + -lr * grad * (np.sqrt(s) + eps) ** -1, (s,)


def a_closure():
    def root(s):
        return np.sqrt(s)

    def rms_in_a_closure(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
        s = (1 - beta) * grad**2 + (beta * state["s"] if state else 0)
        return theta - lr * grad / (root(s) + eps), dict(s=s)

    return rms_in_a_closure


jury.right("rmsprop")(a_closure())


# --- rmsprop, wrong


def rms(step, average=lambda s, grad, beta: beta * s + (1 - beta) * grad**2, start=0.0):
    """A learner's RMSprop, with the line of the step, of the average, or the start given."""

    def answer(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
        s = average(start if state is None else state, grad, beta)
        return step(theta, grad, s, lr, eps), s

    return answer


def right_step(theta, grad, s, lr, eps):
    return theta - lr * grad / (np.sqrt(s) + eps)


for mistake, answer in {
    "s_not_squared": rms(right_step, lambda s, grad, beta: beta * s + (1 - beta) * grad),
    "s_without_root": rms(lambda theta, grad, s, lr, eps: theta - lr * grad / (s + eps)),
    "s_eps_inside": rms(lambda theta, grad, s, lr, eps: theta - lr * grad / np.sqrt(s + eps)),
    "s_eps_beside": rms(lambda theta, grad, s, lr, eps: theta - lr * (grad / np.sqrt(s) + eps)),
    "s_weights_swapped": rms(right_step, lambda s, grad, beta: (1 - beta) * s + beta * grad**2),
    "adagrad": rms(right_step, lambda s, grad, beta: s + grad**2),
    "s_forgotten": rms(right_step, lambda s, grad, beta: (1 - beta) * grad**2),
    "one_s_for_all": rms(right_step, lambda s, grad, beta: beta * s + (1 - beta) * np.mean(grad**2)),
    "one_sum_for_all": rms(right_step, lambda s, grad, beta: beta * s + (1 - beta) * np.linalg.norm(grad) ** 2),
    "absolute_value_averaged": rms(
        lambda theta, grad, s, lr, eps: theta - lr * grad / (s + eps),
        lambda s, grad, beta: beta * s + (1 - beta) * abs(grad),
    ),
    "root_of_absolute_values": rms(right_step, lambda s, grad, beta: beta * s + (1 - beta) * np.abs(grad)),
    "gradient_left_out": rms(lambda theta, grad, s, lr, eps: theta - lr / (np.sqrt(s) + eps)),
    "square_on_top": rms(lambda theta, grad, s, lr, eps: theta - lr * grad**2 / (np.sqrt(s) + eps)),
    "s_from_one": rms(right_step, start=1.0),
    "square_at_full_weight": rms(right_step, lambda s, grad, beta: beta * s + grad**2),
    "multiplied_by_the_root": rms(lambda theta, grad, s, lr, eps: theta - lr * grad * (np.sqrt(s) + eps)),
    "eps_left_out": rms(lambda theta, grad, s, lr, eps: theta - lr * grad / np.sqrt(s)),
    "brackets_missing": rms(lambda theta, grad, s, lr, eps: theta - lr * grad / np.sqrt(s) + eps),
    "s_uphill": rms(lambda theta, grad, s, lr, eps: theta + lr * grad / (np.sqrt(s) + eps)),
}.items():
    answer.__name__ = mistake
    jury.wrong("rmsprop", mistake)(answer)


@jury.wrong("rmsprop", "one_sum_for_all")
def dot_product(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = beta * (0 if state is None else state) + (1 - beta) * np.dot(grad, grad)
    return theta - lr * grad / (np.sqrt(s) + eps), s


@jury.wrong("rmsprop", "s_from_the_first_square")
def start_at_the_square(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = grad**2 if state is None else beta * state + (1 - beta) * grad**2
    return theta - lr * grad / (np.sqrt(s) + eps), s


@jury.wrong("rmsprop", "divided_by_the_old_s")
def the_old_s(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = np.zeros_like(theta) if state is None else state
    return theta - lr * grad / (np.sqrt(s) + eps), beta * s + (1 - beta) * grad**2


@jury.wrong("rmsprop", "s_forgotten")
def the_old_s_returned(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = np.zeros_like(theta) if state is None else state
    new = beta * s + (1 - beta) * grad**2
    return theta - lr * grad / (np.sqrt(new) + eps), s


@jury.wrong("rmsprop", "s_corrected")
def corrected(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    t, s = state or (0, 0.0)
    t, s = t + 1, beta * s + (1 - beta) * grad**2
    return theta - lr * grad / (np.sqrt(s / (1 - beta**t)) + eps), (t, s)


@jury.wrong("rmsprop", "average_on_top")
def momentum_on_top(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    v, s = state or (0.0, 0.0)
    v = beta * v + (1 - beta) * grad
    s = beta * s + (1 - beta) * grad**2
    return theta - lr * v / (np.sqrt(s) + eps), (v, s)


@jury.wrong("rmsprop", "exchanged")
def s_first(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = np.zeros_like(theta) if state is None else state
    s = beta * s + (1 - beta) * grad**2
    return s, theta - lr * grad / (np.sqrt(s) + eps)


@jury.wrong("rmsprop", says="The first step has state None")
def rms_without_a_start(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = beta * state + (1 - beta) * grad**2
    return theta - lr * grad / (np.sqrt(s) + eps), s


@jury.wrong("rmsprop", says="theta and state are exchanged")
def a_dict_first(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = beta * (state["s"] if state else 0) + (1 - beta) * grad**2
    return {"s": s}, theta - lr * grad / (np.sqrt(s) + eps)


@jury.wrong("rmsprop", "lr_left_out")
def rms_without_lr(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = beta * (0 if state is None else state) + (1 - beta) * grad**2
    return theta - grad / (np.sqrt(s) + eps), s


@jury.wrong("rmsprop", "beta_fixed")
def nine_tenths_of_s(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = 0.9 * (0 if state is None else state) + 0.1 * grad**2
    return theta - lr * grad / (np.sqrt(s) + eps), s


@jury.wrong("rmsprop", "eps_fixed")
def eps_written_out(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = beta * (0 if state is None else state) + (1 - beta) * grad**2
    return theta - lr * grad / (np.sqrt(s) + 10**-8), s


@jury.wrong("rmsprop", "root_in_the_state")
def the_root_kept(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = np.sqrt(beta * (0 if state is None else state) + (1 - beta) * grad**2)
    return theta - lr * grad / (s + eps), s


@jury.wrong("rmsprop", "weight_squared")
def all_of_it_squared(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = beta * (0 if state is None else state) + ((1 - beta) * grad) ** 2
    return theta - lr * grad / (np.sqrt(s) + eps), s


@jury.wrong("rmsprop")
def another_eps(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8):
    s = beta * (0 if state is None else state) + (1 - beta) * grad**2
    return theta - lr * grad / (np.sqrt(s) + 1e-7), s


# --- adam, right


@jury.right("adam")
def as_in_the_paper(theta, g, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = (np.zeros_like(theta), np.zeros_like(theta), 0) if state is None else state
    t += 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@jury.right("adam")
def adam_with_a_dict(w, dw, config=None, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if config is None:
        config = {}
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config["t"] = config.get("t", 0) + 1
    config["m"] = beta1 * config["m"] + (1 - beta1) * dw
    config["v"] = beta2 * config["v"] + (1 - beta2) * dw * dw
    mt = config["m"] / (1 - beta1 ** config["t"])
    vt = config["v"] / (1 - beta2 ** config["t"])
    return w - lr * mt / (np.sqrt(vt) + eps), config


@jury.right("adam")
def the_short_form_with_its_own_eps(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t, v, s = state or (0, 0.0, 0.0)
    t, v, s = t + 1, beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2
    root = np.sqrt(1 - beta2**t)
    return theta - lr * root / (1 - beta1**t) * v / (np.sqrt(s) + eps * root), (t, v, s)


@jury.right("adam")
def with_running_powers(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    p1, p2, v, s = state or (1.0, 1.0, 0.0, 0.0)
    p1, p2 = p1 * beta1, p2 * beta2
    v += (1 - beta1) * (grad - v)
    s += (1 - beta2) * (grad * grad - s)
    return theta - lr * (v / (1 - p1)) / (eps + (s / (1 - p2)) ** 0.5), [p1, p2, v, s]


@jury.right("adam")
def adam_in_a_loop(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t, v, s = (0, [0.0] * len(theta), [0.0] * len(theta)) if state is None else state
    t, new = t + 1, list(theta)
    for i, g in enumerate(grad):
        v[i] = beta1 * v[i] + (1 - beta1) * g
        s[i] = beta2 * s[i] + (1 - beta2) * g**2
        new[i] -= lr * (v[i] / (1 - beta1**t)) / (math.sqrt(s[i] / (1 - beta2**t)) + eps)
    return new, (t, v, s)


@jury.right("adam")
def adam_with_all_gradients(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    past = np.array([*(() if state is None else state), grad])
    age = np.arange(len(past))[::-1]
    v_hat, s_hat = (np.average(x, axis=0, weights=b**age) for x, b in ((past, beta1), (past**2, beta2)))
    return theta - lr * v_hat / (np.sqrt(s_hat) + eps), past


@jury.right("adam")
def adam_in_one_array(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    state = np.zeros((3, theta.size)) if state is None else state
    t, v, s = state[0] + 1, beta1 * state[1] + (1 - beta1) * grad, beta2 * state[2] + (1 - beta2) * grad**2
    return theta - lr * (v / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + eps), np.stack([t, v, s])


@jury.right("adam")
def adam_in_float32(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, grad = np.float32(theta), np.float32(grad)
    t, v, s = state or (0, np.zeros_like(theta), np.zeros_like(theta))
    t = t + 1
    v = (beta1 * v + (1 - beta1) * grad).astype(np.float32)
    s = (beta2 * s + (1 - beta2) * grad**2).astype(np.float32)
    step = v / np.float32(1 - beta1**t) / (np.sqrt(s / np.float32(1 - beta2**t)) + np.float32(eps))
    return theta - np.float32(lr) * step, (t, v, s)


@jury.right("adam")
def adam_all_in_float32(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, grad, lr, beta1, beta2, eps = map(np.float32, (theta, grad, lr, beta1, beta2, eps))
    t, v, s = state or (0, np.zeros_like(theta), np.zeros_like(theta))
    t, v, s = t + 1, beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2
    return theta - lr * (v / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


@jury.right("adam")
def adam_half_in_float32(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t, v, s = state or (0, np.zeros(len(theta), np.float32), np.zeros(len(theta), np.float32))
    t += 1
    v = np.float32(beta1 * v + (1 - beta1) * grad)
    s = np.float32(beta2 * s + (1 - beta2) * grad**2)
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


# --- adam, wrong


def own(step, average=None, first=1):
    """A learner's Adam, with the line of the step (of t, v, s) or of the averages given, or t counted from elsewhere."""

    def answer(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        t, v, s = (first - 1, np.zeros_like(theta), np.zeros_like(theta)) if state is None else state
        t += 1
        if average:
            v, s = average(v, s, grad, beta1, beta2)
        else:
            v, s = beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2
        return theta - lr * step(t, v, s, grad, beta1, beta2, eps), (t, v, s)

    return answer


def right_quotient(t, v, s, grad, beta1, beta2, eps):
    return v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps)


for mistake, answer in {
    "power_missing": own(lambda t, v, s, g, b1, b2, eps: v / (1 - b1) / (np.sqrt(s / (1 - b2)) + eps)),
    "correction_forgotten": own(lambda t, v, s, g, b1, b2, eps: v / (np.sqrt(s) + eps)),
    "only_v_corrected": own(lambda t, v, s, g, b1, b2, eps: v / (1 - b1**t) / (np.sqrt(s) + eps)),
    "only_s_corrected": own(lambda t, v, s, g, b1, b2, eps: v / (np.sqrt(s / (1 - b2**t)) + eps)),
    "counted_from_zero": own(right_quotient, first=0),
    "counted_from_two": own(right_quotient, first=2),
    "eps_inside": own(lambda t, v, s, g, b1, b2, eps: v / (1 - b1**t) / np.sqrt(s / (1 - b2**t) + eps)),
    "eps_beside": own(lambda t, v, s, g, b1, b2, eps: v / (1 - b1**t) / np.sqrt(s / (1 - b2**t)) + eps),
    "not_squared": own(right_quotient, lambda v, s, g, b1, b2: (b1 * v + (1 - b1) * g, b2 * s + (1 - b2) * g)),
    "root_missing": own(lambda t, v, s, g, b1, b2, eps: v / (1 - b1**t) / (s / (1 - b2**t) + eps)),
    "uphill": own(lambda *given: -right_quotient(*given)),
    "gradient_on_top": own(lambda t, v, s, g, b1, b2, eps: g / (np.sqrt(s / (1 - b2**t)) + eps)),
    "betas_swapped_in_the_correction": own(lambda t, v, s, g, b1, b2, eps: right_quotient(t, v, s, g, b2, b1, eps)),
    "both_corrected_with_beta1": own(lambda t, v, s, g, b1, b2, eps: right_quotient(t, v, s, g, b1, b1, eps)),
    "corrected_after_the_root": own(lambda t, v, s, g, b1, b2, eps: v / (1 - b1**t) / (np.sqrt(s) / (1 - b2**t) + eps)),
    "eps_hat": own(lambda t, v, s, g, b1, b2, eps: v * np.sqrt(1 - b2**t) / (1 - b1**t) / (np.sqrt(s) + eps)),
    "beta_times_t": own(lambda t, v, s, g, b1, b2, eps: v / (1 - b1 * t) / (np.sqrt(s / (1 - b2 * t)) + eps)),
    "power_on_the_bracket": own(lambda t, v, s, g, b1, b2, eps: v / (1 - b1) ** t / (np.sqrt(s / (1 - b2) ** t) + eps)),
    "multiplied_by_the_shares": own(lambda t, v, s, g, b1, b2, eps: v * (1 - b1**t) / (np.sqrt(s * (1 - b2**t)) + eps)),
    "weights_swapped": own(right_quotient, lambda v, s, g, b1, b2: ((1 - b1) * v + b1 * g, (1 - b2) * s + b2 * g**2)),
    "absolute_value_averaged": own(
        right_quotient, lambda v, s, g, b1, b2: (b1 * v + (1 - b1) * g, b2 * s + (1 - b2) * abs(g))
    ),
    "one_s_for_all": own(
        right_quotient, lambda v, s, g, b1, b2: (b1 * v + (1 - b1) * g, b2 * s + (1 - b2) * np.dot(g, g))
    ),
    "multiplied_by_the_root": own(lambda t, v, s, g, b1, b2, eps: v / (1 - b1**t) * (np.sqrt(s / (1 - b2**t)) + eps)),
    "eps_left_out": own(lambda t, v, s, g, b1, b2, eps: v / (1 - b1**t) / np.sqrt(s / (1 - b2**t))),
}.items():
    answer.__name__ = mistake
    jury.wrong("adam", mistake)(answer)


@jury.wrong("adam", "betas_swapped")
def betas_the_wrong_way_round(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    return as_in_the_paper(theta, grad, state, lr=lr, beta1=beta2, beta2=beta1, eps=eps)


@jury.wrong("adam", "beta1_for_both")
def one_beta(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    return as_in_the_paper(theta, grad, state, lr=lr, beta1=beta1, beta2=beta1, eps=eps)


@jury.wrong("adam", "power_missing")
def t_not_carried_on(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    v, s = state or (0.0, 0.0)
    t = 1
    v, s = beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (v, s)


@jury.wrong("adam", "state_overwritten")
def corrected_into_the_state(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t, v, s = state or (0, 0.0, 0.0)
    t += 1
    v = (beta1 * v + (1 - beta1) * grad) / (1 - beta1**t)
    s = (beta2 * s + (1 - beta2) * grad**2) / (1 - beta2**t)
    return theta - lr * v / (np.sqrt(s) + eps), (t, v, s)


@jury.wrong("adam", "moments_forgotten")
def state_given_back(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    return as_in_the_paper(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)[0], state


@jury.wrong("adam", "brackets_missing")
def eps_outside(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t, v, s = state or (0, 0.0, 0.0)
    t, v, s = t + 1, beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2
    return theta - lr * (v / (1 - beta1**t)) / np.sqrt(s / (1 - beta2**t)) + eps, (t, v, s)


@jury.wrong("adam", "started_at_the_first")
def start_at_the_first(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t, v, s = state or (0, grad, grad**2)
    t, v, s = t + 1, beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


@jury.wrong("adam", "square_of_v_averaged")
def v_squared(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t, v, s = state or (0, 0.0, 0.0)
    t, v = t + 1, beta1 * v + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * v**2
    return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)


@jury.wrong("adam", says="The first step has state None")
def adam_without_a_start(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t, v, s = state
    return theta, (t, v, s)


@jury.wrong("adam", says="two things, theta and state")
def everything_returned(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, (v, s, t) = as_in_the_paper(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return theta, v, s, t


@jury.wrong("adam", says="changes its input theta in place")
def adam_in_place(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    new, state = as_in_the_paper(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    theta[:] = new
    return theta, state


@jury.wrong("adam", says="theta and state are exchanged")
def adams_state_first(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    return as_in_the_paper(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)[::-1]


@jury.wrong("adam", "v_and_s_exchanged_in_the_state")
def put_together_in_another_order(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, (v, s, t) = as_in_the_paper(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return theta, (s, v, t)


@jury.wrong("adam", "betas_fixed")
def the_usual_betas(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    return as_in_the_paper(theta, grad, state, lr=lr, eps=eps)


@jury.wrong("adam", "eps_fixed")
def the_usual_eps(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    return as_in_the_paper(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2)


@jury.wrong("adam")
def without_the_first_beta(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    return as_in_the_paper(theta, grad, state, lr=lr, beta1=0.9, beta2=beta2, eps=eps)


test_right, test_wrong, test_enough = jury.tests()
