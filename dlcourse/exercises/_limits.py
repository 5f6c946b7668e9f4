"""Running what may never end, or grow without end, or put something in the place of numpy's functions.

Not everything can be stopped: what ends Python itself (os._exit, a crash in a library), and a single call into a library
that never comes back (time.sleep(10**9)), which Python cannot break off. A real interrupt is passed on.
"""

import dis
import math
import sys
import threading
import time
from contextlib import contextmanager

import numpy as np

from dlcourse.exercises._errors import place
from dlcourse.exercises._values import Trouble, name_of

try:
    import ctypes
except ImportError:  # then nothing can be broken off
    ctypes = None  # type: ignore[assignment]
try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

ROOM = 10**9  # bytes that an answer may take
PAUSE = 0.05  # seconds between two looks at clock and memory
PATIENCE = 4  # the time counts in which Python works; on a busy machine that much more may pass on the wall


class Stopped(BaseException):
    """Raised in the learner's code from outside. No Exception, so that `except Exception` lets it pass."""


class TooLong(Stopped):
    """More time than an answer needs."""


class TooMuch(Stopped):
    """More memory than an answer needs."""


def within(seconds, function, work):
    """work(), broken off with a sentence when it takes too long or too much memory."""
    look_on = looked_on_from_inside if sys.platform == "emscripten" else looked_on
    try:
        return look_on(limit(seconds), work)
    except Stopped as stopped:
        sentence = (
            f"{name_of(function)} was stopped after {seconds:.0f} seconds{place(function, stopped)}: it does not come to "
            "an end. Is there a loop in which nothing changes what its condition asks for?"
            if isinstance(stopped, TooLong)
            else f"{name_of(function)} was stopped{place(function, stopped)}, because it took more than a gigabyte of "
            "memory. Is there a list or an array that grows in a loop without end?"
        )
    raise Trouble(sentence)


def limit(seconds):
    """A function that says what there is too much of, from now on: TooLong, TooMuch, or None."""
    worked, waited = time.process_time() + seconds, time.monotonic() + PATIENCE * seconds
    roof = max(taken() + ROOM, peak())

    def reason():
        late = time.process_time() > worked or time.monotonic() > waited
        return TooMuch if peak() > roof else TooLong if late else None

    return reason


def looked_on(reason, work):
    """work(), while a second thread looks on and raises the reason in this one.

    It does so again and again, should a bare `except:` swallow it.
    """
    over, here = threading.Event(), threading.get_ident()

    def watch():
        while not over.wait(PAUSE):
            if error := reason():
                raise_in(here, error)

    def settle():
        while True:
            try:
                over.set()
                thread.join()
                return raise_in(here, None)
            except Stopped:  # it came just as the work was done
                pass

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        try:
            return work()
        finally:
            settle()
    except Stopped:
        settle()
        raise


def looked_on_from_inside(reason, work):
    """The same in a browser, which has no threads: the interpreter itself looks on, at each jump and call in Python code."""
    if sys.version_info < (3, 12):  # no browser has such an old one
        return work()
    watch, seen, due = sys.monitoring, sys.monitoring.events, 0.0
    me = watch.PROFILER_ID

    def look(*_):
        nonlocal due
        if (now := time.monotonic()) >= due:
            due = now + PAUSE
            if error := reason():
                raise error

    watch.use_tool_id(me, "dlcourse.exercises")
    for event in (seen.JUMP, seen.BRANCH, seen.PY_START):
        watch.register_callback(me, event, look)
    try:
        watch.set_events(me, seen.JUMP | seen.BRANCH | seen.PY_START)
        return work()
    finally:
        watch.set_events(me, 0)
        watch.free_tool_id(me)


def raise_in(thread, error):
    """Let this error be the next thing that happens in a thread; None takes back one that has not happened yet."""
    if ctypes:
        error = ctypes.py_object(error) if error else None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)


def peak():
    """The most bytes that this process ever took, or 0 where the system does not tell.

    It is asked without leaving the interpreter to another thread, which may keep it for long.
    """
    if sys.platform == "emscripten":  # the memory of WebAssembly grows, and never shrinks
        from pyodide_js import _module

        return _module.HEAP8.length
    if not resource:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def taken():
    """The bytes that this process takes now; where the system does not tell, the most it ever took."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return peak()


@contextmanager
def unpatched():
    """Whatever an answer puts in the place of numpy's functions, they are back at the end."""
    before = [(module, dict(vars(module))) for module in (np, np.linalg, np.random, math)]
    try:
        yield
    finally:
        for module, names in before:
            vars(module).update(names)


def interrupts(error):
    """Is it a real interrupt? One that the answer raises itself comes from a `raise` statement."""
    if not isinstance(error, KeyboardInterrupt):
        return False
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    at, code = trace.tb_lasti, trace.tb_frame.f_code.co_code
    return not (code[at] == dis.opmap["RAISE_VARARGS"] and code[at + 1] > 0)
