"""The values of a live figure: its controls by name, where they start, the presets, and moving several as one."""

import inspect
import threading
from collections.abc import Callable, Iterable
from typing import Any

from dlcourse.live.controls import admit, check_value, control_for, nearest


class Values:
    """The controls that the keywords of `update` ask for, made from what `live` was given: `controls`, `start`, `presets`."""

    def __init__(self, name, update, given, presets):
        _check_names(name, update, given)
        self.controls = {name: control_for(name, value) for name, value in given.items()}
        self.start, self.presets = self.now(), {}
        for label, values in (presets or {}).items():
            self.check(f"preset {label!r}", values)
            self.presets[label] = {
                **self.start,
                **values,
            }  # every control, so that the order of presses does not matter
        self._lock, self._moved, self._quiet = threading.RLock(), None, False

    def now(self) -> dict[str, Any]:
        """The present value of every control."""
        return {name: control.value for name, control in self.controls.items()}

    def snapshot(self) -> dict[str, Any]:
        """The same, never in the middle of a move of several."""
        with self._lock:
            return self.now()

    def in_words(self) -> str:
        """The present values as their controls read: "α lr 0.1, surface bowl"."""
        idle = {name for name, control in self.controls.items() if getattr(control, "disabled", False)}
        return ", ".join(
            f"{' '.join(control.description.split())} {_word(control)}"
            for name, control in self.controls.items()
            if name not in idle and control.value is not None
        )

    def check(self, where: str, values: dict[str, Any]) -> None:
        """One sentence if a value is none of a control here, or beyond its ends."""
        for name, value in values.items():
            if name not in self.controls:
                raise ValueError(
                    f"{where} sets {name!r}, which is no control here; there are {', '.join(self.controls)}"
                )
            check_value(where, name, self.controls[name], value)

    def assign(self, values: dict[str, Any]) -> None:
        """Move several controls as one move, without a word to `watch`."""
        with self._lock:
            self._quiet = True
            try:
                for name, value in values.items():
                    admit(self.controls[name], value)
                    self.controls[name].value = value
            finally:
                self._quiet = False

    def move(self, values: dict[str, Any]) -> None:
        """Move several controls as one to their positions nearest to these values, as a learner's hand does."""
        before = self.now()
        self.assign({name: nearest(self.controls[name], value) for name, value in values.items()})
        if self.now() != before:
            self._moved()

    def disable(self, idle: Iterable[str]) -> None:
        """Grey out the controls that do nothing in the present mode."""
        for name, control in self.controls.items():
            if hasattr(control, "disabled") and control.disabled != (name in idle):
                control.disabled = name in idle

    def watch(self, moved: Callable[[], None]) -> None:
        """Call `moved()` whenever a control moves by itself."""
        self._moved = moved
        for control in self.controls.values():
            control.observe(self._notice, "value")

    def forget(self):
        """Watch no more."""
        for control in self.controls.values():
            control.unobserve(self._notice, "value")

    def _notice(self, change):
        if not self._quiet and change.old != change.new:  # what the page sends back, snapped to the grid, is no move
            self._moved()


def _word(control):
    """A value as a reader says it."""
    if isinstance(control.value, bool):
        return "on" if control.value else "off"
    if isinstance(control.value, tuple):
        return "by hand"
    return getattr(control, "label", None) or f"{control.value:.4g}"


def _check_names(name, update, given):
    takes = inspect.signature(update).parameters
    for key in given:
        if key not in takes:
            raise ValueError(f"{name} has no control {key!r}; it takes {', '.join(takes)}")
    missing = [key for key, p in takes.items() if p.default is p.empty and key not in given]
    if missing:
        raise ValueError(f"{name} needs a control for {', '.join(missing)}")
