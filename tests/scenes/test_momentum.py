"""Optimizers as paths: the race is fair, and its laws show in the picture."""

import numpy as np
import pytest
from figures import on_a_figure

from dlcourse import scenes
from dlcourse.scenes.momentum import BOUND, FINE
from dlcourse.scenes.races import LOOKS, RATES
from dlcourse.surfaces import SURFACES


def paths(fig):
    """{name: (T, 2)}: what the left picture draws."""
    return {line.get_label(): np.transpose(line.get_data()) for line in fig.axes[0].lines if line.get_label() in LOOKS}


@pytest.mark.parametrize("surface", SURFACES)
def test_all_start_at_the_same_point_and_beta1_0_makes_momentum_plain_descent(surface):
    """Catches an unfair start, and an optimizer that gets another's beta."""
    fig, update = on_a_figure(scenes.optimizer_paths)
    update(lr=0.001, beta1=0.0, steps=20, surface=surface)
    drawn = paths(fig)
    assert {tuple(path[0]) for path in drawn.values()} == {SURFACES[surface].start}
    for name in ("momentum", "Nesterov"):
        np.testing.assert_allclose(drawn[name], drawn["descent"], rtol=1e-9, atol=1e-12)


def test_one_alpha_means_the_same_for_all_three_kinds_of_descent():
    """With a small alpha all three follow the slope equally fast. Catches a Nesterov left on heavy-ball scale."""
    _, update = on_a_figure(scenes.optimizer_paths)
    update(lr=0.002, beta1=0.9, steps=200)
    last = update.facts["last"]
    assert last["momentum"] == pytest.approx(last["descent"], rel=0.1)
    assert last["Nesterov"] == pytest.approx(last["descent"], rel=0.1)


def test_each_its_best_arrives_no_later_than_one_for_all():
    _, update = on_a_figure(scenes.optimizer_paths)
    for lr in FINE[::8]:
        update(lr=lr, rates=RATES[0])
        same = update.facts["first"]
        update(lr=lr, rates=RATES[1])
        assert all(update.facts["first"][name] <= same[name] for name in LOOKS) and update.idle == {"lr"}


def test_who_arrives_first_is_the_first_step_below_the_bound():
    """By hand, from plain descent in the ravine. Catches a last step, and a count from 1."""
    fig, update = on_a_figure(scenes.optimizer_paths, ("descent", "momentum"))
    sentence = update(lr=0.05, steps=200)
    w, step = np.array([-3.5, 2.0]), 0
    while (w[0] ** 2 + 20 * w[1] ** 2) / 2 >= BOUND:
        w, step = w * (1 - 0.05 * np.array([1.0, 20.0])), step + 1
    assert update.facts["first"]["descent"] == step and f"descent {step}" in sentence
    assert "nobody so far" in update(lr=0.05, steps=3) and update.facts["first"]["descent"] == np.inf
    ends = [line for line in fig.axes[2].lines if len(line.get_xdata()) == 1]
    assert [line.get_marker() for line in ends] == ["^", "^"]


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
