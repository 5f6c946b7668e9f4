"""Data: the temperatures against their source, shapes in the plane by their formulas, the laws of augmentation."""

import gzip
import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import datasets as oracle

from dlcourse import datasets

X8 = np.random.default_rng(1).uniform(size=(64, 5))  # five pictures, no two pixels alike


def rng(seed=0):
    return np.random.default_rng(seed)


def test_temperatures_are_those_of_the_source():
    """The figures were taken from the package's own file: catches a lost, doubled or edited day."""
    dates, celsius = datasets.temperatures("C")
    assert dates.dtype == "datetime64[D]" and celsius.dtype == float and celsius.shape == (1461,)
    assert (np.diff(dates) == np.timedelta64(1, "D")).all()
    assert (str(dates[0]), str(dates[-1])) == ("2012-01-01", "2015-12-31")
    assert (celsius[0], celsius[-1], celsius.max(), celsius.min()) == (12.8, 5.6, 35.6, -1.6)
    years = dates.astype("datetime64[Y]").astype(int) + 1970
    totals = [celsius[years == year].sum().round(1) for year in (2012, 2013, 2014, 2015)]
    assert totals == [5591.3, 5861.5, 6203.5, 6361.2]


def test_fahrenheit_is_the_default_and_exact():
    dates, fahrenheit = datasets.temperatures()
    celsius = datasets.temperatures("C")[1]
    np.testing.assert_allclose((fahrenheit - 32) * 5 / 9, celsius, atol=1e-12)
    assert fahrenheit[0] == pytest.approx(55.04)


def test_london_is_the_notes():
    """Syllabus 12.02: 40 F is 4 C and 49 F is 9 C, cut to whole degrees in the notes; 60 F is 15 C."""
    days, fahrenheit = datasets.london()
    assert dict(zip(days.tolist(), fahrenheit.tolist())) == {1: 40, 2: 49, 3: 45, 180: 60, 181: 56}
    assert ((fahrenheit[[0, 1, 3]] - 32) / 1.8).astype(int).tolist() == [4, 9, 15]


def test_moons_lie_on_two_circles():
    X, Y = datasets.moons(200, 0.0, rng())
    centre = np.where(Y == 0, [[0.0], [0.0]], [[1.0], [0.5]])
    np.testing.assert_allclose(np.linalg.norm(X - centre, axis=0), 1, rtol=1e-12)
    assert (X[1, Y[0] == 0] > -1e-12).all() and (X[1, Y[0] == 1] < 0.5 + 1e-12).all()


@pytest.mark.parametrize("factor", [0.2, 0.5, 0.9])
def test_circles_have_their_radii(factor):
    X, Y = datasets.circles(200, 0.0, rng(), factor)
    np.testing.assert_allclose(np.linalg.norm(X, axis=0), np.where(Y[0] == 0, 1, factor), rtol=1e-12)


@pytest.mark.parametrize("C, turns", [(2, 1.0), (3, 0.5), (5, 2.0)])
def test_spirals_turn_with_the_radius(C, turns):
    """Turned back by its own angle, each point comes to rest on the axis of its class."""
    X, Y = datasets.spirals(300, 0.0, rng(), C, turns)
    r = np.linalg.norm(X, axis=0)
    assert 0 < r.min() < 0.1 and 0.9 < r.max() < 1
    back = (X[0] + 1j * X[1]) * np.exp(-2j * np.pi * turns * r)
    np.testing.assert_allclose(back, r * np.exp(2j * np.pi * Y[0] / C), atol=1e-12)


SHAPES = [datasets.moons, datasets.circles, datasets.spirals]


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_in_the_plane(shape):
    """Layout, balance, order and noise. Catches examples in rows, classes in turn, noise as a variance."""
    X, Y = shape(1000, 0.0, rng())
    assert X.shape == (2, 1000) and Y.shape == (1, 1000) and X.dtype == Y.dtype == float
    assert Y.sum() == 500
    assert (Y[0, 1:] == Y[0, :-1]).mean() == pytest.approx(0.5, abs=0.1)  # neither sorted nor alternating
    noisy, labels = shape(4000, 0.3, rng())
    clean, same = shape(4000, 0.0, rng())
    np.testing.assert_array_equal(labels, same)
    assert np.std(noisy - clean) == pytest.approx(0.3, rel=4 / np.sqrt(2 * 8000))


@pytest.mark.parametrize("shape", SHAPES)
def test_same_rng_same_points(shape):
    once, again = shape(50, 0.1, rng(3)), shape(50, 0.1, rng(3))
    np.testing.assert_array_equal(once[0], again[0])
    np.testing.assert_array_equal(once[1], again[1])
    source = rng(3)
    assert (shape(50, 0.1, source)[0] != shape(50, 0.1, source)[0]).any()  # the generator moves on
    np.random.seed(0)
    state = np.random.get_state()[1].copy()
    shape(50, 0.1, rng())
    np.testing.assert_array_equal(np.random.get_state()[1], state)


def same_to_the_bit(ours, X, y):
    """Numbers, types and the order in memory, on which the last bit of a product may depend."""
    for one, other in zip(ours, (X, y), strict=True):
        assert one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
        assert one.flags.c_contiguous == other.flags.c_contiguous and one.flags.f_contiguous == other.flags.f_contiguous


@settings(max_examples=200, deadline=None)
@given(
    st.integers(2, 2000), st.sampled_from([0.0, 1e-300]) | st.floats(0, 3), st.integers(0, 2**40), st.floats(0.01, 0.99)
)
def test_moons_and_circles_are_those_of_scikit_learn(m, noise, seed, factor):
    """Bit for bit, twice from one rng. Catches another order of draws, a half rounded up, a formula rearranged."""
    drawn, again = rng(seed), rng(seed)
    for shape, make, more in [
        (datasets.moons, oracle.make_moons, {}),
        (datasets.circles, oracle.make_circles, {"factor": factor}),
        (datasets.moons, oracle.make_moons, {}),
    ]:
        X, y = make(m, noise=noise, random_state=int(again.integers(2**31)), **more)
        same_to_the_bit(shape(m, noise, drawn, **more), X.T.copy(), y[None, :].astype(float))


def test_digits_are_those_of_scikit_learn_and_of_their_source():
    """Bit for bit, and the lines are those that SOURCE.md names. Catches a lost line, a class among the pixels."""
    X, y = oracle.load_digits(return_X_y=True)
    same_to_the_bit(datasets.digits(), X.T / 16, y[None, :].astype(float))
    lines = gzip.decompress((datasets.DATA / "digits.csv.gz").read_bytes())
    assert hashlib.sha256(lines).hexdigest() in (datasets.DATA / "SOURCE.md").read_text("utf-8")


def test_digits():
    X, Y = datasets.digits()
    assert X.shape == (64, 1797) and Y.shape == (1, 1797) and X.dtype == Y.dtype == float
    assert X.min() == 0 and X.max() == 1
    assert np.bincount(Y[0].astype(int)).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    first = X[:, 0].reshape(8, 8)  # a zero: ink around, none in the middle
    assert first[3:5, 3:5].sum() == 0 and first[:, 2].sum() > 2 and first[:, 5].sum() > 2


@given(st.lists(st.integers(0, 4), min_size=1, max_size=20))
def test_one_hot_and_argmax_are_inverse(classes):
    Y = np.array([classes])
    columns = datasets.one_hot(Y, 5)
    assert columns.shape == (5, len(classes)) and columns.dtype == float
    np.testing.assert_array_equal(columns.argmax(axis=0), classes)
    np.testing.assert_array_equal(columns.sum(axis=0), 1)
    np.testing.assert_array_equal(np.unique(columns), [0, 1])


@given(st.integers(-8, 8), st.integers(-8, 8))
def test_whole_shifts_move_pixels_exactly(right, down):
    """Catches right and left, or right and down, confused, and ink that wraps around as with np.roll."""
    expected = np.zeros((24, 24, 5))
    expected[8 + down : 16 + down, 8 + right : 16 + right] = X8.reshape(8, 8, 5)
    np.testing.assert_array_equal(datasets.shifted(X8, right, down).reshape(8, 8, 5), expected[8:16, 8:16])


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_shift_keeps_the_ink(right, down):
    """As long as none leaves the frame: fractions share it out among neighbours, and its middle moves just so far."""
    X = np.zeros((8, 8, 2))
    X[2:6, 2:6] = X8.reshape(8, 8, 5)[2:6, 2:6, :2]
    before, after = X.reshape(64, 2), datasets.shifted(X.reshape(64, 2), right, down)
    np.testing.assert_allclose(after.sum(axis=0), before.sum(axis=0), rtol=1e-12)
    row, col = np.indices((8, 8)).reshape(2, 64, 1)
    for position, moved in ((row, down), (col, right)):
        middle = [(position * picture).sum(axis=0) / picture.sum(axis=0) for picture in (before, after)]
        np.testing.assert_allclose(middle[1] - middle[0], moved, atol=1e-9)


def test_quarter_turns_are_those_of_numpy():
    for quarters in range(-4, 5):
        expected = np.rot90(X8.reshape(8, 8, 5), quarters).reshape(64, 5)
        np.testing.assert_allclose(datasets.rotated(X8, 90 * quarters), expected, atol=1e-13)


def test_small_turns_follow_scipy():
    """scipy's affine bilinear interpolation, with 0 outside, is the independent engine. Even and odd sides."""
    from scipy import ndimage

    for side in (7, 8):
        picture = rng(side).uniform(size=(side, side))
        for degrees in (-33.0, 5.0, 10.0, 120.0):
            a, middle = np.deg2rad(degrees), (side - 1) / 2
            matrix = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
            offset = middle - matrix @ [middle, middle]
            expected = ndimage.affine_transform(picture, matrix, offset, order=1, mode="grid-constant")
            np.testing.assert_allclose(
                datasets.rotated(picture.reshape(-1, 1), degrees).reshape(side, side), expected, atol=1e-12
            )


@settings(max_examples=30)
@given(st.floats(-720, 720))
def test_a_turn_neither_makes_nor_brightens_ink(degrees):
    X = datasets.rotated(X8, degrees)
    assert X.min() >= -1e-15 and X.max() <= X8.max() + 1e-12
    np.testing.assert_allclose(datasets.rotated(X8, degrees + 360), X, atol=1e-9)
    ring = np.hypot(*(np.indices((9, 9)) - 4)).reshape(81, 1)  # round about the middle, so every turn keeps its middle
    assert datasets.rotated(np.exp(-(ring**2)), degrees)[40, 0] == pytest.approx(1)


def test_mirroring_twice_is_nothing():
    np.testing.assert_array_equal(datasets.mirrored(X8).reshape(8, 8, 5), X8.reshape(8, 8, 5)[:, ::-1])
    np.testing.assert_array_equal(datasets.mirrored(datasets.mirrored(X8)), X8)


def test_each_picture_gets_its_own_distortion():
    """Vectors of shifts and angles, and stacks of pictures, equal one picture at a time."""
    stack, moves = np.stack([X8, 1 - X8]), np.array([-1.5, -1.0, 0.0, 0.3, 2.0])
    shifted, rotated = datasets.shifted(stack, moves, -moves), datasets.rotated(stack, 20 * moves)
    for k in range(2):
        np.testing.assert_array_equal(datasets.mirrored(stack)[k], datasets.mirrored(stack[k]))
        for i, move in enumerate(moves):
            one = stack[k, :, i : i + 1]
            np.testing.assert_allclose(shifted[k, :, i : i + 1], datasets.shifted(one, move, -move), atol=1e-15)
            np.testing.assert_allclose(rotated[k, :, i : i + 1], datasets.rotated(one, 20 * move), atol=1e-15)


def test_one_hot_stacks():
    Y = rng().integers(0, 3, (4, 1, 6))
    for k, columns in enumerate(datasets.one_hot(Y, 3)):
        np.testing.assert_array_equal(columns, datasets.one_hot(Y[k], 3))


def test_augment():
    """Nothing asked, nothing changed; otherwise every column changes in its own way, within [0, 1], by its own rng."""
    same = np.repeat(X8[:, :1], 50, axis=1)
    before = same.copy()
    np.testing.assert_array_equal(datasets.augment(same, rng(), 0, 0.0, 0.0), same)
    new = datasets.augment(same, rng())
    np.testing.assert_array_equal(new, datasets.augment(same, rng()))
    np.testing.assert_array_equal(same, before)
    assert new.shape == same.shape and new.min() >= 0 and new.max() <= 1
    assert len(np.unique(new, axis=1).T) == 50
    stacked = datasets.augment(np.stack([X8, 1 - X8]), rng())
    np.testing.assert_array_equal(stacked[1], datasets.augment(1 - X8, rng()))


def test_augment_keeps_to_its_limits():
    """Only shifts: all nine of them and no other. Only noise: its standard deviation. Catches a missing endpoint."""
    dot = np.zeros((64, 500))
    dot[27] = 1.0  # row 3, column 3
    landed = np.unique(datasets.augment(dot, rng(), 1, 0.0, 0.0).argmax(axis=0))
    assert landed.tolist() == [18, 19, 20, 26, 27, 28, 34, 35, 36]
    grey = np.full((64, 500), 0.5)
    assert np.std(datasets.augment(grey, rng(), 0, 0.0, 0.05)) == pytest.approx(0.05, rel=0.02)
    bar = np.zeros((9, 9, 500))
    bar[4] = 1.0
    turned = datasets.augment(bar.reshape(81, 500), rng(), 0, 10.0, 0.0).reshape(9, 9, 500)
    slope = ((np.arange(9)[:, None] - 4) * turned[:, 8]).sum(axis=0) / turned[:, 8].sum(axis=0)
    assert 0.9 < np.abs(slope).max() / (4 * np.tan(np.deg2rad(10))) < 1.15 and slope.min() < 0 < slope.max()


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: datasets.temperatures("K"), "unit must be one of F, C, got 'K'"),
        (lambda: datasets.moons(1, 0.1, rng()), r"m must be in \[2, inf\), got 1"),
        (lambda: datasets.moons(100.0, 0.1, rng()), "m must be a whole number"),
        (lambda: datasets.moons(100, -0.1, rng()), r"noise must be in \[0, inf\), got -0.1"),
        (lambda: datasets.moons(100, np.nan, rng()), "noise must be in"),
        (
            lambda: datasets.moons(100, 0.1, 0),
            r"rng must be a random generator, such as np.random.default_rng\(0\), got 0",
        ),
        (lambda: datasets.circles(0, 0.1, rng()), "m must be in"),
        (lambda: datasets.circles(100, 0.1, rng(), factor=1.0), r"factor must be in \(0, 1\), got 1.0"),
        (lambda: datasets.circles(100, 0.1, np.random), "rng must be a random generator"),
        (lambda: datasets.spirals(2, 0.1, rng(), C=3), r"m must be in \[3, inf\), got 2; each class needs an example"),
        (lambda: datasets.spirals(20, 0.1, rng(), C=1), "C must be in"),
        (lambda: datasets.spirals(20, 0.1, rng(), turns=0.0), "turns must be in"),
        (lambda: datasets.spirals(20, -1.0, rng()), "noise must be in"),
        (lambda: datasets.spirals(20, 0.1, None), "rng must be a random generator"),
        (lambda: datasets.one_hot([0, 1], 2), "Y must have at least 2 axes"),
        (lambda: datasets.one_hot([[0, 1], [1, 0]], 2), r"Y must have shape \(1, m\), got \(2, 2\)"),
        (lambda: datasets.one_hot([[0, 3]], 3), "Y must hold whole numbers from 0 to 2, got 3.0"),
        (lambda: datasets.one_hot([[0, -1]], 3), "got -1.0"),
        (lambda: datasets.one_hot([[0.5]], 3), "got 0.5"),
        (lambda: datasets.one_hot([[np.nan]], 3), "Y must be finite"),
        (lambda: datasets.one_hot([[0]], 1), "C must be in"),
        (lambda: datasets.one_hot([["cat"]], 2), "Y must be made of numbers"),
        (lambda: datasets.shifted(np.zeros((63, 2)), 1, 0), r"X must hold square pictures, .* got shape \(63, 2\)"),
        (lambda: datasets.shifted(np.zeros(64), 1, 0), "X must have at least 2 axes"),
        (lambda: datasets.shifted(X8, np.nan, 0), "right must be finite"),
        (lambda: datasets.shifted(X8, 0, np.inf), "down must be finite"),
        (lambda: datasets.shifted(X8, [1, 2], 0), r"right must be a number or have shape \(5,\), got \(2,\)"),
        (lambda: datasets.rotated(X8, [1.0, 2.0]), r"degrees must be a number or have shape \(5,\), got \(2,\)"),
        (lambda: datasets.rotated(X8, np.nan), "degrees must be finite"),
        (lambda: datasets.rotated(np.full((64, 1), np.nan), 5.0), "X must be finite"),
        (lambda: datasets.mirrored(np.zeros((2, 3))), "X must hold square pictures"),
        (lambda: datasets.augment(16 * X8, rng()), r"X must be in \[0, 1\], .* before standardizing"),
        (lambda: datasets.augment(X8, 0), "rng must be a random generator"),
        (lambda: datasets.augment(X8, rng(), max_shift=-1), "max_shift must be in"),
        (lambda: datasets.augment(X8, rng(), max_shift=0.5), "max_shift must be a whole number"),
        (lambda: datasets.augment(X8, rng(), max_degrees=-1.0), "max_degrees must be in"),
        (lambda: datasets.augment(X8, rng(), noise=-0.1), "noise must be in"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
