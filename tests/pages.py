"""The site's pages in a real Chromium, served by Python's own web server, with every other host out of reach."""

import os
import re
import shutil
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import browser
from places import NOTEBOOKS
from transcript import CLOSE, NUMBER, _nearly

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
PYODIDE = os.environ.get("DLCOURSE_PYODIDE")  # the folder that .ci/pyodide fills
WITHOUT = "DLCOURSE_PYODIDE names no folder with Pyodide: .ci/pyodide FOLDER fetches it"


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".wasm": "application/wasm", ".js": "text/javascript"}

    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """The address of a folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chromium():
    """A Chromium that reaches this machine and nothing else."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=browser.browser_path(), args=[*browser.FLAGS, ALONE])
        try:
            yield window
        finally:
            window.close()


class Visit:
    """One visit to a site: a page of the browser, what it asked for, and what it complained about."""

    def __init__(self, window, address, **options):
        self.address, self.asked, self.complaints = address, [], []
        self.context = window.new_context(**{"viewport": {"width": 1366, "height": 768}, **options})
        self.page = self.context.new_page()
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        self.page.set_default_timeout(30_000)

    def open(self, path):
        """Load a page anew."""
        self.page.goto(self.address + path)
        self.page.locator("img.dlcourse-image").wait_for()

    def go(self, path):
        """Go on to another page of the site as a reader does, by a link: Python stays."""
        self.page.evaluate(
            "path => { const link = document.createElement('a'); link.href = path; document.body.append(link);"
            " link.click(); link.remove(); }",
            self.address + path,
        )
        self.page.wait_for_url(f"{self.address}{path}*")

    def live(self, seconds=180):
        """Until Python's own figure is there, and at rest; where the page says why it cannot come, that is the error."""
        excuse = self.page.locator(".status", has_text=re.compile("cannot be computed|There is no Python"))
        self.page.locator("main[data-live]").or_(excuse).wait_for(state="attached", timeout=1000 * seconds)
        assert not excuse.count(), excuse.text_content()
        return self.settle()

    def settle(self, quiet=0.5, seconds=120):
        """The sentence, once picture and sentence have come to rest."""
        self.page.evaluate("window.last = undefined")
        self.page.wait_for_function(
            """ms => { const [img, words] = ['.dlcourse-image', '.dlcourse-caption'].map(each => document.querySelector(each));
            const now = img?.src + words?.textContent;
            if (now !== window.last || document.querySelector('.dlcourse-training')) {
                window.last = now; window.since = performance.now(); }
            return performance.now() - window.since > ms; }""",
            arg=1000 * quiet,
            timeout=1000 * seconds,
        )
        return self.caption

    def until(self, wanted, seconds=60):
        """The sentence and the goal, as soon as wanted(sentence, goal) holds, or when the time is over."""
        end = time.monotonic() + seconds
        while True:
            now = self.caption, self.page.locator(".dlcourse-goal").inner_text()
            if wanted(*now) or time.monotonic() > end:
                return now
            self.page.wait_for_timeout(100)

    @property
    def caption(self):
        return self.page.locator(".dlcourse-caption").inner_text()

    def move(self, control, value):
        """Move one control to a value, as a reader does: a slider, a button of a choice, an entry of a list, a tick."""
        from dlcourse.live.controls import positions

        name = " ".join(control.description.split())
        lab = self.page.locator(".dlcourse-lab")
        if not lab.get_by_label(name, exact=True).first.is_visible():
            lab.get_by_role("button", name="more").click()
        if isinstance(value, bool):
            lab.get_by_label(name, exact=True).set_checked(value)
        elif hasattr(control, "readout"):
            lab.get_by_label(name, exact=True).fill(str(positions(control).index(value)))
        elif "ToggleButtons" in type(control).__name__:
            group = lab.get_by_role("group", name=name, exact=True)
            group.get_by_role("button").nth(positions(control).index(value)).click()
        else:
            lab.get_by_label(name, exact=True).select_option(index=positions(control).index(value))

    def close(self):
        self.context.close()


def agree(one, two):
    """Do two sentences say the same, but for the last digits of their numbers?"""
    return NUMBER.sub("#", one) == NUMBER.sub("#", two) and _nearly(one, two, CLOSE)


def some_notebooks(folder, names):
    """A folder with a few of the notebooks."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(NOTEBOOKS / f"{name}.ipynb", folder / f"{name}.ipynb")
    return folder


def site(folder, notebooks, **options):
    """Write the site, with Pyodide's files if there are any."""
    from dlcourse.site import build

    build.write(folder, notebooks, Path(PYODIDE) if PYODIDE else None, jupyter=False, say=lambda _: None, **options)
    return folder
