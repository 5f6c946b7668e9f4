"""The scenes on optimizers: the table of 14.10 is measured, and conventions are translated where they can be."""

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import datasets, optimizers, scenes
from dlcourse.scenes import adagrad_rmsprop_adam
from dlcourse.scenes.adagrad_rmsprop_adam import LRS
from dlcourse.scenes.races import LOOKS, race


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


def test_a_beta_trains_those_anew_that_have_it(network, monkeypatch):
    """Catches a curve that is kept though its beta has moved, and six trainings where two would do."""
    trained = []
    monkeypatch.setattr(
        adagrad_rmsprop_adam, "race", lambda names, *rest, **how: trained.extend(names) or race(names, *rest, **how)
    )
    list(network(lr=0.1))
    before = network.facts["costs"]
    trained.clear()
    for moved, who in (({"beta1": 0.5}, {"momentum", "Nesterov", "Adam"}), ({"beta2": 0.9}, {"RMSprop", "Adam"})):
        *_, (done, _) = network(lr=0.1, **moved)
        now = network.facts["costs"]
        assert done == 1 and set(trained) == who
        assert {name for name in LOOKS if not np.array_equal(now[name], before[name])} == who
        trained.clear()


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
