"""What tests of figures share: a scene on a figure of its own, the labs of a notebook, and moving all that moves."""

import inspect
import json
import re
import sys
import types
from contextvars import copy_context
from copy import deepcopy
from itertools import combinations, islice, product

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from places import NOTEBOOKS

from dlcourse.live import LARGER, Lab, turns
from dlcourse.live import lab as lab_module
from dlcourse.live import page as page_module

FRAMES = 3  # how many frames of a training are pulled at each setting; at the ends it runs to its end


def on_a_figure(scene, *data, size=(8.4, 4.8)):
    """(fig, update) of a scene."""
    fig = Figure(figsize=size)
    FigureCanvasAgg(fig)
    return fig, scene(fig, *data)


def arrows(axes):
    """{way: (x, y)}: the arrows that `plots.arrows` shows at the edges of these axes, the ways that are taken only."""
    shown = {
        way: [line.get_xydata() for line in axes.lines if (line.get_label(), line.get_marker()) == ("_beyond", way)]
        for way in "<>v^"
    }
    found = {way: np.concatenate(points).T for way, points in shown.items() if points}
    return {way: points for way, points in found.items() if points.size}


def code_cells(file):
    return [
        "".join(cell["source"]) for cell in json.loads(file.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"
    ]


def shows_a_lab(file):
    return any(re.search(r"\blive\(", code) for code in code_cells(file))


def run_notebook(file, monkeypatch):
    """Run the code cells as IPython would, `??` and all; returns the labs that were made, open.

    PyTorch and TensorFlow are away, as for most readers: they are slow to come, and nbval runs the cells that need them.
    """
    labs, build = [], Lab.__init__

    def noted(lab, *args):
        build(lab, *args)
        labs.append(lab)

    monkeypatch.chdir(file.parent)
    monkeypatch.setattr(Lab, "__init__", noted)
    for framework in ("torch", "tensorflow"):
        monkeypatch.setitem(sys.modules, framework, None)
    monkeypatch.setattr(turns, "RATE", 1e-9)  # of a training the first frame is drawn and the last
    shell = InteractiveShell()
    for module in (lab_module, page_module):
        monkeypatch.setattr(module, "get_ipython", lambda: None)
    for number, code in enumerate(code_cells(file)):
        result = shell.run_cell(code)
        error = result.error_before_exec or result.error_in_exec
        assert error is None, f"code cell {number} of {file.name}: {error!r}"
    return labs


_kept = {}


def labs_of(notebook):
    """The live figures of a stored notebook ("week1/03_dropout"), run once for all who ask; open, and at their start."""
    if notebook not in _kept:
        with pytest.MonkeyPatch.context() as patch:
            _kept[notebook] = run_notebook(NOTEBOOKS / f"{notebook}.ipynb", patch)
    return _kept[notebook]


def positions(control):
    """Both ends and two places between; every choice."""
    if hasattr(control, "_options_values"):
        values = list(control._options_values)
        return (
            values
            if len(values) <= 8
            else [values[0], values[-1], values[len(values) // 3], values[2 * len(values) // 3]]
        )
    if hasattr(control, "min"):
        low, high = control.min, control.max
        return [low, high, *dict.fromkeys(type(low)(low + share * (high - low)) for share in (0.31, 0.73))]
    return [True, False] if isinstance(control.value, bool) else [control.value]


_said, _found = {}, {}  # at its end, a setting's sentence once drawn and checked, and what its scene has found


def facts(lab, values):
    """What the scene has found, at the end, with these values: worked out once for all who ask."""
    key = lab, *values.items()
    if key not in _found:
        ran = lab.update(**values)
        if not isinstance(ran, str):
            for _ in ran:
                pass
        _found[key] = deepcopy(getattr(lab.update, "facts", {}))
    return _found[key]


def said_at_the_end(lab, values):
    """The sentence of a setting at its end, which is drawn and checked once for all who ask."""
    return _said.get((lab, *values.items())) or draw(lab, values, to_the_end=True)


def elsewhere(run):
    """Its frames, each pulled in a context of its own, as the kernel's loop pulls them in one task and goes on in another."""
    while True:
        try:
            yield copy_context().run(next, run)
        except StopIteration:
            return


def draw(lab, values, to_the_end):
    """One setting: the sentence of the picture, or the last of the first few while it trains."""
    result = lab.update(**values)
    if not isinstance(result, types.GeneratorType):
        sentence = result
    else:
        frames = list(elsewhere(result) if to_the_end else islice(elsewhere(result), FRAMES))
        result.close()
        assert frames, f"{lab.name}: a training must yield"
        done = [share for share, _ in frames]
        assert done == sorted(done) and 0 <= done[0] and done[-1] <= 1, (
            f"{lab.name}: progress goes from 0 to 1, got {done[:5]}..."
        )
        sentence = frames[-1][1]
    assert isinstance(sentence, str) and len(sentence) > 10 and sentence.strip()[-1] in ".!?", (
        f"{lab.name}: {sentence!r}"
    )
    assert not re.search(r"\b(nan|inf)\b", sentence), f"{lab.name} with {values} says: {sentence}"
    lab.frame.draw()
    assert_finite(lab, values)
    if to_the_end:
        key = lab, *values.items()
        _said[key], _found[key] = sentence, deepcopy(getattr(lab.update, "facts", {}))
    return sentence


def assert_finite(lab, values):
    """No infinity in what is drawn; NaN only as a gap between points that are there."""
    for axes in lab.frame.figure.axes:
        assert np.isfinite([*axes.get_xlim(), *axes.get_ylim()]).all(), f"{lab.name} with {values}: limits"
        for line in axes.lines:
            x, y = np.asarray(line.get_xdata(orig=False), float), np.asarray(line.get_ydata(orig=False), float)
            where = f"{lab.name} with {values}: line {line.get_label()!r}"
            assert not np.isinf(x).any() and not np.isinf(y).any(), where
            assert len(y) == 0 or np.isfinite(y).any() or np.isnan(x).all(), f"{where} is all NaN"
        for image in axes.images:
            assert np.isfinite(np.ma.filled(np.asarray(image.get_array(), float), np.nan)).any(), (
                f"{lab.name} with {values}: image"
            )
        for dots in axes.collections:
            if isinstance(dots, PathCollection):
                assert not np.isinf(np.ma.filled(np.asarray(dots.get_offsets(), float), 0)).any(), (
                    f"{lab.name} with {values}: dots"
                )


def exercise(lab):
    """Move everything; returns the sentences seen. Each control must change one, be it beside another's value."""
    places = {name: positions(control) for name, control in lab.controls.items()}
    said, ended = {}, set()

    def see(to_the_end=False, **values):
        values = {**lab.start, **values}
        setting = tuple(values.items())
        if setting not in said or (to_the_end and setting not in ended):
            said[setting] = said_at_the_end(lab, values) if to_the_end else draw(lab, values, to_the_end=False)
            ended.update({setting} if to_the_end else ())

    see(to_the_end=True)
    for name, values in places.items():
        for k, value in enumerate(values):
            see(to_the_end=k < 2, **{name: value})
    for one, two in combinations(places, 2):
        for a, b in product(places[one][:2], places[two][:2]):
            see(**{one: a, two: b})
    for values in lab.presets.values():
        see(to_the_end=True, **values)

    for k, (name, values) in enumerate(places.items()):
        groups = {}
        for setting, sentence in said.items():
            groups.setdefault(setting[:k] + setting[k + 1 :], set()).add(sentence)
        changes = any(len(sentences) > 1 for sentences in groups.values())
        assert changes or len(values) == 1, (
            f"{lab.name}: {name} never changes the sentence {said[tuple(lab.start.items())]!r}"
        )
    return list(said.values())


def look(lab, values):
    """What a setting puts on the figure, of a training its first frames: the sentence, and the data of every artist."""
    lab.forget()
    result = lab.update(**values)
    if isinstance(result, types.GeneratorType):
        *_, (_, sentence) = islice(result, FRAMES)
        result.close()
    drawn = [result if isinstance(result, str) else sentence]
    for axes in lab.frame.figure.axes:
        drawn += [(line.get_xydata().tobytes(), line.get_visible(), line.get_linewidth()) for line in axes.lines]
        drawn += [np.ma.filled(np.ma.asarray(image.get_array(), float), -1).tobytes() for image in axes.images]
        drawn += [np.ma.filled(dots.get_offsets(), -1).tobytes() for dots in axes.collections]
        drawn += [(patch.get_path().vertices.tobytes(), patch.get_visible()) for patch in axes.patches]
        drawn += [(text.get_text(), text.get_position(), text.get_visible()) for text in axes.texts]
    return drawn


def assert_presets_in_any_order(lab):
    """A preset, or reset, pressed after any other shows what it shows after a reset."""
    settings = {"reset": lab.start, **lab.presets}
    alone, before = {}, None  # as it looks when it is first seen, after a reset
    for one, two in combinations(settings, 2):  # one, two, one, three, one, ...: each after each other
        for label in (one, two, one):
            if label != before:
                shown = look(lab, settings[label])
                assert shown == alone.setdefault(label, shown), f"{lab.name}: {label!r} after {before!r} differs"
                before = label


def reaches(lab, values):
    """Is the goal reached with these values, a training at its end?"""
    values = {**lab.start, **values}
    known = {**values, **facts(lab, values)}
    return bool(lab.goal.reached(**{name: known[name] for name in inspect.signature(lab.goal.reached).parameters}))


def assert_goal_is_to_be_found(lab):
    """Not reached at the start, by no preset, but by its witness; and each value of the witness can be set."""
    lab._values.check("the witness", lab.goal.witness)
    assert not reaches(lab, {}), f"{lab.name}: {lab.goal.text!r} is reached before anyone has moved a slider"
    for label, values in lab.presets.items():
        assert not reaches(lab, values), f"{lab.name}: the preset {label!r} reaches {lab.goal.text!r}"
    assert reaches(lab, lab.goal.witness), f"{lab.name}: {lab.goal.witness} does not reach {lab.goal.text!r}"


def assert_legible(lab):
    """No lettering beyond the edge, none over other lettering outside the axes, also in large type."""
    for size in (lab.size, tuple(side / LARGER for side in lab.size)):
        lab.frame.resize(size, 900)
        draw(lab, lab.start, to_the_end=False)
        renderer = lab.frame.canvas.get_renderer()
        boxes = {text: text.get_window_extent(renderer) for text in lettering(lab.frame.figure)}
        width, height = lab.frame.canvas.get_width_height()
        for text, box in boxes.items():
            inside = box.x0 >= -2 and box.y0 >= -2 and box.x1 <= width + 2 and box.y1 <= height + 2
            assert inside, f"{lab.name} at {size}: {text.get_text()!r} is cut off"
        for (one, a), (two, b) in combinations(boxes.items(), 2):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            down = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across < 3 or down < 3, f"{lab.name} at {size}: {one.get_text()!r} lies over {two.get_text()!r}"
    lab.frame.resize(lab.size, 900)


CORNERS = [(-0.2, -0.2), (1.2, 1.2), (0.1, 0.8), (0.5, 0.5), (0.83, 0.27)]  # where a hand drags to; shares of the axes


def assert_handles_move(lab):
    """What the scene says can be taken moves its controls, within their limits, and stands where they say."""
    drawn = {}
    lab.forget()
    draw(lab, lab.start, to_the_end=True)
    every = getattr(lab.update, "handles", ())
    names = [handle.name for handle in every]
    assert len(set(names)) == len(names), f"{lab.name}: two handles are called the same: {names}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lab._turns, "wake", lambda *_, **__: None)
        for values in (lab.start, *lab.presets.values()):
            lab._values.assign(values)
            _follow(lab, drawn)
            for number, handle in enumerate(lab._hands.handles):
                _take(lab, number, handle, drawn)
                lab._values.assign(values)
        lab._values.assign(lab.start)
    draw(lab, lab.start, to_the_end=False)


def _follow(lab, drawn):
    """Draw where the controls stand now; not again what left the axes, all that hands see of a picture, as they are."""
    values = tuple(lab.values.items())
    if drawn.get(values) != _axes_and_spots(lab):
        draw(lab, lab.values, to_the_end=False)
        drawn[values] = _axes_and_spots(lab)


def _axes_and_spots(lab):
    axes = [(a.get_visible(), a.get_xlim(), a.get_ylim(), a.bbox.extents.tolist()) for a in lab.frame.figure.axes]
    return axes, lab._hands.shown()


def _take(lab, number, handle, drawn):
    where, hands = f"{lab.name}: handle {handle.name!r}", lab._hands
    before = lab.values
    shown = hands.shown()[number]
    left, top, width, height = shown["box"]
    assert shown["spots"] and np.isfinite(shown["spots"]).all(), where
    if handle.kind in ("pick", "toggle"):
        for spot in range(len(shown["spots"])):
            hands.done("pick", number, spot)
            assert spot in handle.pressed(lab.values), f"{where}: a press on spot {spot} does not choose it"
        _follow(lab, drawn)
        return
    seen = []
    for x, y in CORNERS:
        hands.done("move", number, 0, (left + x * width, top + y * height))
        lab._values.check(where, lab.values)
        seen.append(lab.values)
        _follow(lab, drawn)
        if handle.kind == "place":  # taken where it stands and left there, nothing moves, but for a step of the control
            stands = hands.shown()[number]["spots"][0]
            hands.done("move", number, 0, stands)
            again = hands.shown()[number]["spots"][0]
            assert np.abs(np.subtract(stands, again)).max() < 0.03, f"{where} jumps from {stands} to {again}"
    assert any(values != before for values in seen), f"{where} moves nothing"
    if handle.kind == "points":
        if len(handle.spots(lab.values)) == lab.controls[handle.controls[0]].most:
            hands.done("remove", number, 0)
        many = len(handle.spots(lab.values))
        hands.done("add", number, 0, (left + 0.4 * width, top + 0.6 * height))
        assert len(handle.spots(lab.values)) == many + 1, f"{where}: no point is added"
        draw(lab, lab.values, to_the_end=True)
        hands.done("remove", number, 0)
        assert len(handle.spots(lab.values)) == many, f"{where}: no point is taken away"
        _follow(lab, drawn)


def lettering(fig):
    """Every text that is to be seen; of the tick labels those within the limits, for matplotlib keeps spare ones."""
    texts = [*fig.texts, *(text for legend in fig.legends for text in legend.get_texts())]
    for axes in filter(lambda axes: axes.get_visible(), fig.axes):
        legend = axes.get_legend()
        texts += [axes.title, *axes.texts, *(legend.get_texts() if legend else [])]
        for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
            low, high = sorted(axis.get_view_interval())
            texts += [axis.label, axis.offsetText]
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                texts += [tick.label1, tick.label2] if low <= tick.get_loc() <= high else []
    return [text for text in texts if text.get_visible() and text.get_text().strip()]
