"""Initialization and activations: how signals grow or fade with depth, and what that does to learning."""

from functools import partial

import numpy as np

from dlcourse.activations import ACTIVATIONS, elu, leaky_relu
from dlcourse.initializers import glorot, he, initialize, xavier, zeros
from dlcourse.network import Net, accuracy, cost_and_grad, forward
from dlcourse.optimizers import sgd
from dlcourse.parameters import pack, unpack
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.signals import dead_units, expected_spreads, spreads
from dlcourse.training import descend, history

LOW, HIGH = 1e-8, 1e8  # what the axes of signals show
SCALES = np.geomspace(0.1, 10, 61)
STARTS = {"zero": zeros, "std 0.01": 0.01, "glorot": glorot, "xavier": xavier, "he": he, "std 1": 1.0}
PREFERRED = ("elu", "leaky_relu", "relu", "tanh", "sigmoid")  # the order of the book notes

PRESETS = {
    "powers": {"1.5": {"w": 1.5}, "0.9": {"w": 0.9}, "0.5": {"w": 0.5}, "1.5, 50 layers": {"w": 1.5, "L": 50}},
    "field": {
        "He": {"scale": 2**0.5},
        "Xavier": {"scale": 1.0},
        "std 1": {"scale": 10},
        "std 0.01": {"scale": 0.1},
        "sigmoid": {"activation": "sigmoid"},
    },
    "starts": {
        "200 steps": {"steps": 200},
        "shallow": {"steps": 200, "depth": 1, "lr": 0.5},
        "deep": {"steps": 200, "depth": 12},
        "tanh": {"steps": 200, "activation": "tanh"},
        "sigmoid": {"steps": 200, "activation": "sigmoid"},
    },
    "dying": {"alpha 1": {"lr": 1.0}, "alpha 5": {"lr": 5.0}, "alpha 10": {"lr": 10}},
}
GOALS = {
    "fifty layers": Goal(
        "find a w other than 1 with which 50 layers keep the signal between 0.01 and 100.",
        lambda w, L, up: L == 50 and w != 1 and 0.01 < up < 100,
        {"w": 0.95, "L": 50},
    ),
    "four units at work": Goal(
        "get more than 95 % right, which takes more than one unit.",
        lambda accuracy: accuracy > 0.95,
        {"start": "random", "steps": 400},
    ),
    "thirty layers": Goal(
        "with relu and 30 layers, keep A at the top and dZ at the bottom between 0.5 and 2.",
        lambda activation, depth, up, down: activation == "relu" and depth == 30 and 0.5 < up < 2 and 0.5 < down < 2,
        {"scale": 2**0.5, "depth": 30},
    ),
    "all but zero": Goal(
        "find a setting in which every start but zero learns.",
        lambda learnt: len(learnt) == 5,
        {"steps": 200, "depth": 1, "lr": 3.0},
    ),
    "dead and right": Goal(
        "kill more than half of the relu units, and keep at least 99 % right with the others.",
        lambda dead, accuracy: dead > 0.5 and accuracy["relu"] >= 0.99,
        {"lr": 8},
    ),
}


def _power(value):
    """A number in two digits, however large or small."""
    return (
        f"{value:.2g}"
        if 1e-3 <= value < 1e4 or value == 0
        else f"{value:.1e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
    )


def powers_of_depth(fig):
    """A linear net of identity matrices times w: A on the way up, dZ on the way down, layer by layer.

    Controls: w, the number on the diagonals; L, the number of layers.
    """
    axes = fig.subplots(1, 2, sharey=True)
    plots.style(fig)
    dots = [
        each.plot([], [], plots.MARKERS[k], color=plots.COLOURS[k], markersize=5, label=name)[0]
        for k, (each, name) in enumerate(zip(axes, ("A, measured", "dZ, measured")))
    ]
    theory = [plots.line(each, 6, "power of w", linestyle="--", linewidth=1.5, zorder=4) for each in axes]
    for each, title in zip(axes, ("up: activations", "down: gradients")):
        each.set(xlim=(0, 51), ylim=(1e-4, 1e4), yscale="log", xlabel="layer", title=title)
    axes[0].set_ylabel("size")
    beyond = [plots.arrows(each, "v^", color=plots.COLOURS[k]) for k, each in enumerate(axes)]
    plots.legend(*axes)

    def update(w, L):
        net = Net((2,) * L + (1,), "linear")
        parts = {
            name: w * np.eye(2) if shape == (2, 2) else np.full(shape, float(name[0] == "W"))
            for name, shape in net.shapes.items()
        }
        up, down = spreads(net, pack(parts, net.shapes), [[1.0], [-1.0]], [[1.0]])
        layers, down = np.arange(1, L), down / down[-1]
        for each in axes:
            each.set(xlim=(0, max(L, 11)), ylim=(1e-4, 1e4) if L <= 20 else (1e-16, 1e10))
        powers = w**layers, w ** (L - 1 - layers)
        for dot, line, off, size, expected in zip(dots, theory, beyond, (up, down), powers):
            inside = off(layers, size)
            dot.set_data(layers[inside], size[inside])
            line.set_data(layers, expected)
        update.facts = {"up": up[-1], "down": down[0]}
        return (
            f"With w = {w:.3g}, layer {L - 1} holds {_power(up[-1])} times the input, and the gradient that reaches layer 1 "
            f"is {_power(down[0])} times the one at the top."
        )

    return update


def initialization_field(fig):
    """Spread of A and dZ by layer: the field is theory for every scale, the dots are a real net with one of them.

    std of W = scale / sqrt(n), so that 1 is xavier and 1.41 is he. Controls: scale, depth (hidden layers), width n,
    activation. Inputs are 50 examples of standard normal numbers; dZ is relative to the top hidden layer.
    """
    axes = fig.subplots(2, 2, width_ratios=(1, 1.15), sharex="col", sharey="col")
    plots.style(fig)
    images, heres, dots, theory, beyond = [], [], [], [], []
    for k, (field, curve) in enumerate(axes):
        images.append(
            field.imshow(
                np.zeros((2, 61)),
                origin="lower",
                aspect="auto",
                cmap="RdBu_r",
                vmin=-8,
                vmax=8,
                extent=(-1, 1, 0.5, 30.5),
            )
        )
        field.grid(False)
        heres.append(field.axvline(0, color=plots.INK, linewidth=1.5))
        field.set_xticks(np.log10([0.1, 0.3, 1, 3, 10]), ["0.1", "0.3", "1", "3", "10"])
        field.set_ylabel("layer")
        dots.append(
            curve.plot(
                [], [], plots.MARKERS[k], color=plots.COLOURS[k], markersize=5, label=("A, measured", "dZ, measured")[k]
            )[0]
        )
        theory.append(plots.line(curve, 6, "theory", linestyle="--", linewidth=1.5, zorder=4))
        beyond.append(plots.arrows(curve, "v^", color=plots.COLOURS[k]))
        curve.set(xlim=(0, 31), ylim=(LOW, HIGH), yscale="log", ylabel=("spread of A", "spread of dZ")[k])
    axes[1, 0].set_xlabel("scale")
    axes[1, 1].set_xlabel("layer")
    plots.legend(axes[0, 1], axes[1, 1])
    bar = fig.colorbar(images[0], ax=axes[:, 0].tolist(), location="left", aspect=30)
    bar.set_label("field: log10 of the spread", fontsize=10)
    fields, drawn = {}, {}

    def update(scale, depth, width, activation):
        if activation not in fields:
            fields[activation] = expected_spreads(activation, SCALES, 30)
        net = Net((width,) * (depth + 1) + (1,), activation)
        if (depth, width) not in drawn:
            drawn.clear()
            rng = np.random.default_rng(0)
            X, Y = rng.normal(size=(width, 50)), rng.integers(0, 2, (1, 50))
            drawn[depth, width] = initialize(net.shapes, std=xavier, rng=rng), X, Y
        theta, X, Y = drawn[depth, width]
        layers, (up, down) = np.arange(1, depth + 1), spreads(net, scale * theta, X, Y)
        down = down / max(down[-1], 1e-300)
        expected = expected_spreads(activation, scale, depth)
        tall = fields[activation][0][:, :depth], fields[activation][1][:, 30 - depth :]
        for k, measured in enumerate((up, down)):
            images[k].set_data(np.log10(np.clip(tall[k].T, LOW, HIGH)))
            images[k].set_extent((-1, 1, 0.5, depth + 0.5))
            heres[k].set_xdata([np.log10(scale)] * 2)
            inside = beyond[k](layers, measured)
            dots[k].set_data(layers[inside], measured[inside])
            theory[k].set_data(layers, np.clip(expected[k], LOW / 10, HIGH * 10))
        axes[0, 0].set_ylim(0.5, depth + 0.5)
        update.facts = {"up": up[-1], "down": down[0]}
        return (
            f"{activation}, scale {scale:.3g}, {depth} layers of {width}: the top layer's spread is {_power(up[-1])} "
            f"(theory for wide layers {_power(expected[0][-1])}), and layer 1 gets {_power(down[0])} times the top's "
            f"gradient (theory {_power(expected[1][0])})."
        )

    return update


def symmetry(fig, X, Y):
    """Four hidden units as points (w1, w2) while the net (2, 4, 1) trains: equal units stay equal for ever.

    X (2, m), Y (1, m). Controls: start, "zero", "all 0.5" or "random"; steps, of plain descent; activation.
    """
    plane, tell = fig.subplots(1, 2)
    plots.style(fig)
    paths = [
        plots.line(plane, k, f"unit {k + 1}", marker=plots.MARKERS[k], markersize=9 - k, markeredgecolor="white")
        for k in range(4)
    ]
    plane.set(xlim=(-4, 4), ylim=(-4, 4), xlabel="weight of feature 1", ylabel="weight of feature 2")
    x, y = ((row.min() - 0.4, row.max() + 0.4) for row in X)
    show = plots.decision_map(tell, x, y)
    plots.examples(tell, X, Y)
    tell.set(xlabel="feature 1", ylabel="feature 2")
    plots.legend(plane)

    def update(start, steps, activation="tanh"):
        net = Net((2, 4, 1), activation)
        theta = initialize(net.shapes, std=he if start == "random" else 0.0, rng=np.random.default_rng(3))
        if start == "all 0.5":
            theta = theta + 0.5
        thetas, Js = history(descend(partial(cost_and_grad, net, X=X, Y=Y), theta, sgd, lr=0.8), steps + 1)
        units = unpack(thetas, net.shapes)["W1"]
        for k, path in enumerate(paths):
            path.set_data(*np.clip(units[:, k], -50, 50).T)
            path.set_markevery([len(thetas) - 1])
        show(lambda grid: forward(net, thetas[-1], grid)[0])
        different = len(np.unique(units[-1].round(6), axis=0))
        right = float(accuracy(net, thetas[-1], X, Y))
        update.facts = {"different": different, "accuracy": right}
        moved = "they have not moved" if np.array_equal(units[0], units[-1]) else "they have moved"
        return (
            f"Start {start}, {steps} steps: {moved}, and the 4 hidden units are "
            f"{f'{different} different ones' if different > 1 else 'all the same'}; {right:.0%} right."
        )

    return update


def learning_from_each_start(fig, X, Y):
    """A deep net trained from six starts at once, same data and alpha: the costs, and how far each layer has moved.

    X (2, m), Y (1, m); hidden layers of 16 units. Controls: depth (hidden layers), lr, activation, steps.
    """
    most, every, top = 200, 5, 12
    curve, moved = fig.subplots(1, 2)
    plots.style(fig)
    costs = plots.lines(curve, STARTS, marker="", linewidth=2)
    moves = {
        name: plots.line(moved, k, marker=plots.MARKERS[k], markersize=6, markeredgecolor="white", linewidth=1.2)
        for k, name in enumerate(STARTS)
    }
    plots.cost_axes(curve, most, 0, 1.2)
    moved.set(xlim=(0.5, top + 1.5), ylim=(3e-16, 30), yscale="log", xlabel="layer", ylabel="weights moved by (rms)")
    high = {name: plots.arrows(curve, "^", color=line.get_color()) for name, line in costs.items()}
    far = {name: plots.arrows(moved, "v^", color=line.get_color()) for name, line in moves.items()}
    empty = [plots.note(axes, 0.3, 0.5) for axes in (curve, moved)]
    plots.legend(curve, columns=3)

    def update(depth, lr, activation, steps=most):
        net = Net((2,) + (16,) * depth + (1,), activation)
        start = np.stack([initialize(net.shapes, std=std, rng=np.random.default_rng(0)) for std in STARTS.values()])
        layers = np.arange(1, net.L + 1 if steps else 1)
        for words in empty:
            words.set_text("" if steps else "not a step yet")
        begin = unpack(start, net.shapes)
        run, all_Js = descend(partial(cost_and_grad, net, X=X, Y=Y), start, sgd, lr=lr), []
        for t, (theta, J) in zip(range(steps + 1), run):
            all_Js.append(np.minimum(J, 100))
            if t % every and t < steps and np.isfinite(J).any():
                continue
            now, Js = unpack(np.clip(theta, -1e9, 1e9), net.shapes), np.array(all_Js)
            for k, name in enumerate(STARTS):
                costs[name].set_data(np.arange(len(Js)), Js[:, k])
                high[name](np.arange(len(Js)), Js[:, k], curve=True)
                rms = [np.sqrt(((now[f"W{l}"] - begin[f"W{l}"])[k] ** 2).mean()) for l in layers]
                rms = np.array(rms)
                inside = far[name](layers, rms)
                moves[name].set_data(layers[inside], rms[inside])
            with np.errstate(all="ignore"):
                right = accuracy(net, theta, X, Y)
            blown = ~np.isfinite(J) | (np.abs(theta).max(axis=-1) > 1e6)
            state = np.select([blown, right >= 0.9], ["exploded", "at least 90 % right"], "not yet")
            update.facts = {"learnt": [name for name, word in zip(STARTS, state) if word == "at least 90 % right"]}
            update.facts["exploded"] = [name for name, its in zip(STARTS, blown) if its]
            groups = {word: [name for name, its in zip(STARTS, state) if its == word] for word in dict.fromkeys(state)}
            yield (
                t / steps if steps else 1.0,
                (
                    f"{activation}, {depth} hidden layers, alpha {lr:.3g}, step {t}: "
                    + "; ".join(f"{word}: {', '.join(who)}" for word, who in groups.items())
                    + "."
                ),
            )
            if not np.isfinite(J).any():
                return

    return update


def dying_relus(fig, X, Y):
    """A net (2, 40, 1) of relu, leaky relu or elu units, from one start: cost, and the share of dead units.

    X (2, m), Y (1, m). Control: lr. Dead: g'(Z) = 0 for every example.
    """
    names, steps, every = ("relu", "leaky_relu", "elu"), 200, 4
    nets = {name: Net((2, 40, 1), name) for name in names}
    start = initialize(nets["relu"].shapes, rng=np.random.default_rng(0))
    curve, share = fig.subplots(1, 2)
    plots.style(fig)
    costs, deads = (plots.lines(axes, names, linewidth=2.2) for axes in (curve, share))
    plots.cost_axes(curve, steps, 0, 1.2)
    share.set(xlim=(0, steps), ylim=(-0.02, 1.02), xlabel="step", ylabel="share of dead units")
    high = {name: plots.arrows(curve, "^", color=line.get_color()) for name, line in costs.items()}
    plots.legend(curve)

    def update(lr):
        runs = [descend(partial(cost_and_grad, net, X=X, Y=Y), start, sgd, lr=lr) for net in nets.values()]
        Js, dead = [], []
        for t, pairs in zip(range(steps + 1), zip(*runs)):
            thetas, J = zip(*pairs)
            Js.append(np.minimum(J, 100))
            if t % every:
                continue
            dead.append([dead_units(net, theta, X).item() for net, theta in zip(nets.values(), thetas)])
            for k, name in enumerate(names):
                costs[name].set_data(np.arange(t + 1), np.array(Js)[:, k])
                high[name](np.arange(t + 1), np.array(Js)[:, k], curve=True)
                deads[name].set_data(np.arange(0, t + 1, every), np.array(dead)[:, k])
            right = {name: float(accuracy(nets[name], theta, X, Y)) for name, theta in zip(names, thetas)}
            update.facts = {"dead": dead[-1][0], "each": dict(zip(names, dead[-1])), "accuracy": right}
            yield (
                t / steps,
                (
                    f"alpha {lr:.3g}, step {t}: {dead[-1][0]:.0%} of the relu units are dead; right are "
                    + ", ".join(f"{name} {each:.0%}" for name, each in right.items())
                    + "."
                ),
            )

    return update


def activation_curves(fig):
    """The five activations of the notes and their slopes, and one of them at z. Controls: activation, z, slope, a.

    slope is leaky relu's for z < 0, a is what elu saturates at.
    """
    value, slopes = fig.subplots(1, 2)
    plots.style(fig)
    grid = np.linspace(-5, 5, 401)
    curves, bends = (
        {name: plots.line(axes, k, name, linewidth=1.8) for k, name in enumerate(PREFERRED)} for axes in (value, slopes)
    )
    points = [axes.plot([], [], "o", color=plots.INK, markersize=8)[0] for axes in (value, slopes)]
    value.set(xlim=(-5, 5), ylim=(-2.2, 5), xlabel="z", title="g(z)")
    slopes.set(xlim=(-5, 5), ylim=(-0.05, 2.05), xlabel="z", title="slope g'(z)")
    slopes.set_yticks([0, 0.25, 1, 2], ["0", "1/4", "1", "2"])
    plots.legend(value, columns=3)

    def update(activation, z, slope=0.01, a=1.0):
        shaped = {"leaky_relu": (leaky_relu, {"slope": slope}), "elu": (elu, {"a": a})}
        here = {}
        for name in PREFERRED:
            (g, more), (_, g_prime) = shaped.get(name, (ACTIVATIONS[name][0], {})), ACTIVATIONS[name]
            for line, curve in ((curves[name], g(grid, **more)), (bends[name], g_prime(grid, **more))):
                line.set_data(grid, curve)
                line.set(linewidth=3.6 if name == activation else 1.2, zorder=3 if name == activation else 2)
            here[name] = float(g(z, **more)), float(g_prime(z, **more))
        for point, height in zip(points, here[activation]):
            point.set_data([z], [height])
        slope_here = here[activation][1]
        update.facts = {"slope_here": slope_here}
        return (
            f"{activation}({z:.3g}) = {here[activation][0]:.3g}, and ten such units in a row pass on {_power(slope_here**10)} "
            "times the gradient; the slopes at this z: "
            + ", ".join(f"{n} {bend:.2g}" for n, (_, bend) in here.items())
            + "."
        )

    return update
