"""One name from notebook to test: week2/05_learning_rate_decay has learning_rate_decay everywhere."""

import ast
import re

import pytest
from places import NOTEBOOKS, PACKAGE, PATHS, TESTS

TOPICS = {re.sub(r"^\d+_", "", path.stem): path for path in PATHS if path.parent != NOTEBOOKS}
SHARED = {file.stem for file in (PACKAGE / "scenes").glob("[a-z]*.py")} - TOPICS.keys()
each_topic = pytest.mark.parametrize("topic", TOPICS)


def module(folder, name):
    """The file of a topic, or its folder where it has grown into several."""
    return next((at for at in (folder / f"{name}.py", folder / name / "__init__.py") if at.exists()), None)


def asked_for(topic, pattern):
    """The names that the notebook's text holds after a pattern, as in live(scenes.NAME."""
    return set(re.findall(pattern, TOPICS[topic].read_text("utf-8")))


@each_topic
def test_a_topic_has_its_files_and_its_tests(topic):
    tests = [f"{folder}/test_{topic}.py" for folder in ("scenes", "exercises", "claims")]
    missing = [
        f"dlcourse/{folder}/{topic}.py" for folder in ("scenes", "exercises") if not module(PACKAGE / folder, topic)
    ]
    missing += [f"tests/{file}" for file in tests if not (TESTS / file).exists()]
    assert not missing, f"{TOPICS[topic].name} wants also: {', '.join(missing)}"


@each_topic
def test_the_start_page_leads_to_it(topic):
    path = TOPICS[topic].relative_to(NOTEBOOKS).as_posix()
    assert f"({path})" in (NOTEBOOKS / "00_start_here.ipynb").read_text("utf-8"), f"the map lacks a row for {path}"


@each_topic
def test_its_exercises_are_in_its_file_and_have_their_jury(topic):
    from importlib import import_module

    own = {exercise.name for exercise in import_module(f"dlcourse.exercises.{topic}").EXERCISES}
    strange = asked_for(topic, r'check\(\\"(\w+)\\"') - own
    assert not strange, f"the notebook asks for {strange}, which dlcourse/exercises/{topic}.py has not"
    jury = (TESTS / "exercises" / f"test_{topic}.py").read_text("utf-8")
    unjudged = [name for name in own if f'right("{name}"' not in jury]
    assert not unjudged, f"tests/exercises/test_{topic}.py has no jury for {unjudged}"


@pytest.mark.parametrize("folder", ["scenes", "exercises"])
def test_what_bears_another_name_is_shared_and_says_by_whom(folder):
    """Catches a scene file under a name of its own, and a list of users that is no longer true."""
    for file in (PACKAGE / folder).glob("[a-z]*.py"):
        if file.stem in TOPICS:
            continue
        tree = ast.parse(file.read_text("utf-8"))
        said = re.search(r"Used by (.+)\.", ast.get_docstring(tree) or "")
        assert said, f"{folder}/{file.name} is no topic's: its docstring must say 'Used by a, b.'"
        users = {
            other.stem
            for other in (PACKAGE / folder).glob("[a-z]*.py")
            if other != file
            and re.search(rf"\b{file.stem}\b", re.sub(r'""".*?"""', "", other.read_text("utf-8"), flags=re.S))
        }
        assert len(users) > 1, f"{folder}/{file.name} is used by {users or 'nobody'}: it belongs there"
        assert "every" in said[1] or set(said[1].split(", ")) == users, f"{file.name} is used by {sorted(users)}"


def test_no_test_is_without_its_topic():
    for folder in ("scenes", "exercises", "claims"):
        for file in (TESTS / folder).glob("test_*.py"):
            name = file.stem.removeprefix("test_")
            assert (
                name in TOPICS
                or name in SHARED
                or name.startswith("every_")
                or name in ("errata", "glossary", "start_here")
            ), file
    chapters = {file.stem.removeprefix("_") for file in PACKAGE.glob("*.py")}
    for file in (TESTS / "core").glob("test_*.py"):
        name = file.stem.removeprefix("test_")
        assert name in chapters | {"known_bugs", "leading_axes", "bad_input"}, file
