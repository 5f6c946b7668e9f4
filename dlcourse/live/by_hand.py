"""A control for what is set in the picture itself: a list of points, or of switched spots, with its few buttons."""

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np
import traitlets

TAKE_AWAY = "take away"


class ByHand(widgets.HBox):
    """`value`: None for what the scene draws by itself, or a tuple: points (x, y, kind), or numbers of spots."""

    value = traitlets.Any(None)
    description = traitlets.Unicode("")
    disabled = traitlets.Bool(False)

    def __init__(self, kinds: Sequence[str] = (), most: int = 500):
        self.kinds, self.most = tuple(kinds), most
        self._label, self._count = widgets.Label(), widgets.Label()
        self._tools = widgets.ToggleButtons(options=[*self.kinds, TAKE_AWAY] if kinds else [""])
        self._tools.style.button_width = "auto"
        self._clear = widgets.Button(description="as it was", layout=widgets.Layout(width="auto"))
        self._clear.on_click(lambda _: setattr(self, "value", None))
        shown = [self._label, *([self._tools] if kinds else []), self._clear, self._count]
        super().__init__(shown)
        self._said()

    @property
    def tool(self) -> int | None:
        """The kind of point that a press adds; None while a press takes away."""
        return self.kinds.index(self._tools.value) if self._tools.value in self.kinds else None

    def watch_tool(self, moved):
        """Call `moved()` when another tool is taken."""
        self._tools.observe(lambda _: moved(), "value")

    @traitlets.validate("value")
    def _validate_value(self, proposal):
        value = proposal["value"]
        return value if value is None else tuple(tuple(v) if isinstance(v, list) else v for v in value)

    @traitlets.observe("value", "description", "disabled")
    def _said(self, _=None):
        if hasattr(self, "_count"):
            self._label.value = self.description
            self._count.value = "" if self.value is None else f"{len(self.value)} by hand"
            self._clear.disabled = self.disabled or self.value is None
            self._tools.disabled = self.disabled

    def problem(self, value) -> str:
        """What is wrong with a value, in words; "" if nothing is."""
        if value is None:
            return ""
        if not isinstance(value, (tuple, list)) or len(value) > self.most:
            return f"None or a list of at most {self.most}"
        if not self.kinds:
            return "" if all(isinstance(v, (int, np.integer)) and v >= 0 for v in value) else "a list of spots' numbers"
        fits = all(len(v) == 3 and np.isfinite(v).all() and v[2] in range(len(self.kinds)) for v in value)
        return "" if fits else f"a list of points (x, y, kind) with kind below {len(self.kinds)}"

    def open(self):
        """Open its parts, too: a lab that shared it may have closed them."""
        for part in self._parts():
            if part.comm is None:
                part.open()
        super().open()

    def close(self):
        """Close its parts, too."""
        for part in self._parts():
            part.close()
        super().close()

    def _parts(self):
        return [
            part
            for child in (self._label, self._count, self._tools, self._clear)
            for part in (child, child.layout, child.style)
        ]


def by_hand(*kinds: str, most: int = 500) -> ByHand:
    """What is set in the picture: points of these kinds, at most so many; without kinds, spots that are switched.

    >>> control = by_hand("class 0", "class 1")
    >>> control.value is None, control.tool
    (True, 0)
    >>> control.value = [(0.5, 1.0, 1)]
    >>> control.value
    ((0.5, 1.0, 1),)
    """
    return ByHand(kinds, most)
