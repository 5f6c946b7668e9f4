"""The scenes of softmax: the notes' numbers, borders, two classes, the 1/m, and large logits."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from dlcourse import scenes


def test_the_figure_says_the_notes_numbers():
    """19.03, and what a temperature does."""
    update = scenes.probabilities(Figure())
    assert "is 176.3; cat gets 148.4 of it, a probability of 0.842" in update(5.0, 2.0, -1.0, 3.0)
    largest = []
    for T in (0.2, 1.0, 20.0):
        update(5.0, 2.0, -1.0, 3.0, T)
        largest.append(update.facts["largest"])
        assert update.facts["a"].sum() == pytest.approx(1)
    assert largest[0] > 0.99 and largest[2] < 0.3


def borders(fig=None, **controls):
    fig = fig or Figure()
    update = scenes.class_borders(fig)
    for _ in update(**controls):
        pass
    return update.facts["right"], np.asarray(fig.axes[0].images[0].get_array())


def is_convex(region):
    """Along no row is a class left and entered again: so it is when borders are straight."""
    return all((np.diff(row.astype(int)) == 1).sum() + row[0] <= 1 for row in np.concatenate([region, region.T]))


def test_borders_are_straight_without_hidden_layers_and_bend_with_them():
    """19.04: each class has a convex region where z is linear in x, whatever the number of linear layers."""
    for hidden, activation in ((0, "tanh"), (16, "linear")):
        right, said = borders(data="spirals", hidden=hidden, activation=activation)
        assert right < 0.7 and all(is_convex(said == c) for c in range(3))
    right, said = borders(data="spirals", hidden=16)
    assert right > 0.95 and not all(is_convex(said == c) for c in range(3))
    assert borders(data="clouds", hidden=0)[0] > 0.95


def test_two_classes_are_the_sigmoid_of_the_difference():
    update = scenes.two_classes(Figure())
    assert update(1.0, -1.0).endswith("0.8808; the sigmoid of 2.0 gives the same.")


@pytest.mark.parametrize("m", [1, 4, 16])
def test_the_gradient_of_J_has_the_factor_one_over_m(m):
    """E16, by the slopes that the figure finds by nudging."""
    update = scenes.logit_gradient(Figure())
    assert "as the nudge does" in update(1.0, 2.0, 0.0, m)
    np.testing.assert_allclose(m * update.facts["dZ"], [-0.7553, 0.6652, 0.0900], atol=1e-4)


def test_only_the_bare_formula_fails():
    update = scenes.large_logits(Figure())
    for c in (-1000, -800, 0, 700, 720, 1000):
        assert update(c).endswith("0.867, 0.117, 0.016.")
        assert update.facts["fails"] == (c < -745 or c > 707), c


def test_what_is_no_number_has_no_bar():
    """A bar of height 0 would say 0."""
    fig = Figure()
    update = scenes.large_logits(fig)
    bare = fig.axes[0].containers[1]
    for c, numbers in ((0.0, 3), (1000.0, 0), (709.0, 2), (0.0, 3)):
        update(c)
        assert sum(bar.get_visible() for bar in bare) == np.isfinite(update.facts["bare"]).sum() == numbers
        assert [text.get_text() for text in fig.axes[0].texts].count("no number") == 3 - numbers
