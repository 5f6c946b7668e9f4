"""All parameters of a network in one vector theta, and back to the course's W1, b1, W2, b2, ..."""

from functools import lru_cache
from math import prod
from operator import index

import numpy as np

from dlcourse._check import iterable, named, numeric


def size(shapes):
    """P, the number of entries of theta.

    Shapes: shapes is {name: shape}, as in `unpack`.
    Source: Course 2, week 1, gradient checking.

    >>> size({"W1": (4, 2), "b1": (4, 1)})
    12
    """
    return 0 if isinstance(shapes, dict) and not shapes else _layout(shapes)[-1][2]


def unpack(theta, shapes):
    """theta -> {"W1": W1, "b1": b1, ...}, as read-only views: theta is the only thing there is to change.

    Shapes: theta (P,), the views as in `shapes`; any leading axes of theta are separate models and stay
    in front, so theta (K, P) gives W1 (K, n1, n0). Laid out in the order of `shapes`, row by row.
    Errors: ValueError if theta is not as long as `shapes` says.
    Source: Course 2, week 1, gradient checking: "reshape all W, b into one big vector theta".

    >>> unpack(np.arange(6.0), {"W1": (2, 2), "b1": (2, 1)})["W1"]
    array([[0., 1.],
           [2., 3.]])
    """
    theta, layout = numeric("theta", theta).view(), _layout(shapes)
    P = layout[-1][2]
    if theta.shape[-1:] != (P,):
        raise ValueError(
            f"theta must end in {P} entries for {', '.join(map(str, shapes))}, got shape {theta.shape}: "
            "theta and shapes do not belong together"
        )
    theta.flags.writeable = False  # of this view, and so of the views cut from it
    models = theta.shape[:-1]
    return {name: theta[..., start:end].reshape(models + shape) for name, start, end, shape in layout}


def pack(arrays, shapes):
    """{"W1": W1, ...} -> theta (..., P), a new vector in the order of `shapes`: the inverse of `unpack`.

    Shapes: arrays by name, each as in `shapes`, with any leading axes (separate models) in front.
    Errors: ValueError if a name is missing or unknown, or an array does not have its shape.
    Source: Course 2, week 1, gradient checking.

    >>> pack({"b1": [[5.0]], "W1": [[1.0, 2.0]]}, {"W1": (1, 2), "b1": (1, 1)})
    array([1., 2., 5.])
    """
    layout = _layout(shapes)
    if named("arrays", arrays, "the parts of theta").keys() != shapes.keys():
        raise ValueError(f"arrays must have exactly the names {', '.join(shapes)}, got {', '.join(map(str, arrays))}")
    flat = []
    for name, _, _, shape in layout:
        array = numeric(name, arrays[name])
        models = array.shape[: -len(shape)]
        if array.shape != models + shape:
            raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
        flat.append(array.reshape(models + (-1,)))
    try:
        return np.concatenate(flat, axis=-1)
    except ValueError:
        fronts = ", ".join(str(part.shape[:-1]) for part in flat)
        raise ValueError(f"arrays must all have the same leading axes, got {fronts}") from None


def mask(shapes, names):
    """A vector (P,): 1.0 on the entries of the named parameters, 0.0 elsewhere.

    Multiply a gradient by it and only those parameters train (the rest is frozen); multiply theta by it and
    only those are decayed. names: a list of names in `shapes`.
    Errors: ValueError for a name that `shapes` does not have.
    Source: Course 2, week 1 (the penalty leaves b out); book notes on reusing lower layers.

    >>> mask({"W1": (1, 2), "b1": (1, 1)}, ["W1"])
    array([1., 1., 0.])
    """
    layout = _layout(shapes)
    names = list(names if isinstance(names, dict) else iterable("names", names, "a list of names in shapes"))
    unknown = [name for name in names if not isinstance(name, str) or name not in shapes]
    if unknown:
        raise ValueError(f"names must be among {', '.join(shapes)}, got {', '.join(map(str, unknown))}")
    return np.repeat([float(name in names) for name in shapes], [prod(shape) for _, _, _, shape in layout])


def _layout(shapes):
    """((name, start, end, shape), ...): where in theta each part lies, or one sentence if `shapes` is no such thing."""
    try:
        return _parts(tuple(shapes.items()))
    except (AttributeError, TypeError, ValueError):  # not a dict; not made of whole numbers; empty
        raise ValueError(
            f"shapes must be {{name: shape}}, such as net.shapes, sizes of 1 or more, got {shapes!r:.60}"
        ) from None


@lru_cache
def _parts(items):
    parts, start = [], 0
    for name, shape in items:
        shape = tuple(map(index, shape))
        if min(shape) < 1:
            raise ValueError
        parts.append((name, start, start + prod(shape), shape))
        start += prod(shape)
    if not parts:
        raise ValueError
    return tuple(parts)
