"""Where things are, for the tests."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE, TESTS = ROOT / "dlcourse", ROOT / "tests"
ARTEFACTS = TESTS / "artefacts"
NOTEBOOKS = Path(os.environ.get("DLCOURSE_NOTEBOOKS", ROOT / "notebooks"))
PATHS = [path for path in sorted(NOTEBOOKS.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts]
