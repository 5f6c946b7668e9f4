"""Normalization: of the inputs once, and of every hidden layer in each step (batch norm)."""

import numpy as np

from dlcourse._check import finite, in_range, iterable, named, number, numeric, same_models
from dlcourse.averages import bias_correction, ewa


def standardize(X, mu=None, sigma=None):
    """Give every feature mean 0 and spread 1:  (X - mu) / sigma,  and return mu and sigma for the next set.

    Without mu and sigma they are taken from X, the training set; dev and test set are moved by those same
    numbers: `standardize(X_test, mu, sigma)`. A feature that never changes has no spread; its sigma is set to
    1, so that it becomes 0 and does no harm.
    Shapes: X (n_x, m) -> X_norm (n_x, m), mu (n_x, 1), sigma (n_x, 1); any leading axes are separate sets.
    Errors: ValueError if X is empty or not finite, only one of mu and sigma is given, or a sigma is not > 0.
    Source: Course 2, week 1, normalizing inputs (with 1/m under the root, as there).

    >>> standardize([[1.0, 3.0]])[0].tolist()
    [[-1.0, 1.0]]
    """
    X = finite("X", X, ndim=2)
    if (mu is None) != (sigma is None):
        raise ValueError("mu and sigma must be given together, both from the training set, got only one of them")
    if mu is None:
        mu = X.mean(axis=-1, keepdims=True)
        constant = X.min(axis=-1, keepdims=True) == X.max(axis=-1, keepdims=True)
        sigma = np.where(constant, 1.0, X.std(axis=-1, keepdims=True))
    mu, sigma = _per_row("mu", mu, X), in_range("sigma", _per_row("sigma", sigma, X), "(0, inf)")
    same_models(axes=2, X=X, mu=mu, sigma=sigma)
    return (X - mu) / sigma, mu, sigma


def batch_norm(Z, gamma, beta, mu=None, var=None, eps=1e-5):
    """Normalize a layer over its mini-batch, then let it choose its own spread gamma and mean beta.

        Z_norm = (Z - mu) / sqrt(var + eps)        Z_tilde = gamma * Z_norm + beta

    In training mu and var (with 1/m) come from Z itself; at test time give the running ones, and a single
    example will do. With gamma = sqrt(var + eps) and beta = mu it changes nothing. A bias b added to Z
    changes nothing either: mu takes it away again.
    Shapes: Z (n, m), gamma, beta, mu, var (n, 1) -> Z_tilde (n, m), cache; any leading axes are separate models.
    Errors: ValueError for a single example without mu and var: it has no spread.
    Source: Ioffe and Szegedy, arXiv 1502.03167, algorithm 1; Course 2, week 3.

    >>> Z_tilde, cache = batch_norm(np.array([[1.0, 3.0]]), gamma=2.0, beta=10.0, eps=0.0)
    >>> Z_tilde.tolist()                                     # 10 -+ 2
    [[8.0, 12.0]]
    """
    Z = numeric("Z", Z, ndim=2)
    gamma, beta, eps = _per_row("gamma", gamma, Z), _per_row("beta", beta, Z), number("eps", eps, "[0, inf)")
    if (mu is None) != (var is None):
        raise ValueError("mu and var must be given together, the running ones, got only one of them")
    if mu is None:
        if Z.shape[-1] < 2:
            raise ValueError(
                "Z must have at least 2 examples to be normalized by their own mean and spread, got "
                f"{Z.shape[-1]}; for a single example give the running mu and var"
            )
        mu = Z.mean(axis=-1, keepdims=True)
        var = Z.var(axis=-1, keepdims=True)
    else:
        mu, var = _per_row("mu", mu, Z), in_range("var", _per_row("var", var, Z), "[0, inf)")
    same_models(axes=2, Z=Z, gamma=gamma, beta=beta, mu=mu, var=var)
    std = np.sqrt(var + eps)
    if not std.all():
        raise ValueError("eps must be > 0 where a row of Z has no spread, got 0")
    Z_norm = (Z - mu) / std
    return gamma * Z_norm + beta, {"Z_norm": Z_norm, "std": std, "mu": mu, "var": var}


def batch_norm_backward(dZ_tilde, gamma, cache):
    """Back through a training-time `batch_norm`: to Z, which also moves mu and var, and to gamma and beta.

        dgamma = sum(dZ_tilde * Z_norm)            dbeta = sum(dZ_tilde)
        dZ = gamma / sqrt(var + eps) * (dZ_tilde - dbeta / m - Z_norm * dgamma / m)

    The last two terms are what the mean and the variance add; they make dZ sum to zero over the batch, so
    the gradient of a bias b before batch norm is always zero.
    Shapes: dZ_tilde (n, m), gamma (n, 1) -> dZ (n, m), dgamma (n, 1), dbeta (n, 1); leading axes as in batch_norm.
    Source: Ioffe and Szegedy, arXiv 1502.03167, section 3.

    >>> Z_tilde, cache = batch_norm(np.array([[1.0, 3.0, 5.0]]), gamma=1.0, beta=0.0)
    >>> dZ, dgamma, dbeta = batch_norm_backward(np.array([[1.0, 0.0, 0.0]]), 1.0, cache)
    >>> dbeta.tolist(), bool(abs(dZ.sum()) < 1e-15)
    ([[1.0]], True)
    """
    dZ_tilde = numeric("dZ_tilde", dZ_tilde, ndim=2)
    gamma = _per_row("gamma", gamma, dZ_tilde)
    if not {"Z_norm", "std"} <= named("cache", cache, "what batch_norm returned").keys():
        raise ValueError(f"cache must be what batch_norm returned, got {', '.join(map(str, cache)) or 'nothing'}")
    if cache["Z_norm"].shape[-2:] != dZ_tilde.shape[-2:]:
        raise ValueError(f"dZ_tilde must have shape {cache['Z_norm'].shape[-2:]}, as Z had, got {dZ_tilde.shape}")
    same_models(axes=2, dZ_tilde=dZ_tilde, gamma=gamma, cache=cache["Z_norm"])
    m = dZ_tilde.shape[-1]
    dgamma = (dZ_tilde * cache["Z_norm"]).sum(axis=-1, keepdims=True)
    dbeta = dZ_tilde.sum(axis=-1, keepdims=True)
    dZ = gamma / cache["std"] * (dZ_tilde - dbeta / m - cache["Z_norm"] * (dgamma / m))
    return dZ, dgamma, dbeta


def running_statistics(statistics, beta=0.9):
    """The mean and variance for test time: a bias-corrected average over mini-batches, newest counting most.

    statistics: one array per mini-batch in training order, such as `network.batch_statistics(net, theta, X_t)`.
    Shapes: each (S,) -> (S,); any leading axes are separate models. beta in [0, 1), as in `averages.ewa`: the
    share of the old average that stays (Keras's momentum; PyTorch's momentum is 1 - beta).
    The variance is the average of the batches' own 1/m variances, as in the course; the paper averages the
    unbiased 1/(m-1) ones.
    Errors: ValueError without any mini-batch, or for beta outside [0, 1).
    Source: Course 2, week 3, batch norm at test time; Ioffe and Szegedy, arXiv 1502.03167, algorithm 2.

    >>> running_statistics([np.array([4.0]), np.array([4.0])]).round(6).tolist()
    [4.0]
    """
    in_range("beta", beta, "[0, 1)")
    average, t = 0.0, 0
    for t, values in enumerate(iterable("statistics", statistics, "one array for each mini-batch"), start=1):
        values = finite("statistics", values)
        if t > 1 and values.shape[-1:] != average.shape[-1:]:
            raise ValueError(f"statistics must all be of one shape, got {average.shape}, then {values.shape}")
        average = ewa(average, values, beta)
    if t == 0:
        raise ValueError("statistics must hold at least one mini-batch, got none")
    return bias_correction(average, beta, t)


def _per_row(name, value, Z):
    """A finite number for all rows of Z, or (n, 1), one for each."""
    value = finite(name, value)
    n = Z.shape[-2]
    if value.size > 1 and value.shape[-2:] not in ((n, 1), (1, 1)):
        raise ValueError(f"{name} must be a number or have shape ({n}, 1), got {value.shape}")
    return value
