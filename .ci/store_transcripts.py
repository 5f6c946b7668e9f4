"""Store what every figure of a notebook shows, as text: read the difference that git shows, then commit it.

    python .ci/store_transcripts.py [week2/05_learning_rate_decay ...]      (every notebook, when none is named)

tests/transcript.py says what the text holds; tests/scenes/test_every_picture.py compares it with the figures.
"""

import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from transcript import SHOWN, difference, file_of, transcript  # noqa: E402

if __name__ == "__main__":
    for notebook in sys.argv[1:] or SHOWN:
        with redirect_stdout(StringIO()):  # what the notebook's cells print
            file, now = file_of(notebook), transcript(notebook)
        stored = file.read_text("utf-8") if file.exists() else ""
        if changes := difference(stored, now):
            file.parent.mkdir(exist_ok=True)
            file.write_text(now, encoding="utf-8", newline="\n")
        print(f"{notebook}: {'stored' if changes else 'as it was'}")
