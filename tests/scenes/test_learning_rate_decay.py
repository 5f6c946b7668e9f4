"""The scenes on learning-rate decay: fair runs, the right clock, and what the notebook claims, measured."""

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import datasets, scenes
from dlcourse.batches import epochs
from dlcourse.optimizers import sgd
from dlcourse.scenes.learning_rate_decay import (
    EPOCHS,
    EQUAL,
    GREY,
    MISTAKES,
    NEWEST,
    OPTIMIZERS,
    SCHEDULES,
    SPOTS,
    as_meant,
    timetable,
)
from dlcourse.scenes.one_feature import START, logistic
from dlcourse.schedules import inverse_time_decay
from dlcourse.training import descend

X, Y = datasets.moons(256, 0.2, np.random.default_rng(0))
X = X[:1]


def lines(axes):
    return {line.get_label(): np.transpose(line.get_data()) for line in axes.lines}


def visited(fig):
    """The dots of both runs, one for each update."""
    return [line.get_xydata() for line in fig.axes[0].lines if line.get_marker() == "."]


@pytest.fixture(scope="module")
def settling():
    return on_a_figure(scenes.settling, X, Y)


def test_with_rate_0_both_runs_are_one(settling):
    """Same start, same batches: catches an unfair comparison, and a schedule that does not start at alpha0."""
    fig, update = settling
    list(update(lr0=0.5, rate=0.0, batch_size=8))
    fixed, decayed = visited(fig)
    np.testing.assert_array_equal(fixed, decayed)
    assert len(fixed) == EPOCHS * 32 + 1


def test_fixed_alpha_wanders_and_decay_settles(settling):
    """Syllabus 15.01: with small batches; with all examples in each batch nobody wanders."""
    fig, update = settling
    list(update(lr0=1.0, rate=1.0, batch_size=4))
    assert update.facts["decayed"] < 0.1 * update.facts["fixed"]
    assert (np.diff(lines(fig.axes[2])["fixed alpha"][5:, 1]) > 0).sum() > 10
    list(update(lr0=1.0, rate=0.0, batch_size=256))
    assert (np.diff(lines(fig.axes[2])["fixed alpha"][:, 1]) < 0).all()


def test_steps_do_not_grow_near_the_minimum_they_do_not_shrink(settling):
    """E28: after 20 epochs and after 40 the steps at fixed alpha are as long as ever, give or take a tenth."""
    fig, update = settling
    list(update(lr0=1.0, rate=0.0, batch_size=4))
    steps = np.linalg.norm(np.diff(visited(fig)[0], axis=0), axis=1)
    early, middle, late = steps[64:640].mean(), steps[1000:1600].mean(), steps[-600:].mean()
    assert middle == pytest.approx(early, rel=0.1) and late == pytest.approx(early, rel=0.1)


def test_too_high_too_low_and_high_then_lower(settling):
    """Syllabus 15.09, the presets of the notebook."""
    _, update = settling
    far = {}
    for name, lr0, rate in (("low", 0.001, 0.0), ("high", 10.0, 0.0), ("lower", 10.0, 5.0)):
        list(update(lr0, rate, batch_size=4))
        far[name] = update.facts["decayed"]
    assert far["lower"] < 0.1 < 1 < min(far["low"], far["high"])


def test_alpha_is_the_courses_and_changes_from_epoch_to_epoch(settling):
    fig, update = settling
    list(update(lr0=0.2, rate=1.0, batch_size=64))
    np.testing.assert_allclose(lines(fig.axes[1])["decayed alpha"][1:5, 1].round(4), [0.1, 0.0667, 0.05, 0.04])


def test_a_learners_decay_is_used():
    _, course = on_a_figure(scenes.settling, X, Y)
    _, same = on_a_figure(scenes.settling, X, Y, lambda lr0, t, rate: lr0 / (1 + rate * t))
    _, other = on_a_figure(scenes.settling, X, Y, lambda lr0, t, rate: lr0 * 0.5**t)
    ends = [list(update(1.0, 0.5, 16))[-1] for update in (course, same, other)]
    assert ends[0] == ends[1] != ends[2]


def test_the_timetable_is_halved_after_half_and_turns_with_the_epoch():
    """Syllabus 15.05 and the clock of E26: per epoch for all but one-cycle, which moves at every batch."""
    table = timetable(2.0, half=6, each=8)
    assert all(len(alpha) == EPOCHS * 8 for alpha in table.values()) and tuple(table) == SCHEDULES
    for name in ("inverse time", "exponential", "power c = 2", "staircase"):
        assert table[name][0] == 2.0 and table[name][6 * 8] == pytest.approx(1.0) and table[name][6 * 8 - 1] > 1.0
        assert len(set(table[name][:8])) == 1
    assert len(set(table["one-cycle"][:8])) == 8 and table["one-cycle"].max() == pytest.approx(2.0)
    assert table["by hand"][[0, 20 * 8, 30 * 8]].tolist() == [2.0, 0.2, 0.02] and set(table["fixed"]) == {2.0}


@pytest.fixture(scope="module")
def every():
    return on_a_figure(scenes.every_schedule, X, Y)


@pytest.mark.parametrize("optimizer, lr0", [("descent", 1.0), ("momentum", 1.0), ("Adam", 0.1)])
def test_every_schedule_beats_a_fixed_alpha_that_wanders(every, optimizer, lr0):
    """E30 and syllabus 15.10: Adam too; at these alphas each of the seven ends ten times lower."""
    _, update = every
    *_, (done, sentence) = update("one-cycle", lr0, 5, 16, optimizer)
    last = update.facts["last"]
    assert done == 1 and all(10 * last[name] < last["fixed"] for name in SCHEDULES if name != "fixed")
    assert sentence.startswith(optimizer.capitalize())


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_with_a_small_alpha_every_decay_brakes_too_early(every, optimizer):
    """The other half of the truth, as the notebook says it."""
    _, update = every
    list(update("fixed", 0.03, 5, 16, optimizer))
    assert update.facts["last"]["fixed"] == min(update.facts["last"].values())


def test_every_schedule_draws_what_it_runs(every):
    fig, update = every
    list(update("staircase", 0.5, 3, 32))
    drawn = lines(fig.axes[0])
    for name, alpha in timetable(0.5, 3, 8).items():
        np.testing.assert_allclose(drawn[name][:, 1], np.clip(alpha, 1e-6, None))


@pytest.mark.parametrize("chosen", SCHEDULES)
def test_the_chosen_one_is_in_front_and_the_others_are_grey(every, chosen):
    """And the legend names what is drawn: catches a chosen one that is grey, or behind, or named twice."""
    fig, update = every
    list(update(chosen, 0.5, 3, 32))
    for axes in fig.axes:
        drawn = {line.get_label(): line for line in axes.lines if line.get_label() in SCHEDULES}
        assert max(drawn, key=lambda name: drawn[name].get_linewidth()) == chosen
        assert max(drawn, key=lambda name: drawn[name].get_zorder()) == chosen
        grey = {name for name, line in drawn.items() if line.get_color() == GREY}
        assert grey == set(SCHEDULES) - {"fixed", chosen}
    (legend,) = fig.legends
    named = {
        text.get_text(): handle.get_color()
        for text, handle in zip(legend.get_texts(), legend.legend_handles)
        if handle.get_visible()
    }
    assert named == {"the others": GREY, **{name: drawn[name].get_color() for name in ("fixed", chosen)}}


@pytest.mark.parametrize("half", [1, 5, 20])
def test_a_press_on_a_curve_chooses_it(every, half):
    """Each spot lies on its own curve, in the plot, where its dot is drawn."""
    fig, update = every
    values = {"schedule": "fixed", "lr0": 2.0, "half": half, "batch_size": 16}
    list(update(**values, epochs=1))
    pick, _ = update.handles
    drawn = {line.get_label(): line for line in fig.axes[0].lines}
    for spot, ((e, alpha), name) in enumerate(zip(pick.spots(values), SPOTS)):
        assert pick.picked(values, spot) == {"schedule": name}
        (k,) = drawn[name].get_markevery()
        assert drawn[name].get_xydata()[k] == pytest.approx((e, alpha)) and alpha >= fig.axes[0].get_ylim()[0]
    assert set(SPOTS) == set(SCHEDULES)


def test_the_diamond_is_where_alpha_is_halved(every):
    """Dragged to (e, alpha), the schedules that are halved run through that point."""
    fig, update = every
    _, diamond = update.handles
    values = diamond.moved({"lr0": 1.0, "half": 5}, 0, 8, 0.25)
    assert diamond.spots(values) == [(8, 0.25)]
    list(update("exponential", **values, batch_size=16, epochs=1))
    for name in ("exponential", "inverse time", "power c = 2", "staircase"):
        assert lines(fig.axes[0])[name][8 * 16] == pytest.approx((8, 0.25))


def test_what_has_run_is_not_run_again(every):
    """Another schedule of the same setting is one frame, and says what a new figure says."""
    fig, update = every
    list(update("fixed", 1.0, 5, 16, epochs=12))
    for n in (12, 7):
        said = list(update("staircase", 1.0, 5, 16, epochs=n))
        _, anew = on_a_figure(scenes.every_schedule, X, Y)
        assert len(said) == 1 and said[0] == list(anew("staircase", 1.0, 5, 16, epochs=n))[-1]
    assert len(list(update("staircase", 1.0, 6, 16, epochs=12))) == 12


def test_start_and_both_ends_of_alpha_are_dragged(settling):
    """The start is where both paths begin; alpha0 their first alpha; the end of the decayed alpha gives its rate."""
    fig, update = settling
    start, alpha0, rate = update.handles
    values = {"lr0": 2.0, "rate": 1.0, "w": 0.2, "b": 0.2}
    values |= start.moved(values, 0, 3.0, -2.0)
    list(update(**values, batch_size=64, epochs=2))
    assert all(path[0].tolist() == [3.0, -2.0] for path in visited(fig))
    decayed = lines(fig.axes[1])["decayed alpha"]
    assert decayed[0].tolist() == list(alpha0.spots(values)[0]) and tuple(decayed[-1]) == rate.spots(values)[0]
    values |= rate.moved(values, 0, 39, 0.02)
    list(update(**values, batch_size=64, epochs=2))
    assert lines(fig.axes[1])["decayed alpha"][-1] == pytest.approx((39, 0.02))
    assert rate.moved(values, 0, 39, 2.0)["rate"] == 0


def test_contours_are_seen_where_alpha_is_too_high(settling):
    """The paths were a slab of 2560 pieces: a line joins the newest updates only."""
    fig, update = settling
    list(update(lr0=10.0, rate=0.0, batch_size=4))
    dots, path = visited(fig)[0], lines(fig.axes[0])["fixed alpha"]
    assert len(dots) == EPOCHS * 64 + 1 and len(path) == NEWEST + 1 < len(dots) / 10
    np.testing.assert_array_equal(path, dots[-len(path) :])


def test_the_dots_of_two_names_meet_where_the_curves_are_one():
    """Each dot on its own curve, where that is down to a half, or a tenth."""
    fig, update = on_a_figure(scenes.same_curve)
    rate, s = update.handles
    for pair, share in zip(EQUAL, (0.5, 0.1)):
        values = {"pair": pair, "s": 20.0, "rate": 0.05}
        update(**values)
        course, book = (fig.axes[0].lines[k].get_xydata() for k in range(2))
        np.testing.assert_allclose(s.spots(values), [(20, share)])
        np.testing.assert_allclose(book[20], (20, share))
        assert pair == EQUAL[1] or course[20] == pytest.approx(rate.spots(values)[0])
    values = {"pair": EQUAL[0], "s": 3.0, "rate": 1.0}
    values |= rate.moved(values, 0, 8.0, 0.1) | s.moved(values, 0, 8.0, 0.9)
    assert "rounding" in update(**values)


def test_the_level_of_alpha0_in_wrong_clocks():
    fig, update = on_a_figure(scenes.wrong_clocks, X, Y)
    (level,) = update.handles
    list(update(MISTAKES[2], 0.3, 16, epochs=1))
    assert level.moved({}, 0, 10, 0.3) == {"lr0": 0.3} and level.spots({"lr0": 0.3}) == [(None, 0.3)]
    drawn = lines(fig.axes[0])
    assert set(drawn[r"$\alpha_0$"][:, 1]) == {0.3} == {drawn["as meant"][0, 1]}


def test_each_point_is_the_mean_of_its_own_epoch(every):
    """By a run of its own. Catches the false cliff: a mean over earlier epochs, which hangs on for as many epochs."""
    fig, update = every
    list(update("fixed", 1.0, 5, 16))
    objective, above, _ = logistic(X, Y)
    run = descend(objective, START, sgd, lr=1.0, batches=epochs(X, Y, 16, np.random.default_rng(1), n=EPOCHS))
    J = above(np.array([theta for theta, _ in run])).reshape(EPOCHS, 16).mean(axis=1)
    np.testing.assert_allclose(lines(fig.axes[1])["fixed"][:, 1], J)
    assert J[1] < 0.1 * J[0]


def test_a_run_goes_as_far_as_the_learner_has_gone(every, settling):
    """The first picture holds no answer; a shorter run is the beginning of the longer one."""
    fig, update = every
    list(update("fixed", 1.0, 5, 16, epochs=4))
    short = lines(fig.axes[1])["one-cycle"]
    list(update("fixed", 1.0, 5, 16, epochs=9))
    assert len(short) == 4 and np.array_equal(short, lines(fig.axes[1])["one-cycle"][:4])
    fig, update = on_a_figure(scenes.wrong_clocks, X, Y)
    *_, (done, sentence) = update(MISTAKES[0], 1.0, 16, epochs=0)
    assert (
        done == 1 and "no epoch has run" in sentence and all(len(drawn) == 0 for drawn in lines(fig.axes[1]).values())
    )
    fig, update = settling
    list(update(1.0, 1.0, 64, epochs=3))
    assert len(lines(fig.axes[2])["fixed alpha"]) == 3


def test_with_rate_0_one_run_is_shown_and_said(settling):
    fig, update = settling
    for rate, shown in ((0.0, False), (1.0, True)):
        *_, (_, sentence) = update(lr0=10.0, rate=rate, batch_size=64)
        (legend,) = fig.legends
        decayed = [line for axes in fig.axes for line in axes.lines if line.get_label() == "decayed alpha"]
        decayed += [legend.get_texts()[1], legend.legend_handles[1]]
        assert {line.get_visible() for line in decayed} == {shown} and ("nothing decays" in sentence) != shown


def test_wrong_clocks_by_hand():
    """What each mistake makes of alpha in the first epochs, worked out without the functions of the course."""
    got = {name: as_meant(name, 1.0, each=8) for name in MISTAKES}
    right = 1 / (1 + np.arange(EPOCHS))
    for name in MISTAKES[2:]:
        np.testing.assert_allclose(got[name][0], np.repeat(right, 8))
    np.testing.assert_allclose(got["inverse time, step per batch"][1, :4], [1, 1 / 2, 1 / 3, 1 / 4])
    np.testing.assert_allclose(got["inverse time, lr overwritten"][1, [0, 8, 16, 24]], [1, 1 / 2, 1 / 6, 1 / 24])
    again, slow = got["one-cycle, new each epoch"][1], got["one-cycle, step per epoch"]
    np.testing.assert_allclose(again.reshape(EPOCHS, 8), np.tile(again[:8], (EPOCHS, 1)))
    np.testing.assert_allclose(slow[1, ::8], slow[0, :EPOCHS])
    assert slow[0].max() == pytest.approx(1.0) and slow[1].max() < 1.0


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_costs_something_at_the_start_of_the_figure(mistake):
    fig, update = on_a_figure(scenes.wrong_clocks, X, Y)
    *_, (_, sentence) = update(mistake, lr0=1.0, batch_size=16)
    assert update.facts["wrong"] > 10 * update.facts["right"] and mistake.capitalize() in sentence
    assert all(np.isfinite(drawn).all() for axes in fig.axes for drawn in lines(axes).values())


def test_two_names_are_one_curve_with_the_translated_setting():
    """Part 3 of the syllabus, E26: s = 1/d; and 44.89, which is that number rounded."""
    _, update = on_a_figure(scenes.same_curve)
    for rate in (0.1, 0.2, 1.0):
        assert "rounding" in update(EQUAL[0], 1 / rate, rate) and update.facts["apart"] < 1e-12
        assert "rounding" not in update(EQUAL[0], 2 / rate, rate)
    update(EQUAL[1], 44.89, 1.0)
    assert 1e-12 < update.facts["apart"] < 1e-5
    update(EQUAL[1], -1 / np.log10(0.95), 1.0)
    assert update.facts["apart"] < 1e-12


def test_the_table_in_the_notebook_counts_from_0_and_from_1():
    """E8: the course's first epoch is 1, and runs with half of alpha0."""
    assert inverse_time_decay(0.2, np.arange(5)).round(4).tolist() == [0.2, 0.1, 0.0667, 0.05, 0.04]


def test_the_legend_has_the_look_of_the_curves_and_a_path_that_leaves_has_an_arrow(settling):
    fig, update = settling
    named = {text.get_text(): handle for text, handle in zip(fig.legends[0].get_texts(), fig.legends[0].legend_handles)}
    for axes in fig.axes:
        drawn = {line.get_label(): line for line in axes.lines if line.get_label() in named}
        assert len(drawn) == 2
        for name, line in drawn.items():
            assert line._unscaled_dash_pattern == named[name]._unscaled_dash_pattern
            assert line.get_color() == named[name].get_color()
    list(update(lr0=1.0, rate=1.0, batch_size=64))
    assert not any(map(arrows, fig.axes))
    list(update(lr0=10.0, rate=0.0, batch_size=4))
    assert sum(len(places[0]) for places in arrows(fig.axes[0]).values()) in (1, 2)
    list(update(lr0=0.001, rate=5.0, batch_size=64))
    assert set(arrows(fig.axes[1])) == {"v"}  # alpha
