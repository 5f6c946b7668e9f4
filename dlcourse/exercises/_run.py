"""Running the learner's function: what goes in is as the task says, what comes out is plain, and failing is a sentence."""

import inspect

import numpy as np

from dlcourse.exercises._errors import nothing_returned, told
from dlcourse.exercises._limits import Stopped, interrupts
from dlcourse.exercises._values import Help, Trouble, clean, name_of, numeric, plain, show

EXCHANGED = "theta and state are exchanged: it must be `return theta, state`."


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


def exchanged(theta, state, before):
    """Does the state have the shape of theta, and theta has not?"""
    shapes = [getattr(numeric(value), "shape", None) for value in (theta, harmless(state), before)]
    return shapes[0] != shapes[2] == shapes[1]


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
