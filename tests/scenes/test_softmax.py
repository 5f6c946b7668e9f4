"""The scenes of softmax: the notes' numbers, borders, two classes, the 1/m, and large logits."""

import numpy as np
import pytest
from figures import arrows, on_a_figure
from matplotlib.figure import Figure

from dlcourse import scenes
from dlcourse.live import by_hand, live, log_slider
from dlcourse.scenes.softmax import woven

pytestmark = pytest.mark.usefixtures("close_labs")


def test_the_figure_says_the_notes_numbers():
    """19.03, and what a temperature does."""
    update = scenes.probabilities(Figure())
    assert "is 176.3; cat gets 148.4 of it, a probability of 0.842" in update(5.0, 2.0, -1.0, 3.0)
    largest = []
    for T in (0.2, 1.0, 20.0):
        update(5.0, 2.0, -1.0, 3.0, T)
        largest.append(update.facts["largest"])
        assert update.facts["a"].sum() == pytest.approx(1)
    assert largest[0] > 0.99 and largest[2] < 0.3


def borders(fig=None, **controls):
    fig = fig or Figure()
    update = scenes.class_borders(fig)
    for _ in update(**controls):
        pass
    return update.facts["right"], np.floor(np.asarray(fig.axes[0].images[0].get_array()))  # without the weave


def is_convex(region):
    """Along no row is a class left and entered again: so it is when borders are straight."""
    return all((np.diff(row.astype(int)) == 1).sum() + row[0] <= 1 for row in np.concatenate([region, region.T]))


def test_borders_are_straight_without_hidden_layers_and_bend_with_them():
    """19.04: each class has a convex region where z is linear in x, whatever the number of linear layers."""
    for hidden, activation in ((0, "tanh"), (16, "linear")):
        right, said = borders(data="spirals", hidden=hidden, activation=activation)
        assert right < 0.7 and all(is_convex(said == c) for c in range(3))
    right, said = borders(data="spirals", hidden=16)
    assert right > 0.95 and not all(is_convex(said == c) for c in range(3))
    assert borders(data="clouds", hidden=0)[0] > 0.95


def test_regions_of_the_classes_differ_without_colours():
    """To many an eye classes 2 and 3 are the same grey: along rows, columns or diagonals each weave goes another way."""
    weaves = [woven(np.full((48, 48), c)) - c > 0 for c in range(4)]
    ways = [(weave.all(axis=1).any(), weave.any(axis=1).all(), weave.any()) for weave in weaves]
    assert len({*ways}) == 4, ways
    assert all(weave.mean() < 1 / 3 for weave in weaves), "most of a region is its ground"


def test_two_classes_are_the_sigmoid_of_the_difference():
    update = scenes.two_classes(Figure())
    assert update(1.0, -1.0).endswith("0.8808; the sigmoid of 2.0 gives the same.")


@pytest.mark.parametrize("m", [1, 4, 16])
def test_the_gradient_of_J_has_the_factor_one_over_m(m):
    """E16, by the slopes that the figure finds by nudging."""
    update = scenes.logit_gradient(Figure())
    assert "as the nudge does" in update(1.0, 2.0, 0.0, m)
    np.testing.assert_allclose(m * update.facts["dZ"], [-0.7553, 0.6652, 0.0900], atol=1e-4)


def test_only_the_bare_formula_fails():
    update = scenes.large_logits(Figure())
    for c in (-1000, -800, 0, 700, 720, 1000):
        assert update(c).endswith("0.867, 0.117, 0.016.")
        assert update.facts["fails"] == (c < -745 or c > 707), c


def test_what_is_no_number_has_no_bar():
    """A bar of height 0 would say 0."""
    fig = Figure()
    update = scenes.large_logits(fig)
    bare = fig.axes[0].containers[1]
    for c, numbers in ((0.0, 3), (1000.0, 0), (709.0, 2), (0.0, 3)):
        update(c)
        assert sum(bar.get_visible() for bar in bare) == np.isfinite(update.facts["bare"]).sum() == numbers
        assert [text.get_text() for text in fig.axes[0].texts].count("nan") == 3 - numbers


def four_bars():
    bars = {f"z{k}": (-8.0, 8.0, 0.0) for k in range(1, 5)}
    return live(scenes.probabilities, **bars, T=log_slider(0.2, 20, start=1.0))


def test_the_bars_of_z_are_dragged():
    """One step up is a factor of e for e^z."""
    lab = four_bars()
    before = lab.update.facts["t"].copy()
    for k in range(4):
        lab.drag(f"z{k + 1}", k, k + 1.0)
        assert lab.values[f"z{k + 1}"] == k + 1 and lab.frame.figure.axes[0].patches[k].get_height() == k + 1
        assert lab.handles[f"z{k + 1}"].spots(lab.values) == [(k, k + 1)]
    np.testing.assert_allclose(lab.update.facts["t"] / before, np.exp([1, 2, 3, 4]))


def test_what_is_beyond_the_axis_has_an_arrow_and_each_its_number():
    """The axis of e^z stands still and is linear; no bar is cut to a height that it has not."""
    fig, update = on_a_figure(scenes.probabilities)
    middle = fig.axes[1]
    for z1, beyond in ((5.0, []), (6.0, [0]), (2.0, [])):
        update(z1, 2.0, -1.0, 3.0)
        assert middle.get_ylim() == (0, 160) and middle.get_yscale() == "linear"
        assert [round(x) for x in arrows(middle).get("^", [[], []])[0]] == beyond
        assert [text.get_text() for text in middle.texts] == [f"{np.exp(z):.3g}" for z in (z1, 2.0, -1.0, 3.0)]
        assert all(0 < text.get_position()[1] < 160 for text in middle.texts)
        assert middle.patches[0].get_height() == pytest.approx(np.exp(z1))


def borders_lab(**start):
    controls = {"data": ["clouds", "spirals"], "hidden": (0, 16, 0), "activation": ["tanh", "linear"], **start}
    return live(scenes.class_borders, **controls, points=by_hand("class 0", "class 1", "class 2", "class 3", most=300))


def classes_named(lab):
    return [text.get_text() for text in lab.frame.figure.legends[0].get_texts() if text.get_visible()]


def test_a_point_that_is_moved_is_learned():
    """And what drew the points before is idle; without the learner's hand it draws again."""
    lab = borders_lab(hidden=(0, 16, 16))
    lab.drag("points", 0.5, 0.5, spot=0)
    moved = lab.values["points"]
    assert len(moved) == 240 and moved[0] == (0.5, 0.5, 0) and "data" in lab.update.idle
    assert (
        lab.caption.startswith("240 points by hand")
        and [0.5, 0.5] in lab.frame.figure.axes[0].lines[0].get_xydata().tolist()
    )
    corners = ((-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0))
    lab.set(points=[(x, y, k) for k, (x, y) in enumerate(corners)])
    said = np.floor(np.asarray(lab.frame.figure.axes[0].images[0].get_array()))
    assert [said[row, column] for row, column in ((20, 20), (20, 140), (140, 20), (140, 140))] == [0, 1, 2, 3]
    lab.set(points=None)
    assert "data" not in lab.update.idle and lab.caption.startswith("Clouds")


def test_the_legend_names_the_classes_that_are_there():
    lab = borders_lab()
    assert classes_named(lab) == ["class 0", "class 1", "class 2", "class 3"]
    lab.set(data="spirals")
    assert classes_named(lab) == ["class 0", "class 1", "class 2"]
    lab.set(points=[(0.0, 0.0, 1), (1.0, 1.0, 3)])
    assert classes_named(lab) == ["class 1", "class 3"]


def test_along_the_grey_line_the_probability_stays():
    lab = live(scenes.two_classes, z1=(-4.0, 4.0, 1.0), z2=(-4.0, 4.0, -1.0))
    plane = lab.frame.figure.axes[0]
    grey = next(line for line in plane.lines if line.get_color() == "#9A9A9A")
    lab.drag("z", -2.0, 1.0)
    assert lab.values == {"z1": -2.0, "z2": 1.0}
    a = lab.update.facts["a"]
    for z2 in (-1.0, 2.0):
        lab.drag("z", float(np.interp(z2, grey.get_ydata(), grey.get_xdata())), z2)
        assert lab.values["z2"] == z2 and lab.update.facts["a"] == pytest.approx(a)


def test_the_logits_of_the_gradient_are_dragged():
    lab = live(scenes.logit_gradient, **{f"z{k}": (-4.0, 4.0, 0.0) for k in (1, 2, 3)}, m=(1, 16, 1))
    for k, z in enumerate((2.0, -1.0, 0.5)):
        lab.drag(f"z{k + 1}", k, z)
    logits = lab.frame.figure.axes[1]
    assert [bar.get_height() for bar in logits.patches] == [2.0, -1.0, 0.5]
    a = np.exp([2.0, -1.0, 0.5]) / np.exp([2.0, -1.0, 0.5]).sum()
    np.testing.assert_allclose(lab.update.facts["dZ"], a - [1, 0, 0])


def test_c_is_dragged_and_leaves_a_mark_of_what_came():
    lab = live(scenes.large_logits, c=(-1000, 1000, 0))
    bars, strip = lab.frame.figure.axes
    lab.drag("c", 800, 0.5)
    c = lab.values["c"]
    assert c == pytest.approx(800, abs=2)
    assert [label.get_text().split(" = ")[1] for label in bars.get_xticklabels()] == [
        f"{v:g}" for v in (c + 2, c, c - 2)
    ]
    marks = next(line for line in strip.lines if line.get_marker() == "o")
    assert dict(zip(*marks.get_data())) == {0: True, c: False}
