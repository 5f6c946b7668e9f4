"""Normalizing inputs: what it does to the cost, to the learning rates that converge, and what the test set needs."""

from functools import partial

import numpy as np

from dlcourse.datasets import moons
from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, cost, cost_and_grad, forward
from dlcourse.normalization import standardize
from dlcourse.optimizers import adam, sgd
from dlcourse.scenes import plots
from dlcourse.surfaces import critical_points, curvatures
from dlcourse.training import descend, history, last

LRS = np.geomspace(0.001, 100, 41)
STEPS, FLOOR, CEILING = 100, 1e-8, 1e2
SETS = ("as it came", "normalized")
FIGURE_SPACE = "\u2007"  # as wide as a digit: labels of one width, so that the axes stay where they are


def contours_of_the_inputs(fig, x, Y):
    """A logistic unit on one feature: J(w, b) before and after normalizing, descent on both, every learning rate.

    x (1, m), normalized first, Y (1, m); the feature comes as spread * x + mean. Both start from w = b = 0, where
    they predict the same. Controls: spread, mean, lr.
    """
    net = Net((1, 1))
    *planes, sweep = fig.subplots(1, 3, width_ratios=(1, 1, 1))
    plots.style(fig)
    paths = [
        plots.line(axes, k, name, marker=plots.MARKERS[k], markersize=3.5, linestyle="-", linewidth=1.2)
        for k, (axes, name) in enumerate(zip(planes, SETS))
    ]
    bottoms = [
        axes.plot([], [], "*", color="white", markeredgecolor=plots.INK, markersize=14, zorder=4)[0] for axes in planes
    ]
    sweeps = [plots.line(sweep, k) for k in range(2)]
    limits = [sweep.axvline(1, color=plots.COLOURS[k], linestyle=":", linewidth=2) for k in range(2)]
    here = sweep.plot([], [], "o", color=plots.INK, markersize=7)[0]
    for axes in planes:
        axes.set(xlabel="w", ylabel="b")
        axes.locator_params(nbins=4)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.3g}".rjust(5, FIGURE_SPACE))
    sweep.set(
        xlim=(LRS[0], LRS[-1]),
        ylim=(FLOOR / 3, CEILING),
        xscale="log",
        yscale="log",
        xlabel=r"learning rate $\alpha$",
        ylabel=f"cost above the min. after {STEPS} steps",
    )
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

    def update(spread, mean, lr):
        raw = spread * x + mean
        if (spread, mean) not in seen:
            seen.clear()
            seen[spread, mean] = bowl(0, raw, np.array([w / spread, b - w * mean / spread]))
        bends = seen[spread, mean], round_bends
        lrs = np.append(LRS, lr)
        both = partial(cost_and_grad, net, X=np.stack([raw, standardize(raw)[0]])[:, None], Y=Y)
        thetas, Js = history(descend(both, np.zeros((2, len(lrs), 2)), sgd, lr=lrs), STEPS + 1)
        above = np.clip(Js - lowest, FLOOR, CEILING)
        order, ends, largest = np.argsort(lrs), above[-1, :, -1], [2 / bend[-1] for bend in bends]
        for k in range(2):
            paths[k].set_data(*thetas[:, k, -1].T)
            sweeps[k].set_data(lrs[order], above[-1, k, order])
            limits[k].set_xdata([largest[k]] * 2)
        here.set_data([lr, lr], ends)
        update.facts = {"largest": largest, "ends": ends.tolist()}
        ratios = [bend[-1] / bend[0] for bend in bends]
        return (
            f"As it came, J curves {ratios[0]:.3g} times more one way than the other, and alpha may be {largest[0]:.2g} "
            f"at most; normalized {ratios[1]:.2g} times and {largest[1]:.2g}. With alpha {lr:.3g}, {STEPS} steps end "
            f"{_above(ends[0])} and {_above(ends[1])} above the minimum."
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
        show = plots.decision_map(axes, (-2.6, 2.6), (-2.6, 2.6))
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
