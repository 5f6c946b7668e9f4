"""Beside JupyterLab: Notebook 7 with a kernel, and the exports, which have none. One notebook each."""

import shutil

import nbformat
import pytest
from browser import jupyterlab
from nbconvert import HTMLExporter, SlidesExporter
from places import NOTEBOOKS, ROOT

NAME = "week2/02_exponentially_weighted_averages.ipynb"
TEMPLATE = ROOT / "dlcourse/data/export.html.j2"
CELLS = nbformat.read(NOTEBOOKS / NAME, as_version=4).cells
PICTURES = [
    output.metadata["image/png"]["alt"]
    for cell in CELLS
    for output in cell.get("outputs", [])
    if "image/png" in output.get("data", {})
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Notebook 7 instead of JupyterLab."""
    pytest.importorskip("notebook")
    home = tmp_path_factory.mktemp("notebook")
    (home / "notebooks" / NAME).parent.mkdir(parents=True)
    shutil.copy(NOTEBOOKS / NAME, home / "notebooks" / NAME)
    with jupyterlab(home / "notebooks", home, app="notebook") as server:
        yield server


def shown(figure):
    """How many pictures and how many of their sentences are in sight."""
    sentences = figure.area.locator(":is(.dlcourse-sentence, .dlcourse-caption):visible")
    return figure.pictures.count(), sentences.count()


def test_notebook_7_shows_one_picture_that_sliders_and_hands_move(open_notebook):
    notebook = open_notebook(NAME)
    figure = notebook.figures()[0].show()
    assert shown(figure) == (1, 1)
    notebook.run_all()
    figure.show().area.locator(".dlcourse-image").wait_for()
    notebook.wait("!area.querySelector('.dlcourse-sentence')?.offsetParent", area=figure.area.element_handle())
    assert shown(figure.show()) == (1, 1)
    before, start = figure.settle(), figure.lab()["values"]
    after = figure.move("ArrowRight")
    assert after != before and figure.lab()["values"] != start and after[0] == figure.lab()["caption"]

    number = [handle["kind"] for handle in figure.lab()["handles"]].index("place")
    wanted = figure.values_at(number, 0, figure.take(number, (0.6, 0.4)))
    looks = figure.settle()
    assert figure.lab()["values"] == wanted and looks != after and looks[0] == figure.lab()["caption"]
    figure.spot(number).press("ArrowLeft")
    assert figure.wait_until(lambda now: now != looks) != looks and figure.lab()["values"] != wanted


def exported(exporter, window, folder, section):
    """For each section of an exported notebook: the alt texts of the pictures that are painted, and the sentences."""
    body, _ = exporter(template_file=str(TEMPLATE)).from_filename(NOTEBOOKS / NAME)
    (folder / "page.html").write_text(body, encoding="utf-8")
    page = window.new_page()
    page.route("https://**/*", lambda route: route.abort())  # no network: formulas are not typeset, slides not turned
    page.goto((folder / "page.html").as_uri())
    found = page.locator(section).evaluate_all("""all => all.map(one => [
        [...one.querySelectorAll('img')].filter(img => img.naturalWidth && img.offsetParent).map(img => img.alt),
        [...one.querySelectorAll('.dlcourse-sentence')].map(words => words.textContent)])""")
    page.close()
    return found


@pytest.mark.parametrize(
    "exporter, section", [(HTMLExporter, ".jp-Cell"), (SlidesExporter, ".slides > section > section")]
)
def test_an_export_shows_each_picture_once_with_its_sentence_and_alt_text(exporter, section, window, tmp_path):
    """The page, and the slides: one for each cell."""
    found = exported(exporter, window, tmp_path, section)
    assert len(found) == len(CELLS)
    assert PICTURES and [each for each in found if any(each)] == [[[words], [words]] for words in PICTURES]
