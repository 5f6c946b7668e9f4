"""Exercise on the mask of inverted dropout (week 1)."""

import numpy as np

from dlcourse import regularizers
from dlcourse.exercises._engine import Exercise, case


def division_forgotten(shape, keep_prob, rng):
    """The division by keep_prob is missing.

    Fewer units send fewer signals: without it the next layer gets, on average, only keep_prob times what it gets at
    test time. Dividing makes up for that.
    """
    return (rng.random(shape) < keep_prob).astype(float)


def divided_by_the_dropped_share(shape, keep_prob, rng):
    """What stays is divided by the share that is dropped.

    The mean of the mask must be 1, and only a share of keep_prob of its entries is not zero: that says
    how large these are.
    """
    return (rng.random(shape) < keep_prob) / (1 - keep_prob)


def multiplied(shape, keep_prob, rng):
    """What stays is multiplied by keep_prob, and so made even smaller.

    The units that stay must speak for those that are silent: they get louder.
    """
    return (rng.random(shape) < keep_prob) * keep_prob


def drops_what_it_should_keep(shape, keep_prob, rng):
    """The comparison is turned round: a share of keep_prob is dropped, not kept.

    A number even in (0, 1) lies below 0.8 in 80 % of the cases. These are the units that stay.
    """
    return (rng.random(shape) > keep_prob) / keep_prob


def one_mask_for_all_examples(shape, keep_prob, rng):
    """All examples get the same mask.

    Every example, a column, has a draw of its own: the random numbers need as many columns as the activations.
    """
    return (rng.random((shape[0], 1)) < keep_prob) / keep_prob * np.ones(shape)


def whole_examples_dropped(shape, keep_prob, rng):
    """All units of an example are dropped or kept together.

    The draw is for each unit of each example, not once for a column.
    """
    return (rng.random((1, shape[1])) < keep_prob) / keep_prob * np.ones(shape)


def normal_numbers(shape, keep_prob, rng):
    """The random numbers are normal, not even in (0, 1).

    rand, here rng.random, is even between 0 and 1, and so below keep_prob with that very probability. A normal number
    is below 0.8 with another one.
    """
    return (rng.standard_normal(shape) < keep_prob) / keep_prob


def same_seed_each_time(shape, keep_prob, rng):
    """The numbers do not come from rng, so that each step would draw the same mask.

    Every step needs a new draw. Take the next numbers from the generator that comes in.
    """
    own = np.random.default_rng(0)
    return (own.random(shape) < keep_prob) / keep_prob


EXERCISES = (
    Exercise(
        "dropout_mask",
        "Write my_mask(shape, keep_prob, rng): an array of that shape (units, examples), which is 0 for a unit that is "
        "dropped, and for one that stays just so large that the mean activation does not change. Draw the numbers with "
        "one call of rng.random; a unit stays where its number is below keep_prob.",
        reference=regularizers.dropout_mask,
        cases=(
            case((2, 3), 0.75, np.random.default_rng(1)),
            case((3, 2), 0.5, np.random.default_rng(2)),
            case((5, 8), 0.8, np.random.default_rng(3)),
            case((10, 20), 0.3, np.random.default_rng(4)),
        ),
        mistakes=(
            division_forgotten,
            divided_by_the_dropped_share,
            multiplied,
            drops_what_it_should_keep,
            one_mask_for_all_examples,
            whole_examples_dropped,
            normal_numbers,
            same_seed_each_time,
        ),
    ),
)
