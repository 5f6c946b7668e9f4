"""The picture of the first program: what flows back on the arrows is what autodiff adds up."""

import pytest
from matplotlib.figure import Figure

from dlcourse import scenes


def test_the_two_gradients_on_the_arrows_are_those_of_w():
    """Catches a label on the wrong arrow, and a box whose gradient is not the sum of its arrows."""
    fig = Figure()
    update = scenes.first_program(fig)
    sentence = update(0.1, 10, -10.0, 25.0)
    texts = [text.get_text() for text in fig.axes[1].texts]
    assert "2w · 1 = 8.926" in texts and "b · 1 = -10" in texts and "w = 4.463\ngradient -1.074" in texts
    assert sentence.endswith("back to w come 8.926 and -10, together -1.074.")
    places = {text.get_text(): text.get_position()[0] for text in fig.axes[1].texts}
    assert places["2w · 1 = 8.926"] < 0.5 < places["b · 1 = -10"]  # on the arrow to the square, and to the product


def test_climbing_out_is_said():
    update = scenes.first_program(Figure())
    assert "further off with each step" in update(1.1, 5, -10.0, 25.0)
    assert "further off" not in update(0.9, 5, -10.0, 25.0) and update.facts["minimum"] == pytest.approx((5, 0))
