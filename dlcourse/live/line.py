"""The line to the page: how many frames are under way, and how large they may be, so that a drag follows over a slow one.

The page says which frame it has painted. At most two are under way; where they take long, they have fewer pixels while
something moves, and all of them at rest.
"""

import time

UNDER_WAY = 2
LATE, SOON = 0.15, 0.04  # seconds beyond the quickest frame: smaller frames from here on, larger ones again below
SMALLEST = 3  # each side of a frame at most so many times shorter
PATIENCE = 3.0  # seconds; after these a frame is taken for lost: the page may be hidden, or gone


class Line:
    """Frames that were sent and have arrived, by their numbers."""

    def __init__(self, clock=time.perf_counter):
        self._clock, self._sent, self._quickest = clock, {}, None
        self.number, self.shrink = 0, 1

    def sent(self) -> int:
        """A frame goes out: its number."""
        self.number += 1
        self._sent[self.number] = self._clock()
        return self.number

    def arrived(self, number: int) -> None:
        """The page has painted this frame, and no earlier one is awaited."""
        took = self._clock() - self._sent.get(number, self._clock())
        if number in self._sent:
            self._quickest = took if self._quickest is None else min(took, self._quickest)
            if took > self._quickest + LATE:
                self.shrink = min(self.shrink + 1, SMALLEST)
            elif took < self._quickest + SOON:
                self.shrink = max(self.shrink - 1, 1)
        self._sent = {k: when for k, when in self._sent.items() if k > number}

    @property
    def free(self) -> bool:
        """May another frame go out? Always, to a page that has never answered."""
        under_way = [when for when in self._sent.values() if self._clock() - when < PATIENCE]
        return self._quickest is None or len(under_way) < UNDER_WAY
