"""The tuning scenes: their sentences and dots against what the searches must do."""

import numpy as np
import pytest
from figures import arrows
from matplotlib.figure import Figure

from dlcourse import datasets, live, scenes
from dlcourse.live import log_slider, one_minus_log

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
        for line in axes.lines:
            assert line.get_ydata().sum() == pytest.approx(1.0)  # every draw is in a bar


def test_a_search_narrows_and_its_best_never_rises():
    D, labels = datasets.digits()
    T = datasets.one_hot(labels, 10)
    lab = live.live(
        scenes.searching, D[:, :300], T[:, :300], D[:, 300:500], T[:, 300:500], K=(2, 10, 5), rounds=(1, 3, 3)
    )
    plane, curve = lab.frame.figure.axes
    spans = [np.ptp(np.log10(dots.get_xdata())) for dots in plane.lines[:3]]
    assert spans[1] < 5 / 4 + 1e-9 and spans[2] < 5 / 16 + 1e-9 and lab.update.facts["trials"] == 15
    best = curve.lines[1].get_ydata()
    assert (np.diff(best) <= 0).all() and best[-1] == pytest.approx(lab.update.facts["J"])


def test_panda_and_caviar_spend_the_same():
    """One model alone with one alpha must be the panda with that alpha: the same start, data and number of steps."""
    lab = live.live(
        scenes.panda_and_caviar,
        *moons(),
        lr=log_slider(1e-4, 10.0, start=0.01),
        later=log_slider(1e-4, 10.0, start=0.01),
        K=(1, 48, 16),
        draw=(1, 20, 1),
    )
    one, many = lab.frame.figure.axes
    assert len(one.lines[0].get_xdata()) - 1 == 16 * (len(many.lines[0].get_xdata()) - 1) == 4800
    lab.set(K=1)
    rate = float(lab.caption.split("has alpha ")[1].split()[0])
    assert rate == pytest.approx(10 ** np.random.default_rng(1).uniform(-4, 0, 1)[0], rel=0.05)
    result = list(lab.update(lr=0.01, later=0.01, K=1, draw=1))
    assert len(many.lines[0].get_xdata()) == 4801 and result[-1][0] == 1.0


def test_a_cost_beyond_the_axis_of_a_search_is_an_arrow():
    D, labels = datasets.digits()
    T, fig, beyond = datasets.one_hot(labels, 10), Figure(), 0
    update = scenes.searching(fig, D[:, :300], T[:, :300], D[:, 300:500], T[:, 300:500])
    fig.axes[1].set_ylim(0.08, 1)
    for draw in (1, 2):
        list(update(12, 1, draw=draw))
        dots = next(line for line in fig.axes[1].lines if line.get_label() == "dev cost").get_ydata()
        up = arrows(fig.axes[1]).get("^", np.empty((2, 0)))[0]
        assert len(dots) + len(up) == 12 and (dots <= 1).all()
        beyond += len(up)
    assert beyond


def test_the_legends_caviar_looks_like_its_lines():
    fig = Figure()
    scenes.panda_and_caviar(fig, *moons())
    crowd = [line for line in fig.axes[1].lines if line.get_color() == "#9A9A9A"]
    assert len(crowd) == 48 and {line.get_linestyle() for line in crowd} == {"-"}
