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
from dlcourse.scenes.handles import Place, Points
from dlcourse.surfaces import critical_points, curvatures
from dlcourse.training import descend, history, last

STEPS, FLOOR, CEILING = 15, 1e-8, 10.0
SETTLED = 1e-12  # costs this near to the minimum count as equal
ALPHAS = np.geomspace(0.01, 20, 100)
W, B = (-1.2, 2.4), (-3.0, 2.6)  # the plane that is drawn, the same before and after
SETS = ("as it came", "normalized")

PRESETS = {
    "contours": {
        "spread 1": {"spread": 1},
        "spread 10": {"spread": 10},
        "mean 3": {"spread": 1, "mean": 3.0, "w": 0.0, "b": 0.0},
        "spread 0.5": {"spread": 0.5, "w": 0.0},
        "too long a step": {"spread": 10, "share": 1.6},
    },
    "test set": {
        "half and half": {},
        "90 % of class 1": {"share": 0.9},
        "the same, training set's": {"share": 0.9, "statistics": "training set's"},
        "one example": {"examples": 1},
        "five examples": {"examples": 5},
    },
}
GOALS = {
    "as long a valley": Goal(
        "set the spread to 1, and find a mean that makes the valley about as long as spread 10 does: 60 to 100 times.",
        lambda spread, ratios: spread == 1 and 60 <= ratios[0] <= 100,
        {"spread": 1, "mean": 2.5},
    ),
    "forty per cent lost": Goal(
        "find a test set of 100 examples or more that loses over 40 % of its answers to its own statistics.",
        lambda count, lost: count >= 100 and lost > 0.4,
        {"share": 1.0},
    ),
}


def contours_of_the_inputs(fig, x, Y):
    """A logistic unit on one feature: J(w, b) before and after normalizing, and descent on both from the same w and b.

    x (1, m), normalized first, Y (1, m); the feature comes as spread * x + mean. Right: where STEPS steps end at each
    alpha, up to twice the largest that can settle, thick up to that one. Each path takes the alpha that ends lowest of
    these, times share.
    Controls: spread, mean, w and b of the start, share.
    """
    net = Net((1, 1))
    *planes, sweep = fig.subplots(1, 3, width_ratios=(1, 1, 1.3))
    plots.style(fig)
    shows = [_shown(k, plane, sweep) for k, plane in enumerate(planes)]
    bottoms = [
        axes.plot([], [], "*", color="white", markeredgecolor=plots.INK, markersize=14, zorder=4)[0] for axes in planes
    ]
    for axes in planes:
        axes.set(xlabel="w", ylabel="b", aspect="equal")
    planes[1].set_ylabel("")
    planes[1].tick_params(labelleft=False)
    sweep.set(xlim=(ALPHAS[0], ALPHAS[-1]), xscale="log", xlabel="$\\alpha$")
    sweep.set(ylim=(FLOOR, CEILING), yscale="log", ylabel="cost above the minimum", title=f"after {STEPS} steps")
    plots.legend(*planes)
    seen = {}

    def bowl(k, X, minimum):
        """The contours of set k, its lowest point, and how J curves there."""
        for old in list(planes[k].collections):
            old.remove()
        plots.contours(planes[k], lambda theta: (cost(net, theta, X, Y),), W, B)
        bottoms[k].set_data(*minimum[:, None])
        return curvatures(partial(cost_and_grad, net, X=X, Y=Y), minimum)

    x = standardize(x)[0]
    lowest_w, lowest_b = critical_points(partial(cost_and_grad, net, X=x, Y=Y), np.zeros((1, 2)))[0]
    lowest, round_bends = cost(net, [lowest_w, lowest_b], x, Y), bowl(1, x, np.array([lowest_w, lowest_b]))

    def descent(raw, start, lr):
        """Paths on both sets, (STEPS + 1, ..., 2), and their costs above the minimum."""
        both = partial(cost_and_grad, net, X=np.stack([raw, standardize(raw)[0]]), Y=Y)
        thetas, Js = history(descend(both, np.broadcast_to(start, (*lr.shape, 2)), sgd, lr=lr), STEPS + 1)
        return thetas, Js - lowest

    def update(spread, mean, w, b, share=1.0):
        raw = spread * x + mean
        if (spread, mean) not in seen:
            seen.clear()
            seen[spread, mean] = bowl(0, raw, np.array([lowest_w / spread, lowest_b - lowest_w * mean / spread]))
        bends = seen[spread, mean], round_bends
        largest, ratios = [float(2 / bend[-1]) for bend in bends], [float(bend[-1] / bend[0]) for bend in bends]
        ends = descent(raw, (w, b), np.stack([ALPHAS, ALPHAS], axis=1))[1][-1]
        best = ALPHAS[np.where(ALPHAS[:, None] <= largest, np.maximum(ends, SETTLED), np.inf).argmin(axis=0)]
        lrs = share * best
        thetas, above = descent(raw, (w, b), lrs)
        for k in range(2):
            shows[k](thetas[:, k], above[-1, k], ends[:, k], lrs[k], largest[k])
        update.facts = {"largest": largest, "ratios": ratios, "best": best.tolist(), "ends": above[-1].tolist()}
        return (
            f"As it came, J curves {ratios[0]:.3g} times more one way than the other, and alpha may be {largest[0]:.2g} "
            f"at most; normalized {ratios[1]:.2g} times and {largest[1]:.2g}. With alpha {lrs[0]:.2g} and {lrs[1]:.2g}, "
            f"{STEPS} steps end {_above(above[-1, 0])} and {_above(above[-1, 1])} above the minimum."
        )

    def share_for(k):
        return lambda values, alpha, _: {"share": alpha / update.facts["best"][k]}

    def alpha_of(k):
        return lambda values: (values["share"] * update.facts["best"][k], None)

    update.handles = [
        *(Place(axes, "w", "b", name=f"start, {name}") for axes, name in zip(planes, SETS)),
        *(Place(sweep, "share", get=alpha_of(k), put=share_for(k), name=f"alpha, {SETS[k]}") for k in range(2)),
    ]
    return update


def _shown(k, plane, sweep):
    """What is drawn of set k but its contours; returns show(points, above, ends, lr, largest)."""
    look = {"color": plots.COLOURS[k], "marker": plots.MARKERS[k]}
    path = plots.line(plane, k, SETS[k], **look, markersize=4, linestyle="-", linewidth=1.2, zorder=3)
    start = plots.line(plane, k, **look, markersize=10, zorder=3)
    leave = plots.arrows(plane, color=look["color"])
    curves = plots.line(sweep, k, linewidth=1.0), plots.line(sweep, k)
    upright = sweep.axvline(1, color="#7A7A7A", linewidth=1.2, zorder=1)
    chosen = plots.line(sweep, k, **look, markersize=9)
    beyond = plots.arrows(sweep, "v^", color=look["color"])

    def show(points, above, ends, lr, largest):
        path.set_data(*points.T)
        leave(*points.T, curve=True)
        start.set_data(*points[:1].T)
        for curve, part in zip(curves, (ALPHAS <= 2 * largest, ALPHAS <= largest)):
            curve.set_data(ALPHAS[part], np.clip(ends[part], FLOOR / 10, CEILING * 10))
        upright.set_xdata([lr, lr])
        chosen.set_data(*([lr], [above]) if beyond([lr], [above]).all() else ([], []))

    return show


def _above(gap):
    return "less than 1e-6" if gap < 1e-6 else f"{gap:.2g}"


def statistics_of_the_test_set(fig):
    """A network trained on normalized moons, and a test set moved by the training set's statistics or by its own.

    Left: the inputs as they come, with the mean and spread in use as a cross. Right: what the network sees of the test set;
    a thread leads to each example from where the training set's numbers would put it.
    Controls: statistics, "training set's" or "its own"; share, of class 1 in the test set; examples, how many it has; data:
    the test examples set by hand, ((x1, x2, class), ...), instead of these two.
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
    left, right = fig.subplots(1, 2)
    plots.style(fig)
    left.plot(*(stretch * X + 10), "o", color="#BBBBBB", markersize=3, label="training set")
    left.set(xlim=(-70, 130), ylim=(9.6, 10.4), title="as they come", xlabel="feature 1", ylabel="feature 2")
    plots.decision_map(right, (-3.4, 3.4), (-3.4, 3.4))(lambda grid: forward(net, theta, grid)[0])
    right.set(title="what the network sees", xlabel="feature 1, moved", ylabel="feature 2, moved")
    threads = plots.line(right, 6, linestyle="-", linewidth=0.8, alpha=0.6)
    dots = [_dots(axes, names) for axes, names in ((left, ("test, class 0", "class 1")), (right, (None, None)))]
    cross = plots.line(left, 6, "mean, spread", linewidth=2.6, zorder=5)
    leave = [plots.arrows(right, color=dot.get_color()) for dot in dots[1]]
    plots.legend(left)
    shown = []

    def update(statistics, share, examples, data=None):
        n = int(round(share * examples))
        chosen = np.concatenate([noughts[: examples - n], ones[:n]])
        X_test, Y_test = stretch * pool[0][:, chosen] + 10, pool[1][:, chosen].astype(int)
        if data is not None:
            X_test, Y_test = np.array(data, float).T[:2], np.array([[kind for *_, kind in data]])
        update.idle = set() if data is None else {"share", "examples"}
        shown[:] = zip(*X_test.tolist(), Y_test[0].tolist())
        ways = {"training set's": standardize(X_test, mu, sigma), "its own": standardize(X_test)}
        seen, middle, _ = ways[statistics]
        spread = X_test.std(axis=1, keepdims=True) if statistics == "its own" else sigma  # a single one has none
        for label, leaves in enumerate(leave):
            for dot, places in ((dots[0][label], X_test), (dots[1][label], seen)):
                dot.set_data(*places[:, Y_test[0] == label])
                dot.set_markersize(5 if X_test.shape[1] > 9 else 12)
            leaves(*seen[:, Y_test[0] == label])
        threads.set_data(*_pairs(ways["training set's"][0], seen))
        cross.set_data(*_pairs(middle - np.diag(spread[:, 0]), middle + np.diag(spread[:, 0])))
        right_ones = {way: float(accuracy(net, theta, moved, Y_test)) for way, (moved, *_) in ways.items()}
        update.facts = {
            "accuracy": right_ones[statistics],
            "lost": right_ones["training set's"] - right_ones["its own"],
            "count": X_test.shape[1],
        }
        other = next(way for way in ways if way != statistics)
        count, n = X_test.shape[1], int(Y_test.sum())
        return (
            f"{count} test example{'s' * (count > 1)}, {n} of class 1, moved by "
            f"{_by(statistics)}: {right_ones[statistics]:.0%} "
            f"right; by {_by(other)} it would be {right_ones[other]:.0%}."
        )

    update.handles = [Points(left, "data", lambda: shown, name="test examples")]
    return update


def _dots(axes, names):
    """Moving examples, orange squares and blue circles, called so."""
    looks = {"markersize": 5, "markeredgecolor": "white", "markeredgewidth": 0.5, "zorder": 4}
    return [
        axes.plot([], [], marker, color=colour, label=name, **looks)[0]
        for marker, colour, name in zip("so", ("#D55E00", "#0072B2"), names)
    ]


def _pairs(here, there):
    """Straight lines from each point of here (2, m) to that of there, as one broken curve."""
    return np.stack([here, there, np.full(np.shape(here), np.nan)], axis=-1).reshape(2, -1)


def _by(statistics):
    return f"{statistics} mean and spread" if statistics == "its own" else f"the {statistics} mean and spread"
