"""The scenes of gradient checking: what each planted bug spoils, the valley, the kinks, the masks."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from dlcourse import datasets, scenes
from dlcourse.live import live, log_slider, slider
from dlcourse.scenes.gradient_checking import BUGS, FUNCTIONS

SPOILED = {
    "none": "",
    "lambda/m missing": "W2",
    "wrong sign": "W2",
    "db without the sum": "b2",
    "1/m forgotten": "W2 b2",
    "g' forgotten": "W1 b1 W2 b2",
    "mask forgotten": "W1 b1 W2 b2",
}


def planted():
    return scenes.planted_bugs(Figure(), *datasets.moons(12, 0.1, np.random.default_rng(0)))


@pytest.mark.parametrize("steps", [0, 100])
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_where_it_is(bug, steps):
    """10.12 and 10.15: the faulty parameters and no others, at the start and after training."""
    update = planted()
    update(bug, layer=2, steps=steps)
    assert update.facts["found"] == SPOILED[bug].split()


def test_a_right_gradient_is_great_at_every_eps():
    update = planted()
    for eps in 10.0 ** -np.arange(1, 11):
        update("none", layer=1, eps=eps)
        assert update.facts["verdict"] == "great", eps


def test_without_lambda_a_missing_penalty_is_no_bug_and_wide_bars_miss_it():
    """10.13 and E6: what the goal of the figure asks for."""
    update = planted()
    for lambd, eps, verdict in ((0.0, 1e-7, "great"), (0.1, 1e-7, "worry"), (0.1, 1e-10, "look again")):
        update("lambda/m missing", layer=1, eps=eps, lambd=lambd)
        assert update.facts["verdict"] == verdict


def test_the_valley_says_the_lectures_numbers():
    update = scenes.eps_valley(Figure())
    update("x^3 at 1", 0.01)
    assert update.facts["two"] == pytest.approx(1e-4 / 6.0001) and update.facts["one"] == pytest.approx(0.0301 / 6.0301)
    assert "nothing but rounding two-sided" in update("x^2 at 1", 1e-2)
    update(FUNCTIONS[2], 1e-5)
    assert update.facts["two"] < 1e-9 < update.facts["one"]


def test_a_chord_over_a_kink_misleads_and_a_short_one_does_not():
    update = scenes.relu_kink(Figure())
    update(0.5, 0.1, "relu")
    assert update.facts["crossed"] == 2 and update.facts["difference"] > 0.1
    update(0.5, 1e-4, "relu")
    assert update.facts["crossed"] == 0 and update.facts["difference"] < 1e-6


def test_fresh_masks_have_no_slope():
    """10.14: senseless with dropout, right with keep_prob = 1."""
    update = scenes.fresh_and_fixed(Figure())
    update(0.8, 1e-7)
    assert abs(update.facts["wild"]) > 1e3 > abs(update.facts["right"])
    update(1.0, 1e-7)
    assert update.facts["wild"] == pytest.approx(update.facts["right"], abs=1e-6)


@pytest.mark.usefixtures("close_labs")
def test_the_nudge_is_held_on_the_curve():
    """w is dragged along it, and w + eps away from w; to the left of w there is no nudge, only the smallest."""
    more = {"eps": log_slider(1e-7, 0.5, start=0.1), "activation": ["relu", "tanh"]}
    lab = live(scenes.relu_kink, w=slider(-1.5, 1.5, 0.5, step=0.01), **more)
    cost, chord, dot = lab.frame.figure.axes[0].lines[:3]
    for activation in ("relu", "tanh"):
        lab.set(activation=activation, eps=0.1)
        lab.drag("w", -0.7, 0.9)
        lab.drag("eps", -0.3, 0.9)
        assert lab.values["w"] == -0.7 and lab.values["eps"] == pytest.approx(0.4)
        assert chord.get_xdata() == pytest.approx([-1.1, -0.3]) and dot.get_xdata() == pytest.approx([-0.7])
        for x, y in (
            *chord.get_xydata(),
            *dot.get_xydata(),
            *(lab.handles[name].spots(lab.values)[0] for name in lab.handles),
        ):
            assert y == pytest.approx(np.interp(x, *cost.get_data()), abs=1e-4)
        lab.drag("eps", -1, 0.7)
        assert lab.values["eps"] == 1e-7


@pytest.mark.usefixtures("close_labs")
def test_eps_is_dragged_in_the_valley():
    lab = live(scenes.eps_valley, f=list(FUNCTIONS), eps=log_slider(1e-12, 1, start=1))
    lab.drag("eps", 1e-5, 1)
    curves = lab.frame.figure.axes[0].lines
    assert lab.values["eps"] == 1e-5 and curves[0].get_xdata().min() == pytest.approx(1e-5)
    assert any(list(line.get_xdata()) == [1e-5, 1e-5] and list(line.get_ydata()) == [0, 1] for line in curves)


@pytest.mark.usefixtures("close_labs")
def test_the_bug_goes_where_it_is_pressed():
    """Between the two bars of a layer; g' and masks are in hidden layers only."""
    X, Y = datasets.moons(12, 0.1, np.random.default_rng(0))
    lab = live(scenes.planted_bugs, X, Y, bug=list(BUGS), layer=(1, 3, 3))
    assert not lab.handles  # no bug, no place for it
    axes = lab.frame.figure.axes[0]
    bars = [bar.get_x() + bar.get_width() / 2 for bar in axes.patches[:6]]
    for bug, where in (("wrong sign", (1, 2, 3)), ("g' forgotten", (1, 2, 2))):
        lab.set(bug=bug)
        for spot, layer in enumerate(where):
            lab.press("layer", spot)
            assert lab.values["layer"] == spot + 1 and f"W{layer}" in lab.update.facts["found"]
            (label,) = (text for text in axes.texts if text.get_text() == f"layer {layer}: the bug")
            assert label.get_position()[0] == np.mean(bars[2 * layer - 2 : 2 * layer])


def test_nan_is_written_where_a_bar_is_missing():
    """Gradients whose length overflows cannot be compared."""
    X, Y = datasets.moons(12, 0.1, np.random.default_rng(0))
    fig = Figure()
    update = scenes.planted_bugs(fig, 1e200 * X, Y)
    with np.errstate(all="ignore"):
        update("g' forgotten", 1, lambd=0.0)
    (axes,) = fig.axes
    words = {round(text.get_position()[0]): text.get_text() for text in axes.texts[:6]}
    assert words[0] == "nan" and axes.patches[0].get_height() == 0 and "W1" in update.facts["found"]
    assert words[5] == "great" and axes.patches[5].get_height() > 0
