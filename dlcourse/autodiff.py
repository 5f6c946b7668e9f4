"""What a framework does for you: write down the forward pass, get the gradient. Reverse mode in one class.

Every operation makes a new Tensor that remembers its parents and, for each, how a gradient of the result becomes a
gradient of that parent (the chain rule, one link). `backward` walks these links from the cost back to the inputs.
"""

import numpy as np

from dlcourse._check import function, numeric


class Tensor:
    """An array that remembers how it was computed.

    data: numbers or an array, copied and made read-only (a value changed after the forward pass would falsify the
    gradient). parents: (parent, pull) pairs that the operations fill in. After J.backward(), w.grad is dJ/dw.
    Operations: + - * / ** @ (two axes or more), exp, log, tanh, relu, sum, mean, reshape, indexing.
    Shapes: they broadcast as in numpy; any leading axes may be separate models.
    Source: Course 2, week 3, TensorFlow; reverse mode as in Rumelhart, Hinton and Williams 1986.

    >>> w = Tensor(0.0)
    >>> J = w**2 - 10 * w + 25
    >>> J.backward()
    >>> float(J.data), float(w.grad)                                       # 25, and 2w - 10
    (25.0, -10.0)
    """

    __array_ufunc__ = None  # so that array * tensor asks the tensor

    def __init__(self, data, parents=()):
        self.data = numeric("data", data).copy()
        self.data.flags.writeable = False
        self.parents = parents
        self.grad = None

    def backward(self):
        """dJ/dw into w.grad, for J = self and every tensor w that J was computed from.

        Each call starts from zero (PyTorch adds to what is there). J must be a single number.
        """
        if self.data.size != 1:
            raise ValueError(f"backward starts from one number, the cost, got shape {self.data.shape}; take its sum()")
        order = self._parents_first()
        for node in order:
            node.grad = np.zeros(node.data.shape)
        self.grad = np.ones(self.data.shape)
        for node in reversed(order):  # every child is done before its parents
            for parent, pull in node.parents:
                parent.grad = parent.grad + _unbroadcast(pull(node.grad), parent.data.shape)

    def _parents_first(self):
        """All tensors this one was computed from, each once, every one after its parents."""
        order, seen, todo = [], set(), [(self, False)]
        while todo:
            node, parents_done = todo.pop()
            if parents_done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                todo.append((node, True))
                todo.extend((parent, False) for parent, _ in node.parents)
        return order

    def __add__(self, other):
        other = _tensor(other)
        return Tensor(self.data + other.data, [(self, lambda g: g), (other, lambda g: g)])

    def __mul__(self, other):
        other = _tensor(other)
        a, b = self.data, other.data
        return Tensor(a * b, [(self, lambda g: g * b), (other, lambda g: g * a)])

    def __pow__(self, p):
        if isinstance(p, Tensor) or p == 0:
            raise ValueError("the exponent must be a number other than 0")
        a = self.data
        return Tensor(a**p, [(self, lambda g: g * p * a ** (p - 1))])

    def __matmul__(self, other):
        other = _tensor(other)
        a, b = self.data, other.data
        if a.ndim < 2 or b.ndim < 2:
            raise ValueError(f"@ needs two axes or more on both sides, got shapes {a.shape} and {b.shape}")
        return Tensor(a @ b, [(self, lambda g: g @ b.mT), (other, lambda g: a.mT @ g)])

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -_tensor(other)

    def __truediv__(self, other):
        return self * _tensor(other) ** -1

    def __rsub__(self, other):
        return _tensor(other) - self

    def __rtruediv__(self, other):
        return _tensor(other) / self

    def __rmatmul__(self, other):
        return _tensor(other) @ self

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        e = np.exp(self.data)
        return Tensor(e, [(self, lambda g: g * e)])

    def log(self):
        a = self.data
        return Tensor(np.log(a), [(self, lambda g: g / a)])

    def tanh(self):
        t = np.tanh(self.data)
        return Tensor(t, [(self, lambda g: g * (1 - t**2))])

    def relu(self):
        a = self.data
        return Tensor(np.maximum(a, 0), [(self, lambda g: g * (a > 0))])

    def sum(self, axis=None):
        """The sum over all axes, or over one of them, which stays with length 1."""
        shape = self.data.shape
        return Tensor(self.data.sum(axis, keepdims=axis is not None), [(self, lambda g: np.broadcast_to(g, shape))])

    def mean(self, axis=None):
        total = self.sum(axis)
        return total * (total.data.size / self.data.size)

    def reshape(self, *shape):
        before = self.data.shape
        return Tensor(self.data.reshape(shape), [(self, lambda g: g.reshape(before))])

    def __getitem__(self, index):
        def pull(g):
            whole = np.zeros(shape)
            np.add.at(whole, index, g)  # an entry taken twice gets both gradients
            return whole

        shape = self.data.shape
        return Tensor(self.data[index], [(self, pull)])

    def __repr__(self):
        return f"Tensor({self.data}, grad={self.grad})"


def value_and_grad(f, theta):
    """J = f(theta) and dJ/dtheta, for any f written with Tensor operations: partial(value_and_grad, f) is an objective.

    Shapes: theta (P,) -> J a number, dtheta (P,). If f leaves leading axes alone (theta[..., 0], not theta[0]), then
    theta (K, P) gives J (K,) and dtheta (K, P).
    Source: Course 2, week 3, TensorFlow: "you only write the forward pass".

    >>> J, dtheta = value_and_grad(lambda w: (w[..., 0] - 5) ** 2, [0.0])
    >>> float(J), dtheta.tolist()
    (25.0, [-10.0])
    """
    theta = Tensor(numeric("theta", theta, ndim=1))
    J = function("f", f)(theta)
    if not isinstance(J, Tensor):
        raise ValueError(f"f must return a Tensor, written with Tensor operations, got {J!r:.60}")
    J.sum().backward()  # a sum over separate models: each one's own gradient
    return J.data[()], theta.grad


def _tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def _unbroadcast(g, shape):
    """Sum a gradient over the axes along which an array of this shape was repeated."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
