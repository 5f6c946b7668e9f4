"""Dropout: which units a mask leaves, what it does to the next z, to a training, and to the gradient."""

from functools import partial
from itertools import count, islice

import numpy as np
from matplotlib.collections import LineCollection

from dlcourse.checking import bars, gradient_check
from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, backward, cost, cost_and_grad, dropout_masks, forward
from dlcourse.optimizers import adam
from dlcourse.regularizers import dropout_mask
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place, Toggle
from dlcourse.training import descend, last

WHEN = ("training", "test")
BACKWARD = ("the same mask", "mask forgotten", "division forgotten", "another mask", "fresh at every call")

PRESETS = {
    "units": {"all stay": {"keep_prob1": 1.0, "keep_prob2": 1.0}, "test time": {"when": "test"}},
    "heaps": {
        "the lecture": {"keep_prob": 0.8},
        "half": {"keep_prob": 0.5},
        "few units": {"keep_prob": 0.5, "units": 5},
    },
    "trained": {
        "no dropout": {},
        "half": {"keep_prob1": 0.5, "keep_prob2": 0.5},
        "too much": {"keep_prob1": 0.1, "keep_prob2": 0.1},
        "one mask for ever": {"keep_prob1": 0.5, "keep_prob2": 0.5, "new_masks": False},
    },
}
GOALS = {
    "at most two": Goal(
        "with keep_prob 0.5, find a step and an example that leave at most 2 units in hidden layer 1.",
        lambda on, keep_prob1, clicked: on[1] <= 2 and keep_prob1 == 0.5 and not clicked,
        {"keep_prob1": 0.5, "step": 1, "example": 3},
    ),
    "forty per cent": Goal(
        "without the division z shall be 40 % too small, and with it still right (to 2 %).",
        lambda kept, shrunk: abs(shrunk - 0.6) < 0.01 and abs(kept - 1) < 0.02,
        {"keep_prob": 0.6},
    ),
    "one layer": Goal(
        "get at most 11 % of the dev examples wrong, with units dropped in one hidden layer only.",
        lambda dev_error, keep_prob0, keep_prob1, keep_prob2: (
            dev_error <= 0.11 and sorted((keep_prob0, keep_prob1, keep_prob2))[1:] == [1, 1] and keep_prob0 == 1
        ),
        {"keep_prob1": 0.3},
    ),
    "forget and pass": Goal(
        "forget the mask on the way back, and still pass.",
        lambda way, passes: way == "mask forgotten" and passes,
        {"way": "mask forgotten", "keep_prob": 1.0},
    ),
}


def dropped_units(fig, X, Y):
    """A trained net (2, 8, 6, 1) with the units that a mask leaves, what each of them says, and the answer to one example.

    X (2, m), Y (1, m). Controls: keep_prob0 of the inputs, keep_prob1 and keep_prob2 of the hidden layers, step and
    example (each has a mask of its own), when: "training" or "test"; clicked, the units switched against their mask.
    """
    net = Net((2, 8, 6, 1), activation="tanh")
    theta, _ = last(
        descend(
            partial(cost_and_grad, net, X=X, Y=Y), initialize(net.shapes, rng=np.random.default_rng(0)), adam, lr=0.03
        ),
        150,
    )
    axes = fig.subplots()
    plots.style(fig)
    axes.set(xlim=(-0.45, 3.75), ylim=(-0.8, 8.6), title="units that are on, with the connections they have")
    axes.axis("off")
    places = [np.stack([np.full(n, l), 4 + np.arange(n) - (n - 1) / 2], axis=1) for l, n in enumerate(net.layer_dims)]
    edges = LineCollection([(a, b) for one, two in zip(places, places[1:]) for b in two for a in one], zorder=1)
    axes.add_collection(edges)
    spots = np.concatenate(places)
    nodes = axes.scatter(*spots.T, s=360, linewidths=1.6, edgecolors=plots.COLOURS[0], zorder=2)
    says = [axes.text(*spot, "", fontsize=7.5, ha="center", va="center", clip_on=True, zorder=3) for spot in spots]
    for l, name in enumerate(("inputs", "hidden 1", "hidden 2", "output")):
        axes.text(l, -0.55, name, ha="center", fontsize=11)
    for k, sign in enumerate(("above 0", "below 0")):
        axes.plot([], [], "-", color=plots.COLOURS[k], linewidth=2, label=f"weight {sign}")
    plots.legend(axes)
    answer = axes.text(3.18, 4, "", fontsize=12, va="center", clip_on=True)
    weights = [forward(net, theta, X[:, :1])[1][f"W{l}"] for l in (1, 2, 3)]

    def drawn(keep_prob, step, example, clicked):
        """The masks of one example, {layer: (n, 1)}, with the clicked units the other way round."""
        masks = dropout_masks(net, keep_prob, 20, np.random.default_rng(step))
        flip = np.isin(np.arange(len(spots)), clicked or ())
        parts = np.split(flip, np.cumsum(net.layer_dims))
        return {l: ((D[:, example - 1 : example] > 0) ^ parts[l][:, None]) / keep_prob[l] for l, D in masks.items()}

    def update(keep_prob1, keep_prob2, keep_prob0=1.0, step=1, example=1, when=WHEN[0], clicked=None):
        keep_prob = {0: keep_prob0, 1: keep_prob1, 2: keep_prob2}
        masks = drawn(keep_prob, step, example, clicked) if when == WHEN[0] else {}
        on = [masks.get(l, np.ones((n, 1))).ravel() > 0 for l, n in enumerate(net.layer_dims)]
        alive = np.concatenate([np.outer(two, one).ravel() for one, two in zip(on, on[1:])])
        width = np.concatenate([np.abs(W).ravel() for W in weights])
        edges.set_linewidths(np.where(alive, 0.4 + 1.6 * width, 0))
        edges.set_color([plots.COLOURS[1] if w < 0 else plots.COLOURS[0] for W in weights for w in W.ravel()])
        nodes.set_facecolors([plots.COLOURS[5] if filled else "white" for filled in np.concatenate(on)])
        nodes.set_linewidths(np.where(np.concatenate(on), 1.8, 0.6))
        x = X[:, example - 1 : example]
        now, whole = (float(forward(net, theta, x, D)[0].item()) for D in (masks, None))
        cache = forward(net, theta, x, masks)[1]
        said = np.concatenate([cache[f"A{l}"].ravel() for l in range(net.L + 1)])
        for text, value, there in zip(says, said, np.concatenate(on)):
            text.set_text(f"{round(value, 1) + 0:.1f}" if there else "")  # no -0.0
        answer.set_text(f"answer\n{now:.2f}")
        update.facts = {"on": [int(layer.sum()) for layer in on], "now": now, "whole": whole}
        update.idle = set() if when == WHEN[0] else {"keep_prob0", "keep_prob1", "keep_prob2", "step", "clicked"}
        who = f"Step {step}, example {example}" if masks else f"At test time, example {example}"
        who += f", {len(clicked)} switched by hand" if clicked and masks else ""
        return (
            f"{who}: {on[0].sum()} of 2 inputs, {on[1].sum()} of 8 and {on[2].sum()} of 6 hidden units are on; "
            f"this net answers {now:.2f}, the whole one {whole:.2f}."
        )

    update.handles = [Toggle(axes, "clicked", lambda values: spots[:-1], name="units")]  # the output is never dropped
    update.play = "step"
    return update


def next_z(fig):
    """z of one unit of the next layer, over many masks, with and without the division by keep_prob.

    Activations and weights are random and positive, scaled so that z is 1 without dropout. Controls: keep_prob, units
    in the layer that is dropped, masks: how many are drawn.
    """
    shape, mean = fig.subplots(1, 2, width_ratios=(1.2, 1))
    plots.style(fig)
    named = {True: "divided by keep_prob", False: "not divided"}
    counts = {d: plots.line(shape, k, label, drawstyle="steps-mid") for k, (d, label) in enumerate(named.items())}
    means = {d: plots.line(mean, k) for k, d in enumerate(named)}
    for axes in (shape, mean):
        level = axes.axvline if axes is shape else axes.axhline
        level(1.0, color=plots.INK, linewidth=1.2, label="z without dropout")
    at, until = (axes.axvline(1.0, color=plots.GREY, linewidth=1.6) for axes in (shape, mean))
    called = plots.note(shape, 1.0, 0.98, "keep_prob", transform=shape.get_xaxis_transform(), rotation=90, ha="right")
    bins = np.linspace(-0.025, 2.525, 52)  # so that a heap at 1 stands at 1
    shape.set(xlim=(0, 2.5), ylim=(0, 0.4), xlabel="next z (the last place: 2.5 and more)", ylabel="share of masks")
    mean.set(xlim=(1, 4096), xscale="log", ylim=(0, 2), xlabel="masks so far", ylabel="mean of z")
    plots.legend(shape, mean)

    def update(keep_prob, units=50, masks=1024):
        rng = np.random.default_rng(0)
        A, w = np.abs(rng.normal(size=(units, 1))), rng.uniform(0.5, 1.5, size=(1, units))
        w /= w @ A
        D = dropout_mask((masks, units), keep_prob, rng).T  # more masks begin with these
        z = {True: (w @ (A * D)).ravel(), False: (w @ (A * (D > 0))).ravel()}
        off = units - (D > 0).sum(axis=0).mean()
        for divided, values in z.items():
            share = np.histogram(np.clip(values, 0, 2.5), bins)[0] / masks
            counts[divided].set_data((bins[1:] + bins[:-1]) / 2, share)
            means[divided].set_data(np.arange(1, masks + 1), np.cumsum(values) / np.arange(1, masks + 1))
        at.set_xdata([keep_prob] * 2)
        called.set_x(max(keep_prob - 0.05, 0.11))  # left of the line, but within the axes
        until.set_xdata([masks] * 2)
        highest = max(line.get_ydata().max() for line in counts.values())
        plots.change(shape, ylim=(0, next(top for top in (0.2, 0.4, 1.05) if highest <= top)))
        kept, shrunk = z[True].mean(), z[False].mean()
        update.facts = {"kept": float(kept), "shrunk": float(shrunk), "spread": float(z[True].std()), "off": float(off)}
        return (
            f"keep_prob {keep_prob:.2f}, {units} units, {masks} masks: {off:.1f} units are off on average; the "
            f"mean of z is {kept:.2f} with the division, +/- {z[True].std():.2f} from mask to mask, and "
            f"{shrunk:.2f} without it, where 1 is right."
        )

    update.handles = [Place(shape, "keep_prob"), Place(mean, "masks")]
    update.play = "masks"
    return update


def dropout_training(fig, X, Y, X_dev, Y_dev):
    """A net (2, 64, 32, 1) trained with dropout: its boundary, J of each step, and the costs without dropout.

    X (2, m), Y (1, m), and a dev set. Controls: keep_prob1 and keep_prob2 of the hidden layers, keep_prob0 of the
    inputs, new_masks: draw new masks at each step, or use the first ones for ever.
    """
    net, steps, every = Net((2, 64, 32, 1)), 600, 10
    start = initialize(net.shapes, rng=np.random.default_rng(0))
    plane, curve = fig.subplots(1, 2, width_ratios=(1, 1.25))
    plots.style(fig)
    show = plots.decision_map(plane, (-1.8, 2.8), (-1.6, 2.1), points=50)
    plots.examples(plane, X, Y, size=22)
    plane.set(xlabel="$x_1$", ylabel="$x_2$")
    noisy = curve.plot([], [], color=plots.GREY, linewidth=0.9, label="J of the step, its mask in it")[0]
    train = plots.line(curve, 0, "train, no mask")
    dev = plots.line(curve, 1, "dev, no mask")
    plots.cost_axes(curve, steps, 0.005, 3, log=True)
    beyond = [plots.arrows(curve, "v^", color=line.get_color()) for line in (noisy, train, dev)]
    plots.legend(curve)

    def update(keep_prob1, keep_prob2, keep_prob0=1.0, new_masks=True):
        rng, keep_prob = np.random.default_rng(3), {0: keep_prob0, 1: keep_prob1, 2: keep_prob2}
        first = dropout_masks(net, keep_prob, X.shape[1], rng)

        batches = ((X, Y, dropout_masks(net, keep_prob, X.shape[1], rng) if new_masks else first) for _ in count())
        run, Js, costs = (
            descend(partial(cost_and_grad, net), start, adam, lr=0.01, batches=batches, static=True),
            [],
            [],
        )
        for t, (theta, J) in enumerate(islice(run, steps + 1)):
            Js.append(J)
            if t % every == 0:
                costs.append([cost(net, theta, X, Y), cost(net, theta, X_dev, Y_dev)])
                at = every * np.arange(len(costs))
                noisy.set_data(np.arange(t + 1), np.clip(Js, 1e-4, 10))
                for line, values in zip((train, dev), np.transpose(costs)):
                    line.set_data(at, np.clip(values, 1e-4, 10))
                for leave, when, values in zip(beyond, (np.arange(t + 1), at, at), (Js, *np.transpose(costs))):
                    leave(when, values, curve=True)
                show(lambda grid: forward(net, theta, grid)[0])
                error, dev_error = (1 - accuracy(net, theta, *data) for data in ((X, Y), (X_dev, Y_dev)))
                rises = np.mean(np.diff(Js) > 0) if t else 0.0
                update.facts = {"error": float(error), "dev_error": float(dev_error), "rises": float(rises)}
                yield (
                    t / steps,
                    (
                        f"After {t} steps with keep_prob {keep_prob1:.2f} and {keep_prob2:.2f}, of the inputs "
                        f"{keep_prob0:.2f}: {error:.0%} of the training examples are wrong and {dev_error:.0%} of the "
                        f"dev examples; J rose in {rises:.0%} of the steps."
                    ),
                )

    return update


def mask_in_backward(fig):
    """The gradient of a net with dropout against the numerical one, parameter by parameter, for five ways back.

    The net is (3, 6, 5, 1), with tanh, on 8 random examples. Controls: way, one of BACKWARD; keep_prob; draw, which
    masks are drawn.
    """
    net, m = Net((3, 6, 5, 1), activation="tanh"), 8
    data = np.random.default_rng(0)
    theta, X, Y = initialize(net.shapes, rng=data), data.normal(size=(3, m)), data.integers(0, 2, (1, m)).astype(float)
    axes = fig.subplots()
    plots.style(fig)
    names = list(net.shapes)
    dots = axes.plot(names, np.ones(len(names)), linestyle="none", marker="D", markersize=11, color=plots.COLOURS[0])[0]
    great, worry = bars(1e-7)
    empty = plots.note(axes, 0.03, 0.5)
    axes.axhline(great, color=plots.COLOURS[2], linestyle="--", linewidth=1.8, label="below: great")
    axes.axhline(worry, color=plots.COLOURS[1], linewidth=1.8, label="above: worry")
    axes.set(
        yscale="log", ylim=(1e-12, 3), xlim=(-0.5, len(names) - 0.5), xlabel="parameter", ylabel="relative difference"
    )
    plots.legend(axes)

    def update(way, keep_prob=0.8, draw=1):
        rng = np.random.default_rng(draw)
        masks, other = (dropout_masks(net, keep_prob, m, rng) for _ in range(2))
        back = {
            BACKWARD[1]: {l: np.ones_like(D) for l, D in masks.items()},
            BACKWARD[2]: {l: (D > 0).astype(float) for l, D in masks.items()},
            BACKWARD[3]: other,
        }.get(way, masks)

        def objective(theta):
            now = dropout_masks(net, keep_prob, m, rng) if way == BACKWARD[4] else masks
            used = now if back is masks else back
            J, _ = cost_and_grad(net, theta, X, Y, now)
            _, cache = forward(net, theta, X, now)
            return J, backward(net, Y, cache | {f"D{l}": D for l, D in used.items()})

        said = f"Backward uses {way}, keep_prob {keep_prob:.2f}, draw {draw}"
        try:
            report = gradient_check(objective, theta, net.shapes)
        except ValueError:
            dots.set_data([], [])
            empty.set_text("No check is possible: two calls with the same theta give two costs.")
            update.facts = {"passes": False, "wrong": names, "checked": False}
            return (
                f"{said}: no check is possible, the cost changes from call to call; fix the mask, or set keep_prob = 1."
            )
        empty.set_text("")
        differences = np.array([report.by_parameter[name] for name in names])
        dots.set_data(np.arange(len(names)), np.clip(differences, 1e-12, 3))
        wrong = [name for name, difference in zip(names, differences) if difference >= worry]
        update.facts = {"passes": not wrong, "wrong": wrong, "checked": True}
        verdict = f"wrong are {', '.join(wrong)}" if wrong else "every parameter passes"
        return f"{said}: {verdict}."

    return update
