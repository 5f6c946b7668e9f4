"""The notebooks in JupyterLite: JupyterLab and its kernel run in the browser, from a folder of files.

`lite.json` names the packages of Pyodide that a notebook needs beyond those of a lab's page, as Pyodide's lock file does. The
lock that the kernel reads names, beside them, the course and what its widgets need; these are packed from what is installed
here, so that the browser has the same versions, and their code for JupyterLab comes from the same place. `kernel.js` loads
Pyodide by that lock.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata, util
from pathlib import Path

from dlcourse import __version__
from dlcourse.site import pyodide

HERE, PACKAGE = Path(__file__).parent, Path(__file__).parents[1]
FOLDER = "jupyter"  # where JupyterLite lies in the site
MORE = json.loads((HERE / "lite.json").read_text("utf-8"))
KERNEL = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = (KERNEL, "@jupyter-widgets/jupyterlab-manager", "anywidget")
ASKED = ("micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi", "ipython", "dlcourse")
NEEDS = {  # what is packed here, and what it needs
    "dlcourse": ("numpy", "matplotlib", "ipywidgets", "anywidget"),
    "anywidget": ("ipywidgets", "psygnal", "typing_extensions"),
    "ipywidgets": ("ipython", "traitlets", "comm"),
    "comm": ("traitlets",),
    "psygnal": (),
    "typing_extensions": (),
}
OFF = [
    "@jupyterlite/application-extension:service-worker-manager"
]  # it shares files with Python: the course has none to share
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # a figure out of sight stays
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {
        "autosaveInterval": 10
    },  # seconds: what is written stays in this browser
}


def write(out: Path, notebooks: Path, python: Path | None = None) -> None:
    """Write the notebooks as a JupyterLite site into OUT/jupyter.

    python: Pyodide's unpacked release; what a notebook needs beyond a lab's page is copied into OUT/pyodide. Without it the
    kernel asks Pyodide's public CDN. Errors: ValueError in one sentence for a file of Pyodide that is missing or another.
    """
    site, lock = out / FOLDER, pyodide.KNOWN["lock"]
    with tempfile.TemporaryDirectory() as folder:
        for name in EXTENSIONS:
            shutil.copytree(labextension(name), Path(folder) / "extensions" / name)
        build(Path(folder), site, notebooks)
    packages = {**lock["packages"], **MORE, **our_packages(site)}
    write_json(site / "pyodide-lock.json", {**lock, "packages": packages})
    shutil.copyfile(HERE / "kernel.js", site / "kernel.js")
    page = site / "lab/index.html"  # without these words a browser asks the host for an icon, which it may not have
    page.write_text(
        page.read_text("utf-8").replace("<head>", '<head><link rel="icon" href="favicon.ico" />', 1), "utf-8"
    )
    if python:
        copy(python, out / "pyodide")
    configure(site / "jupyter-lite.json", "../pyodide/" if python else pyodide.CDN)


def address(name: str) -> str:
    """Where the site opens a notebook, "week1/03_dropout"."""
    return f"{FOLDER}/lab/index.html?path={name}.ipynb"


def missing() -> list[str]:
    """What JupyterLite still needs here: the names of packages of the extra `site`."""
    return [name for name in ("jupyterlite_core", "jupyterlite_pyodide_kernel") if not util.find_spec(name)]


def labextension(name):
    """The folder in which an installed package keeps its code for JupyterLab."""
    from jupyter_core.paths import jupyter_path

    for path in jupyter_path("labextensions"):
        if (place := Path(path) / name).is_dir():
            return place
    raise ValueError(
        f"{name} is not among JupyterLab's extensions here: install ipywidgets, anywidget and the extra `site`"
    )


def build(place, site, notebooks):
    """Let JupyterLite write its pages, the extensions that lie in a place, and the notebooks."""
    write_json(place / "overrides.json", SETTINGS)
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", place, "--output-dir", site]
    content = ["--contents", notebooks, "--apps", "lab", "--no-sourcemaps", "--no-unused-shared-packages"]
    only = ["--ignore-sys-prefix", "federated_extensions"]
    own = f"--FederatedExtensionAddon.extra_labextensions_path={place / 'extensions'}"
    done = subprocess.run([*command, *content, *only, own], cwd=place, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(f"JupyterLite could not write the notebooks: {done.stderr.strip()[-1000:]}")


def our_packages(site):
    """What Pyodide does not have, as its lock names packages: the kernel's own, and those that are packed here."""
    own = {file.name.split("-")[0]: file for file in (site / "extensions" / KERNEL / "static/pypi").glob("*.whl")}
    kernel = {name: (own[name], ()) for name in ("piplite", "ipykernel", "pyodide_kernel")}
    packed = {name: (pack(name, site / "wheels"), needs) for name, needs in NEEDS.items()}
    return {canonical(name): entry(name, file, site, needs) for name, (file, needs) in {**kernel, **packed}.items()}


def entry(name, file, site, needs):
    """One package, as Pyodide's lock names it."""
    return {
        "name": name,
        "version": file.name.split("-")[1],
        "file_name": file.relative_to(site).as_posix(),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "depends": [canonical(need) for need in needs],
        "imports": [name],
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
    }


def canonical(name):
    """The one spelling of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pack(name, folder):
    """What is installed under a name, as a wheel of plain Python; the same bytes each time."""
    if name == "dlcourse":
        version, files = __version__, {path.relative_to(PACKAGE.parent): path for path in PACKAGE.rglob("*")}
    else:
        version, installed = metadata.version(name), metadata.files(name) or ()
        files = {Path(file): Path(str(file.locate())) for file in installed}
    about = f"{name}-{version}.dist-info"
    content = {to.as_posix(): path.read_bytes() for to, path in sorted(files.items()) if travels(to, path)}
    content[f"{about}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    content[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    folder.mkdir(exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for to, data in content.items():
            archive.writestr(zipfile.ZipInfo(to), data, zipfile.ZIP_DEFLATED)
    return wheel


def travels(to, path):
    """Does a file belong in the browser? Code and data do; what is made for this machine, and the notebooks, do not."""
    elsewhere = {"..", "__pycache__", "notebooks", "site", "tests", "labextension", "nbextension"}
    apart = elsewhere & set(to.parts) or to.suffix in (".so", ".pyd", ".pyc", ".map") or ".dist-info" in to.parts[0]
    return path.is_file() and not apart


def copy(source, target):
    """The files of Pyodide that a notebook needs beyond a lab's page, each checked."""
    target.mkdir(exist_ok=True)
    for name, sha256 in {package["file_name"]: package["sha256"] for package in MORE.values()}.items():
        if not (source / name).is_file():
            raise ValueError(f"{source} lacks {name}: it needs the full release {pyodide.VERSION} of Pyodide")
        content = (source / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(f"{source}: {name} is not the file of Pyodide {pyodide.VERSION}, its sha256 differs")
        (target / name).write_bytes(content)


def configure(file, address):
    """Where the kernel finds Pyodide and its lock, and what it loads as it starts."""
    settings = json.loads(file.read_bytes())
    page = settings["jupyter-config-data"]
    page |= {"appName": "dlcourse", "disabledExtensions": OFF}
    files = pyodide.settings(address)["files"]
    page["litePluginSettings"][f"{KERNEL}:kernel"] |= {
        "pyodideUrl": "./kernel.js",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "pyodideURL": address,
            "lockFileURL": "pyodide-lock.json",
            "sha256": {name: f"sha256-{sha256}" for name, (sha256, _) in files.items()},
            "packages": ASKED,
        },
    }
    write_json(file, settings)


def write_json(file, value):
    file.write_text(json.dumps(value, indent=1, sort_keys=True))
