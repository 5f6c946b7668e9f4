"""The jury of the exercise on mini-batches: any fair shuffle from the given rng is right, whatever draws it."""

import math
import random

import numpy as np
from jury import Jury

jury = Jury()


@jury.right("minibatches")
def with_a_permutation(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    X, Y = X[:, order], Y[:, order]
    out = []
    for k in range(0, m, batch_size):
        out.append((X[:, k : k + batch_size], Y[:, k : k + batch_size]))
    return out


@jury.right("minibatches")
def as_in_the_assignment(X, Y, mini_batch_size, rng):
    m = X.shape[1]
    mini_batches = []
    permutation = list(rng.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation].reshape((1, m))
    complete = math.floor(m / mini_batch_size)
    for k in range(complete):
        x = shuffled_X[:, k * mini_batch_size : (k + 1) * mini_batch_size]
        y = shuffled_Y[:, k * mini_batch_size : (k + 1) * mini_batch_size]
        mini_batches.append((x, y))
    if m % mini_batch_size != 0:
        x = shuffled_X[:, complete * mini_batch_size :]
        y = shuffled_Y[:, complete * mini_batch_size :]
        mini_batches.append((x, y))
    return mini_batches


@jury.right("minibatches")
def with_yield_and_shuffle(data, labels, size, generator):
    order = np.arange(data.shape[1])
    generator.shuffle(order)
    for start in range(0, len(order), size):
        part = order[start : start + size]
        yield data[:, part], labels[:, part]


@jury.right("minibatches")
def sorted_by_random_keys(X, Y, batch_size, rng):
    order = np.argsort(rng.random(X.shape[1]))
    return [
        (X[:, order[k : k + batch_size]], Y[:, order[k : k + batch_size]]) for k in range(0, len(order), batch_size)
    ]


@jury.right("minibatches")
def chosen_without_replacement(X, Y, batch_size, rng):
    order = rng.choice(X.shape[1], X.shape[1], replace=False)
    return [
        [X[:, order[k : k + batch_size]], Y[:, order[k : k + batch_size]]] for k in range(0, len(order), batch_size)
    ]


@jury.right("minibatches")
def split_at_the_cuts(X, Y, batch_size, rng):
    order = rng.permutation(X.shape[1])
    cuts = range(batch_size, X.shape[1], batch_size)
    return zip(np.split(X[:, order], cuts, axis=1), np.split(Y[:, order], cuts, axis=1))


@jury.right("minibatches")
def stacked_and_shuffled_together(X, Y, batch_size, rng):
    both = rng.permutation(np.vstack([X, Y]), axis=1)
    return [(both[:-1, k : k + batch_size], both[-1:, k : k + batch_size]) for k in range(0, both.shape[1], batch_size)]


@jury.right("minibatches")
def pairs_of_columns(X, Y, batch_size, rng):
    examples = list(zip(X.T.tolist(), Y.T.tolist()))
    rng.shuffle(examples)
    batches = []
    while examples:
        now, examples = examples[:batch_size], examples[batch_size:]
        batches.append((np.array([x for x, _ in now]).T, np.array([y for _, y in now]).T))
    return batches


@jury.right("minibatches")
def fisher_and_yates(X, Y, batch_size, rng):
    order = list(range(X.shape[1]))
    for i in range(len(order) - 1, 0, -1):
        j = rng.integers(i + 1)
        order[i], order[j] = order[j], order[i]
    return [
        (X[:, order[k : k + batch_size]], Y[:, order[k : k + batch_size]]) for k in range(0, len(order), batch_size)
    ]


@jury.right("minibatches")
def drawn_from_what_is_left(X, Y, batch_size, rng):
    left, xs, ys, out = list(range(X.shape[1])), [], [], []
    while left:
        i = left.pop(rng.integers(len(left)))
        xs.append(X[:, i])
        ys.append(Y[:, i])
        if len(xs) == batch_size or not left:
            out.append((np.stack(xs, axis=1), np.stack(ys, axis=1)))
            xs, ys = [], []
    return out


@jury.right("minibatches")
def drawn_until_it_is_new(X, Y, batch_size, rng):
    order = []
    while len(order) < X.shape[1]:
        i = int(rng.integers(0, X.shape[1]))
        if i not in order:
            order.append(i)
    return [
        (X[:, order[k : k + batch_size]], Y[:, order[k : k + batch_size]]) for k in range(0, len(order), batch_size)
    ]


@jury.right("minibatches")
def in_float32(X, Y, batch_size, rng):
    order = rng.permutation(X.shape[1])
    X, Y = X[:, order].astype(np.float32), Y[:, order].astype(np.float32)
    return tuple((X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, len(order), batch_size))


@jury.right("minibatches")
def seeded_by_the_rng(X, Y, batch_size, rng):
    order = list(range(X.shape[1]))
    random.Random(int(rng.integers(2**32))).shuffle(order)
    return [
        (X[:, order[k : k + batch_size]], Y[:, order[k : k + batch_size]]) for k in range(0, len(order), batch_size)
    ]


@jury.right("minibatches")
def shuffled_twice_from_one_state(X, Y, batch_size, rng):
    state = rng.bit_generator.state
    X = rng.permutation(X, axis=1)
    rng.bit_generator.state = state
    Y = rng.permutation(Y, axis=1)
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, X.shape[1], batch_size)]


def slices(X, Y, size):
    return [(X[:, k : k + size], Y[:, k : k + size]) for k in range(0, X.shape[1], size)]


@jury.wrong("minibatches", "not_shuffled")
def no_shuffle(X, Y, batch_size, rng):
    return slices(X, Y, batch_size)


@jury.wrong("minibatches", "not_shuffled")
def shuffle_lost(X, Y, batch_size, rng):
    rng.permutation(X.shape[1])  # its result is thrown away
    return slices(X, Y, batch_size)


@jury.wrong("minibatches", "shuffled_apart")
def two_orders(X, Y, batch_size, rng):
    return slices(rng.permutation(X, axis=1), rng.permutation(Y, axis=1), batch_size)


@jury.wrong("minibatches", "shuffled_apart")
def labels_left_in_place(X, Y, batch_size, rng):
    return slices(X[:, rng.permutation(X.shape[1])], Y, batch_size)


@jury.wrong("minibatches", "shuffled_within_the_batch")
def cut_then_shuffled(X, Y, batch_size, rng):
    out = []
    for i in range(0, X.shape[1], batch_size):
        x, y = X[:, i : i + batch_size], Y[:, i : i + batch_size]
        p = rng.permutation(x.shape[1])
        out.append((x[:, p], y[:, p]))
    return out


@jury.wrong("minibatches", "batches_shuffled")
def cut_then_the_list_shuffled(X, Y, batch_size, rng):
    out = slices(X, Y, batch_size)
    rng.shuffle(out)
    return out


@jury.wrong("minibatches", "unfair")
def each_place_with_any_place(X, Y, batch_size, rng):
    order = list(range(X.shape[1]))
    for i in range(len(order)):
        j = rng.integers(0, len(order))
        order[i], order[j] = order[j], order[i]
    return slices(X[:, order], Y[:, order], batch_size)


@jury.wrong("minibatches", "unfair")
def turned_by_a_random_amount(X, Y, batch_size, rng):
    k = rng.integers(X.shape[1])
    return slices(np.roll(X, k, axis=1), np.roll(Y, k, axis=1), batch_size)


@jury.wrong("minibatches", "unfair")
def a_few_swaps(X, Y, batch_size, rng):
    order = np.arange(X.shape[1])
    for _ in range(X.shape[1] // 2):
        i, j = rng.integers(X.shape[1], size=2)
        order[i], order[j] = order[j], order[i]
    return slices(X[:, order], Y[:, order], batch_size)


@jury.wrong("minibatches", "last_one_dropped")
def only_full_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    return [
        (X[:, p[t * batch_size : (t + 1) * batch_size]], Y[:, p[t * batch_size : (t + 1) * batch_size]])
        for t in range(X.shape[1] // batch_size)
    ]


@jury.wrong("minibatches", "last_one_filled_up")
def filled_up_from_the_start(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    return [
        (X[:, i], Y[:, i]) for k in range(0, len(p), batch_size) for i in [p[np.arange(k, k + batch_size) % len(p)]]
    ]


@jury.wrong("minibatches", "even_parts")
def split_evenly(X, Y, batch_size, rng):
    n = math.ceil(X.shape[1] / batch_size)
    return [(X[:, i], Y[:, i]) for i in np.array_split(rng.permutation(X.shape[1]), n)]


@jury.wrong("minibatches", "an_empty_one_at_the_end")
def rest_without_asking(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    n = len(p) // batch_size
    parts = [p[k * batch_size : (k + 1) * batch_size] for k in range(n)] + [p[n * batch_size :]]
    return [(X[:, part], Y[:, part]) for part in parts]


@jury.wrong("minibatches", "one_too_few")
def minus_one_as_in_matlab(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    X, Y = X[:, p], Y[:, p]
    return [(X[:, k : k + batch_size - 1], Y[:, k : k + batch_size - 1]) for k in range(0, X.shape[1], batch_size)]


@jury.wrong("minibatches", "one_too_many")
def plus_one_to_include_the_end(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    X, Y = X[:, p], Y[:, p]
    return [(X[:, k : k + batch_size + 1], Y[:, k : k + batch_size + 1]) for k in range(0, X.shape[1], batch_size)]


@jury.wrong("minibatches", "cut_by_rows")
def without_the_colon(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    X, Y = X[:, p], Y[:, p]
    return [(X[k : k + batch_size], Y[k : k + batch_size]) for k in range(0, X.shape[1], batch_size)]


@jury.wrong("minibatches", "examples_as_rows")
def as_scikit_learn_has_it(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    X, Y = X.T[p], Y.T[p]
    return [(X[k : k + batch_size], Y[k : k + batch_size]) for k in range(0, len(X), batch_size)]


@jury.wrong("minibatches", "y_without_its_row")
def flat_labels(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    X, Y = X[:, p], Y.ravel()[p]
    return [(X[:, k : k + batch_size], Y[k : k + batch_size]) for k in range(0, len(Y), batch_size)]


@jury.wrong("minibatches", "y_before_x")
def labels_first(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    return [(y, x) for x, y in slices(X[:, p], Y[:, p], batch_size)]


@jury.wrong("minibatches", "number_of_batches")
def so_many_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    return list(zip(np.array_split(X[:, p], batch_size, axis=1), np.array_split(Y[:, p], batch_size, axis=1)))


@jury.wrong("minibatches", "drawn_with_replacement")
def an_order_with_repeats(X, Y, batch_size, rng):
    p = rng.choice(X.shape[1], X.shape[1])
    return slices(X[:, p], Y[:, p], batch_size)


@jury.wrong("minibatches", "drawn_anew_for_each_batch")
def every_batch_from_all(X, Y, batch_size, rng):
    m, out = X.shape[1], []
    for _ in range(math.ceil(m / batch_size)):
        i = rng.permutation(m)[:batch_size]
        out.append((X[:, i], Y[:, i]))
    return out


@jury.wrong("minibatches", "each_batch_with_replacement")
def a_sample_for_each_batch(X, Y, batch_size, rng):
    for _ in range(0, X.shape[1], batch_size):
        i = rng.choice(X.shape[1], batch_size)
        yield X[:, i], Y[:, i]


@jury.wrong("minibatches", "starts_one_apart")
def without_a_step(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    for k in range(X.shape[1]):
        yield X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]


@jury.wrong("minibatches", "end_of_the_slice_fixed")
def from_k_to_batch_size(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    X, Y = X[:, p], Y[:, p]
    return [(X[:, k:batch_size], Y[:, k:batch_size]) for k in range(0, X.shape[1], batch_size)]


@jury.wrong("minibatches", "short_one_anywhere")
def the_list_shuffled_too(X, Y, batch_size, rng):
    out = with_a_permutation(X, Y, batch_size, rng)
    rng.shuffle(out)
    return out


@jury.wrong("minibatches", "rows_shuffled")
def along_axis_0(X, Y, batch_size, rng):
    return slices(X[rng.permutation(len(X))], Y, batch_size)


@jury.wrong("minibatches", says="pairs (X_t, Y_t) of arrays, in a list or with yield; came: {0: (")
def a_dict(X, Y, batch_size, rng):
    return dict(enumerate(with_a_permutation(X, Y, batch_size, rng)))


@jury.wrong("minibatches", "the_same_each_epoch")
def a_seed_of_its_own(X, Y, batch_size, rng):
    rng = np.random.default_rng(0)
    p = rng.permutation(X.shape[1])
    return slices(X[:, p], Y[:, p], batch_size)


@jury.wrong("minibatches", "own_randomness")
def the_global_randomness(X, Y, batch_size, rng):
    p = np.random.permutation(X.shape[1])
    return slices(X[:, p], Y[:, p], batch_size)


@jury.wrong("minibatches", says="came: one pair and not all of them")
def return_inside_the_loop(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    for x, y in slices(X[:, p], Y[:, p], batch_size):
        return x, y


@jury.wrong("minibatches", says="two lists, one of the X_t and one of the Y_t")
def the_lists_not_zipped(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    return zip(*slices(X[:, p], Y[:, p], batch_size))


@jury.wrong("minibatches", says="must give the mini-batches as pairs (X_t, Y_t)")
def only_x(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    return [x for x, y in slices(X[:, p], Y[:, p], batch_size)]


@jury.wrong("minibatches", says="changes its input X in place")
def shuffled_in_place(X, Y, batch_size, rng):
    state = rng.bit_generator.state
    rng.shuffle(X, axis=1)
    rng.bit_generator.state = state
    rng.shuffle(Y, axis=1)
    return slices(X, Y, batch_size)


test_right, test_wrong, test_enough = jury.tests()
