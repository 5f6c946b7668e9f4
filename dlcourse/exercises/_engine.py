"""How an answer is judged: run it on the cases, compare with the reference, then with the catalogued mistakes.

Nothing here knows a formula. An answer is right if it agrees with the reference on every case: the fixed ones, and some
that are drawn anew at each check. If its results are those of a catalogued mistake wherever they are wrong, it makes that
mistake. Else the smallest case that differs is shown.
"""

import inspect
import linecache
import re
import warnings
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice

import numpy as np

DRAWN = 5  # fresh cases at each check


def once(function, *args, **kwargs):
    """The usual way to run a case: one call."""
    return function(*args, **kwargs)


def steps(step, theta, grads, **hyper):
    """How an optimizer is run: theta (P,) after each of the gradients (T, P), from state=None. Gives (T, P)."""
    path, state = [], None
    for grad in grads:
        returned = step(theta, grad, state, **hyper)
        if not isinstance(returned, (tuple, list)) or len(returned) != 2:
            raise Help(f"It must return two things, theta and state: `return theta, state`. Came: {show(returned)}")
        theta, state = returned
        path.append(theta)
    return path


@dataclass(frozen=True)
class Exercise:
    """A task, the function that solves it, inputs from small to large, and functions that each make one mistake.

    fresh(rng) draws one more case, so that nobody can learn the fixed ones by heart.
    """

    name: str
    task: str
    reference: Callable
    cases: tuple
    mistakes: tuple
    run: Callable = once
    fresh: Callable | None = None

    def drawn(self, seed):
        """The fresh cases of this seed, from small to large."""
        rng = np.random.default_rng(seed)
        cases = [self.fresh(rng) for _ in range(DRAWN)] if self.fresh else []
        return sorted(cases, key=lambda case: sum(np.size(value) for value in [*case[0], *case[1].values()]))


@dataclass(frozen=True)
class Result:
    """What `check` found: .right, .text, and .mistake, the name of the catalogued mistake if it is one."""

    right: bool
    text: str
    mistake: str | None = None

    def _ipython_display_(self):
        """Nothing: `check` has printed the text."""


class Help(Exception):
    """A sentence for the learner that ends the check."""


def case(*args, **kwargs):
    """The arguments of one call. Lists become arrays; floats become numpy's, which divide by zero without stopping."""

    def ready(value):
        return np.array(value, dtype=float)[()] if isinstance(value, (list, float)) else value

    return tuple(map(ready, args)), {name: ready(value) for name, value in kwargs.items()}


def diagnose(exercise, function, seed=None):
    """Compare a function with the reference on every case; the Result says what came of it."""
    name = name_of(function)
    seed = int(np.random.default_rng().integers(10_000)) if seed is None else seed
    cases = [*exercise.cases, *exercise.drawn(seed)]
    try:
        came = [outcome(exercise, guarded(exercise, function), case) for case in cases]
    except Help as help:
        return Result(False, f"Not yet. {help}\nThe task: {exercise.task}")
    except Exception as error:  # the function ran, but gave something that the run of this exercise could not use
        return Result(False, f"Not yet. What {name} returns cannot be used: {error}\nThe task: {exercise.task}")
    expected = [outcome(exercise, exercise.reference, case) for case in cases]
    wrong = [i for i in range(len(came)) if not same(came[i], expected[i])]
    if not wrong:
        chapter = exercise.reference.__module__.removeprefix("dlcourse.")
        source = f"{chapter}.{exercise.reference.__name__}"
        return Result(True, f"Right: {name} agrees with {source} on all {len(came)} cases. Compare with {source}??")
    shown = difference(exercise, cases[wrong[0]], came[wrong[0]], expected[wrong[0]])
    if wrong[0] >= len(exercise.cases):
        again = f'check("{exercise.name}", {name_of(function, "my_function")}, seed={seed})'
        shown += f"\nIt was drawn with seed {seed}: {again} draws it again."
    for mistake in exercise.mistakes:
        if explains(exercise, mistake, [(cases[i], came[i]) for i in wrong]):
            what, hint = (" ".join(part.split()) for part in inspect.getdoc(mistake).split("\n\n", 1))
            text = f"Not yet. {what}\n{hint}\nThe smallest case where it shows:\n{shown}"
            return Result(False, text, mistake.__name__)
    one, two = numbers(came[wrong[0]]), numbers(expected[wrong[0]])
    what = "shape" if one is not None and two is not None and one.shape != two.shape else "result"
    where = f"The first {wrong[0]} of {len(came)} cases are right. The next:" if wrong[0] else "The smallest case:"
    return Result(False, f"Not yet. {name} gives another {what} than expected. {where}\n{shown}")


def explains(exercise, mistake, came):
    """Are the wrong results, pairs (case, result), just those of this mistake?"""
    try:
        return all(same(result, outcome(exercise, mistake, case)) for case, result in came)
    except Exception:  # the mistake stops on this case, where the answer did not
        return False


def outcome(exercise, function, case):
    """The result of one case, on fresh copies of its arguments; numpy's warnings are not the learner's concern here."""
    args, kwargs = deepcopy(case)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return exercise.run(function, *args, **kwargs)


def guarded(exercise, function):
    """The learner's function, with every way to fail before there is a result turned into a sentence."""
    name, names = name_of(function), list(inspect.signature(exercise.reference).parameters)
    if not callable(function) or inspect.isclass(function):
        raise Help(
            f'check needs a function, but got {show(function)}. Write check("{exercise.name}", my_function), '
            "without brackets after the function's name."
        )

    def call(*args, **kwargs):
        args, kwargs = bound(exercise, function, names, args, kwargs)
        before = deepcopy((args, kwargs))
        try:
            result = function(*args, **kwargs)
            result = list(islice(result, 1000)) if inspect.isgenerator(result) else result
        except Exception as error:
            raise Help(where(function, error)) from None
        if result is None:
            raise Help(f"{name} returns nothing (None). Write its body, and `return` the result at its end.")
        for key, old, new in zip(names, [*before[0], *before[1].values()], [*args, *kwargs.values()]):
            if isinstance(old, np.ndarray) and not np.array_equal(old, new, equal_nan=True):
                raise Help(
                    f"{name} changes its input {key} in place, so whoever called it loses the old values. "
                    "Make a new array: a = a + b does, a += b and a[i] = b do not."
                )
        return result

    return call


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
    wanted = re.sub(r"<function (\w+) at 0x\w+>", r"\1", str(inspect.signature(exercise.reference)))
    raise Help(
        f"{name_of(function)}{signature} cannot be called as the task says: {problems[0]}. "
        f"Its arguments must be {wanted}."
    )


def where(function, error):
    """The learner's own error as help: the line of theirs that was running, and the message."""
    own = getattr(getattr(function, "__code__", None), "co_filename", None)
    trace, line = error.__traceback__, None
    while trace:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == own else line
        trace = trace.tb_next
    text = linecache.getline(own, line).strip() if line else ""
    place = f" in line {line}" + (f", `{text}`" if text else "") if line else ""
    return f"{name_of(function)} stopped{place}.\n{type(error).__name__}: {error}"


def same(came, expected):
    """Do two results agree? As an array, a tuple of them, or a dict of named facts; lists count as either."""
    if isinstance(expected, dict):
        named = isinstance(came, dict) and came.keys() == expected.keys()
        return named and all(same(came[key], expected[key]) for key in expected)
    if isinstance(expected, tuple):
        return isinstance(came, (tuple, list)) and len(came) == len(expected) and all(map(same, came, expected))
    if isinstance(expected, (str, bool)):
        return isinstance(came, (str, bool, np.bool_)) and came == expected
    one, two = numbers(came), numbers(expected)
    if one is None or two is None:
        return False
    one = one.reshape(()) if one.size == 1 and two.ndim == 0 else one
    return one.shape == two.shape and np.allclose(one, two, rtol=1e-6, atol=1e-12, equal_nan=True)


def numbers(value):
    """As a float64 array, or None if it is not made of numbers."""
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None


def difference(exercise, case, came, expected):
    """The input, what came and what was expected, one to a line, with shapes."""
    args, kwargs = case
    names = list(inspect.signature(exercise.reference if exercise.run is once else exercise.run).parameters)
    names = names if exercise.run is once else names[1:]
    rows = {**dict(zip(names, args)), **kwargs}
    label = ""
    if isinstance(expected, dict):
        key = next(key for key in expected if not same(came.get(key), expected[key]))
        label, came, expected = f" ({key})", came[key], expected[key]
    rows = [f"  {name} = {show(value)}" for name, value in rows.items()]
    digits = next((d for d in (6, 9, 17) if show(came, d) != show(expected, d)), 17)
    return "\n".join([*rows, f"  came{label}: {show(came, digits)}", f"  expected{label}: {show(expected, digits)}"])


def show(value, digits=6):
    """A value in one line: numbers with their shape, shortened when there are many."""
    array = None if isinstance(value, (str, bool, type(None))) else numbers(value)
    if array is None:
        several = isinstance(value, (tuple, list))
        text = "(" + ", ".join(show(v, digits) for v in value) + ")" if several else repr(value)
        text = text if " at 0x" not in text else f"an object of type {type(value).__name__}"
        return text if len(text) <= 200 else text[:200] + "..."
    text = np.array2string(
        array,
        separator=", ",
        threshold=20,
        edgeitems=3,
        max_line_width=10**6,
        formatter={"float_kind": lambda number: f"{number:.{digits}g}"},
    )
    return " ".join(text.split()) + (f"   shape {array.shape}" if array.ndim else "")


def name_of(function, nameless="your function"):
    """What to call the learner's function."""
    name = getattr(function, "__name__", "<lambda>")
    return nameless if name == "<lambda>" else name
