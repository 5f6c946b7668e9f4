"""What a framework does for you: the first program of the course, its graph, and the gradient flowing back through it."""

import numpy as np

from dlcourse.autodiff import Tensor
from dlcourse.optimizers import sgd
from dlcourse.scenes import plots
from dlcourse.training import descend, history

NODES = {"w": (0.5, 0.08), "w²": (0.2, 0.4), "b w": (0.8, 0.4), "w² + b w": (0.35, 0.68), "J": (0.5, 0.94)}
ARROWS = (("w", "w²"), ("w", "b w"), ("w²", "w² + b w"), ("b w", "w² + b w"), ("w² + b w", "J"))
W = np.linspace(-3, 13, 200)


def first_program(fig):
    """Minimize J = w² + b w + c by gradient descent; beside it the graph that reverse mode walks at the last w.

    Controls: lr; steps, how many; b and c, the coefficients that are fed in.
    """
    curve, graph = fig.subplots(1, 2, width_ratios=(1.2, 1))
    plots.style(fig)
    parabola = plots.line(curve, 6, linewidth=1.6)
    path = plots.line(curve, 0, linewidth=1, marker="o", markersize=5)
    end = curve.plot([], [], color=plots.COLOURS[1], marker="s", markersize=9, linestyle="")[0]
    curve.set(xlim=(W[0], W[-1]), ylim=(-90, 130), xlabel="w", ylabel="cost J", title="the descent")
    graph.set(xlim=(-0.05, 1.05), ylim=(-0.02, 1.02), title="the graph, at the last w")
    graph.axis("off")
    for a, b in ARROWS:
        graph.annotate(
            "",
            NODES[b],
            NODES[a],
            zorder=1,
            arrowprops={"arrowstyle": "->", "color": plots.COLOURS[7], "shrinkA": 20, "shrinkB": 20},
        )
    words = {
        name: plots.note(
            graph,
            *place,
            ha="center",
            va="center",
            transform=graph.transData,
            zorder=3,
            bbox={"boxstyle": "round", "facecolor": "white", "edgecolor": plots.INK},
        )
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
        for name, node in nodes(w, b, c).items():
            words[name].set_text(f"{name} = {node.data:.4g}\ngradient {node.grad:.4g}")
        if abs(w) > 1e3:
            return f"At lr {lr:.3g} the steps grow: after {len(Js) - 1} of them w is {w:.1e}, far outside the plot."
        return f"After {steps} step{'s' * (steps != 1)} w = {w:.9g}; the minimum is {c - b * b / 4:.4g} at w = {-b / 2:.4g}."

    return update
