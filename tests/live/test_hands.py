"""The hand in the picture without a browser: what a drag, a press and an arrow key do to the controls, and playing."""

import asyncio
import threading
import time

import numpy as np
import pytest

from dlcourse.live import by_hand, choice, live, log_slider, slider
from dlcourse.live.controls import nearest
from dlcourse.live.play import SECONDS
from dlcourse.scenes import plots
from dlcourse.scenes.handles import Pick, Place, Points, Toggle

NINE = [(x, y) for x in (0, 1, 2) for y in (0, 1, 2)]


def places(fig):
    """A point in the plane, a line on a logarithmic axis, a bar, and a slope that is no coordinate."""
    plane, sweep, bars = fig.subplots(1, 3)
    plots.style(fig)
    plane.set(xlim=(-4, 4), ylim=(-3, 3))
    sweep.set(xscale="log", xlim=(1e-3, 10), ylim=(0, 1))
    bars.set(xlim=(-1, 3), ylim=(-5, 5))
    dot, line = plane.plot([], [], "o")[0], sweep.axvline(1)

    def update(w1, w2, lr, z, slope=1.0, mode="both", steps=1):
        dot.set_data([w1], [w2])
        line.set_xdata([lr, lr])
        update.idle = {"lr"} if mode == "no rate" else set()
        return f"At ({w1:.2f}, {w2:.2f}), alpha {lr:.3g}, z {z:.2f}, slope {slope:.2f}, step {steps}."

    update.handles = [
        Place(plane, "w1", "w2", name="start"),
        Place(sweep, "lr"),
        Place(bars, 1, "z"),
        Place(bars, 2, "slope", get=lambda v: (2, 2 * v["slope"]), put=lambda v, x, y: {"slope": y / 2}),
    ]
    update.play = "steps"
    return update


def spots(fig):
    """Nine spots to choose from, nine to switch, and points."""
    left, middle, right = fig.subplots(1, 3)
    plots.style(fig)
    for axes in (left, middle, right):
        axes.set(xlim=(-1, 3), ylim=(-1, 3))
    drawn, dots = [], right.plot([], [], "o")[0]

    def update(point, off, data=None):
        drawn[:] = [(0.5, 0.5, 0), (1.5, 1.5, 1)] if data is None else data
        dots.set_data(*np.array(drawn)[:, :2].T)
        return f"Point {point}, off {off}, {len(drawn)} points."

    update.handles = [
        Pick(left, "point", lambda v: dict(enumerate(NINE, start=1))),
        Toggle(middle, "off", lambda v: NINE),
        Points(right, "data", lambda: drawn),
    ]
    return update


@pytest.fixture(autouse=True)
def nothing_stays_open(close_labs):
    yield


@pytest.fixture
def lab():
    return live(
        places,
        w1=slider(-4.0, 4.0, -3.5, step=0.1),
        w2=slider(-2.0, 2.0, 1.0, step=0.1),
        lr=log_slider(1e-3, 10, start=0.1),
        z=slider(-4.0, 4.0, 0.0, step=0.5),
        slope=slider(-2.0, 2.0, 1.0, step=0.1),
        mode=choice(["both", "no rate"]),
        presets={"far": {"w1": 4.0}},
        goal=("Go right.", lambda w1: w1 > 3),
    )


@pytest.fixture
def set_by_hand():
    return live(spots, point=(1, 9, 5), off=by_hand(), data=by_hand("class 0", "class 1", most=4))


def share(lab, name, x, y):
    """A place in the units of a handle's axes as a share of the picture."""
    return lab._hands._shares(lab.handles[name].axes, [(x, y)])[0]


def act(lab, act, name, spot=0, at=None):
    """What the page says by a message."""
    lab.picture._handle_custom_msg(
        {"act": act, "handle": list(lab.handles).index(name), "spot": spot, "at": at}, buffers=None
    )


def test_a_drag_moves_the_controls_to_where_the_hand_is(lab):
    lab.drag("start", 1.23, -0.58)
    assert lab.values["w1"] == 1.2 and lab.values["w2"] == -0.6, "the nearest positions of the sliders"
    assert lab.caption.startswith("At (1.20, -0.60)")
    lab.drag("z", 3, 2.3)
    assert lab.values["z"] == 2.5, "a bar goes up and down, wherever the pointer is"
    lab.drag("slope", 0, 3.0)
    assert lab.values["slope"] == 1.5
    assert lab.drag("start", 3.5, 0) is None and lab.goal_reached


def test_a_logarithmic_axis_is_dragged_evenly_in_its_logarithm(lab):
    for lr in (0.001, 0.01, 0.1, 1.0, 10.0):
        lab.drag("lr", lr, 0.5)
        assert lab.values["lr"] == lr
    half = [np.mean([share(lab, "lr", lr, 0.5)[0] for lr in (1e-3, 10)]), 0.5]
    act(lab, "move", "lr", at=half)
    assert lab.values["lr"] == 0.1


def test_the_nearest_position_is_the_nearest_to_the_eye():
    assert nearest(log_slider(0.01, 1, start=0.1, digits=(1,)), 0.4) == 1, "0.1 is nearer as a number, 1 on the axis"
    assert nearest(slider(0.0, 1.0, 0.5, step=0.1), 7.0) == 1.0


def test_outside_the_axes_and_beyond_the_ends_a_drag_stays_at_the_edge(lab):
    lab.drag("start", 99, -99)
    assert (lab.values["w1"], lab.values["w2"]) == (4.0, -2.0)
    act(lab, "move", "start", at=[-3.0, 7.0])
    assert (lab.values["w1"], lab.values["w2"]) == (-4.0, -2.0)


def test_the_page_is_told_where_each_handle_stands(lab):
    start, lr, z, slope = lab.picture.handles
    assert start["free"] == "xy" and lr["strip"] == [False, True] and z["free"] == "y"
    assert start["text"] == "w1 -3.5, w2 1" and lr["name"] == "lr"
    left, top, width, height = start["box"]
    assert start["spots"][0] == pytest.approx([left + width / 16, top + height / 3], abs=1e-4)
    lab.set(w1=0.0, w2=0.0)
    assert lab.picture.handles[0]["spots"][0] == pytest.approx([left + width / 2, top + height / 2], abs=1e-4)


def test_the_page_drags_by_its_newest_state_and_arrow_keys_by_steps(lab):
    lab.picture.touch = {"act": "move", "handle": 0, "spot": 0, "at": share(lab, "start", 2.0, 1.0)}
    assert (lab.values["w1"], lab.values["w2"]) == (2.0, 1.0)
    act(lab, "nudge", "start", at=[1, 0])
    assert (lab.values["w1"], lab.values["w2"]) == (2.1, 1.0), "one step to the right"
    act(lab, "nudge", "start", at=[0, -1])
    assert (lab.values["w1"], lab.values["w2"]) == (2.1, 1.1), "the arrow up goes up"
    act(lab, "nudge", "lr", at=[-1, 0])
    assert 0.07 <= lab.values["lr"] < 0.1
    act(lab, "nudge", "z", at=[0, -1])
    assert lab.values["z"] == 0.5, "a step that is longer than a nudge is taken all the same"


def test_what_does_nothing_cannot_be_taken(lab):
    lab.set(mode="no rate")
    assert "lr" not in lab.handles and len(lab.picture.handles) == 3
    act_of_an_old_page = {"act": "move", "handle": 3, "spot": 0, "at": [0.5, 0.5]}
    before = lab.values
    lab.picture._handle_custom_msg(act_of_an_old_page, buffers=None)
    lab.picture._handle_custom_msg({"act": "explode", "handle": 0}, buffers=None)
    assert lab.values == before and not lab.picture.error
    without = live(places, w1=(-4.0, 4.0, 0.0), w2=(-3.0, 3.0, 0.0), lr=log_slider(0.01, 1, 0.1), z=(-4.0, 4.0, 0.0))
    assert "slope" not in without.handles and "play" not in without.buttons


def test_a_press_chooses_or_switches_a_spot(set_by_hand):
    lab = set_by_hand
    lab.press("point", 7)
    assert lab.values["point"] == 8 and lab.picture.handles[0]["pressed"] == [7]
    for spot in (3, 1):
        lab.press("off", spot)
    assert lab.values["off"] == (1, 3) and lab.picture.handles[1]["switch"]
    lab.press("off", 3)
    lab.press("off", 1)
    assert lab.values["off"] is None, "all as they were is no choice of the learner's"


def test_points_are_moved_added_and_taken_away(set_by_hand):
    lab = set_by_hand
    lab.drag("data", 2.0, 0.5, spot=0)
    assert lab.values["data"] == ((2.0, 0.5, 0), (1.5, 1.5, 1)), "what was drawn is now the learner's own"
    lab.controls["data"]._tools.value = "class 1"
    act(lab, "add", "data", at=share(lab, "data", 0.0, 2.0))
    assert lab.values["data"][2] == (0.0, 2.0, 1)
    lab.controls["data"]._tools.value = "take away"
    assert lab.picture.handles[2]["tool"] == "take away", "the page is told at once"
    act(lab, "add", "data", at=[0.9, 0.5])
    assert len(lab.values["data"]) == 3, "while a press takes away, none adds"
    act(lab, "remove", "data", spot=1)
    assert lab.values["data"] == ((2.0, 0.5, 0), (0.0, 2.0, 1))
    act(lab, "remove", "data", spot=1)
    act(lab, "remove", "data", spot=0)
    assert len(lab.values["data"]) == 1, "the last point stays"
    lab.buttons["reset"].click()
    assert lab.values["data"] is None and "2 points" in lab.caption


def test_two_quick_presses_add_two_points():
    """The second comes before the first is drawn, and builds on it all the same."""

    async def story():
        lab = live(spots, point=(1, 9, 5), off=by_hand(), data=by_hand("class 0", most=4))
        for x in (0.25, 0.5, 0.75):
            act(lab, "add", "data", at=share(lab, "data", x, 2.5))
        await asyncio.sleep(0.3)
        assert len(lab.values["data"]) == 4 and "4 points" in lab.caption, "three wanted, and room for two more"

    asyncio.run(story())


def test_what_is_set_by_hand_is_checked_in_one_sentence(set_by_hand):
    for values, message in (
        ({"data": [(1, 2)]}, "list of points"),
        ({"data": [(1, 2, 5)]}, "kind below 2"),
        ({"data": [(0, np.nan, 1)]}, "list of points"),
        ({"data": [(0, 0, 0)] * 5}, "at most 4"),
        ({"off": [0.5]}, "spots' numbers"),
    ):
        with pytest.raises(ValueError, match=message):
            set_by_hand.set(**values)
    set_by_hand.set(data=[(0, 0, 1)], off=[2])
    assert set_by_hand.values["data"] == ((0, 0, 1),) and set_by_hand.values["off"] == (2,)


def test_a_drag_on_any_thread_is_drawn_on_one_and_the_last_place_wins():
    drawn, threads = [], set()

    def scene(fig):
        update = places(fig)

        def noted(w1, w2, lr=0.1, z=0.0):
            drawn.append(w1)
            threads.add(threading.current_thread())
            time.sleep(0.005)
            return update(w1, w2, lr, z)

        def put(values, x, y):
            threads.add(threading.current_thread())
            return {"w1": x, "w2": y}

        noted.handles = [Place(fig.axes[0], "w1", "w2", get=lambda v: (v["w1"], v["w2"]), put=put, name="start")]
        return noted

    async def story():
        lab = live(scene, w1=slider(-4.0, 4.0, 0.0, step=0.1), w2=slider(-2.0, 2.0, 0.0, step=0.1))
        stops = [share(lab, "start", x, 0) for x in np.linspace(-4, 4, 81)]

        def drag():
            for at in stops:
                lab.picture.touch = {"act": "move", "handle": 0, "spot": 0, "at": at}

        mover = threading.Thread(target=drag)
        mover.start()
        while mover.is_alive() or lab.busy:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert lab.values["w1"] == 4.0 and drawn[-1] == 4.0 and len(drawn) < 60

    asyncio.run(story())
    assert threads == {threading.main_thread()}


def test_a_scene_that_fails_under_the_hand_says_so(lab):
    lab.update.handles[3]._put = lambda values, x, y: 1 / 0
    act(lab, "move", "slope", at=[0.5, 0.5])
    assert "ZeroDivisionError" in lab.picture.error


# ---- playing


def played(steps=(1, 12, 1)):
    return live(
        places, w1=(-4.0, 4.0, 0.0), w2=(-3.0, 3.0, 0.0), lr=log_slider(0.01, 1, 0.1), z=(-4.0, 4.0, 0.0), steps=steps
    )


def test_play_runs_to_the_end_and_from_there_anew():
    lab = played()
    lab.buttons["play"].value = True  # without a main loop at once
    assert lab.values["steps"] == 12 and not lab.picture.playing and "step 12" in lab.caption
    lab.set(steps=4)
    seen = []
    lab.controls["steps"].observe(lambda change: seen.append(change.new), "value")
    lab.buttons["play"].value = True
    lab.buttons["play"].value = True
    assert seen == [*range(5, 13), *range(1, 13)], "from where it stands to the end; from the end, anew"


def test_play_is_steady_and_pauses():
    async def story():
        lab = played((1, 50, 1))
        pace = SECONDS / 50
        began = time.perf_counter()
        lab.buttons["play"].value = True
        await asyncio.sleep(1.0)
        assert lab.picture.playing and lab.buttons["pause"].value
        passed, here = time.perf_counter() - began, lab.values["steps"]
        assert 0.4 * passed / pace < here <= 2 + passed / pace, "never ahead of the clock"
        lab.picture._handle_custom_msg({"act": "pause"}, buffers=None)
        assert not lab.picture.playing and not lab.buttons["play"].value
        await asyncio.sleep(0.3)
        assert lab.values["steps"] <= here + 1
        for other in (lambda: setattr(lab.controls["w1"], "value", 1.0), lab.buttons["reset"].click, lab.pause):
            lab.buttons["play"].value = True
            assert lab.picture.playing
            other()
            assert not lab.picture.playing, "whoever takes hold of something ends the playing"
        lab.buttons["play"].value = True
        lab.close()
        assert not lab.picture.playing

    asyncio.run(story())
