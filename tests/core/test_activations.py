"""Activations: derivatives against central differences and torch, values against scipy, laws, extremes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special

from dlcourse import activations
from dlcourse.activations import ACTIVATIONS, elu, leaky_relu, softmax, softmax_derivative

Z = np.random.default_rng(0).normal(0, 3, size=(4, 5, 6))
EXTREME = np.array([-1000.0, -710.0, -37.0, -1e-300, 0.0, 1e-300, 37.0, 710.0, 1000.0])
each = pytest.mark.parametrize("name", ACTIVATIONS)
logits = arrays(float, (4, 3), elements=st.floats(-1000, 1000))


@each
def test_derivative_is_the_slope(name):
    """Central differences, away from the kink. Catches every wrong formula of a g'."""
    g, derivative = ACTIVATIONS[name]
    eps = 1e-5
    np.testing.assert_allclose(derivative(Z), (g(Z + eps) - g(Z - eps)) / (2 * eps), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    "g, derivative, numbers",
    [
        (leaky_relu, activations.leaky_relu_derivative, {"slope": 0.3}),
        (leaky_relu, activations.leaky_relu_derivative, {"slope": 1.5}),
        (elu, activations.elu_derivative, {"a": 0.7}),
    ],
)
def test_derivative_with_another_slope_or_saturation(g, derivative, numbers):
    """Catches a slope that only one of the two knows, and max(Z, slope Z), which is wrong for a slope over 1."""
    eps = 1e-5
    numerical = (g(Z + eps, **numbers) - g(Z - eps, **numbers)) / (2 * eps)
    np.testing.assert_allclose(derivative(Z, **numbers), numerical, rtol=1e-8)
    np.testing.assert_allclose(derivative(Z, g(Z, **numbers), **numbers), numerical, rtol=1e-8)


@each
def test_derivative_from_the_activation_at_hand(name):
    """g'(Z) and g'(Z, A) are one function. Catches the two routes drifting apart, and inputs changed on the way."""
    g, derivative = ACTIVATIONS[name]
    before = Z.copy()
    A = g(Z).copy()
    np.testing.assert_array_equal(derivative(Z, A), derivative(Z))
    np.testing.assert_array_equal(Z, before)
    np.testing.assert_array_equal(A, g(Z))


@each
def test_finite_at_the_extremes_without_warning(name):
    """RuntimeWarnings of overflow are errors here. Catches e^1000, and NaN from 0 * infinity."""
    g, derivative = ACTIVATIONS[name]
    assert np.isfinite(g(EXTREME)).all() and np.isfinite(derivative(EXTREME)).all()
    assert np.isfinite(softmax(EXTREME[:, None])).all()


@pytest.mark.parametrize("name, at_zero", [("relu", 0.0), ("leaky_relu", 0.01), ("elu", 1.0)])
def test_derivative_at_the_kink_is_from_the_left(name, at_zero):
    derivative = ACTIVATIONS[name][1]
    assert derivative(np.zeros((2, 2))).tolist() == [[at_zero] * 2] * 2
    assert activations.elu_derivative(0.0, a=0.7) == 0.7


def test_values_against_scipy():
    np.testing.assert_allclose(activations.sigmoid(Z), special.expit(Z), rtol=1e-14)
    np.testing.assert_allclose(activations.sigmoid(EXTREME), special.expit(EXTREME), rtol=1e-13, atol=1e-300)
    np.testing.assert_allclose(softmax(Z), special.softmax(Z, axis=-2), rtol=1e-13)
    np.testing.assert_allclose(elu(Z, 1.3), np.where(Z > 0, Z, 1.3 * special.expm1(Z)), rtol=1e-14)


def test_values_by_hand():
    assert activations.tanh(np.log(2.0)) == pytest.approx(0.6)  # (2 - 1/2) / (2 + 1/2)
    assert activations.sigmoid(np.log(3.0)) == pytest.approx(0.75)  # 3 / (3 + 1)
    assert activations.sigmoid_derivative(np.log(3.0)) == pytest.approx(3 / 16)
    assert activations.tanh_derivative(np.log(2.0)) == pytest.approx(0.64)
    assert activations.relu_derivative(np.array([-1.5, 2.5])).tolist() == [0.0, 1.0]
    assert activations.relu(np.array([-1.5, 2.5])).tolist() == [0.0, 2.5]
    assert leaky_relu(np.array([-2.0, 2.0]), 0.1).tolist() == [-0.2, 2.0]
    assert elu(np.array([-np.log(4.0), 1.0]), 2.0).tolist() == pytest.approx([-1.5, 1.0])
    assert elu(np.array(-1e-12)) == pytest.approx(-1e-12, rel=1e-10, abs=0)  # e^Z - 1 would keep four digits only
    assert activations.linear(7.0) == 7.0 and activations.linear_derivative(np.array([7, 8])).tolist() == [1.0, 1.0]


def test_the_notes_softmax():
    """Syllabus 19.03: z = [5, 2, -1, 3]."""
    z = np.array([[5.0], [2.0], [-1.0], [3.0]])
    np.testing.assert_allclose(np.exp(z).ravel(), [148.4, 7.4, 0.4, 20.1], atol=0.05)
    assert np.exp(z).sum() == pytest.approx(176.2556, abs=5e-5)
    np.testing.assert_allclose(softmax(z).ravel(), [0.8420, 0.0419, 0.0021, 0.1140], atol=5e-5)


@given(logits, st.floats(-1000, 1000))
def test_softmax_sums_to_one_and_ignores_a_shift(Z, c):
    """Catches a sum over the wrong axis (E17: one index for both) and a missing subtraction of the maximum."""
    A = softmax(Z)
    np.testing.assert_allclose(A.sum(axis=0), 1, rtol=1e-12)
    assert (A >= 0).all()
    np.testing.assert_allclose(softmax(Z + c), A, rtol=1e-9, atol=1e-12)


@given(st.floats(-500, 500), st.floats(-500, 500))
def test_two_classes_are_logistic_regression(z1, z2):
    """Syllabus 19.05."""
    A = softmax(np.array([[z1], [z2]]))
    assert A[0, 0] == pytest.approx(activations.sigmoid(z1 - z2), rel=1e-9, abs=1e-250)


@given(st.floats(-1000, 1000))
def test_symmetries(z):
    """sigmoid(-z) = 1 - sigmoid(z), tanh(z) = 2 sigmoid(2z) - 1, z = relu(z) - relu(-z)."""
    assert activations.sigmoid(-z) == pytest.approx(1 - activations.sigmoid(z), abs=1e-15)
    assert activations.tanh(z) == pytest.approx(2 * activations.sigmoid(2 * z) - 1, abs=1e-15)
    assert activations.relu(z) - activations.relu(-z) == z


def test_softmax_jacobian_is_the_slope():
    Z2, eps = Z[0], 1e-5
    J = softmax_derivative(Z2)
    assert J.shape == (6, 5, 5)
    np.testing.assert_array_equal(softmax_derivative(Z2, softmax(Z2)), J)
    for j in range(5):
        nudge = eps * np.eye(5)[:, [j]]
        numerical = (softmax(Z2 + nudge) - softmax(Z2 - nudge)) / (2 * eps)
        np.testing.assert_allclose(J[:, :, j], numerical.T, rtol=1e-7, atol=1e-10)


@each
def test_stacked_equals_looped(name):
    for f in ACTIVATIONS[name]:
        np.testing.assert_array_equal(f(Z), np.stack([f(z) for z in Z]))


def test_stacked_softmax_equals_looped():
    np.testing.assert_allclose(softmax(Z), np.stack([softmax(z) for z in Z]), rtol=1e-15)
    np.testing.assert_allclose(softmax_derivative(Z), np.stack([softmax_derivative(z) for z in Z]), rtol=1e-15)


@each
def test_values_and_derivatives_against_torch(name):
    torch = pytest.importorskip("torch", reason="live comparison with PyTorch; it is not installed here")
    F = torch.nn.functional
    theirs = {"leaky_relu": F.leaky_relu, "elu": F.elu, "linear": lambda z: z * 1}.get(name) or getattr(torch, name)
    points = np.concatenate([Z.ravel(), EXTREME])  # the kink is among them
    z = torch.tensor(points, requires_grad=True)
    a = theirs(z)
    a.sum().backward()
    g, derivative = ACTIVATIONS[name]
    np.testing.assert_allclose(g(points), a.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(derivative(points), z.grad.numpy(), rtol=1e-12, atol=1e-15)


def test_softmax_needs_columns():
    with pytest.raises(ValueError, match="Z must have at least 2 axes"):
        softmax(np.array([5.0, 2.0]))
