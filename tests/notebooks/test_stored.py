"""The notebooks as they are stored: run in order, with pictures, without errors or widgets, short, with links that lead on."""

import ast
import importlib.util
import re
from collections import Counter
from html import escape
from urllib.parse import unquote

import nbformat
import pytest
from browser import is_live
from places import NOTEBOOKS, PATHS, ROOT

SCRIPT = ROOT / ".ci" / "store_notebooks.py"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")

each_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.relative_to(NOTEBOOKS).as_posix())


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def headings(path):
    return re.findall(r"^#+ +(.+?) *$", "\n".join(cell.source for cell in cells(path, "markdown")), re.MULTILINE)


def anchors(path):
    """A heading as JupyterLab and GitHub link to it."""
    lab = {heading.replace(" ", "-") for heading in headings(path)}
    return lab | {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings(path)}


@each_notebook
def test_is_in_stored_form(path):
    """Executed from top to bottom without an error; no widget views or state, no metadata that changes."""
    spec = importlib.util.spec_from_file_location("store_notebooks", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.fault(path) is None, f"{script.fault(path)}: run python .ci/store_notebooks.py {path}"
    text = path.read_text(encoding="utf-8")
    assert "application/vnd.jupyter.widget" not in text
    assert len(text) < 1_500_000


@each_notebook
def test_every_live_cell_keeps_a_picture_and_a_sentence(path):
    """The sentence is the picture's text and alt text, and stands below it where a reader of an export sees it."""
    for cell in filter(lambda cell: is_live("code", cell.source), cells(path, "code")):
        kept = [k for k, output in enumerate(cell.outputs) if "image/png" in output.get("data", {})]
        assert kept, f"no picture under: {cell.source}"
        for k in kept:
            picture, below = cell.outputs[k : k + 2]
            sentence = picture.data["text/plain"].strip()
            assert re.fullmatch(r"\w[^\n]+\.", sentence), f"not one sentence: {sentence!r}"
            assert picture.metadata["image/png"]["alt"] == sentence
            assert below.data["text/plain"] == sentence and escape(sentence) in below.data["text/html"]


@each_notebook
def test_output_is_quiet(path):
    """No warnings, no progress bars, no memory addresses, and nothing too long to be read."""
    for cell in cells(path, "code"):
        for output in cell.outputs:
            assert output.get("name") != "stderr", f"stderr under {cell.source}: {output.text}"
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            assert not re.search(r"\d+%\|| at 0x[0-9a-f]{6,}|it/s\]|\r", text), f"under {cell.source}: {text}"
            assert len(text.splitlines()) <= 40, f"{len(text.splitlines())} lines under {cell.source}"


@each_notebook
def test_code_is_short_and_uses_no_interact(path):
    code = cells(path, "code")
    assert 2 <= len(nbformat.read(path, as_version=4).cells) <= 32
    imports = [line for cell in code for line in cell.source.splitlines() if re.match(r"(import|from) ", line)]
    assert len([line for line in imports if line != "import numpy as np"]) <= 2, imports
    for cell in code:
        assert len(cell.source.splitlines()) <= 25, f"{len(cell.source.splitlines())} lines: {cell.source[:80]}"
        assert not re.search(r"\binteract|%matplotlib|\bplt\b|!pip|%pip", cell.source), cell.source
        plain = "\n".join(line for line in cell.source.splitlines() if not re.search(r"^\s*[%!]|\?$", line))
        for node in ast.walk(ast.parse(plain)):
            lines = node.end_lineno - node.lineno + 1 if isinstance(node, ast.FunctionDef) else 0
            assert lines <= 6, f"{node.name} has {lines} lines; it belongs in the package"


@each_notebook
def test_the_cell_of_a_figure_is_at_most_four_lines(path):
    """What a learner scrolls past to the picture; its data come from the cell above."""
    for cell in cells(path, "code"):
        assert len(cell.source.splitlines()) <= 4 or not is_live("code", cell.source), cell.source


@each_notebook
def test_headings_are_unique(path):
    repeated = [heading for heading, count in Counter(headings(path)).items() if count > 1]
    assert headings(path) and not repeated, repeated


@each_notebook
def test_links_lead_somewhere(path):
    for cell in cells(path, "markdown"):
        for link in LINK.findall(cell.source):
            if not re.match(r"https?:|mailto:|attachment:", link):
                name, _, anchor = unquote(link).partition("#")
                target = (path.parent / name).resolve() if name else path
                assert target.exists(), f"{link} leads nowhere"
                if anchor and target.suffix == ".ipynb":
                    assert anchor in anchors(target), f"{link}: no such heading in {target.name}"


# What a figure shows at its start on purpose, for the answer compares with it: {notebook: numbers}.
STARTS = {
    "01_bias_and_variance": {"22"},  # the dev error of overfit, before more data
    "02_l2_and_l1": {"19", "143"},  # the dev error with hardly a penalty; how many dev digits there are
    "03_dropout": {"18"},  # the dev error without dropout
    "05_normalizing_inputs": {"99"},  # both ways agree while the test set is mixed evenly
    "06_saddles_and_plateaus": {"47", "469"},  # one distance; the question is what another one changes
    "01_tuning": {"0.22"},  # one run's test cost, and by chance the dev cost of a winner among 400 examples
    "02_batch_norm": {"0.23"},  # the plain net's cost, before anything is shaken
    "04_softmax": {"98"},  # the clouds; the question is about spirals
}
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)")


def spoilers(cells):
    """(number, caption): what a folded answer says for the first time, and the stored caption above it says already."""
    asked, caption, live = "", "", ""
    for cell in cells:
        if cell.cell_type == "code":
            live = cell.source if is_live("code", cell.source) else live
            texts = [o.data["text/plain"] for o in cell.outputs if "image/png" in o.get("data", {})]
            caption = texts[-1] if texts else caption
        for answer in re.findall(r"<details>.*?</summary>(.*?)</details>", cell.source, re.DOTALL):
            told = {*NUMBER.findall(asked), *NUMBER.findall(live)}
            said = (number for number in NUMBER.findall(answer) if len(number.strip("0.")) > 1)
            yield from (
                (number, caption) for number in said if number in NUMBER.findall(caption) and number not in told
            )
        if cell.cell_type == "markdown":
            asked += cell.source.partition("<details>")[0]


@each_notebook
def test_no_stored_caption_gives_away_the_answer_below_it(path):
    """Question first: the figure is stored before its event, so that the answer comes from playing."""
    found = spoilers(nbformat.read(path, as_version=4).cells)
    assert [(number, caption) for number, caption in found if number not in STARTS.get(path.stem, ())] == []


def test_a_caption_that_gives_the_answer_away_is_seen():
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

    picture = new_output("display_data", {"image/png": "", "text/plain": "With 20 examples 37% are wrong."})
    cells = [
        new_markdown_cell("How many are wrong, with 20 examples?"),
        new_code_cell("live(scenes.mismatched, m=(20, 400, 20))", outputs=[picture]),
        new_markdown_cell("<details><summary>Answer</summary>\n\nOf 20 examples, 37 %.\n\n</details>"),
    ]
    assert [number for number, _ in spoilers(cells)] == ["37"]
