"""The scenes on normalizing inputs: what they draw is descent, and the limits they mark are where it stops to settle."""

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import network, optimizers, scenes, training


@pytest.fixture(scope="module")
def unit():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(1, 200))
    x = (x - x.mean()) / x.std()
    return x, (rng.uniform(size=(1, 200)) < 1 / (1 + np.exp(-x - 0.5))).astype(int)


def settled(x, Y, lr):
    """Descent of its own, until long after: is its slope zero?"""

    def objective(theta):
        return network.cost_and_grad(network.Net((1, 1)), theta, x, Y)

    theta, _ = training.last(training.descend(objective, np.zeros(2), optimizers.sgd, lr=lr), 3000)
    return np.abs(objective(theta)[1]).max() < 1e-6


@pytest.mark.parametrize("spread, mean", [(1, 0.0), (4, 0.0), (1, 3.0)])
def test_the_marked_alpha_is_the_largest_that_settles(unit, spread, mean):
    """Catches a limit of 1/curvature, the smallest curvature, the other set's, and a minimum carried over wrongly."""
    _, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    update(spread, mean)
    x, Y = unit
    for data, largest in zip((spread * x + mean, x), update.facts["largest"]):
        assert settled(data, Y, 0.95 * largest) and not settled(data, Y, 1.05 * largest)


def test_normalizing_undoes_spread_and_mean(unit):
    """Syllabus 6.03: whatever the units, the normalized cost allows the same alpha; the raw one pays with the square."""
    _, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    limits = []
    for spread, mean in ((1, 0.0), (10, 0.0), (0.5, 4.0)):
        assert "As it came" in update(spread, mean)
        limits.append(update.facts["largest"])
    assert [norm for _, norm in limits] == pytest.approx([limits[0][1]] * 3, rel=1e-6)
    assert 50 < limits[0][0] / limits[1][0] <= 100 and limits[2][0] < limits[0][0] / 5


def test_the_paths_end_where_the_sentence_says(unit):
    fig, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    update(3, 0.0, 0.5)
    path, x = fig.axes[0].lines[0].get_xydata(), 3 * unit[0]
    assert len(path) == 31 and path[0].tolist() == [0, 0]
    net, best = network.Net((1, 1)), fig.axes[0].lines[1].get_xydata()[0]
    gap = network.cost(net, path[-1], x, unit[1]) - network.cost(net, best, x, unit[1])
    assert gap == pytest.approx(update.facts["ends"][0], rel=1e-6) and gap > 0


def test_own_statistics_hurt_a_lopsided_test_set():
    """Syllabus 6.02: with the training set's numbers accuracy does not depend on the mixture; one example becomes zero."""
    fig, update = on_a_figure(scenes.statistics_of_the_test_set)
    for share in (0.1, 0.5, 0.9):
        update("training set's", share, 200)
        assert update.facts["accuracy"] > 0.95
    update("its own", 0.9, 200)
    assert update.facts["lost"] > 0.2
    update("its own", 1.0, 1)
    assert fig.axes[1].lines[-1].get_xydata().tolist() == [[0.0, 0.0]]


def test_a_cost_below_the_floor_leaves_the_plot_and_is_no_line_along_its_edge(unit):
    fig, update = on_a_figure(scenes.contours_of_the_inputs, *unit)
    right = fig.axes[2]
    for share, ways in ((0.5, {"v"}), (0.01, set()), (1.5, set())):
        update(1, 0.0, share)
        assert set(arrows(right)) == ways
        low = right.get_ylim()[0]
        assert not any((line.get_ydata() == low).any() for line in right.lines)
