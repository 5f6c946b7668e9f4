"""The line to the page: how many frames are under way, and how large they may be, so that a drag follows over a slow one.

The page says which frame it has painted. At most two are under way; where one takes long to pass, frames have fewer
pixels while something moves, and all of them at rest.
"""

import time
from collections import deque

UNDER_WAY = 2
PASSING = 0.12  # seconds that a frame may take to pass, beyond the way there and back
SMALLEST = 4  # each side of a frame at most so many times shorter
PATIENCE = 3.0  # seconds; after these a frame is taken for lost: the page may be hidden, or gone
AWAITED = 100  # frames at most whose arrival is waited for: without a page none arrives
RECENT = 5  # frames by which the line is judged: the best two in a row, for the page or the kernel may have been busy


class Line:
    """Frames that were sent and have arrived, by their numbers."""

    def __init__(self, clock=time.perf_counter):
        self._clock, self._under_way = clock, {}
        self._way, self._last = float("inf"), 0.0  # seconds there and back at best; when a frame arrived last
        self._passed = deque(maxlen=RECENT)  # (bytes, seconds) of each
        self._whole = 0  # bytes of a frame with all its pixels
        self.number = 0

    def sent(self, size: int, shrink: int = 1) -> int:
        """A frame of so many bytes goes out, each side so many times shorter: its number."""
        self.number += 1
        self._whole = size * shrink**2
        self._under_way[self.number] = self._clock(), size
        self._under_way.pop(self.number - AWAITED, None)
        return self.number

    def arrived(self, number: int) -> None:
        """The page has painted this frame, and no earlier one is awaited."""
        if number in self._under_way:
            now, (sent, size) = self._clock(), self._under_way[number]
            passing = now - max(sent + min(self._way, now - sent), self._last)  # it waits for the one before it
            if passing > 0.001:
                self._passed.append((size, passing))
            self._way, self._last = min(self._way, now - sent), now
        self._under_way = {k: frame for k, frame in self._under_way.items() if k > number}

    @property
    def shrink(self) -> int:
        """How many times shorter each side of a frame is while something moves."""
        seconds = self._whole / self._rate
        return next((k for k in range(1, SMALLEST) if seconds <= PASSING * k**2), SMALLEST)

    @property
    def _rate(self):
        """Bytes a second, of the best two frames in a row: one may have come in time, and been painted right after the other."""
        passed = [*self._passed]
        pairs = zip(passed, passed[1:] or [(0, 0.0)])
        return max(((a + b) / (s + t) for (a, s), (b, t) in pairs), default=float("inf"))

    @property
    def free(self) -> bool:
        """May another frame go out? Always, to a page that has never answered."""
        awaited = [sent for sent, _ in self._under_way.values() if self._clock() - sent < PATIENCE]
        return self._way == float("inf") or len(awaited) < UNDER_WAY
