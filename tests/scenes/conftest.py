"""What the tests of scenes share: how much of a training is run and drawn."""

from itertools import islice

import pytest

from dlcourse.live import Lab, turns


@pytest.fixture(autouse=True)
def ends_only(monkeypatch):
    """Of a training its first frame is drawn and its last, however slow the machine is; tests/live has those between."""
    monkeypatch.setattr(turns, "RATE", 1e-9)


@pytest.fixture
def first_frame_only(monkeypatch):
    """A training ends with its first frame: for hands, which ask where controls and lines stand, not what was learned."""
    compute = Lab.compute

    def begun(lab):
        result = compute(lab)
        return (frame for frame in islice(result, 1)) if lab.trains else result

    monkeypatch.setattr(Lab, "compute", begun)
