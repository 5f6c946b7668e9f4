"""Transcripts: a figure as text, so that a wrong word, colour or curve shows as a difference that an author approves.

    ## 2 error_plane, start                           labs in the order of the notebook: the start, then each preset
    set: train 15, dev 30, bayes 0
    ~ says: Bias 15 - 0 = 15 points, ...
    axes 1
      x "step", log
        ~ limits 1 2e+03
      line "dev set": #d55e00, 2.2 wide, dash 5 1.5
        ~ 40 points; x log 1 20 142 1e+03; y 0.5 0.2 0.15 0.12

Of a preset only that is listed which differs from the start. A line that starts with ~ is measured: its words must
agree, its numbers nearly, for the last digits differ from machine to machine. All other lines must agree letter by
letter. Curves give their first, two middle and last points.
"""

import re
from difflib import SequenceMatcher

import numpy as np
from figures import draw, labs_of, shows_a_lab
from matplotlib.collections import Collection, LineCollection, PathCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer
from matplotlib.contour import ContourSet
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle, StepPatch
from matplotlib.text import Annotation, Text
from matplotlib.ticker import LogFormatter, NullFormatter, ScalarFormatter
from places import NOTEBOOKS, PATHS, TESTS

STORED = TESTS / "transcripts"
SHOWN = [path.relative_to(NOTEBOOKS).with_suffix("").as_posix() for path in PATHS if shows_a_lab(path)]
NOT_MEASURED = {"time_by_size": "its numbers are seconds of the machine it runs on"}  # only its words are stored
ROUGH = {  # whose numbers other processors change, by measurement: they are compared to the size of the spread only
    "mask_in_backward": "what it draws is the rounding of a numerical gradient",
    "eps_valley": "its left slope is rounding",
    "learning_from_each_start": "with tanh, plain descent runs at the edge of what converges",
    "dying_relus": "alpha 10 makes it chaotic",
    "optimizers_on_a_network": "it draws every alpha, up to those that diverge",
}
CLOSE = 0.02  # how nearly: of the spread of a row of points; of each number, in a sentence or a count
ROUNDING = 1e-11  # what is smaller is rounding, and may be anything
BARS = 10  # up to so many are shown one by one


def file_of(notebook):
    """Where the transcript of a notebook is stored: transcripts/dropout.txt for "week1/03_dropout"."""
    return STORED / f"{re.sub(r'.*/[0-9]+_', '', notebook)}.txt"


def transcript(notebook):
    """The text of every figure of a notebook ("week1/03_dropout"): as it starts, and what differs at each preset."""
    lines = [f"# {notebook}"]
    for number, lab in enumerate(labs_of(notebook), start=1):
        presets = {f'preset "{name}"': values for name, values in lab.presets.items()}
        begin = None
        for label, values in {"start": lab.start, **presets}.items():
            lab.forget()
            said = draw(lab, values, to_the_end=True)
            drawn = figure_blocks(lab.frame.figure)
            goal = [f"goal: {lab.goal[0]}"] if lab.goal and label == "start" else []
            if label == "start":
                goal += [
                    f"hand: {h.name} ({h.kind}: {', '.join(h.controls)})" for h in getattr(lab.update, "handles", ())
                ]
                goal += [f"play: {lab.update.play}"] if hasattr(lab.update, "play") else []
            text = [*goal, f"~ says: {said}", *_written(_changed(begin, drawn) if begin else drawn)]
            begin = begin or drawn
            lines += ["", f"## {number} {lab.name}, {label}"]
            lines += ["set: " + ", ".join(f"{name} {_setting(value)}" for name, value in values.items())]
            lines += [line for line in text if not (lab.name in NOT_MEASURED and _measured(line))]
    return "\n".join(lines) + "\n"


def figure_blocks(fig):
    """A figure as {"legend": blocks, "axes 1": blocks, ...}: a block is a line on a name and look, and what is measured."""
    legends = [block for legend in fig.legends for block in _legend(legend)]
    shown = {f"axes {k}": axes for k, axes in enumerate(fig.axes, start=1) if axes.get_visible()}
    return {"legend": legends, **{name: _axes(axes) for name, axes in shown.items()}}


def _changed(begin, now):
    """The blocks that are not as at the start; where some came or went, all."""
    return {
        part: blocks
        if len(blocks) != len(begin.get(part, []))
        else [block for old, block in zip(begin[part], blocks) if _disagreeing(old, block)]
        for part, blocks in now.items()
    }


def _written(parts):
    for part, blocks in parts.items():
        if blocks:
            yield part
            yield from (line for head, *rows in blocks for line in (f"  {head}", *(f"    {row}" for row in rows)))


def _setting(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _axes(axes):
    titles = [[f'title "{title}"'] for place in ("center", "left") if (title := axes.get_title(place))]
    scales = [
        [
            f'{axis.axis_name} "{axis.label.get_text()}", {axis.get_scale()}{_words_at_ticks(axis)}',
            f"~ limits {_numbers(axis.get_view_interval())}",
        ]
        for axis in ((axes.xaxis, axes.yaxis) if axes.axison else ())
    ]
    legend = _legend(axes.get_legend()) if axes.get_legend() else []
    groups = [group for group in axes.containers if isinstance(group, BarContainer)]
    grouped = {bar for group in groups for bar in group}
    artists = [*axes.images, *axes.collections, *axes.patches, *axes.lines, *axes.texts]
    seen = [*groups, *(artist for artist in artists if artist.get_visible() and artist not in grouped)]
    drawn = [
        next((say for kind, say in DESCRIBED.items() if isinstance(artist, kind)), _shape)(artist) for artist in seen
    ]
    return [*titles, *scales, *legend, *(block for block in drawn if len(block) > 1)]


def _legend(legend):
    entries = zip(legend.get_texts(), legend.legend_handles)
    shown = [(text, handle) for text, handle in entries if text.get_visible()]
    return [[f'legend "{text.get_text()}": {type(handle).__name__}, {_look(handle)}'] for text, handle in shown]


# each kind of artist: a line on its name and look, then what was measured; nothing measured, nothing to be seen


def _line(line):
    x, y = np.asarray(line.get_data(orig=False), float).reshape(2, -1)
    there, marked = np.isfinite(x) & np.isfinite(y), line.get_markevery()
    head, rows = f"line {_name(line)}: {_look(line)}", _points(line, x[there], y[there])
    if isinstance(marked, list) and rows:
        return [f"{head}, marked once", *rows, f"~ marker at {_numbers([x[marked], y[marked]])}"]
    return [head, *rows]


def _bars(group):
    looks = [_look(bar) for bar in group]
    corners = np.array([bar.get_bbox().get_points().ravel() for bar in group if bar.get_visible()])
    sides = [f"{side} {_numbers(row, BARS)}" for side, row in zip(("left", "bottom", "right", "top"), corners.T)]
    head = f"bars {_name(group)}: {looks[0] if len(set(looks)) == 1 else '; '.join(looks)}"
    return [head, "~ " + "; ".join(sides)] if sides else [head]


def _text(text):
    words = " ".join(text.get_text().split())
    arrow = f", arrow to {_numbers(text.xy)}" if isinstance(text, Annotation) and text.arrow_patch else ""
    place = f"{_numbers(text.get_position())}{_measure(text.axes, text.get_transform())}{arrow}"
    return [f"text: {to_hex(text.get_color())}", *[f"~ says: {words} (at {place})"] * bool(words or arrow)]


def _contours(contours):
    colours = contours.get_cmap().name.replace("from_list", "unnamed")  # given one by one: as older matplotlib calls it
    head = f"contours: {colours}, {len(contours.levels)} heights"
    return [head, "~ heights " + _numbers(contours.levels)]


def _picture(image):
    """An image, or a mesh: anything that shows an array in colours."""
    values = np.ma.filled(np.ma.asarray(image.get_array(), float), np.nan)
    extent = f"extent {_numbers(image.get_extent())}; " if hasattr(image, "get_extent") else ""
    return [
        f"picture {_name(image)}: {image.get_cmap().name}, {' by '.join(map(str, values.shape))}",
        f"~ {extent}colours {image.norm.vmin:.3g} {image.norm.vmax:.3g}",
        f"~ corners {_numbers(values[np.ix_([0, -1], [0, -1])] if values.ndim == 2 else values)}",
        f"~ mean {_numbers(np.nanmean(values))}, standard deviation {_numbers(np.nanstd(values))}",
    ]


def _dots(dots):
    offsets = np.ma.filled(np.ma.asarray(dots.get_offsets(), float), np.nan)
    head = f"dots {_name(dots)}: {_look(dots)}, of {len(dots.get_paths()[0].vertices)} corners"
    return [head, *_points(dots, *offsets[np.isfinite(offsets).all(axis=1)].T, dots.get_offset_transform())]


def _pieces(pieces):
    ends = np.concatenate([np.empty((0, 2)), *pieces.get_segments()])
    return [f"pieces {_name(pieces)}: {_look(pieces)}", *_points(pieces, *ends.T)]


def _steps(steps):
    heights, edges, _ = steps.get_data()
    measured = f"~ {len(heights)} steps; edges {_numbers(edges)}; mean {_numbers(heights.mean())}"
    return [f"steps {_name(steps)}: {_look(steps)}", f"{measured}; highest {_numbers(heights.max())}"]


def _shape(shape):
    """Any other patch or collection: its corners."""
    paths = shape.get_paths() if isinstance(shape, Collection) else [shape.get_path()]
    box = isinstance(shape, Rectangle)
    corners = shape.get_bbox().get_points() if box else np.concatenate([path.vertices for path in paths])
    return [f"{type(shape).__name__} {_name(shape)}: {_look(shape)}", *_points(shape, *corners.T)]


DESCRIBED = {
    BarContainer: _bars,
    Line2D: _line,
    Text: _text,
    ContourSet: _contours,
    PathCollection: _dots,
    LineCollection: _pieces,
    StepPatch: _steps,
    AxesImage: _picture,
    QuadMesh: _picture,
}  # any other patch or collection: _shape


def _points(artist, x, y, transform=None):
    """How many points, and some of them; on a log axis with the word log, for they are compared so."""
    measure = _measure(artist.axes, transform or artist.get_transform())
    scales = ("", "") if measure else (artist.axes.get_xscale(), artist.axes.get_yscale())
    rows = [
        f"{name}{' log' if scale == 'log' else ''} {_numbers(values)}"
        for name, scale, values in zip("xy", scales, (x, y))
    ]
    return [f"~ {len(x)} points{measure}; {'; '.join(rows)}"] if len(x) else []


def _measure(axes, transform):
    """In which measure places are given, where it is not that of the two scales."""
    known = {
        " of the axes": axes.transAxes,
        " of the height": axes.get_xaxis_transform(),
        " of the width": axes.get_yaxis_transform(),
    }
    return next((name for name, its in known.items() if its is transform), "")


def _numbers(values, most=4):
    """All, or of more than `most` the first, two middle and last, in three digits."""
    values = np.ravel(values).astype(float)
    if len(values) > most:
        values = values[np.linspace(0, len(values) - 1, 4).round().astype(int)]
    return " ".join(f"{value + 0.0:.3g}" for value in values)


def _name(artist):
    label = str(artist.get_label())
    return f'"{label}"' if label and not label.startswith("_") else "without a name"


def _words_at_ticks(axis):
    """The words at the ticks, where a formatter or the scene chose them."""
    if isinstance(axis.get_major_formatter(), (ScalarFormatter, LogFormatter, NullFormatter)):
        return ""
    low, high = sorted(axis.get_view_interval())
    words = [
        label.get_text() for at, label in zip(axis.get_majorticklocs(), axis.get_ticklabels()) if low <= at <= high
    ]
    return ", ticks " + " | ".join(words)


def _look(artist):
    """Colour, width, dash and marker, or face and edge, in words."""
    alpha = f"alpha {artist.get_alpha():.3g}" if isinstance(artist.get_alpha(), (int, float)) else ""
    if not isinstance(artist, Line2D):
        face, edge = _colours(artist.get_facecolor()), _colours(artist.get_edgecolor())
        hatch = f"hatch {artist.get_hatch()}" if artist.get_hatch() else ""
        width = f"{np.ravel(artist.get_linewidth())[0]:.3g} wide" if edge != "none" else ""
        return ", ".join(filter(None, (f"face {face}", f"edge {edge}", width, hatch, alpha)))
    stroke = marker = filled = ""
    if artist.get_linestyle() != "None":
        dash = artist._unscaled_dash_pattern[1]
        stroke = f"{artist.get_linewidth():.3g} wide, " + (f"dash {_numbers(dash, 8)}" if dash else "solid")
    if artist.get_marker() not in ("None", ""):
        marker = f"marker {artist.get_marker()} of {artist.get_markersize():.3g}"
        face = artist.get_markerfacecolor()
        filled = "hollow" if artist.get_fillstyle() == "none" else f"filled {_colours(face)}"
        filled += f", edge {_colours(artist.get_markeredgecolor())}"
    return ", ".join(filter(None, (to_hex(artist.get_color()), stroke, marker, filled, alpha)))


def _colours(colours):
    """Up to four colours by name; of more, how many."""
    colours = [colours] if isinstance(colours, str) else np.atleast_2d(colours)
    names = list(dict.fromkeys("none" if not isinstance(c, str) and c[-1] == 0 else to_hex(c) for c in colours))
    return " ".join(names) if len(names) <= 4 else f"{len(names)} colours"


# comparing


def difference(stored, now):
    """The lines that disagree, as "- stored" and "+ now" under the heading of their figure; "" if none does."""
    old, new = _figures(stored), _figures(now)
    found = []
    for heading in dict.fromkeys([*old, *new]):
        close = 1.0 if any(f" {scene}," in heading for scene in ROUGH) else CLOSE
        wrong = _disagreeing(old.get(heading, []), new.get(heading, []), close)
        found += [heading, *wrong] if wrong or (heading in old) != (heading in new) else []
    return "\n".join(found)


def _figures(text):
    heading, *rest = re.split(r"^(## .*)\n", text, flags=re.MULTILINE)
    return {heading.strip(): [], **{head: body.rstrip().splitlines() for head, body in zip(rest[::2], rest[1::2])}}


def _disagreeing(old, new, close=CLOSE):
    wordings = [[NUMBER.sub("#", line) if _measured(line) else line for line in lines] for lines in (old, new)]
    wrong = []
    for kind, a, b, c, d in SequenceMatcher(None, *wordings, autojunk=False).get_opcodes():
        if kind == "equal":
            far = [(one, two) for one, two in zip(old[a:b], new[c:d]) if not _agree(one, two, close)]
            wrong += [line for one, two in far for line in (f"- {one}", f"+ {two}")]
        else:
            wrong += [f"- {line}" for line in old[a:b]] + [f"+ {line}" for line in new[c:d]]
    return wrong


NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
ROW = re.compile(r"(~ )?(x|y|limits|left|bottom|right|top|edges|heights|extent|corners)\b")  # numbers of one measure


def _measured(line):
    return line.lstrip().startswith("~")


def _agree(one, two, close):
    """Do the numbers of two lines with the same words agree? A sentence is taken whole, a row of numbers by itself."""
    pairs = [(one, two)] if "says:" in one else zip(one.strip().split("; "), two.strip().split("; "))
    return one == two or all(_nearly(*pair, close) for pair in pairs)


def _nearly(one, two, close):
    old, new = (np.array([float(number) for number in NUMBER.findall(text)]) for text in (one, two))
    far = close * np.abs(old) + 1.01 * np.array([_last_digit(found) for found in NUMBER.finditer(one)])
    if ROW.match(one) and " log " in one:
        old, new = np.log(np.maximum(old, ROUNDING)), np.log(np.maximum(new, ROUNDING))
        far = close * max(np.ptp(old), 1)
    elif ROW.match(one):
        far = close * (np.ptp(old) or np.abs(old).max())
    return bool((np.abs(old - new) <= far + ROUNDING).all())


def _last_digit(found):
    """What one unit of the last digit is worth: of "12.5" 0.1, of "7%" 1; of a whole number, such as "layer 1", nothing."""
    digits, _, power = found.group().partition("e")
    if digits == found.group().partition(".")[0] and not found.string.startswith("%", found.end()):
        return 0.0
    return 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
