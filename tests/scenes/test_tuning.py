"""The tuning scenes: their sentences and dots against what the searches must do."""

from functools import partial

import numpy as np
import pytest
from figures import arrows, on_a_figure
from matplotlib.figure import Figure

from dlcourse import datasets, live, scenes, search
from dlcourse.initializers import initialize
from dlcourse.live import log_slider, one_minus_log
from dlcourse.network import Net, cost, cost_and_grad
from dlcourse.optimizers import adam
from dlcourse.training import descend, last

pytestmark = pytest.mark.usefixtures("close_labs")


def moons():
    return *datasets.moons(200, 0.2, np.random.default_rng(1)), *datasets.moons(500, 0.2, np.random.default_rng(2))


def test_random_points_try_more_alphas_and_eps_matters_not():
    """Syllabus 17.02. The grid's 25 trials have five costs, nearly: one for each alpha, when the other axis is eps."""
    lab = live.live(scenes.grid_and_random, *moons(), points=(2, 7, 5), second=["eps", "lambda"])
    facts = lab.update.facts
    assert (facts["alphas_grid"], facts["alphas_random"]) == (5, 25)

    def by_alpha():
        costs, alphas = lab.update.facts["grid_costs"], lab.update.facts["grid_alphas"]
        return max(np.ptp(costs[alphas == a]) for a in set(alphas) if a < 10)

    assert by_alpha() < 0.005
    lab.set(second="lambda")
    assert by_alpha() > 0.05


def test_a_cost_beyond_the_axis_is_an_arrow_at_its_edge():
    """Every trial is drawn once, as a dot where its cost is or as an arrow; none is drawn as a cost of 0.8."""
    lab = live.live(scenes.grid_and_random, *moons(), points=(2, 7, 5), second=["eps", "lambda"])
    *dots, up_grid, up_random = lab.frame.figure.axes[1].lines
    assert [len(line.get_xdata()) for line in (dots[0], up_grid)] == [20, 5]
    assert len(dots[1].get_xdata()) + len(up_random.get_xdata()) == 25
    assert all(line.get_ydata().max() < 0.8 and line.get_marker() != "^" for line in dots[:2])


def test_a_winner_is_too_good_only_where_there_was_a_choice():
    """One run is judged alike by dev and test set, on average; the best of 40 is not, the less the more examples judge."""
    D, labels = datasets.digits()
    T = datasets.one_hot(labels, 10)
    fig = Figure()
    update = scenes.chosen_by_luck(fig, D[:, :300], T[:, :300], D[:, 300:800], T[:, 300:800])
    gaps = []
    for runs, examples in ((1, 50), (40, 50), (40, 300)):
        update(runs, examples)
        gaps.append(update.facts["too_good"])
    assert abs(gaps[0]) < 0.02 < gaps[2] + 0.02 < gaps[1] and len(fig.axes[0].lines[0].get_xdata()) == 40


def test_what_the_lecture_says_of_scales():
    """Syllabus 17.05, 17.06: 90 % of even alphas lie above 0.1, a quarter on a log scale; half of the betas above 0.99."""
    lab = live.live(
        scenes.sampling_scales,
        low=log_slider(1e-6, 0.1, start=1e-4),
        high=one_minus_log(0.95, 0.9999, 0.999),
        draws=(20, 5000, 5000),
    )
    facts = lab.update.facts
    assert facts["evenly"] == pytest.approx(0.9, abs=0.02)
    assert facts["large"] == pytest.approx(0.25, abs=0.02) and facts["near"] == pytest.approx(0.5, abs=0.02)
    for axes in lab.frame.figure.axes:
        for line in axes.lines[:2]:
            assert line.get_ydata().sum() == pytest.approx(1.0)  # every draw is in a bar


def test_a_search_narrows_and_its_best_never_rises():
    D, labels = datasets.digits()
    T = datasets.one_hot(labels, 10)
    lab = live.live(
        scenes.searching, D[:, :300], T[:, :300], D[:, 300:500], T[:, 300:500], K=(2, 10, 5), rounds=(1, 3, 3)
    )
    plane, curve = lab.frame.figure.axes
    alphas = np.array(plane.collections[0].get_offsets())[:, 0].reshape(3, 5)
    spans = np.ptp(np.log10(alphas), axis=1)
    assert spans[1] < 5 / 4 + 1e-9 and spans[2] < 5 / 16 + 1e-9 and lab.update.facts["trials"] == 15
    best = curve.lines[0].get_ydata()
    assert (np.diff(best) <= 0).all() and best[-1] == pytest.approx(lab.update.facts["J"])


def raised():
    return live.live(
        scenes.panda_and_caviar,
        *moons(),
        lr=log_slider(1e-4, 10.0, start=0.01),
        later=log_slider(1e-4, 10.0, start=0.01),
        K=(1, 48, 16),
        draw=(1, 20, 1),
    )


def curves(axes):
    """{label: (x, y)} of the three curves, without the gaps."""
    named = {line.get_label(): line.get_xydata() for line in axes.lines if line.get_label()[0] != "_"}
    return {label: points[np.isfinite(points).all(axis=1)].T for label, points in named.items()}


def test_panda_and_caviar_spend_the_same():
    """One model alone with one alpha must be the panda with that alpha: the same start, data, steps, and dev costs."""
    lab = raised()
    costs, alphas = lab.frame.figure.axes
    for axes in (costs, alphas):
        drawn = curves(axes)
        assert drawn["panda"][0][-1] == drawn["caviar"][0].max() == 4800
        assert np.ptp(drawn["best of them"][0]) == 300 and len(np.unique(drawn["caviar"][0])) == 16 * 15 + 1
    rates = np.sort(10 ** np.random.default_rng(1).uniform(-4, 0, 16))
    np.testing.assert_allclose(np.unique(curves(alphas)["caviar"][1].round(12)), rates.round(12))
    lab.set(K=1, lr=0.011, later=0.011)
    assert rates_of_one(lab) == pytest.approx(0.011, rel=0.05)
    drawn = curves(costs)
    np.testing.assert_allclose(drawn["panda"][1], drawn["caviar"][1], rtol=0.01)


def rates_of_one(lab):
    (rate,) = set(curves(lab.frame.figure.axes[1])["caviar"][1])
    return rate


def test_the_curves_end_at_the_dev_costs_that_decide():
    """C6 of the review: the winner was decided by a cost that was drawn nowhere."""
    lab = raised()
    costs, facts = curves(lab.frame.figure.axes[0]), lab.update.facts
    assert costs["panda"][1][-1] == pytest.approx(facts["panda"])
    ends = costs["caviar"][1].reshape(16, -1)[:, -1]
    assert costs["best of them"][1][-1] == pytest.approx(facts["caviar"]) == pytest.approx(ends.min())


def test_the_hand_turns_one_half_of_the_pandas_alpha(first_frame_only):
    lab = raised()
    lab.drag("the panda's later alpha", 3000, 1.0)
    x, alpha = curves(lab.frame.figure.axes[1])["panda"]
    assert (lab.values["lr"], lab.values["later"]) == (0.01, 1.0) and alpha.tolist() == [0.01, 0.01, 1.0, 1.0]
    lab.drag("the panda's first alpha", 100, 0.1)
    assert (lab.values["lr"], lab.values["later"]) == (0.1, 1.0)


def test_a_cost_beyond_the_axis_of_a_search_is_an_arrow():
    D, labels = datasets.digits()
    T, fig, beyond = datasets.one_hot(labels, 10), Figure(), 0
    update = scenes.searching(fig, D[:, :300], T[:, :300], D[:, 300:500], T[:, 300:500])
    fig.axes[1].set_ylim(0.08, 1)
    for draw in (1, 2):
        list(update(12, 1, draw=draw))
        dots = fig.axes[1].collections[0].get_offsets()[:, 1]
        up = arrows(fig.axes[1]).get("^", np.empty((2, 0)))[0]
        assert len(dots) + len(up) == 12 and (dots <= 1).all()
        beyond += len(up)
    assert beyond


def by_hand_lab():
    few, dev = (datasets.moons(m, 0.3, np.random.default_rng(seed)) for m, seed in ((40, 1), (500, 2)))
    return live.live(
        scenes.your_trials, *few, *dev, trials=live.by_hand("trial", most=25), costs=False, draw=(1, 20, 1)
    )


def test_a_trial_by_hand_is_trained_with_the_values_of_its_place():
    """Also catches the axes taken for each other: the same net, trained here, has the cost that is drawn."""
    lab, (X, Y), (X_dev, Y_dev) = (
        by_hand_lab(),
        *(datasets.moons(m, 0.3, np.random.default_rng(s)) for m, s in ((40, 1), (500, 2))),
    )
    lab.set(trials=((0.01, 0.3, 0), (0.02, 0.02, 0)), costs=True)
    lab.drag("trials", 0.4, 5.0, spot=1)
    net = Net((2, 8, 1), activation="tanh")
    theta = initialize(net.shapes, rng=np.random.default_rng(0))
    run = descend(
        partial(cost_and_grad, net, X=X, Y=Y, lambd=lab.values["trials"][1][1]),
        theta,
        adam,
        lr=lab.values["trials"][1][0],
    )
    assert lab.values["trials"][1][:2] == pytest.approx((0.4, 5.0), rel=0.02)
    drawn = lab.frame.figure.axes[1].collections[0].get_offsets()
    assert drawn[1, 1] == pytest.approx(float(cost(net, last(run, 61)[0], X_dev, Y_dev)))


def test_closed_costs_are_nowhere():
    """Before the learner has placed them no answer is seen: no cost in a number, a height, or a colour; nor a rival."""
    lab = by_hand_lab()
    plane, curve = lab.frame.figure.axes
    lab.set(trials=((0.01, 0.3, 0), (0.5, 0.1, 0)))
    dots = plane.collections[0]
    assert dots.get_facecolor().tolist() == [[1, 1, 1, 1]] and len(dots.get_offsets()) == 2
    assert not any(artist.get_visible() for artist in (*plane.lines, *lab.frame.figure.legends))
    assert not any(line.get_visible() and len(line.get_xdata()) for line in curve.lines)
    assert len(curve.collections[0].get_offsets()) == 0
    assert "closed" in lab.caption and lab.update.idle == {"draw"}


def test_the_rivals_are_the_best_of_the_first_random_trials():
    """The curve of a draw is that of the same trials set by hand."""
    lab = by_hand_lab()
    draw = search.random_search(scenes.tuning.PLANE, 25, np.random.default_rng(3))
    lab.set(trials=tuple((lr, lambd, 0) for lr, lambd in zip(*(v.tolist() for v in draw.values()))), costs=True, draw=3)
    lines = {line.get_label(): line.get_ydata() for line in lab.frame.figure.axes[1].lines}
    np.testing.assert_allclose(lines["your best so far"], lines["25 at random"], rtol=1e-6)


def test_the_hand_on_the_scales():
    lab = live.live(scenes.sampling_scales, low=log_slider(1e-6, 0.1, 0.1), high=one_minus_log(0.95, 0.9999, 0.95))
    lab.drag("least alpha", 0.001, 0.5)
    lab.drag("largest beta", 0.01, 0.5)
    assert (lab.values["low"], lab.values["high"]) == pytest.approx((0.001, 0.99))
    ends = [axes.lines[-1].get_xdata()[0] for axes in lab.frame.figure.axes]
    assert ends == pytest.approx([0.001, 0.01])


def test_the_trials_of_a_round_lie_in_its_box():
    """C1 of the review. Catches a box drawn round the wrong winner, or one that does not shrink."""
    D, labels = datasets.digits()
    T = datasets.one_hot(labels, 10)
    fig, update = on_a_figure(scenes.searching, D[:, :300], T[:, :300], D[:, 300:500], T[:, 300:500])
    list(update(6, 3, 3.0, draw=2))
    dots, boxes = fig.axes[0].collections[0], [patch for patch in fig.axes[0].patches if patch.get_visible()]
    places, widths = np.array(dots.get_offsets()).reshape(3, 6, 2), []
    for box, inside in zip(boxes, places):
        (left, bottom), (right, top) = box.get_bbox().get_points()
        assert ((inside >= (left * (1 - 1e-9), bottom)) & (inside <= (right * (1 + 1e-9), top))).all()
        widths.append(np.log10(right / left))
    assert widths == pytest.approx([5, 5 / 3, 5 / 9])
    costs = np.array([J for _, J in update.facts["tried"]])
    light = dots.get_facecolor()[:, :3] @ [0.3, 0.6, 0.1]  # cost is the colour: the lower the darker
    assert (np.diff(light[np.argsort(costs)]) >= 0).all() and np.ptp(light) > 0.3
    list(update(6, 1, 3.0))
    assert sum(patch.get_visible() for patch in fig.axes[0].patches) == 1


def test_the_hand_chooses_how_many_runs():
    D, labels = datasets.digits()
    T = datasets.one_hot(labels, 10)
    lab = live.live(scenes.chosen_by_luck, D[:, :300], T[:, :300], D[:, 300:500], T[:, 300:500], runs=(1, 40, 1))
    lab.drag("runs", 17.2, 0.2)
    _, average = lab.frame.figure.axes
    assert lab.values["runs"] == 17 and len(average.lines[0].get_xdata()) == 17
    assert list(average.lines[-1].get_xdata()) == [17, 17]
