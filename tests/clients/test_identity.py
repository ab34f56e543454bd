"""Who gets in over TLS, and as whom: passwords, tokens and client certificates, with real clients."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest
from cryptography import x509

from gateway.audit import records
from gateway.server import Server
from gateway.settings import load_settings
from tests.certificates import Authority, Pair
from tests.frontends.wire_messages import startup
from tests.meshes import ENVIRONMENT, FILES, write_mesh
from tests.tokens import AUDIENCE, ISSUER, Issuer, write_keys

REGIONS = "SELECT region, count(*) FROM sales.orders GROUP BY region"
MESH = f"""
[tls]
cert = "server.pem"
key = "server.key"
client_ca = "clients/authority.pem"

[identity.jwt]
jwks = "issuer.json"
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
claims = {{attributes = {{region = "region"}}}}
"""
OLD, NEW = Issuer(identifier="old"), Issuer(identifier="new")
MARIA = {"groups": ["shipping-team"], "region": "EU"}


class Gateway:
    """A gateway with TLS, its folder and authorities."""

    def __init__(self, folder: Path) -> None:
        self.folder = write_mesh(folder, {"mesh.toml": FILES["mesh.toml"] + MESH})
        (folder / "clients").mkdir()
        self.authority, self.clients = Authority(folder), Authority(folder / "clients")
        self.authority.server()
        write_keys(folder, OLD)
        self.server = Server(load_settings(folder, ENVIRONMENT))

    @property
    def port(self) -> int:
        return self.server.addresses["postgres"].port

    def arguments(self, user: str, **more: str) -> dict[str, Any]:
        return {
            "host": "localhost",
            "port": self.port,
            "user": user,
            "dbname": "small",
            "sslmode": "verify-full",
            "sslrootcert": str(self.authority.root),
            "sslcert": str(self.folder / "none.pem"),
            **more,
        }

    def connect(self, user: str, **more: str) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(**self.arguments(user, **more), autocommit=True)

    def with_certificate(self, user: str, pair: Pair, **more: str) -> "psycopg.Connection[tuple[Any, ...]]":
        return self.connect(user, sslcert=str(pair.cert), sslkey=str(pair.key), **more)

    def refusal(self, user: str, **more: str) -> str:
        with pytest.raises(psycopg.OperationalError) as caught:
            self.connect(user, **more)
        return str(caught.value)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    made = Gateway(tmp_path_factory.mktemp("mesh"))
    made.server.start()
    yield made
    made.server.stop(5)


# --- tokens ----------------------------------------------------------------------------------------------


def seen(connection: "psycopg.Connection[tuple[Any, ...]]") -> list[tuple[Any, ...]]:
    return sorted(connection.execute(REGIONS))


def test_a_token_has_the_rights_of_its_claims(gateway: Gateway) -> None:
    """ana has the same groups and attributes by principals.yaml."""
    with (
        gateway.connect("ana", password="ana") as ana,
        gateway.connect("maria", password=OLD.token("maria", **MARIA)) as maria,
    ):
        assert seen(maria) == seen(ana) != []
        assert maria.execute("SELECT current_user").fetchone() == ("maria",)
        tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'sales' ORDER BY 1"
        assert maria.execute(tables).fetchall() == ana.execute(tables).fetchall() != []
    with (
        gateway.connect("maria", password=OLD.token("maria")) as nobody,
        pytest.raises(psycopg.Error) as told,
    ):
        nobody.execute(REGIONS)
    assert told.value.sqlstate == "42501"
    record = next(one for one in records(gateway.folder / "state/audit") if one.principal == "maria")
    assert record.groups == ("shipping-team",)


def test_other_clients_with_a_token(gateway: Gateway) -> None:
    token = OLD.token("maria", **MARIA)
    context = ssl.create_default_context(cafile=str(gateway.authority.root))

    async def by_asyncpg() -> object:
        connection = await asyncpg.connect(
            host="localhost", port=gateway.port, user="maria", password=token, database="small", ssl=context
        )
        try:
            return await connection.fetchval("SELECT count(*) FROM sales.orders WHERE region = $1", "EU")
        finally:
            await connection.close()

    psql = shutil.which("psql")
    assert psql is not None, "psql is not installed: apt-get install postgresql-client"
    address = f"host=localhost port={gateway.port} user=maria dbname=small sslmode=verify-full"
    told = subprocess.run(
        [
            psql,
            "-XAt",
            f"{address} sslrootcert={gateway.authority.root}",
            "-c",
            "SELECT count(*) FROM sales.orders",
        ],
        env={**os.environ, "PGPASSWORD": token},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert asyncio.run(by_asyncpg()) == int(told.stdout) > 0


def test_tokens_that_open_nothing(gateway: Gateway) -> None:
    failed = 'password authentication failed for user "maria"'
    assert f"{failed}: the token is not accepted" in gateway.refusal("maria", password=NEW.token("maria"))
    assert f"{failed}: the token is not accepted" in gateway.refusal("maria", password="maria")
    assert f"{failed}: the token has expired" in gateway.refusal("maria", password=OLD.token("maria", -1))
    assert failed in gateway.refusal("maria", password=OLD.token("carla"))
    assert failed in gateway.refusal("maria", password=OLD.token("ana"))
    assert 'failed for user "ana"' in gateway.refusal("ana", password=OLD.token("ana"))


def test_without_tls_nobody_is_asked_for_a_token(gateway: Gateway) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        connection.sendall(startup(user="maria", database="small"))
        assert connection.recv(9)[:1] == b"R"
    assert "password authentication failed" in gateway.refusal(
        "maria", sslmode="disable", password=OLD.token("maria")
    )
    methods = gateway.refusal(
        "maria", sslmode="disable", password=OLD.token("maria"), require_auth="password"
    )
    assert "server requested SASL authentication" in methods


def test_names_of_principals_yaml_never_send_their_password(gateway: Gateway) -> None:
    arguments = {"password": "ana", "channel_binding": "require", "require_auth": "scram-sha-256"}
    with gateway.connect("ana", **arguments) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("ana",)
    assert 'failed for user "ana"' in gateway.refusal("ana", **{**arguments, "password": "felix"})


def test_a_session_ends_with_its_token(gateway: Gateway) -> None:
    with gateway.connect("maria", password=OLD.token("maria", 3, **MARIA)) as connection:
        connection.execute("BEGIN")
        connection.execute("DECLARE c CURSOR FOR SELECT * FROM generate_series(1, 100000)")
        assert len(connection.execute("FETCH 5 FROM c").fetchall()) == 5
        time.sleep(3.1)
        with pytest.raises(psycopg.Error, match="the token has expired") as told:
            connection.execute("FETCH 5 FROM c")
        connection.execute("ROLLBACK")
        for statement in ("SELECT 1", REGIONS, "SELECT count(*) FROM pg_class"):
            with pytest.raises(psycopg.Error, match="the token has expired"):
                connection.execute(statement.encode())
    assert told.value.sqlstate == "28P01"
    last = list(records(gateway.folder / "state/audit"))[-1]
    assert (last.principal, last.outcome) == ("maria", "refused")


def test_a_change_of_keys_counts_from_the_next_statement(gateway: Gateway) -> None:
    token = OLD.token("maria", **MARIA)
    with (
        gateway.connect("maria", password=token) as connection,
        gateway.connect("ana", password="ana") as ana,
    ):
        try:
            write_keys(gateway.folder, OLD, NEW)
            gateway.server.reload()
            assert seen(connection) == seen(ana)
            write_keys(gateway.folder, NEW)
            gateway.server.reload()
            with pytest.raises(psycopg.Error, match="the token is not accepted"):
                connection.execute(REGIONS)
            assert seen(ana)
            gateway.connect("maria", password=NEW.token("maria")).close()
        finally:
            write_keys(gateway.folder, OLD)
            gateway.server.reload()


# --- client certificates ---------------------------------------------------------------------------------


def test_a_certificate_instead_of_a_password(gateway: Gateway) -> None:
    with gateway.with_certificate(
        "ana", gateway.clients.client("ana", "ana"), require_auth="none"
    ) as by_certificate:
        assert by_certificate.execute("SELECT current_user").fetchone() == ("ana",)
        with gateway.connect("ana", password="ana") as by_password:
            assert seen(by_certificate) == seen(by_password)


def test_a_certificate_is_for_its_own_name(gateway: Gateway) -> None:
    olga = gateway.clients.client("olga", "olga")
    shown = {"sslcert": str(olga.cert), "sslkey": str(olga.key)}
    assert "no password supplied" in gateway.refusal("ana", **shown)
    with gateway.connect("ana", password="ana", **shown) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("ana",)


@pytest.mark.parametrize(
    ("user", "common"), [("nobody", ("nobody",)), ("ana", ("ana", "olga")), ("ana", ("Ana",)), ("ana", ())]
)
def test_a_certificate_that_names_no_principal_is_none(
    gateway: Gateway, user: str, common: tuple[str, ...]
) -> None:
    pair = gateway.clients.client("other", *common)
    told = gateway.refusal(user, sslcert=str(pair.cert), sslkey=str(pair.key))
    assert "no password supplied" in told


def test_certificates_that_tls_does_not_accept(gateway: Gateway, tmp_path: Path) -> None:
    expired = gateway.clients.client("expired", "ana", days=-1)
    foreign = Authority(tmp_path).client("foreign", "ana")
    of_a_server = gateway.clients.server()
    for pair in (expired, foreign, of_a_server):
        told = gateway.refusal("ana", password="ana", sslcert=str(pair.cert), sslkey=str(pair.key))
        assert "FATAL" not in told


def test_the_name_may_stand_among_the_alternative_names(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path)
    text = (tmp_path / "mesh.toml").read_text().replace("[tls]", '[tls]\nclient_name = "email"')
    (tmp_path / "mesh.toml").write_text(text)
    people = (tmp_path / "principals.yaml").read_text() + "  olga@example.com: {}\n"
    (tmp_path / "principals.yaml").write_text(people)
    server = gateway.server = Server(load_settings(tmp_path, ENVIRONMENT))
    server.start()
    try:
        named = [x509.RFC822Name("olga@example.com"), x509.DNSName("ana")]
        pair = gateway.clients.client("olga", "ana", alternative=named)
        gateway.with_certificate("olga@example.com", pair, require_auth="none").close()
        assert "no password supplied" in gateway.refusal("ana", sslcert=str(pair.cert), sslkey=str(pair.key))
    finally:
        server.stop(5)
