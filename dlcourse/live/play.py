"""Playing: one control runs by itself to its end, at a steady rate, until someone takes hold of something."""

import time

from dlcourse.live.controls import positions

SECONDS = 6.0  # the whole way
RATE = 25  # moves a second at most
SLOWEST = 0.5  # seconds a step at most


class Play:
    """Runs the control `name` of a lab's values. show(playing) is told when it begins and ends."""

    def __init__(self, name, values, turns, show):
        self.name, self._values, self._turns, self._show = name, values, turns, show
        self.playing, self._run = False, 0

    def press(self, on: bool) -> None:
        """The button: run from here, or from the beginning if this is the end; or stay."""
        if on == self.playing:
            return
        self.playing, self._run = on, self._run + 1
        self._show(on)
        if on:
            self._steps = positions(self._values.controls[self.name])
            here = self._steps.index(self._values.now()[self.name])
            self._first = here + 1 if here + 1 < len(self._steps) else 0
            self._pace = min(SECONDS / len(self._steps), SLOWEST)
            self._began, run = time.perf_counter(), self._run
            self._turns.soon(lambda: self._step(run) if self._turns.has_loop else self._to_the_end())

    def _step(self, run):
        if run != self._run or not self.playing:
            return
        if not self._turns.busy:  # what is drawn is drawn to its end, a training too
            k = self._first + int((time.perf_counter() - self._began) / self._pace)
            if k >= len(self._steps) - 1:
                self._go(self._steps[-1])
                self.press(False)
                return
            self._go(self._steps[k])
        self._turns.later(1 / RATE, lambda: self._step(run))

    def _go(self, value):
        if value != self._values.now()[self.name]:
            self._values.assign({self.name: value})
            self._turns.wake()

    def _to_the_end(self):
        """Without a main loop: every position in turn."""
        for value in self._steps[self._first :]:
            self._go(value)
        self.press(False)
