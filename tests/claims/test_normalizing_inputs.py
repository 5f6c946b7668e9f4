"""What week1/05_normalizing_inputs says, recomputed."""

import numpy as np
import pytest
from claims import Claims

from dlcourse import activations, network, normalization, surfaces

claims = Claims("week1/05_normalizing_inputs")
MEANS, SHARES = np.arange(-5, 5.5, 0.5), np.round(np.arange(0, 1.05, 0.05), 2)


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
    "With spread 1 and mean 0 the two are the same.",
    "C, roughly: 70 times.",
    "the path jumps about in $w$ and creeps along the valley",
    "Curvature grows with the square of a feature's size; the steepest direction limits $\\alpha$, the flattest one waits.",
)
def _(labs):
    same = at(labs[0])
    assert same["largest"][0] == pytest.approx(same["largest"][1]) and same["ends"][0] == pytest.approx(same["ends"][1])
    long = at(labs[0], spread=10)
    assert 65 < same["largest"][0] / long["largest"][0] < 75 and long["ends"][0] > 1000 * long["ends"][1]
    w, b = labs[0].frame.figure.axes[0].lines[0].get_data()
    assert (np.diff(np.sign(np.diff(w))) != 0).sum() > 10 and np.all(np.diff(b)[2:] * np.sign(b[-1]) > 0)
    limits = [at(labs[0], spread=s)["largest"][0] for s in (1, 2, 5, 10)]
    assert np.polyfit(np.log([2, 5, 10]), np.log(limits[1:]), 1)[0] == pytest.approx(-2, abs=0.1)


@claims(
    "A mean far from zero does the same harm: then $w$ and $b$ can replace each other, and the valley lies askew.",
    "A tiny spread does it too, with $w$ as the slow one.",
)
def _(labs):
    for mean in MEANS[np.abs(MEANS) >= 3]:
        assert at(labs[0], mean=mean)["ratios"][0] > 75
    assert at(labs[0], spread=0.1)["ratios"][0] > 75
    w, b = labs[0].frame.figure.axes[0].lines[0].get_data()
    (w_best,), (b_best,) = labs[0].frame.figure.axes[0].lines[1].get_data()
    assert abs(w[-1] - w_best) > 0.5 * abs(w_best) and abs(b[-1] - b_best) < 0.1 * abs(w_best)


@claims("It jumps about instead, and does not settle.", "the logistic loss only grows like a straight line")
def _(labs):
    """At each share above 1 and every spread: finite, and still above the minimum after the last step, for both."""
    for share in (1.1, 1.2, 1.3, 1.4, 1.5):
        for spread in (0.1, 1, 10):
            ends = at(labs[0], share=share, spread=spread)["ends"]
            assert all(1e-6 < end < 100 for end in ends), (share, spread, ends)


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


@claims(
    "With 90 % of class 1 a third of the right answers is lost.",
    "With its own statistics a lopsided test set is dragged to the middle",
)
def _(labs):
    lost = [at(labs[1], share=0.9, examples=n)["lost"] for n in range(50, 201)]
    assert 0.28 < min(lost) and max(lost) < 0.4
    dots = labs[1].frame.figure.axes[1].lines[-2:]
    middle = {}
    for statistics in ("its own", "training set's"):
        at(labs[1], share=0.9, statistics=statistics)
        middle[statistics] = np.abs(np.concatenate([dot.get_xydata() for dot in dots]).mean(axis=0)).max()
    assert middle["its own"] < 1e-9 < 0.3 < middle["training set's"]


@claims("a single example always becomes zero in every feature: the network says the same of whatever comes")
def _(labs):
    for share in SHARES:
        at(labs[1], share=share, examples=1)
        dots = np.concatenate([dot.get_xydata() for dot in labs[1].frame.figure.axes[1].lines[-2:]])
        assert dots.tolist() == [[0, 0]]


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
