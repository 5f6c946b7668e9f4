"""Transfer learning on digits: what lower layers have learned where labels are plenty, and their reuse where they are few."""

from functools import cache, partial

import numpy as np
from matplotlib.patches import Rectangle

from dlcourse.batches import epochs, train_dev_test_split
from dlcourse.datasets import augment, digits, one_hot
from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, cost_and_grad
from dlcourse.optimizers import adam
from dlcourse.parameters import mask, unpack
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Pick, Place
from dlcourse.scenes.kept import Kept
from dlcourse.training import descend
from dlcourse.transfer import good_and_bad, reuse, train_only

NET = Net((64, 64, 32, 1))  # is the digit odd?
LAYERS = {"no layer": [], "layer 1": ["W1", "b1"], "layers 1 and 2": ["W1", "b1", "W2", "b2"]}
SOURCES = ("ten digits", "good or bad records", "zeros and ones")
DRAWS, STEPS = 5, 150
SPREAD = np.linspace(-0.2, 0.2, DRAWS)
UNITS = 24  # of the first layer, those with the largest weights
PRESETS = {
    "layer": {source: {"source": source} for source in SOURCES},
    "labels": {
        "40 labels": {"labels": 40},
        "40, free": {"labels": 40, "thaw": 0},
        "40, thawed": {"labels": 40, "thaw": 75},
        "400 labels": {"labels": 400},
        "zeros and ones": {"labels": 40, "source": "zeros and ones"},
        "no labels before": {"labels": 40, "source": "good or bad records"},
    },
}
GOALS = {
    "one digit": Goal(
        "in the net that knows ten digits, find a unit for which 6 of the 8 pictures show the same digit.",
        lambda source, same: source == "ten digits" and same >= 6,
        {"source": "ten digits", "unit": 10},
    ),
    "thawing pays": Goal(
        "find a case in which it pays to thaw: dev accuracy 5 points or more above that of the layers that stay frozen.",
        lambda thawing: thawing >= 5,
        {"labels": 200, "source": "good or bad records", "thaw": 75, "lr": 0.01},
    ),
}


EPOCHS = {"ten digits": 10, "good or bad records": 5, "zeros and ones": 10}  # of the trained layers, on their own task


def pretraining(source):
    """(theta, shapes) of a net before training and after each epoch on the task called `source`; None is a pause."""
    (X, Y), *_ = prepared()
    rng = np.random.default_rng(1)
    if source == "ten digits":
        net, Y = Net((64, 64, 32, 10), output="softmax"), one_hot(Y, 10)
    elif source == "zeros and ones":
        net, X, Y = NET, X[:, Y[0] < 2], Y[:, Y[0] < 2]
    else:  # no label of a digit is used
        net = NET
        X, Y = good_and_bad(X, block=24, rng=rng)
    run = descend(
        partial(cost_and_grad, net),
        initialize(net.shapes, rng=rng),
        adam,
        lr=0.005,
        batches=epochs(X, Y, 64, rng, n=EPOCHS[source]),
        static=True,
    )
    steps = -(-X.shape[1] // 64)  # of an epoch
    for t, (theta, _) in enumerate(run):
        if t % steps == 0 or t == EPOCHS[source] * steps - 1:
            yield theta, net.shapes
        elif t % 20 == 0:
            yield None


pretrained = Kept(pretraining)


@cache
def prepared():
    """The pictures of the trained layers (X, Y), those to label, the dev set."""
    elsewhere, (X_pool, Y_pool), (X_dev, Y_dev) = train_dev_test_split(
        *digits(), np.random.default_rng(2), (0.5, 0.25, 0.25)
    )
    distort = partial(augment, rng=np.random.default_rng(4), max_shift=1, max_degrees=15)
    plenty = np.concatenate([distort(elsewhere[0]) for _ in range(8)], axis=1), np.tile(elsewhere[1], (1, 8))
    X_pool, X_dev = distort(X_pool), distort(X_dev)
    return plenty, (X_pool, Y_pool), (X_dev, Y_dev)


def mosaic(axes, rows, columns, title="", **look):
    """Pictures of 8 by 8 side by side: returns show(X), X (64, m) in rows; picture k lies at (k % columns, k // columns)."""
    edges = (-0.5, columns - 0.5, rows - 0.5, -0.5)
    image = axes.imshow(np.zeros((2, 2)), extent=edges, aspect="equal", interpolation="nearest", **look)
    axes.set(xticks=[], yticks=[], title=title)
    axes.grid(False)
    axes.spines[:].set_visible(False)

    def show(X):
        tiles = np.zeros((rows * columns, 10, 10))  # white
        tiles[: X.shape[1], 1:9, 1:9] = X.T.reshape(-1, 8, 8)
        image.set_data(tiles.reshape(rows, columns, 10, 10).swapaxes(1, 2).reshape(10 * rows, 10 * columns))

    return show


INKED, SIGNED = {"cmap": "Greys", "vmin": 0, "vmax": 1}, {"cmap": "RdBu", "vmin": -1, "vmax": 1}


def first_layer(fig):
    """The task of a net, the weights of its first layer as pictures while it learns, and what excites a unit most.

    Blue weights are positive, red ones negative. Facts: same, how many of the 8 pictures show one and the same digit;
    smooth, the correlation of neighbouring weights. Controls: source, the task; unit, one of the 24 with the largest weights.
    """
    (X, Y), (X_pool, Y_pool), _ = prepared()
    records, good = good_and_bad(X[:, :60], block=24, rng=np.random.default_rng(1))
    fresh = [(initialize(NET.shapes, rng=np.random.default_rng(3)), NET.shapes)]
    shown = {
        "not trained": ("nothing", X[:, :0]),
        "ten digits": ("which of the ten?", X[:, :12]),
        "good or bad records": ("good above, bad below", np.hstack([records[:, good[0] == k][:, :6] for k in (1, 0)])),
        "zeros and ones": ("zero or one?", np.hstack([X[:, Y[0] == k][:, :6] for k in (0, 1)])),
    }
    grid = fig.add_gridspec(2, 2)
    task, exciting, layer = (fig.add_subplot(part) for part in (grid[0, 0], grid[0, 1], grid[1, :]))
    plots.style(fig)
    show_task, show_layer = mosaic(task, 2, 6, **INKED), mosaic(layer, 2, UNITS // 2, "its first layer", **SIGNED)
    show_exciting = mosaic(exciting, 2, 4, "what excites this unit most", **INKED)
    frame = layer.add_patch(Rectangle((0, 0), 0.96, 0.96, fill=False, edgecolor=plots.COLOURS[4], linewidth=2.5))

    def smoothness(W):
        """Correlation of the weights of neighbouring pixels."""
        pictures = W.reshape(-1, 8, 8)
        pairs = [(pictures[:, 1:], pictures[:, :-1]), (pictures[:, :, 1:], pictures[:, :, :-1])]
        return float(np.corrcoef(*(np.concatenate([pair[k].ravel() for pair in pairs]) for k in (0, 1)))[0, 1])

    def spots(_=None):
        """Where each unit's picture lies."""
        return {k + 1: (k % (UNITS // 2), k // (UNITS // 2)) for k in range(UNITS)}

    def show(theta, shapes, unit):
        """The layer and what excites this unit; returns the digit that most of the pictures show, and facts."""
        W = unpack(theta, shapes)["W1"]
        strongest = np.argsort(-np.linalg.norm(W, axis=1))[:UNITS]
        chosen = strongest[unit - 1]
        excited = np.argsort(-(W[chosen] @ X_pool))[:8]
        digit, same = max(enumerate(np.bincount(Y_pool[0, excited].astype(int))), key=lambda pair: pair[1])
        show_layer(W[strongest].T), show_exciting(X_pool[:, excited])
        return digit, {"same": int(same), "smooth": smoothness(W)}

    def update(source, unit):
        name, pictures = shown[source]
        show_task(pictures)
        plots.change(task.title, text=f"its task: {name}")
        column, row = spots()[unit]
        frame.set_xy((column - 0.48, row - 0.48))
        drawn, said = 0, ""
        for nets in [fresh] if source == "not trained" else pretrained(source):
            if len(nets) > drawn:
                drawn, (digit, update.facts) = len(nets), show(*nets[-1], unit)
                share = 1.0 if nets is fresh else (drawn - 1) / EPOCHS[source]
                so_far = f", epoch {drawn - 1} of {EPOCHS[source]}" if share < 1 else ""
                said = (
                    f"Net: {source}{so_far}. Of the 8 pictures that excite unit {unit} most, {update.facts['same']} show a "
                    f"{digit}; weights of neighbouring pixels in this layer have a correlation of "
                    f"{abs(update.facts['smooth']):.2f}."
                )
            yield share, said

    update.handles, update.play, update.afresh = [Pick(layer, "unit", spots)], "unit", pretrained.forget
    return update


def few_labels(fig):
    """Is this tilted, shifted digit odd? A net from scratch, and one that starts with layers trained elsewhere.

    The trained layers saw half of the pictures, each distorted eight times; labels and the dev set come from the other
    half. Five draws of the labelled examples at once, the same for all nets. Controls: labels, how many odd and even digits
    in all; source, the task of the trained layers; reused, which of them; thaw, the step from which they move as well (the
    last step: never); lr of all layers from then on.
    """
    _, (X_pool, Y_pool), (X_dev, Y_dev) = prepared()
    Y_pool, Y_dev = Y_pool % 2, Y_dev % 2
    starts = initialize(NET.shapes, rng=np.random.default_rng(3), stack=(DRAWS,))
    names = ("from scratch", "reused, frozen", "reused, thawed")
    grid = fig.add_gridspec(2, 4, height_ratios=(1.8, 1))
    course, ends = fig.add_subplot(grid[0, :2]), fig.add_subplot(grid[0, 2:])
    below = [fig.add_subplot(grid[1, k]) for k in range(4)]
    plots.style(fig)
    curves = plots.lines(course, names, linewidth=2.4)
    dots = {
        name: ends.plot([], [], color=plots.COLOURS[k], marker=plots.MARKERS[k], linestyle="", markersize=8, alpha=0.8)[
            0
        ]
        for k, name in enumerate(names)
    }
    turn, here = (axes.axvline(0, color=plots.GREY, linewidth=1.6) for axes in (course, ends))
    course.set(xlim=(0, STEPS + 2), ylim=(40, 100), xlabel="step of Adam", ylabel="dev accuracy, %, mean")
    ends.set(xlim=(5.5, 720), ylim=(40, 100), xscale="log", xlabel="labels", title="each draw")
    plots.legend(course)
    show_labelled = mosaic(below[0], 2, 4, "labelled", **INKED)
    layers = [
        mosaic(axes, 2, 4, f"W1 {name}", **SIGNED) for axes, name in zip(below[1:], ("scratch", "frozen", "thawed"))
    ]

    def labelled(labels):
        """Half of the labels for even and half for odd digits, in five draws: X (5, 64, labels), Y (5, 1, labels)."""
        orders = [np.random.default_rng(10 + k).permutation(X_pool.shape[1]) for k in range(DRAWS)]
        picked = np.stack(
            [np.concatenate([order[Y_pool[0, order] == c][: labels // 2] for c in (0, 1)]) for order in orders]
        )
        return X_pool[:, picked].swapaxes(0, 1), Y_pool[:, picked].swapaxes(0, 1)

    def courses(objective, moved, free, thaw, lr):
        """(k, theta of each net): of the thawed one after step `thaw`, up to which it is the frozen one; (k, None) is a pause.

        From there all its layers move, with an optimizer that starts afresh.
        """
        frozen = descend(objective, moved, train_only, optimizer=adam, mask=free, lr=0.01, static=True)
        runs = [descend(objective, starts, adam, lr=0.01, static=True), frozen]
        for k in range(STEPS + 1):
            thetas = [next(runs[0])[0]]
            yield k, None
            thetas += [theta for theta, _ in map(next, runs[1:])]
            yield k, thetas
            if k == thaw < STEPS:
                runs.append(descend(objective, thetas[1], adam, lr=lr, static=True))
                next(runs[2])

    def learning(source, epoch):
        """Nothing to be seen yet: the layers that are to be reused learn their own task."""
        for artist in (*curves.values(), *dots.values()):
            artist.set_data([], [])
        for show in layers:
            show(np.empty((64, 0)))
        update.facts = {"thawing": np.nan}
        return (
            f"First the layers that will be reused learn their own task, {source}: epoch {epoch} of {EPOCHS[source]}."
        )

    def update(labels, source, reused, thaw=STEPS, lr=0.01):
        X_few, Y_few = labelled(labels)
        objective = partial(cost_and_grad, NET, X=X_few, Y=Y_few)
        free = mask(NET.shapes, [name for name in NET.shapes if name not in LAYERS[reused]])
        thaws = thaw < STEPS and reused != "no layer"
        update.idle = set() if thaws else {"lr"} | ({"source", "thaw"} if reused == "no layer" else set())
        turn.set_xdata([thaw, thaw])
        here.set_xdata([labels, labels])
        turn.set_visible(reused != "no layer")
        plots.change(below[3], visible=thaws)
        layers[2](np.empty((64, 0)))
        first = X_few[0]
        show_labelled(np.hstack([first[:, :4], first[:, labels // 2 : labels // 2 + 4]]))
        moved = starts
        if reused != "no layer":
            for nets in pretrained(source):
                if len(nets) <= EPOCHS[source]:
                    yield 0.0, learning(source, len(nets) - 1)
            moved = reuse(*nets[-1], starts, NET.shapes, LAYERS[reused])
        strongest = np.argsort(-np.linalg.norm(unpack(moved[0], NET.shapes)["W1"], axis=1))[:8]

        steps, scores, said = [], [], ""
        for k, thetas in courses(objective, moved, free, thaw if thaws else STEPS, lr):
            if thetas and k % 5 == 0:
                steps.append(k)
                found = [100 * accuracy(NET, theta, X_dev, Y_dev) for theta in thetas]
                if thaws and k <= thaw:
                    thetas, found = [*thetas, thetas[1]], [*found, found[1]]
                scores.append(found)  # (2 or 3, 5)
                mean = [float(score.mean()) for score in found]
                first_layers = [unpack(theta[0], NET.shapes)["W1"] for theta in thetas]
                for show, W in zip(layers, first_layers):
                    show(W[strongest].T)
                for n, name in enumerate(names):
                    first = thaw // 5 if n == 2 else 0  # until it thaws it is the frozen one
                    means = [score[n].mean() for score in scores[first:]] if n < len(mean) else []
                    curves[name].set_data(steps[first : first + len(means)], means)
                    last_dots = found[n] if n < len(mean) else []
                    dots[name].set_data(labels * 1.45 ** (n - 1 + SPREAD)[: len(last_dots)], last_dots)
                update.facts = {
                    "scratch": mean[0],
                    "frozen": mean[1],
                    "thawed": mean[-1],
                    "gain": mean[-1] - mean[0],
                    "thawing": mean[-1] - mean[1],
                    "each": np.array(found),
                    "moved": float(
                        np.linalg.norm(first_layers[-1] - first_layers[1]) / np.linalg.norm(first_layers[1])
                    ),
                }
                says = f"{mean[1]:.1f}% frozen" if reused != "no layer" else f"{mean[1]:.1f}%"
                says += f", {mean[2]:.1f}% thawed at step {thaw} with alpha {lr:.2g}" if thaws else ""
                said = (
                    f"With {labels} labels and {reused} reused from {source}: dev accuracy {says}; from scratch "
                    f"{mean[0]:.1f}%."
                )
            if said:
                yield k / STEPS, said

    update.handles, update.afresh = [Place(ends, "labels"), Place(course, "thaw")], pretrained.forget
    return update
