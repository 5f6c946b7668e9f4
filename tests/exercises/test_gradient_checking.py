"""The juries of `numerical_gradient` and `relative_difference`."""

import math

import numpy as np
from jury import Jury

jury = Jury()


@jury.right("numerical_gradient")
def with_copies(objective, theta, eps):
    slopes = np.zeros(len(theta))
    for i in range(len(theta)):
        plus, minus = theta.copy(), theta.copy()
        plus[i] += eps
        minus[i] -= eps
        slopes[i] = (objective(plus)[0] - objective(minus)[0]) / (2 * eps)
    return slopes


@jury.right("numerical_gradient")
def nudged_in_place_and_back(objective, theta, eps):
    slopes = []
    for i in range(len(theta)):
        theta[i] += eps
        J_plus, _ = objective(theta)
        theta[i] -= 2 * eps
        J_minus, _ = objective(theta)
        theta[i] += eps
        slopes.append((J_plus - J_minus) / (2 * eps))
    return slopes


@jury.right("numerical_gradient")
def old_value_saved(f, x, h):
    slopes = []
    for i, old in enumerate(x.tolist()):
        x[i] = old + h
        up = f(x)[0]
        x[i] = old - h
        down = f(x)[0]
        x[i] = old
        slopes.append((up - down) / h / 2)
    return tuple(slopes)


@jury.right("numerical_gradient")
def with_unit_vectors(objective, theta, eps):
    J = lambda w: objective(w)[0]
    return np.array([(J(theta + eps * e) - J(theta - eps * e)) / (2 * eps) for e in np.eye(theta.size)])


@jury.right("numerical_gradient")
def all_in_one_call(objective, theta, eps):
    nudges = np.diag([eps] * len(theta))
    return (objective(theta + nudges)[0] - objective(theta - nudges)[0]) * 0.5 / eps


@jury.right("numerical_gradient")
def mean_of_both_sides(objective, theta, eps):
    here, slopes = objective(theta)[0], []
    for i in range(theta.shape[0]):
        e = np.zeros_like(theta)
        e[i] = eps
        forward = (objective(theta + e)[0] - here) / eps
        backward = (here - objective(theta - e)[0]) / eps
        slopes.append((forward + backward) / 2)
    return np.stack(slopes)


@jury.right("numerical_gradient")
def in_single_precision(objective, theta, eps):
    slopes = np.empty(len(theta), dtype=np.float32)
    for i in range(len(theta)):
        e = np.float32(eps) * (np.arange(len(theta)) == i)
        up, down = objective((theta + e).astype(np.float32))[0], objective((theta - e).astype(np.float32))[0]
        slopes[i] = np.float32(up - down) / np.float32(2 * eps)
    return slopes


@jury.right("numerical_gradient")
def with_lists(objective, theta, eps):
    def cost(i, nudge):
        return objective([w + nudge * (j == i) for j, w in enumerate(theta)])[0]

    return [float(cost(i, eps) - cost(i, -eps)) / (2.0 * eps) for i in range(len(theta))]


@jury.right("numerical_gradient")
def one_by_one(objective, theta, eps):
    for i in range(len(theta)):
        e = np.where(np.arange(len(theta)) == i, eps, 0)
        yield (objective(theta + e)[0] - objective(theta - e)[0]) / (2 * eps)


def nudged(objective, theta, eps, i):
    e = np.zeros(len(theta))
    e[i] = eps
    return objective(theta + e)[0], objective(theta - e)[0]


@jury.wrong("numerical_gradient", "number_of_the_first")
def returned_in_the_loop(objective, theta, eps):
    for i in range(len(theta)):
        up, down = nudged(objective, theta, eps, i)
        slope = (up - down) / (2 * eps)
        return slope


@jury.wrong("numerical_gradient", "first_only")
def list_returned_in_the_loop(objective, theta, eps):
    slopes = []
    for i in range(len(theta)):
        up, down = nudged(objective, theta, eps, i)
        slopes.append((up - down) / (2 * eps))
        return np.array(slopes)


@jury.wrong("numerical_gradient", "last_only")
def overwritten(objective, theta, eps):
    for i in range(len(theta)):
        up, down = nudged(objective, theta, eps, i)
        slopes = np.array([(up - down) / (2 * eps)])
    return slopes


@jury.wrong("numerical_gradient", "backward")
def from_below(objective, theta, eps):
    here = objective(theta)[0]
    return [(here - nudged(objective, theta, eps, i)[1]) / eps for i in range(len(theta))]


@jury.wrong("numerical_gradient", "one_sided")
def forward(objective, theta, eps):
    here = objective(theta)[0]
    return [(nudged(objective, theta, eps, i)[0] - here) / eps for i in range(len(theta))]


@jury.wrong("numerical_gradient", "eps_of_its_own")
def eps_ignored(objective, theta, eps):
    return with_copies(objective, theta, 1e-6)


@jury.wrong("numerical_gradient", "gradient_copied")
def asks_for_the_gradient(objective, theta, eps):
    J, dtheta = objective(theta)
    return dtheta


@jury.wrong("numerical_gradient", "half_the_way")
def over_eps(objective, theta, eps):
    return 2 * with_copies(objective, theta, eps)


@jury.wrong("numerical_gradient", "two_times_eps_above")
def brackets_forgotten(objective, theta, eps):
    slopes = np.zeros(len(theta))
    for i in range(len(theta)):
        up, down = nudged(objective, theta, eps, i)
        slopes[i] = (up - down) / 2 * eps
    return slopes


@jury.wrong("numerical_gradient", "all_at_once")
def whole_vector(objective, theta, eps):
    slopes = np.zeros(len(theta))
    for i in range(len(theta)):
        slopes[i] = (objective(theta + eps)[0] - objective(theta - eps)[0]) / (2 * eps)
    return slopes


@jury.wrong("numerical_gradient", "same_array_twice")
def two_names(objective, theta, eps):
    slopes = np.zeros(len(theta))
    for i in range(len(theta)):
        up = theta
        up[i] += eps
        down = theta
        down[i] -= eps
        slopes[i] = (objective(up)[0] - objective(down)[0]) / (2 * eps)
    return slopes


@jury.wrong("numerical_gradient", "second_nudge_too_short")
def only_taken_back(objective, theta, eps):
    slopes = []
    for i in range(len(theta)):
        w = theta.copy()
        w[i] = w[i] + eps
        up = objective(w)[0]
        w[i] = w[i] - eps
        slopes.append((up - objective(w)[0]) / (2 * eps))
    return slopes


@jury.wrong("numerical_gradient", "not_put_back")
def one_copy_for_all(objective, theta, eps):
    w, slopes = theta.copy(), []
    for i in range(len(theta)):
        w[i] += eps
        up = objective(w)[0]
        w[i] -= 2 * eps
        slopes.append((up - objective(w)[0]) / (2 * eps))
    return np.array(slopes)


@jury.wrong("numerical_gradient", "turned_round")
def minus_first(objective, theta, eps):
    return [(down - up) / (2 * eps) for up, down in (nudged(objective, theta, eps, i) for i in range(len(theta)))]


@jury.wrong("numerical_gradient", "slopes_added")
def total(objective, theta, eps):
    slope = 0
    for i in range(len(theta)):
        up, down = nudged(objective, theta, eps, i)
        slope += (up - down) / (2 * eps)
    return slope


@jury.wrong("numerical_gradient", says="changes its input theta in place")
def left_below(objective, theta, eps):
    slopes = []
    for i in range(len(theta)):
        theta[i] += eps
        up = objective(theta)[0]
        theta[i] -= 2 * eps
        slopes.append((up - objective(theta)[0]) / (2 * eps))
    return slopes


@jury.wrong("numerical_gradient", says="TypeError: unsupported operand")
def pair_minus_pair(objective, theta, eps):
    return [(objective(theta + eps * e) - objective(theta - eps * e)) / (2 * eps) for e in np.eye(len(theta))]


@jury.wrong("numerical_gradient", says="one axis too many")
def as_a_column(objective, theta, eps):
    return with_copies(objective, theta, eps)[:, None]


@jury.wrong("numerical_gradient")
def twice_as_far(objective, theta, eps):
    return with_copies(objective, theta, 2 * eps)


@jury.right("relative_difference")
def with_linalg(a, b):
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))


@jury.right("relative_difference")
def with_roots(a, b):
    return np.sqrt(np.sum((a - b) ** 2)) / (np.sqrt(np.sum(a**2)) + np.sqrt(np.sum(b**2)))


@jury.right("relative_difference")
def with_a_loop(first, second):
    d = p = q = 0.0
    for x, y in zip(first, second):
        d += (x - y) ** 2
        p += x * x
        q += y * y
    return d**0.5 / (p**0.5 + q**0.5)


@jury.right("relative_difference")
def with_math(a, b):
    return math.dist(a, b) / (math.hypot(*a) + math.hypot(*b))


@jury.right("relative_difference")
def with_dot_products(a, b):
    return (abs(a @ a - 2 * (a @ b) + b @ b)) ** 0.5 / (np.dot(a, a) ** 0.5 + np.dot(b, b) ** 0.5)


@jury.right("relative_difference")
def with_einsum(a, b):
    length = lambda v: math.sqrt(np.einsum("i,i", v, v))
    return length(np.subtract(b, a)) / sum(map(length, (a, b)))


@jury.right("relative_difference")
def lengths_in_single_precision(a, b):
    a, b = np.float32(a), np.float32(b)
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))


@jury.right("relative_difference")
def as_an_array(a, b):
    difference, lengths = np.linalg.norm([a - b], axis=1), np.linalg.norm([a, b], axis=1)
    return difference / lengths.sum()


@jury.right("relative_difference")
def step_by_step(a, b):
    numerator = np.linalg.norm(np.array(a) - np.array(b), ord=2)
    denominator = np.linalg.norm(a, ord=2) + np.linalg.norm(b, ord=2)
    difference = numerator / denominator
    return float(difference)


norm = np.linalg.norm
for name, mistake, answer in (
    ("brackets_forgotten", "brackets_missing", lambda a, b: norm(a - b) / norm(a) + norm(b)),
    ("squares", "squared_norms", lambda a, b: sum((a - b) ** 2) / (sum(a**2) + sum(b**2))),
    ("sizes", "sums_for_norms", lambda a, b: abs(a - b).sum() / (abs(a).sum() + abs(b).sum())),
    ("sum_first", "norm_of_the_sum", lambda a, b: norm(a - b) / norm(a + b)),
    ("nothing_below", "not_relative", lambda a, b: norm(a - b)),
    ("larger", "larger_norm", lambda a, b: norm(a - b) / max(norm(a), norm(b))),
    ("lengths_only", "lengths_compared", lambda a, b: abs(norm(a) - norm(b)) / (norm(a) + norm(b))),
    ("square_above", "root_missing_above", lambda a, b: np.sum((a - b) ** 2) / (norm(a) + norm(b))),
    ("first_below", "divided_by_the_first", lambda a, b: norm(a - b) / norm(a) if any(a) else np.inf),
    ("second_below", "divided_by_the_second", lambda a, b: norm(a - b) / norm(b)),
    ("mean_below", "twice_the_ratio", lambda a, b: norm(a - b) / ((norm(a) + norm(b)) / 2)),
    ("plus", "length_of_the_sum_above", lambda a, b: norm(a + b) / (norm(a) + norm(b))),
    ("each_entry", "entry_by_entry", lambda a, b: (np.abs(a - b) / (np.abs(a) + np.abs(b))).mean()),
    ("largest", "largest_entries", lambda a, b: norm(a - b, np.inf) / (norm(a, np.inf) + norm(b, np.inf))),
    ("no_length_above", "vector_above", lambda a, b: (a - b) / (norm(a) + norm(b))),
    ("one_root", "root_over_the_quotient", lambda a, b: norm(a - b) / np.sqrt((a**2).sum() + (b**2).sum())),
    ("of_one_vector", None, lambda a, b: norm(a - b) / (2 * norm(a)) if any(a) else 1.0),
    ("means", None, lambda a, b: np.sqrt(np.mean((a - b) ** 2)) / (norm(a) + norm(b))),
):
    answer.__name__ = name
    jury.wrong("relative_difference", mistake)(answer)

test_right, test_wrong, test_enough = jury.tests()
