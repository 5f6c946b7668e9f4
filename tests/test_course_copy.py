"""The learner's copy: an update brings what is new and loses nothing that the learner wrote."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from places import NOTEBOOKS

from dlcourse import _course
from dlcourse._course import Refused, fingerprint, refresh

DROPOUT, KEPT = "week1/03_dropout.ipynb", "week1/03_dropout (yours, 0.1.0).ipynb"


def write(path, *sources, output="", **metadata):
    """A notebook as JupyterLab saves it; `output` and `metadata` are what running it leaves behind."""
    cell = {"cell_type": "code", "execution_count": 3, "outputs": [output]}
    cells = [{**cell, "source": source.splitlines(keepends=True)} for source in sources]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))


def tree(folder):
    """Every file and its bytes, hidden ones too."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def source(tmp_path):
    """The package's notebooks: a page, two of week 1, a picture, and what an editor hides beside them."""
    folder = tmp_path / "package"
    write(folder / "00_start_here.ipynb", "Welcome")
    write(folder / DROPOUT, "D = rng.random(A.shape) < keep_prob\nA = A * D", "plot()")
    write(folder / "week1/02_l2_and_l1.ipynb", "J + lambd")
    (folder / "images").mkdir()
    (folder / "images/lab.png").write_bytes(b"picture 1")
    write(folder / "week1/.ipynb_checkpoints/03_dropout-checkpoint.ipynb", "old")
    return folder


@pytest.fixture
def copy(tmp_path, source):
    """A learner's folder with the copy that 0.1.0 made."""
    refresh(tmp_path / "mine", source, "0.1.0")
    return tmp_path / "mine"


def updated(source):
    """What 0.2.0 brings: another dropout notebook and another picture."""
    write(source / DROPOUT, "A = A * D / keep_prob", "plot()")
    (source / "images/lab.png").write_bytes(b"picture 2")


def test_a_first_copy_is_whole_and_a_second_start_does_nothing(tmp_path, source):
    folder = tmp_path / "new" / "folder"
    assert refresh(folder, source, "0.1.0") == [f"The notebooks of dlcourse 0.1.0 are now in {folder}."]
    names = {"00_start_here.ipynb", DROPOUT, "week1/02_l2_and_l1.ipynb", "images/lab.png"}
    assert set(tree(folder)) == names | {".dlcourse.json"}
    assert all(tree(folder)[name] == tree(source)[name] for name in names)
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
    assert refresh(folder, source, "0.1.0") == []
    assert before == {p: p.stat().st_mtime_ns for p in folder.rglob("*")}


def test_the_real_notebooks_are_copied(tmp_path):
    refresh(tmp_path / "mine", NOTEBOOKS, "0.1.0")
    assert _course.files(tmp_path / "mine") == _course.files(NOTEBOOKS)
    assert _course.DAMAGED not in map(fingerprint, (tmp_path / "mine").rglob("*.ipynb"))


def test_an_update_replaces_what_the_learner_did_not_change(copy, source):
    updated(source)
    assert refresh(copy, source, "0.2.0") == [
        f"The notebooks in {copy} were those of dlcourse 0.1.0 and are now those of 0.2.0."
    ]
    assert all(tree(copy)[name] == tree(source)[name] for name in _course.files(source))
    assert _course.files(copy) == _course.files(source)


def test_running_a_notebook_is_no_change(copy, source):
    """Outputs, counts, metadata, how JSON splits the lines, and the empty cell that Shift+Enter adds at the end."""
    write(copy / DROPOUT, "D = rng.random(A.shape) < keep_prob\nA = A * D", "plot()", "", output="0.8", widgets={})
    updated(source)
    assert len(refresh(copy, source, "0.2.0")) == 1
    assert tree(copy)[DROPOUT] == tree(source)[DROPOUT] and _course.files(copy) == _course.files(source)


def test_running_a_notebook_survives_a_start_of_the_same_version(copy, source):
    write(copy / DROPOUT, "D = rng.random(A.shape) < keep_prob\nA = A * D", "plot()", output="mine")
    before = tree(copy)
    assert refresh(copy, source, "0.1.0") == [] and tree(copy) == before


@pytest.mark.parametrize(
    "cells",
    [
        ("A = A * D  # inverted", "plot()"),
        ("D = rng.random(A.shape) < keep_prob\nA = A * D",),
        ("plot()", "D = rng.random(A.shape) < keep_prob\nA = A * D"),
        ("D = rng.random(A.shape) < keep_prob\nA = A * D", "plot()", "my note"),
        ("D = rng.random(A.shape) < keep_prob\nA = A * D", " "),
    ],
    ids=["edited", "deleted", "moved", "added", "emptied"],
)
def test_a_changed_notebook_is_kept_beside_the_new_one(copy, source, cells):
    write(copy / DROPOUT, *cells)
    mine = tree(copy)[DROPOUT]
    updated(source)
    remarks = refresh(copy, source, "0.2.0")
    assert remarks[1:] == [f"{DROPOUT} was changed by you: it is kept as {KEPT}, beside a new one."]
    assert tree(copy)[KEPT] == mine and tree(copy)[DROPOUT] == tree(source)[DROPOUT]
    after = tree(copy)
    assert refresh(copy, source, "0.2.0") == [] and tree(copy) == after


def test_a_changed_notebook_stays_when_the_package_brings_the_same_one(copy, source):
    write(copy / DROPOUT, "mine")
    mine = tree(copy)[DROPOUT]
    assert len(refresh(copy, source, "0.2.0")) == 1 and tree(copy)[DROPOUT] == mine
    updated(source)  # and is kept beside when a later version brings another
    assert "(yours, 0.2.0).ipynb" in refresh(copy, source, "0.3.0")[1]
    assert tree(copy)["week1/03_dropout (yours, 0.2.0).ipynb"] == mine


def test_an_earlier_kept_notebook_is_never_overwritten(copy, source):
    write(copy / KEPT, "kept before")
    write(copy / DROPOUT, "mine")
    before = tree(copy)
    updated(source)
    refresh(copy, source, "0.2.0")
    assert tree(copy)[KEPT] == before[KEPT]
    assert tree(copy)["week1/03_dropout (yours, 0.1.0, 2).ipynb"] == before[DROPOUT]


def test_files_of_the_learners_own_are_never_touched(tmp_path, source):
    folder = tmp_path / "mine"
    own = {"notes.txt": b"mine", "week1/solutions.ipynb": b"not even JSON", "images/cat.png": b"cat", ".hidden": b"x"}
    for name, content in own.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    refresh(folder, source, "0.1.0")
    updated(source)
    refresh(folder, source, "0.2.0")
    assert own.items() <= tree(folder).items()


def test_a_file_of_the_courses_name_that_was_there_first_is_kept(tmp_path, source):
    write(tmp_path / "mine" / DROPOUT, "my own, from somewhere")
    before = tree(tmp_path / "mine")[DROPOUT]
    refresh(tmp_path / "mine", source, "0.1.0")
    assert tree(tmp_path / "mine")["week1/03_dropout (yours).ipynb"] == before


def test_a_notebook_that_left_the_course_goes_unless_it_was_changed(copy, source):
    write(copy / DROPOUT, "mine")
    shutil.rmtree(source / "week1")
    remarks = refresh(copy, source, "0.2.0")
    assert remarks[1:] == [f"{DROPOUT} is no longer part of the course: it was changed by you and stays."]
    assert _course.files(copy) == ["00_start_here.ipynb", "images/lab.png", DROPOUT]
    assert len(refresh(copy, source, "0.3.0")) == 1 and (copy / DROPOUT).exists()


def test_a_rebuilt_package_of_the_same_version_brings_its_notebooks(copy, source):
    updated(source)
    refresh(copy, source, "0.1.0")
    assert tree(copy)[DROPOUT] == tree(source)[DROPOUT]


@pytest.mark.parametrize("text", ["", '{"cells": [', "[]", '{"cells": ["x"]}', "\x80"], ids=repr)
def test_a_damaged_notebook_is_kept_and_replaced(copy, source, text):
    (copy / DROPOUT).write_bytes(text.encode("latin-1"))
    kept = "week1/03_dropout (damaged).ipynb"
    assert refresh(copy, source, "0.1.0") == [
        f"{DROPOUT} is no notebook any more: it is kept as {kept}, beside a new one."
    ]
    assert tree(copy)[kept] == text.encode("latin-1") and tree(copy)[DROPOUT] == tree(source)[DROPOUT]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": "x", "files": {}}', '{"version": "0.1.0", "files": 3}', "\x80"]
)
def test_a_damaged_record_is_written_anew_and_said(copy, source, text):
    write(copy / DROPOUT, "mine")
    mine, record = tree(copy)[DROPOUT], tree(copy)[".dlcourse.json"]
    (copy / ".dlcourse.json").write_bytes(text.encode("latin-1"))
    assert "was damaged and is written anew" in refresh(copy, source, "0.1.0")[0]
    assert tree(copy)[".dlcourse.json"] == record
    assert tree(copy)["week1/03_dropout (yours).ipynb"] == mine  # nobody can say any more what it was before


def test_missing_files_are_put_back(copy, source):
    (copy / DROPOUT).unlink()
    assert refresh(copy, source, "0.1.0") == [f"The copy in {copy} was incomplete: 1 of its 4 files put back."]
    assert tree(copy)[DROPOUT] == tree(source)[DROPOUT]


@pytest.mark.parametrize("moves", range(6))
@pytest.mark.parametrize("first", [True, False], ids=["first copy", "update"])
def test_an_interrupted_copy_is_completed_by_the_next_start(tmp_path, source, monkeypatch, moves, first):
    """Killed after any number of moves: every file is whole, nothing of the learner's is lost, the next start repairs."""
    folder = tmp_path / "mine"
    if not first:
        refresh(folder, source, "0.1.0")
        write(folder / DROPOUT, "mine")
        mine = tree(folder)[DROPOUT]
        updated(source)
    done, replace = [], os.replace

    def killed(old, new):
        if len(done) == moves:
            raise KeyboardInterrupt
        done.append(new)
        replace(old, new)

    with monkeypatch.context() as patch:
        patch.setattr(_course.os, "replace", killed)
        patch.setattr(_course.shutil, "rmtree", lambda *_, **__: None)  # a killed process does not tidy up either
        if moves < 5:  # four files and the record
            with pytest.raises(KeyboardInterrupt):
                refresh(folder, source, "0.2.0")
        else:
            refresh(folder, source, "0.2.0")
    assert _course.DAMAGED not in map(fingerprint, folder.rglob("*.ipynb"))
    refresh(folder, source, "0.2.0")
    assert all(tree(folder)[name] == tree(source)[name] for name in _course.files(source))
    assert not (folder / ".dlcourse.new").exists()
    assert json.loads(tree(folder)[".dlcourse.json"])["version"] == "0.2.0"
    if not first:
        assert tree(folder)[KEPT] == mine


def refused(folder, source, version, match):
    """One sentence, and the folder as it was."""
    before = tree(folder) if folder.is_dir() else None
    with pytest.raises(Refused, match=match) as reason:
        refresh(folder, source, version)
    assert "\n" not in str(reason.value)
    assert before == (tree(folder) if folder.is_dir() else None)


def test_a_newer_copy_is_refused(copy, source):
    refresh(copy, source, "0.10.0")
    refused(copy, source, "0.9.0", r"were made by dlcourse 0\.10\.0; this is 0\.9\.0")


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path, source):
    (tmp_path / "file").write_text("mine")
    refused(tmp_path / "file", source, "0.1.0", "is a file")
    refused(tmp_path / "file" / "below", source, "0.1.0", "cannot be copied")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_file_in_the_place_of_a_week_is_refused(tmp_path, source):
    write(tmp_path / "mine" / "00_start_here.ipynb", "mine")
    (tmp_path / "mine" / "week1").write_text("mine")
    refused(tmp_path / "mine", source, "0.1.0", "cannot be copied")


@pytest.mark.parametrize("place", ["", "week1"])
def test_no_right_to_write_is_refused(copy, source, monkeypatch, place):
    """The answer of the system is planted: root, and so CI, may write anywhere."""
    updated(source)
    allowed = os.access
    monkeypatch.setattr(_course.os, "access", lambda path, mode: path != copy / place and allowed(path, mode))
    refused(copy, source, "0.2.0", "Permission denied")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take rights away in other ways")
def test_a_real_read_only_folder_is_refused(copy, source):
    updated(source)
    copy.chmod(0o555)
    try:
        if os.geteuid():
            refused(copy, source, "0.2.0", "Permission denied")
        else:
            before = tree(copy)
            for parent in copy.parents[:3]:
                parent.chmod(0o755)
            code = "import os; os.setuid(65534)\nimport sys; from pathlib import Path; from dlcourse import _course\n"
            code += "_course.refresh(Path(sys.argv[1]), Path(sys.argv[2]), '0.2.0')"
            code = "import dlcourse._course, packaging.version, errno, tempfile\n" + code
            run = subprocess.run([sys.executable, "-c", code, copy, source], capture_output=True, text=True)
            assert "Refused: The notebooks cannot be copied" in run.stderr and "Permission denied" in run.stderr
            assert tree(copy) == before
    finally:
        copy.chmod(0o755)


def test_a_full_disk_leaves_the_copy_as_it_was(copy, source, monkeypatch):
    updated(source)

    def full(old, new):
        new.write_bytes(b"half")
        raise OSError(28, "No space left on device", str(new))

    monkeypatch.setattr(_course.shutil, "copyfile", full)
    refused(copy, source, "0.2.0", "No space left on device")


def test_a_checkout_is_no_place_for_a_copy(tmp_path, source):
    (tmp_path / "dlcourse").mkdir()
    (tmp_path / "dlcourse" / "__init__.py").touch()
    refused(tmp_path, source, "0.1.0", "holds the course's own code")
    refused(tmp_path / "below", source, "0.1.0", "holds the course's own code")
    assert not (tmp_path / "below").exists()
