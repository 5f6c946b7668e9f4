"""The learner's copy: the notebooks of an installed course, in a folder of the learner's own.

An update replaces a package whole, so `dlcourse` works on a copy of its notebooks. `refresh` brings that copy up to
date and never loses what the learner wrote. It keeps a record in the folder, `.dlcourse.json`: the version, and for
each file the fingerprint it was given out with. Comparing the three (given, now in the folder, now in the package)
says who changed what.

Everything new is first written beside the copy, in `.dlcourse.new`, and only then moved into place, the record last:
an interrupted copy still has each of its files whole, old or new, and the next start completes it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from pathlib import Path

from packaging.version import Version

RECORD, STAGE = ".dlcourse.json", ".dlcourse.new"
DAMAGED = "damaged"


class Refused(Exception):
    """The copy cannot be made or brought up to date; the message is the sentence that says why."""


def fingerprint(path: Path) -> str | None:
    """What the author of a file wrote: of a notebook the cells' sources, of any other file its bytes; None without one.

    Running a notebook changes outputs, counts and metadata, and adds an empty cell at the end: none of them counts.
    """
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        return None
    if path.suffix == ".ipynb":
        try:
            cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(written)["cells"]]
        except (ValueError, KeyError, TypeError):
            return DAMAGED
        written = json.dumps([cell for cell in cells if cell[1].strip()]).encode()
    return hashlib.sha256(written).hexdigest()


def files(folder: Path) -> list[str]:
    """The files of the course, as paths from `folder`; what editors and JupyterLab hide there is none of them."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))


def read_record(folder: Path) -> tuple[str | None, dict[str, str], list[str]]:
    """Version and fingerprints of what was given out, and a remark if the record is there but makes no sense."""
    try:
        record = json.loads((folder / RECORD).read_bytes())
        version, given = str(Version(record["version"])), {str(k): str(v) for k, v in record["files"].items()}
    except FileNotFoundError:
        return None, {}, []
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, {}, [f"The record of the copy, {folder / RECORD}, was damaged and is written anew."]
    return version, given, []


def beside(path: Path, label: str) -> Path:
    """A free name next to `path`: 03_dropout (yours, 0.1.0).ipynb, or the same with a number."""
    names = [path.with_name(f"{path.stem} ({label}){path.suffix}")]
    while names[-1].exists():
        names.append(path.with_name(f"{path.stem} ({label}, {len(names) + 1}){path.suffix}"))
    return names[-1]


def refresh(folder: Path, source: Path, version: str) -> list[str]:
    """Make `folder` a copy of the notebooks in `source`, or bring it up to date; returns what to tell, by sentence."""
    try:
        return _refresh(folder, source, version)
    except OSError as error:
        reason = error.strerror or error
        raise Refused(f"The notebooks cannot be copied to {folder}: {reason} ({error.filename}).") from error


def _refresh(folder: Path, source: Path, version: str) -> list[str]:
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file: name a folder with --folder.")
    for place in (folder, *folder.parents):
        if (place / "dlcourse" / "__init__.py").exists():
            raise Refused(f"{place} holds the course's own code: name a folder outside it with --folder.")
    last, given, remarks = read_record(folder)
    if last and Version(last) > Version(version):
        raise Refused(
            f"The notebooks in {folder} were made by dlcourse {last}; this is {version}: "
            "update dlcourse, or name another folder with --folder."
        )

    new = {name: str(fingerprint(source / name)) for name in files(source)}
    mine = {name: fingerprint(folder / name) for name in {**given, **new}}
    updating = last is not None and Version(last) != Version(version)
    write, aside = [], {}  # what to put in place, and under which label the learner's own is kept first
    for name in new:
        if mine[name] == new[name]:
            if updating:  # the same cells, but perhaps better pictures
                write.append(name)
        elif mine[name] in (None, given.get(name)):
            write.append(name)
        elif mine[name] == DAMAGED or given.get(name) != new[name]:
            write.append(name)
            aside[name] = DAMAGED if mine[name] == DAMAGED else f"yours, {last}" if last else "yours"
    gone = [name for name in given if name not in new and mine[name] == given[name]]

    if not (write or gone or given != new or updating or remarks or (folder / STAGE).exists()):
        return []
    folder.mkdir(parents=True, exist_ok=True)
    stage = folder / STAGE
    shutil.rmtree(stage, ignore_errors=True)  # of a copy that was interrupted
    try:
        for name in write:
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, stage / name)
        stage.mkdir(exist_ok=True)
        (stage / RECORD).write_text(json.dumps({"version": version, "files": new}, indent=1))
        for place in {(folder / name).parent for name in write}:
            place.mkdir(parents=True, exist_ok=True)
            if not os.access(place, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))

        for name in write:
            if name in aside:
                kept = beside(folder / name, aside[name])
                os.rename(folder / name, kept)
                why = "is no notebook any more" if aside[name] == DAMAGED else "was changed by you"
                remarks.append(f"{name} {why}: it is kept as {kept.relative_to(folder).as_posix()}, beside a new one.")
            os.replace(stage / name, folder / name)
        for name in gone:
            (folder / name).unlink()
        os.replace(stage / RECORD, folder / RECORD)
    finally:
        shutil.rmtree(stage, ignore_errors=True)

    lost = [name for name in new if mine[name] is None and (name in given or not given)]
    for name in given:
        if name not in new and mine[name] not in (None, given[name]):
            remarks.append(f"{name} is no longer part of the course: it was changed by you and stays.")
    if updating:
        remarks.insert(0, f"The notebooks in {folder} were those of dlcourse {last} and are now those of {version}.")
    elif len(lost) == len(new):
        remarks.insert(0, f"The notebooks of dlcourse {version} are now in {folder}.")
    elif lost:
        remarks.insert(0, f"The copy in {folder} was incomplete: {len(lost)} of its {len(new)} files put back.")
    return remarks
