"""Softmax: logits to probabilities, temperature, borders between classes, two classes, and large logits."""

from functools import partial
from itertools import islice

import numpy as np
from matplotlib.colors import ListedColormap

from dlcourse.activations import sigmoid, softmax
from dlcourse.checking import numerical_gradient
from dlcourse.datasets import one_hot, spirals
from dlcourse.initializers import initialize
from dlcourse.losses import cross_entropy, output_gradient
from dlcourse.network import Net, accuracy, cost_and_grad, predict
from dlcourse.optimizers import adam
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place, Points
from dlcourse.training import descend

NAMES = ("cat", "dog", "chick", "other")
THE_NOTES = {"z1": 5.0, "z2": 2.0, "z3": -1.0, "z4": 3.0}
PRESETS = {
    "temperatures": {"the notes": THE_NOTES, "hot": {**THE_NOTES, "T": 20}, "cold": {**THE_NOTES, "T": 0.2}},
    "borders": {
        "clouds": {"data": "clouds", "hidden": 0},
        "spirals, straight": {"data": "spirals", "hidden": 0},
        "16 linear": {"data": "spirals", "hidden": 16, "activation": "linear"},
        "spirals, bent": {"data": "spirals", "hidden": 16, "activation": "tanh"},
    },
    "two": {"a draw": {"z1": 1.0, "z2": 1.0}},
    "slopes": {"one example": {"m": 1}, "four": {"m": 4}, "sure and wrong": {"z1": -4.0, "z2": 4.0}},
    "large": {"700": {"c": 700}, "1000": {"c": 1000}, "-745": {"c": -745}, "-1000": {"c": -1000}},
}
GOALS = {
    "all equal": Goal(
        "all four probabilities between 0.24 and 0.26, by the temperature or otherwise.",
        lambda a: bool((abs(a - 0.25) < 0.01).all()),
        {"z1": 0.0, "z2": 0.0, "z3": 0.0, "z4": 0.0},
    ),
    "few bent units": Goal(
        "at least 95 % of the spirals, with at most 8 units a layer.",
        lambda data, hidden, right: data == "spirals" and hidden <= 8 and right >= 0.95,
        {"data": "spirals", "hidden": 8, "activation": "tanh", "lr": 0.1},
    ),
    "one in ten": Goal(
        "a probability of class 1 between 0.09 and 0.11.", lambda a: 0.09 < a < 0.11, {"z1": -1.1, "z2": 1.1}
    ),
    "no slope": Goal(
        "a true class whose slope is smaller than 0.001 in size.",
        lambda dZ: abs(dZ[0]) < 1e-3,
        {"z1": 4.0, "z2": -4.0, "z3": -4.0, "m": 4},
    ),
    "just too large": Goal(
        "find where the bare formula begins to fail on the positive side, to 10.",
        lambda c, fails: 0 < c <= 717 and fails,
        {"c": 710},
    ),
}
PALE = ListedColormap(  # a class's ground and its weave
    ["#B9D6EA", "#B9D6EA", "#F5CBB0", "#EAB08A", "#B5E0CF", "#93CAB3", "#EED3E3", "#D6ACC5"], name="pale classes"
)


def woven(regions):
    """(n, n) classes -> ground 0, 1, 2, ... or weave 0.5, 1.5, ...: no two of four regions alike without colours."""
    rows, columns = np.indices(regions.shape)
    weaves = [rows < 0, (rows + columns) % 10 < 2, rows % 8 < 2, (rows % 6 < 2) & (columns % 6 < 2)]
    return regions + 0.5 * np.choose(regions.astype(int), weaves)


def clouds(m, C=4):
    """C round clouds in the plane, one for each class, always the same:  X (2, m), Y (1, m)."""
    rng = np.random.default_rng(5)
    Y = np.arange(m)[None, :] % C
    angle = 2 * np.pi * (Y + 0.5) / C
    return 0.65 * np.concatenate([np.cos(angle), np.sin(angle)]) + 0.2 * rng.normal(size=(2, m)), Y.astype(float)


def by_hand(points):
    """Points (x1, x2, class) as a data set:  X (2, m), Y (1, m), and C, how many classes."""
    *X, Y = np.transpose(points)
    return np.array(X), Y[None, :], max(2, int(Y.max()) + 1)


def probabilities(fig):
    """Four logits z, e^z, and the probabilities they become. Controls: z1 ... z4, T: the temperature; z/T is used."""
    left, middle, right = fig.subplots(1, 3)
    plots.style(fig)
    columns, most = [], 160
    for axes, title, limits in ((left, "z", (-8, 8)), (middle, "$e^{z/T}$", (0, most)), (right, "a", (0, 1.15))):
        columns.append(axes.bar(NAMES, np.ones(4), color=plots.COLOURS[:4], edgecolor=plots.INK, width=0.7))
        axes.set(title=title, ylim=limits)
        axes.tick_params(axis="x", labelsize=9)
    left.set_xticks(range(4), [f"{name}\n$z_{k + 1}$" for k, name in enumerate(NAMES)])
    left.axhline(0, color=plots.INK, linewidth=1)
    powers, words = (
        [axes.text(k, 0, "", ha="center", va="bottom", fontsize=9, clip_on=True) for k in range(4)]
        for axes in (middle, right)
    )
    for power in powers:
        power.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
    beyond = plots.arrows(middle, "^")

    def update(z1, z2, z3, z4, T=1.0):
        z = np.array([[z1], [z2], [z3], [z4]], dtype=float)
        t, a = np.exp(z / T).ravel(), softmax(z / T).ravel()
        for bars, heights in zip(columns, (z.ravel(), t, a)):
            for bar, height in zip(bars, heights):
                bar.set_height(height)
        beyond(np.arange(4), t)
        for k, (power, word) in enumerate(zip(powers, words)):
            power.set_text(f"{t[k]:.3g}")
            power.set_y(t[k] + 1 if t[k] < 0.94 * most else 0.88 * most)
            word.set_text(f"{a[k]:.3f}")
            word.set_y(a[k] + 0.01)
        best = int(a.argmax())
        update.facts = {"a": a, "t": t, "largest": float(a.max())}
        return (
            f"The sum of e^(z/T) is {t.sum():.4g}; {NAMES[best]} gets {t[best]:.4g} of it, a probability of {a[best]:.3f}, "
            f"and the others {', '.join(f'{p:.3f}' for k, p in enumerate(a) if k != best)}."
        )

    update.handles = [Place(left, k, f"z{k + 1}") for k in range(4)]
    return update


def class_borders(fig):
    """A softmax net trained on classes in the plane: which class it says where, and its cost.

    Controls: data: "clouds" (4 classes) or "spirals" (3); points (x1, x2, class) in their place; hidden: units in each of
    two hidden layers, 0 for no hidden layer; activation of the hidden layers ("linear" or "tanh"); lr of Adam.
    """
    sets = {"clouds": (*clouds(240), 4), "spirals": (*spirals(240, 0.03, np.random.default_rng(0), C=3, turns=0.6), 3)}
    steps, every, pixels = 300, 10, 160
    plane, curve = fig.subplots(1, 2, width_ratios=(1, 1.1))
    plots.style(fig)
    axis = np.linspace(-1.4, 1.4, pixels)
    grid = np.stack(np.meshgrid(axis, axis)).reshape(2, -1)
    image = plane.imshow(
        np.zeros((pixels, pixels)),
        origin="lower",
        extent=(-1.4, 1.4, -1.4, 1.4),
        vmin=-0.25,
        vmax=3.75,
        cmap=PALE,
        aspect="auto",
        interpolation="nearest",
        zorder=0.6,
    )
    dots = [
        plane.plot(
            [],
            [],
            plots.MARKERS[c],
            color=plots.COLOURS[c],
            markersize=5,
            markeredgecolor="white",
            markeredgewidth=0.4,
            linestyle="none",
            label=f"class {c}",
        )[0]
        for c in range(4)
    ]
    plane.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-1.4, 1.4), ylim=(-1.4, 1.4))
    plane.grid(False)
    J_line = plots.line(curve, 6)
    plots.cost_axes(curve, steps, 1e-3, 10, log=True)
    named = plots.legend(plane)
    drawn = {}

    def show(X, Y):
        """The points, and in the legend the classes that are there."""
        drawn["points"] = list(zip(*X.tolist(), Y[0].astype(int).tolist()))
        for c, (dot, *entry) in enumerate(zip(dots, named.get_texts(), named.legend_handles)):
            dot.set_data(*X[:, Y[0] == c])
            for part in entry:
                part.set_visible(bool((Y == c).any()))

    def update(data, hidden, activation="tanh", lr=0.03, points=None):
        X, Y, C = sets[data] if points is None else by_hand(points)
        update.idle = ({"activation"} if not hidden else set()) | ({"data"} if points is not None else set())
        show(X, Y)
        net = Net((2, *(hidden, hidden) * (hidden > 0), C), activation=activation, output="softmax")
        objective = partial(cost_and_grad, net, X=X, Y=one_hot(Y, C))
        run, Js = descend(objective, initialize(net.shapes, rng=np.random.default_rng(0)), adam, lr=lr, static=True), []
        for t, (theta, J) in enumerate(islice(run, steps + 1)):
            Js.append(min(max(J, 1e-4), 1e3))
            if t % every == 0:
                J_line.set_data(np.arange(t + 1), Js)
                image.set_data(woven(predict(net, theta, grid).reshape(pixels, pixels)))
                right = float(accuracy(net, theta, X, one_hot(Y, C)))  # said rounded down: 100% means all
                update.facts = {"right": right, "data": data if points is None else "by hand"}
                layers = (
                    f"two hidden {activation} layers of {hidden} unit{'s' * (hidden > 1)}"
                    if hidden
                    else "no hidden layer"
                )
                says = f"after {t} steps {int(100 * right)}% of the examples are right"
                what = data.capitalize() if points is None else f"{len(points)} points by hand"
                yield t / steps, f"{what}, {layers}, alpha {lr:.2g}: {says}."

    update.handles = [Points(plane, "points", lambda: drawn["points"])]
    return update


def two_classes(fig):
    """Softmax over two logits beside the sigmoid of their difference. Controls: z1 and z2."""
    plane, axes = fig.subplots(1, 2, width_ratios=(1, 1.4))
    plots.style(fig)
    plots.decision_map(plane, (-4, 4), (-4, 4))(lambda z: softmax(z)[0])
    alike = plane.plot([], [], color=plots.GREY, linewidth=1.5)[0]
    plane.set(xlabel="$z_1$", ylabel="$z_2$")
    gap = np.linspace(-8, 8, 161)
    axes.plot(gap, sigmoid(gap), color=plots.COLOURS[0], linewidth=5, alpha=0.4, label="sigmoid($z_1 - z_2$)")
    curve = plots.line(axes, 1, "softmax, class 1")
    here, dot = (each.plot([], [], "D", color=plots.COLOURS[6], markersize=9)[0] for each in (plane, axes))
    axes.set(xlim=(-8, 8), ylim=(-0.05, 1.05), xlabel="$z_1 - z_2$", ylabel="probability of class 1")
    plots.legend(axes)

    def update(z1, z2):
        curve.set_data(gap, softmax(np.stack([gap + z2, np.full_like(gap, z2)]))[0])
        a, s = softmax(np.array([[z1], [z2]], dtype=float))[0, 0], sigmoid(z1 - z2)
        here.set_data([z1], [z2])
        alike.set_data([z1 - 9, z1 + 9], [z2 - 9, z2 + 9])
        dot.set_data([z1 - z2], [a])
        update.facts = {"a": float(a), "sigmoid": float(s)}
        same = "the same" if abs(a - s) < 1e-12 else f"another: {s:.4f}"
        return (
            f"For z = ({z1:.1f}, {z2:.1f}) softmax gives class 1 a probability of {a:.4f}; "
            f"the sigmoid of {z1 - z2:.1f} gives {same}."
        )

    update.handles = [Place(plane, "z1", "z2", name="z")]
    return update


def logit_gradient(fig):
    """dJ/dz of the cross-entropy for m examples: the formula (a - y)/m, and the slope found by nudging z.

    Controls: z1 ... z3, logits of the first example, whose class is 1; m examples (the others are drawn).
    """
    grid = fig.add_gridspec(1, 2, width_ratios=(1, 1.8))
    axes, logits = fig.add_subplot(grid[1]), fig.add_subplot(grid[0])
    plots.style(fig)
    place = np.arange(3)
    columns = logits.bar(place, np.ones(3), width=0.7, color=plots.COLOURS[0], edgecolor=plots.INK)
    logits.axhline(0, color=plots.INK, linewidth=1)
    logits.set(ylim=(-4.5, 4.5), xticks=place, xticklabels=["$z_1$", "$z_2$", "$z_3$"], ylabel="z of the first example")
    formula = axes.bar(
        place - 0.2, np.ones(3), width=0.4, color=plots.COLOURS[5], edgecolor=plots.INK, label="(a - y)/m"
    )
    loss = axes.bar(
        place + 0.2,
        np.ones(3),
        width=0.4,
        color="white",
        edgecolor=plots.COLOURS[3],
        hatch="//",
        label="a - y, without the 1/m",
    )
    nudged = axes.plot([], [], "D", color=plots.COLOURS[6], markersize=9, label="slope of J by nudging z")[0]
    axes.axhline(0, color=plots.INK, linewidth=1)
    axes.set(ylim=(-1.1, 1.1), xticks=place, xticklabels=["$z_1$ (true)", "$z_2$", "$z_3$"], ylabel="slope")
    plots.legend(axes)

    def update(z1, z2, z3, m):
        Z = np.random.default_rng(0).normal(size=(3, m))
        Z[:, 0] = z1, z2, z3
        Y = one_hot(np.arange(m)[None, :] % 3, 3)
        dZ = output_gradient(softmax(Z), Y)[:, 0]

        def objective(theta):
            z = theta.reshape(*theta.shape[:-1], 3, m)
            return cross_entropy(z, Y), output_gradient(softmax(z), Y).reshape(theta.shape)

        slopes = numerical_gradient(objective, Z.ravel(), eps=1e-5).reshape(3, m)[:, 0]
        for bars, heights in ((columns, Z[:, 0]), (formula, dZ), (loss, m * dZ)):
            for bar, height in zip(bars, heights):
                bar.set_height(height)
        nudged.set_data(place - 0.2, slopes)
        update.facts = {"dZ": dZ, "slopes": slopes, "of_the_loss": m * dZ}
        agree = "as the nudge does" if np.abs(slopes - dZ).max() < 1e-7 else "unlike the nudge"
        return (
            f"z = ({z1:.1f}, {z2:.1f}, {z3:.1f}), {m} example{'s' * (m > 1)}: (a - y)/m says "
            f"{', '.join(f'{d:.3f}' for d in dZ)}, {agree}; a - y would say {', '.join(f'{m * d:.3f}' for d in dZ)}."
        )

    update.handles = [Place(logits, k, f"z{k + 1}") for k in range(3)]
    return update


def large_logits(fig):
    """Softmax of z = (c + 2, c, c - 2) by the bare formula and by the one that subtracts max(z). Control: c."""
    axes, line = fig.subplots(2, 1, height_ratios=(5, 1))
    plots.style(fig)
    place = np.arange(3)
    safe = axes.bar(
        place - 0.2, np.ones(3), width=0.4, color=plots.COLOURS[0], edgecolor=plots.INK, label="max(z) subtracted"
    )
    bare = axes.bar(
        place + 0.2,
        np.ones(3),
        width=0.4,
        color=plots.COLOURS[1],
        edgecolor=plots.INK,
        hatch="//",
        label="bare formula",
    )
    words = [
        axes.text(k + 0.2, 0.02, "", ha="center", fontsize=10, color=plots.COLOURS[1], clip_on=True) for k in place
    ]
    axes.set(ylim=(0, 1.1), xticks=place, ylabel="a")
    here = line.axvline(0, color=plots.GREY, linewidth=1.5)
    been = line.plot([], [], "o", color=plots.COLOURS[1], markersize=4)[0]
    line.set(xlim=(-1050, 1050), ylim=(-0.6, 1.6), xlabel="c")
    line.set_yticks([0, 1], ["nan", "number"])
    plots.legend(axes)
    found = {}  # where the learner has been: {c: does the bare formula give numbers?}

    def update(c):
        z = c + np.array([2.0, 0.0, -2.0])
        a = softmax(z[:, None]).ravel()
        with np.errstate(all="ignore"):
            t = np.exp(z)
            naive = t / t.sum()
        fails = not np.isfinite(naive).all()
        for bars, heights in ((safe, a), (bare, naive)):
            for bar, height in zip(bars, heights):
                bar.set(height=np.nan_to_num(height), visible=bool(np.isfinite(height)))  # no bar for what is no number
        for word, value in zip(words, naive):
            word.set_text("" if np.isfinite(value) else "nan")
        axes.set_xticklabels([f"c + 2 = {c + 2:g}", f"c = {c:g}", f"c - 2 = {c - 2:g}"])
        here.set_xdata([c, c])
        found[c] = not fails
        been.set_data(list(found), list(found.values()))
        update.facts = {"fails": bool(fails), "bare": naive, "safe": a}
        says = ("e^z overflows" if np.isinf(t).any() else "every e^z is rounded to 0") if fails else ""
        outcome = f"gives no number, for {says}" if fails else f"gives {', '.join(f'{v:.3f}' for v in naive)}"
        return (
            f"At c = {c:g} the bare formula {outcome}; with max(z) subtracted the three are "
            f"{', '.join(f'{v:.3f}' for v in a)}."
        )

    update.forget = found.clear
    update.handles = [Place(line, "c")]
    return update
