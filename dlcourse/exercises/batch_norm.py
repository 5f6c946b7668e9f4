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
    return normalization.batch_norm(Z, gamma, beta, eps=eps)


def mean_not_taken_away(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """The mean is not taken away.

    First centre, then divide.
    """
    mu, var = _statistics(Z, mu, var)
    return gamma * Z / np.sqrt(var + eps) + beta


def _cases():
    rng = np.random.default_rng(0)
    Z, gamma, beta = rng.normal(1.0, 2.0, (3, 4)), rng.normal(size=(3, 1)), rng.normal(size=(3, 1))
    mu, var = rng.normal(size=(3, 1)), rng.uniform(0.5, 2.0, (3, 1))
    return (
        case(np.array([[1.0, 3.0]]), 2.0, 10.0),
        case(Z[:2], gamma[:2], beta[:2]),
        case(Z, gamma, beta, eps=0.1),
        case(np.array([[2.0, 2.0, 2.0], [0.0, 1.0, 5.0]]), 1.0, 0.5),
        case(Z, gamma, beta, mu, var),
    )


EXERCISES = (
    Exercise(
        "batch_norm",
        "Write my_batch_norm(Z, gamma, beta, mu=None, var=None, eps=1e-5): Z (n, m) has a row for each unit and a column for "
        "each example; return Z_tilde (n, m). Where mu and var are None, take them from Z; else use those that are given.",
        reference=normalization.batch_norm,
        run=forward,
        cases=_cases(),
        mistakes=(
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
        ),
    ),
)
