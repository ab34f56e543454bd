"""The PostgreSQL that answers for the catalog: where it is."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.errors import ConfigurationError
from gateway.settings import read_settings
from gateway.system import SystemPostgres
from tests.servers import PostgresServer


def test_an_address_is_asked_as_it_is(tmp_path: Path) -> None:
    settings, _ = read_settings(tmp_path, {})
    assert SystemPostgres(replace(settings, system="postgresql://u:pw@h/d")).uri() == "postgresql://u:pw@h/d"


def test_an_account_that_cannot_make_what_answers_for_the_catalog_is_refused_at_the_start(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """With the key and the cure in the text; nothing is left of it. A superuser's account is taken."""
    settings, _ = read_settings(tmp_path, {})
    postgres.run("CREATE ROLE plain LOGIN CREATEDB CREATEROLE")
    try:
        plain = SystemPostgres(replace(settings, system=postgres.uri().replace("postgres@", "plain@")))
        with pytest.raises(
            ConfigurationError, match=r"mesh\.toml: system\.postgres: .* no superuser.* leave the key out"
        ):
            plain.check()
    finally:
        postgres.run("DROP ROLE plain")
    SystemPostgres(replace(settings, system=postgres.uri())).check()


def test_a_server_that_does_not_answer_yet_is_no_reason_not_to_start(tmp_path: Path) -> None:
    settings, _ = read_settings(tmp_path, {})
    SystemPostgres(replace(settings, system="postgresql://nobody@127.0.0.1:1/none")).check()
