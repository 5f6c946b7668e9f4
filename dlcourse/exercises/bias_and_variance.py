"""Exercise on bias and variance (week 1): the verdict on a training and a dev error."""

from dlcourse import diagnosis
from dlcourse.exercises._engine import Exercise, case


def named(bias, variance):
    """The words for two yes-or-no answers: what the mistakes below ask differently."""
    return diagnosis.VERDICTS[2 * bool(bias) + bool(variance)]


def bayes_left_out(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """Bias is measured from zero, not from the Bayes error.

    What nobody can do better is no fault of the network: on blurred pictures 15 % may be as good as it gets. Only the
    part of the training error that could be avoided is bias.
    """
    return named(train_error > tolerance, dev_error - train_error > tolerance)


def variance_from_bayes(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """Variance is measured from the Bayes error, so it contains the bias as well.

    Variance is what gets worse from the examples the network has seen to those it has not: compare the two sets with
    each other.
    """
    return named(train_error - bayes_error > tolerance, dev_error - bayes_error > tolerance)


def variance_is_the_dev_error(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """Variance is taken to be the dev error itself.

    A dev error of 16 % beside a training error of 15 % is a gap of only one point. Subtract.
    """
    return named(train_error - bayes_error > tolerance, dev_error > tolerance)


def names_swapped(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """Bias and variance have each other's name.

    Bias shows already on the training set: the network does not even fit what it has seen. Variance shows as the gap
    that opens on the dev set.
    """
    return named(dev_error - train_error > tolerance, train_error - bayes_error > tolerance)


def never_both(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """High bias and high variance at once is never said: only the first trouble found is named.

    The two gaps are two separate questions. A network can miss most of the pattern and still learn a few odd examples
    by heart; ask the second question whatever the answer to the first.
    """
    bias, variance = train_error - bayes_error > tolerance, dev_error - train_error > tolerance
    return named(bias, variance and not bias)


def bias_from_the_dev_error(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """Bias is measured on the dev set.

    The dev error holds both troubles at once. The training error alone tells whether the network can fit at all.
    """
    return named(dev_error - bayes_error > tolerance, dev_error - train_error > tolerance)


def no_tolerance(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """Any gap at all counts as high: the tolerance is not used.

    A gap of half a point is no trouble. It is high when it is larger than the tolerance.
    """
    return named(train_error > bayes_error, dev_error > train_error)


EXERCISES = (
    Exercise(
        "verdict",
        "Write my_verdict(train_error, dev_error, bayes_error=0.0, tolerance=0.02): return 'low bias and low variance', "
        "'high variance', 'high bias' or 'high bias and high variance'. Bias is train minus Bayes error, variance is dev "
        "minus train error; a gap is high when it is larger than the tolerance.",
        reference=diagnosis.verdict,
        cases=(
            case(0.01, 0.11),
            case(0.15, 0.16),
            case(0.005, 0.01),
            case(0.15, 0.30),
            case(0.15, 0.16, bayes_error=0.14),
            case(0.10, 0.11, bayes_error=0.09, tolerance=0.005),
            case(0.15, 0.30, bayes_error=0.14),
        ),
        mistakes=(
            bayes_left_out,
            variance_from_bayes,
            variance_is_the_dev_error,
            names_swapped,
            never_both,
            bias_from_the_dev_error,
            no_tolerance,
        ),
    ),
)
