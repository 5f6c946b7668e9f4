"""The race on surfaces: it is fair, its laws show in the picture, and its start is taken in the hand."""

import numpy as np
import pytest
from figures import on_a_figure

from dlcourse import scenes
from dlcourse.live import choice, live, log_slider, slider
from dlcourse.scenes import races
from dlcourse.scenes.races import BOUND, FINE, LONGEST, LOOKS, RATES, STAY, arrivals, race
from dlcourse.surfaces import SURFACES, rosenbrock
from dlcourse.training import history

pytestmark = pytest.mark.usefixtures("close_labs")


def paths(fig):
    """{name: (T, 2)}: what the left picture draws, a dot for each step."""
    return {line.get_label(): line.get_xydata() for line in fig.axes[0].lines if line.get_marker() == "."}


@pytest.mark.parametrize("surface", SURFACES)
def test_all_start_at_the_same_point_and_beta1_0_makes_momentum_plain_descent(surface):
    """Catches an unfair start, and an optimizer that gets another's beta."""
    fig, update = on_a_figure(scenes.optimizer_paths)
    update(lr=0.001, beta1=0.0, steps=20, surface=surface)
    drawn = paths(fig)
    assert {tuple(path[0]) for path in drawn.values()} == {SURFACES[surface].start}
    for name in ("momentum", "Nesterov"):
        np.testing.assert_allclose(drawn[name], drawn["descent"], rtol=1e-9, atol=1e-12)


def test_who_races_beside_others_takes_the_way_that_it_takes_alone():
    """Catches an optimizer that gets another's part of theta, of the gradient or of the memory."""
    start, lrs = np.tile([-1.2, 1.0], (5, 1)), np.geomspace(0.001, 0.05, 5)
    together, _ = history(race(LOOKS, rosenbrock, start, lrs, 0.9, 0.99), 60)
    for i, name in enumerate(LOOKS):
        alone, _ = history(race([name], rosenbrock, start, lrs, 0.9, 0.99), 60)
        np.testing.assert_array_equal(together[: len(alone), i], alone[:, 0])
        for k, lr in enumerate(lrs):
            one, _ = history(race([name], rosenbrock, start[:1], lr, 0.9, 0.99), 60)
            np.testing.assert_array_equal(together[: len(one), i, k], one[:, 0, 0])


def test_moving_alpha_runs_once_for_all_and_shows_what_each_shows_alone(monkeypatch):
    """Catches another alpha's path, and a run for each position of the slider."""
    ran = []
    monkeypatch.setattr(races, "race", lambda *given, **using: ran.append(given) or race(*given, **using))
    fig, update = on_a_figure(scenes.optimizer_paths)
    said = {lr: (update(lr=lr, steps=80), paths(fig), update.facts["costs"]) for lr in (0.05, 0.06, 0.5, 2.5)}
    assert len(ran) == 2
    for lr, (sentence, drawn, costs) in said.items():
        other, alone = on_a_figure(scenes.optimizer_paths)
        assert alone(lr=lr, steps=80) == sentence
        for name in LOOKS:
            np.testing.assert_array_equal(paths(other)[name], drawn[name])
            np.testing.assert_array_equal(alone.facts["costs"][name], costs[name])


def test_one_alpha_means_the_same_for_all_three_kinds_of_descent():
    """With a small alpha all three follow the slope equally fast. Catches a Nesterov left on heavy-ball scale."""
    _, update = on_a_figure(scenes.optimizer_paths)
    update(lr=0.002, beta1=0.9, steps=200)
    last = update.facts["last"]
    assert last["momentum"] == pytest.approx(last["descent"], rel=0.1)
    assert last["Nesterov"] == pytest.approx(last["descent"], rel=0.1)


@pytest.mark.parametrize("condition", [20, 100])
def test_each_its_best_arrives_no_later_than_one_for_all(condition):
    _, update = on_a_figure(scenes.optimizer_paths)
    for lr in FINE[::8]:
        update(lr=lr, rates=RATES[0], steps=LONGEST, condition=condition)
        same = update.facts["first"]
        update(lr=lr, rates=RATES[1], steps=LONGEST, condition=condition)
        assert all(update.facts["first"][name] <= same[name] for name in LOOKS) and update.idle == {"lr"}


def test_the_best_alpha_stays_the_same_while_the_steps_are_played():
    """Catches a rate that is chosen by the steps shown so far: the path would jump to another one."""
    fig, update = on_a_figure(scenes.optimizer_paths)
    update(lr=0.05, rates=RATES[1], steps=LONGEST)
    best, whole = update.facts["best"], paths(fig)
    for steps in (1, 30, 90):
        update(lr=0.05, rates=RATES[1], steps=steps)
        assert update.facts["best"] == best
        for name, path in paths(fig).items():
            np.testing.assert_array_equal(path, whole[name][: steps + 1])


def test_who_arrives_is_below_the_bound_for_ten_steps_on_end():
    """By hand, from plain descent in the ravine. Catches a last step, a count from 1, and a run that only flies past."""
    fig, update = on_a_figure(scenes.optimizer_paths, ("descent", "momentum"))
    sentence = update(lr=0.05, steps=LONGEST)
    w, step = np.array([-3.5, 2.0]), 0
    while (w[0] ** 2 + 20 * w[1] ** 2) / 2 >= BOUND:
        w, step = w * (1 - 0.05 * np.array([1.0, 20.0])), step + 1
    assert update.facts["first"]["descent"] == step and f"descent {step}" in sentence
    J, first = update.facts["costs"]["momentum"], int(update.facts["first"]["momentum"])
    assert (J[first : first + STAY] < BOUND).all() and J[first - 1] >= BOUND
    assert np.argmax(J < BOUND) < first, "this run is below the bound earlier, in passing"
    assert "nobody so far" in update(lr=0.05, steps=step + STAY - 2) and update.facts["first"]["descent"] == np.inf
    below = np.array([[0, 1, 0, *[1] * STAY], [1] * 12 + [0]], bool).T
    np.testing.assert_array_equal(arrivals(below), [3, 0])
    assert (arrivals(below[: STAY - 1]) == np.inf).all()


def test_a_long_step_is_a_long_way_between_two_dots():
    """Every step is a dot on the path, and plain descent's first one is alpha times the slope."""
    fig, update = on_a_figure(scenes.optimizer_paths, ("descent",))
    for lr in (0.01, 0.09):
        update(lr=lr, steps=20)
        (line,) = (line for line in fig.axes[0].lines if line.get_label() == "descent" and line.get_marker() == ".")
        assert len(line.get_xdata()) == 21 and line.get_markevery() is None
        np.testing.assert_allclose(np.diff(line.get_xydata(), axis=0)[0], [3.5 * lr, -40 * lr])


def test_only_who_is_on_the_way_has_a_marker_on_the_path():
    """Six markers on one minimum could not be told apart; who has arrived has its marker where its cost arrives."""
    fig, update = on_a_figure(scenes.optimizer_paths)
    update(lr=0.05, steps=70)
    tips = {line.get_label() for line in fig.axes[0].lines if line.get_marker() != "." and len(line.get_xdata()) == 1}
    first = update.facts["first"]
    assert tips & set(LOOKS) == {name for name in LOOKS if first[name] == np.inf} != set()
    for line in fig.axes[1].lines:
        if line.get_label() in LOOKS:
            assert line.get_markevery() == [min(first[line.get_label()], 70)]


@pytest.mark.parametrize("turn", [0, 30, 45])
def test_the_start_stands_where_it_is_dragged_to(turn):
    """In the plane as it is drawn, turned or not. Catches a way back that turns once more."""
    controls = {"w1": slider(-4.0, 4.0, -3.5, step=0.05), "w2": slider(-3.0, 3.0, 2.0, step=0.05)}
    lab = live(
        scenes.optimizer_paths,
        lr=log_slider(0.001, 10, start=0.05),
        turn=slider(0, 45, turn, step=5),
        steps=(1, 200, 20),
        **controls,
    )
    lab.drag("start", 1.0, -1.5)
    for name, path in paths(lab.frame.figure).items():
        np.testing.assert_allclose(path[0], [1.0, -1.5], atol=0.04, err_msg=name)
    angle = np.deg2rad(turn)
    there = lab.values["w1"] + 1j * lab.values["w2"]
    assert abs(there * np.exp(1j * angle) - (1.0 - 1.5j)) < 0.04


def test_alpha_is_dragged_on_the_grey_line_unless_each_has_its_own():
    rates = choice(list(RATES), RATES[0])
    lab = live(
        scenes.optimizer_paths, ("descent",), lr=log_slider(0.001, 10, start=0.05), rates=rates, steps=(1, 200, 20)
    )
    lab.drag("alpha", 0.2, 100)
    assert lab.values["lr"] == 0.2 and "diverged: descent" in lab.caption
    lab.set(rates=RATES[1])
    assert "alpha" not in lab.handles


@pytest.mark.parametrize("turn", [15, 45])
def test_a_turned_valley_is_the_same_for_descent_and_not_for_those_who_divide(turn):
    """Catches a turn of the gradient or of the start the wrong way round: descent would take another path."""
    fig, update = on_a_figure(scenes.optimizer_paths)
    update(lr=0.05, steps=100)
    straight = paths(fig), update.facts["costs"]
    update(lr=0.05, steps=100, turn=turn)
    drawn, costs = paths(fig), update.facts["costs"]
    for name in ("descent", "momentum", "Nesterov"):
        np.testing.assert_allclose(costs[name], straight[1][name], rtol=1e-6, atol=1e-9)
        lengths = (np.linalg.norm(each[name], axis=1) for each in (drawn, straight[0]))
        np.testing.assert_allclose(*lengths, rtol=1e-6, atol=1e-9)
    assert all(costs[name][-1] > 10 * straight[1][name][-1] for name in ("RMSprop", "Adam"))
    start = np.array(SURFACES["ravine"].start) @ [1, 1j] * np.exp(1j * np.deg2rad(turn))
    np.testing.assert_allclose(drawn["descent"][0] @ [1, 1j], start)


def test_divergence_is_said_and_drawn_finite():
    """E29's valley: descent diverges beyond alpha = 2/20, the averaged form does not."""
    fig, update = on_a_figure(scenes.optimizer_paths, ("descent", "momentum"))
    assert "diverged" not in update(lr=0.099, steps=200)
    assert "diverged: descent" in update(lr=0.2, steps=200) and update.facts["last"]["momentum"] < 0.01
    for axes in fig.axes:
        assert not any(np.isinf(np.asarray(line.get_data(), dtype=float)).any() for line in axes.lines)


def test_a_learners_step_runs_in_place_of_the_courses():
    """Written for one model, without a thought of stacks; catches a race that does not use it."""

    def my_adam(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        t, v, s = state or (0, 0, 0)
        t, v, s = t + 1, beta1 * v + (1 - beta1) * grad, beta2 * s + (1 - beta2) * grad * grad
        return theta - lr * v / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)

    _, course = on_a_figure(scenes.optimizer_paths, ("Adam",))
    _, learner = on_a_figure(scenes.optimizer_paths, ("Adam",), "ravine", {"Adam": my_adam})
    _, other = on_a_figure(scenes.optimizer_paths, ("Adam",), "ravine", {"Adam": lambda *a, **k: (a[0], None)})
    assert course(lr=0.1, steps=200) == learner(lr=0.1, steps=200) != other(lr=0.1, steps=200)
