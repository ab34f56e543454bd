"""The PostgreSQL that answers for the catalog."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.settings import read_settings
from gateway.system import SystemPostgres


def test_a_server_that_others_may_use_is_not_asked(tmp_path: Path) -> None:
    settings, _ = read_settings(tmp_path, {})
    with pytest.raises(OSError, match=r"system\.postgres"):
        SystemPostgres(replace(settings, system="postgresql://u:pw@h/d")).uri()
