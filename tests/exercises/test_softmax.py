"""Answers to the exercises of week 3, softmax and its cost: right in another style, and wrong as students are."""

import math

import numpy as np
from jury import Jury
from scipy import special

from dlcourse import activations

jury = Jury()

# ---- softmax


@jury.right("softmax")
def in_three_lines(Z):
    Z = Z - np.max(Z, axis=0, keepdims=True)
    t = np.exp(Z)
    return t / np.sum(t, axis=0, keepdims=True)


@jury.right("softmax")
def column_by_column(logits):
    A = np.zeros(logits.shape)
    for i in range(logits.shape[1]):
        t = np.exp(logits[:, i] - max(logits[:, i]))
        A[:, i] = t / sum(t)
    return A


@jury.right("softmax")
def lists_and_math(Z):
    columns = []
    for column in zip(*Z.tolist()):
        t = [math.exp(z - max(column)) for z in column]
        columns.append([value / sum(t) for value in t])
    return list(zip(*columns))


@jury.right("softmax")
def without_keepdims(Z):
    t = np.exp(Z - Z.max(0))
    return t / t.sum(0)


@jury.right("softmax")
def transposed_inside(Z):
    t = np.exp((Z.T.T - Z.max(axis=0)).T)
    return (t / t.sum(axis=1, keepdims=True)).T


@jury.right("softmax")
def through_the_logarithm(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=0))


@jury.right("softmax")
def by_differences(Z):
    """1 / sum e^(z_i - z_j): what overflows becomes 1/inf = 0."""
    return 1 / np.exp(Z[:, None, :] - Z[None, :, :]).sum(axis=0)


@jury.right("softmax")
def single_precision(Z):
    t = np.exp(np.float32(Z - Z.max(axis=0)))
    return t / t.sum(axis=0)


@jury.right("softmax")
def of_scipy(Z):
    return special.softmax(Z, axis=0)


@jury.right("softmax")
def with_einsum(*, Z):
    t = np.exp(np.subtract(Z, np.amax(Z, axis=0)))
    return np.einsum("ij,j->ij", t, 1 / np.einsum("ij->j", t))


@jury.right("softmax")
def rows_with_yield(Z):
    t = np.exp(Z - Z.max(axis=0))
    for row in t:
        yield row / t.sum(axis=0)


@jury.wrong("softmax", "overflows")
def bare(Z):
    t = np.exp(Z)
    return t / np.sum(t, axis=0)


@jury.wrong("softmax", "the_mean_subtracted")
def minus_mean(Z):
    t = np.exp(Z - np.mean(Z, axis=0))
    return t / t.sum(axis=0)


@jury.wrong("softmax", "the_largest_of_all")
def minus_global_max(Z):
    t = np.exp(Z - np.max(Z))
    return t / t.sum(axis=0)


@jury.wrong("softmax", "the_least_subtracted")
def minus_min(Z):
    t = np.exp(Z - Z.min(axis=0))
    return t / t.sum(axis=0)


@jury.wrong("softmax", "the_largest_of_each_row")
def max_along_the_wrong_axis(Z):
    t = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return t / t.sum(axis=0)


@jury.wrong("softmax", "over_the_examples")
def sum_along_the_wrong_axis(Z):
    t = np.exp(Z)
    return t / np.sum(t, axis=1, keepdims=True)


@jury.wrong("softmax", "over_everything")
def no_axis(Z):
    return np.exp(Z) / np.exp(Z).sum()


@jury.wrong("softmax", "without_exp")
def shares_of_logits(Z):
    return Z / Z.sum(axis=0)


@jury.wrong("softmax", "yes_or_no")
def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


@jury.wrong("softmax", "not_normalized")
def exp_only(Z):
    return np.exp(Z)


@jury.wrong("softmax", "not_normalized_after_all")
def exp_of_shifted(Z):
    Z = Z - Z.max(axis=0)
    return np.exp(Z)


@jury.wrong("softmax", "subtracted_above_only")
def above_only(Z):
    return np.exp(Z - Z.max(axis=0)) / np.exp(Z).sum(axis=0)


@jury.wrong("softmax", "cut_off")
def clipped(Z):
    t = np.exp(np.minimum(np.maximum(Z, -700), 700))
    return t / t.sum(axis=0)


@jury.wrong("softmax", "something_added_below")
def plus_a_little(Z):
    t = np.exp(Z)
    return t / (t.sum(axis=0) + 1e-12)


@jury.wrong("softmax", "nan_made_zero")
def nan_to_num(Z):
    t = np.exp(Z)
    A = t / t.sum(axis=0)
    A[np.isnan(A)] = 0
    return A


@jury.wrong("softmax", "divided_by_the_largest")
def scaled(Z):
    t = np.exp(Z / np.max(np.abs(Z), axis=0))
    return t / t.sum(axis=0)


@jury.wrong("softmax", "the_sign_turned")
def as_in_the_sigmoid(Z):
    t = np.exp(-(Z - Z.min(axis=0)))
    return t / t.sum(axis=0)


@jury.wrong("softmax", "another_base")
def powers_of_two(Z):
    t = 2 ** (Z - Z.max(axis=0))
    return t / t.sum(axis=0)


@jury.wrong("softmax", "winner_takes_all")
def argmax(Z):
    return np.eye(len(Z))[:, Z.argmax(axis=0)]


@jury.wrong("softmax", says="OverflowError")
def math_exp(Z):
    return [[math.exp(z) / sum(math.exp(other) for other in column) for z, column in zip(row, Z.T)] for row in Z]


@jury.wrong("softmax", says="transposed")
def examples_in_rows(Z):
    t = np.exp(Z - Z.max(axis=0))
    return (t / t.sum(axis=0)).T


@jury.wrong("softmax", says="in place")
def minus_equals(Z):
    Z -= Z.max(axis=0)
    return np.exp(Z) / np.exp(Z).sum(axis=0)


@jury.wrong("softmax", says="returns nothing")
def no_return(Z):
    t = np.exp(Z - Z.max(axis=0))
    t = t / t.sum(axis=0)


@jury.wrong("softmax", says="cut to whole ones")
def rounded(Z):
    t = np.exp(Z - Z.max(axis=0))
    return (t / t.sum(axis=0)).round()


@jury.wrong("softmax")
def tempered(Z):
    t = np.exp((Z - Z.max(axis=0)) / 1.1)
    return t / t.sum(axis=0)


@jury.wrong("softmax", "the_first_subtracted")
def first_class_taken_as_the_largest(Z):
    t = np.exp(Z - Z[0])
    return t / t.sum(axis=0)


# ---- cross_entropy


@jury.right("cross_entropy")
def as_the_package_has_it(Z, Y):
    Z = Z - Z.max(axis=0, keepdims=True)
    log_A = Z - np.log(np.exp(Z).sum(axis=0, keepdims=True))
    return -np.mean(np.sum(Y * log_A, axis=0))


@jury.right("cross_entropy")
def true_class_picked(logits, labels):
    m = logits.shape[1]
    top = logits.max(axis=0)
    total = top + np.log(np.exp(logits - top).sum(axis=0))
    return (total - logits[labels.argmax(axis=0), np.arange(m)]).mean()


@jury.right("cross_entropy")
def by_logaddexp(Z, Y):
    return np.mean(np.logaddexp.reduce(Z, axis=0) - np.sum(Z * Y, axis=0))


@jury.right("cross_entropy")
def loop_over_examples(Z, Y):
    J, m = 0.0, Z.shape[1]
    for z, y in zip(Z.T.tolist(), Y.T.tolist()):
        c = max(z)
        log_sum = c + math.log(sum(math.exp(value - c) for value in z))
        J += log_sum - z[y.index(1.0)]
    return J / m


@jury.right("cross_entropy")
def an_array_with_one_number(Z, Y):
    Z = Z - Z.max(axis=0)
    losses = np.log(np.exp(Z).sum(axis=0)) - (Z * Y).sum(axis=0)
    return losses.mean(keepdims=True)


@jury.right("cross_entropy")
def by_dot_products(Z, Y):
    m = Y.shape[1]
    log_sum = special.logsumexp(Z, axis=0)
    return (log_sum @ np.ones(m) - np.trace(Y.T @ Z)) / m


@jury.right("cross_entropy")
def computed_in_single_precision(Z, Y):
    Z = np.float32(Z)
    Z = Z - Z.max(axis=0)
    return (np.log(np.exp(Z).sum(axis=0)) - (Z * np.float32(Y)).sum(axis=0)).mean()


@jury.right("cross_entropy")
def by_boolean_choice(*, Z, Y):
    distance = Z - Z.T[Y.T == 1]
    top = distance.max(axis=0)
    return np.average(top + np.log(np.exp(distance - top).sum(axis=0)))


@jury.right("cross_entropy")
def by_scipys_log_softmax(Z, Y):
    return -np.einsum("ij,ij->", special.log_softmax(Z, axis=0), Y) / len(Y[0])


@jury.wrong("cross_entropy", "logarithm_of_zero")
def as_the_task_once_said(Z, Y):
    return -np.mean(np.sum(Y * np.log(activations.softmax(Z)), axis=0))


@jury.wrong("cross_entropy", "logarithm_of_zero")
def picked_then_log(Z, Y):
    A = activations.softmax(Z)
    return -np.mean(np.log(A.T[Y.T == 1]))


@jury.wrong("cross_entropy", "small_number_in_the_logarithm")
def plus_eps(Z, Y):
    return -np.mean(np.sum(Y * np.log(activations.softmax(Z) + 1e-8), axis=0))


@jury.wrong("cross_entropy", "cut_at_1e15")
def as_in_old_keras(Z, Y):
    A = np.clip(activations.softmax(Z), 1e-15, 1 - 1e-15)
    return -np.mean(np.sum(Y * np.log(A), axis=0))


@jury.wrong("cross_entropy", "exponentials_overflow")
def bare_log_sum(Z, Y):
    return np.mean(np.log(np.sum(np.exp(Z), axis=0)) - np.sum(Y * Z, axis=0))


@jury.wrong("cross_entropy", "own_softmax_overflows")
def bare_softmax(Z, Y):
    t = np.exp(Z)
    A = t / t.sum(axis=0)
    return -np.sum(Y * np.log(A)) / Y.shape[1]


@jury.wrong("cross_entropy", "largest_of_the_matrix")
def global_max(Z, Y):
    Z = Z - np.max(Z)
    log_A = Z - np.log(np.exp(Z).sum(axis=0))
    return -(Y * log_A).sum(axis=0).mean()


@jury.wrong("cross_entropy", "largest_not_put_back")
def shifted_inside_only(Z, Y):
    log_sum = np.log(np.exp(Z - Z.max(axis=0)).sum(axis=0))
    return np.mean(log_sum - (Y * Z).sum(axis=0))


@jury.wrong("cross_entropy", "summed")
def no_mean(Z, Y):
    Z = Z - Z.max(axis=0)
    return -np.sum(Y * (Z - np.log(np.exp(Z).sum(axis=0))))


@jury.wrong("cross_entropy", "mean_of_all")
def np_mean(Z, Y):
    Z = Z - Z.max(axis=0)
    return -np.mean(Y * (Z - np.log(np.exp(Z).sum(axis=0))))


@jury.wrong("cross_entropy", "divided_by_the_classes")
def by_len(Z, Y):
    Z = Z - Z.max(axis=0)
    return -np.sum(Y * (Z - np.log(np.exp(Z).sum(axis=0)))) / len(Z)


@jury.wrong("cross_entropy", "one_for_each_example")
def one_loss_each(Z, Y):
    Z = Z - Z.max(axis=0)
    return -np.sum(Y * (Z - np.log(np.exp(Z).sum(axis=0))), axis=0)


@jury.wrong("cross_entropy", "sign_lost")
def no_minus(Z, Y):
    Z = Z - Z.max(axis=0)
    return np.sum(Y * (Z - np.log(np.exp(Z).sum(axis=0)))) / Z.shape[1]


@jury.wrong("cross_entropy", "base_ten")
def log10(Z, Y):
    A = activations.softmax(Z)
    Z = Z - Z.max(axis=0)
    assert A.shape == Y.shape
    return -np.mean(np.sum(Y * (Z / np.log(10) - np.log10(np.exp(Z).sum(axis=0))), axis=0))


@jury.wrong("cross_entropy", "softmax_forgotten")
def only_logits(Z, Y):
    return -np.mean(np.sum(Y * Z, axis=0))


@jury.wrong("cross_entropy", "logarithm_of_the_logits")
def log_z(Z, Y):
    return -np.mean(np.sum(Y * np.log(Z), axis=0))


@jury.wrong("cross_entropy", "logits_as_probabilities")
def no_log(Z, Y):
    return -np.mean(np.sum(Y * activations.softmax(Z), axis=0))


@jury.wrong("cross_entropy", "softmax_twice")
def on_probabilities(Z, Y):
    return as_the_package_has_it(activations.softmax(Z), Y)


@jury.wrong("cross_entropy", "squares")
def squared_error(Z, Y):
    return np.sum((Y - activations.softmax(Z)) ** 2) / Y.shape[1]


@jury.wrong("cross_entropy", "errors_counted")
def accuracy_turned(Z, Y):
    return 1 - np.mean(np.argmax(Z, axis=0) == np.argmax(Y, axis=0))


@jury.wrong("cross_entropy", "over_the_wrong_axis")
def classes_in_columns(Z, Y):
    Z = Z - Z.max(axis=1, keepdims=True)
    log_A = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -np.sum(Y * log_A) / Y.shape[1]


@jury.wrong("cross_entropy", says="is expected, and 2 came; the first is right")
def with_the_gradient(Z, Y):
    return as_the_package_has_it(Z, Y), (activations.softmax(Z) - Y) / Y.shape[1]


@jury.wrong("cross_entropy", says="returns nothing")
def printed(Z, Y):
    print(as_the_package_has_it(Z, Y))


@jury.wrong("cross_entropy")
def labels_inside_the_logarithm(Z, Y):
    return -np.mean(np.sum(activations.softmax(Z) * np.log(Y + 1e-8), axis=0))


test_right, test_wrong, test_enough = jury.tests()
