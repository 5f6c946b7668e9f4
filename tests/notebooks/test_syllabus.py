"""Every fact of the syllabus is taught, computed and held; every corrected error stays corrected."""

import importlib
import json
import re
import tomllib

import pytest
from claims import has_test
from places import NOTEBOOKS, TESTS

SYLLABUS = tomllib.loads((TESTS / "notebooks" / "syllabus.toml").read_text())
FACTS, ERRATA = SYLLABUS["facts"], SYLLABUS["errata"]
ROWS_PER_SECTION = [5, 6, 9, 6, 4, 4, 7, 9, 4, 16, 12, 9, 10, 10, 11, 3, 7, 12, 8, 3, 5]


def has_function(target):
    chapter, _, name = target.partition(".")
    return hasattr(importlib.import_module(f"dlcourse.{chapter}"), name)


def has_heading(target):
    file, _, heading = target.partition("#")
    cells = json.loads((NOTEBOOKS / f"{file}.ipynb").read_text())["cells"]
    lines = "".join("".join(c["source"]) + "\n" for c in cells if c["cell_type"] == "markdown").splitlines()
    return heading in [re.sub(r"^#+ ", "", line).strip() for line in lines if line.startswith("#")]


def test_nothing_is_missing():
    expected = [f"{s}.{r:02d}" for s, rows in enumerate(ROWS_PER_SECTION, 1) for r in range(1, rows + 1)]
    assert list(FACTS) == expected and len(expected) == 160
    assert list(ERRATA) == [f"E{n}" for n in range(1, 40)]


@pytest.mark.parametrize("row", FACTS)
def test_fact_is_taught_and_held(row):
    fact = FACTS[row]
    assert "notebook" in fact, f"{row} is taught nowhere: {fact['says']}"
    assert has_heading(fact["notebook"]), fact["notebook"]
    if fact["kind"] != "T":
        assert "function" in fact and "test" in fact, f"{row} is not computed or not tested: {fact['says']}"
    assert has_function(fact["function"]) if "function" in fact else True, fact
    assert has_test(fact["test"]) if "test" in fact else True, fact


@pytest.mark.parametrize("number", ERRATA)
def test_error_stays_corrected(number):
    erratum = ERRATA[number]
    assert "test" in erratum or "notebook" in erratum, f"{number} is held by nothing: {erratum['right']}"
    assert has_test(erratum["test"]) if "test" in erratum else True, erratum
    assert has_heading(erratum["notebook"]) if "notebook" in erratum else True, erratum


def test_a_missing_target_is_seen():
    assert not has_function("averages.no_such") and not has_test("core/test_averages::no_such")
