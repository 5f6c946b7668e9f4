"""Optimizers racing from one start, and how each is drawn. Used by momentum, adagrad_rmsprop_adam, saddles_and_plateaus."""

from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dlcourse.optimizers import adagrad, adam, momentum, nesterov, rmsprop, sgd
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place
from dlcourse.surfaces import SURFACES
from dlcourse.training import descend, history

LOOKS = {"descent": 6, "momentum": 0, "Nesterov": 5, "AdaGrad": 3, "RMSprop": 2, "Adam": 1}  # place in plots.COLOURS
RATES = ("one alpha for all", "each its best")
FINE = np.geomspace(0.001, 10, 33)
TWO_DIGITS = np.unique([float(f"{digits}e{power}") for power in range(-4, 0) for digits in range(10, 101)])
FLOOR, CEILING = 1e-6, 1e3  # what the cost axes show
FAR = 100  # a path is drawn until it is that far away
BOUND, STAY = 0.01, 10  # who has arrived stays less than BOUND above the minimum for so many steps on end
LONGEST = 200  # steps

PRESETS = {
    "valleys": {
        "100 times as steep": {"condition": 100, "steps": LONGEST},
        "20 times": {"condition": 20, "steps": LONGEST},
    },
    "landscapes": {
        "valley": {"surface": "ravine", "w1": -3.5, "w2": 2.0, "lr": 0.05, "steps": LONGEST},
        "turned": {"surface": "ravine", "w1": -3.5, "w2": 2.0, "lr": 0.05, "steps": LONGEST, "turn": 45},
        "saddle": {"surface": "saddle", "w1": -1.5, "w2": 0.01, "lr": 0.05, "steps": LONGEST},
        "plateau": {"surface": "plateau", "w1": -3.0, "w2": 2.0, "lr": 0.1, "steps": LONGEST},
        "banana": {"surface": "rosenbrock", "w1": -1.2, "w2": 1.0, "lr": 0.003, "steps": LONGEST},
    },
}
GOALS = {
    "larger steps": Goal(
        "find an alpha at which descent diverges, and Nesterov arrives within 40 steps.",
        lambda last, first: not last["descent"] < 1e6 and first["Nesterov"] <= 40,
        {"lr": 0.5, "steps": 60},
    ),
    "a good beta": Goal(
        "in the valley 20 times as steep, find a beta with which momentum, at its best alpha, arrives within 15 steps.",
        lambda condition, rates, first: condition == 20 and rates == RATES[1] and first["momentum"] <= 15,
        {"beta1": 0.5, "condition": 20, "steps": LONGEST},
    ),
    "AdaGrad": Goal(
        "find an alpha, the same for all, with which AdaGrad arrives within 30 steps in the valley.",
        lambda surface, rates, first: surface == "ravine" and rates == RATES[0] and first["AdaGrad"] <= 30,
        {"lr": 0.8, "steps": 60},
    ),
}


def race(names, objective, theta, lr, beta1, beta2, batches=None, using=None, static=False):
    """All optimizers as one run of `descend`, from the same theta (K, P) and with the same batches: one gradient for all.

    Its pairs are (n, K, P) and (n, K), in the order of the n names. using: {name: step} instead of the course's function.
    Nesterov's lr is times (1 - beta1): `nesterov` is on heavy-ball scale, and so one lr means the same for all.
    """
    steps = {
        "descent": sgd,
        "momentum": momentum,
        "Nesterov": nesterov,
        "AdaGrad": adagrad,
        "RMSprop": rmsprop,
        "Adam": adam,
        **(using or {}),
    }
    hyper = {
        "momentum": {"beta": beta1},
        "Nesterov": {"beta": beta1},
        "RMSprop": {"beta": beta2},
        "Adam": {"beta1": beta1, "beta2": beta2},
    }
    scale = {"Nesterov": 1 - beta1}
    each = [(partial(steps[name], **hyper.get(name, {})), scale.get(name, 1)) for name in names]

    def abreast(theta, grad, states=None, *, lr):
        own = zip(each, theta, grad, states or [None] * len(each))
        moved = [step(part, slope, state, lr=lr * times) for (step, times), part, slope, state in own]
        return np.stack([part for part, _ in moved]), [state for _, state in moved]

    return descend(objective, np.tile(theta, (len(each), 1, 1)), abreast, lr=lr, batches=batches, static=static)


def number(value):
    """A cost in two digits; what has diverged, in words."""
    return "diverged" if not value < 1e6 else f"{value:.2g}"


def one_by_one(step):
    """A step written for one model, made ready for a stack of them: lr (K,) becomes (K, 1)."""

    def stacked(theta, grad, state=None, *, lr, **hyper):
        return step(theta, grad, state, lr=lr[:, None], **hyper)

    return stacked


def mark(line, x, y, at):
    """Fill a line and put its marker on one point."""
    line.set_data(x, y)
    line.set_markevery([int(at)])


def arriving(line, x, steps):
    """Fill a line with the steps to arrive, by x; where nobody has arrived (infinity) it has a gap, or is empty."""
    some = np.isfinite(steps).any()
    line.set_data(x if some else [], np.where(np.isfinite(steps), steps, np.nan) if some else [])


def optimizer_lines(axes, names):
    return {
        name: plots.line(
            axes,
            LOOKS[name],
            name,
            marker=plots.MARKERS[LOOKS[name]],
            markersize=7,
            markeredgecolor="white",
            linewidth=2,
        )
        for name in names
    }


def stepping_lines(axes, names):
    """{name: line}: a thin path with a dot at every step, so that a long step is seen to be long."""
    looks = {"linestyle": "-", "linewidth": 0.9, "marker": ".", "markersize": 6, "markeredgewidth": 0}
    return {name: plots.line(axes, LOOKS[name], name, **looks) for name in names}


def inside(path):
    """A path up to where it is FAR away, in numbers that can be drawn."""
    away = np.append(np.abs(path).max(axis=1) > FAR, True)
    return np.clip(path[: 1 + np.argmax(away)], -(FAR**2), FAR**2)


def arrivals(below):
    """The first of STAY steps on end that are all below the bound; infinity where there are none. below (T, K) -> (K,)."""
    if len(below) < STAY:
        return np.full(below.shape[1], np.inf)
    stays = sliding_window_view(below, STAY, axis=0).all(axis=-1)
    return np.where(stays.any(axis=0), stays.argmax(axis=0), np.inf)


def said_of(first, last, lowest):
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


def rotation(degrees):
    """R, for which point @ R.T is the point turned against the clock, and point @ R the way back."""
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def turned(objective, R):
    """The objective with its axes turned: it costs at point @ R.T what it cost at the point."""

    def turned_objective(theta):
        J, gradient = objective(theta @ R)
        return J, gradient @ R.T

    return turned_objective


class Ground:
    """What a race runs on: a surface, turned or steeper if it is the ravine, and a start on it."""

    def __init__(self, surface, w1=None, w2=None, condition=20, turn=0):
        objective, (left, right, low, high), start, minima = SURFACES[surface]
        valley = surface == "ravine"
        self.R = rotation(turn if valley else 0)
        steep = partial(objective, condition=condition) if valley else objective
        self.objective = turned(steep, self.R) if valley and turn else steep
        self.window = (left, right), (low, high)
        self.start = np.clip(
            [start[0] if w1 is None else w1, start[1] if w2 is None else w2], (left, low), (right, high)
        )
        self.minima, self.bottom = minima @ self.R.T, float(objective(np.array(minima[0]))[0])
        across = f", {condition} times as steep across" if valley else ""
        self.words = surface.capitalize() + across + f", turned by {turn} degrees" * bool(turn and valley)

    @property
    def begin(self):
        """The start in the plane that is drawn."""
        return self.start @ self.R.T


def optimizer_paths(fig, names=tuple(LOOKS), at="ravine", using=None):
    """The race on a surface: paths from one start, costs step by step, and the steps to arrive for every learning rate.

    Who arrives first is asked: who stays less than BOUND above the minimum for STAY steps on end. Who is lowest at the end
    would not do, and neither would the first dip: a run that swings is low at one step and high at the next. names: which
    optimizers; at: a `Surface` by its name in `surfaces.SURFACES`, if there is no control for it; using:
    {"Adam": my_adam} races a step of the learner's, which need not know about stacked models. Controls: lr, beta1
    (momentum, Nesterov, Adam), beta2 (RMSprop, Adam), steps, surface, w1 and w2 of the start; of the ravine condition, how
    many times as steep it is across as along, and turn, the degrees by which it and the start are turned; rates: "one alpha
    for all" or "each its best", the lr with the fewest steps to arrive within LONGEST.
    """
    plane, curve, sweep = (axes[key] for axes in [fig.subplot_mosaic("AB;AC", width_ratios=(1.2, 1))] for key in "ABC")
    plots.style(fig)
    paths, ways = stepping_lines(plane, names), {name: one_by_one(step) for name, step in (using or {}).items()}
    tips, curves, sweeps, ends = (optimizer_lines(axes, names) for axes in (plane, curve, sweep, sweep))
    begin = plane.plot([], [], "o", color="white", markeredgecolor=plots.INK, markersize=9, clip_on=False, zorder=4)[0]
    goal = plane.plot([], [], "*", color="white", markeredgecolor=plots.INK, markersize=15, zorder=3)[0]
    here = sweep.axvline(1.0, color=plots.GREY, linewidth=1.2, zorder=1.5)
    plane.set(xlabel="$w_1$", ylabel="$w_2$")
    plots.cost_axes(curve, LONGEST, FLOOR, CEILING, log=True)
    curve.axhline(BOUND, color=plots.GREY, linewidth=1.2, zorder=1.5)
    curve.set(ylabel="J above min.")
    sweep.set(xlim=(FINE[0], FINE[-1]), ylim=(0, 1.1 * LONGEST), xscale="log")
    sweep.set(xlabel=r"learning rate $\alpha$", ylabel="steps to arrive")
    plots.legend(curve, columns=3)
    for line in sweeps.values():
        line.set(marker=".", markersize=5)
    seen, ran = [], {}

    def look_at(ground, *which):
        """Draw the contours of a surface, unless they are there."""
        if seen != [which]:
            for old in list(plane.collections):
                old.remove()
            plots.contours(plane, ground.objective, *ground.window)
            goal.set_data(*ground.minima.T)
            seen[:] = [which]

    def run(ground, lr, beta1, beta2, *key):
        """{name: (paths (T, K, 2), J above the minimum (T, K))} for all rates and the present one; kept while it plays.

        Where lr alone has moved, every lr of two digits is run: a wide run takes hardly longer, and then lr moves freely.
        """
        setting = beta1, beta2, *key
        moved = ran.get("setting") == setting
        if not moved or lr not in ran["lrs"]:
            lrs = np.unique([*FINE, lr, *(TWO_DIGITS if moved else ())])
            start = np.tile(ground.begin, (len(lrs), 1))
            runs = race(names, ground.objective, start, lrs, beta1, beta2, using=ways, static=not ways)
            ran["runs"] = history(runs, LONGEST + 1)
            ran["setting"], ran["lrs"] = setting, lrs
        columns = np.searchsorted(ran["lrs"], [*FINE, lr])
        thetas, Js = (values[:, :, columns] for values in ran["runs"])
        return {name: (thetas[:, i], Js[:, i] - ground.bottom) for i, name in enumerate(names)}

    def draw(name, path, J, lrs, first, k):
        """One optimizer as far as it is shown: its path, its cost, and when it arrives with each rate."""
        path, order, arrived = inside(path), np.argsort(lrs), np.isfinite(first[k])
        paths[name].set_data(*path.T)
        tips[name].set_data(*([], []) if arrived else path[-1:].T)  # who has arrived is under the star
        mark(curves[name], np.arange(len(J)), np.clip(J, FLOOR / 10, CEILING * 10), first[k] if arrived else len(J) - 1)
        arriving(sweeps[name], lrs[order], first[order])
        ends[name].set_data(*([lrs[k]], [first[k]]) if arrived else ([], []))

    def update(
        lr, beta1=0.9, beta2=0.99, steps=100, surface=at, w1=None, w2=None, condition=20, turn=0, rates=RATES[0]
    ):
        update.idle = {"lr"} if rates == RATES[1] else set()
        update.idle |= {"turn", "condition"} if surface != "ravine" else set()
        ground = Ground(surface, w1, w2, condition, turn)
        look_at(ground, surface, condition, turn)
        lrs, facts = np.append(FINE, lr), {"last": {}, "best": {}, "first": {}, "costs": {}}
        for name, (thetas, above) in run(ground, lr, beta1, beta2, *ground.begin, surface, condition, turn).items():
            ever, first = arrivals(above < BOUND), arrivals(above[: steps + 1] < BOUND)
            k = len(FINE) if rates == RATES[0] else np.lexsort((np.nan_to_num(above.min(axis=0)), ever))[0]
            J = above[: steps + 1, k]
            draw(name, thetas[: steps + 1, k], J, lrs, first, k)
            for fact, value in (("last", J[-1]), ("best", lrs[k]), ("first", first[k])):
                facts[fact][name] = float(value)
            facts["costs"][name] = J
        begin.set_data(*ground.begin[:, None])
        here.set(xdata=[lr, lr], visible=rates == RATES[0])
        update.facts = facts
        which = f"alpha {lr:.3g}" if rates == RATES[0] else "each its best alpha"
        which += f", beta {beta1:.2g}" if {"momentum", "Nesterov", "Adam"} & set(names) else ""
        lowest = {name: float(np.nanmin(J)) for name, J in facts["costs"].items()}
        return (
            f"{ground.words}, from ({ground.start[0]:.3g}, {ground.start[1]:.3g}), {which}, {steps} step{'s' * (steps > 1)}. "
            f"First to stay less than {BOUND} above the minimum: {said_of(facts['first'], facts['last'], lowest)}."
        )

    def stands(values):
        given = {name: values[name] for name in ("w1", "w2", "turn") if name in values}
        return tuple(Ground(values.get("surface", at), **given).begin)

    def taken_to(values, x, y):
        R = rotation(values.get("turn", 0) if values.get("surface", at) == "ravine" else 0)
        return dict(zip(("w1", "w2"), np.array([x, y]) @ R))

    update.handles = [Place(plane, "w1", "w2", stands, taken_to, name="start"), Place(sweep, "lr", name="alpha")]
    update.play = "steps"
    return update
