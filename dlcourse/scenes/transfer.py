"""Transfer learning on digits: lower layers trained where labels are plenty, reused where they are few."""

from functools import partial
from itertools import islice

import numpy as np

from dlcourse.batches import epochs, train_dev_test_split
from dlcourse.datasets import augment, digits, one_hot
from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, cost_and_grad
from dlcourse.optimizers import adam
from dlcourse.parameters import mask
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.training import descend, last
from dlcourse.transfer import good_and_bad, reuse, train_only

NET = Net((64, 64, 32, 1))  # is the digit odd?
LAYERS = {"no layer": [], "layer 1": ["W1", "b1"], "layers 1 and 2": ["W1", "b1", "W2", "b2"]}
SOURCES = ("ten digits", "good or bad records", "zeros and ones")
DRAWS, STEPS = 5, 150
PRESETS = {
    "labels": {
        "40 labels": {"labels": 40},
        "40, free": {"labels": 40, "thaw": 0},
        "40, thawed": {"labels": 40, "thaw": 75},
        "400 labels": {"labels": 400},
        "zeros and ones": {"labels": 40, "source": "zeros and ones"},
        "no labels before": {"labels": 40, "source": "good or bad records"},
    }
}
GOALS = {
    "thawing pays": Goal(
        "find a case in which it pays to thaw: dev accuracy 5 points or more above that of the layers that stay frozen.",
        lambda thawing: thawing >= 5,
        {"labels": 200, "source": "good or bad records", "thaw": 75, "lr": 0.01},
    )
}


def pretrained(X, Y, source):
    """(theta, shapes) of a net trained on the auxiliary task called `source`, with all of X (64, m), Y (1, m)."""
    rng, epochs_of = np.random.default_rng(1), 10
    if source == "ten digits":
        net, Y = Net((64, 64, 32, 10), output="softmax"), one_hot(Y, 10)
    elif source == "zeros and ones":
        net, X, Y = NET, X[:, Y[0] < 2], Y[:, Y[0] < 2]
    else:  # no label of a digit is used
        net, epochs_of = NET, 5
        X, Y = good_and_bad(X, block=24, rng=rng)
    run = descend(
        partial(cost_and_grad, net),
        initialize(net.shapes, rng=rng),
        adam,
        lr=0.005,
        batches=epochs(X, Y, 64, rng, n=epochs_of),
    )
    return last(run)[0], net.shapes


def few_labels(fig):
    """Is this tilted, shifted digit odd? A net from scratch, and one that starts with layers trained elsewhere.

    The trained layers saw half of the pictures, each distorted eight times; labels and the dev set come from the other
    half. Five draws of the labelled examples at once, the same for all nets. Controls: labels, how many odd and even digits
    in all; source, the task of the trained layers; reused, which of them; thaw, the step from which they move as well (the
    last step: never); lr of all layers from then on.
    """
    elsewhere, (X_pool, Y_pool), (X_dev, Y_dev) = train_dev_test_split(
        *digits(), np.random.default_rng(2), (0.5, 0.25, 0.25)
    )
    distort = partial(augment, rng=np.random.default_rng(4), max_shift=1, max_degrees=15)
    plenty = np.concatenate([distort(elsewhere[0]) for _ in range(8)], axis=1), np.tile(elsewhere[1], (1, 8))
    X_pool, X_dev, Y_pool, Y_dev = distort(X_pool), distort(X_dev), Y_pool % 2, Y_dev % 2
    trained = {source: pretrained(*plenty, source) for source in SOURCES}
    starts = initialize(NET.shapes, rng=np.random.default_rng(3), stack=(DRAWS,))

    course, ends = fig.subplots(1, 2, width_ratios=(2, 1))
    plots.style(fig)
    names = ("from scratch", "reused, frozen", "reused, thawed")
    curves = plots.lines(course, names, linewidth=2.4)
    dots = {
        name: ends.plot([], [], color=plots.COLOURS[k], marker=plots.MARKERS[k], linestyle="", markersize=8, alpha=0.8)[
            0
        ]
        for k, name in enumerate(names)
    }
    turn = course.axvline(0, color=plots.INK, linewidth=1.2, linestyle=":")
    course.set(xlim=(0, STEPS), ylim=(40, 100), xlabel="step of Adam", ylabel="dev accuracy, %, mean")
    ends.set(xlim=(-0.6, 2.6), ylim=(40, 100), title="each draw")
    ends.set_xticks([0, 1, 2], ["scratch", "frozen", "thawed"])
    plots.legend(course)

    def labelled(labels):
        """Half of the labels for even and half for odd digits, in five draws: X (5, 64, labels), Y (5, 1, labels)."""
        orders = [np.random.default_rng(10 + k).permutation(X_pool.shape[1]) for k in range(DRAWS)]
        picked = np.stack(
            [np.concatenate([order[Y_pool[0, order] == c][: labels // 2] for c in (0, 1)]) for order in orders]
        )
        return X_pool[:, picked].swapaxes(0, 1), Y_pool[:, picked].swapaxes(0, 1)

    def thawed_later(run, objective, thaw, lr):
        """The pairs of `run` up to step `thaw`; from there all layers move, with an optimizer that starts afresh."""
        yield from islice(run, thaw)
        theta, _ = next(run)
        yield from descend(objective, theta, adam, lr=lr)

    def update(labels, source, reused, thaw=STEPS, lr=0.01):
        X_few, Y_few = labelled(labels)
        objective = partial(cost_and_grad, NET, X=X_few, Y=Y_few)
        theta, shapes = trained[source]
        moved = reuse(theta, shapes, starts, NET.shapes, LAYERS[reused])
        free = mask(NET.shapes, [name for name in NET.shapes if name not in LAYERS[reused]])
        thaws = thaw < STEPS and reused != "no layer"
        update.idle = set() if thaws else {"lr"} | ({"source", "thaw"} if reused == "no layer" else set())
        turn.set_xdata([thaw, thaw])
        turn.set_visible(thaws)

        def frozen():
            return descend(objective, moved, train_only, optimizer=adam, mask=free, lr=0.01)

        runs = [descend(objective, starts, adam, lr=0.01), frozen()]
        runs += [thawed_later(frozen(), objective, thaw, lr)] if thaws else []
        steps, scores = [], []
        for k, pairs in enumerate(islice(zip(*runs), STEPS + 1)):
            if k % 5 == 0:
                steps.append(k)
                scores.append([100 * accuracy(NET, theta, X_dev, Y_dev) for theta, _ in pairs])  # (2 or 3, 5)
                mean = [float(score.mean()) for score in scores[-1]]
                for n, name in enumerate(names):
                    first = thaw // 5 if n == 2 else 0  # until it thaws it is the frozen one
                    means = [score[n].mean() for score in scores[first:]] if n < len(runs) else []
                    curves[name].set_data(steps[first : first + len(means)], means)
                    last_dots = scores[-1][n] if n < len(runs) else []
                    dots[name].set_data(np.linspace(n - 0.3, n + 0.3, DRAWS)[: len(last_dots)], last_dots)
                update.facts = {
                    "scratch": mean[0],
                    "frozen": mean[1],
                    "thawed": mean[-1],
                    "gain": mean[-1] - mean[0],
                    "thawing": mean[-1] - mean[1],
                    "each": np.array(scores[-1]),
                }
                says = f"{mean[1]:.1f}% frozen" if reused != "no layer" else f"{mean[1]:.1f}%"
                says += f", {mean[2]:.1f}% thawed at step {thaw} with alpha {lr:.2g}" if thaws else ""
                yield (
                    k / STEPS,
                    f"With {labels} labels and {reused} reused from {source}: dev accuracy {says}; from scratch "
                    f"{mean[0]:.1f}%.",
                )

    return update
