"""Momentum in a long valley: what its average cancels and keeps, and how fast it is for every alpha and beta."""

import numpy as np
from matplotlib.collections import LineCollection

from dlcourse.optimizers import momentum
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place
from dlcourse.scenes.races import FINE, inside, stepping_lines
from dlcourse.surfaces import SURFACES, ravine
from dlcourse.training import descend, history

CONDITION = 20  # how many times as steep the valley of the arrows is across as along
STEPS = 24  # so many steps at most are taken apart
RUN = 100  # steps beside the map
DIGIT = np.array([1, 2, 5, 10, 20, 50, 100, 200, 1000, np.inf])  # steps for one digit: the heights of the map

NAMED = (2, 5, 10, 20, 50)  # those that are written on their line, where it runs level: there the root of beta rules

PRESETS = {"places": {"plain descent": {"beta": 0.0, "lr": 0.095}, "the usual beta": {"beta": 0.9, "lr": 0.1}}}
GOALS = {
    "six steps": Goal(
        "in the valley 20 times as steep, find a place where one digit takes at most 6 steps.",
        lambda condition, digit: condition == 20 and digit <= 6,
        {"lr": 0.22, "beta": 0.4},
    )
}


def parts(gradients, lr, beta):
    """The parts of momentum's next step, one for each gradient so far: (T, P) -> (T, P), and their sum is the step."""
    age = np.arange(len(gradients))[::-1, None]
    return -lr * (1 - beta) * beta**age * gradients


def left_of(pieces):
    """What is left of pieces when they are added: the sum's size as a share of the sum of their sizes; 1 of nothing."""
    sizes = np.abs(pieces).sum(axis=0)
    return np.where(sizes > 0, np.abs(pieces.sum(axis=0)) / np.where(sizes > 0, sizes, 1), 1.0)


def arrows(tails, ways, barb=0.12):
    """Segments for a LineCollection: each arrow a shaft and two barbs, for axes with one scale."""
    lengths = np.linalg.norm(ways, axis=1, keepdims=True)
    back = -ways / np.where(lengths > 0, lengths, 1) * np.minimum(barb, 0.5 * lengths)
    heads, turns = tails + ways, [np.array([[c, s], [-s, c]]) for c, s in ((0.87, 0.5), (0.87, -0.5))]
    return [np.stack(ends) for ends in zip(tails, heads)] + [
        np.stack(ends) for turn in turns for ends in zip(heads, heads + back @ turn)
    ]


def across_and_along(fig):
    """One step of momentum taken apart: each past gradient's part of it, as an arrow on the path and as a row beside it.

    Left: the path, the part that each gradient has in the present step, and that step. Right: the same parts one below the
    other, each beginning where the one before it ended, as shares of all their sizes. Controls: step, lr, beta, and w1 and
    w2 of the start. The valley is the ravine, across is w2.
    """
    plane, *panels = (axes[key] for axes in [fig.subplot_mosaic("ABC", width_ratios=(2, 1, 1))] for key in "ABC")
    plots.style(fig)
    (left, right, low, high), start = SURFACES["ravine"][1:3]
    plots.contours(plane, lambda theta: ravine(theta, CONDITION), (left, right), (low, high))
    plane.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    path = stepping_lines(plane, ["momentum"])["momentum"]
    begin = plane.plot([], [], "o", color="white", markeredgecolor=plots.INK, markersize=9, clip_on=False, zorder=4)[0]
    looks = {"each gradient's part": (plots.COLOURS[1], 1.6), "the step, their sum": (plots.INK, 2.6)}
    drawn = [LineCollection([], color=c, linewidth=w, label=name, zorder=3) for name, (c, w) in looks.items()]
    rows, sums = [], []
    for axes, title in zip(panels, ("along the valley", "across it")):
        axes.set(xlim=(-1.05, 1.05), xticks=(0, 1), ylim=(STEPS + 0.9, -0.9), xlabel="share", title=title)
        axes.axvline(0, color=plots.GREY, linewidth=1.2)
        rows.append(axes.add_collection(LineCollection([], color=plots.COLOURS[1], linewidth=4), autolim=False))
        sums.append(axes.add_collection(LineCollection([], color=plots.INK, linewidth=5), autolim=False))
    panels[0].set(ylabel="gradient of step")
    panels[1].tick_params(labelleft=False)
    for collection in drawn:
        plane.add_collection(collection, autolim=False)
    plots.legend(plane)

    def update(step, lr, beta, w1=start[0], w2=start[1]):
        thetas, _ = history(
            descend(lambda theta: ravine(theta, CONDITION), [w1, w2], momentum, lr=lr, beta=beta), step + 1
        )
        pieces = parts(ravine(thetas[:step], CONDITION)[1], lr, beta)
        shown = inside(thetas)
        path.set_data(*shown.T)
        begin.set_data([w1], [w2])
        drawn[0].set_segments(arrows(thetas[:step], pieces))
        drawn[1].set_segments(arrows(thetas[step - 1 : step], pieces.sum(axis=0)[None]))
        for k in range(2):
            sizes = np.abs(pieces[:, k]).sum() or 1.0
            ends = np.append(0, np.cumsum(pieces[:, k])) / sizes
            rows[k].set_segments([[(a, row), (b, row)] for row, (a, b) in enumerate(zip(ends, ends[1:]))])
            sums[k].set_segments([[(0, step), (ends[-1], step)]])
        along, across = left_of(pieces)
        update.facts = {"along": float(along), "across": float(across)}
        return (
            f"Step {step} from ({w1:.3g}, {w2:.3g}), alpha {lr:.3g}, beta {beta:.3g}: when the parts of the gradients so far "
            f"are added, {along:.0%} is left along the valley and {across:.0%} across it."
        )

    update.handles = [Place(plane, "w1", "w2", name="start")]
    update.play = "step"
    return update


def rate(lr, beta, curvature):
    """What momentum multiplies the distance from the minimum by at each step, in the long run, where J = curvature w^2 / 2.

    It is the larger root, in size, of z^2 - (1 + beta - (1 - beta) lr curvature) z + beta = 0: the eigenvalues of the step
    (w, v) -> (w, v). Below the root of beta it cannot be; beyond lr = 2 (1 + beta) / ((1 - beta) curvature) it is above 1.
    """
    half = (1 + beta - (1 - beta) * lr * curvature) / 2
    real = half**2 >= beta
    return np.where(real, np.abs(half) + np.sqrt(np.where(real, half**2 - beta, 0)), np.sqrt(beta))


def steps_for_a_digit(each):
    """In how many steps a tenth of the distance is left, if each multiplies it by this; infinity where it does not fall."""
    with np.errstate(divide="ignore"):
        return np.where(each < 1, np.log(10) / -np.log(np.minimum(each, 1)), np.inf)


def rate_map(fig):
    """How fast momentum is for every alpha and beta, with the boundary to divergence, and the path from where you stand.

    Left: steps for one digit, in the valley's slower direction. Right: the path, and the distance from the minimum beside
    the line that falls as the map says. Controls: lr, beta, condition (how many times as steep across as along).
    """
    layout = fig.subplot_mosaic("AB;AC", width_ratios=(1.35, 1))
    place, plane, curve = (layout[key] for key in "ABC")
    plots.style(fig)
    (left, right, low, high), start = SURFACES["ravine"][1:3]
    path = stepping_lines(plane, ["momentum"])["momentum"]
    fall = plots.line(curve, 0, "distance")
    told = plots.line(curve, 7, "as the map says", linestyle="--", linewidth=1.6)
    stand = place.plot([], [], "o", color="white", markeredgecolor=plots.INK, markersize=11, zorder=4)[0]
    edge = place.plot([], [], color=plots.INK, linewidth=1.6)[0]
    place.set(
        title="steps for one digit",
        xscale="log",
        xlim=(FINE[0], FINE[-1]),
        ylim=(0, 0.99),
        xlabel=r"learning rate $\alpha$",
        ylabel=r"$\beta$",
    )
    plots.cost_axes(curve, RUN, 1e-6, 1e3, log=True)
    curve.set(ylabel="distance")
    plane.set(xlabel="$w_1$", ylabel="$w_2$")
    plots.legend(curve)
    plots.note(place, 0.97, 0.06, "diverges", ha="right", va="bottom")
    seen = []
    lrs, betas = np.geomspace(FINE[0], FINE[-1], 161), np.linspace(0, 0.99, 100)

    def look_at(condition):
        """Draw map and valley anew where the condition is another."""
        if seen != [condition]:
            for axes in (place, plane):
                for old in list(axes.collections):
                    old.remove()
            slower = np.maximum(rate(lrs, betas[:, None], 1.0), rate(lrs, betas[:, None], condition))
            digits = np.log10(np.minimum(steps_for_a_digit(slower), 1e4))
            heights = np.log10(np.minimum(DIGIT, 9e3))
            place.contourf(lrs, betas, digits, heights, cmap="Blues_r", zorder=0.6)
            labels = place.contour(lrs, betas, digits, heights[1:-2], colors=plots.INK, linewidths=0.6, zorder=0.7)
            places = [(condition**-0.5, 10 ** (-2 / steps)) for steps in NAMED if np.any(digits < np.log10(steps))]
            place.clabel(labels, fmt=lambda height: f"{10**height:.0f}", fontsize=9, manual=places)
            edge.set_data(2 * (1 + betas) / ((1 - betas) * condition), betas)
            plots.contours(plane, lambda theta: ravine(theta, condition), (left, right), (low, high))
            seen[:] = [condition]

    def update(lr, beta, condition=20):
        look_at(condition)
        each = rate(lr, beta, np.array([1.0, condition]))
        slower, digit = float(each.max()), float(steps_for_a_digit(each.max()))
        thetas, _ = history(descend(lambda theta: ravine(theta, condition), start, momentum, lr=lr, beta=beta), RUN + 1)
        t, log = np.arange(len(thetas)), np.log(np.linalg.norm(np.clip(thetas, -1e99, 1e99), axis=1))
        path.set_data(*inside(thetas).T)
        for line, logs in ((fall, log), (told, (log - t * np.log(slower)).max() + t * np.log(slower))):
            line.set_data(t, np.exp(np.clip(logs, *np.log([1e-7, 1e4]))))
        stand.set_data([lr], [beta])
        update.facts = {"rate": slower, "digit": digit}
        where = (
            "in both ways alike"
            if np.ptp(each) < 1e-9
            else f"slower {'across' if each[1] > each[0] else 'along'} the valley"
        )
        fate = f"one digit takes {digit:.3g} steps" if digit < np.inf else "it diverges"
        return (
            f"Alpha {lr:.3g}, beta {beta:.3g}, {condition} times as steep across: in the long run each step leaves "
            f"{slower:.3f} of the distance, {where}; {fate}."
        )

    update.handles = [Place(place, "lr", "beta", name="where you stand")]
    return update
