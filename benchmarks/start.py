"""What a learner waits for at the start, and what a kernel holds at the end, each measured in a process of its own.

    python benchmarks/start.py [-k dropout] [--rounds 5] [--strict]

Start: the first cell of each notebook with figures, then moons and digits, in CPU seconds of a process that has loaded what every
kernel has; beside it numpy, matplotlib.pyplot and ipywidgets, which a cell of any course with sliders imports. The processes
are interleaved, the minimum over the rounds counts, and all of them find compiled bytecode.
Memory: each notebook without frameworks is run in a kernel of its own, which then says what it holds (resident, in 10^6 bytes).
With -k only the notebooks whose name contains the word; with --strict the exit status is 1 when a bound is missed.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
SLOWER, HELD = 1.5, 130  # at most so many times the three imports; at most so many megabytes
IMPORTS = "import numpy, matplotlib.pyplot, ipywidgets"
DATA = "import numpy as np\ndatasets.moons(300, 0.2, np.random.default_rng(0)), datasets.digits()"
CLOCK = "import time, ipykernel.kernelapp\nbegan = time.process_time()\n{}\nprint(time.process_time() - began)"
RESIDENT = "import psutil\nprint(psutil.Process().memory_info().rss)"


def cells(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def seconds(code, environment):
    """CPU seconds of this code in a fresh process."""
    command = [sys.executable, "-c", CLOCK.format(code)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(run.stdout.splitlines()[-1])


def start(paths, rounds):
    """{what: CPU seconds}, the three imports first."""
    firsts = {path.stem: cells(path)[0] for path in paths}
    codes = {"the three imports": IMPORTS}
    codes |= {name: f"{code}\nfrom dlcourse import datasets\n{DATA}" for name, code in firsts.items() if "live" in code}
    with tempfile.TemporaryDirectory() as bytecode:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": bytecode, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        measured = [{name: seconds(code, environment) for name, code in codes.items()} for _ in range(rounds + 1)]
    return {name: min(taken[name] for taken in measured[1:]) for name in codes}  # the first round compiles


def memory(path):
    """Megabytes that a kernel holds when this notebook has run."""
    book = nbformat.read(path, as_version=4)
    book.cells.append(nbformat.v4.new_code_cell(RESIDENT))
    NotebookClient(book, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    return int(book.cells[-1].outputs[-1].text) / 1e6


def line(what, measured, unit, bound):
    met = measured <= bound
    print(
        f"| {what} | {measured:.{2 if unit == 'times' else 0}f} {unit} | {bound} | {'met' if met else 'MISSED'} |",
        flush=True,
    )
    return met


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", default="", metavar="WORD")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--strict", action="store_true")
    arguments = parser.parse_args()
    paths = [path for path in sorted(NOTEBOOKS.glob("week*/*.ipynb")) if arguments.k in path.stem]
    base, *firsts = start(paths, arguments.rounds).items()
    print(
        f"{base[0]}: {base[1]:.2f} CPU seconds, load {os.getloadavg()[0]:.1f}\n\n| | measured | at most | |\n|---|--:|--:|---|"
    )
    met = [line(f"first cell and data, {name}", taken / base[1], "times", SLOWER) for name, taken in firsts]
    for path in paths:
        if not re.search(r"^\s*import (torch|tensorflow)", "\n".join(cells(path)), re.MULTILINE):
            met.append(line(f"kernel after {path.stem}", memory(path), "MB", HELD))
    return int(arguments.strict and not all(met))


if __name__ == "__main__":
    sys.exit(main())
