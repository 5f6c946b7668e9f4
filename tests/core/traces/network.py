"""Record PyTorch's cost and gradient for some small networks, as an independent engine for the default tests.

    python tests/traces/network.py        writes network.json beside this file

`torch_cost_and_grad` is also what the live comparison in test_network.py calls, on many more networks.
"""

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_suffix(".json")
ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "linear")
CASES = [
    {"activation": activation, "output": output, "penalty": penalty, "dropout": dropout, "batch_norm": batch_norm}
    for activation, dropout in zip(ACTIVATIONS, (True, False) * 3)
    for output, penalty, batch_norm in (("sigmoid", "l2", True), ("softmax", "l1", False))
]


def example(output, batch_norm):
    """A 3-5-4-C network's shapes, and theta, X, Y, masks for it: a formula, not random, so the same for ever."""
    C, m, numbers = (3 if output == "softmax" else 1), 7, lambda *shape: np.sin(np.arange(np.prod(shape)) ** 2 + 1.0)
    shapes = {}
    for layer, (n_prev, n) in enumerate([(3, 5), (5, 4), (4, C)], start=1):
        shapes |= {f"W{layer}": (n, n_prev), f"b{layer}": (n, 1)}
        if batch_norm and layer < 3:
            shapes |= {f"gamma{layer}": (n, 1), f"beta{layer}": (n, 1)}
    labels = np.arange(m) % max(C, 2)
    Y = np.eye(C)[:, labels] if output == "softmax" else 1.0 * labels[None]
    masks = {layer: (numbers(n, m).reshape(n, m) > -0.4) / 0.7 for layer, n in enumerate((3, 5, 4))}
    return shapes, 1.5 * numbers(sum(n * k for n, k in shapes.values())), 2 * numbers(3, m).reshape(3, m), Y, masks


def torch_cost_and_grad(shapes, theta, X, Y, masks, *, activation, output, penalty, lambd, batch_norm):
    """J and dtheta by PyTorch's own layers and autograd; numpy arrays in and out."""
    import torch
    from torch.nn import functional as F

    g = (lambda Z: Z) if activation == "linear" else getattr(F, activation)
    theta = torch.tensor(theta, requires_grad=True)
    pieces = torch.split(theta, [n * k for n, k in shapes.values()])
    p = {name: piece.reshape(shape) for (name, shape), piece in zip(shapes.items(), pieces)}
    A, L, m = torch.tensor(X).T, sum(name.startswith("W") for name in shapes), X.shape[1]  # rows are examples here
    for layer in range(1, L + 1):
        A = A * torch.tensor(masks[layer - 1]).T if layer - 1 in masks else A
        A = F.linear(A, p[f"W{layer}"], p[f"b{layer}"].ravel())
        if layer < L and batch_norm:
            A = F.batch_norm(A, None, None, p[f"gamma{layer}"].ravel(), p[f"beta{layer}"].ravel(), True, eps=1e-5)
        A = g(A) if layer < L else A
    Y = torch.tensor(Y).T
    J = F.cross_entropy(A, Y.argmax(1)) if output == "softmax" else F.binary_cross_entropy_with_logits(A, Y)
    for layer in range(1, L + 1):
        W = p[f"W{layer}"]
        J = J + lambd / (2 * m) * ((W**2).sum() if penalty == "l2" else W.abs().sum())
    J.backward()
    return J.item(), theta.grad.numpy()


def record():
    """Every case with PyTorch's cost and gradient."""
    import torch

    traces = []
    for case in CASES:
        shapes, theta, X, Y, masks = example(case["output"], case["batch_norm"])
        settings = {name: case[name] for name in ("activation", "output", "penalty", "batch_norm")}
        J, grad = torch_cost_and_grad(shapes, theta, X, Y, masks if case["dropout"] else {}, lambd=0.7, **settings)
        traces.append({**case, "J": J, "dtheta": grad.tolist()})
    return {"torch": torch.__version__, "numpy": np.__version__, "lambd": 0.7, "traces": traces}


if __name__ == "__main__":
    FILE.write_text(json.dumps(record()) + "\n")
