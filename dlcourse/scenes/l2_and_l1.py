"""L2 and L1 on real networks: boundary, weights, where z falls on the tanh curve, and the cost step by step.

All values of lambda train at once, as stacked models from one start; then the slider only looks at another of them.
"""

from functools import cache, partial
from itertools import islice

import numpy as np

from dlcourse.activations import tanh
from dlcourse.batches import epochs, train_dev_test_split
from dlcourse.datasets import digits
from dlcourse.initializers import initialize, xavier
from dlcourse.network import Net, accuracy, cost_and_grad, dropout_masks, forward
from dlcourse.optimizers import adam, sgd
from dlcourse.regularizers import l1, l2
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place
from dlcourse.scenes.kept import Kept
from dlcourse.scenes.noisy_moons import drawn, plane
from dlcourse.schedules import inverse_time_decay
from dlcourse.training import descend

LAMBDAS = np.array([float(f"{digit}e{k}") for k in range(-3, 2) for digit in (1, 2, 5)])[:-1]  # 0.001 ... 20
PENALTIES = {"L2": l2, "L1": l1}
EXAMPLES, STEPS = 60, 600
SMALL = 0.02  # a weight below this counts as gone
CEILING, LATE = 2.5, 50  # cost_by_step: the highest J that is drawn, and the step at which the magnified part begins

PRESETS = {
    "price": {"overfit": {"lambd": 0.001}, "too much": {"lambd": 2}, "sparse": {"lambd": 0.5, "penalty": "L1"}},
    "middle": {"small": {"lambd": 0.01}, "large": {"lambd": 2}},
    "pixels": {"little": {"lambd": 0.01}, "much": {"lambd": 20}},
    "debug": {
        "all four kept": {},
        "penalty forgotten": {"plotted": "without penalty"},
        "mini-batches": {"batch_size": 15},
        "dropout": {"keep_prob": 0.8},
        "alpha too large": {"lr": 3},
    },
}
GOALS = {
    "twelve per cent": Goal(
        "find a lambda with a dev error of 12 % or less.", lambda dev: round(dev, 2) <= 0.12, {"lambd": 0.5}
    ),
    "all straight": Goal(
        "put every z between -0.5 and 0.5, with at least 80 % of the training examples still right.",
        lambda straight, right: straight == 1 and right >= 0.8,
        {"lambd": 5},
    ),
    "twenty pixels": Goal(
        "let L1 use fewer than 20 pixels and get at most 2 of the dev digits wrong.",
        lambda used, wrong: used["L1"] < 20 and wrong["L1"] <= 2,
        {"lambd": 5},
    ),
    "largest alpha": Goal(
        "with lambda 2, full batches and no dropout, find the largest alpha here at which J with penalty never rises.",
        lambda lambd, batch_size, keep_prob, plotted, lr, rises: (
            (lambd, batch_size, keep_prob, plotted) == (2, 60, 1, "with penalty") and lr >= 1 and rises == 0
        ),
        {"lr": 1},
    ),
}


def nearest(lambd):
    return int(np.abs(np.log(LAMBDAS / lambd)).argmin())


def _follows(axes, effects, name):
    """A line that stands at what lambda brings about, an effect for each of LAMBDAS: where it is dragged, lambda follows."""
    return Place(
        axes,
        "lambd",
        get=lambda values: (effects[nearest(values["lambd"])], None),
        put=lambda values, x, y: {"lambd": LAMBDAS[np.abs(effects - x).argmin()]},
        name=name,
    )


class Trained:
    """One network for each lambda, (2, 16, 16, 1) with tanh, on 60 noisy moons; trained when first asked for."""

    def __init__(self):
        (X, Y), self.dev, *_ = drawn(0.3)
        self.net, self.X, self.Y = Net((2, 16, 16, 1), activation="tanh"), X[:, :EXAMPLES], Y[:, :EXAMPLES]
        self.penalised, self.kept = self.net.penalised > 0, Kept(self._steps)

    def _steps(self, penalty):
        theta = initialize(self.net.shapes, xavier, rng=np.random.default_rng(1))
        objective = partial(cost_and_grad, self.net, X=self.X, Y=self.Y, lambd=LAMBDAS, penalty=PENALTIES[penalty])
        thetas = np.tile(theta, (len(LAMBDAS), 1))
        run = descend(objective, thetas, adam, lr=lambda t: inverse_time_decay(0.02, t / 200), static=True)
        for t, (theta, _) in enumerate(islice(run, STEPS + 1)):
            if t % 20 == 0:
                yield t / STEPS, theta

    def train(self, penalty):
        """Yield (done, thetas (K, P)) as training goes on; once it is done, only the end."""
        return (frames[-1] for frames in self.kept(penalty))


shared = cache(Trained)  # by all figures


def weights_under_penalty(fig):
    """The same network for 14 values of lambda: boundary, how large the weights are, errors where the learner has been.

    Controls: lambd (taken to the nearest of LAMBDAS), penalty "L2" or "L1".
    """
    left, middle, right = fig.subplots(1, 3, width_ratios=(1.15, 1, 1))
    plots.style(fig)
    trained = shared()
    show_map, show_dots = plane(left, "the network")
    show_dots(trained.X, trained.Y)
    curves = {
        name: plots.line(middle, k, name, marker=plots.MARKERS[k], markersize=5, linewidth=1.2)
        for k, name in enumerate(("training error", "dev error"))
    }
    here = middle.axvline(1.0, color=plots.GREY, linewidth=1.2)
    middle.set(xlim=(8e-4, 25), xscale="log", ylim=(-0.01, 0.6), xlabel=r"$\lambda$", title="error, where you were")
    seen = {name: set() for name in PENALTIES}
    middle.yaxis.set_major_formatter("{x:.0%}")
    edges = np.linspace(-3, 3, 61)
    heights = right.stairs(np.zeros(60), edges, fill=True, color=plots.COLOURS[2])
    right.set(xlim=(-3, 3), ylim=(0, 100), xlabel="value", ylabel="how many", title="weights")
    right.set_xticks([-3, 0, 3], ["≤ -3", "0", "≥ 3"])
    cut, higher = plots.arrows(right, "^"), plots.note(right, 0.03, 0.97)
    plots.legend(middle)

    def update(lambd, penalty="L2"):
        k = nearest(lambd)
        seen[penalty].add(k)
        been = sorted(seen[penalty])
        here.set_xdata([LAMBDAS[k]] * 2)
        for done, thetas in trained.train(penalty):
            train, dev = (1 - accuracy(trained.net, thetas, X, Y) for X, Y in ((trained.X, trained.Y), trained.dev))
            for curve, errors in zip(curves.values(), (train, dev)):
                curve.set_data(LAMBDAS[been], errors[been])
            w = thetas[k, trained.penalised]
            counts = np.histogram(np.clip(w, -3, 3), edges)[0]
            heights.set_data(counts)
            inside = cut((edges[1:] + edges[:-1]) / 2, counts)
            higher.set_text("" if inside.all() else f"highest: {counts.max()}")
            show_map(trained.net, thetas[k])
            gone, norm = int((np.abs(w) < SMALL).sum()), float(w @ w)
            update.facts = {"train": float(train[k]), "dev": float(dev[k]), "norm": norm, "gone": gone}
            yield (
                done,
                (
                    f"{penalty} with lambda {LAMBDAS[k]:.3g}: training error {train[k]:.0%}, dev error {dev[k]:.0%}; the "
                    f"squares of the weights sum to {norm:.0f}, and {gone / len(w):.0%} of them are below {SMALL} in size."
                ),
            )

    update.forget, update.afresh = lambda: [been.clear() for been in seen.values()], trained.kept.forget
    update.handles = [Place(middle, "lambd", name="lambda")]
    return update


def where_z_falls(fig):
    """Why a large lambda makes a tanh network nearly linear: where the z of its first layer fall, and the boundary.

    Control: lambd of L2 (taken to the nearest of LAMBDAS).
    """
    left, right = fig.subplots(1, 2, width_ratios=(1, 1))
    plots.style(fig)
    trained = shared()
    z = np.linspace(-4, 4, 161)
    plots.line(left, 0, "tanh z", linestyle="-").set_data(z, tanh(z))
    plots.line(left, 6, "z itself", linestyle=(0, (1, 2)), linewidth=1.6).set_data(z, z)
    heights = left.stairs(
        np.zeros(80),
        np.linspace(-4, 4, 81),
        baseline=-1.5,
        fill=True,
        color=plots.COLOURS[4],
        alpha=0.7,
        label="where the z fall",
    )
    middle = left.axvline(0, color=plots.GREY, linewidth=1.6, label="mean size of z")
    sizes = np.zeros(len(LAMBDAS))
    left.set(xlim=(-4, 4), ylim=(-1.5, 1.5), xlabel="z of layer 1 (ends: 4 and more)", ylabel="tanh z")
    show_map, show_dots = plane(right, "what the network says")
    show_dots(trained.X, trained.Y)
    plots.legend(left)

    def update(lambd):
        k = nearest(lambd)
        for done, thetas in trained.train("L2"):
            _, cache = forward(trained.net, thetas, trained.X)
            sizes[:], Z = np.abs(cache["Z1"]).mean(axis=(1, 2)), cache["Z1"][k].ravel()
            counts = np.histogram(np.clip(Z, -3.999, 3.999), 80, (-4, 4))[0]
            heights.set_data(counts / counts.max() * 1.4 - 1.5, baseline=-1.5)
            show_map(trained.net, thetas[k])
            straight = float((np.abs(Z) < 0.5).mean())
            flat, right_ones = float((np.abs(Z) > 2).mean()), accuracy(trained.net, thetas[k], trained.X, trained.Y)
            middle.set_xdata([sizes[k]] * 2)
            update.facts = {"straight": straight, "flat": flat, "size": float(sizes[k]), "right": float(right_ones)}
            yield (
                done,
                (
                    f"With lambda {LAMBDAS[k]:.3g} the z of layer 1 have a mean size of {sizes[k]:.2g}; {straight:.0%} lie "
                    f"between -0.5 and 0.5, where tanh is nearly straight; {right_ones:.0%} of the examples are right."
                ),
            )

    update.afresh = trained.kept.forget
    update.handles = [_follows(left, sizes, "mean size of z")]
    return update


def sparse_weights(fig):
    """Logistic regression on the digits 3 and 8 with L2 and with L1: a weight for each pixel, and their sizes in order.

    Beside them the mean 3 and the mean 8. Control: lambd, the same for both (taken to the nearest of LAMBDAS).
    """
    grid = fig.add_gridspec(2, 4, width_ratios=(0.55, 1, 1, 1.5))
    first, second, right, *means = (fig.add_subplot(grid[at]) for at in (np.s_[:, 1], np.s_[:, 2], np.s_[:, 3], 0, 4))
    plots.style(fig)
    X, Y = digits()
    chosen = np.isin(Y[0], (3, 8))
    (X, Y), (X_dev, Y_dev), _ = train_dev_test_split(
        X[:, chosen], 1.0 * (Y[:, chosen] == 8), np.random.default_rng(0), (0.6, 0.4, 0)
    )
    for axes, label, digit in zip(means, (0, 1), (3, 8)):
        _pixels(axes, f"mean {digit}", X[:, Y[0] == label].mean(axis=1), "Greys", 0, 1)
    net, none = Net((64, 1)), np.zeros(64)
    images = {
        name: _pixels(axes, f"weights, {name}", none, "RdBu", -2.5, 2.5)
        for axes, name in zip((first, second), PENALTIES)
    }
    fig.colorbar(images["L1"], ax=[first, second], location="bottom", aspect=30, label="weight")
    sizes = {
        name: plots.line(right, k, name, marker=plots.MARKERS[k], markersize=4) for k, name in enumerate(PENALTIES)
    }
    edge, uses = right.axvline(64, color=plots.GREY, linewidth=1.6, label="pixels that L1 uses"), np.zeros(len(LAMBDAS))
    right.set(xlim=(1, 64), ylim=(0, 3), xlabel="weights, the largest first", title="size of the weight")
    plots.legend(right)

    def train():
        """Both penalties from zero, all lambdas at once; alpha decays, for L1's pull does not get weaker near zero."""
        runs = [
            descend(
                partial(cost_and_grad, net, X=X, Y=Y, lambd=LAMBDAS, penalty=penalty),
                np.zeros((len(LAMBDAS), 65)),
                sgd,
                lr=lambda t: inverse_time_decay(0.5, t / 200),
                static=True,
            )
            for penalty in PENALTIES.values()
        ]
        for t, pairs in enumerate(islice(zip(*runs), 801)):
            if t % 40 == 0:
                yield t / 800, {name: thetas for name, (thetas, _) in zip(PENALTIES, pairs)}

    kept = Kept(train)

    def update(lambd):
        k, used, wrong = nearest(lambd), {}, {}
        for frames in kept():
            done, trained = frames[-1]
            for name, thetas in trained.items():
                w = thetas[k, :64]
                images[name].set_data(w.reshape(8, 8))
                sizes[name].set_data(np.arange(1, 65), np.sort(np.abs(w))[::-1])
                used[name] = int((np.abs(w) >= SMALL).sum())
                wrong[name] = round(Y_dev.size * float(1 - accuracy(net, thetas[k], X_dev, Y_dev)))
            uses[:] = (np.abs(trained["L1"][:, :64]) >= SMALL).sum(axis=1)
            edge.set_xdata([uses[k]] * 2)
            update.facts = {"used": used, "wrong": wrong, "digits": Y_dev.size}
            yield (
                done,
                (
                    f"With lambda {LAMBDAS[k]:.3g}, L2 uses {used['L2']} of 64 pixels and gets {wrong['L2']} of "
                    f"{Y_dev.size} dev digits wrong; L1 uses {used['L1']} and gets {wrong['L1']} wrong."
                ),
            )

    update.handles, update.afresh = [_follows(right, uses, "pixels that L1 uses")], kept.forget
    return update


def _pixels(axes, title, values, colours, low, high):
    """64 values as the picture that they make."""
    axes.set(title=title, xticks=(), yticks=())
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return axes.imshow(values.reshape(8, 8), cmap=colours, vmin=low, vmax=high)


def cost_by_step(fig, penalty=l2):
    """Does J fall at every step? Loss, penalty and their sum, for full batches or not, dropout or not.

    The network of the other figures, plain descent, 200 steps; right, the same from step 50 on, as large as it can be
    drawn. penalty: `l2`, or a learner's own. Controls: lr, lambd, batch_size (a divisor of 60, the full batch),
    keep_prob, and plotted, which J is in front: "with penalty" or "without penalty".
    """
    sides = left, right = fig.subplots(1, 2)
    plots.style(fig)
    trained = shared()
    net, X, Y = trained.net, trained.X, trained.Y
    names = {"loss": 2, "penalty": 3, "J, their sum": 0}
    parts, near = ([plots.line(axes, k, name) for name, k in names.items()] for axes in sides)
    rises = [plots.line(axes, 1, "_rises", linestyle="-", zorder=3) for axes in sides]
    above = plots.arrows(left, "^")
    plots.cost_axes(left, 200, 0, CEILING)
    plots.cost_axes(right, 200, 0, CEILING)
    right.set(xlim=(LATE, 200), ylabel="")
    empty = plots.note(right, 0.04, 0.94)
    plots.legend(left)

    def objective(theta, X_t, Y_t, lambd, masks):
        return cost_and_grad(net, theta, X_t, Y_t, masks(X_t.shape[1]), lambd=lambd, penalty=penalty)

    def front(part):
        """The curve that is asked about lies in front, and is the magnified one."""
        for k, (line, close) in enumerate(zip(parts, near)):
            line.set(linewidth=2.2 if k == part else 1.2, zorder=2.5 if k == part else 2)
            close.set_visible(k == part)
        plots.change(right.title, text=f"magnified: {parts[part].get_label()}")

    def show(costs, part):
        """Loss, penalty and sum so far, (3, T); returns the steps at which the part in front has risen, and is off."""
        J = costs[part]
        drawn = np.where(costs <= CEILING, costs, np.nan)  # and so an infinite J is not drawn, either
        steps, low = np.arange(len(J)), drawn[part]
        for line, close, values in zip(parts, near, drawn):
            line.set_data(steps, values), close.set_data(steps, values)
        up = np.flatnonzero(np.diff(J) > 1e-12) + 1
        seen = up[np.isfinite(low[up])]
        for pieces in rises:
            pieces.set_data(_gaps(seen - 1, seen), _gaps(low[seen - 1], low[seen]))
        above(steps, J, curve=True)
        late = low[LATE:][np.isfinite(low[LATE:])]
        empty.set_text("" if len(late) else f"J is above {CEILING}" if len(J) > LATE else "not there yet")
        if len(late):
            gap = 0.08 * np.ptp(late) + 1e-3
            plots.change(right, ylim=(late.min() - gap, late.max() + gap))
        return up, np.flatnonzero(np.isnan(low))

    def update(lr, lambd, batch_size=EXAMPLES, keep_prob=1.0, plotted="with penalty"):
        rng = np.random.default_rng(3)
        run = descend(
            partial(objective, lambd=lambd, masks=lambda m: dropout_masks(net, keep_prob, m, rng)),
            initialize(net.shapes, xavier, rng=np.random.default_rng(1)),
            sgd,
            lr=lr,
            batches=epochs(X, Y, batch_size, np.random.default_rng(2)),
        )
        part, costs = {"without penalty": 0, "with penalty": 2}[plotted], []
        front(part)
        for t, (theta, J) in enumerate(islice(run, 201)):
            price = penalty(theta, lambd, batch_size, net.penalised)[0] if np.isfinite(J) else np.inf
            costs.append((J - price if np.isfinite(J) else np.inf, price, J))
            J = costs[-1][part]
            if t % 10 and np.isfinite(J):
                continue
            up, off = show(np.transpose(costs), part)
            update.facts = {"rises": len(up), "last": float(J), "off": len(off)}
            often = {0: "never rises", 1: "rises once"}.get(len(up), f"rises {len(up)} times")
            yield t / 200, f"In {t} step{'s' * (t != 1)} J {plotted} {often}; {_where(J, off)}."
            if not np.isfinite(J):
                break

    return update


def _gaps(begin, end):
    """Pieces of a curve in one line: begin, end, nothing, begin, end, nothing, ..."""
    return np.stack([begin, end, np.full(len(begin), np.nan)], axis=1).ravel()


def _where(J, off):
    if not J <= CEILING:
        return f"at step {off[0]} it leaves the plot: diverged"
    return f"it is now {J:.2f}" + (f", after it left the plot at step {off[0]} and came back" if len(off) else "")
