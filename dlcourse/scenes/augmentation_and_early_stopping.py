"""More data without collecting any, and stopping in time: a net on few handwritten digits."""

from functools import partial
from itertools import islice

import numpy as np

from dlcourse.batches import epochs as passes
from dlcourse.datasets import augment, mirrored, one_hot, rotated, shifted
from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, cost, cost_and_grad, forward
from dlcourse.optimizers import adam
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.training import descend, early_stopping, last

NET = Net((64, 64, 10), output="softmax")
DEV = ("centred", "moved")  # dev digits as the data set has them, or as a careless hand would place them
EPOCHS = 60

PRESETS = {
    "digits": {
        "slight": {"degrees": 10, "noise": 0.05},
        "one pixel": {"right": 1.0},
        "15 degrees": {"degrees": 15},
        "upside down": {"degrees": 180},
        "mirror": {"mirror": True},
    },
    "augmented": {
        "shift and turn": {"max_shift": 1, "max_degrees": 10},
        "same, centred dev": {"dev_digits": "centred", "max_shift": 1, "max_degrees": 10},
        "turn only": {"dev_digits": "centred", "max_degrees": 20},
    },
    "stopping": {
        "all 60 epochs": {"epochs": EPOCHS},
        "impatient": {"epochs": EPOCHS, "patience": 1},
        "right labels": {"epochs": EPOCHS, "wrong_labels": 0.0},
        "small alpha": {"epochs": EPOCHS, "lr": 0.001},
    },
}
GOALS = {
    "less than a pixel": Goal(
        "make the net fail on more than half by moving the digits alone, less than a pixel across and down.",
        lambda right, down, degrees, noise, mirror, read: (
            max(abs(right), abs(down)) < 1 and degrees == noise == mirror == 0 and read < 0.5
        ),
        {"right": 0.9, "down": 0.9},
    ),
    "not by turning": Goal(
        "with centred dev digits, find a distortion without turning that saves at least 1 in 100.",
        lambda dev_digits, max_degrees, plain, augmented: (
            dev_digits == "centred" and max_degrees == 0 and augmented <= plain - 0.0099
        ),
        {"dev_digits": "centred", "noise": 0.2},
    ),
    "L2 instead": Goal(
        f"with 30 % wrong labels, at most 20 % of the dev digits wrong at epoch {EPOCHS}, alpha as it is.",
        lambda epochs, wrong_labels, late, lr: (
            epochs == EPOCHS and wrong_labels >= 0.299 and late <= 0.20 and lr == 0.01
        ),
        {"epochs": EPOCHS, "lambd": 0.3},
    ),
}


def distorted_digits(fig, X, Y, X_dev, Y_dev):
    """Six digits and what a distortion makes of them, and how many of all dev digits a net can then still read.

    X (64, m), Y (1, m) train the net, undistorted. Controls: right, down (pixels, fractions too), degrees
    (counter-clockwise), noise (standard deviation), mirror.
    """
    theta, _ = last(
        descend(
            partial(cost_and_grad, NET, X=X, Y=one_hot(Y, 10)),
            initialize(NET.shapes, rng=np.random.default_rng(0)),
            adam,
            lr=0.01,
        ),
        150,
    )
    sure = forward(NET, theta, X_dev)[0] * one_hot(Y_dev, 10)  # the clearest of each digit are shown
    shown = [int(sure[digit].argmax()) for digit in (2, 3, 6, 7, 8, 9)]
    places = fig.subplots(2, len(shown))
    plots.style(fig)
    pictures = []
    for axes, i in zip(places.T, shown):
        pictures += [(axis.imshow(X_dev[:, i].reshape(8, 8), cmap="Greys", vmin=0, vmax=1)) for axis in axes][1:]
        axes[0].set_title(f"label {Y_dev[0, i]:.0f}")
        for axis in axes:
            axis.set(xticks=[], yticks=[])
            axis.grid(False)
    places[0, 0].set_ylabel("as it is")
    places[1, 0].set_ylabel("distorted")
    rng = np.random.default_rng(1)
    speckles = rng.normal(size=X_dev.shape)

    def update(right=0.0, down=0.0, degrees=0.0, noise=0.0, mirror=False):
        new = shifted(rotated(mirrored(X_dev) if mirror else X_dev, degrees), right, down)
        new = np.clip(new + noise * speckles, 0, 1)
        for picture, i in zip(pictures, shown):
            picture.set_data(new[:, i].reshape(8, 8))
        share = float(accuracy(NET, theta, new, one_hot(Y_dev, 10)))
        update.facts = {"read": share}
        what = "mirrored, " if mirror else ""
        return (
            f"Digits {what}turned by {degrees:.0f} degrees, moved {right:.1f} right and {down:.1f} down, "
            f"noise {noise:.2f}: a net that learned from undistorted ones reads {share:.0%} of {X_dev.shape[1]} by "
            f"their labels."
        )

    return update


def augmented_training(fig, X, Y, X_dev, Y_dev):
    """The same net trained on the digits alone, and on digits distorted anew at each step: train and dev cost of both.

    X (64, m), Y (1, m), and a dev set. Controls: max_shift, max_degrees, noise, mirror (half of the pictures), and dev:
    "centred" as the data set has them, or "moved", each by up to a pixel and 10 degrees.
    """
    steps, every = 300, 10
    start = np.tile(initialize(NET.shapes, rng=np.random.default_rng(0)), (2, 1))
    T, T_dev = one_hot(Y, 10), one_hot(Y_dev, 10)
    devs = {"centred": X_dev, "moved": augment(X_dev, np.random.default_rng(9), 1, 10.0, 0.0)}
    sides = dict(zip(("plain", "augmented"), fig.subplots(1, 2, sharey=True)))
    plots.style(fig)
    train, dev = (
        {name: plots.line(axes, k, label) for name, axes in sides.items()}
        for k, label in enumerate(("train digits", "dev digits"))
    )
    for name, axes in sides.items():
        plots.cost_axes(axes, steps, 1e-3, 10, log=True)
        axes.set_title(f"trained on {name} digits")
    sides["augmented"].set_ylabel("")
    plots.legend(*sides.values())

    def update(max_shift=0, max_degrees=0.0, noise=0.0, mirror=False, dev_digits=DEV[0]):
        def batches():
            rng = np.random.default_rng(3)
            while True:
                turned = np.where(rng.random(X.shape[1]) < 0.5, mirrored(X), X) if mirror else X
                yield np.stack([X, augment(turned, rng, max_shift, max_degrees, noise)]), T

        costs, D = [], devs[dev_digits]
        run = descend(partial(cost_and_grad, NET), start, adam, lr=0.005, batches=batches())
        for t, (theta, _) in zip(range(0, steps + 1, every), islice(run, 0, steps + 1, every)):
            costs.append([cost(NET, theta, X, T), cost(NET, theta, D, T_dev)])
            for k, name in enumerate(sides):
                for lines, values in zip((train, dev), np.array(costs)[:, :, k].T):
                    lines[name].set_data(every * np.arange(len(costs)), np.clip(values, 1e-4, 100))
            plain, new = (float(error) for error in 1 - accuracy(NET, theta, D, T_dev))
            gaps = costs[-1][1] - costs[-1][0]
            update.facts = {
                "plain": plain,
                "augmented": new,
                "gaps": gaps.tolist(),
                "train": costs[-1][0].tolist(),
                "done": t == steps,
            }
            yield (
                t / steps,
                (
                    f"After {t} steps on {X.shape[1]} digits: {plain:.0%} of the {dev_digits} dev digits are wrong "
                    f"without augmentation and {new:.0%} with shift {max_shift}, {max_degrees:.0f} degrees, "
                    f"noise {noise:.2f}{', mirrored' if mirror else ''}; the dev cost is {gaps[0]:.2f} and "
                    f"{gaps[1]:.2f} above the train cost."
                ),
            )

    return update


def stopping_early(fig, X, Y, X_dev, Y_dev):
    """Train and dev cost epoch by epoch; the best epoch, and where a given patience would have stopped.

    X (64, m), Y (1, m), and a dev set. Controls: epochs, how far training goes; patience in epochs; wrong_labels, the
    share of training labels that are wrong; lambd of an L2 penalty; lr.
    """
    batch_size = 32
    start, T_dev = initialize(NET.shapes, rng=np.random.default_rng(0)), one_hot(Y_dev, 10)
    axes = fig.subplots()
    plots.style(fig)
    train, dev = (plots.line(axes, k, label) for k, label in enumerate(("train cost", "dev cost")))
    best = axes.plot([], [], linestyle="none", marker="*", markersize=17, color=plots.COLOURS[2], label="best so far")[
        0
    ]
    end = axes.axvline(0, color=plots.INK, linewidth=1.4, linestyle=plots.DASHES[2], label="patience is over")
    plots.cost_axes(axes, EPOCHS, 0, 2.75, unit="epoch")
    plots.legend(axes)

    def update(patience=10, wrong_labels=0.2, lambd=0.0, lr=0.005, epochs=EPOCHS):
        rng = np.random.default_rng(5)
        wrong = rng.permutation(X.shape[1])[: round(wrong_labels * X.shape[1])]
        labels = Y.copy()
        labels[0, wrong] = (Y[0, wrong] + rng.integers(1, 10, len(wrong))) % 10
        T, every = one_hot(labels, 10), -(-X.shape[1] // batch_size)
        run = descend(
            partial(cost_and_grad, NET, lambd=lambd),
            start,
            adam,
            lr=lr,
            batches=passes(X, T, batch_size, np.random.default_rng(2)),
        )
        end.set_visible(False)
        pairs, costs = [], []
        for epoch, (theta, J) in enumerate(islice(run, 0, epochs * every + 1, every)):
            pairs.append((theta, J))
            costs.append([cost(NET, theta, X, T), cost(NET, theta, X_dev, T_dev)])
            for line, values in zip((train, dev), np.transpose(costs)):
                line.set_data(np.arange(epoch + 1), values)
            lowest = int(np.argmin([on_dev for _, on_dev in costs]))
            best.set_data([lowest], [costs[lowest][1]])
            if epoch < epochs:
                yield epoch / epochs, f"Epoch {epoch}: the dev cost is {costs[-1][1]:.2f}, its lowest was at {lowest}."
        theta, _, kept = early_stopping(pairs, partial(cost, NET, X=X_dev, Y=T_dev), patience)
        kept = int(kept)
        stopped, over = min(kept + patience, epochs), kept + patience <= epochs
        end.set(xdata=[stopped, stopped], visible=over)
        early, late = (float(1 - accuracy(NET, each, X_dev, T_dev)) for each in (theta, pairs[-1][0]))
        update.facts = {
            "kept": kept,
            "stopped": stopped,
            "over": over,
            "early": early,
            "late": late,
            "lowest": lowest,
            "train": [on_train for on_train, _ in costs],
            "dev": [on_dev for _, on_dev in costs],
        }
        with_ = f"(lambda {lambd:.1f}, {len(wrong)} wrong labels, alpha {lr:.3g})"
        if not over:
            yield (
                1.0,
                f"After {epochs} epoch{'s' * (epochs != 1)} patience {patience} is not over; best so far is epoch {kept}, "
                f"with {early:.0%} of the dev digits wrong and a train cost of {costs[kept][0]:.2f} {with_}.",
            )
            return
        yield (
            1.0,
            f"With patience {patience} training stops at epoch {stopped} and keeps epoch {kept}: {early:.0%} of the dev "
            f"digits are wrong, {late:.0%} at epoch {epochs}; the train cost is {costs[kept][0]:.2f} at epoch {kept} and "
            f"{costs[-1][0]:.2f} at epoch {epochs} {with_}.",
        )

    return update
