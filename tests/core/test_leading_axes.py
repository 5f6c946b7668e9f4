"""Leading axes are separate models, everywhere: stacked equals looped, for every public function of storey 1.

The per-chapter tests try odd shapes; this file is the guard that no function is left out. A function stands in CASES
(its stacked arguments, and those that all models share) or in APART, with the reason.
"""

import numpy as np
import pytest
from test_public_names import NAMES

from dlcourse import (
    activations,
    autodiff,
    averages,
    batches,
    checking,
    datasets,
    diagnosis,
    losses,
    network,
    normalization,
    optimizers,
    parameters,
    regularizers,
    schedules,
    surfaces,
    training,
    transfer,
)

K, M = 3, 6
rng = np.random.default_rng(7)


def draw(*shape):
    return rng.normal(size=(K, *shape))


SHAPES = {"W1": (4, 2), "b1": (4, 1)}
NET = network.Net((2, 4, 1), activation="tanh")
NORMED = network.Net((2, 4, 1), activation="tanh", batch_norm=True)
P, P_NORMED = parameters.size(NET.shapes), parameters.size(NORMED.shapes)
Y01 = (draw(1, M) > 0).astype(float)
ONE_HOT = np.stack([np.eye(3)[:, rng.integers(0, 3, M)] for _ in range(K)])
LR, BETA = np.array([0.1, 0.2, 0.3]), np.array([0.0, 0.9, 0.99])
THETA, GRAD = draw(P), draw(P)
AVERAGES = (draw(P), draw(P) ** 2)
STEP = dict(theta=THETA, grad=GRAD, lr=LR)
DATA = dict(X=draw(2, M), Y=Y01)
MASKS = {1: (draw(4, M) > 0) / 0.5}
PIXELS = rng.uniform(size=(K, 16, M))


def run(theta, lr):
    """What descend leads to after five steps on a ravine."""
    return training.history(training.descend(surfaces.ravine, theta, optimizers.adam, lr=lr), 5)


CASES = (
    {  # name -> (function, stacked arguments, arguments shared by all models)
        "parameters.pack": (parameters.pack, dict(arrays={"W1": draw(4, 2), "b1": draw(4, 1)}), dict(shapes=SHAPES)),
        "parameters.unpack": (parameters.unpack, dict(theta=draw(12)), dict(shapes=SHAPES)),
        "averages.ewa": (averages.ewa, dict(average=draw(), x=draw(), beta=BETA), {}),
        "averages.bias_correction": (averages.bias_correction, dict(average=draw(), beta=BETA), dict(t=4)),
        "averages.ewa_series": (averages.ewa_series, dict(x=draw(9), beta=BETA), dict(bias_correction=True)),
        "averages.window": (averages.window, dict(beta=BETA), {}),
        "averages.remaining_bias": (averages.remaining_bias, dict(beta=BETA), dict(t=4)),
        "averages.weights_of_the_past": (averages.weights_of_the_past, dict(beta=BETA), dict(t=4)),
        "losses.binary_cross_entropy": (losses.binary_cross_entropy, dict(Z=draw(1, M), Y=Y01), {}),
        "losses.cross_entropy": (losses.cross_entropy, dict(Z=draw(3, M), Y=ONE_HOT), {}),
        "losses.output_gradient": (losses.output_gradient, dict(A=draw(3, M), Y=ONE_HOT), {}),
        "regularizers.l2": (regularizers.l2, dict(theta=THETA, lambd=LR), dict(m=M, mask=NET.penalised)),
        "regularizers.l1": (regularizers.l1, dict(theta=THETA, lambd=LR), dict(m=M, mask=NET.penalised)),
        "normalization.standardize": (normalization.standardize, dict(X=draw(2, M)), {}),
        "normalization.batch_norm": (
            normalization.batch_norm,
            dict(Z=draw(4, M), gamma=draw(4, 1), beta=draw(4, 1)),
            {},
        ),
        "normalization.batch_norm_backward": (
            lambda Z, dZ, gamma: normalization.batch_norm_backward(
                dZ, gamma, normalization.batch_norm(Z, gamma, 0.0)[1]
            ),
            dict(Z=draw(4, M), dZ=draw(4, M), gamma=draw(4, 1)),
            {},
        ),
        "normalization.running_statistics": (
            lambda a, b: normalization.running_statistics([a, b]),
            dict(a=draw(5), b=draw(5)),
            {},
        ),
        "network.forward": (network.forward, dict(theta=THETA, X=draw(2, M), masks=MASKS), dict(net=NET)),
        "network.backward": (
            lambda theta, X, Y: network.backward(NET, Y, network.forward(NET, theta, X)[1]),
            dict(theta=THETA, **DATA),
            {},
        ),
        "network.cost_and_grad": (
            network.cost_and_grad,
            dict(theta=draw(P_NORMED), lambd=LR, masks=MASKS, **DATA),
            dict(net=NORMED),
        ),
        "network.cost": (network.cost, dict(theta=THETA, **DATA), dict(net=NET)),
        "network.predict": (network.predict, dict(theta=THETA, X=draw(2, M)), dict(net=NET)),
        "network.accuracy": (network.accuracy, dict(theta=THETA, **DATA), dict(net=NET)),
        "network.batch_statistics": (
            network.batch_statistics,
            dict(theta=draw(P_NORMED), X=draw(2, M)),
            dict(net=NORMED),
        ),
        "optimizers.sgd": (optimizers.sgd, STEP, {}),
        "optimizers.momentum": (optimizers.momentum, dict(**STEP, beta=BETA, state=AVERAGES[:1]), {}),
        "optimizers.heavy_ball": (optimizers.heavy_ball, dict(**STEP, beta=BETA, state=AVERAGES[:1]), {}),
        "optimizers.nesterov": (optimizers.nesterov, dict(**STEP, beta=BETA, state=AVERAGES[:1]), {}),
        "optimizers.adagrad": (optimizers.adagrad, dict(**STEP, state=AVERAGES[1:]), {}),
        "optimizers.rmsprop": (optimizers.rmsprop, dict(**STEP, beta=BETA, state=AVERAGES[1:]), {}),
        "optimizers.adam": (
            lambda v, s, **step: optimizers.adam(state=(4, v, s), **step),
            dict(v=AVERAGES[0], s=AVERAGES[1], **STEP, beta1=BETA, beta2=BETA),
            {},
        ),
        "optimizers.adamw": (
            lambda v, s, **step: optimizers.adamw(state=(4, v, s), **step),
            dict(v=AVERAGES[0], s=AVERAGES[1], **STEP, weight_decay=LR),
            {},
        ),
        "optimizers.nadam": (
            lambda v, s, **step: optimizers.nadam(state=(4, v, s), **step),
            dict(v=AVERAGES[0], s=AVERAGES[1], **STEP, beta1=BETA, beta2=BETA),
            {},
        ),
        "schedules.inverse_time_decay": (schedules.inverse_time_decay, dict(lr0=LR, rate=LR), dict(t=4)),
        "schedules.exponential_decay": (schedules.exponential_decay, dict(lr0=LR, base=1 - LR), dict(t=4)),
        "schedules.tenfold_decay": (schedules.tenfold_decay, dict(lr0=LR, s=10 * LR), dict(t=4)),
        "schedules.power_decay": (schedules.power_decay, dict(lr0=LR, s=10 * LR, c=LR), dict(t=4)),
        "schedules.sqrt_decay": (schedules.sqrt_decay, dict(lr0=LR, k=LR), dict(t=4)),
        "schedules.staircase": (schedules.staircase, dict(t=np.array([1, 5, 9])), dict(every=3)),
        "schedules.piecewise": (
            schedules.piecewise,
            dict(t=np.array([1, 5, 9])),
            dict(boundaries=[3, 7], values=[0.3, 0.2, 0.1]),
        ),
        "schedules.one_cycle": (schedules.one_cycle, dict(lr_max=LR), dict(t=4, total=10)),
        "batches.train_dev_test_split": (
            lambda X, Y: batches.train_dev_test_split(X, Y, np.random.default_rng(0)),
            dict(X=draw(2, 10), Y=draw(1, 10)),
            {},
        ),
        "batches.minibatches": (lambda X, Y: list(batches.minibatches(X, Y, 4, np.random.default_rng(0))), DATA, {}),
        "batches.epochs": (lambda X, Y: list(batches.epochs(X, Y, 4, np.random.default_rng(0), n=2)), DATA, {}),
        "diagnosis.bayes_error": (
            diagnosis.bayes_error,
            dict(X=draw(2, M), Y=Y01),
            dict(centres=np.eye(2), labels=[[0.0, 1.0]], noise=0.5),
        ),
        "diagnosis.gaps": (diagnosis.gaps, dict(train_error=LR, dev_error=2 * LR), {}),
        "diagnosis.verdict": (
            lambda **e: (
                diagnosis.VERDICTS.index(diagnosis.verdict(**e))
                if np.ndim(e["train_error"]) == 0
                else [diagnosis.VERDICTS.index(v) for v in diagnosis.verdict(**e)]
            ),
            dict(train_error=LR, dev_error=2 * LR),
            {},
        ),
        "datasets.one_hot": (datasets.one_hot, dict(Y=rng.integers(0, 3, (K, 1, M))), dict(C=3)),
        "datasets.shifted": (datasets.shifted, dict(X=PIXELS), dict(right=1, down=-1)),
        "datasets.rotated": (datasets.rotated, dict(X=PIXELS), dict(degrees=30.0)),
        "datasets.mirrored": (datasets.mirrored, dict(X=PIXELS), {}),
        "datasets.augment": (lambda X: datasets.augment(X, np.random.default_rng(0)), dict(X=PIXELS), {}),
        "surfaces.waves": (surfaces.waves, dict(theta=draw(2)), dict(W=draw(5, 2)[0], phase=draw(5)[0])),
        "surfaces.parabola": (surfaces.parabola, dict(theta=draw(1)), dict(coefficients=(2.0, -3.0, 1.0))),
        "surfaces.hessian": (lambda theta: surfaces.hessian(surfaces.beale, theta), dict(theta=draw(2)), {}),
        "surfaces.curvatures": (lambda theta: surfaces.curvatures(surfaces.beale, theta), dict(theta=draw(2)), {}),
        "training.descend": (lambda theta, lr: run(theta, lr)[0][-1], dict(theta=draw(2), lr=LR), {}),
        "training.last": (
            lambda theta, lr: training.last(training.descend(surfaces.bowl, theta, optimizers.sgd, lr=lr), 4),
            dict(theta=draw(2), lr=LR),
            {},
        ),
        "training.early_stopping": (
            lambda theta, lr: training.early_stopping(
                training.descend(surfaces.ravine, theta, optimizers.sgd, lr=lr),
                lambda w: np.abs(w[..., 0] - 0.3),
                patience=2,
            ),
            dict(theta=draw(2), lr=LR),
            {},
        ),
        "autodiff.value_and_grad": (
            lambda theta: autodiff.value_and_grad(lambda w: (w[..., 0] * w[..., 1]).tanh() + w[..., 0] ** 2, theta),
            dict(theta=draw(2)),
            {},
        ),
        "checking.relative_difference": (checking.relative_difference, dict(a=THETA, b=GRAD), {}),
        "transfer.reuse": (
            transfer.reuse,
            dict(theta_from=draw(12), theta=draw(15)),
            dict(shapes_from=SHAPES, shapes={**SHAPES, "W2": (1, 3)}, names=["W1"]),
        ),
        "transfer.train_only": (transfer.train_only, STEP, dict(optimizer=optimizers.adam, mask=NET.penalised)),
    }
    | {
        f"activations.{name}": (getattr(activations, name), dict(Z=draw(4, M)), {})
        for name in ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "linear", "softmax")
    }
    | {
        f"activations.{name}_derivative": (getattr(activations, f"{name}_derivative"), dict(Z=draw(4, M)), {})
        for name in ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "linear", "softmax")
    }
    | {
        f"surfaces.{name}": (getattr(surfaces, name), dict(theta=draw(2)), {})
        for name in ("bowl", "ravine", "saddle", "plateau", "rosenbrock", "beale", "himmelblau")
    }
)

APART = {
    "parameters.size": "takes shapes only",
    "parameters.mask": "takes shapes only",
    "network.Net": "never changes",
    "surfaces.Surface": "a table entry",
    "training.Diverged": "an exception",
    "network.dropout_masks": "stacks by keep_prob; test_regularizers",
    "regularizers.dropout_mask": "stacks by keep_prob; test_regularizers",
    "initializers.zeros": "takes layer sizes",
    "initializers.he": "takes layer sizes",
    "initializers.xavier": "takes layer sizes",
    "initializers.glorot": "takes layer sizes",
    "initializers.initialize": "makes the stack; test_initializers",
    "signals.spreads": "in test_signals",
    "signals.expected_spreads": "in test_signals",
    "signals.dead_units": "in test_signals",
    "training.history": "the stack is axis 1, after time; test_training",
    "batches.split_sizes": "counts",
    "diagnosis.next_steps": "one model, and says so",
    "autodiff.Tensor": "arrays of any shape; value_and_grad stands above",
    "checking.GradientCheck": "a report on one model",
    "checking.bars": "takes eps only",
    **{f"checking.{name}": "one model, and says so" for name in ("numerical_gradient", "gradient_check", "eps_sweep")},
    "transfer.good_and_bad": "data",
    **{
        f"search.{name}": "settings come as arrays (K,); test_search"
        for name in (
            "uniform",
            "log_uniform",
            "one_minus_log_uniform",
            "integers",
            "random_search",
            "grid_search",
            "narrow",
            "caviar",
            "coarse_to_fine",
            "best",
            "collect",
        )
    },
    "search.fair_choice": "its rows are the configurations; test_search",
    "search.panda": "is descend, with knobs; test_search",
    "surfaces.critical_points": "finds many points of one surface",
    "surfaces.random_curvatures": "draws a stack itself",
    "surfaces.shares": "counts over a stack",
    "surfaces.classify": "gives words; stacked in test_surfaces",
    **{f"datasets.{name}": "data" for name in ("temperatures", "london", "moons", "circles", "spirals", "digits")},
}


def pick(value, k):
    """Model k of a stacked argument; a dict or tuple of them is picked entry by entry."""
    if isinstance(value, dict):
        return {key: pick(v, k) for key, v in value.items()}
    return tuple(pick(v, k) for v in value) if isinstance(value, tuple) else value[k]


def leaves(result, path=""):
    """(place, array) for every array in a nest of tuples, lists and dicts."""
    if isinstance(result, (tuple, list, dict)):
        for key, value in result.items() if isinstance(result, dict) else enumerate(result):
            yield from leaves(value, f"{path}/{key}")
    elif result is not None:
        yield path, np.asarray(result)


@pytest.mark.parametrize("name", CASES)
def test_stacked_equals_looped(name):
    function, stacked, shared = CASES[name]
    alone = [dict(leaves(function(**{key: pick(v, k) for key, v in stacked.items()}, **shared))) for k in range(K)]
    for place, together in leaves(function(**stacked, **shared)):
        looped = (
            np.stack([one[place] for one in alone]) if alone[0] and place in alone[0] else [one[""] for one in alone]
        )
        if together.ndim == 0 and np.ndim(looped) == 1:  # a step counter: the same for all models
            together = np.broadcast_to(together, np.shape(looped))
        np.testing.assert_allclose(together, looped, rtol=1e-12, atol=1e-14, err_msg=place)


def test_no_function_is_left_out():
    public = {f"{chapter}.{name}" for chapter, name, _ in NAMES}
    named = set(CASES) | set(APART)
    assert public == named, f"in no list: {sorted(public - named)}; no longer there: {sorted(named - public)}"
