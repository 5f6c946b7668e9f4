"""Noisy moons in three sets, and the plane they lie in. Used by bias_and_variance, l2_and_l1."""

from functools import cache

import numpy as np

from dlcourse.batches import train_dev_test_split
from dlcourse.datasets import moons
from dlcourse.diagnosis import bayes_error
from dlcourse.network import forward
from dlcourse.scenes import plots

ACROSS, UP = (-2.4, 3.4), (-2.0, 2.5)  # the plane that is drawn


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
