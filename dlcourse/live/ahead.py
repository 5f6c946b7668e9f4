"""Remembered and ahead: finished pictures are kept, and while the learner looks, those next to the present one are made.

All of it rests on the contract of scenes: `update` sets every artist anew from its own arguments alone. So the page may
show a kept picture while the figure holds another value (it is `behind`); whatever reads the figure catches up first.
Nothing is kept or made without a page: no test, no stored notebook and no export sees any of this.
"""

import asyncio
import copy
import os
import pickle
import weakref
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple

import numpy as np

from dlcourse.live.controls import positions
from dlcourse.live.turns import cpu_time

PICTURES, BYTES, IN_ALL = 300, 24e6, 64e6  # kept at most: pictures and bytes of a lab, bytes of all labs together
PAUSE, BACK = 0.05, 2.0  # seconds of rest: before work begins, and after it, before the figure is brought up to date
SLICE = 0.15  # seconds of CPU between two yields: so long a move would wait; what takes longer is not begun
NEAR = 3  # positions: a longer move was a leap, which is not expected twice


class Kept(NamedTuple):
    """A finished picture, and what was read off the figure for it."""

    png: bytes
    sentence: str
    done: float
    handles: list
    state: tuple  # pickled facts, since a scene may write into its dict, and idle
    limits: list  # of the axes where a hand may be


class Ahead:
    """The kept pictures of one lab, and its work in idle time: `start` and `drop`."""

    _all: "weakref.WeakSet[Ahead]" = weakref.WeakSet()

    def __init__(self, lab, frame, hands, on):
        self._lab, self._frame, self._hands = lab, frame, hands
        self._on = on and os.environ.get("DLCOURSE_AHEAD") != "0"
        self._update = getattr(lab.update, "__func__", lab.update)
        self._marks = hasattr(lab.update, "forget")  # this scene draws where the learner has been
        self._kept, self._been, self._work, self._task = {}, set(), None, None
        self._shown, self._before, self._holds = None, None, None  # values: on the page, there before, in the figure
        self._limits, self._own = [], None  # of the page's picture while the figure is behind; of the figure, in a hand
        Ahead._all.add(self)

    @property
    def behind(self) -> bool:
        """Does the figure hold other values than the page shows?"""
        return self._holds != self._shown

    def shows(self, values, in_figure=True):
        """From here on the page shows these values, drawn in the figure or from what is kept."""
        self.drop()
        self._let_go()
        if values != self._shown:
            self._before = self._shown
        self._shown, self._holds = values, values if in_figure else self._holds
        self._been.add(repr(values))

    def catch_up(self) -> bool:
        """Bring the figure to what the page shows, a training to its end. Returns whether there was anything to do."""
        self.drop()
        was_behind = self.behind
        if was_behind:
            for _ in self._steps(self._shown):
                pass
            self._holds = self._shown
        return was_behind

    # what is kept

    @property
    def size(self) -> int:
        """Bytes kept."""
        return sum(len(kept.png) + len(kept.state[0]) for kept in self._kept.values())

    def keep(self, sentence, done):
        """Keep the finished picture that the page shows."""
        if key := self._key(self._shown):
            self._add(key, self._lab.png, sentence, done, self._lab.picture.handles)

    def recall(self, values) -> Kept | None:
        """The picture kept of these values in the present looks; facts and idle are then those of it."""
        key = self._key(values)
        if key not in self._kept:
            return None
        kept = self._kept[key] = self._kept.pop(key)  # who is asked for is the last to go
        facts, idle = kept.state
        self._put((pickle.loads(facts), set(idle)))
        self.shows(values, in_figure=False)
        self._limits = kept.limits
        return kept

    def close(self):
        """Keep nothing any more."""
        self.drop()
        self._kept.clear()

    def forget(self):
        """The marks of where the learner has been are gone from the figure."""
        self._been.clear()
        if self._marks:
            self._kept.clear()

    def _key(self, values):
        """What a picture is kept by: values and looks, and how much a scene has marked; None where none is kept."""
        if not (self._on and self._lab.picture.space and self._lab.is_dressed):
            return None
        return repr(values), self._frame.look, len(self._been) if self._marks else 0

    def _add(self, key, png, sentence, done, handles):
        facts, idle = self._state()
        state = pickle.dumps(facts), frozenset(idle)
        self._kept.pop(key, None)
        self._kept[key] = Kept(png, sentence, float(done), handles, state, self._limits_now())
        while len(self._kept) > PICTURES or self.size > BYTES:
            self._drop_oldest()
        while sum(each.size for each in Ahead._all) > IN_ALL:
            max(Ahead._all, key=lambda each: each.size)._drop_oldest()

    def _drop_oldest(self):
        del self._kept[next(iter(self._kept))]

    # what is made ahead

    def start(self):
        """Begin, on the kernel's loop."""
        self.drop()
        if self._lab.is_at_rest and self._key(self._shown):
            self._work = self._slices()
            self._task = asyncio.get_running_loop().create_task(self._run(self._work))

    def drop(self):
        """Let go of what is being made."""
        if self._work:
            self._work.close()
            self._work = None

    async def _run(self, work):
        """Slice by slice, as long as nobody moves anything in any lab."""
        with closing(work):
            for pause in work:
                await asyncio.sleep(pause)
                if any(each._lab.busy for each in Ahead._all):
                    break

    def _slices(self):
        for values in self.neighbours():
            if self._lab.longest_step < SLICE and (key := self._key(values)) and key not in self._kept:
                yield from self._aside(self._picture(key, values))
        yield BACK
        if self.behind:
            yield from self._aside(self._figure())

    def neighbours(self) -> list[dict]:
        """The values that may come next: the last move once more, the next stops on its way, and one back.

        A handle moves two controls: then both do. Where more have moved, or two by a leap, nobody knows.
        """
        now, before = self._shown, self._before or self._shown
        stops = {name: positions(self._lab.controls[name]) for name in now if now[name] != before[name]}
        if self._marks or not 1 <= len(stops) <= 2:
            return []
        if any(now[name] not in where or before[name] not in where for name, where in stops.items()):
            return []
        here = np.array([where.index(now[name]) for name, where in stops.items()])
        move = here - [where.index(before[name]) for name, where in stops.items()]
        step, leap = np.sign(move), np.abs(move).max() > NEAR
        if leap and len(stops) > 1:
            return []
        there = [here + way for way in (step if leap else move, step, 2 * step, 3 * step, -step)]
        return [
            {**now, **{name: where[k] for k, (name, where) in zip(place, stops.items())}}
            for place in there
            if all(0 <= k < len(where) for k, where in zip(place, stops.values()))
        ]

    def _steps(self, values):
        """The scene's update, in slices; at its end (sentence, done)."""
        result = self._lab.update(**values)
        if not self._lab.trains:
            return result, 0.0
        with closing(result):
            began = cpu_time()
            for done, sentence in result:
                self._lab.longest_step = max(self._lab.longest_step, cpu_time() - began)
                yield 0
                began = cpu_time()
        return sentence, done

    def _figure(self):
        """Bring the figure up to date, and its canvas."""
        yield from self._steps(self._shown)
        self._frame.draw()
        self._holds = self._shown

    def _picture(self, key, values):
        """Draw and keep the picture of these values; not if it asked for another layout, which would stay."""
        sentence, done = yield from self._steps(values)
        if self._frame.draw(lay_out=False):
            yield 0
            png = self._frame.png()
            yield 0
            self._add(key, png, sentence, done, self._hands.shown(values))

    def _aside(self, steps):
        """Go through steps; while they pause, facts and idle are those of the page. An error ends them: it is told to
        whoever goes there."""
        if not self.behind:
            self._limits = self._limits_now()
        ours = self._state()
        theirs, self._holds = (copy.deepcopy(ours[0]), ours[1]), None
        with closing(steps), suppress(Exception):
            while True:
                self._put(theirs)
                try:
                    next(steps)
                except StopIteration:
                    return
                finally:
                    theirs = self._state()
                    self._put(ours)
                yield 0

    def _state(self):
        """What the page needs of the scene's last update: its facts, and its idle controls."""
        return getattr(self._update, "facts", {}), getattr(self._update, "idle", ())

    def _put(self, state):
        self._update.facts, self._update.idle = state

    # where a hand takes hold

    @contextmanager
    def in_hand(self):
        """The axes have the limits of the picture that the page shows, until the scene's next update."""
        if self.behind:
            self._own = self._limits_now()
            self._set_limits(self._limits)
        try:
            yield
        finally:
            self._let_go()

    def _let_go(self):
        """Give the axes their own limits back: a scene may know that it has set them."""
        if self._own is not None:
            self._set_limits(self._own)
            self._own = None

    def _limits_now(self):
        axes = {handle.axes for handle in getattr(self._update, "handles", ())}
        return [(one, one.viewLim.get_points().copy()) for one in axes]

    @staticmethod
    def _set_limits(limits):
        for axes, corners in limits:
            axes.viewLim.set_points(corners)
