"""The notes' recipe. Fairness and honesty are what could break unseen."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from dlcourse.datasets import digits
from dlcourse.live import choice, live, log_slider
from dlcourse.scenes.recipe import RECIPE, SEEDS, STEPS, recipe, splits

pytestmark = pytest.mark.usefixtures("close_labs")


@pytest.fixture(scope="module")
def update():
    return recipe(Figure())


def final(update, **changes):
    *_, last = update(**{**RECIPE, "test": False, **changes})
    return last, update.facts["ahead"]


def test_the_recipe_is_the_notes_table():
    """Syllabus 21.05: He, ELU, batch norm for a deep net, early stopping with L2, momentum, one-cycle."""
    expected = dict(
        start="He", activation="elu", batch_norm=True, early_stopping=True, optimizer="momentum", cycle=True
    )
    assert expected.items() <= RECIPE.items() and RECIPE["lambd"] > 0


def test_the_sets_of_a_seed_share_no_digit():
    """Catches a split that leaks: every one of the 1797 pictures lies in exactly one set."""
    parts = splits()
    assert [X.shape[-1] for X, _ in parts] == [300, 300, 1197]
    for seed in range(SEEDS):
        pictures = np.concatenate([X[seed] for X, _ in parts], axis=-1)
        assert len(np.unique(pictures, axis=1).T) == len(np.unique(digits()[0], axis=1).T)
    assert not np.array_equal(parts[0][0][0], parts[0][0][1])


def test_the_recipe_equals_its_own_line(update):
    """The same run twice gives the same numbers: nothing is left behind, no randomness is shared."""
    assert final(update)[1] == 0 == final(update)[1]


def test_the_test_set_is_closed_until_it_is_asked_for(update):
    (_, sentence), ahead = final(update)
    assert "still closed" in sentence
    (_, sentence), opened = final(update, test=True)
    assert "; test " in sentence and opened == ahead  # looking does not change the choice


def test_zeros_never_learn_without_batch_norm(update):
    (_, sentence), ahead = final(update, start="zeros", batch_norm=False)
    assert ahead < -60, sentence


def test_divergence_is_said(update):
    (done, sentence), _ = final(update, start="normal, 1", batch_norm=False)
    assert done == 1 and "overflows" in sentence


def test_every_seed_is_drawn_be_it_far_below_the_axis():
    """A3 of the review: a net that only guesses left an empty panel. Now each seed is a dot or an arrow at the edge."""
    fig = Figure()
    update = recipe(fig)
    for changes, arrows in (({"start": "zeros", "batch_norm": False}, 5), ({"activation": "sigmoid"}, 0)):
        final(update, **changes)
        ends = fig.axes[1]
        low, high = ends.get_ylim()
        shown = {line.get_marker(): np.asarray(line.get_ydata(), float) for line in ends.lines}
        assert len(shown["v"]) == arrows and len(shown["s"]) == SEEDS - arrows
        assert all(low <= y <= high for y in (*shown["v"], *shown["s"]))


def test_differences_are_taken_seed_by_seed(update):
    """Catches means compared with means, or a reference of other splits: the dots overlap, and yet all five are lower."""
    final(update, activation="sigmoid")
    facts = update.facts
    assert facts["by_seed"].shape == (SEEDS,) and facts["won"] == 0 and facts["spread"] > -facts["ahead"] > 1


def test_the_alpha_that_is_drawn_is_the_one_of_each_update(monkeypatch):
    """Also catches a dot that does not stand on the curve."""
    fig, used, momentum = Figure(), [], STEPS["momentum"]
    update = recipe(fig)

    def noted(theta, grad, state=None, *, lr):
        used.append(float(np.ravel(lr)[0]))
        return momentum(theta, grad, state, lr=lr)

    monkeypatch.setitem(STEPS, "momentum", noted)
    for cycle in (True, False):
        used.clear()
        final(update, cycle=cycle, lr=0.2)
        curve, dot = fig.axes[2].lines
        epoch, drawn = (np.asarray(values, float) for values in curve.get_data())
        np.testing.assert_allclose(used, drawn)
        assert drawn.max() == pytest.approx(0.2, rel=0.01)
        assert np.interp(dot.get_xdata()[0], epoch, drawn) == pytest.approx(dot.get_ydata()[0], rel=0.01)


def test_the_hand_moves_alpha_and_opens_the_test_set():
    start = {name: value for name, value in RECIPE.items() if isinstance(value, bool)}
    words = {name: choice([value]) for name, value in RECIPE.items() if isinstance(value, str)}
    lab = live(recipe, **start, **words, lambd=(0.0, 20.0, 1.0), lr=log_slider(0.001, 10, start=0.5), test=False)
    lid = lab.frame.figure.axes[1].patches[0]
    assert lid.get_visible() and "still closed" in lab.caption
    lab.drag("highest alpha", 12, 0.01)
    assert lab.values["lr"] == 0.01
    lab.press("test set", 0)
    assert lab.values["test"] is True and not lid.get_visible() and "; test " in lab.caption
