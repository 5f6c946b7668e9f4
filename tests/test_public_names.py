"""Every public name of storey 1 is documented, tested, and met by a learner."""

import importlib
import inspect
import json
import re

import pytest
from places import PATHS, ROOT

CHAPTERS = sorted(f.stem for f in (ROOT / "dlcourse").glob("[a-z]*.py"))
TESTS = "\n".join(f.read_text() for f in (ROOT / "tests").rglob("test_*.py"))
NOTEBOOKS = "\n".join("".join(cell["source"]) for file in PATHS for cell in json.loads(file.read_text())["cells"])
SCENES = "\n".join(f.read_text() for f in (ROOT / "dlcourse" / "scenes").glob("*.py"))


def public(chapter):
    module = importlib.import_module(f"dlcourse.{chapter}")
    return [
        (chapter, name, item)
        for name, item in vars(module).items()
        if not name.startswith("_") and getattr(item, "__module__", "") == module.__name__
    ]


NAMES = [entry for chapter in CHAPTERS for entry in public(chapter)]
each = pytest.mark.parametrize("chapter, name, item", NAMES, ids=[f"{c}.{n}" for c, n, _ in NAMES])


def explained(chapter, doc):
    """A docstring, and those of the names that it sends the reader to: as in `forward`."""
    module = importlib.import_module(f"dlcourse.{chapter}")
    sent_to = [getattr(module, name, None) for name in re.findall(r"`(?:\w+\.)?(\w+)[`(]", doc)]
    return doc + "".join(inspect.getdoc(item) or "" for item in sent_to if callable(item))


@each
def test_docstring_is_complete(chapter, name, item):
    doc = inspect.getdoc(item) or ""
    assert doc, "says what it does"
    if inspect.isclass(item) and issubclass(item, Exception):
        return
    assert "Source:" in doc, "says where it comes from"
    assert ">>>" in doc, "has a number to check by hand"
    for argument in inspect.signature(item).parameters:
        assert re.search(rf"\b{argument}\b", explained(chapter, doc)), f"does not explain {argument}"


@each
def test_fits_one_screen(chapter, name, item):
    assert len(inspect.getsource(item).splitlines()) <= (60 if inspect.isfunction(item) else 150)


@each
def test_has_a_test(chapter, name, item):
    assert re.search(rf"\b{name}\b", TESTS), f"no test mentions {chapter}.{name}"


@each
def test_a_learner_meets_it(chapter, name, item):
    """In a notebook, or in a scene that a notebook shows (test_scenes holds that each scene is shown)."""
    assert re.search(rf"\b{name}\b", NOTEBOOKS + SCENES), f"no notebook or scene uses {chapter}.{name}"


def test_every_chapter_says_what_it_is():
    for chapter in CHAPTERS:
        assert importlib.import_module(f"dlcourse.{chapter}").__doc__, chapter


def test_a_tab_shows_the_chapters():
    """`dlcourse.<tab>` lists the syllabus, and no machinery."""
    import dlcourse

    assert set(dir(dlcourse)) == {*CHAPTERS, "scenes", "exercises", "live"}
