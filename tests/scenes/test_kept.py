"""Trainings that are kept: none is run twice, one that was dropped goes on, and an interrupted one begins anew."""

import numpy as np
import pytest
from figures import on_a_figure

from dlcourse import scenes
from dlcourse.datasets import moons, one_hot
from dlcourse.scenes.kept import Kept, abreast


@pytest.fixture
def diary():
    return []


@pytest.fixture
def kept(diary):
    def count(name, n):
        for k in range(n):
            diary.append(name)
            yield k

    return Kept(count, most=2)


def ends(run):
    return [frames[-1] for frames in run]


def test_a_training_that_has_ended_is_shown_by_its_end(kept, diary):
    assert ends(kept("a", 3)) == [0, 1, 2] and ends(kept("a", 3)) == [2] and diary == ["a"] * 3


def test_one_that_was_dropped_goes_on_where_it_was(kept, diary):
    run = kept("a", 4)
    next(run), next(run), run.close()
    assert ends(kept("a", 4)) == [1, 2, 3] and diary == ["a"] * 4


def test_two_that_look_at_one_training_both_see_its_end(kept, diary):
    """Two figures, in turn. Catches one that is told of the end by a list that it has seen before it was complete."""
    slow, quick = kept("a", 4), kept("a", 4)
    seen = len(next(slow))
    assert ends(quick) == [0, 1, 2, 3] and seen == 1
    assert ends(slow) == [3] and diary == ["a"] * 4


def test_the_oldest_goes_when_there_are_too_many_and_what_was_asked_for_lately_is_not_old(kept, diary):
    for name in "abacab":
        ends(kept(name, 1))
    assert diary == ["a", "b", "c", "b"] and len(kept._runs) == 2


def test_forgotten_is_what_was_left_half_way(kept, diary):
    ends(kept("a", 2))
    next(kept("b", 2))
    kept.forget()
    assert ends(kept("a", 2)) == [1] and ends(kept("b", 2)) == [0, 1]


def test_of_those_left_half_way_only_the_newest_go_on(diary):
    """Each holds what a running training needs: a deep net's buffers are 12 MB. Catches six of them, kept for ever."""

    def train(name):
        diary.append(name)
        yield from range(3)

    kept = Kept(train, most=4)
    for name in "abc":
        next(kept(name))
    assert [ends(kept(name))[-1] for name in "cba"] == [2, 2, 2] and diary == ["a", "b", "c", "a"]


def test_an_interrupted_training_is_not_taken_for_one_that_has_ended():
    """Catches a generator that an interrupt has closed, and whose few frames would pass for the whole."""
    strikes = [KeyboardInterrupt]

    def train(n):
        yield 0
        if strikes:
            raise strikes.pop()
        yield 1

    kept = Kept(train)
    with pytest.raises(KeyboardInterrupt):
        list(kept(2))
    assert ends(kept(2)) == [0, 1]


def test_a_pause_is_no_frame_and_comes_only_after_one():
    def train():
        yield from (None, "a", None, None, "b")

    kept = Kept(train)
    assert [len(frames) for frames in kept()] == [1, 1, 1, 2] and ends(kept()) == ["b"]


def test_runs_side_by_side_give_the_page_a_turn_after_each_step_of_each():
    """Catches a slice that has the steps of all runs in it, as many times longer as there are runs."""
    worked = []

    def train(name):
        for k in range(3):
            worked.append(name)
            yield k
            worked.append(name)
            yield None

    kept, done = Kept(train), []
    for lists in abreast([kept("a"), kept("b")]):
        assert len(set(map(len, lists))) == 1
        done.append(len(worked))
    assert max(np.diff(done)) == 1 and len(lists[0]) == 3


def test_runs_side_by_side_show_as_many_frames_of_each_also_of_one_that_is_ahead(kept):
    ends(kept("a", 3))
    assert [list(map(len, lists)) for lists in abreast([kept("a", 3), kept("b", 3)])] == [[1, 1], [2, 2], [3, 3]]
    assert [list(map(len, lists)) for lists in abreast([kept("a", 3), kept("b", 3)])] == [[3, 3]]


@pytest.mark.parametrize("scene, values", [("learning_from_each_start", (2, 0.1, "tanh")), ("layers_of_z", (150,))])
def test_a_training_seen_to_its_last_step_needs_no_more_memory(graphs, scene, values):
    """Catches a scene that stops looking before its training has ended: the graph stays, to go on with a step never asked for."""
    X, Y = moons(200, 0.1, np.random.default_rng(0))
    _, update = on_a_figure(getattr(scenes, scene), X, Y if scene == "learning_from_each_start" else one_hot(Y, 2))
    before = graphs()
    for _ in update(*values):
        pass
    assert graphs() == before
