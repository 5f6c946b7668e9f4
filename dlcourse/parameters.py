"""All parameters of a network in one vector theta, and back to the course's W1, b1, W2, b2, ..."""

from itertools import accumulate
from math import prod

import numpy as np


def size(shapes):
    """P, the number of entries of theta.

    Shapes: shapes is {name: shape}, as in `unpack`.
    Source: Course 2, week 1, gradient checking.

    >>> size({"W1": (4, 2), "b1": (4, 1)})
    12
    """
    return sum(prod(shape) for shape in shapes.values())


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
    theta = np.asarray(theta).view()
    ends = list(accumulate(prod(shape) for shape in shapes.values()))
    if theta.shape[-1:] != (ends[-1],):
        raise ValueError(f"theta must end in {ends[-1]} entries for {', '.join(shapes)}, got shape {theta.shape}")
    theta.flags.writeable = False  # of this view, and so of the views cut from it
    models, views, start = theta.shape[:-1], {}, 0
    for (name, shape), end in zip(shapes.items(), ends):
        views[name] = theta[..., start:end].reshape(models + shape)
        start = end
    return views


def pack(arrays, shapes):
    """{"W1": W1, ...} -> theta (..., P), a new vector in the order of `shapes`: the inverse of `unpack`.

    Shapes: arrays by name, each as in `shapes`, with any leading axes (separate models) in front.
    Errors: ValueError if a name is missing or unknown, or an array does not have its shape.
    Source: Course 2, week 1, gradient checking.

    >>> pack({"b1": [[5.0]], "W1": [[1.0, 2.0]]}, {"W1": (1, 2), "b1": (1, 1)})
    array([1., 2., 5.])
    """
    if arrays.keys() != shapes.keys():
        raise ValueError(f"arrays must have exactly the names {', '.join(shapes)}, got {', '.join(arrays)}")
    flat = []
    for name, shape in shapes.items():
        array = np.asarray(arrays[name], dtype=float)
        models = array.shape[: -len(shape)]
        if array.shape != models + shape:
            raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
        flat.append(array.reshape(models + (-1,)))
    return np.concatenate(flat, axis=-1)


def mask(shapes, names):
    """A vector (P,): 1.0 on the entries of the named parameters, 0.0 elsewhere.

    Multiply a gradient by it and only those parameters train (the rest is frozen); multiply theta by it and
    only those are decayed. names: a list of names in `shapes`.
    Errors: ValueError for a name that `shapes` does not have.
    Source: Course 2, week 1 (the penalty leaves b out); book notes on reusing lower layers.

    >>> mask({"W1": (1, 2), "b1": (1, 1)}, ["W1"])
    array([1., 1., 0.])
    """
    unknown = [name for name in names if name not in shapes]
    if unknown:
        raise ValueError(f"names must be among {', '.join(shapes)}, got {', '.join(map(str, unknown))}")
    return np.concatenate([np.full(prod(shape), float(name in names)) for name, shape in shapes.items()])
