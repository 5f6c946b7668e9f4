"""Python for the browser, compiled: Pyodide's archives and the course with bytecode (.pyc) in place of source (.py).

A browser that compiles every file that it imports works for seconds before its first picture; bytecode takes half of that
away. Only a Python of the same version writes what the browser's reads: the one that runs this, or else `python3.12` on
the path. Where there is none, the files stay as they are, and pages start slower.

As a program, run by that Python: `python3.12 compiled.py FROM TO` compiles one archive.
"""

import io
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FONTS = "matplotlib/mpl-data/fonts/"
UNREAD = (  # by a picture on an Agg canvas in the default font
    *(FONTS + kind for kind in ("afm/", "pdfcorefonts/", "ttf/DejaVuSerif", "ttf/DejaVuSansMono")),
    "matplotlib/mpl-data/sample_data/",
    "numpy/f2py/",
)


def interpreter(version: str) -> str | None:
    """A Python whose bytecode is that of a version, "3.12.7": any CPython 3.12. None if there is none here."""
    major, minor, *_ = version.split(".")
    ask = ["-I", "-c", "import sys; print(sys.implementation.cache_tag)"]
    for python in filter(None, (sys.executable, shutil.which(f"python{major}.{minor}"))):
        said = subprocess.run([python, *ask], capture_output=True, text=True).stdout
        if said.strip() == f"cpython-{major}{minor}":
            return python
    return None


def compiled(archives: dict[str, bytes], python: str) -> dict[str, bytes]:
    """The same archives {name: zip} with bytecode, made by the interpreter `python`."""
    with tempfile.TemporaryDirectory() as folder:
        made = {}
        for number, (name, archive) in enumerate(archives.items()):
            before, after = Path(folder) / f"{number}.zip", Path(folder) / f"{number}-compiled.zip"
            before.write_bytes(archive)
            subprocess.run([python, "-I", __file__, before, after], check=True)
            made[name] = after.read_bytes()
    return made


def compile_archive(archive: bytes, folder: Path) -> bytes:
    """One archive with each .py replaced by its .pyc; where a file does not compile, it stays. The same bytes each time."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as given, zipfile.ZipFile(made, "w") as out:
        for name in given.namelist():
            content = given.read(name)
            if name.startswith(UNREAD):
                continue
            if name.endswith(".py") and (code := _bytecode(content, name, folder)):
                name, content = f"{name}c", code
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()


def _bytecode(source, name, folder):
    """Bytecode that is never compared with its source; None where it does not compile."""
    (folder / "source.py").write_bytes(source)
    never = py_compile.PycInvalidationMode.UNCHECKED_HASH
    try:
        py_compile.compile(folder / "source.py", folder / "code.pyc", dfile=name, doraise=True, invalidation_mode=never)
    except py_compile.PyCompileError:
        return None
    return (folder / "code.pyc").read_bytes()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        Path(sys.argv[2]).write_bytes(compile_archive(Path(sys.argv[1]).read_bytes(), Path(place)))
