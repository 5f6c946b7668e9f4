"""Exercise on the mask of inverted dropout (week 1). Any fair draw is right, so facts about masks are compared."""

import math

import numpy as np

from dlcourse import regularizers
from dlcourse.exercises._engine import Exercise, Help, case, show

DRAWS = 8  # masks in a row, from one rng


def facts(function, shape, keep_prob, seed):
    """What must hold of the masks, whatever the draw. Shares are judged within 6 standard errors."""
    rng = np.random.default_rng(seed)
    masks = [array(function(shape, keep_prob, rng)) for _ in range(DRAWS)]
    again = array(function(shape, keep_prob, np.random.default_rng(seed)))
    odd = [mask.shape for mask in (*masks, again) if mask.shape != shape]
    if odd:
        return {"shape": str(odd[0])}
    stays = np.array(masks) != 0
    return {
        "shape": str(shape),
        "the share of units that stay": share(distinct(stays), keep_prob),
        "what stands for a unit that stays": level(np.array(masks)[stays], keep_prob),
        "each example has a draw of its own": bool((stays != stays[..., :1]).any()),
        "each unit has a draw of its own": bool((stays != stays[..., :1, :]).any()),
        "the number that stays is left to chance": bool(np.ptp(stays.sum(axis=(1, 2))) > 0),
        "and so it is in each example": bool(np.ptp(stays.sum(axis=1)) > 0),
        "a new mask in the next step": bool((masks[0] != masks[1]).any()),
        "the same rng gives the same mask": np.array_equal(masks[0], again, equal_nan=True),
    }


def array(mask):
    try:
        return np.asarray(mask, dtype=float)
    except (TypeError, ValueError):
        raise Help(f"It must return one array of the given shape. Came: {show(mask)}") from None


def distinct(stays):
    """The masks (DRAWS, units, examples) without copies: a row, column or mask that comes again is no further draw."""
    stays = stays[..., :1] if (stays == stays[..., :1]).all() else stays
    stays = stays[..., :1, :] if (stays == stays[..., :1, :]).all() else stays
    return np.unique(stays, axis=0)


def share(stays, keep_prob):
    """Which share it is, in words, as far as so many draws can tell."""
    known = {
        "keep_prob": keep_prob,
        "1 - keep_prob": 1 - keep_prob,
        "1/2": 0.5,
        "that of normal numbers below keep_prob": (1 + math.erf(keep_prob / 2**0.5)) / 2,
    }
    found = stays.mean()
    for words, p in known.items():
        if abs(found - p) <= 6 * (p * (1 - p) / stays.size) ** 0.5:
            return f"{words} = {p:.3g}"
    return f"about {found:.3f}"


def level(values, keep_prob):
    """What the entries are that are not 0, in words."""
    known = {
        "1/keep_prob": 1 / keep_prob,
        "what is not divided": 1.0,
        "keep_prob": keep_prob,
        "1/(1 - keep_prob)": 1 / (1 - keep_prob) if keep_prob < 1 else math.inf,
        "1 - keep_prob": 1 - keep_prob,
    }
    if not values.size:
        return "nothing"
    if not np.ptp(values) <= 1e-5 * abs(values[0]):
        return "different numbers"
    for words, x in known.items():
        if math.isclose(values[0], x, rel_tol=1e-5):
            return f"{words} = {x:.3g}"
    return f"{values[0]:.4g}"


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


def global_numbers(shape, keep_prob, rng):
    """The numbers do not come from the rng that is given, so nobody can repeat the run.

    np.random.rand has a hidden state of its own, and so has a generator made without a seed. Call the methods of rng,
    such as rng.random: it takes the shape as one argument.
    """
    return (np.random.default_rng().random(shape) < keep_prob) / keep_prob


def half_of_them(shape, keep_prob, rng):
    """Half of the units stay, whatever keep_prob is.

    Compare the random numbers with keep_prob: an even number in (0, 1) lies below it with that very probability.
    """
    return (rng.random(shape) < 0.5) / keep_prob


def random_numbers_kept(shape, keep_prob, rng):
    """What stays is the random number itself.

    The comparison is all that the numbers are for: it says who stays. All that stay get the same value.
    """
    r = rng.random(shape)
    return np.where(r < keep_prob, r, 0) / keep_prob


def so_many_in_all(shape, keep_prob, rng):
    """The number of units that stay is always the same.

    Each unit stays or not by itself, whatever the others do, so how many stay differs from mask to mask.
    """
    size = math.prod(shape)
    return (rng.permutation(size).reshape(shape) < round(keep_prob * size)) / keep_prob


def so_many_in_each_example(shape, keep_prob, rng):
    """In every example the same number of units stays.

    Each unit stays or not by itself, whatever the others do, so how many stay differs from example to example.
    """
    order = rng.permuted(np.tile(np.arange(shape[0])[:, None], shape[1]), axis=0)
    return (order < round(keep_prob * shape[0])) / keep_prob


def transposed(shape, keep_prob, rng):
    """The mask is transposed.

    Units are rows and examples columns, as in A: the mask has the shape that is given.
    """
    return (rng.random(shape[::-1]) < keep_prob) / keep_prob


def one_column(shape, keep_prob, rng):
    """The mask has one column only, so that all examples would share it.

    Every example, a column, has a draw of its own: draw as many numbers as the whole shape has entries.
    """
    return (rng.random((shape[0], 1)) < keep_prob) / keep_prob


def one_number(shape, keep_prob, rng):
    """A single random number is drawn, for all units at once.

    rng.random() without the shape gives one number. Each unit of each example needs its own.
    """
    return (rng.random() < keep_prob) / keep_prob


def same_seed_each_time(shape, keep_prob, rng):
    """Each step draws the same mask: there is a fixed seed inside the function.

    Every step needs a new draw. Take the next numbers from the generator that comes in, which moves on with each.
    """
    own = np.random.default_rng(0)
    return (own.random(shape) < keep_prob) / keep_prob


def draw(rng):
    """A shape with some hundred entries, so that shares can be told apart."""
    shape = tuple(rng.integers(20, 35, 2).tolist())
    return case(shape, float(rng.choice([0.2, 0.3, 0.4, 0.5, 0.6, 0.9])), int(rng.integers(1000)))


EXERCISES = (
    Exercise(
        "dropout_mask",
        "Write my_mask(shape, keep_prob, rng): an array of that shape (units, examples). Each unit of each example stays "
        "with probability keep_prob, by a draw of its own from rng. The array is 0 where a unit is dropped, and where one "
        "stays just so large that the mean activation does not change.",
        reference=regularizers.dropout_mask,
        run=facts,
        cases=(
            case((20, 25), 0.9, 1),
            case((25, 30), 0.3, 2),
            case((30, 20), 0.5, 3),
            case((20, 30), 1.0, 4),
            case((600, 1), 0.6, 5),
        ),
        fresh=draw,
        mistakes=(
            division_forgotten,
            divided_by_the_dropped_share,
            multiplied,
            drops_what_it_should_keep,
            one_mask_for_all_examples,
            whole_examples_dropped,
            normal_numbers,
            same_seed_each_time,
            global_numbers,
            half_of_them,
            random_numbers_kept,
            so_many_in_all,
            so_many_in_each_example,
            transposed,
            one_column,
            one_number,
        ),
    ),
)
