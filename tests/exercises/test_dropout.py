"""The jury of `dropout_mask`: any fair draw from the rng that is given is right, none from elsewhere."""

import random

import numpy as np
from jury import Jury

jury = Jury()


@jury.right("dropout_mask")
def as_on_the_slide(shape, keep_prob, rng):
    D = rng.random(shape) < keep_prob
    return D / keep_prob


@jury.right("dropout_mask")
def from_the_other_end(shape, keep_prob, rng):
    return np.where(rng.random(shape) >= 1 - keep_prob, 1 / keep_prob, 0.0)


@jury.right("dropout_mask")
def binomial(shape, keep_prob, rng):
    return rng.binomial(1, keep_prob, size=shape) / keep_prob


@jury.right("dropout_mask")
def choice(shape, keep_prob, rng):
    return rng.choice([0, 1 / keep_prob], size=shape, p=[1 - keep_prob, keep_prob])


@jury.right("dropout_mask")
def uniform_in_single_precision(size, p, generator):
    return (generator.random(size, dtype=np.float32) < p).astype(np.float32) / np.float32(p)


@jury.right("dropout_mask")
def with_loops(shape, keep_prob, rng):
    mask = []
    for _ in range(shape[0]):
        row = []
        for _ in range(shape[1]):
            row.append(1 / keep_prob if rng.random() < keep_prob else 0)
        mask.append(row)
    return mask


@jury.right("dropout_mask")
def column_by_column(shape, keep_prob, rng):
    units, examples = shape
    return np.stack([rng.uniform(size=units) <= keep_prob for _ in range(examples)], axis=1) * (1 / keep_prob)


@jury.right("dropout_mask")
def in_place(shape, keep_prob, rng):
    mask = rng.random(shape)
    dropped = mask > keep_prob
    mask[:] = 1
    mask[dropped] = 0
    mask /= keep_prob
    return mask


@jury.right("dropout_mask")
def with_a_child_of_rng(shape, keep_prob, rng):
    (child,) = rng.spawn(1)
    return np.multiply(child.random(shape[::-1]).T < keep_prob, 1 / keep_prob)


@jury.right("dropout_mask")
def as_tuples(shape, keep_prob, rng):
    return tuple(tuple(row) for row in np.floor(keep_prob + rng.random(shape)) / keep_prob)


@jury.wrong("dropout_mask", "global_numbers")
def the_lessons_own_line(shape, keep_prob, rng):
    return (np.random.rand(*shape) < keep_prob) / keep_prob


@jury.wrong("dropout_mask", "global_numbers")
def pythons_numbers(shape, keep_prob, rng):
    return [[(random.random() < keep_prob) / keep_prob for _ in range(shape[1])] for _ in range(shape[0])]


@jury.wrong("dropout_mask", "same_seed_each_time")
def seeded_inside(shape, keep_prob, rng):
    rng = np.random.default_rng(42)
    return (rng.random(shape) < keep_prob) / keep_prob


@jury.wrong("dropout_mask", "division_forgotten")
def ones_and_zeros(shape, keep_prob, rng):
    return rng.random(shape) < keep_prob


@jury.wrong("dropout_mask", "divided_by_the_dropped_share")
def by_what_is_dropped(shape, keep_prob, rng):
    return np.where(rng.random(shape) < keep_prob, 1 / (1 - keep_prob), 0)


@jury.wrong("dropout_mask", "multiplied")
def times_keep_prob(shape, keep_prob, rng):
    return rng.binomial(1, keep_prob, shape) * keep_prob


@jury.wrong("dropout_mask", "drops_what_it_should_keep")
def below_the_dropped_share(shape, keep_prob, rng):
    return (rng.random(shape) < 1 - keep_prob) / keep_prob


@jury.wrong("dropout_mask", "normal_numbers")
def randn(shape, keep_prob, rng):
    return (rng.normal(size=shape) < keep_prob) / keep_prob


@jury.wrong("dropout_mask", "half_of_them")
def whole_numbers(shape, keep_prob, rng):
    return rng.integers(0, 2, shape) / keep_prob


@jury.wrong("dropout_mask", "random_numbers_kept")
def multiplied_with_the_draw(shape, keep_prob, rng):
    D = rng.random(shape)
    return D * (D < keep_prob) / keep_prob


@jury.wrong("dropout_mask", "one_column")
def a_mask_for_the_units(shape, keep_prob, rng):
    return (rng.random((shape[0], 1)) < keep_prob) / keep_prob


@jury.wrong("dropout_mask", "one_mask_for_all_examples")
def repeated(shape, keep_prob, rng):
    return np.repeat(rng.binomial(1, keep_prob, (shape[0], 1)), shape[1], axis=1) / keep_prob


@jury.wrong("dropout_mask", "whole_examples_dropped")
def broadcast_along_the_units(shape, keep_prob, rng):
    return np.broadcast_to(rng.random(shape[1]) > 1 - keep_prob, shape) / keep_prob


@jury.wrong("dropout_mask", "so_many_in_all")
def shuffled(shape, keep_prob, rng):
    m = np.zeros(shape[0] * shape[1])
    m[: round(keep_prob * m.size)] = 1 / keep_prob
    rng.shuffle(m)
    return m.reshape(shape)


@jury.wrong("dropout_mask", "so_many_in_each_example")
def chosen_without_repetition(shape, keep_prob, rng):
    mask = np.zeros(shape)
    for j in range(shape[1]):
        mask[rng.choice(shape[0], round(keep_prob * shape[0]), replace=False), j] = 1 / keep_prob
    return mask


@jury.wrong("dropout_mask", "transposed")
def examples_first(shape, keep_prob, rng):
    units, examples = shape
    return (rng.random((examples, units)) < keep_prob) / keep_prob


@jury.wrong("dropout_mask", "one_number")
def shape_forgotten(shape, keep_prob, rng):
    return (rng.random() < keep_prob) / keep_prob


@jury.wrong("dropout_mask", says="TypeError: Cannot interpret")
def shape_unpacked(shape, keep_prob, rng):
    return (rng.random(*shape) < keep_prob) / keep_prob


@jury.wrong("dropout_mask")
def root_of_keep_prob(shape, keep_prob, rng):
    return (rng.random(shape) < keep_prob) / keep_prob**0.5


@jury.wrong("dropout_mask")
def dropped_ones_stay_one(shape, keep_prob, rng):
    return np.where(rng.random(shape) < keep_prob, 1 / keep_prob, 1)


@jury.wrong("dropout_mask")
def squared(shape, keep_prob, rng):
    return (rng.random(shape) ** 2 < keep_prob) / keep_prob


test_right, test_wrong, test_enough = jury.tests()
