"""The two figures that slider_latency.py moves: scenes for `live`, and for `interact` the same scenes, drawn anew."""

from functools import cache
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from ipywidgets import Image, VBox

from dlcourse import datasets, scenes
from dlcourse.live import log_slider
from dlcourse.live.controls import positions
from dlcourse.live.png import encode_png
from dlcourse.scenes.races import race
from dlcourse.surfaces import ravine
from dlcourse.training import history

SIZE = (7.5, 4.5)  # inches; at 100 dots per inch 750 x 450 pixels
TEMPERATURES = datasets.temperatures()
NAMES = ("descent", "momentum", "AdaGrad", "RMSprop", "Adam")
RATE = log_slider(0.0005, 0.09, start=0.01)
RATES = positions(RATE)


def averages(fig):
    """The averages lab of week 2: a year of daily values, two average curves, the weights of the past."""
    update = scenes.averages(fig, TEMPERATURES)
    return lambda beta: update(beta, bias_correction=True)


def paths(fig):
    """Filled contours with the paths of five optimizers, 200 steps each."""
    ax = fig.subplots()
    w1, w2 = np.meshgrid(np.linspace(-10, 10, 200), np.linspace(-4, 4, 200))
    ax.contourf(w1, w2, ravine(np.stack([w1, w2], axis=-1))[0], levels=30)
    lines = {name: ax.plot([], [], marker=".", label=name)[0] for name in NAMES}
    ax.set(xlim=(-10, 10), ylim=(-4, 4), xlabel="w1", ylabel="w2")
    ax.legend(loc="upper right")

    def update(lr):
        (thetas, Js), stop, last = raced(), RATES.index(lr), []
        for k, name in enumerate(NAMES):
            lines[name].set_data(*thetas[:, k, stop].T)
            last.append(f"{name} {Js[-1, k, stop]:.2g}")
        return f"alpha {lr:.3g}: after 200 steps {', '.join(last)}"

    return update


@cache
def raced():
    """All learning rates of the slider in one run, as the course's own races do it; both ways draw from it."""
    start = np.tile([-9.0, 3.0], (len(RATES), 1))
    return history(race(NAMES, ravine, start, np.array(RATES), beta1=0.9, beta2=0.999), 201)


def way_alone(**controls):
    """A slider and, for each of its stops, a picture that is ready: what the way to the kernel and back takes by itself."""
    (control,) = controls.values()
    size = (int(100 * SIZE[1]), int(100 * SIZE[0]), 4)
    ready = {value: encode_png(np.full(size, 255 - k, np.uint8), 100) for k, value in enumerate(positions(control))}
    picture = Image(value=ready[control.value], format="png")
    control.observe(lambda change: setattr(picture, "value", ready[change.new]), "value")
    display(VBox([control, picture]))


def fresh(scene):
    """A function for `interact`: a new pyplot figure each time, with the sentence as its title."""

    def plot(**controls):
        fig = plt.figure(figsize=SIZE, dpi=100)
        sentence = scene(fig)(**controls)
        fig.suptitle(fill(sentence, 100), fontsize=8)
        plt.show()

    return plot
