"""Optimizers as paths on surfaces of two parameters."""

import numpy as np

from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.races import (
    CEILING,
    FLOOR,
    LOOKS,
    RATES,
    arriving,
    mark,
    number,
    one_by_one,
    optimizer_lines,
    race,
)
from dlcourse.surfaces import SURFACES
from dlcourse.training import history

FINE = np.geomspace(0.001, 10, 33)
FAR = 100  # a path is drawn until it is that far away
BOUND = 0.01  # an optimizer arrives at its first step with J less than this above the minimum
LONGEST = 200  # steps

PRESETS = {
    "betas": {"beta 0": {"beta1": 0.0}, "beta 0.9": {"beta1": 0.9}},
    "landscapes": {
        "valley": {"surface": "ravine", "w1": -3.5, "w2": 2.0, "lr": 0.05, "steps": LONGEST},
        "saddle": {"surface": "saddle", "w1": -1.5, "w2": 0.01, "lr": 0.05, "steps": LONGEST},
        "plateau": {"surface": "plateau", "w1": -3.0, "w2": 2.0, "lr": 0.1, "steps": LONGEST},
        "banana": {"surface": "rosenbrock", "w1": -1.2, "w2": 1.0, "lr": 0.003, "steps": LONGEST},
    },
}
GOALS = {
    "larger steps": Goal(
        "find an alpha at which descent diverges, and momentum arrives within 60 steps.",
        lambda last, first: not last["descent"] < 1e6 and first["momentum"] <= 60,
        {"lr": 0.5, "steps": 60},
    ),
    "a good beta": Goal(
        "find a beta with which momentum, at its best alpha, arrives within 12 steps.",
        lambda rates, first: rates == RATES[1] and first["momentum"] <= 12,
        {"beta1": 0.5},
    ),
    "AdaGrad": Goal(
        "find an alpha, the same for all, with which AdaGrad arrives within 30 steps in the valley.",
        lambda surface, rates, first: surface == "ravine" and rates == RATES[0] and first["AdaGrad"] <= 30,
        {"lr": 0.8, "steps": 60},
    ),
}


def arrivals(first, last, lowest):
    """Who arrived, the first one first, and who did not, in words; where nobody did, who came closest."""
    there = [name for name in sorted(first, key=first.get) if first[name] < np.inf]
    lost = [name for name in first if name not in there and not last[name] < 1e6]
    late = [name for name in first if name not in (*there, *lost)]
    if there:
        said = ", ".join(f"{name} {first[name]:.0f}" for name in there) + ("; not yet: " + ", ".join(late)) * bool(late)
    else:
        closest = min(lowest, key=lowest.get)
        said = f"nobody so far; closest came {closest}, {number(lowest[closest])}"
    return said + ("; diverged: " + ", ".join(lost)) * bool(lost)


def turned(objective, degrees):
    """(the objective with its axes turned, turn): turn(point) takes a point of the old axes to the new ones."""
    angle = np.deg2rad(degrees)
    R = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])

    def turned_objective(theta):
        J, gradient = objective(theta @ R)
        return J, gradient @ R.T

    return (turned_objective, lambda point: np.asarray(point) @ R.T) if degrees else (objective, np.asarray)


def optimizer_paths(fig, names=tuple(LOOKS), at="ravine", using=None):
    """The race on a surface: paths from one start, costs step by step, and the steps to arrive for every learning rate.

    Who arrives first is asked, J less than BOUND above the minimum, and not who is lowest at the end: a run that swings
    is low at one step and high at the next. names: which optimizers; at: a `Surface` by its name in `surfaces.SURFACES`,
    if there is no control for it; using: {"Adam": my_adam} races a step of the learner's, which need not know about
    stacked models. Controls: lr, beta1 (momentum, Nesterov, Adam), beta2 (RMSprop, Adam), steps, surface, w1 and w2 of the
    start, turn (degrees by which the ravine and the start are turned), and rates: "one alpha for all" or "each its best",
    the lr with the fewest steps to arrive.
    """
    plane, curve, sweep = (axes[key] for axes in [fig.subplot_mosaic("AB;AC", width_ratios=(1.2, 1))] for key in "ABC")
    plots.style(fig)
    paths, curves, sweeps, ends = (optimizer_lines(axes, names) for axes in (plane, curve, sweep, sweep))
    begin = plane.plot([], [], "o", color="white", markeredgecolor=plots.INK, markersize=9, clip_on=False, zorder=4)[0]
    goal = plane.plot([], [], "*", color="white", markeredgecolor=plots.INK, markersize=15, zorder=1.8)[0]
    here = sweep.axvline(1.0, color="#9A9A9A", linewidth=1.2, zorder=1.5)
    plane.set(xlabel="$w_1$", ylabel="$w_2$")
    plots.cost_axes(curve, LONGEST, FLOOR, CEILING, log=True)
    curve.axhline(BOUND, color="#9A9A9A", linewidth=1.2, zorder=1.5)
    curve.set(ylabel="J above min.")
    sweep.set(xlim=(FINE[0], FINE[-1]), ylim=(0, 1.1 * LONGEST), xscale="log")
    sweep.set(xlabel=r"learning rate $\alpha$", ylabel=f"steps to {BOUND}")
    plots.legend(plane, columns=3)
    for line in sweeps.values():
        line.set(marker=".", markersize=5)
    seen, using = [], {name: one_by_one(step) for name, step in (using or {}).items()}

    def look_at(surface, turn):
        """Draw the contours of a surface, unless they are there."""
        _, (left, right, low, high), start, minima = SURFACES[surface]
        objective, to = turned(SURFACES[surface].objective, turn)
        if seen != [surface, turn]:
            for old in list(plane.collections):
                old.remove()
            plots.contours(plane, objective, (left, right), (low, high))
            goal.set_data(*to(minima).T)
            seen[:] = [surface, turn]
        return objective, to

    def update(lr, beta1=0.9, beta2=0.99, steps=100, surface=at, w1=None, w2=None, turn=0, rates=RATES[0]):
        update.idle = {name for name, off in (("lr", rates == RATES[1]), ("turn", surface != "ravine")) if off}
        objective, to = look_at(surface, turn if surface == "ravine" else 0)
        _, (left, right, low, high), start, minima = SURFACES[surface]
        start = np.clip([start[0] if w1 is None else w1, start[1] if w2 is None else w2], (left, low), (right, high))
        lrs = np.append(FINE, lr)
        order, bottom = np.argsort(lrs), SURFACES[surface].objective(np.array(minima[0]))[0]
        last, best, first, lowest, costs = {}, {}, {}, {}, {}
        begins = np.tile(to(start), (len(lrs), 1))
        for name, run in race(names, objective, begins, lrs, beta1, beta2, using=using).items():
            thetas, Js = history(run, steps + 1)
            above = np.clip(Js - bottom, FLOOR / 10, CEILING * 10)
            below = Js - bottom < BOUND
            arrived = np.where(below.any(axis=0), below.argmax(axis=0), np.inf)
            k = len(FINE) if rates == RATES[0] else np.lexsort((np.nan_to_num(above.min(axis=0)), arrived))[0]
            away = np.append(np.abs(thetas[:, k]).max(axis=1) > FAR, True)
            path = thetas[: 1 + np.argmax(away), k]
            mark(paths[name], *np.clip(path, -(FAR**2), FAR**2).T, len(path) - 1)
            mark(curves[name], np.arange(len(above)), above[:, k], len(above) - 1)
            arriving(sweeps[name], lrs[order], arrived[order])
            ends[name].set_data(lrs[k : k + 1], [min(arrived[k], 1.06 * LONGEST)])
            ends[name].set_marker(plots.MARKERS[LOOKS[name]] if np.isfinite(arrived[k]) else "^")
            last[name], best[name], first[name] = float(Js[-1, k] - bottom), float(lrs[k]), float(arrived[k])
            costs[name], lowest[name] = Js[:, k] - bottom, float(np.nanmin(Js[:, k]) - bottom)
        begin.set_data(*to(start)[:, None])
        here.set(xdata=[lr, lr], visible=rates == RATES[0])
        update.facts = {"last": last, "best": best, "first": first, "costs": costs}
        which = f"alpha {lr:.3g}" if rates == RATES[0] else "each its best alpha"
        where = f"{surface.capitalize()}{f' turned by {turn} degrees' if turn and surface == 'ravine' else ''}"
        return (
            f"{where} from ({start[0]:.3g}, {start[1]:.3g}), {which}, {steps} step{'s' * (steps > 1)}. First less than "
            f"{BOUND} above the minimum: {arrivals(first, last, lowest)}."
        )

    return update
