"""Gradient checking: the valley of the error over eps, bugs to plant and to find, kinks, and dropout's masks."""

from functools import partial

import numpy as np

from dlcourse.checking import GradientCheck, bars, eps_sweep, gradient_check, numerical_gradient, relative_difference
from dlcourse.initializers import initialize
from dlcourse.network import Net, backward, cost_and_grad, dropout_masks, forward
from dlcourse.optimizers import sgd
from dlcourse.parameters import pack, unpack
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Pick, Place
from dlcourse.training import descend, last

FUNCTIONS = ("x^3 at 1", "x^2 at 1", "a net, 48 parameters")
BUGS = (
    "none",
    "lambda/m missing",
    "wrong sign",
    "db without the sum",
    "1/m forgotten",
    "g' forgotten",
    "mask forgotten",
)
FLOOR = 1e-16  # differences below are drawn here: log axes have no zero
PRESETS = {
    "valley": {
        "the lecture": {"eps": 0.01},
        "the notes": {"f": FUNCTIONS[1], "eps": 1e-4},
        "a net, 1e-7": {"f": FUNCTIONS[2], "eps": 1e-7},
    },
    "bugs": {
        "g' in layer 2": {"bug": "g' forgotten", "layer": 2},
        "sign of dW2": {"bug": "wrong sign", "layer": 2},
        "the penalty": {"bug": "lambda/m missing", "layer": 1},
        "after training": {"bug": "g' forgotten", "layer": 2, "steps": 100},
    },
    "kink": {"over two kinks": {}, "small": {"eps": 1e-4}, "no kinks": {"activation": "tanh"}},
    "masks": {
        "0.8": {"keep_prob": 0.8},
        "half": {"keep_prob": 0.5},
        "0.8, eps 0.01": {"keep_prob": 0.8, "eps": 0.01},
        "0.8, eps 1": {"keep_prob": 0.8, "eps": 1},
    },
}
GOALS = {
    "nine digits": Goal(
        "for the net, a two-sided difference below 1e-9.",
        lambda f, two: f == FUNCTIONS[2] and two < 1e-9,
        {"f": FUNCTIONS[2], "eps": 1e-5},
    ),
    "hidden penalty": Goal(
        "hide a missing lambda/m, with lambda at least 0.1: no parameter may be called worry.",
        lambda bug, lambd, verdict: bug.startswith("lambda") and lambd >= 0.1 and verdict != "worry",
        {"bug": "lambda/m missing", "layer": 1, "lambd": 0.1, "eps": 0.1},
    ),
    "over a kink": Goal(
        "with relu and eps at most 0.01, still step over a kink.",
        lambda activation, eps, crossed: activation == "relu" and eps <= 0.01 and crossed > 0,
        {"w": 0.44, "eps": 0.01},
    ),
    "fixed masks": Goal(
        "with keep_prob 0.8, bring the slope from fresh masks within 0.1 of backpropagation's. (It takes luck.)",
        lambda keep_prob, right, wild: abs(keep_prob - 0.8) < 1e-9 and abs(right - wild) < 0.1,
        {"keep_prob": 0.8, "eps": 1, "draw": 2},
    ),
}
VERDICTS = {"great": plots.COLOURS[2], "look again": plots.COLOURS[4], "worry": plots.COLOURS[1]}


def eps_valley(fig):
    """The relative difference between a right gradient and the numerical one, on log axes, from eps = 1 down to `eps`.

    The bars are those of `checking.bars`; they are for the two-sided difference. Controls: f, one of FUNCTIONS; eps,
    where the dots are.
    """
    rng = np.random.default_rng(1)
    net, X, Y = Net((4, 5, 3, 1), activation="tanh"), rng.normal(size=(4, 3)), np.array([[1.0, 1.0, 0.0]])
    objectives = dict(
        zip(
            FUNCTIONS,
            (
                (lambda x: (x[..., 0] ** 3, 3 * x**2), [1.0]),
                (lambda x: (x[..., 0] ** 2, 2 * x), [1.0]),
                (partial(cost_and_grad, net, X=X, Y=Y), rng.normal(size=sum(np.prod(s) for s in net.shapes.values()))),
            ),
        )
    )
    eps_axis = np.logspace(-12, 0, 73)
    sweeps = {f: np.maximum(eps_sweep(*pair, eps_axis), FLOOR) for f, pair in objectives.items()}
    axes = fig.subplots()
    plots.style(fig)
    two_sided, one_sided = plots.lines(axes, ("two-sided", "one-sided")).values()
    for bar, look, label in zip(bars(eps_axis), (":", "-."), ("great below", "worry above")):
        axes.plot(eps_axis, bar, color="#7A7A7A", linestyle=look, linewidth=1.6, label=label)
    dots = [axes.plot([], [], "o", color=plots.COLOURS[k], markersize=9)[0] for k in (0, 1)]
    upright = axes.axvline(1, color=plots.PALE, linewidth=1.5, zorder=1)
    axes.set(
        xscale="log", yscale="log", xlim=(1e-12, 3), ylim=(FLOOR / 2, 30), xlabel="eps", ylabel="relative difference"
    )
    plots.legend(axes)

    def update(f, eps):
        now = [side[0] for side in eps_sweep(*objectives[f], [eps])]
        upright.set_xdata([eps, eps])
        for curve, values, dot, here in zip((two_sided, one_sided), sweeps[f], dots, now):
            seen = eps_axis >= eps * 0.999
            curve.set_data(eps_axis[seen], values[seen])
            dot.set_data([eps], [max(here, FLOOR)])
        update.facts = {"two": float(now[0]), "one": float(now[1])}
        return (
            f"For {f} and eps {eps:.2g} the right gradient and the numerical one differ by {_size(now[0])} two-sided and "
            f"by {_size(now[1])} one-sided; at this eps {_great(bars(eps)[0])}."
        )

    update.handles = [Place(axes, "eps")]
    return update


def _great(bar):
    return f"a two-sided one below {bar:.1g} is great" if bar < 1 else "the bars are so wide that all is called great"


def planted_bugs(fig, X, Y):
    """The report of a gradient check, parameter by parameter, with a bug planted in the gradient of a real net.

    X (2, m), Y (1, m); the net is (2, 5, 4, 1), with tanh. Controls: bug, one of BUGS; layer, where it is planted; eps;
    lambd, of the L2 penalty; steps of descent before the check.
    """
    net, m = Net((2, 5, 4, 1), activation="tanh"), X.shape[1]
    rng = np.random.default_rng(2)
    start, masks = initialize(net.shapes, rng=rng), dropout_masks(net, 0.7, m, rng)
    axes = fig.subplots()
    plots.style(fig)
    names, bottom = list(net.shapes), 1e-12
    columns = axes.bar(names, np.ones(len(names)), width=0.6, bottom=bottom, edgecolor=plots.INK, linewidth=0.8)
    words = [axes.text(k, 2.0, "", ha="center", va="bottom", fontsize=10, clip_on=True) for k in range(len(names))]
    places = {layer: (2 * layer - 1.5, 1e3) for layer in range(1, net.L + 1)}
    box = {"boxstyle": "round,pad=0.25", "edgecolor": plots.PALE}
    layers = {
        layer: axes.text(*place, "", ha="center", va="center", fontsize=10, clip_on=True, bbox=box)
        for layer, place in places.items()
    }
    great = axes.axhline(1e-6, color=VERDICTS["great"], linestyle="--", linewidth=1.8, label="below: great")
    worry = axes.axhline(1e-4, color=VERDICTS["worry"], linewidth=1.8, label="above: worry")
    axes.set(yscale="log", ylim=(bottom, 1e4), xlabel="parameter", ylabel="relative difference")
    plots.legend(axes)

    def update(bug, layer, eps=1e-7, lambd=1.0, steps=0):
        where = min(layer, net.L - 1) if bug in BUGS[5:] else layer
        D = masks if bug == "mask forgotten" else None
        right = partial(cost_and_grad, net, X=X, Y=Y, masks=D, lambd=lambd)
        theta, _ = last(descend(right, start, sgd, lr=0.5), steps + 1)
        report = gradient_check(_with_bug(right, net, X, Y, bug, where, lambd, D), theta, net.shapes, eps=eps)
        for name, column, word in zip(names, columns, words):
            difference = report.by_parameter[name]
            verdict = _verdict(difference, eps)
            column.set_height(min(max(difference, 2 * bottom), 1.5) - bottom if np.isfinite(difference) else 0)
            column.set_facecolor(VERDICTS[verdict])
            word.set_text(verdict if np.isfinite(difference) else "nan")
        for each, label in layers.items():
            here = bug != "none" and each == where
            label.set_text(f"layer {each}: the bug" if here else f"layer {each}")
            label.get_bbox_patch().set_facecolor("#F3B58E" if here else "white")
        for line, bar in zip((great, worry), bars(eps)):
            line.set_ydata([bar, bar])
        update.idle = {"layer"} if bug == "none" else set()
        found = [name for name in names if _verdict(report.by_parameter[name], eps) != "great"]
        update.facts = {"found": found, "verdict": report.verdict}
        planted = "no bug" if bug == "none" else f"'{bug}' planted in layer {where}"
        says = (
            f"not great {'is' if len(found) == 1 else 'are'} {', '.join(found)}"
            if found
            else "every parameter is great"
        )
        return (
            f"With {planted}, lambda {lambd:.2g}, {steps} step{'s' * (steps != 1)} of training and eps {eps:.2g} "
            f"the check says {report.verdict}: {says}."
        )

    update.handles, update.play = [Pick(axes, "layer", lambda _: places)], "steps"
    return update


def _with_bug(right, net, X, Y, bug, layer, lambd, masks):
    """The objective `right` with one real mistake in its gradient; the cost stays right."""
    W, b, m = f"W{layer}", f"b{layer}", X.shape[1]

    def objective(theta):
        J, dtheta = right(theta)
        grads, weights = dict(unpack(dtheta, net.shapes)), unpack(theta, net.shapes)
        decay = lambd / m * weights[W]
        if bug == "lambda/m missing":
            grads[W] = grads[W] - decay
        elif bug == "wrong sign":
            grads[W] = -grads[W]
        elif bug == "db without the sum":  # what the first example alone adds
            grads[b] = unpack(cost_and_grad(net, theta, X[:, :1], Y[:, :1])[1], net.shapes)[b] / m
        elif bug == "1/m forgotten":
            grads[W], grads[b] = m * (grads[W] - decay) + decay, m * grads[b]
        elif bug in BUGS[5:]:
            _, cache = forward(net, theta, X, masks)
            names = [("linear" if bug == "g' forgotten" and l == layer else "tanh") for l in range(1, net.L)]
            if masks:
                del cache[f"D{layer}"]
            wrong = backward(Net(net.layer_dims, tuple(names)), Y, cache)
            return J, wrong + dtheta - cost_and_grad(net, theta, X, Y, masks)[1]  # and the penalty, as it was
        return J, pack(grads, net.shapes)

    return objective


def relu_kink(fig):
    """The cost of a small net along one weight, the chord that a nudge draws, and the slopes of both.

    The net is (2, 3, 1), on 6 random examples. Controls: w, the weight; eps; activation: "relu" or "tanh".
    """
    rng = np.random.default_rng(4)
    X, Y = rng.normal(size=(2, 6)), np.array([[0.0, 1.0, 0.0, 1.0, 1.0, 0.0]])
    nets = {g: Net((2, 3, 1), activation=g) for g in ("relu", "tanh")}
    start = initialize(nets["relu"].shapes, rng=rng)

    def thetas(w):
        return np.concatenate([w, np.broadcast_to(start[1:], (*w.shape[:-1], len(start) - 1))], axis=-1)

    def objective(w, net):
        J, dtheta = cost_and_grad(net, thetas(w), X, Y)
        return J, dtheta[..., :1]

    grid = np.linspace(-2, 2, 401)[:, None]
    known = {g: objective(grid, net) for g, net in nets.items()}
    hill, slope = fig.subplots(1, 2, width_ratios=(1.4, 1))
    plots.style(fig)
    J_line, exact = plots.line(hill, 0, "cost J"), plots.line(slope, 0)
    chord = plots.line(hill, 1, "chord of the nudge", marker="o", markersize=6)
    white = {"markerfacecolor": "white", "markeredgecolor": plots.INK}
    now = hill.plot([], [], "o", markersize=6, zorder=4, **white)[0]
    here = slope.plot([], [], "D", color=plots.COLOURS[1], markersize=8)[0]
    costs, slopes = (np.concatenate([np.ravel(known[g][k]) for g in nets]) for k in (0, 1))
    for axes, values, name in ((hill, costs, "cost J"), (slope, slopes, "slope dJ/dw")):
        gap = 0.15 * np.ptp(values)
        axes.set(xlim=(-2, 2), ylim=(values.min() - gap, values.max() + gap), xlabel="w", ylabel=name)
    plots.legend(hill)

    def update(w, eps, activation):
        net = nets[activation]
        J_line.set_data(grid[:, 0], known[activation][0])
        exact.set_data(grid[:, 0], known[activation][1][:, 0])
        ends = np.array([[w - eps], [w + eps]])
        chord.set_data(ends[:, 0], objective(ends, net)[0])
        point = np.array([w])
        approx, right = numerical_gradient(partial(objective, net=net), point, eps)[0], objective(point, net)[1][0]
        now.set_data([w], [objective(point, net)[0]])
        here.set_data([w], [approx])
        Z = forward(net, thetas(ends), X)[1]["Z1"]
        crossed = int(((Z[0] > 0) != (Z[1] > 0)).sum()) if activation == "relu" else 0
        difference = relative_difference([approx], [right])
        update.facts = {"crossed": crossed, "difference": float(difference)}
        return (
            f"At w = {w:.2f} with eps {eps:.2g} and {activation} the nudge crosses {crossed} kink{'s' * (crossed != 1)}: "
            f"backpropagation says {right:.3f}, the chord {approx:.3f}, a relative difference of {_size(difference)}."
        )

    def at(w, values):
        return w, float(objective(np.array([w]), nets[values["activation"]])[0])

    update.handles = [
        Place(hill, "eps", get=lambda v: at(v["w"] + v["eps"], v), put=lambda v, x, y: {"eps": x - v["w"]}, name="eps"),
        Place(hill, "w", get=lambda v: at(v["w"], v), put=lambda v, x, y: {"w": x}, name="w"),
    ]
    return update


def fresh_and_fixed(fig):
    """J along one weight, for nudges up to eps, with masks that stand still and with new ones at every call.

    The net is (3, 6, 5, 1), with tanh, on 8 random examples. Controls: keep_prob; eps; draw, which masks are drawn.
    """
    net, m, points = Net((3, 6, 5, 1), activation="tanh"), 8, 21
    data = np.random.default_rng(0)
    theta, X, Y = initialize(net.shapes, rng=data), data.normal(size=(3, m)), data.integers(0, 2, (1, m)).astype(float)
    axes = fig.subplots()
    plots.style(fig)
    fixed = plots.line(axes, 0, "masks fixed")
    fresh = plots.line(axes, 1, "fresh masks at every call", marker="s", markersize=5, linewidth=1.2)
    axes.set(xlim=(-1.05, 1.05), ylim=(0.2, 2.0), xlabel="nudge of the first weight, in eps", ylabel="cost J")
    plots.legend(axes)
    nudges = np.linspace(-1, 1, points)

    def update(keep_prob, eps, draw=1):
        rng = np.random.default_rng(draw)
        masks = dropout_masks(net, keep_prob, m, rng)
        e = np.eye(len(theta))[:1]
        thetas = theta + eps * nudges[:, None] * e
        still, dtheta = cost_and_grad(net, thetas, X, Y, masks)
        moving = [cost_and_grad(net, one, X, Y, dropout_masks(net, keep_prob, m, rng))[0] for one in thetas]
        fixed.set_data(nudges, still)
        fresh.set_data(nudges, moving)
        lowest, highest = min(*moving, *still), max(*moving, *still)
        plots.change(axes, ylim=(min(0.2, lowest - 0.1), max(2.0, highest + 0.1)))
        right = dtheta[points // 2, 0]
        approx = numerical_gradient(partial(cost_and_grad, net, X=X, Y=Y, masks=masks), theta, eps, e)[0]
        wild = (moving[-1] - moving[0]) / (2 * eps)
        update.facts = {
            "right": float(right),
            "fixed": float(approx),
            "wild": float(wild),
            "jump": float(np.ptp(moving)),
        }
        return (
            f"keep_prob {keep_prob:.2f}, eps {eps:.2g}, draw {draw}: backpropagation says {right:.3f}, the nudge with "
            f"fixed masks {approx:.3f}, with fresh masks {wild:.3g}."
        )

    update.play = "draw"
    return update


def _verdict(difference, eps):
    return GradientCheck(difference, {}, eps).verdict


def _size(difference):
    return f"{difference:.1e}" if difference > 1e-12 else "nothing but rounding"
