"""Where the gradient is zero or nearly so: minima, saddles and plateaus, and what they do to the optimizers."""

from contextlib import suppress
from functools import cache, partial

import numpy as np

from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Pick, Place
from dlcourse.scenes.kept import Kept
from dlcourse.scenes.races import LOOKS, arriving, mark, optimizer_lines, race
from dlcourse.surfaces import (
    SURFACES,
    classify,
    critical_points,
    curvatures,
    hessian,
    plateau,
    random_curvatures,
    saddle,
    shares,
    waves,
)
from dlcourse.training import Diverged

GOALS = {
    "a maximum": Goal("find a point from which every way leads down.", lambda kind: kind == "maximum", {"point": 9}),
    "more than 99 %": Goal(
        "find the smallest n with more than 99 % saddles.", lambda n, saddle: saddle > 0.99 and n < 5, {"n": 4}
    ),
    "few saddles": Goal(
        "find a number of dimensions in which fewer than 60 % are saddles.", lambda saddle: saddle < 0.6, {"n": 2}
    ),
    "off the ridge": Goal(
        "start at most 0.001 from the ridge, and let plain descent arrive within 100 steps.",
        lambda w2, descent: w2 <= 0.001 and descent <= 100,
        {"w2": 0.001, "lr": 0.2},
    ),
    "across the plain": Goal(
        "bring plain descent across from distance 4 or more.",
        lambda distance, descent: distance >= 4 and descent <= STEPS,
        {"distance": 4.0, "lr": 1.0},
    ),
}
STEPS, PAUSE = 1000, 50  # so long the optimizers may run; steps at most between two turns of the page
STARTS = 200  # of Newton's method
KINDS = {"saddle": (1, "X"), "minimum": (2, "v"), "maximum": (3, "^")}  # colour of plots.COLOURS, marker


def _name_only(legend, drawn):
    """Show in a legend only the names of what is drawn: drawn is {name: artist}, names that are not in it stay."""
    for text, handle in zip(legend.get_texts(), legend.legend_handles):
        artist = drawn.get(text.get_text())
        for part in (text, handle):
            plots.change(part, visible=artist is None or len(artist.get_xdata()) > 0)


@cache
def _flat_points(surface):
    """All points of zero gradient, the lowest first: Newton's method from a grid of starts, the same point once."""
    objective, (left, right, low, high), _, _ = SURFACES[surface]
    starts = np.stack(np.meshgrid(np.linspace(left, right, 13), np.linspace(low, high, 13)), axis=-1)
    found = np.unique(critical_points(objective, starts.reshape(-1, 2)).round(5) + 0.0, axis=0)
    found = found[(found > (left, low)).all(axis=1) & (found < (right, high)).all(axis=1)]
    return found[np.argsort(objective(found)[0], kind="stable")]


def zero_gradients(fig):
    """All points of zero gradient of a surface; at one of them the principal directions, and J along each.

    A point shows what kind it is once it has been looked at. Controls: surface, and point, which counts from the lowest
    cost up (past the last one, it stays on the last).
    """
    plane, along = fig.subplots(1, 2, width_ratios=(1.15, 1))
    plots.style(fig)
    unknown = plane.plot([], [], "o", color="white", markersize=8, markeredgecolor=plots.INK, label="not looked at")[0]
    look = {"markersize": 10, "markeredgecolor": "white", "zorder": 3}
    dots = {
        name: plane.plot([], [], marker, color=plots.COLOURS[colour], label=name, **look)[0]
        for name, (colour, marker) in KINDS.items()
    }
    axes_of = [plots.line(plane, k, linewidth=3) for k in (0, 4)]
    ring = plane.plot([], [], "o", markersize=20, fillstyle="none", color=plots.INK, markeredgewidth=2)[0]
    slices = [plots.line(along, k, label) for k, label in ((0, "first direction"), (4, "second"))]
    plane.set(xlabel="$w_1$", ylabel="$w_2$")
    along.set(xlim=(-1, 1), xlabel="distance from the point", ylabel="J - J at the point")
    legend = plots.legend(along, plane, columns=3)
    shown, visited = [], set()

    def look_at(surface):
        """The contours of a surface, once."""
        if shown != [surface]:
            for old in list(plane.collections):
                old.remove()
            objective, (left, right, low, high), _, _ = SURFACES[surface]
            plots.contours(plane, objective, (left, right), (low, high))
            shown[:] = [surface]

    def update(point, surface="himmelblau"):
        look_at(surface)
        objective, points = SURFACES[surface][0], _flat_points(surface)
        kinds, n = classify(hessian(objective, points)), len(points)
        k = min(point, n) - 1
        visited.add((surface, k))
        known = np.array([(surface, i) in visited for i in range(n)])
        for name, dot in dots.items():
            dot.set_data(*points[known & (kinds == name)].T)
        unknown.set_data(*points[~known].T)
        _name_only(legend, {**dots, "not looked at": unknown})
        here = points[k]
        H = hessian(objective, here)
        values, directions = np.linalg.eigh(H)
        t = np.linspace(-1, 1, 81)
        for line, piece, direction in zip(axes_of, slices, directions.T):
            line.set_data(*(here + 0.12 * np.ptp(plane.get_xlim()) * np.outer([-1, 1], direction)).T)
            piece.set_data(t, objective(here + t[:, None] * direction)[0] - objective(here)[0])
        ring.set_data([here[0]], [here[1]])
        reach = max(np.abs(piece.get_ydata()).max() for piece in slices)
        plots.change(along, ylim=(-1.1 * reach, 1.1 * reach))
        costs = objective(points)[0]
        update.facts = {"kind": str(classify(H)), "eigenvalues": values, "cost": float(costs[k]), "points": n}
        update.idle = {"point"} if n == 1 else set()
        which = "The only point" if n == 1 else f"Point {k + 1} of {n}{', the last,' * (point > n)}"
        return (
            f"{which} at ({here[0]:.2f}, {here[1]:.2f}): the eigenvalues of the Hessian are {values[0]:.3g} and "
            f"{values[1]:.3g}, so this is a {classify(H)}."
        )

    def spots(values):
        return dict(enumerate(map(tuple, _flat_points(values.get("surface", "himmelblau")).tolist()), start=1))

    update.forget = visited.clear
    update.handles = [Pick(plane, "point", spots)]
    return update


def share_of_saddles(fig):
    """Random points of zero gradient in n dimensions: how many are saddles, and the curvatures of 30 of them.

    The model of `surfaces.random_curvatures`, 2000 points for each n; drawn as far as the chosen n. Control: n.
    """
    share, rows = fig.subplots(1, 2, width_ratios=(1, 1.1))
    plots.style(fig)
    sizes = np.arange(1, 13)
    drawn = {n: random_curvatures(int(n), 2000, np.random.default_rng(n)) for n in sizes}
    measured = {name: [shares(drawn[n])[name] for n in sizes] for name in KINDS}
    measured["coins"] = (1 - 2.0 ** (1 - sizes)).tolist()
    curves = {
        name: plots.line(share, colour, name, marker=marker, markersize=7, linestyle="-")
        for name, (colour, marker) in KINDS.items()
    }
    curves["coins"] = plots.line(share, 7, "saddle, if signs were tossed coins", marker=".")
    here = share.axvline(2, color=plots.GREY, linewidth=1.2)
    share.set(xlim=(0.5, 12.5), ylim=(-0.03, 1.03), xlabel="dimensions n", ylabel="share of the points")
    up = rows.plot([], [], "o", color=plots.COLOURS[0], markersize=4.5, label="curving up")[0]
    down = rows.plot([], [], "s", color=plots.COLOURS[1], markersize=4.5, label="curving down")[0]
    rows.axvline(0, color=plots.INK, linewidth=1)
    rows.set(xlim=(-7.5, 7.5), ylim=(0, 31), xlabel="eigenvalues of the Hessian", ylabel="each row is one point")
    plots.legend(share, rows, columns=3)

    def update(n):
        values = drawn[n][:30]
        row = np.broadcast_to(np.arange(1, 31)[:, None], values.shape)
        for dots, chosen in ((up, values > 0), (down, values < 0)):
            dots.set_data(values[chosen], row[chosen])
        for name, curve in curves.items():
            curve.set_data(sizes[:n], measured[name][:n])
        here.set_xdata([n, n])
        at = {name: measured[name][n - 1] for name in curves}
        update.facts = at
        return (
            f"In {n} dimension{'s' * (n > 1)} {at['saddle']:.1%} of 2000 random points of zero gradient are "
            f"saddles, {at['minimum']:.1%} minima, {at['maximum']:.1%} maxima."
        )

    update.handles, update.play = [Place(share, "n")], "n"
    return update


def saddles_by_cost(fig):
    """Points of zero gradient on a random landscape: the lower the cost, the fewer directions lead down.

    The landscape is `surfaces.waves`, 200 random waves; the points are found by Newton's method from 200 starts in the cube
    from -5 to 5; each counts once, and those outside the cube do not. Controls: n, the number of dimensions; landscape, a
    seed; shown, the share of the points that is drawn, from the highest cost down.
    """
    axes = fig.subplots()
    plots.style(fig)
    dots = {
        name: axes.plot([], [], marker, color=plots.COLOURS[colour], markersize=7, alpha=0.75, label=name)[0]
        for name, (colour, marker) in KINDS.items()
    }
    axes.set(
        xlim=(-5.2, 5.2),
        ylim=(-0.05, 1.05),
        xlabel="cost J at the point (0 on average, standard deviation 1)",
        ylabel="share of directions that lead down",
    )
    lowest = axes.axvline(0, color=plots.GREY, linewidth=1.2, zorder=1.5)
    beyond = {name: plots.arrows(axes, "<>", color=dot.get_color()) for name, dot in dots.items()}
    legend = plots.legend(axes)

    def find(n, landscape):
        """Yield (done, costs, curvatures), with more points each time, or a pause; few starts at once where one takes long."""
        rng, points, costs, values = np.random.default_rng(landscape), np.empty((0, n)), np.empty(0), np.empty((0, n))
        objective = partial(waves, W=rng.normal(size=(200, n)), phase=rng.uniform(0, 2 * np.pi, 200))
        starts, few = rng.uniform(-5, 5, size=(STARTS, n)), max(1, 48 // n)
        for seen in range(0, STARTS, few):
            new = critical_points(objective, starts[seen : seen + few], steps=40)
            new = new[(np.abs(new) <= 5).all(axis=1)]
            if len(new):
                points = np.append(points, new, axis=0)
                _, first = np.unique(points.round(5), axis=0, return_index=True)
                points, costs = points[first], np.append(costs, objective(new)[0])[first]
                values = np.append(values, curvatures(objective, new), axis=0)[first]
            yield (min(1.0, (seen + few) / STARTS), costs, values) if len(costs) else None

    kept = Kept(find)

    def update(n, landscape=1, shown=1.0):
        for frames in kept(n, landscape):
            done, J, values = frames[-1]
            yield done, show(n, J, values, shown)

    def show(n, J, values, shown):
        """Draw the points that cost most, or all of them, and count their ways down."""
        down = (values < 0).mean(axis=1)
        bound = np.quantile(J, 1 - shown)
        drawn = J >= bound
        lowest.set_xdata([bound, bound])
        for name, chosen in (("minimum", down == 0), ("maximum", down == 1), ("saddle", (0 < down) & (down < 1))):
            points = np.stack([J, down])[:, chosen & drawn]
            dots[name].set_data(*points[:, beyond[name](*points)])
        _name_only(legend, dots)
        low = J <= np.quantile(J, 0.2)
        update.facts = {
            "points": len(J),
            "saddle": float(shares(values)["saddle"]),
            "down": float(down.mean()),
            "down_low": float(down[low].mean()),
            "down_high": float(down[J >= np.quantile(J, 0.8)].mean()),
            "J": J,
            "share_down": down,
        }
        if shown < 1:
            return (
                f"Landscape of {n} dimensions, {len(J)} points of zero gradient; drawn are the {shown:.0%} with the highest "
                f"cost, and on average {down[drawn].mean():.0%} of their directions lead down."
            )
        return (
            f"Of {len(J)} points of zero gradient in {n} dimensions {update.facts['saddle']:.0%} are saddles; on average "
            f"{down.mean():.0%} of the directions lead down; at the fifth of the points with the lowest cost, "
            f"{down[low].mean():.0%}."
        )

    def down_to(values):
        return np.quantile(update.facts["J"], 1 - values["shown"]), None

    def share_above(_, x, __):
        return {"shown": (update.facts["J"] >= x).mean()}

    update.afresh = kept.forget
    update.handles, update.play = [Place(axes, "shown", get=down_to, put=share_above)], "shown"
    return update


def _crossing(fig, objective, start, distances, box, bound, words):
    """Each optimizer from one start: its path, J by step; and from every start up to this one, the steps needed.

    start(distances) -> (K, 2); box: what is seen of the plane; bound: J to get below; words: what the distance is, and
    what is done, in the sentence. Returns (the three axes, show_from), and show_from(distance, lr, beta1, beta2) trains.
    """
    panels = fig.subplot_mosaic("AC;BC", height_ratios=(1.5, 1), width_ratios=(1.1, 1))
    plane, curve, sweep = (panels[key] for key in "ABC")
    plots.style(fig)
    plots.contours(plane, objective, *box)
    plane.set(xlabel="$w_1$", ylabel="$w_2$")
    paths, curves, sweeps, ends = (optimizer_lines(axes, LOOKS) for axes in (plane, curve, sweep, sweep))
    for name in LOOKS:
        paths[name].set(linewidth=1.2, markersize=7)
        sweeps[name].set_marker("None")
    steps = {name: plane.plot([], [], ".", color=paths[name].get_color(), markersize=4)[0] for name in LOOKS}
    dot = plane.plot([], [], "o", color="white", markeredgecolor=plots.INK, markersize=12, zorder=1.9)[0]
    here = sweep.axvline(1.0, color=plots.GREY, linewidth=1.2, zorder=1.5)
    curve.axhline(bound, color=plots.GREY, linewidth=1.2, zorder=1.5)
    left, beyond, late_ones = (
        {name: plots.arrows(axes, ways, color=line.get_color()) for name, line in curves.items()}
        for axes, ways in ((plane, "<>v^"), (curve, "^"), (sweep, "^"))
    )
    plots.legend(curve, columns=3)

    def show_from(distance, lr, beta1, beta2):
        where = np.append(distances, distance)
        run = race(LOOKS, objective, start(where), lr, beta1, beta2)
        Js = np.full((len(LOOKS), STEPS + 1, len(where)), np.inf)
        thetas = np.tile(start(where)[-1], (len(LOOKS), STEPS + 1, 1))
        for t in range(STEPS + 1):
            thetas[:, t] = thetas[:, max(t - 1, 0)]
            with suppress(Diverged, StopIteration):  # from then on J is infinite
                theta, Js[:, t] = next(run)
                thetas[:, t] = np.clip(theta[:, -1], -1e3, 1e3)
            if t % 200 == 0:
                said = show(thetas, Js[:, : t + 1], where, lr, t)
            if t % PAUSE == 0:
                yield t / STEPS, said

    def show(thetas, Js, where, lr, t):
        """Fill all lines with the first t steps, and say who is across. Who is not, has an arrow at the upper edge."""
        order = np.argsort(where, kind="stable")
        below = Js < bound
        crossed = np.where(below.any(axis=1), below.argmax(axis=1), np.inf)
        seen = order[words["easier"](where[order], where[-1])]
        dot.set_data(thetas[:1, 0].T)
        for i, name in enumerate(LOOKS):
            walk(name, thetas[i, : int(min(crossed[i, -1], t)) + 1])
            mark(curves[name], np.arange(t + 1), np.clip(Js[i, :, -1], 0, 10), t)
            beyond[name](np.arange(t + 1), Js[i, :, -1], curve=True)
            arriving(sweeps[name], where[seen], crossed[i, seen])
            there = late_ones[name](where[-1:], crossed[i, -1:])
            ends[name].set_data(where[-1:][there], crossed[i, -1:][there])
        here.set_xdata([where[-1], where[-1]])
        show_from.facts = {name: float(crossed[i, -1]) for i, name in enumerate(LOOKS)}
        show_from.needed = dict(zip(LOOKS, crossed[:, :-1]))
        return sentence(Js[:, -1, -1], where[-1], lr, t)

    def walk(name, path):
        """A path up to its arrival, with a dot for each step."""
        mark(paths[name], *path.T, len(path) - 1)
        steps[name].set_data(*path.T)
        left[name](*path.T, curve=True)

    def sentence(J, distance, lr, t):
        """Who is across, who is not, who diverged."""
        facts = show_from.facts
        across = [f"{name} {n:.0f}" for name, n in sorted(facts.items(), key=lambda item: item[1]) if n < np.inf]
        lost = [name for i, name in enumerate(LOOKS) if not J[i] < 1e6]
        late = [name for name, n in facts.items() if n == np.inf and name not in lost]
        said = [", ".join(across) or "nobody yet"]
        said += [f"not there after {t}: {', '.join(late)}"] * bool(late) + [f"diverged: {', '.join(lost)}"] * bool(lost)
        return f"Steps from {words['from']} {distance:.3g} to {words['to']} with alpha {lr:.3g}: {'; '.join(said)}."

    return plane, curve, sweep, show_from


AWAY = np.array([0.8, 0.6])  # the way from the hollow to the start


def plateau_crossing(fig):
    """How long each optimizer needs to leave the plain around a hollow: its path, J by step, and the steps by distance.

    Right: steps until J < 1/2, from distances up to this one. Controls: distance from the minimum, lr, beta1, beta2.
    """
    words = {"from": "distance", "to": "J < 1/2", "easier": np.less_equal}
    box = (-0.9, 4.7), (-0.6, 3.6)
    plane, curve, sweep, show_from = _crossing(
        fig, plateau, lambda d: d[:, None] * AWAY, np.linspace(1, 5, 17), box, 0.5, words
    )
    plots.cost_axes(curve, STEPS, 0, 1.08)
    curve.set_xscale("symlog", linthresh=1)  # logarithmic from step 1 on, with a place for step 0
    sweep.set_yscale("symlog", linthresh=1)
    curve.set(xlim=(0, STEPS))
    sweep.set(xlim=(1, 5.05), ylim=(-0.1, 1.3 * STEPS))
    sweep.set(xlabel="distance of the start", ylabel="steps until J < 1/2")

    def update(distance, lr, beta1=0.9, beta2=0.9):
        for done, sentence in show_from(distance, lr, beta1, beta2):
            update.facts = show_from.facts
            yield done, sentence

    def place(values):
        return tuple(values["distance"] * AWAY)

    def along(_, x, y):
        return {"distance": AWAY @ (x, y)}

    update.handles = [
        Place(plane, "distance", "distance", get=place, put=along, name="start"),
        Place(sweep, "distance", name="distance of the start"),
    ]
    return update


def saddle_leaving(fig):
    """How long each optimizer needs to leave a saddle: its path, J by step, and the steps by the distance from its ridge.

    The start is (-1.5, w2) on `surfaces.saddle`, whose ridge is w2 = 0. Right: steps until J is less than 0.01 above the
    minimum, from w2 down to this one; on top those of descent at each power of ten. Controls: w2, lr, beta1, beta2.
    """

    def above(theta):
        J, gradient = saddle(theta)
        return J + 0.25, gradient

    words = {"from": "w2 =", "to": "J < 0.01 above the minimum", "easier": np.greater_equal}
    starts = 10.0 ** (np.arange(-18, 0) / 3)
    tens = slice(None, None, 3)
    plane, curve, sweep, show_from = _crossing(
        fig, above, lambda d: np.stack([0 * d - 1.5, d], axis=-1), starts, ((-1.75, 0.55), (-0.3, 1.3)), 0.01, words
    )
    plots.cost_axes(curve, STEPS, 1e-4, 3, log=True)
    curve.set_xscale("symlog", linthresh=1)
    curve.set(xlim=(0, STEPS), ylabel="J above minimum")
    sweep.set(xlim=(0.6, 3e-7), ylim=(0, 1.1 * STEPS), xscale="log")
    sweep.set(xlabel="$w_2$ of the start", ylabel="steps until J < 0.01")
    stairs = sweep.plot([], [], "o", color=plots.COLOURS[LOOKS["descent"]], markersize=5)[0]
    title = plots.note(sweep, 0.16, 0.94, "steps of descent:", transform=sweep.get_xaxis_transform())
    counts = [plots.note(sweep, w2, 0.88, transform=sweep.get_xaxis_transform(), ha="center") for w2 in starts[tens]]

    def update(w2, lr, beta1=0.9, beta2=0.99):
        for done, sentence in show_from(w2, lr, beta1, beta2):
            update.facts = show_from.facts
            count(show_from.needed["descent"][tens], starts[tens] > 0.99 * w2)
            yield done, sentence

    def count(needed, passed):
        """At each power of ten that has been passed, the steps of descent as a dot and as a number."""
        there = passed & np.isfinite(needed)
        stairs.set_data(starts[tens][there], needed[there])
        title.set_visible(passed.any())
        for text, n, shown in zip(counts, needed, passed):
            text.set_text((f"{n:.0f}" if n < np.inf else "-") if shown else "")

    update.handles = [Place(plane, -1.5, "w2", name="start"), Place(sweep, "w2", name="w2 of the start")]
    return update
