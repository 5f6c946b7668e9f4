"""The two commands of the README, the same on Linux, macOS and Windows:

    python -m dlcourse         install what is needed and open the course in JupyterLab
    python -m dlcourse test    install what the tests need too and run them all: pytest --nbval

Everything goes into the environment that is active (venv, conda); without one, into a new one in `.venv`.
Further words are handed on: `python -m dlcourse test -k adam`, `python -m dlcourse --port 9999`.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START = ROOT / "notebooks" / "00_start_here.ipynb"


def environment_python():
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


def main(words):
    """Install, then hand over; returns the exit status."""
    if sys.version_info < (3, 11):
        print(f"dlcourse needs Python 3.11 or newer; this is {sys.version.split()[0]} at {sys.executable}.")
        return 1
    testing = words[:1] == ["test"]
    python = environment_python()
    print("Installing what the course needs (a few minutes the first time)", flush=True)
    wanted = f"{ROOT}[test]" if testing else str(ROOT)
    status = subprocess.call([python, "-m", "pip", "install", "--quiet", "--editable", wanted])
    if status:
        return status
    if testing:
        return subprocess.call([python, "-m", "pytest", "--nbval", *words[1:]], cwd=ROOT)
    return subprocess.call([python, "-m", "jupyter", "lab", str(START), *words], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
