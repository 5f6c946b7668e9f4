"""The two figures that slider_latency.py moves: scenes for `live`, and for `interact` the same scenes, drawn anew."""

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from dlcourse import datasets, scenes
from dlcourse.optimizers import adagrad, adam, momentum, rmsprop, sgd
from dlcourse.surfaces import ravine
from dlcourse.training import descend, history

SIZE = (7.5, 4.5)  # inches; at 100 dots per inch 750 x 450 pixels
TEMPERATURES = datasets.temperatures()
STEPS = {"descent": sgd, "momentum": momentum, "AdaGrad": adagrad, "RMSprop": rmsprop, "Adam": adam}


def averages(fig):
    """The averages lab of week 2: a year of daily values, two average curves, the weights of the past."""
    update = scenes.averages(fig, TEMPERATURES)
    return lambda beta: update(beta, bias_correction=True)


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
        fig.suptitle(fill(sentence, 100), fontsize=8)
        plt.show()

    return plot
