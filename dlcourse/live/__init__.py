"""Sliders on a scene: `live(scenes.averages, temperatures, beta=one_minus_log(0.5, 0.999, start=0.98))`.

    controls.py   from a plain value to a slider, a choice, a switch
    by_hand.py    a control for what is set in the picture: points, switched spots
    values.py     the controls of one figure, presets, and moving several as one
    turns.py      who draws when: the newest value wins, others have their turn
    hands.py      the handles in the picture: from the hand to the controls
    play.py       one control that runs by itself
    ahead.py      finished pictures are kept, and the next ones made while the learner looks
    frame.py      a figure that draws again only what moved
    lettering.py  what is slow to set in type, kept as a picture
    minor_ticks.py  those of a logarithmic axis as one artist
    png.py        its pixels as PNG
    line.py       how many frames are under way to the page, and how large they may be
    page.py       widgets and pictures on the page; picture.js and picture.css run in the browser
    lab.py        one scene with all of these, and `live`, which shows it

The way of a frame: a moved slider -> values -> turns -> the scene's update -> frame -> page. Each frame is one message.
"""

from dlcourse.live.by_hand import by_hand  # noqa: F401
from dlcourse.live.controls import choice, log_slider, one_minus_log, powers_of_two, slider, switch  # noqa: F401
from dlcourse.live.lab import LARGER, SIZE, Lab, large_type, live  # noqa: F401
from dlcourse.live.page import Picture  # noqa: F401
