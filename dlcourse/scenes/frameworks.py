"""What a framework does for you: the first program of the course, its graph, and the gradient flowing back through it."""

import numpy as np

from dlcourse.autodiff import Tensor
from dlcourse.optimizers import sgd
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.training import descend, history

NODES = {"w": (0.5, 0.1), "w²": (0.17, 0.42), "b w": (0.83, 0.42), "w² + b w": (0.5, 0.68), "J": (0.5, 0.93)}
LINKS = {
    ("w", "w²"): "2w",
    ("w", "b w"): "b",
    ("w²", "w² + b w"): "1",
    ("b w", "w² + b w"): "1",
    ("w² + b w", "J"): "1",
}
W = np.linspace(-3, 13, 200)
PRESETS = {
    "programs": {
        "the program": {"lr": 0.01, "steps": 1, "b": -10.0},
        "the notes' -20": {"b": -20.0, "lr": 0.1, "steps": 60},
    }
}
GOALS = {
    "the largest step": Goal(
        "with any b but 0 and 10 steps or more: the largest lr with which each step still comes closer to the minimum, to 10 %.",
        lambda lr, b, steps: 0.9 <= lr < 1 and b != 0 and steps >= 10,
        {"lr": 0.95, "b": -10.0, "steps": 20},
    )
}


def first_program(fig):
    """Minimize J = w² + b w + c by gradient descent; beside it the graph that reverse mode walks at the last w.

    Each box has its value and the gradient of J by it; each arrow what it sends back, its own slope times the gradient
    above it. Controls: lr; steps, how many; b and c, the coefficients that are fed in.
    """
    curve, graph = fig.subplots(1, 2, width_ratios=(1, 1.15))
    plots.style(fig)
    parabola = plots.line(curve, 6, linewidth=1.6)
    path = plots.line(curve, 0, linewidth=1, marker="o", markersize=5)
    end = curve.plot([], [], color=plots.COLOURS[1], marker="s", markersize=9, linestyle="")[0]
    curve.set(xlim=(W[0], W[-1]), ylim=(-90, 130), xlabel="w", ylabel="cost J", title="the descent")
    graph.set(xlim=(-0.05, 1.05), ylim=(-0.04, 1.04), title="the graph, at the last w")
    graph.axis("off")
    back, boxed = {}, {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": plots.INK}
    for (a, b), slope in LINKS.items():
        arrow = {"arrowstyle": "->", "color": plots.COLOURS[7], "shrinkA": 16, "shrinkB": 18 if b == "J" else 23}
        graph.annotate("", NODES[b], NODES[a], zorder=1, arrowprops=arrow)
        x, y = np.mean([NODES[a], NODES[b]], axis=0)
        x += 0.08 * np.sign(x - 0.5) if a == "w" else 0.0  # outward: two labels side by side
        back[a, b] = plots.note(
            graph,
            *(x, y),
            ha="center",
            va="center",
            fontsize=9,
            color=plots.COLOURS[1],
            transform=graph.transData,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
    words = {
        name: plots.note(graph, *place, ha="center", va="center", transform=graph.transData, zorder=3, bbox=boxed)
        for name, place in NODES.items()
    }

    def nodes(w, b, c):
        """Each node of the graph by its name, after `backward`."""
        w = Tensor(w)
        square, linear = w**2, b * w
        total = square + linear
        J = total + c
        J.backward()
        return dict(zip(NODES, (w, square, linear, total, J)))

    def objective(theta, b, c):
        found = nodes(theta[0], b, c)
        return found["J"].data, found["w"].grad[None]

    def update(lr, steps, b, c):
        run = descend(lambda theta: objective(theta, b, c), np.zeros(1), sgd, lr=lr)
        thetas, Js = history(run, steps + 1)
        w = thetas[-1, 0]
        parabola.set_data(W, W**2 + b * W + c)
        path.set_data(thetas[:200, 0], np.minimum(Js, 1e6)[:200])
        end.set_data([w], [min(Js[-1], 1e6)])
        found = nodes(w, b, c)
        for name, node in found.items():
            words[name].set_text(f"{name} = {node.data:.4g}\ngradient {node.grad:.4g}")
        sent = {}
        for (a, above), slope in LINKS.items():
            own = {"2w": 2 * w, "b": b, "1": 1.0}[slope]
            sent[a, above] = float(own * found[above].grad)
            back[a, above].set_text(f"{slope} · {found[above].grad:.4g} = {sent[a, above]:.4g}")
        away = np.abs(thetas[:, 0] + b / 2)
        update.facts = {
            "w": float(w),
            "minimum": (-b / 2, c - b * b / 4),
            "sent": sent,
            "gradient": float(found["w"].grad),
            "closer": bool(((np.diff(away) < 0) | (away[1:] < 1e-9)).all()),
        }
        if abs(w) > 1e3:
            return f"At lr {lr:.3g} the steps grow: after {len(Js) - 1} of them w is {w:.1e}, far outside the plot."
        grows = ", further off with each step" if len(away) > 1 and away[-1] > away[0] else ""
        return (
            f"After {steps} step{'s' * (steps != 1)} w = {w:.9g}{grows}; the minimum is {c - b * b / 4:.4g} at w = "
            f"{0.0 - b / 2:.4g}; back to w come {sent['w', 'w²']:.4g} and {sent['w', 'b w']:.4g}, together "
            f"{found['w'].grad:.4g}."
        )

    return update
