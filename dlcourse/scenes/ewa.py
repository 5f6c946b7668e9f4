"""The averages lab: daily temperatures, their exponentially weighted average, and how far it looks back."""

import numpy as np
from matplotlib.dates import ConciseDateFormatter, date2num

from dlcourse import plots
from dlcourse.averages import ewa_series, remaining_bias, weights_of_the_past, window

BACK = 120  # how many days back the weights are drawn


def averages(fig, temperatures, using=ewa_series):
    """Temperatures, their average with and without bias correction, and beta^k: the weight of the past.

    temperatures: (dates (T,) as datetime64, values (T,)), as `datasets.temperatures()` gives them; using: a learner's
    own function in place of `ewa_series`. Controls: beta in [0, 1), bias_correction; if wanted `days`, how many are
    shown, and `noise`, in degrees, added to each.
    """
    dates, values = temperatures
    rng = np.random.default_rng(0)
    when, shake = date2num(dates), rng.normal(size=len(values))
    main, past = fig.subplots(1, 2, width_ratios=(2.6, 1))
    plots.style(fig)

    data = main.plot([], [], ".", color="#9A9A9A", markersize=4, label="each day")[0]
    plain = plots.line(main, 3, "average from zero", linewidth=2)
    corrected = plots.line(main, 2, "corrected", linestyle="-", linewidth=2.6)
    main.xaxis_date()
    main.xaxis.set_major_formatter(ConciseDateFormatter(main.xaxis.get_major_locator(), show_offset=False))
    main.set(ylabel="daily maximum, degrees", ylim=(min(0, values.min() - 5), values.max() + 5))
    plots.legend(main)

    back = np.arange(BACK + 1)
    weight = plots.line(past, 0)
    span = past.plot([], [], color=plots.COLOURS[1], linewidth=1.6, marker="o", markersize=5)[0]
    words = plots.note(past, 0.96, 0.97, ha="right")
    past.set(xlim=(0, BACK), ylim=(0, 1.3), xlabel="k days back", title="weight, today = 1", yticks=[0, 0.5, 1])
    past.text(BACK * 0.97, 0.39, "1/e", fontsize=9, ha="right", color=plots.INK)
    past.axhline(np.exp(-1), color="#B0B0B0", linewidth=0.8, zorder=1.5)

    def update(beta, bias_correction, days=365, noise=0.0):
        seen = slice(0, days)
        x, t = values[seen] + noise * shake[seen], when[seen]
        data.set_data(t, x)
        plain.set_data(t, using(x, beta))
        corrected.set_data(t, using(x, beta, True))
        corrected.set_visible(bias_correction)
        if main.get_xlim() != (t[0] - 3, t[-1] + 3):
            main.set_xlim(t[0] - 3, t[-1] + 3)

        weights = weights_of_the_past(beta, len(x))
        width, age = window(beta), weights @ np.arange(len(x)) / weights.sum()
        weight.set_data(back, remaining_bias(beta, back))
        span.set_data([width, width], [0, np.exp(-1)])
        words.set_text(f"1/(1-beta)\n= {width:.3g} days")
        left = remaining_bias(beta, 30)
        start = (f"uncorrected, it would be {left:.0%} short on day 30" if bias_correction else
                 f"on day 30 it is still {left:.0%} short, for it started at zero")
        return (f"With beta {beta:.4g} each point averages about {width:.3g} days; the values in the last one are "
                f"{age:.3g} days old on average, so the curve lags by that; {start}.")

    return update
