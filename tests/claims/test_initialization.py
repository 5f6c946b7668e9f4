"""What week1/06_initialization says, recomputed."""

import numpy as np
import pytest
from claims import Claims, facts
from figures import arrows

from dlcourse import activations
from dlcourse.initializers import glorot, he, xavier

claims = Claims("week1/06_initialization")
DEPTHS = range(1, 13)


def at(lab, **controls):
    lab.update(**{**lab.start, **controls})
    return lab.update.facts


def end(lab, **controls):
    """The facts when the training is over, and drawn."""
    list(lab.update(**{**lab.start, **controls}))
    return lab.update.facts


def by_name(axes):
    return {line.get_label(): np.array(line.get_ydata(), float) for line in axes.lines}


@claims(
    "About 60 with 1.5, and about a thousandth with 0.5. Up to the last layer there are ten matrices, $1.5^{10} = 58$.",
    "The gradient passes one less between the top hidden layer and layer 1, $1.5^9 = 38$.",
    "With $w = 1$ nothing changes on the way.",
    "Depth multiplies: anything but a factor of about 1 in each layer explodes or vanishes, forward and backward.",
)
def _(labs):
    found = at(labs[0], w=1.5)
    assert (round(found["up"]), round(found["down"])) == (58, 38)
    assert at(labs[0], w=0.5)["up"] == pytest.approx(1 / 1024) and at(labs[0], w=1.0)["up"] == 1
    for w in np.round(np.arange(0.5, 1.55, 0.05), 2):
        found = at(labs[0], w=float(w), L=50)
        assert found["up"] == pytest.approx(w**49) and found["down"] == pytest.approx(w**48)


@claims("the notes' entries 0.9 are all smaller than 1, yet")
def _():
    W = np.full((2, 2), 0.9)
    assert np.linalg.svd(W)[1][0] == pytest.approx(1.8) and (np.linalg.matrix_power(W, 10) @ [1, 1] > 300).all()


@claims("Drawn uniformly, its limit is $\\sqrt{6/(n^{[l-1]} + n^{[l]})}$.", "for ReLU, $\\sqrt{1/n^{[l-1]}}$ for tanh")
def _():
    assert 3**0.5 * glorot(400, 100) == pytest.approx((6 / 500) ** 0.5)
    assert he(400, 100) == pytest.approx((2 / 400) ** 0.5) and xavier(400, 100) == pytest.approx((1 / 400) ** 0.5)


@claims(
    "One. Equal units get equal gradients and stay equal for ever: four units do the work of one, and get at most 90 % right.",
    "From zero the hidden units do not move at all",
    "all four part, and with tanh more than 99 % are right in the end",
)
def _(labs):
    for activation in ("tanh", "relu"):
        for steps in range(0, 501, 50):
            for start in ("all 0.5", "zero"):
                found = at(labs[1], start=start, steps=steps, activation=activation)
                assert found["different"] == 1 and found["accuracy"] <= 0.9, (start, steps)
            assert at(labs[1], start="random", steps=steps, activation=activation)["different"] == 4
        at(labs[1], start="zero", steps=500, activation=activation)
        assert all(not np.any(line.get_xydata()) for line in labs[1].frame.figure.axes[0].lines)
    assert at(labs[1], start="random", steps=500)["accuracy"] > 0.99


@claims(
    "ReLU: the strip is at 1.41, and at every other scale the spread is a power of the depth.",
    "The aim is equal spread in all layers, up and down. It is set at the start only.",
)
def _(labs):
    at(labs[2], depth=30)
    field = np.array(labs[2].frame.figure.axes[0].images[0].get_array())  # log10, by layer and scale
    scales = np.geomspace(0.1, 10, 61)
    assert scales[np.abs(field[-1]).argmin()] == pytest.approx(2**0.5, rel=0.05)
    inside = (np.abs(field) < 7.9).all(axis=0)
    np.testing.assert_allclose(field[:, inside], np.outer(np.arange(1, 31), field[0, inside]), atol=1e-6)


@claims("tanh: it cannot exceed 1, so $A$ is never red.", "the spread of $dZ$ shows what that does")
def _(labs):
    for scale in (0.1, 0.5, 1, 1.4, 2, 5, 10):
        at(labs[2], activation="tanh", scale=scale, depth=30)
        fields = [np.array(labs[2].frame.figure.axes[k].images[0].get_array()) for k in (0, 2)]
        assert fields[0].max() <= 0 and fields[1].max() > 2  # A never red, dZ at large scales


@claims("$A$ looks healthy, but the gradient is gone: the slope of a logistic unit is at most 1/4")
def _(labs):
    for width in range(20, 151, 10):
        found = at(labs[2], **{**labs[2].presets["sigmoid"], "width": width})
        assert 0.1 < found["up"] < 1 and found["down"] < 1e-9
    assert activations.sigmoid_derivative(np.linspace(-9, 9, 999)).max() <= 0.25


@claims("Narrow layers scatter round the theory: the fewer weights, the more chance.")
def _(labs):
    off = [
        [abs(np.log(at(labs[2], scale=2**0.5, depth=d, width=w)["up"])) for d in range(10, 31)] for w in (5, 20, 150)
    ]
    assert np.mean(off[0]) > np.mean(off[1]) > np.mean(off[2])


@claims(
    "He, Xavier and Glorot learn.",
    "std 1 explodes in its first steps (all its ReLUs are dead then, and its cost stays at $\\log 2$)",
    "std 0.01 has moved its weights by less than $10^{-9}$, zero not at all",
    "He's cost leaps once, to nearly 1 about step 25, and comes back",
)
def _(labs):
    found = end(labs[3], **labs[3].presets["200 steps"])
    assert set(found["learnt"]) == {"glorot", "xavier", "he"} and found["exploded"] == ["std 1"]
    costs, moved = (
        by_name(labs[3].frame.figure.axes[0]),
        [line.get_ydata() for line in labs[3].frame.figure.axes[1].lines],
    )
    assert costs["std 1"][:6].max() > 10 and np.allclose(costs["std 1"][8:], np.log(2), atol=2e-3)
    assert max(moved[1]) < 1e-9
    assert len(moved[0]) == 0 and len(arrows(labs[3].frame.figure.axes[1])["v"][0]) == 9  # zero: below every axis
    leap = costs["he"][20:40]
    assert 24 <= 20 + leap.argmax() <= 28 and 0.9 < leap.max() < 1 and costs["he"][-1] < 0.1


@claims(
    "with ReLU and $\\alpha = 0.1$ std 1 learns with up to 4 hidden layers, Glorot, Xavier and He all three with 3 to 10, "
    "and with 12 only He. std 0.01 learns with no depth at this $\\alpha$."
)
def _(labs):
    learnt = {depth: set(facts(labs[3], steps=200, depth=depth)["learnt"]) for depth in DEPTHS}
    assert [d for d in DEPTHS if "std 1" in learnt[d]] == [1, 2, 3, 4] and learnt[12] == {"he"}
    assert [d for d in DEPTHS if {"glorot", "xavier", "he"} <= learnt[d]] == list(range(3, 11))
    assert not any("std 0.01" in learnt[d] for d in DEPTHS)


@claims("the curves climb from layer to layer", "the lower layers stay nearly unchanged")
def _(labs):
    end(labs[3], **labs[3].presets["sigmoid"])
    for line in labs[3].frame.figure.axes[1].lines[2:5]:  # glorot, xavier, he
        moved = line.get_ydata()
        assert (np.diff(moved) > 0).sum() >= 6 and moved[0] < moved[-1] / 100


@claims("press deep, and raise $\\alpha$ to 0.5. He explodes.")
def _(labs):
    assert "he" in facts(labs[3], "deep", lr=0.5)["exploded"]


@claims(
    "At $z = -4$ ELU passes on most, hardly more than the logistic unit: there all five are poor.",
    "Above zero ReLU, leaky ReLU and ELU pass on everything, for ever; the other two do not.",
)
def _(labs):
    slopes = {
        name: at(labs[4], activation=name, z=-4.0)["slope_here"]
        for name in labs[4].controls["activation"]._options_values
    }
    assert sorted(slopes, key=slopes.get)[-2:] == ["sigmoid", "elu"] and slopes["elu"] < 1.1 * slopes["sigmoid"] < 0.03
    for z in np.arange(0.5, 5.5, 0.5):
        for name in slopes:
            whole = at(labs[4], activation=name, z=float(z))["slope_here"] == 1
            assert whole == (name in ("relu", "leaky_relu", "elu")), (name, z)


@claims(
    "At $\\alpha = 7.5$.",
    "From 4 to 9 many units are dead, and the net does not even mind: all answers are right",
    "At 10 and above too many are missing.",
    "A leaky unit cannot die, for its slope is never zero. An ELU pushed far to the left is as good as dead",
    "ReLU, leaky ReLU and ELU at $\\alpha = 2$ all get 99 % right or more",
    "Start with ReLU; watch for dead units when $\\alpha$ is large.",
)
def _(labs):
    alphas = [value for _, value in labs[5].controls["lr"].options if value >= 1]
    found = {lr: facts(labs[5], lr=lr) for lr in alphas}
    assert min(lr for lr in alphas if found[lr]["dead"] > 0.5) == 7.5
    for lr, fact in found.items():
        if 4 <= lr <= 9:
            assert fact["dead"] > 0.1 and fact["accuracy"]["relu"] == 1, lr
        assert fact["each"]["leaky_relu"] == 0 and (lr < 10 or fact["accuracy"]["relu"] < 0.95), lr
    assert max(fact["each"]["elu"] for fact in found.values()) > 0
    assert min(found[2]["accuracy"].values()) >= 0.99


claims.held(
    "The hinge of a dead unit has left the data: all of them lie on its off side",
    by="scenes/test_initialization::test_the_hinge_of_a_dead_relu_has_left_the_data",
)

test_claims, test_nothing_is_unheld = claims.tests()
