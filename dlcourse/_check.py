"""Bad input gets one clear sentence: the argument, what came, what is allowed.

Used at the entry points of the package; a formula calls at most one of them, for its arrays.
"""

from functools import lru_cache

import numpy as np

FLOAT = np.dtype(np.float64)
ARRAYS = {np.ndarray}  # what is an array as it is; `_replay` adds its own


@lru_cache
def _bounds(interval):
    low, high = interval[1:-1].split(",")
    return float(low), float(high), interval[0] == "[", interval[-1] == "]"


def in_range(name: str, value, interval: str, note: str = ""):
    """Return `value`, arrays as float64, if every entry lies in `interval`, as mathematics writes it: "[0, 1)".

    >>> in_range("keep_prob", 0.8, "(0, 1]")
    0.8
    >>> in_range("keep_prob", 1.5, "(0, 1]")
    Traceback (most recent call last):
    ValueError: keep_prob must be in (0, 1], got 1.5
    """
    low, high, with_low, with_high = _bounds(interval)
    if type(value) is float or (type(value) is int and abs(value) <= 2**53):  # the fast path: one number
        if (low < value or (with_low and value == low)) and (value < high or (with_high and value == high)):
            return value
        raise ValueError(f"{name} must be in {interval}, got {value}{note and '; ' + note}")
    array = numeric(name, value)
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    inside = ((array >= low) if with_low else (array > low)) & ((array <= high) if with_high else (array < high))
    if not inside.all():
        raise ValueError(f"{name} must be in {interval}, got {array[~inside].flat[0]}{note and '; ' + note}")
    return array if array.ndim else array[()]


def number(name, value, interval, note=""):
    """Return `value` as a float if it is one number in `interval`, where an array would be one too many.

    >>> number("noise", [0.1, 0.2], "[0, inf)")
    Traceback (most recent call last):
    ValueError: noise must be one number in [0, inf), got shape (2,)
    """
    if type(value) is not float and np.ndim(numeric(name, value)):
        raise ValueError(f"{name} must be one number in {interval}, got shape {np.shape(value)}")
    return float(in_range(name, value, interval, note))


def whole(name: str, value, interval: str = "[1, inf)", note: str = "") -> int:
    """Return `value` as an int if it is a whole number in `interval` that float64 holds exactly.

    >>> whole("batch_size", 0)
    Traceback (most recent call last):
    ValueError: batch_size must be in [1, inf), got 0
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or abs(int(value)) > 2**53:
        raise ValueError(f"{name} must be a whole number in {interval}, got {value!r:.60}{note and '; ' + note}")
    return in_range(name, int(value), interval, note)


def flag(name: str, value):
    """Return `value` if it is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {value!r:.60}")
    return value


def numeric(name: str, value, ndim: int | None = None) -> np.ndarray:
    """Return `value` as a float64 array, booleans as 0 and 1; with `ndim`, of at least so many axes and not empty.

    NaN and infinity pass: in a stack of models one that has diverged must not stop the others.
    """
    if type(value) in ARRAYS and value.dtype == FLOAT:  # the fast path: nothing to convert
        array = value
    else:
        array = table(name, value)
        if array.dtype.kind not in "biuf":
            raise ValueError(f"{name} must be made of numbers, got {value!r:.60}")
        array = array.astype(FLOAT, copy=False)
    if ndim is not None:
        if array.ndim < ndim:
            raise ValueError(f"{name} must have at least {ndim} axes, got shape {array.shape}")
        if array.size == 0:
            raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    return array


def table(name, value):
    """Return `value` as an array of whatever it is made of, or say that numpy cannot read it as one."""
    try:
        return np.asarray(value)
    except Exception:
        raise ValueError(f"{name} must be made of numbers, in rows of equal length, got {value!r:.60}") from None


def real(name, value):
    """`numeric` for a formula, where a number stays a number: 4.0 gives 4.0, not an array.

    >>> real("x", 4), real("x", np.array([4], dtype=np.uint8))
    (4.0, array([4.]))
    """
    if type(value) in ARRAYS and value.dtype == FLOAT:
        return value
    return float(value) if type(value) in (float, int) and abs(value) < 2**53 else numeric(name, value)[()]


def finite(name: str, value, ndim: int = 0) -> np.ndarray:
    """Return `value` as a float64 array with at least `ndim` axes, not empty, without NaN or infinity.

    >>> finite("X", [[1.0, float("nan")]], ndim=2)
    Traceback (most recent call last):
    ValueError: X must be finite, got nan at index (0, 1)
    """
    array = numeric(name, value, ndim)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} must be finite, got {array[where]} at index {where}")
    return array


def one_of(name, value, allowed):
    """Return `value` if it is one of `allowed`, which are names or whole numbers."""
    if not isinstance(value, (str, int, np.integer)) or isinstance(value, bool) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(str, allowed))}, got {value!r:.60}")
    return value


def generator(name: str, value) -> np.random.Generator:
    """Return `value` if it is a numpy random generator; a seed, or the old RandomState, is not."""
    if not isinstance(value, np.random.Generator):
        raise ValueError(f"{name} must be a random generator, such as np.random.default_rng(0), got {value!r:.60}")
    return value


def function(name, value):
    """Return `value` if it can be called."""
    if not callable(value):
        raise ValueError(f"{name} must be a function, got {value!r:.60}")
    return value


def iterable(name, value, of):
    """An iterator over `value`, or a word on what it should run through: `of`."""
    if isinstance(value, (dict, str)) or not np.iterable(value):
        raise ValueError(f"{name} must be {of}, got {value!r:.60}")
    return iter(value)


def named(name, value, of):
    """Return `value` if it is a dict; `of` says which entries it should have."""
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be a dict of {of}, got {value!r:.60}")
    return value


def layered(net):
    """Return `net` if it is a network.Net."""
    if not hasattr(net, "layer_dims"):
        raise ValueError(f"net must be a network.Net, such as Net((2, 4, 1)), got {net!r:.60}")
    return net


def broadcast(**arrays):
    """The shape to which the arrays broadcast, or one sentence with all their names.

    >>> broadcast(lr0=0.1, t=np.arange(3))
    (3,)
    >>> broadcast(lr0=np.ones(2), t=np.arange(3))
    Traceback (most recent call last):
    ValueError: lr0 and t must have shapes that broadcast, got (2,) and (3,)
    """
    shapes = [np.shape(array) for array in arrays.values()]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            f"{' and '.join(arrays)} must have shapes that broadcast, got {' and '.join(map(str, shapes))}"
        ) from None


def same_models(axes=1, **arrays):
    """The leading axes, in front of the last `axes` ones, that all arrays share: separate models.

    >>> same_models(axes=2, Z=np.ones((3, 2, 5)), Y=np.ones((4, 2, 5)))
    Traceback (most recent call last):
    ValueError: Z and Y must have leading axes that fit, got (3,) and (4,)
    """
    fronts = [np.shape(array)[:-axes] for array in arrays.values()]
    stacks = {front for front in fronts if front}
    if len(stacks) < 2:  # the fast path: at most one kind of stack
        return stacks.pop() if stacks else ()
    try:
        return np.broadcast_shapes(*stacks)
    except ValueError:
        raise ValueError(
            f"{' and '.join(arrays)} must have leading axes that fit, got {' and '.join(map(str, fronts))}"
        ) from None


def fits(name, value, shape):
    """Return `value` as a float64 array if it broadcasts to `shape`.

    >>> fits("mask", [1.0, 0.0], (3,))
    Traceback (most recent call last):
    ValueError: mask must fit shape (3,), got shape (2,)
    """
    if type(value) in ARRAYS and value.shape == shape and value.dtype == FLOAT:  # the fast path
        return value
    array = numeric(name, value)
    if array.ndim > len(shape) or any(n not in (1, k) for n, k in zip(array.shape[::-1], shape[::-1])):
        raise ValueError(f"{name} must fit shape {shape}, got shape {array.shape}")
    return array


def pair(name, given):
    """What `name` gave, if it is two things: (J, dtheta) from an objective, (theta, J) from a run."""
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise ValueError(f"{name} must give a pair, got {given!r:.60}")
    return given
