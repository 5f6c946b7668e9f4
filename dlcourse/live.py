"""Sliders on a scene: `live(scenes.averages, temperatures, beta=one_minus_log(0.5, 0.999, start=0.98))`.

A moved slider only notes that something is wanted and wakes the kernel's main loop; one drawer there takes the newest
values, so the last value always wins and matplotlib never draws on two threads. Without a running loop (tests) it
draws at once. Each frame is one message to the browser. Below the live picture lies a plain one that the page hides
while the live one is there: it is what a fresh clone, GitHub, print and a reopened notebook show.
"""

import asyncio
import inspect
import threading
import time
import traceback
import weakref
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets
from IPython import get_ipython
from IPython.display import display

from dlcourse._controls import (admit, check_value, choice, control_for, log_slider, one_minus_log, powers_of_two, slider,
                                switch)
from dlcourse._frame import Frame

DATA = Path(__file__).parent / "data"
SIZE, LARGER = (8.4, 4.4), 1.4  # inches, and by how much large type is larger: it draws on fewer inches
WIDTH = 900  # pixels across, until the browser says how much room there is
RATE = 30  # frames a second at most, while a training runs


class Picture(anywidget.AnyWidget):
    """What the browser shows of a lab: picture, sentence, goal, progress, error. See data/picture.js."""

    _esm, _css = (DATA / "picture.js").read_text("utf-8"), (DATA / "picture.css").read_text("utf-8")
    png = traitlets.Bytes(b"").tag(sync=True)
    caption = traitlets.Unicode("").tag(sync=True)
    goal = traitlets.Unicode("").tag(sync=True)
    reached = traitlets.Bool(False).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    progress = traitlets.Float(-1.0).tag(sync=True)  # negative: this scene does not train
    training = traitlets.Bool(False).tag(sync=True)
    ratio = traitlets.Float(SIZE[1] / SIZE[0]).tag(sync=True)
    large = traitlets.Bool(False).tag(sync=True)
    space = traitlets.List([]).tag(sync=True)  # from the browser: width in CSS pixels, device pixels for each


class Lab:
    """What `live` returns: `controls` by name, `set(beta=0.9)`, `caption`, `png`, `goal_reached`, `close()`."""

    large = False  # large type, for every lab at once
    _all = weakref.WeakSet()  # those that are open

    def __init__(self, scene, data, presets, goal, given, size):
        self.name = getattr(scene, "__name__", str(scene))
        if not callable(scene) or isinstance(scene, type):
            raise ValueError(f"live needs a scene, a function scene(fig, *data) that returns update; got {scene!r:.60}")
        self.frame, self.size = Frame(size, WIDTH), size
        self.update = scene(self.frame.figure, *data)
        if not inspect.isfunction(self.update) and not inspect.ismethod(self.update):
            raise ValueError(f"{self.name} must return its function update(**controls), got {self.update!r:.60}")
        self._check_names(given)
        self.controls = {name: control_for(name, value) for name, value in given.items()}
        self.start, self.presets, self.goal = self.values, presets or {}, goal
        for label, values in self.presets.items():
            self._check_values(f"preset {label!r}", values)
        self.trains = inspect.isgeneratorfunction(self.update)
        self.frame.built()
        self._lock, self._loop, self.cell = threading.RLock(), _running_loop(), _this_cell()
        self._version, self._drawn, self._restyle, self._last, self._error = 0, 0, False, ("", 0.0), ""
        self._quiet = self._stopped = self._closed = False
        self._task = self._still = self._timer = self._shown_by = None
        self._build_box()

    # what a notebook or a test asks

    @property
    def values(self):
        """The present value of every control."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def caption(self):
        """The sentence that says what the picture shows."""
        return self.picture.caption

    @property
    def png(self):
        """The present picture, as PNG bytes."""
        return self.picture.png

    @property
    def goal_reached(self):
        """Does the goal's test hold for the present picture?"""
        return self.picture.reached

    def set(self, **values):
        """Move controls, all at once, and draw; a training runs to its end. Errors are raised here."""
        self._check_values("set", values)
        self._assign(values)
        self._version += 1
        self._work_through()

    def close(self):
        """Take the widgets away in kernel and browser; the plain picture stays on the page."""
        self._closed, self._stopped = True, True
        Lab._all.discard(self)
        shared = {control for lab in Lab._all for control in lab.controls.values()}
        for control in self.controls.values():
            control.unobserve(self._moved, "value")
        for widget in {*self.controls.values(), *self._buttons, self.picture, *self._rows, self.box} - shared:
            for part in (widget, widget.layout, getattr(widget, "style", None)):
                if part is not None:
                    part.close()

    # building

    def _check_names(self, given):
        takes = inspect.signature(self.update).parameters
        needs = [name for name, p in takes.items() if p.default is p.empty]
        for name in given:
            if name not in takes:
                raise ValueError(f"{self.name} has no control {name!r}; it takes {', '.join(takes)}")
        missing = [name for name in needs if name not in given]
        if missing:
            raise ValueError(f"{self.name} needs a control for {', '.join(missing)}")

    def _check_values(self, where, values):
        for name, value in values.items():
            if name not in self.controls:
                raise ValueError(f"{where} sets {name!r}, which is no control here; there are {', '.join(self.controls)}")
            check_value(where, name, self.controls[name], value)

    def _build_box(self):
        self.picture = Picture(ratio=self.size[1] / self.size[0], large=Lab.large,
                               progress=0.0 if self.trains else -1.0)

        def button(label, action, tip):
            made = widgets.Button(description=label, tooltip=tip, layout=widgets.Layout(width="auto"))
            made.on_click(lambda _: action())
            return made

        def toggle(label, action, tip, on=False):
            made = widgets.ToggleButton(on, description=label, tooltip=tip, layout=widgets.Layout(width="auto"))
            made.observe(lambda change: action(change.new), "value")
            return made

        self._buttons = [button(label, lambda values=values: self._jump(values), f"set {values}")
                         for label, values in self.presets.items()]
        self._buttons.append(button("reset", lambda: self._jump(self.start), "back to the first values"))
        if self.trains:
            self._buttons.append(button("stop", self._stop, "end the training here"))
        self.pinned = toggle("pin", lambda _: self._wake(look_only=True), "keep the present curves, pale, under the next")
        self._large = toggle("large type", large_type, "for the projector: every figure of the notebook", Lab.large)
        self._buttons += [self.pinned, self._large]
        self._rows = [widgets.HBox(self._buttons), widgets.HBox(list(self.controls.values()))]
        for row in self._rows:
            row.add_class("dlcourse-row")
        self.box = widgets.VBox([*self._rows, self.picture])
        self.box.add_class("dlcourse-lab")
        if Lab.large:
            self.box.add_class("dlcourse-large")
        for control in self.controls.values():
            control.observe(self._moved, "value")
        self.picture.observe(lambda _: self._wake(look_only=True), "space")
        Lab._all.add(self)

    def _inches(self):
        return tuple(side / LARGER for side in self.size) if Lab.large else self.size

    # from a moved slider to a frame

    def _assign(self, values):
        """Move several controls as one move."""
        with self._lock:
            self._quiet = True
            try:
                for name, value in values.items():
                    admit(self.controls[name], value)
                    self.controls[name].value = value
            finally:
                self._quiet = False

    def _moved(self, _):
        if not self._quiet:
            self._wake()

    def _jump(self, values):
        self._assign(values)
        self._wake()

    def _stop(self):
        self._stopped = True

    def _wake(self, look_only=False):
        """Something is wanted, said on any thread: draw now, or let the kernel's main loop draw."""
        if look_only:
            self._restyle = True
        else:
            self._version += 1
        if self._loop is None or self._loop.is_closed():
            self._work_through()
        else:
            self._loop.call_soon_threadsafe(self._start)

    def _start(self):
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._drawer())

    def _work_through(self):
        for _ in self._work():
            pass

    async def _drawer(self):
        """`_work` on the kernel's main loop; an exception is shown with the figure, where the learner looks."""
        while self._pending():
            try:
                for _ in self._work():
                    await asyncio.sleep(0)
            except Exception:
                self._drawn, self._restyle, self._error = self._version, False, traceback.format_exc()
                self.picture.error, self.picture.training = self._error, False
        self._rest()

    def _pending(self):
        return not self._closed and (self._drawn != self._version or self._restyle)

    def _work(self):
        """Draw until the picture is that of the newest values; yields after each step, so that others have a turn."""
        while self._pending():
            if self._drawn == self._version:
                self._show(*self._last)
            else:
                version, self._stopped, self._error = self._version, False, ""
                with self._lock:
                    values = self.values
                result = self.update(**values)
                if self.trains:
                    yield from self._follow(result, version)
                else:
                    self._show(result)
                    self._drawn = version
            yield

    def _follow(self, training, version):
        """Pull from a scene that trains; show at a steady rate; let go when something newer is wanted."""
        due, current = 0.0, True
        try:
            for done, sentence in training:
                if time.perf_counter() >= due:
                    due = time.perf_counter() + 1 / RATE
                    self._show(sentence, done, training=True)
                yield
                current = version == self._version and not self._closed
                if self._stopped or not current:
                    break
        finally:
            training.close()
        if current:
            self._show(sentence, done)
            self._drawn = version

    def _prepare(self):
        """Follow the buttons and the room that the browser has: pin, large type, resolution."""
        if self.pinned.value != self.frame.pinned:
            self.frame.pin() if self.pinned.value else self.frame.unpin()
        width, density = self.picture.space or (WIDTH, 1)
        self.frame.resize(self._inches(), min(round(width * density), 2400))
        self._restyle = False

    def _show(self, sentence, done=0.0, training=False):
        """One frame: picture, sentence, progress, goal, in one message, and none if nothing changed."""
        if not isinstance(sentence, str):
            raise ValueError(f"{self.name}: update must give one sentence, got {sentence!r:.60}")
        self._prepare()
        self._last = sentence, done
        self.frame.draw()
        with self.picture.hold_sync():
            self.picture.png, self.picture.caption, self.picture.error = self.frame.png(), sentence, self._error
            self.picture.training = training
            if self.trains:
                self.picture.progress = float(done)
            if self.goal and not training:
                self._judge()

    def _judge(self):
        """Is the goal reached? Its test asks by name for controls and for what the scene keeps in update.facts."""
        text, test = self.goal
        known = {**self.values, **getattr(self.update, "facts", {})}
        self.picture.reached = bool(test(**{name: known[name] for name in inspect.signature(test).parameters}))
        self.picture.goal = f"Goal: {text} {'Reached.' if self.picture.reached else '(not yet)'}"

    # on the page

    def show(self):
        """Display controls and picture; below them the plain picture, which the page hides while these are alive."""
        shell = get_ipython()
        if not self.trains:
            self.set()
        if shell:
            self._shown_by = shell.execution_count
            bundle = dict(self.box._repr_mimebundle_())
            names = ", ".join(name.replace("_", " ") for name in self.controls)
            display({**bundle, "text/plain": f"Run this cell to move: {names}"}, raw=True)
        if self.trains:
            self.set()  # the training runs to its end in the cell; the page follows it
        if shell:
            bundle, metadata = self._plain()
            self._still, self._kept = display(bundle, metadata=metadata, raw=True, display_id=True), self.png

    def _plain(self):
        alt = {"alt": self.caption, "width": self.picture.space[0] if self.picture.space else WIDTH}
        return {"image/png": self.frame.png(level=9), "text/plain": self.caption}, {"image/png": alt}

    def _rest(self):
        """A moment after the last frame, bring the plain picture up to date, if there is a browser to see it."""
        if self._timer:
            self._timer.cancel()
        if self._still and self.picture.space and self._kept != self.png and not self._closed:
            self._timer = self._loop.call_later(0.3, self._keep)

    def _keep(self):
        if not self._closed and (self._task is None or self._task.done()):
            bundle, metadata = self._plain()
            self._still.update(bundle, metadata=metadata, raw=True)
            self._kept = self.png

    def _ipython_display_(self):
        if get_ipython() and self._shown_by != get_ipython().execution_count:
            self.show()


def _running_loop():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _this_cell():
    """The cell that runs, if the front end names it, and its execution count."""
    shell = get_ipython()
    parent = getattr(shell, "parent_header", None) or {}
    return (parent.get("metadata") or {}).get("cellId"), getattr(shell, "execution_count", None)


def _close_earlier():
    """Close the labs that an earlier run of this cell has left."""
    cell, run = _this_cell()
    for lab in list(Lab._all):
        if cell is not None and lab.cell[0] == cell and lab.cell[1] != run:
            lab.close()


def large_type(on=True):
    """Large lettering in every live figure, for the projector; the button in each figure does the same."""
    Lab.large = bool(on)
    for lab in list(Lab._all):
        if lab._large.value != on:
            lab._large.value = on
        lab.picture.large = Lab.large
        (lab.box.add_class if on else lab.box.remove_class)("dlcourse-large")
        lab._wake(look_only=True)


def live(scene, *data, presets=None, goal=None, size=SIZE, **controls):
    """Show `scene(fig, *data)` with a control for each keyword of the `update` that it returns.

    controls: name=(low, high, start), a list of names, True or False, log_slider(...), one_minus_log(...), or a
    ready widget. presets: {"10 days": {"beta": 0.9}}. goal: ("Find ...", test), where the test asks by name for
    controls, or for what the scene keeps in `update.facts`, and says whether the goal is reached. size: inches.
    Errors: ValueError in one sentence for an unknown control, a preset out of range, or a scene that is none.
    """
    _close_earlier()
    lab = Lab(scene, data, presets, goal, controls, size)
    try:
        lab.show()
    except BaseException:  # an interrupt, too
        lab.close()
        raise
    return lab
