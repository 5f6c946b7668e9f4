"""The averages lab: daily temperatures, their exponentially weighted average, and how far it looks back."""

import numpy as np
from matplotlib.dates import ConciseDateFormatter, date2num

from dlcourse.averages import ewa_series, remaining_bias, weights_of_the_past, window
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal

BACK = 120  # how many days back the weights are drawn

PRESETS = {"spans": {"2 days": {"beta": 0.5}, "10 days": {"beta": 0.9}, "50 days": {"beta": 0.98}}}
GOALS = {
    "a month": Goal(
        "make each point average about a month, 28 to 31 days.", lambda beta: 28 <= window(beta) <= 31, {"beta": 0.967}
    )
}


def averages(fig, temperatures, unit="F", using=ewa_series):
    """Temperatures, their average with and without bias correction, and beta^k: the weight of the past.

    temperatures: (dates (T,) as datetime64, values (T,)), as `datasets.temperatures(unit)` gives them; using: a
    learner's own function in place of `ewa_series`. Controls: beta in [0, 1), bias_correction; if wanted `days`, how
    many are shown, and `noise`, in degrees, added to each.
    """
    dates, values = temperatures
    rng = np.random.default_rng(0)
    when, shake = date2num(dates), rng.normal(size=len(values))
    main, past = fig.subplots(1, 2, width_ratios=(3, 1))
    plots.style(fig)

    data = main.plot([], [], ".", color="#9A9A9A", markersize=4, label="each day")[0]
    plain = plots.line(main, 3, "average from zero", linewidth=2)
    corrected = plots.line(main, 2, "corrected", linestyle="-", linewidth=2.6)
    main.xaxis_date()
    main.xaxis.set_major_formatter(ConciseDateFormatter(main.xaxis.get_major_locator(), show_offset=False))
    main.set(ylabel=f"daily maximum, °{unit}", ylim=(min(0, values.min() - 5), values.max() + 5))

    back = np.arange(BACK + 1)
    weight = plots.line(past, 0)
    span = past.plot([], [], color=plots.COLOURS[1], linewidth=1.6, marker="o", markersize=5)[0]
    words = plots.note(past, 0.96, 0.97, ha="right")
    past.set(xlim=(0, BACK), ylim=(0, 1.3), xlabel="k days back", title="weight")
    past.set_yticks([0, np.exp(-1), 1], ["0", "1/e", "1"])
    plots.legend(main)
    drawn = None

    def update(beta, bias_correction, days=365, noise=0.0):
        nonlocal drawn
        t, x = when[:days], values[:days] + noise * shake[:days]
        if drawn != (days, noise):
            data.set_data(t, x)
            main.set_xlim(t[0] - 3, t[-1] + 3)
            drawn = days, noise
        plain.set_data(t, using(x, beta))
        average = using(x, beta, True)
        corrected.set_data(t, average)
        corrected.set_visible(bias_correction)

        weights, width = weights_of_the_past(beta, len(x)), window(beta)
        age = weights @ np.arange(len(x)) / weights.sum()
        weight.set_data(back, remaining_bias(beta, back))
        span.set_data([width, width], [0, np.exp(-1)])
        words.set_text(f"1/(1-beta)\n= {_days(width)}")
        rough = np.abs(np.diff(average)).mean()
        who = "the uncorrected average" if bias_correction else "it"
        return (
            f"beta {beta:.4g} averages about {_days(width)}: it lags {_days(age)} behind and moves {rough:.2g} degrees a day "
            f"where the weather moves {np.abs(np.diff(x)).mean():.2g}; on day 30 {who} is still "
            f"{remaining_bias(beta, 30):.1%} short, for it started at zero."
        )

    return update


def _days(number):
    digits = f"{number:.3g}" if number < 999.5 else f"{number:.0f}"
    return f"{digits} day{'s' * (digits != '1')}"
