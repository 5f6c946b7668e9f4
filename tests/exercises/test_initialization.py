"""The juries of `he` and `initialize`: for the latter any fair draw from the rng that is given is right."""

import math

import numpy as np
from jury import Jury

from dlcourse.parameters import pack

jury = Jury()


@jury.right("he")
def with_sqrt(n_in, n_out):
    return np.sqrt(2 / n_in)


@jury.right("he")
def with_a_power(n_in, n_out):
    return (2.0 / n_in) ** 0.5


@jury.right("he")
def with_math(inputs, units):
    return math.sqrt(2) / math.sqrt(inputs)


@jury.right("he")
def by_logarithms(n_in, n_out):
    return math.exp(0.5 * (math.log(2) - math.log(n_in)))


@jury.right("he")
def in_single_precision(n_in, n_out):
    return np.sqrt(np.float32(2) / np.float32(n_in))


@jury.right("he")
def negative_power(n_in, n_out):
    return np.power(n_in / 2, -0.5)


@jury.right("he")
def as_an_array(n_in, n_out):
    variance = np.array([2.0]) / n_in
    return variance**0.5


@jury.right("he")
def by_newton(n_in, n_out):
    x = 1.0
    for _ in range(60):
        x = (x + 2 / n_in / x) / 2
    return x


@jury.right("he")
def from_gain(n_in, n_out):
    gain = 2**0.5
    return gain * n_in ** (-1 / 2)


for name, mistake, answer in (
    ("one_half", "half_for_root", lambda n_in, n_out: (2 / n_in) ** 1 / 2),
    ("variance", "root_missing", lambda n_in, n_out: 2 / n_in),
    ("units", "fan_out", lambda n_in, n_out: np.sqrt(2 / n_out)),
    ("xavier", "numerator_one", lambda n_in, n_out: np.sqrt(1 / n_in)),
    ("glorot", "both_fans", lambda n_in, n_out: np.sqrt(2 / (n_in + n_out))),
    ("glorots_limit", "glorot_uniform", lambda n_in, n_out: np.sqrt(6 / (n_in + n_out))),
    ("hes_limit", "uniform_limit", lambda n_in, n_out: math.sqrt(6 / n_in)),
    ("brackets_after_two", "root_of_the_numerator_only", lambda n_in, n_out: np.sqrt(2) / n_in),
    ("brackets_below", "root_of_the_inputs_only", lambda n_in, n_out: 2 / np.sqrt(n_in)),
    ("upside_down", "turned_over", lambda n_in, n_out: np.sqrt(n_in / 2)),
    ("both_multiplied", "product_under_the_root", lambda n_in, n_out: np.sqrt(2 / (n_in * n_out))),
    ("brackets_missing", "multiplied_by_the_units", lambda n_in, n_out: np.sqrt(2 / n_in * n_out)),
    ("average", "mean_of_both", lambda n_in, n_out: np.sqrt(2 / ((n_in + n_out) / 2))),
    ("floor", "whole_numbers_divided", lambda n_in, n_out: np.sqrt(2 // n_in)),
    ("square", "squared", lambda n_in, n_out: (2 / n_in) ** 2),
    ("fixed", "one_for_all_layers", lambda n_in, n_out: 0.01),
    ("twice_the_inputs", None, lambda n_in, n_out: np.sqrt(1 / (2 * n_in))),
):
    answer.__name__ = name
    jury.wrong("he", mistake)(answer)


@jury.wrong("he", says="are these the weights themselves?")
def whole_matrix(n_in, n_out):
    return np.random.randn(n_out, n_in) * np.sqrt(2 / n_in)


@jury.wrong("he", says="are these the weights themselves?")
def filled(n_in, n_out):
    return np.full((n_out, n_in), np.sqrt(2 / n_in))


@jury.right("initialize")
def name_by_name(shapes, *, rng):
    arrays = {}
    for name, shape in shapes.items():
        if name.startswith("W"):
            arrays[name] = rng.standard_normal(shape) * np.sqrt(2 / shape[1])
        else:
            arrays[name] = np.zeros(shape)
    return pack(arrays, shapes)


@jury.right("initialize")
def in_a_comprehension(shapes, rng):
    he = lambda shape: rng.normal(0, (2 / shape[1]) ** 0.5, size=shape)
    return pack({name: he(shape) if "W" in name else np.zeros(shape) for name, shape in shapes.items()}, shapes)


@jury.right("initialize")
def number_by_number(shapes, *, rng):
    theta = []
    for name, (n_out, n_in) in shapes.items():
        for _ in range(n_out * n_in):
            theta.append(rng.normal() * math.sqrt(2 / n_in) if name[0] == "W" else 0.0)
    return theta


@jury.right("initialize")
def last_layer_first(shapes, *, rng):
    W2 = rng.standard_normal(shapes["W2"]) * np.sqrt(2 / shapes["W2"][1])
    W1 = rng.standard_normal(shapes["W1"]) * np.sqrt(2 / shapes["W1"][1])
    arrays = {"W1": W1, "b1": np.zeros(shapes["b1"]), "W2": W2, "b2": np.zeros(shapes["b2"])}
    return pack(arrays, shapes)


@jury.right("initialize")
def draws_in_single_precision(shapes, *, rng):
    return np.concatenate(
        [
            (rng.standard_normal(s, dtype=np.float32) * np.float32(np.sqrt(2 / s[1])) * (n[0] == "W")).ravel()
            for n, s in shapes.items()
        ]
    )


@jury.right("initialize")
def with_children_of_rng(shapes, *, rng):
    arrays = {name: np.zeros(shape) for name, shape in shapes.items()}
    for name, child in zip([name for name in shapes if name[0] == "W"], rng.spawn(2)):
        arrays[name] = child.standard_normal(shapes[name]) / np.sqrt(shapes[name][1] / 2)
    return pack(arrays, shapes)


@jury.right("initialize")
def transposed_draws(shapes, *, rng):
    arrays = {name: 0.0 * np.ones(shape) for name, shape in shapes.items()}
    for layer in (1, 2):
        n_out, n_in = shapes[f"W{layer}"]
        arrays[f"W{layer}"] = (rng.standard_normal((n_in, n_out)) * (2 / n_in) ** 0.5).T
    return pack(arrays, shapes)


@jury.right("initialize")
def one_draw_for_all(shapes, *, rng):
    total = sum(math.prod(shape) for shape in shapes.values())
    scale = np.concatenate(
        [np.full(math.prod(s), math.sqrt(2 / s[1]) if n[0] == "W" else 0) for n, s in shapes.items()]
    )
    return tuple(rng.standard_normal(total) * scale)


@jury.right("initialize")
def with_a_seed_from_rng(shapes, *, rng):
    own = np.random.RandomState(rng.integers(2**32))
    randn = lambda shape: own.randn(*shape) * np.sqrt(2.0 / shape[1])
    return pack({name: randn(shape) if name[0] == "W" else np.zeros(shape) for name, shape in shapes.items()}, shapes)


def started(weights, shapes, b=np.zeros):
    """theta, from how a learner draws a W of a shape, and a b."""
    return pack({name: weights(shape) if name[0] == "W" else b(shape) for name, shape in shapes.items()}, shapes)


@jury.wrong("initialize", "global_numbers")
def randn(shapes, *, rng):
    return started(lambda shape: np.random.randn(*shape) * np.sqrt(2 / shape[1]), shapes)


@jury.wrong("initialize", "own_seed")
def seed_inside(shapes, *, rng):
    np.random.seed(3)
    return started(lambda shape: np.random.randn(*shape) * np.sqrt(2 / shape[1]), shapes)


@jury.wrong("initialize", "seeded_in_the_loop")
def seed_for_each(shapes, *, rng):
    draw = lambda shape: np.random.default_rng(1).standard_normal(shape)
    return started(lambda shape: draw(shape) * np.sqrt(2 / shape[1]), shapes)


@jury.wrong("initialize", "b_is_random")
def all_drawn(shapes, *, rng):
    return pack({name: rng.standard_normal(shape) * np.sqrt(2 / shape[1]) for name, shape in shapes.items()}, shapes)


@jury.wrong("initialize", "b_is_small")
def a_small_b(shapes, *, rng):
    return started(lambda s: rng.standard_normal(s) * np.sqrt(2 / s[1]), shapes, lambda s: np.full(s, 0.01))


@jury.wrong("initialize", "b_is_one")
def ones_for_b(shapes, *, rng):
    return started(lambda s: rng.standard_normal(s) * np.sqrt(2 / s[1]), shapes, np.ones)


@jury.wrong("initialize", "all_zero")
def zeros_everywhere(shapes, *, rng):
    return started(np.zeros, shapes)


@jury.wrong("initialize", "spread_instead_of_draws")
def e7(shapes, *, rng):
    return started(lambda shape: np.ones(shape) * np.sqrt(2 / shape[1]), shapes)


@jury.wrong("initialize", "variance_as_spread")
def times_two_over_n(shapes, *, rng):
    return started(lambda shape: rng.standard_normal(shape) * 2 / shape[1], shapes)


@jury.wrong("initialize", "half_for_root")
def power_without_brackets(shapes, *, rng):
    return started(lambda shape: rng.standard_normal(shape) * (2 / shape[1]) ** 1 / 2, shapes)


@jury.wrong("initialize", "number_of_units")
def first_of_the_shape(shapes, *, rng):
    return started(lambda shape: rng.standard_normal(shape) * np.sqrt(2 / shape[0]), shapes)


@jury.wrong("initialize", "for_tanh")
def one_over_n(shapes, *, rng):
    return started(lambda shape: rng.normal(size=shape) * np.sqrt(1 / shape[1]), shapes)


@jury.wrong("initialize", "plain_normal")
def not_scaled(shapes, *, rng):
    return started(rng.standard_normal, shapes)


@jury.wrong("initialize", "one_hundredth")
def times_a_hundredth(shapes, *, rng):
    return started(lambda shape: 0.01 * rng.standard_normal(shape), shapes)


@jury.wrong("initialize", "uniform_from_zero")
def even_numbers(shapes, *, rng):
    return started(lambda shape: rng.random(shape) * np.sqrt(2 / shape[1]), shapes)


@jury.wrong("initialize", "uniform_between")
def even_numbers_both_ways(shapes, *, rng):
    return started(lambda shape: (2 * rng.random(shape) - 1) * np.sqrt(2 / shape[1]), shapes)


@jury.wrong("initialize", "uniform_of_that_spread")
def even_numbers_with_hes_limit(shapes, *, rng):
    limit = lambda shape: np.sqrt(6 / shape[1])
    return started(lambda shape: rng.uniform(-limit(shape), limit(shape), shape), shapes)


@jury.wrong("initialize", "all_weights_first")
def sorted_by_letter(shapes, *, rng):
    W = [rng.standard_normal(shapes[name]).ravel() * np.sqrt(2 / shapes[name][1]) for name in ("W1", "W2")]
    return np.concatenate([*W, np.zeros(shapes["b1"][0] + shapes["b2"][0])])


@jury.wrong("initialize", "the_same_for_all_units")
def a_row_repeated(shapes, *, rng):
    row = lambda n: rng.permutation(rng.normal(0, np.sqrt(2 / n), n))
    return started(lambda shape: np.ones((shape[0], 1)) * row(shape[1]), shapes)


@jury.wrong("initialize", says="let parameters.pack make it from the dict")
def a_dict(shapes, *, rng):
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


@jury.wrong("initialize", says="let parameters.pack make it from the dict")
def an_empty_dict(shapes, *, rng):
    return {}


@jury.wrong("initialize")
def only_the_weights(shapes, *, rng):
    return np.concatenate([rng.standard_normal(shape).ravel() for name, shape in shapes.items() if name[0] == "W"])


@jury.wrong("initialize")
def cut_off_at_two(shapes, *, rng):
    return started(lambda shape: np.clip(rng.standard_normal(shape), -2, 2) * np.sqrt(2 / shape[1]), shapes)


test_right, test_wrong, test_enough = jury.tests()
