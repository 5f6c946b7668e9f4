"""Exercise on batch norm's forward pass (week 3)."""

import numpy as np

from dlcourse import normalization
from dlcourse.exercises._engine import Exercise, case


def _statistics(Z, mu, var, axis=-1, ddof=0):
    """The given ones, or those of Z."""
    if mu is not None:
        return mu, var
    return Z.mean(axis=axis, keepdims=True), Z.var(axis=axis, keepdims=True, ddof=ddof)


def forward(function, Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """How a case is run: Z_tilde counts, a cache beside it does not."""
    returned = function(Z, gamma, beta, mu, var, eps)
    with_cache = isinstance(returned, (tuple, list)) and len(returned) == 2 and isinstance(returned[1], dict)
    return returned[0] if with_cache else returned


def root_forgotten(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """You divide by the variance, not by the spread.

    The spread is the root of the variance; only divided by that does Z get spread 1.
    """
    mu, var = _statistics(Z, mu, var)
    return gamma * (Z - mu) / (var + eps) + beta


def eps_outside_the_root(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """eps stands outside the root.

    In batch norm eps is added to the variance, under the root; with Adam it is the other way round.
    """
    mu, var = _statistics(Z, mu, var)
    return gamma * (Z - mu) / (np.sqrt(var) + eps) + beta


def eps_forgotten(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """eps is missing.

    A unit that says the same for all examples has variance 0: without eps that is a division by zero.
    """
    mu, var = _statistics(Z, mu, var)
    with np.errstate(all="ignore"):
        return gamma * (Z - mu) / np.sqrt(var) + beta


def over_the_units(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """Mean and variance are taken over the units of an example, not over the examples of a unit.

    Each unit, a row, has its own mean and variance, over the columns. Over the units it would be layer norm.
    """
    mu, var = _statistics(Z, mu, var, axis=0)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


def one_for_the_whole_layer(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """One mean and one variance are taken for the whole layer.

    Each unit, a row, needs its own.
    """
    mu, var = _statistics(Z, mu, var, axis=(0, 1))
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


def gamma_and_beta_swapped(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """gamma and beta are swapped.

    gamma multiplies, it is the new spread; beta is added, it is the new mean.
    """
    return normalization.batch_norm(Z, beta, gamma, mu, var, eps)


def gamma_and_beta_forgotten(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """gamma and beta are missing: you return Z_norm.

    Then every unit has mean 0 and spread 1 for ever. The layer shall be able to choose both.
    """
    return normalization.batch_norm(Z, 1.0, 0.0, mu, var, eps)


def m_minus_one(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """The variance is divided by m - 1.

    In training, course and paper divide by m. The paper takes m - 1 only for the average that is used at test time.
    """
    mu, var = _statistics(Z, mu, var, ddof=1)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


def batch_statistics_at_test_time(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """The mean and variance that are given are not used.

    At test time mu and var come in: the running ones. An answer must not depend on who else is in the batch.
    """
    mu, var = _statistics(Z, None, None)
    return gamma * (Z - mu) / np.sqrt(var + eps) + beta


def mean_not_taken_away(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """The mean is not taken away.

    First centre, then divide.
    """
    mu, var = _statistics(Z, mu, var)
    return gamma * Z / np.sqrt(var + eps) + beta


def root_twice(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """You take the root of a spread, which is a root already.

    Under the root stands the variance. numpy's std is its root, numpy's var is not.
    """
    mu, var = _statistics(Z, mu, var)
    return gamma * (Z - mu) / np.sqrt(np.sqrt(var) + eps) + beta


def own_eps(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """The eps that comes in is not used.

    It is an argument: whoever calls chooses it, and 0.00001 is only what it is if nobody does.
    """
    return normalization.batch_norm(Z, gamma, beta, mu, var, 1e-8)


def eps_squared(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """The square of eps is added to the variance.

    eps itself is added, under the root.
    """
    return normalization.batch_norm(Z, gamma, beta, mu, var, eps**2)


def beta_inside(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """beta is multiplied by gamma, too.

    First gamma * Z_norm, then add beta: so that beta itself is the new mean.
    """
    return gamma * (normalization.batch_norm(Z, 1.0, 0.0, mu, var, eps)[0] + beta)


def beta_forgotten(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """beta is missing.

    Then every unit has mean 0 for ever. The layer shall be able to choose its mean.
    """
    return normalization.batch_norm(Z, gamma, 0.0, mu, var, eps)


def beta_taken_away(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """beta is taken away, where it should be added.

    beta is the new mean: what gamma * Z_norm has around 0, Z_tilde has around beta.
    """
    return normalization.batch_norm(Z, gamma, -np.asarray(beta), mu, var, eps)


def gamma_forgotten(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """gamma is missing.

    Then every unit has spread 1 for ever. The layer shall be able to choose its spread.
    """
    return normalization.batch_norm(Z, 1.0, beta, mu, var, eps)


def divided_by_gamma(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """You divide by gamma, where you should multiply.

    gamma is the new spread: with gamma 2, Z_tilde is twice as wide as Z_norm.
    """
    return normalization.batch_norm(Z, 1.0, 0.0, mu, var, eps)[0] / gamma + beta


def own_mean_at_test_time(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """The variance that is given is used, but not the mean.

    At test time both come in, and both are the running ones.
    """
    var = Z.var(axis=-1, keepdims=True) if var is None else var
    return normalization.batch_norm(Z, gamma, beta, Z.mean(axis=-1, keepdims=True), var, eps)


def own_variance_at_test_time(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """The mean that is given is used, but not the variance.

    At test time both come in, and both are the running ones.
    """
    mu = Z.mean(axis=-1, keepdims=True) if mu is None else mu
    return normalization.batch_norm(Z, gamma, beta, mu, Z.var(axis=-1, keepdims=True), eps)


def given_variance_taken_for_the_spread(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """At test time you divide by the variance, not by its root.

    var is a variance there, too: the same formula holds, only that mu and var come from outside.
    """
    if mu is None:
        return normalization.batch_norm(Z, gamma, beta, eps=eps)
    return gamma * (Z - mu) / (var + eps) + beta


def mean_square(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """You take the mean of Z squared for the variance.

    The variance is the mean of (Z - mu) squared: of the distances from the mean.
    """
    mu = Z.mean(axis=-1, keepdims=True) if mu is None else mu
    var = (Z**2).mean(axis=-1, keepdims=True) if var is None else var
    return normalization.batch_norm(Z, gamma, beta, mu, var, eps)


def sum_for_mean(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """The squares are summed, but not divided by m.

    The variance is their mean. Otherwise a larger mini-batch would give smaller numbers.
    """
    mu, var = (
        (mu, var) if mu is not None else (Z.mean(axis=-1, keepdims=True), Z.var(axis=-1, keepdims=True) * Z.shape[-1])
    )
    return normalization.batch_norm(Z, gamma, beta, mu, var, eps)


def between_zero_and_one(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """Z is brought to the range from 0 to 1 by its least and its largest number.

    Batch norm takes the mean away and divides by the spread; a single outlier then decides less.
    """
    if mu is not None:
        return normalization.batch_norm(Z, gamma, beta, mu, var, eps)
    low, high = Z.min(axis=-1, keepdims=True), Z.max(axis=-1, keepdims=True)
    return gamma * (Z - low) / (high - low + eps) + beta


def _cases():
    rng = np.random.default_rng(0)
    Z, gamma, beta = rng.normal(1.0, 2.0, (3, 4)), rng.normal(size=(3, 1)), rng.normal(size=(3, 1))
    mu, var = rng.normal(size=(3, 1)), rng.uniform(0.5, 2.0, (3, 1))
    return (
        case(np.array([[1.0, 3.0]]), 2.0, 10.0),
        case(np.array([[4.0]]), 2.0, 10.0, np.array([[1.0]]), np.array([[9.0]])),
        case(Z[:2], gamma[:2], beta[:2]),
        case(Z, gamma, beta, eps=0.1),
        case(np.array([[2.0, 2.0, 2.0], [0.0, 1.0, 5.0]]), 1.0, 0.5),
        case(Z, gamma, beta, mu, var),
    )


def fresh(rng):
    """Any number of units and examples, a unit that always says the same now and then; sometimes test time, with mu and var.

    Halves and quarters, so that single precision holds them, too.
    """
    n, m = rng.integers(1, 4), rng.integers(4, 7)
    Z, gamma, beta, mu = (rng.integers(-12, 13, shape) / 4 for shape in ((n, m), (n, 1), (n, 1), (n, 1)))
    eps = float(rng.choice([1e-5, 0.01, 0.5]))
    if rng.random() < 0.5:
        return case(Z, gamma, beta, mu, rng.integers(1, 17, (n, 1)) / 4, eps=eps)
    Z[0] = Z[0, 0] if n > 1 and rng.random() < 0.5 else Z[0]
    return case(Z, gamma, beta, eps=eps)


EXERCISES = (
    Exercise(
        "batch_norm",
        "Write my_batch_norm(Z, gamma, beta, mu=None, var=None, eps=1e-5): Z (n, m) has a row for each unit and a column for "
        "each example; return Z_tilde (n, m). Where mu and var are None, take them from Z; else use those that are given.",
        reference=normalization.batch_norm,
        run=forward,
        cases=_cases(),
        fresh=fresh,
        mistakes=(
            given_variance_taken_for_the_spread,
            root_forgotten,
            eps_outside_the_root,
            eps_forgotten,
            over_the_units,
            one_for_the_whole_layer,
            gamma_and_beta_swapped,
            gamma_and_beta_forgotten,
            m_minus_one,
            batch_statistics_at_test_time,
            mean_not_taken_away,
            root_twice,
            own_eps,
            eps_squared,
            beta_inside,
            beta_forgotten,
            beta_taken_away,
            gamma_forgotten,
            divided_by_gamma,
            own_mean_at_test_time,
            own_variance_at_test_time,
            mean_square,
            sum_for_mean,
            between_zero_and_one,
        ),
    ),
)
