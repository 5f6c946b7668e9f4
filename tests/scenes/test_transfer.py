"""Few labels: fairness and honesty are what could break unseen."""

import pytest
from matplotlib.figure import Figure

from dlcourse import scenes


def test_with_nothing_reused_both_nets_are_one():
    """The fair comparison: same labels, same starts. Catches a start or a draw that only one of the two gets."""
    update = scenes.few_labels(Figure())
    *_, (_, sentence) = update(20, "ten digits", "no layer", True)
    assert update.facts["gain"] == pytest.approx(0, abs=1e-9), sentence
