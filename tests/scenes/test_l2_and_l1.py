"""The scenes on L2 and L1: what lambda does to errors, weights and z, and when the cost falls at every step."""

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import live, scenes
from dlcourse.datasets import digits
from dlcourse.network import cost_and_grad
from dlcourse.regularizers import l1, l2
from dlcourse.scenes.l2_and_l1 import LAMBDAS, Trained

pytestmark = pytest.mark.usefixtures("close_labs")
LAMBDA = {"lambd": live.log_slider(0.001, 20, start=0.01, digits=(1, 2, 5))}
PLAIN = dict(lr=0.3, lambd=2.0, batch_size=60, keep_prob=1.0, plotted="with penalty")


def end(update, **controls):
    return list(update(**controls))[-1][1]


@pytest.mark.parametrize("name, penalty", [("L2", l2), ("L1", l1)])
def test_every_lambda_trains_its_own_model_from_one_start(name, penalty):
    """Catches lambdas in the wrong order, or a penalty that is not the one named: a longer lambda, a smaller norm."""
    trained = Trained()
    frames = list(trained.train(name))
    first = frames[0][1]
    assert (first == first[0]).all() and frames[-1][0] == 1
    sizes = [penalty(theta, 1.0, 1, trained.net.penalised)[0] for theta in frames[-1][1]]
    assert (np.diff(sizes) < 0).sum() >= len(sizes) - 2 and sizes[-1] < 1e-3 * sizes[0] + 0.2
    k = 8
    alone = cost_and_grad(trained.net, frames[-1][1][k], trained.X, trained.Y, lambd=LAMBDAS[k], penalty=penalty)[0]
    before = cost_and_grad(trained.net, first[k], trained.X, trained.Y, lambd=LAMBDAS[k], penalty=penalty)[0]
    assert alone < before - 0.3
    assert len(list(trained.train(name))) == 1  # kept


def test_lambda_trades_variance_for_bias():
    """Syllabus 3.01: training error only rises; the dev error has its minimum in between."""
    fig, update = on_a_figure(scenes.weights_under_penalty)
    facts = {}
    for lambd in (0.001, 0.5, 20.0):
        said = end(update, lambd=lambd)
        facts[lambd] = update.facts
        assert (
            f"lambda {lambd:g}: training error {update.facts['train']:.0%}, dev error {update.facts['dev']:.0%}" in said
        )
    low, middle, high = facts.values()
    assert low["train"] < middle["train"] < high["train"]
    assert middle["dev"] < low["dev"] - 0.04 and middle["dev"] < high["dev"] - 0.2
    assert low["norm"] > 5 * middle["norm"] > 0 == round(high["norm"], 3)


def test_l1_empties_and_l2_shrinks():
    _, update = on_a_figure(scenes.sparse_weights)
    end(update, lambd=5.0)
    assert update.facts["used"]["L1"] < 25 < 40 < update.facts["used"]["L2"]
    assert max(update.facts["wrong"].values()) < 0.03 * update.facts["digits"]
    assert len(list(update(lambd=0.001))) == 1 and abs(update.facts["used"]["L1"] - update.facts["used"]["L2"]) <= 2


def test_a_large_lambda_makes_the_network_linear():
    """Syllabus 3.08. Catches z of another layer or another model."""
    _, update = on_a_figure(scenes.where_z_falls)
    end(update, lambd=0.01)
    wide = update.facts
    end(update, lambd=2.0)
    assert wide["straight"] < 0.6 and update.facts["straight"] > 0.85 and update.facts["size"] < 0.3 * wide["size"]


def test_j_falls_at_every_step_only_under_four_conditions():
    """Syllabus 3.09 and E23: full batch, small alpha, penalty included, no dropout; without any one of them it rises."""
    _, update = on_a_figure(scenes.cost_by_step)
    assert "never rises" in end(update, **PLAIN) and update.facts["rises"] == 0
    for broken in ({"plotted": "without penalty"}, {"batch_size": 15}, {"keep_prob": 0.8}, {"lr": 3.0, "lambd": 0.1}):
        end(update, **{**PLAIN, **broken})
        assert update.facts["rises"] > 0, broken


def test_loss_and_penalty_are_drawn_and_add_up_to_what_descends():
    """Syllabus 3.09: at every step, whichever is in front; that one is wide, and the one that is magnified."""
    fig, update = on_a_figure(scenes.cost_by_step)
    left, right = fig.axes
    for plotted, part in (("with penalty", 2), ("without penalty", 0)):
        end(update, **{**PLAIN, "plotted": plotted})
        loss, penalty, J = (line.get_ydata() for line in left.lines[:3])
        assert [line.get_label() for line in left.lines[:3]] == ["loss", "penalty", "J, their sum"] and len(J) == 201
        np.testing.assert_allclose(loss + penalty, J)
        trained = Trained()
        theta = next(trained.train("L2"))[1][0]
        assert loss[0] == pytest.approx(cost_and_grad(trained.net, theta, trained.X, trained.Y)[0])
        assert penalty[0] == pytest.approx(l2(theta, 2.0, 60, trained.net.penalised)[0])
        assert np.argmax([line.get_linewidth() for line in left.lines[:3]]) == part
        assert [line.get_visible() for line in right.lines[:3]] == [k == part for k in range(3)]
        assert right.get_title() == f"magnified: {left.lines[part].get_label()}"
        orange = left.lines[3].get_xydata()
        pieces = orange[np.isfinite(orange).all(axis=1)].reshape(-1, 2, 2)
        assert len(pieces) == update.facts["rises"] and (pieces[:, 1] > pieces[:, 0]).all()


def test_where_the_effect_is_dragged_lambda_follows():
    """The line stands at what the sentence says of this lambda; dragged, it goes to the lambda that comes nearest."""
    lab = live.live(scenes.where_z_falls, **LAMBDA)
    line = next(line for line in lab.frame.figure.axes[0].lines if line.get_label() == "mean size of z")
    sizes = []
    for lambd in LAMBDAS:
        lab.set(lambd=lambd)
        sizes.append(lab.update.facts["size"])
    for place in (0.2, 0.6, 1.5):
        lab.drag("mean size of z", place, 0)
        assert line.get_xdata()[0] == lab.handles["mean size of z"].spots(lab.values)[0][0] == lab.update.facts["size"]
        assert lab.values["lambd"] == min(zip(np.abs(np.subtract(sizes, place)), LAMBDAS))[1]
    lab = live.live(scenes.sparse_weights, **LAMBDA)
    for pixels in (18, 32):
        lab.drag("pixels that L1 uses", pixels, 1)
        assert lab.update.facts["used"]["L1"] == pixels
    lab = live.live(scenes.weights_under_penalty, **LAMBDA)
    lab.drag("lambda", 0.5, 0.3)
    assert lab.values["lambd"] == 0.5 and lab.frame.figure.axes[1].lines[2].get_xdata()[0] == 0.5


def test_the_mean_digits_beside_the_weights_show_what_the_weights_look_for():
    """Catches the two exchanged, the dev digits' ink, and weights on the wrong pixels: blue lies where an 8 has more ink."""
    fig, update = on_a_figure(scenes.sparse_weights)
    end(update, lambd=5.0)
    shown = {
        axes.get_title(): np.array(axes.images[0].get_array()) for axes in fig.axes if axes.get_title() and axes.images
    }
    X, Y = digits()
    for digit in (3, 8):
        assert np.abs(shown[f"mean {digit}"].ravel() - X[:, Y[0] == digit].mean(axis=1)).max() < 0.1
    more = shown["mean 8"] - shown["mean 3"]
    for name in ("L2", "L1"):
        assert np.corrcoef(more.ravel(), shown[f"weights, {name}"].ravel())[0, 1] > 0.6


def test_what_left_the_plot_is_not_printed_as_a_value():
    """The edge of the plot was printed as J once, and the rises of the clipped curve were counted."""
    fig, update = on_a_figure(scenes.cost_by_step)
    line = fig.axes[0].lines[2]
    for worse in ({"lr": 10.0}, {"lr": 10.0, "batch_size": 15}, {"lr": 100.0, "lambd": 20.0, "batch_size": 15}):
        said = end(update, **{**PLAIN, **worse})  # the last overflows
        assert "diverged" in said and "2.5" not in said and "now" not in said
        drawn = np.array(line.get_ydata())
        assert np.isnan(drawn[-1]) and not (drawn > 2.5).any() and update.facts["rises"] > 2
    assert 0 < len(drawn) < 201
    said = end(update, lr=5.0, lambd=0.001)
    assert "came back" in said and "diverged" not in said and f"now {update.facts['last']:.2f}" in said


def test_the_errors_are_drawn_where_the_learner_has_been():
    fig, update = on_a_figure(scenes.weights_under_penalty)
    training, dev = fig.axes[1].lines[:2]
    for lambd in (0.5, 0.001):
        end(update, lambd=lambd)
    assert list(dev.get_xdata()) == [0.001, 0.5] and dev.get_ydata()[0] == pytest.approx(update.facts["dev"])
    end(update, lambd=2.0, penalty="L1")
    assert list(training.get_xdata()) == [2.0]


def test_a_bar_that_is_cut_has_an_arrow_and_its_height_and_colours_have_a_scale():
    fig, update = on_a_figure(scenes.weights_under_penalty)
    right = fig.axes[2]
    for lambd, cut in ((0.001, False), (2.0, True)):
        end(update, lambd=lambd)
        highest = int(right.patches[0].get_data().values.max())
        assert (highest > right.get_ylim()[1]) == cut == ("^" in arrows(right))
        assert right.texts[0].get_text() == (f"highest: {highest}" if cut else "")
    fig, update = on_a_figure(scenes.sparse_weights)
    for lambd in LAMBDAS:
        end(update, lambd=lambd)
        for axes in fig.axes[:2]:
            assert np.abs(axes.images[0].get_array()).max() <= axes.images[0].norm.vmax == -axes.images[0].norm.vmin
    assert fig.axes[-1].get_xlabel() == "weight"
