"""The scenes on saddles and plateaus: what they count and say is what the surfaces are."""

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import datasets, initializers, network, scenes, surfaces
from dlcourse.scenes.races import LOOKS
from dlcourse.scenes.saddles_and_plateaus import KINDS


def test_himmelblau_has_four_minima_four_saddles_and_one_maximum():
    fig, update = on_a_figure(scenes.zero_gradients)
    kinds = []
    for point in range(1, 10):
        sentence = update(point)
        kinds.append(update.facts["kind"])
        assert f"Point {point} of 9" in sentence and kinds[-1] in sentence
    assert kinds == ["minimum"] * 4 + ["saddle"] * 4 + ["maximum"]
    drawn = {line.get_label(): len(line.get_xdata()) for line in fig.axes[0].lines}
    assert (drawn["minimum"], drawn["saddle"], drawn["maximum"]) == (4, 4, 1)


@pytest.mark.parametrize("point", range(1, 10))
def test_the_slices_curve_as_the_eigenvalues_say(point):
    """Catches directions in rows instead of columns, and a slice through another point."""
    fig, update = on_a_figure(scenes.zero_gradients)
    update(point)
    for line, value in zip(fig.axes[1].lines, update.facts["eigenvalues"]):
        t, J = line.get_data()
        middle, h = len(t) // 2, t[1] - t[0]
        assert (J[middle + 1] + J[middle - 1] - 2 * J[middle]) / h**2 == pytest.approx(value, rel=1e-2)


def test_past_the_last_point_it_stays_on_the_last():
    _, update = on_a_figure(scenes.zero_gradients)
    assert update(9, surface="saddle").replace(", the last,", "") == update(3, surface="saddle")
    assert update(5, surface="bowl").startswith("The only point") and update.idle == {"point"}


def test_a_point_keeps_its_kind_to_itself_until_it_is_looked_at():
    """The answer to "how many are saddles" is not in the first picture."""
    fig, update = on_a_figure(scenes.zero_gradients)
    for looked, point in enumerate((5, 1, 9), start=1):
        update(point)
        drawn = {line.get_label(): len(line.get_xdata()) for line in fig.axes[0].lines}
        assert drawn["minimum"] + drawn["saddle"] + drawn["maximum"] == looked == 9 - drawn["not looked at"]


def test_each_point_of_a_landscape_counts_once_and_lies_in_the_cube():
    """200 starts fall into far fewer points in two dimensions. Catches doubles, by the pairwise distances of cost and kind."""
    fig, update = on_a_figure(scenes.saddles_by_cost)
    list(update(2))
    J = np.sort(update.facts["J"])
    assert len(J) == update.facts["points"] < 60 and np.diff(J).min() > 1e-9
    list(update(2, shown=0.2))
    drawn = np.concatenate([line.get_xdata() for line in fig.axes[0].lines if line.get_label() in KINDS])
    assert len(drawn) == pytest.approx(0.2 * len(J), abs=1)


def test_the_curves_go_as_far_as_the_learner_has_gone():
    fig, update = on_a_figure(scenes.share_of_saddles)
    update(3)
    assert all(len(line.get_xdata()) == 3 for line in fig.axes[0].lines[:4])
    fig, update = on_a_figure(scenes.plateau_crossing)
    list(update(3.0, lr=0.1))
    assert max(np.nanmax(line.get_xdata()) for line in fig.axes[1].lines if line.get_label() == "Adam") == 3.0


def test_who_is_not_across_has_an_arrow_at_the_edge():
    fig, update = on_a_figure(scenes.plateau_crossing)
    *_, (_, sentence) = update(5.0, lr=0.1)
    ends = {line.get_label(): line for line in fig.axes[1].lines if len(line.get_xdata()) == 1}
    low, high = fig.axes[1].get_ylim()
    assert "descent" not in ends and low < arrows(fig.axes[1])["^"][1].min() < high
    assert ends["Adam"].get_ydata()[0] == update.facts["Adam"] and "3000" not in sentence


def test_leaving_a_saddle_takes_descent_the_same_again_for_each_factor_of_ten():
    """The distance from the ridge grows by 1 + alpha a step: log(10) / log(1 + alpha) steps for each factor of ten."""
    _, update = on_a_figure(scenes.saddle_leaving)
    for lr in (0.05, 0.1):
        steps = [list(update(w2, lr)) and update.facts["descent"] for w2 in (1e-2, 1e-3, 1e-4)]
        np.testing.assert_allclose(np.diff(steps), np.log(10) / np.log(1 + lr), atol=1)


def test_saddles_take_over_as_the_dimension_grows():
    """Syllabus 16.01, measured; in one dimension there are none, in two the exact share of minima is (1 - 2^-0.5)/2."""
    _, update = on_a_figure(scenes.share_of_saddles)
    share = {}
    for n in range(1, 13):
        update(n)
        share[n] = dict(update.facts)
    assert share[1]["saddle"] == 0 and share[3]["saddle"] < 0.99 < share[4]["saddle"] and share[8]["saddle"] == 1
    assert share[2]["minimum"] == pytest.approx((1 - 2**-0.5) / 2, abs=4 * (0.146 * 0.854 / 2000) ** 0.5)


@pytest.mark.parametrize("n", [3, 6])
def test_low_points_have_fewer_ways_down(n):
    _, update = on_a_figure(scenes.saddles_by_cost)
    frames = list(update(n))
    few = 48 // n  # of 200 starts at once
    assert [done for done, _ in frames] == [min(1.0, seen / 200) for seen in range(few, 200 + few, few)]
    assert update.facts["points"] == len(update.facts["J"]) > 90
    assert update.facts["down_low"] < 0.3 < 0.4 < update.facts["down"] < 0.6


def test_zero_parameters_of_a_network_are_a_saddle():
    """The notebook's real one: balanced classes, tanh, all parameters zero."""
    X, Y = datasets.moons(200, 0.1, np.random.default_rng(0))
    net = network.Net((2, 4, 1), activation="tanh")
    zero = initializers.initialize(net.shapes, std=0.0, rng=np.random.default_rng(0))

    def cost(theta):
        return network.cost_and_grad(net, theta, X, Y)

    assert np.abs(cost(zero)[1]).max() < 1e-12
    assert surfaces.classify(surfaces.hessian(cost, zero)) == "saddle"


def test_plateau_crossing_grows_with_distance_for_descent_and_hardly_for_adam():
    """Syllabus 16.03. Catches crossing times read off the wrong start, or one that is never across counted as 0."""
    _, update = on_a_figure(scenes.plateau_crossing)
    steps = {}
    for distance in (2.0, 3.0, 4.0, 5.0):
        *_, (done, sentence) = update(distance, lr=0.1)
        steps[distance] = dict(update.facts)
        assert done == 1 and f"distance {distance:.0f}" in sentence
    assert steps[2.0]["descent"] < steps[3.0]["descent"] < 1000 < steps[4.0]["descent"] and "not there" in sentence
    assert steps[5.0]["Adam"] < 60 and steps[3.0]["Adam"] < steps[3.0]["descent"] / 5
    list(update(5.0, lr=0.1, beta1=0.0))
    assert update.facts["momentum"] == update.facts["descent"] == update.facts["Nesterov"]


def test_a_cost_left_of_the_axes_is_an_arrow():
    fig, update = on_a_figure(scenes.saddles_by_cost)
    axes, beyond = fig.axes[0], 0
    for n, width in ((2, 1.5), (4, 5.2)):
        axes.set_xlim(-width, width)
        list(update(n))
        costs, (low, high) = update.facts["J"], axes.get_xlim()
        out = int(((costs < low) | (costs > high)).sum())
        assert sum(len(places[0]) for places in arrows(axes).values()) == out
        drawn = np.concatenate([line.get_xdata() for line in axes.lines if line.get_label() in KINDS])
        assert len(drawn) == len(costs) - out and low <= drawn.min() and drawn.max() <= high
        beyond += out
    assert beyond > 5


def test_no_steps_at_all_are_drawn_as_0():
    """On a log axis they stood at 1."""
    fig, update = on_a_figure(scenes.plateau_crossing)
    list(update(1.0, lr=0.1))
    _, sweep, curve = fig.axes
    assert set(update.facts.values()) == {0.0}
    drawn = [line.get_xydata() for line in sweep.lines if line.get_label() in LOOKS]
    assert len(drawn) == 2 * len(LOOKS) and np.unique(np.concatenate(drawn), axis=0).tolist() == [[1, 0]]
    assert sweep.get_ylim()[0] < 0
    assert all(line.get_xdata()[0] == 0 for line in curve.lines if line.get_label() in LOOKS)
    assert curve.get_xlim()[0] == 0


def named(fig):
    """The names in the legend that are to be seen."""
    return {text.get_text() for text in fig.legends[0].get_texts() if text.get_visible()}


def test_the_legend_names_the_kinds_that_are_drawn():
    fig, update = on_a_figure(scenes.zero_gradients)
    always = {"first direction", "second"}
    for point, kinds in ((5, {"saddle"}), (1, {"saddle", "minimum"}), (9, {"saddle", "minimum", "maximum"})):
        update(point)
        assert named(fig) == always | kinds | {"not looked at"}
    for point in range(1, 10):
        update(point)
    assert named(fig) == always | set(KINDS)
    fig, update = on_a_figure(scenes.saddles_by_cost)
    list(update(6, shown=0.2))
    assert named(fig) == {"saddle"}


@pytest.mark.parametrize("surface, many", [("himmelblau", 9), ("saddle", 3)])
def test_a_press_on_a_point_looks_at_that_point(surface, many):
    """Catches spots in another order than the points are counted in, and those of another surface."""
    fig, update = on_a_figure(scenes.zero_gradients)
    (pick,) = update.handles
    ring = next(line for line in fig.axes[0].lines if line.get_fillstyle() == "none")
    for spot in range(many):
        values = {"point": 1, "surface": surface}
        place = pick.spots(values)[spot]
        update(**{**values, **pick.picked(values, spot)})
        np.testing.assert_allclose(ring.get_xydata()[0], place)
    assert len(pick.spots(values)) == update.facts["points"] == many


def test_the_line_at_the_cost_says_how_many_are_shown():
    """Catches a share counted from below: dragged to a cost, the points above it are shown, to a tenth of them."""
    fig, update = on_a_figure(scenes.saddles_by_cost)
    (line,) = update.handles
    list(update(4, shown=0.2))
    J = update.facts["J"]
    for shown in (0.2, 0.5, 0.9):
        cost = np.quantile(J, 1 - shown)
        assert line.moved({"n": 4}, 0, cost, 0.5)["shown"] == pytest.approx(shown, abs=0.02)
        list(update(4, shown=shown))
        assert line.spots({"shown": shown}) == [(cost, None)]
        drawn = np.concatenate([each.get_xdata() for each in fig.axes[0].lines if each.get_label() in KINDS])
        assert drawn.min() >= cost - 1e-12 and len(drawn) == (J >= cost).sum()


def path_of(fig, name):
    """(the path, the dots) of an optimizer in the plane."""
    plane = fig.axes[0]
    (path,) = (line for line in plane.lines if line.get_label() == name)
    (dots,) = (line for line in plane.lines if line.get_marker() == "." and line.get_color() == path.get_color())
    return path.get_xydata(), dots.get_xydata()


def test_a_path_has_a_dot_for_each_step_up_to_its_arrival():
    """The dragged place is where all paths start; a step of descent on the ridge is recomputed."""
    fig, update = on_a_figure(scenes.saddle_leaving)
    list(update(1e-3, 0.05))
    for name, needed in update.facts.items():
        path, dots = path_of(fig, name)
        np.testing.assert_array_equal(path, dots)
        assert len(path) == needed + 1 and path[0].tolist() == [-1.5, 1e-3] == list(
            update.handles[0].spots({"w2": 1e-3})[0]
        )
    path, _ = path_of(fig, "descent")
    np.testing.assert_allclose(path[1:], path[:-1] - 0.05 * surfaces.saddle(path[:-1])[1])
    J = surfaces.saddle(path)[0] + 0.25
    assert J[-1] < 0.01 <= J[:-1].min()


def test_the_row_of_numbers_is_the_steps_from_each_power_of_ten():
    fig, update = on_a_figure(scenes.saddle_leaving)
    for w2, powers in ((0.5, 0), (1e-3, 3), (2e-4, 3), (1e-6, 6)):
        list(update(w2, 0.05))
        row = {text.get_position()[0]: text.get_text() for text in fig.axes[1].texts if text.get_text().isdigit()}
        assert len(row) == powers
    (dots,) = (line for line in fig.axes[1].lines if line.get_marker() == "o" and len(line.get_xdata()) == 6)
    for start, said in row.items():
        list(update(start, 0.05))
        assert float(said) == update.facts["descent"]
    assert sorted(dots.get_ydata()) != [] and set(map(float, row.values())) >= set(dots.get_ydata())


def test_the_start_in_the_plain_is_dragged_along_its_ray():
    """To the foot of the perpendicular from wherever the hand is."""
    fig, update = on_a_figure(scenes.plateau_crossing)
    start, _ = update.handles
    assert start.spots({"distance": 2.0})[0] == pytest.approx((1.6, 1.2))
    assert start.moved({"distance": 2.0}, 0, 3.2 - 0.6, 2.4 + 0.8)["distance"] == pytest.approx(4.0)
    list(update(4.0, 0.1))
    path, _ = path_of(fig, "Adam")
    np.testing.assert_allclose(path[0], start.spots({"distance": 4.0})[0])


def test_a_path_that_leaves_the_plane_has_an_arrow():
    fig, update = on_a_figure(scenes.saddle_leaving)
    list(update(0.01, 0.05))
    assert not arrows(fig.axes[0])
    *_, (_, sentence) = update(0.01, 2.5)
    assert "diverged: descent" in sentence and arrows(fig.axes[0])
