"""What tests of live figures share."""

import weakref

import pytest

from dlcourse.live import Lab


@pytest.fixture
def no_other_labs(close_labs, monkeypatch):
    """No lab is open that another test keeps: large type, which is for all of them, would draw each."""
    monkeypatch.setattr(Lab, "_all", weakref.WeakSet())
    yield
    for lab in set(Lab._all):
        lab.close()
