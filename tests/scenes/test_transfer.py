"""Transfer: fairness and honesty are what could break unseen, and pictures that are not those they are said to be."""

import numpy as np
import pytest
from figures import on_a_figure
from matplotlib.figure import Figure

from dlcourse import scenes
from dlcourse.live import choice, live, slider
from dlcourse.parameters import unpack
from dlcourse.scenes import transfer
from dlcourse.scenes.kept import Kept
from dlcourse.scenes.transfer import NET, SOURCES, mosaic, prepared, pretrained

pytestmark = pytest.mark.usefixtures("close_labs")


def test_with_nothing_reused_both_nets_are_one():
    """The fair comparison: same labels, same starts. Catches a start or a draw that only one of the two gets."""
    update = scenes.few_labels(Figure())
    *_, (_, sentence) = update(20, "ten digits", "no layer")
    assert update.facts["gain"] == pytest.approx(0, abs=1e-9), sentence


def test_the_layers_learn_where_it_can_be_seen_and_once(monkeypatch):
    """Both figures show the borrowed layers learn, epoch by epoch. Catches a kernel that is silent for a third of a second."""
    monkeypatch.setattr(transfer, "pretrained", Kept(transfer.pretraining))
    layer, few = scenes.first_layer(Figure()), scenes.few_labels(Figure())
    first = [sentence for _, sentence in layer("good or bad records", 3)]
    found = dict(layer.facts)
    assert [f"epoch {k} of 5" in sentence for k, sentence in enumerate(dict.fromkeys(first))] == [True] * 5 + [False]
    assert [done for done, _ in layer("good or bad records", 3)] == [1.0] and layer.facts == found
    said = [sentence for _, sentence in few(20, "zeros and ones", "layer 1")]
    assert sum("learn their own task" in sentence for sentence in dict.fromkeys(said)) == 10
    assert not any("own task" in sentence for _, sentence in few(40, "zeros and ones", "layer 1"))


def test_a_net_thawed_at_the_start_is_free_and_one_never_thawed_is_frozen():
    """Catches a thaw that keeps the mask, or takes it away too early: up to the thaw the two are one run."""
    update = scenes.few_labels(Figure())
    for _ in update(20, "good or bad records", "layers 1 and 2", thaw=150):
        pass
    assert update.facts["thawing"] == 0 and update.facts["each"].shape == (2, 5) and "lr" in update.idle
    for done, _ in update(20, "good or bad records", "layers 1 and 2", thaw=75):
        assert done > 75 / 150 or update.facts["thawing"] == 0
    assert update.facts["thawing"] > 3 and update.facts["each"].shape == (3, 5) and not update.idle


def tiles(axes, rows, columns):
    """The pictures of a mosaic: (rows * columns, 64)."""
    parts = np.asarray(axes.images[0].get_array()).reshape(rows, 10, columns, 10).swapaxes(1, 2)
    return parts[:, :, 1:9, 1:9].reshape(rows * columns, 64)


def test_a_mosaic_shows_each_picture_upright_and_in_its_place():
    axes = Figure().subplots()
    X = np.random.default_rng(0).random((64, 5))
    mosaic(axes, 2, 3)(X)
    image = axes.images[0].get_array()
    assert image[11:19, 1:9].tolist() == X[:, 3].reshape(8, 8).tolist() and (image[10:, 20:] == 0).all()
    assert axes.get_xlim() == (-0.5, 2.5) and axes.get_ylim() == (1.5, -0.5)


def test_a_bad_record_differs_from_the_good_one_in_three_rows():
    """The pair stand one above the other; zeros stand above ones."""
    fig, update = on_a_figure(scenes.first_layer)
    for _ in update("good or bad records", 1):
        pass
    good, bad = tiles(fig.axes[0], 2, 6).reshape(2, 6, 8, 8)
    for above, below in zip(good, bad):
        changed = np.flatnonzero((above != below).any(axis=1))
        assert 1 <= len(changed) and np.ptp(changed) <= 3  # 24 pixels in a row touch at most four rows


def test_the_unit_that_is_pressed_is_the_one_that_is_excited():
    lab = live(scenes.first_layer, source=choice(["not trained", *SOURCES]), unit=(1, 24, 1))
    task, exciting, layer = lab.frame.figure.axes
    lab.set(source="ten digits")
    lab.press("unit", 14)
    assert lab.values["unit"] == 15
    assert layer.patches[0].get_bbox().contains(2, 1)  # the third of the second row
    W, pictures = tiles(layer, 2, 12)[14], prepared()[1][0]
    np.testing.assert_array_equal(tiles(exciting, 2, 4), pictures[:, np.argsort(-(W @ pictures))[:8]].T)


def test_the_layers_shown_are_those_of_the_nets():
    """Frozen is the reused layer to the last digit; thawed at step 75 it has moved; scratch is neither."""
    fig, update = on_a_figure(scenes.few_labels, size=(8.4, 5.6))
    for _ in update(20, "ten digits", "layers 1 and 2", thaw=75):
        pass
    scratch, frozen, thawed = (tiles(axes, 2, 4) for axes in fig.axes[3:])
    *_, nets = pretrained("ten digits")
    W = unpack(*nets[-1])["W1"]
    assert {tuple(unit) for unit in frozen} <= {tuple(unit) for unit in W} and update.facts["moved"] > 0.1
    assert not np.isclose(thawed, frozen).all() and np.abs(thawed - frozen).mean() < np.abs(scratch - frozen).mean()
    assert fig.axes[5].get_visible()
    for _ in update(20, "ten digits", "layers 1 and 2", thaw=150):
        pass
    assert not fig.axes[5].get_visible() and NET.shapes["W1"] == (64, 64)


def test_the_hand_sets_labels_and_thaw(first_frame_only):
    lab = live(
        scenes.few_labels,
        labels=slider(10, 400, 10, step=10),
        source=choice(SOURCES),
        reused=choice(["no layer", "layer 1", "layers 1 and 2"], "layers 1 and 2"),
        thaw=slider(0, 150, 150, step=5),
    )
    lab.drag("labels", 83, 50)
    lab.drag("thaw", 61, 50)
    assert (lab.values["labels"], lab.values["thaw"]) == (80, 60)
    course, ends = lab.frame.figure.axes[:2]
    assert [axes.lines[-1].get_xdata()[0] for axes in (course, ends)] == [60, 80]
    lab.set(reused="no layer")
    assert list(lab.handles) == ["labels"]
