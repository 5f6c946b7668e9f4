"""A lab: one scene with its values, its frame, its turn to draw, and its page."""

import ctypes
import inspect
import re
import sys
import traceback
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import ipywidgets as widgets
from IPython import get_ipython

from dlcourse.live.ahead import PAUSE, Ahead
from dlcourse.live.frame import Frame
from dlcourse.live.hands import Hands
from dlcourse.live.line import Line
from dlcourse.live.page import WIDTH, Page, Picture
from dlcourse.live.play import Play
from dlcourse.live.png import recompressed
from dlcourse.live.turns import Turns
from dlcourse.live.values import Values
from dlcourse.scenes.goals import Goal

REST, LONG_REST = 0.3, 3.0  # seconds after the last frame: until all its pixels come, and until the plain picture does
SIZE, LARGER = (8.4, 4.4), 1.4  # inches, and by how much large type is larger: it draws on fewer inches
NARROW = 560  # CSS pixels: a picture narrower than this is drawn as for large type, so that its letters stay readable


class Lab:
    """What `live` returns: `controls` by name, `set(beta=0.9)`, `caption`, `png`, `goal_reached`, `close()`."""

    large = False  # large type, for every lab at once
    _all = weakref.WeakSet()  # those that are open

    def __init__(self, scene, data, presets, goal, given, size, ahead=True):
        self.name = getattr(scene, "__name__", str(scene))
        if not callable(scene) or isinstance(scene, type):
            raise ValueError(f"live needs a scene, a function scene(fig, *data) that returns update; got {scene!r:.60}")
        self._frame, self.size, self.goal = Frame(size, WIDTH), size, _named(scene, "GOALS", goal)
        self.update = scene(self._frame.figure, *data)
        if not inspect.isfunction(self.update) and not inspect.ismethod(self.update):
            raise ValueError(f"{self.name} must return its function update(**controls), got {self.update!r:.60}")
        self.trains = inspect.isgeneratorfunction(self.update)
        self._values = Values(self.name, self.update, given, _named(scene, "PRESETS", presets))
        self._frame.built()
        self._turns, self._last, self._plain, self._timers = Turns(self), ("", 0.0), b"", []
        self._line, self._shrunk, self._whole = Line(), False, False
        self.longest_step = 0.0  # seconds of CPU without a yield, of what was drawn last
        self._hands, self._play = Hands(self.update, self._values), None
        self._ahead = Ahead(self, self._frame, self._hands, ahead)
        if getattr(self.update, "play", None) in self.controls:
            self._play = Play(self.update.play, self._values, self._turns, self._show_playing)
        self.cell = _this_cell()
        self._page = self._build_page()
        self._values.watch(self._moved)
        self._hands.watch_tools(self._show_tools)
        self.picture.observe(lambda _: self._turns.wake(look_only=True), "space")
        self.picture.observe(lambda change: self._turns.soon(lambda: self._line.arrived(change.new)), "seen")
        self.picture.observe(lambda change: self._touched(change.new), "touch")
        self.picture.on_msg(lambda _, act, __: self._touched(act))
        Lab._all.add(self)

    def _build_page(self):
        actions = [
            (label, lambda values=values: self._jump(values), f"set {values}") for label, values in self.presets.items()
        ]
        actions.append(("reset", self._reset, "back to the first values"))
        if self.trains:
            actions.append(("stop", self._turns.stop, "end the training here"))
        play = {"play": (self._play.press, f"run {self._play.name} to its end", False)} if self._play else {}
        toggles = {
            **play,
            "pin": (lambda _: self._turns.wake(look_only=True), "keep the present curves, pale, under the next"),
            "large type": (large_type, "for the projector: every figure of the notebook", Lab.large),
        }
        return Page(
            self.controls,
            actions,
            toggles,
            Lab.large,
            held=self._hands.held,
            ratio=self.size[1] / self.size[0],
            progress=0.0 if self.trains else -1.0,
        )

    # what a learner's hand does

    def _touched(self, act):
        """The page speaks of a press or a drag in the picture: it is done where the picture is drawn."""
        if act == {"act": "pause"}:
            self.pause()
        elif act == {"act": "keep"}:
            self._turns.soon(self._keep)
        elif act == {"act": "again"}:
            self._turns.wake(anew=True)
        elif act:
            self._turns.soon(lambda: self._do(act))

    def _do(self, act):
        try:
            self._take_hold(act)
            with self._ahead.in_hand():
                self._hands.done(**act)
        except Exception:
            self.failed(traceback.format_exc())

    def _moved(self):
        """A control was moved: by hand, so whatever plays is taken over."""
        self.pause()
        self._turns.wake()

    def _take_hold(self, act):
        """A hand needs the places of the present figure. Of a training they are kept with its picture, but for points."""
        shown, number = self.picture.handles, act.get("handle", 0)
        if not self.trains or (0 <= number < len(shown) and shown[number]["kind"] == "points"):
            self._ahead.catch_up()

    def _show_tools(self):
        self.picture.handles = self._hands.with_tools(self.picture.handles)

    def _show_playing(self, on):
        self.picture.playing = on
        button = self._page.toggles["play"]
        button.value, button.description = on, "pause" if on else "play"

    def pause(self) -> None:
        """Stay where the playing is."""
        if self._play:
            self._play.press(False)

    # what a notebook or a test asks

    @property
    def controls(self) -> dict[str, widgets.Widget]:
        """The controls by name: ipywidgets."""
        return self._values.controls

    @property
    def values(self) -> dict[str, Any]:
        """The present value of every control."""
        return self._values.now()

    @property
    def start(self) -> dict[str, Any]:
        """The value at which each control starts."""
        return self._values.start

    @property
    def presets(self) -> dict[str, dict[str, Any]]:
        """{label: a value for every control}: what a preset does not name stands where it starts."""
        return self._values.presets

    @property
    def picture(self) -> Picture:
        """What the browser shows, with its sentence, goal and error."""
        return self._page.picture

    @property
    def box(self) -> widgets.VBox:
        """The widget that holds everything."""
        return self._page.box

    @property
    def buttons(self) -> dict[str, widgets.Widget]:
        """Presets, reset, stop, pin and large type, by label."""
        return {button.description: button for button in (*self._page.buttons, *self._page.toggles.values())}

    @property
    def caption(self) -> str:
        """The sentence that says what the picture shows."""
        return self.picture.caption

    @property
    def png(self) -> bytes:
        """The present picture, as PNG bytes."""
        return self.picture.png

    @property
    def goal_reached(self) -> bool:
        """Does the goal's test hold for the present picture?"""
        return self.picture.reached

    @property
    def frame(self) -> Frame:
        """The figure and its canvas, brought up to what the page shows."""
        if self._ahead.catch_up():
            self._frame.draw()
        return self._frame

    @property
    def busy(self) -> bool:
        """Is there something left to draw?"""
        return self._turns.busy

    @property
    def handles(self) -> dict[str, Any]:
        """What can be taken in the picture now, by name."""
        self._ahead.catch_up()
        return {handle.name: handle for handle in self._hands.handles}

    def drag(self, name: str, x: float, y: float, spot: int = 0) -> None:
        """Drag a handle to the place (x, y) of its axes, as a learner does; a training runs to its end."""
        self._hands.drag(self.handles[name], x, y, spot)
        self._turns.now()

    def press(self, name: str, spot: int) -> None:
        """Press one of the spots of a handle, as a learner does."""
        self._hands.done("pick", list(self.handles).index(name), spot)
        self._turns.now()

    def set(self, **values) -> None:
        """Move controls, all at once, and draw; a training runs to its end. Errors are raised here."""
        self._values.check("set", values)
        self.pause()
        self._values.assign(values)
        self._turns.now()

    def forget(self) -> None:
        """As if nobody had been here: what the scene has marked or left half-way, and the pictures kept of it, go."""
        for begin_anew in ("forget", "afresh"):
            getattr(self.update, begin_anew, lambda: None)()
        self._ahead.forget()

    def show(self) -> None:
        """Display controls and picture; below them the plain picture, which the page hides while these are alive."""
        if not self.trains:
            self.set()
        self._page.show()
        if self.trains:
            self.set()  # the training runs to its end in the cell; the page follows it
        if get_ipython():
            self._page.show_plain(recompressed(self.png, 6))
            self._plain = self.png

    def close(self) -> None:
        """Take the widgets away in kernel and browser; the plain picture stays on the page."""
        self.pause()
        self._ahead.close()
        self._turns.close()
        Lab._all.discard(self)
        self._values.forget()
        self._page.close(shared={control for lab in Lab._all for control in lab.controls.values()})

    def _ipython_display_(self):
        if get_ipython() and self._page.execution != get_ipython().execution_count:
            self.show()

    # what its turns ask

    def compute(self):
        """Call the scene's update with the newest values: a sentence, or a training."""
        values, self._whole = self._values.snapshot(), False
        self._ahead.shows(values)
        return self.update(**values)

    def recall(self, following=False):
        """Show the picture that is kept of the newest values. Returns whether there is one."""
        if following and self.shrink > 1 and not self.trains:  # over a slow line a smaller one is better
            return False
        kept = self._ahead.recall(self._values.snapshot())
        if kept:
            self._last, self._whole, self._shrunk = (kept.sentence, kept.done), True, False
            self._send(kept.png, *self._last, handles=self._hands.with_tools(kept.handles), remembered=self.trains)
        return kept is not None

    def show_again(self):
        """The last picture in other looks: pinned, in large type, at another width."""
        self.display(*self._last, whole=self._whole, remembered=self.picture.remembered)

    @property
    def is_behind(self):
        """Does the figure hold other values than the page shows?"""
        return self._ahead.behind

    @property
    def is_at_rest(self):
        """Is the finished picture of the newest values on the page, with all its pixels?"""
        return self in Lab._all and not self.busy and self._whole and not self._shrunk

    @property
    def line_is_free(self):
        """May a frame be sent? Not while the page still waits for earlier ones."""
        return self._line.free

    @property
    def shrink(self):
        """How many times shorter each side of a frame is, while something moves."""
        return self._line.shrink

    def display(self, sentence, done=0.0, training=False, shrink=1, whole=True, remembered=False):
        """One frame of the figure as it is now.

        whole: this is the finished picture of its values. remembered: the page has no frames of its training.
        """
        if not isinstance(sentence, str):
            raise ValueError(f"{self.name}: update must give one sentence, got {sentence!r:.60}")
        self._prepare()
        self._last, self._whole = (sentence, done), whole and not training
        self._frame.draw()
        png, self._shrunk = self._frame.png(6 if shrink > 1 else 1, shrink), shrink > 1
        self._send(png, sentence, done, training, self._hands.shown(), remembered, shrink)
        if self._whole and not self._shrunk:
            self._ahead.keep(sentence, done)

    def _send(self, png, sentence, done, training=False, handles=(), remembered=False, shrink=1):
        """Picture, sentence, progress, goal, in one message, and none if nothing changed."""
        picture = self.picture
        with picture.hold_sync():
            if png != picture.png:
                picture.png, picture.number = png, self._line.sent(len(png), shrink)
                picture.remembered = remembered
            picture.caption, picture.error = sentence, self._turns.error
            picture.training = training
            if self.trains:
                picture.progress = float(done)
            if self.goal and not training:
                self._judge()
            picture.handles = handles
        self._values.disable(getattr(self.update, "idle", ()))

    def failed(self, error):
        """Show an error where the learner looks."""
        self.picture.error, self.picture.training = error, False

    def rest(self):
        """A moment after the last frame its pixels come, if they were fewer; later the plain picture is brought up to date."""
        for timer in self._timers:
            timer.cancel()
        later = ((PAUSE, self._ahead.start), (REST, self._sharpen), (LONG_REST, self._keep))
        self._timers = [self._turns.later(seconds, action) for seconds, action in later]

    def _sharpen(self):
        if self in Lab._all and not self.busy and self._shrunk:
            self.show_again()
            self._ahead.start()

    def _keep(self):
        if self in Lab._all and not self.busy and self._page.keeps_plain and self._plain != self.png:
            self._sharpen()
            self._page.update_plain(recompressed(self.png, 6))
            self._plain = self.png
        _give_back()

    def _prepare(self):
        """Follow the buttons and the room that the browser has: pin, large type, resolution."""
        pinned = self._page.toggles["pin"].value
        if pinned != self._frame.pinned:
            self._frame.pin() if pinned else self._frame.unpin()
            self.picture.pinned = f"Pale: pinned at {self._values.in_words()}." if pinned else ""
        self._frame.resize(*self._room())

    def _room(self):
        """Inches and pixels of a picture, for the room that the page has."""
        width, density = self._page.width
        inches = tuple(side / LARGER for side in self.size) if Lab.large or width < NARROW else self.size
        return inches, min(round(width * density), 2400)

    @property
    def is_dressed(self):
        """Does the figure look as the buttons and the page ask for?"""
        return self._page.toggles["pin"].value == self._frame.pinned and self._frame.has_size(*self._room())

    def _judge(self):
        """Is the goal reached? Its test asks by name for controls and for what the scene keeps in update.facts."""
        text, test, *_ = self.goal
        known = {**self.values, **getattr(self.update, "facts", {})}
        self.picture.reached = bool(test(**{name: known[name] for name in inspect.signature(test).parameters}))
        self.picture.goal = f"Goal: {text} {'Reached.' if self.picture.reached else '(not yet)'}"

    def _reset(self):
        self.forget()
        self._jump(self.start, anew=True)

    def _jump(self, values, anew=False):
        self.pause()
        self._values.assign(values)
        self._turns.wake(anew=anew)


def _give_back():
    """Give freed memory back to the system, where C's library can do that: else it keeps what the largest training took."""
    with suppress(Exception):  # Windows, macOS, a browser
        ctypes.CDLL(None).malloc_trim(0)


def _named(scene, table, given):
    """What a scene's own file keeps in PRESETS or GOALS under a name; anything else as it was given."""
    if not isinstance(given, str):
        return given
    kept = getattr(sys.modules.get(getattr(scene, "__module__", "")), table, {})
    if given not in kept:
        raise ValueError(f"{scene.__module__} has no {given!r} in {table}; there are {', '.join(kept) or 'none'}")
    return kept[given]


def _this_cell():
    """The cell that runs, by the front end's name for it or else by what it assigns, and its execution count."""
    shell = get_ipython()
    parent = (
        getattr(shell, "parent_header", None) or getattr(getattr(shell, "kernel", None), "_parent_header", None) or {}
    )
    code = (parent.get("content") or {}).get("code", "")
    assigned = tuple(re.findall(r"^(\w+) *= *live\(", code, re.MULTILINE)) or code or None
    return (parent.get("metadata") or {}).get("cellId") or assigned, getattr(shell, "execution_count", None)


def _close_earlier():
    """Close the labs that an earlier run of this cell has left."""
    cell, run = _this_cell()
    for lab in list(Lab._all):
        if cell is not None and lab.cell[0] == cell and lab.cell[1] != run:
            lab.close()


def large_type(on: bool = True) -> None:
    """Large lettering in every live figure, for the projector; the button in each figure does the same."""
    Lab.large = bool(on)
    for lab in list(Lab._all):
        lab.buttons["large type"].value = Lab.large
        lab._page.enlarge(Lab.large)
        lab._turns.wake(look_only=True)


def live(
    scene: Callable,
    *data,
    presets: str | dict[str, dict[str, Any]] | None = None,
    goal: str | Goal | tuple[str, Callable] | None = None,
    size: tuple[float, float] = SIZE,
    ahead: bool = True,
    **controls,
) -> Lab:
    """Show `scene(fig, *data)` with a control for each keyword of the `update` that it returns.

    controls: name=(low, high, start), a list of names, True or False, log_slider(...), one_minus_log(...), or a
    ready widget. presets: {"10 days": {"beta": 0.9}}; what one does not name goes back to its start. goal: ("Find ...",
    test), where the test asks by name for controls, or for what the scene keeps in `update.facts`. Both may be names in
    PRESETS and GOALS of the scene's own file. size: inches. ahead: keep finished pictures, and work out the next ones
    while the learner looks; never without a browser, nor where the environment sets DLCOURSE_AHEAD=0.
    Errors: ValueError in one sentence for an unknown control, a preset out of range, or a scene that is none.
    """
    _close_earlier()
    lab = Lab(scene, data, presets, goal, controls, size, ahead)
    try:
        lab.show()
    except BaseException:  # an interrupt, too
        lab.close()
        raise
    return lab
