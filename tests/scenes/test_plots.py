"""The look of the course: what lies beyond the edge of a plot is an arrow there, whatever the axes."""

import numpy as np
import pytest
from figures import arrows
from matplotlib.figure import Figure

from dlcourse.scenes import plots

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize("log", [False, True])
def test_each_point_beyond_the_axes_is_an_arrow_that_points_to_it(log):
    """Catches a wrong edge, a turned axis, a log axis, NaN or infinity left out, and a dot drawn with its arrow."""
    axes = Figure().subplots()
    show = plots.arrows(axes)
    axes.set(xlim=(5, 0), ylim=(1e-3, 10), yscale="log" if log else "linear")  # set later, and x from right to left
    inside = show([1, 2, 3, 4, 6, -1, 2, 5], [1, 1e-9, -1, NAN, 1, 2, INF, 10])
    assert inside.tolist() == [True, False, False, False, False, False, False, True]
    found = arrows(axes)
    assert {way: places[0].round(9).tolist() for way, places in found.items()} == {
        "<": [4.9],
        ">": [0.1],
        "v": [2, 3],
        "^": [4, 2],
    }
    assert (found["v"][1] < 0.3).all() and (found["^"][1] > 8).all() and found["<"][1] == [1]
    assert show([], []).size == 0 and not arrows(axes)


def test_a_corner_has_one_arrow_and_a_curve_has_one_where_it_leaves_and_one_where_it_ends():
    axes = Figure().subplots()
    show = plots.arrows(axes)
    axes.set(xlim=(0, 10), ylim=(0, 1))
    show(11, 2)
    assert [len(places[0]) for places in arrows(axes).values()] == [1]
    show(np.arange(6), [0.5, 2, 3, 0.5, 4, 5], curve=True)
    assert arrows(axes)["^"][0] == pytest.approx([1 / 3, 5])
    show(np.arange(6), [0.5, 2, 3, 0.5, 4, 0.5], curve=True)
    assert arrows(axes)["^"][0] == pytest.approx([1 / 3])
    show(np.arange(6), np.full(6, 0.5), curve=True)
    assert not arrows(axes)
    show([9, 13, 5], [0.5, 1.5, 0.5], curve=True)  # through the right edge, though it ends higher than the upper one
    assert list(arrows(axes)) == [">"] and arrows(axes)[">"][1] == pytest.approx([0.75])
    show([0, 1, 2], [0.5, INF, NAN], curve=True)
    assert arrows(axes)["^"][0] == pytest.approx([0.2, 2])  # 0 is moved in from the corner
    axes.set(ylim=(1e-4, 1), yscale="log")
    show([0, 1, 2], [1e-2, 1e2, 0.1], curve=True)
    assert arrows(axes)["^"][0] == pytest.approx([0.5])
