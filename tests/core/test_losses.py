"""Costs from logits: by hand, against scipy and torch, exact gradients, finite for huge logits, bad labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special

from dlcourse.activations import sigmoid, softmax
from dlcourse.datasets import one_hot
from dlcourse.losses import binary_cross_entropy, cross_entropy, output_gradient

RNG = np.random.default_rng(1)
Z = RNG.normal(0, 3, size=(4, 3, 7))  # 4 models, 3 outputs, 7 examples
YES_NO = (RNG.random((3, 7)) < 0.5) * 1.0
CLASSES = one_hot(RNG.integers(0, 3, (1, 7)), 3)
PAIRS = [(binary_cross_entropy, sigmoid, YES_NO), (cross_entropy, softmax, CLASSES)]
pairs = pytest.mark.parametrize("cost, g, Y", PAIRS, ids=["binary", "softmax"])
huge = arrays(float, (3, 7), elements=st.floats(-1e6, 1e6))


def test_by_hand():
    """A = 3/4 with label 1, A = 1/2 with label 0: the mean of log 4/3 and log 2. Catches a missing 1/m."""
    Z = np.array([[np.log(3.0), 0.0]])
    assert binary_cross_entropy(Z, np.array([[1.0, 0.0]])) == pytest.approx((np.log(4 / 3) + np.log(2)) / 2)
    assert binary_cross_entropy(np.zeros((3, 5)), YES_NO[:, :5]) == pytest.approx(3 * np.log(2))  # summed over outputs
    Z = np.log([[1.0, 2.0], [1.0, 1.0], [2.0, 1.0]])  # columns: A = 1/4, 1/4, 1/2 and 1/2, 1/4, 1/4
    assert cross_entropy(Z, one_hot([[2, 1]], 3)) == pytest.approx((np.log(2) + np.log(4)) / 2)
    Z = np.array([[5.0], [2.0], [-1.0], [3.0]])  # the notes' softmax
    assert cross_entropy(Z, one_hot([[0]], 4)) == pytest.approx(-np.log(0.8420), abs=1e-4)


def test_against_scipy():
    """Built from the definition with scipy's log-sigmoid and log-softmax. Catches swapped labels and axes."""
    for z in Z:
        binary = -(special.xlogy(YES_NO, special.expit(z)) + special.xlogy(1 - YES_NO, special.expit(-z)))
        assert binary_cross_entropy(z, YES_NO) == pytest.approx(binary.sum(axis=0).mean(), rel=1e-13)
        multi = -(CLASSES * special.log_softmax(z, axis=0)).sum(axis=0).mean()
        assert cross_entropy(z, CLASSES) == pytest.approx(multi, rel=1e-13)


@pairs
def test_output_gradient_is_the_slope_of_J(cost, g, Y):
    """E16: of J it is (A - Y)/m; of one example's loss A - Y. Catches a 1/m that only one of the two has."""
    z, eps = Z[0], 1e-5
    nudges = eps * np.eye(z.size).reshape(z.size, *z.shape)  # one model for each nudged logit
    numerical = ((cost(z + nudges, Y) - cost(z - nudges, Y)) / (2 * eps)).reshape(z.shape)
    np.testing.assert_allclose(output_gradient(g(z), Y), numerical, rtol=1e-6, atol=1e-10)
    one = slice(0, 1)
    np.testing.assert_allclose(output_gradient(g(z[:, one]), Y[:, one]), g(z[:, one]) - Y[:, one], rtol=1e-15)


def test_soft_labels_have_the_same_gradient():
    """Catches a gradient that reads Y as a switch. At A = Y the slope is zero, though the cost is not."""
    shares = softmax(Z[1])
    assert np.abs(output_gradient(softmax(Z[1]), shares)).max() == 0 < cross_entropy(Z[1], shares)
    for cost, g in ((binary_cross_entropy, sigmoid), (cross_entropy, softmax)):
        eps, z = 1e-5, Z[0]
        nudges = eps * np.eye(z.size).reshape(z.size, *z.shape)
        numerical = ((cost(z + nudges, shares) - cost(z - nudges, shares)) / (2 * eps)).reshape(z.shape)
        np.testing.assert_allclose(output_gradient(g(z), shares), numerical, rtol=1e-6, atol=1e-10)


@given(huge)
def test_never_negative_and_always_finite(z):
    """Catches log 0, e^1000, and a loss built from a rounded A."""
    for cost, _, Y in PAIRS:
        assert 0 <= cost(z, Y) < np.inf


@given(huge, st.floats(-100, 100))
def test_cross_entropy_ignores_a_shift(z, c):
    assert cross_entropy(z + c, CLASSES) == pytest.approx(cross_entropy(z, CLASSES), rel=1e-9, abs=1e-8)


def test_exact_at_1000_and_where_A_rounds_to_one():
    """A sure and wrong output costs |Z|; a sure and right one e^-Z, not 0 and not the noise of log(1 - A)."""
    yes = np.array([[1.0]])
    for z in (1000.0, -1000.0):
        assert binary_cross_entropy(np.array([[z]]), yes) == max(-z, 0.0)
    assert binary_cross_entropy(np.array([[40.0]]), yes) == pytest.approx(np.exp(-40), rel=1e-12, abs=0)
    assert cross_entropy(np.array([[1000.0], [0.0]]), one_hot([[1]], 2)) == 1000.0
    assert cross_entropy(np.array([[1000.0], [0.0]]), one_hot([[0]], 2)) == 0.0


def test_two_classes_are_logistic_regression():
    """Syllabus 19.05: C = 2 with logits (z, 0) costs the same."""
    z, y = Z[0, :1], YES_NO[:1]
    both = cross_entropy(np.concatenate([z, 0 * z]), np.concatenate([y, 1 - y]))
    assert both == pytest.approx(binary_cross_entropy(z, y), rel=1e-14)


@pairs
def test_stacked_equals_looped(cost, g, Y):
    assert cost(Z, Y).shape == (4,)
    np.testing.assert_allclose(cost(Z, Y), [cost(z, Y) for z in Z], rtol=1e-14)
    np.testing.assert_array_equal(output_gradient(g(Z), Y), np.stack([output_gradient(g(z), Y) for z in Z]))
    own = np.stack([Y, Y[:, ::-1], Y, Y[:, ::-1]])  # labels of their own for each model
    np.testing.assert_allclose(cost(Z, own), [cost(z, y) for z, y in zip(Z, own)], rtol=1e-14)


@pairs
def test_inputs_are_not_modified(cost, g, Y):
    z, y = Z.copy(), Y.copy()
    cost(z, y)
    assert (z == Z).all() and (y == Y).all()


def test_against_torch():
    torch = pytest.importorskip("torch", reason="live comparison with PyTorch; it is not installed here")
    F = torch.nn.functional
    for scale in (1.0, 300.0):
        z = torch.tensor(Z[0] * scale, requires_grad=True)
        J = F.binary_cross_entropy_with_logits(z, torch.tensor(YES_NO), reduction="sum") / 7
        J.backward()
        assert binary_cross_entropy(Z[0] * scale, YES_NO) == pytest.approx(J.item(), rel=1e-13)
        dZ = output_gradient(sigmoid(Z[0] * scale), YES_NO)
        np.testing.assert_allclose(dZ, z.grad.numpy(), rtol=1e-9, atol=1e-16)
        z = torch.tensor(Z[0] * scale, requires_grad=True)
        J = F.cross_entropy(z.T, torch.tensor(CLASSES.argmax(axis=0)))
        J.backward()
        assert cross_entropy(Z[0] * scale, CLASSES) == pytest.approx(J.item(), rel=1e-13)
        dZ = output_gradient(softmax(Z[0] * scale), CLASSES)
        np.testing.assert_allclose(dZ, z.grad.numpy(), rtol=1e-9, atol=1e-16)


ok = np.zeros((2, 3))


@pytest.mark.parametrize("cost", [binary_cross_entropy, cross_entropy])
@pytest.mark.parametrize(
    "Z, Y, message",
    [
        (ok, np.zeros((3, 2)), r"Z and Y must have the same shape .* got \(2, 3\) and \(3, 2\)"),
        (ok, [0, 1, 1], r"Z and Y must have the same shape .* got \(2, 3\) and \(3,\)"),
        (ok[0], ok[0], "Z and Y must have the same shape"),
        (np.zeros((2, 0)), np.zeros((2, 0)), "not empty"),
        (ok, ok - 1, r"Y must be in \[0, 1\], got -1.0; code the classes as 0 and 1"),
        (ok, ok + 2, r"Y must be in \[0, 1\], got 2.0"),
        (ok, ok + np.nan, r"Y must be in \[0, 1\], got nan"),
    ],
)
def test_bad_input_gets_one_sentence(cost, Z, Y, message):
    with pytest.raises(ValueError, match=message):
        cost(Z, Y)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: cross_entropy(ok, ok), "Y must be one-hot: each column sums to one"),
        (lambda: cross_entropy(ok, ok + 1), "Y must be one-hot"),
    ],
)
def test_bad_labels_get_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
