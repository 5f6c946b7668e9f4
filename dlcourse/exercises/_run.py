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

from dlcourse.exercises._values import Help, Trouble, clean, name_of, numeric, plain, show
from dlcourse.exercises._words import hint

try:
    import ctypes
except ImportError:  # then nothing can be broken off
    ctypes = None
try:
    import resource
except ImportError:  # Windows
    resource = None

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
    end, roof = time.monotonic() + seconds, max(taken() + ROOM, peak())

    def watch():
        while not over.wait(PAUSE):
            reason = TooMuch if peak() > roof else TooLong if time.monotonic() > end else None
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
    if ctypes:
        error = ctypes.py_object(error) if error else None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)


def peak():
    """The most bytes that this process ever took, or 0 where the system does not tell.

    It is asked without leaving the interpreter to another thread, which may keep it for long.
    """
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


def guarded(exercise, function, keeps_state, given=None):
    """The learner's function, with plain results, and with every way to fail turned into a sentence.

    keeps_state: the second of two results is the learner's own memory, which is handed back to it as it is.
    given: a list that collects what each call gave.
    """
    if not callable(function) or inspect.isclass(function):
        raise Help(
            f'check needs a function, but got {show(harmless(function))}. Write check("{exercise.name}", my_function), '
            "without brackets after the function's name."
        )
    parameters = inspect.signature(exercise.reference).parameters
    names, unset = list(parameters), {name: None for name, one in parameters.items() if one.default is None}

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
            if state and exchanged(result, state[0], named["theta"]):
                raise Trouble(EXCHANGED)
        except (Help, Stopped):
            raise
        except BaseException as error:
            if interrupts(error):
                raise
            raise told(function, error, unset | named) from None
        if result is None and not state:
            raise nothing_returned(function)
        for key, old in before.items():
            if not unchanged(old, named[key]):
                raise Trouble(
                    f"{name_of(function)} changes its input {key} in place, so whoever called it loses the old values. "
                    + how_to_copy(old)
                )
        result = (result, *state) if state else result
        if given is not None:
            given.append(result)
        return result

    return call


EXCHANGED = "theta and state are exchanged: it must be `return theta, state`."


def exchanged(theta, state, before):
    """Does the state have the shape of theta, and theta has not?"""
    shapes = [getattr(numeric(value), "shape", None) for value in (theta, harmless(state), before)]
    return shapes[0] != shapes[2] == shapes[1]


def told(function, error, named):
    """The learner's own error as Help."""
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
    advice = hint(kind, message, named, code.co_varnames if code else ())
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
            f"{name} returns nothing (None) for this input: no `return` is reached (is it inside an `if` or a loop?), or "
            "what it returns is None itself, as the result of append, sort or shuffle is."
        )
    shown = " What is printed can be read, but not used." if "print" in code.co_names else ""
    return Trouble(f"{name} computes, but returns nothing (None): `return` the result at its end.{shown}")


def interrupts(error):
    """Is it a real interrupt? One that the answer raises itself comes from a `raise` statement."""
    if not isinstance(error, KeyboardInterrupt):
        return False
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    at, code = trace.tb_lasti, trace.tb_frame.f_code.co_code
    return not (code[at] == dis.opmap["RAISE_VARARGS"] and code[at + 1] > 0)


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
