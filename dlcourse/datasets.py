"""Data: real temperatures, three classic shapes in the plane, handwritten digits, and more digits out of the same.

Everywhere X (n_x, m) has one example in each column and Y (1, m) holds its class, 0, 1, ...; `one_hot` makes (C, m).
"""

from math import isqrt
from pathlib import Path

import numpy as np

from dlcourse._check import finite, generator, in_range, number, one_of, whole

DATA = Path(__file__).parent / "data"


def temperatures(unit="F"):
    """Real daily maximum temperatures: Seattle, 1461 days from 2012-01-01 to 2015-12-31, no gaps.

    Returns (dates (1461,) as datetime64[D], values (1461,)); unit is "F" or "C". Not the London year of the lecture,
    whose full series was never published; for the few values of it that the notes print see `london`.
    Source: NOAA, by way of the Python package vega_datasets (data/SOURCE.md); published in Celsius.

    >>> dates, values = temperatures("C")
    >>> str(dates[0]), float(values[0])
    ('2012-01-01', 12.8)
    """
    one_of("unit", unit, ("F", "C"))
    path = DATA / "seattle_temperatures.csv"
    dates, celsius = np.loadtxt(path, delimiter=",", skiprows=1, dtype=str, unpack=True)
    celsius = celsius.astype(float)
    return dates.astype("datetime64[D]"), celsius if unit == "C" else 32 + 1.8 * celsius


def london():
    """The London temperatures that the lecture writes down: (days (5,), degrees Fahrenheit (5,)).

    The rest of that year is not published; the long series of this course is Seattle's, see `temperatures`.
    Source: Course 2, week 2, exponentially weighted averages.

    >>> london()
    (array([  1,   2,   3, 180, 181]), array([40., 49., 45., 60., 56.]))
    """
    return np.array([1, 2, 3, 180, 181]), np.array([40.0, 49.0, 45.0, 60.0, 56.0])


def moons(m, noise, rng):
    """Two interleaving half circles:  X (2, m), Y (1, m) of 0 and 1, in random order.

    The upper moon (Y = 0) lies on the unit circle round (0, 0), the lower one round (1, 0.5).
    m >= 2; noise >= 0 is the standard deviation of what rng adds to each coordinate.
    Source: scikit-learn, make_moons.

    >>> X, Y = moons(300, 0.1, np.random.default_rng(0))
    >>> X.shape, Y.shape, float(Y.sum())
    ((2, 300), (1, 300), 150.0)
    """
    shuffle = _shuffle(m, noise, rng)
    upper, lower = np.linspace(0, np.pi, m // 2), np.linspace(0, np.pi, m - m // 2)
    return shuffle([np.cos(upper), np.sin(upper)], [1 - np.cos(lower), 1 - np.sin(lower) - 0.5])


def circles(m, noise, rng, factor=0.5):
    """A circle inside a circle:  X (2, m), Y (1, m), in random order.

    The outer circle (Y = 0) has radius 1, the inner one (Y = 1) radius factor in (0, 1).
    m >= 2; noise >= 0 is the standard deviation of what rng adds to each coordinate.
    Source: scikit-learn, make_circles.

    >>> X, Y = circles(300, 0.0, np.random.default_rng(0))
    >>> np.unique(np.linalg.norm(X, axis=0).round(6)).tolist()
    [0.5, 1.0]
    """
    factor, shuffle = number("factor", factor, "(0, 1)"), _shuffle(m, noise, rng)
    outer, inner = (np.linspace(0, 2 * np.pi, half, endpoint=False) for half in (m // 2, m - m // 2))
    return shuffle([np.cos(outer), np.sin(outer)], [factor * np.cos(inner), factor * np.sin(inner)])


def spirals(m, noise, rng, C=2, turns=1.0):
    """C spiral arms, one for each class:  X (2, m), Y (1, m) of 0 ... C-1, in random order.

    An arm is r (cos a, sin a) with a = 2 pi (turns r + class/C) and r uniform in (0, 1).
    m >= C >= 2; turns > 0; noise >= 0 is the standard deviation of what rng adds to each coordinate.
    Source: a classic hard case for straight borders (Lang and Witbrock 1988, "Learning to tell two spirals apart").

    >>> X, Y = spirals(300, 0.0, np.random.default_rng(0), C=3)
    >>> np.unique(Y).tolist(), bool((np.linalg.norm(X, axis=0) < 1).all())
    ([0.0, 1.0, 2.0], True)
    """
    generator("rng", rng)
    whole("m", m, f"[{whole('C', C, '[2, inf)')}, inf)", "each class needs an example")
    turns, noise = number("turns", turns, "(0, inf)"), number("noise", noise, "[0, inf)")
    Y = rng.permutation(np.arange(m) % C)[None, :].astype(float)
    r = rng.uniform(size=(1, m))
    angle = 2 * np.pi * (turns * r + Y / C)
    X = r * np.concatenate([np.cos(angle), np.sin(angle)])
    return X + noise * rng.normal(size=X.shape), Y


def digits():
    """1797 handwritten digits, 8 x 8 pixels:  X (64, 1797) with ink from 0 to 1, Y (1, 1797) of 0 ... 9.

    `X[:, i].reshape(8, 8)` is a picture, row by row. `one_hot(Y, 10)` is what a softmax network trains on.
    Source: UCI, Optical Recognition of Handwritten Digits, the part for testing (data/SOURCE.md).

    >>> X, Y = digits()
    >>> X.shape, Y[0, :5].tolist()
    ((64, 1797), [0.0, 1.0, 2.0, 3.0, 4.0])
    """
    pictures = np.loadtxt(DATA / "digits.csv.gz", delimiter=",", dtype=np.uint8)
    return pictures[:, :-1].T / 16, pictures[:, -1:].T.astype(float)


def one_hot(Y, C):
    """Classes to columns with a single 1:  row j of column i is 1 where example i has class j.

    Shapes: Y (1, m) -> (C, m); any leading axes are separate models. C >= 2 classes, numbered 0 ... C-1.
    Errors: ValueError for a class that is not a whole number in 0 ... C-1.
    Source: Course 2, week 3, softmax.

    >>> one_hot([[2, 0]], 3)
    array([[0., 1.],
           [0., 0.],
           [1., 0.]])
    """
    Y = finite("Y", Y, ndim=2)
    if Y.shape[-2] != 1:
        raise ValueError(f"Y must have shape (1, m), got {Y.shape}; one_hot takes classes, not columns")
    classes = np.arange(whole("C", C, "[2, inf)"))[:, None]
    columns = (Y == classes).astype(float)
    stray = Y[~columns.any(axis=-2, keepdims=True)]
    if stray.size:
        raise ValueError(f"Y must hold whole numbers from 0 to {C - 1}, got {stray[0]}")
    return columns


def shifted(X, right, down):
    """Square pictures moved by pixels; what leaves the frame is lost, what enters is 0.

    Shapes: X (n_x, m) with n_x = side^2; right and down are numbers or (m,), one for each picture, and may be
    fractions (then neighbours share the ink). Any leading axes of X are separate models.
    Source: Course 2, week 1, data augmentation.

    >>> shifted([[1.0], [0.0], [0.0], [0.0]], right=1, down=0).ravel().tolist()    # 2 x 2: the ink steps right
    [0.0, 1.0, 0.0, 0.0]
    """
    X, row, col = _grid(X)
    m = X.shape[-1]
    return _resample(X, row - _each("down", down, m), col - _each("right", right, m))


def rotated(X, degrees):
    """Square pictures turned counter-clockwise about their middle, by bilinear interpolation; outside is 0.

    Shapes: X (n_x, m) with n_x = side^2; degrees is a number or (m,), one for each picture. Any leading axes of X
    are separate models. A 6 turned by 180 degrees is a 9: keep the angle small.
    Source: Course 2, week 1, data augmentation.

    >>> rotated([[1.0], [0.0], [0.0], [0.0]], 90).round(9).ravel().tolist()    # upper left goes to lower left
    [0.0, 0.0, 1.0, 0.0]
    """
    X, row, col = _grid(X)
    angle, middle = np.deg2rad(_each("degrees", degrees, X.shape[-1])), row.max() / 2
    y, x = row - middle, col - middle
    return _resample(X, middle + y * np.cos(angle) + x * np.sin(angle), middle + x * np.cos(angle) - y * np.sin(angle))


def mirrored(X):
    """Square pictures with left and right exchanged: right for cats, wrong for most digits.

    Shapes: X (n_x, m) with n_x = side^2; any leading axes are separate models.
    Source: Course 2, week 1, data augmentation.

    >>> mirrored([[1.0], [2.0], [3.0], [4.0]]).ravel().tolist()
    [2.0, 1.0, 4.0, 3.0]
    """
    X, row, col = _grid(X)
    return X[..., (row * len(row) + col[:, ::-1]).ravel(), :]  # the pixel numbers, each row read backwards


def augment(X, rng, max_shift=1, max_degrees=10.0, noise=0.05):
    """New pictures out of old ones, a little turned, moved and speckled; each column keeps its place and its label.

    Shapes: X (n_x, m) with ink in [0, 1] -> the same; any leading axes are separate models and are distorted alike.
    By rng, each picture is turned by up to max_degrees, moved by whole pixels up to max_shift each way, and gets
    normal noise of that standard deviation, cut to [0, 1]. All >= 0.
    Source: Course 2, week 1, data augmentation.

    >>> X, Y = digits()
    >>> np.abs(augment(X, np.random.default_rng(0), max_shift=0, max_degrees=0, noise=0) - X).max().item()
    0.0
    """
    generator("rng", rng)
    X = in_range("X", finite("X", X, ndim=2), "[0, 1]", "distort the pictures before standardizing them")
    max_degrees, noise = number("max_degrees", max_degrees, "[0, inf)"), number("noise", noise, "[0, inf)")
    m, reach = np.shape(X)[-1], whole("max_shift", max_shift, "[0, inf)")
    X = rotated(X, rng.uniform(-max_degrees, max_degrees, m))
    X = shifted(X, *rng.integers(-reach, reach, (2, m), endpoint=True))
    return np.clip(X + noise * rng.normal(size=X.shape[-2:]), 0, 1)


def _shuffle(m, noise, rng):
    """The common checks of moons and circles, and what mixes their two classes and adds the noise.

    The numbers are scikit-learn's of a seed drawn from rng, bit for bit: its order of draws, from numpy's older generator.
    """
    whole("m", m, "[2, inf)", "each class needs an example")
    noise = number("noise", noise, "[0, inf)")
    draw = np.random.RandomState(generator("rng", rng).integers(2**31))

    def shuffle(first, second):
        order = draw.permutation(m)
        X = np.hstack([first, second])[:, order] + draw.normal(scale=noise, size=(m, 2)).T
        return X.copy(), (order >= m // 2)[None, :].astype(float)

    return shuffle


def _each(name, value, m):
    """A number for all pictures, or one for each of the m."""
    value = finite(name, value)
    if value.shape not in ((), (m,)):
        raise ValueError(f"{name} must be a number or have shape ({m},), got {value.shape}")
    return value


def _grid(X):
    """X as an array, and the row and the column number of each of its pixels, both (side, side, 1)."""
    X = finite("X", X, ndim=2)
    side = isqrt(X.shape[-2])
    if side**2 != X.shape[-2]:
        raise ValueError(f"X must hold square pictures, side^2 rows of pixels, got shape {X.shape}")
    return X, *np.indices((side, side, 1))[:2]


def _resample(X, row, col):
    """Each picture read at (row, col), (side, side, m or 1): bilinear between four neighbours, 0 outside."""
    side, m = len(row), X.shape[-1]
    pictures = X.reshape(*X.shape[:-2], side, side, m)
    framed = np.zeros((*X.shape[:-2], side + 2, side + 2, m))  # a ring of zeros: outside the picture there is no ink
    framed[..., 1:-1, 1:-1, :] = pictures
    row, col = np.clip(row + 1, 0, side + 1), np.clip(col + 1, 0, side + 1)
    i, j = np.minimum(row.astype(int), side), np.minimum(col.astype(int), side)
    u, v, k = row - i, col - j, np.arange(m)
    upper = (1 - v) * framed[..., i, j, k] + v * framed[..., i, j + 1, k]
    lower = (1 - v) * framed[..., i + 1, j, k] + v * framed[..., i + 1, j + 1, k]
    return ((1 - u) * upper + u * lower).reshape(X.shape)
