"""A graph that is only repeated gives what the functions themselves give, wherever it is trusted."""

import gc
from functools import partial
from itertools import islice

import numpy as np
import pytest

from dlcourse import optimizers
from dlcourse._replay import Graph, Replay
from dlcourse.activations import ACTIVATIONS
from dlcourse.batches import epochs
from dlcourse.initializers import initialize
from dlcourse.network import Net, cost_and_grad, dropout_masks
from dlcourse.optimizers import adam, sgd
from dlcourse.parameters import mask
from dlcourse.regularizers import l1
from dlcourse.surfaces import SURFACES
from dlcourse.training import Diverged, descend, history, last
from dlcourse.transfer import train_only

STEPS = [getattr(optimizers, name) for name in ("sgd", "momentum", "heavy_ball", "nesterov", "adagrad", "rmsprop")]
STEPS += [adam, optimizers.adamw, optimizers.nadam]


def problem(net, m=20, models=()):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(*models, net.layer_dims[0], m))
    if net.output == "softmax":
        return X, np.eye(net.layer_dims[-1])[rng.integers(net.layer_dims[-1], size=(*models, m))].mT.copy()
    return X, 1.0 * (rng.random((*models, net.layer_dims[-1], m)) < 0.5)


def start(net, models=()):
    return initialize(net.shapes, rng=np.random.default_rng(2), stack=models)


def both_ways(objective, theta, step, T=25, batches=None, **hyper):
    """The same run with and without the graph, and whether the graph was what ran."""
    runs = []
    for static in (False, True):
        given = None if batches is None else batches()
        runs.append(history(descend(objective, theta, step, batches=given, static=static, **hyper), T))
    for plain, static in zip(*runs):
        np.testing.assert_allclose(static, plain, rtol=1e-10, atol=1e-12 * np.abs(plain).max())


def repeated(function, *args):
    """Nothing but the graph of the function, and what it gives for these args."""
    replay = Replay(function)
    for _ in range(4):
        replay(*[x + 0.1 if isinstance(x, np.ndarray) else x for x in args])
        replay(*args)
    ((graph, seen),) = replay.graphs.values()
    assert graph is not None and seen is None, "the graph was not trusted"
    return graph, graph.result


CASES = {
    **{name: (Net((3, 5, 4, 1), name), {}) for name in ACTIVATIONS},
    "logistic": (Net((3, 1)), {}),
    "wide, softmax": (Net((3, 40, 3), output="softmax"), {}),
    "as many classes as examples": (Net((3, 5, 20), output="softmax"), {}),
    "two outputs": (Net((3, 5, 2)), {}),
    "one unit": (Net((1, 1, 1), "tanh"), {}),
    "l2": (Net((3, 5, 1)), {"lambd": 0.7}),
    "l1": (Net((3, 5, 1)), {"lambd": 0.7, "penalty": l1}),
    "batch norm": (Net((3, 5, 4, 1), "tanh", batch_norm=True), {}),
    "batch norm, softmax, l2": (Net((3, 5, 4, 3), "relu", "softmax", batch_norm=True), {"lambd": 0.1}),
    "dropout": (
        Net((3, 5, 4, 1), "elu"),
        {"masks": dropout_masks(Net((3, 5, 4, 1)), 0.7, 20, np.random.default_rng(0))},
    ),
    "dropout of inputs": (
        Net((3, 5, 1)),
        {"masks": dropout_masks(Net((3, 5, 1)), {0: 0.7}, 20, np.random.default_rng(0))},
    ),
}


@pytest.mark.parametrize("models", [(), (1,), (4,), (2, 3)], ids=str)
@pytest.mark.parametrize("net, options", CASES.values(), ids=CASES)
def test_cost_and_gradient_of_every_net(net, options, models):
    X, Y = problem(net)
    objective = partial(cost_and_grad, net, X=X, Y=Y, **options)
    theta = start(net, models)
    graph, (J, grad) = repeated(objective, theta)
    for wanted, got in zip(objective(theta), (J, grad)):
        np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-14)


def test_a_stack_with_its_own_data_masks_and_penalties():
    net, models = Net((3, 5, 4, 1)), (4,)
    X, Y = problem(net, models=models)
    masks = dropout_masks(net, np.array([0.5, 0.6, 0.7, 0.8]), 20, np.random.default_rng(0))
    objective = partial(cost_and_grad, net, X=X, Y=Y, masks=masks, lambd=np.array([0.0, 0.1, 1.0, 10.0]))
    theta = start(net, models)
    _, result = repeated(objective, theta)
    for wanted, got in zip(objective(theta), result):
        np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-14)
    both_ways(objective, theta, adam, lr=np.array([0.001, 0.01, 0.1, 1.0]))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_every_optimizer(step):
    net = Net((3, 5, 1), "tanh")
    X, Y = problem(net)
    both_ways(partial(cost_and_grad, net, X=X, Y=Y), start(net), step, lr=0.1)
    both_ways(partial(cost_and_grad, net, X=X, Y=Y), start(net, (3,)), step, lr=np.array([0.0, 0.1, 0.2]))
    both_ways(partial(cost_and_grad, net, X=X, Y=Y), start(net), step, lr=lambda t: 0.2 / (t + 1))


def test_frozen_layers():
    net = Net((3, 5, 1), "tanh")
    X, Y = problem(net)
    hyper = {"optimizer": adam, "mask": mask(net.shapes, ["W2", "b2"]), "lr": 0.1}
    both_ways(partial(cost_and_grad, net, X=X, Y=Y), start(net), train_only, **hyper)


@pytest.mark.parametrize("name", SURFACES)
def test_every_surface(name):
    both_ways(SURFACES[name].objective, SURFACES[name].start, adam, lr=0.01)


def test_batches_with_a_short_one_at_the_end_of_each_epoch():
    net = Net((3, 5, 1))
    X, Y = problem(net)
    both_ways(
        partial(cost_and_grad, net),
        start(net),
        adam,
        lr=0.1,
        batches=lambda: epochs(X, Y, 8, np.random.default_rng(3), n=9),
    )


def test_masks_that_come_with_the_batches_are_new_in_each_step():
    net = Net((3, 8, 1))
    X, Y = problem(net)

    def batches():
        rng = np.random.default_rng(0)
        return ((X, Y, dropout_masks(net, 0.5, 20, rng)) for _ in range(25))

    both_ways(partial(cost_and_grad, net), start(net), sgd, lr=0.1, batches=batches)


def test_what_is_drawn_inside_the_objective_is_drawn_again_each_time():
    net, rng = Net((3, 8, 1)), np.random.default_rng(0)
    X, Y = problem(net)

    def objective(theta):
        return cost_and_grad(net, theta, X, Y, dropout_masks(net, 0.5, 20, rng))

    _, Js = history(descend(objective, start(net), sgd, lr=0.0, static=True), 12)
    assert len(set(Js.tolist())) == 12


@pytest.mark.parametrize(
    "objective",
    [
        lambda w: (float(w[0]) ** 2, 2 * w),
        lambda w: (w.dot(w), 2 * np.array(w)),
        lambda w: (np.asarray(w)[0] ** 2, 2 * w),
        lambda w: ((w**2).sum(), 2 * np.asarray(w)),
        lambda w: (sum(w.tolist()), np.ones(2)),
        lambda w: (w @ w / 2, w),
        lambda w: (np.linalg.norm(w) ** 2, 2 * w),
        lambda w: (np.where(w > 1, w, w**2).sum(), np.where(w > 1, 1.0, 2 * w)),
        lambda w: (np.abs(w).max(), np.sign(w) * (np.abs(w) == np.abs(w).max())),
        lambda w: [(w * w).sum(), w + w],
        lambda w: (np.stack([w, 2 * w]).sum(), np.concatenate([w[:1], w[1:]]) * 3),
        lambda w: (np.sort(w)[0], (w == w.min()) * 1.0),
        lambda w: (np.cumsum(w)[-1], np.ones_like(w)),
        lambda w: ((w[[0, 1, 0]] ** 2).sum(), np.array([4.0, 2.0]) * w),
    ],
    ids=range(14),
)
def test_objectives_as_learners_write_them(objective):
    both_ways(objective, [1.5, -0.7], sgd, lr=0.03)
    both_ways(objective, [1.5, -0.7], sgd, lr=lambda t: 0.03 * max(0, t - 4))  # at first nothing moves


def test_a_step_that_is_no_formula():
    seen = []

    def step(theta, grad, state, *, lr):
        seen.append(grad)
        return theta - lr * grad * np.random.default_rng(len(seen)).random(), state

    thetas, _ = history(descend(lambda w: ((w**2).sum(), 2 * w), [1.0, 2.0], step, lr=0.1, static=True), 10)
    shares = (thetas[1:] / thetas[:-1])[:, 0]
    assert len(set(shares.round(9).tolist())) == 9


def test_no_theta_or_cost_is_overwritten_later_nor_can_the_user_disturb_the_run():
    net = Net((3, 5, 1), "tanh")
    X, Y = problem(net)
    objective = partial(cost_and_grad, net, X=X, Y=Y)
    for models in ((), (3,)):
        kept, copies = [], []
        for theta, J in islice(descend(objective, start(net, models), adam, lr=0.1, static=True), 12):
            kept.append((theta, J)), copies.append((theta.copy(), np.copy(J)))
        for one, other in zip(kept, copies):
            np.testing.assert_array_equal(one[0], other[0]), np.testing.assert_array_equal(one[1], other[1])
        undisturbed = copies[-1][0]
        for theta, _ in islice(descend(objective, start(net, models), adam, lr=0.1, static=True), 12):
            last_theta = theta.copy()
            theta[...] = 0
        np.testing.assert_array_equal(last_theta, undisturbed)


def test_the_data_of_the_user_stay_as_they_are():
    net = Net((3, 5, 1))
    X, Y = problem(net)
    before = X.copy(), Y.copy()
    given = [(X[:, :8], Y[:, :8]), (X[:, 8:16], Y[:, 8:16])] * 5
    last(descend(partial(cost_and_grad, net), start(net), adam, lr=0.1, batches=given, static=True))
    np.testing.assert_array_equal(X, before[0]), np.testing.assert_array_equal(Y, before[1])


@pytest.mark.parametrize("lr", [1.2, 30.0], ids=str)
def test_divergence_has_the_same_step_and_the_same_words(lr):
    words = []
    for static in (False, True):
        run = descend(lambda w: ((w**4).sum(), 4 * w**3), [1.0, 2.0], sgd, lr=lr, static=static)
        thetas, Js = history(run)
        with pytest.raises(Diverged) as error:
            last(descend(lambda w: ((w**4).sum(), 4 * w**3), [1.0, 2.0], sgd, lr=lr, static=static))
        words.append((str(error.value), len(Js), thetas[-1].tolist(), Js[-1]))
    assert words[0] == words[1]


def test_in_a_stack_the_others_go_on():
    lr = np.array([0.01, 0.9, 0.02, 7.0])
    plain, static = (
        history(descend(lambda w: ((w**4).sum(-1), 4 * w**3), np.full((4, 2), 1.1), sgd, lr=lr, static=static), 30)
        for static in (False, True)
    )
    assert np.isinf(plain[1][-1]).tolist() == [False, True, False, True]
    (
        np.testing.assert_allclose(static[0], plain[0], rtol=1e-12),
        np.testing.assert_allclose(static[1], plain[1], rtol=1e-12),
    )


@pytest.mark.parametrize("lr", [0.01, np.array([0.0, 0.01, 0.02])], ids=["one", "stack"])
def test_a_theta_that_overflows_long_after_stays_where_it_was_finite(lr):
    """Catches a theta that lies where the next step writes."""
    start = np.full((*np.shape(lr), 2), 0.5)
    plain, static = (
        history(descend(lambda w: (np.tanh(w).sum(-1), -np.exp(w * w)), start, sgd, lr=lr, static=static), 90)
        for static in (False, True)
    )
    assert 15 < np.isfinite(plain[1].reshape(len(plain[1]), -1).sum(axis=1)).sum() < 90
    for one, other in zip(plain, static):
        np.testing.assert_allclose(other, one, rtol=1e-12)


def test_sums_along_each_axis():
    """Of a square array, where shapes do not tell rows from columns."""
    A = np.arange(9.0).reshape(3, 3)
    for axis in (0, 1, -1, -2, None, (0, 1), (-2, -1)):
        for keepdims in (False, True):
            graph = Graph(lambda A: (A * A).sum(axis=axis, keepdims=keepdims), given := A.copy())
            given += 1
            graph.run()
            np.testing.assert_allclose(graph.result, ((A + 1) ** 2).sum(axis=axis, keepdims=keepdims), rtol=1e-14)


def test_bad_data_get_the_sentence_of_the_function():
    net = Net((3, 5, 1))
    X, Y = problem(net)
    with pytest.raises(ValueError, match="X must have 3 rows"):
        last(descend(partial(cost_and_grad, net, X=X[:2], Y=Y), start(net), adam, lr=0.1, static=True), 5)
    with pytest.raises(ValueError, match="lr must be in"):
        last(descend(partial(cost_and_grad, net, X=X, Y=Y), start(net), adam, lr=-0.1, static=True), 5)
    with pytest.raises(ValueError, match="lr must be in .* got -0.2"):
        rates = [0.1] * 8 + [-0.2]
        last(descend(partial(cost_and_grad, net, X=X, Y=Y), start(net), adam, lr=rates.__getitem__, static=True), 12)
    with pytest.raises(ValueError, match="X must be finite"):
        batches = [(X, Y)] * 8 + [(np.full_like(X, np.nan), Y)]
        last(descend(partial(cost_and_grad, net), start(net), adam, lr=0.1, batches=batches, static=True))
    with pytest.raises(ValueError, match="static must be True or False"):
        next(descend(partial(cost_and_grad, net, X=X, Y=Y), start(net), adam, lr=0.1, static=1))


def test_a_graph_is_shorter_than_what_was_asked_of_numpy():
    net = Net((2, 10, 5, 1))
    X, Y = problem(net)
    graph = Graph(partial(cost_and_grad, net, X=X, Y=Y), start(net))
    names = [call[0].__name__ for call in graph.calls]
    assert names.count("matmul") == 8 and "isfinite" not in names and "concatenate" in names
    assert len(graph.inputs) == 1


def test_a_graph_that_nobody_needs_is_freed(graphs):
    """Catches a ring through the base of an array, which Python's collector cannot see: every training would stay in memory."""
    net, before = Net((2, 10, 5, 1)), graphs()
    objective = partial(cost_and_grad, net, X=np.ones((2, 8)), Y=np.ones((1, 8)))
    last(descend(objective, start(net), adam, lr=0.1, static=True), 8)
    assert graphs() == before


def test_an_array_kept_of_a_recording_is_an_array():
    kept = []
    graph = Graph(lambda w: (kept.append(w * 2), w + 1)[1], np.arange(3.0))
    del graph
    gc.collect()
    assert (kept[0] + 1).tolist() == [1.0, 3.0, 5.0] and kept[0][1] == 2 and kept[0].sum() == 6.0
