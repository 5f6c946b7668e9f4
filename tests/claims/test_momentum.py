"""What the notebook on momentum says, recomputed from its own figures."""

import numpy as np
import pytest
from claims import Claims

from dlcourse.averages import window
from dlcourse.scenes.momentum import rate, steps_for_a_digit

claims = Claims("week2/03_momentum")
VALLEY, APART, MAP, THREE, YOURS = range(5)  # the notebook's figures, in order


def facts(lab, **values):
    """The facts of one setting."""
    lab.update(**{**lab.start, **values})
    return lab.update.facts


def best(lab, **values):
    """Who arrives when, each with its best alpha."""
    return facts(lab, steps=200, rates="each its best", **values)["first"]


@claims("Beyond $\\alpha = 2/100 = 0.02$ that is a jump to the other side and higher up.")
def _(labs):
    for _, lr in labs[VALLEY].controls["lr"].options:
        arrives = facts(labs[VALLEY], lr=lr, rates="one alpha for all", steps=200)["first"]["descent"] < np.inf
        assert not (arrives and lr > 0.02)
    J = facts(labs[VALLEY], lr=0.021, rates="one alpha for all", steps=200)["costs"]["descent"]
    assert J[-1] > J[100]


@claims(
    "About twice. Momentum arrives after 92 steps, descent after 179.",
    "No, there it loses: descent arrives after 42 steps, momentum after 76.",
    "It pays in narrow valleys: with $\\beta = 0.9$ it won where the valley was 100 times as steep across, and lost at 20.",
)
def _(labs):
    assert best(labs[VALLEY]) == {"descent": 179, "momentum": 92}
    assert best(labs[VALLEY], condition=20) == {"descent": 42, "momentum": 76}


@claims("with every $\\beta$ from 0.03 to 0.82, by far near 0.45 (11 steps)")
def _(labs):
    for k in range(3, 100):
        first = best(labs[VALLEY], condition=20, beta1=k / 100)
        assert (first["momentum"] < first["descent"]) == (k <= 82), k
        assert first["momentum"] >= 11 and (k != 45 or first["momentum"] == 11)


@claims("With $\\beta = 0.9$ it averages about the last 10 gradients.")
def _():
    assert window(0.9) == pytest.approx(10)


@claims(
    "from step 4 on less than half is left",
    "up to step 14 all of it is left. Then the ball has passed the minimum",
    "With $\\beta = 0$ a step is one gradient, and nothing cancels.",
    "Momentum averages gradients: across a valley they cancel, along it they add.",
)
def _(labs):
    for step in range(1, 25):
        left = facts(labs[APART], step=step)
        assert (left["across"] < 0.5) == (step >= 4), step
        assert (left["along"] > 0.995) == (step <= 14), step
        left = facts(labs[APART], step=step, beta=0.0, lr=0.05)
        assert left["along"] == left["across"] == 1
    facts(labs[APART], step=24)
    path = next(line for line in labs[APART].frame.figure.axes[0].lines if line.get_label() == "momentum").get_xydata()
    assert (np.sign(path[:, 0]) < 0).argmin() == pytest.approx(14, abs=1)


@claims(
    "near $\\alpha = 0.22$ and $\\beta = 0.4$, where one digit takes 5.2 steps.",
    "Plain descent, at the bottom, needs 23 at its best.",
    "the slow way along and the fast way across are equally slow",
)
def _(labs):
    lrs, betas = np.array([lr for _, lr in labs[MAP].controls["lr"].options]), np.arange(100) / 100
    digits = steps_for_a_digit(np.maximum(rate(lrs, betas[:, None], 1.0), rate(lrs, betas[:, None], 20.0)))
    k, i = np.unravel_index(digits.argmin(), digits.shape)
    assert (lrs[i], betas[k]) == (0.22, 0.41) and round(facts(labs[MAP], lr=0.22, beta=0.41)["digit"], 1) == 5.2
    assert round(facts(labs[MAP], lr=2 / 21, beta=0.0)["digit"]) == 23
    assert rate(0.2194, 0.41, 1.0) == pytest.approx(float(rate(0.2194, 0.41, 20.0)), rel=0.01)


@claims(
    "With $\\beta = 0.9$ it is 43.7 steps in every valley and for nearly every $\\alpha$",
    "fast where it needs 115, in the valley 100 times as steep",
    "No step leaves less than $\\sqrt\\beta$ of the distance; the narrower the valley, the larger the best $\\beta$.",
)
def _(labs):
    lrs, betas, best_beta = np.geomspace(0.001, 10, 801), np.linspace(0, 0.99, 100), []
    for condition in (5, 20, 100):
        slower = np.maximum(rate(lrs, betas[:, None], 1.0), rate(lrs, betas[:, None], condition))
        assert (slower >= np.sqrt(betas)[:, None] - 1e-12).all()
        digits = steps_for_a_digit(slower)
        at = lrs[digits[90] < 43.75]
        assert digits[90].min() == pytest.approx(43.7, abs=0.05) and at.max() > 10 * at.min()
        best_beta.append(betas[digits.min(axis=1).argmin()])
    assert digits[0].min() == pytest.approx(115, abs=1) and best_beta == sorted(set(best_beta))


@claims("0.40 for 20, 0.67 for 100", "The usual 0.9 is the best for a valley about 1440 times as steep.")
def _():
    best_beta = [((root - 1) / (root + 1)) ** 2 for root in np.sqrt([20, 100, 1440])]
    np.testing.assert_allclose(best_beta, [0.40, 0.67, 0.9], atol=0.005)


@claims(
    "Descent arrives after 41 steps, Nesterov after 53, momentum after 79.",
    "descent stands no rate from 0.1 on. Momentum stands rates up to 1.8 and takes about 80 steps with nearly each of them",
    "Nesterov stands them up to 0.65, and with the larger ones it needs half as many steps",
)
def _(labs):
    assert facts(labs[THREE], steps=200)["first"] == {"descent": 41, "Nesterov": 53, "momentum": 79}
    arrives = {name: {} for name in ("descent", "momentum", "Nesterov")}
    for _, lr in labs[THREE].controls["lr"].options:
        for name, step in facts(labs[THREE], lr=lr, steps=200)["first"].items():
            arrives[name].update({lr: step} if step < np.inf else {})
    assert max(arrives["descent"]) < 0.1 and max(arrives["momentum"]) == 1.8 and max(arrives["Nesterov"]) == 0.65
    assert all(70 <= step <= 90 for lr, step in arrives["momentum"].items() if 0.03 < lr < 1.5)
    assert all(step <= 0.55 * arrives["momentum"][lr] for lr, step in arrives["Nesterov"].items() if lr >= 0.35)


@claims("The dots show the averaged form begin with a tenth of a step")
def _(labs):
    facts(labs[THREE], steps=1)
    lines = {line.get_label(): line for line in labs[THREE].frame.figure.axes[0].lines if line.get_marker() == "."}
    first = {name: np.diff(line.get_xydata(), axis=0)[0] for name, line in lines.items()}
    np.testing.assert_allclose(first["momentum"], 0.1 * first["descent"])


claims.held(
    "It diverges from $\\alpha = 2(1+\\beta)/((1-\\beta)\\,c)$ on, where $c$ is the steepest curvature.",
    by="scenes/test_momentum::test_it_diverges_just_beyond_the_boundary",
)
claims.held(
    "its eigenvalues are the roots of", by="scenes/test_momentum::test_the_rate_is_the_largest_eigenvalue_of_the_step"
)
claims.held(
    "Heavy ball and average differ by $1-\\beta$ in the learning rate",
    by="scenes/test_adagrad_rmsprop_adam::test_translated_momentum_falls_on_the_other_and_untranslated_does_not",
)

test_claims, test_nothing_is_unheld = claims.tests()
