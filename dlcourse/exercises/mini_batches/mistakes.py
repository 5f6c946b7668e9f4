"""The mistakes that learners make with mini-batches."""

import numpy as np


def cut(X, Y, batch_size, order):
    """The batches in a given order; used by the mistakes that come before or after it."""
    return [(X[:, part], Y[:, part]) for part in pieces(order, batch_size)]


def pieces(order, batch_size):
    """An order cut rightly into the columns of each batch."""
    return [order[k : k + batch_size] for k in range(0, len(order), batch_size)]


def not_shuffled(X, Y, batch_size, rng):
    """The examples are not shuffled.

    Data is often sorted, by class or by date; then one batch would not look like another. Draw a new order first.
    """
    return cut(X, Y, batch_size, np.arange(X.shape[1]))


def shuffled_apart(X, Y, batch_size, rng):
    """X and Y are not shuffled alike, so the examples get the wrong labels.

    Draw one order of the columns, once, and use that same order for X and for Y.
    """
    m = X.shape[1]
    return cut(X[:, rng.permutation(m)], Y[:, rng.permutation(m)], batch_size, np.arange(m))


def shuffled_within_the_batch(X, Y, batch_size, rng):
    """The examples are shuffled only inside their batch, so the same ones are together in each epoch.

    If the data is sorted by class, each batch still has one class only. Shuffle all m columns first, then cut.
    """
    return cut(
        X, Y, batch_size, np.concatenate([rng.permutation(p) for p in pieces(np.arange(X.shape[1]), batch_size)])
    )


def batches_shuffled(X, Y, batch_size, rng):
    """Only the order of the batches is shuffled: the cut comes before the shuffle.

    The same neighbours are then together in each epoch, and the short batch may come anywhere. Shuffle the examples
    first, all m columns, then cut.
    """
    parts = pieces(np.arange(X.shape[1]), batch_size)
    return [(X[:, parts[k]], Y[:, parts[k]]) for k in rng.permutation(len(parts))]


def unfair(X, Y, batch_size, rng):
    """The shuffle is not fair: some orders are likelier than others.

    A few swaps, or a turn by a random amount, leave too much as it was. And swapping each place with any place has m^m
    ways for m! orders, so it cannot be fair either: swap it with one that is not settled yet, or use rng.permutation.
    """
    order = np.arange(X.shape[1])
    for i in range(len(order)):
        j = rng.integers(len(order))
        order[i], order[j] = order[j], order[i]
    return cut(X, Y, batch_size, order)


def last_one_dropped(X, Y, batch_size, rng):
    """The last, short batch is dropped.

    Where batch_size does not divide m, some examples are left over. They form a smaller last batch; otherwise they are
    missing from this epoch.
    """
    m = X.shape[1]
    return cut(X, Y, batch_size, rng.permutation(m)[: m - m % batch_size])


def last_one_filled_up(X, Y, batch_size, rng):
    """The last batch is filled up with examples that were there already.

    Each example comes once in an epoch. Those left over form a smaller last batch.
    """
    order = rng.permutation(X.shape[1])
    return cut(X, Y, batch_size, np.resize(order, -(-len(order) // batch_size) * batch_size))


def even_parts(X, Y, batch_size, rng):
    """The epoch is cut into equal parts, so batches are smaller than batch_size.

    Each batch but the last must hold batch_size columns, whatever that leaves for the last: ten examples at 4 are cut
    into 4, 4, 2, not 4, 3, 3.
    """
    n = -(-X.shape[1] // batch_size)
    return [(X[:, part], Y[:, part]) for part in np.array_split(rng.permutation(X.shape[1]), n)]


def an_empty_one_at_the_end(X, Y, batch_size, rng):
    """Where batch_size divides m, there is an empty batch at the end.

    A short last batch exists only if examples are left over. The mean over an empty batch would be nan.
    """
    order = rng.permutation(X.shape[1])
    return [*cut(X, Y, batch_size, order), *([] if len(order) % batch_size else [(X[:, :0], Y[:, :0])])]


def one_too_few(X, Y, batch_size, rng):
    """Each batch lacks its last example.

    A slice a:b already stops before b, so nothing must be taken off its end.
    """
    parts = [part[: batch_size - 1] for part in pieces(rng.permutation(X.shape[1]), batch_size)]
    return [(X[:, part], Y[:, part]) for part in parts]


def one_too_many(X, Y, batch_size, rng):
    """Each batch holds one example too many, which comes again in the next batch.

    A slice a:b has b - a entries, and the next one starts at b.
    """
    order = rng.permutation(X.shape[1])
    starts = range(0, len(order), batch_size)
    return [(X[:, order[k : k + batch_size + 1]], Y[:, order[k : k + batch_size + 1]]) for k in starts]


def cut_by_rows(X, Y, batch_size, rng):
    """The cut goes through the rows, but in this course the columns are the examples.

    X has shape (n_x, m): a batch keeps all n_x rows and takes some of the m columns.
    """
    order = rng.permutation(X.shape[1])
    X, Y = X[:, order], Y[:, order]
    return [(X[k : k + batch_size], Y[k : k + batch_size]) for k in range(0, X.shape[1], batch_size)]


def examples_as_rows(X, Y, batch_size, rng):
    """The batches are transposed: their rows are the examples.

    In this course the columns are the examples, in X (n_x, m) and so in X_t (n_x, batch_size) too.
    """
    return [(x.T, y.T) for x, y in cut(X, Y, batch_size, rng.permutation(X.shape[1]))]


def y_without_its_row(X, Y, batch_size, rng):
    """Y_t has lost its row: it has shape (batch_size,).

    Y is (1, m), and Y_t stays (1, batch_size): take columns of Y as you do of X, with a colon for all its rows.
    """
    return [(x, y[0]) for x, y in cut(X, Y, batch_size, rng.permutation(X.shape[1]))]


def y_before_x(X, Y, batch_size, rng):
    """The pairs are the wrong way round: (Y_t, X_t).

    X_t comes first.
    """
    return [(y, x) for x, y in cut(X, Y, batch_size, rng.permutation(X.shape[1]))]


def number_of_batches(X, Y, batch_size, rng):
    """batch_size is taken as the number of batches.

    It says how many examples are in one batch; how many batches there are follows from m.
    """
    return [(X[:, part], Y[:, part]) for part in np.array_split(rng.permutation(X.shape[1]), batch_size)]


def drawn_with_replacement(X, Y, batch_size, rng):
    """The order is drawn with replacement, so some examples come twice and others never.

    In one epoch each example comes exactly once: a permutation of all m columns, cut into pieces.
    """
    return cut(X, Y, batch_size, rng.integers(X.shape[1], size=X.shape[1]))


def drawn_anew_for_each_batch(X, Y, batch_size, rng):
    """Each batch is drawn anew from all examples, so some come in two batches and others never.

    In one epoch each example comes exactly once: draw one order of all m columns, then cut it into pieces.
    """
    m = X.shape[1]
    parts = [rng.choice(m, min(m, batch_size), replace=False) for _ in range(-(-m // batch_size))]
    return [(X[:, part], Y[:, part]) for part in parts]


def each_batch_with_replacement(X, Y, batch_size, rng):
    """Each batch is drawn anew, with replacement, so some examples come twice and others never.

    In one epoch each example comes exactly once: draw one order of all m columns, then cut it into pieces.
    """
    parts = [rng.integers(X.shape[1], size=batch_size) for _ in range(-(-X.shape[1] // batch_size))]
    return [(X[:, part], Y[:, part]) for part in parts]


def starts_one_apart(X, Y, batch_size, rng):
    """The batches overlap: each starts only one column after the one before.

    The next batch starts where this one ends: the starts are batch_size apart.
    """
    order = rng.permutation(X.shape[1])
    parts = [order[k : k + batch_size] for k in range(len(order))]
    return [(X[:, part], Y[:, part]) for part in parts]


def end_of_the_slice_fixed(X, Y, batch_size, rng):
    """All but the first batch are empty: each slice ends at batch_size.

    a:b means from a up to before b, so b must move on with a. It is an index, not a length.
    """
    order = rng.permutation(X.shape[1])
    parts = [order[k:batch_size] for k in range(0, len(order), batch_size)]
    return [(X[:, part], Y[:, part]) for part in parts]


def short_one_anywhere(X, Y, batch_size, rng):
    """The short batch is not the last: the batches are shuffled once more after the cut.

    The examples are in a random order already, so the batches need no other; what is left over comes at the end.
    """
    parts = cut(X, Y, batch_size, rng.permutation(X.shape[1]))
    return [parts[k] for k in rng.permutation(len(parts))]


def rows_shuffled(X, Y, batch_size, rng):
    """The rows are shuffled, but the columns are the examples.

    Without another word rng.permutation and rng.shuffle work along the first axis, axis 0. The examples are along the
    second.
    """
    return cut(rng.permutation(X), rng.permutation(Y), batch_size, np.arange(X.shape[1]))


def the_same_each_epoch(X, Y, batch_size, rng):
    """Every epoch has the same order: there is a fixed seed inside the function.

    The rng that comes in moves on with each draw, so it gives a new order in each epoch. Draw from it.
    """
    seeded = np.random.default_rng(1)
    return cut(X, Y, batch_size, seeded.permutation(X.shape[1]))


def own_randomness(X, Y, batch_size, rng):
    """The order is not drawn from the rng that comes in, so nobody can repeat the run.

    Use the methods of rng, such as rng.permutation, and not numpy's global random numbers.
    """
    own = np.random.default_rng()
    return cut(X, Y, batch_size, own.permutation(X.shape[1]))


MISTAKES = (
    not_shuffled,
    shuffled_apart,
    shuffled_within_the_batch,
    batches_shuffled,
    unfair,
    last_one_dropped,
    last_one_filled_up,
    even_parts,
    an_empty_one_at_the_end,
    one_too_few,
    one_too_many,
    cut_by_rows,
    examples_as_rows,
    y_without_its_row,
    y_before_x,
    number_of_batches,
    drawn_with_replacement,
    drawn_anew_for_each_batch,
    each_batch_with_replacement,
    starts_one_apart,
    end_of_the_slice_fixed,
    short_one_anywhere,
    rows_shuffled,
    the_same_each_epoch,
    own_randomness,
)
