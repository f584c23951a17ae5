"""Each test has a folder of keys of its own."""

import pytest

from ombudsman.keys import store


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    """The folder of the caseload's keys, begun."""
    settings.CASELOAD_KEYS = str(tmp_path / "caseload")
    store.begin()
    return tmp_path / "caseload"
