"""Optimizers racing from one start, and how each is drawn. Used by momentum, adagrad_rmsprop_adam, saddles_and_plateaus."""

import numpy as np

from dlcourse.optimizers import adagrad, adam, momentum, nesterov, rmsprop, sgd
from dlcourse.scenes import plots
from dlcourse.training import descend

FLOOR, CEILING = 1e-6, 1e3  # what the cost axes show; below the floor a run has arrived
RATES = ("one alpha for all", "each its best")
LOOKS = {"descent": 6, "momentum": 0, "Nesterov": 5, "AdaGrad": 3, "RMSprop": 2, "Adam": 1}  # place in plots.COLOURS


def race(names, objective, theta, lr, beta1, beta2, batches=lambda: None, using=None):
    """{name: run}: each optimizer from the same start, with the same batches (a function that starts them anew).

    using: {name: step} instead of the course's function. Nesterov's lr is times (1 - beta1): `nesterov` is on
    heavy-ball scale, and so one lr means the same for all.
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
    return {
        name: descend(
            objective, theta, steps[name], lr=lr * scale.get(name, 1), batches=batches(), **hyper.get(name, {})
        )
        for name in names
    }


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
