"""Exercises on several classes: softmax, and the cross-entropy from logits (week 3)."""

import numpy as np

from dlcourse import activations, losses
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


def _log_A(Z):
    Z = Z - Z.max(axis=0, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=0, keepdims=True))


def summed(Z, Y):
    """The losses are added up, not averaged.

    J is the mean over the m examples, so that twice the data do not cost twice as much.
    """
    return -(Y * _log_A(Z)).sum()


def mean_of_all(Z, Y):
    """The mean is taken over all C x m entries.

    Sum over the classes, then take the mean over the examples only.
    """
    return -(Y * _log_A(Z)).mean()


def sign_lost(Z, Y):
    """The minus sign is missing.

    The logarithm of a probability is never positive, and a cost should not be negative.
    """
    return (Y * _log_A(Z)).sum(axis=0).mean()


def base_ten(Z, Y):
    """The logarithm is the one to base 10.

    The natural one undoes e^z, and gives the simple gradient. In numpy it is called log.
    """
    return -(Y * _log_A(Z)).sum(axis=0).mean() / np.log(10)


def binary(Z, Y):
    """(1 - y) log(1 - a) is added for every class: that is the loss of C separate yes-or-no questions.

    Only the true class counts here. The others are in it already, through the sum below the line of softmax.
    """
    log_A = _log_A(Z)
    return -(Y * log_A + (1 - Y) * np.log(1 - np.exp(log_A))).sum(axis=0).mean()


def logits_as_probabilities(Z, Y):
    """The probability itself is averaged, not its logarithm.

    The loss of an example is -log of the probability of its class: without a limit for a bold mistake.
    """
    return -(Y * np.exp(_log_A(Z))).sum(axis=0).mean()


EXERCISES = (
    Exercise(
        "softmax",
        "Write my_softmax(Z): Z (C, m) holds the C logits of an example in each column; return the probabilities (C, m).\n"
        "It must stand logits of 1000.",
        reference=activations.softmax,
        cases=(
            case(np.array([[0.0], [1.0]])),
            case(np.array([[5.0], [2.0], [-1.0], [3.0]])),
            case(np.array([[1.0, 0.0], [2.0, -1.0], [0.0, 3.0]])),
            case(np.array([[1000.0], [999.0]])),
        ),
        mistakes=(
            overflows,
            over_the_examples,
            over_everything,
            without_exp,
            yes_or_no,
            not_normalized,
            subtracted_above_only,
        ),
    ),
    Exercise(
        "cross_entropy",
        "Write my_cross_entropy(Z, Y): logits Z (C, m) and one-hot labels Y (C, m); return the cost J, a number.\n"
        "You may use activations.softmax.",
        reference=losses.cross_entropy,
        cases=(
            case(np.array([[0.0], [1.0]]), np.array([[1.0], [0.0]])),
            case(np.array([[5.0], [2.0], [-1.0], [3.0]]), np.array([[1.0], [0.0], [0.0], [0.0]])),
            case(np.array([[1.0, 0.0], [2.0, -1.0], [0.0, 3.0]]), np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])),
        ),
        mistakes=(summed, mean_of_all, sign_lost, base_ten, binary, logits_as_probabilities),
    ),
)
