"""Normalizing inputs: what it does to the cost, to the learning rates that converge, and what the test set needs."""

from functools import partial

import numpy as np

from dlcourse.datasets import moons
from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, cost, cost_and_grad, forward
from dlcourse.normalization import standardize
from dlcourse.optimizers import adam, sgd
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.surfaces import critical_points, curvatures
from dlcourse.training import descend, history, last

STEPS, FLOOR, CEILING = 30, 1e-8, 10.0
SETS = ("as it came", "normalized")
FIGURE_SPACE = "\u2007"  # as wide as a digit: labels of one width, so that the axes stay where they are

PRESETS = {
    "contours": {
        "spread 10": {"spread": 10},
        "mean 5": {"mean": 5.0},
        "tiny": {"spread": 0.1},
        "too long a step": {"spread": 10, "share": 1.1},
    },
    "test set": {
        "half and half": {},
        "90 % of class 1": {"share": 0.9},
        "the same, training set's": {"share": 0.9, "statistics": "training set's"},
        "one example": {"examples": 1},
    },
}
GOALS = {
    "as long a valley": Goal(
        "leave the spread at 1, and find a mean that makes the valley about as long as spread 10 does: 60 to 100 times.",
        lambda spread, ratios: spread == 1 and 60 <= ratios[0] <= 100,
        {"mean": 2.5},
    ),
    "forty per cent lost": Goal(
        "find a test set of 100 examples or more that loses over 40 % of its answers to its own statistics.",
        lambda examples, lost: examples >= 100 and lost > 0.4,
        {"share": 1.0},
    ),
}


def contours_of_the_inputs(fig, x, Y):
    """A logistic unit on one feature: J(w, b) before and after normalizing, and descent on both, each at an alpha of its own.

    x (1, m), normalized first, Y (1, m); the feature comes as spread * x + mean. Both start from w = b = 0, where
    they predict the same. Controls: spread, mean, and share: alpha as a share of the largest that can settle.
    """
    net = Net((1, 1))
    *planes, right = fig.subplots(1, 3, width_ratios=(1, 1, 1))
    plots.style(fig)
    paths = [
        plots.line(axes, k, name, marker=plots.MARKERS[k], markersize=4, linestyle="-", linewidth=1.2)
        for k, (axes, name) in enumerate(zip(planes, SETS))
    ]
    bottoms = [
        axes.plot([], [], "*", color="white", markeredgecolor=plots.INK, markersize=14, zorder=4)[0] for axes in planes
    ]
    falls = [plots.line(right, k) for k in range(2)]
    for axes in planes:
        axes.set(xlabel="w", ylabel="b")
        axes.locator_params(nbins=4)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.3g}".rjust(5, FIGURE_SPACE))
    right.set(xlim=(0, STEPS), ylim=(FLOOR, CEILING), yscale="log", xlabel="step", ylabel="cost above the minimum")
    beyond = [plots.arrows(right, "v^", color=line.get_color()) for line in falls]
    plots.legend(*planes)
    seen = {}

    def bowl(k, X, minimum):
        """The contours of set k round its minimum, and how J curves there."""
        for old in list(planes[k].collections):
            old.remove()
        (w, b), reach = minimum, 1.6 * np.abs(minimum).max()
        plots.contours(
            planes[k], lambda theta: (cost(net, theta, X, Y),), (w - reach, w + reach), (b - reach, b + reach)
        )
        bottoms[k].set_data([w], [b])
        return curvatures(partial(cost_and_grad, net, X=X, Y=Y), minimum)

    x = standardize(x)[0]
    w, b = critical_points(partial(cost_and_grad, net, X=x, Y=Y), np.zeros((1, 2)))[0]
    lowest, round_bends = cost(net, [w, b], x, Y), bowl(1, x, np.array([w, b]))

    def update(spread, mean, share=0.9):
        raw = spread * x + mean
        if (spread, mean) not in seen:
            seen.clear()
            seen[spread, mean] = bowl(0, raw, np.array([w / spread, b - w * mean / spread]))
        bends = seen[spread, mean], round_bends
        largest, ratios = [2 / bend[-1] for bend in bends], [bend[-1] / bend[0] for bend in bends]
        lrs = share * np.array(largest)
        both = partial(cost_and_grad, net, X=np.stack([raw, standardize(raw)[0]]), Y=Y)
        thetas, Js = history(descend(both, np.zeros((2, 2)), sgd, lr=lrs), STEPS + 1)
        above = Js - lowest
        for k in range(2):
            paths[k].set_data(*thetas[:, k].T)
            falls[k].set_data(np.arange(STEPS + 1), np.clip(above[:, k], FLOOR / 10, CEILING * 10))
            beyond[k](np.arange(STEPS + 1), above[:, k], curve=True)
        update.facts = {"largest": largest, "ratios": ratios, "ends": above[-1].tolist()}
        return (
            f"As it came, J curves {ratios[0]:.3g} times more one way than the other, and alpha may be {largest[0]:.2g} "
            f"at most; normalized {ratios[1]:.2g} times and {largest[1]:.2g}. At {share:.2f} of that, {STEPS} steps end "
            f"{_above(above[-1, 0])} and {_above(above[-1, 1])} above the minimum."
        )

    return update


def _above(gap):
    return "less than 1e-6" if gap < 1e-6 else f"{gap:.2g}"


def statistics_of_the_test_set(fig):
    """A network trained on normalized moons, and a test set moved by the training set's statistics or by its own.

    Controls: statistics, "training set's" or "its own"; share, of class 1 in the test set; examples, how many it has.
    """
    rng = np.random.default_rng(0)
    X, Y = moons(300, 0.12, rng)
    pool = moons(600, 0.12, rng)
    stretch = np.array([[40.0], [0.2]])
    X_train, mu, sigma = standardize(stretch * X + 10)
    ones, noughts = (np.flatnonzero(pool[1][0] == label) for label in (1, 0))
    net = Net((2, 12, 1), activation="tanh")
    objective = partial(cost_and_grad, net, X=X_train, Y=Y)
    theta, _ = last(descend(objective, initialize(net.shapes, rng=rng), adam, lr=0.05), 300)
    left, right = fig.subplots(1, 2, sharey=True)
    plots.style(fig)
    for axes, title in ((left, "training set"), (right, "test set")):
        show = plots.decision_map(axes, (-3.4, 3.4), (-3.4, 3.4))
        show(lambda grid: forward(net, theta, grid)[0])
        axes.set(xlabel="feature 1, normalized", title=title)
    left.set_ylabel("feature 2, normalized")
    plots.examples(left, X_train, Y)
    dots = [
        right.plot([], [], marker, color=colour, markersize=5, markeredgecolor="white", markeredgewidth=0.4)[0]
        for marker, colour in (("s", "#D55E00"), ("o", "#0072B2"))
    ]
    plots.legend(left)

    def update(statistics, share, examples):
        n = int(round(share * examples))
        chosen = np.concatenate([noughts[: examples - n], ones[:n]])
        X_test, Y_test = stretch * pool[0][:, chosen] + 10, pool[1][:, chosen]
        ways = {"training set's": standardize(X_test, mu, sigma)[0], "its own": standardize(X_test)[0]}
        for label, dot in enumerate(dots):
            dot.set_data(*ways[statistics][:, Y_test[0] == label])
            dot.set_markersize(5 if examples > 9 else 12)
        right_ones = {way: float(accuracy(net, theta, moved, Y_test)) for way, moved in ways.items()}
        update.facts = {
            "accuracy": right_ones[statistics],
            "lost": right_ones["training set's"] - right_ones["its own"],
        }
        other = next(way for way in ways if way != statistics)
        return (
            f"{examples} test example{'s' * (examples > 1)}, {n} of class 1, moved by "
            f"{_by(statistics)}: {right_ones[statistics]:.0%} "
            f"right; by {_by(other)} it would be {right_ones[other]:.0%}."
        )

    return update


def _by(statistics):
    return f"{statistics} mean and spread" if statistics == "its own" else f"the {statistics} mean and spread"
