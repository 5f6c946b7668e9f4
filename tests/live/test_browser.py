"""What a learner sees: every live notebook opened, run, dragged by mouse and moved by keys in a real browser."""

import os
import re
import signal
from math import dist

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import KERNEL, PANEL, difference, is_live
from places import ARTEFACTS, NOTEBOOKS

LIVE = [
    path.relative_to(NOTEBOOKS).as_posix()
    for path in sorted(NOTEBOOKS.rglob("*.ipynb"))
    if ".ipynb_checkpoints" not in path.parts
    and any(is_live(cell.cell_type, cell.source) for cell in nbformat.read(path, as_version=4).cells)
]
IN_DEPTH = [name for name in LIVE if "start_here" in name or "exponentially_weighted" in name] or LIVE[:1]


def keep_picture(notebook, what):
    notebook.page.screenshot(path=ARTEFACTS / f"{notebook.name.removesuffix('.ipynb').replace('/', '-')}-{what}.png")


def assert_no_error(notebook):
    for outputs in notebook.outputs():
        for output in outputs:
            assert output["output_type"] != "error", "\n".join(output["traceback"])
            assert output.get("name") != "stderr", output["text"]
    for text in notebook.page.locator(".jp-OutputArea-output").all_text_contents():
        for bad in ("Error displaying widget", "Error creating widget", "[Open Browser Console", "Traceback"):
            assert bad not in text, text
    # Under load, what a restarted kernel says of a dead slider on stderr reaches JupyterLab in pieces, and it says so itself.
    own = [crash for crash in notebook.crashes if not re.match(r"Kernel message validation error:.*stream\.std", crash)]
    assert not own


def expect_one_picture(figure):
    """The live one or the stored one; never both, never neither."""
    figure.notebook.wait(
        "[...area.querySelectorAll('img')].filter(img => img.offsetParent).length === 1",
        seconds=30,
        area=figure.area.element_handle(),
    )


def assert_steady(frames):
    """Nothing went wrong or blank, and nothing moved, not even by a pixel."""
    assert frames and not any(frame["blank"] for frame in frames)
    errors = list(filter(None, dict.fromkeys(frame["error"] for frame in frames)))
    assert not errors, errors[-1]
    for what in ("height", "top", "all"):
        values = [frame[what] for frame in frames]
        assert max(values) - min(values) <= 1, f"{what} jumps between {min(values)} and {max(values)} pixels"


def assert_moves(figure):
    """Keys and mouse change the picture, and what is painted in the end is the picture of the last value."""
    figure.show().press("End")
    high = figure.settle()
    with figure.watched() as frames:
        low = figure.move("Home")
        assert low[1] != high[1], "the picture is the same at both ends of the slider"
        assert low[0] != high[0], "the caption is the same at both ends of the slider"
        figure.press("ArrowRight")
        assert figure.wait_until(lambda looks: looks != low) != low, "one step of the slider changes nothing"
        figure.drag(0.7, 0.2, 1.1)
        seen = (
            1 if figure.lab()["remembers"] else 2
        )  # where one has been stays in the picture; the sentence is the value's
        now = figure.wait_until(lambda looks: looks[:seen] == high[:seen])
        assert now[:seen] == high[:seen], f"the drag ended on {now[0]!r}, not on the last value's {high[0]!r}"
        assert figure.settle()[:seen] == high[:seen], "a late frame painted over the last value"
    assert_steady(frames)


def assert_page_and_kernel_agree(figure):
    """Run, after each preset, after reset: the values are those asked for, and each slider says its own."""
    lab = figure.show().lab()
    for label, wanted in {"": lab["start"], **lab["presets"], "reset": lab["start"]}.items():
        if label:
            figure.click(label)
        for _ in range(100):  # the button's word is on its way
            now = figure.lab()
            if now["values"] == wanted and figure.readouts() == now["readouts"]:
                break
            figure.page.wait_for_timeout(50)
        assert now["values"] == wanted, f"{label!r} leaves {now['values']} for {wanted}"
        assert figure.readouts() == now["readouts"], f"{label!r}: the page says {figure.readouts()}"
    caption, _ = figure.settle()
    assert caption == figure.lab()["caption"] and figure.lab()["values"] == lab["start"]


def within(box, across, down):
    """A share of the picture from shares of the axes."""
    left, top, width, height = box
    return [left + across * width, top + down * height]


def alone(spots):
    """The number of the spot that is furthest from its neighbours: where points overlap, the uppermost is taken."""
    from_others = [min((dist(a, b) for b in spots if b is not a), default=0) for a in spots]
    return from_others.index(max(from_others))


def assert_the_hand_moves(figure, number, touch=False):
    """Take one handle: the controls get the values of the place where it is left, and the picture is that of the values."""
    lab = figure.show().lab()
    handle, before = lab["handles"][number], lab["values"]
    if handle["kind"] in ("pick", "toggle"):
        free = [spot for k, spot in enumerate(handle["spots"]) if k not in handle["pressed"]]
        other = handle["spots"].index(free[alone(free)])
        (figure.spot(number, other).tap if touch else figure.spot(number, other).click)(force=True)
        looks, after = figure.settle(), figure.lab()
        assert other in after["handles"][number]["pressed"], f"a press on {handle['name']} does not choose it"
    else:
        spot = alone(handle["spots"])
        places = [
            within(handle["box"], *share) for share in ((0.3, 0.35), (0.7, 0.6), (0.5, 0.2), (0.15, 0.8), (0.9, 0.9))
        ]
        at = next(place for place in places if figure.values_at(number, spot, place) != before)
        wanted = figure.values_at(number, spot, figure.take(number, at, spot, touch))
        looks, after = figure.settle(), figure.lab()
        assert after["values"] == wanted, f"{handle['name']} was left where it says {wanted}"
        if handle["kind"] == "points":
            figure.area.locator(".dlcourse-field").first.click(position={"x": 25, "y": 25}, force=True)
            figure.settle()
            after = figure.lab()
            looks = figure.looks()
            assert len(after["handles"][number]["spots"]) == len(handle["spots"]) + 1, "a press adds a point"
    assert after["values"] != before, f"{handle['name']} moves nothing"
    assert looks[0] == after["caption"]
    figure.click("reset")
    figure.settle()
    again = figure.set(after["values"])
    assert again[0] == looks[0]
    if not lab["remembers"]:
        off = difference(again[1], looks[1])
        assert off <= 2, f"the picture under the hand is not that of the values, by {off} of 255"
    figure.click("reset")
    figure.settle()


def ran(notebook):
    notebook.run_all()
    assert_no_error(notebook)
    figures = notebook.figures()
    for figure in figures:
        figure.show()
        figure.area.locator(".jupyter-widgets").first.wait_for()
        expect_one_picture(figure)
    assert_no_error(notebook)
    return figures


def assert_accessible(figure):
    """axe-core finds nothing serious in the figure: names, values in words, roles, contrast."""
    output = f'.jp-Cell[data-number="{figure.number}"] .dlcourse-lab'
    found = Axe().run(figure.show().page, context=output).response["violations"]
    serious = [
        f"{v['id']} ({v['impact']}): {v['help']}: {v['nodes'][0]['html'][:200]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert not serious, "\n".join(serious)


@pytest.mark.parametrize("name", LIVE)
def test_picture_before_running_and_live_after(open_notebook, name):
    notebook = open_notebook(name)
    for figure in notebook.figures():
        expect_one_picture(figure.show())
        assert not figure.sliders.count()
    assert_no_error(notebook)
    figures = [figure for figure in ran(notebook) if figure.show().sliders.count()]
    for figure in figures:
        assert_page_and_kernel_agree(figure)
        assert_accessible(figure)
    for figure in figures if name in IN_DEPTH else figures[:1]:
        assert_moves(figure)
    taken = set()
    for figure in figures:  # of each kind the first in the notebook, the second by finger
        for number, handle in enumerate(figure.show().lab()["handles"]):
            kind = handle["kind"] + handle.get("free", "")
            if (kind, "by finger") not in taken:
                touch = (kind, "by mouse") in taken
                taken.add((kind, "by finger" if touch else "by mouse"))
                assert_the_hand_moves(figure, number, touch)
    assert_no_error(notebook)
    keep_picture(notebook, "moved")


def test_a_picture_that_comes_while_its_cell_is_out_of_sight_is_there_when_it_is_looked_at(open_notebook):
    """As after Run All Cells and a quick scroll: JupyterLab lays out no cell that is out of sight."""
    notebook = open_notebook("week3/05_frameworks.ipynb")
    notebook.run_all()
    figure = notebook.figures()[-1]
    figure.area.evaluate("area => area.scrollIntoView({block: 'start'})")  # its widgets are made
    notebook.page.evaluate(f"{PANEL}.content.widgets[0].node.scrollIntoView()")
    notebook.page.wait_for_timeout(1000)
    for each in notebook.figures():
        expect_one_picture(each.show(seconds=10))


def test_a_training_that_ended_is_scrubbed_back_and_forth(open_notebook):
    """The page keeps the frames that came; the kernel is not asked."""
    figures = ran(open_notebook("week1/01_bias_and_variance.ipynb"))
    figure = next(f for f in figures if f.show().area.locator(".dlcourse-progress:visible").count())
    bar = figure.area.locator(".dlcourse-progress")
    figure.press("Home")
    end = figure.settle()
    assert bar.is_enabled() and bar.input_value() == "1"
    bar.fill("0.2")
    early = figure.wait_until(lambda looks: looks[1] != end[1])
    assert early[1] != end[1] and figure.lab()["caption"] == end[0]
    bar.fill("1")
    assert figure.wait_until(lambda looks: looks == end) == end
    assert_no_error(figure.notebook)


@pytest.mark.parametrize("name", IN_DEPTH)
def test_kernel_restarted_under_an_open_page(open_notebook, name):
    notebook = open_notebook(name)
    figure = ran(notebook)[0]
    notebook.restart_kernel()
    words = figure.show().area.locator(".dlcourse-error")
    words.get_by_text("run this cell again").wait_for()
    expect_one_picture(figure)
    assert_no_error(notebook)
    notebook.run_all()
    figure.show().settle()
    assert not words.inner_text()
    os.kill(notebook.ask("__import__('os').getpid()"), signal.SIGKILL)
    words.get_by_text("run this cell again").wait_for()
    notebook.page.locator(".jp-Dialog .jp-mod-accept").click()  # "The kernel appears to have died. It will restart"
    notebook.wait(f"{KERNEL}.status === 'idle'")
    keep_picture(notebook, "kernel-gone")
    assert_moves(ran(notebook)[0])


@pytest.mark.parametrize("name", IN_DEPTH)
def test_same_cell_run_twice_quickly(open_notebook, name):
    notebook = open_notebook(name)
    figure = ran(notebook)[0]
    figure.run(times=2)
    expect_one_picture(figure.show())
    assert_moves(figure)
    assert_no_error(notebook)


@pytest.mark.parametrize("name", IN_DEPTH)
def test_figures_on_one_page_do_not_disturb_each_other(open_notebook, name):
    figures = ran(open_notebook(name))
    first, other = figures[0], figures[-1]
    if first is other:
        pytest.skip("this notebook has one figure")
    before = other.show().settle()
    first.show().press("End", "Home", "ArrowRight")
    first.settle()
    assert other.show().settle() == before


@pytest.mark.parametrize("name", IN_DEPTH)
def test_over_a_slow_line_frames_have_fewer_pixels_in_the_same_place(open_notebook, name):
    """Catches a picture that is as high as its own pixels say: 2 pixels lower while the slider moves."""
    notebook = open_notebook(name)
    figure = ran(notebook)[0]
    notebook.ask("setattr(__import__('dlcourse.live.line', fromlist=['line']), 'PASSING', 1e-9)")
    figure.show().press("End")
    figure.settle()
    with figure.watched() as frames:
        figure.drag(0.7, 0.2, 1.1)
        figure.settle()
    assert len({frame["pixels"] for frame in frames}) > 1
    assert_steady(frames)


@pytest.mark.parametrize("name", IN_DEPTH)
def test_dark_narrow_and_projected(open_notebook, name):
    notebook = open_notebook(name)
    figure = ran(notebook)[0]
    for what, width, theme in (("dark", 1400, "Dark"), ("narrow", 900, "Light"), ("projector", 1920, "Light")):
        notebook.page.set_viewport_size({"width": width, "height": 1000})
        notebook.command("apputils:change-theme", f"{{theme: 'JupyterLab {theme}'}}")
        figure.show().settle()
        box, area = figure.pictures.first.bounding_box(), figure.area.bounding_box()
        assert box["x"] + box["width"] <= area["x"] + area["width"], "the picture is cut off"
        assert figure.area.evaluate("area => area.scrollWidth <= area.clientWidth"), "the figure scrolls sideways"
        keep_picture(notebook, what)


@pytest.mark.parametrize("name", IN_DEPTH)
def test_picture_is_there_the_morning_after(open_notebook, lab, name):
    """Run and saved by the learner, server's kernels gone, opened again: the pictures are there, and it runs again."""
    notebook = open_notebook(name)
    ran(notebook)
    notebook.command("docmanager:save")
    notebook.page.close()
    lab.shut_down_kernels()
    again = open_notebook(name)
    for figure in again.figures():
        expect_one_picture(figure.show())
    keep_picture(again, "reopened")
    assert_moves(ran(again)[0])
