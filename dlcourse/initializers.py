"""Start values: W random, b zero, gamma one, beta zero. An initializer is the standard deviation it chooses for W."""

import numpy as np

from dlcourse._check import broadcast, flag, generator, in_range, iterable, whole
from dlcourse.parameters import pack, size, unpack


def zeros(n_in, n_out):
    """std = 0: all units of a layer stay equal for ever (n_in and n_out do not matter), shown to be avoided.

    Shapes: numbers.
    Source: Course 2, week 1, assignment on initialization.

    >>> zeros(100, 10)
    0.0
    """
    n_in, n_out = _fans(n_in, n_out)
    return 0.0


def he(n_in, n_out):
    """std = sqrt(2 / n_in): relu units keep the mean square of their inputs; half of it is cut away, hence the 2.

    Shapes: numbers; n_in is the fan-in n[l-1]; n_out does not matter.
    Source: He et al. 2015, arXiv 1502.01852, section 2.2; Course 2, week 1.

    >>> he(50, 10)
    0.2
    """
    n_in, n_out = _fans(n_in, n_out)
    return (2 / n_in) ** 0.5


def xavier(n_in, n_out):
    """std = sqrt(1 / n_in): linear and tanh units keep the variance of their inputs, forward (the course's form).

    Shapes: numbers; n_in is the fan-in n[l-1]; n_out does not matter. The paper's form, with both, is `glorot`.
    Source: Course 2, week 1, weight initialization.

    >>> xavier(25, 10)
    0.2
    """
    n_in, n_out = _fans(n_in, n_out)
    return (1 / n_in) ** 0.5


def glorot(n_in, n_out):
    """std = sqrt(2 / (n_in + n_out)): between 1/n_in, which keeps A forward, and 1/n_out, which keeps dZ backward.

    Shapes: numbers. Drawn uniformly, the limit sqrt(3) std is the paper's sqrt(6 / (n_in + n_out)).
    Source: Glorot and Bengio 2010, equations 12 (normal) and 16 (uniform).

    >>> glorot(30, 20)
    0.2
    """
    n_in, n_out = _fans(n_in, n_out)
    return (2 / (n_in + n_out)) ** 0.5


def _fans(n_in, n_out):
    """The sizes of the layer below and of this one, 1 or more."""
    n_in, n_out = in_range("n_in", n_in, "[1, inf)"), in_range("n_out", n_out, "[1, inf)")
    broadcast(n_in=n_in, n_out=n_out)
    return n_in, n_out


def initialize(shapes, std=he, *, rng, stack=(), uniform=False):
    """Draw theta: every W with mean 0 and standard deviation std; every b and beta is 0, every gamma is 1.

        W[l] = randn(n[l], n[l-1]) * std(n[l-1], n[l])       or, uniform,  W[l] in [-sqrt(3) std, sqrt(3) std]

    Shapes: shapes {"W1": (n1, n0), "b1": (n1, 1), ...} -> theta (P,); stack=(K,) gives K models (K, P), the same
    ones as K calls with this rng. std: a function (n_in, n_out) -> std such as `he`, or any scale >= 0: a number, or
    an array that broadcasts against `stack` (one scale for each model). rng: np.random.default_rng(seed).
    Errors: ValueError for a name that does not start with W, b, gamma or beta, or a std that is negative or not finite.
    Source: Course 2, week 1, weight initialization.

    >>> shapes = {"W1": (1, 1), "gamma1": (1, 1), "beta1": (1, 1)}
    >>> initialize(shapes, std=0.0, rng=np.random.default_rng(0)).tolist()
    [0.0, 1.0, 0.0]
    """
    generator("rng", rng)
    stack = tuple(whole("stack", K) for K in iterable("stack", stack, "a tuple, (K,) for K models"))
    flag("uniform", uniform)
    shape = (*stack, size(shapes))
    draws = unpack(rng.uniform(-(3**0.5), 3**0.5, shape) if uniform else rng.standard_normal(shape), shapes)
    theta = {}
    for name, draw in draws.items():
        if str(name).startswith("W"):
            if len(shapes[name]) != 2:
                raise ValueError(f"shapes must give {name} two axes, (n_out, n_in), got {shapes[name]}")
            n_out, n_in = shapes[name]
            scale = np.asarray(in_range("std", std(n_in, n_out) if callable(std) else std, "[0, inf)"))
            if scale.ndim > len(stack) or any(n not in (1, k) for n, k in zip(scale.shape[::-1], stack[::-1])):
                raise ValueError(f"std must be a number or broadcast against stack {stack}, got shape {scale.shape}")
            theta[name] = draw * scale[..., None, None]
        elif str(name).startswith(("b", "gamma")):
            theta[name] = np.full(draw.shape, float(name.startswith("gamma")))
        else:
            raise ValueError(f"names must start with W, b, gamma or beta, got {name!r}")
    return pack(theta, shapes)
