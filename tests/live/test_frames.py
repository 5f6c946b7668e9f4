"""A frame: lettering over what moves is set in type once, and laid over it so that nobody sees the difference."""

from collections import Counter

import numpy as np
import pytest
from figures import draw, labs_of, positions, shows_a_lab
from matplotlib.axis import Axis
from matplotlib.legend import Legend
from matplotlib.text import Text
from places import NOTEBOOKS, PATHS

from dlcourse.live.frame import BACKGROUNDS, Frame

TRANSLUCENT = 2  # of 255: by so much a pixel under translucent lettering may differ


TITLE, LIMITS = "a title says another thing", "the limits follow what is drawn"
NAMES, GROUND = "a name comes or goes in the legend", "another ground, another picture below the curves"
REDRAWN = {  # (scene, control): why a move of it draws the whole figure again
    ("mismatched", "m"): NAMES,
    ("cost_by_step", "plotted"): TITLE,
    ("cost_by_step", "lr"): LIMITS,
    ("cost_by_step", "lambd"): LIMITS,
    ("cost_by_step", "batch_size"): LIMITS,
    ("cost_by_step", "keep_prob"): LIMITS,
    ("next_z", "keep_prob"): LIMITS,
    ("powers_of_depth", "L"): LIMITS,
    ("initialization_field", "depth"): LIMITS,
    ("fresh_and_fixed", "keep_prob"): LIMITS,
    ("averages", "bias_correction"): NAMES,
    ("averages", "noise"): LIMITS,
    ("zero_gradients", "point"): LIMITS,
    ("zero_gradients", "surface"): GROUND,
    ("saddles_by_cost", "n"): NAMES,
    ("saddles_by_cost", "landscape"): NAMES,
    ("saddles_by_cost", "shown"): NAMES,
    ("computation_graph", "program"): GROUND,
    ("first_program", "b"): LIMITS,
    ("first_program", "c"): LIMITS,
    ("first_layer", "source"): TITLE,
    ("few_labels", "thaw"): GROUND,
    ("optimizer_paths", "surface"): GROUND,
    ("optimizer_paths", "turn"): GROUND,
    ("optimizer_paths", "condition"): GROUND,
    ("rate_map", "condition"): GROUND,
    ("conventions", "convention"): NAMES,
    ("contours_of_the_inputs", "spread"): GROUND,
    ("contours_of_the_inputs", "mean"): GROUND,
    ("every_schedule", "schedule"): NAMES,
    ("batch_size_paths", "compare"): NAMES,
    ("your_trials", "costs"): "what was closed is opened",
    ("class_borders", "data"): NAMES,
    ("searching", "K"): LIMITS,
    ("searching", "rounds"): LIMITS,
    ("settling", "rate"): NAMES,
    ("large_logits", "c"): "the words at the ticks are numbers that follow c",
}


def figure(frame):
    """Curves below a translucent legend, words, and the axis of an inset; a dot that may leave its axes moves over all."""
    left, right = frame.figure.subplots(1, 2)
    low = left.plot([], [], lw=8, label="low")[0]
    left.plot([0, 1], [1, 0], "o-", label="high")
    left.legend(loc="center", framealpha=0.6)
    left.text(0.2, 0.9, "words $w^2$", zorder=5, bbox={"facecolor": "yellow", "alpha": 0.4})
    inset = left.inset_axes([0.55, 0.6, 0.4, 0.3])
    inset.plot([0, 1], [0, 1])
    dot = right.plot([], [], "o", clip_on=False, markersize=30, color="C3")[0]
    right.set(xlim=(0, 1), ylim=(0, 1), xlabel="x", yscale="symlog")
    left.set(xlim=(0, 1), ylim=(0, 1))
    frame.built()

    def move(a):
        low.set_data([0, 1], [a, 1 - a])
        dot.set_data([a], [1.1])
        frame.draw()

    return left, move


def shown(frame):
    return np.array(frame.canvas.buffer_rgba(), int)


def whole(frame):
    """The same figure as matplotlib draws it, with nothing held back."""
    for artist in frame._over:
        artist.set_animated(False)
    frame.canvas.draw()
    for artist in frame._over:
        artist.set_animated(True)
    for artist in frame._every:
        artist.stale = False
    return shown(frame)


@pytest.mark.parametrize("pixels", [300, 843])
def test_a_frame_looks_like_the_whole_drawing(pixels):
    """Catches lettering that lies a pixel off, upside down or twice, or that a curve covers."""
    frame = Frame(pixels=pixels)
    _, move = figure(frame)
    for a in (0.1, 0.5, 0.9):
        move(a)
        frames, drawn = shown(frame), whole(frame)
        assert np.abs(frames - drawn).max() <= TRANSLUCENT
        assert (frames != drawn).mean() < 0.005, "nearly every pixel is the same"


def test_lettering_that_stands_still_is_set_once(monkeypatch):
    """The reason for it: a legend over the curves cost more than all curves together."""
    frame, drawn = Frame(pixels=400), Counter()
    _, move = figure(frame)
    move(0.1), move(0.2)
    for kind in (Axis, Legend, Text):
        draw = kind.draw
        noted = lambda self, *given, draw=draw, kind=kind: drawn.update([kind]) or draw(self, *given)  # noqa: E731
        monkeypatch.setattr(kind, "draw", noted)
    for a in (0.3, 0.4, 0.5):
        move(a)
    assert {type(artist) for artist in frame._over} >= {Legend, Text} and not drawn


def test_a_whole_redraw_sets_in_type_only_what_changed(monkeypatch):
    """Limits of one axis must not cost the typesetting of all the others, which took most of the time."""
    frame, drawn = Frame(pixels=400), []
    left, move = figure(frame)
    move(0.1), move(0.2)
    for kind in (Axis, Legend):
        draw = kind.draw
        monkeypatch.setattr(kind, "draw", lambda self, *given, draw=draw: drawn.append(self) or draw(self, *given))
    for change, anew in (
        (lambda: left.set_ylim(0, 1.2), [left.yaxis]),
        (lambda: left.text(0.5, 0.5, "new"), []),
        (lambda: left.get_legend().get_texts()[0].set_text("renamed"), [left.get_legend()]),
    ):
        before, _ = frame.full_draws, drawn.clear()
        change()
        move(0.2)
        assert frame.full_draws == before + 1 and drawn == anew
        assert np.abs(shown(frame) - whole(frame)).max() <= TRANSLUCENT


def test_lettering_that_changes_is_set_anew():
    """Catches an old picture laid over a new one."""
    frame = Frame(pixels=400)
    left, move = figure(frame)
    move(0.1), move(0.2)
    for change in (
        lambda: left.get_legend().get_texts()[0].set_text("renamed"),
        lambda: left.texts[0].set_visible(False),
        lambda: left.set_position((0.1, 0.2, 0.3, 0.5)),
        lambda: left.get_legend().set_visible(False),
        lambda: frame.resize((5.0, 3.0), 500),
    ):
        before = shown(frame)
        change()
        move(0.2)
        assert before.shape != shown(frame).shape or (before != shown(frame)).any()
        assert np.abs(shown(frame) - whole(frame)).max() <= TRANSLUCENT


def test_lettering_without_ink_does_no_harm():
    """An empty text, and one that lies outside the picture."""
    frame = Frame(pixels=300)
    left, move = figure(frame)
    left.text(0.5, 0.5, "", zorder=9)
    left.text(9.0, 9.0, "far away", zorder=9).set_in_layout(False)
    move(0.1), move(0.2)
    assert np.abs(shown(frame) - whole(frame)).max() <= TRANSLUCENT


@pytest.mark.usefixtures("close_labs")
@pytest.mark.parametrize("file", [f for f in PATHS if shows_a_lab(f)], ids=lambda f: f.stem)
def test_a_drag_redraws_the_figure_only_for_a_reason(file):
    """Each control from end to end, once to find what moves, and once more. Catches limits and titles set in vain."""
    for lab in labs_of(file.relative_to(NOTEBOOKS).with_suffix("").as_posix()):
        for name, control in lab.controls.items():
            moves = [{**lab.start, name: value} for value in positions(control)]
            for values in (*moves, lab.start):
                draw(lab, values, to_the_end=False)
            before = lab.frame.full_draws
            for values in moves:
                draw(lab, values, to_the_end=False)
            drawn = lab.frame.full_draws - before
            assert not drawn or (lab.name, name) in REDRAWN, (
                f"{lab.name}: {name} redraws all, {drawn} of {len(moves)} times"
            )


def test_figures_of_one_size_share_their_pixels_and_nothing_else():
    """Catches the picture of another figure: whoever asks for one that was drawn over gets its own."""
    frames = [Frame(pixels=300) for _ in range(5)]
    pictures = []
    for k, frame in enumerate(frames):
        move = figure(frame)[1]
        move(k / 5)
        pictures.append(frame.png())
    assert len({id(frame.canvas.get_renderer()) for frame in frames}) == 1 and len(set(pictures)) == 5
    assert [frame.png() for frame in frames] == pictures and frames[1].png() == pictures[1]
    low = frames[2].figure.axes[0]
    low.set_yticks([0, 1], ["0", "a very long number, for which there is no room"])
    assert not frames[2].draw(lay_out=False) and frames[1].png() == pictures[1], (
        "drawn over by one that came to nothing"
    )
    frames[0].resize((8.4, 4.4), 400)
    assert frames[0].canvas.get_renderer() is not frames[1].canvas.get_renderer()


def test_few_backgrounds_are_kept():
    """A notebook of many figures has memory for those that were moved last; the others draw everything once."""
    moves = {}
    for _ in range(BACKGROUNDS + 2):
        frame = Frame(pixels=300)
        moves[frame] = figure(frame)[1]
        moves[frame](0.1)
        moves[frame](0.2)
    first, *_, last = moves
    assert [frame._background is not None for frame in moves] == [False] * 2 + [True] * BACKGROUNDS
    drawn = first.full_draws, last.full_draws
    for frame in (first, last, first, last):
        moves[frame](0.7)
        assert np.abs(shown(frame) - whole(frame)).max() <= TRANSLUCENT
    assert (first.full_draws, last.full_draws) == (drawn[0] + 1, drawn[1])
