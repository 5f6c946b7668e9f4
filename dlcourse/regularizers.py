"""Against overfitting: the L2 and L1 penalties and inverted dropout."""

import numpy as np

from dlcourse._check import finite, fits, generator, in_range, iterable, numeric, same_models, whole


def l2(theta, lambd, m, mask=1.0):
    """The L2 penalty and its gradient:  lambda/(2m) * sum(w^2)  and  lambda/m * w.

    Added to J it makes gradient descent shrink the weights in each step: w := (1 - lr * lambda/m) * w - lr * dw.
    Shapes: theta (P,) -> a number and (P,); leading axes of theta, and of lambd (K,), are separate models.
    lambd >= 0; m >= 1 is the number of examples; mask (P,) is 1 where theta is penalised and 0 where it is
    not: the course leaves the biases out, `parameters.mask(shapes, ["W1", "W2"])`.
    Errors: ValueError for a negative lambd, or m below 1.
    Source: Course 2, week 1, regularization (PyTorch's and Keras's "weight decay" has no 1/m, Keras's no 1/2).

    >>> penalty, gradient = l2(np.array([3.0, 4.0]), lambd=2.0, m=5)      # 2/10 * 25  and  2/5 * (3, 4)
    >>> float(penalty), gradient.round(6).tolist()
    (5.0, [1.2, 1.6])
    """
    theta, mask, lambd = _ready(theta, mask, lambd)
    strength = lambd / whole("m", m)
    weights = mask * theta
    return strength / 2 * (weights * theta).sum(axis=-1), strength[..., None] * weights


def l1(theta, lambd, m, mask=1.0):
    """The L1 penalty and its gradient:  lambda/(2m) * sum(|w|)  and  lambda/(2m) * sign(w).

    It pulls each weight with the same force whatever its size, so that many end near zero (sparse weights).
    At w = 0, where |w| has no slope, the gradient is taken as 0.
    Shapes, ranges, mask and errors as in `l2`.
    Source: Course 2, week 1 (its factor is 1/(2m); others write lambda/m).

    >>> penalty, gradient = l1(np.array([3.0, -4.0]), lambd=2.0, m=5)     # 2/10 * 7  and  2/10 * (1, -1)
    >>> round(float(penalty), 6), gradient.tolist()
    (1.4, [0.2, -0.2])
    """
    theta, mask, lambd = _ready(theta, mask, lambd)
    strength = lambd / (2 * whole("m", m))
    signs = mask * np.sign(theta)
    return strength * (signs * theta).sum(axis=-1), strength[..., None] * signs


def dropout_mask(shape, keep_prob, rng):
    """Which units stay, scaled so that the expected activation is unchanged:  D / keep_prob,  D = rand < keep_prob.

    Multiply A by it in the forward pass and dA by the *same* mask in the backward pass; use no mask at test time.
    Shapes: shape (n, m), a unit of each example -> (n, m) of 0 and 1/keep_prob. keep_prob (K,), or leading
    axes in shape, give K separate draws (K, n, m).
    keep_prob in (0, 1]: the share of units that stay (PyTorch's and Keras's p and rate are 1 - keep_prob);
    rng: a numpy Generator such as np.random.default_rng(0).
    Errors: ValueError for keep_prob outside (0, 1], or an rng that is not a Generator.
    Source: Course 2, week 1, inverted dropout; Srivastava et al. 2014, JMLR 15 (there test weights are scaled).

    >>> np.unique(dropout_mask((50, 100), 0.8, np.random.default_rng(0))).tolist()
    [0.0, 1.25]
    """
    keep_prob = np.asarray(in_range("keep_prob", keep_prob, "(0, 1]"))[..., None, None]
    shape = tuple(whole("shape", n) for n in iterable("shape", shape, "a tuple such as (n, m)"))
    if len(shape) < 2:
        raise ValueError(f"shape must be (n, m), leading axes in front, got {shape}")
    D = generator("rng", rng).random((*_stack(shape[:-2], keep_prob.shape[:-2]), *shape[-2:])) < keep_prob
    return D / keep_prob


def _stack(front, models):
    """The leading axes of the mask: those of its shape, and those of keep_prob."""
    try:
        return np.broadcast_shapes(front, models)
    except ValueError:
        raise ValueError(f"keep_prob must fit the leading axes of shape, {front}, got shape {models}") from None


def _ready(theta, mask, lambd):
    """The arguments of a penalty as float64; mask fits theta, and lambd its leading axes."""
    theta = numeric("theta", theta, ndim=1)
    lambd = np.asarray(in_range("lambd", lambd, "[0, inf)"))
    if theta.ndim > 1 and lambd.ndim:
        same_models(axes=0, theta=theta[..., 0], lambd=lambd)
    return theta, fits("mask", finite("mask", mask), theta.shape), lambd
