"""The recipe: the notes' default configuration on real digits, each ingredient to be exchanged."""

from functools import partial
from itertools import chain, islice

import numpy as np

from dlcourse.batches import epochs, train_dev_test_split
from dlcourse.datasets import digits, one_hot
from dlcourse.initializers import glorot, he, initialize, xavier, zeros
from dlcourse.network import Net, accuracy, batch_statistics, cost, cost_and_grad
from dlcourse.normalization import running_statistics
from dlcourse.optimizers import adam, adamw, momentum, nadam, rmsprop, sgd
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Pick, Place
from dlcourse.scenes.kept import Kept
from dlcourse.schedules import one_cycle
from dlcourse.training import descend

DIMS, SEEDS, EPOCHS, BATCH = (64, 32, 32, 32, 32, 10), 5, 20, 50
STARTS = {"He": he, "Xavier": xavier, "Glorot": glorot, "normal, 1": 1.0, "normal, 0.01": 0.01, "zeros": zeros}
STEPS = {"momentum": momentum, "descent": sgd, "RMSprop": rmsprop, "Adam": adam, "AdamW": adamw, "Nadam": nadam}
RECIPE = dict(
    start="He",
    activation="elu",
    batch_norm=True,
    lambd=1.0,
    early_stopping=True,
    optimizer="momentum",
    lr=0.5,
    cycle=True,
)

INGREDIENTS = [name for name in RECIPE if name != "early_stopping"]  # which only chooses among the epochs
UPDATES = EPOCHS * 300 // BATCH
TOP = (0.3 * (UPDATES + 1) - 1) * EPOCHS / UPDATES  # the epoch at which one-cycle is highest
LOWEST = 80  # percent; what lies below is an arrow at the edge
PRESETS = {
    "recipes": {
        "the notes": {},
        "today": {"activation": "relu", "optimizer": "AdamW", "lr": 0.01},
        "bare": {"activation": "sigmoid", "batch_norm": False, "cycle": False, "optimizer": "descent"},
        "zeros": {"start": "zeros", "batch_norm": False},
    }
}
GOALS = {
    "another optimizer": Goal(
        "with another optimizer be as good as the notes' recipe, or better, in 4 of the 5 seeds; keep the test set closed.",
        lambda optimizer, won, test: optimizer != "momentum" and won >= 4 and not test,
        {"optimizer": "Adam", "lr": 0.01},
    )
}


def splits():
    """Train, dev and test set for each seed: X (5, 64, m), Y (5, 10, m), with m = 300, 300, 1197."""
    X, Y = digits()
    parts = [
        train_dev_test_split(X, one_hot(Y, 10), np.random.default_rng(k), (300 / 1797, 300 / 1797, 1197 / 1797))
        for k in range(SEEDS)
    ]
    return [tuple(np.stack(arrays) for arrays in zip(*part)) for part in zip(*parts)]


def recipe(fig):
    """Train a 64-32-32-32-32-10 net on 300 digits, five times: other splits, other starts; all five in one pass.

    Each dot is one seed, joined to what the notes' recipe gives with the same seed; the dashed line is their mean. Facts:
    ahead, the mean difference to the notes' recipe, seed by seed, and won, in how many seeds it is at least as good.
    Controls: start, activation, batch_norm, lambd, early_stopping, optimizer, lr,
    cycle (the one-cycle schedule), test (look at the test set). Below the costs is alpha, update by update.
    """
    train, dev, test_set = splits()
    grid = fig.add_gridspec(2, 2, width_ratios=(2, 1), height_ratios=(2.6, 1))
    curves, ends = fig.add_subplot(grid[0, 0]), fig.add_subplot(grid[:, 1])
    rates = fig.add_subplot(grid[1, 0], sharex=curves)
    plots.style(fig)
    drawn = plots.lines(curves, ("train", "dev"), linewidth=2.2)
    chosen = curves.plot([], [], color=plots.COLOURS[2], marker="*", markersize=15, linestyle="", label="epoch taken")[
        0
    ]
    dots = [
        ends.plot([], [], color=plots.COLOURS[k], marker=plots.MARKERS[k], linestyle="", markersize=8, alpha=0.8)[0]
        for k in (1, 2)
    ]
    bar = ends.axhline(np.nan, color=plots.INK, linestyle="--", linewidth=1.4, label="the notes, dev")
    below = plots.arrows(ends, "v", color=plots.COLOURS[1])
    beyond = [plots.arrows(curves, "v^", color=each.get_color()) for each in (*drawn.values(), chosen)]
    joints = ends.plot([], [], color=plots.COLOURS[7], linewidth=1.2)[0]
    theirs = ends.plot([], [], color=plots.COLOURS[7], marker="_", linestyle="", markersize=8, markeredgewidth=2)[0]
    rate = plots.line(rates, 6)
    updates = np.arange(UPDATES + 1)
    peak = rates.plot([], [], "o", color=plots.INK, markersize=7)[0]
    curves.set(xlim=(0, EPOCHS), ylim=(0.01, 20), yscale="log", ylabel="cost J", xticks=range(0, EPOCHS + 1, 5))
    curves.tick_params(labelbottom=False)
    rates.set(ylim=(1e-4, 30), yscale="log", xlabel="epoch", ylabel=r"$\alpha$")
    ends.set(xlim=(-0.6, 1.6), ylim=(LOWEST, 100), title="accuracy, %")
    ends.set_xticks([0, 1], ["dev", "test"])
    lid = ends.axvspan(0.5, 1.6, color=plots.PALE, zorder=0.5)
    closed = plots.note(ends, 0.73, 0.5, "closed", rotation=90, ha="center", va="center")
    plots.legend(curves, ends)

    def alpha_of(lr, cycle):
        """alpha at update t, as a function of t."""
        return partial(one_cycle, lr, total=UPDATES + 1) if cycle else lambda t: np.full(np.shape(t), lr)

    def trained(start, activation, batch_norm, lambd, optimizer, lr, cycle):
        """After each epoch train and dev cost and dev accuracy of each seed, (3, 5), theta and stats; pauses between."""
        net = Net(DIMS, activation, "softmax", batch_norm)
        theta = initialize(net.shapes, STARTS[start], rng=np.random.default_rng(5), stack=(SEEDS,))
        batches, each = epochs(*train, BATCH, np.random.default_rng(6), n=EPOCHS), UPDATES // EPOCHS
        first = list(islice(batches, each))  # the first epoch
        rate = alpha_of(lr, cycle)
        run = descend(
            partial(cost_and_grad, net, lambd=lambd),
            theta,
            STEPS[optimizer],
            lr=rate,
            batches=chain(first, batches, first[:1]),
            static=True,
        )  # one pair more, to see what the last step gives
        for t, (theta, J) in enumerate(run):
            if t % each:
                yield None
                continue
            stats = running_statistics(batch_statistics(net, theta, X) for X, _ in first) if batch_norm else None
            with np.errstate(all="ignore"):
                costs = [np.nan_to_num(cost(net, theta, *part, stats), nan=np.inf) for part in (train, dev)]
                looks = np.array([*costs, 100 * accuracy(net, theta, *dev, stats)])
            yield looks, theta, stats
            if not np.isfinite(J).all():
                return

    kept = Kept(trained, most=3)

    def tested(frames, taken, activation, batch_norm):
        """Test accuracy of each seed in percent, with theta as it was after the epoch that is taken."""
        _, thetas, stats = zip(*(frames[epoch] for epoch in taken))
        theta = np.stack([each[k] for k, each in enumerate(thetas)])
        stats = np.stack([each[k] for k, each in enumerate(stats)]) if batch_norm else None
        with np.errstate(all="ignore"):
            return 100 * accuracy(Net(DIMS, activation, "softmax", batch_norm), theta, *test_set, stats)

    def follow(early_stopping, test, **ingredients):
        """(epoch, costs (epochs + 1, 2, 5), epoch taken by each seed, dev and test accuracy of each seed in percent)."""
        seen = -1, None, None, None
        for frames in kept(*(ingredients[name] for name in INGREDIENTS)):
            if len(frames) - 1 > seen[0]:
                looks = np.array([each for each, *_ in frames])
                J, scores = looks[:, :2], looks[:, 2]
                taken = J[:, 1].argmin(axis=0) if early_stopping else np.full(SEEDS, len(J) - 1)
                best = [scores[taken, np.arange(SEEDS)]]
                if test:
                    if seen[0] >= 0:
                        yield seen  # a turn of the page
                    best.append(tested(frames, taken, ingredients["activation"], ingredients["batch_norm"]))
                seen = len(J) - 1, J, taken, np.array(best)
            yield seen

    *_, (_, _, _, reference) = follow(test=False, **RECIPE)
    bar.set_ydata([reference[0].mean()] * 2)
    place = np.linspace(-0.3, 0.3, SEEDS)
    theirs.set_data(place, reference[0])

    def update(start, activation, batch_norm, lambd, early_stopping, optimizer, lr, cycle, test):
        ingredients = dict(
            start=start,
            activation=activation,
            batch_norm=batch_norm,
            lambd=lambd,
            optimizer=optimizer,
            lr=lr,
            cycle=cycle,
        )
        rate.set_data(updates / UPDATES * EPOCHS, alpha_of(lr, cycle)(updates))
        peak.set_data([TOP], [lr])
        for artist in (lid, closed):
            artist.set_visible(not test)
        shown = -1
        for epoch, J, taken, best in follow(early_stopping, test, **ingredients):
            if epoch > shown:
                shown, says = epoch, show(J, taken, best)
                if epoch < EPOCHS and not np.isfinite(J[-1]).all():
                    too_high = f"The cost overflows in epoch {epoch}: lower the learning rate, it is {lr:.2g}."
                    yield 1.0, f"{too_high} Up to there: {says}."
                    return
                says += f"; as good as the notes' recipe or better in {update.facts['won']} of {SEEDS} seeds"
            yield epoch / EPOCHS, f"With {activation}, {start} start and {optimizer}: {says}."

    def show(J, taken, best):
        """Costs so far, the epochs taken and their accuracies, (1 or 2, 5); returns the accuracies in words."""
        for k, line in enumerate(drawn.values()):
            costs = J[:, k].mean(axis=-1)
            line.set_data(np.arange(len(J)), plots.clip(costs, 1e3, 1e-6)[0])
            beyond[k](np.arange(len(J)), costs, curve=True)
        star = taken.mean(), J[taken, 1, np.arange(SEEDS)].mean()
        chosen.set_data(*np.reshape(star, (2, 1))[:, beyond[2](*star)])
        for k, dot in enumerate(dots):
            inside = best[k] >= LOWEST if k < len(best) else np.zeros(SEEDS, bool)
            dot.set_data((k + place)[inside], best[k][inside] if k < len(best) else [])
        below(np.add.outer(np.arange(len(best)), place).ravel(), best.ravel())
        gap, drawn_to = np.full(SEEDS, np.nan), np.maximum(best[0], LOWEST)
        joints.set_data(np.stack([place, place, gap]).T.ravel(), np.stack([reference[0], drawn_to, gap]).T.ravel())
        by_seed, test = best[0] - reference[0], len(best) > 1
        update.facts = {
            "ahead": float(by_seed.mean()),
            "won": int((by_seed >= 0).sum()),
            "dev": float(best[0].mean()),
            "spread": float(np.ptp(best[0])),
            "by_seed": by_seed,
            "taken": taken.copy(),
            "test_accuracy": float(best[-1].mean()) if test else None,
        }
        says = f"dev accuracy {best[0].mean():.0f}%, from {best[0].min():.0f} to {best[0].max():.0f}% over five seeds"
        return says + (f"; test {best[1].mean():.0f}%" if test else "; the test set is still closed")

    update.afresh = kept.forget
    update.handles = [
        Place(rates, TOP, "lr", name="highest alpha"),
        Pick(ends, "test", lambda _: {True: (1, 90)}, name="test set"),
    ]
    return update
