"""Minor ticks of logarithmic axes as one artist: the same pixels as matplotlib's own, of a fraction of the artists."""

import numpy as np
import pytest
from matplotlib.axis import Tick

from dlcourse.live import frame


def drawn(*looks, light=True):
    """The pixels of an empty figure after each of these settings of its axes, and how many ticks it has in the end."""
    with pytest.MonkeyPatch.context() as patch:
        if not light:
            patch.setattr(frame, "lighten", lambda axes: None)
        pictures, shown = [], frame.Frame((6, 3.5), 500)
        axes = shown.figure.subplots()
        for k, look in enumerate(looks):
            axes.set(**look)
            if not k:
                axes.tick_params(which="both", top=True, direction="inout")
                shown.built()
            shown.draw()
            pictures.append(shown.pixels().copy())
    return pictures, sum(isinstance(artist, Tick) for artist in shown.figure.findobj())


LOG = {"xscale": "log", "yscale": "log"}


@pytest.mark.parametrize(
    "limits",
    [
        (1e-3, 20),
        (5e-5, 20),
        (1e-7, 1),
        (0.3 * (1 + 1e-12), 100),
        (1e-12, 1e3),
        (1e-30, 1e30),
        (2, 60),
        (1, 9),
        (0.3, 0.7),
    ],
    ids=str,
)
@pytest.mark.parametrize("then", [(1e-2, 3e2), (3, 7)], ids=str)
def test_the_pixels_are_those_of_matplotlibs_ticks(limits, then):
    """Upside down and enlarged, too. Catches marks past the ends, without labels, or left behind."""
    looks = {**LOG, "xlim": limits, "ylim": limits[::-1]}, {"xlim": then, "ylim": then}
    for own, plain in zip(drawn(*looks)[0], drawn(*looks, light=False)[0]):
        np.testing.assert_array_equal(own, plain)


@pytest.mark.parametrize("scale", ["linear", "symlog", "log"])
def test_an_axis_that_gets_another_scale_later_has_the_ticks_of_that(scale):
    looks = {**LOG, "xlim": (1e-3, 9), "ylim": (1e-3, 9)}, {"xscale": scale, "yscale": scale}
    for own, plain in zip(drawn(*looks)[0], drawn(*looks, light=False)[0]):
        np.testing.assert_array_equal(own, plain)


def test_they_are_few():
    """What it is for. Catches a locator that matplotlib asks for ticks all the same."""
    look = {**LOG, "xlim": (1e-4, 20), "ylim": (1e-4, 20)}
    assert drawn(look, light=False)[1] > 80 and drawn(look)[1] < 25
