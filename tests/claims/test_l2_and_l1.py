"""What week1/02_l2_and_l1 says, recomputed. Trainings stand for every lambda at once, so all positions are tried."""

import numpy as np
from claims import Claims

from dlcourse.optimizers import adam, adamw, sgd
from dlcourse.regularizers import l1, l2
from dlcourse.scenes.l2_and_l1 import LAMBDAS

claims = Claims("week1/02_l2_and_l1")


def end(lab, **controls):
    """The facts when the training is over."""
    list(lab.update(**{**lab.start, **controls}))
    return lab.update.facts


def borders(lab):
    """The pieces of the drawn border, each as its points (n, 2)."""
    x, y = np.array(lab.frame.figure.axes[0 if len(lab.frame.figure.axes) == 3 else 1].lines[0].get_data(), float)
    return [np.stack([x[s], y[s]], 1) for s in np.ma.clump_unmasked(np.ma.masked_invalid(x))]


def straight(piece):
    across = np.linalg.svd(piece - piece.mean(axis=0))[1]
    return across[1] < 0.01 * across[0]


@claims("This is answer 3; for the numbers of the question:", "each step multiplies $W$ by $1 - \\alpha\\lambda/m$")
def _():
    w = np.array([2.0, -1.0])
    factor = 1 - 0.1 * 3 / 60
    np.testing.assert_allclose(sgd(w, l2(w, 3.0, 60)[1], lr=0.1)[0], factor * w)
    assert factor == 0.995 and round(np.log(0.5) / np.log(factor)) == 138


@claims("With Adam, L2 in the gradient is not the same as decay beside it; that is optimizers.adamw.")
def _():
    w, g = np.array([2.0, -1.0]), np.array([0.1, 0.3])
    assert not np.allclose(adam(w, g + 0.5 * w, lr=0.1)[0], adamw(w, g, lr=0.1, weight_decay=0.5)[0])


@claims(
    "The training error rises, with small dips, from 2 % to 50 %.",
    "The dev error stays near 19 % up to $\\lambda = 0.02$, falls to 12 % at 0.5, and rises again",
    "Only $\\lambda = 0.5$ with L2 reaches the goal.",
    "Choose $\\lambda$ on the dev set.",
)
def _(labs):
    facts = {(p, lambd): end(labs[0], lambd=lambd, penalty=p) for p in ("L2", "L1") for lambd in LAMBDAS}
    train, dev = (np.array([facts["L2", lambd][which] for lambd in LAMBDAS]) for which in ("train", "dev"))
    assert [round(100 * train[k]) for k in (0, -1)] == [2, 50] and 0 > np.diff(train).min() > -0.02
    assert all(0.18 < error < 0.21 for error in dev[LAMBDAS <= 0.02])
    assert dev.argmin() == list(LAMBDAS).index(0.5) and round(100 * dev.min()) == 12 and dev[-1] == 0.5
    assert [key for key, fact in facts.items() if round(fact["dev"], 2) <= 0.12] == [("L2", 0.5)]


@claims(
    "an island, a wave, from 2 on a straight line, and from 10 on one colour only: nearly all weights are gone, and the "
    "network gives everybody the same answer"
)
def _(labs):
    for lambd in LAMBDAS:
        facts = end(labs[0], lambd=lambd)
        pieces = borders(labs[0])
        islands = [np.allclose(piece[0], piece[-1]) for piece in pieces]
        assert any(islands) == (lambd <= 0.1), lambd
        assert [straight(piece) for piece in pieces] == ([True] if 2 <= lambd < 10 else [False] * len(pieces)), lambd
        assert (not pieces) == (lambd >= 10) == (facts["gone"] > 290), lambd


@claims(
    "94 % of them. With $\\lambda = 0.01$ nearly one $z$ in five is beyond $\\pm 2$, on the flat ends",
    "With $\\lambda = 2$ none is: the border is a straight line",
    "Large $\\lambda$: small $z$, nearly linear tanh, nearly linear network.",
)
def _(labs):
    facts = {lambd: end(labs[1], lambd=lambd) for lambd in LAMBDAS}
    assert round(100 * facts[2]["straight"]) == 94 and 0.17 < facts[0.01]["flat"] < 0.2 and facts[2]["flat"] == 0
    end(labs[1], lambd=2)
    assert all(straight(piece) for piece in borders(labs[1]))
    sizes = [facts[lambd]["size"] for lambd in LAMBDAS]
    assert sum(np.diff(sizes) > 0) <= 3 and sizes[0] > 5 * sizes[-3]


@claims("in the straight middle part, between $-0.5$ and $0.5$")
def _():
    z = np.linspace(-0.5, 0.5, 101)
    assert np.abs(np.tanh(z) - z).max() < 0.04


@claims(
    "From $\\lambda = 5$ on. There L1 needs 18 pixels and gets 2 of 143 dev digits wrong; L2 uses 46 and gets 1 wrong.",
    "at 10 it uses 8 pixels and gets 6 wrong",
    "L1 makes weights zero, L2 makes them small.",
)
def _(labs):
    facts = {lambd: end(labs[2], lambd=lambd) for lambd in LAMBDAS}
    assert [lambd for lambd in LAMBDAS if facts[lambd]["used"]["L1"] < 20] == [5, 10, 20]
    assert facts[5]["used"] == {"L1": 18, "L2": 46} and facts[5]["wrong"] == {"L1": 2, "L2": 1}
    assert facts[10]["used"]["L1"] == 8 and facts[10]["wrong"]["L1"] == 6 and facts[10]["digits"] == 143


@claims("L2 pulls a weight in proportion to its size", "L1 pulls all with the same force")
def _():
    w = np.array([2.0, 0.01, -1.0])
    assert np.allclose(l2(w, 1.0, 1)[1] / w, 1) and np.allclose(np.abs(l1(w, 1.0, 1)[1]), 0.5)


@claims(
    "Here the loss alone rises in 118 of 200 steps, little by little (the picture on the right), while the penalty and the "
    "sum fall.",
    "Plot $J$ with the penalty; it falls at every step only with full batches, small $\\alpha$ and no dropout.",
)
def _(labs):
    debug = labs[3]
    assert end(debug)["rises"] == 0
    training = [line.get_ydata() for line in debug.frame.figure.axes[0].lines[:3]]
    assert end(debug, plotted="without penalty")["rises"] == 118
    loss, penalty, J = (line.get_ydata() for line in debug.frame.figure.axes[0].lines[:3])
    np.testing.assert_array_equal([loss, penalty, J], training)  # the same training
    assert (np.diff(penalty) < 0).all() and (np.diff(J) < 0).all()
    for lambd in (0.001, 0.1, 2):
        for lr in (0.01, 0.1, 0.3):
            assert end(debug, lr=lr, lambd=lambd)["rises"] == 0
        assert all(end(debug, lr=lr, lambd=lambd)["rises"] for lr in (2, 3, 5, 10))


@claims("each step looks at another cost, which rises in four steps of ten and more")
def _(labs):
    for broken in ({"batch_size": 15}, {"keep_prob": 0.8}):
        for lr in (0.01, 0.1, 0.3, 1):
            assert 80 <= end(labs[3], lr=lr, **broken)["rises"] <= 110


claims.held(
    "Add $\\frac{\\lambda}{2m}\\sum \\lVert W \\rVert^2$ to $J$ and $\\frac{\\lambda}{m} W$ to $dW$; leave $b$ alone.",
    by="core/test_network::test_penalty_is_on_the_weights_alone",
)

test_claims, test_nothing_is_unheld = claims.tests()
