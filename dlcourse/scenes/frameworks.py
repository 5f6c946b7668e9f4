"""What a framework does for you: the graph along which a gradient flows back, and the first program of the course."""

from functools import partial

import numpy as np
from matplotlib.transforms import ScaledTranslation

from dlcourse.autodiff import Tensor, value_and_grad
from dlcourse.optimizers import sgd
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Pick, Place
from dlcourse.training import descend, history

C = 25.0  # the constant of the first program
PROGRAMS = ("w² + b w + c", "w (w + b) + c")
PLACES = (  # where the nodes of each graph stand
    {"w": (0.36, 0.08), "b": (0.86, 0.08), "w²": (0.12, 0.36), "b w": (0.61, 0.36), "w² + b w": (0.36, 0.64)}
    | {"c": (0.86, 0.64), "J": (0.61, 0.92)},
    {"w": (0.24, 0.08), "b": (0.86, 0.08), "w + b": (0.61, 0.36), "w (w + b)": (0.36, 0.64)}
    | {"c": (0.86, 0.64), "J": (0.61, 0.92)},
)
SLOPES = {  # the local gradients that are not 1, as they are written
    ("w", "w²"): "2w",
    ("w", "b w"): "b",
    ("b", "b w"): "w",
    ("w", "w (w + b)"): "w + b",
    ("w + b", "w (w + b)"): "w",
}
LOCAL, SENT = "#5A5A5A", plots.COLOURS[1]
HALF = 17 / 72  # inches from the middle of a box to its upper edge
W = np.linspace(-3, 13, 200)
PRESETS = {
    "graph": {"all the way": {"step": 4}, "written otherwise": {"program": PROGRAMS[1]}},
    "programs": {
        "the program": {"lr": 0.01, "steps": 1},
        "the notes' -20": {"b": -20.0, "steps": 60},
        "1.2": {"lr": 1.2},
    },
}
GOALS = {
    "no gradient": Goal(
        "with a b other than 0, choose w so that what arrives at w adds up to 0.",
        lambda b, arrived: b != 0 and len(arrived) == 2 and abs(sum(arrived)) < 1e-9,
        {"w": 5.0, "b": -10.0, "step": 4},
    ),
    "the largest step": Goal(
        "from a start beside the minimum, 10 steps or more, with the largest lr for which each step comes closer, to 10 %.",
        lambda lr, w0, b, steps: 0.9 <= lr < 1 and w0 != -b / 2 and steps >= 10,
        {"lr": 0.95, "steps": 20},
    ),
}


def nodes(program, w, b):
    """The nodes of a program by name, each after those that it is computed from, and J at the end; after `backward`."""
    w, b, c = Tensor(w), Tensor(b), Tensor(C)
    if program == PROGRAMS[0]:
        square, product = w**2, b * w
        total = square + product
        found = {"w": w, "b": b, "c": c, "w²": square, "b w": product, "w² + b w": total, "J": total + c}
    else:
        inner = w + b
        product = w * inner
        found = {"w": w, "b": b, "c": c, "w + b": inner, "w (w + b)": product, "J": product + c}
    found["J"].backward()
    return found


def messages(found):
    """What each node sends back, J first: {node: {parent: local gradient times the gradient of the node}}."""
    names = {id(node): name for name, node in found.items()}
    return {
        name: {names[id(parent)]: float(pull(node.grad)) for parent, pull in node.parents}
        for name, node in reversed(found.items())
        if node.parents
    }


def _arrow(axes, a, b, **look):
    """An arrow from the box at a to the box at b, from edge to edge."""
    up = b[1] > a[1]
    edges = [
        axes.transData + ScaledTranslation(0, height, axes.figure.dpi_scale_trans)
        for height in ((HALF, -HALF) if up else (-HALF, HALF))
    ]
    look = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 1, **look}
    return axes.annotate("", b, a, xycoords=edges[1], textcoords=edges[0], zorder=1, arrowprops=look)


def _graph(axes, places, links):
    """The artists of one graph. Returns show(found, sent, now): the nodes, what they send, and which have sent by now.

    show says what has come to each node.
    """
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    middle = {"ha": "center", "va": "center", "transform": axes.transData}
    box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": plots.INK}
    white = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    boxes = {name: plots.note(axes, *place, zorder=3, bbox=box, **middle) for name, place in places.items()}
    arrows = {}
    for below, above in links:
        a, b = places[below], places[above]
        up, back = _arrow(axes, a, b, color=LOCAL, linewidth=1), _arrow(axes, b, a, color=SENT, linewidth=2.2)
        label = plots.note(axes, *np.mean([a, b], axis=0), bbox=white, zorder=2, **middle)
        arrows[below, above] = up, back, label
    plots.note(axes, 0, 1, "on the arrows: local gradients", color=LOCAL)
    key = plots.note(axes, 0, 0.945, color=SENT)

    def show(found, sent, now):
        arrived = {"J": [1.0]}
        for (below, above), (up, back, label) in arrows.items():
            gone, slope = above in now, SLOPES.get((below, above), "1")
            up.set_visible(not gone)
            back.set_visible(gone)
            label.set(text=slope, color=LOCAL)
            if gone:
                message, times = sent[above][below], f"({slope})" if "+" in slope else slope
                label.set(text=f"{times} · {found[above].grad:.4g} = {message:.4g}", color=SENT)
                arrived.setdefault(below, []).append(message)
        for name, box in boxes.items():
            box.set_text(f"{name} = {found[name].data:.4g}\ngradient {_sum(arrived[name]) if name in arrived else '?'}")
        key.set_text("sent: times the gradient above" if now else "")
        return arrived

    return show


def _sum(parts):
    """Numbers and their sum in words: "6 - 10 = -4"."""
    first, *others = parts
    words = f"{first:.4g}" + "".join(f" {'-' if part < 0 else '+'} {abs(part):.4g}" for part in others)
    return f"{words} = {sum(parts):.4g}" if others else words


def _said(found, sent, now, arrived):
    """The sentence: what the last node has sent, and what w has."""
    if not now:
        return f"J = {found['J'].data:.4g}: every value is there, and of the gradients that of J itself, which is 1."
    gone = " and ".join(f"{message:.4g} to {parent}" for parent, message in sent[now[-1]].items())
    at_w = f"w has got {_sum(arrived['w'])}" if "w" in arrived else "nothing has come to w"
    return f"{now[-1]} has gradient {found[now[-1]].grad:.4g} and sends {gone}; {at_w}."


def computation_graph(fig):
    """J = w² + b w + c as the graph of its program: values up, and step by step the gradients back.

    On each arrow stands its local gradient; once the node above has sent, that times the gradient of the node above.
    Controls: program, one of PROGRAMS; step, how many nodes have sent back; w and b.
    """
    graphs = {}
    for program, places in zip(PROGRAMS, PLACES):
        sent, axes = messages(nodes(program, 1.0, 1.0)), fig.add_subplot(1, 1, 1)
        links = [(parent, name) for name, those in sent.items() for parent in those]
        spots = {k: places[name] for k, name in enumerate(sent, start=1)}
        pick = Pick(axes, "step", lambda _, spots=spots: spots, name=f"node of {program}")
        graphs[program] = axes, _graph(axes, places, links), pick

    def update(program, step, w, b):
        for each, (axes, show, _) in graphs.items():
            plots.change(axes, visible=each == program)
            found = nodes(each, w, b)
            sent = messages(found)
            arrived = show(found, sent, list(sent)[:step])
            if each == program:
                update.facts = {"arrived": arrived.get("w", []), "sent": sent, "gradient": float(found["w"].grad)}
                sentence = _said(found, sent, list(sent)[:step], arrived)
        return sentence

    update.handles = [pick for *_, pick in graphs.values()]
    update.play = "step"
    return update


def first_program(fig):
    """Minimize J = w² + b w + c by gradient descent from w0: the steps on the curve, and how far the minimum is.

    Controls: lr; steps, how many; b and c, the coefficients that are fed in; w0, the start.
    """
    curve, left = fig.subplots(1, 2, width_ratios=(1.25, 1))
    plots.style(fig)
    parabola = plots.line(curve, 6, linewidth=1.6)
    path = plots.line(curve, 0, linewidth=1, marker="o", markersize=5)
    end = curve.plot([], [], color=plots.COLOURS[1], marker="s", markersize=8, linestyle="")[0]
    curve.set(xlim=(W[0], W[-1]), xlabel="w", ylabel="cost J", title="the descent")
    away = plots.line(left, 0, linewidth=1, marker="o", markersize=4)
    left.set(xlim=(-1, 61), ylim=(1e-6, 1e6), yscale="log", xlabel="step", title="distance from minimum")
    beyond = plots.arrows(curve, "<>^"), plots.arrows(left, "v^", color=plots.COLOURS[0])

    def J(w, b, c):
        return w**2 + b * w + c

    def update(lr, steps, b, c, w0=0.0):
        objective = partial(value_and_grad, lambda w: J(w[..., 0], b, c))
        thetas, Js = history(descend(objective, [w0], sgd, lr=lr), steps + 1)
        w, lowest = thetas[:, 0], c - b * b / 4
        distance, count = np.abs(w + b / 2), np.arange(steps + 1)
        plots.change(curve, ylim=(lowest - 8, lowest + 110))
        parabola.set_data(W, J(W, b, c))
        path.set_data(w, Js)
        beyond[0](w, Js, curve=True)
        inside = beyond[1](count, distance)
        away.set_data(count[inside], distance[inside])
        end.set_data(w[-1:], Js[-1:])
        update.facts = {"w": float(w[-1]), "minimum": (-b / 2, lowest), "distance": distance}
        return (
            f"After {steps} step{'s' * (steps != 1)} from {w0:g} w = {w[-1]:.9g}; the minimum is {lowest:.4g} at w = "
            f"{0.0 - b / 2:.4g}, and each step multiplies the distance to it by 1 - 2 · {lr:.3g} = {1 - 2 * lr:.3g}: "
            f"{_way(1 - 2 * lr)}."
        )

    def landing(values):
        w = values["w0"] - values["lr"] * (2 * values["w0"] + values["b"])
        return w, J(w, values["b"], values["c"])

    def stretched(values, x, y):
        slope = 2 * values["w0"] + values["b"]
        return {"lr": (values["w0"] - x) / slope if slope else values["lr"]}

    start = Place(
        curve, "w0", get=lambda v: (v["w0"], J(v["w0"], v["b"], v["c"])), put=lambda v, x, y: {"w0": x}, name="start"
    )
    update.handles = [Place(curve, "lr", get=landing, put=stretched, name="first step"), start]
    update.play = "steps"
    return update


def _way(factor):
    """What repeated multiplication by a factor does, in words."""
    size = abs(factor)
    does = "nearer" if size < 1 - 1e-9 else "as far" if size < 1 + 1e-9 else "further"
    return f"{'from side to side, ' if factor < -1e-9 else ''}{does} each time"
