"""Initializers: the spreads of the papers, the aim they were derived from, names, stacks, bad input."""

import numpy as np
import pytest

from dlcourse.initializers import glorot, he, initialize, xavier, zeros
from dlcourse.parameters import size, unpack

SHAPES = {"W1": (40, 60), "b1": (40, 1), "gamma1": (40, 1), "beta1": (40, 1), "W2": (30, 40), "b2": (30, 1)}


def rng(seed=0):
    return np.random.default_rng(seed)


def test_stds_by_hand():
    """E7: n is the fan-in, n[l-1], not n[l]; the numerator is 2 for relu and 1 for tanh. E31: Glorot's 2/(in + out)."""
    assert he(8, 1000) == 0.5 and he(2, 5) == 1.0
    assert xavier(4, 1000) == 0.5
    assert glorot(6, 2) == 0.5 and glorot(2, 6) == 0.5
    assert zeros(3, 4) == 0.0
    assert he(10, 3) == pytest.approx(np.sqrt(2) * xavier(10, 3))
    assert glorot(7, 7) == xavier(7, 7)  # the same where fan-in equals fan-out


@pytest.mark.parametrize("std", [zeros, he, xavier, glorot, 0.01])
@pytest.mark.parametrize("uniform", [False, True])
def test_spread_of_the_draws(std, uniform):
    """50 models: the measured std within 1 %. Catches fan-in and fan-out swapped, std and variance mixed up."""
    theta = unpack(initialize(SHAPES, std, rng=rng(), stack=(50,), uniform=uniform), SHAPES)
    for name, (n_in, n_out) in {"W1": (60, 40), "W2": (40, 30)}.items():
        expected = std(n_in, n_out) if callable(std) else std
        assert theta[name].std() == pytest.approx(expected, rel=0.01)
        assert abs(theta[name].mean()) <= 4 * expected / np.sqrt(theta[name].size)


def test_names_decide():
    theta = unpack(initialize(SHAPES, rng=rng()), SHAPES)
    for name, value in {"b1": 0, "b2": 0, "beta1": 0, "gamma1": 1}.items():
        assert (theta[name] == value).all(), name
    assert (theta["W1"] != 0).all() and len(np.unique(theta["W1"])) == 2400


def test_uniform_limit_is_the_papers():
    """E31, equation 16: sqrt(6 / (n_in + n_out)); and normal draws go beyond it."""
    shapes, limit = {"W1": (30, 20)}, np.sqrt(6 / 50)
    flat = np.abs(initialize(shapes, glorot, rng=rng(), stack=(100,), uniform=True))
    assert 0.999 * limit < flat.max() <= limit
    assert np.abs(initialize(shapes, glorot, rng=rng(), stack=(100,))).max() > 1.5 * limit


def test_signals_keep_their_size():
    """What the spreads are for (8.06): the mean square of A stays with he and relu, the variance with xavier and
    linear units, dZ backward with 1/n_out. Ten layers of 200 units; a factor of 2 too little would leave 1/1000."""
    layers = {f"W{l}": (200, 200) for l in range(1, 11)}
    X = rng(1).normal(size=(200, 50))
    linear, relu = (lambda Z: Z), (lambda Z: np.maximum(Z, 0))
    for std, g, low, high in (
        (he, relu, 0.5, 2),
        (xavier, linear, 0.5, 2),
        (xavier, relu, 0, 0.01),
        (1.5 / 200**0.5, linear, 1000, np.inf),
    ):
        A = X
        for W in unpack(initialize(layers, std, rng=rng()), layers).values():
            A = g(W @ A)
        assert low < np.mean(A**2) / np.mean(X**2) < high


def test_a_stack_is_the_same_as_one_call_after_another():
    """Stacked equals looped, draw for draw; also with a scale of its own for each model, and two leading axes."""
    for kind in ({}, {"uniform": True}, {"std": 0.3}):
        one = rng(5)
        looped = np.stack([initialize(SHAPES, rng=one, **kind) for _ in range(4)])
        np.testing.assert_array_equal(initialize(SHAPES, rng=rng(5), stack=(4,), **kind), looped)
        np.testing.assert_array_equal(initialize(SHAPES, rng=rng(5), stack=(2, 2), **kind), looped.reshape(2, 2, -1))
    scales, one = np.array([0.0, 0.1, 1.0, 10.0]), rng(5)
    looped = np.stack([initialize(SHAPES, s, rng=one) for s in scales])
    np.testing.assert_array_equal(initialize(SHAPES, scales, rng=rng(5), stack=(4,)), looped)
    times_he = initialize(SHAPES, lambda n_in, n_out: scales * he(n_in, n_out), rng=rng(5), stack=(4,))
    ones = unpack(initialize(SHAPES, rng=rng(5), stack=(4,)), SHAPES)["W2"]
    np.testing.assert_allclose(unpack(times_he, SHAPES)["W2"], ones * scales[:, None, None], rtol=1e-15)


def test_the_same_seed_the_same_start_another_seed_another():
    """8.09; and the museum's 'random source as default argument': there is no default to share."""
    np.testing.assert_array_equal(initialize(SHAPES, rng=rng(3)), initialize(SHAPES, rng=rng(3)))
    assert (initialize(SHAPES, rng=rng(3)) != initialize(SHAPES, rng=rng(4))).any()
    one = rng(3)
    assert (initialize(SHAPES, rng=one) != initialize(SHAPES, rng=one)).any()
    assert initialize(SHAPES, rng=one).shape == (size(SHAPES),)
    with pytest.raises(TypeError, match="rng"):
        initialize(SHAPES)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"rng": 0}, "rng must be a random generator"),
        ({"std": -0.1}, r"std must be in \[0, inf\), got -0.1"),
        ({"std": np.nan}, "std must be in"),
        ({"std": lambda n_in, n_out: -n_in}, r"std must be in \[0, inf\), got -60"),
        ({"std": "he"}, "std must be made of numbers, got 'he'"),
        ({"std": np.ones(3)}, r"std must be a number or broadcast against stack \(\), got shape \(3,\)"),
        ({"std": np.ones(3), "stack": (2,)}, r"against stack \(2,\)"),
        ({"std": np.ones(3), "stack": (1,)}, r"against stack \(1,\)"),
        ({"shapes": {"V1": (2, 2)}}, "names must start with W, b, gamma or beta, got 'V1'"),
    ],
)
def test_bad_input_gets_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        initialize(**{"shapes": SHAPES, "rng": rng(), **arguments})
