"""What the start page says, recomputed."""

import numpy as np
from claims import Claims

from dlcourse import exercises
from dlcourse.averages import ewa_series, weights_of_the_past
from dlcourse.datasets import temperatures

claims = Claims("00_start_here")


@claims("Smoother, and later.")
def _(labs):
    """At every position of the slider: less movement from day to day than at the one before, and a greater mean age."""
    values = temperatures("C")[1]
    betas = [beta for _, beta in labs[0].controls["beta"].options]
    moves = [np.abs(np.diff(ewa_series(values, beta, True))).mean() for beta in betas]
    ages = [weights_of_the_past(beta, 365) @ np.arange(365) / weights_of_the_past(beta, 365).sum() for beta in betas]
    assert len(betas) > 20 and (np.diff(moves) < 0).all() and (np.diff(ages) > 0).all()


@claims("The function below has a mistake.", "it says which mistake it is")
def _():
    answers = (lambda lr0, t, rate: lr0 / 1 + rate * t), (lambda lr0, t, rate: lr0 / (1 + rate * t))
    assert [exercises.check("inverse_time_decay", answer).right for answer in answers] == [False, True]


test_claims, test_nothing_is_unheld = claims.tests()
