"""What the glossary says of shapes and ranges, recomputed."""

import numpy as np
from claims import Claims

from dlcourse import network, parameters

claims = Claims("glossary")


@claims(
    "number of layers, the input not counted",
    "weights and biases",
    "all parameters in one vector; parameters.unpack shows them by name",
)
def _():
    net = network.Net((2, 4, 1))
    assert net.L == 2 and net.shapes == {"W1": (4, 2), "b1": (4, 1), "W2": (1, 4), "b2": (1, 1)}
    theta = np.arange(17.0)
    assert parameters.size(net.shapes) == 17 and parameters.unpack(theta, net.shapes)["W1"].ravel().tolist() == [
        *range(8)
    ]


@claims(
    "before the activation; at the end, the logits",
    "the last one is the prediction",
    "the mean loss, plus a penalty if there is one",
)
def _():
    net, theta, X, Y = network.Net((2, 4, 1)), np.linspace(-1, 1, 17), np.eye(2), np.array([[1, 0]])
    prediction, cache = network.forward(net, theta, X)
    np.testing.assert_allclose(prediction, 1 / (1 + np.exp(-cache["Z2"])))
    loss = -(Y * np.log(prediction) + (1 - Y) * np.log(1 - prediction)).mean()
    assert abs(network.cost_and_grad(net, theta, X, Y)[0] - loss) < 1e-12
    assert network.cost_and_grad(net, theta, X, Y, lambd=1.0)[0] > loss


test_claims, test_nothing_is_unheld = claims.tests()
