"""The averages lab: daily temperatures, their exponentially weighted average, and how far it looks back."""

import numpy as np
from matplotlib.dates import ConciseDateFormatter, date2num

from dlcourse.averages import ewa_series, weights_of_the_past, window
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place

EDGE = 3  # days left free beside the first and the last

PRESETS = {"spans": {"2 days": {"beta": 0.5}, "10 days": {"beta": 0.9}, "50 days": {"beta": 0.98}}}
GOALS = {
    "a month": Goal(
        "make each point average about a month, 28 to 31 days.", lambda beta: 28 <= window(beta) <= 31, {"beta": 0.967}
    ),
    "a good start": Goal(
        "find the largest beta that is less than 5 % short on day 30.",
        lambda beta: 0.895 < beta and beta**30 < 0.05,
        {"beta": 0.9},
    ),
}


def averages(fig, temperatures, unit="F", using=ewa_series, days=365):
    """Temperatures and their average up to today; below each day what it counts today, and the sum of these weights.

    temperatures: (dates (T,) as datetime64, values (T,)), as `datasets.temperatures(unit)` gives them; using: a
    learner's own function in place of `ewa_series`; days: how many are shown. Controls: beta in [0, 1), bias_correction;
    if wanted `today`, a day from 1 to `days`, and `noise`, in degrees, added to each day.
    """
    when, values = date2num(temperatures[0][:days]), temperatures[1][:days]
    shake = np.random.default_rng(0).normal(size=days)
    main, past, total = _panels(fig, when, unit)
    each = main.plot(when, values, ".", color=plots.GREY, markersize=4, zorder=1.8, label="each day")[0]
    line = main.axvline(when[-1], color=plots.GREY, linewidth=1.6, zorder=1.5)
    looks = {"marker": "o", "markersize": 8, "markevery": [-1]}
    plain = plots.line(main, 3, "average from zero", linewidth=2, **looks)
    corrected = plots.line(main, 2, "corrected", linestyle="-", linewidth=2.6, **looks)
    named = plots.legend(main)
    of_correction = corrected, named.get_texts()[-1], named.legend_handles[-1]
    show_weights, show_sums = _weights(main, past, when), _sums(total, plain, corrected)

    def update(beta, bias_correction, today=days, noise=0.0):
        x, weights, width = values + noise * shake, weights_of_the_past(beta, today), window(beta)
        age, average = weights @ np.arange(today) / weights.sum(), using(x, beta, True)
        each.set_ydata(x)
        plots.change(main, ylim=(min(0, x.min() - 5), x.max() + 5))
        line.set_xdata([when[today - 1]] * 2)
        for curve, y in ((plain, using(x, beta)), (corrected, average)):
            curve.set_data(when[:today], y[:today])
        for artist in of_correction:
            plots.change(artist, visible=bias_correction)
        show_weights(x, weights / weights[0], [(width, beta**width), (age, beta**age)])
        show_sums(weights.sum(), bias_correction)

        rough, weather = np.abs(np.diff(average)).mean(), np.abs(np.diff(x)).mean()
        update.facts = {
            "window": width,
            "age": float(age),
            "rough": float(rough),
            "weather": float(weather),
            "short": float(1 - weights.sum()),
            "late": int(np.argmax(average) - np.argmax(x)),
        }
        sums = "1; uncorrected it would be" if bias_correction else f"{weights.sum():.3g}: it is"
        return (
            f"beta {beta:.4g} averages about {_days(width)}. On day {today} what it holds is on average {_days(age)} old, "
            f"and its weights sum to {sums} {1 - weights.sum():.1%} short. "
            f"It moves {rough:.2g} degrees a day where the weather moves {weather:.2g}."
        )

    def now(values):
        return when[values.get("today", days) - 1]

    update.play = "today"
    update.handles = [
        Place(main, "today", get=lambda v: (now(v), None), put=lambda v, x, y: {"today": x - when[0] + 1}),
        Place(
            past,
            "beta",
            get=lambda v: (now(v) - window(v["beta"]), v["beta"] ** window(v["beta"])),
            put=lambda v, x, y: {"beta": 1 - 1 / max(1.0, now(v) - x)},
        ),
    ]
    return update


def _panels(fig, when, unit):
    """Axes for the days, below them for what each counts, and beside both for the sum."""
    panels = fig.subplot_mosaic("AC;BC", width_ratios=(6, 1), height_ratios=(5, 2))
    main, past, total = (panels[key] for key in "ABC")
    past.sharex(main)
    plots.style(fig)
    main.xaxis_date()
    main.xaxis.set_major_formatter(ConciseDateFormatter(main.xaxis.get_major_locator(), show_offset=False))
    main.tick_params(labelbottom=False)
    main.set(ylabel=f"daily maximum, °{unit}", xlim=(when[0] - EDGE, when[-1] + EDGE))
    past.set(ylim=(0, 1.7), ylabel="weight")
    past.set_yticks([0, np.exp(-1), 1], ["0", "1/e", "1"])
    total.set(xlim=(-0.8, 1.7), ylim=(0, 1.1), xticks=[], ylabel="sum of the weights")
    total.set_yticks([0, 1])
    return main, past, total


def _weights(main, past, when):
    """What each day counts today, as a share of today: its dot, and a bar below it. Returns what moves them."""
    dots = main.scatter(when, when, s=0, color=plots.COLOURS[0], linewidths=0, zorder=1.9)
    bars = past.stairs(np.zeros(len(when)), np.append(when, when[-1] + 1) - 0.5, fill=True, color=plots.COLOURS[0])
    sticks = [
        past.plot([], [], dash, marker="o", color=colour, linewidth=1.6, markersize=6, markevery=[1])[0]
        for dash, colour in (("-", plots.COLOURS[1]), (":", plots.INK))
    ]
    words = [plots.note(past, x, 0.98, color=stick.get_color()) for x, stick in zip((0.01, 0.5), sticks)]

    def show(x, shares, marks):
        """shares: today's first; marks: (days back, height) of the sticks at 1/(1-beta) and at the mean age."""
        counts = np.append(shares[::-1], np.zeros(len(when) - len(shares)))
        dots.set_offsets(np.stack([when, x], axis=1))
        dots.set_sizes(36 * counts)
        bars.set_data(counts)
        for stick, word, name, (back, height) in zip(sticks, words, ("1/(1-beta)", "mean age"), marks):
            at, edge = when[len(shares) - 1] - back, when[0] - EDGE + 1
            stick.set_data([max(at, edge)] * 2, [0, height])
            stick.set_marker("o" if at > edge else "<")  # an arrow at the edge: it lies beyond
            word.set_text(f"{name} = {_days(back)}")

    return show


def _sums(axes, plain, corrected):
    """The sum of the weights as bars, in the colours of their curves. Returns what moves them."""
    bars = axes.bar((0, 1), (0, 1), color=[curve.get_color() for curve in (plain, corrected)])
    words = [plots.note(axes, x, 1, "1", ha="center", va="bottom", transform=axes.transData) for x in (0, 1)]
    axes.axhline(1, color=plots.INK, linewidth=1)

    def show(total, corrects):
        bars[0].set_height(total)
        words[0].set(text=f"{total:.2f}", y=total)
        for artist in (bars[1], words[1]):
            artist.set_visible(corrects)

    return show


def _days(number):
    digits = f"{number:.3g}" if number < 999.5 else f"{number:.0f}"
    return f"{digits} day{'s' * (digits != '1')}"
