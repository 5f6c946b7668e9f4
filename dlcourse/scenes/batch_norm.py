"""Batch norm: gamma and beta, z by layer, the rates it allows, and two accounts of why it works."""

from collections import deque
from functools import partial
from itertools import islice

import numpy as np

from dlcourse.batches import epochs
from dlcourse.initializers import initialize
from dlcourse.network import Net, cost_and_grad, forward
from dlcourse.normalization import batch_norm
from dlcourse.optimizers import sgd
from dlcourse.parameters import mask
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place
from dlcourse.scenes.kept import Kept, in_turn
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


def _descents(nets, starts, X, Y, lr, batch_size):
    """A run of plain descent for each net, all with the same batches."""
    return [
        descend(
            partial(cost_and_grad, net),
            start,
            sgd,
            lr=lr,
            batches=epochs(X, Y, batch_size, np.random.default_rng(1)),
            static=True,
        )
        for net, start in zip(nets, starts)
    ]


def _z_in_training(X, Y, bins, steps, lr, scale):
    """Two nets on the same batches: what z is in each of them, in every second step; after an overflow its step, and no more."""
    nets, starts = _both((len(X), 30, 30, 30, len(Y)), scale)
    t = 0
    for pairs in in_turn(_descents(nets, starts, X, Y, lr, 128)):
        if pairs is None:
            yield None
            continue
        if not np.isfinite([J for _, J in pairs]).all():
            yield t
            return
        if t % 2 == 0:
            yield [_z_now(net, theta, X, Y, bins) for net, (theta, _) in zip(nets, pairs)]
        if t == steps:
            return
        t += 1


def _z_now(net, theta, X, Y, bins):
    """Of each layer the density of z and the ends of its middle nine tenths; the last spread; the share right."""
    A, cache = forward(net, theta, X)
    Z = [cache[f"Z{l}"] for l in (1, 2, 3)]
    low, high = bins[[0, -1]]
    inside = [np.histogram(np.clip(z, low, high), len(bins) - 1, (low, high))[0] / z.size for z in Z]
    ends = [np.percentile(z, (5, 95)) for z in Z]
    right = (A.argmax(axis=0) == Y.argmax(axis=0)).mean()
    return np.array(inside) / (bins[1] - bins[0]), ends, float(Z[2].std()), float(right)


def layers_of_z(fig, X, Y):
    """How z, as the activation gets it, is distributed in each hidden layer while two nets learn on the same batches.

    X (n_x, m), Y (C, m) one-hot; nets (n_x, 30, 30, 30, C). Controls: steps, up to 150; lr; scale of the first weights, 1
    being He's. Above: the density of z now; a value beyond the axis is counted in the outermost bar. Below: where nine of
    ten values have lain, step by step.
    """
    bins = np.linspace(-8, 8, 65)
    above, below = fig.subplots(2, 3, sharey="row")
    plots.style(fig)
    curves = [list(plots.lines(one, TWO).values()) for one in above]
    beyond = [[plots.arrows(one, "^", color=line.get_color()) for line in both] for one, both in zip(above, curves)]
    bands = [
        [
            one.fill([], [], facecolor=f"{plots.COLOURS[k]}40", edgecolor=plots.COLOURS[k], linewidth=1.6)[0]
            for k in (0, 1)
        ]
        for one in below
    ]
    here = [one.axvline(0, color=plots.GREY, linewidth=1.5, zorder=0.5) for one in below]
    for l, (upper, lower) in enumerate(zip(above, below), start=1):
        upper.set(xlim=(-8, 8), ylim=(0, 0.8), title=f"hidden layer {l}")
        lower.set(xlim=(-5, 155), ylim=(-8, 8), xticks=[0, 50, 100], xlabel="step")
    above[0].set_ylabel("density of z")
    below[0].set_ylabel("z, 9 of 10")
    plots.legend(above[0])
    last_step = 150
    kept = Kept(partial(_z_in_training, X, Y, bins, last_step))  # playing and dragging do not begin it anew

    def draw(seen):
        for k in (0, 1):
            for l in range(3):
                curves[l][k].set_data((bins[1:] + bins[:-1]) / 2, seen[-1][k][0][l])
                beyond[l][k](*curves[l][k].get_data(), curve=True)
                low, high = np.transpose([each[k][1][l] for each in seen])
                steps = 2.0 * np.arange(len(seen))
                bands[l][k].set_xy(np.stack([[*steps, *steps[::-1]], [*low, *high[::-1]]], axis=-1))
        for line in here:
            line.set_xdata([2 * len(seen) - 2] * 2)

    def said(seen, lr, scale):
        found = [(spread, right) for _, _, spread, right in seen[-1]]
        update.facts = dict(zip(("spread", "right", "normed", "normed_right"), (*found[0], *found[1])))
        words = " and ".join(
            f"{spread:.2g} {name} ({right:.0%} right)" if spread < 100 else f"over 100 {name}"
            for name, (spread, right) in zip(TWO, found)
        )
        return (
            f"After {2 * len(seen) - 2} steps, alpha {lr:.3g}, weights times {scale:.2g}: the spread of z in layer 3 is "
            f"{words}."
        )

    def update(steps, lr=0.1, scale=1.0):
        most, words = steps // 2 + 1, ""
        for seen in kept(lr, scale):
            over = seen[-1] if len(seen) <= most and isinstance(seen[-1], int) else None
            if over is not None or (len(seen) >= most and steps < last_step):  # after all steps, its end is heard
                break
            if len(seen) % 5 == 0 or not words:
                draw(seen)
                words = said(seen, lr, scale)
            yield (2 * len(seen) - 2) / steps, words
        seen = seen[:most] if over is None else seen[:-1]
        draw(seen)
        words = said(seen, lr, scale)
        if over is not None:
            update.facts = {"spread": np.inf, "right": 0.0, "normed": np.inf, "normed_right": 0.0}
            words = f"With alpha {lr:.3g} and weights times {scale:.2g} a cost overflows by step {over}: diverged."
        yield 1.0, words

    update.afresh = kept.forget
    update.play = "steps"
    update.handles = [Place(one, "steps", name=f"steps, layer {l}") for l, one in enumerate(below, start=1)]
    return update


def gamma_and_beta(fig):
    """One unit's z in a mini-batch of 200, over z_norm: z as it came, and z_tilde = gamma z_norm + beta, with their heaps.

    z has mean 3 and spread 2 when b = 0. Controls: gamma, beta, and b, the bias that is added to z before batch norm.
    """
    z = np.random.default_rng(0).normal(size=(1, 200))
    z = 3 + 2 * (z - z.mean()) / z.std()
    plane, heap = fig.subplots(1, 2, sharey=True, width_ratios=(1.3, 1))
    plots.style(fig)
    names = ("$z$", "$z_{norm}$", r"$\tilde z$")
    lines, heaps = (list(plots.lines(axes, names).values()) for axes in (plane, heap))
    dots = plane.plot([], [], "o", color=plots.COLOURS[2], markersize=4)[0]
    held = [plane.plot([], [], "o", color=plots.COLOURS[k], markersize=9)[0] for k in (0, 2)]
    beyond = [plots.arrows(heap, ">", color=line.get_color()) for line in heaps]
    plane.set(xlim=(-3, 3), ylim=(-8, 12), xlabel="$z_{norm}$", ylabel=r"$z$ and $\tilde z$")
    heap.set(xlim=(0, 0.3), xlabel="share of the batch")
    plots.legend(plane)
    bins, ends = np.linspace(-8, 12, 41), np.array([-3.0, 3.0])

    def update(gamma, beta, b=0.0):
        Z_tilde, cache = batch_norm(z + b, gamma, beta)
        slopes = ((2, 3 + b), (1, 0), (gamma, beta))
        for line, each, arrow, values, (slope, level) in zip(
            lines, heaps, beyond, (z + b, cache["Z_norm"], Z_tilde), slopes
        ):
            line.set_data(ends, slope * ends + level)
            share = np.histogram(values, bins)[0] / z.size
            each.set_data(share, (bins[1:] + bins[:-1]) / 2)
            arrow(*each.get_data(), curve=True)
        dots.set_data(cache["Z_norm"], Z_tilde)
        held[0].set_data([-1], [1 + b])
        held[1].set_data([0, 1], [beta, beta + gamma])
        apart = float(np.abs(Z_tilde - z - b).max())
        update.facts = {"apart": apart}
        return (
            f"gamma {gamma:.1f}, beta {beta:.1f}, b {b:.1f}: z has mean {3 + b:.1f} and spread {z.std():.1f}, "
            f"z_tilde has mean "
            f"{Z_tilde.mean().round(1) + 0.0:.1f} and spread {Z_tilde.std():.1f}; they differ by up to {apart:.2f}."
        )

    update.handles = [
        Place(plane, 0, "beta"),
        Place(
            plane, 1, "gamma", lambda now: (1, now["beta"] + now["gamma"]), lambda now, x, y: {"gamma": y - now["beta"]}
        ),
        Place(plane, -1, "b", lambda now: (-1, 1 + now["b"]), lambda now, x, y: {"b": y - 1}),
    ]
    return update


def rates_tolerated(fig, X, Y):
    """The cost after 200 steps for seventeen learning rates, without and with batch norm: same start, same batches.

    X (n_x, m), Y (C, m) one-hot. Controls: hidden layers of 20 units; scale of the first weights, 1 being He's; lr, of
    whose nearest neighbour among the seventeen the costs are shown step by step.
    """
    steps, rates = 200, np.logspace(-3, 1, 17)
    sweep, curve = fig.subplots(1, 2, sharey=True, width_ratios=(1.3, 1))
    plots.style(fig)
    ends, costs = plots.lines(sweep, TWO, marker="o"), plots.lines(curve, TWO)
    chosen = sweep.axvline(1, color=plots.GREY, linewidth=1.5)
    for axes in (sweep, curve):
        axes.axhline(0.5, color=plots.INK, linewidth=1, linestyle=":", label="J = 0.5")
    sweep.set(
        xlim=(8e-4, 12),
        ylim=(0.002, 20),
        xscale="log",
        yscale="log",
        xlabel=r"$\alpha$",
        ylabel="cost J, mean of 10 steps",
    )
    curve.set(xlim=(0, steps), xlabel=r"step, at this $\alpha$")
    plots.legend(sweep)

    def train(layers, scale):
        """After each step the mean of the last ten costs: (2, 17)."""
        nets, starts = _both((len(X), *(20,) * layers, len(Y)), scale)
        many = [np.tile(start, (17, 1)) for start in starts]
        runs = _descents(nets, many, X, Y, rates, 64)
        costs = deque(maxlen=10)
        for pairs in islice(in_turn(runs), 2 * steps + 2):
            if pairs:
                costs.append([np.clip(J, 0, 20) for _, J in pairs])
            yield np.mean(costs, axis=0) if pairs else None

    kept = Kept(train)  # another alpha is shown without training again

    def draw(Js, k):
        """Both panels."""
        for line, cost, J in zip(ends.values(), costs.values(), np.moveaxis(Js, 1, 0)):
            line.set_data(rates, np.clip(J[-1], 0.002, 20))
            cost.set_data(np.arange(len(J)), np.clip(J[:, k], 0.002, 20))

    def update(layers, scale=1.0, lr=0.1):
        k = int(np.abs(np.log(rates / lr)).argmin())
        chosen.set_xdata([rates[k]] * 2)
        words = ""
        for Js in kept(layers, scale):
            if len(Js) % 4 == 1 or not words:
                draw(Js, k)
                now, few = Js[-1], [int((J < 0.5).sum()) for J in Js[-1]]
                update.facts = {"plain": few[0], "normed": few[1]}
                words = (
                    f"{layers} hidden layer{'s' * (layers > 1)}, weights times {scale:.2g}, {len(Js) - 1} steps: of 17 values "
                    f"of alpha, {few[0]} bring J below 0.5 {TWO[0]}, {few[1]} {TWO[1]}; at alpha {rates[k]:.2g} J is "
                    f"{now[0, k]:.2g} and {now[1, k]:.2g}."
                )
            yield (len(Js) - 1) / steps, words

    update.afresh = kept.forget
    update.handles = [Place(sweep, "lr")]
    return update


def _same_way(net, theta, jolt, lr, X, Y):
    """The cosine between the gradients before and after a step, on the same batch: 1 is the same way, -1 back again."""
    before = cost_and_grad(net, theta + jolt, X, Y)[1]
    after = cost_and_grad(net, theta - lr * before + jolt, X, Y)[1]
    return float(before @ after / (np.linalg.norm(before) * np.linalg.norm(after)))


def two_accounts(fig, X, Y):
    """Does batch norm work because z keeps still? A third net has batch norm, and its z is shaken in every step.

    X (n_x, m), Y (C, m) one-hot; nets (n_x, 30, 30, 30, C). Controls: shake, the spread of a random shift added to
    every beta and gamma, anew in each step; lr. On the right the second account: does the gradient keep its way?
    """
    steps, names = 150, (*TWO, "with it, and shaken")
    cost, shift, way = fig.subplots(1, 3)
    plots.style(fig)
    lines = [plots.lines(axes, names) for axes in (cost, shift, way)]
    plots.cost_axes(cost, steps, 0.01, 10, log=True)
    shift.set(xlim=(0, steps), ylim=(1e-4, 10), yscale="log", xlabel="step", ylabel="shift of z, in spreads")
    way.axhline(0, color=plots.INK, linewidth=1, linestyle=":")
    way.set(xlim=(0, steps), ylim=(-1.05, 1.05), xlabel="step", ylabel="cosine of gradients")
    beyond = [
        {name: plots.arrows(axes, "v^", color=line.get_color()) for name, line in both.items()}
        for axes, both in zip((cost, shift), lines)
    ]
    for axes in (cost, shift, way):
        axes.set_xticks([0, 50, 100])
    plots.legend(cost)

    def update(shake, lr=0.3):
        nets, starts = _both((len(X), 30, 30, 30, len(Y)))
        free = mask(nets[1].shapes, [f"{s}{l}" for s in ("gamma", "beta") for l in (1, 2, 3)])
        jolts = shake * free * np.random.default_rng(2).normal(size=(steps + 1, free.size))
        runs = _descents(nets, starts, X, Y, lr, 128)
        batches, again = (epochs(X, Y, 128, np.random.default_rng(1)) for _ in range(2))
        runs.append(
            descend(
                lambda theta, X_t, Y_t, jolt: cost_and_grad(nets[1], theta + jolt, X_t, Y_t),
                starts[1],
                sgd,
                lr=lr,
                batches=((*batch, jolt) for batch, jolt in zip(batches, jolts)),
                static=True,
            )
        )
        Js, moves, ways, before, words = [], [], [], None, ""
        for pairs in islice(in_turn(runs), len(runs) * (steps + 1)):
            if pairs is None:
                if words:
                    yield (len(Js) - 1) / steps, words
                continue
            t = len(Js)
            Js.append([J for _, J in pairs])
            batch = next(again)
            if not np.isfinite([J for _, J in pairs]).all():
                break
            shaken = [(nets[0], pairs[0][0], 0.0), (nets[1], pairs[1][0], 0.0), (nets[1], pairs[2][0], jolts[t])]
            Z = [forward(net, theta + jolt, X[:, :300])[1]["Z3"] for net, theta, jolt in shaken]
            means = [z.mean(axis=1) / z.std() for z in Z]
            moves.append([np.abs(new - old).mean() for new, old in zip(means, before or means)])
            before = means
            if t % 5 == 0:
                ways.append([_same_way(*each, lr, *batch) for each in shaken])
                if not np.isfinite(ways).all():
                    break
                for k, name in enumerate(names):
                    lines[2][name].set_data(5 * np.arange(len(ways)), np.array(ways)[:, k])
                    steps_so_far, both = np.arange(t + 1), (np.array(Js)[:, k], np.array(moves)[:, k])
                    for axis, (values, low) in enumerate(zip(both, (0.001, 1e-5))):
                        lines[axis][name].set_data(steps_so_far[axis:], np.clip(values[axis:], low, 100))
                        beyond[axis][name](steps_so_far[axis:], values[axis:], curve=True)
                late, moved, kept = np.mean(Js[-20:], axis=0), np.mean(moves[-20:], axis=0), np.mean(ways[-4:], axis=0)
                names_of = [f"{what}_{net}" for what in ("J", "shift", "way") for net in ("plain", "normed", "shaken")]
                update.facts = {**dict(zip(names_of, map(float, (*late, *moved, *kept)))), "ways": np.array(ways)}
                words = (
                    f"alpha {lr:.3g}, shake {shake:.1f}, {t} steps, means of the last 20: J is {late[0]:.2f} without "
                    f"batch norm, {late[1]:.2f} with it, {late[2]:.2f} with it and shaken; z of layer 3 shifts by "
                    f"{moved[0]:.2g}, {moved[1]:.2g} and {moved[2]:.2g} of its spread in a step; the cosine of the "
                    f"gradients before and after a step is {kept[0]:.2f}, {kept[1]:.2f} and {kept[2]:.2f}."
                )
            yield t / steps, words
        else:
            return
        yield 1.0, f"With alpha {lr:.3g} and shake {shake:.1f} a cost overflows after {t} steps: diverged."

    return update
