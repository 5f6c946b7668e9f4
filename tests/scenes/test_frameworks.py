"""The pictures of frameworks: what flows back on the arrows is what autodiff adds up; the hand on the parabola."""

from itertools import combinations, product

import numpy as np
import pytest
from figures import labs_of, on_a_figure

from dlcourse import scenes
from dlcourse.live import LARGER, live, log_slider
from dlcourse.scenes.frameworks import PLACES, PROGRAMS, SENT

pytestmark = pytest.mark.usefixtures("close_labs")


def written(fig, k):
    """What stands on the visible graph: {words: text}."""
    return {text.get_text(): text for text in fig.axes[k].texts if text.get_text() and text.get_visible()}


@pytest.mark.parametrize(
    "program, into_w, said",
    [
        (0, {"b · 1 = -10": "b w", "2w · 1 = 6": "w²"}, "-10 + 6 = -4"),
        (1, {"(w + b) · 1 = -7": "w (w + b)", "1 · 3 = 3": "w + b"}, "-7 + 3 = -4"),
    ],
)
def test_two_messages_come_to_w_and_it_has_their_sum(program, into_w, said):
    """Catches a label on the wrong arrow, a message not multiplied, and a box whose gradient is not the sum of its arrows."""
    fig, update = on_a_figure(scenes.computation_graph)
    sentence = update(PROGRAMS[program], 4, 3.0, -10.0)
    assert sentence.endswith(f"w has got {said}.") and f"w = 3\ngradient {said}" in written(fig, program)
    places = PLACES[program]
    for label, above in into_w.items():
        middle = np.mean([places["w"], places[above]], axis=0)
        assert any(
            text.get_text() == label and np.allclose(text.get_position(), middle) for text in fig.axes[program].texts
        ), label
    assert update.facts["gradient"] == sum(update.facts["arrived"]) == -4


def test_a_node_sends_only_in_its_turn():
    """Step by step: which arrows point back, and what w has by then."""
    fig, update = on_a_figure(scenes.computation_graph)
    w = {0: "?", 1: "?", 2: "?", 3: "-10", 4: "-10 + 6 = -4"}
    for step, gradient in w.items():
        update(PROGRAMS[0], step, 3.0, -10.0)
        assert f"w = 3\ngradient {gradient}" in written(fig, 0)
        shown = [text for text in fig.axes[0].texts if text.get_visible() and getattr(text, "arrow_patch", None)]
        back = [text for text in shown if text.xy[1] < text.get_position()[1]]
        assert len(shown) == 7 and len(back) == (0, 2, 4, 6, 7)[step]
        assert sum("·" in words for words in written(fig, 0)) == len({text for text in written(fig, 0) if "·" in text})
        colours = {text.get_color() for words, text in written(fig, 0).items() if "·" in words}
        assert colours == ({SENT} if step else set())


def test_no_label_is_hidden_under_a_box():
    """In both sizes, at every step and far from the start: what is written touches nothing else, and stays in the picture."""
    lab = labs_of("week3/05_frameworks")[0]
    for size in (lab.size, tuple(side / LARGER for side in lab.size)):
        lab.frame.resize(size, 900)
        for program, step, (w, b) in product(PROGRAMS, range(5), ((2.0, -10.0), (12.5, -19.5), (-2.5, -0.5))):
            lab.update(program=program, step=step, w=w, b=b)
            lab.frame.draw()
            renderer, (width, height) = lab.frame.canvas.get_renderer(), lab.frame.canvas.get_width_height()
            places = {
                words: (text.get_bbox_patch() or text).get_window_extent(renderer)
                for words, text in written(lab.frame.figure, PROGRAMS.index(program)).items()
            }
            for words, box in places.items():
                assert 0 <= box.x0 and box.x1 <= width and 0 <= box.y0 and box.y1 <= height, (size, words)
            for (one, a), (two, b_) in combinations(places.items(), 2):
                assert not a.overlaps(b_), (size, step, one, two)
    lab.frame.resize(lab.size, 900)
    lab.update(**lab.start)


def test_a_press_lets_a_node_send():
    lab = live(
        scenes.computation_graph, step=(0, 4, 0), program=[*PROGRAMS], w=(-3.0, 13.0, 2.0), b=(-20.0, 0.0, -10.0)
    )
    for program in PROGRAMS:
        lab.set(program=program)
        (name,) = lab.handles
        assert program in name
        for spot, node in enumerate(list(lab.update.facts["sent"])):
            lab.press(name, spot)
            assert lab.values["step"] == spot + 1 and lab.caption.startswith(f"{node} has gradient")
            assert lab.handles[name].spots(lab.values)[spot] == PLACES[PROGRAMS.index(program)][node]


def test_the_start_and_the_first_step_are_dragged_along_the_curve():
    """The start takes the pointer's w; the second dot goes where it is dragged, and the learning rate follows."""
    numbers = {"steps": (0, 60, 10), "b": (-20.0, 0.0, -10.0), "c": (0.0, 50.0, 25.0), "w0": (-3.0, 13.0, 0.0)}
    lab = live(scenes.first_program, lr=log_slider(0.001, 1.2, start=0.1), **numbers)
    path = lab.frame.figure.axes[0].lines[1]
    lab.drag("start", 11, 0)
    assert lab.values["w0"] == 11 and path.get_xydata()[0] == pytest.approx([11, 36])
    lab.drag("first step", -1, 0)  # to the place as far beyond the minimum
    assert lab.values["lr"] == 1 and path.get_xydata()[:3] == pytest.approx(np.array([[11, 36], [-1, 36], [11, 36]]))
    lab.drag("first step", 5, 0)
    assert lab.values["lr"] == 0.5 and path.get_xydata()[1] == pytest.approx([5, 0])
    lab.drag("start", 5, 0)
    lab.drag("first step", 9, 0)  # in the minimum there is no step to drag
    assert lab.values["lr"] == 0.5 and path.get_xydata()[1] == pytest.approx([5, 0])


def test_the_distance_is_that_to_the_minimum_and_climbing_out_is_said():
    fig, update = on_a_figure(scenes.first_program)
    assert "from side to side, further each time" in update(1.2, 10, -10.0, 25.0, 4.0)
    np.testing.assert_allclose(fig.axes[1].lines[0].get_ydata(), 1.4 ** np.arange(11))
    assert update(0.4, 10, -10.0, 25.0).endswith("= 0.2: nearer each time.")
    assert "from side to side, as far each time" in update(1.0, 5, -10.0, 25.0)
    assert "from side to side, nearer each time" in update(0.9, 5, -10.0, 25.0)
    assert update.facts["minimum"] == pytest.approx((5, 0))
