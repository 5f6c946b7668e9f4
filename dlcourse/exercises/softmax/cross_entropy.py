"""Exercise on the cost of several classes (week 3): cross-entropy from logits, exact where a probability rounds to 0."""

import numpy as np

from dlcourse import activations, losses
from dlcourse.exercises._engine import Exercise, case


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


def base_two(Z, Y):
    """The logarithm is the one to base 2.

    The natural one undoes e^z, and gives the simple gradient. In numpy it is called log.
    """
    return base_ten(Z, Y) * np.log(10) / np.log(2)


def divided_by_the_classes(Z, Y):
    """The sum is divided by the number of classes C, not by the number of examples m.

    J is the mean over the examples, which are the columns: m is Y.shape[1].
    """
    return -(Y * _log_A(Z)).sum() / len(Y)


def one_for_each_example(Z, Y):
    """You return the loss of each example.

    The cost J is one number, their mean.
    """
    return -(Y * _log_A(Z)).sum(axis=0)


def only_the_first_example(Z, Y):
    """Only the first column counts.

    J is the mean over all m examples.
    """
    return -(Y * _log_A(Z)).sum(axis=0)[0]


def logarithm_of_the_logits(Z, Y):
    """The logarithm is taken of the logits themselves.

    They are no probabilities, and may be negative. First softmax, then the logarithm.
    """
    with np.errstate(all="ignore"):
        return -(Y * np.log(Z)).sum(axis=0).mean()


def softmax_forgotten(Z, Y):
    """The logits are taken for the logarithms of the probabilities: the sum of e^z is missing.

    log A = z - log sum e^z: without the last term nothing keeps the logits from growing.
    """
    return -(Y * Z).sum(axis=0).mean()


def the_true_class_forgotten(Z, Y):
    """Only log sum e^z is there; the logit of the true class is not taken from it.

    The loss is log sum e^z - z of the true class: it shall fall when that z rises.
    """
    return (Z - _log_A(Z))[0].mean()  # the same in each row


def over_the_wrong_axis(Z, Y):
    """The probabilities are taken over the examples, not over the classes.

    Each column is one example, and its C probabilities sum to one.
    """
    return -(Y * _log_A(Z.T).T).sum(axis=0).mean()


def softmax_twice(Z, Y):
    """Softmax is applied twice.

    The logits are what comes before softmax. Who gives probabilities to a loss that takes logits makes just this mistake.
    """
    return losses.cross_entropy(activations.softmax(Z), Y)


def squares(Z, Y):
    """These are squared distances, not cross-entropy.

    They charge at most 2 for being sure and wrong. Asked is -log of the probability of the true class.
    """
    return ((activations.softmax(Z) - Y) ** 2).sum(axis=0).mean()


def of_the_prediction_with_itself(Z, Y):
    """A log A is summed, without the labels: that is how unsure the answer is, not how wrong.

    The label Y stands before the logarithm.
    """
    log_A = _log_A(Z)
    return -(np.exp(log_A) * log_A).sum(axis=0).mean()


def errors_counted(Z, Y):
    """Wrong answers are counted.

    Their share has no slope to learn by. The loss of an example is -log of the probability of its class.
    """
    return (Z.argmax(axis=0) != Y.argmax(axis=0)).mean()


def logarithm_of_zero(Z, Y):
    """The logarithm of a probability that is rounded to 0 is taken: -inf, and 0 times inf is no number.

    With logits 1000 and 0, softmax gives 1 and 0, and what was in the second logit is lost. Write log A as
    z - log sum e^z, with the largest z of the column subtracted before.
    """
    with np.errstate(all="ignore"):
        return -(Y * np.log(activations.softmax(Z))).sum(axis=0).mean()


def own_softmax_overflows(Z, Y):
    """Your own softmax overflows: e^1000 is inf, and inf/inf is no number.

    Subtract the largest z of each column from the column first, and write log A as z - log sum e^z, so that no
    probability is rounded to 0 before its logarithm is taken.
    """
    with np.errstate(all="ignore"):
        t = np.exp(Z)
        return -(Y * np.log(t / t.sum(axis=0))).sum(axis=0).mean()


def exponentials_overflow(Z, Y):
    """e^z is taken of a large logit, which gives inf.

    Subtract the largest z of each column from the column before anything else; nothing but the rounding changes.
    """
    with np.errstate(all="ignore"):
        return (np.log(np.exp(Z).sum(axis=0)) - (Y * Z).sum(axis=0)).mean()


def small_number_in_the_logarithm(Z, Y):
    """A small number is added to the probabilities, or they are cut off, before the logarithm.

    Then being sure and wrong costs 18 or 34, where 1000 is right, and there the slope is 0. From the logits it is exact:
    z - log sum e^z, with the largest z of the column subtracted before.
    """
    return -(Y * np.log(activations.softmax(Z) + 1e-8)).sum(axis=0).mean()


def cut_at_1e15(Z, Y):
    """The probabilities are cut off before the logarithm.

    Then being sure and wrong costs 34.5, where 1000 is right, and there the slope is 0. From the logits it is exact:
    z - log sum e^z, with the largest z of the column subtracted before.
    """
    return -(Y * np.log(np.clip(activations.softmax(Z), 1e-15, 1))).sum(axis=0).mean()


def largest_of_the_matrix(Z, Y):
    """The largest z of the whole matrix is subtracted.

    A column that lies far below becomes e^-1000 = 0 everywhere, and the logarithm of 0 is -inf. Each column has its own
    largest.
    """
    Z = Z - Z.max()
    with np.errstate(all="ignore"):
        return -(Y * (Z - np.log(np.exp(Z).sum(axis=0)))).sum(axis=0).mean()


def largest_not_put_back(Z, Y):
    """The largest z is subtracted inside the sum, but not from the z outside of it.

    log sum e^z = c + log sum e^(z - c): the c has to come back, or to be taken from both.
    """
    return -(Y * (Z - np.log(np.exp(Z - Z.max(axis=0)).sum(axis=0)))).sum(axis=0).mean()


def logits_as_probabilities(Z, Y):
    """The probability itself is averaged, not its logarithm.

    The loss of an example is -log of the probability of its class: without a limit for a bold mistake.
    """
    return -(Y * np.exp(_log_A(Z))).sum(axis=0).mean()


def labelled(rng):
    """Logits and labels; or one example of two classes, one of whose logits lies a thousand above the other."""
    far = rng.random() < 0.5
    C, m = (2, 1) if far else rng.choice([2, 3, 4, 5], 2, replace=False)
    Z, Y = rng.integers(-8, 9, (C, m)) / 2, np.eye(C)[:, rng.integers(0, C, m)]
    return case(Z + 1000 * far * np.eye(C)[:, [rng.integers(C)]], Y)


FAR, FIRST, SECOND = np.array([[1000.0], [0.0]]), np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])

EXERCISES = (
    Exercise(
        "cross_entropy",
        "Write my_cross_entropy(Z, Y): logits Z (C, m) and one-hot labels Y (C, m); return the cost J, a number.\n"
        "It must stand logits of 1000, where softmax rounds to 1 and 0.",
        reference=losses.cross_entropy,
        cases=(
            case(np.array([[0.0], [1.0]]), FIRST),
            case(np.array([[5.0], [2.0], [-1.0], [3.0]]), np.array([[1.0], [0.0], [0.0], [0.0]])),
            case(np.array([[1.0, 0.0], [2.0, -1.0], [0.0, 3.0]]), np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])),
            case(FAR, FIRST),
            case(FAR, SECOND),
            case(np.array([[-1000.0], [-1001.0]]), FIRST),
            case(2 * FAR, SECOND),
            case(np.array([[1000.0, 1.0, 0.0], [999.0, 2.0, 0.0]]), np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])),
        ),
        fresh=labelled,
        mistakes=(
            largest_of_the_matrix,
            logarithm_of_zero,
            small_number_in_the_logarithm,
            cut_at_1e15,
            exponentials_overflow,
            own_softmax_overflows,
            largest_not_put_back,
            summed,
            mean_of_all,
            divided_by_the_classes,
            one_for_each_example,
            only_the_first_example,
            sign_lost,
            base_ten,
            base_two,
            binary,
            logits_as_probabilities,
            logarithm_of_the_logits,
            softmax_forgotten,
            the_true_class_forgotten,
            over_the_wrong_axis,
            softmax_twice,
            squares,
            of_the_prediction_with_itself,
            errors_counted,
        ),
    ),
)
