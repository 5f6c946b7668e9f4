"""What an answer gives, made plain: read without trusting it, compared with what is expected, and shown in a line.

An object of the learner's may lie or raise wherever it is asked, so it is asked once, by `plain`. What comes out is made
of numbers, words, numpy arrays, tuples, lists and dicts, and of these the rest of the engine is sure.
"""

import numbers as kinds
import re
import types
from collections import deque
from itertools import islice

import numpy as np

MOST, MOST_PULLED, DEEPEST = 10**6, 10**5, 20  # values in an answer; those pulled from one iterator; lists in lists
TENSORS = {"torch": "PyTorch", "tensorflow": "TensorFlow", "jax": "JAX", "jaxlib": "JAX", "cupy": "CuPy"}
VIEWS = (range, deque, type({}.keys()), type({}.values()), type({}.items()))


class Help(Exception):
    """A sentence for the learner that ends the check; the task is printed after it."""

    with_task = True


class Trouble(Help):
    """A sentence about an answer that is there already, so that its writer needs the task no more."""

    with_task = False


def plain(value, depth=0, room=None):
    """The value in plain types, or Help that says why it is no answer. Arrays are copied, whatever is long is bounded."""
    kind, room = type(value), [MOST] if room is None else room
    room[0] -= 1
    if room[0] < 0:
        raise Trouble(f"It returns more than {MOST} values, far more than expected.")
    if depth > DEEPEST:
        raise Trouble(f"It returns lists in lists, more than {DEEPEST} deep, or one that holds itself.")
    if value is None or kind is bool or issubclass(kind, types.FunctionType):
        return value
    if issubclass(kind, str):
        return str.__str__(value)
    if kind is np.bool_:
        return bool(value)
    if issubclass(kind, (np.ndarray, np.generic)):
        return plain_array(value, depth, room)
    if issubclass(kind, complex):
        raise Trouble("It returns a complex number; perhaps the root of a negative number was taken. Return real ones.")
    if issubclass(kind, kinds.Real):
        return whole(int(value)) if issubclass(kind, kinds.Integral) else float(value)
    if issubclass(kind, dict):
        return {plain(key, depth + 1, room): plain(v, depth + 1, room) for key, v in dict.items(value)}
    for several in (tuple, list):
        if issubclass(kind, several):
            if several.__len__(value) > room[0]:
                raise Trouble(f"It returns {several.__len__(value)} values, far more than expected.")
            if set(map(type, several.__iter__(value))) <= {float, int}:  # at once, for there may be many
                return several(several.__iter__(value))
            return several(plain(v, depth + 1, room) for v in several.__iter__(value))
    if issubclass(kind, VIEWS) or hasattr(kind, "__next__"):
        pulled = list(islice(value, MOST_PULLED + 1))
        if len(pulled) > MOST_PULLED:
            raise Trouble(f"What it yields does not come to an end: {MOST_PULLED} values, and there are more.")
        return plain(pulled, depth, room)
    if kind.__module__.startswith("dlcourse."):  # what the exercise itself works with
        return value
    if kind is types.CoroutineType:
        value.close()
        raise Trouble("It is an `async` function, which returns at once without a result. Leave out `async`.")
    framework = TENSORS.get(kind.__module__.split(".")[0])
    if framework:
        raise Trouble(f"It returns a tensor of {framework}. Return numpy's arrays: here everything is made of those.")
    raise Trouble(f"It returns an object of type {kind.__name__}. Return numbers, arrays, or a tuple or list of them.")


def plain_array(value, depth, room):
    """An array of numpy's own type, or the lists that it stands for."""
    array = np.asarray(value)
    if array.size > 10 * MOST:
        raise Trouble(f"It returns {array.size} numbers, far more than expected.")
    if array.dtype.kind == "c":
        raise Trouble("It returns complex numbers; perhaps the root of a negative number was taken. Return real ones.")
    if array.dtype.kind in "OU":
        return plain(array.tolist(), depth + 1, room)
    if array.dtype.kind not in "biuf":
        raise Trouble(f"It returns an array of {array.dtype}. Return an array of numbers.")
    return array.copy() if array.ndim else array[()]


def whole(number):
    """An int that numpy can hold; a larger one as a float."""
    try:
        return number if abs(number) < 2**63 else float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def numeric(value):
    """A plain value as an array of numbers or of truth values, or None if it is not made of such."""
    if value is None or isinstance(value, (str, dict)):
        return None
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):  # rows of different lengths
        return None
    return array if array.dtype.kind in "biuf" else None


def same(came, expected, truth=False):
    """Do two plain values agree? Numbers as an array, else piece by piece; a list, a tuple and an array are alike.

    With truth=True the values True and False count as 1 and 0.
    """
    if came is None or expected is None:
        return came is expected
    if isinstance(expected, dict):
        named = isinstance(came, dict) and came.keys() == expected.keys()
        return named and all(same(came[key], expected[key], truth) for key in expected)
    if isinstance(expected, (str, bool)):
        return type(came) is type(expected) and came == expected
    two = numeric(expected)
    if isinstance(expected, tuple) or two is None:
        one, two = pieces(came), pieces(expected)
        return (
            one is not None
            and two is not None
            and len(one) == len(two)
            and all(map(same, one, two, [truth] * len(one)))
        )
    one = numeric(came)
    if one is None or (one.dtype == bool) > (truth or two.dtype == bool):
        return False
    one = one.reshape(()) if one.size == 1 and two.ndim == 0 else one
    return one.shape == two.shape and close(one, two)


def pieces(value):
    """The things that a tuple, a list or an array unpacks to; None for what does not unpack."""
    return list(value) if isinstance(value, (tuple, list)) or (isinstance(value, np.ndarray) and value.ndim) else None


def close(one, two):
    """Are the numbers equal but for rounding? Where that is float32's, as far as float32 goes.

    The floors are for a sum that cancels: its rounding is that of its terms, which are as large as its neighbours.
    """
    single, one, two = in_single_precision(one), one.astype(float), two.astype(float)
    size = np.max(np.abs(two[np.isfinite(two)]), initial=0.0)
    equal = np.allclose(one, two, rtol=1e-6, atol=1e-12 * max(1.0, size), equal_nan=True)
    return equal or (single and np.allclose(one, two, rtol=5e-6, atol=1e-6 * size, equal_nan=True))


def in_single_precision(array):
    """Was it computed in float32? Its type says so, or that all its digits fit there, and are not just few."""
    if array.dtype.kind != "f" or array.dtype == np.float16:
        return False
    with np.errstate(all="ignore"):
        fits = [np.array_equal(array, array.astype(kind), equal_nan=True) for kind in (np.float32, np.float16)]
    return array.dtype == np.float32 or fits == [True, False]


def show(value, digits=6):
    """A value in one line: numbers with their shape, shortened when there are many."""
    array = None if isinstance(value, (bool, tuple)) else numeric(value)
    if array is None:
        text = in_words(value, digits)
        return text if len(text) <= 200 else text[:200] + "..."
    text = np.array2string(
        array,
        separator=", ",
        threshold=20,
        edgeitems=3,
        max_line_width=10**6,
        formatter={"float_kind": lambda number: f"{number:.{digits}g}", "int_kind": str, "bool": str},
    )
    return " ".join(text.split()) + (f"   shape {array.shape}" if array.ndim else "")


def in_words(value, digits):
    """For what is no array: pairs, names, functions and whatever else an exercise takes."""
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(show(v, digits) for v in value[:50]) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{show(key)}: {show(v, digits)}" for key, v in islice(value.items(), 50)) + "}"
    if isinstance(value, types.FunctionType):
        return f"the function {name_of(value)}"
    if isinstance(value, np.random.Generator):
        return "a random generator"
    known = isinstance(value, (str, bool, type(None), type)) or type(value).__module__.startswith("dlcourse.")
    return clean(repr(value)) if known else f"an object of type {type(value).__name__}"


def clean(text, most=300):
    """A text of the learner's, fit to be printed: in one line, not too long, without addresses."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(text)[: 10 * most])
    text = " ".join(re.sub(r"<function ([\w.<>]+) at 0x\w+>|( at 0x\w+)", r"\1", text).split())
    return text if len(text) <= most else text[:most] + "..."


def name_of(function, nameless="your function"):
    """What to call the learner's function. Other callables are not asked: their name may be a trap."""
    known = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc)
    name = function.__name__ if issubclass(type(function), known) else "<lambda>"
    return nameless if name == "<lambda>" else clean(name, 60)
