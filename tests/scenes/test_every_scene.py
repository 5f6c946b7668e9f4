"""Every scene as the notebooks show it: each control to both ends, between, and in pairs; each preset.

There is no table here: the code cells of a stored notebook are run, the labs that `live` makes are collected, and their
controls are moved. What an exception, a NaN on an axis, or a sentence that never changes would hide from a reader of
the stored notebook is found here.
"""

import inspect
import re

import numpy as np
import pytest
from figures import (
    assert_goal_is_to_be_found,
    assert_handles_move,
    assert_legible,
    assert_presets_in_any_order,
    code_cells,
    exercise,
    labs_of,
    shows_a_lab,
)
from places import NOTEBOOKS, PATHS

from dlcourse import scenes
from dlcourse.live import live

SCENES = {
    name: item
    for name, item in vars(scenes).items()
    if inspect.isfunction(item) and not name.startswith("_") and item.__module__.startswith("dlcourse.scenes")
}
pytestmark = pytest.mark.usefixtures("close_labs")


@pytest.mark.parametrize("file", [f for f in PATHS if shows_a_lab(f)], ids=lambda f: f.stem)
@pytest.mark.parametrize(
    "check", [exercise, assert_legible, assert_handles_move, assert_presets_in_any_order, assert_goal_is_to_be_found]
)
def test_every_figure_of_the_notebook(file, check):
    labs = labs_of(file.relative_to(NOTEBOOKS).with_suffix("").as_posix())
    assert labs, f"{file.name} mentions live but shows nothing"
    for lab in labs:
        if check is not assert_goal_is_to_be_found or lab.goal:
            check(lab)


@pytest.mark.skipif(not PATHS, reason="no notebooks yet")
@pytest.mark.parametrize("name", SCENES)
def test_every_scene_is_shown_in_a_notebook(name):
    assert any(re.search(rf"\b{name}\b", code) for file in PATHS if shows_a_lab(file) for code in code_cells(file))


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_says_what_it_shows(name):
    assert inspect.getdoc(SCENES[name]), f"{name} has no docstring"
    assert next(iter(inspect.signature(SCENES[name]).parameters)) == "fig"


def test_the_check_of_labs_finds_what_is_wrong():
    """It must be able to fail: a raise away from the start, an infinity, a sentence that stays, letters cut off."""

    def scene(what):
        def build(fig):
            axes = fig.subplots()
            (line,) = axes.plot([0, 1], [0, 1])

            def update(a):
                if what == "raise" and a > 0.9:
                    raise RuntimeError("planted")
                line.set_data([0, 1], [0, np.inf if what == "infinity" and a > 0.9 else a])
                if what == "cut":
                    axes.text(0.9, 0.5, "very long lettering that leaves the picture", fontsize=20)
                if what == "over":
                    axes.text(0.1, 0.5, "one over"), axes.text(0.1, 0.5, "the other")
                return "Always the same." if what == "same" else f"It ends at {'nan' if what == 'nan' else a}."

            return update

        return build

    for what, error, message in (
        ("raise", RuntimeError, "planted"),
        ("infinity", AssertionError, "line"),
        ("nan", AssertionError, "says"),
        ("same", AssertionError, "never changes"),
        ("cut", AssertionError, "is cut off"),
        ("over", AssertionError, "lies over"),
    ):
        lab = live(scene(what), a=(0.0, 1.0, 0.5))
        with pytest.raises(error, match=message):
            exercise(lab)
            assert_legible(lab)
