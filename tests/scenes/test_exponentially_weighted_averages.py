"""The averages lab, number by number."""

import numpy as np
import pytest
from figures import assert_handles_move, assert_legible, exercise
from matplotlib.dates import date2num

from dlcourse import datasets, scenes
from dlcourse.averages import ewa_series
from dlcourse.live import live, one_minus_log

pytestmark = pytest.mark.usefixtures("close_labs")
WHEN, DEGREES = datasets.temperatures()


@pytest.fixture
def averages():
    return live(
        scenes.averages,
        (WHEN, DEGREES),
        beta=one_minus_log(0.5, 0.999, start=0.98),
        bias_correction=True,
        today=(1, 365, 365),
        noise=(0.0, 20.0, 0.0),
        presets={"2 days": {"beta": 0.5}, "50 days": {"beta": 0.98}},
    )


def panels(lab):
    """Its three axes, and the lines over the days by name."""
    main, total, past = lab.frame.figure.axes
    return main, past, total, {line.get_label(): line for line in main.lines}


def test_averages_at_every_setting(averages):
    assert len(set(exercise(averages))) > 15
    assert_legible(averages)
    assert_handles_move(averages)


def test_averages_says_the_numbers_of_the_course(averages):
    """Syllabus 12.03 and E9: windows of 2, 10 and 50 days; and how much of the start at zero is left on day 30."""
    averages.set(beta=0.98, today=30)
    assert "averages about 50 days" in averages.caption and "54.5% short" in averages.caption
    averages.set(beta=0.9)
    assert "averages about 10 days" in averages.caption and "4.2% short" in averages.caption
    averages.set(today=365)
    assert "on average 9 days old" in averages.caption and "0.0% short" in averages.caption
    averages.set(beta=0.5)
    assert "averages about 2 days" in averages.caption and "on average 1 day old" in averages.caption


@pytest.mark.parametrize("today", [30, 90, 365])
def test_the_mean_age_is_that_of_the_days_until_today(averages, today):
    """Day by day, by hand. Catches a lag that is 1/(1-beta), whatever there is to look back to."""
    averages.set(beta=0.98, today=today)
    weights = [0.98**k for k in range(today)]
    age = sum(k * weight for k, weight in enumerate(weights)) / sum(weights)
    assert averages.update.facts["age"] == pytest.approx(age) and f"{age:.3g} days old" in averages.caption
    *_, old = panels(averages)[1].lines
    assert old.get_xdata()[0] == pytest.approx(date2num(WHEN[today - 1]) - age)


def test_what_lies_beyond_the_axis_is_an_arrow_and_noise_stays_in_the_picture(averages):
    main, past, *_ = panels(averages)
    averages.set(beta=0.999)
    assert [line.get_marker() for line in past.lines] == ["<", "o"]
    averages.set(beta=0.9, noise=20.0)
    assert [line.get_marker() for line in past.lines] == ["o", "o"]
    y = main.lines[0].get_ydata()
    assert main.get_ylim()[0] < y.min() and y.max() < main.get_ylim()[1]
    averages.set(noise=0.0)
    assert main.get_ylim()[1] < DEGREES[:365].max() + 6


def test_averages_draws_what_it_says(averages):
    """The curves are the averages of the data, by a route of their own: the weighted sum of the past."""
    *_, lines = panels(averages)
    averages.set(beta=0.9, today=100)
    x, weights = DEGREES[:365], 0.1 * 0.9 ** np.arange(100)
    plain = [weights[: t + 1] @ x[t::-1] for t in range(100)]
    np.testing.assert_allclose(lines["each day"].get_ydata(), x)
    np.testing.assert_allclose(lines["average from zero"].get_ydata(), plain)
    np.testing.assert_allclose(lines["corrected"].get_ydata(), plain / (1 - 0.9 ** np.arange(1, 101)))
    averages.set(bias_correction=False)
    assert not lines["corrected"].get_visible() and "it is 0.0% short" in averages.caption


@pytest.mark.parametrize("beta, today, noise", [(0.9, 7, 0.0), (0.98, 30, 5.0), (0.999, 365, 0.0)])
def test_where_the_curves_end_is_what_the_days_count(averages, beta, today, noise):
    """The drawn bars times the drawn days, summed, are the drawn averages of today, and the columns are their sums.

    Catches weights of another day, of the newest day at the wrong end, and a sum that is not theirs.
    """
    averages.set(beta=beta, today=today, noise=noise)
    main, past, total, lines = panels(averages)
    shares, x = past.patches[0].get_data().values, lines["each day"].get_ydata()
    ends = {name: lines[name].get_ydata()[-1] for name in ("average from zero", "corrected")}
    assert shares.max() == shares[today - 1] == 1 and not shares[today:].any()
    assert (1 - beta) * shares @ x == pytest.approx(ends["average from zero"])
    assert shares @ x / shares.sum() == pytest.approx(ends["corrected"])
    plain, corrected = (bar.get_height() for bar in total.patches)
    assert plain == pytest.approx((1 - beta) * shares.sum()) == pytest.approx(1 - beta**today)
    assert corrected == 1 and plain * ends["corrected"] == pytest.approx(ends["average from zero"])
    dots = main.collections[0]
    np.testing.assert_allclose(dots.get_sizes() / dots.get_sizes().max(), shares)
    np.testing.assert_allclose(dots.get_offsets()[:, 1], x)


def test_what_is_not_drawn_is_not_named(averages):
    """Without the correction: no green curve, no green column, no green entry in the legend."""
    _, _, total, lines = panels(averages)
    named = averages.frame.figure.legends[0]
    for correct in (False, True):
        averages.set(bias_correction=correct)
        shown = [text.get_text() for text in named.get_texts() if text.get_visible()]
        assert ("corrected" in shown) == lines["corrected"].get_visible() == total.patches[1].get_visible() == correct
        assert named.legend_handles[-1].get_visible() == correct


def test_today_is_dragged_along_the_days(averages):
    """To the nearest day; the curve ends there, and play runs it to the last."""
    *_, lines = panels(averages)
    averages.drag("today", date2num(WHEN[99]) + 0.3, 50)
    assert averages.values["today"] == 100 and len(lines["corrected"].get_xdata()) == 100
    assert lines["corrected"].get_xdata()[-1] == date2num(WHEN[99])
    averages.drag("today", date2num(WHEN[0]) - 2, 0)
    assert averages.values["today"] == 1
    averages.set(today=340)  # the last 25 of its 365 frames
    averages.buttons["play"].value = True
    assert averages.values["today"] == 365


@pytest.mark.parametrize("today", [100, 365])
def test_the_span_is_dragged_to_a_beta(averages, today):
    """Ten days back is 0.9, fifty 0.98, whichever day today is; and the dot stands where it was let go."""
    averages.set(today=today)
    for back, beta in ((10, 0.9), (50, 0.98)):
        at = date2num(WHEN[today - 1]) - back
        averages.drag("beta", at, 0.3)
        assert averages.values["beta"] == beta
        assert averages.handles["beta"].spots(averages.values)[0][0] == pytest.approx(at)
        assert panels(averages)[1].lines[0].get_xdata()[0] == pytest.approx(at)


def test_a_shorter_series_and_no_more_than_it_has():
    """The first 90 days, and no control for today: then it is the last of them."""
    lab = live(
        scenes.averages, (WHEN, DEGREES), "F", ewa_series, 90, beta=one_minus_log(0.5, 0.999, 0.9), bias_correction=True
    )
    lines = panels(lab)[-1]
    assert len(lines["each day"].get_xdata()) == len(lines["corrected"].get_xdata()) == 90
    assert set(lab.handles) == {"beta"}
