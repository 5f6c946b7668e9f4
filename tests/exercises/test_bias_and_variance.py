"""The jury of `verdict`, and the learner's own figure: at the edge it must say what the package says."""

from itertools import product

import numpy as np
from jury import Jury
from matplotlib.figure import Figure

from dlcourse import diagnosis, scenes

jury = Jury()
BOTH, BIAS, VARIANCE, NONE = "high bias and high variance", "high bias", "high variance", "low bias and low variance"


@jury.right("verdict")
def literally(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    bias = train_error - bayes_error > tolerance
    variance = dev_error - train_error > tolerance
    if bias and variance:
        return "high bias and high variance"
    if bias:
        return "high bias"
    if variance:
        return "high variance"
    return "low bias and low variance"


@jury.right("verdict")
def nested(train, dev, bayes=0.0, tol=0.02):
    if train - bayes > tol:
        return BOTH if dev - train > tol else BIAS
    else:
        return VARIANCE if dev - train > tol else NONE


@jury.right("verdict")
def lowest_case_first(train_error, dev_error, bayes_error=0, tolerance=0.02):
    avoidable, gap = train_error - bayes_error, dev_error - train_error
    if avoidable <= tolerance and gap <= tolerance:
        return NONE
    elif avoidable <= tolerance:
        return VARIANCE
    elif gap <= tolerance:
        return BIAS
    return BOTH


@jury.right("verdict")
def joined(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    found = []
    if train_error > bayes_error + tolerance:
        found.append("high bias")
    if dev_error > train_error + tolerance:
        found.append("high variance")
    return " and ".join(found) or "low bias and low variance"


@jury.right("verdict")
def in_a_dict(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    table = {(True, True): BOTH, (True, False): BIAS, (False, True): VARIANCE, (False, False): NONE}
    return table[bool(train_error - bayes_error > tolerance), bool(dev_error - train_error > tolerance)]


@jury.right("verdict")
def by_index(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    gaps = np.array([train_error - bayes_error, dev_error - train_error])
    return [NONE, VARIANCE, BIAS, BOTH][int((gaps > tolerance) @ [2, 1])]


@jury.right("verdict")
def in_single_precision(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    train, dev, bayes, most = np.float32([train_error, dev_error, bayes_error, tolerance])
    return literally(train, dev, bayes, most)


@jury.right("verdict")
def careful_with_rounding(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    bias, variance = round(float(train_error - bayes_error), 10), round(float(dev_error - train_error), 10)
    return " and ".join([BIAS] * int(bias > tolerance) + [VARIANCE] * int(variance > tolerance)) or NONE


@jury.right("verdict")
def with_where(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    bias, variance = diagnosis.gaps(train_error, dev_error, bayes_error)
    both = np.where(variance > tolerance, BOTH, BIAS)
    return str(np.where(bias > tolerance, both, np.where(variance > tolerance, VARIANCE, NONE)))


@jury.right("verdict")
def as_a_match(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    match bool(train_error - bayes_error > tolerance), bool(dev_error - train_error > tolerance):
        case (True, True):
            return BOTH
        case (True, _):
            return BIAS
        case (_, True):
            return VARIANCE
        case _:
            return NONE


def answer(bias, variance):
    """What a learner's last four lines return, given the two questions as the learner asks them."""

    def decide(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
        values = train_error, dev_error, bayes_error, tolerance
        return [NONE, VARIANCE, BIAS, BOTH][2 * bool(bias(*values)) + bool(variance(*values))]

    return decide


high_bias, high_variance = lambda t, d, b, tol: t - b > tol, lambda t, d, b, tol: d - t > tol
for mistake, bias, variance in (
    ("at_the_tolerance", lambda t, d, b, tol: t - b >= tol, lambda t, d, b, tol: d - t >= tol),
    ("size_of_the_gap", lambda t, d, b, tol: np.abs(t - b) > tol, lambda t, d, b, tol: np.abs(d - t) > tol),
    ("bayes_left_out", lambda t, d, b, tol: t > tol, high_variance),
    ("variance_from_bayes", high_bias, lambda t, d, b, tol: d > b + tol),
    ("variance_is_the_dev_error", high_bias, lambda t, d, b, tol: d > tol),
    ("bias_from_the_dev_error", lambda t, d, b, tol: d - b > tol, high_variance),
    ("names_swapped", high_variance, high_bias),
    ("always_two_points", lambda t, d, b, tol: t - b > 0.02, lambda t, d, b, tol: d - t > 0.02),
    ("no_tolerance", lambda t, d, b, tol: t - b > 0, lambda t, d, b, tol: d - t > 0),
    ("subtracted_the_other_way", lambda t, d, b, tol: b - t > tol, lambda t, d, b, tol: t - d > tol),
    ("bayes_taken_off_twice", high_bias, lambda t, d, b, tol: d - t - b > tol),
    ("zero_for_bayes_and_two_points", lambda t, d, b, tol: t > 0.02, lambda t, d, b, tol: d - t > 0.02),
    (None, high_bias, lambda t, d, b, tol: abs(d - t) > tol),
    (None, lambda t, d, b, tol: True, high_variance),
    (None, lambda t, d, b, tol: t - b > tol * t, high_variance),
    (None, lambda t, d, b, tol: t / max(b, 1e-9) > 1 + tol, high_variance),
    (None, high_bias, lambda t, d, b, tol: False),
):
    jury.wrong("verdict", mistake)(answer(bias, variance))


@jury.wrong("verdict", "never_both")
def elif_bias_first(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    if train_error - bayes_error > tolerance:
        return "high bias"
    elif dev_error - train_error > tolerance:
        return "high variance"
    elif train_error - bayes_error > tolerance and dev_error - train_error > tolerance:
        return "high bias and high variance"
    return "low bias and low variance"


@jury.wrong("verdict", "variance_named_alone")
def the_last_if_wins(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    found = "low bias and low variance"
    if train_error - bayes_error > tolerance:
        found = "high bias"
    if dev_error - train_error > tolerance:
        found = "high variance"
    return found


@jury.wrong("verdict", "one_gap_counts_for_both")
def or_for_and(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    if train_error - bayes_error > tolerance or dev_error - train_error > tolerance:
        return "high bias and high variance"
    return "low bias and low variance"


def test_at_the_edge_the_learners_figure_says_what_the_package_says():
    """0.07 - 0.05 > 0.02 in floating point. Catches a figure in which a right answer is refuted where a gap is 2 points."""
    assert 0.07 - 0.05 > 0.02
    judge = []
    update = scenes.error_plane(Figure(), lambda *values: judge.append(literally(*values)) or judge[-1])
    grid = np.arange(0, 40.5, 0.5)  # the slider's
    for low, bayes in product(grid[:-4:3], (0.0, 1.0, 13.5)):
        for train, dev in ((low, low + 2), (bayes + 2, low)):
            update(train, dev, bayes)
            assert judge[-1] == diagnosis.verdict(train / 100, dev / 100, bayes / 100), (train, dev, bayes)


test_right, test_wrong, test_enough = jury.tests()
