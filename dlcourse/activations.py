"""Activation functions g(Z) and their derivatives g'(Z), entry by entry; softmax over the classes.

Every derivative can be given A = g(Z), which the forward pass has at hand, and then need not compute it again.
At a kink, Z = 0, the derivative is the one from the left: 0 for relu, `slope` for leaky_relu, `a` for elu.
"""

import numpy as np

from dlcourse._check import number, numeric, real


def sigmoid(Z):
    """The logistic function:  A = 1 / (1 + e^-Z),  in (0, 1).

    Shapes: Z of any shape -> A of the same. (At Z < -700 it stays at e^-700, so that e^-Z does not overflow.)
    Source: Course 1, week 2; logistic regression.

    >>> float(sigmoid(0.0))
    0.5
    """
    return 1 / (1 + np.exp(np.minimum(-real("Z", Z), 700)))


def sigmoid_derivative(Z, A=None):
    """g'(Z) = A (1 - A),  at most 1/4: every such layer shrinks the gradient (a saturated unit stops it).

    Shapes: Z of any shape; A = sigmoid(Z), if at hand.
    Source: Course 1, week 3, derivatives of activation functions.

    >>> float(sigmoid_derivative(0.0))
    0.25
    """
    Z, A = _ready(Z, A)
    A = sigmoid(Z) if A is None else A
    return A * (1 - A)


def tanh(Z):
    """The hyperbolic tangent:  A = (e^Z - e^-Z) / (e^Z + e^-Z),  in (-1, 1).

    Shapes: Z of any shape -> A of the same.
    Source: Course 1, week 3, activation functions.

    >>> float(tanh(0.0))
    0.0
    """
    return np.tanh(real("Z", Z))


def tanh_derivative(Z, A=None):
    """g'(Z) = 1 - A^2,  at most 1, at Z = 0.

    Shapes: Z of any shape; A = tanh(Z), if at hand.
    Source: Course 1, week 3, derivatives of activation functions.

    >>> float(tanh_derivative(0.0))
    1.0
    """
    Z, A = _ready(Z, A)
    A = np.tanh(Z) if A is None else A
    return 1 - A * A


def relu(Z):
    """The rectified linear unit:  A = max(0, Z).

    Shapes: Z of any shape -> A of the same. A unit with Z < 0 for every example gets no gradient: it is dead.
    Source: Course 1, week 3, activation functions.

    >>> relu(np.array([-2.0, 3.0])).tolist()
    [0.0, 3.0]
    """
    return np.maximum(real("Z", Z), 0.0)


def relu_derivative(Z, A=None):
    """g'(Z) = 1 where Z > 0, else 0; at the kink 0.

    Shapes: Z of any shape. A is not needed; it is there because all derivatives are called alike.
    Source: Course 1, week 3, derivatives of activation functions.

    >>> relu_derivative(np.array([-2.0, 0.0, 3.0])).tolist()
    [0.0, 0.0, 1.0]
    """
    Z, A = _ready(Z, A)
    return np.greater(Z, 0).astype(float)


def leaky_relu(Z, slope=0.01):
    """A = Z where Z > 0, else slope * Z: a unit that never dies.

    Shapes: Z of any shape -> A of the same. slope: a number, usually in [0, 1); 0 gives relu.
    Source: Course 1, week 3; Maas, Hannun and Ng 2013, section 2.

    >>> leaky_relu(np.array([-2.0, 3.0])).tolist()
    [-0.02, 3.0]
    """
    Z, slope = real("Z", Z), number("slope", slope, "(-inf, inf)")
    return np.where(np.greater(Z, 0), Z, slope * Z)


def leaky_relu_derivative(Z, A=None, *, slope=0.01):
    """g'(Z) = 1 where Z > 0, else slope; at the kink slope.

    Shapes: Z of any shape. A is not needed; slope as in `leaky_relu`.
    Source: Course 1, week 3, derivatives of activation functions.

    >>> leaky_relu_derivative(np.array([-2.0, 0.0, 3.0])).tolist()
    [0.01, 0.01, 1.0]
    """
    (Z, A), slope = _ready(Z, A), number("slope", slope, "(-inf, inf)")
    return np.where(np.greater(Z, 0), 1.0, slope)


def elu(Z, a=1.0):
    """The exponential linear unit:  A = Z where Z > 0, else a (e^Z - 1),  so it saturates at -a.

    Shapes: Z of any shape -> A of the same. a > 0; with a = 1 the function has no kink.
    Source: Clevert, Unterthiner and Hochreiter, arXiv 1511.07289, equation 15.

    >>> elu(np.array([-np.log(2), 3.0])).round(12).tolist()     # e^-ln2 - 1 = 1/2 - 1
    [-0.5, 3.0]
    """
    Z, a = real("Z", Z), number("a", a, "(0, inf)")
    return np.where(np.greater(Z, 0), Z, a * np.expm1(np.minimum(Z, 0.0)))


def elu_derivative(Z, A=None, *, a=1.0):
    """g'(Z) = 1 where Z > 0, else a e^Z = A + a; at the kink a.

    Shapes: Z of any shape; A = elu(Z, a), if at hand; a as in `elu`.
    Source: Clevert, Unterthiner and Hochreiter, arXiv 1511.07289, equation 15.

    >>> elu_derivative(np.array([-np.log(2), 3.0])).round(12).tolist()
    [0.5, 1.0]
    """
    (Z, A), a = _ready(Z, A), number("a", a, "(0, inf)")
    A = elu(Z, a) if A is None else A
    return np.where(np.greater(Z, 0), 1.0, A + a)


def linear(Z):
    """The identity:  A = Z.  A deep net of these is one matrix, W[L] ... W[1]: it shows how signals grow or vanish.

    Shapes: Z of any shape.
    Source: Course 2, week 1, vanishing and exploding gradients.

    >>> float(linear(3.0))
    3.0
    """
    return real("Z", Z)


def linear_derivative(Z, A=None):
    """g'(Z) = 1 everywhere.

    Shapes: Z of any shape. A is not needed.
    Source: Course 2, week 1, vanishing and exploding gradients.

    >>> float(linear_derivative(3.0))
    1.0
    """
    Z, A = _ready(Z, A)
    return np.ones_like(Z)


def softmax(Z):
    """C classes whose probabilities sum to one:  A_j = e^Z_j / sum_i e^Z_i,  each P(y = j given x).

    Shapes: Z (C, m), classes in rows -> A (C, m); any leading axes are separate models. The largest Z of each
    column is subtracted first: it changes nothing (top and bottom shrink alike), but nothing can overflow.
    Source: Course 2, week 3, softmax regression.

    >>> softmax(np.array([[5.0], [2.0], [-1.0], [3.0]])).round(4).ravel().tolist()
    [0.842, 0.0419, 0.0021, 0.114]
    """
    Z = numeric("Z", Z, ndim=2)
    T = np.exp(Z - Z.max(axis=-2, keepdims=True))
    return T / T.sum(axis=-2, keepdims=True)


def softmax_derivative(Z, A=None):
    """The Jacobian of one column:  dA_i / dZ_j = A_i (1[i = j] - A_j).  Not entry by entry: each A depends on every Z.

    Shapes: Z (C, m) -> (m, C, C), one matrix (i, j) for each example; any leading axes are separate models.
    A = softmax(Z), if at hand. Training does not need it: with the cross-entropy on top all that remains is A - Y.
    Source: Course 2, week 3 (derived from its formula by the quotient rule).

    >>> softmax_derivative(np.zeros((2, 1)))[0].tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    Z, A = _ready(numeric("Z", Z, ndim=2), A)
    A = (softmax(Z) if A is None else A).mT
    return A[..., :, None] * (np.eye(A.shape[-1]) - A[..., None, :])


def _ready(Z, A):
    """Z and, if it is at hand, A as float64, of one shape."""
    Z = real("Z", Z)
    if A is not None:
        A = real("A", A)
        if np.shape(A) != np.shape(Z):
            raise ValueError(f"A must have the shape of Z, {np.shape(Z)}, got {np.shape(A)}")
    return Z, A


ACTIVATIONS = {  # name -> (g, g'), what a hidden layer can be
    "sigmoid": (sigmoid, sigmoid_derivative),
    "tanh": (tanh, tanh_derivative),
    "relu": (relu, relu_derivative),
    "leaky_relu": (leaky_relu, leaky_relu_derivative),
    "elu": (elu, elu_derivative),
    "linear": (linear, linear_derivative),
}
