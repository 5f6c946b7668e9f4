"""theta and its named views: the two directions undo each other, views are views, nothing fits by accident."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.parameters import mask, pack, size, unpack

SHAPES = {"W1": (4, 2), "b1": (4, 1), "W2": (3, 4), "b2": (3, 1)}
some_shapes = st.dictionaries(
    st.text("Wbgm12", min_size=1), st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=5
)


@given(some_shapes, st.lists(st.integers(1, 3), max_size=2))
def test_pack_undoes_unpack(shapes, models):
    """Any shapes, any leading axes. Catches a wrong order, a transposed layout, a lost axis."""
    theta = np.arange(float(np.prod(models, dtype=int) * size(shapes))).reshape(*models, size(shapes))
    parts = unpack(theta, shapes)
    assert {name: part.shape for name, part in parts.items()} == {n: (*models, *s) for n, s in shapes.items()}
    np.testing.assert_array_equal(pack(parts, shapes), theta)
    np.testing.assert_array_equal(pack(dict(reversed(parts.items())), shapes), theta)


def test_layout_is_row_by_row_in_the_order_of_the_shapes():
    parts = unpack(np.arange(27.0), SHAPES)
    np.testing.assert_array_equal(parts["W1"], [[0, 1], [2, 3], [4, 5], [6, 7]])
    np.testing.assert_array_equal(parts["b1"].ravel(), [8, 9, 10, 11])
    np.testing.assert_array_equal(parts["W2"][1], [16, 17, 18, 19])
    assert list(parts) == list(SHAPES) and size(SHAPES) == 27


@pytest.mark.parametrize("theta", [np.zeros(27), np.zeros((5, 27)), np.zeros((27, 5)).T, np.zeros((5, 54))[:, ::2]])
def test_unpack_gives_read_only_views_and_leaves_theta_writable(theta):
    parts = unpack(theta, SHAPES)
    for part in parts.values():
        assert np.shares_memory(part, theta)
        with pytest.raises(ValueError, match="read-only"):
            part[...] = 1.0
    theta[..., 0] = 7.0
    assert (parts["W1"][..., 0, 0] == 7.0).all()


def test_pack_makes_a_new_vector():
    theta = np.zeros(27)
    assert not np.shares_memory(pack(unpack(theta, SHAPES), SHAPES), theta)


def test_stacked_equals_looped():
    theta = np.random.default_rng(0).normal(size=(2, 3, 27))
    parts = unpack(theta, SHAPES)
    for k in np.ndindex(2, 3):
        for name, part in unpack(theta[k], SHAPES).items():
            np.testing.assert_array_equal(parts[name][k], part)
        np.testing.assert_array_equal(pack(parts, SHAPES)[k], theta[k])


@given(st.sets(st.sampled_from(list(SHAPES))))
def test_mask_is_one_on_the_named_parameters_only(names):
    """Catches the museum's "unfreeze freezes": the mask of all names is all ones, of no name all zeros."""
    parts = unpack(mask(SHAPES, names), SHAPES)
    for name, part in parts.items():
        assert (part == float(name in names)).all()


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: unpack(np.zeros(26), SHAPES), r"theta must end in 27 entries for W1, b1, W2, b2, got shape \(26,\)"),
        (lambda: unpack(np.zeros(28), SHAPES), "theta must end in 27 entries"),
        (lambda: unpack(np.zeros((27, 1)), SHAPES), "theta must end in 27 entries"),
        (lambda: unpack(1.0, SHAPES), r"got shape \(\)"),
        (lambda: pack({"W1": np.zeros((4, 2))}, SHAPES), "arrays must have exactly the names W1, b1, W2, b2, got W1"),
        (lambda: pack({"b": np.zeros((1, 2))}, {"b": (2, 1)}), r"b must have shape \(2, 1\), got \(1, 2\)"),
        (lambda: pack({"b": np.zeros(2)}, {"b": (2, 1)}), r"b must have shape \(2, 1\), got \(2,\)"),
        (lambda: mask(SHAPES, ["W3"]), "names must be among W1, b1, W2, b2, got W3"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
