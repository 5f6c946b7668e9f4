"""What tests of scenes share: a scene on a figure of its own, without widgets."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def on_a_figure(scene, *data, size=(8.4, 4.8)):
    """(fig, update) of a scene."""
    fig = Figure(figsize=size)
    FigureCanvasAgg(fig)
    return fig, scene(fig, *data)
