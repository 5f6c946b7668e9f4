"""Columns are examples: split once into train, dev and test set, and each epoch into mini-batches."""

from itertools import count

import numpy as np

from dlcourse._check import finite, generator, in_range, one_of, whole

SPLITS = {
    "70/30": (0.7, 0, 0.3),
    "classic": (0.6, 0.2, 0.2),
    "big data": (0.98, 0.01, 0.01),
    "very big data": (0.995, 0.0025, 0.0025),
}


def split_sizes(m, ratio="classic"):
    """How many of m examples go to the train, dev and test set.

    ratio: three shares that sum to 1, or a name: "70/30" (no dev set), "classic" 60/20/20, "big data" 98/1/1 (about a
    million examples), "very big data" 99.5/0.25/0.25. Dev and test are rounded, the training set takes the rest.
    Errors: ValueError for shares that do not sum to 1, and for a set that would have a share but no example.
    Source: Course 2, week 1, train/dev/test sets (notes corrected: 99.5, not 95.5).

    >>> split_sizes(1_000_000, "big data")
    (980000, 10000, 10000)
    """
    whole("m", m)
    shares = SPLITS[one_of("ratio", ratio, SPLITS)] if isinstance(ratio, str) else ratio
    shares = in_range("ratio", finite("ratio", shares, ndim=1), "[0, 1]").tolist()
    if np.shape(shares) != (3,) or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"ratio must be three shares that sum to 1, got {shares}, which sum to {np.sum(shares):.6g}")
    dev, test = round(m * shares[1]), round(m * shares[2])
    sizes = (m - dev - test, dev, test)
    if any(size <= 0 < share for size, share in zip(sizes, shares)):
        raise ValueError(f"m = {m} is too few to split {shares}: that would be {sizes} examples")
    return sizes


def train_dev_test_split(X, Y, rng, ratio="classic"):
    """Shuffle the examples, then cut them:  (X_train, Y_train), (X_dev, Y_dev), (X_test, Y_test).

    Every example lands in exactly one set, with its label; ratio as in `split_sizes`. All come from one shuffle by rng,
    so they share one distribution.
    Shapes: X (n_x, m), Y (n_y, m), the sets (n_x, m_set), (n_y, m_set); leading axes stay.
    Errors: ValueError for X and Y of different m, empty or not finite, and as in `split_sizes`.
    Source: Course 2, week 1, train/dev/test sets.

    >>> X = np.arange(10.0)[None, :]
    >>> [Y.shape for X, Y in train_dev_test_split(X, 2 * X, np.random.default_rng(0))]
    [(1, 6), (1, 2), (1, 2)]
    """
    X, Y = _pairs(X, Y)
    train, dev, _ = split_sizes(X.shape[-1], ratio)
    order = generator("rng", rng).permutation(X.shape[-1])
    return tuple((X[..., part], Y[..., part]) for part in np.split(order, [train, train + dev]))


def minibatches(X, Y, batch_size, rng):
    """One epoch: shuffle the examples, cut them into mini-batches, and yield each as (X_t, Y_t).

    Every example comes exactly once, with its label; the last batch is short where batch_size does not divide m.
    batch_size = m (or more) is batch descent, 1 is stochastic descent.
    Shapes: X (n_x, m), Y (n_y, m) -> X_t (n_x, batch_size), Y_t (n_y, batch_size); leading axes stay.
    Errors: ValueError for X and Y of different m, empty or not finite, batch_size below 1.
    Source: Course 2, week 2, mini-batch gradient descent, X{t} and Y{t}.

    >>> X = np.arange(5.0)[None, :]
    >>> [X_t.shape[1] for X_t, Y_t in minibatches(X, 2 * X, batch_size=2, rng=np.random.default_rng(0))]
    [2, 2, 1]
    """
    X, Y = _pairs(X, Y)
    m = X.shape[-1]
    size = whole("batch_size", batch_size)
    order = generator("rng", rng).permutation(m)
    X, Y = X[..., order], Y[..., order]
    return ((X[..., k : k + size], Y[..., k : k + size]) for k in range(0, m, size))


def epochs(X, Y, batch_size, rng, n=None):
    """The mini-batches of n epochs, one after the other, each epoch freshly shuffled; without n there is no end.

    This is what `descend` takes as `batches`:  descend(objective, theta, adam, lr=0.01, batches=epochs(X, Y, 64, rng)).
    Shapes and errors: as in `minibatches`; n is a whole number of at least 1.
    Source: Course 2, week 2, mini-batch gradient descent: an epoch is one pass through the training set.

    >>> X = np.arange(5.0)[None, :]
    >>> len(list(epochs(X, 2 * X, batch_size=2, rng=np.random.default_rng(0), n=4)))     # 3 batches each
    12
    """
    X, Y = _pairs(X, Y)
    whole("batch_size", batch_size)
    generator("rng", rng)
    times = count() if n is None else range(whole("n", n))
    return (batch for _ in times for batch in minibatches(X, Y, batch_size, rng))


def _pairs(X, Y):
    """X and Y as arrays whose last axis counts the same examples."""
    X, Y = finite("X", X, ndim=2), finite("Y", Y, ndim=1)
    if X.shape[-1] != Y.shape[-1]:
        raise ValueError(f"X and Y must have equally many examples (columns), got {X.shape[-1]} and {Y.shape[-1]}")
    return X, Y
