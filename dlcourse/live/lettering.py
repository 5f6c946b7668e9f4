"""Lettering set in type once, as a picture that is laid over others. Used by frames.

Only lettering is slow to set: a picture of a curve would be no quicker than the curve. Where it is translucent, a pixel
may differ by 2 of 255 from one drawn in place.
"""

import numpy as np
from matplotlib.axis import Axis
from matplotlib.transforms import Bbox


class Lettering:
    """What an artist looks like: the pixels that it inks, and where."""

    def __init__(self, artist, renderer):
        self.stands = stands(artist)
        renderer.clear()
        artist.draw(renderer)
        rgba = np.asarray(renderer.buffer_rgba())
        inked = rgba[..., 3] > 0
        self._where, self._ink = np.flatnonzero(inked).astype(np.int32), rgba[inked]
        self.box = _box_of(inked)
        if self.box and not _lies_within(self.box, inked.shape):  # then some of it may be cut off
            self.box = Bbox.union([self.box, artist.get_tightbbox(renderer) or self.box])

    def draw(self, renderer):
        pixels = np.asarray(renderer.buffer_rgba()).reshape(-1, 4)
        opacity = self._ink[:, 3:].astype(np.uint16)
        below, over = pixels[self._where, :3] * (255 - opacity), self._ink[:, :3] * opacity
        pixels[self._where, :3] = (below + over + 127) // 255


def stands(artist):
    """Where an axis or a legend stands: the place of its axes, and the limits of an axis."""
    place = artist.figure if artist.axes is None else artist.axes
    return *place.bbox.bounds, *(artist.get_view_interval() if isinstance(artist, Axis) else ())


def _box_of(inked):
    """The box around inked pixels, in matplotlib's coordinates; None without ink."""
    rows, columns = (np.flatnonzero(inked.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return None
    return Bbox([[columns[0], len(inked) - rows[-1] - 1], [columns[-1] + 1, len(inked) - rows[0]]])


def _lies_within(box, shape):
    """Does a box leave the outermost pixels of the canvas free?"""
    return box.x0 > 0 and box.y0 > 0 and box.x1 < shape[1] and box.y1 < shape[0]
