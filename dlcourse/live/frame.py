"""A figure that redraws only what moved, and hands out PNG bytes. Used by `live`; knows nothing of widgets.

Matplotlib marks every artist that an update touches as `stale`. The artists that became stale are the moving ones: they
are drawn over a copy of everything that stood still, together with whatever lies above them (spines, legends; lettering
as a picture of it). Anything else that became stale (limits, ticks, titles, new artists) means that the whole figure is
drawn again, where axes and legends that did not change are laid down as pictures of them. So a frame is always what a full
drawing would give: pixel for pixel, or to 2 of 255 under lettering.
"""

import weakref

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from dlcourse.live.lettering import Lettering, stands
from dlcourse.live.minor_ticks import lighten
from dlcourse.live.png import encode_png, shrunk

BACKGROUNDS = 3  # so many frames keep theirs, each as large as a picture; another that comes back draws everything once


class _Renderer(RendererAgg):
    """Pixels, and the frame whose picture they hold, as a weak reference."""

    holds = None


class _Canvas(FigureCanvasAgg):
    """Canvases of one size share their pixels, for they draw in turn: a notebook of many figures needs them once."""

    _shared: "weakref.WeakValueDictionary[tuple, _Renderer]" = weakref.WeakValueDictionary()

    def get_renderer(self):
        size = (*self.get_width_height(), self.figure.dpi)
        self.renderer = self._shared.get(size) or self._shared.setdefault(size, _Renderer(*size))
        return self.renderer


class Frame:
    """One figure on an Agg canvas: `figure` to build on, `draw()` after each change, then `png()`."""

    _latest: "list[weakref.ref[Frame]]" = []  # those that have drawn their background last

    def __init__(self, size=(8.4, 4.4), pixels=900):
        self.figure = Figure(figsize=size, dpi=pixels / size[0], layout="constrained")
        self.canvas = _Canvas(self.figure)
        self._moving, self._over, self._ghosts, self._layout, self.full_draws = [], [], [], None, 0
        self._pictures = {}
        self._background, self._laid_out, self._pins = None, 0, 0

    def built(self):
        """The scene has made its artists: from here on, what becomes stale is what moves."""
        self._layout = self.figure.get_layout_engine()
        self.figure.set_layout_engine("none")  # laid out once for each size, so that nothing jumps
        self._arrange = True
        for axes in self.figure.axes:
            lighten(axes)
        for artist in self.figure.findobj():
            artist.stale = False

    def resize(self, size: tuple[float, float], pixels: float) -> None:
        """Inches and pixels across; lettering is measured in inches, so a smaller size means larger type."""
        if not self.has_size(size, pixels):
            self.figure.set_size_inches(*size)
            self.figure.set_dpi(pixels / size[0])
            self._background, self._pictures, self._arrange = None, {}, True

    @property
    def look(self) -> tuple:
        """What a picture depends on besides its values: size, pixels, layout, pale copies."""
        size = tuple(self.figure.get_size_inches())
        return *size, self.figure.dpi, self._laid_out, self._pins if self._ghosts else 0

    def has_size(self, size: tuple[float, float], pixels: float) -> bool:
        """Is it as large as that already?"""
        same = tuple(self.figure.get_size_inches()) == tuple(size)
        return same and abs(self.figure.dpi * size[0] - pixels) <= 0.5

    def draw(self, lay_out: bool = True) -> bool:
        """Bring the canvas up to date: the moving artists over the background if that is enough, else everything.

        lay_out: with False nothing is drawn where the layout would have to change. Returns whether it was.
        """
        renderer = self.canvas.get_renderer()
        renderer.holds = None
        for axes in self.figure.axes:
            axes.viewLim  # carries out a pending autoscale, which makes the axis stale  # noqa: B018
        order = [(artist, artist.zorder, artist.get_clip_on()) for artist in _drawing_order(self.figure)]
        known = self._background is not None and not any(artist.stale for artist in self._still)
        if known and (order == self._order or self._only_those_over_changed_places(order)):
            self.canvas.restore_region(self._background)
        elif not self._draw_background(order, lay_out):
            return False
        for artist in self._over:
            self._pictures.get(artist, artist).draw(renderer)
        for artist in self._every:
            artist.stale = False
        renderer.holds = weakref.ref(self)
        return True

    def _draw_background(self, order, lay_out):
        self.full_draws += 1
        content = _content(order)
        self._moving = [
            a for a, *_ in order if a in content and (a.stale or a in self._moving) and a not in self._ghosts
        ]
        self._pictures = {
            artist: picture
            for artist, picture in self._pictures.items()
            if isinstance(artist, (Axis, Legend)) and not any(part.stale for part in artist.findobj())
        }
        lays_out = self._layout is not None and bool(self.figure.axes)
        if not (lays_out and self._arrange):
            self._set_in_type(order)
        if lays_out and (self._arrange or self._outgrown(order)):
            if not lay_out:
                self._background = None
                return False
            self._layout.execute(self.figure)
            self._pictures = {}
            self._set_in_type(order)
            self._arrange, self._lettering, self._laid_out = False, self._extent(order), self._laid_out + 1
        self._over, renderer = self._above(order), self.canvas.get_renderer()
        words = [a for a in self._over if isinstance(a, Text) and a not in self._moving]
        self._pictures.update({artist: Lettering(artist, renderer) for artist in words})
        renderer.clear()
        for artist, *_ in order:
            artist.set_animated(artist in self._over)
            if not artist.get_animated():
                self._pictures.get(artist, artist).draw(renderer)
        self._keep_background()
        hidden = [axes for axes in self.figure.axes if not axes.get_visible()]
        free = {part for artist in (*self._moving, *hidden) for part in artist.findobj()} | {self.figure}
        self._every, self._order = self.figure.findobj(), order
        self._still = [artist for artist in self._every if artist not in free]
        return True

    def _keep_background(self):
        """Take it from the canvas; who has drawn none for longest lets go of theirs."""
        self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        others = [ref for ref in Frame._latest if ref() not in (None, self)]
        for ref in others[: 1 - BACKGROUNDS]:
            ref()._background = None
        Frame._latest = [*others[1 - BACKGROUNDS :], weakref.ref(self)]

    def _set_in_type(self, order):
        """Once matplotlib has put everything in its place, take pictures of axes and legends that have none, or moved."""
        for artist, *_ in order:
            artist.set_animated(True)
        self.canvas.draw()
        for artist, *_ in order:
            kept = self._pictures.get(artist)
            if isinstance(artist, (Axis, Legend)) and not (kept and kept.stands == stands(artist)):
                self._pictures[artist] = Lettering(artist, self.canvas.get_renderer())

    def _above(self, order):
        """The moving artists, and each artist drawn after them that touches what is drawn anew, in drawing order."""
        over, regions = [], []
        for artist, *_ in order:
            moves = artist in self._moving
            if not moves and not regions:
                continue
            region = self._region(artist, moves)
            if region and (moves or (artist.get_visible() and region.count_overlaps(regions))):
                over.append(artist)
                regions.append(region)
        return over

    def _region(self, artist, moves):
        """The box of pixels that an artist can touch; anywhere, for one that moves and is not clipped to its axes."""
        if _is_clipped(artist):
            box = artist.get_clip_box()
        elif moves:
            box = self.figure.bbox
        else:
            box = self._box(artist)
        empty = box is None or not np.isfinite(box.get_points()).all()
        return None if empty else Bbox(box.get_points()).padded(0.02 * self.figure.dpi)

    def _box(self, artist):
        """The box of pixels around an artist that stands still."""
        if artist in self._pictures:
            return self._pictures[artist].box
        if isinstance(artist, Spine):  # without its ticks, which belong to the axis
            return Bbox.union([artist.axes.bbox, Patch.get_window_extent(artist)])
        return artist.get_tightbbox(self.canvas.get_renderer())

    def _only_those_over_changed_places(self, order):
        """Is what is below all the same, and is it enough to draw in a new order those that are drawn anew anyway?"""
        held = set(self._over)
        below, was_below = ([entry for entry in each if entry[0] not in held] for each in (order, self._order))
        if below != was_below or not held.issuperset(self._above(order)):
            return False
        self._over, self._order = [artist for artist, *_ in order if artist in held], order
        return True

    def _extent(self, order):
        """The box, in inches, of the figure and of all lettering, be it past the edge."""
        words = [a for a, *_ in order if isinstance(a, (Axis, Legend, Text)) and a.get_visible() and a.get_in_layout()]
        boxes = [self._box(a) for a in words if not _is_clipped(a)]
        found = [box for box in boxes if box is not None and np.isfinite(box.get_points()).all()]
        return Bbox(Bbox.union([self.figure.bbox, *found]).get_points() / self.figure.dpi)

    def _outgrown(self, order):
        """Has lettering grown past the edge of the figure, e.g. longer numbers at the ticks?"""
        both = Bbox.union([self._extent(order), self._lettering])
        return not np.allclose(both.get_points(), self._lettering.get_points(), atol=0.02)

    def pixels(self) -> np.ndarray:
        """(height, width, 4) bytes of what was drawn last, drawn again if another frame has used the canvas since."""
        renderer = self.canvas.get_renderer()
        if renderer.holds is None or renderer.holds() is not self:
            self.draw()
        return np.asarray(renderer.buffer_rgba())

    def png(self, level: int = 1, shrink: int = 1) -> bytes:
        """The picture as PNG bytes, each side `shrink` times shorter: every pixel the mean of those that it stands for."""
        rgba = self.pixels()
        return encode_png(shrunk(rgba, shrink) if shrink > 1 else rgba, self.figure.dpi / shrink, level)

    def pin(self):
        """Leave a pale copy of every moving line where it is now."""
        self.unpin()
        self._pins += 1
        for line in self._moving:
            if isinstance(line, Line2D) and line.get_visible():
                ghost = Line2D(*np.array(line.get_data(orig=False)))
                ghost.update_from(line)
                ghost.set_markevery(line.get_markevery())  # which update_from forgets
                ghost.set(alpha=0.35, zorder=line.zorder - 0.05, label="_ghost", animated=False)
                line.axes.add_artist(ghost).set_transform(line.get_transform())
                self._ghosts.append(ghost)

    @property
    def pinned(self):
        """Are there pale copies?"""
        return bool(self._ghosts)

    def unpin(self):
        """Take the pale copies away."""
        for ghost in self._ghosts:
            ghost.remove()
        self._ghosts = []


def _is_clipped(artist):
    """Does an artist end where its axes end? The letters of an axis lie outside, whatever its clip box says."""
    return artist.get_clip_on() and artist.get_clip_box() is not None and not isinstance(artist, Axis)


def _drawing_order(parent):
    """Every artist of a figure in the order in which matplotlib draws them, axes taken apart."""
    children, skip = parent.get_children(), {parent.patch}
    if isinstance(parent, Axes) and not (parent.axison and parent.get_frame_on()):
        skip.update(parent.spines.values())
    else:
        yield parent.patch
    for artist in sorted((c for c in children if c not in skip), key=lambda c: c.zorder):
        if isinstance(artist, Axes) and type(artist).draw is Axes.draw:
            if artist.get_visible():
                yield from _drawing_order(artist)
        elif not (isinstance(artist, Axis) and not parent.axison):
            yield artist


def _content(order):
    """The artists that a scene draws with: lines, patches, collections, images and texts, not titles and axes."""
    every = {artist.axes for artist, *_ in order if getattr(artist, "axes", None) is not None}
    return {
        artist
        for axes in every
        for artist in (*axes.lines, *axes.patches, *axes.collections, *axes.images, *axes.texts)
    }
