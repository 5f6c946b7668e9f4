"""requirements.txt, environment.yml, pyproject.toml, README and CI agree; `import dlcourse` is light; the launcher;
what a wheel and a source distribution carry, and what the course does when it is installed from one."""

import ast
import datetime
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import requires, version
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version
from places import PATHS, ROOT
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


@pytest.fixture
def versions():
    """.ci/versions.py, the script of the lowest and the tested versions."""
    spec = importlib.util.spec_from_file_location("versions", ROOT / ".ci" / "versions.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_the_tested_versions_are_within_the_bounds():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    for requirement in NEEDED:
        assert requirement.specifier.contains(pins[requirement.name]), requirement
    assert {"pillow", "ipython", "traitlets", "pyzmq"} <= pins.keys()  # what these are made of
    assert not {"torch", "tensorflow-cpu", "keras", "scikit-learn", "scipy", "dlcourse"} & pins.keys()


def test_each_requirement_has_one_lowest_version(versions):
    for requirement in [*NEEDED, *map(Requirement, PYPROJECT["project"]["optional-dependencies"]["test"])]:
        pin = Requirement(versions.lowest(str(requirement)))
        assert pin.name == requirement.name and str(pin.specifier) == str(requirement.specifier).replace(">=", "==")
    for text in ["numpy", "numpy>=2,<3", "numpy>2", "numpy>=2; sys_platform == 'linux'"]:
        with pytest.raises(SystemExit, match="lower bound"):
            versions.lowest(text)


def test_the_tested_versions_are_of_all_that_is_brought(versions, monkeypatch):
    """Names in one spelling, extras followed, other systems and extras not asked for left out, no endless circle."""
    brings = {
        "top": ["Mid_dle[fast]>=1", "never; sys_platform == 'none'"],
        "mid-dle": ["top", "low; extra == 'fast'", "never; extra == 'slow'"],
        "low": ["mid.dle"],
    }
    monkeypatch.setattr(versions.metadata, "requires", brings.get)
    monkeypatch.setattr(versions.metadata, "version", lambda name: str(len(name)) if name in brings else None)
    assert versions.tested(["top>=1"]) == {"low": "3", "mid-dle": "7", "top": "3"}


def test_everything_imported_is_declared():
    """Catches a package that happens to be there because another one pulls it in."""
    declared = {r.name.replace("-", "_") for r in NEEDED} | {"dlcourse"}
    declared |= {
        "IPython",
        "PIL",
        "comm",
        "jupyter_core",
        "traitlets",
        "contourpy",
        "packaging",
    }  # what JupyterLab, ipywidgets and matplotlib are made of
    declared |= {"pyodide", "pyodide_js"}  # in the browser
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
    """It stands in dlcourse/__init__.py; pyproject.toml reads it, the changelog and the citation name the same."""
    assert "version" in PYPROJECT["project"]["dynamic"] and "version" not in PYPROJECT["project"]
    assert PYPROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "dlcourse.__version__"}
    released = re.findall(r"^## \[(\d\S*)\] - (\S+)$", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    citation = dict(re.findall(r"^([\w-]+): (.+)$", (ROOT / "CITATION.cff").read_text(), flags=re.MULTILINE))
    assert released[0] == (citation["version"], citation["date-released"]) == (dlcourse.__version__, released[0][1])
    assert released == sorted(released, key=lambda entry: Version(entry[0]), reverse=True)


def test_citation_has_what_the_format_needs():
    """Citation File Format 1.2.0: cff-version, message, title and authors are required, the rest is checked if there."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["cff-version"] == "1.2.0" and citation["type"] in ("software", "dataset")
    assert citation["message"] and citation["title"] and all(author["name"] for author in citation["authors"])
    assert citation["license"] == PYPROJECT["project"]["license"] == "MIT"
    assert isinstance(citation["date-released"], datetime.date) and isinstance(citation["version"], str)


def test_no_stored_notebook_shows_the_version():
    """Or every release would have to run the notebooks again."""
    assert not [path for path in PATHS if dlcourse.__version__ in re.findall(r"\b\d+\.\d+\.\d+\b", path.read_text())]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Source distribution and, out of that, the wheel, both unpacked: what a stranger gets. No network is used."""
    git = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if git.returncode:
        pytest.skip("not a git checkout")
    home = tmp_path_factory.mktemp("built")
    for name in git.stdout.splitlines():
        if (ROOT / name).exists():
            (home / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, home / "checkout" / name)

    def build(kind, tree):
        code = f"import sys; from setuptools import build_meta; build_meta.build_{kind}(sys.argv[1])"
        subprocess.run([sys.executable, "-c", code, home], cwd=tree, check=True, capture_output=True)

    build("sdist", home / "checkout")
    shutil.unpack_archive(next(home.glob("*.tar.gz")), home / "sdist", filter="data")
    sdist = next((home / "sdist").iterdir())
    build("wheel", sdist)
    shutil.unpack_archive(next(home.glob("*.whl")), home / "wheel", "zip")
    return home / "checkout", sdist, home / "wheel"


def tree(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_wheel_carries_everything(built):
    """The package with its data, and the notebooks with their pictures inside it; nothing of the tests."""
    checkout, _, wheel = built
    carried = {name: text for name, text in tree(wheel).items() if ".dist-info/" not in name}
    package = {f"dlcourse/{name}": text for name, text in tree(checkout / "dlcourse").items()}
    notebooks = {f"dlcourse/notebooks/{name}": text for name, text in tree(checkout / "notebooks").items()}
    assert carried.keys() == (package | notebooks).keys() and carried == package | notebooks
    assert any(name.endswith(".png") for name in notebooks) and any(name.endswith(".js") for name in package)


def test_the_source_distribution_carries_everything(built):
    """So `python -m dlcourse test` runs in it as in a checkout; only what serves the repository stays behind."""
    checkout, sdist, _ = built
    before, after = tree(checkout), tree(sdist)
    left = {name.split("/")[0] for name in before if after.get(name) != before[name]}
    assert left <= {".gitignore", ".github", "dlcourse.egg-info"}  # the last is what building wrote


def from_wheel(wheel, folder, *words):
    """`dlcourse` as its console script runs it, with nothing of the checkout in sight."""
    code = "import sys; from dlcourse.__main__ import main; sys.exit(main())"
    environment = {**os.environ, "PYTHONPATH": str(wheel), "HOME": str(folder), "USERPROFILE": str(folder)}
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_the_wheel_makes_the_copy_at_home(built, tmp_path):
    checkout, _, wheel = built
    assert "dlcourse = dlcourse.__main__:main" in next(wheel.glob("*.dist-info/entry_points.txt")).read_text()
    run = from_wheel(wheel, tmp_path, "copy")
    assert (run.returncode, run.stderr) == (0, "")
    assert tree(checkout / "notebooks").items() <= tree(tmp_path / "dlcourse").items()
    again = from_wheel(wheel, tmp_path, "copy", "--folder", "dlcourse")
    assert (again.returncode, again.stdout) == (0, "")
    assert from_wheel(wheel, tmp_path, "--version").stdout == f"dlcourse {dlcourse.__version__}\n"
    assert f"Version: {dlcourse.__version__}\n" in next(wheel.glob("*.dist-info/METADATA")).read_text()


def test_the_wheel_says_what_it_cannot_do_in_one_sentence(built, tmp_path):
    _, _, wheel = built
    (tmp_path / "file").touch()
    for words, sentence in [(["test"], "The tests come with"), (["copy", "--folder", "file"], "is a file")]:
        run = from_wheel(wheel, tmp_path, *words)
        assert run.returncode == 1 and run.stderr == "" and run.stdout.count("\n") == 1 and sentence in run.stdout


def test_top_level_holds_only_what_belongs_there():
    git = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if git.returncode:
        pytest.skip("not a git checkout")
    assert {name.split("/")[0] for name in git.stdout.splitlines()} <= {
        "README.md",
        "requirements.txt",
        "constraints.txt",
        "environment.yml",
        "pyproject.toml",
        "setup.py",
        "MANIFEST.in",
        "LICENSE",
        "CONTRIBUTING.md",
        "conftest.py",
        "CHANGELOG.md",
        "CITATION.cff",
        ".gitignore",
        ".github",
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


@pytest.fixture
def calls(monkeypatch):
    """Every command that the launcher would run, without running it; `calls.lacking` is what is not installed."""
    calls = SimpleNamespace(installed=[], ran=[], lacking=[], status=0)
    monkeypatch.setattr(launcher, "missing", lambda testing: calls.lacking)
    monkeypatch.setattr(launcher, "install", lambda what: calls.installed.append(what) or calls.status)
    monkeypatch.setattr(launcher, "hand_over", lambda command, folder: calls.ran.append((command[1:], folder)) or 0)
    monkeypatch.setattr(launcher, "environment_python", lambda: Path(sys.executable))
    monkeypatch.setattr(launcher.os, "geteuid", lambda: 1000, raising=False)
    return calls


LAB = ["-m", "jupyter", "lab", "00_start_here.ipynb"]


@pytest.mark.parametrize(
    "words, extra, then, where",
    [
        ([], "", LAB, "notebooks"),
        (["--port", "9999"], "", [*LAB, "--port", "9999"], "notebooks"),
        (["test"], "[test]", ["-m", "pytest", "--nbval"], "."),
        (["test", "-k", "adam"], "[test]", ["-m", "pytest", "--nbval", "-k", "adam"], "."),
        (["test", "--help"], "[test]", ["-m", "pytest", "--nbval", "--help"], "."),
    ],
)
def test_launcher_installs_what_is_missing_then_hands_over(calls, words, extra, then, where):
    calls.lacking = ["numpy"]
    assert launcher.main(words) == 0
    assert calls.installed == [f"{ROOT}{extra}"] and calls.ran == [(then, ROOT / where)]


@pytest.mark.parametrize("words", [[], ["test"]], ids=["course", "test"])
def test_launcher_starts_at_once_when_nothing_is_missing(calls, words):
    assert launcher.main(words) == 0
    assert calls.installed == [] and len(calls.ran) == 1


def test_launcher_stops_when_the_installation_fails(calls):
    calls.lacking, calls.status = ["numpy"], 7
    assert launcher.main([]) == 7 and calls.ran == []


def test_launcher_goes_on_in_the_new_environment(calls, monkeypatch):
    """What is missing there, only an interpreter there can say."""
    commands = []
    calls.lacking = ["numpy"]
    monkeypatch.setattr(launcher, "environment_python", lambda: Path("new"))
    monkeypatch.setattr(launcher.subprocess, "call", lambda command, cwd: commands.append((command, cwd)) or 3)
    assert launcher.main(["test", "-x"]) == 3
    assert commands == [([Path("new"), "-m", "dlcourse", "test", "-x"], ROOT)] and not calls.installed + calls.ran


def test_launcher_starts_jupyterlab_as_root(calls, monkeypatch):
    monkeypatch.setattr(launcher.os, "geteuid", lambda: 0, raising=False)
    launcher.main(["--port", "1"])
    assert calls.ran[0][0] == [*LAB, "--allow-root", "--port", "1"]


def test_launcher_works_on_a_copy_when_asked_in_a_checkout(calls, tmp_path):
    assert launcher.main(["--folder", str(tmp_path / "mine"), "--port", "1"]) == 0
    assert calls.ran == [([*LAB, "--port", "1"], tmp_path / "mine")]
    assert (tmp_path / "mine" / "00_start_here.ipynb").exists()
    assert launcher.main(["copy", "--folder", str(tmp_path / "another")]) == 0
    assert (tmp_path / "another" / "week1").is_dir() and len(calls.ran) == 1


def test_launcher_does_not_start_on_a_bad_copy(calls, tmp_path, capsys):
    (tmp_path / "mine").write_text("a file")
    assert launcher.main(["--folder", str(tmp_path / "mine")]) == 1
    assert calls.ran == [] and capsys.readouterr().out.count("\n") == 1


def test_an_installed_course_never_installs(calls, monkeypatch, capsys):
    monkeypatch.setattr(launcher, "INSTALLED", True)
    calls.lacking = ["jupyterlab>=4.2"]
    assert launcher.main([]) == 1 and calls.installed == calls.ran == []
    assert '-m pip install "jupyterlab>=4.2"' in capsys.readouterr().out


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout that needs numpy and, for its tests, pytest; and what pip would have noted of installing it."""
    (tmp_path / "requirements.txt").write_text("numpy>=2.1   # arrays\n\nnothing>=1; sys_platform == 'none'\n")
    (tmp_path / "pyproject.toml").write_text('[project.optional-dependencies]\ntest = ["pytest>=8"]\n')
    monkeypatch.setattr(launcher, "ROOT", tmp_path.resolve())
    note = {"url": tmp_path.resolve().as_uri(), "dir_info": {"editable": True}}
    found = SimpleNamespace(note=note, version=dlcourse.__version__, read_text=lambda _: json.dumps(found.note))
    monkeypatch.setattr(launcher.metadata, "distributions", lambda name: [found])
    versions = {"numpy": "2.1.0", "pytest": "8.0"}

    def known(name):
        if name not in versions:
            raise launcher.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(launcher.metadata, "version", known)
    return SimpleNamespace(found=found, versions=versions, root=tmp_path)


def test_nothing_is_missing_when_all_is_there(checkout):
    assert launcher.missing(testing=False) == launcher.missing(testing=True) == []


def test_what_is_missing_is_named(checkout):
    checkout.versions.update(numpy="1.26.4")
    del checkout.versions["pytest"]
    assert launcher.missing(testing=False) == ["numpy>=2.1"]
    assert launcher.missing(testing=True) == ["numpy>=2.1", "pytest>=8"]


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.note["dir_info"].update(editable=False),
        lambda found: found.note.update(url="file:///elsewhere"),
        lambda found: found.note.clear(),
        lambda found: setattr(found, "version", "0.0.9"),
    ],
    ids=["a copy", "another checkout", "no note", "another version"],
)
def test_a_package_that_is_not_this_checkout_does_not_count(checkout, change):
    change(checkout.found)
    assert launcher.missing(testing=False) == ["dlcourse"]


def test_without_packaging_everything_is_missing(checkout, monkeypatch):
    monkeypatch.setitem(sys.modules, "packaging.requirements", None)
    assert launcher.missing(testing=False)


FAKE_PIP = """
import sys
if {"-q", "--quiet"} & set(sys.argv):
    sys.exit()
print("Requirement already satisfied: a in /b")
print("  Downloading numpy-2.1.0-cp311-cp311-x.whl.metadata (60 kB)")
print("Downloading numpy-2.1.0-cp311-cp311-x.whl (16.3 MB)")
print("   Downloading numpy-2.1.0-cp311-cp311-x.whl (16.3 MB)")
print("Installing collected packages: numpy")
sys.exit(int(sys.argv[-1].endswith("[fails]")))
"""


def test_installing_shows_what_is_fetched(tmp_path, monkeypatch, capsys):
    """A pip of our own in front of the real one: what it fetches is shown, the rest is not; its status comes back."""
    (tmp_path / "pip.py").write_text(FAKE_PIP)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert launcher.install("here") == 0
    shown = capsys.readouterr().out
    assert shown.count("  numpy-2.1.0 (16.3 MB)\n") == 2 and "metadata" not in shown and "/b" not in shown
    assert launcher.install("here[fails]") == 1
    assert "Without a network" in capsys.readouterr().out


def test_ctrl_c_is_left_to_the_command(monkeypatch):
    """It reaches both; the launcher waits for what JupyterLab or pytest make of it."""
    answers = iter([KeyboardInterrupt, KeyboardInterrupt, 5])

    def wait():
        answer = next(answers)
        if answer is KeyboardInterrupt:
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(launcher.subprocess, "Popen", lambda command, cwd: SimpleNamespace(wait=wait))
    assert launcher.hand_over(["x"], ROOT) == 5


def test_an_old_python_is_told_so(monkeypatch, capsys):
    monkeypatch.setattr(launcher.sys, "version_info", (3, 10))
    assert launcher.main([]) == 1 and "needs Python 3.11" in capsys.readouterr().out


def test_the_launcher_needs_nothing_but_python():
    """`python -m dlcourse` begins in an environment where nothing is installed yet."""
    foreign = {name.split(".")[0] for name in top_level_imports(ROOT / "dlcourse" / "__main__.py")}
    assert foreign - set(sys.stdlib_module_names) == {"dlcourse"}


def top_level_imports(file):
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
