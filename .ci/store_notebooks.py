"""Run notebooks and write them back in the form they are stored in, or say which are not in that form.

    python .ci/store_notebooks.py [files or folders]       run and store (every notebook, when none is named)
    python .ci/store_notebooks.py --check [...]            run nothing, write nothing, say what is wrong

Stored form: run in order from a fresh kernel, with sentences and pictures but without widgets, because a widget
without its kernel is an error text where the picture should be; no metadata that changes from run to run.
A scene may be shown in several notebooks: store each. After a change of a figure run .ci/store_transcripts.py, too.
"""

import base64
import hashlib
import io
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def stored_text(notebook):
    """The text of the file: the notebook without what is not stored; a cell's id follows from its source."""
    notebook, sources = nbformat.from_dict({**notebook, "metadata": METADATA, "nbformat_minor": 5}), []
    for cell in notebook.cells:
        sources.append(cell.source)
        cell.id = hashlib.sha256(f"{sources.count(cell.source)} {cell.source}".encode()).hexdigest()[:8]
        kind = "slide" if cell.source.startswith("#") and cell.cell_type == "markdown" else "subslide"
        kept = {key: cell.metadata[key] for key in cell.metadata if key == "tags"}
        cell.metadata = {**kept, "slideshow": {"slide_type": kind}}
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return nbformat.writes(notebook, indent=1).rstrip("\n") + "\n"


def pictures(notebook):
    return [
        output.data
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]


def pixels(data):
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGBA")
    return image.size, image.tobytes()


def run_and_store(path):
    """Nothing is written when a cell fails; a picture whose pixels did not change keeps its bytes."""
    notebook = nbformat.read(path, as_version=4)
    before = {pixels(data): data["image/png"] for data in pictures(notebook)}
    try:
        NotebookClient(
            notebook,
            timeout=600,
            kernel_name="python3",
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(path.parent)}},
        ).execute()
    except CellExecutionError as error:
        return f"not stored, a cell failed:\n{error}"
    for data in pictures(notebook):
        data["image/png"] = before.get(pixels(data), data["image/png"])
    path.write_text(stored_text(notebook), encoding="utf-8", newline="\n")


def fault(path):
    """What keeps the file from being in stored form, or None."""
    notebook = nbformat.read(path, as_version=4)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if '"output_type": "error"' in nbformat.writes(notebook):
        return "holds an error"
    if counts != list(range(1, len(counts) + 1)):
        return "not run in order from a fresh kernel"
    if path.read_text(encoding="utf-8") != stored_text(notebook):
        return "not as .ci/store_notebooks.py writes it"


if __name__ == "__main__":
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this environment's kernel, not one from the home folder
    named = [Path(word) for word in sys.argv[1:] if word != "--check"] or [Path(__file__).parents[1] / "notebooks"]
    files = [file for path in named for file in (sorted(path.rglob("*.ipynb")) if path.is_dir() else [path])]
    faults = {
        file: (fault if "--check" in sys.argv else run_and_store)(file)
        for file in files
        if ".ipynb_checkpoints" not in file.parts
    }
    print("\n".join(f"{file}: {said or 'in stored form'}" for file, said in faults.items()))
    sys.exit(any(faults.values()))
