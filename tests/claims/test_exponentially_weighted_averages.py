"""What the notebook on averages says, recomputed from its own figures."""

import numpy as np
from claims import Claims

claims = Claims("week2/02_exponentially_weighted_averages")
YEAR, START, YOURS = range(3)  # the notebook's figures, in order


def facts(lab, **values):
    lab.update(**{**lab.start, **values})
    return lab.update.facts


def betas(lab):
    return [beta for _, beta in lab.controls["beta"].options]


@claims("A larger $\\beta$ makes the curve smoother, and later.", "Larger $\\beta$: smoother, but later.")
def _(labs):
    """At every position of the slider, without noise and with."""
    for noise in (0, 5, 20):
        seen = [facts(labs[YOURS], beta=beta, noise=noise) for beta in betas(labs[YOURS])]
        rough, age = [each["rough"] for each in seen], [each["age"] for each in seen]
        assert rough == sorted(rough, reverse=True) and age == sorted(age), noise


@claims(
    "With 0.98 it is highest 34 days after the hottest day of 2012.",
    "With 0.5 it is highest one day after it, and shakes with every single day.",
    "how far the curve moves in a day where the weather itself moves further",
)
def _(labs):
    assert facts(labs[YEAR], beta=0.98)["late"] == 34
    half = facts(labs[YEAR], beta=0.5)
    assert half["late"] == 1 and half["rough"] > 0.5 * half["weather"]
    assert all(facts(labs[YEAR], beta=beta)["rough"] < half["weather"] for beta in betas(labs[YEAR]))


@claims(
    "The mean age of what it holds is one day less, $\\frac{\\beta}{1-\\beta}$, once it has been running for long.",
    "It spans about $1/(1-\\beta)$ values, 0.9 is 10, 0.98 is 50; they are on average $\\beta/(1-\\beta)$ old.",
)
def _(labs):
    for beta, span in ((0.5, 2), (0.9, 10), (0.95, 20)):
        seen = facts(labs[YEAR], beta=beta)
        assert round(seen["window"]) == span and np.isclose(seen["age"], span - 1, rtol=1e-3)
    assert round(facts(labs[YEAR], beta=0.98)["window"]) == 50


@claims("After $\\frac{1}{1-\\beta}$ days the weight has fallen to about a third ($1/e$).")
def _(labs):
    for beta in betas(labs[YEAR]):
        assert 0.24 < beta ** facts(labs[YEAR], beta=beta)["window"] < np.exp(-1), beta


@claims("the corrected one (green) starts at the first day's value", "crawls up from zero")
def _(labs):
    for beta in betas(labs[START]):
        facts(labs[START], beta=beta, bias_correction=True)
        drawn = {line.get_label(): line.get_ydata() for line in labs[START].frame.figure.axes[0].lines}
        first = drawn["each day"][0]
        assert np.isclose(drawn["corrected"][0], first) and np.isclose(
            drawn["average from zero"][0], (1 - beta) * first
        )


@claims("on day 30 the average is short by 4 % with 0.9, by 55 % with 0.98, by 97 % with 0.999")
def _(labs):
    short = [round(100 * facts(labs[START], beta=beta, today=30)["short"]) for beta in (0.9, 0.98, 0.999)]
    assert short == [4, 55, 97]


claims.held(
    "After 100 days with $\\beta = 0.98$ the average is still 13 % short",
    "The bias lasts: at $\\beta = 0.999$ it is thousands of steps.",
    by="core/test_averages::test_the_notes_numbers",
)
claims.held(
    "Divide by $1-\\beta^t$ to mend the start at zero; never carry the corrected number on.",
    by="core/test_known_bugs::test_corrected_averages_written_back_into_the_state",
)
claims.defines("one number of memory")

test_claims, test_nothing_is_unheld = claims.tests()
