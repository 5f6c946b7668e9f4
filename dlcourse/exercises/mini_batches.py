"""Exercise on mini-batches (week 2). Any fair shuffle is right, so facts about many epochs are compared, not batches."""

import numpy as np

from dlcourse import batches
from dlcourse.exercises._engine import Exercise, Help, case, show

EPOCHS = 30  # so many that what a fair shuffle may do in one of them, as leave all in place, it will not do in all
MANY = 50  # examples enough to count how an order is mixed, over four times as many epochs
BOUND = 6  # standard errors: a fair shuffle passes them once in 10^8


def facts(function, X, Y, batch_size, seed):
    """What must hold of the epochs, whatever the shuffle. X and Y name their examples: X[0, i] = i and Y[0, i] = 10 i."""
    many = X.shape[1] >= MANY
    rng, same_rng = np.random.default_rng(seed), np.random.default_rng(seed)
    runs = [epoch(function, X, Y, batch_size, rng) for _ in range(4 * EPOCHS if many else EPOCHS)]
    again = [epoch(function, X, Y, batch_size, same_rng) for _ in range(EPOCHS // 2)]
    sizes = [[x.shape[-1] for x, _ in run] for run in runs]
    parts = [[tuple(x[:1].ravel().tolist()) for x, _ in run] for run in runs]
    labels = [[tuple((y[:1].ravel() / 10).tolist()) for _, y in run] for run in runs]
    repeated = [[tuple(x[:1].ravel().tolist()) for x, _ in run] for run in again]
    orders = [sum(part, ()) for part in parts]
    return {
        "shapes of X_t": shapes(x for x, _ in runs[0]),
        "shapes of Y_t": shapes(y for _, y in runs[0]),
        "the last one is the short one": all(size == sorted(size, reverse=True) for size in sizes),
        "no example is missing": all(set(order) >= set(X[0]) for order in orders),
        "no example comes twice": all(len(set(order)) == len(order) for order in orders),
        "each example with its own label": labels == parts,
        "a new order in the next epoch": len(set(orders)) > 1,
        "the same order from the same rng": repeated == parts[: len(repeated)],
        "other examples together in the next epoch": len({frozenset(map(frozenset, part)) for part in parts}) > 1,
    } | ({"shuffled": set(orders) != {tuple(X[0])}, "every order is equally likely": fair(orders)} if many else {})


def epoch(function, X, Y, batch_size, rng):
    """The batches as a list of pairs of arrays."""
    result = function(X, Y, batch_size, rng)
    try:
        result = result if isinstance(result, np.ndarray) else list(result)
        return [(np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))) for x, y in result]
    except (TypeError, ValueError):
        raise Help(
            f"It must give the mini-batches as pairs (X_t, Y_t) of arrays, in a list or with yield; {not_pairs(result)}"
        ) from None


def not_pairs(result):
    """What came instead of pairs, in words."""
    if not isinstance(result, list) or len(result) != 2 or any(isinstance(part, (str, dict)) for part in result):
        return f"came: {show(result)}"
    if all(isinstance(part, np.ndarray) and part.ndim < 3 for part in result):
        return "came: one pair and not all of them. Is the loop missing, or `return` inside it?"
    return "came: two lists, one of the X_t and one of the Y_t."


def shapes(arrays):
    """In words, the longest first: in which order they come is another fact."""
    return " ".join(str(shape) for shape in sorted((array.shape for array in arrays), reverse=True))


def fair(orders):
    """Do these orders look like draws from all orders, each equally likely?

    Counted over all of them: entries that stand before their own place, how far entries lie from it in sum, and pairs
    of neighbours that stayed neighbours. Each has a known mean and variance; none may be off by more than BOUND
    standard errors. An order that never changes, or is none, is another matter.
    """
    m = len(orders[0])
    i = np.arange(m)
    if len(set(orders)) == 1 or any(sorted(order) != i.tolist() for order in orders):
        return True
    orders = np.array(orders)
    counts = (
        ((orders > i).sum(1), (m - 1) / 2, (m + 1) / 12),
        (np.abs(orders - i).sum(1), (m**2 - 1) / 3, (m + 1) * (2 * m**2 + 7) / 45),
        ((np.diff(orders) == 1).sum(1), 1 - 1 / m, 1),
    )
    return all(abs(came.mean() - mean) < BOUND * (var / len(orders)) ** 0.5 for came, mean, var in counts)


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


def draw(rng):
    """A few examples in two batches or more, or all in one."""
    m = int(rng.integers(3, 25))
    size = rng.choice([*range(1, m // 2 + 1), m, m + 2])
    return case(*examples(m, int(rng.integers(1, 4))), int(size), int(rng.integers(1000)))


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
            case(*examples(10), 4, 0),
            case(*examples(4), 7, 0),
            case(*examples(20, 3), 7, 1),
            case(*examples(100), 8, 1),
        ),
        fresh=draw,
        mistakes=(
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
            the_same_each_epoch,
            own_randomness,
        ),
    ),
)
