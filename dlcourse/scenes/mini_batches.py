"""Mini-batches: paths and costs by batch size, easy and hard batches, and the time that each size takes."""

from functools import partial
from itertools import islice
from time import perf_counter

import numpy as np

from dlcourse.batches import epochs as endless
from dlcourse.batches import minibatches
from dlcourse.datasets import one_hot
from dlcourse.network import Net, cost, cost_and_grad, predict
from dlcourse.optimizers import sgd
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.one_feature import START, logistic
from dlcourse.training import descend
from dlcourse.training import last as final

RATES = np.array([0.03, 0.1, 0.3, 1.0, 3.0, 10.0])  # of these each batch size gets its best
LOWER = (0.5, 0.3, 0.2)  # costs to get below
HIDDEN = 0.0  # in their place: the third picture waits for a guess

PRESETS = {
    "three sizes": {
        "all m": {"batch_size": 256},
        "between": {"batch_size": 16, "compare": True},
        "one": {"batch_size": 1},
    }
}
GOALS = {
    "calm size 1": Goal(
        "size 1 wanders, because alpha is too large for it: find an alpha with which, in epoch 8, size 1 is 10 times lower "
        "than batches of 16 (switch compare on).",
        lambda last, batch_size, epochs: (
            batch_size == 16 and epochs == 8 and 10 * last.get("size 1", np.inf) < last["your size"]
        ),
        {"batch_size": 16, "lr": 0.03, "compare": True},
    ),
    "alike": Goal(
        "after 5 epochs of training or more, make the batches cost the same to within 0.1.",
        lambda spread, epochs: epochs >= 5 and spread < 0.1,
        {"epochs": 6, "batch_size": 256},
    ),
}


def batch_size_paths(fig, X, Y):
    """Descent with batches of one size, beside size 1 and size m: the paths, each batch's cost, and the cost by epoch.

    X (1, m), Y (1, m): logistic regression, theta = (w, b). All start at START, and epoch by epoch all get the same
    shuffle. J by epoch is its mean over the updates of the epoch. Controls: batch_size, lr, epochs, compare (show size 1
    and size m as well).
    """
    objective, above, best = logistic(X, Y)
    m = X.shape[1]
    plane, noisy, trend = (axes[key] for axes in [fig.subplot_mosaic("AB;AC", width_ratios=(1.1, 1))] for key in "ABC")
    plots.style(fig)
    thin = {"linewidth": 0.8, "linestyle": "-", "zorder": 1.9}
    looks = {"your size": {"k": 0}, "size 1": {"k": 1, **thin}, "all m": {"k": 2}}
    paths, falls = (
        {
            name: plots.line(
                axes, label=name, marker=plots.MARKERS[look["k"]], markersize=7, markeredgecolor="white", **look
            )
            for name, look in looks.items()
        }
        for axes in (plane, trend)
    )
    batch = plots.line(noisy, 0, r"$J^{\{t\}}$ of each batch", linewidth=1.0, alpha=0.5)
    mean = plots.line(noisy, 6, "its mean over an epoch", linewidth=2)
    plots.contours(plane, lambda theta: [above(theta)], (-3, 5), (-3.5, 4))
    plane.plot(*best, "*", color="white", markeredgecolor=plots.INK, markersize=15)
    plane.plot(*START, "o", color="white", markeredgecolor=plots.INK, markersize=9)
    plane.set(xlabel="$w$", ylabel="$b$")
    noisy.set(xscale="log", xlim=(0.9, 12 * m), ylim=(0, 4), xlabel="update t", ylabel=r"$J^{\{t\}}$")
    plots.cost_axes(trend, 10, 1e-5, 10, log=True, unit="epochs")
    trend.set(ylabel="J above min.")
    named = plots.legend(noisy, plane, columns=3)
    entries = [
        pair for pair in zip(named.get_texts(), named.legend_handles) if pair[0].get_text() in ("size 1", "all m")
    ]

    walks = {}  # (size, lr) -> a run and what came out of it so far: whoever wants more epochs goes on from there

    def walk(size, lr, epochs):
        """The thetas and batch costs of a run, one pair more than its updates."""
        run, thetas, costs = walks.setdefault(
            (size, lr),
            (descend(objective, START, sgd, lr=lr, batches=endless(X, Y, size, np.random.default_rng(1))), [], []),
        )
        n = epochs * -(-m // size) + 1
        for theta, J in islice(run, max(0, n - len(costs))):
            thetas.append(theta)
            costs.append(J)
        return np.array(thetas[:n]), np.array(costs[:n])

    def update(batch_size, lr, epochs, compare=True):
        for artist in (*sum(entries, ()), *(lines[name] for lines in (paths, falls) for name in ("size 1", "all m"))):
            artist.set_visible(compare)
        known = all(
            len(walks.get((size, lr), [()])[-1]) > epochs * -(-m // size)
            for size in ((1, batch_size, m) if compare else (batch_size,))
        )
        for epoch in range(epochs if known else 1, epochs + 1):
            yield epoch / epochs, show(batch_size, lr, epoch, compare)

    def show(batch_size, lr, epoch, compare):
        """Walk so far, draw, and say where it has led."""
        last = {}
        for name, size in {"all m": m, "your size": batch_size, "size 1": 1}.items():
            if name != "your size" and not compare:
                continue
            thetas, costs = walk(size, lr, epoch)
            each = -(-m // size)
            means = np.append(above(START), above(thetas[1:]).reshape(epoch, each).mean(axis=1))
            last[name] = float(means[-1])
            paths[name].set_data(*np.clip(thetas, -20, 20).T)
            paths[name].set_markevery([len(thetas) - 1])
            falls[name].set_data(np.arange(epoch + 1), np.clip(means, 1e-6, 100))
            if name == "your size":
                t, seen = np.arange(1, len(costs)), np.clip(costs[:-1], 0, 50)
                batch.set_data(t, seen)
                total, back = np.append(0.0, np.cumsum(seen)), np.minimum(t, each)
                mean.set_data(t, (total[t] - total[t - back]) / back)  # over as many as there are, at first
                rises = np.diff(costs[:-1]) > 0
        many = -(-m // batch_size)
        rose = f"{rises.mean():.0%} of the steps" if rises.any() else "no step"
        said = ", ".join(f"{name} {J:.2g}" for name, J in last.items()) if compare else f"{last['your size']:.2g}"
        update.facts = {"last": last, "rises": float(rises.mean()) if len(rises) else 0.0}
        return (
            f"Size {batch_size}, alpha {lr:.3g}: {many} update{'s' * (many > 1)} an epoch; from batch to batch the "
            f"cost rose at {rose}. J above the minimum, mean over epoch {epoch}: {said}."
        )

    return update


def easy_and_hard(fig, X, Y):
    """The cost of each mini-batch of an epoch under one and the same theta, and the digits of one of these batches.

    X (64, m), Y (1, m): digits, read by a softmax of one layer. Controls: hardness (0 picks the batch with the lowest
    cost, 100 that with the highest), batch_size, epochs of training before, shuffled (else sorted by class).
    """
    net, classes = Net((64, 10), output="softmax"), one_hot(Y, 10)
    m, order = X.shape[1], np.argsort(Y[0], kind="stable")
    costs, digits = fig.subplots(1, 2, width_ratios=(1.25, 1))
    plots.style(fig)
    dots = costs.plot([], [], "o", color=plots.COLOURS[0], markersize=4, label="one batch")[0]
    mean = plots.line(costs, 6, "all examples", linewidth=1.4)
    picked = costs.plot(
        [],
        [],
        "s",
        color=plots.COLOURS[1],
        markersize=11,
        fillstyle="none",
        markeredgewidth=2.2,
        label="the batch on the right",
    )[0]
    picture = digits.imshow(np.zeros((2, 2)), cmap="Greys", vmin=0, vmax=1, extent=(0, 1, 1, 0))
    wrong = digits.plot([], [], "s", color=plots.COLOURS[1], fillstyle="none", markeredgewidth=1.8)[0]
    digits.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(1, 0), xlabel="framed: misread digits")
    digits.grid(False)
    costs.set(xlim=(0, 1), ylim=(0, 2.6), xlabel="place in the epoch (1 = the end)", ylabel="cost of the batch")
    plots.legend(costs)
    trained = {}

    def train(epochs):
        """theta after so many epochs, always of the same run."""
        if epochs not in trained:
            batches = endless(X, classes, 64, np.random.default_rng(0), n=epochs + 1)
            steps = epochs * -(-m // 64) + 1
            run = descend(partial(cost_and_grad, net), np.zeros(650), sgd, lr=0.3, batches=batches)
            trained[epochs] = final(run, steps)
        return trained[epochs][0]

    def update(hardness, batch_size, epochs, shuffled):
        theta = train(epochs)
        pairs = (
            list(minibatches(X, classes, batch_size, np.random.default_rng(3)))
            if shuffled
            else [(X[:, part], classes[:, part]) for part in np.split(order, range(batch_size, m, batch_size))]
        )
        Js = np.array([cost(net, theta, *pair) for pair in pairs]).round(9)
        n, t = len(Js), np.argsort(Js, kind="stable")[round(hardness / 100 * (len(Js) - 1))]
        X_t, Y_t = pairs[t]
        bad = np.flatnonzero(predict(net, theta, X_t)[0] != Y_t.argmax(axis=0))
        side = int(np.ceil(batch_size**0.5))
        draw_digits(X_t, bad, side)
        dots.set_data((np.arange(n) + 1) / n, Js)
        mean.set_data([0, 1], [cost(net, theta, X, classes)] * 2)
        picked.set_data([(t + 1) / n], [Js[t]])
        update.facts = {"cost": float(Js[t]), "spread": float(Js.max() - Js.min()), "wrong": len(bad)}
        misread = f"{len(bad)} of its {Y_t.shape[1]} digits {'is' if len(bad) == 1 else 'are'} misread"
        return (
            f"After {epochs} epoch{'s' * (epochs != 1)} of training, batch {t + 1} of {n} costs {Js[t]:.2f}, and {misread}; "
            f"the easiest batch costs {Js.min():.2f}, the hardest {Js.max():.2f}"
            f"{'' if shuffled else ', for the digits came sorted by class'}."
        )

    def draw_digits(X_t, bad, side):
        """The digits in rows of `side`, a white line between them, and frames around the misread ones."""
        tiles = np.zeros((side * side, 9, 9))
        tiles[: X_t.shape[1], :8, :8] = X_t.T.reshape(-1, 8, 8)
        picture.set_data(tiles.reshape(side, side, 9, 9).swapaxes(1, 2).reshape(9 * side, 9 * side))
        wrong.set_data((bad % side + 0.45) / side, (bad // side + 0.45) / side)
        wrong.set_markersize(200 / side)

    return update


def time_by_size(fig, X, Y):
    """Measured on this machine, for each batch size: the time of an update, of an epoch, and until J is low enough.

    X (64, m), Y (1, m): digits, read by a softmax of one layer; all start at zero and get the same shuffles, and each
    size has its best of six learning rates. Controls: batch_size to read off, below (the cost to get below; with HIDDEN
    the third picture stays empty).
    """
    net, classes = Net((64, 10), output="softmax"), one_hot(Y, 10)
    objective, m = partial(cost_and_grad, net), X.shape[1]
    sizes = np.array([4**k for k in range(9) if 4**k < m] + [m])
    each = -(-m // sizes)
    panels = dict(zip(("update", "epoch", "goal"), fig.subplots(1, 3)))
    plots.style(fig)
    lines = {name: plots.line(axes, k, marker=plots.MARKERS[k]) for k, (name, axes) in enumerate(panels.items())}
    rings = {
        name: axes.plot([], [], "o", color=plots.INK, markersize=14, fillstyle="none", markeredgewidth=1.8)[0]
        for name, axes in panels.items()
    }
    words = {name: plots.note(axes, 0.5, 0.99, ha="center", fontsize=11) for name, axes in panels.items()}
    for (name, axes), title in zip(panels.items(), ("one update", "one epoch", "until J is low")):
        axes.set(xscale="log", yscale="log", xlim=(0.6, 2 * m), ylim=(1e-5, 4), xlabel="batch size", title=title)
        axes.tick_params(labelleft=name == "update")
    panels["update"].set_ylabel("seconds, measured here")
    guess = plots.note(panels["goal"], 0.5, 0.5, "guess first", ha="center")
    seconds, needed = np.full(len(sizes), np.nan), {goal: np.full(len(sizes), np.nan) for goal in LOWER}
    best = dict.fromkeys(LOWER, {})

    def measure(k):
        """The quickest of 15 updates; and, with every rate of RATES, how many updates each goal takes."""
        theta, X_t, Y_t = np.zeros(650), X[:, : sizes[k]], classes[:, : sizes[k]]
        took = []
        for _ in range(15):
            begin = perf_counter()
            sgd(theta, objective(theta, X_t, Y_t)[1], lr=0.1)
            took.append(perf_counter() - begin)
        seconds[k] = min(took)
        run = descend(
            objective,
            np.zeros((len(RATES), 650)),
            sgd,
            lr=RATES,
            batches=endless(X, classes, int(sizes[k]), np.random.default_rng(1)),
        )
        for t, (theta, _) in enumerate(run):
            if t % max(1, each[k] // 16) == 0:
                J = cost(net, theta, X, classes)
                for goal in LOWER:
                    if J.min() < goal and np.isnan(needed[goal][k]):
                        needed[goal][k] = t
                        best[goal] = {**best[goal], k: RATES[J.argmin()]}
                if J.min() < min(LOWER):
                    break

    def update(batch_size, below):
        chosen = int(np.argmin(np.abs(np.log(sizes / batch_size))))
        for k in range(len(sizes)):
            if np.isnan(seconds[k]):
                measure(k)
                yield (k + 1) / len(sizes), show(chosen, below, k + 1)
        yield 1.0, show(chosen, below, len(sizes))

    def show(chosen, below, done):
        """Draw the sizes that are measured; the sentence has only what comes out the same on every machine."""
        for artist in (lines["goal"], rings["goal"], words["goal"]):
            artist.set_visible(below != HIDDEN)
        guess.set_visible(below == HIDDEN)
        goal = below or LOWER[1]
        for name, values in (("update", seconds), ("epoch", seconds * each), ("goal", seconds * needed[goal])):
            lines[name].set_data(sizes[:done], values[:done])
            at = min(chosen, done - 1)
            rings[name].set_data([sizes[at]], [values[at]])
            words[name].set_text(f"size {sizes[at]}: {span(values[at])}")
        if done < len(sizes):
            return f"Measuring batches of {sizes[done - 1]}."
        t = needed[goal]
        update.facts = {"updates": dict(zip(sizes.tolist(), t)), "rates": best[goal], "seconds": seconds}
        many = f"{each[chosen]} update{'s' if each[chosen] > 1 else ''} an epoch"
        if below == HIDDEN:
            return f"Size {sizes[chosen]}: {many}. How long they take on this machine, the picture says."
        return (
            f"Size {sizes[chosen]}: {many}, and J < {below} after {t[chosen]:.0f} updates, or "
            f"{t[chosen] / each[chosen]:.2g} epochs, with its best alpha {best[below][chosen]:g}; "
            f"all m at once: {t[-1]:.0f} epochs. How long that takes on this machine, the picture says."
        )

    return update


def span(seconds):
    """A time in two digits and a unit that fits.

    >>> span(0.00032)
    '0.32 ms'
    """
    return f"{1000 * seconds:.2g} ms" if seconds < 0.0995 else f"{seconds:.2g} s"
