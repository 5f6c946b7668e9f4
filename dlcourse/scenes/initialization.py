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
from dlcourse.scenes.handles import Place
from dlcourse.scenes.kept import Kept
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
            plots.change(each, xlim=(0, max(L, 11)), ylim=(1e-4, 1e4) if L <= 20 else (1e-16, 1e10))
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

    def top(values):
        return values["L"] - 1, values["w"] ** (values["L"] - 1)

    def lifted(values, x, y):
        return {"w": y ** (1 / (values["L"] - 1))}

    update.handles = [Place(axes[0], None, "w", get=top, put=lifted, name="A at the top")]
    update.play = "L"
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
            plots.change(images[k], extent=(-1, 1, 0.5, depth + 0.5))
            heres[k].set_xdata([np.log10(scale)] * 2)
            inside = beyond[k](layers, measured)
            dots[k].set_data(layers[inside], measured[inside])
            theory[k].set_data(layers, np.clip(expected[k], LOW / 10, HIGH * 10))
        plots.change(axes[0, 0], ylim=(0.5, depth + 0.5))
        update.facts = {"up": up[-1], "down": down[0]}
        return (
            f"{activation}, scale {scale:.3g}, {depth} layers of {width}: the top layer's spread is {_power(up[-1])} "
            f"(theory for wide layers {_power(expected[0][-1])}), and layer 1 gets {_power(down[0])} times the top's "
            f"gradient (theory {_power(expected[1][0])})."
        )

    def line_of(values):
        return np.log10(values["scale"]), None

    update.handles = [
        Place(
            field,
            "scale",
            get=line_of,
            put=lambda values, x, y: {"scale": 10**x},
            name=f"scale, in the field of {name}",
        )
        for field, name in zip(axes[:, 0], ("A", "dZ"))
    ]
    update.play = "depth"
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
        thetas, Js = history(descend(partial(cost_and_grad, net, X=X, Y=Y), theta, sgd, lr=0.8, static=True), steps + 1)
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

    update.play = "steps"
    return update


def _training_from_each_start(X, Y, depth, lr, activation, most, every):
    """Trains the six starts together; every few steps the step, the costs so far (t+1, 6), how far the weights of each layer
    have moved (L, 6), the share that is right (6,), and which have exploded (6,); half-way to the next ones a pause."""
    net = Net((2,) + (16,) * depth + (1,), activation)
    start = np.stack([initialize(net.shapes, std=std, rng=np.random.default_rng(0)) for std in STARTS.values()])
    begin, Js = unpack(start, net.shapes), []
    for t, (theta, J) in zip(
        range(most + 1), descend(partial(cost_and_grad, net, X=X, Y=Y), start, sgd, lr=lr, static=True)
    ):
        Js.append(np.minimum(np.nan_to_num(J, nan=100), 100))
        over = not np.isfinite(J).any()
        if over or t % every == 0:
            now = unpack(np.clip(theta, -1e9, 1e9), net.shapes)
            names = [f"W{l}" for l in range(1, net.L + 1)]
            rms = np.array([np.sqrt(((now[W] - begin[W]) ** 2).mean(axis=(-2, -1))) for W in names])
            with np.errstate(all="ignore"):
                right = accuracy(net, theta, X, Y)
            yield t, np.array(Js), rms, right, ~np.isfinite(J) | (np.abs(theta).max(axis=-1) > 1e6)
        elif t % every == every // 2:
            yield None
        if over:
            return


def learning_from_each_start(fig, X, Y):
    """A deep net trained from six starts at once, same data and alpha: the costs, and how far each layer has moved.

    X (2, m), Y (1, m); hidden layers of 16 units. Controls: depth (hidden layers), lr, activation, steps (up to 200); front,
    "all" or the start whose curves stand out.
    """
    most, every, top = 200, 5, 12
    kept = Kept(lambda *setting: _training_from_each_start(X, Y, *setting, most, every))
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

    def show(frame, front):
        t, Js, rms, right, blown = frame
        layers = np.arange(1, len(rms) + 1 if t else 1)
        for words in empty:
            words.set_text("" if t else "not a step yet")
        for k, name in enumerate(STARTS):
            costs[name].set_data(np.arange(len(Js)), Js[:, k])
            high[name](np.arange(len(Js)), Js[:, k], curve=True)
            inside = far[name](layers, rms[: len(layers), k])
            moves[name].set_data(layers[inside], rms[: len(layers), k][inside])
            for line in (costs[name], moves[name]):
                line.set(alpha=None if front in ("all", name) else 0.2, zorder=3 if name == front else 2)
        state = np.select([blown, right >= 0.9], ["exploded", "at least 90 % right"], "not yet")
        groups = {word: [name for name, its in zip(STARTS, state) if its == word] for word in dict.fromkeys(state)}
        update.facts = {"learnt": groups.get("at least 90 % right", []), "exploded": groups.get("exploded", [])}
        return "; ".join(f"{word}: {', '.join(who)}" for word, who in groups.items()) + _highest(Js, front)

    def update(depth, lr, activation, steps=most, front="all"):
        words = f"{activation}, {depth} hidden layers, alpha {lr:.3g}"
        shown = None
        for frames in kept(depth, lr, activation):  # it goes on from where it is: so its steps can be played
            frame = frames[min(steps // every, len(frames) - 1)]
            if frame is not shown:
                shown, said = frame, f"{words}, step {frame[0]}: {show(frame, front)}."
            if len(frames) * every > steps and steps < most:  # of all steps, its last pull frees what it needs
                break
            yield frame[0] / steps, said
        yield 1.0, said

    update.afresh, update.play = kept.forget, "steps"
    return update


def _highest(Js, front):
    """Where the cost of the start in front was highest."""
    if front == "all":
        return ""
    J = Js[:, list(STARTS).index(front)]
    return (
        f"; the cost of {front} was highest at step {J.argmax()}, {J.max():.3g}{' or more' if J.max() == 100 else ''}"
    )


def dying_relus(fig, X, Y):
    """A net (2, 40, 1) of relu, leaky relu or elu units, from one start: the hinges of the relus, and how many units died.

    The hinge of a unit is where its z is 0; a tick at a dead one points to where it is on. Dead: g'(Z) = 0 for every example.
    X (2, m), Y (1, m). Control: lr.
    """
    names, steps, every = ("relu", "leaky_relu", "elu"), 200, 4
    nets = {name: Net((2, 40, 1), name) for name in names}
    start = initialize(nets["relu"].shapes, rng=np.random.default_rng(0))
    plane, share = fig.subplots(1, 2, width_ratios=(1.25, 1))
    plots.style(fig)
    view = np.array([(row.min() - 1.3, row.max() + 1.3) for row in X])
    alive = plots.line(plane, 6, "alive", linewidth=0.8, color=plots.COLOURS[7])
    dead = plots.line(plane, 3, "dead", linewidth=1.5, linestyle=plots.DASHES[1])
    ticks = plots.line(plane, 3, linewidth=2.5, linestyle="-")
    plots.examples(plane, X, Y)
    plane.set(xlim=view[0], ylim=view[1], xlabel="feature 1", ylabel="feature 2", title="hinges of the relu units")
    deads = plots.lines(share, names, linewidth=2.2)
    share.set(xlim=(0, steps), ylim=(-0.02, 1.02), xlabel="step", ylabel="share of dead units")
    plots.legend(plane, share, columns=4)

    def update(lr):
        runs = [descend(partial(cost_and_grad, net, X=X, Y=Y), start, sgd, lr=lr, static=True) for net in nets.values()]
        shares = []
        for t, pairs in zip(range(steps + 1), zip(*runs)):
            if t % every:
                continue
            thetas = [theta for theta, _ in pairs]
            shares.append([dead_units(net, theta, X).item() for net, theta in zip(nets.values(), thetas)])
            for k, name in enumerate(names):
                deads[name].set_data(np.arange(0, t + 1, every), np.array(shares)[:, k])
            unit = unpack(thetas[0], nets["relu"].shapes)
            on = (unit["W1"] @ X + unit["b1"] > 0).any(axis=-1)
            lines, tick = _hinges(unit["W1"], unit["b1"], X.mean(axis=1))
            for line, pieces in ((alive, lines[on]), (dead, lines[~on]), (ticks, tick[~on])):
                line.set_data(*pieces.reshape(-1, 2).T)
            corners = unit["W1"] @ np.array(np.meshgrid(*view)).reshape(2, 4) + unit["b1"]
            gone = int(((corners > 0).all(axis=-1) | (corners <= 0).all(axis=-1)).sum())
            right = {name: float(accuracy(nets[name], theta, X, Y)) for name, theta in zip(names, thetas)}
            update.facts = {"dead": shares[-1][0], "each": dict(zip(names, shares[-1])), "accuracy": right}
            yield (
                t / steps,
                f"alpha {lr:.3g}, step {t}: {shares[-1][0]:.0%} of the relu units are dead (hinges outside the picture: {gone}); "
                "right are " + ", ".join(f"{name} {each:.0%}" for name, each in right.items()) + ".",
            )

    return update


def _hinges(W, b, middle):
    """The lines w x + b = 0, and on each, nearest to `middle`, a tick to the side where the unit is on: (n, 3, 2), gaps last."""
    length = np.maximum(np.linalg.norm(W, axis=1, keepdims=True), 1e-12)
    normal, gap = W / length, np.full(W.shape, np.nan)
    foot = middle - (W @ middle[:, None] + b) / length * normal
    along = 50 * normal[:, ::-1] * (-1, 1)
    return np.stack([foot - along, foot + along, gap], axis=1), np.stack([foot, foot + 0.2 * normal, gap], axis=1)


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

    def both(name, z, slope=0.01, a=1.0):
        shaped = {"leaky_relu": (leaky_relu, {"slope": slope}), "elu": (elu, {"a": a})}
        (g, more), (_, g_prime) = shaped.get(name, (ACTIVATIONS[name][0], {})), ACTIVATIONS[name]
        return g(z, **more), g_prime(z, **more)

    def update(activation, z, slope=0.01, a=1.0):
        here = {}
        for name in PREFERRED:
            for line, curve in zip((curves[name], bends[name]), both(name, grid, slope, a)):
                line.set_data(grid, curve)
                mine = name == activation
                line.set(linewidth=3.6 if mine else 1.4, alpha=None if mine else 0.5, zorder=3 if mine else 2)
            here[name] = tuple(map(float, both(name, z, slope, a)))
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

    def on(k):
        return lambda v: (v["z"], float(both(v["activation"], v["z"], v["slope"], v["a"])[k]))

    update.handles = [
        Place(axes, "z", get=on(k), put=lambda values, x, y: {"z": x}, name=f"z, on the {name}")
        for k, (axes, name) in enumerate(((value, "curve"), (slopes, "slope")))
    ]
    return update
