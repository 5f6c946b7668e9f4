"""Exercise on softmax (week 3): C logits become C probabilities, and no logit is too large."""

import numpy as np

from dlcourse import activations
from dlcourse.exercises._engine import Exercise, case


def over_the_examples(Z):
    """The sum runs over the examples, not over the classes.

    Each column is one example, and its C probabilities sum to one.
    """
    t = np.exp(Z)
    return t / t.sum(axis=1, keepdims=True)


def over_everything(Z):
    """One sum is taken over the whole matrix.

    Each example has a sum of its own, or its probabilities would depend on the other examples.
    """
    t = np.exp(Z)
    return t / t.sum()


def without_exp(Z):
    """The logits themselves are divided by their sum.

    A logit may be negative; a probability may not. First make all of them positive, by e^z.
    """
    return Z / Z.sum(axis=0, keepdims=True)


def yes_or_no(Z):
    """Each class has a sigmoid of its own.

    These are C separate answers, and they do not sum to one. Here the classes compete.
    """
    return activations.sigmoid(Z)


def not_normalized(Z):
    """e^z is not divided by its sum.

    Positive is not enough: they must sum to one.
    """
    return np.exp(Z)


def subtracted_above_only(Z):
    """The largest z is subtracted above the line, but not below it.

    It changes nothing only if it is done on both sides: subtract it once, before anything else.
    """
    return np.exp(Z - Z.max(axis=0, keepdims=True)) / np.exp(Z).sum(axis=0, keepdims=True)


def overflows(Z):
    """Large logits give no number, for e^1000 is too large for the machine.

    Subtract something from every z of the column first, so that the largest of them becomes e^0.
    """
    t = np.exp(Z)
    return t / t.sum(axis=0, keepdims=True)


def the_mean_subtracted(Z):
    """You subtract the mean of the column, not its largest number.

    After that the largest may still be large, as in (1000, 0, 0, 0). Subtract the largest: then no z is above 0.
    """
    t = np.exp(Z - Z.mean(axis=0, keepdims=True))
    return t / t.sum(axis=0, keepdims=True)


def the_first_subtracted(Z):
    """You subtract the first z of the column, not its largest.

    Another may lie far above it, as in (0, 1000). Subtract the largest: then no z is above 0.
    """
    t = np.exp(Z - Z[:1])
    return t / t.sum(axis=0, keepdims=True)


def the_least_subtracted(Z):
    """You subtract the least z of the column, not the largest.

    Then the largest are as large as before. Subtract the largest: then no z is above 0.
    """
    t = np.exp(Z - Z.min(axis=0, keepdims=True))
    return t / t.sum(axis=0, keepdims=True)


def the_largest_of_all(Z):
    """You subtract the largest z of the whole matrix.

    A column that lies far below becomes e^-1000 = 0 everywhere, and 0/0 is no number. Each column has its own largest.
    """
    t = np.exp(Z - Z.max())
    return t / t.sum(axis=0, keepdims=True)


def the_largest_of_each_row(Z):
    """You subtract the largest z of each class, over the examples.

    It changes nothing only if all logits of an example lose the same number: take the largest of the column.
    """
    t = np.exp(Z - Z.max(axis=1, keepdims=True))
    return t / t.sum(axis=0, keepdims=True)


def added_instead(Z):
    """The largest z is added, where it should be taken away.

    Then the largest becomes twice as large. Subtracted, it becomes 0.
    """
    t = np.exp(Z + Z.max(axis=0, keepdims=True))
    return t / t.sum(axis=0, keepdims=True)


def divided_by_the_largest(Z):
    """The logits are divided by the largest of them.

    That makes all differences smaller, and so other probabilities. Only what is subtracted from all changes nothing.
    """
    t = np.exp(Z / np.abs(Z).max(axis=0, keepdims=True))
    return t / t.sum(axis=0, keepdims=True)


def cut_off(Z):
    """Large logits are cut off at a bound.

    Beyond it all classes become equally likely: 1000 and 999 are not. Subtract the largest of the column instead.
    """
    t = np.exp(np.clip(Z, -500, 500))
    return t / t.sum(axis=0, keepdims=True)


def something_added_below(Z):
    """A small number is added below the line.

    It does not help against numbers that are too large, and where every e^z is rounded to 0, the sum of the
    probabilities is 0. Subtract the largest z of the column first: then the sum is at least 1.
    """
    t = np.exp(Z)
    return t / (t.sum(axis=0, keepdims=True) + 1e-8)


def nan_made_zero(Z):
    """What overflows is replaced afterwards, but not by the right number.

    Nobody can tell from a nan what it should have been. Subtract the largest z of the column first.
    """
    return np.nan_to_num(overflows(Z))


def not_normalized_after_all(Z):
    """The largest z is subtracted, but the sum is not divided by.

    Then the largest has the probability 1, and the others come on top. They must sum to one.
    """
    return np.exp(Z - Z.max(axis=0, keepdims=True))


def the_sign_turned(Z):
    """This is e^-z: the sign is turned.

    The largest logit should get the largest probability.
    """
    return activations.softmax(-Z)


def another_base(Z):
    """The base is 2, not e.

    Any base gives probabilities, but with e alone the gradient is as simple as A - Y.
    """
    return activations.softmax(Z * np.log(2))


def base_of_ten(Z):
    """The base is 10, not e.

    Any base gives probabilities, but with e alone the gradient is as simple as A - Y.
    """
    return activations.softmax(Z * np.log(10))


def the_logarithm(Z):
    """You return the logarithm of the probabilities.

    That is what the cost is made of; asked are the probabilities themselves, which sum to one.
    """
    return np.log(activations.softmax(Z))


def winner_takes_all(Z):
    """The largest gets 1 and the others 0: that is a hard maximum.

    The soft one leaves each class its share, and has a slope to learn by.
    """
    return np.eye(len(Z))[:, Z.argmax(axis=0)]


def logits(rng):
    """A matrix of halves, not square, none twice in a column; sometimes the columns lie a thousand up or down."""
    C = rng.integers(2, 6)
    m = rng.choice([m for m in range(1, 5) if m != C])
    Z = rng.permuted(np.tile(np.arange(-8.0, 9.0)[:, None] / 2, m), axis=0)[:C]
    return Z + rng.choice([-1000, 0, 1000], m) * (rng.random() < 0.5)


EXERCISES = (
    Exercise(
        "softmax",
        "Write my_softmax(Z): Z (C, m) holds the C logits of an example in each column; return the probabilities (C, m).\n"
        "It must stand logits of 1000 and of -1000, also side by side in one Z.",
        reference=activations.softmax,
        cases=(
            case(np.array([[0.0], [1.0]])),
            case(np.array([[5.0], [2.0], [-1.0], [3.0]])),
            case(np.array([[1.0, 0.0], [1.5, -1.0], [1.0, 3.0]])),
            case(np.array([[1000.0], [999.0]])),
            case(np.array([[-1000.0], [-1001.0]])),
            case(np.array([[0.0], [1000.0]])),
            case(np.array([[1000.0], [0.0], [0.0], [0.0]])),
            case(np.array([[1000.0, 0.0, 0.0], [999.0, 1.0, 2.0]])),
        ),
        fresh=lambda rng: case(logits(rng)),
        mistakes=(
            the_largest_of_all,
            the_mean_subtracted,
            the_first_subtracted,
            the_least_subtracted,
            something_added_below,
            nan_made_zero,
            cut_off,
            overflows,
            added_instead,
            over_the_examples,
            over_everything,
            without_exp,
            yes_or_no,
            not_normalized,
            not_normalized_after_all,
            subtracted_above_only,
            the_largest_of_each_row,
            divided_by_the_largest,
            the_sign_turned,
            another_base,
            base_of_ten,
            the_logarithm,
            winner_takes_all,
        ),
    ),
)
