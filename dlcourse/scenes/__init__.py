"""Scenes: figures as functions. A scene builds its artists once and hands back what changes them:

    def averages(fig, temperatures):
        ...make axes and artists, once...
        def update(beta, bias_correction):
            ...compute with the algorithms of dlcourse, set_data on the artists...
            return "beta 0.90 averages about 10 days."      # one sentence: what the picture says now, with its number
        return update

Where a model trains, `update` is a generator instead and yields pairs `(done, sentence)`, done from 0 to 1, as the training
goes on; the last pair is the final one. It must leave nothing behind when it is dropped half-way (it is, as soon as a slider
moves): all that it changes are the artists, which the next call sets anew from its own arguments alone.

What keeps frames fast: make artists once and move them with set_data, set_offsets, set_text; leave limits, ticks and titles
alone; give texts that move `clip_on=True`. Anything else is drawn rightly too, only slower. What a goal shall judge goes into
a dict `update.facts`, plain data, refreshed by each call; controls that do nothing in the present mode are named in a set
`update.idle`, and greyed out. A scene that draws where the learner has been, so that a finished curve does not answer the
question, has a function `update.forget()`; reset calls it. A training that another control only looks at anew is kept, and
goes on where it was left: `trained = Kept(train)`, see kept.py; by `update.afresh = trained.forget` reset begins anew. What
may not have changed (limits, titles, a legend's names) is set by plots.change(axes, ylim=...), which sets only what is not
so already.

What can be taken in the picture itself is named in `update.handles`, one line each, with the controls that it moves (see
handles.py); a handle reads values, facts and what never changes, for the picture may be a kept one. Where something runs
along one control, `update.play = "steps"` gives it a play button:

    update.handles = [Place(axes, "w1", "w2", name="start"), Place(sweep, "lr")]

A control for points or switched spots is None until the learner sets them: `points=by_hand("class 0", "class 1")`.

Presets and goals stand in the scene's own file, as PRESETS and GOALS, by name. A goal has a witness, values that reach
it; neither the start nor a preset may. A notebook shows the scene, with a control for each argument of `update`:

    live(scenes.averages, seattle, beta=one_minus_log(0.5, 0.999, start=0.5), bias_correction=True, presets="spans")

tests/scenes/test_every_scene.py tries all that its controls and presets can do; there is nothing to register.
"""

import inspect
from importlib import import_module
from pkgutil import iter_modules


def _scenes():
    """{name: scene}: the functions of this folder's files whose first argument is `fig`."""
    found = {}
    for file in iter_modules(__path__):
        if file.name == "plots":  # its `style(fig)` dresses a figure, and is no scene
            continue
        module = import_module(f"{__name__}.{file.name}")
        for name, item in vars(module).items():
            if inspect.isfunction(item) and item.__module__ == module.__name__ and not name.startswith("_"):
                if next(iter(inspect.signature(item).parameters), None) == "fig":
                    assert name not in found, f"two scenes are called {name}"
                    found[name] = item
    return found


globals().update(_scenes())
