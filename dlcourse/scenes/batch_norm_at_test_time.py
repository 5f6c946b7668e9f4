"""Batch norm at test time: the noise of a mini-batch, and the running estimates that take its place."""

from functools import partial
from itertools import islice

import numpy as np

from dlcourse.averages import ewa_series
from dlcourse.batches import epochs
from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, batch_statistics, cost_and_grad, forward
from dlcourse.normalization import running_statistics
from dlcourse.optimizers import sgd
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.training import descend, history

PRESETS = {
    "company": {"2": {"batch_size": 2}, "64": {"batch_size": 64}, "512": {"batch_size": 512}},
    "running": {
        "short": {"beta": 0.5},
        "long": {"beta": 0.99},
        "too early": {"beta": 0.99, "correction": False, "step": 10},
    },
}
GOALS = {
    "quiet enough": Goal(
        "bring the noise below 0.25 with as small a batch as you can.",
        lambda noise, batch_size: noise < 0.25 and batch_size <= 32,
        {"batch_size": 32},
    ),
    "it lags": Goal(
        "late and corrected, the average still does harm: at step 50 or later, with the correction on, 5 points more of the "
        "dev examples are wrong with the running statistics than with those of all examples.",
        lambda step, correction, error, best: step >= 50 and correction and error - best >= 0.05,
        {"beta": 0.99, "correction": True, "step": 100},
    ),
}


def _trained(X, Y, batch_size, steps):
    """A net (n_x, 30, 30, C) with batch norm: the thetas on its way, and the batches it has seen."""
    net = Net((len(X), 30, 30, len(Y)), output="softmax", batch_norm=True)
    seen = list(islice(epochs(X, Y, batch_size, np.random.default_rng(1)), steps))
    start = initialize(net.shapes, rng=np.random.default_rng(0))
    thetas, _ = history(descend(partial(cost_and_grad, net), start, sgd, lr=0.3, batches=iter(seen)))
    return net, thetas, seen


def batch_noise(fig, X, Y):
    """One example, 100 times, each time in the company of other random examples: its z_tilde, and what the net answers.

    X (n_x, m), Y (C, m) one-hot; the net is trained. Noise is how far z_tilde of the first layer's 30 units lies from its
    value at test time, squared, averaged, rooted. Controls: batch_size; example; seed of the company.
    """
    net, thetas, seen = _trained(X, Y, 64, 100)
    theta, times = thetas[-1], 100
    stats = running_statistics([batch_statistics(net, theta, X_t) for X_t, _ in seen], 0.95)
    left, right = fig.subplots(1, 2)
    plots.style(fig)
    lines = [plots.line(axes, 0, "in a random batch", drawstyle="steps-mid") for axes in (left, right)]
    fixed = [
        axes.axvline(0, color=plots.COLOURS[1], linewidth=2, linestyle="--", label="test time")
        for axes in (left, right)
    ]
    left.set(xlim=(-3, 3), ylim=(0, 0.6), xlabel="z_tilde, less its value at test time", ylabel="share, all 30 units")
    right.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability of the right class", ylabel="share of 100 batches")
    plots.legend(left, right)

    def update(batch_size, example=1, seed=1):
        i = example - 1
        company = np.random.default_rng(seed).integers(0, X.shape[1], (times, batch_size))
        company[:, 0] = i
        A, cache = forward(net, theta, X[:, company].transpose(1, 0, 2))
        A_test, cache_test = forward(net, theta, X[:, [i]], stats=stats)
        c = int(Y[:, i].argmax())
        off, answers = cache["Z1"][:, :, 0] - cache_test["Z1"][:, 0], A[:, c, 0]
        for line, numbers, bins in zip(lines, (off, answers), (np.linspace(-3, 3, 61), np.linspace(0, 1, 41))):
            inside = np.clip(numbers, *bins[[0, -1]])
            line.set_data((bins[1:] + bins[:-1]) / 2, np.histogram(inside, bins)[0] / inside.size)
        fixed[1].set_xdata([A_test[c, 0]] * 2)
        noise = float(np.sqrt((off**2).mean()))
        update.facts = {"noise": noise, "sure": float(A_test[c, 0]), "answers": answers}
        return (
            f"Example {example} in {times} batches of {batch_size}, draw {seed}: z_tilde of layer 1 lies {noise:.2f} off its "
            f"value at test time; the net is {answers.mean():.0%} +/- {answers.std():.0%} sure of the right class, at test "
            f"time {A_test[c, 0]:.0%}, always."
        )

    return update


def running_estimates(fig, X, Y, X_dev, Y_dev):
    """The running variance of one unit's z against the batches and the whole set; what the dev set gets with it.

    Nets are trained for 200 steps. Controls: beta of the average, correction (of its bias), step at which it ends.
    """
    net, thetas, seen = _trained(X, Y, 32, 200)
    each = np.array([batch_statistics(net, theta, X_t) for theta, (X_t, _) in zip(thetas, seen)])
    whole = batch_statistics(net, thetas, X)
    names = list(net.stats_shapes)  # where the variances of layer 1 begin
    first = int(sum(np.prod(net.stats_shapes[name]) for name in names[: names.index("var1")]))
    unit = first + int(np.ptp(whole[:, first : first + 30], axis=0).argmax())  # the unit whose variance moves most
    axes, plane = fig.subplots(1, 2, width_ratios=(1.5, 1))
    plots.style(fig)
    axes.plot(np.arange(1, 201), each[:, unit], linestyle="none", marker=".", color="#9A9A9A", label="mini-batch")
    axes.plot(np.arange(1, 201), whole[:, unit], color=plots.INK, linewidth=1.6, linestyle="--", label="all examples")
    running = plots.line(axes, 1, "running")
    end = axes.axvline(200, color=plots.INK, linewidth=1)
    dots = plane.plot([], [], linestyle="none", marker="o", markersize=4, color=plots.COLOURS[0])[0]
    plane.plot([0, 1], [0, 1], color=plots.INK, linewidth=1, linestyle=":")
    axes.set(
        xlim=(0.9, 220),
        ylim=(0, 1.1 * each[:, unit].max()),
        xscale="log",
        xlabel="step",
        ylabel="variance of z of a unit",
    )
    plane.set(
        xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="answer, statistics of all", ylabel="answer, running statistics"
    )
    plots.legend(axes)

    def update(beta, correction=True, step=200):
        average = ewa_series(each.T, beta, bias_correction=correction).T
        running.set_data(np.arange(1, step + 1), average[:step, unit])
        end.set_xdata([step, step])
        theta, stats = thetas[step - 1], average[step - 1]
        c = Y_dev.argmax(axis=0), np.arange(Y_dev.shape[1])
        dots.set_data(*(forward(net, theta, X_dev, stats=s)[0][c] for s in (whole[step - 1], stats)))
        errors = [1 - accuracy(net, theta, X_dev, Y_dev, s) for s in (stats, whole[step - 1])]
        mine, true = float(stats[unit]), float(whole[step - 1, unit])
        update.facts = {"lag": abs(mine - true) / true, "error": float(errors[0]), "best": float(errors[1])}
        return (
            f"beta {beta:.3g}, {'corrected' if correction else 'not corrected'}, after {step} step{'s' * (step > 1)}: the "
            f"running variance is {mine:.2f}, that of all examples {true:.2f}; {errors[0]:.0%} of the dev examples are "
            f"wrong with the running statistics, {errors[1]:.0%} with those of all examples."
        )

    return update
