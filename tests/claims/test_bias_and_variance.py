"""What week1/01_bias_and_variance says, recomputed."""

import numpy as np
import pytest
from claims import Claims, facts

from dlcourse.batches import split_sizes
from dlcourse.diagnosis import gaps, next_steps, verdict
from dlcourse.scenes.bias_and_variance import TABLE

claims = Claims("week1/01_bias_and_variance")


def end(lab, **controls):
    """The facts when the training is over, and drawn."""
    list(lab.update(**{**lab.start, **controls}))
    return lab.update.facts


@claims("With a few thousand examples the classic shares are 60/20/20, or 70/30 for train and test alone.")
def _():
    assert split_sizes(1000, "classic") == (600, 200, 200) and split_sizes(1000, "70/30") == (700, 0, 300)


@claims("95.5/0.25/0.25 must be 99.5/0.25/0.25, and 10,000 of 10 million are 0.1 %, not 1 %.")
def _():
    assert 95.5 + 0.25 + 0.25 == 96 and 99.5 + 0.25 + 0.25 == 100 and 10_000 / 10_000_000 == 0.001
    assert split_sizes(1_000_000, "very big data") == (995_000, 2500, 2500)


def looks_better(m, a=0.10, b=0.11):
    rng = np.random.default_rng(1)
    A, B = rng.binomial(m, a, 100_000), rng.binomial(m, b, 100_000)
    return (A < B).mean(), (A == B).mean()


@claims(
    "With 100 examples the choice is little better than a coin (in one case in eleven the two even look alike).",
    "With 10,000 it is nearly always right, and 100,000 add nothing.",
    "If your models differ by less than a point, you need more.",
    "The dev set must be large enough to tell models apart.",
)
def _():
    right, alike = looks_better(100)
    assert 0.5 < right < 0.57 and 1 / 12 < alike < 1 / 10
    assert 0.98 < looks_better(10_000)[0] and 0.999 < looks_better(100_000)[0]
    assert looks_better(10_000, 0.10, 0.105)[0] < 0.9


@claims(
    "Little: at 60 degrees the error falls from 76 % to 66 %.",
    "Two of three answers are wrong, as if the network had learned the opposite.",
    "with 400 examples it errs on 2 % of the dev set",
    "the same 400 examples bring the test error from 9 % to nearly 0",
)
def _(labs):
    tests = {(turn, m): facts(labs[0], turn=turn, m=m)["test"] for turn in (0, 60) for m in (20, 400)}
    assert {key: round(100 * error) for key, error in tests.items()} == {
        (60, 20): 76,
        (60, 400): 66,
        (0, 20): 9,
        (0, 400): 0,
    }
    assert round(100 * facts(labs[0], m=400)["dev"]) == 2


@claims("Not if the data come from another distribution, as here", "only if it comes from the right distribution")
def _(labs):
    """From 60 degrees on, 20 times the data leave most of the error, at each turn that the slider has."""
    for turn in range(60, 91, 3):
        assert facts(labs[0], turn=turn, m=400)["test"] > 0.8 * facts(labs[0], turn=turn, m=20)["test"]


@claims(
    "the dev set is the target you aim at",
    "Had the dev set come from the other camera, the gap would look like variance",
)
def _(labs):
    camera = facts(labs[0], turn=60, m=400)
    assert verdict(0.0, camera["test"]) == "high variance"


@claims(
    "With 60, with 200, with 400 examples the training error of underfit stays at least five points above the dotted line.",
    "More data does not cure bias.",
    "the training error falls from 18 % to 8 %",
)
def _(labs):
    for m in (60, 200, 400):
        found = facts(labs[1], "underfit", m=m)
        assert found["train"] - found["bayes"] > 0.05
    assert round(100 * found["train"]) == 18
    assert round(100 * facts(labs[1], "underfit", width=3)["train"]) == 8


@claims("from 60 to 400 examples the dev error falls from 22 % to about 14 %", "More data cures variance, not bias")
def _(labs):
    assert round(100 * facts(labs[1])["dev"]) == 22 and 13 <= round(100 * facts(labs[1], m=400)["dev"]) <= 14


@claims("stop after 50 steps, or take a \\lambda from 0.2 to 1".replace("\\lambda", "$\\lambda$"))
def _(labs):
    for controls in ({"steps": 50}, {"lambd": 0.2}, {"lambd": 0.5}, {"lambd": 1}):
        assert round(facts(labs[1], **controls)["dev"], 2) <= 0.14, controls
    for controls in ({"steps": 20}, {"steps": 100}, {"lambd": 0.1}, {"lambd": 2}):
        assert round(facts(labs[1], **controls)["dev"], 2) > 0.14, controls


@claims("Look at the tongues and islands of the border")
def _(labs):
    """A piece of the border closes round an island; the longest other one is longer than the way between its ends."""
    end(labs[1])
    pieces = border(labs[1])
    islands = [piece for piece in pieces if np.allclose(piece[0], piece[-1])]
    tongue = max((piece for piece in pieces if not np.allclose(piece[0], piece[-1])), key=len)
    assert islands
    assert np.linalg.norm(np.diff(tongue, axis=0), axis=1).sum() > 1.5 * np.linalg.norm(tongue[-1] - tongue[0])


@claims(
    "It follows the one odd circle, by a tongue or an island, and the training error stays at 0.",
    "A border that single examples bend: that is what variance looks like.",
)
def _(labs):
    """Some circles, each dragged to some places deep in the orange: the network calls these places blue now."""
    points = next(handle for handle in labs[1].update.handles if handle.name == "training examples")
    end(labs[1])
    own = tuple(points.points({"data": None}))
    for circle in [k for k, (*_, kind) in enumerate(own) if kind == 1][:3]:
        for place in ((-1.0, 1.5), (-1.5, 1.0), (0.5, 2.0)):
            assert end(labs[1], data=points.moved({"data": own}, circle, *place)["data"])["train"] == 0
            assert labs[1].update.facts["verdict"] == "high variance"


def border(lab):
    """The pieces of the drawn border, each as its points (n, 2)."""
    line = lab.frame.figure.axes[0].lines[0]
    x, y = np.array(line.get_data(), float)
    return [np.stack([a, b], 1) for a, b in ((x[s], y[s]) for s in np.ma.clump_unmasked(np.ma.masked_invalid(x)))]


@claims(
    "Its border is a straight line.",
    "It misses one training example in five",
    "the dev error is higher still, 27 %, where the same network learns 18 % from 400",
)
def _(labs):
    found = end(labs[1], **labs[1].presets["both at once"])
    (piece,) = border(labs[1])
    off = np.linalg.svd(piece - piece.mean(axis=0))[1]
    assert off[1] < 0.01 * off[0]  # all its points on one line
    assert found["verdict"] == "high bias and high variance"
    assert round(20 * found["train"]) == 4 and round(100 * found["dev"]) == 27
    assert round(100 * facts(labs[1], "underfit")["dev"]) == 18


@claims("of 60 examples a single one is nearly two points")
def _():
    assert 1.5 < 100 / 60 < 2


@claims("A gap of three points between 60 and 800 examples may be chance.")
def _():
    """One rule, drawn twice: in more than one case of four the two errors lie three points apart."""
    rng = np.random.default_rng(0)
    assert (np.abs(rng.binomial(60, 0.15, 9999) / 60 - rng.binomial(800, 0.15, 9999) / 800) >= 0.03).mean() > 0.25


@claims(
    "the first detector (1 %, 11 %) has high variance: more pictures.",
    "The second (15 %, 16 %) has high bias: a bigger network.",
)
def _():
    (trouble, cures), (other, others) = next_steps(0.01, 0.11), next_steps(0.15, 0.16)
    assert (trouble, other) == ("high variance", "high bias")
    assert cures[0].startswith("more data") and others[0].startswith("a bigger network")


@claims(
    "If people err on 14 % of the blurred pictures, the second detector has a bias of one point only.",
    "Bayes error moves the circles to the left, never up or down: it excuses bias, not variance.",
)
def _(labs):
    plane = labs[2]
    cats = next(line for line in plane.frame.figure.axes[1].lines if line.get_markersize() == 15)
    places = []
    for bayes in np.arange(0, 40.5, 0.5):
        plane.update(**{**plane.start, "bayes": float(bayes)})
        places.append(np.array(cats.get_data()))
    across, up = np.diff(places, axis=0)[:, 0], np.diff(places, axis=0)[:, 1]
    assert (across < 0).all() and np.abs(up).max() < 1e-9
    assert gaps(0.15, 0.16, 0.14)[0] == pytest.approx(0.01)
    assert facts(plane, "column 2")["verdict"] == "high bias"
    assert facts(plane, bayes=14.0)["verdict"] == "low bias and low variance"


@claims("Bias = train $-$ Bayes. Variance = dev $-$ train. Both can be high.")
def _(labs):
    assert np.allclose(gaps(0.3, 0.5, 0.1), (0.2, 0.2)) and verdict(*TABLE[2]) == "high bias and high variance"


claims.held(
    "Bias first: bigger, longer. Then variance: more data, regularize.",
    by="core/test_diagnosis::test_recipe_cures_bias_first",
)
claims.defines("Train to learn, dev to choose, test once.")

test_claims, test_nothing_is_unheld = claims.tests()
