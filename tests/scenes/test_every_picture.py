"""The picture's own words: every figure against its stored transcript, and from the data to the artist.

A transcript holds whatever an author has once looked at and approved; what it cannot know is whether that was right. So
the second half of this file recomputes what an artist with a certain name must show.
"""

import pytest
from transcript import SHOWN, STORED, difference, file_of, transcript

pytestmark = pytest.mark.usefixtures("close_labs")


@pytest.mark.parametrize("notebook", SHOWN)
def test_every_figure_shows_what_was_approved(notebook):
    stored = file_of(notebook).read_text("utf-8") if file_of(notebook).exists() else ""
    if changes := difference(stored, transcript(notebook)):
        lines = changes.splitlines()
        more = f"\n... and {len(lines) - 40} lines more" if len(lines) > 40 else ""
        pytest.fail(
            f"What the figures of {notebook} show (- stored, + now):\n" + "\n".join(lines[:40]) + more + "\n"
            f"If every line is as you meant it: python .ci/store_transcripts.py {notebook}",
            pytrace=False,
        )


def test_no_transcript_without_its_notebook():
    assert {file.stem for file in STORED.glob("*.txt")} == {file_of(notebook).stem for notebook in SHOWN}
