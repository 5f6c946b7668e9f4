"""Mini-batches: paths and costs by batch size, easy and hard batches, and the time that each size takes."""

from functools import partial
from itertools import islice
from time import perf_counter

import numpy as np

from dlcourse.batches import epochs as endless
from dlcourse.batches import minibatches
from dlcourse.datasets import one_hot
from dlcourse.network import Net, cost, cost_and_grad, forward
from dlcourse.optimizers import sgd
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Pick, Place
from dlcourse.scenes.kept import Kept, abreast
from dlcourse.scenes.one_feature import START, logistic
from dlcourse.training import descend
from dlcourse.training import last as final

RATES = np.array([0.03, 0.1, 0.3, 1.0, 3.0, 10.0])  # of these each batch size gets its best
LOWER = (0.5, 0.3, 0.2)  # costs to get below
EPOCHS = 10  # of each walk
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

    X (1, m), Y (1, m): logistic regression, theta = (w, b). All start at the same place, and epoch by epoch all get the
    same shuffle. J by epoch is its mean over the updates of the epoch. Controls: batch_size, lr, epochs, compare (show
    size 1 and size m as well); if wanted w and b, the start.
    """
    objective, above, best = logistic(X, Y)
    m = X.shape[1]
    plane, noisy, trend = (axes[key] for axes in [fig.subplot_mosaic("AB;AC", width_ratios=(1.1, 1))] for key in "ABC")
    plots.style(fig)
    draw = {name: _run(plane, trend, k, name) for k, name in enumerate(("your size", "size 1", "all m"))}
    draw_costs = _costs(noisy)
    plots.contours(plane, lambda theta: [above(theta)], (-3, 5), (-3.5, 4))
    plane.plot(*best, "*", color="white", markeredgecolor=plots.INK, markersize=15)
    begin = plane.plot([], [], "o", color="white", markeredgecolor=plots.INK, markersize=9)[0]
    plane.set(xlabel="$w$", ylabel="$b$")
    plots.cost_axes(trend, EPOCHS, 1e-5, 10, log=True, unit="epochs")
    trend.set(ylabel="J above min.")
    named = plots.legend(noisy, plane, columns=3)

    def walk(start, lr, size):
        """After each epoch all thetas and batch costs so far, a pair more than there are updates."""
        each = -(-m // size)
        thetas, costs = np.empty((EPOCHS * each + 1, 2)), np.empty(EPOCHS * each + 1)
        batches = endless(X, Y, size, np.random.default_rng(1))
        run = descend(objective, np.array(start), sgd, lr=lr, batches=batches, static=True)
        for t, pair in enumerate(islice(run, len(costs))):
            thetas[t], costs[t] = pair
            if t and t % each == 0:
                yield thetas[: t + 1], costs[: t + 1]

    kept = Kept(walk, most=12)

    def update(batch_size, lr, epochs, compare=True, w=START[0], b=START[1]):
        sizes = {"all m": m, "your size": batch_size, "size 1": 1} if compare else {"your size": batch_size}
        for text, handle in zip(named.get_texts(), named.legend_handles):
            for artist in (text, handle):
                artist.set_visible(text.get_text() in sizes or text.get_text() not in draw)
        begin.set_data([w], [b])
        shown, said = 0, ""
        for walks in abreast(kept((w, b), lr, size) for size in sizes.values()):
            epoch = min(len(walks[0]), epochs)
            if epoch > shown:
                so_far = {name: walk[epoch - 1] for name, walk in zip(sizes, walks)}
                shown, said = epoch, show(so_far, batch_size, lr, epoch)
            yield epoch / epochs, said
            if epoch == epochs:
                return

    def show(walks, size, lr, epoch):
        """Draw the walks so far, {name: (thetas, costs)}, and say where each has led."""
        last = {}
        for name in draw.keys() - walks.keys():
            draw[name](np.empty((0, 2)), np.empty(0))
        for name, (thetas, costs) in walks.items():
            means = np.append(above(thetas[0]), above(thetas[1:]).reshape(epoch, -1).mean(axis=1))
            draw[name](thetas, means)
            last[name] = float(means[-1])
            if name == "your size":
                rises = draw_costs(costs[:-1], epoch)
        many = -(-m // size)
        rose = f"{rises:.0%} of the steps" if rises else "no step"
        said = ", ".join(f"{name} {J:.2g}" for name, J in last.items()) if len(last) > 1 else f"{last['your size']:.2g}"
        update.facts = {"last": last, "rises": rises}
        return (
            f"Size {size}, alpha {lr:.3g}: {many} update{'s' * (many > 1)} an epoch; from batch to batch the "
            f"cost rose at {rose}. J above the minimum, mean over epoch {epoch}: {said}."
        )

    update.play, update.handles, update.afresh = "epochs", [Place(plane, "w", "b", name="start")], kept.forget
    return update


def _run(plane, trend, k, name):
    """The path of a run, a dot for each of its steps, and its cost by epoch. Returns what draws them."""
    pale = {"linewidth": 0.8, "linestyle": "-", "zorder": 1.9} if name == "size 1" else {}
    look = {"label": name, "marker": plots.MARKERS[k], "markersize": 7, "markeredgecolor": "white", **pale}
    path, fall = plots.line(plane, k, **{"linewidth": 1.2, **look}), plots.line(trend, k, **look)
    walked = [path] if pale else [path, plots.line(plane, k, linestyle="none", marker="o", markersize=3.5, zorder=1.95)]
    beyond = [plots.arrows(axes, color=path.get_color()) for axes in (plane, trend)]

    def draw(thetas, means):
        epochs, means = np.arange(len(means)), np.maximum(means, 1e-12)
        for line in walked:
            line.set_data(*thetas.T)
        fall.set_data(epochs, means)
        path.set_markevery([len(thetas) - 1] if len(thetas) else None)
        for arrow, x, y in zip(beyond, (thetas[:, 0], epochs), (thetas[:, 1], means)):
            arrow(x, y, curve=True)

    return draw


def _costs(axes):
    """The cost of each batch, pale, and over it their mean over the last epoch. Returns what draws them."""
    batch = plots.line(axes, 0, r"$J^{\{t\}}$ of each batch", linewidth=1.0, alpha=0.35)
    mean, beyond = plots.line(axes, 6, "its mean over an epoch", linewidth=2), plots.arrows(axes)
    axes.set(xlim=(0, 10), ylim=(0, 4), ylabel=r"$J^{\{t\}}$")

    def draw(costs, epochs):
        """Returns at which share of the steps the cost rose."""
        t = np.arange(1, len(costs) + 1)
        total, back = np.append(0.0, np.cumsum(costs)), np.minimum(t, len(costs) // epochs)
        means = (total[t] - total[t - back]) / back  # over as many as there are, at first
        for line, y in ((batch, costs), (mean, means)):
            line.set_data(t * epochs / len(costs), y)
        beyond(t * epochs / len(costs), means, curve=True)
        return float((np.diff(costs) > 0).mean()) if len(costs) > 1 else 0.0

    return draw


def easy_and_hard(fig, X, Y):
    """The cost of each mini-batch of an epoch under one and the same theta, and the digits of one of these batches.

    X (64, m), Y (1, m): digits, read by a softmax of one layer. Controls: hardness (0 picks the batch with the lowest
    cost, 100 that with the highest), batch_size, epochs of training before, shuffled (else sorted by class).
    """
    net, classes = Net((64, 10), output="softmax"), one_hot(Y, 10)
    train, cut = _trained(net, X, classes), _cut(X, Y, classes)
    costs, digits = fig.subplots(1, 2, width_ratios=(1.25, 1))
    plots.style(fig)
    dots = costs.plot([], [], "o", color=plots.COLOURS[0], markersize=4, label="one batch")[0]
    mean = plots.line(costs, 6, "all examples", linewidth=1.4)
    frame = {"color": plots.COLOURS[1], "fillstyle": "none"}
    picked = costs.plot([], [], "s", markersize=11, markeredgewidth=2.2, label="the batch on the right", **frame)[0]
    costs.set(xlim=(0, 1.02), ylim=(0, 2.6), xlabel="place in the epoch (1 = the end)", ylabel="cost of the batch")
    show_digits = _digits(digits)
    plots.legend(costs)
    spots = {}  # hardness: place of its batch

    def update(hardness, batch_size, epochs, shuffled):
        theta, pairs = train(epochs), cut(batch_size, shuffled)
        Js = np.array([cost(net, theta, *pair) for pair in pairs]).round(9)
        n, by_cost = len(Js), np.argsort(Js, kind="stable")
        places = (np.arange(n) + 1) / n
        spots.clear()
        spots.update({round(200 * k / (n - 1)) / 2: (places[t], Js[t]) for k, t in enumerate(by_cost)})
        t = by_cost[round(hardness / 100 * (n - 1))]
        X_t, Y_t = pairs[t]
        A, truth = forward(net, theta, X_t)[0], Y_t.argmax(axis=0)
        read, each = A.argmax(axis=0), -np.log(A[truth, np.arange(len(truth))]).round(9)
        bad = np.flatnonzero(read != truth)
        worst = bad[each[bad].argmax()] if len(bad) and np.ptp(each) else None
        show_digits(
            X_t, int(np.ceil(batch_size**0.5)), bad, worst, f"read as {read[worst]}" if worst is not None else ""
        )
        dots.set_data(places, Js)
        mean.set_data([0, 1], [cost(net, theta, X, classes)] * 2)
        picked.set_data([places[t]], [Js[t]])

        update.facts = {"cost": float(Js[t]), "spread": float(np.ptp(Js)), "wrong": len(bad)}
        misread = f"{len(bad)} of its {len(truth)} digits {'is' if len(bad) == 1 else 'are'} misread"
        if worst is not None:
            misread += f", the most costly a {truth[worst]} read as {read[worst]}"
        return (
            f"After {epochs} epoch{'s' * (epochs != 1)} of training, batch {t + 1} of {n} costs {Js[t]:.2f}, and {misread}; "
            f"the easiest batch costs {Js.min():.2f}, the hardest {Js.max():.2f}"
            f"{'' if shuffled else ', for the digits came sorted by class'}."
        )

    update.play = "epochs"
    update.handles = [Pick(costs, "hardness", lambda values: spots, name="batch, from the easiest to the hardest")]
    return update


def _trained(net, X, classes):
    """train(epochs): theta after so many, always of the same run."""
    thetas, many = [], -(-X.shape[1] // 64)
    batches = endless(X, classes, 64, np.random.default_rng(0))
    run = descend(partial(cost_and_grad, net), np.zeros(650), sgd, lr=0.3, batches=batches, static=True)

    def train(epochs):
        while len(thetas) <= epochs:
            thetas.append(final(run, many if thetas else 1)[0])
        return thetas[epochs]

    return train


def _cut(X, Y, classes):
    """cut(batch_size, shuffled): the mini-batches of an epoch; sorted by class, if not shuffled."""
    order = np.argsort(Y[0], kind="stable")

    def cut(batch_size, shuffled):
        if shuffled:
            return list(minibatches(X, classes, batch_size, np.random.default_rng(3)))
        return [(X[:, part], classes[:, part]) for part in np.split(order, range(batch_size, len(order), batch_size))]

    return cut


def _digits(axes):
    """Digits in rows, frames around the misread ones, and what the most costly is read as. Returns what draws them."""
    picture = axes.imshow(np.zeros((2, 2)), cmap="Greys", vmin=0, vmax=1, extent=(0, 1, 1, 0))
    frames, thick = (plots.line(axes, 1, linestyle="-", linewidth=wide) for wide in (1.8, 4))
    words = plots.note(axes, 0, 0, transform=axes.transData, color=plots.COLOURS[1], weight="bold")
    words.set_bbox({"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1})
    axes.set(xticks=[], yticks=[], xlim=(-0.01, 1), ylim=(1, -0.01), xlabel="framed: misread digits")
    axes.grid(False)

    def show(X_t, side, bad, worst, read):
        """Rows of `side`; bad: the numbers of the misread ones; worst: that of the most costly, or None."""
        tiles = np.zeros((side * side, 9, 9))  # with a white line between them
        tiles[: X_t.shape[1], :8, :8] = X_t.T.reshape(-1, 8, 8)
        picture.set_data(tiles.reshape(side, side, 9, 9).swapaxes(1, 2).reshape(9 * side, 9 * side))
        for line, which in ((frames, bad), (thick, np.array([] if worst is None else [worst], int))):
            across, down = np.array([[0, 1, 1, 0, 0, np.nan], [0, 0, 1, 1, 0, np.nan]]) * 8 / 9
            x, y = np.add.outer(which % side, across) / side, np.add.outer(which // side, down) / side
            line.set_data(x.ravel(), y.ravel())
        words.set_text(read)
        if worst is not None:
            left, last = worst % side < side / 2, worst // side == side - 1  # words go to where there is room
            words.set(ha="left" if left else "right", va="bottom" if last else "top")
            words.set_position(
                ((worst % side + (0 if left else 8 / 9)) / side, (worst // side + (0 if last else 0.95)) / side)
            )

    return show


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
    guess = plots.note(panels["goal"], 0.5, 0.5, "guess first", ha="center", backgroundcolor="white")
    grips = [axes.axvline(1, 0, 0.92, color=plots.GREY, linewidth=1.6, zorder=1.5) for axes in panels.values()]
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
            static=True,
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

    def nearest(batch_size):
        return int(np.argmin(np.abs(np.log(sizes / batch_size))))

    def update(batch_size, below):
        chosen = nearest(batch_size)
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
        for grip in grips:
            grip.set_xdata([sizes[chosen]] * 2)
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

    update.handles = [
        Place(
            axes,
            "batch_size",
            get=lambda values: (sizes[nearest(values["batch_size"])], None),
            put=lambda values, x, y: {"batch_size": x},
            name=f"batch size, {axes.get_title()}",
        )
        for axes in panels.values()
    ]
    return update


def span(seconds):
    """A time in two digits and a unit that fits.

    >>> span(0.00032)
    '0.32 ms'
    """
    return f"{1000 * seconds:.2g} ms" if seconds < 0.0995 else f"{seconds:.2g} s"
