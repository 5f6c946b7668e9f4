"""The notebooks in JupyterLite: the folder is complete; in a browser they open, run, move, check and keep what was written."""

import hashlib
import json
import os
import re
import shutil
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import browser
import nbformat
import pytest
from browser import KERNEL, PANEL
from figures import labs_of
from places import ARTEFACTS, NOTEBOOKS, PACKAGE, PATHS

from dlcourse.site import lite, pyodide

pytest.importorskip("jupyterlite_core", reason="JupyterLite is not installed: pip install -e .[site]")
pytest.importorskip(
    "jupyterlite_pyodide_kernel", reason="JupyterLite's kernel is not installed: pip install -e .[site]"
)
PYODIDE = os.environ.get("DLCOURSE_PYODIDE")
SIX = (
    "00_start_here",
    "week1/05_normalizing_inputs",
    "week2/02_exponentially_weighted_averages",
    "week2/03_momentum",
    "week3/04_softmax",
    "week3/05_frameworks",
)
CHECKED = """from dlcourse.exercises import catalogue
exercise = catalogue()["{0}"]
exercises.check("{0}", exercise.reference)
exercises.check("{0}", exercise.mistakes[0])"""
OTHERWISE = (
    "??",
    "READY",
)  # what Jupyter shows beside the notebook and JupyterLite below the cell; no browser has PyTorch
RIGHT = "my_ewa = averages.ewa_series  # mine"
WRONG = "my_ewa = lambda x, beta, bias_correction=False: 0 * x"
WITHOUT_END = "def my_ewa(x, beta, bias_correction=False):\n    while True:\n        beta = beta"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """All notebooks, with Pyodide where its folder is known."""
    out = tmp_path_factory.mktemp("lite")
    lite.write(out, NOTEBOOKS, Path(PYODIDE) if PYODIDE else None)
    for name, content in (pyodide.checked(Path(PYODIDE)) if PYODIDE else {}).items():  # what a lab's page needs, too
        (out / "pyodide" / name).write_bytes(content)
    return out


def test_every_notebook_is_listed(written):
    site = written / lite.FOLDER
    listed = {
        entry["path"]
        for table in (site / "api/contents").rglob("all.json")
        for entry in json.loads(table.read_bytes())["content"]
        if entry["type"] == "notebook"
    }
    assert listed == {path.relative_to(NOTEBOOKS).as_posix() for path in PATHS}
    for name in listed:
        assert (site / "files" / name).read_bytes() == (NOTEBOOKS / name).read_bytes()


def test_every_package_of_the_lock_is_there_and_whole(written):
    """A wheel that lacks or has another content, a package that nobody names, a module of ours left behind."""
    site = written / lite.FOLDER
    packages = json.loads((site / "pyodide-lock.json").read_bytes())["packages"]
    needed = {*lite.ASKED}.union(*(package["depends"] for package in packages.values()))
    assert set(map(lite.canonical, needed)) <= set(packages)
    ours = {name: package for name, package in packages.items() if "/" in package["file_name"]}
    assert {"dlcourse", "anywidget", "ipywidgets", "piplite", "pyodide-kernel"} <= set(ours)
    for package in ours.values():
        assert hashlib.sha256((site / package["file_name"]).read_bytes()).hexdigest() == package["sha256"]
    with zipfile.ZipFile(site / ours["dlcourse"]["file_name"]) as wheel:
        inside = {name for name in wheel.namelist() if name.startswith("dlcourse/")}
    beside = {"site", "notebooks", "__pycache__"}
    whole = {path.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("*") if path.is_file()}
    assert inside == {path.as_posix() for path in whole if not beside & set(path.parts)}


def test_the_same_site_from_the_same_course(written, tmp_path):
    """Else a browser loads again, after each build, what it has."""
    again = lite.pack("dlcourse", tmp_path)
    assert again.read_bytes() == (written / lite.FOLDER / "wheels" / again.name).read_bytes()


def hosts(folder):
    """The hosts in whatever configures JupyterLite."""
    files = [*folder.rglob("jupyter-lite.json"), folder / "pyodide-lock.json"]
    return set(re.findall(r"https?://([^/\"']+)", "".join(file.read_text("utf-8") for file in files)))


def test_with_pyodide_beside_it_no_other_host_is_named(written):
    file = written / lite.FOLDER / "jupyter-lite.json"
    before = file.read_bytes()
    try:
        lite.configure(file, pyodide.CDN)
        assert hosts(file.parent) == {"cdn.jsdelivr.net"} and f"v{pyodide.VERSION}/" in file.read_text()
        lite.configure(file, "../pyodide/")
        assert hosts(file.parent) == set()
    finally:
        file.write_bytes(before)


def test_a_wrong_pyodide_gets_one_sentence(tmp_path):
    for package in lite.MORE.values():
        (tmp_path / package["file_name"]).write_text("another")
    with pytest.raises(ValueError, match=r"\.(whl|zip) is not the file of Pyodide 0\.27\.7, its sha256 differs$"):
        lite.copy(tmp_path, tmp_path / "out")
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    with pytest.raises(ValueError, match=r"lacks \S+: it needs the full release 0\.27\.7 of Pyodide$"):
        lite.copy(tmp_path, tmp_path / "out")


# in a browser


class Notebook(browser.Notebook):
    """A notebook open in JupyterLite."""

    def __init__(self, page, server, name):
        self.page, self.name, self.crashes = page, name, []
        page.on("pageerror", lambda error: self.crashes.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.crashes.append(message.text))
        page.on("requestfailed", lambda request: self.crashes.append(f"{request.url}: {request.failure}"))
        page.on("response", lambda answer: answer.ok or self.crashes.append(f"{answer.status}: {answer.url}"))
        page.set_default_timeout(600_000)
        page.goto(f"{server}/{lite.address(name)}")
        self.wait(f"window.jupyterapp && {PANEL}?.context?.path && {PANEL}.context.isReady", seconds=300)
        self.cells = page.evaluate(
            f"{PANEL}.content.widgets.map(cell => [cell.model.type, cell.model.sharedModel.getSource()])"
        )
        page.evaluate(f"{PANEL}.content.widgets.forEach((cell, i) => cell.node.dataset.number = i)")

    def until_python(self):
        self.wait(f"{PANEL}.sessionContext?.session?.kernel?.status === 'idle'", seconds=600)

    def run_all(self):
        self.until_done("jupyterapp.commands.execute('notebook:run-all-cells')", seconds=900)

    def ask(self, expression):
        """The value of a Python expression; this kernel knows no user_expressions, so it is printed."""
        said = self.page.evaluate(
            f"""async code => {{ const future = {KERNEL}.requestExecute({{code, store_history: false}}); let said = "";
            future.onIOPub = message => {{ said += message.content.text ?? message.content.traceback?.join("\\n") ?? ""; }};
            await future.done; return said; }}""",
            f"print(__import__('json').dumps({expression}, default=float))",
        )
        return json.loads(said)

    def write(self, number, text):
        """Type into a cell, in the place of what is there, as a learner does."""
        self.page.evaluate(f"{PANEL}.content.activeCellIndex = {number}")
        editor = self.page.locator(f'.jp-Cell[data-number="{number}"] .cm-content')
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def run(self, number):
        """Run a cell; what it says."""
        self.page.evaluate(f"{PANEL}.content.activeCellIndex = {number}")
        self.until_done("jupyterapp.commands.execute('notebook:run-cell')", seconds=300)
        return said(self.outputs()[number])

    def cell_with(self, words):
        return next(i for i, (kind, source) in enumerate(self.cells) if kind == "code" and words in source)


def said(outputs):
    """The words of a cell's outputs: (those of its prints, those of what it shows)."""
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
    texts = ["" if text.startswith("Run this cell to move") else text for text in texts]  # stored beside a picture
    streams = [output["output_type"] == "stream" for output in outputs]
    return ["".join(t for t, s in zip(texts, streams) if s is kind).strip() for kind in (True, False)]


@pytest.fixture(scope="module")
def address(written):
    """The site on a port of its own, with the notebook's page open to the test."""
    if not PYODIDE:
        pytest.skip("Pyodide is not here: the variable DLCOURSE_PYODIDE names the folder of its unpacked release")
    settings = written / lite.FOLDER / "jupyter-lite.json"
    page = json.loads(settings.read_bytes())
    page["jupyter-config-data"]["exposeAppInBrowser"] = True
    settings.write_text(json.dumps(page))

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=written))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def opened(window, address):
    """Call it with a notebook's name: opens it in a visit of its own, in which no other host answers."""
    nobody = {"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"}
    visit = window.browser.new_context(viewport={"width": 1400, "height": 1000}, proxy=nobody)
    yield lambda name: Notebook(visit.new_page(), address, name)
    for page in visit.pages:
        page.screenshot(path=ARTEFACTS / f"lite-{len(visit.pages)}.png")
    visit.close()


def first_with_slider(notebook):
    return next(figure for figure in notebook.figures() if figure.show().sliders.count())


@pytest.mark.parametrize("name", SIX)
def test_it_opens_runs_moves_and_checks(opened, name):
    notebook, stored = opened(name), nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    figures = notebook.figures()
    assert labs_of(name)[0].caption in figures[0].show().area.inner_text(), "stored picture and sentence, before Python"
    notebook.until_python()
    notebook.run_all()
    for number, cell in enumerate(stored.cells):
        if cell.cell_type == "code" and not any(word in cell.source for word in OTHERWISE):
            assert said(notebook.outputs()[number]) == said(cell.outputs), f"cell {number}"

    if name == "week3/05_frameworks":
        assert "a browser has neither" in "".join(said(notebook.outputs()[notebook.cell_with("READY")]))

    figure = first_with_slider(notebook)
    native = labs_of(name)[figures.index(next(f for f in figures if f.number == figure.number))]
    before = figure.settle()
    after = figure.move("ArrowRight")
    assert after != before
    native.set(**figure.lab()["values"])
    assert after[0] == figure.lab()["caption"] == native.caption
    if native.goal:
        figure.set(native.start | native.goal[2])
        figure.area.get_by_text("Reached.").first.wait_for()

    number = notebook.cell_with("exercises.check(")
    exercise = re.search(r'exercises\.check\("(\w+)"', notebook.cells[number][1])[1]
    notebook.write(number, CHECKED.format(exercise))
    right, wrong = "".join(notebook.run(number)).split("Not yet.")
    assert right.startswith("Right: ") and "smallest case" in wrong
    assert not notebook.crashes


def test_what_the_learner_writes_is_checked_and_kept(opened, address):
    """Right, wrong, and without end; then the page is loaded again, and what was written is there."""
    name = "week2/02_exponentially_weighted_averages"
    notebook = opened(name)
    notebook.until_python()
    notebook.run_all()
    number = notebook.cell_with("def my_ewa(")
    for answer, says in ((WITHOUT_END, "was stopped after 5 seconds"), (WRONG, "Not yet."), (RIGHT, "Right: ")):
        notebook.write(number, f'{answer}\n\nexercises.check("ewa", my_ewa)')
        assert says in "".join(notebook.run(number))
    notebook.command("docmanager:save")
    again = Notebook(notebook.page, address, name)
    assert again.cells[number][1].startswith(RIGHT)
