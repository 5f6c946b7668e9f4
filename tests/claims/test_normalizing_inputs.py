"""What week1/05_normalizing_inputs says, recomputed."""

import numpy as np
import pytest
from claims import Claims

from dlcourse import activations, network, normalization, surfaces

claims = Claims("week1/05_normalizing_inputs")
MEANS, SHARES = np.arange(0, 3.25, 0.25), np.round(np.arange(0, 1.05, 0.05), 2)


def at(lab, **controls):
    lab.update(**{**lab.start, **controls})
    return lab.update.facts


@claims(
    "its mean is 2 and its spread is 1", "Subtract the mean, divide by the standard deviation, each feature by its own."
)
def _():
    X, mu, sigma = normalization.standardize([[1.0, 3.0], [100.0, 500.0]])
    assert (mu[0], sigma[0]) == (2, 1) and X.tolist() == [[-1, 1], [-1, 1]]


@claims("There every $\\hat y$ is 0.5, so every loss is $\\log 2$, and so is their mean.")
def _():
    x, Y = np.array([[1.0, -2.0, 5.0]]), np.array([[1, 0, 1]])
    assert network.cost(network.Net((1, 1)), [0.0, 0.0], x, Y) == pytest.approx(np.log(2))


@claims(
    "Then go to 1, where the two are the same",
    "C, roughly: 70 times.",
    "the path drops into the valley and creeps along it",
    "Curvature grows with the square of a feature's size; the steepest direction limits $\\alpha$, the flattest one waits.",
)
def _(labs):
    same = at(labs[0], spread=1)
    assert same["largest"][0] == pytest.approx(same["largest"][1]) and same["ends"][0] == pytest.approx(same["ends"][1])
    long = at(labs[0], spread=10)
    assert 65 < same["largest"][0] / long["largest"][0] < 75 and long["ends"][0] > 1000 * long["ends"][1]
    w, b = labs[0].frame.figure.axes[0].lines[0].get_data()
    assert abs(np.diff(w[:6])).mean() > 0.2 and abs(np.diff(w[8:])).max() < 0.02  # drops, and is in it
    assert (0 < np.diff(b)).all() and np.diff(b).max() < 0.06 and b[-1] < -1  # creeps: the lowest point is above 0.5
    limits = [at(labs[0], spread=s)["largest"][0] for s in (1, 2, 5, 10)]
    assert np.polyfit(np.log([2, 5, 10]), np.log(limits[1:]), 1)[0] == pytest.approx(-2, abs=0.1)


@claims(
    "A mean far from zero does the same harm: then $w$ and $b$ can replace each other, and the valley lies askew.",
    "A small spread does it too, with $w$ as the slow one.",
)
def _(labs):
    for mean in MEANS[MEANS >= 2.5]:
        assert at(labs[0], spread=1, mean=mean)["ratios"][0] > 70
    small = at(labs[0], **labs[0].presets["spread 0.5"])
    assert small["ratios"][0] > 5
    w, b = labs[0].frame.figure.axes[0].lines[0].get_data()
    (w_best,), (b_best,) = next(
        line for line in labs[0].frame.figure.axes[0].lines if line.get_marker() == "*"
    ).get_data()
    assert (np.diff(w) > 0).all() and (np.diff(np.sign(b - b_best)) != 0).sum() > 5  # w creeps, b jumps to and fro


@claims("It jumps about instead, and does not settle.", "the logistic loss only grows like a straight line")
def _(labs):
    """At each alpha above the largest and every spread: finite, and still above the minimum after the last step."""
    beyond = 0
    for share in (1.1, 1.6, 2.2, 3, 4):
        for spread in (0.5, 1, 4, 10):
            facts = at(labs[0], share=share, spread=spread)
            for best, largest, end in zip(facts["best"], facts["largest"], facts["ends"]):
                if share * best > largest:
                    assert 1e-6 < end < 100, (share, spread, facts)
                    beyond += 1
    assert beyond > 20


@claims("Answer 2: millions, and after normalizing the contours are nearly round.", "normalizing brings little")
def _():
    ratios = {"raw": [], "normalized": []}
    for seed in range(5):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(1, 100))
        Y = (rng.uniform(size=(1, 100)) < activations.sigmoid(x + 0.5)).astype(int)
        features = rng.uniform([[1.0], [0.0]], [[1000.0], [1.0]], (2, 100))
        for name, X in {"raw": features, "normalized": normalization.standardize(features)[0]}.items():
            bend = surfaces.curvatures(
                lambda theta, X=X, Y=Y: network.cost_and_grad(network.Net((2, 1)), theta, X, Y), np.zeros(3), eps=1e-7
            )
            ratios[name].append(bend[-1] / bend[0])
    assert min(ratios["raw"]) > 1e6 and max(ratios["normalized"]) < 2


@claims("a test set with as many of class 1 as of class 0 does not mind")
def _(labs):
    assert all(at(labs[1], examples=n)["lost"] <= 0.02 for n in range(20, 201))


def seen(lab):
    """The test examples as the network sees them, squares first."""
    dots = {line.get_marker(): line for line in lab.frame.figure.axes[1].lines if line.get_markeredgecolor() == "white"}
    return np.concatenate([dots[marker].get_xydata() for marker in "so"])


@claims(
    "One example far out takes the mean and the spread along, so all the others move.",
    "With the training set's numbers only it moves.",
)
def _(labs):
    (points,), five = labs[1].update.handles, {**labs[1].start, **labs[1].presets["five examples"]}
    for statistics, others in (("its own", True), ("training set's", False)):
        at(labs[1], **{**five, "statistics": statistics})
        own, before = tuple(points.points({"data": None})), seen(labs[1])
        for place in ((120.0, 10.3), (-60.0, 9.65)):
            at(labs[1], **{**five, "statistics": statistics, **points.moved({"data": own}, 0, *place)})
            moved = np.abs(seen(labs[1]) - before).max(axis=1) > 1e-6
            assert moved[0] and moved[1:].all() == moved[1:].any() == others


@claims(
    "With 90 % of class 1 a third of the right answers is lost.",
    "With its own statistics a lopsided test set is dragged to the middle",
)
def _(labs):
    lost = [at(labs[1], share=0.9, examples=n)["lost"] for n in range(50, 201)]
    assert 0.28 < min(lost) and max(lost) < 0.4
    middle = {}
    for statistics in ("its own", "training set's"):
        at(labs[1], share=0.9, statistics=statistics)
        middle[statistics] = np.abs(seen(labs[1]).mean(axis=0)).max()
    assert middle["its own"] < 1e-9 < 0.3 < middle["training set's"]


@claims("a single example always becomes zero in every feature: the network says the same of whatever comes")
def _(labs):
    for share in SHARES:
        at(labs[1], share=share, examples=1)
        assert seen(labs[1]).tolist() == [[0, 0]]


@claims(
    "Moved by the training set's numbers, at least 99 % are right, whatever the mixture.",
    "$\\mu$ and $\\sigma$ come from the training set only, and dev and test set are moved by the same numbers.",
)
def _(labs):
    for share in SHARES:
        for examples in (1, 20, 50, 100, 150, 200):
            assert at(labs[1], statistics="training set's", share=share, examples=examples)["accuracy"] >= 0.98, share
    assert min(at(labs[1], statistics="training set's", share=s)["accuracy"] for s in SHARES) >= 0.99


test_claims, test_nothing_is_unheld = claims.tests()
