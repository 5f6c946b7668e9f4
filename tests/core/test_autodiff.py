"""The reverse-mode engine: every operation against central differences and torch, graphs with reuse, networks."""

from functools import partial

import numpy as np
import pytest

from dlcourse.autodiff import Tensor, value_and_grad
from dlcourse.checking import gradient_check, numerical_gradient, relative_difference
from dlcourse.initializers import initialize
from dlcourse.network import Net, cost_and_grad
from dlcourse.optimizers import adam, sgd
from dlcourse.training import descend, last

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 3, 4))
POSITIVE = np.abs(B) + 0.5

OPERATIONS = {  # name -> (function of Tensors, also of torch tensors, its inputs)
    "add": (lambda a, b: a + b, A, B),
    "subtract": (lambda a, b: a - b, A, B),
    "multiply": (lambda a, b: a * b, A, B),
    "divide": (lambda a, b: a / b, A, POSITIVE),
    "negate": (lambda a: -a, A),
    "square": (lambda a: a**2, A),
    "cube": (lambda a: a**3, A),
    "root": (lambda a: a**0.5, POSITIVE),
    "inverse": (lambda a: a**-1, POSITIVE),
    "number on the left": (lambda a: 2 + 3 * (1 - a), A),
    "one over": (lambda a: 2 / a, POSITIVE),
    "matmul": (lambda a, b: a @ b, A, RNG.normal(size=(2, 4, 5))),
    "matmul, one stacked": (lambda a, b: a @ b, A, RNG.normal(size=(4, 5))),
    "matmul, other stacked": (lambda a, b: a @ b, RNG.normal(size=(5, 3)), A),
    "exp": (lambda a: a.exp(), A),
    "log": (lambda a: a.log(), POSITIVE),
    "tanh": (lambda a: a.tanh(), A),
    "relu": (lambda a: a.relu(), A),
    "sum": (lambda a: a.sum() ** 2, A),
    "mean": (lambda a: a.mean() ** 2, A),
    "reshape": (lambda a: a.reshape(6, 4) ** 2, A),
    "index": (lambda a: a[..., 1:3] ** 2, A),
    "index twice": (lambda a: a[:, [0, 0, 2]] ** 2, A),
    "broadcast a column": (lambda a, b: a * b + b, A, RNG.normal(size=(3, 1))),
    "broadcast a row": (lambda a, b: a / (b * b + 1), A, RNG.normal(size=(4,))),
    "broadcast a number": (lambda a, b: a * b, A, np.array(3.0)),
    "broadcast both": (lambda a, b: a * b, RNG.normal(size=(3, 1)), RNG.normal(size=(1, 4))),
    "broadcast length one": (lambda a, b: a * b, RNG.normal(size=(1, 1)), RNG.normal(size=(2, 1, 1))),
    "x times x": (lambda a: a * a, A),
    "x plus x": (lambda a: a + a, A),
    "diamond": (lambda a: (lambda u: u.exp() * u + u)(a.tanh()), A),
    "used early and late": (lambda a: ((a * 2).tanh() + a).exp() * a, A),
}
each = pytest.mark.parametrize("name", OPERATIONS)


def weighted(name, make):
    """sum(weights * f(inputs)), so that no two outputs can be mixed up, with the inputs made by `make`."""
    f, *inputs = OPERATIONS[name]
    made = [make(x) for x in inputs]
    out = f(*made)
    shape = tuple(getattr(out, "data", out).shape)
    return made, (out * make(np.random.default_rng(1).normal(size=shape))).sum()


@each
def test_gradient_is_the_slope(name):
    """Central differences for each input, through the forward pass alone."""
    f, *inputs = OPERATIONS[name]
    tensors, J = weighted(name, Tensor)
    J.backward()
    weights = np.random.default_rng(1).normal(size=f(*tensors).data.shape)
    for i, x in enumerate(inputs):

        def cost(flat):
            rows = [[*inputs[:i], row.reshape(x.shape), *inputs[i + 1 :]] for row in flat.reshape(-1, x.size)]
            Js = [(f(*map(Tensor, row)).data * weights).sum() for row in rows]
            return np.reshape(Js, flat.shape[:-1]), None

        assert tensors[i].grad.shape == x.shape
        numerical = numerical_gradient(cost, x.ravel(), eps=1e-5)
        np.testing.assert_allclose(tensors[i].grad.ravel(), numerical, rtol=1e-6, atol=1e-8)


@each
def test_against_torch(name):
    torch = pytest.importorskip("torch", reason="live comparison with PyTorch; it is not installed here")
    ours, J = weighted(name, Tensor)
    theirs, J_torch = weighted(name, lambda x: torch.tensor(x, requires_grad=True))
    J.backward()
    J_torch.backward()
    assert J.data == pytest.approx(J_torch.item(), rel=1e-12)
    for a, b in zip(ours, theirs):
        np.testing.assert_allclose(a.grad, b.grad.numpy(), rtol=1e-11, atol=1e-14)


def test_the_courses_first_tensorflow_program():
    """20.02, E20, E39: w^2 - 10w + 25 from 0 with lr 0.01: 0.1 after one step, 4.99999999 after 1000 more."""
    objective = partial(value_and_grad, lambda w: w[..., 0] ** 2 - 10 * w[..., 0] + 25)
    run = descend(objective, [0.0], sgd, lr=0.01)
    assert next(run)[1] == 25.0
    assert next(run)[0] == pytest.approx([0.1], rel=1e-15)
    theta, J = last(run, 1000)
    assert theta.item() == pytest.approx(4.99999999, abs=5e-9)
    assert theta.item() == pytest.approx(5 - 5 * 0.98**1001, rel=1e-13)  # each step leaves 0.98 of the distance


def test_coefficients_fed_in():
    """20.03, E20: with 1, -10, 25 the minimum is 0 at w = 5; with the notes' -20 it would be -75 at w = 10."""
    for middle, w_min, J_min in ((-10, 5, 0), (-20, 10, -75)):
        x = Tensor([1.0, middle, 25.0])
        f = lambda w: x[0] * w[..., 0] ** 2 + x[1] * w[..., 0] + x[2]  # noqa: E731
        theta, J = last(descend(partial(value_and_grad, f), [0.0], sgd, lr=0.1), 200)
        assert (theta.item(), J) == (pytest.approx(w_min), pytest.approx(J_min, abs=1e-12))
    w = Tensor(3.0)
    (x[0] * w**2 + x[1] * w + x[2]).backward()
    assert x.grad.tolist() == [9.0, 3.0, 1.0]  # the fed-in data have gradients too


def network_cost(W1, b1, W2, b2, X, Y, m):
    """The course's forward pass, written once more with Tensors; softmax cross-entropy with the maximum subtracted."""
    Z2 = W2 @ (W1 @ X + b1).tanh() + b2
    Z2 = Z2 - Z2.data.max(axis=-2, keepdims=True)
    return -(Y * (Z2 - Z2.exp().sum(axis=-2).log())).sum() / m


def test_it_reproduces_the_networks_gradient():
    """Two independent routes: our hand-written backpropagation, and the chain rule link by link."""
    net, rng = Net((3, 5, 4), activation="tanh", output="softmax"), np.random.default_rng(2)
    X, Y = rng.normal(size=(3, 7)), np.eye(4)[:, rng.integers(0, 4, 7)]
    theta = initialize(net.shapes, rng=rng) + 0.1

    def f(theta):
        W1, b1 = theta[:15].reshape(5, 3), theta[15:20].reshape(5, 1)
        W2, b2 = theta[20:40].reshape(4, 5), theta[40:].reshape(4, 1)
        return network_cost(W1, b1, W2, b2, X, Y, 7)

    J, dtheta = value_and_grad(f, theta)
    J_net, dtheta_net = cost_and_grad(net, theta, X, Y)
    assert J == pytest.approx(J_net, rel=1e-14)
    assert relative_difference(dtheta, dtheta_net) < 1e-14


def test_a_value_and_grad_is_an_objective():
    """It trains, it checks, and a stack of models is each model by itself."""
    f = lambda w: ((w[..., 0] * 3).tanh() + w[..., 1]) ** 2 + w[..., 0] ** 2  # noqa: E731
    objective = partial(value_and_grad, f)
    assert gradient_check(objective, [0.3, -1.0]).verdict == "great"
    thetas = np.random.default_rng(3).normal(size=(5, 2))
    Js, gradients = objective(thetas)
    assert Js.shape == (5,)
    for theta, J, gradient in zip(thetas, Js, gradients):
        assert objective(theta)[0] == pytest.approx(J, rel=1e-15)
        np.testing.assert_allclose(objective(theta)[1], gradient, rtol=1e-14)
    assert last(descend(objective, thetas, adam, lr=0.05), 500)[1].max() < 1e-3


def test_sums_keep_their_axis():
    x = Tensor(A)
    assert x.sum(axis=-1).data.shape == (2, 3, 1) and x.mean(axis=0).data.shape == (1, 3, 4)
    np.testing.assert_allclose(x.mean(axis=1).data, A.mean(axis=1, keepdims=True), rtol=1e-14)
    (x.mean(axis=1) ** 2).sum().backward()
    np.testing.assert_allclose(x.grad, np.broadcast_to(2 / 3 * A.mean(axis=1, keepdims=True), A.shape), rtol=1e-13)


def test_backward_twice_gives_the_same():
    """Catches gradients that add up from call to call, in the inputs and in the middle of the graph."""
    x = Tensor([2.0, 3.0])
    y = x * x
    J = (y * x).sum()
    for _ in range(3):
        J.backward()
        assert x.grad.tolist() == [12.0, 27.0] and y.grad.tolist() == [2.0, 3.0]
    (x * 5).sum().backward()  # another cost of the same x
    assert x.grad.tolist() == [5.0, 5.0]


def test_values_cannot_change_under_a_graph():
    """In-place changes between forward and backward would falsify gradients: data is a copy, and read-only."""
    source = np.array([2.0])
    x = Tensor(source)
    J = (x * x).sum()
    source[0] = 100.0
    with pytest.raises(ValueError, match="read-only"):
        x.data[0] = 100.0
    with pytest.raises(ValueError, match="read-only"):
        x.data += 1
    x.data = np.array([100.0])  # a new array, after the forward pass
    J.backward()
    assert x.grad.tolist() == [4.0]


def test_gradients_do_not_share_memory():
    """Catches + passing one array on to both sides: changing one gradient must leave the other alone."""
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    (a + b).sum().backward()
    a.grad *= 10
    assert b.grad.tolist() == [1.0, 1.0]


def test_a_deep_graph_needs_no_deep_stack():
    """5000 operations in a row, more than Python's recursion limit; and each node once, not 2^5000 paths."""
    x = y = Tensor(1.0)
    for _ in range(5000):
        y = y * 0.5 + y * 0.5
    y.backward()
    assert x.grad == 1.0


def test_arrays_on_the_left():
    """array * tensor must be a Tensor, not an array of Tensors."""
    x = Tensor(np.ones(3))
    for y in (
        np.arange(3.0) * x,
        np.arange(3.0) + x,
        np.arange(3.0) - x,
        np.arange(3.0) / x,
        (np.ones((2, 3)) @ x.reshape(3, 1)).reshape(2),
    ):
        assert isinstance(y, Tensor) and y.data.dtype == np.float64
    assert (np.arange(3.0) - x).data.tolist() == [-1.0, 0.0, 1.0]
    assert (np.arange(3.0) / Tensor([2.0, 2.0, 4.0])).data.tolist() == [0.0, 0.5, 0.5]


def test_values_are_numpys():
    """Catches a forward pass that is wrong in the same way as its gradient; without torch, nothing else would."""
    x, y = Tensor(A), Tensor(POSITIVE)
    for ours, numpys in (
        (x + y, A + POSITIVE),
        (x - y, A - POSITIVE),
        (2 - x, 2 - A),
        (x * y, A * POSITIVE),
        (x / y, A / POSITIVE),
        (2 / y, 2 / POSITIVE),
        (-x, -A),
        (x**3, A**3),
        (x @ y.data.mT, A @ POSITIVE.mT),
        (x.exp(), np.exp(A)),
        (y.log(), np.log(POSITIVE)),
        (x.tanh(), np.tanh(A)),
        (x.relu(), A * (A > 0)),
        (x.sum(), A.sum()),
        (x.mean(), A.mean()),
        (x.reshape(6, 4), A.reshape(6, 4)),
        (x[0, 1:], A[0, 1:]),
    ):
        np.testing.assert_allclose(ours.data, numpys, rtol=1e-14)


def test_relu_at_its_kink_has_slope_zero():
    """The convention of `activations`, and of PyTorch."""
    x = Tensor([-1.0, 0.0, 1.0])
    x.relu().sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 1.0]


def test_it_shows_itself():
    x = Tensor([1.0])
    assert repr(x) == "Tensor([1.], grad=None)"
    (x * 2).sum().backward()
    assert repr(x) == "Tensor([1.], grad=[2.])"


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: Tensor([1.0, 2.0]).backward(), r"backward starts from one number, the cost, got shape \(2,\)"),
        (lambda: Tensor(2.0) ** Tensor(2.0), "the exponent must be a number other than 0"),
        (lambda: Tensor(2.0) ** 0, "the exponent must be a number other than 0"),
        (lambda: Tensor([1.0]) @ Tensor([1.0]), "@ needs two axes or more on both sides"),
        (lambda: Tensor("cat"), "data must be made of numbers"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
