"""Momentum in a valley: the parts of a step add up to it, and the map of alpha and beta is what runs measure."""

import numpy as np
import pytest
from figures import on_a_figure
from matplotlib.contour import ContourSet

from dlcourse import averages, scenes
from dlcourse.live import live, log_slider, slider
from dlcourse.optimizers import heavy_ball, momentum
from dlcourse.scenes.momentum import CONDITION, left_of, parts, rate, steps_for_a_digit
from dlcourse.surfaces import ravine
from dlcourse.training import descend, history

pytestmark = pytest.mark.usefixtures("close_labs")
PLACES = [(0.3, 0.0), (0.9, 0.0), (1.1, 0.0), (0.2, 0.5), (0.8, 0.5), (0.05, 0.9), (0.5, 0.9), (1.02, 0.9), (0.9, 0.97)]


def boundary(beta, curvature):
    """The alpha from which on momentum diverges."""
    return 2 * (1 + beta) / ((1 - beta) * curvature)


def run(lr, beta, condition, steps, start=(-3.5, 2.0)):
    return history(descend(lambda theta: ravine(theta, condition), start, momentum, lr=lr, beta=beta), steps + 1)[0]


def parts_of_a_step(fig):
    """The three shafts and barbs of each arrow, of the parts and of the step: two arrays (N, 2, 2) of the shafts."""
    arrows = [c for c in fig.axes[0].collections if c.get_label() in ("each gradient's part", "the step, their sum")]
    segments = [np.array(c.get_segments()) for c in arrows]
    return [each[: len(each) // 3] for each in segments]


@pytest.mark.parametrize("step", [1, 5, 20])
@pytest.mark.parametrize("beta", [0.0, 0.6, 0.9])
def test_the_parts_add_up_to_the_step_that_momentum_takes(step, beta):
    """Catches a weight that is too old by one, and an arrow that starts at the wrong place."""
    fig, update = on_a_figure(scenes.across_and_along)
    update(step, 0.2, beta, 1.5, -1.0)
    path = run(0.2, beta, CONDITION, step, (1.5, -1.0))
    pieces, whole = parts_of_a_step(fig)
    np.testing.assert_allclose(pieces[:, 0], path[:-1])
    np.testing.assert_allclose(whole, [path[-2:]])
    np.testing.assert_allclose((pieces[:, 1] - pieces[:, 0]).sum(axis=0), path[-1] - path[-2], atol=1e-12)
    for axes, k in zip(fig.axes[1:], (0, 1)):
        rows, total = (np.array(c.get_segments()) for c in axes.collections)
        assert len(rows) == step and total[0, 1, 0] == pytest.approx(rows[-1, 1, 0])
        assert np.abs(rows[:, 1, 0] - rows[:, 0, 0]).sum() == pytest.approx(1)
        np.testing.assert_allclose(np.sign(total[0, 1, 0]), np.sign(path[-1] - path[-2])[k])


def test_what_cancels_and_what_adds():
    """The print of the old notebook, as a law: +1 -1 +1 -1 leaves almost nothing, +1 +1 +1 everything; beta 0 is one gradient."""
    gradients = np.array([[1.0, 1.0], [1.0, -1.0]] * 30)
    pieces = parts(gradients, 0.1, 0.9)
    along, across = left_of(pieces)
    assert along == 1 and across < 0.06
    np.testing.assert_allclose(pieces.sum(axis=0), -0.1 * averages.ewa_series(gradients.T, beta=0.9).T[-1])
    np.testing.assert_array_equal(left_of(parts(gradients, 0.1, 0.0)), [1, 1])


def test_the_start_of_the_arrows_is_dragged():
    controls = {"w1": slider(-4.0, 4.0, -3.5, step=0.05), "w2": slider(-3.0, 3.0, 2.0, step=0.05)}
    lab = live(
        scenes.across_and_along,
        step=(1, 24, 3),
        lr=log_slider(0.001, 1.8, start=0.2),
        beta=(0.0, 0.99, 0.9),
        **controls,
    )
    lab.drag("start", 2.0, 1.0)
    assert (lab.values["w1"], lab.values["w2"]) == (2.0, 1.0)
    np.testing.assert_array_equal(parts_of_a_step(lab.frame.figure)[0][0, 0], [2.0, 1.0])


@pytest.mark.parametrize("curvature", [1.0, 5.0, 20.0, 100.0])
def test_the_rate_is_the_largest_eigenvalue_of_the_step(curvature):
    """By another way: numpy's eigenvalues of the step (w, v) -> (w, v) of the course's form, and of the heavy ball's."""
    for share, beta in PLACES:
        lr = share * boundary(beta, 20.0)
        eta = (1 - beta) * lr
        course = [[1 - eta * curvature, -lr * beta], [(1 - beta) * curvature, beta]]
        heavy = [[1 - eta * curvature, -eta * beta], [curvature, beta]]
        for matrix in (course, heavy):
            assert rate(lr, beta, curvature) == pytest.approx(np.abs(np.linalg.eigvals(matrix)).max(), rel=1e-6)


@pytest.mark.parametrize("condition", [5, 20, 100])
def test_runs_are_as_fast_as_the_map_says(condition):
    """Measured on real runs, from the pairs (w, v) over many steps, below the boundary and beyond it."""
    for share, beta in PLACES:
        lr = share * boundary(beta, condition)
        path = run(lr, beta, condition, 300)
        size = np.linalg.norm(np.hstack([path[1:], path[:-1]]), axis=1)
        measured = (size[260:299].max() / size[60:99].max()) ** (1 / 200)
        slower = max(rate(lr, beta, 1.0), rate(lr, beta, condition))
        assert measured == pytest.approx(slower, rel=0.004), (lr, beta)


@pytest.mark.parametrize("condition", [5, 20, 100])
def test_it_diverges_just_beyond_the_boundary(condition):
    """alpha * curvature * (1 - beta) = 2 (1 + beta), by formula, by run, and by the line that is drawn; heavy ball alike."""
    fig, update = on_a_figure(scenes.rate_map)
    update(0.1, 0.5, condition)
    edge = next(line for line in fig.axes[0].lines if len(line.get_xdata()) > 1).get_xydata()
    lr, beta = edge[::14].T
    np.testing.assert_allclose(lr, boundary(beta, condition), rtol=1e-6)
    assert (rate(0.999 * lr, beta, condition) < 1).all() and (rate(1.001 * lr, beta, condition) > 1).all()
    starts = np.tile((-3.5, 2.0), (len(lr), 1))
    across = [run(share * lr, beta, condition, 1500, starts)[-50:, :, 1] for share in (0.97, 1.03)]
    inside, beyond = (np.abs(w2).max(axis=0) for w2 in across)
    assert (inside < 1).all() and (beyond > 1).all(), (lr, beta, inside, beyond)
    starts, alpha = np.tile((0.0, 2.0), (len(lr), 1)), 1.03 * lr * (1 - beta)
    ball = descend(lambda theta: ravine(theta, condition), starts, heavy_ball, lr=alpha, beta=beta)
    assert (np.abs(history(ball, 1501)[0][-50:]).max(axis=(0, 2)) > 2).all()


def test_the_best_place_is_polyaks():
    """beta = ((root k - 1) / (root k + 1))^2, and what is left is its root: no other place on a fine grid is faster."""
    lrs, betas = np.geomspace(0.001, 10, 801), np.linspace(0, 0.99, 100)
    for condition in (5, 20, 100):
        root = np.sqrt(condition)
        beta, eta = ((root - 1) / (root + 1)) ** 2, 4 / (1 + root) ** 2
        best = max(rate(eta / (1 - beta), beta, c) for c in (1.0, condition))
        assert best == pytest.approx(np.sqrt(beta), abs=1e-6)
        found = np.maximum(rate(lrs, betas[:, None], 1.0), rate(lrs, betas[:, None], condition))
        assert best <= found.min() + 1e-7 and found.min() < best + 0.02


def test_a_digit_and_the_line_as_the_map_says():
    assert steps_for_a_digit(0.1) == pytest.approx(1) and steps_for_a_digit(1.0) == steps_for_a_digit(2.0) == np.inf
    fig, update = on_a_figure(scenes.rate_map)
    for lr, beta in ((0.1, 0.9), (0.22, 0.4), (0.13, 0.1)):
        update(lr, beta, 20)
        fall, told = (line.get_ydata() for line in fig.axes[2].lines)
        assert (told[2:60] >= fall[2:60] * (1 - 1e-9)).all() and told[40] / told[30] == pytest.approx(
            update.facts["rate"] ** 10
        )


def test_where_you_stand_is_dragged_along_alpha_and_beta_at_once():
    """On the logarithmic axis, too, and past the boundary."""
    lab = live(scenes.rate_map, lr=log_slider(0.001, 10, start=0.03), beta=slider(0.0, 0.99, 0.2, step=0.01))
    lab.drag("where you stand", 0.22, 0.4)
    assert (lab.values["lr"], lab.values["beta"]) == (0.22, 0.4) and "one digit takes 5.93" in lab.caption
    lab.drag("where you stand", 1.0, 0.1)
    assert (lab.values["lr"], lab.values["beta"]) == (1.0, 0.1) and lab.caption.endswith("it diverges.")


@pytest.mark.parametrize("condition", [5, 100])
def test_each_line_of_the_map_runs_where_a_digit_takes_so_many_steps(condition):
    """In the slower of the two directions. Catches a map of one direction, and one that stays when the valley is another."""
    fig, update = on_a_figure(scenes.rate_map)
    for shown in (20, condition):
        update(0.05, 0.5, shown)
    (lines,) = (c for c in fig.axes[0].collections if isinstance(c, ContourSet) and not c.filled)
    for level, path in zip(lines.levels, lines.get_paths()):
        lr, beta = path.vertices[1:-1].T
        digits = steps_for_a_digit(np.maximum(rate(lr, beta, 1.0), rate(lr, beta, condition)))
        inner = lr < 0.8 * boundary(beta, condition)  # nearer to it, it rises faster than a grid can follow
        if inner.any():  # there is not always so fast a place
            assert np.quantile(np.abs(np.log10(digits[inner]) - level), 0.9) < 0.03, 10**level
    words = {float(text.get_text()) for text in fig.axes[0].texts if text.get_text() != "diverges"}
    assert words == {5: {5, 10, 20, 50}, 100: {20, 50}}[condition]
