"""From a key press to the finished picture, a training to its end: every lab, with and without what is kept and made ahead.

    python benchmarks/finished.py [--labs 6] [--only dropout] [--way with] [--rest 1.0] [--strict]

Each lab of each notebook runs alone in a real JupyterLab, in a fresh kernel, beside the averages lab. Its first slider
goes ten stops on and ten back by key, with pauses as a reader makes them: each move is awaited to its end, then comes a
pause. Times are the browser's own, from the keydown event until the finished picture is painted, in units of F, the
median time of a move of the averages lab on the same page. "seen": on the way back. "next": a new stop after a second of
rest. "cold": a new stop after a short pause, and the first. With --strict the exit status is 1 when a bound is missed.
--labs takes so many training labs, spread over the course, and half as many that do not train. --way: only one of the two.
"""

import argparse
import ast
import inspect
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from dlcourse import scenes

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))
import browser  # noqa: E402
from places import PATHS  # noqa: E402

SETUP = """import os
os.environ["DLCOURSE_AHEAD"] = "{}"
from dlcourse import datasets, scenes
from dlcourse.live import Lab, live, one_minus_log
reference = live(scenes.averages, datasets.temperatures(), beta=one_minus_log(0.5, 0.999, start=0.9), bias_correction=True)"""
PAUSES = {"cold": 0.2, "seen": 0.5}  # seconds before a move; "next" is an option
ON = ("cold", "next", "next", "cold", "next", "next", "cold", "next", "next", "next")  # the ten stops on
BACK = ("seen",) * 10
QUIET = 250  # milliseconds without a change: so a finished picture is told from a frame of a training
SEEN, NEXT, SHARE, COLD, PLAIN = 2, 2, 0.8, 50, 3  # bounds, in F; share of the next stops
RSS = "int(open('/proc/self/statm').read().split()[1]) * 4096 if os.path.exists('/proc/self/statm') else 0"
LAB = "[lab for lab in Lab._all if lab is not reference][0]"
SLIDERS = (
    "[[len(positions), positions.index(c.value)] for lab in [LAB] for c in lab._page._rows[1].children"
    " if type(c).__name__ in ('Scale', 'FloatSlider', 'IntSlider') and not c.disabled"
    " for positions in [__import__('dlcourse.live.controls').live.controls.positions(c)]]"
).replace("LAB", LAB)


def cells_by_lab():
    """{name: the cells that it needs}: all code before its cell, without other labs, and its cell."""
    found = {}
    for path in PATHS:
        before = []
        for cell in nbformat.read(path, as_version=4).cells:
            if browser.is_live(cell.cell_type, cell.source):
                scene = re.search(r"scenes\.(\w+)", cell.source)[1]
                name = f"{path.stem[:2]} {scene}"
                while name in found:
                    name += "'"
                found[name] = [*before, cell.source]
                statements = [ast.unparse(each) for each in ast.parse(cell.source).body]
                before.append("\n".join(each for each in statements if "live(" not in each))
            elif cell.cell_type == "code":
                before.append(cell.source)
    return found


def move(figure, key, slider=0):
    """Press a key; milliseconds until the finished picture is painted. None if the key changed nothing."""
    page = figure.page
    with figure.watched() as frames:
        page.wait_for_function("seenFrames().length > 2")
        figure.press(key, slider=slider)
        page.wait_for_function(
            """([area, quiet]) => { const frames = seenFrames(), now = performance.now();
            const changed = frames.findLast((f, k) => k && f.picture > frames[k - 1].picture && f.time >= inputs.keydown);
            const training = area.querySelector('.dlcourse-training');
            const since = now - Math.max(changed?.time ?? 0, inputs.keydown);
            return !training && since > (changed ? quiet : 3000); }""",
            arg=[figure.area.element_handle(), QUIET],
            timeout=120_000,
        )
        pressed = page.evaluate("inputs.keydown")
    changes = [b for a, b in zip(frames, frames[1:]) if b["picture"] > a["picture"] and b["time"] >= pressed]
    return changes[-1].get("painted", changes[-1]["time"]) - pressed if changes else None


def drag(window, server, name, rest):
    """The recorded drag of one lab on a fresh page: [(kind, milliseconds, was it remembered)], and what else is told."""
    page = window.new_page()
    notebook = browser.Notebook(page, server, name)
    notebook.run_all()
    reference, figure = notebook.figures()[:1] + notebook.figures()[-1:]
    page.evaluate("() => { window.inputs = {keydown: 0};"
                  " addEventListener('keydown', event => { inputs.keydown = event.timeStamp; }, true); }")  # fmt: skip
    reference.show()
    reference.settle()
    frame = median(move(reference, key) for key in ["ArrowRight", "ArrowLeft"] * 6)
    figure.show()
    figure.settle(1.0)
    trains, sliders = notebook.ask(f"{LAB}.trains"), notebook.ask(SLIDERS)
    moves = []
    if sliders:
        slider = next((k for k, (stops, _) in enumerate(sliders) if stops > 10), 0)
        stops, here = sliders[slider]
        there, back = ("ArrowRight", "ArrowLeft") if here + len(ON) < stops else ("ArrowLeft", "ArrowRight")
        for k, kind in enumerate((*ON, *BACK)):
            time.sleep(PAUSES.get(kind, rest))
            took = move(figure, there if k < len(ON) else back, slider)
            if took is not None:
                moves.append((kind, took / frame, notebook.ask(f"{LAB}.picture.remembered")))
    kept = notebook.ask("sum(each.size for each in __import__('dlcourse.live.ahead').live.ahead.Ahead._all)")
    told = {"trains": trains, "F": frame, "kept": kept, "kernel": notebook.ask(RSS)}
    page.close()
    server.shut_down_kernels()
    return moves, told


def line(name, way, moves, told):
    """One row of the table."""
    times = {kind: sorted(took for each, took, _ in moves if each == kind) for kind in ("cold", "next", "seen")}
    spans = [f"{median(t):.1f} / {t[-1]:.1f}" if t else "" for t in times.values()]
    hits = sum(remembered for *_, remembered in moves)
    row = [name, "trains" if told["trains"] else "", way, f"{told['F']:.0f}", *spans, f"{hits} of {len(moves)}"]
    return "| " + " | ".join([*row, f"{told['kept'] / 1e6:.1f}", f"{told['kernel'] / 1e6:.0f}"]) + " |"


def missed_by(results):
    """The bounds that were missed, by all labs with what is kept and made ahead."""
    missed = []

    def hold(bound, took, most):
        if took > most:
            missed.append(f"{bound} at most {most:g}, was {took:.1f}")

    new = []
    for name, (moves, told) in results.items():
        times = {kind: [took for each, took, _ in moves if each == kind] for kind in ("cold", "next", "seen")}
        if told["trains"]:
            new += times["next"]
            hold(f"{name}: a value seen before", max(times["seen"], default=0), SEEN)
            hold(f"{name}: a cold move", max(times["cold"], default=0), COLD)
        else:
            hold(f"{name}: a move", median([took for _, took, _ in moves] or [0]), PLAIN)
    if new:
        share = sum(took <= NEXT for took in new) / len(new)
        print(f"\nNext stops after a second of rest within {NEXT} F: {share:.0%} of {len(new)}.")
        hold("next stops that take longer, in %", 100 * (1 - share), 100 * (1 - SHARE))
    return missed


def chosen(names, trains, options):
    """The labs to measure: all, those of some name, or a few spread over the course."""
    names = [name for name in names if options.only in name]
    if not options.labs:
        return names
    training, others = [[n for n in names if trains[n] is kind] for kind in (True, False)]
    return [*_spread(training, options.labs), *_spread(others, options.labs // 2)]


def _spread(names, most):
    """At most so many of the names, evenly."""
    most = min(most, len(names))
    return [names[k * len(names) // most] for k in range(most)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labs", type=int, default=0, help="so many training labs; 0: all labs")
    parser.add_argument("--rest", type=float, default=1.0, help="seconds before a next stop; the bound is for 1")
    parser.add_argument("--only", default="", help="labs with this in their name")
    parser.add_argument(
        "--way", choices=["without", "with"], help="only without, or only with what is kept and made ahead"
    )
    parser.add_argument("--strict", action="store_true", help="exit status 1 when a bound is missed")
    options, labs = parser.parse_args(), cells_by_lab()
    results = {way: {} for way in ([options.way] if options.way else ["without", "with"])}

    def trains(name):
        return "yield" in inspect.getsource(getattr(scenes, name[3:].strip("'")))

    names = chosen(labs, {name: trains(name) for name in labs}, options)
    columns = (
        "lab",
        "",
        "kept and ahead",
        "F, ms",
        "cold: median / worst, F",
        "next",
        "seen",
        "remembered",
        "kept, MB",
        "kernel, MB",
    )
    print(f"Rest before a next stop: {options.rest:g} s.\n")
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns), flush=True)
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "notebooks"
        folder.mkdir()
        for name in names:
            for way, on in (("without", 0), ("with", 1)):
                cells = [new_code_cell(SETUP.format(on)), *map(new_code_cell, labs[name])]
                for cell in cells[1:-1]:
                    cell.metadata["tags"] = ["raises-exception"]  # it may ask for a lab that is not there
                nbformat.write(new_notebook(cells=cells, metadata=browser.PYTHON), folder / f"{name} {way}.ipynb")
        with browser.jupyterlab(folder, Path(home)) as server, browser.chromium() as chromium:
            window = chromium.new_context(viewport={"width": 1400, "height": 900})
            for name in names:
                for way, rows in results.items():
                    rows[name] = drag(window, server, f"{name} {way}.ipynb", options.rest)
                    print(line(name, way, *rows[name]), flush=True)
    missed = missed_by(results.get("with", {}))
    print("\n" + ("Missed: " + "; ".join(missed) if missed else "All bounds held."), flush=True)
    return int(options.strict and bool(missed))


if __name__ == "__main__":
    sys.exit(main())
