"""The dropout scenes: their sentences and dots against what the mask must do."""

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import datasets, live, scenes
from dlcourse.scenes.dropout import BACKWARD, WHEN

pytestmark = pytest.mark.usefixtures("close_labs")


def test_the_lectures_layer():
    """Syllabus 4.03: keep_prob 0.8, 50 units, 10 off, a fifth too small without the division."""
    lab = live.live(scenes.next_z, keep_prob=(0.1, 1.0, 0.8), units=(1, 500, 50))
    assert "10.0 units are off" in lab.caption and "is 1.00 with" in lab.caption and "0.80 without" in lab.caption
    for keep_prob in (0.3, 0.5, 1.0):
        lab.set(keep_prob=keep_prob)
        facts = lab.update.facts
        assert abs(facts["kept"] - 1) < 0.03
        assert facts["shrunk"] == pytest.approx(keep_prob * facts["kept"], rel=1e-12)


def test_a_gradient_check_finds_the_mask_that_is_not_the_same():
    """Errors of the mask show below the dropped layers and nowhere else; without dropout all five ways are one."""
    lab = live.live(scenes.mask_in_backward, way=BACKWARD, keep_prob=(0.1, 1.0, 0.8), draw=(1, 10, 1))
    for draw in (1, 2, 3):
        for way in BACKWARD:
            lab.set(way=way, keep_prob=0.6, draw=draw)
            assert lab.update.facts["passes"] == (way == BACKWARD[0]), way
            if way in BACKWARD[1:4]:
                assert "wrong are W1, b1, W2, b2." in lab.caption
    for way in BACKWARD:
        lab.set(way=way, keep_prob=1.0)
        assert lab.update.facts["passes"], way


def test_a_dropped_unit_has_no_connections():
    X, Y = datasets.moons(100, 0.3, np.random.default_rng(1))
    lab = live.live(
        scenes.dropped_units, X, Y, keep_prob1=(0.1, 1.0, 0.5), keep_prob2=(0.1, 1.0, 0.8), step=(1, 20, 1), when=WHEN
    )
    edges = lab.frame.figure.axes[0].collections[0]
    for step in range(1, 8):
        lab.set(step=step)
        one, two, three, four = lab.update.facts["on"]
        assert (np.array(edges.get_linewidths()) > 0).sum() == one * two + two * three + three * four
    lab.set(when="test")
    assert lab.update.facts["on"] == [2, 8, 6, 1]
    now, whole = lab.caption.split("answers ")[1].rstrip(".").split(", the whole one ")
    assert now == whole


def test_training_with_dropout():
    """J falls nearly always without dropout and not with it; masks are new, unless they shall not be."""
    X, Y = datasets.moons(100, 0.3, np.random.default_rng(1))
    lab = live.live(
        scenes.dropout_training, X, Y, X, Y, keep_prob1=(0.1, 1.0, 1.0), keep_prob2=(0.1, 1.0, 1.0), new_masks=True
    )
    rises = {}
    for keep_prob, new in ((1.0, True), (0.5, True), (0.5, False)):
        lab.set(keep_prob1=keep_prob, keep_prob2=keep_prob, new_masks=new)
        rises[keep_prob, new] = lab.update.facts["rises"]
        assert lab.update.facts["error"] == lab.update.facts["dev_error"]
    assert rises[1.0, True] < 0.2 and rises[0.5, False] < 0.2 and rises[0.5, True] > 0.35


def test_a_cost_below_the_axis_is_an_arrow_and_the_colours_of_the_edges_are_named():
    """One mask for ever: J of the step goes on falling, far below what is drawn."""
    X, Y = datasets.moons(100, 0.3, np.random.default_rng(1))
    fig, update = on_a_figure(scenes.dropout_training, X, Y, X, Y)
    low = fig.axes[1].get_ylim()[0]
    list(update(0.5, 0.5, new_masks=True))
    assert not arrows(fig.axes[1])
    list(update(0.5, 0.5, new_masks=False))
    noisy = fig.axes[1].lines[0].get_ydata()
    assert arrows(fig.axes[1])["v"][0] == pytest.approx([np.argmax(noisy < low), 600], abs=12) and noisy[-1] < low
    fig, _ = on_a_figure(scenes.dropped_units, X, Y)
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["weight above 0", "weight below 0"]


@pytest.fixture
def units():
    X, Y = datasets.moons(100, 0.3, np.random.default_rng(1))
    chances = dict(keep_prob1=(0.1, 1.0, 0.5), keep_prob2=(0.1, 1.0, 0.8))
    return live.live(scenes.dropped_units, X, Y, **chances, step=(1, 20, 1), when=WHEN, clicked=live.by_hand())


def written(lab):
    """What stands in the units, inputs first."""
    words = [text.get_text() for text in lab.frame.figure.axes[0].texts]
    return [word for word in words if not word or word.replace("-", "").replace(".", "").isdigit()]


def test_a_press_on_a_unit_turns_its_mask_round(units):
    """Each of the inputs and hidden units, and no other; pressed again it is as it was, and the output has no switch."""
    before, there = units.update.facts, [bool(word) for word in written(units)]
    assert len(there) == 17 and len(units.handles["units"].spots(units.values)) == 16
    for unit in range(16):
        units.press("units", unit)
        assert [bool(word) for word in written(units)] == [on ^ (k == unit) for k, on in enumerate(there)]
        assert "1 switched by hand" in units.caption
        assert sum(units.update.facts["on"]) == sum(before["on"]) + (-1 if there[unit] else 1)
        units.press("units", unit)
        assert units.update.facts == before and units.values["clicked"] is None
    units.press("units", 3)
    units.set(when="test")
    assert not units.handles and units.update.facts["on"] == [2, 8, 6, 1] and "by hand" not in units.caption


def test_a_unit_that_stays_says_twice_as_much_when_half_of_them_go(units):
    """Hidden layer 1 has whole inputs: its a is that of the whole net, divided by keep_prob; switched on by hand, too."""
    units.set(when="test")
    whole = written(units)
    units.set(when="training")
    for unit in range(2, 10):
        if not written(units)[unit]:
            units.press("units", unit)
        assert float(written(units)[unit]) == pytest.approx(float(whole[unit]) / 0.5, abs=0.16)


def test_more_masks_go_on_where_fewer_ended_and_both_grey_lines_can_be_dragged():
    lab = live.live(scenes.next_z, keep_prob=(0.1, 1.0, 0.8), masks=live.powers_of_two(1, 4096, 1024))
    shape, mean = lab.frame.figure.axes
    long = mean.lines[0].get_ydata()
    lab.drag("masks", 64, 1)
    np.testing.assert_allclose(mean.lines[0].get_ydata(), long[:64])
    assert lab.values["masks"] == 64 == mean.lines[-1].get_xdata()[0]
    lab.drag("keep prob", 0.4, 0.1)
    assert lab.values["keep_prob"] == 0.4 == shape.lines[-1].get_xdata()[0]
    lab.set(masks=4096)
    assert lab.update.facts["shrunk"] == pytest.approx(0.4, abs=0.02)  # the heap stands where the line does
