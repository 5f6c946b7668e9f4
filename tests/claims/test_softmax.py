"""Softmax: what the notebook says of probabilities, borders, the gradient, and large logits."""

import numpy as np
import pytest
from claims import Claims, facts

from dlcourse.activations import softmax
from dlcourse.losses import cross_entropy

claims = Claims("week3/04_softmax")
Z = np.array([[5.0], [2.0], [-1.0], [3.0]])


@claims("for this $z$ all four lie between 0.2 and 0.3", "and the hotter, the nearer to a quarter each")
def _(labs):
    hot = facts(labs[0], "hot")["a"]
    assert 0.2 < hot.min() and hot.max() < 0.3
    off = [abs(facts(labs[0], "the notes", T=T)["a"] - 0.25).max() for _, T in labs[0].controls["T"].options]
    assert (np.diff(off) < 0).all()


@claims("Cold: more than 0.999 for the largest, a hard max.")
def _(labs):
    assert facts(labs[0], "cold")["a"][0] > 0.999


@claims("The numbers of the notes: 148.4, 7.4, 0.4, 20.1, sum 176.3, and 0.842 for cat.")
def _(labs):
    found = facts(labs[0], "the notes")
    assert found["t"].round(1).tolist() == [148.4, 7.4, 0.4, 20.1] and round(found["t"].sum(), 1) == 176.3
    assert round(found["a"][0], 3) == 0.842


@claims(
    "Adding 100 changes nothing: only differences of logits count.",
    "Doubling makes the winner surer: 0.98.",
    "positive, sum 1, and only differences of $z$ count",
)
def _():
    for z in [Z, *10 * np.random.default_rng(0).normal(size=(200, 4, 1))]:
        assert softmax(z + 100) == pytest.approx(softmax(z)) and softmax(z).sum() == pytest.approx(1)
        assert (softmax(z) > 0).all() and softmax(2 * z).max() >= softmax(z).max()
    assert round(softmax(2 * Z).max(), 2) == 0.98


@claims("Straight borders get 60 % of the spirals right, and no learning rate makes it more.")
def _(labs):
    rates = [lr for _, lr in labs[1].controls["lr"].options][::6]
    right = {lr: facts(labs[1], "spirals, straight", lr=lr)["right"] for lr in rates}
    assert round(facts(labs[1], "spirals, straight")["right"], 2) == 0.6 and max(right.values()) < 0.625


@claims("Linear layers do not help at all: a product of matrices is one matrix.")
def _(labs):
    for hidden in range(1, 17):
        assert facts(labs[1], "16 linear", hidden=hidden)["right"] < 0.625


@claims(
    "Hidden layers of 16 tanh units bend the borders, and 99 % are right. For the clouds straight borders "
    "suffice: 98 %.",
    "Borders are straight without a hidden layer; hidden layers bend them.",
)
def _(labs):
    assert facts(labs[1], "spirals, bent")["right"] >= 0.99 and int(100 * facts(labs[1], "clouds")["right"]) == 98


claims.held(
    "Borders are straight without a hidden layer",
    by="scenes/test_softmax::test_borders_are_straight_without_hidden_layers_and_bend_with_them",
)
claims.held(
    "$C = 2$ is logistic regression.", by="core/test_network::test_softmax_of_two_classes_is_logistic_regression"
)


@claims("Only the difference counts, so one of the two outputs is spare.")
def _(labs):
    for z1 in np.arange(-4, 4.1, 0.5):
        for z2 in np.arange(-4, 4.1, 0.5):
            found = facts(labs[2], z1=z1, z2=z2)
            assert found["a"] == pytest.approx(found["sigmoid"])
            assert found["a"] == pytest.approx(facts(labs[2], z1=(z1 - z2) / 2, z2=(z2 - z1) / 2)["a"])


@claims(
    "Only the true class is left in the sum: the loss is $-\\log$ of its probability.",
    "The loss is $-\\log$ of the true class's probability;",
)
def _():
    for k in range(4):
        assert cross_entropy(Z, np.eye(4)[:, [k]]) == pytest.approx(-np.log(softmax(Z)[k, 0]))


@claims(
    "They agree for $m = 1$ only; the slope of $J$ is $(\\hat y - y)/m$ for every $m$.",
    "And the slopes sum to zero: what the true class gains, the others lose.",
    "$dz = \\hat y - y$ for one example, divided by $m$ for $J$",
)
def _(labs):
    for m in range(1, 17):
        for values in ({}, {"z1": -4.0, "z2": 4.0}, {"z1": 4.0, "z3": -3.0}):
            found = facts(labs[3], m=m, **values)
            assert found["slopes"] == pytest.approx(found["dZ"], abs=1e-7) and abs(found["dZ"].sum()) < 1e-12
            assert np.allclose(found["of_the_loss"], found["slopes"], atol=1e-7) == (m == 1)
            assert found["dZ"][0] < 0 < min(found["dZ"][1:])


@claims(
    "It overflows as soon as the largest $z$ is above 709.78, so from $c = 708$ on.",
    "Below $c = -747$ every $e^z$ is rounded to 0, and 0/0 is no number.",
    "Worse is $-745$: numbers, but wrong ones.",
)
def _(labs):
    fails = {c: facts(labs[4], c=c)["fails"] for c in range(-1000, 1001)}
    assert [c for c in fails if fails[c]] == [*range(-1000, -747), *range(708, 1001)]
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(709.79)) and np.isfinite(np.exp(709.78))
    found = facts(labs[4], c=-745)
    assert np.isfinite(found["bare"]).all() and abs(found["bare"] - found["safe"]).max() > 0.05


claims.held(
    "Subtract $\\max z$ first; compute the cost from logits.",
    by="scenes/test_softmax::test_only_the_bare_formula_fails",
)

test_claims, test_nothing_is_unheld = claims.tests()
