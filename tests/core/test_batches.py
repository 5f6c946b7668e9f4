"""Splits and mini-batches: nothing lost or doubled, labels stay with their examples; the notes' numbers; bad input."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.batches import SPLITS, epochs, minibatches, split_sizes, train_dev_test_split


def numbered(m, n_x=2):
    """m examples that can be told apart, and labels that say which: Y = 10 * (first row of X)."""
    X = np.arange(float(m)) + np.arange(n_x)[:, None] * 1e6
    return X, 10 * X[:1]


def gathered(parts):
    """All the parts side by side, after checking that each label is its own example's."""
    parts = list(parts)
    for X, Y in parts:
        np.testing.assert_array_equal(Y[..., 0, :], 10 * X[..., 0, :])
        np.testing.assert_array_equal(X[..., 1, :], X[..., 0, :] + 1e6)
    return np.concatenate([X[..., 0, :] for X, _ in parts], axis=-1)


# --- mini-batches --------------------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 9))
def test_one_epoch_is_every_example_once(m, batch_size, seed):
    """Catches a dropped or doubled last batch, an example left out, labels shuffled apart from examples."""
    X, Y = numbered(m)
    batches = list(minibatches(X, Y, batch_size, np.random.default_rng(seed)))
    np.testing.assert_array_equal(np.sort(gathered(batches)), np.arange(m))
    sizes = [X_t.shape[1] for X_t, _ in batches]
    assert len(sizes) == -(-m // batch_size)
    assert sizes[:-1] == [batch_size] * (len(sizes) - 1) and 1 <= sizes[-1] <= batch_size


def test_five_thousand_batches_of_a_thousand():
    """Syllabus 11.02, a thousandth of it: 5,000 examples in mini-batches of 1 make 5,000 steps, of 1,000 make 5."""
    X, Y = numbered(5000)
    for batch_size, number in ((1, 5000), (1000, 5), (5000, 1)):
        batches = list(minibatches(X, Y, batch_size, np.random.default_rng(0)))
        assert len(batches) == number
        assert batches[0][0].shape == (2, batch_size) and batches[0][1].shape == (1, batch_size)


def test_the_order_is_shuffled_by_rng_alone():
    """Another seed, another order; the same seed, the same order, whatever numpy's global seed is."""
    X, Y = numbered(100)

    def order(seed):
        return gathered(minibatches(X, Y, 16, np.random.default_rng(seed)))

    assert not np.array_equal(order(0), np.arange(100)) and not np.array_equal(order(0), order(1))
    np.testing.assert_array_equal(order(0), order(0))


def test_every_place_is_equally_likely():
    """Shuffling is uniform: in 2,000 epochs each example is first about 400 times (5 sigma). Catches a biased or
    partial shuffle, such as one that only shuffles whole batches."""
    X, Y = numbered(5)
    rng = np.random.default_rng(0)
    orders = np.array([gathered(minibatches(X, Y, 2, rng)) for _ in range(2000)])
    for place in range(5):
        counts = np.bincount(orders[:, place].astype(int), minlength=5)
        assert np.abs(counts - 400).max() < 5 * np.sqrt(2000 * 0.2 * 0.8)


@pytest.mark.parametrize("cut", ["epoch", "split"])
def test_every_order_is_equally_likely(cut):
    """The law of a shuffle: each of the 6 orders of 3 examples a sixth of the time. Swapping each place with any place
    gives 4/27 and 5/27: chi squared, on average 5 for a right shuffle, is then about 75."""
    X, Y = numbered(3)
    rng, tally = np.random.default_rng(0), {}
    for _ in range(6000):
        parts = minibatches(X, Y, 1, rng) if cut == "epoch" else train_dev_test_split(X, Y, rng, (1 / 3, 1 / 3, 1 / 3))
        order = tuple(gathered(parts))
        tally[order] = tally.get(order, 0) + 1
    assert len(tally) == 6
    assert sum((count - 1000) ** 2 / 1000 for count in tally.values()) < 25  # by chance once in 7000


def test_each_epoch_is_shuffled_afresh():
    X, Y = numbered(40)
    rounds = gathered(epochs(X, Y, 7, np.random.default_rng(0), n=3)).reshape(3, 40)
    np.testing.assert_array_equal(np.sort(rounds), np.tile(np.arange(40.0), (3, 1)))
    assert not (rounds[0] == rounds[1]).all() and not (rounds[1] == rounds[2]).all()


def test_epochs_without_a_number_do_not_end():
    X, Y = numbered(4)
    assert len(list(islice(epochs(X, Y, 3, np.random.default_rng(0)), 1001))) == 1001
    by_hand, rng = [], np.random.default_rng(5)
    for _ in range(2):
        by_hand += list(minibatches(X, Y, 3, rng))
    for ours, expected in zip(epochs(X, Y, 3, np.random.default_rng(5)), by_hand):
        np.testing.assert_array_equal(ours[0], expected[0])


def test_a_stack_of_data_sets_stays_aligned():
    """X (K, n_x, m): one order for all, and the same as for each alone. Catches indexing of the wrong axis."""
    X, Y = numbered(9)
    X, Y = np.stack([X, X + 20, X + 40]), np.stack([Y, Y + 200, Y + 400])
    stacked = list(minibatches(X, Y, 4, np.random.default_rng(2)))
    gathered(stacked)
    for k in range(3):
        for (X_t, Y_t), (X_k, Y_k) in zip(stacked, minibatches(X[k], Y[k], 4, np.random.default_rng(2)), strict=True):
            np.testing.assert_array_equal(X_t[k], X_k)
            np.testing.assert_array_equal(Y_t[k], Y_k)
    parts = train_dev_test_split(X, Y, np.random.default_rng(2))
    for k in range(3):
        for part, alone in zip(parts, train_dev_test_split(X[k], Y[k], np.random.default_rng(2)), strict=True):
            np.testing.assert_array_equal(part[0][k], alone[0])


def test_inputs_are_neither_changed_nor_shared():
    """Writing into a batch must not reach the data. Catches batches that are views of the caller's X."""
    X, Y = numbered(8)
    kept = X.copy(), Y.copy()
    for cut in (
        minibatches(X, Y, 3, np.random.default_rng(0)),
        epochs(X, Y, 8, np.random.default_rng(0), n=1),
        train_dev_test_split(X, Y, np.random.default_rng(0), (1, 0, 0)),
    ):
        for X_t, Y_t in cut:
            X_t *= -1
            Y_t *= -1
    np.testing.assert_array_equal(X, kept[0])
    np.testing.assert_array_equal(Y, kept[1])


# --- splits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "m, ratio, sizes",
    [
        (1000, "classic", (600, 200, 200)),
        (1000, "70/30", (700, 0, 300)),
        (1_000_000, "big data", (980_000, 10_000, 10_000)),
        (1_000_000, "very big data", (995_000, 2_500, 2_500)),
        (10_000_000, (0.998, 0.001, 0.001), (9_980_000, 10_000, 10_000)),  # E1: 10k of 10M is 0.1 %, not 1 %
        (10, (0.5, 0.25, 0.25), (6, 2, 2)),
        (3, "classic", (1, 1, 1)),
    ],
)
def test_sizes(m, ratio, sizes):
    assert split_sizes(m, ratio) == sizes


def test_every_preset_sums_to_one():
    """E2: 95.5/0.25/0.25 sums to 96; the right one is 99.5/0.25/0.25."""
    assert SPLITS["very big data"] == (0.995, 0.0025, 0.0025)
    for shares in SPLITS.values():
        assert sum(shares) == pytest.approx(1, abs=1e-12)
    with pytest.raises(ValueError, match="sum to 1, .* sum to 0.96"):
        split_sizes(1_000_000, (0.955, 0.0025, 0.0025))


@given(st.integers(5, 200), st.integers(0, 9))
def test_split_loses_and_doubles_nothing(m, seed):
    X, Y = numbered(m)
    parts = train_dev_test_split(X, Y, np.random.default_rng(seed))
    np.testing.assert_array_equal(np.sort(gathered(parts)), np.arange(m))
    assert tuple(X.shape[1] for X, _ in parts) == split_sizes(m)


def test_split_is_shuffled():
    """Data often come sorted by label; a split without a shuffle would test on one class only."""
    X, Y = numbered(1000)
    dev = train_dev_test_split(X, Y, np.random.default_rng(0))[1][0][0]
    assert abs(dev.mean() - 499.5) < 5 * 1000 / np.sqrt(12 * 200)


def test_labels_may_be_a_plain_row():
    X, _ = numbered(6)
    for X_t, Y_t in minibatches(X, X[0], 4, np.random.default_rng(0)):
        np.testing.assert_array_equal(X_t[0], Y_t)


GOOD = numbered(6)


@pytest.mark.parametrize(
    "X, Y, message",
    [
        (GOOD[0], GOOD[1][:, :5], "X and Y must have equally many examples .columns., got 6 and 5"),
        (np.stack([GOOD[0]] * 3), np.stack([GOOD[1]] * 3)[..., :5], "columns., got 6 and 5"),
        (GOOD[0].T, GOOD[1], "X and Y must have equally many examples"),
        (np.empty((2, 0)), np.empty((1, 0)), r"X must not be empty, got shape \(2, 0\)"),
        (GOOD[0][0], GOOD[1], "X must have at least 2 axes"),
        (GOOD[0], 1.0, "Y must have at least 1 axes"),
        (GOOD[0] * np.nan, GOOD[1], "X must be finite"),
        (GOOD[0], GOOD[1] - np.inf, "Y must be finite"),
        ([["a", "b"]], [[0, 1]], "X must be made of numbers"),
    ],
)
def test_bad_data_get_one_sentence(X, Y, message):
    rng = np.random.default_rng(0)
    for cut, settings in ((minibatches, (2, rng)), (epochs, (2, rng)), (train_dev_test_split, (rng,))):
        with pytest.raises(ValueError, match=message):
            cut(X, Y, *settings)


def test_the_split_follows_its_ratio():
    """Catches a ratio that is checked and then forgotten."""
    X = np.arange(20.0)[None, :]
    sizes = [part.shape[-1] for part, _ in train_dev_test_split(X, X, np.random.default_rng(0), (0.5, 0.2, 0.3))]
    assert sizes == [10, 4, 6]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: minibatches(*GOOD, 0, np.random.default_rng(0)), r"batch_size must be in \[1, inf\), got 0"),
        (lambda: minibatches(*GOOD, 2.5, np.random.default_rng(0)), "batch_size must be a whole number"),
        (lambda: epochs(*GOOD, 0, np.random.default_rng(0)), r"batch_size must be in \[1, inf\), got 0"),
        (lambda: epochs(*GOOD, 2, np.random.default_rng(0), n=0), r"n must be in \[1, inf\), got 0"),
        (lambda: minibatches(*GOOD, 2, 0), "rng must be a random generator"),
        (lambda: epochs(*GOOD, 2, None), "rng must be a random generator"),
        (lambda: train_dev_test_split(*GOOD, 42), "rng must be a random generator"),
        (lambda: split_sizes(0), r"m must be in \[1, inf\), got 0"),
        (lambda: split_sizes(100, "classical"), "ratio must be one of 70/30, classic, big data, very big data"),
        (lambda: split_sizes(100, (0.8, 0.2)), "ratio must be three shares that sum to 1"),
        (lambda: split_sizes(100, (60, 20, 20)), r"ratio must be in \[0, 1\], got 60"),
        (lambda: split_sizes(100, (1.2, -0.1, -0.1)), r"ratio must be in \[0, 1\]"),
        (lambda: split_sizes(100, (0.6, 0.2, np.nan)), "ratio must be finite"),
        (lambda: split_sizes(10, "big data"), r"m = 10 is too few to split .* \(10, 0, 0\) examples"),
        (lambda: split_sizes(2, (0.2, 0.4, 0.4)), "m = 2 is too few to split"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
