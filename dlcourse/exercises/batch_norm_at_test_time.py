"""Exercise on a single example at test time (week 3): it is normalized by the running mean and variance."""

import numpy as np

from dlcourse.averages import bias_correction, ewa
from dlcourse.exercises._engine import Exercise, case
from dlcourse.normalization import batch_norm, running_statistics


def at_test_time(z, batches, beta=0.9, eps=1e-5):
    """One example's z_norm, by the running mean and variance of the mini-batches of training.

    Shapes: z (n, 1), batches (T, n, m) -> (n, 1).
    """
    n = len(z)
    stats = running_statistics([np.append(Z.mean(axis=1), Z.var(axis=1)) for Z in batches], beta)
    return batch_norm(z, 1.0, 0.0, stats[:n, None], stats[n:, None], eps)[0]


def _series(batches, ddof=0):
    """The means and the variances of all batches, (T, n, 1) each."""
    return batches.mean(axis=2, keepdims=True), batches.var(axis=2, keepdims=True, ddof=ddof)


def _running(values, beta, start=0.0):
    """The average before its correction."""
    average = start
    for value in values:
        average = ewa(average, value, beta)
    return average


def _corrected(values, beta):
    return bias_correction(_running(values, beta), beta, len(values))


def by_its_own(z, batches, beta=0.9, eps=1e-5):
    """The example is normalized by its own mean and variance: every answer is 0.

    A single example is its own mean, and its variance is 0. Use the averages that were kept in training.
    """
    return (z - z.mean(axis=1, keepdims=True)) / np.sqrt(z.var(axis=1, keepdims=True) + eps)


def by_the_last_batch(z, batches, beta=0.9, eps=1e-5):
    """Only the last mini-batch counts.

    One batch is a matter of luck. Keep an average over all of them, in which the newest counts most.
    """
    mu, var = _series(batches)
    return (z - mu[-1]) / np.sqrt(var[-1] + eps)


def all_batches_alike(z, batches, beta=0.9, eps=1e-5):
    """All mini-batches count the same.

    The weights move on, so old batches tell of an old net. In an exponentially weighted average the newest counts most.
    """
    mu, var = _series(batches)
    return (z - mu.mean(axis=0)) / np.sqrt(var.mean(axis=0) + eps)


def all_examples_together(z, batches, beta=0.9, eps=1e-5):
    """You take mean and variance of all examples of all mini-batches together.

    They are not there any more when training is over. What is kept is an average of each batch's mean and variance.
    """
    return (z - batches.mean(axis=(0, 2))[:, None]) / np.sqrt(batches.var(axis=(0, 2))[:, None] + eps)


def not_corrected(z, batches, beta=0.9, eps=1e-5):
    """The start at zero is not corrected.

    After few batches an average that started at 0 is much too small, and z_norm too large. Divide by 1 - beta^T.
    """
    mu, var = _series(batches)
    return (z - _running(mu, beta)) / np.sqrt(_running(var, beta) + eps)


def only_the_mean_corrected(z, batches, beta=0.9, eps=1e-5):
    """The mean is corrected for its start at zero, the variance is not.

    Both averages start at 0, and both are too small by the same factor.
    """
    mu, var = _series(batches)
    return (z - _corrected(mu, beta)) / np.sqrt(_running(var, beta) + eps)


def only_the_variance_corrected(z, batches, beta=0.9, eps=1e-5):
    """The variance is corrected for its start at zero, the mean is not.

    Both averages start at 0, and both are too small by the same factor.
    """
    mu, var = _series(batches)
    return (z - _running(mu, beta)) / np.sqrt(_corrected(var, beta) + eps)


def corrected_in_each_step(z, batches, beta=0.9, eps=1e-5):
    """The corrected average is written back, and averaged and corrected again in the next step.

    Go on with the average as it is; correct only what you use at the end.
    """
    averages = []
    for values in _series(batches):
        average = 0.0
        for t, value in enumerate(values, start=1):
            average = bias_correction(ewa(average, value, beta), beta, t)
        averages.append(average)
    return (z - averages[0]) / np.sqrt(averages[1] + eps)


def variance_from_one(z, batches, beta=0.9, eps=1e-5):
    """The variance starts at 1, and its start is not taken away.

    So do some frameworks, and wait long enough. Here both averages start at 0 and are divided by 1 - beta^T.
    """
    mu, var = _series(batches)
    return (z - _running(mu, beta)) / np.sqrt(_running(var, beta, start=1.0) + eps)


def from_the_first_batch(z, batches, beta=0.9, eps=1e-5):
    """The averages start at the first batch instead of at 0.

    Then the first batch counts for too much. Start at 0 and divide by 1 - beta^T.
    """
    mu, var = (_running(values[1:], beta, start=values[0]) for values in _series(batches))
    return (z - mu) / np.sqrt(var + eps)


def weights_swapped(z, batches, beta=0.9, eps=1e-5):
    """The two weights of the average are swapped.

    beta is the share of the old average that stays; the new batch gets 1 - beta. PyTorch's momentum is that of the
    new one.
    """
    return at_test_time(z, batches, 1 - beta, eps)


def the_oldest_most(z, batches, beta=0.9, eps=1e-5):
    """The batches are averaged in the wrong order: the oldest counts most.

    They come in the order of the training; the last one saw the newest weights.
    """
    return at_test_time(z, batches[::-1], beta, eps)


def spreads_averaged(z, batches, beta=0.9, eps=1e-5):
    """You average the spreads, not the variances.

    What is averaged is sigma squared; the root is taken once, at the end.
    """
    mu, var = _series(batches)
    return (z - _corrected(mu, beta)) / np.sqrt(_corrected(np.sqrt(var), beta) ** 2 + eps)


def root_forgotten(z, batches, beta=0.9, eps=1e-5):
    """You divide by the variance, not by its root.

    As in training: z minus mu, divided by the spread.
    """
    mu, var = _series(batches)
    return (z - _corrected(mu, beta)) / (_corrected(var, beta) + eps)


def m_minus_one(z, batches, beta=0.9, eps=1e-5):
    """The variances are divided by m - 1.

    So has the paper it. The course, and this task, average the batches' own variances, with 1/m.
    """
    mu, var = _series(batches, ddof=1)
    return (z - _corrected(mu, beta)) / np.sqrt(_corrected(var, beta) + eps)


def mean_not_taken_away(z, batches, beta=0.9, eps=1e-5):
    """The mean is not taken away.

    First centre by the running mean, then divide by the spread.
    """
    return z / np.sqrt(_corrected(_series(batches)[1], beta) + eps)


def mean_of_the_last_batch(z, batches, beta=0.9, eps=1e-5):
    """The mean is that of the last batch; only the variance is a running one.

    Both are averaged, in the same way.
    """
    mu, var = _series(batches)
    return (z - mu[-1]) / np.sqrt(_corrected(var, beta) + eps)


def eps_outside_the_root(z, batches, beta=0.9, eps=1e-5):
    """eps stands outside the root.

    In batch norm it is added to the variance, under the root.
    """
    mu, var = _series(batches)
    return (z - _corrected(mu, beta)) / (np.sqrt(_corrected(var, beta)) + eps)


def eps_forgotten(z, batches, beta=0.9, eps=1e-5):
    """eps is missing.

    A unit that always said the same has a running variance of 0: without eps that is a division by zero.
    """
    mu, var = _series(batches)
    with np.errstate(all="ignore"):
        return (z - _corrected(mu, beta)) / np.sqrt(_corrected(var, beta))


def for_the_whole_layer(z, batches, beta=0.9, eps=1e-5):
    """One mean and one variance are kept for the whole layer.

    Each unit, a row, has its own.
    """
    mu, var = batches.mean(axis=(1, 2)), batches.var(axis=(1, 2))
    return (z - _corrected(mu, beta)) / np.sqrt(_corrected(var, beta) + eps)


def fresh(rng):
    """Some units, some batches, and one example, in halves."""
    n, T, m = rng.integers(1, 4), rng.integers(3, 7), rng.integers(3, 6)
    batches = rng.integers(-8, 9, (T, n, m)) / 2
    batches[:, :, 0] += 6.0  # so that the mean matters
    z = rng.integers(-8, 9, (n, 1)) / 2 + 0.25
    return case(z, batches, float(rng.choice([0.5, 0.7, 0.9])), eps=float(rng.choice([1e-5, 0.01, 0.25])))


EXERCISES = (
    Exercise(
        "at_test_time",
        "Write my_test_time(z, batches, beta=0.9, eps=1e-5): batches (T, n, m) are the Z of T mini-batches, in the order of "
        "the training. Average their mu and sigma^2 (with 1/m) exponentially, beta being the share of the old, from 0; correct "
        "both; return z_norm (n, 1) of the one example z (n, 1).",
        reference=at_test_time,
        cases=(
            case(np.array([[5.0]]), np.array([[[1.0, 3.0]]]), 0.9),
            case(np.array([[5.0]]), np.array([[[1.0, 3.0]], [[2.0, 8.0]]]), 0.5),
            case(np.array([[4.0]]), np.array([[[1.0, 3.0]], [[2.0, 8.0]], [[3.0, 4.0]]]), 0.9),
            case(
                np.array([[2.0], [7.0]]),
                np.array([[[1.0, 3.0], [7.0, 7.0]], [[0.0, 2.0], [7.0, 7.0]], [[5.0, 6.0], [7.0, 7.0]]]),
                0.8,
            ),
            case(np.array([[2.0], [6.5]]), np.array([[[1.0, 3.0], [7.0, 7.0]], [[0.0, 2.0], [7.0, 7.0]]]), 0.75, 0.25),
        ),
        fresh=fresh,
        mistakes=(
            by_its_own,
            by_the_last_batch,
            all_batches_alike,
            all_examples_together,
            not_corrected,
            only_the_mean_corrected,
            only_the_variance_corrected,
            corrected_in_each_step,
            variance_from_one,
            from_the_first_batch,
            weights_swapped,
            the_oldest_most,
            spreads_averaged,
            root_forgotten,
            m_minus_one,
            mean_not_taken_away,
            mean_of_the_last_batch,
            eps_outside_the_root,
            eps_forgotten,
            for_the_whole_layer,
        ),
    ),
)
