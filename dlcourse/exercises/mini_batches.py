"""Exercise on mini-batches (week 2). Any fair shuffle is right, so facts about the batches are compared, not they."""

import numpy as np

from dlcourse import batches
from dlcourse.exercises._engine import Exercise, Help, case, show


def facts(function, X, Y, batch_size, seed):
    """What must hold of an epoch, whatever the shuffle. X and Y name their examples: X[0, i] = i and Y[0, i] = 10 i."""
    rng = np.random.default_rng(seed)
    first, second = epoch(function, X, Y, batch_size, rng), epoch(function, X, Y, batch_size, rng)
    again = epoch(function, X, Y, batch_size, np.random.default_rng(seed))
    found = {
        "shapes of X_t": " ".join(str(x.shape) for x, _ in first),
        "shapes of Y_t": " ".join(str(y.shape) for _, y in first),
    }
    order, after, same = ([float(i) for x, _ in batches for i in np.ravel(x[:1])] for batches in (first, second, again))
    labels = [float(i) / 10 for _, y in first for i in np.ravel(y[:1])]
    few = X.shape[1] < 12  # so few that a fair shuffle may well leave them in order
    return {
        **found,
        "every example exactly once": sorted(order) == sorted(X[0].tolist()),
        "each example with its own label": order == labels,
        "shuffled": few or order != X[0].tolist(),
        "a new order in the next epoch": few or order != after,
        "the same order from the same rng": order == same,
    }


def epoch(function, X, Y, batch_size, rng):
    """The batches as a list of pairs of arrays."""
    result = function(X, Y, batch_size, rng)
    try:
        return [(np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))) for x, y in result]
    except (TypeError, ValueError):
        raise Help(
            f"It must give the mini-batches as pairs (X_t, Y_t) of arrays, in a list or with yield; "
            f"came: {show(result)}"
        ) from None


def cut(X, Y, batch_size, order):
    """The batches in a given order; used by the mistakes that come before or after it."""
    return [
        (X[:, order[k : k + batch_size]], Y[:, order[k : k + batch_size]]) for k in range(0, len(order), batch_size)
    ]


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


def last_one_dropped(X, Y, batch_size, rng):
    """The last, short batch is dropped.

    Where batch_size does not divide m, some examples are left over. They form a smaller last batch; otherwise they are
    missing from this epoch.
    """
    m = X.shape[1]
    return cut(X, Y, batch_size, rng.permutation(m)[: m - m % batch_size])


def an_empty_one_at_the_end(X, Y, batch_size, rng):
    """Where batch_size divides m, there is an empty batch at the end.

    A short last batch exists only if examples are left over. The mean over an empty batch would be nan.
    """
    order = rng.permutation(X.shape[1])
    parts = [order[k * batch_size : (k + 1) * batch_size] for k in range(len(order) // batch_size + 1)]
    return [(X[:, part], Y[:, part]) for part in parts]


def one_too_few(X, Y, batch_size, rng):
    """Each batch lacks its last example.

    A slice a:b already stops before b, so nothing must be taken off its end.
    """
    order = rng.permutation(X.shape[1])
    starts = range(0, len(order), batch_size)
    return [(X[:, order[k : k + batch_size - 1]], Y[:, order[k : k + batch_size - 1]]) for k in starts]


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


def number_of_batches(X, Y, batch_size, rng):
    """batch_size is taken as the number of batches.

    It says how many examples are in one batch; how many batches there are follows from m.
    """
    return [(X[:, part], Y[:, part]) for part in np.array_split(rng.permutation(X.shape[1]), batch_size)]


def drawn_with_replacement(X, Y, batch_size, rng):
    """The examples are drawn anew for each batch, so some come twice and others never.

    In one epoch each example comes exactly once: draw one order of all m columns, then cut it into pieces.
    """
    return cut(X, Y, batch_size, rng.integers(X.shape[1], size=X.shape[1]))


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


def examples(m, n_x=2):
    """X (n_x, m) and Y (1, m) whose columns carry their own number."""
    i = np.arange(float(m))
    return np.stack([i + row / 2 for row in range(n_x)]), 10 * i[None, :]


EXERCISES = (
    Exercise(
        "minibatches",
        "Write my_minibatches(X, Y, batch_size, rng): one epoch as a list of (X_t, Y_t), or with yield. Shuffle the "
        "columns of X (n_x, m) and Y (1, m) with rng, then cut them into batches of batch_size columns; the last may "
        "be short.",
        reference=batches.minibatches,
        run=facts,
        cases=(
            case(*examples(5), 2, 0),
            case(*examples(6), 3, 0),
            case(*examples(24), 8, 0),
            case(*examples(20, 3), 7, 1),
        ),
        mistakes=(
            not_shuffled,
            shuffled_apart,
            last_one_dropped,
            an_empty_one_at_the_end,
            one_too_few,
            one_too_many,
            cut_by_rows,
            number_of_batches,
            drawn_with_replacement,
            the_same_each_epoch,
            own_randomness,
        ),
    ),
)
