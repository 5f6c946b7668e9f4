"""Bias and variance on a real network: what it fits, how it errs, and what the recipe says next."""

from functools import cache, partial
from itertools import islice

import numpy as np

from dlcourse.batches import train_dev_test_split
from dlcourse.datasets import moons
from dlcourse.diagnosis import bayes_error, gaps, next_steps, verdict
from dlcourse.initializers import initialize, xavier
from dlcourse.network import Net, accuracy, cost_and_grad, forward
from dlcourse.optimizers import adam
from dlcourse.scenes import plots
from dlcourse.training import descend, last

ACROSS, UP, CEILING = (-2.4, 3.4), (-2.0, 2.5), 0.5  # the plane that is drawn; the largest error that is drawn
TABLE = ((0.01, 0.11), (0.15, 0.16), (0.15, 0.30), (0.005, 0.01))  # the course's cats: train and dev error


@cache
def drawn(noise):
    """Train (400), dev (800) and test set (800) of noisy moons, and the best error that anyone can have on the dev set."""
    X, Y = moons(2000, noise, np.random.default_rng(2))
    sets = train_dev_test_split(X, Y, np.random.default_rng(4), (0.2, 0.4, 0.4))
    return *sets, float(bayes_error(*sets[1], *moons(400, 0.0, np.random.default_rng(0)), noise))


def dots(axes):
    """Moving examples, orange squares and blue circles; returns show(X, Y)."""
    marks = [
        axes.plot([], [], marker, color=colour, markersize=5.5, markeredgecolor="white", markeredgewidth=0.5)[0]
        for marker, colour in (("s", "#D55E00"), ("o", "#0072B2"))
    ]

    def show(X, Y):
        for label, mark in enumerate(marks):
            mark.set_data(*X[:, Y[0] == label])

    return show


def plane(axes, title):
    """A map of what a network says, with examples on it; returns show_map(net, theta) and show_dots(X, Y)."""
    show = plots.decision_map(axes, ACROSS, UP, points=60)
    axes.set(title=title, xlabel="$x_1$", ylabel="$x_2$")
    return lambda net, theta: show(lambda X: forward(net, theta, X)[0]), dots(axes)


def error(net, theta, X, Y):
    return float(1 - accuracy(net, theta, X, Y))


def bias_and_variance(fig):
    """A network (2, width, width, 1) learns noisy moons: its boundary, train and dev error, verdict and next step.

    Adam with alpha 0.03 on the whole training set; 800 dev examples; the best possible error is worked out from how the
    moons were made. Controls: width, steps, m (training examples, up to 400), noise, lambd of L2.
    """
    drawn(0.3)  # the first use of the data loads scikit-learn
    left, right = fig.subplots(1, 2, width_ratios=(1.1, 1))
    plots.style(fig)
    show_map, show_dots = plane(left, "training examples")
    curves = plots.lines(right, ("training set", "dev set"))
    best = plots.line(right, 6, "best possible", linestyle=(0, (1, 2)), linewidth=1.6)
    right.set(xlim=(1, 2000), xscale="log", ylim=(-0.01, CEILING), xlabel="step", ylabel="error")
    right.yaxis.set_major_formatter("{x:.0%}")
    plots.legend(right)

    def update(width, steps, m, noise, lambd):
        (X, Y), dev, _, bayes = drawn(round(noise, 6))
        X, Y, net, steps = X[:, :m], Y[:, :m], Net((2, width, width, 1), activation="tanh"), int(steps)
        show_dots(X, Y)
        best.set_data([1, 2000], [bayes, bayes])
        theta = initialize(net.shapes, xavier, rng=np.random.default_rng(1))
        run = descend(partial(cost_and_grad, net, X=X, Y=Y, lambd=lambd), theta, adam, lr=0.03)
        when = {*np.geomspace(1, steps, 40).astype(int)}
        seen = []
        for t, (theta, _) in enumerate(islice(run, steps + 1)):
            if t in when:
                seen.append((t, error(net, theta, X, Y), error(net, theta, *dev)))
                at, train, wrong = zip(*seen)
                curves["training set"].set_data(at, train)
                curves["dev set"].set_data(at, wrong)
                show_map(net, theta)
                yield t / steps, judge(train[-1], wrong[-1], bayes)

    def judge(train, dev, bayes):
        found, (trouble, cures) = verdict(train, dev, bayes), next_steps(train, dev, bayes)
        update.facts = {"train": train, "dev": dev, "bayes": bayes, "verdict": found, "trouble": trouble}
        return (
            f"Training error {train:.0%}, dev error {dev:.0%}, best possible {bayes:.0%}: {found}. Next: {cures[0]}."
        ).replace(". Next", "; next")

    return update


def error_plane(fig, using=verdict):
    """The verdict as two subtractions: Bayes, train and dev error as bars, and the two gaps as a point in a plane.

    The course's four columns are the numbered points; all move as Bayes error does. using: a learner's own `verdict`,
    called with a tolerance a hair above 2 points, so that rounding in their subtraction does not decide at the edge.
    Controls in percent: train, dev, bayes.
    """
    bars, field = fig.subplots(1, 2, width_ratios=(1, 1.25))
    plots.style(fig)
    names = ("Bayes", "train", "dev")
    filled = bars.barh(names, (0, 0, 0), color=(plots.COLOURS[7], plots.COLOURS[0], plots.COLOURS[1]), height=0.55)
    bars.set(xlim=(0, 56), xlabel="error in %", ylim=(2.6, -0.6))
    spans = [plots.line(bars, 6, linestyle="-", linewidth=1.6, marker="|", markersize=9) for _ in range(2)]
    words = [bars.text(0, y, "", fontsize=10, color=plots.INK, clip_on=True, va="center") for y in (0.5, 1.5)]
    field.set(
        xlim=(-36, 42), ylim=(-36, 42), xlabel="bias: train minus Bayes, in %", ylabel="variance: dev minus train, in %"
    )
    field.axvline(2, color=plots.INK, linewidth=1.2)
    field.axhline(2, color=plots.INK, linewidth=1.2)
    for x, y, text, across in (
        (-35, 41, "high variance", "left"),
        (41, 41, "both high", "right"),
        (-35, -35, "both low", "left"),
        (41, -35, "high bias", "right"),
    ):
        field.text(x, y, text, ha=across, va="top" if y > 0 else "bottom", fontsize=11, color=plots.INK)
    cats = field.plot([], [], "o", markersize=15, color=plots.PALE, markeredgecolor=plots.INK)[0]
    numbers = [field.text(0, 0, str(k), ha="center", va="center", fontsize=9, clip_on=True) for k in range(1, 5)]
    here = field.plot([], [], "o", markersize=22, fillstyle="none", color=plots.COLOURS[1], markeredgewidth=3)[0]

    def update(train, dev, bayes):
        for bar, width in zip(filled, (bayes, train, dev)):
            bar.set_width(width)
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
            f"Bias {train:.3g} - {bayes:.3g} = {100 * bias:.3g} points, variance {dev:.3g} - {train:.3g} = "
            f"{100 * variance:.3g} points: {found}; next: {cures[0]}."
        )

    return update


def mismatched(fig):
    """Trained on moons as they come, tested on moons that are turned: a gap that more of the same data does not close.

    Left: the boundary and the test examples. Right: the error for every angle, after training on 20, 80 or 400
    examples. Controls: turn in degrees, m (one of these three).
    """
    left, right = fig.subplots(1, 2, width_ratios=(1.1, 1))
    plots.style(fig)
    show_map, show_dots = plane(left, "test examples, turned")
    sizes, angles = (20, 80, 400), np.arange(0, 91, 3)
    curves = plots.lines(right, [f"{m} examples" for m in sizes])
    here = right.plot([], [], "o", markersize=10, color=plots.INK, markeredgecolor="white")[0]
    right.set(xlim=(0, 90), ylim=(0, 1), xlabel="turned by, in degrees", ylabel="test error")
    right.yaxis.set_major_formatter("{x:.0%}")
    plots.legend(right)
    net, ((X, Y), (X_dev, Y_dev), (X_test, Y_test), _) = Net((2, 8, 8, 1), activation="tanh"), drawn(0.15)
    middle, trained = X.mean(axis=1, keepdims=True), {}

    def turned(degrees):
        """The test set, turned about the middle: (2, m), or a stack of them."""
        a = np.deg2rad(degrees)
        turn = np.stack([np.stack([np.cos(a), -np.sin(a)], -1), np.stack([np.sin(a), np.cos(a)], -1)], -2)
        return turn @ (X_test - middle) + middle

    def update(turn, m):
        for done, size in enumerate(sizes, start=1):
            if size not in trained:
                objective = partial(cost_and_grad, net, X=X[:, :size], Y=Y[:, :size], lambd=0.01)
                theta = initialize(net.shapes, xavier, rng=np.random.default_rng(1))
                trained[size] = last(descend(objective, theta, adam, lr=0.03), steps=400)[0]
            curves[f"{size} examples"].set_data(angles, 1 - accuracy(net, trained[size], turned(angles), Y_test))
            if m in trained:
                yield done / len(sizes), look(turn, m)

    def look(turn, m):
        X_turned = turned(float(turn))
        show_map(net, trained[m])
        show_dots(X_turned[:, :200], Y_test[:, :200])
        dev, test = error(net, trained[m], X_dev, Y_dev), error(net, trained[m], X_turned, Y_test)
        here.set_data([turn], [test])
        update.facts = {"dev": dev, "test": test}
        return (
            f"Trained on {m} examples: {dev:.0%} wrong on the dev set, which is drawn like them, but {test:.0%} on the "
            f"test set, turned by {turn:.3g} degrees."
            if turn
            else f"Trained on {m} examples: {dev:.0%} wrong on the dev set and {test:.0%} on the test set, both drawn alike."
        )

    return update
