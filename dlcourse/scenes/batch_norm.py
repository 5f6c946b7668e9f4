"""Batch norm: gamma and beta, z by layer, the rates it allows, and two accounts of why it works."""

from functools import partial
from itertools import islice

import numpy as np

from dlcourse.batches import epochs
from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, cost_and_grad, forward
from dlcourse.normalization import batch_norm
from dlcourse.optimizers import sgd
from dlcourse.parameters import mask
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.training import descend

TWO = ("without batch norm", "with batch norm")
PRESETS = {
    "two knobs": {"as a start": {"gamma": 1.0, "beta": 0.0, "b": 0.0}, "b of 4": {"b": 4.0}},
    "starts": {
        "He": {"steps": 150},
        "too small": {"steps": 150, "scale": 0.3},
        "too large": {"steps": 150, "scale": 3.0},
    },
    "rates": {"He, 3 layers": {"layers": 3, "scale": 1.0}, "bad start": {"layers": 3, "scale": 3.0}},
    "accounts": {"still": {"shake": 0.0}, "shaken": {"shake": 0.2}, "shaken hard": {"shake": 1.0}},
}
GOALS = {
    "the identity": Goal(
        "make z_tilde equal to z, to 0.01.", lambda apart: apart < 0.01, {"gamma": 2.0, "beta": 3.0, "b": 0.0}
    ),
    "too much for both": Goal(
        "after 150 steps the net with batch norm, too, is right on less than half of the examples, and no cost overflows.",
        lambda steps, normed, normed_right: steps == 150 and normed < 100 and normed_right < 0.5,
        {"steps": 150, "lr": 0.01, "scale": 10.0},
    ),
    "two layers": Goal(
        "with two hidden layers, find a start from which the plain net gets nowhere, and batch norm with 5 rates or more.",
        lambda layers, plain, normed: layers == 2 and plain == 0 and normed >= 5,
        {"layers": 2, "scale": 0.1},
    ),
    "shaken": Goal(
        "the shaken z shall shift at least three times as much as the plain net's, and its J still be lower.",
        lambda shift_shaken, shift_plain, J_shaken, J_plain: shift_shaken >= 3 * shift_plain and J_shaken < J_plain,
        {"shake": 0.2, "lr": 0.3},
    ),
}


def _both(layer_dims, std=1.0):
    """The same net without and with batch norm, and a start for each: the same W in both."""
    nets = [Net(layer_dims, output="softmax", batch_norm=on) for on in (False, True)]
    return nets, [
        initialize(net.shapes, lambda n, _: std * np.sqrt(2 / n), rng=np.random.default_rng(0)) for net in nets
    ]


def layers_of_z(fig, X, Y):
    """How z, as the activation gets it, is distributed in each hidden layer while two nets learn on the same batches.

    X (n_x, m), Y (C, m) one-hot; nets (n_x, 30, 30, 30, C). Controls: steps, how many; lr; scale of the first weights, 1
    being He's. A value beyond the axis is counted in the outermost bar.
    """
    bins = np.linspace(-8, 8, 65)
    axes = fig.subplots(1, 3, sharey=True)
    plots.style(fig)
    curves = [plots.lines(one, TWO) for one in axes]
    for l, one in enumerate(axes, start=1):
        one.set(xlim=(-8, 8), ylim=(0, 1.2), xlabel="z", title=f"hidden layer {l}")
    axes[0].set_ylabel("density")
    plots.legend(axes[0])

    def update(steps, lr=0.1, scale=1.0):
        nets, starts = _both((len(X), 30, 30, 30, len(Y)), scale)
        runs = [
            descend(partial(cost_and_grad, net), start, sgd, lr=lr, batches=epochs(X, Y, 128, np.random.default_rng(1)))
            for net, start in zip(nets, starts)
        ]
        for t, pairs in enumerate(islice(zip(*runs), steps + 1)):
            if not np.isfinite([J for _, J in pairs]).all():
                break
            if t % 5 == 0:
                said = []
                for k, (net, (theta, _)) in enumerate(zip(nets, pairs)):
                    _, cache = forward(net, theta, X)
                    for l, lines in enumerate(curves, start=1):
                        Z = np.clip(cache[f"Z{l}"], *bins[[0, -1]])
                        density = np.histogram(Z, bins)[0] / Z.size / (bins[1] - bins[0])
                        lines[TWO[k]].set_data((bins[1:] + bins[:-1]) / 2, density)
                    said.append((float(cache["Z3"].std()), float(accuracy(net, theta, X, Y))))
                update.facts = dict(zip(("spread", "right", "normed", "normed_right"), (*said[0], *said[1])))
                words = " and ".join(
                    f"{spread:.2g} {name} ({right:.0%} right)" if spread < 100 else f"over 100 {name}"
                    for name, (spread, right) in zip(TWO, said)
                )
                yield (
                    t / steps if steps else 1.0,
                    f"After {t} steps, alpha {lr:.3g}, weights times {scale:.2g}: the spread of z in layer 3 is {words}.",
                )
        else:
            return
        update.facts = {"spread": np.inf, "right": 0.0, "normed": np.inf, "normed_right": 0.0}
        yield 1.0, f"With alpha {lr:.3g} and weights times {scale:.2g} a cost overflows by step {t}: diverged."

    return update


def gamma_and_beta(fig):
    """One unit's z in a mini-batch of 200, normalized, and after gamma and beta; z has mean 3 and spread 2 when b = 0.

    Controls: gamma, beta, and b, the bias that is added to z before batch norm.
    """
    z = np.random.default_rng(0).normal(size=(1, 200))
    z = 3 + 2 * (z - z.mean()) / z.std()
    shape, through = fig.subplots(1, 2, width_ratios=(1.4, 1))
    plots.style(fig)
    lines = plots.lines(shape, ("z", "z_norm", "z_tilde"))
    dots = through.plot([], [], linestyle="none", marker="o", markersize=4, color=plots.COLOURS[2])[0]
    through.plot([-8, 12], [-8, 12], color=plots.INK, linewidth=1.2, linestyle=":", label="z_tilde = z")
    shape.set(xlim=(-8, 12), ylim=(0, 0.6), xlabel="value", ylabel="share of the batch")
    through.set(xlim=(-8, 12), ylim=(-8, 12), xlabel="z", ylabel="z_tilde")
    plots.legend(shape, through)
    bins = np.linspace(-8, 12, 41)

    def update(gamma, beta, b=0.0):
        Z_tilde, cache = batch_norm(z + b, gamma, beta)
        for line, values in zip(lines.values(), (z + b, cache["Z_norm"], Z_tilde)):
            line.set_data((bins[1:] + bins[:-1]) / 2, np.histogram(values, bins)[0] / z.size)
        dots.set_data(z + b, Z_tilde)
        apart = float(np.abs(Z_tilde - z - b).max())
        update.facts = {"apart": apart}
        return (
            f"gamma {gamma:.1f}, beta {beta:.1f}, b {b:.1f}: z has mean {3 + b:.1f} and spread {z.std():.1f}, "
            f"z_tilde has mean "
            f"{Z_tilde.mean().round(1) + 0.0:.1f} and spread {Z_tilde.std():.1f}; they differ by up to {apart:.2f}."
        )

    return update


def rates_tolerated(fig, X, Y):
    """The cost after 200 steps for seventeen learning rates, without and with batch norm: same start, same batches.

    X (n_x, m), Y (C, m) one-hot. Controls: hidden layers of 20 units; scale of the first weights, 1 being He's.
    """
    steps, rates = 200, np.logspace(-3, 1, 17)
    axes = fig.subplots()
    plots.style(fig)
    lines = plots.lines(axes, TWO, marker="o")
    axes.axhline(0.5, color=plots.INK, linewidth=1, linestyle=":", label="J = 0.5")
    axes.set(
        xlim=(8e-4, 12),
        ylim=(0.005, 20),
        xscale="log",
        yscale="log",
        xlabel=r"$\alpha$",
        ylabel="cost J, mean of 10 steps",
    )
    plots.legend(axes)

    def update(layers, scale=1.0):
        nets, starts = _both((len(X), *(20,) * layers, len(Y)), scale)
        runs = [
            descend(
                partial(cost_and_grad, net),
                np.tile(start, (17, 1)),
                sgd,
                lr=rates,
                batches=epochs(X, Y, 64, np.random.default_rng(1)),
            )
            for net, start in zip(nets, starts)
        ]
        Js = [[], []]
        for t, pairs in enumerate(islice(zip(*runs), steps + 1)):
            for costs, (_, J) in zip(Js, pairs):
                costs.append(np.clip(J, 0, 20))
            if t % 4 == 0:
                now = [np.mean(costs[-10:], axis=0) for costs in Js]
                for line, J in zip(lines.values(), now):
                    line.set_data(rates, np.clip(J, 0.005, 20))
                few = [int((J < 0.5).sum()) for J in now]
                update.facts = {"plain": few[0], "normed": few[1]}
                yield (
                    t / steps,
                    (
                        f"{layers} hidden layer{'s' * (layers > 1)}, weights times {scale:.2g}, {t} steps: of 17 values of "
                        f"alpha, {few[0]} "
                        f"bring J below 0.5 {TWO[0]}, {few[1]} {TWO[1]}."
                    ),
                )

    return update


def two_accounts(fig, X, Y):
    """Does batch norm work because z keeps still? A third net has batch norm, and its z is shaken in every step.

    X (n_x, m), Y (C, m) one-hot; nets (n_x, 30, 30, 30, C). Controls: shake, the spread of a random shift added to
    every beta and gamma, anew in each step; lr.
    """
    steps, names = 150, (*TWO, "with it, and shaken")
    cost, shift = fig.subplots(1, 2)
    plots.style(fig)
    lines = [plots.lines(axes, names) for axes in (cost, shift)]
    plots.cost_axes(cost, steps, 0.01, 10, log=True)
    shift.set(xlim=(0, steps), ylim=(1e-4, 10), yscale="log", xlabel="step", ylabel="shift of z in a step, in spreads")
    beyond = [
        {name: plots.arrows(axes, "v^", color=line.get_color()) for name, line in both.items()}
        for axes, both in zip((cost, shift), lines)
    ]
    plots.legend(cost)

    def update(shake, lr=0.3):
        nets, starts = _both((len(X), 30, 30, 30, len(Y)))
        free = mask(nets[1].shapes, [f"{s}{l}" for s in ("gamma", "beta") for l in (1, 2, 3)])
        jolts = shake * free * np.random.default_rng(2).normal(size=(steps + 1, free.size))
        runs = [
            descend(partial(cost_and_grad, net), start, sgd, lr=lr, batches=epochs(X, Y, 128, np.random.default_rng(1)))
            for net, start in zip(nets, starts)
        ]
        turn = iter(jolts)
        runs.append(
            descend(
                lambda theta, X_t, Y_t: cost_and_grad(nets[1], theta + next(turn), X_t, Y_t),
                starts[1],
                sgd,
                lr=lr,
                batches=epochs(X, Y, 128, np.random.default_rng(1)),
            )
        )
        Js, moves, before = [], [], None
        for t, pairs in enumerate(islice(zip(*runs), steps + 1)):
            Js.append([J for _, J in pairs])
            if not np.isfinite([J for _, J in pairs]).all():
                break
            thetas = pairs[0][0], pairs[1][0], pairs[2][0] + jolts[t]
            Z = [forward(net, theta, X[:, :300])[1]["Z3"] for net, theta in zip((*nets, nets[1]), thetas)]
            means = [z.mean(axis=1) / z.std() for z in Z]
            moves.append([np.abs(new - old).mean() for new, old in zip(means, before or means)])
            before = means
            if t % 5 == 0:
                for k, name in enumerate(names):
                    steps_so_far, both = np.arange(t + 1), (np.array(Js)[:, k], np.array(moves)[:, k])
                    for axis, (values, low) in enumerate(zip(both, (0.001, 1e-5))):
                        lines[axis][name].set_data(steps_so_far[axis:], np.clip(values[axis:], low, 100))
                        beyond[axis][name](steps_so_far[axis:], values[axis:], curve=True)
                late, moved = np.mean(Js[-20:], axis=0), np.mean(moves[-20:], axis=0)
                names_of = ("J_plain", "J_normed", "J_shaken", "shift_plain", "shift_normed", "shift_shaken")
                update.facts = dict(zip(names_of, map(float, (*late, *moved))))
                yield (
                    t / steps,
                    (
                        f"alpha {lr:.3g}, shake {shake:.1f}, {t} steps, means of the last 20: J is {late[0]:.2f} without "
                        f"batch norm, {late[1]:.2f} with it, {late[2]:.2f} with it and shaken; z of layer 3 shifts by "
                        f"{moved[0]:.2g}, {moved[1]:.2g} and {moved[2]:.2g} of its spread in a step."
                    ),
                )
        else:
            return
        yield 1.0, f"With alpha {lr:.3g} and shake {shake:.1f} a cost overflows after {t} steps: diverged."

    return update
