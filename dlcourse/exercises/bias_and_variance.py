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


def at_the_tolerance(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """A gap just as large as the tolerance is called high.

    High is what is *larger* than the tolerance. At a gap of exactly that size the network may still be left alone.
    """
    return named(train_error - bayes_error >= tolerance, dev_error - train_error >= tolerance)


def size_of_the_gap(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """The sign of a gap is thrown away.

    A network that errs *less* than people, or less on the dev set than on the training set, has no trouble there. Only a
    gap above zero can be high.
    """
    return named(abs(train_error - bayes_error) > tolerance, abs(dev_error - train_error) > tolerance)


def subtracted_the_other_way(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """Both gaps have the wrong sign: the larger error is subtracted from the smaller one.

    Bias is what the training error has *above* the Bayes error, variance what the dev error has above the training error.
    """
    return named(bayes_error - train_error > tolerance, train_error - dev_error > tolerance)


def variance_named_alone(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """Where both gaps are high, only the variance is named.

    The two gaps are two separate questions, with four possible answers. The second answer must not replace the first.
    """
    bias, variance = train_error - bayes_error > tolerance, dev_error - train_error > tolerance
    return named(bias and not variance, variance)


def one_gap_counts_for_both(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """One high gap is enough for you to name both.

    "High bias and high variance" asks for both gaps at once; a single one has its own name.
    """
    bias, variance = train_error - bayes_error > tolerance, dev_error - train_error > tolerance
    return named(bias or variance, bias or variance)


def bayes_taken_off_twice(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """The Bayes error is taken off the variance, too.

    Both sets hold the pictures that nobody can tell, so the Bayes error is in both errors and drops out of their
    difference.
    """
    return named(train_error - bayes_error > tolerance, dev_error - train_error - bayes_error > tolerance)


def always_two_points(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """The gaps are compared with 0.02, whatever tolerance is given.

    0.02 is only the tolerance that holds when none is given.
    """
    return named(train_error - bayes_error > 0.02, dev_error - train_error > 0.02)


def zero_for_bayes_and_two_points(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """The last two arguments are not used: bias is measured from zero, and the gaps are compared with 0.02.

    The values in the first line of a function only hold when none are given.
    """
    return named(train_error > 0.02, dev_error - train_error > 0.02)


def no_tolerance(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """Any gap at all counts as high: the tolerance is not used.

    A gap of half a point is no trouble. It is high when it is larger than the tolerance.
    """
    return named(train_error > bayes_error, dev_error > train_error)


def draw(rng):
    """Errors in 64ths: their differences are exact, so that a gap just at the tolerance is one for every way to subtract.

    (0.07 - 0.05 is a little more than 0.02 in floating point, 0.03 - 0.01 a little less.)
    """
    train, dev, bayes, tolerance = (rng.integers((0, 0, 0, 1), (24, 32, 12, 8)) / 64).tolist()
    return case(train, dev, bayes, tolerance)


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
            case(0.15, 0.16, 0.14),
            case(0.15, 0.16, 0.12),
            case(0.12, 0.15, 0.12),
            case(0.10, 0.11, 0.09, 0.005),
            case(0.15, 0.30, 0.14),
            case(0.10, 0.01),
            case(0.15, 0.10, 0.20),
            case(0.01, 0.02, 0.20),
            case(0.25, 0.25, 0.0, 0.25),
            case(0.25, 0.50, 0.25, 0.25),
        ),
        fresh=draw,
        mistakes=(
            at_the_tolerance,
            bayes_left_out,
            variance_from_bayes,
            variance_is_the_dev_error,
            names_swapped,
            never_both,
            bias_from_the_dev_error,
            size_of_the_gap,
            subtracted_the_other_way,
            variance_named_alone,
            one_gap_counts_for_both,
            bayes_taken_off_twice,
            always_two_points,
            zero_for_bayes_and_two_points,
            no_tolerance,
        ),
    ),
)
