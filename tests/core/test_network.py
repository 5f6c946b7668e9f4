"""The network: gradient checks on every path, PyTorch as a second engine, laws, stacks, purity, bad input."""

import pickle
from functools import partial
from itertools import islice, product

import numpy as np
import pytest
import recorded
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.activations import ACTIVATIONS
from dlcourse.initializers import initialize
from dlcourse.network import (
    Net,
    accuracy,
    backward,
    batch_statistics,
    cost,
    cost_and_grad,
    dropout_masks,
    forward,
    predict,
)
from dlcourse.normalization import running_statistics
from dlcourse.optimizers import adam
from dlcourse.parameters import mask, pack, unpack
from dlcourse.regularizers import l1, l2
from dlcourse.training import descend

TRACES, traces = recorded.traces("network"), recorded.recorder("network")

PENALTIES = {"none": {}, "l2": {"lambd": 0.7}, "l1": {"lambd": 0.7, "penalty": l1}}
LOGISTIC = Net((2, 1))


def cases(*choices):
    return list(product(*choices))


def example(net, m=7, seed=0, models=()):
    """theta, X, Y and dropout masks (inputs too) for a net; `models` are leading axes of all four."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=(*models, sum(np.prod(shape) for shape in net.shapes.values())))
    X, labels = rng.normal(size=(*models, net.layer_dims[0], m)), rng.integers(net.layer_dims[-1], size=(*models, m))
    if net.output == "softmax":
        Y = np.moveaxis(np.eye(net.layer_dims[-1])[labels], -1, -2)
    else:
        Y = rng.integers(2, size=(*models, net.layer_dims[-1], m)) * 1.0
    keep_prob = {layer: np.full(models, 0.7) for layer in range(net.L)}
    return theta, X, Y, dropout_masks(net, keep_prob, m, rng)


def numerical(objective, theta, eps=1e-6):
    """The two-sided difference with every row of the identity as a direction, all in one stacked call."""
    step = eps * np.eye(theta.size)
    return (objective(theta + step)[0] - objective(theta - step)[0]) / (2 * eps)


def difference(gradient, other):
    return np.linalg.norm(gradient - other) / (np.linalg.norm(gradient) + np.linalg.norm(other))


# gradient checks and other engines


@pytest.mark.parametrize(
    "activation, output, penalty, dropout, batch_norm",
    cases(ACTIVATIONS, ("sigmoid", "softmax"), PENALTIES, (False, True), (False, True)),
)
def test_gradient_on_every_path(activation, output, penalty, dropout, batch_norm):
    """Catches a mask forgotten in backward (0.28), 1/m (0.94), batch norm's variance term (0.1), lambda/m, db."""
    net = Net((3, 5, 4, 3 if output == "softmax" else 1), activation, output, batch_norm)
    theta, X, Y, masks = example(net)
    objective = partial(cost_and_grad, net, X=X, Y=Y, masks=masks if dropout else None, **PENALTIES[penalty])
    assert difference(objective(theta)[1], numerical(objective, theta)) < 1e-8


@pytest.mark.parametrize("trace", TRACES["traces"], ids=lambda t: f"{t['activation']}-{t['output']}")
def test_stored_costs_and_gradients_of_pytorch(trace):
    shapes, theta, X, Y, masks = traces.example(trace["output"], trace["batch_norm"])
    net = Net((3, 5, 4, Y.shape[0]), trace["activation"], trace["output"], trace["batch_norm"])
    assert net.shapes == shapes
    J, dtheta = cost_and_grad(
        net,
        theta,
        X,
        Y,
        masks if trace["dropout"] else None,
        lambd=TRACES["lambd"],
        penalty={"l1": l1, "l2": l2}[trace["penalty"]],
    )
    assert J == pytest.approx(trace["J"], rel=1e-12)
    np.testing.assert_allclose(dtheta, trace["dtheta"], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    "activation, output, penalty, dropout, batch_norm",
    cases(ACTIVATIONS, ("sigmoid", "softmax"), ("l1", "l2"), (False, True), (False, True)),
)
def test_live_costs_and_gradients_of_pytorch(activation, output, penalty, dropout, batch_norm):
    pytest.importorskip("torch", reason="PyTorch is not installed; the stored traces stand in for it")
    net = Net((3, 6, 5, 4 if output == "softmax" else 2), activation, output, batch_norm)
    theta, X, Y, masks = example(net, m=9, seed=1)
    masks = masks if dropout else {}
    J, dtheta = cost_and_grad(net, theta, X, Y, masks, lambd=0.3, penalty={"l1": l1, "l2": l2}[penalty])
    J_torch, dtheta_torch = traces.torch_cost_and_grad(
        net.shapes,
        theta,
        X,
        Y,
        masks,
        activation=activation,
        output=output,
        penalty=penalty,
        lambd=0.3,
        batch_norm=batch_norm,
    )
    if output == "sigmoid":  # PyTorch's mean goes over the two outputs as well; our cost sums them, as the course does
        only_penalty = {"l1": l1, "l2": l2}[penalty](theta, 0.3, 9, net.penalised)
        J_torch, dtheta_torch = 2 * J_torch - only_penalty[0], 2 * dtheta_torch - only_penalty[1]
    assert J == pytest.approx(J_torch, rel=1e-12)
    np.testing.assert_allclose(dtheta, dtheta_torch, rtol=1e-11, atol=1e-12 * abs(dtheta).max())


def test_by_hand():
    """One unit, two examples: Z = 0, A = 1/2, J = log 2, dZ = (A - Y)/m = -1/4, 1/4."""
    J, dtheta = cost_and_grad(Net((1, 1)), np.zeros(2), [[3.0, 5.0]], [[1.0, 0.0]])
    assert J == pytest.approx(np.log(2))
    np.testing.assert_allclose(dtheta, [(5.0 - 3.0) / 4, 0.0], atol=1e-16)


# laws


@settings(max_examples=25)
@given(st.sampled_from(list(ACTIVATIONS)), st.booleans(), st.sampled_from(["sigmoid", "softmax"]), st.integers(0, 999))
def test_examples_count_as_a_mean(activation, batch_norm, output, seed):
    """Every example twice, in any order: same J, same gradient (with lambda doubled, since it is divided by m).

    Catches a missing or doubled 1/m anywhere, a cost that depends on the order, E16.
    """
    net = Net((2, 4, 3), activation, output, batch_norm)
    theta, X, Y, _ = example(net, seed=seed)
    twice = np.random.default_rng(seed).permutation(np.tile(np.arange(7), 2))
    J, dtheta = cost_and_grad(net, theta, X, Y, lambd=0.5)
    J2, dtheta2 = cost_and_grad(net, theta, X[:, twice], Y[:, twice], lambd=1.0)
    assert J2 == pytest.approx(J, rel=1e-12)
    np.testing.assert_allclose(dtheta2, dtheta, rtol=1e-9, atol=1e-12)


@settings(max_examples=25)
@given(st.integers(0, 999))
def test_hidden_units_have_no_names(seed):
    """Reordering the hidden units, rows of W1, b1 and columns of W2, leaves J, and reorders the gradient."""
    net, order = Net((2, 4, 1), "tanh"), np.random.default_rng(seed).permutation(4)
    theta, X, Y, _ = example(net, seed=seed)

    def reordered(vector):
        p = unpack(vector, net.shapes)
        return pack(p | {"W1": p["W1"][order], "b1": p["b1"][order], "W2": p["W2"][:, order]}, net.shapes)

    J, dtheta = cost_and_grad(net, theta, X, Y)
    J2, dtheta2 = cost_and_grad(net, reordered(theta), X, Y)
    assert J2 == pytest.approx(J, rel=1e-13)
    np.testing.assert_allclose(dtheta2, reordered(dtheta), rtol=1e-12, atol=1e-14)


@settings(max_examples=25)
@given(st.integers(0, 999))
def test_softmax_of_two_classes_is_logistic_regression(seed):
    """Syllabus 19.05: with w = w_1 - w_0, b = b_1 - b_0 both say the same, and cost the same."""
    net = Net((2, 2), output="softmax")
    theta, X, _, _ = example(net, seed=seed)
    p = unpack(theta, net.shapes)
    difference_of_rows = pack({"W1": p["W1"][1:] - p["W1"][:1], "b1": p["b1"][1:] - p["b1"][:1]}, LOGISTIC.shapes)
    labels = np.random.default_rng(seed).integers(2, size=7)
    (A, _), (A2, _) = forward(LOGISTIC, difference_of_rows, X), forward(net, theta, X)
    np.testing.assert_allclose(A2, np.concatenate([1 - A, A]), rtol=1e-12, atol=1e-15)
    assert cost(net, theta, X, np.eye(2)[:, labels]) == pytest.approx(
        cost(LOGISTIC, difference_of_rows, X, [labels]), rel=1e-12, abs=1e-15
    )
    np.testing.assert_array_equal(predict(net, theta, X), predict(LOGISTIC, difference_of_rows, X))


def test_a_linear_network_is_one_matrix():
    net = Net((3, 4, 2, 1), "linear")
    theta, X, _, _ = example(net)
    p = unpack(theta, net.shapes)
    W, b = p["W3"] @ p["W2"] @ p["W1"], p["W3"] @ (p["W2"] @ p["b1"] + p["b2"]) + p["b3"]
    np.testing.assert_allclose(forward(net, theta, X)[1]["Z3"], W @ X + b, rtol=1e-12)


def test_activations_layer_by_layer():
    net = Net((3, 5, 4, 1), ("tanh", "relu"))
    theta, X, Y, _ = example(net)
    _, cache = forward(net, theta, X)
    np.testing.assert_array_equal(cache["A1"], np.tanh(cache["Z1"]))
    np.testing.assert_array_equal(cache["A2"], np.maximum(cache["Z2"], 0))
    objective = partial(cost_and_grad, net, X=X, Y=Y)
    assert difference(objective(theta)[1], numerical(objective, theta)) < 1e-8


@pytest.mark.parametrize("penalty", [l1, l2])
def test_penalty_is_on_the_weights_alone(penalty):
    """Syllabus 3.02 and 3.05. Catches a decayed b, gamma or beta, and a penalty in J but not in the gradient."""
    net = Net((3, 5, 4, 1), batch_norm=True)
    theta, X, Y, _ = example(net)
    J0, dtheta0 = cost_and_grad(net, theta, X, Y)
    J, dtheta = cost_and_grad(net, theta, X, Y, lambd=2.0, penalty=penalty)
    p, pull = unpack(theta, net.shapes), unpack(dtheta - dtheta0, net.shapes)
    for name in net.shapes:
        slope = 2 * p[name] if penalty is l2 else np.sign(p[name])
        np.testing.assert_allclose(pull[name], (2.0 / 14) * slope * name.startswith("W"), rtol=1e-10, atol=1e-15)
    size_of = np.square if penalty is l2 else np.abs
    assert J - J0 == pytest.approx(2.0 / 14 * sum(size_of(p[f"W{layer}"]).sum() for layer in (1, 2, 3)), rel=1e-12)


# dropout


def test_a_dropped_unit_is_out_of_the_network():
    """The museum's backward without the mask: a unit dropped for every example must get no gradient at all."""
    net = Net((3, 5, 4, 1), "tanh")
    theta, X, Y, masks = example(net)
    masks[1] = masks[1].copy()
    masks[1][2] = 0.0
    grads = unpack(cost_and_grad(net, theta, X, Y, masks)[1], net.shapes)
    assert (grads["W1"][2] == 0).all() and (grads["b1"][2] == 0).all() and (grads["W2"][:, 2] == 0).all()
    assert (grads["W1"][:2] != 0).any(axis=1).all()


def test_masks_are_factors_on_what_the_next_layer_gets():
    net = Net((3, 5, 1), "tanh")
    theta, X, Y, masks = example(net)
    p = unpack(theta, net.shapes)
    by_hand = p["W2"] @ (np.tanh(p["W1"] @ (X * masks[0]) + p["b1"]) * masks[1]) + p["b2"]
    np.testing.assert_allclose(forward(net, theta, X, masks)[1]["Z2"], by_hand, rtol=1e-12)
    ones = {layer: np.ones_like(D) for layer, D in masks.items()}
    for with_ones, without in zip(cost_and_grad(net, theta, X, Y, ones), cost_and_grad(net, theta, X, Y), strict=True):
        np.testing.assert_allclose(with_ones, without, rtol=1e-12)


def test_dropout_keeps_the_expected_next_z():
    """Syllabus 4.03: on average over masks the next Z is the one without dropout."""
    net = Net((3, 50, 1))
    theta, X, _, _ = example(net, m=1)
    masks = dropout_masks(net, np.full(20_000, 0.8), 1, np.random.default_rng(0))
    Z = forward(net, theta, X, masks)[1]["Z2"].ravel()
    assert abs(Z.mean() - forward(net, theta, X)[1]["Z2"].item()) < 5 * Z.std() / 20_000**0.5


def test_which_layers_are_dropped():
    """Syllabus 4.06: a number means the hidden layers; inputs only when asked for; outputs never."""
    net, rng = Net((2, 4, 3, 1)), np.random.default_rng(0)
    assert {layer: D.shape for layer, D in dropout_masks(net, 0.5, 6, rng).items()} == {1: (4, 6), 2: (3, 6)}
    masks = dropout_masks(net, {0: 0.9, 2: 0.5}, 6, rng)
    assert {layer: D.shape for layer, D in masks.items()} == {0: (2, 6), 2: (3, 6)}
    assert set(np.unique(masks[0])) <= {0.0, 1 / 0.9} and set(np.unique(masks[2])) <= {0.0, 2.0}
    assert (dropout_masks(net, 0.5, 6, rng)[1] != dropout_masks(net, 0.5, 6, rng)[1]).any()
    assert dropout_masks(LOGISTIC, 0.5, 6, rng) == {}


# batch norm


def test_bias_before_batch_norm_is_useless():
    """Syllabus 18.06 and E24: its gradient is zero and changing it changes nothing; batch norm adds 2 n[l] numbers."""
    net = Net((3, 5, 4, 1), batch_norm=True)
    theta, X, Y, _ = example(net)
    J, dtheta = cost_and_grad(net, theta, X, Y)
    grads = unpack(dtheta, net.shapes)
    np.testing.assert_allclose(np.concatenate([grads["b1"], grads["b2"]]), 0.0, atol=1e-15)
    assert abs(grads["b3"]).item() > 1e-3
    assert cost(net, theta + 5 * mask(net.shapes, ["b1", "b2"]), X, Y) == pytest.approx(J, rel=1e-12)
    assert theta.size - sum(np.prod(s) for s in Net((3, 5, 4, 1)).shapes.values()) == 2 * 5 + 2 * 4


def test_batch_statistics_are_those_of_each_hidden_z():
    """More than nine layers on purpose: mu10 must not be read as layer 0 or 1."""
    net = Net((2,) + (3,) * 10 + (1,), "tanh", batch_norm=True)
    theta, X, _, _ = example(net)
    stats = unpack(batch_statistics(net, theta, X), net.stats_shapes)
    _, cache = forward(net, theta, X)
    p = unpack(theta, net.shapes)
    for layer in range(1, 11):
        Z = p[f"W{layer}"] @ cache[f"A{layer - 1}"] + p[f"b{layer}"]
        np.testing.assert_allclose(stats[f"mu{layer}"], Z.mean(axis=-1, keepdims=True), rtol=1e-10)
        np.testing.assert_allclose(stats[f"var{layer}"], Z.var(axis=-1, keepdims=True), rtol=1e-10)


def test_batch_statistics_see_the_dropout_of_their_step():
    net = Net((3, 5, 4, 1), "tanh", batch_norm=True)
    theta, X, _, masks = example(net)
    stats = unpack(batch_statistics(net, theta, X, masks), net.stats_shapes)
    p, (_, cache) = unpack(theta, net.shapes), forward(net, theta, X, masks)
    np.testing.assert_allclose(stats["mu1"], (p["W1"] @ (X * masks[0]) + p["b1"]).mean(axis=-1, keepdims=True))
    np.testing.assert_allclose(stats["mu2"], (p["W2"] @ cache["A1"] + p["b2"]).mean(axis=-1, keepdims=True))


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_given_statistics_decide_every_answer(output):
    """Statistics of quite different examples, so that whoever ignores them gives other predictions."""
    net = Net((3, 5, 4, 2), "tanh", output, batch_norm=True)
    theta, X, Y, _ = example(net, m=50)
    stats = batch_statistics(net, theta, 3 * X + 2)
    A, cache = forward(net, theta, X, stats=stats)
    decided, usual = (
        (A.argmax(axis=0)[None], forward(net, theta, X)[0].argmax(axis=0))
        if output == "softmax"
        else (A > 0.5, forward(net, theta, X)[0] > 0.5)
    )
    truth = Y.argmax(axis=0) if output == "softmax" else Y
    assert (decided == truth).mean() != (usual == truth).mean()
    np.testing.assert_array_equal(predict(net, theta, X, stats), decided)
    assert accuracy(net, theta, X, Y, stats) == (decided == truth).mean()
    losses = -np.log(A) * Y - (0 if output == "softmax" else np.log(1 - A) * (1 - Y))
    assert cost(net, theta, X, Y, stats) == pytest.approx(losses.sum() / 50, rel=1e-10)


@pytest.mark.parametrize("steps", [1, 10, 100])
def test_test_time_repeats_training_time_on_the_same_batch(steps):
    """The museum's Equinox average: after any number of steps on one batch, test time must equal training time."""
    net = Net((3, 5, 4, 2), output="softmax", batch_norm=True)
    theta, X, Y, _ = example(net)
    stats = running_statistics((batch_statistics(net, theta, X) for _ in range(steps)), beta=0.99)
    A, _ = forward(net, theta, X)
    np.testing.assert_allclose(forward(net, theta, X, stats=stats)[0], A, rtol=1e-9)
    assert cost(net, theta, X, Y, stats) == pytest.approx(cost_and_grad(net, theta, X, Y)[0], rel=1e-9)
    np.testing.assert_array_equal(predict(net, theta, X, stats), A.argmax(axis=0)[None])
    assert accuracy(net, theta, X, Y, stats) == (A.argmax(axis=0) == Y.argmax(axis=0)).mean()


def test_at_test_time_examples_do_not_see_each_other():
    """Syllabus 18.10: one example alone gets the answer it gets among others. At training time it could not."""
    net = Net((3, 5, 4, 1), batch_norm=True)
    theta, X, _, _ = example(net)
    stats = running_statistics([batch_statistics(net, theta, X[:, :4]), batch_statistics(net, theta, X[:, 4:])])
    together, _ = forward(net, theta, X, stats=stats)
    alone = [forward(net, theta, X[:, [i]], stats=stats)[0].item() for i in range(7)]
    np.testing.assert_allclose(together[0], alone, rtol=1e-12)


# predictions


def test_predictions_and_accuracy_by_hand():
    X = [[0.0, 1.0, 2.0, 0.5]]
    assert predict(Net((1, 1)), [2.0, -1.0], X).tolist() == [[0, 1, 1, 0]]  # at A = 1/2 exactly: 0
    assert accuracy(Net((1, 1)), [2.0, -1.0], X, [[0, 1, 0, 0]]) == 0.75
    net = Net((1, 3), output="softmax")
    theta = [1.0, 0.0, -1.0, 0.0, 0.7, 0.0]
    assert predict(net, theta, X).tolist() == [[1, 0, 0, 1]]
    assert accuracy(net, theta, X, [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1]]) == 0.5


def test_cost_is_the_cost_without_penalty_and_dropout():
    net = Net((3, 5, 1))
    theta, X, Y, _ = example(net)
    assert cost(net, theta, X, Y) == cost_and_grad(net, theta, X, Y)[0] < cost_and_grad(net, theta, X, Y, lambd=1.0)[0]


# stacks, batches, purity


@pytest.mark.parametrize("output, batch_norm, penalty", cases(("sigmoid", "softmax"), (False, True), (l1, l2)))
def test_stacked_equals_looped(output, batch_norm, penalty):
    net = Net((3, 5, 4, 2), ("tanh", "elu"), output, batch_norm)
    theta, X, Y, masks = example(net, models=(4,))
    lambd = np.array([0.0, 0.1, 1.0, 10.0])
    J, dtheta = cost_and_grad(net, theta, X, Y, masks, lambd=lambd, penalty=penalty)
    stats = batch_statistics(net, theta, X) if batch_norm else None
    results = [f(net, theta, X, Y, stats) for f in (cost, accuracy)] + [predict(net, theta, X, stats)]
    assert J.shape == (4,) and dtheta.shape == theta.shape
    for k in range(4):
        masks_k = {layer: D[k] for layer, D in masks.items()}
        J_k, dtheta_k = cost_and_grad(net, theta[k], X[k], Y[k], masks_k, lambd=lambd[k], penalty=penalty)
        assert J[k] == pytest.approx(J_k, rel=1e-13)
        np.testing.assert_allclose(dtheta[k], dtheta_k, rtol=1e-10, atol=1e-14)
        stats_k = batch_statistics(net, theta[k], X[k]) if batch_norm else None
        if batch_norm:
            np.testing.assert_allclose(stats[k], stats_k, rtol=1e-12)
        looped = [f(net, theta[k], X[k], Y[k], stats_k) for f in (cost, accuracy)]
        looped += [predict(net, theta[k], X[k], stats_k)]
        for stacked, alone in zip(results, looped, strict=True):
            np.testing.assert_allclose(stacked[k], alone, rtol=1e-12)


def test_one_data_set_one_theta_or_one_mask_may_be_shared():
    """Whatever has no leading axes is shared. One theta with many lambdas, masks or data sets gives many costs."""
    net = Net((3, 5, 1))
    theta, X, Y, masks = example(net, models=(4,))
    shared_mask = {layer: D[0] for layer, D in masks.items()}
    for arguments in [
        (theta, X[0], Y[0]),
        (theta[0], X, Y[0]),
        (theta[0], X[0], Y),
        (theta, X[0], Y[0], shared_mask),
        (theta[0], X[0], Y[0], masks),
    ]:
        J, dtheta = cost_and_grad(net, *arguments, lambd=0.5)
        assert J.shape == (4,) and dtheta.shape == (4, theta.shape[-1])
        picked = [
            a[2] if isinstance(a, np.ndarray) and a.ndim == b.ndim else a
            for a, b in zip(arguments, (theta, X, Y), strict=False)
        ]
        if len(arguments) == 4:
            picked.append({layer: D[2] if D.ndim == 3 else D for layer, D in arguments[3].items()})
        J_2, dtheta_2 = cost_and_grad(net, *picked, lambd=0.5)
        assert J[2] == pytest.approx(J_2, rel=1e-13)
        np.testing.assert_allclose(dtheta[2], dtheta_2, rtol=1e-10, atol=1e-14)
    J, dtheta = cost_and_grad(net, theta[0], X[0], Y[0], lambd=np.array([0.0, 1.0]))
    assert J.shape == (2,) and J[0] == cost(net, theta[0], X[0], Y[0]) and dtheta.shape == (2, theta.shape[-1])


def test_a_grid_of_thetas_gives_a_picture_of_costs():
    theta, X, Y, _ = example(LOGISTIC)
    grid = theta + np.random.default_rng(0).normal(size=(5, 6, 3))
    picture = cost(LOGISTIC, grid, X, Y)
    assert picture.shape == (5, 6) and picture[4, 2] == pytest.approx(cost(LOGISTIC, grid[4, 2], X, Y), rel=1e-13)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_inputs_are_left_as_they_were(batch_norm):
    """Everything is locked before the call: whoever writes into an input fails. The museum's array scaled in place."""
    net = Net((3, 5, 4, 1), batch_norm=batch_norm)
    theta, X, Y, masks = example(net)
    stats = batch_statistics(net, theta, X) if batch_norm else None
    inputs = [a for a in (theta, X, Y, stats, *masks.values()) if a is not None]
    before = [a.copy() for a in inputs]
    for a in inputs:
        a.flags.writeable = False
    cost_and_grad(net, theta, X, Y, masks, lambd=0.5)
    accuracy(net, theta, X, Y, stats)
    _, cache = forward(net, theta, X, masks)
    cached = {name: value.copy() for name, value in cache.items()}
    backward(net, Y, cache)
    for a, b in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(a, b)
    for name, value in cached.items():
        if not isinstance(value, dict):
            np.testing.assert_array_equal(cache[name], value)


def test_the_same_call_gives_the_same_result():
    net = Net((3, 5, 1), batch_norm=True)
    theta, X, Y, masks = example(net)
    (J, dtheta), (J2, dtheta2) = (cost_and_grad(net, theta, X, Y, masks) for _ in range(2))
    assert J == J2 and (dtheta == dtheta2).all()


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_costs_stay_finite_for_huge_logits(output):
    net = Net((1, 2), output=output)
    J, dtheta = cost_and_grad(net, [1000.0, -1000.0, 0.0, 0.0], [[1.0, -1.0]], [[0.0, 1.0], [1.0, 0.0]])
    assert J == pytest.approx(2000) and np.isfinite(dtheta).all()


@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_model_that_overflows_leaves_the_others_of_its_stack_alone(batch_norm):
    """A diverged theta is no bad input: its J stops being finite, which `descend` watches for."""
    net = Net((3, 5, 4, 1), batch_norm=batch_norm)
    theta, X, Y, _ = example(net, models=(2,))
    theta[1] *= 1e200
    with np.errstate(over="ignore", invalid="ignore"):
        J, dtheta = cost_and_grad(net, theta, X, Y, lambd=0.5)
    assert not np.isfinite(J[1])
    _, alone = cost_and_grad(net, theta[0], X[0], Y[0], lambd=0.5)
    np.testing.assert_allclose(dtheta[0], alone, rtol=1e-10, atol=1e-14)


def test_it_is_an_objective_with_and_without_batches():
    """Smoke: XOR, which no straight border solves, is learned, from the full batch and from mini-batches."""
    rng, net = np.random.default_rng(0), Net((2, 8, 1), "tanh")
    X = rng.uniform(-1, 1, size=(2, 200))
    Y = 1.0 * (X[:1] * X[1:] > 0)
    theta0 = initialize(net.shapes, rng=rng)
    *_, (theta, J) = islice(descend(partial(cost_and_grad, net, X=X, Y=Y), theta0, adam, lr=0.05), 300)
    assert accuracy(net, theta, X, Y) > 0.95 > accuracy(net, theta0, X, Y)
    halves = ((X[:, part], Y[:, part]) for _ in range(150) for part in (slice(100), slice(100, None)))
    *_, (theta, J) = descend(partial(cost_and_grad, net), theta0, adam, lr=0.05, batches=halves)
    assert accuracy(net, theta, X, Y) > 0.95


# the net itself, and bad input


def test_a_net_is_a_value():
    net = Net([2, 4, 3], output="softmax", batch_norm=True)
    assert net == Net((2, 4, 3), "relu", "softmax", True) and hash(net) == hash(Net((2, 4, 3), "relu", "softmax", True))
    assert repr(net) == "Net(layer_dims=(2, 4, 3), activation='relu', output='softmax', batch_norm=True)"
    assert net.L == 2 and list(net.shapes) == ["W1", "b1", "gamma1", "beta1", "W2", "b2"]
    assert list(net.stats_shapes.items()) == [("mu1", (4, 1)), ("var1", (4, 1))]
    assert pickle.loads(pickle.dumps(net)) == net
    with pytest.raises(AttributeError):
        net.output = "sigmoid"


DEEP, SOFT, NORMED = Net((2, 3, 1)), Net((2, 3), output="softmax"), Net((2, 3, 1), batch_norm=True)
X, Y, ONE_HOT = np.ones((2, 5)), np.ones((1, 5)), np.eye(3)[:, [0, 1, 2, 0, 1]]
THETA, THETA_S, THETA_N = np.zeros(13), np.zeros(9), np.zeros(19)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: Net((2,)), r"layer_dims must be \(n_x, ..., n_y\), at least two sizes, got \(2,\)"),
        (lambda: Net(5), r"layer_dims must be \(n_x, ..., n_y\), at least two sizes, got 5"),
        (lambda: Net((2, 0, 1)), r"layer_dims must be in \[1, inf\), got 0"),
        (lambda: Net((2, 2.5, 1)), "layer_dims must be a whole number"),
        (lambda: Net((2, 3, 1), "swish"), "activation must be one of sigmoid, tanh, relu, .* got 'swish'"),
        (
            lambda: Net((2, 3, 1), ("relu", "relu")),
            "activation must be one name, or one for each of the 1 hidden layers",
        ),
        (lambda: Net((2, 3, 1), output="relu"), "output must be one of sigmoid, softmax, got 'relu'"),
        (lambda: Net((2, 1), output="softmax"), "layer_dims must end in at least 2 classes"),
        (
            lambda: forward(DEEP, THETA, np.ones((3, 5))),
            r"X must have 2 rows, one for each feature .* got shape \(3, 5\)",
        ),
        (lambda: forward(DEEP, THETA, np.ones((5, 2))), r"X must have 2 rows.*columns are examples"),
        (lambda: forward(DEEP, THETA, np.ones(2)), "X must have at least 2 axes"),
        (lambda: forward(DEEP, THETA, np.ones((2, 0))), "X must not be empty"),
        (lambda: forward(DEEP, THETA, X * [1, np.nan, 1, 1, 1]), r"X must be finite, got nan at index \(0, 1\)"),
        (lambda: forward(DEEP, THETA, X * np.inf), "X must be finite, got inf"),
        (lambda: forward(DEEP, THETA, [["a", "b"], ["c", "d"]]), "X must be made of numbers"),
        (lambda: forward(DEEP, THETA * np.nan, X), "theta must be finite, got nan"),
        (lambda: forward(DEEP, np.zeros(14), X), r"theta must end in 13 entries for W1, b1, W2, b2, got shape \(14,\)"),
        (lambda: forward(DEEP, THETA, X, {1: np.ones((2, 5))}), r"masks\[1\] must have shape \(3, 5\), got \(2, 5\)"),
        (lambda: forward(DEEP, THETA, X, {2: np.ones((1, 5))}), "masks' layers must be one of 0, 1, got 2"),
        (lambda: forward(DEEP, THETA, X, [np.ones((3, 5))]), "masks must be {layer: mask}"),
        (lambda: forward(DEEP, THETA, X, stats=np.ones(6)), "stats .* net has no batch norm"),
        (lambda: forward(NORMED, THETA_N, X, stats=np.ones(5)), r"stats must end in 6 entries .* got shape \(5,\)"),
        (lambda: forward(NORMED, THETA_N, X, stats=np.full(6, np.nan)), "stats must be finite"),
        (lambda: forward(NORMED, THETA_N, X[:, :1]), "Z must have at least 2 examples .* for a single example"),
        (lambda: cost_and_grad(DEEP, THETA, X, Y[0]), r"Y must have shape \(1, 5\), got \(5,\)"),
        (lambda: cost_and_grad(DEEP, THETA, X, Y.T), r"Y must have shape \(1, 5\), got \(5, 1\)"),
        (lambda: cost_and_grad(DEEP, THETA, X, 2 * Y), r"Y must be in \[0, 1\], got 2"),
        (lambda: cost_and_grad(DEEP, THETA, X, -Y), r"Y must be in \[0, 1\], got -1"),
        (lambda: cost_and_grad(DEEP, THETA, X, Y * np.nan), r"Y must be in \[0, 1\], got nan"),
        (
            lambda: cost_and_grad(SOFT, THETA_S, X, [0, 1, 2, 0, 1]),
            r"Y must have shape \(3, 5\), got \(5,\); .*one_hot",
        ),
        (
            lambda: cost_and_grad(SOFT, THETA_S, X, [[0, 1, 2, 0, 1]]),
            r"Y must have shape \(3, 5\), got \(1, 5\); .*one_",
        ),
        (lambda: cost_and_grad(SOFT, THETA_S, X, np.ones((3, 5))), "Y must be one-hot: each column sums to one"),
        (lambda: cost_and_grad(DEEP, THETA, X, Y, lambd=-1.0), r"lambd must be in \[0, inf\), got -1.0"),
        (lambda: cost_and_grad(DEEP, THETA, X, Y, lambd=np.nan), "lambd must be in .* got nan"),
        (lambda: cost(DEEP, THETA, X, Y[:, :3]), r"Y must have shape \(1, 5\), got \(1, 3\)"),
        (lambda: accuracy(SOFT, THETA_S, X, [0, 1, 2, 0, 1]), r"Y must have shape \(3, 5\)"),
        (lambda: accuracy(SOFT, THETA_S, X[:, :0], ONE_HOT), "X must not be empty"),
        (lambda: predict(DEEP, THETA, X[:1]), "X must have 2 rows"),
        (lambda: dropout_masks(DEEP, 0.0, 5, np.random.default_rng(0)), r"keep_prob must be in \(0, 1\], got 0.0"),
        (lambda: dropout_masks(DEEP, {1: 1.5}, 5, np.random.default_rng(0)), r"keep_prob must be in \(0, 1\], got 1.5"),
        (
            lambda: dropout_masks(DEEP, {2: 0.5}, 5, np.random.default_rng(0)),
            "keep_prob's layers must be one of 0, 1, got",
        ),
        (lambda: dropout_masks(DEEP, 0.5, 0, np.random.default_rng(0)), r"m must be in \[1, inf\), got 0"),
        (lambda: dropout_masks(DEEP, 0.5, 5, 0), "rng must be a random generator"),
        (lambda: batch_statistics(DEEP, THETA, X), "net must have batch norm and a hidden layer"),
        (
            lambda: batch_statistics(Net((2, 1), batch_norm=True), np.zeros(3), X),
            "net must have batch norm and a hidden",
        ),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
