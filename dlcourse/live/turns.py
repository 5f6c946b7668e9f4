"""Drawing in turn: a move only notes that something is wanted; one drawer takes the newest values.

The drawer runs on the kernel's main loop, so the last value always wins and matplotlib never draws on two threads; it
yields after each step, so that other work has its turn. Without a running loop (tests) it draws at once.
"""

import asyncio
import signal
import threading
import time
import traceback

cpu_time = getattr(time, "thread_time", time.perf_counter)  # in a browser Python knows the wall clock alone
RATE, LEAST = 30, 8  # frames a second at most and at least, while a training runs
WAIT = 0.005  # seconds, between two looks whether the page has room for a frame
SHARE = 0.25  # of a training's time, for its frames; fewer than LEAST are not shown for that


class Turns:
    """When a lab computes and shows. It is asked to compute(), display(sentence, done, training), and to rest()."""

    def __init__(self, lab):
        self._lab, self._loop, self.task = lab, _running_loop(), None
        self._version, self._drawn, self._restyle, self._anew = 0, 0, False, False
        self._stopped = self._closed = False
        self.error = ""

    def wake(self, look_only=False, anew=False):
        """Something is wanted, said on any thread: draw now, or let the kernel's main loop draw.

        anew: even if the picture is kept.
        """
        self._want(look_only, anew)
        if self.has_loop:
            self.soon(self._start)
        else:
            self._work_through()

    def now(self):
        """Draw at once and anew, a training to its end; errors are raised here."""
        self._want(anew=True)
        self._work_through()

    def stop(self):
        """End the training that runs; what is there stays."""
        self._stopped = True

    def close(self):
        """Draw no more."""
        self._closed = self._stopped = True

    def soon(self, action):
        """Call `action` on the main loop, whatever thread says so; at once without a loop."""
        if self.has_loop:
            self._loop.call_soon_threadsafe(action)
        else:
            action()

    def later(self, seconds, action):
        """Call `action` on the loop after a while; the handle can be cancelled."""
        return self._loop.call_later(seconds, action)

    @property
    def has_loop(self):
        """Is there a main loop on which to draw later?"""
        return self._loop is not None and not self._loop.is_closed()

    @property
    def busy(self):
        """Is there something left to draw, or a drawer at work?"""
        return self._pending() or (self.task is not None and not self.task.done())

    def _want(self, look_only=False, anew=False):
        self._anew |= anew
        if look_only:
            self._restyle = True
        else:
            self._version += 1

    def _start(self):
        if self.task is None or self.task.done():
            self.task = self._loop.create_task(self._drawer())

    def _work_through(self):
        for _ in self._work():
            pass

    async def _drawer(self):
        """`_work` on the kernel's main loop; an exception is shown with the figure, where the learner looks."""
        while self._pending():
            try:
                for pause in self._work(following=True):
                    self._hear_interrupts()
                    await asyncio.sleep(pause)
            except Exception:
                self._drawn, self._restyle, self.error = self._version, False, traceback.format_exc()
                self._lab.failed(self.error)
        if _on_main_thread() and signal.getsignal(signal.SIGINT) == self._interrupted:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._lab.rest()

    def _hear_interrupts(self):
        """Between two cells a kernel ignores the interrupt button: while a moved slider trains, it ends the training."""
        if (
            _on_main_thread() and signal.getsignal(signal.SIGINT) == signal.SIG_IGN
        ):  # asked anew: each message resets it
            signal.signal(signal.SIGINT, self._interrupted)

    def _interrupted(self, *_):
        self.stop()

    def _pending(self):
        return not self._closed and (self._drawn != self._version or self._restyle)

    def _work(self, following=False):
        """Draw until the picture is that of the newest values; yields after each step, so that others have a turn.

        It yields seconds to wait. following: each frame waits until the page has room for it, and has as many pixels.
        """
        while self._pending():
            if following and not self._lab.line_is_free:
                yield WAIT
                continue
            version, looks_only, anew = self._version, self._drawn == self._version, self._anew
            self._restyle = self._anew = False
            if looks_only and not self._lab.is_behind:
                self._lab.show_again()
            else:
                self._stopped, self.error = False, ""
                if not (looks_only or anew) and self._lab.recall(following):
                    self._drawn = version
                elif self._lab.trains:
                    yield from self._follow(self._lab.compute(), version, following, quiet=looks_only)
                else:
                    began = cpu_time()
                    self._lab.display(self._lab.compute(), shrink=self._lab.shrink if following else 1)
                    self._drawn, self._lab.longest_step = version, cpu_time() - began
            yield 0

    def _follow(self, training, version, following=False, quiet=False):
        """Pull from a scene that trains; show at a steady rate; let go when something newer is wanted.

        quiet: show the end only.
        """
        due, current, longest = float("inf") if quiet else 0.0, True, 0.0
        step = cpu_time()
        try:
            for done, sentence in training:
                longest = max(longest, cpu_time() - step)
                if (began := time.perf_counter()) >= due and not (following and not self._lab.line_is_free):
                    self._lab.display(sentence, done, training=True, shrink=self._lab.shrink if following else 1)
                    took = time.perf_counter() - began
                    due = began + max(1 / RATE, min(took / SHARE, 1 / LEAST))
                yield 0
                current = version == self._version and not self._closed
                if self._stopped or not current:
                    break
                step = cpu_time()
        finally:
            training.close()
            self._lab.longest_step = longest
        while following and current and not self._lab.line_is_free:
            yield WAIT
            current = version == self._version and not self._closed
        if current:
            self._lab.display(sentence, done, whole=not self._stopped, remembered=quiet)
            self._drawn = version


def _on_main_thread():
    return threading.current_thread() is threading.main_thread()


def _running_loop():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
