"""A fully connected network as pure functions: theta goes in, A, J and the gradient come out, nothing is remembered."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dlcourse._check import finite, flag, function, in_range, iterable, layered, numeric, one_of, same_models, whole
from dlcourse.activations import ACTIVATIONS, sigmoid, softmax
from dlcourse.losses import binary_cross_entropy, cross_entropy, output_gradient
from dlcourse.normalization import batch_norm, batch_norm_backward
from dlcourse.parameters import mask, pack, size, unpack
from dlcourse.regularizers import dropout_mask, l2

OUTPUTS = {  # name -> (the last layer's activation, the cost that belongs to it)
    "sigmoid": (sigmoid, binary_cross_entropy),
    "softmax": (softmax, cross_entropy),
}

# One large array, made and let go, teaches the C library of Linux to keep freed memory for the next step instead of
# returning it to the system and asking again: a stack of eight models trains several times faster (see benchmarks).
np.empty(31 * 2**20, dtype=np.uint8)


@dataclass(frozen=True)
class Net:
    """What never changes about a network: its layers. All that changes, theta above all, is passed in and returned.

    layer_dims: (n_x, n[1], ..., n[L]), the course's layer_dims; (2, 10, 5, 1) has L = 3 layers, two of them hidden.
    activation: of the hidden layers, a name in `activations.ACTIVATIONS`, or one name for each hidden layer.
    output: "sigmoid" (each output yes or no, Y of 0 and 1) or "softmax" (one of C classes, Y one-hot (C, m)).
    batch_norm: normalize Z of every hidden layer, before its activation (as the course and the paper do).
    Shapes: net.shapes lists theta's parts in order, W1 (n1, n_x), b1 (n1, 1), with batch norm gamma1, beta1 (n1, 1).
    Errors: ValueError for fewer than two layer_dims, sizes below 1, unknown names, a softmax over a single class.
    Source: Course 2, week 1 (L-layer network, notation W[l], b[l]).

    >>> Net((2, 4, 1)).shapes
    {'W1': (4, 2), 'b1': (4, 1), 'W2': (1, 4), 'b2': (1, 1)}
    """

    layer_dims: tuple
    activation: str | tuple = "relu"
    output: str = "sigmoid"
    batch_norm: bool = False

    def __post_init__(self):
        dims = tuple(
            whole("layer_dims", n)
            for n in iterable("layer_dims", self.layer_dims, "(n_x, ..., n_y), at least two sizes")
        )
        if len(dims) < 2:
            raise ValueError(f"layer_dims must be (n_x, ..., n_y), at least two sizes, got {self.layer_dims}")
        object.__setattr__(self, "layer_dims", dims)
        if not isinstance(self.activation, str):
            names = tuple(iterable("activation", self.activation, "a name, or one for each hidden layer"))
            object.__setattr__(self, "activation", names)
            if len(self.activation) != self.L - 1:
                raise ValueError(
                    f"activation must be one name, or one for each of the {self.L - 1} hidden layers, "
                    f"got {self.activation}"
                )
        for name in self.activations:
            one_of("activation", name, ACTIVATIONS)
        one_of("output", self.output, OUTPUTS)
        flag("batch_norm", self.batch_norm)
        if self.output == "softmax" and self.layer_dims[-1] < 2:
            raise ValueError("layer_dims must end in at least 2 classes for a softmax output, got 1; use 'sigmoid'")

    @cached_property
    def L(self):
        """The number of layers; the input is layer 0 and not counted."""
        return len(self.layer_dims) - 1

    @cached_property
    def activations(self):
        """The name of each hidden layer's activation, layer 1 first."""
        return (self.activation,) * (self.L - 1) if isinstance(self.activation, str) else self.activation

    @cached_property
    def shapes(self):
        """{"W1": (n1, n_x), "b1": (n1, 1), ...}: the parts of theta, in order."""
        shapes = {}
        for l in range(1, self.L + 1):
            n, n_prev = self.layer_dims[l], self.layer_dims[l - 1]
            shapes |= {f"W{l}": (n, n_prev), f"b{l}": (n, 1)}
            if self.batch_norm and l < self.L:
                shapes |= {f"gamma{l}": (n, 1), f"beta{l}": (n, 1)}
        return shapes

    @cached_property
    def stats_shapes(self):
        """{"mu1": (n1, 1), "var1": (n1, 1), ...}: the parts of batch norm's statistics, one vector like theta."""
        layers = range(1, self.L) if self.batch_norm else ()
        return {f"{name}{l}": (self.layer_dims[l], 1) for l in layers for name in ("mu", "var")}

    @cached_property
    def penalised(self):
        """(P,) of 1 on the entries of every W and 0 elsewhere: what L1 and L2 act on."""
        return mask(self.shapes, [f"W{l}" for l in range(1, self.L + 1)])


def forward(net, theta, X, masks=None, stats=None):
    """Forward propagation:  Z[l] = W[l] A[l-1] + b[l],  A[l] = g(Z[l]),  from A[0] = X to A[L], the prediction.

    masks: {layer: mask} from `dropout_masks`, in training only. stats: batch norm's running mean and variance, for
    test time (`normalization.running_statistics`); without them it uses those of X, as in training.
    Shapes: theta (P,), X (n_x, m) -> A (n_y, m), and cache, a dict of what the backward pass and a curious reader
    need: W1, b1, ..., Z1 (what the activation got), A1 (what the next layer got), ... Leading axes of theta, X and
    the masks are separate models: theta (K, P) -> A (K, n_y, m).
    Errors: ValueError for wrong shapes, an empty X, entries that are not finite, a mask for a layer without dropout.
    Source: Course 2, week 1.

    >>> net = Net((2, 1))                                                  # logistic regression
    >>> forward(net, [1.0, -1.0, 0.0], [[3.0], [3.0]])[0].tolist()         # sigmoid(1*3 - 1*3 + 0)
    [[0.5]]
    """
    layered(net)
    X, theta = finite("X", X, ndim=2), finite("theta", theta, ndim=1)
    if X.shape[-2] != net.layer_dims[0]:
        raise ValueError(
            f"X must have {net.layer_dims[0]} rows, one for each feature (columns are examples), got shape {X.shape}"
        )
    cache = unpack(theta, net.shapes) | _named(net, masks, X.shape[-1])
    running = _running(net, stats)
    if X.ndim > 2 or masks or running:
        drops = {f"masks[{layer}]": np.asarray(D) for layer, D in (masks or {}).items()}
        same_models(axes=2, theta=cache["W1"], X=X, **drops, **running)
    A = cache["A0"] = X * cache["D0"] if "D0" in cache else X
    for l, name in enumerate(net.activations, start=1):
        Z = cache[f"W{l}"] @ A
        Z += cache[f"b{l}"]
        if net.batch_norm:
            Z, cache[f"norm{l}"] = batch_norm(
                Z, cache[f"gamma{l}"], cache[f"beta{l}"], running.get(f"mu{l}"), running.get(f"var{l}")
            )
        g, _ = ACTIVATIONS[name]
        A = g(Z)
        if f"D{l}" in cache:
            A = A * cache[f"D{l}"]
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    g, _ = OUTPUTS[net.output]
    Z = cache[f"W{net.L}"] @ A + cache[f"b{net.L}"]
    cache[f"Z{net.L}"], cache[f"A{net.L}"] = Z, g(Z)
    return cache[f"A{net.L}"], cache


def backward(net, Y, cache):
    """Backpropagation: the gradient of the cost without penalty, from the cache of a training-time `forward`.

        dZ[L] = (A[L] - Y) / m        dW[l] = dZ[l] A[l-1]^T        db[l] = sum over examples of dZ[l]
        dA[l] = W[l+1]^T dZ[l+1] (times the dropout mask)           dZ[l] = dA[l] * g'(Z[l]) (back through batch norm)

    The 1/m sits in dZ[L], and so in everything below it.
    Shapes: Y (n_y, m) -> dtheta (P,); leading axes as in `forward`.
    Source: Course 2, week 1 (the notes' dZ = A - Y is one example's).

    >>> net = Net((2, 1))
    >>> A, cache = forward(net, [1.0, -1.0, 0.0], [[3.0], [3.0]])
    >>> backward(net, np.array([[1.0]]), cache).tolist()                   # (0.5 - 1) * (3, 3, 1)
    [-1.5, -1.5, -0.5]
    """
    layered(net)
    if not isinstance(cache, dict) or f"Z{net.L}" not in cache:
        raise ValueError(f"cache must be what forward returned for this net, got {cache!r:.60}")
    grads = {}
    dZ = output_gradient(cache[f"A{net.L}"], Y)
    for l in range(net.L, 0, -1):
        grads[f"W{l}"] = dZ @ cache[f"A{l - 1}"].mT
        grads[f"b{l}"] = dZ.sum(axis=-1, keepdims=True)
        if l > 1:
            dA, Z, A = cache[f"W{l}"].mT @ dZ, cache[f"Z{l - 1}"], cache[f"A{l - 1}"]
            if f"D{l - 1}" in cache:
                dA *= cache[f"D{l - 1}"]
                A = None  # after dropout it is no longer g(Z)
            _, g_prime = ACTIVATIONS[net.activations[l - 2]]
            dZ = np.multiply(dA, g_prime(Z, A), out=dA)
            if net.batch_norm:
                dZ, grads[f"gamma{l - 1}"], grads[f"beta{l - 1}"] = batch_norm_backward(
                    dZ, cache[f"gamma{l - 1}"], cache[f"norm{l - 1}"]
                )
    return pack(grads, net.shapes)


def cost_and_grad(net, theta, X, Y, masks=None, *, lambd=0.0, penalty=l2):
    """J and its gradient; `partial(cost_and_grad, net, X=X, Y=Y)` is an objective, objective(theta) -> (J, dtheta).

        J = (1/m) sum of the losses + penalty(theta),  by default the L2 penalty lambda/(2m) sum of ||W[l]||^2

    lambd >= 0; penalty: `regularizers.l2` or `l1`, on every W and on no b, gamma or beta. masks: a dict from
    `dropout_masks`; the same ones serve forward and backward.
    Shapes: theta (P,), X (n_x, m), Y (n_y, m) -> J a number, dtheta (P,). Leading axes of theta, X, Y, masks and
    lambd are separate models: theta (K, P), lambd (K,) -> J (K,), dtheta (K, P).
    Errors: ValueError as in `forward`, for a Y that is not (n_y, m) of 0 and 1, and for a negative lambd.
    Source: Course 2, week 1, regularization and dropout.

    >>> J, dtheta = cost_and_grad(Net((2, 1)), [1.0, -1.0, 0.0], [[3.0], [3.0]], [[1.0]], lambd=0.5)
    >>> round(float(J), 4), dtheta.tolist()                # log 2 + 0.5/2 * (1 + 1);  dw + 0.5 w
    (1.1931, [-1.0, -2.0, -0.5])
    """
    A, cache = forward(net, theta, X, masks)
    Y = _targets(net, Y, m=A.shape[-1])
    _, loss = OUTPUTS[net.output]
    J, dtheta = loss(cache[f"Z{net.L}"], Y), backward(net, Y, cache)
    function("penalty", penalty)
    if type(lambd) is not float or lambd != 0:
        extra, gradient = penalty(theta, lambd, A.shape[-1], net.penalised)
        J, dtheta = J + extra, dtheta + gradient
    return J, dtheta


def cost(net, theta, X, Y, stats=None):
    """J at test time: without penalty or dropout, batch norm with its running stats. What a dev set is judged by.

    Shapes and errors as in `cost_and_grad`; theta (H, W, P) gives a whole picture of costs (H, W).
    Source: Course 2, week 1, bias and variance.

    >>> round(float(cost(Net((2, 1)), [1.0, -1.0, 0.0], [[3.0], [3.0]], [[1.0]])), 4)      # log 2
    0.6931
    """
    A, cache = forward(net, theta, X, stats=stats)
    _, loss = OUTPUTS[net.output]
    return loss(cache[f"Z{net.L}"], _targets(net, Y, m=A.shape[-1]))


def predict(net, theta, X, stats=None):
    """What the network decides: 1 where A > 0.5 for a sigmoid output, the class with the largest A for a softmax.

    Shapes: X (n_x, m) -> (n_y, m) of 0 and 1, like Y, for sigmoid; (1, m) class numbers 0 ... C-1 for softmax; any
    leading axes are separate models. stats and errors as in `forward`.
    Source: Course 2, week 1 (no dropout at test time); week 3, batch norm at test time.

    >>> predict(Net((1, 1)), [2.0, -1.0], [[0.0, 1.0]]).tolist()           # Z = 2x - 1 is -1, then 1
    [[0, 1]]
    """
    A, _ = forward(net, theta, X, stats=stats)
    return A.argmax(axis=-2, keepdims=True) if net.output == "softmax" else (A > 0.5).astype(int)


def accuracy(net, theta, X, Y, stats=None):
    """The share of examples (of a sigmoid's outputs) decided as in Y, in [0, 1]; the error of the notes is 1 minus it.

    Shapes: theta (P,), X (n_x, m), Y (n_y, m) -> a number; theta (K, P) -> (K,). stats and errors as in `forward`.
    Source: Course 2, week 1, bias and variance.

    >>> float(accuracy(Net((1, 1)), [2.0, -1.0], [[0.0, 1.0]], [[1.0, 1.0]]))
    0.5
    """
    decided = predict(net, theta, X, stats)
    Y = in_range("Y", _targets(net, Y, m=decided.shape[-1]), "[0, 1]")
    same_models(axes=2, theta=decided, Y=Y)
    right = decided == (Y.argmax(axis=-2, keepdims=True) if net.output == "softmax" else Y)
    return right.mean(axis=(-2, -1))


def dropout_masks(net, keep_prob, m, rng):
    """{layer: mask} for one step: draw new ones for each step, use none at test time.

    keep_prob in (0, 1]: a number for all hidden layers, or {layer: number}, where layer 0 drops inputs; the output
    layer is never dropped; rng draws. Shapes: layer l gets (n[l], m); keep_prob (K,) gives K models a draw each, (K, n[l], m).
    Errors: ValueError for keep_prob outside (0, 1], and for a layer that is not 0 ... L-1.
    Source: Course 2, week 1, dropout (keep_prob per layer); book notes (inputs too, outputs not).

    >>> net = Net((2, 4, 3, 1))
    >>> {layer: mask.shape for layer, mask in dropout_masks(net, 0.8, 5, np.random.default_rng(0)).items()}
    {1: (4, 5), 2: (3, 5)}
    """
    layered(net)
    keep_probs = keep_prob if isinstance(keep_prob, dict) else dict.fromkeys(range(1, net.L), keep_prob)
    for layer in keep_probs:
        one_of("keep_prob's layers", layer, range(net.L))
    return {layer: dropout_mask((net.layer_dims[layer], whole("m", m)), p, rng) for layer, p in keep_probs.items()}


def batch_statistics(net, theta, X, masks=None):
    """One mini-batch's mean and variance of every hidden Z, in one vector: mu1, var1, mu2, var2, ...

    Average them over mini-batches with `normalization.running_statistics` and give the result to `predict` as stats;
    `unpack(stats, net.stats_shapes)` shows them by name.
    Shapes: theta (P,), X (n_x, m) -> (S,); any leading axes are separate models. Errors: ValueError as in `forward`,
    and for a net without batch norm.
    Source: Course 2, week 3, batch norm at test time.

    >>> net = Net((1, 1, 1), batch_norm=True)
    >>> batch_statistics(net, np.ones(6), [[1.0, 3.0]]).tolist()           # Z1 = X + 1 = 2, 4
    [3.0, 1.0]
    """
    if not layered(net).stats_shapes:
        raise ValueError(f"net must have batch norm and a hidden layer to have statistics, got {net}")
    _, cache = forward(net, theta, X, masks)
    return pack({f"{s}{l}": cache[f"norm{l}"][s] for l in range(1, net.L) for s in ("mu", "var")}, net.stats_shapes)


def _named(net, masks, m):
    """{1: mask} -> {"D1": mask}, the course's name, or one sentence if it does not fit the layer."""
    if masks is None:
        return {}
    if not isinstance(masks, dict):
        raise ValueError(f"masks must be {{layer: mask}}, as dropout_masks draws them, got {masks!r:.60}")
    ready = {}
    for layer, D in masks.items():
        one_of("masks' layers", layer, range(net.L))
        ready[f"D{layer}"] = finite(f"masks[{layer}]", D)
        if np.shape(D)[-2:] != (net.layer_dims[layer], m):
            raise ValueError(f"masks[{layer}] must have shape {(net.layer_dims[layer], m)}, got {np.shape(D)}")
    return ready


def _running(net, stats):
    """stats -> {"mu1": mu, "var1": var, ...}, or one sentence if it does not fit the net."""
    if stats is None:
        return {}
    if not net.batch_norm:
        raise ValueError("stats must be left out: this net has no batch norm")
    stats = finite("stats", stats, ndim=1)
    if np.shape(stats)[-1:] != (size(net.stats_shapes),):
        raise ValueError(
            f"stats must end in {size(net.stats_shapes)} entries for {', '.join(net.stats_shapes)}, "
            f"got shape {np.shape(stats)}"
        )
    running = unpack(stats, net.stats_shapes)
    for name in running:
        if name.startswith("var"):
            in_range(f"stats: {name}", running[name], "[0, inf)")
    return running


def _targets(net, Y, m):
    """Y as an array, or one sentence if it is not (n_y, m); that it holds 0 and 1 is for the cost to check."""
    Y = numeric("Y", Y)
    if Y.shape[-2:] != (net.layer_dims[-1], m):
        hint = "; datasets.one_hot makes it from class numbers" if net.output == "softmax" else "; columns are examples"
        raise ValueError(f"Y must have shape {(net.layer_dims[-1], m)}, got {Y.shape}{hint}")
    return Y
