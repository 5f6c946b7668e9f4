"""Bias and variance on a real network: what it fits, how it errs, and what the recipe says next."""

from functools import cache, partial
from itertools import islice

import numpy as np

from dlcourse.diagnosis import RECIPE, gaps, next_steps, verdict
from dlcourse.initializers import initialize, xavier
from dlcourse.network import Net, accuracy, cost_and_grad
from dlcourse.optimizers import adam
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place, Points
from dlcourse.scenes.noisy_moons import drawn, plane
from dlcourse.training import descend, last

CEILING = 0.6  # the largest error that is drawn
PAUSE = 50  # steps at most between two turns of the page
HIGHEST = 40.0  # the largest error, in percent, that can be set in the error plane
GREY = "#7A7A7A"
ARM = 1.85  # how far from the middle of the moons the hand is that turns them
TABLE = ((0.01, 0.11), (0.15, 0.16), (0.15, 0.30), (0.005, 0.01))  # the course's cats: train and dev error

PRESETS = {
    "camera": {"same distribution": {"turn": 0}, "turned by 60": {"turn": 60}},
    "moons": {
        "underfit": {"width": 1, "m": 400},
        "just right": {"m": 400, "lambd": 1},
        "overfit": {},
        "both at once": {"width": 1, "m": 20},
    },
    "columns": {
        f"column {k}": {"train": 100 * train, "dev": 100 * dev, "bayes": 0.0} for k, (train, dev) in enumerate(TABLE, 1)
    },
}
GOALS = {
    "worse than a coin": Goal(
        "with 400 training examples, find the smallest turn at which the test set fares worse than a tossed coin.",
        lambda m, test, before: m == 400 and before <= 0.5 < test,
        {"turn": 48, "m": 400},
    ),
    "fourteen per cent": Goal(
        "with 60 examples at noise 0.3, as they are drawn, bring the dev error to 14 % or less.",
        lambda noise, m, data, dev: abs(noise - 0.3) < 0.01 and m == 60 and data is None and round(dev, 2) <= 0.14,
        {"lambd": 0.5},
    ),
    "column 2": Goal(
        "column 2 (15 %, 16 %): find a Bayes error, no higher than what people reach here, that makes it good.",
        lambda train, dev, bayes, verdict: (train, dev) == (15, 16) and verdict.startswith("low") and bayes <= 15,
        {"train": 15.0, "dev": 16.0, "bayes": 14.0},
    ),
}


def error(net, theta, X, Y):
    return float(1 - accuracy(net, theta, X, Y))


def bias_and_variance(fig):
    """A network (2, width, width, 1) learns noisy moons: its boundary, train and dev error, verdict and next step.

    Adam with alpha 0.03 on the whole training set; 800 dev examples; the best possible error is worked out from how the
    moons were made. Controls: width, steps, m (training examples, up to 400), noise, lambd of L2, and data: the training
    examples set by hand, ((x1, x2, class), ...), instead of m drawn ones; the dev set stays.
    """
    drawn(0.3)  # the first use of the data loads scikit-learn
    left, right = fig.subplots(1, 2, width_ratios=(1.1, 1))
    plots.style(fig)
    show_map, show_dots = plane(left, "training examples")
    curves = plots.lines(right, ("training set", "dev set"))
    best = plots.line(right, 6, "best possible", linestyle=(0, (1, 2)), linewidth=1.6)
    right.set(xlim=(1, 2000), xscale="log", ylim=(-0.01, CEILING), xlabel="step", ylabel="error")
    right.yaxis.set_major_formatter("{x:.0%}")
    beyond = [plots.arrows(right, "^", color=curve.get_color()) for curve in curves.values()]
    plots.legend(right)
    until, shown = right.axvline(1, color=GREY, linewidth=1.2, zorder=1), []

    def update(width, steps, m, noise, lambd, data=None):
        (X, Y), dev, _, bayes = drawn(round(noise, 6))
        X, Y, net, steps = X[:, :m], Y[:, :m], Net((2, width, width, 1), activation="tanh"), int(steps)
        if data is not None:
            X, Y = np.array(data, float).T[:2], np.array([[kind for *_, kind in data]])
        shown[:] = zip(*X.tolist(), Y[0].astype(int).tolist())
        update.idle = set() if data is None else {"m", "noise"}
        show_dots(X, Y)
        until.set_xdata([steps, steps])
        best.set_data([1, 2000], [bayes, bayes])
        theta = initialize(net.shapes, xavier, rng=np.random.default_rng(1))
        run = descend(partial(cost_and_grad, net, X=X, Y=Y, lambd=lambd), theta, adam, lr=0.03, static=True)
        when = {*np.geomspace(1, steps, 40).astype(int)}
        seen = []
        for t, (theta, _) in enumerate(islice(run, steps + 1)):
            if t in when:
                seen.append((t, error(net, theta, X, Y), error(net, theta, *dev)))
                at, train, wrong = zip(*seen)
                for curve, leave, errors in zip(curves.values(), beyond, (train, wrong)):
                    curve.set_data(at, errors)
                    leave(at, errors, curve=True)
                show_map(net, theta)
                said = judge(train[-1], wrong[-1], bayes, cure(width, steps, X.shape[1], lambd))
            if t in when or t and t % PAUSE == 0:
                yield t / steps, said

    def judge(train, dev, bayes, left):
        found, (trouble, _) = verdict(train, dev, bayes), next_steps(train, dev, bayes)
        update.facts = {"train": train, "dev": dev, "bayes": bayes, "verdict": found, "next": left[trouble]}
        return (
            f"Training error {train:.0%}, dev error {dev:.0%}, best possible {bayes:.0%}: {found}; "
            f"next: {left[trouble]}."
        )

    update.handles = [Points(left, "data", lambda: shown, name="training examples"), Place(right, "steps")]
    return update


def cure(width, steps, m, lambd):
    """{trouble: what to try next}: of the recipe's cures the first whose slider has room left.

    A large lambda holds a network back as a small width does, so it goes first.
    """
    bigger, longer, another = RECIPE["high bias"]
    return {
        "high bias": "a smaller lambda" * (lambd > 0.1)
        or longer * (steps < 200)
        or bigger * (width < 32)
        or longer * (steps < 2000)
        or another,
        "high variance": RECIPE["high variance"][0] * (m < 400) or "a larger lambda" * (lambd < 0.1) or another,
        "low bias and low variance": RECIPE["low bias and low variance"][0],
    }


def error_plane(fig, using=verdict):
    """The verdict as two subtractions: Bayes, train and dev error as bars, and the two gaps as a point in a plane.

    The course's four columns are the numbered points; all move as Bayes error does. Whoever drags the ring asks for these
    two gaps: Bayes error stays, train and dev follow. using: a learner's own `verdict`, called with a tolerance a hair
    above 2 points, so that rounding in their subtraction does not decide at the edge.
    Controls in percent, up to HIGHEST: train, dev, bayes.
    """
    bars, field = fig.subplots(1, 2, width_ratios=(1, 1.25))
    plots.style(fig)
    names = ("Bayes", "train", "dev")
    filled = bars.barh(names, (0, 0, 0), color=(plots.COLOURS[7], plots.COLOURS[0], plots.COLOURS[1]), height=0.55)
    ends = bars.plot([], [], "|", color=plots.INK, markersize=26, markeredgewidth=3, clip_on=False)[0]
    bars.set(xlim=(0, 56), xlabel="error in %", ylim=(2.6, -0.6))
    spans = [plots.line(bars, 6, linestyle="-", linewidth=1.6, marker="|", markersize=9) for _ in range(2)]
    words = [bars.text(0, y, "", fontsize=10, color=plots.INK, clip_on=True, va="center") for y in (0.5, 1.5)]
    field.set(
        xlim=(-43, 44), ylim=(-43, 44), xlabel="bias: train minus Bayes, in %", ylabel="variance: dev minus train, in %"
    )
    field.axvline(2, color=plots.INK, linewidth=1.2)
    field.axhline(2, color=plots.INK, linewidth=1.2)
    for x, y, text, across in (
        (-42, 43, "high variance", "left"),
        (43, 43, "both high", "right"),
        (-42, -42, "both low", "left"),
        (43, -42, "high bias", "right"),
    ):
        field.text(x, y, text, ha=across, va="top" if y > 0 else "bottom", fontsize=11, color=plots.INK)
    cats = field.plot([], [], "o", markersize=15, color=plots.PALE, markeredgecolor=plots.INK)[0]
    numbers = [field.text(0, 0, str(k), ha="center", va="center", fontsize=9, clip_on=True) for k in range(1, 5)]
    here = field.plot([], [], "o", markersize=22, fillstyle="none", color=plots.COLOURS[1], markeredgewidth=3)[0]

    def update(train, dev, bayes):
        for bar, width in zip(filled, (bayes, train, dev)):
            bar.set_width(width)
        ends.set_data((bayes, train, dev), (0, 1, 2))
        bias, variance = gaps(train / 100, dev / 100, bayes / 100)
        for span, word, (low, high), y, gap, name in zip(
            spans, words, ((bayes, train), (train, dev)), (0.5, 1.5), (bias, variance), ("bias", "variance")
        ):
            span.set_data([low, high], [y, y])
            word.set(position=(max(low, high) + 0.8, y), text=f"{name} {100 * gap:.3g}")
        table = np.array(gaps(*np.transpose(TABLE), bayes / 100)) * 100
        cats.set_data(*table)
        for number, place in zip(numbers, table.T):
            number.set_position(place)
        here.set_data([100 * bias], [100 * variance])
        found = using(train / 100, dev / 100, bayes / 100, 0.02 + 1e-9)  # a learner's 0.07 - 0.05 is 2 points, not more
        trouble, cures = next_steps(train / 100, dev / 100, bayes / 100)
        update.facts = {"verdict": found}
        return (
            f"Bias {train:.3g} - {bayes:.3g} = {_points(bias)}, variance {dev:.3g} - {train:.3g} = "
            f"{_points(variance)}: {found}; next: {cures[0]}."
        )

    def gaps_of(values):
        return values["train"] - values["bayes"], values["dev"] - values["train"]

    def errors_for(values, bias, variance):
        train = np.clip(values["bayes"] + bias, 0, HIGHEST)
        return {"train": train, "dev": np.clip(train + variance, 0, HIGHEST)}

    update.handles = [Place(bars, name, y) for y, name in enumerate(("bayes", "train", "dev"))]
    update.handles.append(Place(field, "train", "dev", get=gaps_of, put=errors_for, name="bias and variance"))
    return update


def _points(gap):
    said = f"{100 * gap:.3g}"
    return f"{said} point{'s' if said not in ('1', '-1') else ''}"


def mismatched(fig):
    """Trained on moons as they come, tested on moons that are turned: a gap that more of the same data does not close.

    Left: the boundary, the test examples, and which way their camera calls up: the hand that turns them. Right: the test
    error at each angle where the learner has been, after training on 20, 80 or 400 examples, the chosen in front.
    Controls: turn in degrees, m (one of these three).
    """
    left, right = fig.subplots(1, 2, width_ratios=(1.1, 1))
    plots.style(fig)
    show_map, show_dots = plane(left, "test examples, turned")
    curves = {
        m: plots.line(right, k, f"{m} examples", marker=plots.MARKERS[k], markersize=5, linewidth=1.4)
        for k, m in enumerate((20, 80, 400))
    }
    here = right.plot([], [], "o", markersize=13, fillstyle="none", color=plots.INK, markeredgewidth=1.8)[0]
    right.axhline(0.5, color="#7A7A7A", linewidth=1, linestyle=(0, (1, 2)))
    right.set(xlim=(-2, 92), ylim=(0, 1), xlabel="turned by, in degrees", ylabel="test error, where you have been")
    right.yaxis.set_major_formatter("{x:.0%}")
    named = plots.legend(right)
    upright = right.axvline(0, color=GREY, linewidth=1.2, zorder=1)
    hand = left.plot([], [], "-o", color=plots.INK, linewidth=1.2, markersize=8, markevery=[1], zorder=5)[0]
    up = left.text(0, 0, "up", fontsize=11, color=plots.INK, ha="center", va="center", clip_on=True)
    net, ((X, Y), (X_dev, Y_dev), (X_test, Y_test), _) = Net((2, 8, 8, 1), activation="tanh"), drawn(0.15)
    middle, seen = X.mean(axis=1, keepdims=True), {m: {} for m in curves}

    def turned(degrees):
        """The test set, turned about the middle."""
        a = np.deg2rad(degrees)
        return np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) @ (X_test - middle) + middle

    def top(values, length=ARM):
        """Where the turned camera's up is."""
        a = np.deg2rad(values["turn"])
        return tuple(middle[:, 0] + length * np.array([-np.sin(a), np.cos(a)]))

    def turn_to(values, x, y):
        across, along = np.array([x, y]) - middle[:, 0]
        return {"turn": np.rad2deg(np.arctan2(-across, along))}

    def bring_forward(chosen):
        """The chosen curve in its colour and in front, the others grey; named is what has been drawn."""
        for k, (m, curve) in enumerate(curves.items()):
            colour, order = (plots.COLOURS[k], 3) if m == chosen else (GREY, 2)
            for line in (curve, named.legend_handles[k]):
                plots.change(line, color=colour, zorder=order)
            for part in (named.legend_handles[k], named.get_texts()[k]):
                plots.change(part, visible=bool(seen[m]))

    @cache
    def learned(m):
        objective = partial(cost_and_grad, net, X=X[:, :m], Y=Y[:, :m], lambd=0.01)
        theta = initialize(net.shapes, xavier, rng=np.random.default_rng(1))
        return last(descend(objective, theta, adam, lr=0.03, static=True), steps=400)[0]

    def update(turn, m):
        theta, X_turned = learned(m), turned(turn)
        show_map(net, theta)
        show_dots(X_turned[:, :200], Y_test[:, :200])
        dev, test = error(net, theta, X_dev, Y_dev), error(net, theta, X_turned, Y_test)
        seen[m][turn] = test
        for size, curve in curves.items():
            curve.set_data(*np.reshape(sorted(seen[size].items()), (-1, 2)).T)
        bring_forward(m)
        here.set_data([turn], [test])
        upright.set_xdata([turn, turn])
        hand.set_data(*zip(middle[:, 0], top({"turn": turn})))
        up.set_position(top({"turn": turn}, 1.16 * ARM))
        update.facts = {"dev": dev, "test": test, "before": error(net, theta, turned(turn - 1), Y_test)}
        alike = f"{dev:.0%} wrong on the dev set, which is drawn like them"
        if not turn:
            return f"Trained on {m} examples: {alike}, and {test:.0%} on the test set, drawn alike."
        return (
            f"Trained on {m} examples: {alike}, but {test:.0%} on the test set, "
            f"turned by {turn} degree{'s' * (turn != 1)}."
        )

    update.forget = lambda: [been.clear() for been in seen.values()]
    update.handles = [Place(left, "turn", "turn", get=top, put=turn_to, name="up"), Place(right, "turn")]
    update.play = "turn"
    return update
