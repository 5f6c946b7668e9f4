"""Writing the site: run each lab's few lines, keep what its page shows before Python is there, and fill in the pages."""

import base64
import io
import json
import os
import re
import shutil
import struct
import tempfile
import zipfile
from concurrent.futures import ProcessPoolExecutor
from html import escape
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from string import Template

from dlcourse import __version__
from dlcourse.site import cells, compiled, front, lite, pyodide

HERE, PACKAGE = Path(__file__).parent, Path(__file__).parents[1]
COURSE = "course.zip"
MARK = "site/made_by_dlcourse.txt"  # what tells a folder of ours from any other
STOPS = 40  # at most so many ready pictures; a third of that of a lab that trains
PIXELS, QUALITY = 640, 60  # of a ready picture: 40 of the averages take about 0.5 MB
CARRIED = ("ipywidgets", "traitlets", "comm")  # plain Python, carried beside dlcourse


class Refused(Exception):
    """The site cannot be written; the message is the sentence that says why."""


def write(
    out: Path,
    notebooks: Path,
    python: Path | None = None,
    stops: int = STOPS,
    url: str = "",
    jupyter: bool = True,
    say=print,
) -> None:
    """Write the site into the folder `out`. python: Pyodide's unpacked release, copied; without it pages ask its CDN.

    stops: at most so many ready pictures for each lab; a third of them where each is a training. url: where the site will
    stand; then each notebook in it links to the pages of its labs. jupyter: the notebooks in JupyterLite, if it is
    installed (the extra `site`); else they are files to be fetched.

    Everything is made in a folder beside it and moved into place at the end: nothing is left half written.
    Errors: Refused in one sentence for an `out` that holds other things, a wrong Pyodide, or a lab that fails.
    """
    out = out.absolute()
    if url and not re.fullmatch(r"https?://[^\s\"()]+", url):
        raise Refused(f"url must be the site's address, https://..., got {url!r}")
    if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise Refused(
            f"{out} holds other things: name a new folder, an empty one, or one that this command has written"
        )
    try:
        files = pyodide.checked(python) if python else {}
    except ValueError as error:
        raise Refused(str(error)) from error
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as place:
        new = Path(place) / "site"
        jupyter = jupyter and _jupyter_is_there(say)
        _write(new, notebooks, files, stops, jupyter, say)
        _link(notebooks, new / "notebooks", url.rstrip("/"))
        if jupyter:
            _write_jupyter(new, new / "notebooks", python)
            shutil.rmtree(new / "notebooks")  # they lie in JupyterLite
        old = Path(place) / "old"
        if out.exists():
            out.rename(old)
        new.rename(out)


def _write(new, notebooks, files, stops, jupyter, say):
    (new / "site").mkdir(parents=True)
    for name in ("lab.js", "worker.js", "site.css"):
        shutil.copyfile(HERE / name, new / "site" / name)
    shutil.copyfile(PACKAGE / "live/picture.css", new / "site/picture.css")
    (new / "site/picture.js").write_text(_picture_script(), "utf-8")
    course = _course()
    quick = _compiled({COURSE: course, **files}, say) if files else {}
    (new / "site" / COURSE).write_bytes(quick.pop(COURSE, course))
    (new / "site/pyodide-lock.json").write_text(json.dumps(pyodide.lock(quick)), "utf-8")
    (new / MARK).write_text(f"dlcourse {__version__}\n", "utf-8")
    (new / ".nojekyll").touch()
    for name, content in [*files.items(), *((pyodide.COMPILED + name, quick[name]) for name in quick)]:
        (new / "pyodide" / name).parent.mkdir(parents=True, exist_ok=True)
        (new / "pyodide" / name).write_bytes(content)
    python = pyodide.settings("pyodide/" if files else pyodide.CDN, quick)
    labs = [{**lab, "page": page} for page in _pages(notebooks) for lab in page["labs"]]
    new_processes = get_context("spawn")  # a forked one would read fonts that matplotlib has open from the same place
    with ProcessPoolExecutor(mp_context=new_processes) as pool:
        made = pool.map(_made, [(lab["program"], stops) for lab in labs])
        for number, (lab, about) in enumerate(zip(labs, made)):
            if isinstance(about, str):
                pool.shutdown(cancel_futures=True)
                raise Refused(f"{lab['page']['name']}, {lab['name']}: {about}")
            _write_lab(new, lab, about, _around(labs, number), jupyter, python)
            say(f"{number + 1} of {len(labs)}: {lab['page']['name']}, {lab['name']}")
    (new / "index.html").write_text(_index(labs, python), "utf-8")


def _link(notebooks, copies, url):
    """Copies of the notebooks; with a url the first cell of each links to the pages of its labs."""
    shutil.copytree(notebooks, copies, ignore=shutil.ignore_patterns(".*"))
    for page in _pages(notebooks) if url else ():
        path = copies / f"{page['name']}.ipynb"
        notebook = json.loads(path.read_text("utf-8"))
        links = [f"[{_words(lab['heading'])}]({url}/{page['name']}/{lab['name']}.html)" for lab in page["labs"]]
        first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")
        first["source"] = ["".join(first["source"]), "\n\nEach figure on a page of its own: ", ", ".join(links), "."]
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _jupyter_is_there(say):
    if lacking := lite.missing():
        say(f"Left out: the notebooks in JupyterLite, which need {' and '.join(lacking)} (the extra `site`)")
    return not lacking


def _write_jupyter(new, notebooks, python):
    try:
        lite.write(new, notebooks, python)
    except ValueError as error:
        raise Refused(str(error)) from error


def _compiled(files, say):
    """The archives among the files, with bytecode; none of them where no Python here can make it."""
    if python := compiled.interpreter(pyodide.PYTHON):
        return compiled.compiled({name: files[name] for name in files if name.endswith((".zip", ".whl"))}, python)
    say(
        f"Not compiled, so pages start slower: the browser's Python is {pyodide.PYTHON}, and none of this kind was found here"
    )
    return {}


def _picture_script():
    """picture.js of the notebook's widget, as a plain script: pages opened as files may not load modules."""
    parts = [(PACKAGE / "live" / name).read_text("utf-8") for name in ("hands.js", "speak.js", "picture.js")]
    script = "".join(parts)
    assert script.count("export default function ()") == 1
    return script.replace("export default function ()", "function picture()")


def _course():
    """course.zip: the package and the widgets in plain Python; the same bytes for the same files."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in ("dlcourse", *CARRIED):
            folder = PACKAGE if name == "dlcourse" else Path(import_module(name).__file__).parent
            for file in sorted(folder.rglob("*")):
                inside = Path(name) / file.relative_to(folder)
                if file.is_file() and _travels(inside):
                    archive.writestr(zipfile.ZipInfo(inside.as_posix()), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def _travels(inside):
    parts = set(inside.parts)
    if parts & {"__pycache__", "tests", "notebooks"} or (
        inside.parts[:2] == ("dlcourse", "site") and inside.suffix != ".py"
    ):
        return False
    return inside.suffix == ".py" or inside.parts[1] == "data" or inside.parts[:2] == ("dlcourse", "live")


def _pages(notebooks):
    """The notebooks with labs, in order: name ("week1/03_dropout"), title and labs."""
    for path in sorted(notebooks.rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in path.parts and (labs := cells.labs_of(path)):
            title = cells.title_of(path)
            yield {"name": path.relative_to(notebooks).with_suffix("").as_posix(), "title": title, "labs": labs}


def _made(job):
    """In a process of its own: what the page of a lab holds. A sentence, if the lab fails."""
    os.environ.setdefault("MPLBACKEND", "agg")
    try:
        return _stored(*job)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _stored(program, stops):
    """The widgets of a lab as they stand at its start, the goal in words, and its book of ready pictures."""
    widgets = {}

    def publish(kind, number, state, png):
        if kind == "open":
            widgets[number] = dict(state)
        elif kind == "msg":
            widgets[number].update(state)

    front.connect(publish)
    lab = front.open_lab(program)
    picture = widgets[lab.picture.model_id]
    start = {number: dict(state) for number, state in widgets.items()}
    start[lab.picture.model_id] = {"_model_name": picture["_model_name"]}
    book = _book(lab, stops) if stops else None
    shown = {number: {k: v for k, v in state.items() if k in SHOWN} for number, state in start.items()}
    used = {number: state for number, state in shown.items() if len(state) > 1 or "display" in state}
    goal = f"Goal: {lab.goal[0]} (not yet)" if lab.goal else ""
    result = dict(box=lab.box.model_id, widgets=used, book=book, goal=goal)
    lab.close()
    return _renumbered(result)


def _renumbered(result):
    """The same with the widgets counted from 0, whatever this process has made before: the same page for the same lab."""
    book = result.pop("book")
    text = json.dumps(result | {"slider": book and book["slider"]})
    order = {number: f"widget-{k}" for k, number in enumerate(dict.fromkeys(re.findall(r"widget-\d+", text)))}
    result = json.loads(re.sub(r"widget-\d+", lambda found: order[found[0]], text))
    return result | {"book": book and book | {"slider": result.pop("slider")}}


SHOWN = {"_model_name", "_options_labels", "_dom_classes", "children", "layout", "display", "description", "tooltip"} | {
    "disabled", "value", "index", "min", "max", "step", "readout_format"
}  # fmt: skip


def _book(lab, most):
    """Ready pictures of a lab's first slider, or else its first choice: {slider, label, stops, says, pictures}."""
    from PIL import Image

    from dlcourse.live.controls import FloatSlider, IntSlider, Scale, positions
    from dlcourse.live.page import in_sight

    lab.set()
    first, _ = in_sight(lab.controls, lab._hands.held)
    moving = [name for name, control in lab.controls.items() if control in first and not control.disabled]
    sliders = [name for name in moving if isinstance(lab.controls[name], (FloatSlider, IntSlider, Scale))]
    choices = [name for name in moving if hasattr(lab.controls[name], "_options_labels")]
    if not (sliders or choices):
        return None
    name = (sliders or choices)[0]
    control = lab.controls[name]
    values = positions(control)
    most = min(max(1, most // 3) if lab.trains else most, len(values))
    here = values.index(lab.start[name])
    stops = sorted({round(k * (len(values) - 1) / max(most - 1, 1)) for k in range(most)} | {here})
    says, pictures = [], []
    for stop in stops:
        lab.forget()
        lab.set(**{**lab.start, name: values[stop]})
        says.append(lab.caption)
        image = Image.fromarray(lab.frame.pixels())
        height = round(PIXELS * image.height / image.width)
        kept = io.BytesIO()
        image.convert("RGB").resize((PIXELS, height), Image.Resampling.LANCZOS).save(
            kept, "WEBP", quality=QUALITY, method=6
        )
        pictures.append(kept.getvalue())
    return dict(
        slider=control.model_id, label=" ".join(control.description.split()), stops=stops, says=says, pictures=pictures
    )


def _write_lab(new, lab, about, around, jupyter, python):
    """The page of one lab, its stored picture and its ready ones."""
    page, name = lab["page"], lab["name"]
    folder = new / page["name"] / name
    folder.mkdir(parents=True)
    png = base64.b64decode(lab["picture"])
    (folder / "start.png").write_bytes(png)
    book = about["book"]
    for number, picture in enumerate(book.pop("pictures") if book else ()):
        (folder / f"{number}.webp").write_bytes(picture)
    root = "../" * (page["name"].count("/") + 1)
    width, height = struct.unpack(">II", png[16:24])
    before, after = around
    way = [
        f'<a rel="{rel}" href="{root}{other["page"]["name"]}/{other["name"]}.html">{words}{_words(other["heading"])}</a>'
        for rel, other, words in (("prev", before, "Before: "), ("next", after, "Next: "))
        if other
    ]
    main = _fill(
        "lab.html",
        root=root,
        notebook=root + (lite.address(page["name"]) if jupyter else f"notebooks/{page['name']}.ipynb"),
        course=_course_line(page),
        heading=_words(lab["heading"]),
        name=name,
        says=escape(lab["says"]),
        goal=escape(about["goal"]),
        width=width,
        height=height,
        ratio=round(height / width, 4),
        way=" ".join(way),
        about=_json({"name": name, "program": lab["program"], **{k: about[k] for k in ("box", "widgets", "book")}}),
    )
    title = f"{_words(lab['heading'])}: {_words(page['title'])}"
    (new / f"{page['name']}/{name}.html").write_text(
        _fill("page.html", title=title, root=root, python=_json(python), main=main), "utf-8"
    )


def _index(labs, python):
    """The page that lists the labs, by week and notebook."""
    lines, week, notebook = ["<h1>Improving deep neural networks</h1>", '<div class="weeks">'], None, None
    for lab in labs:
        page = lab["page"]
        if _week(page) != week:
            lines += ["</ol>"] * bool(notebook) + [f"<h2>{_week(page)}</h2>"]
            week, notebook = _week(page), None
        if page["name"] != notebook:
            lines += ["</ol>"] * bool(notebook) + [f"<h3>{_words(page['title'])}</h3>", "<ol>"]
            notebook = page["name"]
        lines.append(f'<li><a href="{notebook}/{lab["name"]}.html">{_words(lab["heading"])}</a></li>')
    main = "\n".join([*lines, "</ol>", "</div>"])
    return _fill("page.html", title="dlcourse", root="", python=_json(python), main=main)


def _around(labs, number):
    return (labs[number - 1] if number else None, labs[number + 1] if number + 1 < len(labs) else None)


def _week(page):
    found = re.match(r"week(\d)/", page["name"])
    return f"Week {found[1]}" if found else "Start here"


def _course_line(page):
    return f"{_week(page)}: {_words(page['title'])}"


def _words(markdown):
    """A heading as plain words: without the marks of Markdown and LaTeX."""
    return escape(re.sub(r"[`*$\\]", "", markdown))


def _json(data):
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _fill(template, **values):
    return Template((HERE / template).read_text("utf-8")).substitute(values)
