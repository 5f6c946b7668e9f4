"""Gradient checking: the lecture's numbers, the valley over eps, faults found by name, large nets, bad input."""

import tracemalloc
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dlcourse.checking import GradientCheck, bars, eps_sweep, gradient_check, numerical_gradient, relative_difference
from dlcourse.initializers import initialize
from dlcourse.network import Net, cost_and_grad, dropout_masks, forward
from dlcourse.parameters import pack, size, unpack

vectors = arrays(float, 4, elements=st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6))


def cube(w):
    return (w**3).sum(axis=-1), 3 * w**2


def square(w):
    return (w**2).sum(axis=-1), 2 * w


def net_and_objective(seed=0, m=6, **options):
    """A small net with smooth units, its objective, and a start."""
    rng = np.random.default_rng(seed)
    net = Net((3, 4, 2), **{"activation": "tanh", **options})
    X, Y = rng.normal(size=(3, m)), np.eye(2)[:, rng.integers(0, 2, m)]
    return net, partial(cost_and_grad, net, X=X, Y=Y), initialize(net.shapes, rng=rng)


def with_fault(objective, shapes, name, fault):
    """The same objective, whose gradient of one parameter is wrong."""

    def wrong(theta):
        J, dtheta = objective(theta)
        grads = dict(unpack(dtheta, shapes))
        grads[name] = fault(grads[name])
        return J, pack(grads, shapes)

    return wrong


def test_the_lectures_numbers():
    """E5: x^3 at 1 with eps 0.01 gives 3.0001 and 3.0301, errors 0.0001 and 0.03."""
    assert numerical_gradient(cube, [1.0], eps=0.01) == pytest.approx(3.0001, abs=1e-12)
    assert numerical_gradient(cube, [1.0], eps=0.01, one_sided=True) == pytest.approx(3.0301, abs=1e-12)


@given(st.floats(-5, 5), st.floats(0.001, 1))
def test_two_sided_is_exact_for_a_quadratic(x, eps):
    """E5: the notes' error of 1e-4 for x^2 is the one-sided one, and is eps itself; two-sided is exact."""
    assert numerical_gradient(square, [x], eps) == pytest.approx(2 * x, abs=1e-11)
    assert numerical_gradient(square, [x], eps, one_sided=True) == pytest.approx(2 * x + eps, abs=1e-11)


def test_two_sided_costs_twice_as_many_evaluations():
    """10.05: counted in thetas, for P = 5: 10 and 5 beside the three of the entry check (2 single, 1 pair)."""
    for one_sided, expected in ((False, 10), (True, 5)):
        thetas = []
        numerical_gradient(lambda w: (thetas.append(w.size // 5), cube(w))[1], np.ones(5), one_sided=one_sided)
        assert sum(thetas[3:]) == expected and thetas[:3] == [1, 1, 2]


def test_directions_are_slopes_along_them():
    """Catches a direction taken as an index, and chunks put together in the wrong order."""
    net, objective, theta = net_and_objective()
    gradient = numerical_gradient(objective, theta, eps=1e-5)
    directions = np.random.default_rng(1).normal(size=(7, len(theta)))
    np.testing.assert_allclose(numerical_gradient(objective, theta, 1e-5, directions), directions @ gradient, rtol=1e-7)
    np.testing.assert_allclose(numerical_gradient(objective, theta, 1e-5, np.eye(len(theta))), gradient, rtol=1e-13)


def test_many_parameters_in_chunks():
    """P = 3000: more than one chunk, the last one short. Catches an entry nudged twice or never, and P x P at once."""
    theta, sizes = np.random.default_rng(2).normal(size=3000), []
    objective = lambda w: (sizes.append(w.size), square(w))[1]  # noqa: E731
    np.testing.assert_allclose(numerical_gradient(objective, theta, eps=1e-3), 2 * theta, atol=1e-8)
    assert max(sizes) <= 2**16


def test_memory_stays_small_for_a_large_net():
    """P = 50890 would need a 20.7 GB identity; sampled directions need a few of theta. Measured by tracemalloc."""
    rng = np.random.default_rng(0)
    net = Net((784, 64, 10), output="softmax")
    X, Y = rng.random((784, 8)), np.eye(10)[:, rng.integers(0, 10, 8)]
    theta = initialize(net.shapes, rng=rng)
    objective = partial(cost_and_grad, net, X=X, Y=Y)
    tracemalloc.start()
    report = gradient_check(objective, theta, net.shapes, samples=5, rng=rng)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.verdict == "great"
    assert peak < 40 * theta.nbytes, f"{peak / theta.nbytes:.0f} thetas"
    wrong = with_fault(objective, net.shapes, "W1", lambda dW: np.where(np.arange(784) == 300, 0.0, dW))
    report = gradient_check(wrong, theta, net.shapes, samples=5, rng=rng)  # one column of 784 forgotten
    assert (report.worst, report.verdict) == ("W1", "worry")


@given(vectors, vectors, st.floats(0.01, 100))
def test_relative_difference_laws(a, b, c):
    d = relative_difference(a, b)
    assert 0 <= d <= 1 + 1e-12
    assert relative_difference(b, a) == d
    assert relative_difference(c * a, c * b) == pytest.approx(d, rel=1e-9, abs=1e-12)
    assert relative_difference(a, a) == 0
    assert relative_difference(a, -a) == pytest.approx(1.0 if a.any() else 0.0)


def test_relative_difference_by_hand_and_stacked():
    assert relative_difference([3.0, 4.0], [0.0, 0.0]) == 1.0
    assert relative_difference([3.0, 4.0], [6.0, 8.0]) == pytest.approx(1 / 3)  # 5 / (5 + 10)
    assert relative_difference([0.0], [0.0]) == 0.0
    a, b = np.random.default_rng(0).normal(size=(2, 3, 4))
    b[2] = a[2] = 0.0
    np.testing.assert_allclose(relative_difference(a, b), [relative_difference(x, y) for x, y in zip(a, b)], rtol=1e-15)


@pytest.mark.parametrize("options", [{}, {"activation": "relu"}, {"batch_norm": True}, {"output": "softmax"}])
@pytest.mark.parametrize("sampled", [False, True])
def test_a_right_gradient_is_great(options, sampled):
    """With batch norm too, where the gradient of b is zero and its numerical value pure rounding."""
    net, objective, theta = net_and_objective(**options)
    samples = {"samples": 10, "rng": np.random.default_rng(0)} if sampled else {}
    report = gradient_check(objective, theta, net.shapes, **samples)
    assert report.verdict == "great", report
    assert set(report.by_parameter) == set(net.shapes)
    if not options:
        assert report.difference < 2e-7  # the assignment's own bar


FAULTS = {
    "sign": np.negative,
    "one percent": lambda g: 1.01 * g,
    "1/m forgotten": lambda g: 6 * g,
    "zero": np.zeros_like,
    "not summed": lambda g: g * np.linspace(0.5, 1, g.shape[-2])[:, None],
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
@pytest.mark.parametrize("samples", [None, 20])
def test_the_report_points_to_the_fault(name, fault, samples):
    """10.12: which layer, and dW or db. Catches a report that mixes up names, or says great to a fault."""
    net, objective, theta = net_and_objective()
    wrong = with_fault(objective, net.shapes, name, FAULTS[fault])
    rng = np.random.default_rng(0) if samples else None
    report = gradient_check(wrong, theta, net.shapes, samples=samples, rng=rng)
    assert (report.worst, report.verdict) == (name, "worry"), report
    assert f"worry: look at {name}" in str(report)
    assert all(d < bars(1e-7)[0] for other, d in report.by_parameter.items() if other != name)


def test_a_fault_in_a_layer_of_tiny_gradients_is_seen():
    """Overall it drowns (the course's formula alone says great); by parameter it stands out."""
    net, objective, theta = net_and_objective()
    scale = np.where(np.arange(len(theta)) < 12, 1e-6, 1.0)  # J depends a million times less on W1

    def objective_of_scaled(theta):
        J, dtheta = objective(theta * scale)
        return J, dtheta * scale

    wrong = with_fault(objective_of_scaled, net.shapes, "W1", np.negative)
    assert gradient_check(objective_of_scaled, theta, net.shapes, eps=1e-5).verdict == "great"
    report = gradient_check(wrong, theta, net.shapes, eps=1e-5)
    assert report.worst == "W1" and report.verdict != "great"
    assert report.difference < 1e-5


def test_the_regularization_term_is_part_of_it():
    """10.13: the penalty in J but not in the gradient is found in W, not in b."""
    net, objective, theta = net_and_objective()
    penalised = partial(objective, lambd=0.7)
    assert gradient_check(penalised, theta, net.shapes).verdict == "great"
    forgotten = gradient_check(lambda theta: (penalised(theta)[0], objective(theta)[1]), theta, net.shapes)
    assert forgotten.by_parameter["W1"] > 1e-3 < forgotten.by_parameter["W2"]
    assert max(forgotten.by_parameter["b1"], forgotten.by_parameter["b2"]) < 1e-6


def test_dropout_with_fixed_masks_checks_and_with_fresh_masks_is_named():
    """10.14 and the museum: a mask used forward but forgotten backward is found; a mask drawn anew is a clear error."""
    net, objective, theta = net_and_objective()
    rng = np.random.default_rng(4)
    masks = dropout_masks(net, 0.5, 6, rng)
    assert gradient_check(partial(objective, masks=masks), theta, net.shapes).verdict == "great"
    forgotten = gradient_check(lambda theta: (objective(theta, masks=masks)[0], objective(theta)[1]), theta, net.shapes)
    assert forgotten.verdict == "worry"
    fresh = lambda theta: objective(theta, masks=dropout_masks(net, 0.5, 6, rng))  # noqa: E731
    sentence = "two different costs for the same theta: fix the dropout mask or set keep_prob = 1"
    with pytest.raises(ValueError, match=sentence):
        gradient_check(fresh, theta, net.shapes)
    with pytest.raises(ValueError, match=sentence):
        eps_sweep(fresh, theta, [1e-7])


def courses_objective():
    """The network of the course's gradient-checking assignment, its seed and its cost from A, without our logits."""
    r = np.random.RandomState(1)
    X, Y, net = r.randn(4, 3), np.array([[1, 1, 0]]), Net((4, 5, 3, 1))
    theta = pack({name: r.randn(*shape) for name, shape in net.shapes.items()}, net.shapes)

    def objective(theta):
        A, _ = forward(net, theta, X)
        J = -(Y * np.log(A) + (1 - Y) * np.log(1 - A)).sum(axis=(-2, -1)) / 3
        return J, cost_and_grad(net, theta, X, Y)[1]

    return objective, theta


def test_the_valley_over_eps_on_the_courses_network():
    """E6, for eps 1e-3 ... 1e-8: exact where truncation rules, within a factor 3 where rounding does."""
    two, one = eps_sweep(*courses_objective(), eps=10.0 ** -np.arange(3, 9))
    assert two[0] == pytest.approx(1.7e-8, rel=0.02)
    known = np.array([1.7e-8, 1.9e-10, 9.3e-10, 8.2e-9, 1.2e-7, 1.2e-6])
    assert (two < 3 * known).all() and (two[1:] > known[1:] / 3).all()
    assert (two < bars(10.0 ** -np.arange(3, 9))[0]).all(), "a right gradient is great at every eps"
    np.testing.assert_allclose(one[:2] / one[1:3], 10, rtol=0.01)  # O(eps)


def test_the_slopes_of_the_valley():
    """10.04: one decade of eps is two decades of error two-sided, one decade one-sided; rounding is -1."""
    eps = 10.0 ** -np.arange(1, 13)
    two, one = eps_sweep(lambda w: (np.exp(w[..., 0]), np.exp(w)), [0.3], eps)
    np.testing.assert_allclose(np.log10(two[:3] / two[1:4]), 2, atol=0.01)
    np.testing.assert_allclose(np.log10(one[:5] / one[1:6]), 1, atol=0.03)
    assert two[-1] > 1e3 * two.min() and one[-1] > 1e3 * one.min()
    assert eps[two.argmin()] > eps[one.argmin()]
    assert two.shape == one.shape == (12,)


def test_bars_and_verdicts():
    """E6: at eps = 1e-7 the course's 1e-7 is great, 1e-5 look again, 1e-3 worry; bars belong to their eps."""
    verdicts = {0.0: "great", 1e-7: "great", 1e-5: "look again", 1e-3: "worry", np.nan: "worry"}
    for difference, verdict in verdicts.items():
        assert GradientCheck(difference, {"theta": difference}, 1e-7).verdict == verdict
    assert GradientCheck(1e-7, {"W1": 1e-7, "b1": np.nan, "W2": 0.5}, 1e-7).worst == "b1"
    assert GradientCheck(1e-7, {"W1": 1e-7, "b1": 1e-5}, 1e-7).verdict == "look again"
    assert GradientCheck(1e-7, {"W1": 1e-7, "b1": np.nan}, 1e-7).verdict == "worry"
    assert GradientCheck(1e-6, {"theta": 1e-6}, 1e-5).verdict == "look again"  # what is great at 1e-8
    assert GradientCheck(1e-6, {"theta": 1e-6}, 1e-8).verdict == "great"
    great, worry = bars(np.array([1e-3, 1e-7, 1e-12]))
    np.testing.assert_allclose(great, [bars(e)[0] for e in (1e-3, 1e-7, 1e-12)])
    np.testing.assert_allclose(worry, 100 * great)


def test_it_prints_itself():
    report = gradient_check(cube, [1.0, 2.0], {"W1": (1, 1), "b1": (1, 1)})
    first, *rows = str(report).splitlines()
    assert first.startswith("gradient check with eps = 1e-07: relative difference") and first.endswith("great")
    assert [row.split()[0] for row in rows] == ["W1", "b1"]
    assert list(gradient_check(cube, [1.0, 2.0]).by_parameter) == ["theta"]


def test_at_a_minimum_there_is_nothing_to_divide_by():
    assert gradient_check(square, np.zeros(3)).difference == 0.0
    assert gradient_check(lambda w: (0 * w[..., 0], 0 * w), [1.0]).verdict == "great"


def test_a_kink_is_not_a_fault_of_the_gradient():
    """At relu's kink the two-sided slope is 1/2, the gradient 0: the reason to check away from kinks."""
    kink = lambda w: (np.maximum(w[..., 0], 0), (w > 0) * 1.0)  # noqa: E731
    assert numerical_gradient(kink, [0.0]) == pytest.approx(0.5)
    assert gradient_check(kink, [0.1]).verdict == "great"


def test_theta_is_not_modified():
    net, objective, theta = net_and_objective()
    before = theta.copy()
    gradient_check(objective, theta, net.shapes)
    eps_sweep(objective, theta, [1e-3])
    np.testing.assert_array_equal(theta, before)


def test_each_model_of_a_stack_checks_by_itself():
    """Stacked equals looped: the gradient of a stack is the numerical gradient of each model."""
    net, objective, _ = net_and_objective()
    thetas = initialize(net.shapes, rng=np.random.default_rng(3), stack=(3,))
    _, gradients = objective(thetas)
    looped = [numerical_gradient(objective, theta, eps=1e-5) for theta in thetas]
    np.testing.assert_allclose(gradients, looped, rtol=1e-6, atol=1e-10)
    assert gradients.shape == (3, size(net.shapes))


def test_sampled_directions_see_faults_that_cancel_in_a_sum():
    """Two entries wrong by opposite amounts: along the direction of all ones nothing shows; random signs see it."""
    weights = np.array([1.0, 2.0, 3.0, 4.0])

    def objective(theta):
        return theta @ weights, np.broadcast_to(weights + [0.5, -0.5, 0.0, 0.0], theta.shape)

    report = gradient_check(objective, np.ones(4), samples=20, rng=np.random.default_rng(0))
    assert report.verdict == "worry"
    directions = set()

    def seen(theta):
        directions.update(np.unique(np.abs(theta - 1)[theta != 1].round(9)).tolist() if theta.ndim == 2 else [])
        return theta @ weights, np.broadcast_to(weights, theta.shape)

    gradient_check(seen, np.ones(4), eps=1e-3, samples=5, rng=np.random.default_rng(0))
    assert directions == {0.001}  # every entry is nudged by eps, up or down, and by nothing else


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: gradient_check(square, np.ones((2, 3))), r"theta must be one model \(P,\), got shape \(2, 3\)"),
        (lambda: numerical_gradient(square, np.ones((2, 3))), "theta must be one model"),
        (lambda: eps_sweep(square, np.ones((2, 3)), [1e-7]), "theta must be one model"),
        (lambda: numerical_gradient(square, []), "theta must not be empty"),
        (lambda: numerical_gradient(square, [np.nan]), "theta must be finite"),
        (lambda: numerical_gradient(square, [1.0], eps=0), r"eps must be in \(0, inf\), got 0"),
        (lambda: gradient_check(square, [1.0], eps=-1e-7), "eps must be in"),
        (lambda: eps_sweep(square, [1.0], 1e-7), "eps must have at least 1 axes"),
        (lambda: bars(0.0), "eps must be in"),
        (lambda: numerical_gradient(square, [1.0, 2.0], directions=np.eye(3)), r"directions must have shape \(D, 2\)"),
        (lambda: numerical_gradient(square, [1.0, 2.0], directions=np.ones(2)), "directions must have at least 2 axes"),
        (lambda: numerical_gradient(lambda w: (w, w), [1.0, 2.0]), "one finite cost for one theta"),
        (lambda: numerical_gradient(lambda w: (w.sum() * np.nan, w), [1.0]), "one finite cost for one theta, got nan"),
        (
            lambda: numerical_gradient(lambda w: (w[0] ** 2, 2 * w), [1.0, 3.0]),
            r"must take stacked theta.*not theta\[0\]",
        ),
        (lambda: numerical_gradient(lambda w: (w.sum(), 2 * w), [1.0, 3.0]), "objective must take stacked theta"),
        (
            lambda: numerical_gradient(lambda w: (w.max(), w == w.max()), [1.0, 3.0]),
            "objective must take stacked theta",
        ),
        (
            lambda: gradient_check(lambda w: (w.sum(axis=-1), w[:1]), [1.0, 3.0]),
            r"a gradient of shape \(2,\), got \(1,\)",
        ),
        (lambda: gradient_check(square, [1.0, 3.0], {"W1": (1, 1)}), "theta must end in 1 entries for W1"),
        (lambda: gradient_check(square, [1.0], samples=5), "rng must be a random generator"),
        (
            lambda: gradient_check(square, [1.0], samples=0, rng=np.random.default_rng(0)),
            r"samples must be in \[1, inf\)",
        ),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
