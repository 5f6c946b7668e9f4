"""Tuning: a grid and random points, scales, coarse to fine, the luck of a winner, one model with care or many at once."""

from functools import partial
from itertools import islice

import numpy as np

from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, cost, cost_and_grad, forward
from dlcourse.optimizers import adam, momentum
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.search import (
    best,
    coarse_to_fine,
    grid_search,
    integers,
    log_uniform,
    one_minus_log_uniform,
    panda,
    random_search,
    uniform,
)
from dlcourse.training import Diverged, descend, last

SECOND = ("eps", "lambda")
RANGE = {"eps": (1e-10, 1e-6), "lambda": (1e-3, 100.0)}
PRESETS = {
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
        hyper = {"eps": other} if second == "eps" else {}
        objective = partial(cost_and_grad, net, X=X, Y=Y, lambd=other if second == "lambda" else 0.0)
        for name in tried:
            trials = tried[name]
            both[0][name].set_data(trials["lr"], np.log(trials[second] / low) / np.log(high / low))
        run = descend(objective, np.tile(start, (len(lr), 1)), adam, lr=lr, **hyper)
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
    alpha_bins, rest_bins = np.logspace(-6, 0, 25), np.logspace(-4, -1, 13)

    def update(low, high=0.999, draws=1000):
        alphas = [scale(low, 1.0, draws, np.random.default_rng(0)) for scale in (uniform, log_uniform)]
        betas = [scale(0.9, high, draws, np.random.default_rng(1)) for scale in (uniform, one_minus_log_uniform)]
        rests = [1 - beta for beta in betas]
        for lines, bins, values in ((curves[0], alpha_bins, alphas), (curves[1], rest_bins, rests)):
            for line, value in zip(lines.values(), values):
                counts, _ = np.histogram(np.clip(value, *bins[[0, -1]]), bins)
                line.set_data(np.sqrt(bins[1:] * bins[:-1]), counts / draws)
        large = [float((alpha > 0.1).mean()) for alpha in alphas]
        near = [float((beta > 0.99).mean()) for beta in betas]
        update.facts = {"large": large[1], "near": near[1], "evenly": large[0], "near_evenly": near[0]}
        return (
            f"{draws} draws: with alpha from {low:.3g} to 1, {large[0]:.0%} lie above 0.1 when drawn evenly and "
            f"{large[1]:.0%} "
            f"on a log scale; with beta from 0.9 to {high:.4g}, {near[0]:.0%} lie above 0.99 when drawn evenly and "
            f"{near[1]:.0%} when 1 - beta is drawn on a log scale."
        )

    return update


def searching(fig, X, Y, X_dev, Y_dev):
    """Coarse to fine over alpha and the number of hidden units, as the trials come in, one after the other.

    X (n_x, m), Y (C, m) one-hot, and a dev set. A trial trains a net of one hidden layer for 40 steps of momentum, from
    a start of its own. Controls: K trials a round, rounds, shrink of the space from round to round, draw.
    """
    plane, curve = fig.subplots(1, 2, width_ratios=(1.25, 1))
    plots.style(fig)
    dots = [
        plane.plot(
            [],
            [],
            linestyle="none",
            marker=plots.MARKERS[k],
            color=plots.COLOURS[k],
            markersize=6,
            label=f"round {k + 1}",
        )[0]
        for k in range(4)
    ]
    star = plane.plot(
        [],
        [],
        linestyle="none",
        marker="*",
        markersize=17,
        markerfacecolor="none",
        markeredgewidth=1.6,
        color=plots.INK,
        label="best",
    )[0]
    each = curve.plot([], [], linestyle="none", marker=".", markersize=6, color="#9A9A9A", label="dev cost")[0]
    so_far = plots.line(curve, 6, "best so far", drawstyle="steps-post")
    plane.set(xlim=(7e-5, 14), ylim=(0, 52), xscale="log", xlabel=r"$\alpha$", ylabel="hidden units")
    curve.set(xlim=(0, 100), ylim=(0.08, 6), yscale="log", xlabel="trial", ylabel="dev cost")
    above = plots.arrows(curve, "^", color=each.get_color())
    plots.legend(plane, curve, columns=4)
    space = {"lr": (log_uniform, 1e-4, 10.0), "n_hidden": (integers, 2, 50)}

    def score(lr, n_hidden, rng):
        net = Net((len(X), n_hidden, len(Y)), output="softmax")
        try:
            objective, start = partial(cost_and_grad, net, X=X, Y=Y), initialize(net.shapes, rng=rng)
            theta, _ = last(descend(objective, start, momentum, lr=lr), 41)
        except Diverged:
            return np.inf
        return float(cost(net, theta, X_dev, Y_dev))

    def update(K, rounds=3, shrink=4.0, draw=1):
        trials = []
        for dot in dots:
            dot.set_data([], [])
        for trial in coarse_to_fine(score, space, K, np.random.default_rng(draw), rounds, shrink):
            trials.append(trial)
            k, costs = (len(trials) - 1) // K, np.nan_to_num([J for _, J in trials], posinf=1e6)
            failed = int((costs > 6).sum())
            dots[k].set_data(*zip(*[(s["lr"], s["n_hidden"]) for s, _ in trials[k * K :]]))
            at = np.arange(1, len(trials) + 1)
            inside = above(at, costs)
            each.set_data(at[inside], costs[inside])
            so_far.set_data(at, np.clip(np.minimum.accumulate(costs), 0.01, 60))
            winner, J = best(trials) if costs.min() < 1e6 else (trials[0][0], 1e6)
            star.set_data([winner["lr"]], [winner["n_hidden"]])
            update.facts = {"J": J, "trials": len(trials), "tried": list(trials), "winner": winner}
            yield (
                len(trials) / (K * rounds),
                (
                    f"Draw {draw}, {len(trials)} trial{'s' * (len(trials) > 1)}, round {k + 1} of {rounds} with shrink "
                    f"{shrink:.1f}: best so far is alpha {winner['lr']:.2g} with {winner['n_hidden']} hidden units, "
                    f"dev cost {J:.2f}{f'; {failed} above 6, at the edge' * (failed > 0)}."
                ),
            )

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
    average.set(xlim=(0.5, most), ylim=(0.1, 0.3), xlabel="runs to choose among", ylabel="of the winner, mean of 200")
    plots.legend(each, average)

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
        ours, real = found[-1]
        update.facts = {"too_good": float(real - ours), "dev": float(ours), "test": float(real)}
        update.facts |= {"winners_dev": float(dev[draw, k]), "winners_test": float(test[draw, k])}
        return (
            f"{runs} run{'s' * (runs > 1)}, {examples} examples to choose by, draw {draw}: the winner costs "
            f"{dev[draw, k]:.2f} on the dev set and {test[draw, k]:.2f} on the test set; on average over {draws} draws "
            f"{ours:.3f} and {real:.3f}."
        )

    return update


def panda_and_caviar(fig, X, Y, X_dev, Y_dev):
    """4800 steps, spent on one model whose alpha is turned half-way, or on K models, an alpha drawn for each.

    X (2, m), Y (1, m), and a dev set; nets (2, 8, 1) with momentum, one start for all. Controls: lr of the panda,
    later: its alpha in the second half, K models, draw of their alphas.
    """
    net, budget = Net((2, 8, 1), activation="tanh"), 4800
    start, objective = initialize(net.shapes, rng=np.random.default_rng(0)), partial(cost_and_grad, net, X=X, Y=Y)
    one, many = fig.subplots(1, 2)
    plots.style(fig)
    alone = plots.line(one, 0, "panda")
    turn = one.axvline(budget / 2, color=plots.INK, linewidth=1.2, linestyle=":", label="alpha turned")
    crowd = [
        many.plot([], [], "-", color="#9A9A9A", linewidth=0.9, label=None if k else "caviar")[0] for k in range(48)
    ]
    winner = plots.line(many, 1, "best of them")
    for axes in (one, many):
        plots.cost_axes(axes, budget, 0.01, 5, log=True, unit="step of each model, log")
        axes.set(xscale="log", xlim=(1, budget))
    beyond = [plots.arrows(axes, "v^", color=line.get_color()) for axes, line in ((one, alone), (many, winner))]
    plots.legend(one, many)
    turn.set_zorder(1)

    def update(lr, later, K=16, draw=1):
        each, every, many_of = budget // K, 60, f"{K} model{'s' * (K > 1)}"
        rates = random_search({"lr": (log_uniform, 1e-4, 1.0)}, K, np.random.default_rng(draw))["lr"]
        alone.set_data([], [])
        beyond[0]([], [])
        Js, run = [], descend(objective, np.tile(start, (K, 1)), momentum, lr=rates)
        for t, (theta, J) in enumerate(islice(run, each + 1)):
            Js.append(J)
            if t % every == 0 or t == each:
                dev = cost(net, theta, X_dev, Y_dev)
                k, paths = int(dev.argmin()), np.clip(Js, 0.001, 50).T
                for line, values in zip((*crowd, winner), (*paths, *[[]] * (len(crowd) - K), paths[k])):
                    line.set_data(np.arange(1, len(values) + 1), values)
                beyond[1](np.arange(1, t + 2), paths[k], curve=True)
                update.facts = {"panda": np.inf, "caviar": float(dev[k])}
                yield (
                    0.5 * t / each,
                    (
                        f"{many_of} at step {t} of {each}, draw {draw}: the best has alpha {rates[k]:.2g} and dev cost "
                        f"{dev[k]:.2f}. The panda, alpha {lr:.3g}, then {later:.3g}, comes next."
                    ),
                )
        error = 1 - accuracy(net, theta[k], X_dev, Y_dev)
        knobs, path = {"lr": lr}, []
        for t, (theta, J) in enumerate(islice(panda(objective, start, momentum, knobs), budget + 1)):
            path.append(J)
            knobs["lr"] = lr if t < budget // 2 else later
            if t % every == 0 or not np.isfinite(J):
                alone.set_data(np.arange(1, t + 2), np.clip(path, 0.001, 50))
                beyond[0](np.arange(1, t + 2), path, curve=True)
                own, own_error = cost(net, theta, X_dev, Y_dev), 1 - accuracy(net, theta, X_dev, Y_dev)
                update.facts = {"panda": float(own), "caviar": float(dev[k])}
                yield (
                    0.5 + 0.5 * t / budget,
                    (
                        f"The panda, alpha {lr:.3g} and then {later:.3g}, is at dev cost {own:.2f} ({own_error:.0%} "
                        f"wrong) after {t} step{'s' * (t != 1)}; the best of {many_of}, {each} steps each, draw {draw}, has "
                        f"alpha {rates[k]:.2g} and dev cost {dev[k]:.2f} ({error:.0%} wrong)."
                    ),
                )
            if not np.isfinite(J):
                break

    return update
