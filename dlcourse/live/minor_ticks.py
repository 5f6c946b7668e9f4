"""Minor ticks of a logarithmic axis, drawn as one artist. Used by frames.

Of each tick matplotlib makes three lines and two labels. On an axis of ten decades 72 of them are minor and bear no
label: two thirds of a figure's artists, and up to half of the time of a whole redraw. The pixels are the same.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D
from matplotlib.ticker import Locator, LogLocator
from matplotlib.transforms import Bbox


def lighten(axes: Axes) -> None:
    """Draw the minor ticks of its logarithmic axes as one artist each."""
    for axis in (axes.xaxis, axes.yaxis):
        if type(axis.get_minor_locator()) is LogLocator and not axis.get_minor_ticks(1)[0].gridline.get_visible():
            axis.set_minor_locator(_OnlyWithLabels(axis.get_minor_locator()))
            axes.add_artist(_Marks(axis))


class _OnlyWithLabels(Locator):
    """The places of another locator where the axis labels any of them, as over a decade or two; else none, but `marks`."""

    def __init__(self, places):
        self._places = places

    def set_axis(self, axis):
        super().set_axis(axis)
        self._places.set_axis(axis)

    def tick_values(self, vmin, vmax):
        return self._places.tick_values(vmin, vmax)

    def _split(self):
        places = self._places()
        labelled = any(self.axis.get_minor_formatter().format_ticks(places))
        return (places, places[:0]) if labelled else (places[:0], places)

    def __call__(self):
        return self._split()[0]

    def marks(self):
        """The places within the limits, where none bears a label."""
        _, places = self._split()
        along = self.axis.get_transform().transform
        low, high = np.sort(along(self.axis.get_view_interval()))
        slack = 1e-10 * (high - low)  # matplotlib draws a tick as close as that to its limits
        return places[(along(places) >= low - slack) & (along(places) <= high + slack)]


class _Marks(Artist):
    """What the first minor tick of an axis looks like, at all places."""

    def __init__(self, axis: Axis):
        super().__init__()
        self._axis = axis
        self.set(zorder=axis.get_zorder(), clip_on=False, in_layout=False)

    def _lines(self):
        """A line of markers for each side of the axes that has ticks."""
        locator, tick = self._axis.get_minor_locator(), self._axis.get_minor_ticks(1)[0]
        if not (self._axis.get_visible() and isinstance(locator, _OnlyWithLabels)):  # another scale has been set since
            return
        along = locator.marks()
        for mark, side in ((tick.tick1line, 0.0), (tick.tick2line, 1.0)):
            if len(along) and mark.get_visible():
                across = np.full(len(along), side)
                line = Line2D(*((along, across) if self._axis.axis_name == "x" else (across, along)))
                line.update_from(mark)
                line.set_figure(self.figure)
                line.set_transform(mark.get_transform())
                yield line

    def draw(self, renderer):
        if self.get_visible():
            for line in self._lines():
                line.draw(renderer)
        self.stale = False

    def get_window_extent(self, renderer=None):
        return Bbox.union([line.get_window_extent(renderer) for line in self._lines()] or [Bbox.null()])
