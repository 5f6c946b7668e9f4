"""Fixtures for tests of live figures, in the kernel and in a real browser; all that they start is stopped again."""

import gc
import os
import re
import shutil
import signal

import pytest
from hypothesis import settings
from places import ARTEFACTS, NOTEBOOKS

settings.register_profile("untimed", deadline=None)  # how long an example takes on a busy machine says nothing
settings.load_profile("untimed")


@pytest.fixture
def close_labs():
    """Close, after the test, every lab that it opened; those that `labs_of` keeps stay."""
    from dlcourse.live import Lab

    before = set(Lab._all)
    yield
    for lab in set(Lab._all) - before:
        lab.close()


@pytest.fixture
def graphs():
    """Call it: how many recorded steps are in memory, with all that their buffers hold."""
    from dlcourse._replay import Graph

    def count():
        gc.collect()
        return sum(type(each) is Graph for each in gc.get_objects())

    return count


@pytest.fixture
def interrupts():
    """An interrupt raises KeyboardInterrupt, also where pytest was started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab server on a copy of the notebooks."""
    browser = pytest.importorskip("browser")
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS, home / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    with browser.jupyterlab(home / "notebooks", home) as server:
        yield server


@pytest.fixture(scope="module")
def window():
    """A Chromium. Without one the test is skipped; on CI (the variable CI is set) it fails."""
    import browser

    problem = None if browser.browser_path() else "no Chromium on this machine: apt install chromium"
    try:
        import playwright  # noqa: F401
    except ImportError:
        problem = "playwright is not installed: pip install playwright"
    if problem:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(problem)
    with browser.chromium() as chromium:
        yield chromium.new_context(viewport={"width": 1400, "height": 1000}, has_touch=True)


@pytest.fixture
def open_notebook(window, lab, request):
    """Call it with a notebook's name: opens it in a new page. Afterwards a screenshot is kept and the kernels end."""
    import browser

    pages = []

    def open_one(name):
        pages.append(window.new_page())
        return browser.Notebook(pages[-1], lab, name)

    yield open_one
    for page in (page for page in pages if not page.is_closed()):
        page.screenshot(path=ARTEFACTS / ("last-" + re.sub(r"\W+", "-", request.node.name) + ".png"))
        page.close()
    lab.shut_down_kernels()
