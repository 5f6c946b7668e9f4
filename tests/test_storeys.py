"""Arrows point down only: numpy, then matplotlib, then widgets. Read from the syntax tree, so lazy imports count too."""

import ast

import pytest
from places import PACKAGE

FILES = sorted(PACKAGE.rglob("*.py"))
STOREY_3 = {"live", "exercises", "site", "__main__"}
STOREY_2 = {"scenes"}


def chapter(file):
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def storey(name):
    return 3 if name in STOREY_3 else 2 if name in STOREY_2 else 1


def imports(file):
    """Every imported module, dotted, whether at the top of the file or inside a function."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join(["dlcourse", *file.relative_to(PACKAGE).parts[: -node.level], *base.split(".")]).strip(
                    "."
                )
            yield from (f"{base}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_arrows_point_down(file):
    own = storey(chapter(file))
    for name in imports(file):
        top, *rest = name.split(".")
        if top == "dlcourse" and rest:
            assert storey(rest[0]) <= own, f"storey {own} imports {name} of storey {storey(rest[0])}"
        assert not (top == "matplotlib" and own == 1), "storey 1 is numpy only"
        assert not (top in ("ipywidgets", "anywidget", "IPython") and own < 3), f"widgets in storey {own}"
        assert not name.startswith("matplotlib.pyplot"), "pyplot keeps global state"
        assert top not in ("torch", "tensorflow", "jax", "scipy"), f"{top} is for tests and benchmarks"


def test_the_reader_of_imports_sees_them_all(tmp_path, monkeypatch):
    """The check must be able to fail: top-level, lazy, and relative imports are all found."""
    file = tmp_path / "scenes" / "x.py"
    file.parent.mkdir()
    file.write_text(
        "import numpy as np\ndef f():\n    from dlcourse.live import live\nfrom . import y\nfrom ..live import a\n"
    )
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    assert set(imports(file)) == {"numpy", "dlcourse.live.live", "dlcourse.scenes.y", "dlcourse.live.a"}


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_no_global_randomness(file):
    """rng comes in; nothing draws from numpy's global state or a default created once at import."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "np.random":
            assert node.attr in ("default_rng", "Generator", "SeedSequence", "RandomState"), ast.unparse(node)
        if isinstance(node, ast.FunctionDef):
            for default in node.args.defaults + [d for d in node.args.kw_defaults if d]:
                assert "default_rng" not in ast.unparse(default), f"{node.name}: one source of randomness for all calls"
