"""Live figures without a browser: what a moved slider does, in what order, and what it must not do."""

import asyncio
import ctypes
import gc
import io
import os
import signal
import struct
import threading
import time
import tracemalloc
import weakref
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from PIL import Image

from dlcourse.live import (
    Lab,
    Picture,
    by_hand,
    choice,
    large_type,
    live,
    log_slider,
    one_minus_log,
    slider,
    switch,
    turns,
)
from dlcourse.live.frame import Frame
from dlcourse.live.lab import SIZE, _close_earlier
from dlcourse.live.line import PATIENCE, Line
from dlcourse.live.png import encode_png
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Place


def parabola(fig):
    """The smallest scene: one line, one sentence, one fact."""
    axes = fig.subplots()
    plots.style(fig)
    axes.set(xlim=(-1, 1), ylim=(-2, 2))
    curve, x = plots.line(axes, 0, "a x^2", marker="o", markevery=[-1]), np.linspace(-1, 1, 50)

    def update(a, up=True):
        if a == 0.666:
            raise RuntimeError("planted")
        curve.set_data(x, (1 if up else -1) * a * x**2)
        update.facts["edge"] = a
        return f"At the edge the curve is {a:.3g} high."

    update.facts = {}
    return update


class Training:
    """A scene that trains for `steps` frames and keeps a diary of what happened to its generators."""

    def __init__(self, steps=20, seconds=0.0):
        self.steps, self.seconds, self.diary = steps, seconds, []

    def __call__(self, fig):
        axes = fig.subplots()
        plots.cost_axes(axes, self.steps, 0, 1)
        curve = plots.line(axes, 0)

        def update(lr):
            self.diary.append(("start", lr))
            try:
                for t in range(self.steps + 1):
                    if lr == 0.666 and t == 3:
                        raise RuntimeError("planted")
                    time.sleep(self.seconds)
                    curve.set_data(np.arange(t + 1), (1 - lr) ** np.arange(t + 1))
                    yield t / self.steps, f"Step {t} with lr {lr:.3g}: cost {(1 - lr) ** t:.3g}."
                self.diary.append(("end", lr))
            finally:
                self.diary.append(("closed", lr))

        return update


@pytest.fixture(autouse=True)
def nothing_stays_open(no_other_labs):
    yield
    if Lab.large:
        large_type(False)


@pytest.fixture
def lab():
    return live(
        parabola,
        a=slider(0.0, 1.5, 0.5, step=0.001),
        up=True,
        presets={"flat": {"a": 0.0}, "steep, down": {"a": 1.5, "up": False}},
        goal=("Reach 1 at the edge.", lambda edge: edge >= 1),
    )


def messages(picture, monkeypatch):
    """Collect what the picture sends to the browser from now on."""
    sent = []
    monkeypatch.setattr(
        picture,
        "_send",
        lambda message, buffers=None: sent.append(
            set(message["state"]) | {path[0] for path in message["buffer_paths"]}
        ),
    )
    return sent


def press(lab, label):
    lab.buttons[label].click()


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)))


# ---- a move and its picture


def test_a_moved_slider_changes_picture_sentence_and_alt_text(lab):
    before = lab.png
    lab.controls["a"].value = 1.0
    assert lab.png != before and lab.caption == "At the edge the curve is 1 high."
    assert lab._page.plain(lab.png)[0][1]["image/png"]["alt"] == lab.caption


def test_the_plain_picture_has_its_sentence_below_it_in_a_form_that_any_front_end_shows(lab):
    lab.picture.caption = "J < 1 & rising."
    (picture, metadata), (below, _) = lab._page.plain(lab.png)
    assert picture["text/plain"] == below["text/plain"] == metadata["image/png"]["alt"] == "J < 1 & rising."
    assert ">J &lt; 1 &amp; rising.</p>" in below["text/html"]


def test_each_move_is_one_message_and_no_move_is_none(lab, monkeypatch):
    """Catches a frame sent in parts, which the page would show in parts, and idle traffic."""
    sent = messages(lab.picture, monkeypatch)
    lab.controls["a"].value = 1.0
    assert len(sent) == 1 and {"png", "caption", "reached", "goal"} <= sent[0]
    lab.controls["a"].value = 1.0
    lab.set(a=1.0)
    assert len(sent) == 1


def test_presets_and_reset_move_all_controls_as_one(lab, monkeypatch):
    sent = messages(lab.picture, monkeypatch)
    press(lab, "steep, down")
    assert lab.values == {"a": 1.5, "up": False} and len(sent) == 1
    press(lab, "reset")
    assert lab.values == {"a": 0.5, "up": True} and len(sent) == 2


def test_goal_says_whether_it_is_reached(lab):
    assert lab.picture.goal == "Goal: Reach 1 at the edge. (not yet)" and not lab.goal_reached
    lab.set(a=1.2)
    assert lab.picture.goal == "Goal: Reach 1 at the edge. Reached." and lab.goal_reached
    lab.set(a=0.2)
    assert not lab.goal_reached


def test_goal_may_ask_for_controls():
    lab = live(parabola, a=(0.0, 1.0, 0.5), up=True, goal=("Turn it.", lambda up, a: not up and a > 0))
    lab.set(up=False)
    assert lab.goal_reached


def test_pin_keeps_the_present_curve_under_the_next(lab):
    lab.buttons["pin"].value = True
    axes, (first, *_) = lab.frame.figure.axes[0], lab.frame.figure.axes[0].lines
    ghost = next(line for line in axes.lines if line is not first)
    lab.set(a=1.5)
    assert ghost.get_ydata()[0] == 0.5 and first.get_ydata()[0] == 1.5 and ghost.get_alpha() < 1
    assert ghost.get_markevery() == first.get_markevery() == [-1], "one marker, not one at each point"
    assert ghost.zorder < first.zorder and tuple(axes.get_ylim()) == (-2, 2)
    assert lab.picture.pinned == "Pale: pinned at a 0.5, up on.", "the values of the pale curve, not of the present one"
    both = lab.png
    lab.buttons["pin"].value = False
    assert not lab.picture.pinned
    assert axes.lines[:] == [first] and lab.png != both


def test_large_type_is_one_switch_for_all_figures(lab):
    other, small = live(parabola, a=(0.0, 1.0, 0.5)), lab.png
    lab.buttons["large type"].value = True
    assert other.buttons["large type"].value and Lab.large and "dlcourse-large" in other.box._dom_classes
    assert pixels(lab.png).shape == pixels(small).shape and lab.png != small
    born_large = live(parabola, a=(0.0, 1.0, 0.5))
    assert born_large.png == other.png
    large_type(False)
    assert lab.png == small and not other.buttons["large type"].value


def test_resolution_follows_the_screen(lab):
    """The browser says: 600 CSS pixels of room, two device pixels for each."""
    lab.picture.space = [600, 2]
    assert pixels(lab.png).shape[1] == 1200 and lab._page.plain(lab.png)[0][1]["image/png"]["width"] == 600


def test_two_labs_do_not_touch_each_other(lab):
    other, before = live(parabola, a=(0.0, 1.0, 0.5)), lab.png
    other.set(a=1.0)
    assert lab.png == before and lab.values["a"] == 0.5


def test_a_control_can_be_shared():
    shared = slider(0.0, 1.0, 0.5)
    one, two = live(parabola, a=shared), live(parabola, a=shared)
    shared.value = 0.9
    assert one.caption == two.caption == "At the edge the curve is 0.9 high."
    one.close()
    shared.value = 0.1
    assert two.caption == "At the edge the curve is 0.1 high." and "0.9" in one.caption
    two.close()
    assert live(parabola, a=shared).values == {"a": 0.1}, "a closed control opens again"


PRESETS = {"ends": {"low": {"a": 0.0}, "down": {"up": False}}}
GOALS = {"one": Goal("Reach 1 at the edge.", lambda edge: edge >= 1, {"a": 1.2})}


def test_a_preset_sets_every_control_so_their_order_does_not_matter():
    """Catches a demonstration that shows the opposite of its text, because another preset left a control moved."""
    lab = live(parabola, a=(0.0, 1.5, 0.5), up=True, presets="ends")
    seen = {}
    for label in ("low", "down", "low", "reset", "down"):
        press(lab, label)
        assert seen.setdefault(label, (lab.values, lab.caption, lab.png)) == (lab.values, lab.caption, lab.png)
    assert lab.values == {"a": 0.5, "up": False}


def test_presets_and_goals_are_asked_for_by_name():
    lab = live(parabola, a=(0.0, 1.5, 0.5), goal="one")
    assert not lab.goal_reached and "Reach 1" in lab.picture.goal
    lab.set(**lab.goal.witness)
    assert lab.goal_reached
    with pytest.raises(ValueError, match="has no 'two' in GOALS; there are one"):
        live(parabola, a=(0.0, 1.5, 0.5), goal="two")


def test_reset_forgets_where_the_learner_has_been():
    def scene(fig):
        been = set()

        def update(a):
            been.add(a)
            return f"Seen are {sorted(been)}."

        update.forget = been.clear
        return update

    lab = live(scene, a=(0, 9, 5))
    lab.set(a=7)
    assert lab.caption == "Seen are [5, 7]."
    press(lab, "reset")
    assert lab.caption == "Seen are [5]."


def test_a_control_that_does_nothing_is_greyed_out():
    def scene(fig):
        def update(each_its_best, lr):
            update.idle = {"lr"} if each_its_best else set()
            return f"Alpha {lr}."

        return update

    lab = live(scene, each_its_best=False, lr=(0.0, 1.0, 0.5))
    assert not lab.controls["lr"].disabled
    lab.set(each_its_best=True)
    assert lab.controls["lr"].disabled and not lab.controls["each_its_best"].disabled
    lab.set(each_its_best=False)
    assert not lab.controls["lr"].disabled


# ---- training


def test_a_training_is_shown_to_its_end():
    training = Training()
    lab = live(training, lr=(0.1, 0.9, 0.1))
    assert (
        lab.caption == "Step 20 with lr 0.1: cost 0.122." and lab.picture.progress == 1.0 and not lab.picture.training
    )
    assert len(lab.frame.figure.axes[0].lines[0].get_xdata()) == 21
    lab.set(lr=0.5)
    assert training.diary == [(word, lr) for lr in (0.1, 0.5) for word in ("start", "end", "closed")]


def test_reset_trains_again_even_from_the_first_values():
    training = Training()
    lab = live(training, lr=(0.1, 0.9, 0.1))
    press(lab, "reset")
    assert training.diary.count(("end", 0.1)) == 2


def test_a_change_of_looks_does_not_train_again():
    training = Training()
    lab = live(training, lr=(0.1, 0.9, 0.1))
    lab.picture.space, lab.buttons["pin"].value, lab.buttons["large type"].value = [700, 1], True, True
    assert training.diary.count(("start", 0.1)) == 1 and pixels(lab.png).shape[1] == 700


def with_loop(story):
    """Run an async story as the kernel does: labs made inside find a running loop."""
    return asyncio.run(asyncio.wait_for(story(), 30))


async def rest(lab):
    """Until the drawer has nothing left to do."""
    await asyncio.sleep(0.01)
    while lab.busy:
        await asyncio.sleep(0.005)


def test_the_last_value_wins_and_those_between_are_dropped():
    """Fifty moves from the thread on which JupyterLab delivers them, faster than any drawing."""
    drawn, threads = [], set()

    def scene(fig):
        update = parabola(fig)

        def noted(a):
            drawn.append(a)
            threads.add(threading.current_thread())
            time.sleep(0.005)
            return update(a)

        return noted

    async def story():
        lab = live(scene, a=(0.0, 1.0, 0.5))
        moves = np.linspace(0, 1, 51).round(4)

        def drag():
            for a in moves[1:]:
                lab.controls["a"].value = a

        mover = threading.Thread(target=drag)
        mover.start()
        await rest(lab)
        mover.join()
        await rest(lab)
        assert lab.caption == "At the edge the curve is 1 high." and lab.values == {"a": 1.0}
        assert drawn[-1] == 1.0 and len(drawn) < 40 and drawn == [0.5, *sorted(drawn[1:])]

    with_loop(story)
    assert threads == {threading.main_thread()}, "matplotlib draws on one thread only"


def test_a_newer_value_ends_the_training_before():
    training = Training(steps=1000, seconds=0.001)

    async def story():
        lab = live(training, lr=(0.1, 0.9, 0.1))
        lab.controls["lr"].value = 0.2
        while not lab.picture.training or not lab.picture.progress:  # until its second frame
            await asyncio.sleep(0.01)
        assert lab.picture.training and 0 < lab.picture.progress < 1
        lab.controls["lr"].value = 0.3
        await rest(lab)
        assert lab.caption.startswith("Step 1000 with lr 0.3") and not lab.picture.training

    with_loop(story)
    assert ("end", 0.2) not in training.diary and training.diary.index(("closed", 0.2)) < training.diary.index(
        ("start", 0.3)
    )


@pytest.mark.parametrize("drawing, frames_a_second", [(0.001, 30), (0.02, 12.5), (0.3, 8)])
def test_frames_take_a_quarter_of_a_training(monkeypatch, drawing, frames_a_second):
    """By a clock of its own: the first at once, the last always, and between them at least 8 and at most 30 a second."""
    now, shown = [0.0], []
    lab = live(Training(), lr=(0.1, 0.9, 0.1))

    def training():
        for k in range(1, 4001):
            now[0] += 0.001  # of work
            yield k / 4000, f"Step {k}."

    def display(sentence, done, **_):
        shown.append((now[0], done))
        now[0] += drawing

    monkeypatch.setattr(turns.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(lab, "display", display)
    for _ in lab._turns._follow(training(), lab._turns._version):
        pass
    assert shown[0][1] == 1 / 4000 and shown[-1][1] == 1
    gaps = np.diff([time for time, _ in shown[:-1]])
    longest = max(1 / frames_a_second, drawing + 0.001)
    assert np.allclose(gaps, longest, atol=0.0021), f"{1 / gaps.mean():.1f} frames a second"


def test_at_most_two_frames_are_under_way_to_a_page_that_answers():
    """And while they take long, they are smaller; at rest all pixels come, and the last value's picture in any case."""

    async def story():
        lab = live(parabola, a=slider(0.0, 1.0, 0.5, step=0.001))
        lab.picture.space = [700, 1]
        await rest(lab)
        lab.picture.seen = lab.picture.number  # the page answers: from here on it is waited for
        await asyncio.sleep(0.01)
        first = lab.picture.number
        for k in range(1, 40):
            lab.controls["a"].value = k / 100
            await asyncio.sleep(0.01)
        assert lab.picture.number == first + 2 and lab.busy, "the third waits"
        await asyncio.sleep(0.2)
        for _ in range(4):  # the answers come late
            lab.picture.seen = lab.picture.number
            await asyncio.sleep(0.05)
        await rest(lab)
        assert lab.caption == "At the edge the curve is 0.39 high."
        lab._line._passed.append((len(lab.png), 0.3))  # a frame takes three tenths of a second to pass
        lab.controls["a"].value = 0.9
        await rest(lab)
        small = pixels(lab.png).shape
        assert small[1] < 700, "while something moves"
        await asyncio.sleep(0.5)
        assert pixels(lab.png).shape[1] == 700, "at rest"

    with_loop(story)


def test_a_page_that_never_answers_is_sent_every_frame():
    async def story():
        lab = live(parabola, a=slider(0.0, 1.0, 0.5, step=0.001))
        before = lab.picture.number
        for k in range(1, 6):
            lab.controls["a"].value = k / 10
            await rest(lab)
        assert lab.picture.number == before + 5

    with_loop(story)


@pytest.mark.parametrize(
    "way, rate, shrink",
    [(0.0, 1e8, 1), (0.3, 1e8, 1), (0.1, 625e3, 2), (0.2, 125e3, 3), (0.2, 20e3, 4)],
    ids=["direct", "far", "narrow", "narrower", "a thread"],
)
def test_the_line_tells_a_long_way_from_a_slow_one(way, rate, shrink):
    """Frames of 100 kB on a line of so many bytes a second: none is smaller for being far away."""
    now, arrivals = [0.0], {}
    line = Line(clock=lambda: now[0])
    number, now[0] = line.sent(0), way
    line.arrived(number)  # a page that answers

    def until(moment):
        for number in sorted(arrivals):
            if arrivals[number] <= moment:
                now[0] = arrivals.pop(number)
                line.arrived(number)
        now[0] = moment

    passed = 0.0
    for _ in range(200):  # a drag: a frame whenever one may go out
        if line.free:
            size = 100_000 // line.shrink**2
            passed = max(now[0], passed) + size / rate
            arrivals[line.sent(size, line.shrink)] = passed + way
        assert len(arrivals) <= 2 or now[0] >= PATIENCE or line.number < 4, "at most two are under way"
        until(now[0] + 0.03)
    assert line.shrink == shrink


def test_two_frames_painted_one_right_after_the_other_do_not_make_a_slow_line_quick():
    """Each takes 0.16 s to pass; the page was busy with one when the next came."""
    now = [0.0]
    line = Line(clock=lambda: now[0])
    line.arrived(line.sent(0))
    for pair in range(3):
        numbers = [line.sent(100_000), line.sent(100_000)]
        now[0] += 0.3
        line.arrived(numbers[0])
        now[0] += 0.02
        line.arrived(numbers[1])
    assert line.shrink == 2


def test_a_page_that_was_closed_holds_nobody_up():
    now = [0.0]
    line = Line(clock=lambda: now[0])
    line.arrived(line.sent(1000))
    line.sent(1000), line.sent(1000)
    assert not line.free
    now[0] += PATIENCE
    assert line.free


def test_frames_that_nobody_answers_to_are_not_remembered_for_ever():
    """As without a page: a figure moved by a program, or a page closed while the kernel goes on."""
    line = Line()
    tracemalloc.start()
    for _ in range(10_000):
        line.sent(1000)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 50_000, f"{held} bytes"


def test_a_smaller_frame_is_the_mean_of_its_pixels():
    frame = Frame(pixels=90)
    frame.built()
    frame.draw()
    whole, half = (pixels(frame.png(shrink=k)) for k in (1, 2))
    height, width = (side // 2 for side in whole.shape[:2])
    means = whole[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3).mean(axis=(1, 3))
    assert half.shape == (height, width, 3) and np.abs(half - means).max() < 1


def test_stop_ends_the_training_and_keeps_what_is_there():
    training = Training(steps=500, seconds=0.001)

    async def story():
        lab = live(training, lr=(0.1, 0.9, 0.1))
        lab.controls["lr"].value = 0.2
        await asyncio.sleep(0.05)
        press(lab, "stop")
        await rest(lab)
        assert 0 < lab.picture.progress < 1 and not lab.picture.training and "lr 0.2" in lab.caption
        assert not lab.busy

    with_loop(story)
    assert training.diary[-1] == ("closed", 0.2) and ("end", 0.2) not in training.diary


def test_the_interrupt_button_ends_a_training_that_a_slider_started():
    """Between two cells a kernel ignores SIGINT, and resets it with each message."""
    training, before = Training(steps=500, seconds=0.001), signal.signal(signal.SIGINT, signal.SIG_IGN)

    async def story():
        lab = live(training, lr=(0.1, 0.9, 0.1))
        lab.controls["lr"].value = 0.2
        await asyncio.sleep(0.02)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        await asyncio.sleep(0.03)
        os.kill(os.getpid(), signal.SIGINT)
        await rest(lab)
        assert 0 < lab.picture.progress < 1 and not lab.picture.training
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN, "at rest it is as it was"

    try:
        with_loop(story)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ("end", 0.2) not in training.diary


def test_the_loop_stays_alive_while_a_model_trains():
    """Other work on the kernel's loop gets its turn between frames."""

    async def story():
        lab, beats = live(Training(steps=100, seconds=0.002), lr=(0.1, 0.9, 0.1)), 0
        lab.controls["lr"].value = 0.2
        await asyncio.sleep(0)
        while lab.busy:
            await asyncio.sleep(0)
            beats += 1
        assert beats > 50

    with_loop(story)


def test_closing_ends_the_training():
    training = Training(steps=500, seconds=0.001)

    async def story():
        lab = live(training, lr=(0.1, 0.9, 0.1))
        lab.controls["lr"].value = 0.2
        await asyncio.sleep(0.03)
        lab.close()
        await asyncio.sleep(0.05)
        assert lab._turns.task.done() and lab._turns.task.exception() is None

    with_loop(story)
    assert training.diary[-1] == ("closed", 0.2)


# ---- errors


def test_errors_are_raised_where_python_runs(lab):
    with pytest.raises(RuntimeError, match="planted"):
        lab.controls["a"].value = 0.666
    with pytest.raises(RuntimeError, match="planted"):
        lab.set(a=0.666)
    lab.set(a=0.7)
    assert "0.7" in lab.caption


@pytest.mark.parametrize("scene, control", [(parabola, "a"), (Training(), "lr")])
def test_errors_are_shown_in_full_where_the_learner_looks(scene, control):
    async def story():
        lab = live(scene, **{control: slider(0.0, 1.0, 0.5, step=0.001)})
        lab.controls[control].value = 0.666
        await rest(lab)
        assert "planted" in lab.picture.error and "Traceback" in lab.picture.error and "in update" in lab.picture.error
        lab.picture.space = [800, 1]
        await rest(lab)
        assert "planted" in lab.picture.error, "a change of looks does not hide it"
        lab.controls[control].value = 0.7
        await rest(lab)
        assert lab.picture.error == "" and "0.7" in lab.caption

    with_loop(story)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: live(parabola, a=(0.0, 1.0, 0.5), b=1), "parabola has no control 'b'; it takes a, up"),
        (lambda: live(parabola, up=True), "parabola needs a control for a"),
        (lambda: live(parabola, a=0.5), r"a=0.5 is no control: give \(low, high, start\)"),
        (lambda: live(parabola, a=(0.0, 1.0, 2.0)), "slider must start between 0.0 and 1.0, got 2.0"),
        (lambda: live(parabola, a=(1.0, 0.0, 0.5)), "slider needs low < high"),
        (
            lambda: live(parabola, a=(0.0, 1.0, 0.5), presets={"far": {"a": 7}}),
            "preset 'far' sets a to 7; allowed is from 0 to 1",
        ),
        (
            lambda: live(parabola, a=(0.0, 1.0, 0.5), presets={"odd": {"z": 7}}),
            "preset 'odd' sets 'z', which is no control here",
        ),
        (lambda: live(parabola, a=(0.0, 1.0, 0.5)).set(z=1), "set sets 'z', which is no control here; there are a"),
        (lambda: live(parabola, a=(0.0, 1.0, 0.5)).set(a=-1), "set sets a to -1; allowed is from 0 to 1"),
        (lambda: live(parabola, a=choice({"one": 1, "two": 2})).set(a=3), "set sets a to 3; allowed is one of 1, 2"),
        (lambda: live("parabola"), "live needs a scene"),
        (lambda: live(lambda fig: None), "must return its function update"),
        (lambda: live(lambda fig: lambda: 3), "update must give one sentence, got 3"),
        (lambda: slider(0.0, 1.0, 1 / 3), r"has no round step that reaches start and high; give step="),
        (lambda: slider(0.0, 1.0, 0.5, step=0.3), "has its start or high between two positions of step 0.3"),
        (lambda: log_slider(0.0, 1.0, 0.5), "log_slider needs low > 0"),
        (lambda: log_slider(0.1, 1.0, 2.0), "log_slider must start between"),
        (lambda: one_minus_log(0.5, 1.0, 0.9), "one_minus_log needs high < 1"),
        (lambda: one_minus_log(0.5, 0.9, 0.99), "one_minus_log must start between"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- controls


def test_plain_values_become_controls():
    lab = live(
        lambda fig: lambda a, b, c, d, e: "One sentence.",
        a=True,
        b=(1, 9, 2),
        c=(0.0, 1.0, 0.5),
        d=["relu", "tanh"],
        e=widgets.Text("t"),
    )
    kinds = [type(control) for control in lab.controls.values()]
    assert [kind.__name__ for kind in kinds] == ["Checkbox", "IntSlider", "FloatSlider", "ToggleButtons", "Text"]
    assert lab.values == {"a": True, "b": 2, "c": 0.5, "d": "relu", "e": "t"}
    assert isinstance(choice(["a", "b", "c", "d", "e"], "d"), widgets.Dropdown) and choice(["a", "b"], "b").value == "b"
    assert switch(True).value is True


def test_controls_have_names_and_units():
    lab = live(
        lambda fig: lambda keep_prob, length, lr: "x",
        keep_prob=(0.1, 1.0, 0.8),
        length=slider(1, 50, 10, unit="days"),
        lr=log_slider(0.1, 1, 0.5),
    )
    assert [c.description for c in lab.controls.values()] == ["keep prob", "length (days)", "α  lr"]


def test_five_controls_are_in_sight_and_those_that_the_picture_holds_fold_first():
    def scene(fig):
        axes = fig.subplots()
        update = lambda a, b, c, d, e, f, g: "x."  # noqa: E731
        update.handles = [Place(axes, "a", "b")]
        return update

    lab = live(scene, **dict.fromkeys("abcdef", (0.0, 1.0, 0.5)), g=by_hand("square", "circle"))
    first, folded = lab._page._rows[1:]
    assert [c.description for c in first.children] == ["g", "c", "d", "e", "f", "more"], (
        "but the buttons that say what a press adds stand first"
    )
    assert [c.description for c in folded.children] == ["a", "b"] and folded.layout.display == "none"
    first.children[-1].value = True
    assert folded.layout.display != "none"
    lab.close()
    assert all(widget.comm is None for widget in (*first.children, *folded.children, first, folded, lab.box))


def test_log_sliders_are_even_and_round():
    lr = log_slider(1e-4, 1.0, start=0.01)
    values = np.array([value for _, value in lr.options])
    assert values[0] == 1e-4 and values[-1] == 1.0 and {0.001, 0.01, 0.1, 0.3, 0.05} <= set(values)
    steps = np.diff(np.log10(values))
    assert steps.min() > 0.01 and steps.max() < 0.06, "about even in the logarithm"
    beta = one_minus_log(0.5, 0.999, start=0.98)
    values = np.array([value for _, value in beta.options])
    assert values[0] == 0.5 and values[-1] == 0.999 and {0.9, 0.98, 0.99, 0.95} <= set(values) and beta.label == "0.980"
    assert np.diff(-np.log10(1 - values)).max() < 0.06
    assert log_slider(1, 1000, 10, unit="steps").label == "10 steps"
    assert log_slider(1, 2000, 1000).label == "1000"  # not 1e+03


def test_a_log_slider_takes_any_value_between_its_ends():
    lab = live(
        lambda fig: lambda beta: f"beta {beta}",
        beta=one_minus_log(0.5, 0.999, start=0.98),
        presets={"odd": {"beta": 0.9871}},
    )
    assert lab.values == {"beta": 0.98}
    press(lab, "odd")
    assert lab.caption == "beta 0.9871" and lab.controls["beta"].label == "0.9871"
    lab.set(beta=0.51234)
    assert lab.caption == "beta 0.51234"


@pytest.mark.parametrize(
    "low, high, start", [(0.1, 1.0, 0.8), (0.1, 1.0, 0.5), (-4.0, 4.0, 1.0), (1.0, 8.0, 4.0), (-1.5, 1.5, 0.5)]
)
def test_start_and_ends_of_an_even_slider_lie_on_its_round_grid(low, high, start):
    """Else the browser moves the handle by itself, and page and kernel say different things."""
    control = slider(low, high, start)
    digits = control.step / 10.0 ** np.floor(np.log10(control.step) + 1e-9)
    assert round(digits, 9) in (1, 2, 5) and (high - low) / control.step >= 50
    for value in (low, high, start):
        control.value = value
        assert control.value == value
    for k in range(round((high - low) / control.step) + 1):
        control.value = low + k * control.step + 0.3 * control.step  # what lies between is taken to the grid
        assert abs(control.value - (low + k * control.step)) < 1e-9
        assert len(repr(control.value)) <= 6, "no 0.30000000000000004"


def test_what_the_browser_sends_back_trains_nothing_again():
    """It snaps to the grid as the kernel does: the echo of a value is that value."""
    training = Training()
    lab = live(training, lr=(0.1, 1.0, 0.2))
    lab.controls["lr"].set_state({"value": 0.2 + 1e-12})
    lab.controls["lr"].set_state({"value": 0.199})
    assert training.diary.count(("start", 0.2)) == 1 == len([word for word, _ in training.diary if word == "start"])


def test_an_echo_of_the_page_moves_nothing(monkeypatch):
    """In a drag of a handle Python sets a slider many times; what the page sends back of it comes too late."""
    now = [0.0]
    monkeypatch.setattr("dlcourse.live.controls.time.monotonic", lambda: now[0])
    control = slider(-4.0, 4.0, 0.0, step=0.1)
    for value in (1.6, 0.8, -1.6):
        control.value = value
    control.set_state({"value": 0.8000000000000003})
    assert control.value == -1.6
    control.set_state({"value": 2.0})
    assert control.value == 2.0, "a move of the learner's"
    now[0] += 2
    control.set_state({"value": 0.8000000000000003})
    assert control.value == 0.8, "and there, too, a moment later"


def test_a_difference_of_rounding_is_not_sent_back(monkeypatch):
    """It would arrive after the next move of a drag and take the handle back: the drag would not end on its last value."""
    control, sent = slider(-8.0, 8.0, 5.0), []
    monkeypatch.setattr(type(control), "send_state", lambda self, key=None: sent.append(key))
    control.set_state({"value": -8.0 + 74 * 0.2})  # 6.800000000000001, as the page has it
    assert control.value == 6.8 and "value" not in sent
    control.set_state({"value": 6.75})  # between two positions: the page must know
    assert control.value == 6.8 and "value" in sent


# ---- frames


def busy(fig):
    """Everything that could be drawn in the wrong order: images, texts, twins, insets, legends, late changes."""
    left, right = fig.subplots(1, 2)
    plots.style(fig)
    left.set(xlim=(0, 1), ylim=(0, 1), title="left")
    right.set(xlim=(0, 1), ylim=(0, 1), xlabel="right")
    left.plot([0, 1], [1, 0], lw=6, color="k", alpha=0.5)
    (low,) = left.plot([], [], "r", lw=9, zorder=1, label="low")
    (high,) = left.plot([], [], "b--", lw=4, alpha=0.5, zorder=6, label="high")
    left.legend(loc="center")
    dots = left.scatter([0.5], [0.5], s=400, clip_on=True)
    words, free = plots.note(left, 0.1, 0.9, "w"), right.text(0.2, 0.9, "f")
    image = right.imshow(np.zeros((4, 4)), extent=(0, 1, 0, 1), vmin=0, vmax=1, aspect="auto")
    twin, inset = left.twinx(), right.inset_axes((0.5, 0.5, 0.4, 0.4))
    twin.plot([0, 1], [0, 5], "g", lw=5)
    for axes in (left, right, twin, inset):
        axes.set(xticks=[0, 1], yticks=[0, 1])  # few letters, for they take most of the time
    (inside,) = inset.plot([0, 1], [0, 1])
    extra = []

    def update(a, b, kind):
        low.set_data([0, 1], [a, b])
        high.set_data([0, 1], [b, a])
        dots.set_offsets([[a, b]])
        words.set_text(f"w {a:.2f}")
        image.set_data(np.full((4, 4), a) + np.eye(4) * (b - a))
        if kind == "free text":
            free.set_position((a, b))
        if kind == "inset":
            inside.set_ydata([a, b])
        if kind == "limits":
            left.set_ylim(0, 1 + a)
        if kind == "title":
            left.set_title(f"left {a:.2f}")
        if kind == "hide":
            high.set_visible(a > 0.5)
        if kind == "order":
            low.set_zorder(1 + 9 * a)
        if kind == "legend":
            left.get_legend().get_texts()[0].set_text(f"{a:.1f}")
        if kind == "more":
            extra.append(right.plot([a, b], [b, a], lw=3)[0])
        if kind == "fewer" and extra:
            extra.pop().remove()
        if kind == "autoscale":
            twin.plot([0, 1], [0, 5 + a])
        if kind == "ticks":
            right.tick_params(labelsize=8 + 2 * a)
        return "busy"

    return update


KINDS = [
    "none",
    "none",
    "free text",
    "inset",
    "limits",
    "title",
    "hide",
    "order",
    "legend",
    "more",
    "fewer",
    "autoscale",
    "ticks",
]


def whole_drawing(frame):
    """The figure as matplotlib draws it, with nothing held back."""
    for artist in frame._over:
        artist.set_animated(False)
    frame.canvas.draw()
    picture = np.array(frame.canvas.buffer_rgba())
    for artist in frame._over:
        artist.set_animated(True)
    for artist in frame._every:
        artist.stale = False
    return picture


def test_every_frame_is_pixel_for_pixel_the_whole_drawing():
    """Catches an artist left behind, drawn twice, or in the wrong order, and a change that nobody noticed."""
    frame, rng = Frame(pixels=501), np.random.default_rng(0)
    update = busy(frame.figure)
    frame.built()
    for n in range(40):
        kind = KINDS[n % len(KINDS)] if n < 2 * len(KINDS) else rng.choice(KINDS)
        update(*rng.uniform(size=2), kind)
        frame.draw()
        shown = np.array(frame.canvas.buffer_rgba())  # a copy: the canvas draws over its own memory
        off = np.abs(shown.astype(int) - whole_drawing(frame)).max()
        assert off <= 2, f"frame {n}, {kind}: {off}"  # of 255, where something lies under a legend that is half clear
        if n == 20:
            frame.pin()
        if n == 32:
            frame.resize((5.0, 3.0), 777)
    assert 10 < frame.full_draws < 35, "neither every frame in full nor none"


def test_only_what_moved_is_drawn_again(lab):
    """The reason for it all: a moved slider costs no drawing of axes, ticks and labels."""
    drawn = lab.frame.full_draws
    for a in np.linspace(0, 1.5, 16).round(2):
        lab.set(a=a)
    assert lab.frame.full_draws == drawn


def test_what_stands_still_is_not_drawn_again():
    frame = Frame(pixels=300)
    axes = frame.figure.subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    still, moving = axes.plot([0, 1], [0, 1])[0], axes.plot([], [])[0]
    frame.built()
    moving.set_data([0, 1], [1, 0])
    frame.draw()
    assert frame._moving == [moving] and still not in frame._over and axes.xaxis not in frame._over


def test_lettering_that_outgrows_the_figure_gets_room():
    frame = Frame(pixels=600)
    axes = frame.figure.subplots()
    (line,) = axes.plot([0, 1], [0, 1])
    axes.set_ylabel("a label")
    frame.built()
    frame.draw()
    axes.set_ylim(0, 1e-7 * 123456789)
    axes.set_yticks([0, 12.3456789], ["0", "a very long number"])
    frame.draw()
    box = frame.figure.get_tightbbox(frame.canvas.get_renderer())
    assert box.x0 >= 0 and box.x1 <= frame.figure.get_size_inches()[0]


@pytest.mark.parametrize("level", [1, 9])
def test_png_is_read_back_as_it_was_drawn(level):
    rgba = np.random.default_rng(0).integers(0, 256, (37, 53, 4), dtype=np.uint8)
    data = encode_png(rgba, dpi=144, level=level)
    image = Image.open(io.BytesIO(data))
    np.testing.assert_array_equal(np.asarray(image), rgba[..., :3])
    assert image.info["dpi"] == pytest.approx((144, 144), abs=0.1) and struct.unpack(">II", data[16:24]) == (53, 37)


def test_500_moves_leave_no_memory_behind():
    """Through slider moves, pins and changes of size: ghosts, backgrounds and pictures must go when they are replaced.

    Without the pictures that are kept on purpose; test_ahead.py bounds those.
    """
    lab = live(parabola, a=slider(0.0, 1.5, 0.5, step=0.001), ahead=False)

    def drag(n):
        for k in range(n):
            lab.controls["a"].value = (k % 150 + 1) / 100
            lab.buttons["pin"].value = k % 100 > 50
            if k % 100 == 0:
                lab.picture.space = [300 + k % 300, 1]

    drag(100)
    gc.collect()
    tracemalloc.start()
    drag(100)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    drag(500)
    gc.collect()
    growth = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert growth < 300_000, f"{growth / 500:.0f} bytes a move"


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None) if os.name == "posix" else None, "malloc_trim"), reason="not glibc")
def test_at_rest_freed_memory_goes_back_to_the_system(lab):
    """Else a kernel keeps the room that its largest training took."""

    def resident():
        with open("/proc/self/statm") as numbers:
            return int(numbers.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    pieces = [bytes(100_000) for _ in range(600)]
    pieces = pieces[::100]  # what stays lies between what goes, and at the end of it
    held = resident()
    lab._keep()
    assert held - resident() > 30e6 and len(pieces) == 6


def test_a_closed_lab_goes_away():
    gc.collect()
    before = len(_instances)
    for _ in range(5):
        lab = live(parabola, a=one_minus_log(0.1, 0.9, 0.5), up=True, presets={"flat": {"a": 0.2}})
        gone = weakref.ref(lab)
        lab.close()
        del lab
        gc.collect()
        assert gone() is None
    assert len(_instances) == before


def test_running_a_cell_again_closes_its_earlier_lab(monkeypatch):
    from dlcourse.live import lab as module

    monkeypatch.setattr(module, "_this_cell", lambda: ("cell A", 1))
    before = set(Lab._all)
    first, second = live(parabola, a=(0.0, 1.0, 0.5)), live(parabola, a=(0.0, 1.0, 0.5))
    monkeypatch.setattr(module, "_this_cell", lambda: ("cell B", 2))
    other = live(parabola, a=(0.0, 1.0, 0.5))
    assert set(Lab._all) - before == {first, second, other}
    monkeypatch.setattr(module, "_this_cell", lambda: ("cell A", 3))
    again = live(parabola, a=(0.0, 1.0, 0.5))
    assert set(Lab._all) - before == {other, again}


def test_without_a_cell_id_a_cell_is_known_by_what_it_assigns(monkeypatch):
    """As nbclassic and others run them."""
    from dlcourse.live import lab as module

    shell = SimpleNamespace(parent_header={}, execution_count=0)
    monkeypatch.setattr(module, "get_ipython", lambda: shell)
    before, named = set(Lab._all), []
    for code in ("one = live(x)", "two = live(x)", "one = live(y)", "live(x)", "live(x)"):
        shell.parent_header, shell.execution_count = (
            {"content": {"code": code}, "metadata": {}},
            shell.execution_count + 1,
        )
        _close_earlier()
        named.append(Lab(parabola, (), None, None, {"a": (0.0, 1.0, 0.5)}, SIZE))
    assert set(Lab._all) - before == {named[1], named[2], named[4]}


def test_picture_speaks_to_a_screen_reader():
    code = Picture._esm if isinstance(Picture._esm, str) else str(Picture._esm)
    assert 'role: "status"' in code and "img.alt" in code and 'role: "alert"' in code
