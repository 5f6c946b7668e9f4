"""From a real key press to the painted picture: `live` side by side with plain `interact`, in a real JupyterLab.

    python benchmarks/slider_latency.py --presses 30 --seconds 2 --rounds 3 [--strict]

The same slider, data, plot and number of pixels both ways, taken in turns, each time with a fresh kernel and page.
Times are the browser's own: from the keydown event until the frame that holds the new picture is painted. (A picture
of `interact` may still be undecoded then, so the comparison is kind to it.) The drag runs to and fro and ends at
full speed at the slider's end; "behind" is from the last pointer movement to the picture of that last value. "The way alone"
draws nothing, and so says what slider, kernel and page take by themselves.
Needs a quiet machine. With --strict the exit status is 1 when a bound is missed.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace

import nbformat
from far_line import throttled
from nbformat.v4 import new_code_cell, new_notebook

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))
import browser  # noqa: E402

SETUP = f"""import sys
sys.path.insert(0, {str(HERE)!r})
import slider_demos as demos
from ipywidgets import interact
from dlcourse import datasets, scenes
from dlcourse.live import live, log_slider, one_minus_log, slider"""
DEMOS = {
    "a year of daily values, two averages": ("averages", "beta=one_minus_log(0.5, 0.999, start=0.98)"),
    "filled contours, five paths of 200 steps": ("paths", "lr=demos.RATE"),
}
WAYS = {
    "interact": "interact(demos.fresh(demos.{}), {});",
    "live": "live(demos.{}, size=demos.SIZE, {});",
    "live, larger": "live(demos.{}, size=demos.SIZE, {});",  # as wide as it gets in a common window
    "the way alone": "demos.way_alone({1})",  # no drawing, pictures that are ready: nothing here can be quicker
}
HANDS = {
    "the race, its start": "live(scenes.optimizer_paths, w1=slider(-4.0, 4.0, -3.5, step=0.05),"
    " w2=slider(-3.0, 3.0, 2.0, step=0.05), lr=log_slider(0.001, 10, start=0.1))",
    "four bars of z": "live(scenes.probabilities, **{f'z{k}': (-8.0, 8.0, 0.0) for k in (1, 2, 3, 4)})",
    "today in the averages": "live(scenes.averages, datasets.temperatures(), beta=one_minus_log(0.5, 0.999, start=0.98),"
    " bias_correction=True, today=(1, 365, 100))",
}
LINES = {  # seconds there and back, bits a second
    "direct": None,
    "100 ms, 5 Mbit/s": (0.1, 5e6),
    "200 ms, 1 Mbit/s": (0.2, 1e6),
}
FAR_BEHIND, FRAME = (
    500,
    60_000,
)  # milliseconds behind at the end, beyond the way itself; bytes a frame on the slowest line
WINDOW, WIDTH = {"width": 1400, "height": 900}, 750  # pixels; the width of the picture of `interact`
RATIO, FRAMES, BEHIND = 0.2, 6, 200  # bounds: share of interact's time, times its frames, milliseconds


def when_painted(frames, picture):
    """When the first frame that holds this picture was painted."""
    frame = next(frame for frame in frames if frame["picture"] >= picture)
    return frame.get("painted", frame["time"])


def when_shown(frames):
    """When the picture of the last value was painted for the first time, be it with fewer pixels than at rest."""
    last, others = frames[-1], [frame for frame in frames if frame["words"] != frames[-1]["words"]]
    return when_painted(frames, min(others[-1]["picture"] + 1, last["picture"]) if others else last["picture"])


def press_keys(figure, presses, rng):
    """Milliseconds from keydown to paint, one press at a time."""
    page, times = figure.page, []
    figure.settle()
    figure.move("Home")
    for k in range(presses):
        time.sleep(rng.uniform(0.02, 0.08))  # not in step with the frames
        with figure.watched() as frames:
            page.wait_for_function("seenFrames().length > 2")
            figure.press("ArrowLeft" if k // 20 % 2 else "ArrowRight")
            page.wait_for_function("seenFrames().at(-3)?.picture > 1", timeout=30_000)
        times.append(when_painted(frames, 2) - page.evaluate("inputs.keydown"))
    return times


def drag(figure, way, seconds, quiet=0.4):
    """One drag from way(0) to way(1), back and there again, at up to 60 movements a second: what the browser painted."""
    page = figure.page
    page.mouse.move(*way(0))
    page.mouse.down()
    with figure.watched() as frames:
        start = time.monotonic()
        while (t := time.monotonic() - start) < seconds:
            phase = 3 * t / seconds % 2
            page.mouse.move(*way(min(phase, 2 - phase)))
            time.sleep(max(0.0, start + t + 1 / 60 - time.monotonic()))
        page.mouse.move(*way(1))
        page.mouse.up()
        figure.settle(quiet)
    begin, end = frames[0]["time"], page.evaluate("inputs.pointermove")
    during = [frame["picture"] for frame in frames if frame["time"] <= end]
    return {
        "seconds": (frames[-1]["time"] - begin) / 1000,
        "painted": frames[-1]["picture"] - frames[0]["picture"],
        "rate": (during[-1] - during[0]) / (end - begin) * 1000,
        "behind": max(0.0, when_shown(frames) - end),
        "jumps": sum(abs(a["height"] - b["height"]) > 1 for a, b in zip(frames, frames[1:])),
        "blank": sum(frame["blank"] for frame in frames),
    }


def drag_slider(figure, seconds):
    """Along the track of its first slider."""
    wanted = figure.move("End")[1]
    figure.move("Home")
    handle = figure.sliders.first.bounding_box()
    track = figure.sliders.first.locator("xpath=../..").bounding_box()
    y = handle["y"] + handle["height"] / 2
    result = drag(figure, lambda share: (track["x"] + share * track["width"], y), seconds)
    return {**result, "last": figure.looks()[1] == wanted}


def drag_hand(figure, seconds):
    """Its first handle, from where it stands to the other side of its axes."""
    left, top, width, height = figure.lab()["handles"][0]["box"]
    stage = figure.area.locator(".dlcourse-stage").bounding_box()
    held = figure.spot(0).bounding_box()
    begin = (held["x"] + held["width"] / 2, held["y"] + held["height"] / 2)
    end = (stage["x"] + (left + 0.8 * width) * stage["width"], stage["y"] + (top + 0.7 * height) * stage["height"])
    result = drag(figure, lambda share: tuple(a + share * (b - a) for a, b in zip(begin, end)), seconds)
    looks, values = figure.looks(), figure.lab()["values"]
    figure.click("reset")
    figure.settle()
    return {**result, "last": figure.set(values)[1] == looks[1]}


def same_width(figure, height=WINDOW["height"]):
    """A live picture is as wide as the window's height allows: make it WIDTH."""
    for _ in range(20):
        width = figure.pictures.first.evaluate("img => img.clientWidth")
        if abs(width - WIDTH) <= 2:
            return
        height = round(height * WIDTH / width)
        figure.page.set_viewport_size({**WINDOW, "height": height})
        figure.settle()
    raise RuntimeError(f"the live picture stays {width} pixels wide; the comparison needs {WIDTH}")


def opened(window, server, name):
    """A fresh page with a fresh kernel; its figure runs."""
    page = window.new_page()
    page.set_viewport_size(WINDOW)
    notebook = browser.Notebook(page, server, name)
    notebook.run_all()
    figure = browser.Figure(notebook, 1)
    figure.sliders.first.wait_for()
    figure.show()
    page.evaluate("""() => { window.inputs = {};
        for (const kind of ['keydown', 'pointermove'])
            addEventListener(kind, event => { inputs[kind] = event.timeStamp; }, true); }""")
    return page, figure


def in_the_hand(window, server, options):
    """Frames of a drag in the picture itself, of figures of the course as wide as the window gives."""
    print(
        "\n### In the hand\n\n| what is dragged | frames/s | ms behind, median (max) | last value shown | blank frames |"
    )
    print("|---|--:|--:|---|--:|")
    for number, title in enumerate(HANDS):
        drags = []
        for _ in range(options.rounds):
            page, figure = opened(window, server, f"hand {number}.ipynb")
            figure.settle()
            drags.append(drag_hand(figure, options.seconds))
            page.close()
            server.shut_down_kernels()
        behind, last = [drag["behind"] for drag in drags], all(drag["last"] for drag in drags)
        print(
            f"| {title} | {median(drag['rate'] for drag in drags):.1f} | {median(behind):.0f} ({max(behind):.0f}) "
            f"| {'always' if last else 'NOT always'} | {sum(drag['blank'] for drag in drags)} |",
            flush=True,
        )


def far_away(window, server, options):
    """The same drag over slower lines: how many bytes, how many frames, how far behind. Returns the bounds missed."""
    columns = ("line", "key to paint, ms", "frames/s in a drag", "kB/s", "kB a frame", "ms behind", "last value shown")
    print("\n### Far away: the averages lab\n\n| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
    missed, name, slowest = [], f"{next(iter(DEMOS.values()))[0]} live, larger.ipynb", [*LINES.values()][-1]
    for title, line in LINES.items():
        with throttled(server.url, *(line or (0, float("inf")))) as proxy:
            page, figure = opened(window, SimpleNamespace(**{**vars(server), "url": proxy.url}), name)
            figure.settle(1.0)
            times = press_keys(figure, min(options.presses, 10), random.Random(0))
            figure.settle(1.0)
            wanted = figure.move("End")[1]
            figure.move("Home")
            handle, track = (figure.sliders.first.locator(f"xpath={up}").bounding_box() for up in (".", "../.."))
            y, before = handle["y"] + handle["height"] / 2, proxy.bytes
            result = drag(figure, lambda share: (track["x"] + share * track["width"], y), options.seconds, 1.0)
            sent, painted = proxy.bytes - before, max(1, result["painted"])
            last = figure.looks()[1] == wanted
        way = 1000 * (line[0] if line else 0)
        print(
            f"| {title} | {median(times):.0f} | {result['rate']:.1f} | {sent / result['seconds'] / 1000:.0f} "
            f"| {sent / painted / 1000:.0f} | {result['behind']:.0f} | {'yes' if last else 'NO'} |",
            flush=True,
        )
        bounds = {
            f"over {title} at most {FAR_BEHIND} ms and the way behind": result["behind"] <= FAR_BEHIND + way,
            f"over {title} at most {FRAME // 1000} kB a frame": line != slowest or sent / painted <= FRAME,
            f"over {title} the last value shown": last,
        }
        missed += [bound for bound, held in bounds.items() if not held]
        page.close()
        server.shut_down_kernels()
    print("\n" + ("Missed: " + "; ".join(missed) if missed else "All bounds held."), flush=True)
    return missed


def measure(window, server, demo, way, options, rng):
    """One way on a fresh page with a fresh kernel: times of the key presses, the drag, the pixels of the picture."""
    page, figure = opened(window, server, f"{demo} {way}.ipynb")
    if way == "live":
        same_width(figure)
    times, drag = press_keys(figure, options.presses, rng), drag_slider(figure, options.seconds)
    result = times, drag, figure.pictures.first.evaluate("img => [img.naturalWidth, img.naturalHeight]")
    page.close()
    server.shut_down_kernels()
    return result


def report(title, rounds):
    """A table in Markdown; returns the bounds that were missed."""
    rows = {}
    for way, results in rounds.items():
        keys, drags = [ms for times, _, _ in results for ms in times], [drag for _, drag, _ in results]
        rows[way] = {
            "median": median(keys),
            "p95": quantiles(keys, n=20)[-1],
            "size": results[0][2],
            "rate": median(drag["rate"] for drag in drags),
            "behind": [drag["behind"] for drag in drags],
            "last": all(drag["last"] for drag in drags),
            "jumps": sum(drag["jumps"] for drag in drags),
            "blank": sum(drag["blank"] for drag in drags),
        }
    plain, ours = rows["interact"], rows["live"]
    print(
        f"\n### {title}\n\n| way | pixels | key to paint, median / p95 ms | ratio | frames/s in a drag "
        "| ms behind, median (max) | last value shown | changes of height | blank frames |"
    )
    print("|---|---|--:|--:|--:|--:|---|--:|--:|")
    for way, row in rows.items():
        behind = f"{median(row['behind']):.0f} ({max(row['behind']):.0f})"
        print(
            f"| {way} | {row['size'][0]} x {row['size'][1]} | {row['median']:.0f} / {row['p95']:.0f} "
            f"| {row['median'] / plain['median']:.2f} | {row['rate']:.1f} | {behind} "
            f"| {'always' if row['last'] else 'NOT always'} | {row['jumps']} | {row['blank']} |"
        )
    bounds = {
        f"key to paint at most {RATIO} of interact": ours["median"] <= RATIO * plain["median"],
        f"at least {FRAMES} times its frames": ours["rate"] >= FRAMES * plain["rate"],
        f"less than {BEHIND} ms behind": max(ours["behind"]) < BEHIND,
        "the last value always shown": ours["last"],
        "no change of height": not ours["jumps"],
        "no blank frame": not ours["blank"],
    }
    missed = [bound for bound, held in bounds.items() if not held]
    print("\n" + ("Missed: " + "; ".join(missed) if missed else "All bounds held."), flush=True)
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, kind, default in (("--presses", int, 30), ("--seconds", float, 2.0), ("--rounds", int, 3)):
        parser.add_argument(name, type=kind, default=default)
    parser.add_argument("--strict", action="store_true", help="exit status 1 when a bound is missed")
    options, rng, missed = parser.parse_args(), random.Random(0), []
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "notebooks"
        folder.mkdir()
        for demo in DEMOS.values():
            for way, call in WAYS.items():
                cells = [new_code_cell(SETUP), new_code_cell(call.format(*demo))]
                nbformat.write(new_notebook(cells=cells, metadata=browser.PYTHON), folder / f"{demo[0]} {way}.ipynb")
        for number, call in enumerate(HANDS.values()):
            cells = [new_code_cell(SETUP), new_code_cell(call)]
            nbformat.write(new_notebook(cells=cells, metadata=browser.PYTHON), folder / f"hand {number}.ipynb")
        with browser.jupyterlab(folder, home) as server, browser.chromium() as chromium:
            window = chromium.new_context(viewport=WINDOW)
            for title, (demo, _) in DEMOS.items():
                rounds = {way: [] for way in WAYS}
                for way in [*WAYS] * options.rounds:
                    rounds[way].append(measure(window, server, demo, way, options, rng))
                missed += report(title, rounds)
            in_the_hand(window, server, options)
            missed += far_away(window, server, options)
    return int(options.strict and bool(missed))


if __name__ == "__main__":
    sys.exit(main())
