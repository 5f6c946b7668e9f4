"""What week1/07_gradient_checking says, recomputed over every eps, bug, layer, place and draw of its sliders."""

import numpy as np
import pytest
from claims import Claims

from dlcourse import checking, network, parameters

claims = Claims("week1/07_gradient_checking")
FUNCTIONS = ("x^3 at 1", "x^2 at 1", "a net, 48 parameters")


def at(lab, **controls):
    lab.update(**{**lab.start, **controls})
    return lab.update.facts


@claims(
    "1: Two-sided, about 300 times. A tenth of $\\varepsilon$ makes its error a hundred times smaller, $O(\\varepsilon^2)$, "
    "and that of the one-sided form ten times, $O(\\varepsilon)$.",
    "Two-sided: error $O(\\varepsilon^2)$; twice the evaluations, and worth it.",
    "Two-sided: 3.0001, off by 0.0001. One-sided: 3.0301, off by 0.03.",
)
def _(labs):
    here, tenth = (dict(at(labs[0], eps=eps)) for eps in (0.01, 0.001))
    assert 290 < here["one"] / here["two"] < 310
    assert here["two"] / tenth["two"] == pytest.approx(100, rel=0.02) and here["one"] / tenth["one"] == pytest.approx(
        10, rel=0.02
    )
    assert 1.01**3 - 0.99**3 == pytest.approx(0.02 * 3.0001) and 1.01**3 - 1 == pytest.approx(0.01 * 3.0301)


@claims(
    "2: no. On the right of the valley the formula is too coarse (truncation).",
    "the division by $2\\varepsilon$ blows up the rest (rounding, as $1/\\varepsilon$)",
)
def _(labs):
    for f in (FUNCTIONS[0], FUNCTIONS[2]):
        two = np.array([at(labs[0], f=f, eps=10.0**k)["two"] for k in range(-12, 1)])
        assert 2 <= two.argmin() <= 9 and two[0] > 1000 * two.min() < two[-1] / 1000
        assert np.all(np.diff(two[8:]) > 0)
    left = [at(labs[0], f=FUNCTIONS[2], eps=10.0**k)["two"] for k in range(-12, -5)]
    assert np.polyfit(range(-12, -5), np.log10(left), 1)[0] == pytest.approx(-1, abs=0.1)


@claims("The two-sided one is exact for a square, but for rounding.")
def _(labs):
    for k in range(-4, 1):
        assert at(labs[0], f=FUNCTIONS[1], eps=10.0**k)["two"] < 1e-12
    assert 1.0001**2 - 1 == pytest.approx(1e-4 * 2.0001)


@claims("the curves are drawn as far as you have come")
def _(labs):
    for eps in (1, 1e-3, 1e-12):
        at(labs[0], eps=eps)
        drawn = labs[0].frame.figure.axes[0].lines[0].get_xdata()
        assert drawn.min() == pytest.approx(eps, rel=0.5) and drawn.max() == 1


@claims(
    "the one-sided form of a right gradient stands above worry from $10^{-5}$ to $10^{-4}$",
    "checking.bars takes the middles, $10^{-6}$ and $10^{-4}$",
    "with bars that belong to $\\varepsilon$: at $10^{-7}$ about $10^{-7}$ is great",
)
def _(labs):
    assert checking.bars(1e-7) == pytest.approx((1e-6, 1e-4), rel=0.01)
    for eps in (1e-5, 2e-5, 5e-5, 1e-4):
        for f in FUNCTIONS:
            assert at(labs[0], f=f, eps=eps)["one"] > checking.bars(eps)[1]
    for f in FUNCTIONS:
        assert at(labs[0], f=f, eps=1e-7)["two"] < 1e-7


@claims("stays under $10^{-2}$; by the course's bars it is a reason to worry")
def _():
    r = np.random.RandomState(1)
    X, Y, net = r.randn(4, 3), np.array([[1, 1, 0]]), network.Net((4, 5, 3, 1))
    theta = parameters.pack({name: r.randn(*shape) for name, shape in net.shapes.items()}, net.shapes)

    def missing(theta):
        return network.cost_and_grad(net, theta, X, Y, lambd=0.02)[0], network.cost_and_grad(net, theta, X, Y)[1]

    assert 1e-3 < checking.gradient_check(missing, theta, net.shapes).difference < 1e-2


SPOILED = {  # layer: which parameters
    "lambda/m missing": lambda layer: {f"W{layer}"},
    "wrong sign": lambda layer: {f"W{layer}"},
    "db without the sum": lambda layer: {f"b{layer}"},
    "1/m forgotten": lambda layer: {f"W{layer}", f"b{layer}"},
    "g' forgotten": lambda layer: {f"{name}{l}" for name in "Wb" for l in range(1, min(layer, 2) + 1)},
    "mask forgotten": lambda layer: {f"{name}{l}" for name in "Wb" for l in range(1, min(layer, 2) + 1)},
}


@claims(
    "A wrong sign in dW2 spoils W2 alone. A forgotten $g'$ spoils everything that comes after it on the way "
    "back: layer 2 and layer 1, but not layer 3.",
    "So look for the wrong parameter that is nearest the output: there is the bug.",
    "The wrong parameter nearest the output is where the bug sits.",
    "Those planted here show at both.",
    "With lambda 0 the missing term is no bug, and nothing shows.",
    "With the penalty, without fresh dropout, at the start and after some training.",
)
def _(labs):
    for bug, spoiled in SPOILED.items():
        for layer in (1, 2, 3):
            for steps in (0, 50, 100, 200):
                for lambd in (0.0, 0.1, 0.5, 1.0):
                    facts = at(labs[1], bug=bug, layer=layer, steps=steps, lambd=lambd)
                    hidden = bug == "lambda/m missing" and lambd == 0
                    assert set(facts["found"]) == (set() if hidden else spoiled(layer)), (bug, layer, steps, lambd)
    for steps in range(0, 201, 20):
        for lambd in (0.0, 0.1, 0.5, 1.0):
            assert at(labs[1], bug="none", steps=steps, lambd=lambd)["verdict"] == "great", (steps, lambd)


@claims(
    "Not at the very minimum: the slope is zero there, and the relative difference compares rounding with rounding."
)
def _(labs):
    """With a penalty so large that training arrives, a right gradient is no longer called great."""
    assert at(labs[1], bug="none", steps=200, lambd=2.0)["verdict"] != "great"


@claims("The goal shows that a poor $\\varepsilon$ has wide bars, and wide bars see less.")
def _(labs):
    said = {
        eps: at(labs[1], bug="lambda/m missing", layer=1, lambd=0.1, eps=eps)["verdict"]
        for eps in (1e-10, 1e-7, 1e-4, 0.1)
    }
    assert said[1e-7] == said[1e-4] == "worry" and "worry" not in (said[1e-10], said[0.1])


@claims(
    "In none of the 301 places of the slider, where $\\varepsilon = 0.1$ steps over a kink in 86 of them "
    "and $\\varepsilon = 0.01$ in 10.",
    "The smaller $\\varepsilon$, the narrower the strip round each kink",
)
def _(labs):
    places = np.round(np.arange(-1.5, 1.505, 0.01), 2)
    crossed = {eps: sum(at(labs[2], w=float(w), eps=eps)["crossed"] > 0 for w in places) for eps in (0.1, 0.01, 1e-7)}
    assert len(places) == 301 and crossed == {0.1: 86, 0.01: 10, 1e-7: 0}
    assert not any(at(labs[2], w=float(w), eps=0.5, activation="tanh")["crossed"] for w in places)


@claims(
    "Senseless: a jump of some hundredths or tenths, divided by $2 \\cdot 10^{-7}$. In all 20 "
    'draws the "slope" is at least 70,000 in size, up or down.'
)
def _(labs):
    slopes = [at(labs[3], keep_prob=0.8, draw=draw)["wild"] for draw in range(1, 21)]
    assert min(map(abs, slopes)) > 70_000 and min(slopes) < 0 < max(slopes)


@claims("So check with keep_prob = 1", "Or fix the masks: then there is one cost again")
def _(labs):
    for draw in range(1, 21):
        facts = at(labs[3], keep_prob=1.0, draw=draw)
        assert facts["wild"] == pytest.approx(facts["right"], abs=1e-6)
        for keep_prob in (0.2, 0.5, 0.8):
            facts = at(labs[3], keep_prob=keep_prob, draw=draw)
            assert facts["fixed"] == pytest.approx(facts["right"], abs=1e-6)


claims.held(
    "for $P$ parameters $2P$ costs, against $P$ (and one more)",
    by="core/test_checking::test_two_sided_costs_twice_as_many_evaluations",
)
claims.defines("For debugging only.")

test_claims, test_nothing_is_unheld = claims.tests()
