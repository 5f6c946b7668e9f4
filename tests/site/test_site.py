"""The site's folder, without a browser: each lab has its page, what it needs is all there, and bad input is refused whole."""

import ast
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import nbformat
import pytest
from browser import is_live
from figures import labs_of
from pages import agree, some_notebooks
from places import NOTEBOOKS, PATHS
from transcript import NOT_MEASURED

from dlcourse import __main__ as launcher
from dlcourse.site import build, cells, front, pyodide

LABS = {path.relative_to(NOTEBOOKS).with_suffix("").as_posix(): cells.labs_of(path) for path in PATHS}
SHOWN = {name: labs for name, labs in LABS.items() if labs}
SOME = ("00_start_here", "week3/04_softmax")  # a notebook in a folder and one beside it, a training and none


class Page(HTMLParser):
    """Where a page leads, what it loads, and the alt text of each picture."""

    def __init__(self, path):
        super().__init__()
        self.links, self.pictures, self.scripts, self._at = [], {}, {}, None
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.links += [given[name] for name in ("href", "src") if name in given]
        if tag == "img":
            self.pictures[given["src"]] = given.get("alt")
        self._at = given.get("id") if tag == "script" else None

    def handle_endtag(self, tag):
        self._at = None

    def handle_data(self, data):
        if self._at:
            self.scripts[self._at] = json.loads(data)


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


ADDRESS = "https://example.org/course"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A site of two notebooks, with few ready pictures."""
    home = tmp_path_factory.mktemp("site")
    some = some_notebooks(home / "notebooks", SOME)
    build.write(home / "out", some, stops=4, url=f"{ADDRESS}/", jupyter=False, say=lambda _: None)
    return home / "out"


@pytest.mark.parametrize("notebook", LABS)
def test_no_lab_is_left_out(notebook):
    """Each cell that calls live is found, under a name of its own, with its stored picture and sentence, and a heading."""
    labs = LABS[notebook]
    cells_ = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    assert len(labs) == sum(bool(is_live(cell.cell_type, cell.source)) for cell in cells_)
    assert len({lab["name"] for lab in labs}) == len(labs)
    for lab in labs:
        assert lab["picture"] and lab["says"] and lab["heading"], lab["name"]


@pytest.mark.parametrize("notebook", SHOWN)
def test_the_lines_of_a_lab_make_the_lab_of_the_notebook(notebook):
    """Run by themselves they give the same controls, presets and goal, and the sentence that the notebook has stored.

    Catches a statement that was not taken, and data that came out as others.
    """
    for lab, known in zip(SHOWN[notebook], labs_of(notebook), strict=True):
        made = front.open_lab(lab["program"])
        assert made.name == known.name and made.size == known.size
        assert (made.start, made.presets) == (known.start, known.presets)
        assert list(made.buttons) == list(known.buttons)
        assert (made.goal and made.goal[0]) == (known.goal and known.goal[0])
        made.set()
        assert made.name in NOT_MEASURED or agree(lab["says"], made.caption), made.caption
        made.close()


def test_what_a_lab_needs_is_found_through_changes_in_place():
    """A list that is filled, a loop, a function that uses a name of later on, and an import of which a part is used."""
    before = """
from math import cos, sin
import numpy as np
rows = []
other = []
for k in range(3):
    rows.append(k)
other.append(4)
table = np.zeros(2)
table[0] = 5
def f(x):
    return sin(x) + scale
scale = 2
table, unused = table + 1, 3
"""
    taken = cells.needed(ast.parse(before).body, ast.parse("live(rows, table, f)", mode="eval").body)
    assert "cos" not in taken and "other" not in taken and "table[0] = 5" in taken and "scale = 2" in taken
    names = {"live": lambda *data: data}
    *first, last = taken.splitlines()
    exec("\n".join(first), names)
    rows, table, f = eval(last, names)
    assert rows == [0, 1, 2] and table.tolist() == [6, 1] and f(0) == 2


def test_every_lab_has_its_page_and_every_link_its_file(written):
    pages = {path.relative_to(written).as_posix(): Page(path) for path in written.rglob("*.html")}
    wanted = {f"{notebook}/{lab['name']}.html" for notebook in SOME for lab in SHOWN[notebook]}
    assert pages.keys() == wanted | {"index.html"}
    assert wanted <= {urlsplit(link).path for link in pages["index.html"].links}
    for name, page in pages.items():
        for link in page.links:
            at = urlsplit(urljoin(f"/{name}", link))
            assert link.startswith("data:") or (not at.netloc and (written / at.path[1:]).is_file()), f"{name}: {link}"


def test_a_page_has_its_stored_picture_and_its_ready_ones(written):
    for notebook in SOME:
        for lab in SHOWN[notebook]:
            page = Page(written / notebook / f"{lab['name']}.html")
            about = page.scripts["about"]
            (picture,) = page.pictures
            assert page.pictures[picture] == lab["says"]
            assert (written / notebook / picture).read_bytes().startswith(b"\x89PNG")
            book, widgets = about["book"], about["widgets"]
            assert book["slider"] in widgets and about["box"] in widgets
            assert 1 <= len(book["stops"]) == len(book["says"]) <= 5 and book["stops"] == sorted(set(book["stops"]))
            for k in range(len(book["stops"])):
                assert (written / notebook / lab["name"] / f"{k}.webp").read_bytes()[8:12] == b"WEBP"
            here = widgets[book["slider"]]
            start = here["index"] if "index" in here else round((here["value"] - here["min"]) / here["step"])
            assert agree(lab["says"], book["says"][book["stops"].index(start)])


def test_without_a_folder_pages_ask_one_pinned_version_and_know_its_hashes(written):
    settings = Page(written / "index.html").scripts["python"]
    assert settings["pyodide"] == f"https://cdn.jsdelivr.net/pyodide/v{pyodide.VERSION}/full/"
    assert all(len(sha256) == 44 and size for sha256, size in settings["files"].values())
    hosts = {host for name, data in tree(written).items() if name.endswith((".html", ".js", ".css"))
             for host in re.findall(rb"https?://([\w.]+)", data)}  # fmt: skip
    assert hosts == {b"cdn.jsdelivr.net"}


def test_the_lock_holds_all_that_its_packages_need():
    lock, files = pyodide.KNOWN["lock"]["packages"], pyodide.KNOWN["files"]
    assert {"numpy", "matplotlib"} <= lock.keys()
    for package in lock.values():
        assert set(package["depends"]) <= lock.keys()
        assert files[package["file_name"]]["sha256"] == package["sha256"]


def test_course_zip_is_plain_python_that_runs_alone(written, tmp_path):
    """Nothing of this machine's, and all that front.py imports, with no IPython and no anywidget in sight."""
    shutil.unpack_archive(written / "site/course.zip", tmp_path, "zip")
    names = tree(tmp_path)
    assert not [name for name in names if name.endswith((".so", ".pyc", ".ipynb", ".html"))]
    code = """
import sys, types
sys.path[:0] = [{place!r}]
class None_of_these:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("IPython", "anywidget", "sklearn", "joblib", "tqdm", "jupyterlab"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, None_of_these())
sys.modules["pyodide"] = types.ModuleType("pyodide")
sys.modules["pyodide.ffi"] = types.ModuleType("pyodide.ffi")
sys.modules["pyodide.ffi"].to_js = bytes
from dlcourse.site import front
said = []
front.start(lambda text, png: said.append((text, png)))
import json
program = "from dlcourse import scenes\\nfrom dlcourse.live import live\\n"
program += "live(scenes.two_classes, z1=(-4.0, 4.0, 1.0), z2=(-4.0, 4.0, -1.0))"
box = front.show(json.dumps(dict(program=program, space=[700, 1], turned={{"z2": {{"value": 2.0}}}}, large=False)))
slider = next(json.loads(text)["id"] for text, _ in said if json.loads(text)["state"].get("description") == "z1")
front.receive(slider, json.dumps(dict(state=dict(value=-2.0))))
front.receive("w9999", json.dumps(dict(state=dict(value=-2.0))))
captions = [state["caption"] for text, png in said if png and "caption" in (state := json.loads(text)["state"])]
print(front.__file__.startswith({place!r}), len(captions), captions[0][:23], captions[-1][:24])
"""
    run = subprocess.run(
        [sys.executable, "-I", "-c", code.format(place=str(tmp_path))], capture_output=True, text=True, cwd=tmp_path
    )
    assert run.stdout == "True 2 For z = (1.0, 2.0) soft For z = (-2.0, 2.0) soft\n", run.stdout + run.stderr


def refused(tmp_path, **given):
    """The sentence; nothing is written, and nothing left."""
    before = tree(tmp_path)
    with pytest.raises(build.Refused) as told:
        build.write(
            **{
                "out": tmp_path / "out",
                "notebooks": tmp_path / "notebooks",
                "jupyter": False,
                "say": lambda _: None,
                **given,
            }
        )
    assert tree(tmp_path) == before and "\n" not in str(told.value)
    return str(told.value)


def test_each_notebook_links_to_the_pages_of_its_labs(written):
    """And is the same notebook otherwise."""
    for name in SOME:
        linked, plain = (nbformat.read(folder / f"{name}.ipynb", 4) for folder in (written / "notebooks", NOTEBOOKS))
        title, *rest = linked.cells
        assert rest == plain.cells[1:] and title.source.startswith(plain.cells[0].source)
        links = re.findall(rf"\[([^]]+)\]\({ADDRESS}/([^)]+)\)", title.source)
        assert len(links) == len(LABS[name]) and all((written / place).is_file() for _, place in links), links


def test_an_address_that_is_none_is_refused(tmp_path):
    assert "url must be the site's address, https://..., got 'pages'" in refused(tmp_path, url="pages")


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("two years")
    assert "holds other things" in refused(tmp_path)
    assert "holds other things" in refused(tmp_path, out=tmp_path / "out" / "thesis.txt")


def test_a_wrong_pyodide_is_refused_by_its_fault(tmp_path):
    folder = tmp_path / "pyodide"
    folder.mkdir()
    assert "holds no Pyodide" in refused(tmp_path, python=folder)
    lock = {"info": {"version": "0.1.0"}}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock))
    assert f"holds Pyodide 0.1.0; these pages are made for {pyodide.VERSION}" in refused(tmp_path, python=folder)
    (folder / "pyodide-lock.json").write_text(json.dumps(pyodide.KNOWN["lock"]))
    assert "lacks pyodide.js" in refused(tmp_path, python=folder)
    for name in pyodide.KNOWN["files"]:
        (folder / name).write_bytes(b"another")
    assert "pyodide.js is not the file of Pyodide" in refused(tmp_path, python=folder)


def test_a_lab_that_fails_is_named(tmp_path):
    notebook = nbformat.read(NOTEBOOKS / "00_start_here.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace('presets="spans"', 'presets="spams"')
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook, tmp_path / "notebooks" / "00_start_here.ipynb")
    assert re.match(r"00_start_here, first: ValueError: .* has no 'spams' in PRESETS", refused(tmp_path))


def test_an_earlier_site_is_replaced_whole(tmp_path):
    some_notebooks(tmp_path / "notebooks", SOME[:1])
    write = lambda: build.write(tmp_path / "out", tmp_path / "notebooks", stops=2, jupyter=False, say=lambda _: None)
    write()
    first = tree(tmp_path / "out")
    (tmp_path / "out" / "gone.html").write_text("a lab of last year")
    write()
    assert tree(tmp_path / "out") == first and {path.name for path in tmp_path.iterdir()} == {"notebooks", "out"}


def test_the_command_says_its_refusal_in_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(launcher, "missing", lambda testing: [])  # nothing may be installed here
    (tmp_path / "thesis.txt").touch()
    assert launcher.main(["site", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "holds other things" in said
