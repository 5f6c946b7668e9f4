"""The page of a live figure: controls, buttons, the live picture, and below it the plain one.

The page hides the plain picture and its sentence while the live one is there: they are what a fresh clone, GitHub, an
export, print and a reopened notebook show.
"""

from binascii import b2a_base64
from html import escape
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets
from IPython import get_ipython
from IPython.display import display

from dlcourse.live.by_hand import ByHand

HERE = Path(__file__).parent
WIDTH = 900  # pixels across, until the browser says how much room there is
OPEN = 5  # so many controls are in sight; the rest is under "more"


class Picture(anywidget.AnyWidget):
    """What the browser shows of a lab: picture, handles, sentence, goal, progress, error. See the .js files beside this one."""

    _esm = "".join((HERE / file).read_text("utf-8") for file in ("hands.js", "speak.js", "picture.js"))
    _css = (HERE / "picture.css").read_text("utf-8")
    png = traitlets.Bytes(b"").tag(sync=True)
    number = traitlets.Int(0).tag(sync=True)  # of this frame
    seen = traitlets.Int(0).tag(
        sync=True, echo_update=False
    )  # from the browser: the number of the frame that it painted last
    caption = traitlets.Unicode("").tag(sync=True)
    pinned = traitlets.Unicode("").tag(sync=True)  # what is drawn pale
    goal = traitlets.Unicode("").tag(sync=True)
    reached = traitlets.Bool(False).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    progress = traitlets.Float(-1.0).tag(sync=True)  # negative: this scene does not train
    training = traitlets.Bool(False).tag(sync=True)
    remembered = traitlets.Bool(False).tag(sync=True)  # this picture was kept: no frames of its training have come
    handles = traitlets.List([]).tag(sync=True)  # what can be taken in the picture, see hands.py
    playing = traitlets.Bool(False).tag(sync=True)
    touch = traitlets.Dict({}).tag(
        sync=True, echo_update=False
    )  # from the browser: where a handle is dragged to, the newest
    ratio = traitlets.Float(0.5).tag(sync=True)
    large = traitlets.Bool(False).tag(sync=True)
    space = traitlets.List([]).tag(sync=True)  # from the browser: width in CSS pixels, device pixels for each


class Page:
    """The widgets of one lab: `box`, made of a side with buttons and controls, and of the `picture`."""

    def __init__(self, controls, actions, toggles, large, held=(), **picture):
        self.controls, self.picture = controls, Picture(large=large, **picture)
        self.buttons = [_button(*action) for action in actions]
        self.toggles = {label: _toggle(label, *rest) for label, rest in toggles.items()}
        if "play" in self.toggles:
            self.toggles["play"].layout.width = "5em"  # it says "pause", too
        first, rest = in_sight(controls, held)
        self._folded = widgets.HBox(rest)
        if rest:
            self._folded.layout.display = "none"
            first.append(_toggle("more", self._unfold, "the other controls"))
        self._rows = [widgets.HBox([*self.buttons, *self.toggles.values()]), widgets.HBox(first), self._folded]
        side, panes = widgets.VBox(self._rows), widgets.Box()
        panes.children = [side, self.picture]
        self.box = widgets.VBox([panes])
        for part, name in ((self.box, "lab"), (panes, "panes"), (side, "side"), *((row, "row") for row in self._rows)):
            part.add_class(f"dlcourse-{name}")
        self._parts = [self.box, panes, side, *self._rows, *first[OPEN:]]
        self.enlarge(large)
        self._plain, self.execution = None, None

    @property
    def width(self):
        """CSS pixels across, and device pixels for each."""
        return self.picture.space or (WIDTH, 1)

    def enlarge(self, on):
        """Large type, or not, in the page's own words and in the picture's frame."""
        self.picture.large = on
        (self.box.add_class if on else self.box.remove_class)("dlcourse-large")

    def _unfold(self, on):
        self._folded.layout.display = "" if on else "none"

    def show(self):
        """Display controls and live picture in the running cell."""
        shell = get_ipython()
        if shell:
            self.execution = shell.execution_count
            bundle = dict(self.box._repr_mimebundle_())
            names = ", ".join(name.replace("_", " ") for name in self.controls)
            display({**bundle, "text/plain": f"Run this cell to move: {names}"}, raw=True)

    def show_plain(self, png):
        """Display the plain picture below them, and its sentence."""
        self._plain = [
            display(data, metadata=metadata, raw=True, display_id=True) for data, metadata in self.plain(png)
        ]

    @property
    def keeps_plain(self):
        """Is there a plain picture, and a browser to see it?"""
        return bool(self._plain and self.picture.space)

    def update_plain(self, png):
        """Bring them up to date."""
        for shown, (data, metadata) in zip(self._plain, self.plain(png)):
            shown.update(data, metadata=metadata, raw=True)

    def plain(self, png):
        """What is displayed, and its metadata: the plain picture, with the sentence for those who do not see it; the sentence."""
        words, width = self.picture.caption, self.width[0]
        return (
            (
                {"image/png": b2a_base64(png).decode(), "text/plain": words},
                {"image/png": {"alt": words, "width": width}},
            ),
            ({"text/html": f'<p class="dlcourse-sentence">{escape(words)}</p>', "text/plain": words}, {}),
        )

    def close(self, shared):
        """Take the widgets away in kernel and browser, but for the controls that another lab shares."""
        mine = {*self.controls.values(), *self.buttons, *self.toggles.values(), self.picture, *self._parts}
        for widget in mine - shared:
            for part in (widget, widget.layout, getattr(widget, "style", None)):
                if part is not None:
                    part.close()


def in_sight(controls, held):
    """(The controls in sight, the others): what the picture itself can set folds first, but not what a press needs."""
    tools = [control for control in controls.values() if isinstance(control, ByHand) and control.kinds]
    others = sorted((name for name, control in controls.items() if control not in tools), key=lambda name: name in held)
    order = list(controls.values()) if len(controls) <= OPEN else [*tools, *(controls[name] for name in others)]
    return order[:OPEN], order[OPEN:]


def _button(label, action, tip):
    made = widgets.Button(description=label, tooltip=tip, layout=widgets.Layout(width="auto"))
    made.on_click(lambda _: action())
    return made


def _toggle(label, action, tip, on=False):
    made = widgets.ToggleButton(on, description=label, tooltip=tip, layout=widgets.Layout(width="auto"))
    made.observe(lambda change: action(change.new), "value")
    return made
