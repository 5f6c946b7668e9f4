"""Optimizers as paths: on surfaces of two parameters, on a real network, and in the conventions of other libraries."""

from functools import partial
from itertools import islice

import numpy as np

from dlcourse.batches import epochs
from dlcourse.initializers import initialize
from dlcourse.network import Net, cost, cost_and_grad
from dlcourse.optimizers import heavy_ball, momentum, rmsprop
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.races import LOOKS, arriving, mark, one_by_one, optimizer_lines, race
from dlcourse.surfaces import SURFACES, ravine
from dlcourse.training import descend, history

LRS = np.array([0.001, 0.0018, 0.0032, 0.0056, 0.01, 0.018, 0.032, 0.056, 0.1, 0.18, 0.32, 0.56, 1, 1.8, 3.2, 5.6, 10])
FINE = np.geomspace(0.001, 10, 33)
FLOOR, CEILING = 1e-6, 1e3  # what the cost axes show; below the floor a run has arrived
FAR = 100  # a path is drawn until it is that far away
RATES = ("one alpha for all", "each its best")
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
    "descent beats Adam": Goal(
        "find an alpha, the same for all, at which plain descent beats Adam.",
        lambda rates, last: rates == RATES[0] and last["descent"] < last["Adam"],
        {"lr": 3.2},
    ),
    "no translation": Goal(
        "with translated on, find an eps at which the two forms of RMSprop part by more than 0.01.",
        lambda convention, translated, apart: convention == "epsilon" and translated and apart > 0.01,
        {"convention": "epsilon", "translated": True, "eps": 1e-8},
    ),
}


def number(value):
    """A cost in two digits; what has diverged, in words."""
    return "diverged" if not value < 1e6 else f"{value:.2g}"


def ranking(costs):
    """The lowest cost first, in words."""
    return ", ".join(f"{name} {number(costs[name])}" for name in sorted(costs, key=costs.get))


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


def optimizers_on_a_network(fig, X, Y):
    """The same race on a network (2, 8, 8, 1): training cost as it falls, and the last cost for the rates up to this one.

    X (2, m), Y (1, m). All 17 rates of an optimizer train in one pass, as 17 stacked models. Controls: lr, one of LRS
    (others are taken to the nearest), beta1, beta2, batch_size, and rates as in `optimizer_paths`.
    """
    net, updates, every = Net((2, 8, 8, 1), activation="tanh"), 300, 10
    theta = np.tile(initialize(net.shapes, rng=np.random.default_rng(1)), (len(LRS), 1))
    curve, sweep = fig.subplots(1, 2, width_ratios=(1.15, 1))
    plots.style(fig)
    curves, sweeps = optimizer_lines(curve, LOOKS), optimizer_lines(sweep, LOOKS)
    here = sweep.axvline(1.0, color="#9A9A9A", linewidth=1.2, zorder=1.5)
    plots.cost_axes(curve, updates, 1e-4, 3, log=True, unit="update")
    sweep.set(
        xlim=(LRS[0], LRS[-1]),
        ylim=(1e-4, 3),
        xscale="log",
        yscale="log",
        xlabel=r"learning rate $\alpha$",
        ylabel="J, last 50 updates",
    )
    curve.set(ylabel="J, all examples")
    beyond = {
        name: [plots.arrows(axes, "v^", color=line.get_color()) for axes in (curve, sweep)]
        for name, line in curves.items()
    }
    plots.legend(curve, columns=3)
    trained = {}  # (beta1, beta2, batch_size) -> costs: moving alpha trains nothing anew

    def train(beta1, beta2, batch_size):
        """Yield {name: costs (T, 17)}, longer each time."""
        runs = race(
            LOOKS,
            partial(cost_and_grad, net),
            theta,
            LRS,
            beta1,
            beta2,
            lambda: epochs(X, Y, batch_size, np.random.default_rng(2)),
        )
        costs = {name: [] for name in runs}
        for t, pairs in enumerate(islice(zip(*runs.values()), updates + 1)):
            if t % every == 0:
                for name, (now, J) in zip(runs, pairs):
                    costs[name].append(np.where(np.isfinite(J), cost(net, now, X, Y), np.inf))
            if t % every == 0 and t:
                yield {name: np.array(Js) for name, Js in costs.items()}

    def draw(costs, lr, rates):
        """Fill all lines; returns the last cost, and the alpha, of what the left picture shows."""
        last, best = {}, {}
        for name, Js in costs.items():
            final = Js[-5:].mean(axis=0)
            k = np.argmin(np.abs(np.log(LRS / lr))) if rates == RATES[0] else np.argmin(final)
            at = every * np.arange(len(Js))
            mark(curves[name], at, np.clip(Js[:, k], 1e-5, 30), len(Js) - 1)
            seen = LRS <= (LRS[k] if rates == RATES[0] else LRS[-1]) * 1.01
            mark(sweeps[name], LRS[seen], np.clip(final, 1e-5, 30)[seen], k)
            for leave, values in zip(beyond[name], ((at, Js[:, k]), (LRS[seen], final[seen]))):
                leave(*values, curve=True)
            last[name], best[name] = float(final[k]), float(LRS[k])
        here.set(xdata=[lr, lr], visible=rates == RATES[0])
        return last, best

    def update(lr, beta1=0.9, beta2=0.999, batch_size=64, rates=RATES[0]):
        update.idle = {"lr"} if rates == RATES[1] else set()
        key = beta1, beta2, batch_size
        for costs in [trained[key]] if key in trained else train(*key):
            last, best = draw(costs, lr, rates)
            update.facts = {"last": last, "best": best, "costs": costs}
            done = every * (len(costs["Adam"]) - 1)
            which = f"with alpha {lr:.2g} for all" if rates == RATES[0] else "each with its best alpha"
            yield (
                done / updates,
                f"{which.capitalize()}, the cost on all examples, mean of the last 50 updates up to {done}: {ranking(last)}.",
            )
        trained[key] = costs

    return update


CONVENTIONS = ("momentum", "epsilon")


def conventions(fig):
    """One step in the conventions of two libraries: the two curves, and how far apart the two paths are.

    Controls: convention ("momentum": averaged or heavy ball; "epsilon": outside or inside RMSprop's root), translated
    (the second library's setting worked out from the first, or the same number), lr, beta, eps. The cost is a ravine;
    for epsilon it is divided by a million, so that gradients are small.
    """
    curve, apart = fig.subplots(1, 2, width_ratios=(1.3, 1))
    plots.style(fig)
    one = plots.line(curve, 0, "course: averaged, or eps outside", linestyle="-", linewidth=5, alpha=0.45)
    two = plots.line(curve, 1, "other: heavy ball, or eps inside")
    gap = plots.line(apart, 2, marker=".", markevery=5)
    steps = 80
    plots.cost_axes(curve, steps, FLOOR, 100, log=True)
    curve.set(ylabel="J / J at the start")
    apart.set(xlim=(0, steps), ylim=(1e-17, 100), yscale="log", xlabel="step", title="distance of the two paths")
    plots.legend(curve)

    def pair(convention, translated, lr, beta, eps):
        """Two runs, and in words what the second one is given."""
        start = np.array(SURFACES["ravine"].start)
        if convention == CONVENTIONS[0]:
            other = (1 - beta) * lr if translated else lr
            return (
                descend(ravine, start, momentum, lr=lr, beta=beta),
                descend(ravine, start, heavy_ball, lr=other, beta=beta),
                f"averaged with alpha {lr:.3g}, heavy ball with {other:.3g}",
            )
        other, small = eps**2 if translated else eps, lambda theta: [part * 1e-6 for part in ravine(theta)]
        return (
            descend(small, start, rmsprop, lr=lr, beta=beta, eps=eps),
            descend(small, start, rmsprop, lr=lr, beta=beta, eps=other, eps_inside=True),
            f"eps {eps:.0e} outside the root, {other:.0e} inside",
        )

    def update(convention, translated, lr, beta, eps):
        update.idle = {"eps"} if convention == CONVENTIONS[0] else set()
        first, second, said = pair(convention, translated, lr, beta, eps)
        (thetas, Js), (others, Ks) = history(first, steps + 1), history(second, steps + 1)
        for line, costs in ((one, Js), (two, Ks)):
            line.set_data(np.arange(len(costs)), np.clip(costs / costs[0], FLOOR / 10, CEILING * 10))
        n = min(len(thetas), len(others))
        distance = np.linalg.norm(np.clip(thetas[:n] - others[:n], -1e6, 1e6), axis=-1)
        gap.set_data(np.arange(1, n), np.clip(distance[1:], 1e-18, 1e3))
        most = distance.max()
        update.facts = {"apart": float(most)}
        verdict = "less than 1e-12 apart, which is rounding" if most < 1e-12 else f"up to {most:.1g} apart"
        return f"{said[0].upper() + said[1:]}, beta {beta:.3g}: in {steps} steps the two paths are {verdict}."

    return update
