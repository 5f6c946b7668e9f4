"""What must hold of mini-batches. Any fair shuffle is right, so facts about many epochs are compared, not batches."""

import numpy as np

from dlcourse.exercises._engine import Help, show

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
        result = result if isinstance(result, (np.ndarray, dict)) else list(result)
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
