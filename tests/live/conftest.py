"""What tests of live figures share."""

import weakref

import pytest

from dlcourse.live import Lab


@pytest.fixture
def no_other_labs(monkeypatch):
    """No lab is open that another test keeps, for large type would draw each; those of the test are closed after it."""
    monkeypatch.setattr(Lab, "_all", weakref.WeakSet())
    yield
    for lab in set(Lab._all):
        lab.close()
