"""Where the gradient is zero or nearly so: minima, saddles and plateaus, and what they do to the optimizers."""

from functools import partial

import numpy as np

from dlcourse.scenes import plots
from dlcourse.scenes.races import LOOKS, mark, optimizer_lines, race
from dlcourse.surfaces import (
    SURFACES,
    classify,
    critical_points,
    curvatures,
    hessian,
    plateau,
    random_curvatures,
    shares,
    waves,
)

KINDS = {"minimum": (2, "v"), "saddle": (1, "X"), "maximum": (3, "^")}  # colour of plots.COLOURS, marker


def zero_gradients(fig):
    """All points of zero gradient of a surface; at one of them the principal directions, and J along each.

    Controls: surface, and point, which counts from the lowest cost up (past the last one, it stays on the last).
    """
    plane, along = fig.subplots(1, 2, width_ratios=(1.15, 1))
    plots.style(fig)
    dots = {
        name: plane.plot(
            [], [], marker, color=plots.COLOURS[colour], markersize=10, markeredgecolor="white", label=name
        )[0]
        for name, (colour, marker) in KINDS.items()
    }
    axes_of = [plots.line(plane, k, linewidth=3) for k in (0, 4)]
    ring = plane.plot([], [], "o", markersize=20, fillstyle="none", color=plots.INK, markeredgewidth=2)[0]
    slices = [plots.line(along, k, label) for k, label in ((0, "first direction"), (4, "second"))]
    plane.set(xlabel="$w_1$", ylabel="$w_2$")
    along.set(xlim=(-1, 1), xlabel="distance from the point", ylabel="J - J at the point")
    plots.legend(plane, along, columns=3)
    seen = {}

    def look_at(surface):
        """Contours and all points of zero gradient: Newton's method from a grid of starts, the same point once."""
        objective, (left, right, low, high), _, _ = SURFACES[surface]
        if surface not in seen:
            for old in list(plane.collections):
                old.remove()
            plots.contours(plane, objective, (left, right), (low, high))
            starts = np.stack(np.meshgrid(np.linspace(left, right, 13), np.linspace(low, high, 13)), axis=-1)
            starts = starts.reshape(-1, 2)
            found = np.unique(critical_points(objective, starts).round(5) + 0.0, axis=0)
            found = found[(found > (left, low)).all(axis=1) & (found < (right, high)).all(axis=1)]
            seen.clear()
            seen[surface] = found[np.argsort(objective(found)[0], kind="stable")]
        return objective, seen[surface]

    def update(point, surface="himmelblau"):
        objective, points = look_at(surface)
        kinds = classify(hessian(objective, points))
        for name, dot in dots.items():
            dot.set_data(*points[kinds == name].T)
        here = points[min(point, len(points)) - 1]
        H = hessian(objective, here)
        values, directions = np.linalg.eigh(H)
        t = np.linspace(-1, 1, 81)
        for line, piece, direction in zip(axes_of, slices, directions.T):
            line.set_data(*(here + 0.12 * np.ptp(plane.get_xlim()) * np.outer([-1, 1], direction)).T)
            piece.set_data(t, objective(here + t[:, None] * direction)[0] - objective(here)[0])
        ring.set_data([here[0]], [here[1]])
        reach = max(np.abs(piece.get_ydata()).max() for piece in slices)
        along.set_ylim(-1.1 * reach, 1.1 * reach)
        update.facts = {"kind": str(classify(H)), "eigenvalues": values}
        return (
            f"Point {min(point, len(points))} of {len(points)}, at ({here[0]:.2f}, {here[1]:.2f}): the eigenvalues "
            f"of the Hessian are {values[0]:.3g} and {values[1]:.3g}, so this is a {classify(H)}."
        )

    return update


def share_of_saddles(fig):
    """Random points of zero gradient in n dimensions: how many are saddles, and the curvatures of 30 of them.

    The model of `surfaces.random_curvatures`, 2000 points for each n. Control: n.
    """
    share, rows = fig.subplots(1, 2, width_ratios=(1, 1.1))
    plots.style(fig)
    sizes = np.arange(1, 13)
    drawn = {n: random_curvatures(int(n), 2000, np.random.default_rng(n)) for n in sizes}
    measured = {name: [shares(drawn[n])[name] for n in sizes] for name in KINDS}
    for name, (colour, marker) in KINDS.items():
        plots.line(share, colour, name, marker=marker, markersize=7, linestyle="-").set_data(sizes, measured[name])
    plots.line(share, 7, "saddle, if signs were tossed coins").set_data(sizes, 1 - 2.0 ** (1 - sizes))
    here = share.axvline(2, color="#9A9A9A", linewidth=1.2)
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
        here.set_xdata([n, n])
        at = {name: measured[name][n - 1] for name in KINDS}
        update.facts = at
        return (
            f"In {n} dimension{'s' * (n > 1)} {at['saddle']:.1%} of 2000 random points of zero gradient are "
            f"saddles, {at['minimum']:.1%} minima, {at['maximum']:.1%} maxima."
        )

    return update


def saddles_by_cost(fig):
    """Points of zero gradient on a random landscape: the lower the cost, the fewer directions lead down.

    The landscape is `surfaces.waves`, 200 random waves; the points are found by Newton's method from 200 starts.
    Controls: n, the number of dimensions; landscape, a seed.
    """
    axes = fig.subplots()
    plots.style(fig)
    dots = {
        name: axes.plot([], [], marker, color=plots.COLOURS[colour], markersize=7, alpha=0.75, label=name)[0]
        for name, (colour, marker) in KINDS.items()
    }
    axes.set(
        xlim=(-3.5, 3.5),
        ylim=(-0.05, 1.05),
        xlabel="cost J at the point (0 on average, standard deviation 1)",
        ylabel="share of directions that lead down",
    )
    plots.legend(axes)

    def update(n, landscape=1):
        rng = np.random.default_rng(landscape)
        objective = partial(waves, W=rng.normal(size=(200, n)), phase=rng.uniform(0, 2 * np.pi, 200))
        J, values = np.empty(0), np.empty((0, n))
        for done in range(1, 21):
            points = critical_points(objective, rng.uniform(-5, 5, size=(10, n)), steps=40)
            J, values = np.append(J, objective(points)[0]), np.append(values, curvatures(objective, points), axis=0)
            down = (values < 0).mean(axis=1)
            for name, chosen in (("minimum", down == 0), ("maximum", down == 1), ("saddle", (0 < down) & (down < 1))):
                dots[name].set_data(J[chosen], down[chosen])
            low = J <= np.quantile(J, 0.2)
            update.facts = {"saddle": shares(values)["saddle"], "down": down.mean(), "down_low": down[low].mean()}
            yield (
                done / 20,
                (
                    f"Of {len(J)} points of zero gradient in {n} dimensions {update.facts['saddle']:.0%} are "
                    f"saddles; on average {down.mean():.0%} of the directions lead down, but only "
                    f"{down[low].mean():.0%} at the fifth of the points with the lowest cost."
                ),
            )

    return update


def plateau_crossing(fig):
    """How long each optimizer needs to leave the plain around a hollow: J by step, and the steps for every distance.

    Left: J from one distance. Right: steps until J < 1/2, started at 17 distances at once. Controls: distance from the
    minimum, lr, beta1, beta2.
    """
    distances, steps = np.linspace(1, 5, 17), 1000
    curve, sweep = fig.subplots(1, 2)
    plots.style(fig)
    curves, sweeps = optimizer_lines(curve, LOOKS), optimizer_lines(sweep, LOOKS)
    here = sweep.axvline(3, color="#9A9A9A", linewidth=1.2, zorder=1.5)
    plots.cost_axes(curve, steps, 0, 1.08)
    curve.set(xlim=(1, steps), xscale="log")
    curve.axhline(0.5, color="#9A9A9A", linewidth=1.2, zorder=1.5)
    sweep.set(
        xlim=(1, 5), ylim=(1, 1.3 * steps), yscale="log", xlabel="distance of the start", ylabel="steps until J < 1/2"
    )
    plots.legend(curve, columns=3)

    def update(distance, lr, beta1=0.9, beta2=0.9):
        starts = np.append(distances, distance)[:, None] * np.array([0.8, 0.6])
        runs = race(LOOKS, plateau, starts, lr, beta1, beta2)
        Js = np.empty((len(LOOKS), steps + 1, len(starts)))
        for t in range(steps + 1):
            for i, run in enumerate(runs.values()):
                Js[i, t] = next(run)[1]
            if t % 50 == 0 and t:
                yield t / steps, show(Js[:, : t + 1], distance, lr, t)

    def show(Js, distance, lr, t):
        """Fill all lines with the first t steps, and say who is across."""
        where = np.append(distances, distance)
        order = np.argsort(where, kind="stable")
        crossed = np.where((Js < 0.5).any(axis=1), (Js < 0.5).argmax(axis=1), 3 * steps)
        for i, name in enumerate(LOOKS):
            mark(curves[name], np.arange(1, t + 2), Js[i, :, -1], t)
            mark(sweeps[name], where[order], crossed[i, order], np.flatnonzero(order == len(distances))[0])
        here.set_xdata([distance, distance])
        update.facts = {name: int(crossed[i, -1]) for i, name in enumerate(LOOKS)}
        across = [f"{name} {n}" for name, n in sorted(update.facts.items(), key=lambda item: item[1]) if n <= steps]
        rest = [name for name, n in update.facts.items() if n > steps]
        first = ", ".join(across) or "nobody yet"
        return f"Steps from distance {distance:.3g} to J < 1/2 with alpha {lr:.3g}: {first}" + (
            f"; not across after {t}: {', '.join(rest)}." if rest else "."
        )

    return update
