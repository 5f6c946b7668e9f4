"""What the notebook on momentum says, recomputed from its own figures."""

import numpy as np
from claims import Claims

claims = Claims("week2/03_momentum")
VALLEY, FAIR = range(2)  # the notebook's figures, in order


def facts(lab, **values):
    """The facts of one setting; of a training, at its end."""
    result = lab.update(**{**lab.start, **values})
    if not isinstance(result, str):
        list(result)
    return lab.update.facts


@claims(
    "Beyond $\\alpha = 2/20 = 0.1$ that is a jump to the other side and higher up.", "Momentum stands rates up to 1.8."
)
def _(labs):
    """The largest rate with which momentum with beta 0.9 arrives, and descent: over all positions of the slider."""
    arrives = {name: [] for name in ("descent", "momentum")}
    for _, lr in labs[VALLEY].controls["lr"].options:
        first = facts(labs[VALLEY], lr=lr, steps=200)["first"]
        for name in arrives:
            arrives[name] += [lr] * bool(np.isfinite(first[name]))
    assert max(arrives["descent"]) <= 0.1 < max(arrives["momentum"]) == 1.8


@claims("At $\\alpha = 0.095$ descent arrives after 41 steps, momentum after 59")
def _(labs):
    assert facts(labs[VALLEY], steps=200)["first"] == {"descent": 41, "momentum": 59}


@claims("the averaged form begins with a tenth of a step")
def _(labs):
    facts(labs[VALLEY], steps=1)
    first = {
        line.get_label(): np.diff(line.get_xydata(), axis=0)[0] for line in labs[VALLEY].frame.figure.axes[0].lines[:2]
    }
    np.testing.assert_allclose(first["momentum"], 0.1 * first["descent"])


@claims(
    "at its best rate momentum with $\\beta = 0.9$ arrives after 18 steps, descent after 42",
    "It wins with every $\\beta$ from 0.03 to 0.92, by far near 0.5 (10 steps), and loses from 0.96 on.",
    "Momentum with $\\beta = 0.98$ still loses.",
)
def _(labs):
    for k in range(100):
        first = facts(labs[FAIR], beta1=k / 100)["first"]
        if 3 <= k <= 92 or k >= 96:
            assert (first["momentum"] < first["descent"]) == (k <= 92), k
        assert first["descent"] == 42 and (k != 90 or first["momentum"] == 18) and (k != 50 or first["momentum"] == 10)


claims.held(
    "Heavy ball and average differ by $1-\\beta$ in the learning rate",
    by="scenes/test_adagrad_rmsprop_adam::test_translated_momentum_falls_on_the_other_and_untranslated_does_not",
)
claims.defines("Momentum averages gradients.")

test_claims, test_nothing_is_unheld = claims.tests()
