"""Exercise on initialization (week 1): a whole theta. Any draw is right, so facts about it are compared."""

import numpy as np

from dlcourse import initializers
from dlcourse.exercises._engine import Exercise, Help, case
from dlcourse.parameters import pack, size, unpack


def facts(function, shapes, seed):
    """What a start is judged by, whatever the draw: sizes within 6 standard errors, and the use of rng."""
    rng = np.random.default_rng(seed)
    first, second = (vector(function(shapes, rng=rng)) for _ in range(2))
    again = vector(function(shapes, rng=np.random.default_rng(seed)))
    if any(theta.shape != (size(shapes),) for theta in (first, second, again)):
        return {"shape of theta": str(first.shape)}
    parts = unpack(first, shapes)
    W, b = ({name: part for name, part in parts.items() if name[0] == letter} for letter in "Wb")
    drawn = {name: distinct(part) for name, part in W.items()}
    return {
        "shape of theta": str(first.shape),
        **{f"spread of {name}": spread(drawn[name], *shapes[name]) for name in W},
        **{name: zero(part) for name, part in b.items()},
        "the mean of each W is 0": all(abs(w.mean()) <= 6 * w.std() / w.size**0.5 for w in drawn.values()),
        "each W is normal": all(map(normal, drawn.values())),
        "each weight has a draw of its own": all(np.unique(w).size > 0.9 * w.size for w in W.values()),
        "each W has draws of its own": apart(drawn["W1"].ravel(), drawn["W2"].ravel()),
        "the next call gives another theta": bool((first != second).any()),
        "the same rng gives the same theta": np.array_equal(first, again, equal_nan=True),
    }


def vector(theta):
    if isinstance(theta, dict):
        raise Help("It must return theta, one vector: let parameters.pack make it from the dict.")
    try:
        return np.asarray(theta, dtype=float)
    except (TypeError, ValueError):
        raise Help("It must return theta, one vector of numbers, such as parameters.pack makes.") from None


def distinct(W):
    """W without copies: a row or column that comes again is no further draw."""
    W = W[:1] if (W == W[:1]).all() else W
    return W[:, :1] if (W == W[:, :1]).all() else W


def spread(W, n_out, n_in):
    """Which standard deviation it is, in words, as far as so many draws can tell."""
    known = {
        "sqrt(2/n)": (2 / n_in) ** 0.5,
        "2/n": 2 / n_in,
        "1/n": 1 / n_in,
        "sqrt(1/n)": (1 / n_in) ** 0.5,
        "sqrt(2/number of units)": (2 / n_out) ** 0.5,
        "sqrt(2/(inputs + units))": (2 / (n_in + n_out)) ** 0.5,
        "sqrt(2/n)/sqrt(3)": (2 / 3 / n_in) ** 0.5,
        "sqrt(2/n)/sqrt(12)": (1 / 6 / n_in) ** 0.5,
        "that of the draws": 1.0,
        "one for all": 0.01,
    }
    if not np.ptp(W):
        return "0"
    found, error = W.std(), 6 / (2 * W.size) ** 0.5
    for words, std in known.items():
        if abs(found / std - 1) <= error:
            return f"{words} = {std:.3g}"
    return f"about {found:.3g}"


def zero(b):
    """What the entries of b are, in words."""
    return "random" if np.ptp(b) else f"{b.flat[0] + 0.0:.4g}"


def normal(W):
    """As many within one standard deviation as there should be, and among thousands some beyond three."""
    z = abs(W - W.mean()) / (W.std() or 1)
    return bool(
        abs((z < 1).mean() - 0.6827) <= 6 * (0.6827 * 0.3173 / W.size) ** 0.5 and (W.size < 5000 or (z > 3).any())
    )


def apart(one, two):
    """Are these other numbers, and not the same ones on another scale?"""
    n = min(one.size, two.size)
    one, two = one[:n] - one[:n].mean(), two[:n] - two[:n].mean()
    lengths = np.linalg.norm(one) * np.linalg.norm(two)
    return bool(abs(one @ two) <= 6 / n**0.5 * lengths)


def start(shapes, rng, std=initializers.he, draw=None, b=0.0):
    """A theta with one choice changed."""
    draw = draw or (lambda shape: rng.standard_normal(shape))
    return pack(
        {
            name: draw(shape) * std(*shape[::-1]) if name[0] == "W" else np.full(shape, b)
            for name, shape in shapes.items()
        },
        shapes,
    )


def all_zero(shapes, rng):
    """Everything is zero.

    Then all units of a layer compute the same and get the same gradient: they stay equal for ever. W must be random.
    """
    return start(shapes, rng, std=initializers.zeros)


def spread_instead_of_draws(shapes, rng):
    """W is filled with sqrt(2/n); the random factor is missing.

    The slip is in one set of the notes (E7). sqrt(2/n) is a spread: multiply standard normal numbers by it. A W whose
    entries are all the same leaves all units of a layer equal.
    """
    return start(shapes, rng, draw=np.ones)


def variance_as_spread(shapes, rng):
    """The draws are multiplied by 2/n, the variance.

    Multiply by the standard deviation: the root of it.
    """
    return start(shapes, rng, std=lambda n_in, n_out: 2 / n_in)


def number_of_units(shapes, rng):
    """n is taken from the wrong side of the shape.

    W[l] has the shape (n[l], n[l-1]): its *second* number is how many inputs each unit has.
    """
    return start(shapes, rng, std=lambda n_in, n_out: (2 / n_out) ** 0.5)


def for_tanh(shapes, rng):
    """The draws are multiplied by sqrt(1/n), which is for tanh.

    For relu units the numerator is 2: half of their inputs is cut away.
    """
    return start(shapes, rng, std=initializers.xavier)


def plain_normal(shapes, rng):
    """W is standard normal, not scaled at all.

    Each z would then be a sum of n terms of size one, and grow from layer to layer. Multiply by sqrt(2/n).
    """
    return start(shapes, rng, std=lambda n_in, n_out: 1.0)


def uniform_from_zero(shapes, rng):
    """W is drawn from 0 to 1, so it has no negative entries.

    rng.random gives numbers between 0 and 1, whose mean is 1/2. Use rng.standard_normal: mean 0, spread 1.
    """
    return start(shapes, rng, draw=rng.random)


def uniform_between(shapes, rng):
    """W is uniform between -sqrt(2/n) and sqrt(2/n).

    Such numbers have only the standard deviation sqrt(2/n)/sqrt(3). Draw standard normal ones, as the task says.
    """
    return start(shapes, rng, draw=lambda shape: rng.uniform(-1, 1, shape))


def b_is_one(shapes, rng):
    """b starts at one.

    b need not be random, for W already makes the units differ: it starts at zero.
    """
    return start(shapes, rng, b=1.0)


def own_seed(shapes, rng):
    """The rng that is given is not used: every call draws the same numbers.

    Draw from rng. A source of randomness made inside the function would give every layer, or every run, the same start.
    """
    return start(shapes, np.random.default_rng(0))


def global_numbers(shapes, rng):
    """The numbers do not come from the rng that is given, so nobody can repeat the run.

    np.random.randn has a hidden state of its own, and so has a generator made without a seed. Call the methods of rng.
    """
    return start(shapes, np.random.default_rng())


def b_is_random(shapes, rng):
    """b is drawn as well.

    b need not be random, for W already makes the units differ: it starts at zero. Ask for each name whether it is a W.
    """
    theta = unpack(start(shapes, rng), shapes)
    return pack({n: part if n[0] == "W" else rng.standard_normal(part.shape) for n, part in theta.items()}, shapes)


def b_is_small(shapes, rng):
    """b starts at 0.01.

    A small positive b is sometimes advised for relu units, so that none starts dead. The course, and this task, let b
    start at zero.
    """
    return start(shapes, rng, b=0.01)


def half_for_root(shapes, rng):
    """The draws are multiplied by 1/n: Python reads (2/n)**1/2 as (2/n) / 2.

    The power is 1/2 as a whole, so it needs brackets; or there is np.sqrt.
    """
    return start(shapes, rng, std=lambda n_in, n_out: 1 / n_in)


def both_fans(shapes, rng):
    """The draws are multiplied by sqrt(2/(n_in + n_out)), which is Glorot's compromise.

    He's formula for relu has the inputs alone below the line.
    """
    return start(shapes, rng, std=initializers.glorot)


def one_hundredth(shapes, rng):
    """The draws are multiplied by 0.01, whatever the number of inputs.

    A fixed small number makes the signals vanish when there are many layers: multiply by sqrt(2/n).
    """
    return start(shapes, rng, std=lambda n_in, n_out: 0.01)


def uniform_of_that_spread(shapes, rng):
    """W has the right spread, but it is uniform, not normal.

    That would do for training as well; the task asks for standard normal numbers, rng.standard_normal.
    """
    return start(shapes, rng, draw=lambda shape: rng.uniform(-(3**0.5), 3**0.5, shape))


def the_same_for_all_units(shapes, rng):
    """All units of a layer get the same weights: one row is drawn, and repeated.

    Then they compute the same and get the same gradient: they stay equal for ever. Draw the whole shape of W.
    """
    return start(shapes, rng, draw=lambda shape: np.repeat(rng.standard_normal((1, shape[1])), shape[0], axis=0))


def seeded_in_the_loop(shapes, rng):
    """Every W begins with the same numbers: a generator with a fixed seed is made anew for each.

    rng moves on with each draw, so each layer gets numbers of its own. Use it as it comes, and make none inside.
    """
    return start(shapes, rng, draw=lambda shape: np.random.default_rng(0).standard_normal(shape))


def inputs_of_the_first_layer(shapes, rng):
    """Every layer gets the spread of the first one.

    n is the number of inputs of *this* layer, the second number of the shape of its own W.
    """
    return start(shapes, rng, std=lambda *_: initializers.he(*shapes["W1"][::-1]))


def all_weights_first(shapes, rng):
    """theta holds all W first and then all b, so that unpack would find weights in the place of b.

    theta is laid out in the order of shapes. parameters.pack takes care of it.
    """
    parts = unpack(start(shapes, rng), shapes)
    return np.concatenate([parts[name].ravel() for name in sorted(parts)])


SHAPES = {"W1": (100, 200), "b1": (100, 1), "W2": (150, 100), "b2": (150, 1)}


def draw(rng):
    """Two layers of sizes that can be told apart, in any order."""
    n0, n1, n2 = rng.permutation([80, 120, 200]).tolist()
    return case({"W1": (n1, n0), "b1": (n1, 1), "W2": (n2, n1), "b2": (n2, 1)}, int(rng.integers(1000)))


EXERCISES = (
    Exercise(
        "initialize",
        "Write my_initialize(shapes, *, rng): for shapes such as {'W1': (100, 200), 'b1': (100, 1), ...} return theta, "
        "one vector made by parameters.pack: every W is standard normal numbers from rng times sqrt(2/n), n the number of "
        "inputs, every b is zero.",
        reference=initializers.initialize,
        run=facts,
        cases=(case(SHAPES, 0),),
        fresh=draw,
        mistakes=(
            all_zero,
            spread_instead_of_draws,
            variance_as_spread,
            number_of_units,
            for_tanh,
            plain_normal,
            uniform_from_zero,
            uniform_between,
            b_is_one,
            own_seed,
            global_numbers,
            b_is_random,
            b_is_small,
            half_for_root,
            both_fans,
            one_hundredth,
            uniform_of_that_spread,
            the_same_for_all_units,
            seeded_in_the_loop,
            inputs_of_the_first_layer,
            all_weights_first,
        ),
    ),
)
