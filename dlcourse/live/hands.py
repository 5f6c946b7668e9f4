"""The hand in the picture: from the scene's handles to what the page can take hold of, and back to the controls.

The page speaks in shares of the picture, (0, 0) at its left top; scenes in the units of their axes. A handle is not
there while one of its controls is not, or does nothing.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcourse.live.by_hand import ByHand
from dlcourse.scenes.handles import Handle

NUDGES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)  # shares of an axis: an arrow key takes the shortest that moves something


class Hands:
    """The handles of one lab: `shown()` for the page, and what the page says, `done(act, ...)`."""

    def __init__(self, update, values):
        self._update, self._values = update, values

    @property
    def handles(self) -> list[Handle]:
        """Those that can be taken now."""
        idle, there = getattr(self._update, "idle", ()), self._values.controls
        every = getattr(self._update, "handles", ())
        return [h for h in every if h.axes.get_visible() and all(c in there and c not in idle for c in h.controls)]

    @property
    def held(self) -> set[str]:
        """The controls that the picture itself can set."""
        return {name for handle in getattr(self._update, "handles", ()) for name in handle.controls}

    def watch_tools(self, moved: Callable[[], None]) -> None:
        """Call `moved()` when a press on the picture begins to mean something else."""
        for control in self._values.controls.values():
            if isinstance(control, ByHand):
                control.watch_tool(moved)

    def with_tools(self, shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Handles as the page has them, with the tools of now."""
        pairs = zip(self.handles, shown)
        return [{**about, "tool": self._tool(handle)} if "tool" in about else about for handle, about in pairs]

    def shown(self, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Each handle as the page wants it: its kind and words, the box of its axes, its spots, all in shares.

        values: those that the figure holds; the present ones, if none are given.
        """
        values = self._values.now() if values is None else values
        return [self._shown(handle, values) for handle in self.handles]

    def _shown(self, handle, values):
        spots = handle.spots(values)
        about = {
            "kind": handle.kind,
            "name": handle.name,
            "box": self._box(handle),
            "text": self._words(handle, values),
        }
        about["spots"] = self._shares(handle.axes, spots)
        if handle.kind == "place":
            about["free"], about["strip"] = handle.free, [v is None for v in spots[0]]
        elif handle.kind == "points":
            about["tool"], about["text"] = self._tool(handle), f"{len(spots)} points"
        else:
            about["pressed"], about["switch"] = handle.pressed(values), handle.kind == "toggle"
        return about

    def _words(self, handle, values):
        """The values in words: "w1 -3.5, w2 2"."""
        shown = {name: values[name] for name in handle.controls}
        return ", ".join(
            f"{name.replace('_', ' ')} {v:.4g}" for name, v in shown.items() if isinstance(v, (int, float))
        )

    def _tool(self, handle):
        control = self._values.controls[handle.controls[0]]
        return "take away" if control.tool is None else "add"

    def drag(self, handle: Handle, x: float, y: float, spot: int = 0) -> None:
        """Drag a handle to (x, y), in the units of its axes."""
        self._move(handle, spot, self._shares(handle.axes, [(x, y)])[0])

    @staticmethod
    def _box(handle):
        """Left, top, width and height of the axes."""
        box, (width, height) = handle.axes.bbox, handle.axes.figure.canvas.figure.bbox.size
        return [
            round(float(v), 5) for v in (box.x0 / width, 1 - box.y1 / height, box.width / width, box.height / height)
        ]

    @staticmethod
    def _shares(axes, spots):
        """From the units of the axes to shares of the picture, moved to the edge of the axes from beyond it."""
        corner = (axes.get_xlim()[0], axes.get_ylim()[0])
        spots = [[low if v is None else v for v, low in zip(spot, corner)] for spot in spots]
        with np.errstate(all="ignore"):
            places = axes.transData.transform(np.array(spots, float).reshape(-1, 2))
        low, high = axes.bbox.get_points()
        places = np.clip(np.where(np.isnan(places), low, places), low, high)
        shares = places / axes.figure.canvas.figure.bbox.size
        return [[round(across, 5), round(1 - up, 5)] for across, up in shares.tolist()]

    def _place(self, axes, across, down):
        """From shares of the picture to the units of the axes; the edge of the axes for what lies beyond it."""
        (left, bottom), (right, top) = axes.bbox.get_points()
        width, height = axes.figure.canvas.figure.bbox.size
        inside = np.clip((across * width, (1 - down) * height), (left, bottom), (right, top))
        return tuple(float(v) for v in axes.transData.inverted().transform(inside))

    # what the page says

    def done(self, act: str, handle: int, spot: int = 0, at=None) -> None:
        """One act of a learner's hand. at: shares of the picture; for "nudge" the way of an arrow key, (right, down)."""
        acts = {"move": self._move, "nudge": self._nudge, "pick": self._pick, "add": self._add, "remove": self._remove}
        handles = self.handles
        if act in acts and 0 <= handle < len(handles):  # the page may speak of a picture that is gone
            held = handles[handle]
            if act == "add" or 0 <= spot < len(held.spots(self._values.now())):
                acts[act](held, spot, at)

    def _move(self, handle, spot, at):
        self._values.move(
            handle.moved(self._values.now(), spot, *self._rounded(handle.axes, self._place(handle.axes, *at)))
        )

    def _nudge(self, handle, spot, way):
        """An arrow key: the shortest of some moves that changes something."""
        before = self._values.now()
        left, top, width, height = self._box(handle)
        across, down = self._shares(handle.axes, handle.spots(before))[spot]
        for share in NUDGES:
            self._move(handle, spot, (across + way[0] * share * width, down + way[1] * share * height))
            if self._values.now() != before:
                break

    def _pick(self, handle, spot, _):
        self._values.move(handle.picked(self._values.now(), spot))

    def _add(self, handle, _, at):
        control = self._values.controls[handle.controls[0]]
        if control.tool is not None and len(handle.spots(self._values.now())) < control.most:
            place = self._rounded(handle.axes, self._place(handle.axes, *at))
            self._values.move(handle.added(self._values.now(), *place, control.tool))

    def _remove(self, handle, spot, _):
        if len(handle.spots(self._values.now())) > 1:
            self._values.move(handle.removed(self._values.now(), spot))

    @staticmethod
    def _rounded(axes, place):
        """A place in as many digits as a pixel is worth."""
        limits = (axes.get_xlim(), axes.get_ylim())
        digits = [int(np.ceil(-np.log10(abs(high - low) / 2000 or 1))) for low, high in limits]
        logs = (axes.get_xscale() == "log", axes.get_yscale() == "log")
        return tuple(float(f"{v:.4g}") if log else round(v, max(0, n)) + 0.0 for v, n, log in zip(place, digits, logs))
