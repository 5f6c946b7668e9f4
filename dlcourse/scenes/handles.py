"""Handles: what of a picture can be taken in the hand, and which controls it moves. Used by every scene.

A scene names them in one line, and `live` does the rest (mouse, touch, pen, arrow keys, presets, goals):

    update.handles = [Place(axes, "w1", "w2")]          the point (w1, w2) is dragged in the plane
    update.handles = [Place(axes, "lr")]                a line upright at lr, dragged along a logarithmic axis, too
    update.handles = [Place(axes, 2, "z3")]             the top of a bar that stands at 2
    update.handles = [Pick(axes, "point", spots)]       a press on one of the spots {value: (x, y)} chooses it
    update.handles = [Toggle(axes, "units", spots)]     a press on a spot switches it off and on
    update.handles = [Points(axes, "data", now)]        points are added, moved and taken away

Values are dicts of the controls' present values. All places are in the units of the axes.
"""

from collections.abc import Callable


class Handle:
    """What all handles have: `axes`, the names of the `controls` that they move, and `name`, said by a screen reader."""

    kind: str

    def __init__(self, axes, controls, name=None):
        self.axes, self.controls = axes, tuple(dict.fromkeys(controls))
        self.name = name or ", ".join(control.replace("_", " ") for control in self.controls)

    def spots(self, values: dict) -> list:
        """The places (x, y) that can be taken; None for an x or y that does not matter."""
        raise NotImplementedError


class Place(Handle):
    """One point. x, y: the control that is this coordinate; a number where it cannot be moved; None where it does not matter.

    Where a coordinate is not the control itself, get(values) says where the point stands, (x, y), and put(values, x, y)
    which values a new place asks for: {"gamma": y - values["beta"]}. x and y then name what it is free to move along.
    """

    kind = "place"

    def __init__(
        self, axes, x=None, y=None, get: Callable | None = None, put: Callable | None = None, name: str | None = None
    ):
        super().__init__(axes, [control for control in (x, y) if isinstance(control, str)], name)
        self.x, self.y, self._get, self._put = x, y, get, put
        self.free = "".join(way for way, given in (("x", x), ("y", y)) if isinstance(given, str))

    def spots(self, values):
        """Where the point stands."""
        if self._get:
            return [self._get(values)]
        return [tuple(values[given] if isinstance(given, str) else given for given in (self.x, self.y))]

    def moved(self, values, spot, x, y):
        """The values for which it stands at (x, y)."""
        if self._put:
            return self._put(values, x, y)
        return {name: place for name, place in ((self.x, x), (self.y, y)) if isinstance(name, str)}


class Pick(Handle):
    """One of several spots: a press sets `control` to the spot's value. spots(values) gives {value: (x, y)}."""

    kind = "pick"

    def __init__(self, axes, control: str, spots: Callable, name: str | None = None):
        super().__init__(axes, [control], name)
        self._spots = spots

    def spots(self, values):
        """Where the spots are, in their order."""
        return list(self._spots(values).values())

    def pressed(self, values):
        """The numbers of the spots that are chosen."""
        return [k for k, value in enumerate(self._spots(values)) if value == values[self.controls[0]]]

    def picked(self, values, spot):
        """The values after a press on a spot."""
        return {self.controls[0]: list(self._spots(values))[spot]}


class Toggle(Handle):
    """Spots that a press switches: `control` is the tuple of the numbers of those switched. spots(values) gives [(x, y)]."""

    kind = "toggle"

    def __init__(self, axes, control: str, spots: Callable, name: str | None = None):
        super().__init__(axes, [control], name)
        self._spots = spots

    def spots(self, values):
        """Where the spots are, in their order."""
        return list(self._spots(values))

    def pressed(self, values):
        """The numbers of the spots that are switched."""
        return list(values[self.controls[0]] or ())

    def picked(self, values, spot):
        """The values after a press on a spot."""
        return {self.controls[0]: tuple(sorted({*self.pressed(values)} ^ {spot})) or None}


class Points(Handle):
    """Points that are added, moved and taken away: `control` is a tuple of (x, y, kind), or None for what the scene drew.

    now(): the points as they are drawn, [(x, y, kind)]; what the learner first does with them makes them his own.
    """

    kind = "points"

    def __init__(self, axes, control: str, now: Callable, name: str | None = None):
        super().__init__(axes, [control], name)
        self._now = now

    def points(self, values):
        """The points: those set by hand, or those drawn."""
        by_hand = values[self.controls[0]]
        return [tuple(point) for point in (self._now() if by_hand is None else by_hand)]

    def spots(self, values):
        """Where the points are."""
        return [(x, y) for x, y, *_ in self.points(values)]

    def _edited(self, values, edit):
        points = self.points(values)
        edit(points)
        return {self.controls[0]: tuple(points)}

    def moved(self, values, spot, x, y):
        """The values with one point at another place."""
        return self._edited(values, lambda points: points.__setitem__(spot, (x, y, *points[spot][2:])))

    def added(self, values, x, y, kind):
        """The values with one point more."""
        return self._edited(values, lambda points: points.append((x, y, kind)))

    def removed(self, values, spot):
        """The values without one point."""
        return self._edited(values, lambda points: points.pop(spot))
