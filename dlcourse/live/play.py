"""Playing: one control runs by itself to its end, at a steady rate, until someone takes hold of something."""

import time

from dlcourse.live.controls import positions

SECONDS, RATE, SLOWEST = (
    6.0,
    25,
    0.5,
)  # the whole way, at most so many moves a second, and at least so many seconds a step


class Play:
    """Runs the control `name` of a lab's values. show(playing) is told when it begins and ends."""

    def __init__(self, name, values, turns, show):
        self.name, self._values, self._turns, self._show = name, values, turns, show
        self._timer, self.playing = None, False

    def press(self, on: bool) -> None:
        """The button: run from here, or from the beginning if this is the end; or stay."""
        if on == self.playing:
            return
        self.playing = on
        if on:
            self._steps = positions(self._values.controls[self.name])
            here = self._steps.index(self._values.now()[self.name])
            self._first = here if here + 1 < len(self._steps) else -1
            self._pace = min(SECONDS / len(self._steps), SLOWEST)
            self._began = time.perf_counter()
        elif self._timer:
            self._timer.cancel()
        self._show(on)
        if on:
            self._step()

    def to_the_end(self):
        """Without a running loop: every position in turn, drawn at once."""
        for value in self._steps[self._first + 1 :]:
            self._values.assign({self.name: value})
            self._turns.now()
        self.press(False)

    def _step(self):
        if not self._turns.has_loop:
            self.to_the_end()
            return
        if not self._turns.busy:  # what is drawn is drawn to its end, a training too
            k = self._first + 1 + int((time.perf_counter() - self._began) / self._pace)
            k = min(k, len(self._steps) - 1)
            if self._steps[k] != self._values.now()[self.name]:
                self._values.assign({self.name: self._steps[k]})
                self._turns.wake()
            if k == len(self._steps) - 1:
                self.press(False)
                return
        self._timer = self._turns.later(1 / RATE, self._step)
