"""What an error in the learner's code says to a beginner: the line, the message, and what it means."""

import dis
import linecache
import re
import types
from difflib import get_close_matches
from functools import lru_cache, partial

from dlcourse.exercises._values import Help, Trouble, clean, name_of

ERRORS = (  # a pattern of Python's or numpy's message, and what it means to a beginner
    (
        r"truth value of an array",
        "An array of several numbers is neither true nor false. Whether something was given is asked by `is None` (not by "
        "`if mu:`, `or`, `== None`); for a choice entry by entry there is np.where.",
    ),
    (
        r"could not be broadcast",
        "The two shapes do not fit. A mean or a sum over one axis loses that axis, unless keepdims=True keeps it.",
    ),
    (
        r"mismatch in its core dimension|not aligned",
        "For a matrix product the first must have as many columns as the second has rows; entry by entry it is *.",
    ),
    (
        r"Cannot interpret '.*' as a data type",
        "The second argument of such a function is a type: the shape is one argument, a tuple, with no star before it.",
    ),
    (
        r"'tuple' object cannot be interpreted as an integer",
        "This function takes the lengths one by one; those of rng, such as rng.random, take the shape as it is.",
    ),
    (
        r"Generator' object has no attribute",
        "rng has random (even in 0 to 1), standard_normal, uniform, integers, permutation and shuffle.",
    ),
    (
        r"only (0-dimensional|length-1|size-1) arrays can be converted|: math (domain|range) error",
        "The functions of math take single numbers, and stop where there is no result. Those of numpy (np.exp, np.log, "
        "np.sqrt) take arrays, and go on with inf or nan.",
    ),
    (r"with casting rule 'same_kind'", "An array of whole numbers cannot take fractions: make it one of floats."),
    (
        r"setting an array element with a sequence",
        "One entry of an array takes one number, and all rows are equally long.",
    ),
    (r"out of bounds for axis|list index out of range", "Python counts from 0: the last of n is n - 1, or -1."),
    (r"^AxisError", "It has fewer axes than that: the first is axis 0, the last axis -1."),
    (r"^ZeroDivisionError", "Something is divided by zero with this input."),
    (r"^OverflowError", "A number became too large for Python. numpy's numbers go on with inf."),
    (r"^RecursionError", "It calls itself, and so does that call, without end."),
    (r"^UnboundLocalError", "It is used before it has a value: give it one before the loop, or before the `if`."),
    (r"^StopIteration", "next() was asked for more than there is: a for loop ends by itself."),
    (r"^GeneratorExit|^KeyboardInterrupt", "It raises this itself. `return` the result instead."),
    (r"^AssertionError", "An assert of its own does not hold with this input."),
    (r"^NotImplementedError", "Its body is still to be written."),
    (r"^MemoryError", "It asks for more memory than there is. Is the shape right?"),
    (r"^TypeError.*is not callable", "Round brackets after a name call it as a function; an entry is taken by [ ]."),
)


def hint(kind, message, named, own):
    """What an error in the learner's code means, or None. named: the task's arguments; own: the function's own names."""
    nothing = [name for name, value in named.items() if value is None]
    if "NoneType" in message:
        if "state" in nothing:
            return "The first step has state None: ask `if state is None`, and start from zeros."
        if nothing:
            return f"Here {' and '.join(nothing)} is None, that is, not given: ask `if {nothing[0]} is None`."
        return "A value is None here. A function that works in place, such as append or shuffle, returns None."
    lost = re.search(r"^name '(\w+)' is not defined", message)
    if lost:
        near = get_close_matches(lost[1], own, 1, 0.7)
        if lost[1] in ("np", "numpy", "math"):
            return "Run the cell with the imports first."
        if lost[1] in named:
            return "The task calls it so, but in the brackets of your first line it has another name."
        return f"Is {near[0]} meant?" if near else None
    return next((words for pattern, words in ERRORS if re.search(pattern, f"{kind}: {message}")), None)


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
            f"{name} returns nothing (None) for this input: it comes to its end without a `return` (is it inside an `if` "
            "or a loop?), or returns what is None itself, such as the result of append, sort or shuffle."
        )
    shown = " What is printed can be read, but not used." if "print" in code.co_names else ""
    return Trouble(f"{name} computes, but returns nothing (None): `return` the result at its end.{shown}")


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
