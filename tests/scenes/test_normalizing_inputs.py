"""The scenes on normalizing inputs: what they draw is descent, and the limits they mark are where it stops to settle."""

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import network, optimizers, scenes, training
from dlcourse.scenes import normalizing_inputs as scenes_of
from dlcourse.scenes import plots


@pytest.fixture(scope="module")
def unit():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(1, 200))
    x = (x - x.mean()) / x.std()
    return x, (rng.uniform(size=(1, 200)) < 1 / (1 + np.exp(-x - 0.5))).astype(int)


def settled(x, Y, lr):
    """Descents of their own, x (K, 1, m) and lr (K,), until long after: is each one's slope zero?"""

    def objective(theta):
        return network.cost_and_grad(network.Net((1, 1)), theta, x, Y)

    theta, _ = training.last(training.descend(objective, np.zeros((len(lr), 2)), optimizers.sgd, lr=lr), 3000)
    return np.abs(objective(theta)[1]).max(axis=-1) < 1e-6


START = {"w": 1.0, "b": -2.0}


def handle(update, name):
    return next(held for held in update.handles if held.name == name)


@pytest.mark.parametrize("spread, mean", [(1, 0.0), (4, 0.0), (1, 3.0)])
def test_the_marked_alpha_is_the_largest_that_settles(unit, spread, mean):
    """Catches a limit of 1/curvature, the smallest curvature, the other set's, and a minimum carried over wrongly."""
    fig, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    update(spread, mean, 0.0, 0.0)
    x, Y = unit
    raw, normed = update.facts["largest"]
    rates = np.array([0.95 * raw, 1.05 * raw, 0.95 * normed, 1.05 * normed])
    assert settled(np.stack([spread * x + mean] * 2 + [x] * 2), Y, rates).tolist() == [True, False, True, False]
    for k, largest in enumerate((raw, normed)):
        thin, thick = [line for line in fig.axes[2].lines if line.get_color() == plots.COLOURS[k]][:2]
        assert 0.9 * largest < thick.get_xdata()[-1] <= largest < thin.get_xdata()[-1] <= 2 * largest


def test_normalizing_undoes_spread_and_mean(unit):
    """Syllabus 6.03: whatever the units, the normalized cost allows the same alpha; the raw one pays with the square."""
    _, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    limits = []
    for spread, mean in ((1, 0.0), (10, 0.0), (0.5, 4.0)):
        assert "As it came" in update(spread, mean, **START)
        limits.append(update.facts["largest"])
    assert [norm for _, norm in limits] == pytest.approx([limits[0][1]] * 3, rel=1e-6)
    assert 50 < limits[0][0] / limits[1][0] <= 100 and limits[2][0] < limits[0][0] / 5


def test_the_paths_start_where_they_are_held_and_end_where_the_sentence_says(unit):
    fig, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    said = update(3, 0.0, **START, share=0.5)
    net = network.Net((1, 1))
    for k, (size, axes, name) in enumerate(zip((3, 1), fig.axes, scenes_of.SETS)):
        path, x = axes.lines[0].get_xydata(), size * unit[0]
        assert len(path) == scenes_of.STEPS + 1 and path[0].tolist() == [1, -2]
        assert next(line for line in axes.lines if line.get_markersize() == 10).get_xydata().tolist() == [[1, -2]]
        assert handle(update, f"start, {name}").spots(START) == [(1, -2)]
        lr = 0.5 * update.facts["best"][k]
        first = [1, -2] - lr * network.cost_and_grad(net, np.array([1.0, -2.0]), x, unit[1])[1]
        np.testing.assert_allclose(path[1], first)
        best = next(line for line in axes.lines if line.get_marker() == "*").get_xydata()[0]
        gap = network.cost(net, path[-1], x, unit[1]) - network.cost(net, best, x, unit[1])
        assert gap == pytest.approx(update.facts["ends"][k], rel=1e-6) and gap > 0
    assert f"{update.facts['ends'][0]:.2g} and " in said


def test_both_landscapes_have_the_same_axes_and_a_unit_is_as_long_across_as_up(unit):
    fig, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    for spread, mean in ((10, 0.0), (1, 3.0)):
        update(spread, mean, **START)
        before, after = fig.axes[:2]
        assert (before.get_xlim(), before.get_ylim()) == (after.get_xlim(), after.get_ylim())
        assert before.get_aspect() == after.get_aspect() == 1


def test_each_takes_the_alpha_that_ends_lowest_of_those_that_settle(unit):
    """Its grey line stands there; dragged, both move by the same share. Catches the best of the other set."""
    fig, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    start = {"spread": 4.0, "mean": 0.0, **START, "share": 1.0}
    update(**start)
    best, ends = update.facts["best"], update.facts["ends"]
    for k, name in enumerate(scenes_of.SETS):
        assert best[k] <= update.facts["largest"][k]
        held = handle(update, f"alpha, {name}")
        for factor in (0.9, 1.1):
            moved = held.moved(start, 0, factor * best[k], None)
            assert moved == pytest.approx({"share": factor})
            update(**{**start, **moved})
            assert update.facts["ends"][k] > min(ends[k], 1e-11) or factor * best[k] > update.facts["largest"][k]
            lines = [line.get_xdata()[0] for line in fig.axes[2].lines if line.get_color() == "#7A7A7A"]
            assert lines == pytest.approx([factor * alpha for alpha in best])
            assert held.spots({**start, **moved})[0] == (pytest.approx(factor * best[k]), None)


def test_own_statistics_hurt_a_lopsided_test_set():
    """Syllabus 6.02: with the training set's numbers accuracy does not depend on the mixture; one example becomes zero."""
    fig, update = on_a_figure(scenes.statistics_of_the_test_set)
    for share in (0.1, 0.5, 0.9):
        update("training set's", share, 200)
        assert update.facts["accuracy"] > 0.95
    update("its own", 0.9, 200)
    assert update.facts["lost"] > 0.2
    update("its own", 1.0, 1)
    assert by_class(fig.axes[1]).tolist() == [[0.0, 0.0]]


def test_a_dragged_test_example_moves_the_statistics_of_its_set():
    """Left it lies where it was dropped. By its own statistics all are moved, by the training set's only this one."""
    fig, update = on_a_figure(scenes.statistics_of_the_test_set)
    left, right = fig.axes
    points = handle(update, "test examples")
    for statistics, others in (("its own", True), ("training set's", False)):
        update(statistics, 0.5, 20)
        before = by_class(right)
        own = tuple(points.points({"data": None}))
        assert update.idle == set() and len(own) == 20
        np.testing.assert_allclose(by_class(left), [(x, y) for x, y, _ in own])
        said = update(statistics, 0.1, 5, own)  # given back, nothing changes, whatever share and examples say
        assert update.idle == {"share", "examples"} and said.startswith("20 test examples, 10 of class 1")
        np.testing.assert_allclose(by_class(right), before)
        update(statistics, 0.5, 20, points.moved({"data": own}, 0, 120.0, 9.7)["data"])
        assert by_class(left)[0].tolist() == [120.0, 9.7]
        moved = np.abs(by_class(right) - before).max(axis=1) > 1e-6
        assert moved[0] and moved[1:].all() == moved[1:].any() == others
    update("its own", 0.5, 20, ((0.0, 10.0, 0), (40.0, 10.2, 1)))
    across, up = np.array(next(line for line in left.lines if line.get_label().startswith("mean")).get_data())
    assert (across.tolist()[:2], up.tolist()[:2]) == ([0, 40], pytest.approx([10.1, 10.1]))
    assert (across.tolist()[3:5], up.tolist()[3:5]) == ([20, 20], pytest.approx([10, 10.2]))
    np.testing.assert_allclose(by_class(right), [(-1, -1), (1, 1)])


def by_class(axes):
    """The test examples that are drawn, squares first."""
    looks = {line.get_marker(): line.get_xydata() for line in axes.lines if line.get_markeredgecolor() == "white"}
    return np.concatenate([looks["s"], looks["o"]])


def test_a_thread_leads_from_where_the_training_set_would_put_it():
    fig, update = on_a_figure(scenes.statistics_of_the_test_set)
    threads = next(line for line in fig.axes[1].lines if line.get_alpha())
    update("training set's", 0.9, 30)
    proper = by_class(fig.axes[1])
    update("its own", 0.9, 30)
    thread = threads.get_xydata()
    np.testing.assert_allclose(thread[::3], proper)
    np.testing.assert_allclose(thread[1::3], by_class(fig.axes[1]))
    assert np.isnan(thread[2::3]).all()


def test_an_end_below_the_floor_is_an_arrow_and_no_line_along_the_edge(unit):
    fig, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    sweep = fig.axes[2]
    for share, ways in ((1.0, {"v"}), (0.1, set())):
        update(1, 0.0, **START, share=share)
        assert set(arrows(sweep)) == ways
        low = sweep.get_ylim()[0]
        assert not any((line.get_ydata() == low).any() for line in sweep.lines)


def test_a_path_that_leaves_the_plane_says_where(unit):
    fig, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    for spread, share, leaves in ((1, 4.0, True), (10, 1.0, False)):
        update(spread, 0.0, **START, share=share)
        path, plane = fig.axes[0].lines[0].get_xydata(), fig.axes[0]
        beyond = [
            not low <= v <= high
            for point in path
            for v, (low, high) in zip(point, (plane.get_xlim(), plane.get_ylim()))
        ]
        assert any(beyond) == bool(arrows(plane)) == leaves
