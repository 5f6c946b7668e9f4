"""Bad input gets one clear sentence: the argument, what came, what is allowed.

Used at the entry points of the package only, never inside a formula.
"""

from functools import lru_cache

import numpy as np


@lru_cache
def _bounds(interval):
    low, high = interval[1:-1].split(",")
    return float(low), float(high), interval[0] == "[", interval[-1] == "]"


def in_range(name, value, interval, note=""):
    """Return `value` if every entry lies in `interval`, written as in mathematics: "[0, 1)", "(0, inf)".

    >>> in_range("keep_prob", 0.8, "(0, 1]")
    0.8
    >>> in_range("keep_prob", 1.5, "(0, 1]")
    Traceback (most recent call last):
    ValueError: keep_prob must be in (0, 1], got 1.5
    """
    low, high, with_low, with_high = _bounds(interval)
    if type(value) is float or type(value) is int:  # the fast path: one number
        if (low < value or (with_low and value == low)) and (value < high or (with_high and value == high)):
            return value
        raise ValueError(f"{name} must be in {interval}, got {value}{note and '; ' + note}")
    array = numeric(name, value)
    inside = ((array >= low) if with_low else (array > low)) & ((array <= high) if with_high else (array < high))
    if not inside.all():
        raise ValueError(f"{name} must be in {interval}, got {array[~inside].flat[0]}{note and '; ' + note}")
    return value


def whole(name, value, interval="[1, inf)", note=""):
    """Return `value` as an int if it is a whole number in `interval`.

    >>> whole("batch_size", 0)
    Traceback (most recent call last):
    ValueError: batch_size must be in [1, inf), got 0
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise ValueError(f"{name} must be a whole number in {interval}, got {value!r}{note and '; ' + note}")
    return in_range(name, int(value), interval, note)


def numeric(name, value):
    """Return `value` as a float64 array, or say that it is not made of numbers."""
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} must be made of numbers, got {value!r:.60}")
    return array.astype(np.float64, copy=False)


def finite(name, value, ndim=0):
    """Return `value` as a float64 array with at least `ndim` axes, not empty, without NaN or infinity.

    >>> finite("X", [[1.0, float("nan")]], ndim=2)
    Traceback (most recent call last):
    ValueError: X must be finite, got nan at index (0, 1)
    """
    array = numeric(name, value)
    if array.ndim < ndim:
        raise ValueError(f"{name} must have at least {ndim} axes, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} must be finite, got {array[where]} at index {where}")
    return array


def one_of(name, value, allowed):
    """Return `value` if it is one of the names in `allowed`."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(str, allowed))}, got {value!r}")
    return value


def generator(name, value):
    """Return `value` if it is a numpy random generator; a seed, or the old RandomState, is not."""
    if not isinstance(value, np.random.Generator):
        raise ValueError(f"{name} must be a random generator, such as np.random.default_rng(0), got {value!r:.60}")
    return value
