"""Tuning: trials by hand, on a grid and at random, scales, coarse to fine, the luck of a winner, one model or many."""

from functools import partial
from itertools import chain, islice

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LogNorm
from matplotlib.patches import Rectangle

from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, cost, cost_and_grad, forward
from dlcourse.optimizers import adam, momentum
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place, Points
from dlcourse.scenes.kept import Kept
from dlcourse.search import (
    best,
    coarse_to_fine,
    grid_search,
    integers,
    log_uniform,
    narrow,
    one_minus_log_uniform,
    panda,
    random_search,
    uniform,
)
from dlcourse.training import Diverged, descend, last

SECOND = ("eps", "lambda")
RANGE = {"eps": (1e-10, 1e-6), "lambda": (1e-3, 100.0)}
PLANE = {"lr": (log_uniform, 1e-4, 10.0), "lambd": (log_uniform, 1e-3, 100.0)}


def _grid(alphas, lambdas):
    """A grid over PLANE as a learner would place it."""
    lr, lambd = np.logspace(-4, 1, alphas).round(6), np.logspace(-3, 2, lambdas).round(6)
    return {"trials": tuple((one, two, 0) for one in lr.tolist() for two in lambd.tolist()), "costs": True}


PRESETS = {
    "trials": {"6 alphas, 4 lambdas": _grid(6, 4), "4 alphas, 6 lambdas": _grid(4, 6)},
    "grid": {"4 trials": {"points": 2}, "25 trials": {"points": 5}, "both matter": {"points": 5, "second": "lambda"}},
    "scales": {"the lecture": {"low": 1e-4, "high": 0.999}, "25 draws": {"low": 1e-4, "high": 0.999, "draws": 25}},
    "search": {
        "one round of 24": {"K": 24, "rounds": 1},
        "three of 8": {"K": 8, "rounds": 3},
        "never smaller": {"K": 8, "rounds": 3, "shrink": 1.0},
    },
    "luck": {"one run": {"runs": 1}, "40 runs": {"runs": 40}, "more to judge by": {"runs": 40, "examples": 400}},
    "care": {
        "16 models": {"K": 16},
        "a good hand": {"lr": 1.0, "later": 1.0, "K": 16},
        "turned up": {"lr": 0.01, "later": 0.3, "K": 16},
        "48 models": {"K": 48},
    },
}
GOALS = {
    "by hand": Goal(
        "with at most 15 trials be ahead of the 25 random ones in 15 of the 20 draws.",
        lambda trials_placed, ahead: trials_placed <= 15 and ahead >= 15,
        {"trials": ((0.5, 1.0, 0), (0.5, 0.13, 0)), "costs": True},
    ),
    "the grid wins": Goal(
        "find a setting in which the grid's best dev cost is lower than that of the random points, by 0.02 or more.",
        lambda grid, random: grid <= random - 0.02,
        {"points": 3, "second": "lambda", "draw": 8},
    ),
    "half above 0.1": Goal(
        "on the log scale about half of the alphas shall lie above 0.1, to 5 %.",
        lambda large: abs(large - 0.5) < 0.05,
        {"low": 0.01},
    ),
    "24 trials": Goal(
        "with at most 24 trials in all, reach a dev cost below 0.25.",
        lambda J, trials: trials <= 24 and J < 0.25,
        {"K": 8, "rounds": 3, "draw": 4},
    ),
    "honest winner": Goal(
        "choose among 10 runs or more, and let the winner's dev cost be too good by less than 0.02 on average.",
        lambda runs, too_good: runs >= 10 and too_good < 0.02,
        {"runs": 10, "examples": 400},
    ),
    "the panda wins": Goal(
        "a panda that begins at alpha 0.001 or less shall end below the best of 16 models or more, by 0.005.",
        lambda lr, K, panda, caviar: lr <= 0.001 and K >= 16 and panda <= caviar - 0.005,
        {"lr": 0.001, "later": 1.0, "K": 16},
    ),
}


def _shade(costs, low, high):
    """A colour for each cost, the lower the darker; those beyond low and high as these."""
    return colormaps["viridis"](LogNorm(low, high, clip=True)(costs))


def _trained(net, start, X, Y, lr, **hyper):
    """The pairs (theta, J) of one net at several settings, all at once, all from the same start."""
    lambd = hyper.pop("lambd", 0.0)
    objective = partial(cost_and_grad, net, X=X, Y=Y, lambd=lambd)
    return descend(objective, np.tile(start, (len(lr), 1)), adam, lr=lr, static=True, **hyper)


def your_trials(fig, X, Y, X_dev, Y_dev):
    """Trials that the learner places in the plane of alpha and lambda, against 25 random ones: the best dev cost so far.

    X (2, m), Y (1, m), and a dev set. Every trial is a net (2, 8, 1) from the same start, 60 steps of Adam. Controls: trials
    (alpha, lambda, 0), costs (they are closed until this is on), draw of the random ones. Facts: ahead, in how many of 20
    draws the learner's best is the lower one.
    """
    net, most, draws = Net((2, 8, 1), activation="tanh"), 25, 20
    start, first = initialize(net.shapes, rng=np.random.default_rng(0)), ((0.03, 0.3, 0),)

    def scores(lr, lambd):
        theta, _ = last(_trained(net, start, X, Y, lr, lambd=lambd), 61)
        return cost(net, theta, X_dev, Y_dev)

    rivals = [random_search(PLANE, most, np.random.default_rng(k)) for k in range(1, draws + 1)]
    found = scores(*(np.concatenate([rival[name] for rival in rivals]) for name in PLANE)).reshape(draws, most)
    found = np.minimum.accumulate(found, axis=1)
    plane, curve = fig.subplots(1, 2)
    plots.style(fig)
    count = np.arange(1, most + 1)
    theirs = plane.plot([], [], "s", color=plots.COLOURS[1], markersize=6, fillstyle="none", alpha=0.6)[0]
    yours = [axes.scatter([], [], s=50, edgecolors=plots.INK, linewidths=0.8, zorder=3) for axes in (plane, curve)]
    crowd = curve.plot(count, found.T, "-", color=plots.PALE, linewidth=0.9)
    crowd[0].set_label("all 20 draws")
    rival = plots.line(curve, 1, "25 at random", drawstyle="steps-post")
    so_far = plots.line(curve, 6, "your best so far", drawstyle="steps-post")
    beyond, closed = plots.arrows(curve, "^"), plots.note(curve, 0.5, 0.5, "the costs are closed", ha="center")
    plane.set(xlim=(7e-5, 14), ylim=(7e-4, 140), xscale="log", yscale="log", xlabel=r"$\alpha$", ylabel=r"$\lambda$")
    curve.set(xlim=(0, most + 1), ylim=(0.18, 0.8), xlabel="trial", ylabel="dev cost")
    names = plots.legend(plane, curve)

    def update(trials=None, costs=False, draw=1):
        lr, lambd, _ = np.array(trials or first).T
        K, update.idle = len(lr), set() if costs else {"draw"}
        J = np.nan_to_num(scores(lr, lambd), nan=1e6) if costs else np.empty(0)
        at = count[: len(J)]
        inside = beyond(at, J)
        yours[0].set_offsets(np.stack([lr, lambd], axis=-1))
        yours[0].set_facecolor(_shade(J, 0.2, 0.8) if costs else "white")
        yours[1].set_offsets(np.stack([at, J], axis=-1)[inside])
        yours[1].set_facecolor(_shade(J[inside], 0.2, 0.8))
        so_far.set_data(at, np.minimum(np.minimum.accumulate(J), 1))
        theirs.set_data(rivals[draw - 1]["lr"], rivals[draw - 1]["lambd"])
        rival.set_data(count, found[draw - 1])
        for artist in (theirs, rival, names, *crowd):
            artist.set_visible(costs)
        closed.set_visible(not costs)
        mine = f"{K} trial{'s' * (K > 1)} of yours, {most - K} left"
        if not costs:
            update.facts = {"trials_placed": K, "ahead": 0}
            return f"{mine}; the costs are closed."
        ahead = int((J.min() < found[:, -1]).sum())
        update.facts = {"trials_placed": K, "ahead": ahead, "J": float(J.min())}
        return (
            f"{mine}: the best dev cost is {J.min():.3f}. 25 random ones find {found[draw - 1, -1]:.3f} in draw {draw}; "
            f"yours is the lower one in {ahead} of {draws} draws."
        )

    update.handles = [Points(plane, "trials", lambda: first)]
    return update


def grid_and_random(fig, X, Y, X_dev, Y_dev):
    """The same number of trials on a grid and at random, all trained at once: alpha against a second hyper-parameter.

    X (2, m), Y (1, m), and a dev set. Every trial is a net (2, 8, 1) from the same start, 60 steps of Adam; a cost beyond
    the axis is an arrow at its edge. Controls: points on each axis of the grid, draw of the random points, second: eps of
    Adam, or lambda.
    """
    net, steps = Net((2, 8, 1), activation="tanh"), 60
    start = initialize(net.shapes, rng=np.random.default_rng(0))
    plane, curve = fig.subplots(1, 2)
    plots.style(fig)
    marks = {"grid": ("s", 1), "random": ("o", 0)}
    both = [
        {
            name: axes.plot([], [], linestyle="none", marker=marker, color=plots.COLOURS[k], markersize=6, label=name)[
                0
            ]
            for name, (marker, k) in marks.items()
        }
        for axes in (plane, curve)
    ]
    beyond = {name: plots.arrows(curve, "^", color=plots.COLOURS[k]) for name, (_, k) in marks.items()}
    plane.set(
        xlim=(7e-5, 14),
        ylim=(-0.06, 1.06),
        xscale="log",
        xlabel=r"$\alpha$",
        yticks=[0, 1],
        yticklabels=["lowest", "highest"],
        ylabel="the other, on its log scale",
    )
    curve.set(xlim=(7e-5, 14), ylim=(0, 0.8), xscale="log", xlabel=r"$\alpha$", ylabel="dev cost")
    plots.legend(plane, curve)

    def update(points, draw=1, second=SECOND[0]):
        low, high = RANGE[second]
        space = {"lr": (log_uniform, 1e-4, 10.0), second: (log_uniform, low, high)}
        tried = {
            "grid": grid_search(space, points),
            "random": random_search(space, points**2, np.random.default_rng(draw)),
        }
        lr, other = (np.concatenate([trials[name] for trials in tried.values()]) for name in space)
        for name in tried:
            trials = tried[name]
            both[0][name].set_data(trials["lr"], np.log(trials[second] / low) / np.log(high / low))
        run = _trained(net, start, X, Y, lr, **{"eps" if second == "eps" else "lambd": other})
        for t, (theta, _) in enumerate(islice(run, steps + 1)):
            if t % 3 == 0:
                score = dict(zip(tried, np.split(cost(net, theta, X_dev, Y_dev), 2)))
                for name, trials in tried.items():
                    inside = beyond[name](trials["lr"], score[name])
                    both[1][name].set_data(trials["lr"][inside], score[name][inside])
                found = {name: float(score[name].min()) for name in tried}
                alphas = {f"alphas_{name}": len(np.unique(trials["lr"])) for name, trials in tried.items()}
                update.facts = {**found, **alphas, "grid_costs": score["grid"], "grid_alphas": tried["grid"]["lr"]}
                yield (
                    t / steps,
                    (
                        f"{points**2} trials each after {t} steps, the other axis is {second}: the grid has "
                        f"tried "
                        f"{points} values of alpha, its best dev cost is {found['grid']:.2f}; random draw "
                        f"{draw} "
                        f"has tried {points**2}, its best is {found['random']:.2f}."
                    ),
                )

    return update


def sampling_scales(fig):
    """Where alpha and 1 - beta fall when they are drawn evenly, and when they are drawn evenly on a log scale.

    Controls: low, the least alpha, the largest being 1; high, the largest beta, the least being 0.9; draws.
    """
    left, right = fig.subplots(1, 2)
    plots.style(fig)
    curves = [plots.lines(axes, ("evenly", "evenly on a log scale"), drawstyle="steps-mid") for axes in (left, right)]
    left.set(
        xlim=(1e-6, 1), ylim=(0, 1), xscale="log", xlabel=r"$\alpha$, four bars a decade", ylabel="share of the draws"
    )
    right.set(xlim=(1e-4, 0.1), ylim=(0, 1), xscale="log", xlabel=r"$1 - \beta$, four bars a decade")
    plots.legend(left, right)
    ends = [axes.axvline(0.1, color=plots.GREY, linewidth=1.6) for axes in (left, right)]
    alpha_bins, rest_bins = np.logspace(-6, 0, 25), np.logspace(-4, -1, 13)

    def update(low, high=0.999, draws=1000):
        alphas = [scale(low, 1.0, draws, np.random.default_rng(0)) for scale in (uniform, log_uniform)]
        betas = [scale(0.9, high, draws, np.random.default_rng(1)) for scale in (uniform, one_minus_log_uniform)]
        rests = [1 - beta for beta in betas]
        for lines, bins, values in ((curves[0], alpha_bins, alphas), (curves[1], rest_bins, rests)):
            for line, value in zip(lines.values(), values):
                counts, _ = np.histogram(np.clip(value, *bins[[0, -1]]), bins)
                line.set_data(np.sqrt(bins[1:] * bins[:-1]), counts / draws)
        for end, value in zip(ends, (low, 1 - high)):
            end.set_xdata([value, value])
        large = [float((alpha > 0.1).mean()) for alpha in alphas]
        near = [float((beta > 0.99).mean()) for beta in betas]
        update.facts = {"large": large[1], "near": near[1], "evenly": large[0], "near_evenly": near[0]}
        return (
            f"{draws} draws: with alpha from {low:.3g} to 1, {large[0]:.0%} lie above 0.1 when drawn evenly and "
            f"{large[1]:.0%} "
            f"on a log scale; with beta from 0.9 to {high:.4g}, {near[0]:.0%} lie above 0.99 when drawn evenly and "
            f"{near[1]:.0%} when 1 - beta is drawn on a log scale."
        )

    update.handles = [
        Place(left, "low", name="least alpha"),
        Place(
            right,
            "high",
            get=lambda values: (1 - values["high"], None),
            put=lambda _, x, y: {"high": 1 - x},
            name="largest beta",
        ),
    ]
    return update


def searching(fig, X, Y, X_dev, Y_dev):
    """Coarse to fine over alpha and the number of hidden units, as the trials come in, one after the other.

    X (n_x, m), Y (C, m) one-hot, and a dev set. A trial trains a net of one hidden layer for 40 steps of momentum, from
    a start of its own. Controls: K trials a round, rounds, shrink of the space from round to round, draw.
    """
    plane, curve = fig.subplots(1, 2, width_ratios=(1.25, 1))
    plots.style(fig)
    dots = [
        axes.scatter([], [], s=size, edgecolors=plots.INK, linewidths=0.6, zorder=3)
        for axes, size in ((plane, 45), (curve, 28))
    ]
    boxes = [
        plane.add_patch(Rectangle((1, 1), 1, 1, fill=False, label=None if k else "box of a round")) for k in range(4)
    ]
    star = plane.plot([], [], linestyle="none", marker="*", markersize=17, fillstyle="none", markeredgewidth=1.6)[0]
    star.set(color=plots.INK, label="best", zorder=4)
    so_far = plots.line(curve, 6, "best so far", drawstyle="steps-post")
    plane.set(xlim=(7e-5, 14), ylim=(0, 53), xscale="log", xlabel=r"$\alpha$", ylabel="hidden units")
    curve.set(ylim=(0.08, 6), yscale="log", xlabel="trial; rounds apart", ylabel="dev cost")
    above = plots.arrows(curve, "^", color=plots.GREY)
    plots.legend(plane, curve)
    space = {"lr": (log_uniform, 1e-4, 10.0), "n_hidden": (integers, 2, 50)}

    def score(lr, n_hidden, rng):
        net = Net((len(X), n_hidden, len(Y)), output="softmax")
        try:
            objective, start = partial(cost_and_grad, net, X=X, Y=Y), initialize(net.shapes, rng=rng)
            theta, _ = last(descend(objective, start, momentum, lr=lr), 41)
        except Diverged:
            return np.inf
        return float(cost(net, theta, X_dev, Y_dev))

    def show_boxes(nested):
        """The boxes so far; the present one in front."""
        for k, patch in enumerate(boxes):
            patch.set_visible(k < len(nested))
            if k < len(nested):
                (_, left, right), (_, bottom, top) = nested[k].values()
                patch.set_bounds(left, bottom - 0.5, right - left, top - bottom + 1)
                here = k == len(nested) - 1
                patch.set(edgecolor=plots.INK if here else plots.GREY, linewidth=2 if here else 1.2)

    def update(K, rounds=3, shrink=4.0, draw=1):
        trials, nested, said = [], [space], ""
        plots.change(curve, xlim=(0, K * rounds + 0.5), xticks=range(0, K * rounds + 1, K))
        for trial in coarse_to_fine(score, space, K, np.random.default_rng(draw), rounds, shrink):
            if trials:
                yield len(trials) / (K * rounds), said
            k = len(trials) // K
            if k == len(nested):
                nested.append(narrow(nested[-1], best(trials)[0], shrink))
            trials.append(trial)
            costs = np.nan_to_num([J for _, J in trials], posinf=1e6)
            failed, at = int((costs > 6).sum()), np.arange(1, len(trials) + 1)
            inside = above(at, costs)
            dots[0].set_offsets([(s["lr"], s["n_hidden"]) for s, _ in trials])
            dots[1].set_offsets(np.stack([at, costs], axis=-1)[inside])
            for each, values in zip(dots, (costs, costs[inside])):
                each.set_facecolor(_shade(values, 0.25, 2.5))
            show_boxes(nested)
            so_far.set_data(at, np.clip(np.minimum.accumulate(costs), 0.01, 60))
            winner, J = best(trials) if costs.min() < 1e6 else (trials[0][0], 1e6)
            star.set_data([winner["lr"]], [winner["n_hidden"]])
            update.facts = {"J": J, "trials": len(trials), "tried": list(trials), "winner": winner, "boxes": nested}
            said = (
                f"Draw {draw}, {len(trials)} trial{'s' * (len(trials) > 1)}, round {k + 1} of {rounds} with shrink "
                f"{shrink:.1f}: best so far is alpha {winner['lr']:.2g} with {winner['n_hidden']} hidden units, "
                f"dev cost {J:.2f}{f'; {failed} above 6, at the edge' * (failed > 0)}."
            )
            yield len(trials) / (K * rounds), said

    return update


def chosen_by_luck(fig, X, Y, X_new, Y_new):
    """Nets that differ in nothing but their start: the one that does best on the dev set, and what it is really worth.

    X (n_x, m), Y (C, m) one-hot; of the new examples some are the dev set, the others, unseen, are the test set. 40 nets of
    20 hidden units are trained once. Controls: runs to choose among; examples in the dev set; draw of it.
    """
    net, most, draws = Net((len(X), 20, len(Y)), output="softmax"), 40, 200
    starts = initialize(net.shapes, rng=np.random.default_rng(0), stack=(most,))
    thetas, _ = last(descend(partial(cost_and_grad, net, X=X, Y=Y), starts, momentum, lr=1.0), 81)
    right = (forward(net, thetas, X_new)[0] * Y_new).sum(axis=-2)
    loss = -np.log(right)  # of each net on each new example
    orders = [np.random.default_rng(k).permutation(loss.shape[-1]) for k in range(draws + 1)]
    each, average = fig.subplots(1, 2)
    plots.style(fig)
    dots = each.plot([], [], linestyle="none", marker="o", markersize=6, color=plots.COLOURS[0], label="a run")[0]
    star = each.plot([], [], linestyle="none", marker="*", markersize=17, color=plots.COLOURS[1], label="winner")[0]
    each.plot([0, 1], [0, 1], color=plots.INK, linewidth=1, linestyle=":", label="equal")
    each.set(xlim=(0, 1.1), ylim=(0.1, 0.6), xlabel="cost on the dev set", ylabel="cost on the test set")
    curves = plots.lines(average, ("dev cost", "test cost"), marker=".")
    average.set(
        xlim=(0.5, most + 1), ylim=(0.1, 0.3), xlabel="runs to choose among", ylabel="of the winner, mean of 200"
    )
    plots.legend(each, average)
    end = average.axvline(1, color=plots.GREY, linewidth=1.6)

    def update(runs, examples=50, draw=1):
        dev, test = (
            np.array([loss[:, order[part]].mean(axis=-1) for order in orders])
            for part in (slice(examples), slice(examples, None))
        )
        k = int(dev[draw, :runs].argmin())
        dots.set_data(dev[draw, :runs], test[draw, :runs])
        star.set_data([dev[draw, k]], [test[draw, k]])
        counts, found = np.arange(1, runs + 1), []
        for count in counts:
            winner = dev[1:, :count].argmin(axis=-1)[:, None]
            found.append([np.take_along_axis(costs[1:], winner, -1).mean() for costs in (dev, test)])
        for line, values in zip(curves.values(), np.transpose(found)):
            line.set_data(counts, values)
        end.set_xdata([runs, runs])
        ours, real = found[-1]
        update.facts = {"too_good": float(real - ours), "dev": float(ours), "test": float(real)}
        update.facts |= {"winners_dev": float(dev[draw, k]), "winners_test": float(test[draw, k])}
        return (
            f"{runs} run{'s' * (runs > 1)}, {examples} examples to choose by, draw {draw}: the winner costs "
            f"{dev[draw, k]:.2f} on the dev set and {test[draw, k]:.2f} on the test set; on average over {draws} draws "
            f"{ours:.3f} and {real:.3f}."
        )

    update.handles, update.play = [Place(average, "runs")], "runs"
    return update


def panda_and_caviar(fig, X, Y, X_dev, Y_dev):
    """4800 steps, spent on one model whose alpha is turned half-way, or on K models, an alpha drawn for each.

    X (2, m), Y (1, m), and a dev set; nets (2, 8, 1) with momentum, one start for all. The K models are drawn one after the
    other, as the steps are spent: above their dev cost, below their alpha. Controls: lr of the panda, later: its alpha in
    the second half, K models, draw of their alphas.
    """
    net, budget = Net((2, 8, 1), activation="tanh"), 4800
    start, objective = initialize(net.shapes, rng=np.random.default_rng(0)), partial(cost_and_grad, net, X=X, Y=Y)
    costs, alphas = fig.subplots(2, 1, sharex=True, height_ratios=(1.8, 1))
    plots.style(fig)
    labels = ("caviar", "best of them", "panda")
    looks = ({"color": plots.GREY, "linewidth": 1.2}, {"color": plots.COLOURS[1], "linewidth": 2.6}, {"linewidth": 2.2})
    drawn = [
        [axes.plot([], [], "-", label=label, **look)[0] for label, look in zip(labels, looks)] for axes in fig.axes
    ]
    costs.set(xlim=(0, budget), ylim=(0.03, 3), yscale="log", ylabel="dev cost")
    alphas.set(
        ylim=(5e-5, 20), yscale="log", ylabel=r"$\alpha$", xlabel="steps spent, the caviar's one model after another"
    )
    beyond = plots.arrows(costs, "v^", color=plots.COLOURS[0])
    level = costs.axhline(1, color=plots.COLOURS[1], linewidth=1.2, linestyle=":")
    knobs = alphas.plot([], [], "o", color=plots.COLOURS[0], markersize=7)[0]
    plots.legend(costs)

    def dev_costs(run, steps, every):
        """(step, theta, the steps looked at, the dev costs there, no overflow yet?), up to an overflow."""
        at, found = [], []
        for t, (theta, J) in enumerate(islice(run, steps + 1)):
            ends = t == steps or not np.isfinite(J).all()
            if t % 20 == 0 or ends:
                at.append(t)
                found.append(np.nan_to_num(cost(net, theta, X_dev, Y_dev), nan=np.inf))
            if t % every == 0 or ends:
                yield t, theta, np.array(at), np.array(found), bool(np.isfinite(J).all())
            if not np.isfinite(J).all():
                return

    def rates_of(K, draw):
        return random_search({"lr": (log_uniform, 1e-4, 1.0)}, K, np.random.default_rng(draw))["lr"]

    def caviar(K, draw):
        run = descend(objective, np.tile(start, (K, 1)), momentum, lr=rates_of(K, draw), static=True)
        yield from dev_costs(run, budget // K, every=20)

    def half_a_panda(lr, before=None):
        """Half of the panda's steps, the first ones, or those after a half with another alpha: frames, and the memory."""
        half, seen, memory = budget // 2, (np.empty(0, int), np.empty(0)), ()
        theta, begin = start, 0
        if before is not None:
            *_, frames = halves(before)
            (begin, theta, *seen, alive), memory = frames[-1]
            if not alive:
                return

        def step(theta, grad, state=None, *, lr):
            nonlocal memory
            theta, memory = momentum(theta, grad, state or memory, lr=lr)
            return theta, memory

        run = panda(objective, theta, step, {"lr": lr}, static=True)
        for t, theta, at, found, alive in dev_costs(run, half, every=60):
            if t or not begin:  # a second half begins where the first has ended
                both = np.append(seen[0][:-1], begin + at), np.append(seen[1][:-1], found)
                yield (begin + t, theta, *both, alive), memory

    crowds, halves = Kept(caviar), Kept(half_a_panda)

    def show_caviar(K, draw, t, theta, at, found, _):
        """The K models, drawn one after the other; the number of the best."""
        each, k, gap, rates = budget // K, int(found[-1].argmin()), np.full((K, 1), np.nan), rates_of(K, draw)
        x = np.hstack([each * np.arange(K)[:, None] + at, gap])
        y, alpha = np.hstack([np.clip(found.T, 1e-3, 1e3), gap]), np.repeat(rates[:, None], len(at) + 1, axis=1)
        for axes, values in enumerate((y, alpha)):
            drawn[axes][0].set_data(x.ravel(), values.ravel())
            drawn[axes][1].set_data(x[k], values[k])
        level.set_ydata([found[-1, k]] * 2)
        return rates[k], float(found[-1, k]), 1 - accuracy(net, theta[k], X_dev, Y_dev)

    def update(lr, later, K=16, draw=1):
        half, each, many_of = budget // 2, budget // K, f"{K} model{'s' * (K > 1)}"
        drawn[0][2].set_data([], [])
        drawn[1][2].set_data([0, half, half, budget], [lr, lr, later, later])
        knobs.set_data([half / 2, 3 * half / 2], [lr, later])
        beyond([], [])
        for frames in crowds(K, draw):
            best_rate, dev, error = show_caviar(K, draw, *frames[-1])
            update.facts = {"panda": np.inf, "caviar": dev}
            yield (
                0.5 * frames[-1][0] / each,
                f"{many_of} at step {frames[-1][0]} of {each}, draw {draw}: the best has alpha {best_rate:.2g} and dev cost "
                f"{dev:.2f}. The panda, alpha {lr:.3g}, then {later:.3g}, comes next.",
            )
        for frames in chain(halves(lr), halves(later, lr)):
            (t, theta, at, found, _), _ = frames[-1]
            drawn[0][2].set_data(at, np.clip(found, 1e-3, 1e3))
            beyond(at, found, curve=True)
            own, own_error = float(found[-1]), 1 - accuracy(net, theta, X_dev, Y_dev)
            update.facts = {"panda": own, "caviar": dev}
            yield (
                0.5 + 0.5 * t / budget,
                f"The panda, alpha {lr:.3g} and then {later:.3g}, is at dev cost {own:.2f} ({own_error:.0%} "
                f"wrong) after {t} step{'s' * (t != 1)}; the best of {many_of}, {each} steps each, draw {draw}, has "
                f"alpha {best_rate:.2g} and dev cost {dev:.2f} ({error:.0%} wrong).",
            )

    update.afresh = lambda: (crowds.forget(), halves.forget())
    update.handles = [
        Place(alphas, budget / 4, "lr", name="the panda's first alpha"),
        Place(alphas, 3 * budget / 4, "later", name="the panda's later alpha"),
    ]
    return update
