"""The scenes on initialization and activations: they measure what they say, on real nets."""

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import datasets, initializers, network, scenes
from dlcourse.live import live, log_slider, slider

pytestmark = pytest.mark.usefixtures("close_labs")


@pytest.fixture(scope="module")
def moons():
    return datasets.moons(200, 0.1, np.random.default_rng(0))


@pytest.mark.parametrize("w, size", [(1.5, "58"), (0.5, "9.8e-4")])
def test_powers_of_depth_says_the_numbers_of_the_notes(w, size):
    """Syllabus 7.03: with L = 11 layers, 1.5^(L-1) = 57.7 and 0.5^(L-1) = 0.00098."""
    _, update = on_a_figure(scenes.powers_of_depth)
    assert f"layer 10 holds {size} times the input" in update(w, 11)
    assert update.facts["up"] == pytest.approx(w**10) and update.facts["down"] == pytest.approx(w**9)


def test_field_and_dots_follow_the_theory():
    """Catches a field upside down, a column off, dZ of the wrong layer."""
    fig, update = on_a_figure(scenes.initialization_field)
    update(1.0, 10, 150, "relu")
    images = [axes.images[0].get_array() for axes in fig.axes[:4] if axes.images]
    middle = images[0].shape[1] // 2  # scale 1: the mean square halves in each layer
    np.testing.assert_allclose(images[0][:, middle], -0.5 * np.log10(2) * np.arange(1, 11), atol=1e-9)
    np.testing.assert_allclose(images[1][:, middle], -0.5 * np.log10(2) * np.arange(9, -1, -1), atol=1e-9)
    assert update.facts["up"] == pytest.approx(2**-5, rel=0.3) and update.facts["down"] == pytest.approx(
        2**-4.5, rel=0.3
    )


def test_what_keeps_signals_at_one():
    _, update = on_a_figure(scenes.initialization_field)
    for activation, std in (("relu", initializers.he), ("linear", initializers.xavier)):
        update(std(100, 100) * 10, 20, 100, activation)
        assert 0.4 < update.facts["up"] < 2.5 and 0.4 < update.facts["down"] < 2.5
    update(10.0, 20, 100, "relu")  # std 1
    assert update.facts["up"] > 1e15
    update(0.1, 20, 100, "relu")  # std 0.01
    assert update.facts["up"] < 1e-20


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_equal_units_stay_equal(moons, activation):
    """From zero nothing moves; from 0.5 all move, together; random ones part."""
    fig, update = on_a_figure(scenes.symmetry, *moons)
    update("zero", 300, activation)
    assert all(np.ptp(line.get_xydata(), axis=0).max() == 0 for line in fig.axes[0].lines)
    update("all 0.5", 300, activation)
    paths = [line.get_xydata() for line in fig.axes[0].lines]
    assert np.ptp(paths[0], axis=0).max() > 0.1 and np.ptp(paths, axis=0).max() < 1e-9
    one = update.facts["accuracy"]
    update("random", 300, activation)
    assert update.facts["different"] == 4 and update.facts["accuracy"] > one


def test_only_starts_of_the_right_size_learn(moons):
    """Syllabus 8.09 and 7.05: the same deep relu net, data and alpha; below, tiny starts leave the layers where they were."""
    fig, update = on_a_figure(scenes.learning_from_each_start, *moons)
    done = list(update(8, 0.1, "relu"))
    assert len(done) > 20 and done[-1][0] == 1
    assert set(update.facts["learnt"]) == {"glorot", "xavier", "he"} and "exploded: std 1" in done[-1][1]
    moved = [line.get_ydata() for line in fig.axes[1].lines[:6]]
    assert [len(each) for each in moved] == [0, 9, 9, 9, 9, 0]  # zero has not moved, std 1 is away: arrows
    costs = {line.get_label(): line.get_ydata() for line in fig.axes[0].lines}
    assert costs["zero"][-1] == pytest.approx(np.log(2)) and costs["he"][-1] < 0.1


def test_tiny_starts_leave_the_layers_where_they_are(moons):
    fig, update = on_a_figure(scenes.learning_from_each_start, *moons)
    list(update(8, 0.1, "tanh"))
    by_start = [line.get_ydata() for line in fig.axes[1].lines]  # zero, std 0.01, glorot, xavier, he, std 1
    assert by_start[1][0] < 1e-6 < 1e-3 < by_start[4][0]
    list(update(8, 0.1, "sigmoid"))
    he = fig.axes[1].lines[4].get_ydata()
    assert (he[:-1] < he[1:]).sum() >= 6 and he[0] < he[-1] / 300


def test_a_large_alpha_kills_relus_and_not_leaky_ones(moons):
    """Syllabus 9.01; the leaky line stays at zero, because its slope is never zero."""
    fig, update = on_a_figure(scenes.dying_relus, *moons)
    list(update(1.0))
    assert update.facts["dead"] == 0
    list(update(10.0))
    assert update.facts["dead"] > 0.4
    dead = {line.get_label(): line.get_ydata() for line in fig.axes[1].lines}
    assert not any(dead["leaky_relu"]) and dead["relu"][0] == 0


def hinges(line):
    """The ends of each line, (n, 2, 2)."""
    return line.get_xydata().reshape(-1, 3, 2)[:, :2]


def sides(ends, points):
    """On which side of each line the points (2, m) lie: (n, m)."""
    (x, y), (dx, dy) = ends[:, 0].T[..., None], (ends[:, 1] - ends[:, 0]).T[..., None]
    return np.sign(dx * (points[1] - y) - dy * (points[0] - x))


@pytest.mark.parametrize("lr", [1.0, 7.5, 10.0])
def test_the_hinge_of_a_dead_relu_has_left_the_data(moons, lr):
    """One line for each of the 40 units; no dead one parts the data, and its tick points away from them."""
    fig, update = on_a_figure(scenes.dying_relus, *moons)
    list(update(lr))
    lines = {line.get_label(): line for line in fig.axes[0].lines}
    alive, dead = hinges(lines["alive"]), hinges(lines["dead"])
    assert len(alive) + len(dead) == 40 and len(dead) == round(40 * update.facts["dead"])
    assert (lines["alive"].get_linestyle(), lines["alive"].get_color()) != (
        lines["dead"].get_linestyle(),
        lines["dead"].get_color(),
    )
    assert (np.ptp(sides(dead, moons[0]), axis=1) == 0).all() and np.ptp(sides(alive, moons[0]), axis=1).any()
    if len(dead):
        (tick,) = (
            line for line in fig.axes[0].lines if len(line.get_xdata()) == 3 * len(dead) and line is not lines["dead"]
        )
        for end, tip in zip(dead, hinges(tick)[:, 1]):
            assert (sides(end[None], moons[0])[0] == -sides(end[None], tip[:, None])[0]).all()


def test_the_hinges_are_where_z_is_0(moons):
    """At the start, step 0, recomputed from the weights."""
    fig, update = on_a_figure(scenes.dying_relus, *moons)
    next(update(1.0))
    net = network.Net((2, 40, 1))
    theta = initializers.initialize(net.shapes, rng=np.random.default_rng(0))
    line = next(line for line in fig.axes[0].lines if line.get_label() == "alive")
    for ends in hinges(line).swapaxes(0, 1):
        Z = network.forward(net, theta, ends.T)[1]["Z1"]
        np.testing.assert_allclose(np.diag(Z), 0, atol=1e-9)


def test_a_training_that_is_played_is_the_one_that_runs_at_once(moons):
    """Step by step, with stops half-way: the same curves as all 200 steps from nothing."""
    fig, played = on_a_figure(scenes.learning_from_each_start, *moons)
    other, once = on_a_figure(scenes.learning_from_each_start, *moons)
    for steps in (0, 5, 10, 60, 30, 200):
        run = played(8, 0.1, "relu", steps)
        next(run)
        run.close()  # dropped half-way
        last = list(played(8, 0.1, "relu", steps))[-1]
        assert last == list(once(8, 0.1, "relu", steps))[-1] and last[0] == 1 and f"step {steps}:" in last[1]
        once.afresh()
        for one, two in zip(fig.axes, other.axes):
            for a, b in zip(one.lines, two.lines):
                np.testing.assert_array_equal(a.get_xydata(), b.get_xydata())


def test_the_start_in_front_stands_out_and_says_where_its_cost_was_highest(moons):
    fig, update = on_a_figure(scenes.learning_from_each_start, *moons)
    *_, (_, said) = update(8, 0.1, "relu", 200, "he")
    he = next(line for line in fig.axes[0].lines if line.get_label() == "he")
    assert "the cost of he was highest at step 26, 0.97" in said and he.get_ydata()[26] == he.get_ydata().max()
    assert he.get_alpha() is None and all(l.get_alpha() < 0.5 and l.zorder < he.zorder for l in fig.axes[0].lines[:4])
    list(update(8, 0.1, "relu", 200))
    assert {line.get_alpha() for line in fig.axes[0].lines[:6]} == {None}


def test_the_hand_moves_what_it_holds():
    """The dot of A is lifted to its height, the scale's line to its scale, the point of z along both curves."""
    powers = live(scenes.powers_of_depth, w=slider(0.5, 1.5, 1.0, step=0.05), L=(2, 50, 11))
    more = {"depth": (2, 30, 20), "width": (5, 150, 100), "activation": ["relu", "tanh"]}
    field = live(scenes.initialization_field, scale=log_slider(0.1, 10, start=1.0), **more)
    more = {"slope": (0.0, 0.5, 0.1), "a": (0.5, 2.0, 1.0), "activation": ["relu", "leaky_relu"]}
    curves = live(scenes.activation_curves, z=(-5.0, 5.0, -1.0), **more)
    powers.drag("A at the top", 3, 1.5**10)
    assert powers.values == {"w": 1.5, "L": 11}
    assert powers.frame.figure.axes[0].lines[0].get_xydata()[-1] == pytest.approx([10, 1.5**10])
    for handle in field.handles:
        field.drag(handle, np.log10(2), 7)
        assert field.values["scale"] == 2
        assert field.frame.figure.axes[0].lines[0].get_xdata()[0] == pytest.approx(np.log10(2))
        field.set(scale=1.0)
    for handle, axes in zip(curves.handles, curves.frame.figure.axes):
        curves.set(activation="leaky_relu", slope=0.3)
        curves.drag(handle, -4, 2)
        (place,) = curves.handles[handle].spots(curves.values)
        assert place == pytest.approx((-4, -1.2 if "curve" in handle else 0.3))
        assert next(l for l in axes.lines if len(l.get_xdata()) == 1).get_xydata()[0] == pytest.approx(place)


def test_the_order_of_the_notes_and_its_reasons():
    """Syllabus 9.04: elu, leaky relu, relu, tanh, logistic; the slopes for z < 0, and at most, are as they should be."""
    fig, update = on_a_figure(scenes.activation_curves)
    names = [line.get_label() for line in fig.axes[0].lines[:5]]
    assert names == ["elu", "leaky_relu", "relu", "tanh", "sigmoid"]
    slopes = {}
    for name in names:
        sentence = update(name, -2.0, slope=0.1, a=1.0)
        slopes[name] = update.facts["slope_here"]
        assert name in sentence
    assert slopes["relu"] == 0 and slopes["leaky_relu"] == 0.1 and slopes["elu"] == pytest.approx(np.exp(-2))
    most = [line.get_ydata().max() for line in fig.axes[1].lines[:5]]
    assert most == pytest.approx([1, 1, 1, 1, 0.25])


def test_the_linear_nets_product():
    """Syllabus 7.02, with the notes' own matrix: diag(1.5, 0.5) grows one feature and shrinks the other, both at once."""
    net = network.Net((2, 2, 2, 2, 1), "linear")
    W = np.diag([1.5, 0.5])
    theta = np.concatenate([*[np.append(W.ravel(), [0, 0])] * 3, [1, 1, 0]])
    _, cache = network.forward(net, theta, [[1.0], [1.0]])
    assert cache["A3"].ravel().tolist() == pytest.approx([1.5**3, 0.5**3])


def test_what_leaves_the_plot_is_an_arrow(moons):
    """A, dZ, costs and moves beyond the axes were drawn outside of them, at the edge, or at the number 10."""
    fig, update = on_a_figure(scenes.powers_of_depth)
    update(0.5, 20)
    for axes in fig.axes:
        (low, high), dots = axes.get_ylim(), axes.lines[0].get_ydata()
        assert low < dots.min() and dots.max() < high and len(dots) + len(arrows(axes)["v"][0]) == 19
    fig, update = on_a_figure(scenes.learning_from_each_start, *moons)
    list(update(8, 0.1, "relu", 50))
    curve, moved = fig.axes
    assert curve.lines[5].get_ydata()[0] > 1.2 and arrows(curve)["^"][0] == pytest.approx([0], abs=4)  # std 1
    assert [len(places[0]) for places in arrows(moved).values()] == [9, 9]  # zero has not moved, std 1 is away
    assert not any(len(line.get_xdata()) for line in (moved.lines[0], moved.lines[5]))
    list(update(8, 0.1, "relu", 0))
    assert not arrows(moved) and moved.texts[0].get_text() == "not a step yet"
