"""Numbers of independent engines, stored with the script and the versions that made them (tests/core/traces)."""

import importlib.util
import json

from places import TESTS

FOLDER = TESTS / "core" / "traces"


def traces(name):
    """What was stored."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def recorder(name):
    """The script that stored it, as a module."""
    spec = importlib.util.spec_from_file_location(f"{name}_traces", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
