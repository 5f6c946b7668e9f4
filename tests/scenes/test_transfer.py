"""Few labels: fairness and honesty are what could break unseen."""

import pytest
from matplotlib.figure import Figure

from dlcourse import scenes


def test_with_nothing_reused_both_nets_are_one():
    """The fair comparison: same labels, same starts. Catches a start or a draw that only one of the two gets."""
    update = scenes.few_labels(Figure())
    *_, (_, sentence) = update(20, "ten digits", "no layer")
    assert update.facts["gain"] == pytest.approx(0, abs=1e-9), sentence


def test_a_net_thawed_at_the_start_is_free_and_one_never_thawed_is_frozen():
    """Catches a thaw that keeps the mask, or takes it away too early: up to the thaw the two are one run."""
    update = scenes.few_labels(Figure())
    for _ in update(20, "good or bad records", "layers 1 and 2", thaw=150):
        pass
    assert update.facts["thawing"] == 0 and update.facts["each"].shape == (2, 5) and "lr" in update.idle
    for done, _ in update(20, "good or bad records", "layers 1 and 2", thaw=75):
        assert done > 75 / 150 or update.facts["thawing"] == 0
    assert update.facts["thawing"] > 3 and update.facts["each"].shape == (3, 5) and not update.idle
