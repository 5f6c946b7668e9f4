"""Python for the browser: the files of Pyodide that the pages load, and the check of each against its sha256.

`pyodide.json` names them: the core, and of its packages numpy, matplotlib and what a figure on an Agg canvas imports. The
hashes are those of Pyodide's own lock file (npm's `pyodide`, and for the core that package's files).
"""

import base64
import copy
import hashlib
import json
from pathlib import Path

KNOWN = json.loads(Path(__file__).with_name("pyodide.json").read_text("utf-8"))
VERSION = KNOWN["lock"]["info"]["version"]
PYTHON = KNOWN["lock"]["info"]["python"]
STDLIB, COMPILED = "python_stdlib.zip", "compiled/"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"


def settings(address, compiled=()):
    """What a page needs to know: where the files are, and for each its sha256, as browsers want it, and its bytes.

    compiled: {name: content} of archives that lie beside the others, in COMPILED.
    """
    files = {name: [bytes.fromhex(file["sha256"]), file["bytes"]] for name, file in KNOWN["files"].items()}
    files |= {name: [hashlib.sha256(compiled[name]).digest(), len(compiled[name])] for name in compiled}
    coded = {name: [base64.b64encode(sha256).decode(), size] for name, (sha256, size) in files.items()}
    return {"pyodide": address, "stdlib": (COMPILED if STDLIB in compiled else "") + STDLIB, "files": coded}


def lock(compiled=()):
    """Pyodide's lock for the pages, with the compiled archives in place of the others."""
    packages = copy.deepcopy(KNOWN["lock"]["packages"])
    for package in packages.values():
        if (name := package["file_name"]) in compiled:
            sha256 = hashlib.sha256(compiled[name]).hexdigest()
            package.update(file_name=COMPILED + name, sha256=sha256)
    return {**KNOWN["lock"], "packages": packages}


def checked(folder: Path) -> dict[str, bytes]:
    """{name: bytes} of the files in a folder that holds Pyodide's unpacked release.

    Errors: ValueError in one sentence for a folder without it, of another version, or with a file of another content.
    """
    try:
        found = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))["info"]["version"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ValueError(
            f"--pyodide {folder} holds no Pyodide: give the folder of its unpacked release {VERSION}, with pyodide-lock.json"
        ) from None
    if found != VERSION:
        raise ValueError(f"--pyodide {folder} holds Pyodide {found}; these pages are made for {VERSION}")
    files = {}
    for name, file in KNOWN["files"].items():
        if not (folder / name).is_file():
            raise ValueError(
                f"--pyodide {folder} lacks {name}: it needs the full release {VERSION}, not its core alone"
            )
        files[name] = (folder / name).read_bytes()
        if hashlib.sha256(files[name]).hexdigest() != file["sha256"]:
            raise ValueError(f"--pyodide {folder}: {name} is not the file of Pyodide {VERSION}, its sha256 differs")
    return files
