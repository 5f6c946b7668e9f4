"""How large signals are layer by layer: A on its way up, dZ on its way down; measured, and as theory expects them."""

import numpy as np

from dlcourse._check import broadcast, in_range, layered, number, one_of, whole
from dlcourse.activations import ACTIVATIONS
from dlcourse.losses import output_gradient
from dlcourse.network import forward


def _normal_mean():
    """Nodes and weights: a mean over a standard normal number as a weighted sum.

    Gauss-Legendre on panels that are halved towards 0, where activations bend: exact to 1e-12 for a bend as sharp as
    that of elu(1e6 z), which one smooth rule over the whole line misses.
    """
    x, w = np.polynomial.legendre.leggauss(16)
    edges = np.concatenate([[0.0], 12 * 0.5 ** np.arange(30, -1, -1)])
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    right, weights = np.ravel(middle[:, None] + half[:, None] * x), np.ravel(half[:, None] * w)
    weights = weights * np.exp(-(right**2) / 2) / np.sqrt(2 * np.pi)
    return np.concatenate([-right, right]), np.concatenate([weights, weights])


NODES, WEIGHTS = _normal_mean()


def spreads(net, theta, X, Y):
    """The root mean square of A and of dJ/dZ in each hidden layer, layer 1 first: do signals grow or fade?

    The mean square (not the variance) is what passes through W, for W has mean zero. Not for nets with batch norm.
    Shapes: theta (P,), X (n_x, m), Y (n_y, m) -> up (L-1,), down (L-1,); any leading axes of theta are separate models.
    Errors: ValueError for a net with batch norm or without a hidden layer, and as in `network.forward`.
    Source: Glorot and Bengio 2010, figures 6 and 7.

    >>> from dlcourse.network import Net
    >>> net = Net((1, 1, 1, 1), "linear")                        # W = 2, 2, 1 and b = 0: A is 2 x, then 4 x
    >>> up, down = spreads(net, [2.0, 0.0, 2.0, 0.0, 1.0, 0.0], [[1.0, -1.0]], [[0.0, 1.0]])
    >>> up.tolist(), round(float(down[0] / down[1]), 6)
    ([2.0, 4.0], 2.0)
    """
    if layered(net).batch_norm or net.L < 2:
        raise ValueError(f"net must have a hidden layer and no batch norm, got {net}")
    _, cache = forward(net, theta, X)
    dZ, up, down = output_gradient(cache[f"A{net.L}"], in_range("Y", Y, "[0, 1]")), [], []
    for l in range(net.L - 1, 0, -1):
        _, g_prime = ACTIVATIONS[net.activations[l - 1]]
        dZ = cache[f"W{l + 1}"].mT @ dZ * g_prime(cache[f"Z{l}"])
        up.insert(0, np.sqrt((cache[f"A{l}"] ** 2).mean(axis=(-2, -1))))
        down.insert(0, np.sqrt((dZ**2).mean(axis=(-2, -1))))
    return np.stack(up, axis=-1), np.stack(down, axis=-1)


def expected_spreads(activation, scale, layers, start=1.0):
    """What theory expects of `spreads` in very wide layers of equal width n, with std = scale / sqrt(n) and b = 0.

        rms(Z[l]) = scale rms(A[l-1])        rms(A[l])^2 = mean of g(z)^2,  z normal with the spread of Z[l]
        rms(dZ[l])^2 = scale^2 rms(dZ[l+1])^2 (mean of g'(z)^2),  relative to the top layer, where it is 1

    relu halves the mean square: scale sqrt(2) (`he`) keeps it, and gradients too. scale 1 is `xavier`.
    Shapes: scale >= 0 and start, the rms of the inputs, numbers or arrays -> up (..., layers), down (..., layers).
    Errors: ValueError for an unknown activation, a negative scale, or layers that is not a whole number in [1, 10000].
    Source: He et al. 2015, arXiv 1502.01852, section 2.2; Schoenholz et al. 2017, arXiv 1611.01232, section 2.

    >>> up, down = expected_spreads("relu", 1.0, layers=2)
    >>> (up**2).round(6).tolist(), (down**2).round(6).tolist()
    ([0.5, 0.25], [0.5, 1.0])
    """
    g, g_prime = ACTIVATIONS[one_of("activation", activation, ACTIVATIONS)]
    scale, rms = in_range("scale", scale, "[0, inf)"), in_range("start", start, "[0, inf)")
    broadcast(scale=scale, start=start)
    scale, rms = np.broadcast_arrays(scale, rms)
    up, slope = [], []
    for _ in range(whole("layers", layers, "[1, 10000]")):
        Z = (scale * rms)[..., None] * NODES
        rms = np.sqrt((WEIGHTS * g(Z) ** 2).sum(axis=-1))
        up.append(rms)
        slope.append(scale * np.sqrt((WEIGHTS * g_prime(Z) ** 2).sum(axis=-1)))
    below = np.stack([*slope[:-1], np.ones_like(rms)], axis=-1)
    return np.stack(up, axis=-1), np.cumprod(below[..., ::-1], axis=-1)[..., ::-1]


def dead_units(net, theta, X, tiny=0.0):
    """The share of units in each hidden layer of net that no example can teach: g'(Z) <= tiny for every one of them.

    A dead relu gets no gradient, so it stays dead unless the layers below move. With tiny = 0.01, say, saturated
    sigmoid and tanh units count as well.
    Shapes: theta (P,), X (n_x, m) -> (L-1,), layer 1 first; any leading axes of theta are separate models.
    Errors: ValueError for tiny < 0, a net without a hidden layer, and as in `network.forward`.
    Source: book notes on training deep nets; Maas, Hannun and Ng 2013, section 2.

    >>> from dlcourse.network import Net
    >>> dead_units(Net((1, 2, 1)), [1.0, -1.0, 0.0, 0.0, 1.0, 1.0, 0.0], [[3.0, 5.0]]).tolist()     # relu of x and -x
    [0.5]
    """
    number("tiny", tiny, "[0, inf)")
    if layered(net).L < 2:
        raise ValueError(f"net must have a hidden layer, got {net}")
    _, cache = forward(net, theta, X)
    slopes = [ACTIVATIONS[name][1](cache[f"Z{l}"]) for l, name in enumerate(net.activations, start=1)]
    return np.stack([(slope <= tiny).all(axis=-1).mean(axis=-1) for slope in slopes], axis=-1)
