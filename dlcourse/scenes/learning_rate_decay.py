"""Learning-rate decay: wandering and settling, all schedules on one run, wrong clocks, two names for one curve."""

from itertools import islice

import numpy as np

from dlcourse.batches import epochs as endless
from dlcourse.optimizers import adam, momentum, sgd
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Pick, Place
from dlcourse.scenes.kept import Kept
from dlcourse.scenes.one_feature import START, logistic
from dlcourse.schedules import (
    exponential_decay,
    inverse_time_decay,
    one_cycle,
    piecewise,
    power_decay,
    sqrt_decay,
    staircase,
    tenfold_decay,
)
from dlcourse.training import descend

EPOCHS = 40  # of each run
NEWEST = 128  # updates that a path joins by a line
GREY = "#A8A8A8"  # of what is not chosen
OPTIMIZERS = {"descent": sgd, "momentum": momentum, "Adam": adam}

PRESETS = {
    "high and low": {
        "too low": {"lr0": 0.001, "rate": 0.0, "epochs": EPOCHS},
        "too high": {"lr0": 10.0, "rate": 0.0, "epochs": EPOCHS},
        "high, then lower": {"lr0": 10.0, "rate": 5.0, "epochs": EPOCHS},
    },
    "the notes' s": {"0.95^e": {"pair": "0.95^e, tenfold", "s": 44.89}},
}
GOALS = {
    "80 times nearer": Goal(
        "with alpha0 = 1 and batches of 4, be 80 times nearer to the minimum in epoch 40 than with fixed alpha.",
        lambda lr0, batch_size, epochs, fixed, decayed: (
            lr0 == 1 and batch_size == 4 and epochs == EPOCHS and 80 * decayed <= fixed
        ),
        {"rate": 3.5, "epochs": EPOCHS},
    ),
    "fixed is best": Goal(
        "with batches of at most 16, find an alpha0 with which a fixed alpha is lowest of all in epoch 40.",
        lambda last, batch_size, epochs: batch_size <= 16 and epochs == EPOCHS and last["fixed"] == min(last.values()),
        {"lr0": 0.05, "epochs": EPOCHS},
    ),
    "Adam alone": Goal(
        "find an alpha0 of at least 0.03 with which Adam, on batches of at most 16, needs no schedule: a fixed alpha is "
        "lowest of all in epoch 40.",
        lambda optimizer, lr0, batch_size, last, epochs: (
            optimizer == "Adam"
            and lr0 >= 0.03
            and batch_size <= 16
            and epochs == EPOCHS
            and last["fixed"] == min(last.values())
        ),
        {"lr0": 0.03, "epochs": EPOCHS},
    ),
    "nobody notices": Goal(
        "find a mistake and an alpha0 at which nobody would notice: in epoch 40 both runs are below 1e-4.",
        lambda right, wrong, epochs: epochs == EPOCHS and max(right, wrong) < 1e-4,
        {"mistake": "inverse time, lr overwritten", "lr0": 3.0, "epochs": EPOCHS},
    ),
    "one curve": Goal(
        "make the first pair agree to rounding, with another rate than 0.2.",
        lambda pair, rate, apart: pair == EQUAL[0] and rate != 0.2 and apart < 1e-12,
        {"rate": 0.5, "s": 2.0},
    ),
}


def settling(fig, X, Y, using=inverse_time_decay):
    """The course's decay beside a fixed alpha: where two paths have been near the minimum, alpha, and the distance left.

    X (1, m), Y (1, m): logistic regression. Both runs have the same start and the same batches. using: the learner's
    own function in place of `inverse_time_decay`. A dot for each update; a line joins the newest. Controls: lr0, rate,
    batch_size, epochs (how long the runs are), w and b (the start).
    """
    objective, above, best = logistic(X, Y)
    plane, alpha, far = (axes[key] for axes in [fig.subplot_mosaic("AB;AC", width_ratios=(1.1, 1))] for key in "ABC")
    plots.style(fig)
    names = ("fixed alpha", "decayed alpha")
    paths, rates, distances = (
        [
            plots.line(axes, 1 - k, name, marker=plots.MARKERS[1 - k], markersize=8, markeredgecolor="white")
            for k, name in enumerate(names)
        ]
        for axes in (plane, alpha, far)
    )
    dots = [plane.plot([], [], ".", color=path.get_color(), markersize=3, alpha=0.5)[0] for path in paths]
    for path in paths:
        path.set_linewidth(1.0)
    plots.contours(plane, lambda theta: [above(theta)], best[0] + (-1.8, 1.8), best[1] + (-1.5, 1.5))
    start = plane.plot([], [], "o", color="white", markeredgecolor=plots.INK, markersize=9, zorder=3)[0]
    plane.plot(*best, "*", color="white", markeredgecolor=plots.INK, markersize=15, zorder=3)
    plane.set(xlabel="$w$", ylabel="$b$")
    alpha.set(xlim=(0, EPOCHS), ylim=(3e-4, 60), yscale="log", ylabel=r"$\alpha$")
    far.set(xlim=(0, EPOCHS), ylim=(3e-3, 30), yscale="log", xlabel="epoch", ylabel="from minimum")
    beyond = [
        [plots.arrows(axes, color=plots.COLOURS[1 - k]) for axes in (plane, alpha, far)] for k in range(len(names))
    ]
    legend = plots.legend(alpha)

    def update(lr0, rate, batch_size, epochs=EPOCHS, w=0.2, b=0.2):
        each = -(-X.shape[1] // batch_size)
        lr = np.array([np.full(EPOCHS, lr0), using(lr0, np.arange(EPOCHS), rate)])  # (2, EPOCHS): two models, one pass
        two = bool((lr[0] != lr[1]).any())
        start.set_data([w], [b])
        for artist in (paths[1], dots[1], rates[1], distances[1], legend.legend_handles[1], legend.get_texts()[1]):
            plots.change(artist, visible=two)
        run = descend(
            objective,
            np.tile((w, b), (2, 1)),
            sgd,
            lr=lambda t: lr[:, t // each],
            batches=endless(X, Y, batch_size, np.random.default_rng(1)),
            static=True,
        )
        thetas = []
        for epoch in range(epochs + 1):
            thetas += [theta for theta, _ in islice(run, each if epoch else 1)]
            if shown_at(epoch, epochs):
                said = show(np.array(thetas), lr, batch_size, epoch, two)
            if epoch:
                yield epoch / epochs, said

    def show(thetas, lr, batch_size, epoch, two):
        """Draw both runs so far; for the sentence, the mean distance and the mean step of the last epoch."""
        each = (len(thetas) - 1) // epoch
        away = np.linalg.norm(thetas - best, axis=-1)
        steps = np.linalg.norm(np.diff(thetas, axis=0), axis=-1)
        distance, step = away[-each:].mean(axis=0), steps[-each:].mean(axis=0)
        for k in range(2):
            path = np.clip(thetas[:, k], -50, 50)
            dots[k].set_data(*path.T)
            paths[k].set_data(*path[-NEWEST - 1 :].T)
            by_epoch = np.arange(1, epoch + 1), away[1:, k].reshape(epoch, each).mean(axis=1)
            rates[k].set_data(np.arange(EPOCHS), np.clip(lr[k], 1e-4, 500))
            distances[k].set_data(by_epoch[0], np.clip(by_epoch[1], 1e-4, 300))
            for line, last in ((paths[k], len(paths[k].get_xdata())), (rates[k], epoch), (distances[k], epoch)):
                line.set_markevery([last - 1])
            for leave, curve in zip(beyond[k], (thetas[:, k].T, (np.arange(EPOCHS), lr[k]), by_epoch)):
                leave(*(curve if two or not k else ([], [])), curve=True)
        update.facts = {
            "fixed": float(distance[0]),
            "decayed": float(distance[1]),
            "step": step.tolist(),
            "alpha": lr[:, epoch - 1].tolist(),
        }
        decayed = f"with alpha decayed to {lr[1, epoch - 1]:.2g}, it is {distance[1]:.2g} away and a step is {step[1]:.2g} long"
        return (
            f"Epoch {epoch}, batches of {batch_size}: with fixed alpha {lr[0, 0]:.3g}, theta is {distance[0]:.2g} "
            f"from the minimum and a step is {step[0]:.2g} long; {decayed if two else 'nothing decays'} "
            f"(means over the epoch)."
        )

    def end(values):
        return EPOCHS - 1, using(values["lr0"], EPOCHS - 1, values["rate"])

    def rate_to(values, _, y):
        return {"rate": (values["lr0"] / y - 1) / (EPOCHS - 1)}

    update.handles = [
        Place(plane, "w", "b", name="start"),
        Place(alpha, 0, "lr0", name="alpha0"),
        Place(alpha, EPOCHS - 1, "rate", get=end, put=rate_to),
    ]
    update.play = "epochs"
    return update


def shown_at(epoch, epochs):
    """Is this epoch drawn, of so many? At the others the page only has a turn."""
    return epoch in (1, epochs) or epoch > 0 and epoch % 4 == 0


def timetable(lr0, half, each):
    """{name: (T,)}: alpha at each of the T = EPOCHS * each updates; half: epochs until it is halved, if any."""
    t = np.arange(EPOCHS * each)
    e = t // each
    return {
        "fixed": np.full(t.shape, lr0),
        "inverse time": inverse_time_decay(lr0, e, rate=1 / half),
        "exponential": exponential_decay(lr0, e, base=0.5 ** (1 / half)),
        "power c = 2": power_decay(lr0, e, s=half / (2**0.5 - 1), c=2),
        "root": sqrt_decay(lr0, e + 1),
        "staircase": exponential_decay(lr0, staircase(e, half), base=0.5),
        "by hand": piecewise(e, [EPOCHS // 2, EPOCHS * 3 // 4], [lr0, lr0 / 10, lr0 / 100]),
        "one-cycle": one_cycle(lr0, t, total=len(t)),
    }


SCHEDULES = tuple(timetable(1.0, 1, 1))


def small(J):
    """A cost above the minimum in one digit; below 1e-8 it is rounding, and nobody reads it.

    >>> small(0.0042), small(2e-13)
    ('0.004', 'below 1e-8')
    """
    return "below 1e-8" if J < 1e-8 else f"{J:.1g}"


def by_epoch(valley, X, Y, lr, batch_size, epochs, step=sgd):
    """(epoch, costs (epoch, K)) at every epoch: K runs with lr (K, T), same start, same batches, in one pass.

    valley: what `logistic(X, Y)` gives. costs: the mean of J above its minimum over the updates of each epoch so far;
    epochs: how many are run.
    """
    objective, above, _ = valley
    run = descend(
        objective,
        np.tile(START, (len(lr), 1)),
        step,
        lr=lambda t: lr[:, t],
        batches=endless(X, Y, batch_size, np.random.default_rng(1), n=EPOCHS),
        static=True,
    )
    costs = []
    for epoch in range(1, epochs + 1):
        costs.append(above(np.array([theta for theta, _ in islice(run, -(-X.shape[1] // batch_size))])).mean(axis=0))
        yield epoch, np.array(costs)


SPOTS = {  # the epoch at which a schedule is pressed: past the longest `half`, and far enough apart for a finger
    "fixed": 35,
    "inverse time": 36,
    "exponential": 24,
    "power c = 2": 33,
    "root": 39,
    "staircase": 27,
    "by hand": 30,
    "one-cycle": 3,
}


def every_schedule(fig, X, Y):
    """Eight schedules as curves, and what each does to the same mini-batch run: same start, same batches, one pass.

    X (1, m), Y (1, m): logistic regression; J is drawn as its mean over each epoch. Controls: schedule (drawn thick, the
    others grey), lr0, half (epochs until alpha is halved; root, by hand and one-cycle have no such number), batch_size,
    optimizer (a name in OPTIMIZERS), epochs (how long the runs are).
    """
    valley, (alpha, fall) = logistic(X, Y), fig.subplots(1, 2)
    plots.style(fig)
    alpha.set(xlim=(0, EPOCHS), ylim=(1e-4, 20), yscale="log", xlabel="epoch", ylabel=r"learning rate $\alpha$")
    plots.cost_axes(fall, EPOCHS, 1e-7, 10, log=True, unit="epoch")
    fall.set_ylabel("J above minimum")
    key = [plots.line(alpha, *look, marker="o") for look in ((6, "fixed"), (7, "the others"), (0, "chosen"))]
    key[1].set(color=GREY, linestyle="-")
    legend = plots.legend(alpha)
    for line in key:
        line.remove()
    curves, falls = (
        {name: plots.line(axes, 6, name, marker=marker) for name in SCHEDULES}
        for axes, marker in ((alpha, "o"), (fall, None))
    )
    halved = alpha.plot([], [], "D", color="white", markeredgecolor=plots.INK, markersize=8, zorder=4)[0]
    beyond = plots.arrows(fall, "v^")

    def timed(lr0, half, batch_size, **_):
        each = -(-X.shape[1] // batch_size)
        return each, timetable(lr0, half, each)

    def train(lr0, half, batch_size, optimizer):
        """Yield the costs (epoch, 8) at every epoch."""
        lr = np.array(list(timed(lr0, half, batch_size)[1].values()))
        for _, costs in by_epoch(valley, X, Y, lr, batch_size, EPOCHS, OPTIMIZERS[optimizer]):
            yield costs

    kept = Kept(train)  # another schedule is chosen, or another epoch looked at, without a new run

    def spots(values):
        """On each curve the epoch of SPOTS, or the last one before it that is in the plot."""
        each, table = timed(**values)
        lowest = alpha.get_ylim()[0]
        inside = {name: np.flatnonzero(table[name][: e * each + 1] >= lowest) for name, e in SPOTS.items()}
        return {name: (k[-1] / each, table[name][k[-1]]) for name, k in inside.items()}

    def choose(schedule):
        """The chosen one in front; fixed is black, the others are grey."""
        for name in SCHEDULES:
            colour = plots.COLOURS[6] if name == "fixed" else plots.COLOURS[0] if name == schedule else GREY
            width, front = (3.4, 3) if name == schedule else (1.4, 2.5 if name == "fixed" else 2)
            for line in (curves[name], falls[name]):
                line.set(color=colour, linewidth=width, zorder=front)
        plots.change(legend.get_texts()[2], text=schedule if schedule != "fixed" else "")
        plots.change(legend.legend_handles[2], visible=schedule != "fixed")

    def update(schedule, lr0, half, batch_size, optimizer="descent", epochs=EPOCHS):
        each, table = timed(lr0, half, batch_size)
        choose(schedule)
        for name, (e, _) in spots({"lr0": lr0, "half": half, "batch_size": batch_size}).items():
            curves[name].set_data(np.arange(EPOCHS * each) / each, np.clip(table[name], 1e-6, 100))
            curves[name].set_markevery([round(e * each)])
        halved.set_data([half], [lr0 / 2])
        said = ""
        for frames in kept(lr0, half, batch_size, optimizer):
            costs = frames[-1][:epochs]
            if shown_at(len(costs), epochs) or not said:
                said = show(costs, schedule, optimizer, lr0, half)
            yield len(costs) / epochs, said
            if len(costs) == epochs:
                return

    def show(costs, schedule, optimizer, lr0, half):
        """Draw the eight runs so far, each point the mean over an epoch, and rank them by the last."""
        n = len(costs)
        for k, name in enumerate(SCHEDULES):
            falls[name].set_data(np.arange(1, n + 1), np.clip(costs[:, k], 1e-8, 100))
        beyond(np.arange(1, n + 1), costs[:, SCHEDULES.index(schedule)], curve=True)
        last = dict(zip(SCHEDULES, costs[-1].tolist()))
        update.facts = {"last": last, "costs": dict(zip(SCHEDULES, costs.T.tolist()))}
        place = sorted(last, key=last.get).index(schedule) + 1
        return (
            f"{optimizer.capitalize()} from alpha {lr0:.3g}, halved in {half} epoch{'s' * (half > 1)}: J above the "
            f"minimum in epoch {n} is {small(last[schedule])} with {schedule}, in place {place} of 8; "
            f"{small(last['fixed'])} with fixed alpha; {small(min(last.values()))} with {min(last, key=last.get)}, the lowest."
        )

    update.handles = [
        Pick(alpha, "schedule", spots),
        Place(
            alpha,
            "half",
            "lr0",
            get=lambda values: (values["half"], values["lr0"] / 2),
            put=lambda _, x, y: {"half": x, "lr0": 2 * y},
            name="half of alpha0",
        ),
    ]
    update.afresh = kept.forget
    update.play = "epochs"
    return update


def as_meant(mistake, lr0, each):
    """alpha at each update, (2, T): by the schedule that the mistake is about, and by the mistake."""
    t = np.arange(EPOCHS * each)
    epoch = t // each
    if mistake.startswith("one-cycle"):  # meant per batch
        right = one_cycle(lr0, t, total=len(t))
    else:  # meant per epoch
        right = inverse_time_decay(lr0, epoch, rate=1.0)
    again = np.cumprod(inverse_time_decay(1.0, np.arange(EPOCHS)))
    wrong = {
        "one-cycle, new each epoch": one_cycle(lr0, t % each, total=each),
        "one-cycle, step per epoch": one_cycle(lr0, epoch, total=len(t)),
        "inverse time, step per batch": inverse_time_decay(lr0, t, rate=1.0),
        "inverse time, lr overwritten": lr0 * again[epoch],
    }
    return np.array([right, wrong[mistake]])


MISTAKES = (
    "one-cycle, new each epoch",
    "one-cycle, step per epoch",
    "inverse time, step per batch",
    "inverse time, lr overwritten",
)


def wrong_clocks(fig, X, Y):
    """Schedules as some real code runs them, beside what was meant: alpha, and J above the minimum.

    X (1, m), Y (1, m): logistic regression; same start, same batches; J as its mean over each epoch. Controls: mistake (a
    name in MISTAKES), lr0, batch_size, epochs (how long the runs are; at 0 nothing has run).
    """
    valley, (alpha, fall) = logistic(X, Y), fig.subplots(1, 2)
    plots.style(fig)
    curves, falls = (
        [plots.line(axes, k, name, zorder=2.5 - k, linewidth=2.6 - k) for k, name in enumerate(("as meant", "mistake"))]
        for axes in (alpha, fall)
    )
    alpha.set(xlim=(0, EPOCHS), ylim=(1e-6, 20), yscale="log", xlabel="epoch", ylabel=r"learning rate $\alpha$")
    plots.cost_axes(fall, EPOCHS, 1e-7, 10, log=True, unit="epoch")
    fall.set_ylabel("J above minimum")
    level = alpha.axhline(1.0, color=GREY, linewidth=1.5, zorder=1.2, label=r"$\alpha_0$")
    plots.legend(alpha)
    empty = [plots.note(axes, 0.5, 0.5, "nothing has run yet", ha="center") for axes in (alpha, fall)]

    def update(mistake, lr0, batch_size, epochs=EPOCHS):
        each = -(-X.shape[1] // batch_size)
        lr = as_meant(mistake, lr0, each)[:, : epochs * each]
        for line, values in zip(curves, lr):
            line.set_data(np.arange(len(values)) / each, np.clip(values, 1e-7, 100))
        level.set_ydata([lr0, lr0])
        for words in empty:
            words.set_visible(not epochs)
        if not epochs:
            yield 1.0, nothing_yet(mistake, lr0, batch_size)
        for epoch, costs in by_epoch(valley, X, Y, lr, batch_size, epochs):
            if shown_at(epoch, epochs):
                said = show(costs, mistake, lr[:, : epoch * each], epoch)
            yield epoch / epochs, said

    def nothing_yet(mistake, lr0, batch_size):
        """Before the first epoch: two empty panels, and why."""
        for line in falls:
            line.set_data([], [])
        update.facts = {"right": np.inf, "wrong": np.inf}
        return f"{mistake.capitalize()}, alpha0 {lr0:.3g}, batches of {batch_size}: no epoch has run yet."

    def show(costs, mistake, lr, epoch):
        """Draw both runs so far, and say what the mistake has done to alpha and to the cost."""
        for line, values in zip(falls, costs.T):
            line.set_data(np.arange(1, epoch + 1), np.clip(values, 1e-8, 100))
        update.facts = {"right": float(costs[-1, 0]), "wrong": float(costs[-1, 1]), "alpha": lr}
        return (
            f"{mistake.capitalize()}: after {epoch} epoch{'s' * (epoch > 1)} alpha is {lr[1, -1]:.1g} in place of "
            f"{lr[0, -1]:.1g}, and J is {small(costs[-1, 1])} above the minimum in place of {small(costs[-1, 0])}."
        )

    update.handles, update.play = [Place(alpha, None, "lr0", name="alpha0")], "epochs"
    return update


EQUAL = ("inverse time, power", "0.95^e, tenfold")


def same_curve(fig):
    """Two schedules with different names, and what is between them: with the translated setting it is rounding.

    A dot on each: where it is down to a half, and in the second pair to a tenth. Controls: pair (a name in EQUAL), s of
    the second schedule in epochs, rate (d of the inverse-time decay).
    """
    curve, apart = fig.subplots(1, 2, width_ratios=(1.3, 1))
    plots.style(fig)
    one = plots.line(curve, 0, "course", linestyle="-", linewidth=5, alpha=0.45)
    two = plots.line(curve, 1, "book")
    gap = plots.line(apart, 2, marker=".", markevery=5)
    e = np.arange(0, 101)
    curve.set(xlim=(0, 100), ylim=(0, 1.02), xlabel="epoch e", ylabel=r"$\alpha / \alpha_0$")
    apart.set(xlim=(0, 100), ylim=(1e-18, 2), yscale="log", xlabel="epoch e", title="difference of the two")
    plots.legend(curve)
    level = curve.axhline(0.5, color=GREY, linewidth=1.2, zorder=1.2)
    at_rate, at_s = (
        curve.plot([], [], "o", color=line.get_color(), markeredgecolor="white", markersize=9)[0] for line in (one, two)
    )

    def down(values):
        """How far both are down at the dot of s."""
        return 0.5 if values["pair"] == EQUAL[0] else 0.1

    def update(pair, s, rate):
        if pair == EQUAL[0]:
            first, named = inverse_time_decay(1.0, e, rate), f"1/(1 + {rate:.3g} e)"
            second, other = power_decay(1.0, e, s, c=1.0), f"the power schedule with c = 1, s = {s:.4g}"
        else:
            first, named = exponential_decay(1.0, e, base=0.95), "0.95^e"
            second, other = tenfold_decay(1.0, e, s), f"0.1^(e/{s:.4g})"
        difference = np.abs(first - second)
        one.set_data(e, first)
        two.set_data(e, second)
        share = down({"pair": pair})
        level.set_ydata([share, share])
        at_s.set_data([s], [share])
        at_rate.set_data([1 / rate] if pair == EQUAL[0] else [], [0.5] if pair == EQUAL[0] else [])
        gap.set_data(e, np.clip(difference, 1e-17, 10))
        most = difference.max()
        update.facts = {"apart": float(most)}
        update.idle = {"rate"} if pair == EQUAL[1] else set()
        much = "less than 1e-12, which is rounding" if most < 1e-12 else f"up to {most:.1g}"
        return f"{named} and {other} differ by {much}."

    update.handles = [
        Place(
            curve, "rate", get=lambda values: (1 / values["rate"], 0.5), put=lambda _, x, __: {"rate": 1 / max(x, 0.1)}
        ),
        Place(curve, "s", get=lambda values: (values["s"], down(values)), put=lambda _, x, __: {"s": x}),
    ]
    return update
