"""The two figures that slider_latency.py moves: scenes for `live`, and for `interact` the same scenes, drawn anew."""

import matplotlib.pyplot as plt
import numpy as np

from dlcourse.averages import ewa_series, window
from dlcourse.optimizers import adagrad, adam, momentum, rmsprop, sgd
from dlcourse.surfaces import ravine
from dlcourse.training import descend, history

SIZE = (7.5, 4.5)       # inches; at 100 dots per inch 750 x 450 pixels
DAYS = np.arange(365)
VALUES = 55 + 18 * np.sin(2 * np.pi * (DAYS - 100) / 365) + 5 * np.random.default_rng(0).normal(size=365)
STEPS = {"descent": sgd, "momentum": momentum, "AdaGrad": adagrad, "RMSprop": rmsprop, "Adam": adam}


def averages(fig):
    """A year of daily values with two average curves."""
    ax = fig.subplots()
    ax.plot(DAYS, VALUES, ".", color="0.6", label="each day")
    lines = [ax.plot(DAYS, VALUES, label=label, linewidth=2)[0] for label in ("average", "corrected")]
    ax.set(xlabel="day", ylabel="degrees", ylim=(0, 100))
    ax.legend(loc="upper left")

    def update(beta):
        for line, correct in zip(lines, (False, True)):
            line.set_ydata(ewa_series(VALUES, beta, correct))
        last = lines[0].get_ydata()[-1]
        return f"beta {beta:.4g} averages about {window(beta):.3g} days; the last value is {last:.2f}"

    return update


def paths(fig):
    """Filled contours with the paths of five optimizers, 200 steps each."""
    ax = fig.subplots()
    w1, w2 = np.meshgrid(np.linspace(-10, 10, 200), np.linspace(-4, 4, 200))
    ax.contourf(w1, w2, ravine(np.stack([w1, w2], axis=-1))[0], levels=30)
    lines = {name: ax.plot([], [], marker=".", label=name)[0] for name in STEPS}
    ax.set(xlim=(-10, 10), ylim=(-4, 4), xlabel="w1", ylabel="w2")
    ax.legend(loc="upper right")

    def update(lr):
        last = []
        for name, step in STEPS.items():
            thetas, Js = history(descend(ravine, np.array([-9.0, 3.0]), step, lr=lr), 201)
            lines[name].set_data(*thetas.T)
            last.append(f"{name} {Js[-1]:.2g}")
        return f"alpha {lr:.3g}: after 200 steps {', '.join(last)}"

    return update


def fresh(scene):
    """A function for `interact`: a new pyplot figure each time, with the sentence as its title."""
    def plot(**controls):
        fig = plt.figure(figsize=SIZE, dpi=100)
        sentence = scene(fig)(**controls)
        fig.axes[0].set_title(sentence, fontsize=9)
        plt.show()

    return plot
