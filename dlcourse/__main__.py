"""The course by its commands, the same on Linux, macOS and Windows.

In a checkout or an unpacked source distribution (`python -m dlcourse`, or `dlcourse` once that has run):

    python -m dlcourse         install what is missing and open the notebooks in JupyterLab
    python -m dlcourse test    install what the tests need too and run them all: pytest --nbval
    python -m dlcourse site OUT [--pyodide FOLDER]
                               write the course as a folder for any web server, live in the browser

What is missing goes into the environment that is active (venv, conda); without one, into a new one in `.venv`.

Installed from a wheel (`pip install .`):

    dlcourse                   open a copy of the notebooks, kept up to date, in the folder dlcourse at home
    dlcourse --folder PATH     the same in another folder (in a checkout, too)
    dlcourse copy              make the copy or bring it up to date, and open nothing

Further words are handed on: `python -m dlcourse test -k adam`, `dlcourse --port 9999`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import venv
from importlib import invalidate_caches, metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from dlcourse import __version__

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
INSTALLED = (PACKAGE / "notebooks").is_dir()  # a wheel carries the notebooks inside the package
NOTEBOOKS = PACKAGE / "notebooks" if INSTALLED else ROOT / "notebooks"
START = "00_start_here.ipynb"


def wanted(testing: bool) -> list[str]:
    """The requirements: those of the installed package, or those that stand in the checkout now."""
    if INSTALLED:
        return metadata.requires("dlcourse") or []
    import tomllib

    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    if testing:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        lines += project["optional-dependencies"]["test"]
    return [line for line in lines if line]


def found_by_notebooks() -> bool:
    """Does `import dlcourse` in a notebook find this package? pip notes where an editable package lies."""
    if INSTALLED:
        return True
    for found in metadata.distributions(name="dlcourse"):
        note = json.loads(found.read_text("direct_url.json") or "{}")
        editable = note.get("dir_info", {}).get("editable") and found.version == __version__
        if editable and Path(url2pathname(urlsplit(note["url"]).path)).resolve() == ROOT:
            return True
    return False


def missing(testing: bool) -> list[str]:
    """What this interpreter still needs; answered from what is installed, without pip and without a network."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return ["packaging"]
    lacking = [] if found_by_notebooks() else ["dlcourse"]
    for requirement in map(Requirement, wanted(testing)):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            try:
                there = requirement.specifier.contains(metadata.version(requirement.name), prereleases=True)
            except metadata.PackageNotFoundError:
                there = False
            if not there:
                lacking.append(str(requirement))
    return lacking


def environment_python() -> Path:
    """The interpreter to install into: the active environment's, or that of a new `.venv`."""
    if sys.prefix != sys.base_prefix or (Path(sys.prefix) / "conda-meta").exists():
        return Path(sys.executable)
    home = ROOT / ".venv"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"Making a virtual environment in {home}", flush=True)
        try:
            venv.create(home, with_pip=True)
        except subprocess.CalledProcessError:
            sys.exit("This Python cannot make a virtual environment; on Debian or Ubuntu: apt install python3-venv")
    return python


def install(what: str) -> int:
    """Let pip install, and show a line for each package that it fetches."""
    print("Installing what the course needs (a few minutes the first time)", flush=True)
    command = [sys.executable, "-m", "pip", "install", "--progress-bar", "off", "--disable-pip-version-check"]
    with subprocess.Popen([*command, "--editable", what], stdout=subprocess.PIPE, text=True, errors="replace") as pip:
        for line in pip.stdout or ():
            if fetched := re.match(
                r"\s*(?:Downloading|Using cached) (?:\S*/)?([^\s/-]+-[^\s/-]+)\S*\.(?:whl|tar\.gz) (\(.*\))", line
            ):
                print(f"  {fetched[1]} {fetched[2]}", flush=True)
            elif line.startswith("Installing collected packages"):
                print("  all is there; unpacking", flush=True)
    if pip.returncode:
        print(
            "Not everything could be installed; pip's reason stands above. Without a network, install the lines of "
            "requirements.txt in your own way (conda, a folder of wheels) and run this again: what is there stays."
        )
    return pip.returncode


def hand_over(command: list[str | Path], folder: Path) -> int:
    """Run until it ends; Ctrl-C is for the command, which hears it too."""
    process = subprocess.Popen(command, cwd=folder)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass


def jupyterlab(folder: Path, words: list[str]) -> int:
    root = ["--allow-root"] if getattr(os, "geteuid", lambda: None)() == 0 else []  # as in most containers
    return hand_over([sys.executable, "-m", "jupyter", "lab", START, *root, *words], folder)


def site(words: list[str]) -> int:
    """Write the site; a reason why not is one sentence."""
    parser = argparse.ArgumentParser("dlcourse site", description="A page for each lab, live in the browser.")
    parser.add_argument("out", type=Path, help="the folder to write: a new one, an empty one, or an earlier site")
    parser.add_argument("--pyodide", type=Path, help="Pyodide's unpacked release; without it pages ask its public CDN")
    parser.add_argument(
        "--url", default="", help="where the site will stand: notebooks link to their labs' pages there"
    )
    parser.add_argument("--stops", type=int, default=40, help="at most so many ready pictures for each lab (40)")
    options = parser.parse_args(words)
    from dlcourse.site import build

    try:
        build.write(options.out, NOTEBOOKS, options.pyodide, options.stops, options.url)
    except build.Refused as reason:
        print(reason)
        return 1
    return 0


def main(words: list[str] | None = None) -> int:
    """Install what is missing, make the copy where one is wanted, hand over; returns the exit status."""
    words = sys.argv[1:] if words is None else words
    if sys.version_info < (3, 11):
        print(f"dlcourse needs Python 3.11 or newer; this is {sys.version.split()[0]} at {sys.executable}.")
        return 1
    testing, copying, writing = (words[:1] == [word] for word in ("test", "copy", "site"))
    if testing and INSTALLED:
        print("The tests come with the repository and the source distribution: run `python -m dlcourse test` there.")
        return 1
    parser = argparse.ArgumentParser(
        "dlcourse", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--folder", type=Path, help="work on a copy of the notebooks in this folder")
    parser.add_argument("--version", action="version", version=f"dlcourse {__version__}")
    options, rest = parser.parse_known_args([] if testing or writing else words[copying:])

    lacking = missing(testing)
    if lacking and INSTALLED:
        needs = " ".join(f'"{requirement}"' for requirement in lacking)
        print(f"The course needs more than is installed: {sys.executable} -m pip install {needs}")
        return 1
    if lacking:
        python = environment_python()
        if python != Path(sys.executable):
            return subprocess.call([python, "-m", "dlcourse", *words], cwd=ROOT)
        if status := install(f"{ROOT}[test]" if testing else str(ROOT)):
            return status
        invalidate_caches()  # this process saw the environment as it was before
    if testing:
        return hand_over([sys.executable, "-m", "pytest", "--nbval", *words[1:]], ROOT)

    if writing:
        return site(words[1:])
    folder = NOTEBOOKS
    if INSTALLED or copying or options.folder:
        from dlcourse import _course

        folder = (options.folder or Path.home() / "dlcourse").expanduser().absolute()
        try:
            for remark in _course.refresh(folder, NOTEBOOKS, __version__):
                print(remark, flush=True)
        except _course.Refused as reason:
            print(reason)
            return 1
    return 0 if copying else jupyterlab(folder, rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
