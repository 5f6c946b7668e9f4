"""A real JupyterLab (or Notebook 7) in a real Chromium: what tests/live and benchmarks/slider_latency.py drive."""

import ast
import base64
import io
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import numpy as np
from PIL import Image

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}  # no question about news over the first notebook
PYTHON = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
PANEL = "window.jupyterapp.shell.currentWidget"
KERNEL = f"{PANEL}.sessionContext.session.kernel"


def is_live(cell_type, source):
    """Does this cell make a live figure?"""
    return cell_type == "code" and re.search(r"^(\w+ = )?live\(", source, re.MULTILINE)


def browser_path():
    """A Chromium that is on this machine already, or None: nothing is ever downloaded."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Server:
    """JupyterLab, or Notebook 7, on a folder, with settings of its own, so that nobody's settings leak in or out."""

    def __init__(self, folder, home, app="jupyterlab"):
        self.token, self.url = secrets.token_hex(16), None
        self.pages = {"jupyterlab": "lab/tree", "notebook": "notebooks"}[app]  # where it opens a notebook
        self.log = home / "jupyterlab.log"
        settings = home / "config/lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(NO_NEWS))
        own = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "run",
            "IPYTHONDIR": "ipython",
        }
        options = {
            "ServerApp.port": 0,
            "ServerApp.open_browser": False,
            "ServerApp.allow_root": True,
            "ServerApp.root_dir": folder,
            "IdentityProvider.token": self.token,
            "LabApp.expose_app_in_browser": True,
            "JupyterNotebookApp.expose_app_in_browser": True,
        }
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", app, *(f"--{name}={value}" for name, value in options.items())],
                stdout=log,
                stderr=log,
                env={**os.environ, **{name: str(home / place) for name, place in own.items()}},
            )
        try:
            self.url = self.wait_until_up(home / "run")
        except BaseException:
            self.stop()
            raise

    def wait_until_up(self, runtime, seconds=90):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            for file in runtime.glob("jpserver-*.json"):
                try:
                    self.url = json.loads(file.read_text())["url"].rstrip("/")
                    self.api("status")
                    return self.url
                except (OSError, ValueError):
                    pass  # half written, or not listening yet
            time.sleep(0.1)
        raise RuntimeError(f"The server did not start:\n{self.log.read_text()}")

    def api(self, path, method="GET"):
        request = Request(f"{self.url}/api/{path}", method=method, headers={"Authorization": f"token {self.token}"})
        with urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def shut_down_kernels(self):
        for session in self.api("sessions"):
            self.api(f"sessions/{session['id']}", "DELETE")

    def stop(self):
        try:
            self.shut_down_kernels()
            self.api("shutdown", "POST")
            self.process.wait(20)
        except Exception:
            self.process.kill()
            self.process.wait()


def difference(one, two):
    """By how much two pictures, as data URLs, differ where they differ most: 0 to 255, or 255 for two sizes.

    What lies under lettering that is half clear may be off by 2, depending on what was drawn before.
    """
    one, two = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))).astype(int) for url in (one, two)
    )
    return int(np.abs(one - two).max()) if one.shape == two.shape else 255


@contextmanager
def jupyterlab(folder, home, app="jupyterlab"):
    server = Server(Path(folder), Path(home), app)
    try:
        yield server
    finally:
        server.stop()


class Notebook:
    """One notebook, open in a page."""

    def __init__(self, page, server, name):
        self.page, self.server, self.name, self.crashes = page, server, name, []
        page.on("pageerror", lambda error: self.crashes.append(str(error)))
        page.set_default_timeout(60_000)
        page.goto(f"{server.url}/{server.pages}/{quote(name)}?reset&token={server.token}")
        self.wait(
            f"window.jupyterapp && {PANEL}?.context?.path === name && {PANEL}.context.isReady"
            f" && {PANEL}.sessionContext?.session?.kernel?.status === 'idle'",
            name=name,
        )
        self.cells = page.evaluate(
            f"{PANEL}.content.widgets.map(cell => [cell.model.type, cell.model.sharedModel.getSource()])"
        )
        page.evaluate(f"{PANEL}.content.widgets.forEach((cell, i) => cell.node.dataset.number = i)")
        page.evaluate(
            "const fold = 'application:toggle-left-area';"
            "if (jupyterapp.commands.hasCommand(fold)) jupyterapp.commands.execute(fold);"
            "document.querySelector('#jupyterlab-splash')?.remove()"
        )

    def wait(self, condition, seconds=120, **names):
        """Until a JavaScript condition holds; what is passed by name is visible in it."""
        self.page.wait_for_function(f"({{{', '.join(names)}}}) => {condition}", arg=names, timeout=1000 * seconds)

    def until_done(self, promise, seconds=300):
        """Wait for something in JavaScript that takes its time."""
        self.page.evaluate("window.done = false")
        self.page.evaluate(f"() => {{ Promise.resolve({promise}).finally(() => {{ window.done = true; }}); }}")
        self.wait("window.done", seconds)

    def command(self, name, arguments="{}"):
        """Run a command of JupyterLab, as its menus do, until it is done."""
        self.until_done(f"jupyterapp.commands.execute('{name}', {arguments})")

    def run_all(self):
        self.command("notebook:run-all-cells")
        self.wait(f"{KERNEL}.status === 'idle'")

    def restart_kernel(self):
        self.until_done(f"{KERNEL}.restart()")
        self.wait(f"{KERNEL}.status === 'idle'")

    def ask(self, expression):
        """The value of a Python expression in the kernel, by way of JSON."""
        reply = self.page.evaluate(
            f"code => {KERNEL}.requestExecute({{code: '', silent: true, user_expressions: {{asked: code}}}}).done"
            ".then(reply => reply.content.user_expressions.asked)",
            f"__import__('json').dumps({expression}, default=float)",
        )
        assert reply["status"] == "ok", reply
        return json.loads(ast.literal_eval(reply["data"]["text/plain"]))

    def outputs(self):
        """The outputs of every code cell, also of those that are scrolled out of sight."""
        return self.page.evaluate(f"{PANEL}.content.widgets.map(cell => cell.model.outputs?.toJSON() ?? [])")

    def figures(self):
        """The cells that call live, in order."""
        return [Figure(self, i) for i, cell in enumerate(self.cells) if is_live(*cell)]


class Figure:
    """The output of one cell: its picture and, when it is live, its controls."""

    def __init__(self, notebook, number):
        self.notebook, self.page, self.number = notebook, notebook.page, number
        self.cell = notebook.page.locator(f'.jp-Cell[data-number="{number}"]')
        self.area = self.cell.locator(".jp-OutputArea").first
        self.pictures = self.area.locator("img:visible")
        self.sliders = self.area.locator(".noUi-target:not([disabled]) .noUi-handle:visible")
        self.spots = self.area.locator(".dlcourse-spot:visible")  # what can be taken in the picture

    def lab(self):
        """What the kernel holds of it: values, start, presets, caption, and the readout that belongs to each control."""
        return self.notebook.ask(
            "[{'values': lab.values, 'start': lab.start, 'presets': lab.presets, 'caption': lab.caption,"
            " 'remembers': hasattr(lab.update, 'forget'), 'handles': lab._hands.shown(), 'readouts':"
            " {c.description: c.options[c.index][0] if hasattr(c, 'index') else format(c.value, c.readout_format)"
            " for c in lab.controls.values() if hasattr(c, 'readout')}}"
            f"{self._of_all_labs()}][0]"
        )

    def _of_all_labs(self):
        """The Python words that pick this figure's lab in the kernel."""
        cell = self.page.evaluate(f"{PANEL}.content.widgets[{self.number}].model.id")
        return f" for lab in __import__('dlcourse.live').live.Lab._all if lab.cell[0] == {cell!r}"

    def set(self, values):
        """Move the controls from Python; the looks of the picture that this gives."""
        self.notebook.ask(f"[lab.set(**{values!r}){self._of_all_labs()}]")
        return self.settle()

    def values_at(self, handle, spot, at):
        """What Python says that a handle, left at this share of the picture, asks for."""
        where = f"lab._hands._rounded(h.axes, lab._hands._place(h.axes, *{at!r}))"
        asked = f"h.moved(lab.values, {spot}, *{where})"
        near = "__import__('dlcourse.live.controls', fromlist=['nearest']).nearest"
        return self.notebook.ask(
            f"[{{**lab.values, **{{name: {near}(lab.controls[name], value) for name, value in {asked}.items()}}}}"
            f"{self._of_all_labs()} for h in [lab._hands.handles[{handle}]]][0]"
        )

    def spot(self, handle, spot=0):
        """The element over the picture that stands for one spot of a handle."""
        return self.area.locator(f'.dlcourse-spot[data-spot="{handle} {spot}"]')

    def take(self, handle, at, spot=0, touch=False):
        """Drag a spot to a share of the picture, by mouse or by finger; returns where it was left, to the pixel."""
        stage = self.area.locator(".dlcourse-stage").bounding_box()
        held = self.spot(handle, spot).bounding_box()
        begin = [round(held["x"] + held["width"] / 2), round(held["y"] + held["height"] / 2)]
        end = [round(stage["x"] + at[0] * stage["width"]), round(stage["y"] + at[1] * stage["height"])]
        way = [[round(a + k / 8 * (b - a)) for a, b in zip(begin, end)] for k in range(1, 9)]
        if touch:
            finger = self.page.context.new_cdp_session(self.page)
            for kind, points in (("touchStart", [begin]), *(("touchMove", [p]) for p in way), ("touchEnd", [])):
                points = [{"x": x, "y": y} for x, y in points]
                finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        else:
            self.page.mouse.move(*begin)
            self.page.mouse.down()
            for point in way:
                self.page.mouse.move(*point)
            self.page.mouse.up()
        return [(end[0] - stage["x"]) / stage["width"], (end[1] - stage["y"]) / stage["height"]]

    def readouts(self):
        """{name of a slider: what stands beside it}."""
        return self.area.evaluate("""area => Object.fromEntries([...area.querySelectorAll('.widget-readout')].map(
            readout => [readout.closest('.widget-inline-hbox').querySelector('.widget-label').textContent,
                        readout.textContent.replace('\u2212', '-')]))""")

    def click(self, label):
        """Press one of its buttons."""
        self.area.get_by_role("button", name=label, exact=True).first.click()  # a choice of that name comes later

    def run(self, times=1):
        """Run its cell, that often in one go, as by an impatient Shift+Enter."""
        self.page.evaluate(f"{PANEL}.content.activeCellIndex = {self.number}")
        once = "jupyterapp.commands.execute('notebook:run-cell')"
        self.notebook.until_done(f"Promise.all([{', '.join([once] * times)}])")

    def show(self, seconds=120):
        """Scroll to it; returns once its one picture is painted. Cells above may still grow and push it away: then again."""
        from playwright.sync_api import TimeoutError

        end = time.monotonic() + seconds
        while True:
            self.area.evaluate("area => area.scrollIntoView({block: 'start'})")
            try:
                self.notebook.wait(
                    """{ const seen = [...area.querySelectorAll('img')].filter(img => img.offsetParent);
                    return seen.length && seen.every(img => img.complete && img.naturalWidth); }""",
                    seconds=5,
                    area=self.area.element_handle(),
                )
                return self
            except TimeoutError:
                if time.monotonic() > end:
                    raise

    def looks(self):
        """What is to be seen: the alt text and the pixels of the picture."""
        return self.pictures.first.evaluate("""img => { const canvas = document.createElement('canvas');
            canvas.width = img.naturalWidth; canvas.height = img.naturalHeight;
            canvas.getContext('2d').drawImage(img, 0, 0); return [img.alt, canvas.toDataURL()]; }""")

    def wait_until(self, wanted, seconds=60):
        """Until wanted(looks) holds; returns the looks, also when the time is over."""
        end = time.monotonic() + seconds
        while not wanted(looks := self.looks()) and time.monotonic() < end:
            self.page.wait_for_timeout(50)
        return looks

    def settle(self, quiet=0.4):
        """The looks once nothing is awaited, the kernel's main thread is free and the picture has come to rest."""
        for _ in range(2):
            self.page.evaluate("window.last = undefined")
            self.notebook.wait(
                """{ const img = [...area.querySelectorAll('img')].find(img => img.offsetParent);
                const busy = area.querySelector('.dlcourse-training');
                const now = img?.src + img?.alt;
                if (busy || now !== window.last) { window.last = now; window.since = performance.now(); }
                return performance.now() - window.since > ms; }""",
                area=self.area.element_handle(),
                ms=1000 * quiet,
            )
            self.notebook.until_done(f"{KERNEL}.requestExecute({{code: '', silent: true}}).done")
        return self.looks()

    def move(self, key):
        """Press a key that changes the picture; the looks after it has."""
        before = self.looks()
        self.press(key)
        self.wait_until(lambda looks: looks[1] != before[1])
        return self.settle()

    def press(self, *keys, slider=0):
        handle = self.sliders.nth(slider)
        for key in keys:
            handle.press(key)

    def drag(self, *stops, slider=0, steps=15):
        """Drag the handle by mouse to these fractions of its track, and let go at the last."""
        handle = self.sliders.nth(slider).bounding_box()
        track = self.sliders.nth(slider).locator("xpath=../..").bounding_box()
        y, mouse = handle["y"] + handle["height"] / 2, self.page.mouse
        mouse.move(handle["x"] + handle["width"] / 2, y)
        mouse.down()
        for stop in stops:
            mouse.move(track["x"] + stop * track["width"], y, steps=steps)
        mouse.up()

    @contextmanager
    def watched(self):
        """A list that holds, afterwards, what every animation frame in between showed."""
        seen = []
        self.area.evaluate("""area => { const frames = []; let watching = true, last = null, picture = 0;
            const painted = new MessageChannel();               // its message comes right after the frame is painted
            painted.port1.onmessage = () => { frames.at(-1).painted = performance.now(); };
            const look = () => {
                const box = area.getBoundingClientRect(), imgs = [...area.querySelectorAll('img')];
                const img = imgs.find(img => img.offsetParent), rect = img?.getBoundingClientRect();
                const blank = !img || !img.complete || !img.naturalWidth;
                if (!blank && img.src !== last) { last = img.src; picture += 1; }
                const words = area.querySelector('.dlcourse-caption')?.textContent ?? null;
                frames.push({time: performance.now(), picture, blank, words, all: box.height,
                             height: rect?.height ?? 0, top: rect ? rect.top - box.top : 0,
                             pixels: img?.naturalWidth ?? 0,
                             error: area.querySelector('.dlcourse-error')?.textContent ?? ''});
                painted.port2.postMessage(0);
                if (watching) requestAnimationFrame(look); };
            requestAnimationFrame(look);
            window.seenFrames = () => frames;
            window.stopWatching = () => { watching = false; return frames; }; }""")
        yield seen
        seen.extend(self.page.evaluate("stopWatching()"))
