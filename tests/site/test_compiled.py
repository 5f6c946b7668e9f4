"""Archives with bytecode in place of source: they run, by the same Python alone, and hold nothing that was left out."""

import io
import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from pages import PYODIDE, WITHOUT, some_notebooks

from dlcourse.site import build, compiled, pyodide

FILES = {
    "half/__init__.py": "def half(x):\n    'half of x'\n    return x / 2",
    "half/broken.py": "def (",
    "half/table.txt": "1 2",
    "numpy/f2py/__init__.py": "",
}


def archive(files):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as out:
        for name, text in files.items():
            out.writestr(name, text)
    return kept.getvalue()


def test_it_runs_without_its_source(tmp_path):
    made = compiled.compiled({"half.whl": archive(FILES)}, sys.executable)
    (tmp_path / "half.zip").write_bytes(made["half.whl"])
    names = zipfile.ZipFile(tmp_path / "half.zip").namelist()
    assert names == ["half/__init__.pyc", "half/broken.py", "half/table.txt"]
    code = f"import sys; sys.path[:0] = [{str(tmp_path / 'half.zip')!r}]; from half import half; print(half(3), half.__doc__)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1.5 half of x\n"
    assert compiled.compiled({"half.whl": archive(FILES)}, sys.executable) == made  # the same bytes each time


def test_only_a_python_of_that_version_is_taken(monkeypatch):
    ours = "{}.{}.0".format(*sys.version_info)
    assert compiled.interpreter(ours) == sys.executable
    monkeypatch.setattr(compiled.shutil, "which", lambda name: sys.executable)  # it says that it is 3.5
    assert compiled.interpreter("3.5.0") is None
    monkeypatch.setattr(compiled.shutil, "which", lambda name: None)
    assert compiled.interpreter("3.5.0") is None


def test_pages_name_and_know_what_was_compiled():
    new = {pyodide.STDLIB: b"library", "cycler-0.12.1-py3-none-any.whl": b"cycler"}
    plain, settings = pyodide.settings("here/"), pyodide.settings("here/", new)
    assert (plain["stdlib"], settings["stdlib"]) == ("python_stdlib.zip", "compiled/python_stdlib.zip")
    assert {name for name in plain["files"] if plain["files"][name] != settings["files"][name]} == set(new)
    assert settings["files"][pyodide.STDLIB][1] == len(b"library")
    packages = pyodide.lock(new)["packages"]
    cycler = packages["cycler"]
    assert cycler["file_name"] == "compiled/cycler-0.12.1-py3-none-any.whl"
    assert cycler["sha256"] == sha256(b"cycler").hexdigest()
    assert pyodide.lock()["packages"] == pyodide.KNOWN["lock"]["packages"] != packages


@pytest.mark.skipif(not PYODIDE, reason=WITHOUT)
def test_a_site_without_that_python_is_whole_and_says_so(tmp_path, monkeypatch):
    """Its pages name Pyodide's own archives, and no other lie there."""
    monkeypatch.setattr(compiled, "interpreter", lambda version: None)
    some_notebooks(tmp_path / "notebooks", ["00_start_here"])
    said = []
    build.write(tmp_path / "out", tmp_path / "notebooks", Path(PYODIDE), stops=0, jupyter=False, say=said.append)
    assert f"the browser's Python is {pyodide.PYTHON}" in said[0]
    assert not (tmp_path / "out/pyodide/compiled").exists()
    lock = json.loads((tmp_path / "out/site/pyodide-lock.json").read_text())
    assert lock == pyodide.KNOWN["lock"]
