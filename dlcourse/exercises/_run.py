"""Running the learner's code, so that whatever it does comes back as plain values or as a sentence.

Not everything can be caught: what ends Python itself (os._exit, a crash in a library), and a single call into a library
that never comes back (time.sleep(10**9)), which Python cannot break off. A real interrupt is passed on.
"""

import dis
import inspect
import linecache
import math
import sys
import threading
import time
import types
from contextlib import contextmanager
from functools import lru_cache, partial

import numpy as np

from dlcourse.exercises._values import Help, Trouble, clean, name_of, plain, show
from dlcourse.exercises._words import hint

ROOM = 10**9  # bytes that an answer may take
PAUSE = 0.05  # seconds between two looks at clock and memory


class Stopped(BaseException):
    """Raised in the learner's code from outside. No Exception, so that `except Exception` lets it pass."""


class TooLong(Stopped):
    """More time than an answer needs."""


class TooMuch(Stopped):
    """More memory than an answer needs."""


def within(seconds, function, work):
    """work(), broken off with a sentence when it takes too long or too much memory.

    A second thread looks on, and raises Stopped in this one; again and again, should a bare `except:` swallow it. Where
    Python has no threads there is no limit.
    """
    over, here = threading.Event(), threading.get_ident()
    end, roof = time.monotonic() + seconds, memory() + ROOM

    def watch():
        while not over.wait(PAUSE):
            reason = TooLong if time.monotonic() > end else TooMuch if memory() > roof else None
            if reason:
                raise_in(here, reason)

    def settle():
        while True:
            try:
                over.set()
                thread.join()
                return raise_in(here, None)
            except Stopped:  # it came just as the work was done
                pass

    thread = threading.Thread(target=watch, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return work()
    try:
        try:
            return work()
        finally:
            settle()
    except Stopped as stopped:
        settle()
        sentence = (
            f"{name_of(function)} was stopped after {seconds:.0f} seconds{place(function, stopped)}: it does not come to "
            "an end. Is there a loop in which nothing changes what its condition asks for?"
            if isinstance(stopped, TooLong)
            else f"{name_of(function)} was stopped{place(function, stopped)}, because it took more than a gigabyte of "
            "memory. Is there a list or an array that grows in a loop without end?"
        )
    raise Trouble(sentence)


def raise_in(thread, error):
    """Let this error be the next thing that happens in a thread; None takes back one that has not happened yet."""
    try:
        from ctypes import c_ulong, py_object, pythonapi
    except ImportError:
        return
    pythonapi.PyThreadState_SetAsyncExc(c_ulong(thread), py_object(error) if error else None)


def memory():
    """The bytes this process takes; its peak where the system tells no more; 0 where it tells nothing."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@contextmanager
def unpatched():
    """Whatever an answer puts in the place of numpy's functions, they are back at the end."""
    before = [(module, dict(vars(module))) for module in (np, np.linalg, np.random, math)]
    try:
        yield
    finally:
        for module, names in before:
            vars(module).update(names)


def guarded(exercise, function, keeps_state):
    """The learner's function, with plain results, and with every way to fail turned into a sentence.

    keeps_state: the second of two results is the learner's own memory, which is handed back to it as it is.
    """
    if not callable(function) or inspect.isclass(function):
        raise Help(
            f'check needs a function, but got {show(harmless(function))}. Write check("{exercise.name}", my_function), '
            "without brackets after the function's name."
        )
    names = list(inspect.signature(exercise.reference).parameters)

    def call(*args, **kwargs):
        named = dict(zip(names, args)) | kwargs
        args, kwargs = bound(exercise, function, names, args, kwargs)
        before = {key: snapshot(value) for key, value in named.items() if key != "state"}
        try:
            result = function(*args, **kwargs)
            state = ()
            if keeps_state and issubclass(type(result), (tuple, list)) and len(result) == 2:
                result, *state = result
            result = plain(result)
        except Help:
            raise
        except BaseException as error:
            raise told(function, error, named) from None
        if result is None and not state:
            raise nothing_returned(function)
        for key, old in before.items():
            if not unchanged(old, named[key]):
                raise Trouble(
                    f"{name_of(function)} changes its input {key} in place, so whoever called it loses the old values. "
                    + how_to_copy(old)
                )
        return (result, *state) if state else result

    return call


def told(function, error, named):
    """The learner's own error as Help; what is not theirs is raised on."""
    if isinstance(error, Stopped) or (isinstance(error, KeyboardInterrupt) and not raised_by_code(error)):
        raise error
    if isinstance(error, SystemExit):
        return Trouble(
            f"{name_of(function)} ends Python{place(function, error)}: exit, quit and sys.exit are not for a function. "
            "`return` its result instead."
        )
    try:
        message = clean(str(error))
    except Exception:
        message = "(its message cannot be read)"
    kind = clean(type(error).__name__, 60)
    code = code_of(function)
    advice = hint(kind, message, named, code.co_varnames + code.co_names if code else ())
    what = f"{kind}: {message}" if message else kind
    return Trouble(f"{name_of(function)} stopped{place(function, error)}.\n{what}" + (f"\n{advice}" if advice else ""))


def nothing_returned(function):
    """What to say about None: is there no body yet, no `return`, or one that is not reached?"""
    name, code = name_of(function), code_of(function)
    if code is None or len(code.co_code) <= len((lambda: None).__code__.co_code):
        return Help(f"{name} returns nothing (None). Write its body, and `return` the result at its end.")
    lines = list(dis.get_instructions(code))
    given = [one for before, one in zip(lines, lines[1:]) if one.opname == "RETURN_VALUE" and before.argrepr != "None"]
    if given:
        return Trouble(
            f"{name} returns nothing (None) for this input: it comes to its end without a `return`. Is one missing, or "
            "inside an `if` or a loop that is not entered?"
        )
    shown = " What is printed can be read, but not used." if "print" in code.co_names else ""
    return Trouble(f"{name} computes, but returns nothing (None): `return` the result at its end.{shown}")


def raised_by_code(error):
    """Does a `raise` statement stand where it came from? A real interrupt comes between any two statements."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    at, code = trace.tb_lasti, trace.tb_frame.f_code.co_code
    return code[at] == dis.opmap["RAISE_VARARGS"] and code[at + 1] > 0


def place(function, error):
    """The line of the learner's own that was running, as ' in line 3, `v = 1`'."""
    code = code_of(function)
    trace, line = error.__traceback__, None
    while trace and code:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == code.co_filename else line
        trace = trace.tb_next
    text = clean(linecache.getline(code.co_filename, line), 120) if line else ""
    return f" in line {line}" + (f", `{text}`" if text else "") if line else ""


def code_of(function):
    """The code of the learner's function, also of one that is wrapped, a method, or a callable object; or None."""
    for _ in range(10):
        kind = type(function)
        if issubclass(kind, types.FunctionType):
            return function.__code__
        inner = {types.MethodType: "__func__", partial: "func", type(lru_cache(len)): "__wrapped__"}.get(kind)
        function = getattr(function, inner) if inner else vars(kind).get("__call__")
    return None


def bound(exercise, function, names, args, kwargs):
    """The arguments as the learner's function takes them: by position under any name, or by the task's names."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a built-in cannot tell
        return args, kwargs
    problems = []
    for way in ((args, kwargs), ((), dict(zip(names, args)) | kwargs)):
        try:
            signature.bind(*way[0], **way[1])
            return way
        except TypeError as error:
            problems.append(error)
    raise Help(
        f"{name_of(function)}{clean(signature)} cannot be called as the task says: {problems[0]}. "
        f"Its arguments must be {clean(inspect.signature(exercise.reference))}."
    )


def harmless(value):
    """The value made plain, or its type."""
    try:
        return value if inspect.isclass(value) else plain(value)
    except Exception:
        return type(value)


def snapshot(value):
    """A copy of what can be changed in place and be read without trust: arrays, lists, dicts, and tuples of them."""
    if type(value) is np.ndarray:
        return value.copy()
    if type(value) is dict:
        return {key: snapshot(v) for key, v in value.items()}
    return type(value)(map(snapshot, value)) if type(value) in (tuple, list) else value


def unchanged(old, new):
    """Is the input as it was? What was changed and put back by arithmetic may differ by its rounding."""
    if type(old) is np.ndarray:
        if old.shape != new.shape or old.dtype.kind not in "biuf":
            return old.shape == new.shape and bool(np.all(old == new))
        return np.allclose(new, old, rtol=1e-12, atol=1e-12, equal_nan=True)
    if type(old) is dict:
        return list(old) == list(new) and all(unchanged(old[key], new[key]) for key in old)
    if type(old) in (tuple, list):
        return len(old) == len(new) and all(map(unchanged, old, new))
    return old is new or old == new


def how_to_copy(old):
    """What to do instead of changing it."""
    if type(old) is np.ndarray:
        return "Make a new array: a = a + b does, a += b and a[i] = b do not."
    return f"Work on a copy of it, {type(old).__name__}(...), or make a new one."
