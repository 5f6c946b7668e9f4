"""A lab without a kernel: the notebook's own machinery, with a page of the site instead of JupyterLab.

In the browser this file runs in Pyodide (`start`, `open_lab`, `receive`, called by worker.js); at the desk the same
`open_lab` tells build.py what each page shows before Python is there. dlcourse.live and ipywidgets are unchanged. Only
the line between a widget and what shows it, its comm, is another.
"""

import io
import itertools
import json
import os
import sys
import types
from contextlib import redirect_stdout

_numbers = itertools.count()  # of widgets
_lab = None  # the one that is open


def start(post):
    """In the browser: from now on what widgets say is posted to the page, as JSON and, apart, the bytes of a picture."""
    from pyodide.ffi import to_js

    def posted(kind, number, state, png):
        post(json.dumps({"kind": kind, "id": number, "state": state}), to_js(png) if png is not None else None)

    os.environ["JUPYTER_WIDGETS_ECHO"] = "0"  # the page knows what it has said itself
    _stand_ins()
    connect(posted)
    from dlcourse import live, scenes  # noqa: F401  while the page still shows its progress
    from dlcourse.live import controls

    controls.ECHO = 0.0  # what Python has said never comes back from this page


def connect(publish):
    """Widgets made from now on say what they show to publish(kind, number, state, png): "open", "msg" or "close"."""
    import comm
    from comm.base_comm import BaseComm

    class Comm(BaseComm):
        """The line of one widget: a short number, and of its state what a page can show."""

        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **_):
            state = (data or {}).get("state") or {}
            shown = {name: value for name, value in state.items() if _is_shown(name, value)}
            publish(
                msg_type.removeprefix("comm_"), self.comm_id, shown, buffers[0] if buffers and len(buffers[0]) else None
            )

    comm.create_comm = lambda **rest: Comm(**{**rest, "comm_id": f"widget-{next(_numbers)}"})


def _stand_ins():
    """Modules that ipywidgets and dlcourse.live ask for and do not need here: there is no shell, and lab.js is the widget."""

    def module(name, **names):
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(names)

    module("IPython", get_ipython=lambda: None, version_info=(9, 0))
    module("IPython.core")
    module("IPython.core.interactiveshell", InteractiveShell=object)
    module("IPython.display", display=None, clear_output=None)
    import ipywidgets

    module("anywidget", AnyWidget=ipywidgets.DOMWidget)


def _is_shown(name, value):
    return value is not None and (name[0] != "_" or name in ("_model_name", "_options_labels", "_dom_classes"))


def open_lab(program):
    """Run the cells of one lab; its last line calls `live`. Returns the Lab, built and not yet drawn."""
    import dlcourse.live
    from dlcourse.live.lab import SIZE, Lab

    def live(scene, *data, presets=None, goal=None, size=SIZE, **given):
        return Lab(scene, data, presets, goal, given, size)

    names, before = {"__name__": "lab"}, dlcourse.live.live
    dlcourse.live.live = live
    *first, last = program.splitlines()
    try:
        with redirect_stdout(io.StringIO()):  # what an unsolved exercise says
            exec(compile("\n".join(first), "lab", "exec"), names)
        return eval(last, names)
    finally:
        dlcourse.live.live = before


def show(text):
    """In the browser: open a lab in the place of the last one, and draw it in turn. Returns the number of its box.

    text: its program; the space of the picture; large type or not; and where the reader has left a slider, by its label.
    """
    global _lab
    if _lab:
        _lab.close()
    _lab, wanted = None, json.loads(text)
    lab = open_lab(wanted["program"])
    lab.picture.space = wanted["space"]
    if wanted["large"]:
        lab.buttons["large type"].value = True
    for control in lab.controls.values():
        for name, value in wanted["turned"].get(" ".join(control.description.split()), {}).items():
            setattr(control, name, value)
    lab._turns.wake()
    _lab = lab
    return lab.box.model_id


def receive(number, text):
    """What the page says to a widget: {"state": {...}} or {"content": {...}}. A widget that is gone hears nothing."""
    import comm

    said, widget = json.loads(text), comm.get_comm_manager().comms.get(number)
    if widget and "state" in said:
        data = {"method": "update", "state": said["state"], "buffer_paths": []}
    elif widget:
        data = {"method": "custom", "content": said["content"]}
    else:
        return
    widget.handle_msg({"content": {"data": data}, "buffers": []})
