"""Optimizers on a real network, and in the conventions of other libraries."""

from functools import partial
from itertools import islice

import numpy as np

from dlcourse.batches import epochs
from dlcourse.initializers import initialize
from dlcourse.network import Net, cost, cost_and_grad
from dlcourse.optimizers import heavy_ball, momentum, rmsprop
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place
from dlcourse.scenes.kept import Kept, abreast
from dlcourse.scenes.races import CEILING, FLOOR, LOOKS, RATES, mark, number, optimizer_lines, race
from dlcourse.surfaces import SURFACES, ravine
from dlcourse.training import descend, history

LRS = np.array([0.001, 0.0018, 0.0032, 0.0056, 0.01, 0.018, 0.032, 0.056, 0.1, 0.18, 0.32, 0.56, 1, 1.8, 3.2, 5.6, 10])
USES = {  # who is trained together, and which betas they have
    ("descent", "AdaGrad"): (),
    ("momentum", "Nesterov"): ("beta1",),
    ("RMSprop",): ("beta2",),
    ("Adam",): ("beta1", "beta2"),
}

GOALS = {
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


def ranking(costs):
    """The lowest cost first, in words."""
    return ", ".join(f"{name} {number(costs[name])}" for name in sorted(costs, key=costs.get))


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
    here = sweep.axvline(1.0, color=plots.GREY, linewidth=1.2, zorder=1.5)
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

    def train(names, beta1, beta2, batch_size):
        """Yield the costs (n, 17) of these optimizers on all examples at every tenth update, and a pause half-way."""
        batches = epochs(X, Y, batch_size, np.random.default_rng(2))
        run = race(names, partial(cost_and_grad, net), theta, LRS, beta1, beta2, batches, static=True)
        for t, (now, J) in enumerate(islice(run, updates + 1)):
            if t % every == 0:
                yield np.where(np.isfinite(J), cost(net, now, X, Y), np.inf)
            elif t % every == every // 2:
                yield None

    kept = Kept(train, most=12)

    def trained(beta1, beta2, batch_size):
        """Yield {name: costs (T, 17)}, the same one until T has grown; whom no control has touched is not trained again."""
        runs = [
            kept(names, beta1 if "beta1" in uses else 0.9, beta2 if "beta2" in uses else 0.999, batch_size)
            for names, uses in USES.items()
        ]
        by_name, T = {}, 0
        for groups in abreast(runs):
            if len(groups[0]) > T:
                costs, T = np.concatenate([np.array(frames) for frames in groups], axis=1), len(groups[0])
                by_name = dict(zip((name for names in USES for name in names), costs.swapaxes(0, 1)))
                by_name = {name: by_name[name] for name in LOOKS}
            yield by_name

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
        which, drawn = f"With alpha {lr:.2g} for all" if rates == RATES[0] else "Each with its best alpha", None
        for costs in trained(beta1, beta2, batch_size):
            if costs is not drawn:
                drawn, (last, best) = costs, draw(costs, lr, rates)
                update.facts = {"last": last, "best": best, "costs": costs}
                done = every * (len(costs["Adam"]) - 1)
                said = f"{which}, the cost on all examples, mean of the last 50 updates up to {done}: {ranking(last)}."
            yield done / updates, said

    update.afresh = kept.forget
    update.handles = [Place(sweep, "lr", name="alpha")]
    return update


CONVENTIONS = {"momentum": ("course: averaged", "other: heavy ball"), "epsilon": ("course: outside", "other: inside")}


def conventions(fig):
    """One step in the conventions of two libraries: the two curves, and how far apart the two paths are.

    Controls: convention ("momentum": averaged or heavy ball; "epsilon": outside or inside RMSprop's root), translated
    (the second library's setting worked out from the first, or the same number), lr, beta, eps. The cost is a ravine;
    for epsilon it is divided by a million, so that gradients are small.
    """
    curve, apart = fig.subplots(1, 2, width_ratios=(1.3, 1))
    plots.style(fig)
    one = plots.line(curve, 0, "course", linestyle="-", linewidth=5, alpha=0.45)
    two = plots.line(curve, 1, "other")
    gap = plots.line(apart, 2, marker=".", markevery=5)
    steps = 80
    plots.cost_axes(curve, steps, FLOOR, 100, log=True)
    curve.set(ylabel="J / J at the start")
    apart.set(xlim=(0, steps), ylim=(1e-17, 100), yscale="log", xlabel="step", title="distance of the two paths")
    legend = plots.legend(curve)

    def pair(convention, translated, lr, beta, eps):
        """Two runs, and in words what the second one is given."""
        start = np.array(SURFACES["ravine"].start)
        if convention == "momentum":
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
        update.idle = {"eps"} if convention == "momentum" else set()
        first, second, said = pair(convention, translated, lr, beta, eps)
        for text, words in zip(legend.get_texts(), CONVENTIONS[convention]):
            plots.change(text, text=words)
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
