"""The site in a real Chromium that reaches no other host: every page, and Python itself where its files are there."""

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import PYODIDE, WITHOUT, Visit, agree, chromium, served, site, some_notebooks
from places import ARTEFACTS, NOTEBOOKS, PATHS
from transcript import NOT_MEASURED

from dlcourse.site import build, cells, front, pyodide

LABS = {path.relative_to(NOTEBOOKS).with_suffix("").as_posix(): labs for path in PATHS if (labs := cells.labs_of(path))}
EVERY = os.environ.get("DLCOURSE_EVERY_LAB")  # else Python makes the first lab of each notebook
MADE = [(notebook, lab) for notebook, labs in LABS.items() for lab in (labs if EVERY else labs[:1])]
FIRST = "00_start_here/first.html"
with_python = pytest.mark.skipif(not PYODIDE, reason=WITHOUT)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """All pages, without ready pictures: their labs are built and not drawn."""
    with served(site(tmp_path_factory.mktemp("site") / "out", NOTEBOOKS, stops=0)) as address:
        yield address


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder with the pages of two notebooks and their ready pictures."""
    home = tmp_path_factory.mktemp("small")
    return site(home / "out", some_notebooks(home / "notebooks", ["00_start_here", "week3/04_softmax"]), stops=5)


@pytest.fixture(scope="module")
def window():
    import browser

    if not browser.browser_path():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium on this machine: apt install chromium")
    with chromium() as window:
        yield window


@pytest.fixture
def visit(window):
    """Call it with an address: a visit, which must end without a complaint."""
    visits = []

    def begin(address, **options):
        visits.append(Visit(window, address, **options))
        return visits[-1]

    yield begin
    for each in visits:
        each.close()
        assert not each.complaints


def test_every_page_opens_with_its_picture_and_sentence(visit, address):
    """Without Python: its worker cannot be loaded, and the page says so."""
    reader = visit(address, bypass_csp=True)
    reader.context.route("**/worker.js", lambda route: route.abort())
    for notebook, labs in LABS.items():
        for lab in labs:
            reader.open(f"{notebook}/{lab['name']}.html")
            image = reader.page.locator("img.dlcourse-image")
            assert image.evaluate("img => img.decode().then(() => img.naturalWidth)") >= 600
            assert image.get_attribute("alt") == reader.caption == lab["says"]
            assert reader.page.locator(".dlcourse-side input, .dlcourse-side button").count() >= 3
            reader.page.get_by_text("There is no Python on this page").wait_for()
    reader.open(f"{FIRST}?present")
    reader.page.get_by_text("There is no Python on this page").wait_for()
    reader.complaints = [said for said in reader.complaints if "ERR_FAILED" not in said]  # of the worker


@pytest.mark.parametrize("way", ["file", "served"])
def test_without_python_a_slider_turns_ready_pictures(visit, small, way, window):
    """As a file, where no page may load Python; and where the browser has no WebAssembly."""
    with served(small) as address:
        reader = visit(address if way == "served" else small.as_uri() + "/")
        if way == "served":
            reader.context.add_init_script("delete globalThis.WebAssembly")
        reader.open(FIRST)
        reader.page.get_by_text("What moves is β beta, through ready pictures.").wait_for()
        before, slider = reader.caption, reader.page.get_by_label("β beta")
        slider.press("End")
        assert reader.caption != before and reader.caption.startswith("beta 0.999 ")
        image = reader.page.locator("img.dlcourse-image")
        assert image.evaluate("img => img.decode().then(() => img.src)").endswith(".webp")
        assert image.get_attribute("alt") == reader.caption
        assert reader.page.get_by_label("today").is_disabled()


@with_python
def test_python_makes_each_lab_in_one_visit(visit, address):
    """The picture, then a control moved: the sentences are those of the kernel for the same values; then the goal."""
    reader, failed, reached = visit(address), [], 0
    for number, (notebook, lab) in enumerate(MADE):
        page = f"{notebook}/{lab['name']}.html"
        (reader.go if number else reader.open)(page)
        here = front.open_lab(lab["program"])
        here.set()
        try:
            agrees = lambda said, _: here.name in NOT_MEASURED or agree(here.caption, said)
            reader.live()
            said = reader.until(agrees)
            assert agrees(*said), f"says {said}, the kernel {here.caption!r}"
            name, value = another(here)
            reader.move(here.controls[name], value)
            here.set(**{name: value})
            said = reader.until(agrees)
            assert agrees(*said), f"at {name} {value} {said}, the kernel {here.caption!r}"
            if here.goal and (witness := reachable(here)):
                reader.page.get_by_role("button", name="reset").click()
                for name, value in witness.items():
                    reader.move(here.controls[name], value)
                said = reader.until(lambda _, goal: "Reached." in goal)
                assert "Reached." in said[1], f"goal not reached: {said}"
                reached += 1
        except Exception as error:
            reader.page.screenshot(path=ARTEFACTS / f"site-{re.sub(r'[^a-z0-9]+', '-', page)}.png")
            failed.append(f"{page}: {error}")
        finally:
            here.close()
    assert not failed, "\n".join(failed)
    assert reached >= 5
    assert sum("pyodide.asm.wasm" in url for url in reader.asked) == 1  # one Python for all
    assert all(url.startswith((reader.address, "blob:", "data:")) for url in reader.asked)


def another(lab):
    """A control that does something, and a value that it has not."""
    from dlcourse.live.controls import positions

    idle = getattr(lab.update, "idle", ())
    for name, control in lab.controls.items():
        now = lab.values[name]
        others = [not now] if isinstance(now, bool) else [value for value in positions(control) if value != now]
        if others and name not in idle:
            return name, others[len(others) // 2]
    raise AssertionError(f"{lab.name} has no control that moves")


def reachable(lab):
    """The values that reach the goal, if controls of the page alone can set them."""
    from dlcourse.live.controls import positions

    witness = lab.goal.witness
    plain = (isinstance(value, bool) or value in positions(lab.controls[name]) for name, value in witness.items())
    return all(plain) and witness


@with_python
def test_a_handle_is_dragged_and_a_slider_keeps_what_was_set_before_python_came(visit, small):
    with served(small) as address:
        reader = visit(address)
        reader.open(FIRST)
        reader.page.get_by_label("β beta").press("End")
        assert reader.live().startswith("beta 0.999 ")
        assert reader.page.evaluate("document.activeElement.dataset.name") == "β beta"
        assert reader.page.get_by_label("β beta").get_attribute("aria-valuetext") == "β beta 0.9990"
        spot = reader.page.locator(".dlcourse-spot").first
        before = reader.caption
        spot.press("ArrowLeft")
        reader.page.wait_for_function(
            "was => document.querySelector('.dlcourse-caption').textContent !== was", arg=before
        )
        assert "On day 36" in reader.settle()


@with_python
def test_in_a_frame_on_the_page_of_another_host(visit, small, tmp_path):
    """As a learning platform shows it, many on one page: Python comes with the first touch, and that is not lost."""
    with served(small) as address, served(tmp_path) as elsewhere:
        (tmp_path / "unit.html").write_text(
            f'<link rel="icon" href="data:,"><iframe title="a lab" width="1000" height="700" src="{address}{FIRST}"></iframe>'
        )
        reader = visit(elsewhere.replace("127.0.0.1", "localhost"))
        reader.page.goto(f"{reader.address}unit.html")
        frame = reader.page.frame_locator("iframe")
        frame.get_by_text("Python starts when you touch this figure.").wait_for()
        frame.get_by_label("β beta").press("End")
        frame.locator("main[data-live]").wait_for(timeout=180_000)
        frame.locator(".dlcourse-caption", has_text="beta 0.999 ").wait_for()
        assert frame.locator("img.dlcourse-image").get_attribute("src").startswith("blob:")


@with_python
@pytest.mark.parametrize("changed", ["pyodide.js", "cycler-0.12.1-py3-none-any.whl", None])
def test_what_the_public_cdn_gives_is_checked(visit, tmp_path, changed):
    """The CDN's place is taken by the folder; one changed byte, and the page says that there is no Python."""
    build.write(
        tmp_path / "out", some_notebooks(tmp_path / "in", ["00_start_here"]), stops=0, jupyter=False, say=lambda _: None
    )
    asked = []

    def answer(route):
        asked.append(name := route.request.url.removeprefix(pyodide.CDN))
        body = (Path(PYODIDE) / name).read_bytes() + b" " * (name == changed)
        route.fulfill(body=body, headers={"Access-Control-Allow-Origin": "*", "Content-Type": kind(name)})

    def kind(name):
        return {".js": "text/javascript", ".wasm": "application/wasm"}.get(Path(name).suffix, "application/zip")

    with served(tmp_path / "out") as address:
        reader = visit(address)
        reader.context.route(f"{pyodide.CDN}**", answer)
        reader.open(FIRST)
        if changed:
            reader.page.get_by_text("There is no Python on this page: ").wait_for(timeout=120_000)
            assert changed in asked
            reader.complaints.clear()
        else:
            assert reader.live().startswith("beta 0.6 ")
            assert set(asked) == pyodide.KNOWN["files"].keys()


@with_python
def test_the_projector(visit, small):
    """?present shows one lab in large type, and a presenter's keys go on; within a slider they are the slider's."""
    with served(small) as address:
        reader = visit(address, viewport={"width": 1280, "height": 720})
        reader.open("week3/04_softmax/lab.html?present")
        reader.live()
        assert reader.page.locator(".dlcourse-large").count() and not reader.page.locator("h1").is_visible()
        reader.page.keyboard.press("PageDown")
        reader.page.wait_for_url("**/borders.html?present")
        reader.live()
        reader.page.get_by_label("hidden").press("ArrowRight")
        assert reader.page.url.endswith("borders.html?present")
        reader.page.screenshot(path=ARTEFACTS / "site-present.png")


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_a_page_is_accessible_and_fits(visit, small, size):
    """No finding of axe, nothing wider than the window; before Python is there and, where it can come, after."""
    with served(small) as address:
        reader = visit(address, viewport=dict(zip(("width", "height"), size)))
        reader.open("week3/04_softmax/borders.html")
        for state in ("stored", "live") if PYODIDE else ("stored",):
            if state == "live":
                reader.live()
            findings = Axe().run(reader.page).response["violations"]
            assert not findings, [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in findings]
            picture = reader.page.locator("img.dlcourse-image").bounding_box()
            assert 0.8 * min(size[0], 1000) <= picture["x"] + picture["width"] <= size[0]
            assert reader.page.evaluate("document.documentElement.scrollWidth") <= size[0]
            reader.page.screenshot(path=ARTEFACTS / f"site-{size[0]}-{state}.png")
