"""Costs from logits Z, the last layer before its activation: exact and finite even where A rounds to 0 or 1."""

import numpy as np

from dlcourse._check import numeric, same_models


def binary_cross_entropy(Z, Y):
    """J = -(1/m) sum [ Y log A + (1 - Y) log(1 - A) ],  A = sigmoid(Z),  computed from Z so that log 0 never arises.

    With A put in, each term is  log(1 + e^Z) - Y Z  =  max(Z, 0) - Y Z + log(1 + e^-|Z|).
    Shapes: Z and Y (n_y, m), summed over the n_y outputs -> J a number; any leading axes are separate models.
    Errors: ValueError if the shapes differ or Y is not in [0, 1].
    Source: Course 1, week 2, logistic regression; its gradient dJ/dZ is `output_gradient`.

    >>> float(binary_cross_entropy(np.array([[0.0, 0.0]]), np.array([[0.0, 1.0]])).round(6))     # log 2
    0.693147
    """
    Z, Y = _labelled(Z, Y)
    losses = np.maximum(Z, 0) - Y * Z + np.log1p(np.exp(-np.abs(Z)))
    return losses.sum(axis=(-2, -1)) / Z.shape[-1]


def cross_entropy(Z, Y):
    """J = -(1/m) sum_examples sum_classes Y log A,  A = softmax(Z),  computed from Z so that log 0 never arises.

    log A = Z - log sum e^Z, where first the largest Z of each column is subtracted.
    Shapes: Z and Y (C, m), Y one-hot (or shares that sum to one) -> J a number; any leading axes are separate models.
    Errors: ValueError if the shapes differ, Y is not in [0, 1], or a column of Y does not sum to one.
    Source: Course 2, week 3, training a softmax classifier; its gradient dJ/dZ is `output_gradient`.

    >>> Z, cat = np.array([[5.0], [2.0], [-1.0], [3.0]]), np.array([[1.0], [0.0], [0.0], [0.0]])
    >>> float(cross_entropy(Z, cat).round(4))                    # -log 0.842
    0.1719
    """
    Z, Y = _labelled(Z, Y)
    if np.abs(Y.sum(axis=-2) - 1).max() > 1e-9:
        raise ValueError("Y must be one-hot: each column sums to one; datasets.one_hot makes it from class numbers")
    Z = Z - Z.max(axis=-2, keepdims=True)
    log_A = Z - np.log(np.exp(Z).sum(axis=-2, keepdims=True))
    return -(Y * log_A).sum(axis=(-2, -1)) / Z.shape[-1]


def output_gradient(A, Y):
    """dJ/dZ = (A - Y) / m, for the sigmoid with binary_cross_entropy and for the softmax with cross_entropy alike.

    A - Y alone is the gradient of one example's loss; of the cost J, a mean over m examples, it is divided by m.
    Shapes: A and Y (n_y, m) -> dZ (n_y, m); any leading axes are separate models.
    Source: Course 2, week 3, training a softmax classifier (the notes leave out the 1/m).

    >>> output_gradient(np.array([[0.8, 0.5]]), np.array([[1.0, 0.0]])).round(6).tolist()
    [[-0.1, 0.25]]
    """
    A, Y = _alike("A", A, Y)
    return (A - Y) / A.shape[-1]


def _labelled(Z, Y):
    """Z and Y as arrays, or one sentence if Y does not fit Z (kept short: every training step calls this)."""
    Z, Y = _alike("Z", Z, Y)
    if not (Y.min() >= 0 and Y.max() <= 1):
        raise ValueError(f"Y must be in [0, 1], got {Y[~((Y >= 0) & (Y <= 1))].flat[0]}; code the classes as 0 and 1")
    return Z, Y


def _alike(name, Z, Y):
    """Z (or A) and Y as arrays of one shape (n_y, m), each with its leading axes."""
    Z, Y = numeric(name, Z), numeric("Y", Y)
    if Z.ndim < 2 or Z.shape[-2:] != Y.shape[-2:] or Z.size == 0:
        raise ValueError(f"{name} and Y must have the same shape (n_y, m), not empty, got {Z.shape} and {Y.shape}")
    if Z.shape != Y.shape:
        same_models(axes=2, **{name: Z, "Y": Y})
    return Z, Y
