"""The jury of `l2`: theta comes without a mask and with one."""

import numpy as np
from jury import Jury

jury = Jury()


@jury.right("l2")
def on_one_line(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(mask * theta**2), lambd / m * mask * theta


@jury.right("l2")
def with_a_loop(w, lam, m, mask=1.0):
    mask = mask * np.ones(len(w))
    total, slopes = 0.0, []
    for i in range(len(w)):
        if mask[i] == 1:
            total += w[i] * w[i]
            slopes.append(lam * w[i] / m)
        else:
            slopes.append(0.0)
    return lam * total / 2 / m, slopes


@jury.right("l2")
def with_a_norm(theta, lambd, m, mask=1.0):
    weights = np.multiply(theta, mask)
    return (lambd / m) * np.linalg.norm(weights) ** 2 / 2, (lambd / m) * weights


@jury.right("l2")
def with_dot(theta, lambd, m, mask=1.0):
    w = theta * mask
    return np.dot(w, w) * lambd / (2 * m), lambd * w / m


@jury.right("l2")
def with_einsum(theta, lambd, m, mask=1.0):
    w = theta * np.sqrt(mask)
    return [np.einsum("i,i->", w, w) * 0.5 * lambd / m, w * (lambd / m)]


@jury.right("l2")
def with_a_boolean_index(theta, lambd, m, mask=1.0):
    kept = np.broadcast_to(mask, theta.shape) == 1
    gradient = np.zeros_like(theta)
    gradient[kept] = lambd / m * theta[kept]
    return lambd / (2 * m) * sum(theta[kept] ** 2), gradient


@jury.right("l2")
def in_single_precision(theta, lambd, m, mask=1.0):
    w = (theta * mask).astype(np.float32)
    return np.float32(lambd / (2 * m)) * (w**2).sum(), np.float32(lambd / m) * w


@jury.right("l2")
def from_the_gradient(theta, lambd, m, mask=1.0):
    gradient = lambd * np.where(mask, theta, 0) / m
    return float(gradient @ theta) / 2, gradient.tolist()


@jury.right("l2")
def in_plain_python(theta, lambd, m, mask=1.0):
    mask = [mask] * len(theta) if np.isscalar(mask) else list(mask)
    masked = [float(w) * float(k) for w, k in zip(theta, mask)]
    return lambd / (2 * m) * sum(w**2 for w in masked), tuple(lambd / m * w for w in masked)


def scaled(c):
    return lambda w: c * w


@jury.right("l2")
def with_closures(theta, lambd, m, mask=1.0):
    pull = scaled(lambd / m)
    return scaled(lambd / m / 2)((mask * np.abs(theta) ** 2).sum(keepdims=True)), np.array([*map(pull, mask * theta)])


@jury.wrong("l2", "b_penalised")
def mask_forgotten(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(theta**2), lambd / m * theta


@jury.wrong("l2", "mask_in_the_cost_only")
def gradient_of_all(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(mask * theta**2), lambd / m * theta


@jury.wrong("l2", "mask_in_the_gradient_only")
def cost_of_all(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(theta**2), lambd / m * theta * mask


@jury.wrong("l2", "mask_turned_round")
def where_it_is_zero(theta, lambd, m, mask=1.0):
    w = np.where(mask * np.ones(len(theta)) == 0, theta, 0)
    return lambd / (2 * m) * np.sum(w**2), lambd / m * w


@jury.wrong("l2", "not_summed")
def sum_forgotten(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * mask * theta**2, lambd / m * mask * theta


@jury.wrong("l2", "times_m")
def brackets_forgotten(theta, lambd, m, mask=1.0):
    return lambd / 2 * m * np.sum(mask * theta**2), lambd / m * mask * theta


@jury.wrong("l2", "both_twice_too_large")
def both_twos_missing(theta, lambd, m, mask=1.0):
    return lambd / m * np.sum(mask * theta**2), 2 * lambd / m * mask * theta


@jury.wrong("l2", "cost_without_the_half")
def no_two(theta, lambd, m, mask=1.0):
    return lambd / m * np.sum(mask * theta**2), lambd / m * mask * theta


@jury.wrong("l2", "gradient_with_the_half")
def same_factor(theta, lambd, m, mask=1.0):
    c = lambd / (2 * m)
    return c * np.sum(mask * theta**2), c * mask * theta


@jury.wrong("l2", "gradient_doubled")
def two_stays(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(mask * theta**2), lambd / m * 2 * mask * theta


@jury.wrong("l2", "m_left_out")
def as_the_frameworks(theta, lambd, m, mask=1.0):
    return lambd / 2 * np.sum(mask * theta**2), lambd * mask * theta


@jury.wrong("l2", "gradient_without_m")
def m_above_only(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(mask * theta**2), lambd * mask * theta


@jury.wrong("l2", "norm_not_squared")
def root_taken(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.linalg.norm(mask * theta), lambd / m * mask * theta


@jury.wrong("l2", "mean_for_sum")
def mean_of_squares(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.mean(mask * theta**2), lambd / m * mask * theta


@jury.wrong("l2", "sum_squared")
def square_of_the_sum(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(mask * theta) ** 2, lambd / m * mask * theta


@jury.wrong("l2", "new_weights_returned")
def step_taken(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(mask * theta**2), theta - lambd / m * mask * theta


@jury.wrong("l2", "l1_instead")
def sizes(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(mask * np.abs(theta)), lambd / (2 * m) * mask * np.sign(theta)


@jury.wrong("l2", "number_of_weights")
def number_of_weights_for_m(theta, lambd, m, mask=1.0):
    return lambd / (2 * len(theta)) * np.sum(mask * theta**2), lambd / len(theta) * mask * theta


@jury.wrong("l2")
def both_factors_of_l1(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(mask * theta**2), lambd / m * mask * np.sign(theta)


@jury.wrong("l2", says="exchanged")
def gradient_first(theta, lambd, m, mask=1.0):
    return lambd / m * mask * theta, lambd / (2 * m) * np.sum(mask * theta**2)


@jury.wrong("l2", says="2 results are expected")
def no_gradient(theta, lambd, m, mask=1.0):
    return lambd / (2 * m) * np.sum(mask * theta**2)


test_right, test_wrong, test_enough = jury.tests()
