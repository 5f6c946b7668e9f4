"""The batch-norm scenes: what they say must follow from the formulas, or be measured."""

import inspect

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import datasets, live, scenes
from dlcourse.initializers import initialize
from dlcourse.live import log_slider
from dlcourse.network import Net, forward
from dlcourse.normalization import batch_norm

D, LABELS = datasets.digits()
T = datasets.one_hot(LABELS, 10)
X, Y = D[:, :1000], T[:, :1000]

pytestmark = pytest.mark.usefixtures("close_labs")


def test_eps_is_the_papers():
    """Syllabus 18.12, and a unit without spread becomes beta, not nan."""
    assert inspect.signature(batch_norm).parameters["eps"].default == 1e-5
    assert batch_norm(np.full((1, 3), 7.0), 2.0, 0.5)[0].tolist() == [[0.5, 0.5, 0.5]]


def test_e24_what_batch_norm_adds():
    """2 n[l] numbers in each hidden layer, as many as its b has twice."""
    plain, normed = (Net((64, 30, 20, 10), output="softmax", batch_norm=on).shapes for on in (False, True))
    more = {name: int(np.prod(shape)) for name, shape in normed.items() if name not in plain}
    assert more == {"gamma1": 30, "beta1": 30, "gamma2": 20, "beta2": 20}


def test_identity_and_bias_in_the_picture():
    lab = live.live(scenes.gamma_and_beta, gamma=(0.0, 4.0, 1.0), beta=(-4.0, 8.0, 0.0), b=(-4.0, 4.0, 0.0))
    z, z_norm, z_tilde = lab.frame.figure.axes[0].lines[:3]
    before = z_tilde.get_ydata().copy(), z.get_ydata().copy()
    lab.set(b=4.0)
    assert (z_tilde.get_ydata() == before[0]).all() and not (z.get_ydata() == before[1]).all()
    lab.set(gamma=2.0, beta=3.0, b=0.0)
    assert lab.update.facts["apart"] < 1e-4


def test_batch_norm_keeps_the_spread_whatever_the_start():
    lab = live.live(scenes.layers_of_z, X, Y, steps=(0, 150, 150), scale=log_slider(0.1, 10.0, start=0.3))
    assert lab.update.facts["spread"] < 0.1 and 0.5 < lab.update.facts["normed"] < 2


def test_batch_norm_tolerates_more_rates():
    """Syllabus 18.01, as measured on digits."""
    lab = live.live(scenes.rates_tolerated, X, Y, layers=(1, 5, 3), scale=log_slider(0.1, 10.0, start=1.0))
    assert lab.update.facts["normed"] >= lab.update.facts["plain"] + 2 > 2


def test_z_may_shift_and_learning_still_be_fast():
    """E36: z shaken more than a plain net's, and J lower than the plain net's."""
    lab = live.live(scenes.two_accounts, X, Y, shake=(0.0, 1.0, 0.2), lr=log_slider(0.01, 1.0, start=0.1))
    facts = lab.update.facts
    assert facts["shift_shaken"] > 1.5 * facts["shift_plain"] and facts["J_shaken"] < facts["J_plain"]
    lab.set(shake=0.0)
    assert lab.update.facts["J_shaken"] == lab.update.facts["J_normed"]


def test_the_two_accounts_say_of_which_steps_and_a_shift_beyond_the_axis_is_an_arrow():
    """A shift below the axis was drawn along its edge, as if it had that value."""
    fig, update = on_a_figure(scenes.two_accounts, X, Y)
    *_, (_, said) = update(shake=0.0, lr=1e-5)
    assert "means of the last 20" in said
    cost, shift, _ = fig.axes
    for axes in (cost, shift):
        drawn, (low, high) = np.concatenate([line.get_ydata() for line in axes.lines[:3]]), axes.get_ylim()
        assert (drawn < low).any() == ("v" in arrows(axes)) and not np.isin(drawn, (low, high)).any()
    assert "v" in arrows(shift)


def test_the_gradient_keeps_its_way_where_the_step_is_short():
    """The cosine before and after a step: near 1 for a tiny alpha; a plain net's gradient turns round at 0.1."""
    _, update = on_a_figure(scenes.two_accounts, X, Y)
    *_, _ = update(shake=0.0, lr=1e-4)
    assert all(update.facts[f"way_{net}"] > 0.99 for net in ("plain", "normed", "shaken"))
    *_, _ = update(shake=0.2, lr=0.1)
    assert update.facts["way_plain"] < 0 < 0.9 < update.facts["way_shaken"] < 1


def test_the_two_dots_of_the_line_are_gamma_and_beta():
    """Dragged onto the line of z, they give z back."""
    lab = live.live(scenes.gamma_and_beta, gamma=(0.0, 4.0, 1.0), beta=(-4.0, 8.0, 0.0), b=(-4.0, 4.0, 0.0))
    z, _, z_tilde = lab.frame.figure.axes[0].lines[:3]
    lab.drag("b", -1, 2.0)
    assert lab.values["b"] == 1.0
    for name, x in (("beta", 0.0), ("gamma", 1.0)):
        lab.drag(name, x, float(np.interp(x, *z.get_data())))
    assert lab.values == {"gamma": 2.0, "beta": 4.0, "b": 1.0} and lab.update.facts["apart"] < 1e-4
    np.testing.assert_allclose(z_tilde.get_ydata(), z.get_ydata())


def test_going_back_in_the_training_shows_what_was_there():
    """After a training that was dropped half-way, too; and nine of ten first values of z lie in the bands."""
    fig, update = on_a_figure(scenes.layers_of_z, X, Y)

    def bands(steps, forget=True):
        update.afresh() if forget else None
        *_, last = update(steps, 0.1, 1.0)
        return last, [band.get_xy().copy() for axes in fig.axes[3:] for band in axes.patches]

    alone = bands(20)
    bands(10)
    dropped = update(40, 0.1, 1.0)  # by the next move of a hand
    next(dropped), dropped.close()
    back = bands(20, forget=False)
    assert back[0] == alone[0] and all(np.array_equal(a, b) for a, b in zip(alone[1], back[1]))
    net = Net((64, 30, 30, 30, 10), output="softmax")
    theta = initialize(net.shapes, rng=np.random.default_rng(0))
    z = forward(net, theta, X)[1]["Z1"]
    start = back[1][0][back[1][0][:, 0] == 0][:, 1]
    assert ((z > start.min()) & (z < start.max())).mean() == pytest.approx(0.9, abs=0.01)


def test_the_costs_beside_the_sweep_end_at_its_dots():
    lab = live.live(
        scenes.rates_tolerated, X, Y, layers=(1, 5, 1), lr=log_slider(0.001, 10.0, start=0.1, digits=(1, 1.8, 3.2, 5.6))
    )
    sweep, curve = lab.frame.figure.axes
    for lr in (1.0, 0.01):
        lab.drag("lr", lr, 1.0)
        assert lab.values["lr"] == lr
        for dots, costs in zip(sweep.lines[:2], curve.lines[:2]):
            assert costs.get_ydata()[-1] == pytest.approx(dots.get_ydata()[np.isclose(dots.get_xdata(), lr)][0])
