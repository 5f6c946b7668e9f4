"""What is remembered or made ahead is, byte for byte, what the plain lab shows: random walks, and laws one by one."""

import asyncio
import io
import os
import random
import time
from itertools import islice

import numpy as np
import pytest
from figures import run_notebook, shows_a_lab
from PIL import Image
from places import PATHS

from dlcourse import datasets, scenes
from dlcourse.live import ahead, by_hand, choice, large_type, live, log_slider, one_minus_log, powers_of_two, slider
from dlcourse.live.controls import positions
from dlcourse.live.frame import Frame
from dlcourse.live.png import encode_png, recompressed
from dlcourse.scenes import plots
from dlcourse.scenes.handles import Place, Points

PAGE = [570, 1]  # the room that a page tells of


@pytest.fixture(autouse=True)
def small_type_and_nothing_open(no_other_labs):
    yield
    large_type(False)


def on_a_page(*scene, **given):
    """A lab whose page has told its width."""
    lab = live(*scene, **given)
    lab.picture.space = PAGE
    return lab


def look_on(lab, slices=10**6):
    """What the kernel does while the learner looks: so many slices of work, to the end if there are fewer."""
    lab._ahead.drop()
    if lab.is_at_rest:
        lab._ahead._work = lab._ahead._slices()
        for _ in islice(lab._ahead._work, slices):
            pass


def page_of(lab):
    """All that a page shows of a lab, and all that a notebook may ask of it."""
    picture = lab.picture
    names = ("png", "caption", "goal", "reached", "error", "progress", "training", "handles", "pinned")
    shown = {name: getattr(picture, name) for name in names}
    idle = {name: getattr(control, "disabled", False) for name, control in lab.controls.items()}
    return {**shown, "idle": idle, "facts": repr(getattr(lab.update, "facts", {})), "values": lab.values}


# ---- random walks: with and without, after every move


class Walk:
    """The same moves on two labs of one scene, plain and with pictures kept and made ahead."""

    def __init__(self, plain, lab, seed):
        self.both, self.rng, self.hits = (plain, lab), random.Random(seed), 0
        self.moves = 6 * [self.step] + 2 * [self.back] + 2 * [self.hand] + [self.jump, self.press, self.set, self.reset]
        self.looks = [self.pin, self.large, self.width]
        self.been, self.last = [lab.values], None
        recall = lab._ahead.recall
        lab._ahead.recall = lambda values: self.count(recall(values))

    def count(self, kept):
        self.hits += kept is not None
        return kept

    def go(self, moves):
        plain, lab = self.both
        for n in range(moves):
            look_on(lab, self.rng.choice([0, 3, 20, 10**6]))
            kind = self.rng.choice(self.looks if n % 10 == 9 else self.moves)
            kind()
            self.been.append(lab.values)
            wanted, shown = page_of(plain), page_of(lab)
            wrong = [what for what in wanted if wanted[what] != shown[what] and not self.nearly(what, wanted, shown)]
            assert not wrong, f"{lab.name}, move {n}, {kind.__name__} to {lab.values}: other {', '.join(wrong)}"
        last = encode_png(lab.frame.pixels(), lab.frame.figure.dpi)
        assert last == plain.png or self.nearly("png", {"png": plain.png}, {"png": last}), (
            "asked for, the figure catches up"
        )

    def nearly(self, what, wanted, shown):
        """Two plain pictures are not the same to the last bit when they are drawn again: of a graph, and of contours."""
        if what != "png" or self.both[0].name not in ("computation_graph", "rate_map"):
            return False
        one, two = (np.asarray(Image.open(io.BytesIO(each["png"])), int) for each in (wanted, shown))
        other = np.abs(one - two).max(axis=-1) > 1 if one.shape == two.shape else np.inf
        return np.sum(other) <= (20 if self.both[0].name == "rate_map" else 0)  # at the gaps for the words

    def do(self, act):
        for lab in self.both:
            act(lab)

    def move(self, values):
        self.do(lambda lab: lab._jump(values))

    def step(self):
        """One or two positions on or back, mostly as before."""
        plain, lab = self.both
        if self.last is None or self.rng.random() < 0.3:
            names = [name for name, control in lab.controls.items() if len(positions(control)) > 1]
            self.last = self.rng.choice(names), self.rng.choice([1, 1, 1, -1, -1, 2])
        name, way = self.last
        stops = positions(lab.controls[name])
        here = stops.index(lab.values[name]) + way
        if 0 <= here < len(stops):
            self.do(lambda lab: setattr(lab.controls[name], "value", stops[here]))
        else:
            self.last = name, -way

    def back(self):
        self.move(self.rng.choice(self.been))

    def jump(self):
        self.move(
            {
                name: self.rng.choice(positions(c))
                for name, c in self.both[1].controls.items()
                if self.rng.random() < 0.3
            }
        )

    def press(self):
        if self.both[1].presets:
            label = self.rng.choice(list(self.both[1].presets))
            self.do(lambda lab: lab.buttons[label].click())

    def reset(self):
        self.do(lambda lab: lab.buttons["reset"].click())

    def set(self):
        values = self.rng.choice(self.been)
        self.do(lambda lab: lab.set(**values))

    def hand(self):
        """A press, a drag or an arrow key on one of the handles that the page has."""
        handles = self.both[1].picture.handles
        if handles:
            number = self.rng.randrange(len(handles))
            about = handles[number]
            spot = self.rng.randrange(len(about["spots"]))
            left, top, width, height = about["box"]
            place = [left + self.rng.random() * width, top + self.rng.random() * height]
            acts = {"place": ["move", "nudge", "nudge"], "points": ["move", "add", "remove"]}
            act = self.rng.choice(acts.get(about["kind"], ["pick"]))
            at = self.rng.choice([(1, 0), (0, 1), (-1, 0)]) if act == "nudge" else place
            self.do(lambda lab: lab._touched({"act": act, "handle": number, "spot": spot, "at": at}))

    def pin(self):
        on = not self.both[0].buttons["pin"].value
        self.do(lambda lab: setattr(lab.buttons["pin"], "value", on))

    def large(self):
        large_type(not self.both[0].large)

    def width(self):
        space = self.rng.choice([PAGE, [500, 1], [570, 1.5]])
        self.do(lambda lab: setattr(lab.picture, "space", space))


def digits(m):
    X, Y = datasets.digits()
    return X[:, :m], Y[:, :m]


MOONS = datasets.moons(256, 0.2, np.random.default_rng(0))
LABS = {  # what is real and quick: lines, planes, maps; trainings, points, marks, idle controls, limits that move, or that
    # a scene sets with its surface only
    "settling": lambda: (
        [scenes.settling, MOONS[0][:1], MOONS[1]],
        {
            "lr0": log_slider(0.001, 30, start=1.0),
            "rate": slider(0.0, 5.0, 1.0, step=0.1),
            "epochs": (1, 40, 2),
            "batch_size": powers_of_two(64, 256, start=128),
            "w": slider(-0.1, 3.3, 0.2, step=0.1),
            "b": slider(-2.2, 0.6, 0.2, step=0.1),
            "goal": "80 times nearer",
        },
    ),
    "every_schedule": lambda: (
        [scenes.every_schedule, MOONS[0][:1], MOONS[1]],
        {
            "schedule": choice(["fixed", "inverse time", "root", "one-cycle", "by hand"], "root"),
            "lr0": log_slider(0.01, 10, start=1.0),
            "half": (1, 20, 5),
            "batch_size": powers_of_two(64, 256, start=128),
            "epochs": (1, 6, 3),
            "goal": "fixed is best",
        },
    ),
    "batch_size_paths": lambda: (
        [scenes.batch_size_paths, MOONS[0][:1], MOONS[1]],
        {
            "batch_size": powers_of_two(32, 256, start=256),
            "lr": log_slider(0.01, 10, start=0.5),
            "epochs": (1, 4, 3),
            "compare": False,
            "w": (-3.0, 5.0, -2.0),
            "b": (-3.5, 4.0, 3.0),
        },
    ),
    "stopping_early": lambda: (
        [scenes.stopping_early, *digits(150), *digits(300)],
        {
            "epochs": (1, 12, 5),
            "patience": (1, 10, 3),
            "wrong_labels": slider(0.0, 0.4, 0.3, step=0.1),
            "goal": "L2 instead",
            "lr": log_slider(0.001, 0.05, start=0.01),
        },
    ),
    "class_borders": lambda: (
        [scenes.class_borders],
        {
            "data": ["clouds", "spirals"],
            "hidden": (0, 6, 0),
            "activation": ["tanh", "linear"],
            "lr": log_slider(0.001, 1, start=0.03),
            "points": by_hand("class 0", "class 1", "class 2", "class 3", most=300),
        },
    ),
    "zero_gradients": lambda: (
        [scenes.zero_gradients],
        {"point": slider(1, 9, 5), "surface": choice(["himmelblau", "saddle", "bowl", "rosenbrock"])},
    ),
    "optimizer_paths": lambda: (
        [scenes.optimizer_paths, ("descent", "Adam")],
        {
            "surface": choice(["ravine", "saddle", "beale"], "ravine"),
            "lr": log_slider(0.001, 10, start=0.05),
            "steps": (1, 200, 30),
            "w1": slider(-4.0, 4.0, -3.5, step=0.5),
            "w2": slider(-3.0, 3.0, 2.0, step=0.5),
            "rates": choice(["one alpha for all", "each its best"]),
        },
    ),
    "averages": lambda: (
        [scenes.averages, datasets.temperatures("F"), "F"],
        {
            "beta": one_minus_log(0.5, 0.999, start=0.5),
            "bias_correction": True,
            "today": (1, 365, 365),
            "noise": (0, 30, 0),
            "presets": "spans",
            "goal": "a month",
        },
    ),
    "computation_graph": lambda: (
        [scenes.computation_graph],
        {
            "step": (0, 4, 0),
            "program": choice(["w² + b w + c", "w (w + b) + c"]),
            "w": slider(-3.0, 13.0, 2.0, step=0.5),
            "b": slider(-20.0, 0.0, -10.0, step=0.5),
            "presets": "graph",
        },
    ),
}


@pytest.mark.parametrize("name", LABS)
def test_after_every_move_the_page_is_that_of_the_plain_lab(name):
    """Catches a picture of another value, look, layout, pin or history, wrong facts, and a hand that takes hold elsewhere."""
    plain, lab = (on_a_page(*scene, **given, ahead=on) for on in (False, True) for scene, given in [LABS[name]()])
    walk = Walk(plain, lab, seed=1)
    walk.go(30)
    assert walk.hits >= 3 and not plain._ahead.size, f"{walk.hits} hits"


@pytest.mark.skipif("DLCOURSE_EVERY_LAB" not in os.environ, reason="six minutes: set DLCOURSE_EVERY_LAB=1")
@pytest.mark.parametrize("path", [path for path in PATHS if shows_a_lab(path)], ids=lambda path: path.stem)
def test_every_lab_of_the_course_is_that_of_the_plain_one(path, monkeypatch):
    """Catches a scene that remembers what it has drawn, and is wrong about it: its own controls, its own data."""
    monkeypatch.setenv("DLCOURSE_AHEAD", "0")
    plain = run_notebook(path, monkeypatch)
    monkeypatch.delenv("DLCOURSE_AHEAD")
    for pair in zip(plain, run_notebook(path, monkeypatch)):
        for lab in pair:
            lab.picture.space = PAGE
        if pair[0].name != "time_by_size":  # which shows the clock
            Walk(*pair, seed=1).go(8 if pair[0].trains else 30)
        large_type(False)


# ---- laws, one by one


class Training:
    """A scene that trains, by its diary: facts are written in place, limits and points are the value's, 0.6 is an error."""

    def __init__(self, steps=4, seconds=0.0, forgets=False):
        self.steps, self.seconds, self.diary, self.forgets = steps, seconds, [], forgets

    def __call__(self, fig):
        axes, drawn = fig.subplots(), []
        plots.style(fig)
        curve = plots.line(axes, 0)

        def update(lr, high=2.0, points=None):
            self.diary.append(("start", lr))
            try:
                axes.set(xlim=(0, 10 * lr), ylim=(0, high))
                drawn[:] = points or [(lr, 0.5, 0)]
                update.facts["steps"].clear()
                for t in range(self.steps + 1):
                    time.sleep(self.seconds)
                    if lr == 0.6 and t == 2:
                        raise RuntimeError("planted")
                    curve.set_data(np.arange(t + 1), (1 - lr) ** np.arange(t + 1))
                    update.facts["steps"].append(lr)
                    yield t / self.steps, f"Step {t} with lr {lr:g}."
                self.diary.append(("end", lr))
            finally:
                self.diary.append(("closed", lr))

        update.facts = {"steps": []}
        update.handles = [Points(axes, "points", lambda: drawn), Place(axes, "lr")]
        if self.forgets:
            update.forget = self.diary.clear
        return update


def trained(scene, **given):
    """A lab of it on a page, moved once, from 0.2 to 0.3."""
    lab = on_a_page(scene, **{"lr": slider(0.0, 1.0, 0.2, step=0.1), **given})
    lab.controls["lr"].value = 0.3
    return lab


def test_without_a_page_nothing_is_kept_nor_made():
    """Tests, stored notebooks and exports compute everything, as ever."""
    training = Training()
    lab = live(training, lr=slider(0.0, 1.0, 0.2, step=0.1))
    lab.controls["lr"].value = 0.3
    lab._ahead.start()
    lab.controls["lr"].value = 0.2
    assert not lab._ahead.size and training.diary.count(("end", 0.2)) == 2 and lab._ahead._work is None


@pytest.mark.parametrize("how", ["switch", "environment"])
def test_it_can_be_switched_off(how, monkeypatch):
    if how == "environment":
        monkeypatch.setenv("DLCOURSE_AHEAD", "0")
    training = Training()
    lab = trained(training, ahead=how != "switch")
    lab.controls["lr"].value = 0.2
    assert not lab._ahead.size and training.diary.count(("end", 0.2)) == 2


def test_a_value_seen_before_is_shown_without_training():
    training = Training()
    lab = trained(training)
    before = len(training.diary)
    lab.controls["lr"].value = 0.2
    assert lab.caption == "Step 4 with lr 0.2." and lab.picture.remembered and lab.picture.progress == 1
    assert len(training.diary) == before and lab.update.facts["steps"] == [0.2] * 5


def test_neighbours_are_the_last_move_again_the_next_stops_and_one_back():
    lab = on_a_page(
        Training(), lr=slider(0.0, 1.0, 0.2, step=0.1), high=slider(1.0, 9.0, 2.0, step=1.0), points=by_hand("a")
    )

    def after(**values):
        lab._jump(values)
        return [(round(v["lr"], 1), v["high"]) for v in lab._ahead.neighbours()]

    assert after(lr=0.3) == [(0.4, 2), (0.4, 2), (0.5, 2), (0.6, 2), (0.2, 2)]
    assert after(lr=0.1)[0] == (0.1 - 0.1, 2) and (0.2, 2) in after(lr=0.1), "two stops down: from 0.1 there is one"
    assert after(lr=0.9)[0] == (1.0, 2), "a leap is not made again, nor beyond the end"
    assert after(lr=0.8, high=3.0)[:2] == [(0.7, 4), (0.7, 4)], "a handle moves two"
    assert after(lr=0.1, high=9.0) == [], "a leap of two"
    assert after(points=((0.1, 0.2, 0),)) == [], "a point set by hand has no neighbour"


def test_idle_time_makes_the_neighbours_and_they_are_shown_at_once():
    training = Training()

    async def story():
        lab = trained(training)
        for _ in range(400):
            await asyncio.sleep(0.01)
            if ("end", 0.5) in training.diary:
                break
        await asyncio.sleep(0.1)
        assert ("start", 0.2) in training.diary and lab.caption == "Step 4 with lr 0.3."
        assert lab.update.facts["steps"] == [0.3] * 5, "facts are the present picture's"
        started = len(training.diary)
        for lr in (0.4, 0.5):
            lab.controls["lr"].value = lr
            await asyncio.sleep(0.02)
            assert lab.caption == f"Step 4 with lr {lr:g}." and lab.picture.remembered
        assert len(training.diary) == started

    asyncio.run(asyncio.wait_for(story(), 30))


def test_a_figure_that_does_not_train_has_its_next_stops_ready():
    drawn = []

    def scene(fig):
        line = plots.line(fig.subplots(), 0)

        def update(a):
            drawn.append(a)
            line.set_data([0, 1], [a, a])
            return f"a is {a}."

        return update

    async def story():
        lab = on_a_page(scene, a=(0, 99, 5))
        lab.controls["a"].value = 6
        for _ in range(400):
            await asyncio.sleep(0.01)
            if {7, 8, 9, 5} <= set(drawn) and drawn[-1] == 6:  # and the figure has come back
                break
        await asyncio.sleep(0.05)
        before = len(drawn)
        for a in (7, 8):
            lab.controls["a"].value = a
            await asyncio.sleep(0.02)
            assert lab.caption == f"a is {a}." and not lab.picture.remembered, "there is no training to show again"
        assert len(drawn) == before

    asyncio.run(asyncio.wait_for(story(), 30))


@pytest.mark.parametrize("whose", ["its own", "another lab's"])
def test_a_move_drops_the_work(whose):
    """At the next yield, in whatever lab it is: nobody waits for a picture that nobody has asked for."""
    training = Training(steps=400, seconds=0.002)

    async def story():
        other = on_a_page(Training(), lr=slider(0.0, 1.0, 0.2, step=0.1))
        lab = on_a_page(training, lr=slider(0.0, 1.0, 0.2, step=0.1))
        lab.controls["lr"].value = 0.3
        while ("start", 0.4) not in training.diary:
            await asyncio.sleep(0.01)
        moved = lab if whose == "its own" else other
        moved.controls["lr"].value = 0.9
        await asyncio.sleep(0.2)
        assert training.diary[training.diary.index(("start", 0.4)) + 1] == ("closed", 0.4)
        assert ("start", 0.5) not in training.diary
        moved.close()

    asyncio.run(asyncio.wait_for(story(), 30))


def test_an_error_ahead_is_told_to_whoever_goes_there():
    lab = trained(Training())
    lab.controls["lr"].value = 0.5
    look_on(lab)
    assert lab.picture.error == "" and lab.caption == "Step 4 with lr 0.5." and not lab.is_behind
    with pytest.raises(RuntimeError, match="planted"):
        lab.controls["lr"].value = 0.6
    lab.controls["lr"].value = 0.5
    assert lab.picture.error == "" and lab.caption == "Step 4 with lr 0.5."


def test_what_was_stopped_is_not_kept():
    training = Training(steps=300, seconds=0.002)

    async def story():
        lab = on_a_page(training, lr=slider(0.0, 1.0, 0.2, step=0.1))
        lab.controls["lr"].value = 0.3
        await asyncio.sleep(0.1)
        lab.buttons["stop"].click()
        await asyncio.sleep(0.3)
        assert 0 < lab.picture.progress < 1 and not lab.is_at_rest and ("start", 0.4) not in training.diary
        lab.controls["lr"].value = 0.2
        await asyncio.sleep(0.05)
        lab.controls["lr"].value = 0.3
        while lab.busy:
            await asyncio.sleep(0.01)
        assert lab.picture.progress == 1 and "Step 300" in lab.caption
        lab.close()

    asyncio.run(asyncio.wait_for(story(), 30))


def test_reset_again_and_python_train_anew():
    """Who wants to see a training again presses reset, or its bar; what Python sets is computed, and raises."""
    training = Training()
    lab = trained(training)
    for act in (lambda: lab.buttons["reset"].click(), lambda: lab.set(lr=0.2), lambda: lab._touched({"act": "again"})):
        before = training.diary.count(("end", 0.2))
        lab.controls["lr"].value = 0.3
        if act.__code__.co_names[-1] == "_touched":
            lab.controls["lr"].value = 0.2
        act()
        assert training.diary.count(("end", 0.2)) == before + 1 and not lab.picture.remembered and not lab.is_behind


def test_when_all_is_made_the_figure_comes_back():
    """Catches a canvas that holds the last neighbour."""
    lab = trained(Training())
    look_on(lab)
    assert not lab.is_behind and lab.frame.png() == lab.png


def test_who_asks_for_the_figure_gets_that_of_the_page():
    lab = trained(Training())
    look_on(lab, 7)
    lab.controls["lr"].value = 0.2
    assert lab.picture.remembered and lab.is_behind
    line = lab.frame.figure.axes[0].lines[0]
    assert line.get_ydata()[1] == 0.8 and lab.frame.png() == lab.png


def test_the_plain_picture_is_that_of_the_page():
    """Catches the stored picture of another value: the canvas may hold a neighbour."""
    lab = trained(Training())
    lab.controls["lr"].value = 0.2
    assert lab.is_behind and recompressed(lab.png, 6) == lab.frame.png(level=6)


def test_a_hand_takes_hold_in_the_picture_that_the_page_shows():
    """Limits and points are those of the value, though the figure holds another one."""
    plain, lab = (trained(Training(), points=by_hand("a"), ahead=on) for on in (False, True))
    for one in (plain, lab):
        one.controls["lr"].value = 0.2
    assert lab.is_behind and lab.picture.handles == plain.picture.handles
    for act in (
        {"act": "move", "handle": 1, "spot": 0, "at": [0.1, 0.5]},
        {"act": "add", "handle": 0, "spot": 0, "at": [0.5, 0.5]},
    ):
        for one in (plain, lab):
            one._touched(act)
            one._touched(act)
        assert lab.values == plain.values and lab.caption == plain.caption
        for one in (plain, lab):
            one._jump({"lr": 0.2, "points": None})
        look_on(lab, 5)


@pytest.mark.parametrize("trains", [False, True])
def test_a_scene_may_know_that_it_has_set_its_axes(trains):
    """Catches one ground in the axes of another: a kept picture of a is shown, in it a hand takes hold, and b goes on."""

    def scene(fig):
        axes, drawn = fig.subplots(), []
        dot = axes.plot([], [], "o")[0]

        def draw(ground, x):
            if drawn != [ground[0]]:
                axes.set(xlim=(0, 1 if ground == "a" else 100))
                drawn[:] = [ground[0]]
            dot.set_data([x], [0])
            return f"{ground}: {x}."

        def training(ground, x):
            yield 1.0, draw(ground, x)

        def at_once(ground, x):
            return draw(ground, x)

        update = training if trains else at_once
        update.handles = [Place(axes, "x")]
        return update

    controls = {"ground": choice(["a", "b", "b too", "b again"]), "x": slider(0.0, 100.0, 0.5, step=0.5)}
    plain, lab = (on_a_page(scene, **controls, ahead=on) for on in (False, True))
    hits, recall = [], lab._ahead.recall
    lab._ahead.recall = lambda values: hits.append(recall(values)) or hits[-1]
    hold = {"act": "move", "handle": 0, "spot": 0}
    a, b, too, again = ({"ground": name} for name in ("a", "b", "b too", "b again"))  # one ground, but other pictures
    moves = [b, a, "hold", too, b, {"x": 1.0}, a, too, a, again, a, "hold"]
    for n, move in enumerate(moves):
        for each in (plain, lab):
            left, top, width, height = each.picture.handles[0]["box"]
            if move == "hold":
                each._touched({**hold, "at": [left + 0.5 * width, top + 0.5 * height]})
            else:
                each._jump(move)
        assert page_of(plain)["png"] == page_of(lab)["png"] and plain.values == lab.values, f"move {n}, {move}"
    assert sum(kept is not None for kept in hits) >= 4


def test_a_look_is_never_mixed_up():
    """A picture kept for another size, type or pin is not shown; a pin copies the curve of the page."""
    lab = trained(Training())
    lab.buttons["pin"].value = True
    lab.controls["lr"].value = 0.2
    assert not lab.picture.remembered, "kept without the pale curve"
    lab.controls["lr"].value = 0.3
    lab.controls["lr"].value = 0.2
    assert lab.picture.remembered
    lab.buttons["pin"].value = False
    lab.buttons["pin"].value = True  # now at 0.2, while the figure held 0.3
    ghost = [line for line in lab.frame.figure.axes[0].lines if line.get_alpha() == 0.35]
    assert [line.get_ydata()[1] for line in ghost] == [0.8]
    lab.controls["lr"].value = 0.3
    assert not lab.picture.remembered, "pinned elsewhere"


def test_a_kept_picture_is_pressed_with_the_tool_of_now():
    lab = trained(Training(), points=by_hand("a"))
    lab.controls["points"]._tools.value = "take away"
    lab.controls["lr"].value = 0.2
    assert lab.picture.remembered and lab.picture.handles[0]["tool"] == "take away"


def test_a_slow_line_gets_small_frames_of_what_does_not_train():
    lab = on_a_page(lambda fig: lambda a: f"a is {a}.", a=(0, 9, 5))
    lab.controls["a"].value = 6
    lab._line._passed.append((len(lab.png), 0.3))  # a whole frame takes three tenths of a second to pass
    assert not lab.recall(following=True) and lab.recall()


def test_a_layout_that_only_a_neighbour_needs_is_not_made():
    """Else the axes of the present picture would jump while nothing moves."""

    def scene(fig):
        axes = fig.subplots()

        def update(lr):
            axes.set_yticks([0, 1], ["0", "1" if lr < 0.35 else "a very long number"])
            yield 1.0, f"lr {lr:g}."

        return update

    plain, lab = (trained(scene, ahead=on) for on in (False, True))
    look_on(lab)
    for one in (plain, lab):
        one.buttons["pin"].value = True
    assert lab.png == plain.png and lab._frame.look == plain._frame.look
    for one in (plain, lab):
        one.controls["lr"].value = 0.4
    assert lab.png == plain.png and lab._frame.look == plain._frame.look and not lab.picture.remembered


def test_a_scene_that_marks_where_one_has_been_is_not_taken_there_by_idle_time():
    training = Training(forgets=True)
    lab = trained(training)
    look_on(lab)
    assert ("start", 0.4) not in training.diary
    lab.controls["lr"].value = 0.2
    assert not lab.picture.remembered, "the picture of 0.2 had no mark at 0.3"
    lab.controls["lr"].value = 0.3
    assert lab.picture.remembered, "nothing new was marked since"


def test_reset_forgets_the_pictures_of_a_scene_that_marks():
    lab = trained(Training(forgets=True))
    for lr in (0.2, 0.3):
        lab.controls["lr"].value = lr
    assert lab.picture.remembered
    lab.buttons["reset"].click()
    lab.controls["lr"].value = 0.3
    assert not lab.picture.remembered, "it has marks that reset has wiped away"


def test_a_training_in_long_steps_is_not_begun():
    training = Training()
    lab = trained(training)
    lab.longest_step = 2 * ahead.SLICE
    look_on(lab)
    assert ("start", 0.4) not in training.diary


def test_memory_is_bounded(monkeypatch):
    """By pictures, by bytes, and over all labs of a kernel; the oldest go first."""
    one, two = (on_a_page(lambda fig: lambda a: f"a is {a}.", a=(0, 99, 5)) for _ in range(2))

    def drag(lab):
        for a in range(40):
            lab.controls["a"].value = a
        return lab._ahead._kept

    monkeypatch.setattr(ahead, "PICTURES", 7)
    assert [repr(39) in key[0] for key in drag(one)][-1] and len(one._ahead._kept) == 7
    for a in (33, 50):  # who is asked for again stays, 34 goes
        one.controls["a"].value = a
    kept = [key[0] for key in one._ahead._kept]
    assert repr({"a": 33}) in kept and repr({"a": 34}) not in kept
    size = one._ahead.size / 7
    monkeypatch.setattr(ahead, "BYTES", 5.5 * size)
    assert len(drag(one)) == 5
    monkeypatch.setattr(ahead, "IN_ALL", 8.5 * size)
    drag(two)
    assert len(one._ahead._kept) + len(two._ahead._kept) == 8
    one.close()
    assert not one._ahead.size, "a lab that was closed keeps nothing"


def test_labs_that_share_a_control_keep_each_their_own():
    shared = slider(0.0, 1.0, 0.2, step=0.1)
    first, second = Training(), Training(steps=2)
    one, two = on_a_page(first, lr=shared), on_a_page(second, lr=shared)
    shared.value = 0.3
    look_on(one)
    shared.value = 0.4
    assert one.caption == "Step 4 with lr 0.4." and two.caption == "Step 2 with lr 0.4."
    assert one.picture.remembered and not two.picture.remembered


def test_recompressed_is_the_same_picture():
    frame = Frame(pixels=200)
    frame.built()
    frame.draw()
    assert recompressed(frame.png(), 6) == frame.png(level=6)
