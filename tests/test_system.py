"""The PostgreSQL that answers for the catalog: where it is."""

from dataclasses import replace
from pathlib import Path

from gateway.settings import read_settings
from gateway.system import SystemPostgres


def test_an_address_is_asked_as_it_is(tmp_path: Path) -> None:
    settings, _ = read_settings(tmp_path, {})
    assert SystemPostgres(replace(settings, system="postgresql://u:pw@h/d")).uri() == "postgresql://u:pw@h/d"
