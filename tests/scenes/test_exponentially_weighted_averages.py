"""The averages lab, number by number."""

import numpy as np
import pytest
from figures import assert_legible, exercise

from dlcourse import datasets, scenes
from dlcourse.live import live, one_minus_log

pytestmark = pytest.mark.usefixtures("close_labs")


@pytest.fixture
def averages():
    return live(
        scenes.averages,
        datasets.temperatures(),
        beta=one_minus_log(0.5, 0.999, start=0.98),
        bias_correction=True,
        days=(30, 1461, 365),
        noise=(0.0, 20.0, 0.0),
        presets={"2 days": {"beta": 0.5}, "50 days": {"beta": 0.98}},
    )


def test_averages_at_every_setting(averages):
    assert len(set(exercise(averages))) > 15
    assert_legible(averages)


def test_averages_says_the_numbers_of_the_course(averages):
    """Syllabus 12.03 and E9: windows of 2, 10 and 50 days; and how much of the start at zero is left."""
    averages.set(beta=0.98)
    assert "averages about 50 days" in averages.caption and "still 54.5% short" in averages.caption
    averages.set(beta=0.9)
    assert "averages about 10 days" in averages.caption and "on average 9 days old" in averages.caption
    assert "still 4.2% short" in averages.caption
    averages.set(beta=0.5)
    assert "averages about 2 days" in averages.caption and "on average 1 day old" in averages.caption


@pytest.mark.parametrize("days", [30, 90, 365])
def test_the_mean_age_is_that_of_the_days_shown(averages, days):
    """Day by day, by hand. Catches a lag that is 1/(1-beta), whatever there is to look back to."""
    averages.set(beta=0.98, days=days)
    weights = [0.98**k for k in range(days)]
    age = sum(k * weight for k, weight in enumerate(weights)) / sum(weights)
    assert averages.update.facts["age"] == pytest.approx(age) and f"{age:.3g} days old" in averages.caption
    *_, old = averages.frame.figure.axes[1].lines
    assert old.get_xdata()[0] == pytest.approx(age)


def test_what_lies_beyond_the_axis_is_an_arrow_and_noise_stays_in_the_picture(averages):
    main, past = averages.frame.figure.axes
    averages.set(beta=0.999)
    assert [line.get_marker() for line in past.lines[1:]] == [">", ">"]
    averages.set(beta=0.9, noise=20.0)
    assert [line.get_marker() for line in past.lines[1:]] == ["o", "o"]
    y = main.lines[0].get_ydata()
    assert main.get_ylim()[0] < y.min() and y.max() < main.get_ylim()[1]


def test_averages_draws_what_it_says(averages):
    """The curves are the averages of the data, by a route of their own: the weighted sum of the past."""
    main, past = averages.frame.figure.axes
    lines = {line.get_label(): line for line in main.lines}
    averages.set(beta=0.9, days=100)
    x, weights = datasets.temperatures()[1][:100], 0.1 * 0.9 ** np.arange(100)
    plain = [weights[: t + 1] @ x[t::-1] for t in range(100)]
    np.testing.assert_allclose(lines["each day"].get_ydata(), x)
    np.testing.assert_allclose(lines["average from zero"].get_ydata(), plain)
    np.testing.assert_allclose(lines["corrected"].get_ydata(), plain / (1 - 0.9 ** np.arange(1, 101)))
    np.testing.assert_allclose(past.lines[0].get_ydata(), 0.9 ** np.arange(len(past.lines[0].get_ydata())))
    averages.set(bias_correction=False)
    assert not lines["corrected"].get_visible() and "it is still" in averages.caption
