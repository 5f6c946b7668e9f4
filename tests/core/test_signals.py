"""How large signals are layer by layer: by hand, by brute force, and against theory."""

import math

import numpy as np
import pytest

from dlcourse import initializers, parameters
from dlcourse.network import Net, backward, forward
from dlcourse.signals import dead_units, expected_spreads, spreads

NAMES = ("linear", "relu", "leaky_relu", "elu", "tanh", "sigmoid")


def wide(activation, scale, layers=6, n=300, m=40, seed=0):
    """A net of equal layers with std = scale/sqrt(n), and its data."""
    rng = np.random.default_rng(seed)
    net = Net((n,) * (layers + 1) + (1,), activation)
    theta = initializers.initialize(net.shapes, std=scale / n**0.5, rng=rng)
    return net, theta, rng.normal(size=(n, m)), rng.integers(0, 2, (1, m))


@pytest.mark.parametrize("scale, rate", [(1.5, 1.5), (0.5, 0.5)])
def test_identity_matrices_grow_and_fade_as_powers(scale, rate):
    """Syllabus 7.03 and E19: with W = 1.5 I every layer multiplies by 1.5, with 0.5 I by 0.5, upwards and downwards."""
    L = 10
    net = Net((2,) * L + (1,), "linear")
    W = {
        name: scale * np.eye(2) if shape == (2, 2) else np.ones(shape) * (name[0] == "W")
        for name, shape in net.shapes.items()
    }
    up, down = spreads(net, parameters.pack(W, net.shapes), [[1.0], [-1.0]], [[1.0]])
    np.testing.assert_allclose(up, rate ** np.arange(1.0, L))
    np.testing.assert_allclose(down / down[-1], rate ** np.arange(L - 2.0, -1, -1))


@pytest.mark.parametrize("activation", NAMES)
def test_down_is_the_gradient_of_the_biases_for_a_single_example(activation):
    """backward's db of one example is its dZ. Catches a wrong W, a wrong g', a shifted layer."""
    rng = np.random.default_rng(1)
    net = Net((3, 5, 4, 2), activation)
    theta, X, Y = rng.normal(size=sum(map(np.prod, net.shapes.values()))), rng.normal(size=(3, 1)), np.array([[1], [0]])
    A, cache = forward(net, theta, X)
    grads = parameters.unpack(backward(net, Y, cache), net.shapes)
    up, down = spreads(net, theta, X, Y)
    np.testing.assert_allclose(down, [np.sqrt((grads[f"b{l}"] ** 2).mean()) for l in (1, 2)])
    np.testing.assert_allclose(up, [np.sqrt((cache[f"A{l}"] ** 2).mean()) for l in (1, 2)])


@pytest.mark.parametrize("activation", NAMES)
@pytest.mark.parametrize("scale", [0.7, 1.0, 2**0.5, 3.0])
def test_theory_and_wide_nets_agree(activation, scale):
    """Catches a variance in place of the mean square, a missing scale, g' at the wrong spread, a layer too many."""
    up, down = expected_spreads(activation, scale, 6)
    measured_up, measured_down = spreads(*wide(activation, scale))
    np.testing.assert_allclose(measured_up, up, rtol=0.15)
    np.testing.assert_allclose(measured_down / measured_down[-1], down, rtol=0.25)


def test_he_keeps_relu_and_xavier_keeps_linear_exactly():
    """Syllabus 8.02 and 8.03."""
    for activation, std in (("relu", initializers.he), ("linear", initializers.xavier)):
        for signal in expected_spreads(activation, std(100, 100) * 10, 50):
            np.testing.assert_allclose(signal, 1.0)


def test_elu_in_closed_form():
    """z of spread s: the mean of g'(z)^2 is 1/2 + e^(2 s^2) Phi(-2 s), that of g^2 by the same integrals.

    A rule that does not see the bend at 0 gave 0.66404 for 0.66810, and half of the right spread after 50 layers.
    """
    Phi = lambda x: 0.5 * math.erfc(-x / math.sqrt(2))
    exp_mean = lambda k, s: math.exp(k * k * s * s / 2) * Phi(-k * s)  # mean of e^(k z) over z < 0
    for scale in (0.5, 1.0, 2**0.5, 3.0):
        up, down = expected_spreads("elu", scale, 30)
        spread = scale
        for layer in range(30):
            square = spread**2 / 2 + exp_mean(2, spread) - 2 * exp_mean(1, spread) + 0.5
            assert up[layer] ** 2 == pytest.approx(square, rel=1e-10, abs=1e-13)
            if layer < 29:
                slope = scale**2 * (0.5 + exp_mean(2, spread))
                assert (down[layer] / down[layer + 1]) ** 2 == pytest.approx(slope, rel=1e-10)
            spread = scale * up[layer]
            if spread > 10:  # beyond it e^(2 s^2) Phi(-2 s) is no longer computed well
                break
    assert 0.5 + exp_mean(2, 1.0) == pytest.approx(0.66810, abs=5e-6)


def test_sigmoid_shrinks_gradients_at_least_fourfold_a_layer():
    """Syllabus 7.06: with scale 1 each layer passes on at most g' = 1/4 of the gradient."""
    _, down = expected_spreads("sigmoid", 1.0, 10)
    assert (down[:-1] / down[1:] < 0.25).all() and down[0] < 4.0**-9


def test_dead_units_by_hand():
    """W1 = (1, -1, 0) and positive x: relu of x lives, of -x is dead, of 0 is dead; leaky units never are."""
    theta = [1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0]
    assert dead_units(Net((1, 3, 1)), theta, [[1.0, 2.0]]).tolist() == pytest.approx([2 / 3])
    assert dead_units(Net((1, 3, 1)), theta, [[1.0, -2.0]]).tolist() == pytest.approx([1 / 3])
    assert dead_units(Net((1, 3, 1), "leaky_relu"), theta, [[1.0, 2.0]]).tolist() == [0]
    assert dead_units(Net((1, 3, 1), "tanh"), np.multiply(theta, 9), [[1.0, 2.0]], tiny=0.01).tolist() == pytest.approx(
        [2 / 3]
    )


@pytest.mark.parametrize(
    "count", [lambda n, t, X, Y: np.stack(spreads(n, t, X, Y)), lambda n, t, X, Y: dead_units(n, t, X)]
)
def test_stacked_equals_looped(count):
    rng = np.random.default_rng(2)
    net = Net((3, 5, 4, 1))
    theta = initializers.initialize(net.shapes, rng=rng, stack=(4,))
    X, Y = rng.normal(size=(3, 6)), rng.integers(0, 2, (1, 6))
    together = count(net, theta, X, Y)
    alone = np.stack([count(net, one, X, Y) for one in theta], axis=-2)
    np.testing.assert_allclose(together, alone)
    scales, layers = np.array([0.5, 2.0]), 3
    np.testing.assert_allclose(
        expected_spreads("tanh", scales, layers),
        np.stack([expected_spreads("tanh", s, layers) for s in scales], axis=1),
    )


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: spreads(Net((1, 1)), [1.0, 0.0], [[1.0]], [[1]]), "net must have a hidden layer"),
        (lambda: spreads(Net((1, 2, 1), batch_norm=True), np.ones(11), [[1.0, 2.0]], [[1, 0]]), "no batch norm"),
        (lambda: expected_spreads("swish", 1.0, 3), "activation"),
        (lambda: expected_spreads("relu", -1.0, 3), "scale"),
        (lambda: expected_spreads("relu", 1.0, 0), "layers"),
        (lambda: dead_units(Net((1, 2, 1)), np.ones(7), [[1.0]], tiny=-1), "tiny"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
