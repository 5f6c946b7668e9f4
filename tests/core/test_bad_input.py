"""Bad input, one argument at a time: every public function answers with one sentence, or with a right number.

A valid call of every public function stands in CALLS, or the function in APART with the reason. Each argument in turn is
replaced by bad input of every kind in KINDS; the verdict is in `outcome`. What is accepted on purpose stands in ON_PURPOSE.
"""

import copy
import inspect
import itertools
import re
import traceback
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from places import PACKAGE
from test_public_names import NAMES

from dlcourse import (
    activations,
    autodiff,
    averages,
    batches,
    checking,
    datasets,
    diagnosis,
    initializers,
    losses,
    network,
    normalization,
    optimizers,
    parameters,
    regularizers,
    schedules,
    search,
    signals,
    surfaces,
    training,
    transfer,
)

draw = np.random.default_rng(3)
SHAPES = {"W1": (4, 2), "b1": (4, 1)}
NET, NORMED = network.Net((2, 4, 1), "tanh"), network.Net((2, 4, 1), "tanh", batch_norm=True)
X, Y, Z = draw.normal(size=(2, 6)), np.array([[0.0, 1.0, 1.0, 0.0, 1.0, 0.0]]), draw.normal(size=(4, 6))
ONE_HOT, PIXELS = np.eye(4)[:, [0, 1, 2, 3, 0, 1]], draw.uniform(size=(4, 6))
THETA, THETA_N = draw.normal(size=parameters.size(NET.shapes)), draw.normal(size=parameters.size(NORMED.shapes))
CACHE = network.forward(NET, THETA, X)[1]
STEP = dict(theta=np.array([1.0, -2.0]), grad=np.array([0.5, 0.25]), state=None, lr=0.1)
V, S = np.array([0.1, -0.2]), np.array([0.01, 0.04])
COLUMN = np.array([[1.0], [2.0], [0.5], [1.5]])
SPACE = {"lr": (search.log_uniform, 1e-4, 1.0)}
TRIALS = [({"lr": 0.1}, 0.3), ({"lr": 0.01}, 0.5)]
DRAWS = dict(low=0.1, high=0.9, size=3)


STEPS = [optimizers.sgd, optimizers.momentum, optimizers.heavy_ball, optimizers.nesterov, optimizers.adagrad]
STEPS += [optimizers.rmsprop, optimizers.adam, optimizers.adamw, optimizers.nadam, transfer.train_only]


class rng:
    """Where a call needs a generator: a new one each time."""


def run():
    return training.history(training.descend(surfaces.bowl, [1.0, 2.0], optimizers.sgd, lr=0.1), 4)


def pairs():
    return list(zip(*run()))


def score(lr, rng):
    return lr**2


def forward_pass(w):
    return (w[..., 0] - 5) ** 2


CALLS = {
    parameters.size: dict(shapes=SHAPES),
    parameters.unpack: dict(theta=np.arange(12.0), shapes=SHAPES),
    parameters.pack: dict(arrays={"W1": Z[:, :2], "b1": Z[:, :1]}, shapes=SHAPES),
    parameters.mask: dict(shapes=SHAPES, names=["W1"]),
    averages.ewa: dict(average=1.0, x=np.array([2.0, 3.0]), beta=0.9),
    averages.bias_correction: dict(average=np.array([2.0, 3.0]), beta=0.9, t=3),
    averages.ewa_series: dict(x=np.arange(5.0), beta=0.9, bias_correction=True),
    averages.window: dict(beta=0.9),
    averages.remaining_bias: dict(beta=0.9, t=3),
    averages.weights_of_the_past: dict(beta=0.9, t=3),
    losses.binary_cross_entropy: dict(Z=X[:1], Y=Y),
    losses.cross_entropy: dict(Z=Z, Y=ONE_HOT),
    losses.output_gradient: dict(A=np.full((1, 6), 0.5), Y=Y),
    regularizers.l2: dict(theta=THETA, lambd=0.1, m=5, mask=NET.penalised),
    regularizers.l1: dict(theta=THETA, lambd=0.1, m=5, mask=NET.penalised),
    regularizers.dropout_mask: dict(shape=(4, 6), keep_prob=0.8, rng=rng),
    normalization.standardize: dict(X=Z, mu=COLUMN, sigma=COLUMN),
    normalization.batch_norm: dict(Z=Z, gamma=COLUMN, beta=COLUMN, mu=COLUMN, var=COLUMN, eps=1e-5),
    normalization.batch_norm_backward: dict(
        dZ_tilde=Z, gamma=COLUMN, cache=normalization.batch_norm(Z, COLUMN, COLUMN)[1]
    ),
    normalization.running_statistics: dict(statistics=[np.arange(3.0), np.ones(3)], beta=0.9),
    network.Net: dict(layer_dims=(2, 4, 1), activation=("tanh",), output="sigmoid", batch_norm=False),
    network.forward: dict(net=NORMED, theta=THETA_N, X=X, masks={1: np.ones((4, 6))}, stats=np.ones(8)),
    network.backward: dict(net=NET, Y=Y, cache=CACHE),
    network.cost_and_grad: dict(
        net=NET, theta=THETA, X=X, Y=Y, masks={1: np.ones((4, 6))}, lambd=0.1, penalty=regularizers.l2
    ),
    network.cost: dict(net=NORMED, theta=THETA_N, X=X, Y=Y, stats=np.ones(8)),
    network.predict: dict(net=NORMED, theta=THETA_N, X=X, stats=np.ones(8)),
    network.accuracy: dict(net=NORMED, theta=THETA_N, X=X, Y=Y, stats=np.ones(8)),
    network.dropout_masks: dict(net=NET, keep_prob={1: 0.8}, m=6, rng=rng),
    network.batch_statistics: dict(net=NORMED, theta=THETA_N, X=X, masks={1: np.ones((4, 6))}),
    optimizers.sgd: STEP,
    optimizers.momentum: {**STEP, "beta": 0.9, "state": (V,)},
    optimizers.heavy_ball: {**STEP, "beta": 0.9, "state": (V,)},
    optimizers.nesterov: {**STEP, "beta": 0.9, "state": (V,)},
    optimizers.adagrad: {**STEP, "eps": 1e-8, "state": (S,)},
    optimizers.rmsprop: {**STEP, "beta": 0.9, "eps": 1e-8, "eps_inside": True, "state": (S,)},
    optimizers.adam: {**STEP, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "state": (3, V, S)},
    optimizers.adamw: {
        **STEP,
        "beta1": 0.9,
        "beta2": 0.999,
        "eps": 1e-8,
        "weight_decay": 0.1,
        "decay_mask": np.ones(2),
        "state": (3, V, S),
    },
    optimizers.nadam: {**STEP, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "state": (3, V, S)},
    schedules.inverse_time_decay: dict(lr0=0.1, t=np.arange(3.0), rate=1.0),
    schedules.exponential_decay: dict(lr0=0.1, t=np.arange(3.0), base=0.9),
    schedules.tenfold_decay: dict(lr0=0.1, t=np.arange(3.0), s=10.0),
    schedules.power_decay: dict(lr0=0.1, t=np.arange(3.0), s=10.0, c=1.0),
    schedules.sqrt_decay: dict(lr0=0.1, t=np.arange(1.0, 4.0), k=1.0),
    schedules.staircase: dict(t=np.arange(3.0), every=2),
    schedules.piecewise: dict(t=np.arange(3.0), boundaries=[1.0, 2.0], values=[0.3, 0.2, 0.1]),
    schedules.one_cycle: dict(lr_max=0.1, t=np.arange(3.0), total=10, rise=0.3, start=25.0, end=1e4),
    batches.split_sizes: dict(m=100, ratio=(0.6, 0.2, 0.2)),
    batches.train_dev_test_split: dict(X=X, Y=Y, rng=rng, ratio="classic"),
    batches.minibatches: dict(X=X, Y=Y, batch_size=4, rng=rng),
    batches.epochs: dict(X=X, Y=Y, batch_size=4, rng=rng, n=2),
    diagnosis.gaps: dict(train_error=0.1, dev_error=0.2, bayes_error=0.05),
    diagnosis.bayes_error: dict(X=X, Y=Y, centres=np.eye(2), labels=[[0.0, 1.0]], noise=0.5),
    diagnosis.verdict: dict(train_error=0.1, dev_error=0.2, bayes_error=0.05, tolerance=0.02),
    diagnosis.next_steps: dict(train_error=0.1, dev_error=0.2, bayes_error=0.05, tolerance=0.02),
    initializers.zeros: dict(n_in=3, n_out=2),
    initializers.he: dict(n_in=3, n_out=2),
    initializers.xavier: dict(n_in=3, n_out=2),
    initializers.glorot: dict(n_in=3, n_out=2),
    initializers.initialize: dict(shapes=SHAPES, std=0.1, rng=rng, stack=(3,), uniform=True),
    signals.spreads: dict(net=NET, theta=THETA, X=X, Y=Y),
    signals.expected_spreads: dict(activation="relu", scale=1.0, layers=3, start=1.0),
    signals.dead_units: dict(net=NET, theta=THETA, X=X, tiny=0.0),
    surfaces.parabola: dict(theta=np.array([1.0]), coefficients=(1.0, -10.0, 25.0)),
    surfaces.ravine: dict(theta=np.array([1.0, 2.0]), condition=20.0),
    surfaces.waves: dict(theta=np.array([1.0, 2.0]), W=draw.normal(size=(5, 2)), phase=np.arange(5.0)),
    surfaces.hessian: dict(objective=surfaces.beale, theta=np.array([1.0, 2.0]), eps=1e-5),
    surfaces.curvatures: dict(objective=surfaces.beale, theta=np.array([1.0, 2.0]), eps=1e-5),
    surfaces.classify: dict(H=np.eye(2)),
    surfaces.critical_points: dict(objective=surfaces.saddle, theta=np.full((2, 2), 0.1), steps=3, longest=0.5),
    surfaces.random_curvatures: dict(n=3, K=4, rng=rng),
    surfaces.shares: dict(curvatures=np.eye(2)),
    training.descend: dict(
        objective=surfaces.bowl, theta=np.array([1.0, 2.0]), step=optimizers.sgd, lr=0.1, batches=[(), ()]
    ),
    training.history: dict(run=pairs, steps=3),
    training.last: dict(run=pairs, steps=3),
    training.early_stopping: dict(run=pairs, dev_cost=lambda theta: surfaces.bowl(theta)[0], patience=2),
    transfer.reuse: dict(
        theta_from=np.arange(12.0),
        shapes_from=SHAPES,
        theta=np.arange(15.0),
        shapes={**SHAPES, "W2": (1, 3)},
        names=["W1"],
    ),
    transfer.train_only: {**STEP, "optimizer": optimizers.adam, "mask": np.array([0.0, 1.0]), "state": (3, V, S)},
    transfer.good_and_bad: dict(X=X, block=1, rng=rng),
    autodiff.Tensor: dict(data=Z),
    autodiff.value_and_grad: dict(f=forward_pass, theta=np.array([1.0, 2.0])),
    checking.relative_difference: dict(a=V, b=S),
    checking.bars: dict(eps=1e-7),
    checking.numerical_gradient: dict(
        objective=surfaces.bowl, theta=np.array([1.0, 2.0]), eps=1e-7, directions=np.eye(2), one_sided=True
    ),
    checking.gradient_check: dict(
        objective=surfaces.bowl, theta=np.array([1.0, 2.0]), shapes={"w": (2,)}, eps=1e-7, samples=3, rng=rng
    ),
    checking.eps_sweep: dict(objective=surfaces.bowl, theta=np.array([1.0, 2.0]), eps=np.array([1e-5, 1e-3])),
    datasets.temperatures: dict(unit="C"),
    datasets.london: dict(),
    datasets.digits: dict(),
    datasets.moons: dict(m=10, noise=0.1, rng=rng),
    datasets.circles: dict(m=10, noise=0.1, rng=rng, factor=0.5),
    datasets.spirals: dict(m=10, noise=0.1, rng=rng, C=2, turns=1.0),
    datasets.one_hot: dict(Y=np.array([[0, 1, 2]]), C=3),
    datasets.shifted: dict(X=PIXELS, right=1, down=0),
    datasets.rotated: dict(X=PIXELS, degrees=10.0),
    datasets.mirrored: dict(X=PIXELS),
    datasets.augment: dict(X=PIXELS, rng=rng, max_shift=1, max_degrees=10.0, noise=0.05),
    search.uniform: {**DRAWS, "rng": rng},
    search.log_uniform: {**DRAWS, "rng": rng},
    search.one_minus_log_uniform: {**DRAWS, "rng": rng},
    search.integers: dict(low=1, high=4, size=3, rng=rng),
    search.random_search: dict(space=SPACE, K=3, rng=rng),
    search.grid_search: dict(space=SPACE, points=3),
    search.narrow: dict(space=SPACE, best={"lr": 0.01}, shrink=4.0),
    search.caviar: dict(score=score, settings={"lr": [0.1, 0.2]}, rng=rng, workers=1, progress=False),
    search.coarse_to_fine: dict(
        score=score, space=SPACE, K=2, rng=rng, rounds=2, shrink=4.0, workers=1, progress=False
    ),
    search.best: dict(trials=TRIALS),
    search.fair_choice: dict(costs=np.array([[5.0, 9.0, 7.0], [4.0, 8.1, 5.9]])),
    search.collect: dict(trials=TRIALS),
    search.panda: dict(
        objective=surfaces.bowl, theta=np.array([1.0, 2.0]), step=optimizers.sgd, knobs={"lr": 0.1}, batches=[(), ()]
    ),
}
for name, (g, g_prime) in {
    **activations.ACTIVATIONS,
    "softmax": (activations.softmax, activations.softmax_derivative),
}.items():
    more = {"leaky_relu": dict(slope=0.01), "elu": dict(a=1.0)}.get(name, {})
    CALLS[g] = dict(Z=Z, **more)
    CALLS[g_prime] = dict(Z=Z, A=g(Z), **more)
for name in ("bowl", "saddle", "plateau", "rosenbrock", "beale", "himmelblau"):
    CALLS[getattr(surfaces, name)] = dict(theta=np.array([1.0, 2.0]))

APART = {
    "surfaces.Surface": "a table entry",
    "training.Diverged": "an exception",
    "checking.GradientCheck": "a report that gradient_check fills in",
}

TAKE_FUNCTIONS = {"objective", "step", "optimizer", "std", "lr", "f", "score", "dev_cost", "penalty"}

# NaN goes in and comes out: of K models in a stack one may have diverged, and must not stop the others
NAN_PASSES = {
    "activations": {"Z", "A"},
    "averages": {"average", "x"},
    "losses": {"Z", "A"},
    "normalization": {"Z", "dZ_tilde"},
    "optimizers": {"theta", "grad", "state"},
    "parameters": {"theta", "arrays"},
    "regularizers": {"theta"},
    "surfaces": {"theta"},
    "transfer": {"theta", "grad", "state"},
    "autodiff": {"data", "theta"},
}

ON_PURPOSE = {  # (function, argument) -> the kinds that are accepted, and why
    **{(f"{g}", "Z"): ("empty", "entry by entry: of nothing it makes nothing") for g in activations.ACTIVATIONS},
    ("ewa", "x"): ("empty", "entry by entry: of nothing it makes nothing"),
    ("bias_correction", "average"): ("empty", "entry by entry: of nothing it makes nothing"),
    ("Tensor", "data"): ("empty", "a Tensor may hold nothing"),
    **{(step.__name__, "state"): ("empty", "() is the state that sgd returns: a start") for step in STEPS},
    ("size", "shapes"): ("dict", "no parameters have size 0"),
    ("mask", "names"): ("empty, dict", "no parameter is named; the names of a dict are names"),
    ("reuse", "names"): ("empty, dict", "no parameter is named; the names of a dict are names"),
    ("forward", "masks"): ("dict", "{} is no dropout"),
    ("cost_and_grad", "masks"): ("dict", "{} is no dropout"),
    ("batch_statistics", "masks"): ("dict", "{} is no dropout"),
    ("dropout_masks", "keep_prob"): ("dict", "{} is no dropout"),
    ("initialize", "stack"): ("empty", "() is one model"),
    ("descend", "batches"): (
        "empty, ragged",
        "no batch is no step; what is in a batch is between it and the objective",
    ),
    ("panda", "batches"): ("empty, ragged", "as in descend"),
    ("early_stopping", "run"): (
        "ragged",
        "pairs of numbers are pairs; that dev_cost takes no number is its own affair",
    ),
    ("history", "run"): ("empty", "no pairs are an empty history"),
    ("collect", "trials"): ("empty, ragged, texts, objects", "collects whatever comes"),
    ("fair_choice", "costs"): ("nan", "a row of a run that diverged is never taken; test_search"),
    ("output_gradient", "Y"): ("nan, inf, -inf", "the cost has the same Y and says so; a step must not ask twice"),
    ("backward", "Y"): ("nan, inf, -inf", "the cost has the same Y and says so; a step must not ask twice"),
}

floats = st.floats(-3, 3)
sizes = st.lists(st.sampled_from([1, 5, 7]), max_size=3)


def numbers(value):
    """The valid value as an array, or None if it is not made of numbers."""
    try:
        array = np.asarray(value, dtype=float)
        return array if array.size and value is not None else None
    except (TypeError, ValueError):
        return None


def spoiled(value, bad):
    """The valid value with one entry replaced."""
    array = numbers(value)

    def at(place):
        copied = array.copy()
        copied.flat[place] = bad
        return copied[()]

    return None if array is None else st.integers(0, array.size - 1).map(at)


KINDS = {  # name -> valid value -> strategy of what stands in its place, or None where that makes no sense
    "None": lambda value: st.none(),
    "ragged": lambda value: st.tuples(st.lists(floats, min_size=1, max_size=3), floats).map(
        lambda r: [r[0], [*r[0], r[1]]]
    ),
    "text": lambda value: st.text("xyz", min_size=1, max_size=3),
    "texts": lambda value: st.lists(st.text("xyz", min_size=1, max_size=3), min_size=1, max_size=3).map(np.array),
    "complex": lambda value: None if numbers(value) is None else floats.map(lambda y: numbers(value) + (4 + y) * 1j),
    "objects": lambda value: st.sampled_from(
        [object(), np.array([None, 1.0]), np.array(["2026-01-01"], "datetime64[D]")]
    ),
    "empty": lambda value: st.sampled_from([[], (), np.zeros(0), np.zeros((0, 3)), np.zeros((2, 0))]),
    "dict": lambda value: st.sampled_from([{}, {"no": 1.0}, {7: None}]),
    "function": lambda value: st.just(len),
    "nan": lambda value: spoiled(value, np.nan),
    "inf": lambda value: spoiled(value, np.inf),
    "-inf": lambda value: spoiled(value, -np.inf),
    "negative": lambda value: None if numbers(value) is None else st.just((-1 - np.abs(numbers(value)))[()]),
    "zero": lambda value: None if numbers(value) is None else st.just(0 * numbers(value)[()]),
    "shape": lambda value: st.tuples(sizes, st.floats(0.1, 0.9)).map(lambda s: np.full(s[0], s[1])),
    "number": lambda value: st.one_of(floats, st.integers(-3, 3), st.booleans()),
    "huge": lambda value: st.sampled_from([2**70, -(2**70), 10**400]),
}
NEVER_RIGHT = {"None", "ragged", "text", "texts", "complex", "objects", "empty", "dict", "function"}


def leaves(result):
    """Every array in what a function returned; of a generator the first three."""
    if isinstance(result, (tuple, list)):
        for part in result:
            yield from leaves(part)
    elif isinstance(result, dict):
        yield from leaves(list(result.values()))
    elif isinstance(result, autodiff.Tensor):
        yield result.data
    elif isinstance(result, (int, float, complex, np.ndarray, np.generic)):
        yield np.asarray(result)


def fresh(arguments):
    """A call's own arguments: nothing that another call may have changed, and a new generator."""
    made = {rng: lambda: np.random.default_rng(0), pairs: pairs}
    return {k: made[v]() if v is rng or v is pairs else copy.deepcopy(v) for k, v in arguments.items()}


def call(function, arguments):
    result = function(**arguments)
    return list(itertools.islice(result, 3)) if hasattr(result, "__next__") else result


def same(a, b):
    a, b = list(leaves(a)), list(leaves(b))
    return len(a) == len(b) and all(
        x.dtype == y.dtype and np.array_equal(x, y, x.dtype.kind in "fc") for x, y in zip(a, b)
    )


def outcome(function, argument, kind, bad):
    """One word or two on what the function makes of this argument, and its answer."""
    arguments = {**fresh(CALLS[function]), argument: bad}
    before = copy.deepcopy({k: v for k, v in arguments.items() if not hasattr(v, "spawn")})
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = call(function, arguments)
    except training.Diverged as error:
        return "clear sentence", str(error)
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        ours = type(error) is ValueError and PACKAGE in Path(last.filename).parents and last.line.startswith("raise")
        if not ours:
            return "raw error", f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"
        others = (
            arguments if kind in ("shape", "number", "empty") else [argument]
        )  # of two that do not fit, either may be named
        if not any(re.search(rf"\b{name}\b", str(error)) for name in others):
            return "no name", str(error)
        return "clear sentence", str(error)
    if not same({k: arguments[k] for k in before}, before):
        return "changed input", repr(bad)
    found = list(leaves(result))
    if any(part.dtype.kind in "cO" and not all(isinstance(entry, str) for entry in part.flat) for part in found):
        return "complex or object", repr(result)
    if kind in NEVER_RIGHT:
        return "accepted bad", repr(result)[:80]
    chapter = function.__module__.removeprefix("dlcourse.")
    if kind == "nan" and argument not in NAN_PASSES.get(chapter, ()):
        return "accepted bad", repr(result)[:80]
    if not all(np.isfinite(part).all() for part in found if part.dtype.kind == "f"):
        passes = "inf" in kind or kind == "nan"
        if not (passes and argument in NAN_PASSES.get(chapter, ())):
            return "silent NaN", repr(result)[:80]
    return "right result", ""


GOOD = {"clear sentence", "right result"}


def expected(function, argument, kind):
    if kind == "None":
        takes = inspect.signature(function).parameters
        return argument in takes and takes[argument].default is None
    if kind == "function" and argument in TAKE_FUNCTIONS:
        return True
    kinds, _ = ON_PURPOSE.get((function.__name__, argument), ("", ""))
    return kind in kinds.split(", ")


CASES = [
    (function, argument, kind)
    for function, arguments in CALLS.items()
    for argument, value in arguments.items()
    for kind, make in KINDS.items()
    if make(value) is not None and not expected(function, argument, kind)
]


@pytest.mark.parametrize("function", CALLS, ids=lambda f: f"{f.__module__.removeprefix('dlcourse.')}.{f.__name__}")
def test_one_sentence_or_the_right_result(function):
    """Catches a check that is missing: numpy's own words, a NaN or a complex number without a word, a changed input."""
    found = []

    @settings(max_examples=4, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
    @given(st.data())
    def try_all(data):
        for f, argument, kind in CASES:
            if f is function:
                bad = data.draw(KINDS[kind](CALLS[f][argument]))
                word, answer = outcome(f, argument, kind, bad)
                if word not in GOOD:
                    found.append(f"{argument}, {kind}, {bad!r:.50}: {word}: {answer:.160}")

    try_all()
    assert not found, "\n" + "\n".join(dict.fromkeys(found))


def test_calls_are_valid():
    """Otherwise the rest of this file tests nothing."""
    for function, arguments in CALLS.items():
        call(function, fresh(arguments))


def coats(value):
    """The same numbers in other clothes; whole numbers also as small integers, 0 and 1 also as booleans."""
    array = np.asarray(value)
    if array.dtype.kind not in "iuf" or isinstance(value, int):
        return
    single = array.astype(np.float32)
    yield single
    yield single.tolist()
    if (array == array.astype(np.uint8)).all():
        yield array.astype(np.uint8)


@pytest.mark.parametrize("function", CALLS, ids=lambda f: f"{f.__module__.removeprefix('dlcourse.')}.{f.__name__}")
def test_the_coat_does_not_matter(function):
    """Catches float32 that stays float32, uint8 that wraps around, and lists that have no attribute."""
    for argument, value in CALLS[function].items():
        if (
            numbers(value) is None
            or isinstance(value, (int, bool))
            or argument in ("ratio", "layer_dims", "shape", "stack", "state")
        ):
            continue
        for coat in coats(value):
            plain = np.asarray(coat, dtype=float)[()]
            results = [call(function, {**fresh(CALLS[function]), argument: v}) for v in (coat, plain)]
            for ours, right in zip(*map(list, map(leaves, results))):
                assert ours.dtype == right.dtype and ours.dtype != np.float32, (argument, ours.dtype)
                assert same([ours], [right]) or np.allclose(ours, right, 1e-12, 1e-14), (argument, ours, right)


def test_no_function_is_left_out():
    public = {f"{chapter}.{name}" for chapter, name, _ in NAMES}
    called = {f"{f.__module__.removeprefix('dlcourse.')}.{f.__name__}" for f in CALLS}
    assert public == called | set(APART), sorted(public ^ (called | set(APART)))
