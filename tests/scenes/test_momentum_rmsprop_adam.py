"""The scenes on optimizers: the race is fair, its laws show in the picture, and the table of 14.10 is measured."""

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import datasets, optimizers, scenes
from dlcourse.scenes.momentum_rmsprop_adam import BOUND, FINE, LRS, RATES
from dlcourse.scenes.races import LOOKS
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


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_translated_momentum_falls_on_the_other_and_untranslated_does_not(beta):
    """E35 and part 3 of the syllabus: lr_heavy = (1 - beta) lr."""
    _, update = on_a_figure(scenes.conventions)
    update("momentum", True, lr=0.05, beta=beta, eps=1e-8)
    assert update.facts["apart"] < 1e-12
    update("momentum", False, lr=0.05, beta=beta, eps=1e-8)
    assert (update.facts["apart"] > 1e-3) == (beta > 0)


def test_translated_eps_is_close_where_gradients_are_larger_than_eps():
    """E11: the same number outside and inside the root is not the same setting; its square nearly is."""
    _, update = on_a_figure(scenes.conventions)
    apart = {}
    for eps in (1e-10, 1e-8):
        for translated in (True, False):
            update("epsilon", translated, lr=0.05, beta=0.9, eps=eps)
            apart[eps, translated] = update.facts["apart"]
    assert apart[1e-10, True] < 1e-3 < apart[1e-8, True] < 0.1 < 1 < apart[1e-8, False]


@pytest.fixture(scope="module")
def network_figure():
    X, Y = datasets.moons(300, 0.15, np.random.default_rng(0))
    return on_a_figure(scenes.optimizers_on_a_network, X, Y)


@pytest.fixture(scope="module")
def network(network_figure):
    return network_figure[1]


def test_the_comparison_table_is_measured(network):
    """Syllabus 14.10, as the notebook states it: who wins depends on alpha; Adam has the widest choice of it."""
    done, sentence = list(network(lr=0.1))[-1]
    assert done == 1
    costs, last = network.facts["costs"], network.facts["last"]
    assert all(J.shape == (31, len(LRS)) for J in costs.values())
    assert min(last, key=last.get) == "Adam" and last["descent"] > 5 * last["Adam"]
    there = {name: (J < 0.1).any(axis=0).sum() for name, J in costs.items()}
    assert max(there, key=there.get) == "Adam" and min(there.values()) >= 3
    done, other = list(network(lr=3.2))[-1]
    last = network.facts["last"]
    kinds_of_descent, divided = ("descent", "momentum", "Nesterov"), ("Adam", "RMSprop", "AdaGrad")
    assert max(last[name] for name in kinds_of_descent) < min(last[name] for name in divided)
    assert other != sentence
    best = {name: LRS[J[-5:].mean(axis=0).argmin()] for name, J in costs.items()}
    assert best["RMSprop"] < best["Adam"] <= best["descent"] / 5


def test_moving_alpha_trains_nothing_anew(network):
    """Twice the same setting is twice the same curve, and a trained setting needs one frame only."""
    list(network(lr=0.1))
    assert len(list(network(lr=0.01))) == 1


def test_all_see_the_same_batches(network):
    """With beta1 = 0 momentum, Nesterov and descent are one method: on the same batches, one curve."""
    list(network(lr=0.1, beta1=0.0))
    costs = network.facts["costs"]
    for name in ("momentum", "Nesterov"):
        np.testing.assert_allclose(costs[name][:, :8], costs["descent"][:, :8], rtol=1e-6)


def test_family_members_named_in_the_notebook_exist():
    for step in (optimizers.nadam, optimizers.adamw):
        theta, _ = step(np.array([1.0]), np.array([1.0]), lr=0.1)
        assert theta < 1


def test_the_sentence_says_of_which_updates_its_numbers_are_and_a_cost_beyond_is_an_arrow(network_figure):
    """The curve ends elsewhere: it shows the last update, the sentence and the right picture the mean of 50."""
    fig, update = network_figure
    *_, (_, said) = update(lr=float(LRS[-1]))
    assert "mean of the last 50 updates" in said
    curve, sweep = fig.axes
    for axes in (curve, sweep):
        low, high = axes.get_ylim()
        drawn = np.concatenate([line.get_ydata() for line in axes.lines if line.get_label() in LOOKS])
        assert {"v": (drawn < low).any(), "^": (drawn > high).any()} == {way: way in arrows(axes) for way in "v^"}
    assert arrows(sweep)
