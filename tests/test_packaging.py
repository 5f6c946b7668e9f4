"""requirements.txt, environment.yml, pyproject.toml, README and CI agree; `import dlcourse` is light."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from places import ROOT
from test_storeys import imports

import dlcourse
from dlcourse import __main__ as launcher

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NEEDED = [Requirement(line) for line in (ROOT / "requirements.txt").read_text().splitlines() if line]


def test_requirements_are_the_single_list():
    assert PYPROJECT["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements.txt"]}
    installed = {Requirement(r).name for r in requires("dlcourse") if "extra ==" not in r}
    assert installed == {r.name for r in NEEDED}
    assert {"numpy", "jupyterlab", "matplotlib", "ipywidgets", "nbval"} <= installed


def test_environment_installs_the_project():
    text = (ROOT / "environment.yml").read_text()
    assert "--editable ." in text and "python>=3.11" in text
    assert PYPROJECT["project"]["requires-python"] == ">=3.11"


@pytest.mark.parametrize("requirement", NEEDED, ids=lambda r: r.name)
def test_what_is_installed_satisfies_the_lower_bounds(requirement):
    assert requirement.specifier.contains(version(requirement.name), prereleases=True)


def test_everything_imported_is_declared():
    """Catches a package that happens to be there because another one pulls it in."""
    declared = {r.name.replace("-", "_") for r in NEEDED} | {"sklearn", "dlcourse"}
    declared |= {"IPython", "traitlets", "contourpy"}  # what JupyterLab, ipywidgets and matplotlib are made of
    for file in (ROOT / "dlcourse").rglob("*.py"):
        foreign = {name.split(".")[0] for name in imports(file)} - set(sys.stdlib_module_names) - declared
        assert not foreign, f"{file.relative_to(ROOT)} imports {', '.join(foreign)}: not in requirements.txt"


def test_the_readme_commands_are_the_ones_that_run():
    readme = (ROOT / "README.md").read_text()
    assert "\npython -m dlcourse\n" in readme and "\npython -m dlcourse test\n" in readme
    assert "\npython -m dlcourse test" in (ROOT / ".ci" / "run").read_text()


def test_the_readme_program_runs(capsys):
    exec(re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)[1], {})
    assert re.fullmatch(r"cost 0\.\d{3}, accuracy \d\d\.\d%\n", capsys.readouterr().out)


def test_version_is_one():
    assert dlcourse.__version__ == version("dlcourse") == PYPROJECT["project"]["version"]


def test_data_travels_with_the_package():
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["dlcourse"]
    packed = {file for pattern in patterns for file in (ROOT / "dlcourse").glob(pattern)}
    data = {f for f in (ROOT / "dlcourse").rglob("*") if f.is_file() and f.suffix not in (".py", ".pyc")}
    assert data == packed


def test_top_level_holds_only_what_belongs_there():
    git = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if git.returncode:
        pytest.skip("not a git checkout")
    assert {name.split("/")[0] for name in git.stdout.splitlines()} <= {
        "README.md",
        "requirements.txt",
        "environment.yml",
        "pyproject.toml",
        "LICENSE",
        ".gitignore",
        ".ci",
        "dlcourse",
        "notebooks",
        "tests",
        "benchmarks",
    }


def test_import_is_light():
    """`import dlcourse`, and every chapter of storey 1, without matplotlib, ipywidgets or scikit-learn."""
    chapters = sorted(f.stem for f in (ROOT / "dlcourse").glob("*.py") if f.stem != "__main__")
    code = (
        f"import sys, dlcourse\nfrom dlcourse import {', '.join(c for c in chapters if not c.startswith('_'))}\n"
        "print([m for m in ('matplotlib', 'ipywidgets', 'sklearn', 'joblib', 'scipy', 'torch') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_unknown_chapter_is_named():
    with pytest.raises(AttributeError, match="dlcourse has no chapter 'optimisers'"):
        dlcourse.optimisers  # noqa: B018


def test_launcher_uses_the_active_environment(monkeypatch):
    monkeypatch.setattr(sys, "prefix", "here")
    monkeypatch.setattr(sys, "base_prefix", "elsewhere")
    assert launcher.environment_python() == Path(sys.executable)


def test_launcher_makes_an_environment_when_none_is_active(monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    monkeypatch.setattr(launcher, "ROOT", tmp_path)
    monkeypatch.setattr(launcher.venv, "create", lambda home, with_pip: made.append((home, with_pip)))
    python = launcher.environment_python()
    assert made == [(tmp_path / ".venv", True)] and python.is_relative_to(tmp_path / ".venv")
    assert python.name == ("python.exe" if os.name == "nt" else "python")


@pytest.mark.parametrize(
    "words, extra, then",
    [
        ([], "", ["jupyter", "lab", str(launcher.START)]),
        (["--port", "9999"], "", ["jupyter", "lab", str(launcher.START), "--port", "9999"]),
        (["test"], "[test]", ["pytest", "--nbval"]),
        (["test", "-k", "adam"], "[test]", ["pytest", "--nbval", "-k", "adam"]),
    ],
)
def test_launcher_installs_then_hands_over(monkeypatch, words, extra, then):
    calls = []
    monkeypatch.setattr(launcher.subprocess, "call", lambda command, **_: calls.append(command[1:]) or 0)
    assert launcher.main(words) == 0
    install, run = calls
    assert install[:3] == ["-m", "pip", "install"] and install[-1] == f"{launcher.ROOT}{extra}"
    assert run == ["-m", *then]


def test_launcher_stops_when_the_installation_fails(monkeypatch):
    calls = []
    monkeypatch.setattr(launcher.subprocess, "call", lambda command, **_: calls.append(command) or 7)
    assert launcher.main([]) == 7 and len(calls) == 1
