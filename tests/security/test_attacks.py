"""Every attack of the corpus, against two worlds that differ only in what the principal may not see."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import gateway.errors
from gateway.errors import MeshgateError, Refused
from gateway.frontends.pgwire.metadata.routing import asked as about_catalog
from gateway.query.pipeline import run
from gateway.query.request import Request
from policies.principal import Principal
from tests.query.mesh import Told
from tests.security.corpus import Attack, attacks
from tests.security.drivers import Again, Driver, InProcess, OverHttp, OverPostgres, RecordingEngine, texts
from tests.security.worlds import ANA, Worlds, builder, written_secret

SECRET = "CANARY"
PHYSICAL = "_src"
SECONDS = 5.0
SOURCES = ("memory", "parquet")

CORPUS = attacks()
BOUNDED = [attack for attack in CORPUS if attack.kind == "dos"]
OTHERS = [attack for attack in CORPUS if attack.kind != "dos"]


class Meshes:
    """The worlds, each made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str], Worlds] = {}

    def worlds(self, source: str, row_filter: str) -> Worlds:
        key = (source, row_filter)
        if key not in self._made:
            made = []
            for world in "AB":
                plan = builder(world, row_filter)
                folder = self._folder / str(len(self._made)) / world
                mesh = plan.memory() if source == "memory" else plan.parquet(folder)
                made.append(replace(mesh, engine=RecordingEngine(mesh.engine, [])))
            self._made[key] = Worlds(*made)
        return self._made[key]

    def close(self) -> None:
        for worlds in self._made.values():
            worlds.close()


@pytest.fixture(scope="module")
def meshes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meshes]:
    made = Meshes(tmp_path_factory.mktemp("worlds"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def fixture_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_secret(tmp_path_factory.mktemp("host"))


def sources_of(attack: Attack) -> tuple[str, ...]:
    """`table`: the engine reads the rows itself; `arrow`: they stream in; unsaid: both."""
    return {"table": ("parquet",), "arrow": ("memory",)}.get(attack.source, SOURCES)


def principal_of(attack: Attack) -> Principal:
    given = {name: value for name, value in attack.principal.items() if value is not None}
    return replace(ANA, attributes=given) if attack.principal else ANA


def is_refusal(told: Told) -> bool:
    return bool(told.error) and issubclass(getattr(gateway.errors, told.error), Refused)


def check_nothing_shows(told: Told, sql: str) -> None:
    for word in (SECRET, PHYSICAL):
        if word.lower() not in sql.lower():
            shown = [text for text in texts(told) if word.lower() in text.lower()]
            assert not shown, f"{word} shows: {shown}"


def check(attack: Attack, first: Told, second: Told, sql: str) -> None:
    check_nothing_shows(first, sql)
    check_nothing_shows(second, sql)
    assert first.error != "InternalFailure", "the gateway must know what went wrong"
    if "order by" not in sql.lower():
        first, second = first.unordered(), second.unordered()
    assert first == second, "the worlds can be told apart"
    if attack.check == "refused":
        assert is_refusal(first), f"not refused: {first}"
    if attack.check.startswith("rows visible only"):
        assert first.rows == (), "an attribute that is no region shows rows"


@pytest.mark.parametrize("attack", OTHERS, ids=lambda attack: attack.id)
def test_attack_fails_in_process(attack: Attack, meshes: Meshes, fixture_dir: Path) -> None:
    for source in sources_of(attack):
        worlds = meshes.worlds(source, attack.row_filter)
        fails(attack, worlds, Again(), fixture_dir)
        if attack.check == "refused":
            assert all(mesh.engine.ran == [] for mesh in worlds.both), "refused, but the engine was asked"


@pytest.fixture(scope="module")
def postgres_client() -> Iterator[OverPostgres]:
    client = OverPostgres()
    yield client
    client.close()


WITHOUT_NUL = [attack for attack in OTHERS if "\x00" not in attack.sql]


@pytest.mark.parametrize("attack", WITHOUT_NUL, ids=lambda attack: attack.id)
def test_attack_fails_at_the_postgres_endpoint(
    attack: Attack, meshes: Meshes, postgres_client: OverPostgres, fixture_dir: Path
) -> None:
    worlds = meshes.worlds(sources_of(attack)[0], attack.row_filter)
    sql = attack.sql.replace("{fixture_dir}", str(fixture_dir))
    if attack.parameters and "?" in sql:
        sql = sql.replace("?", "$1")  # as this endpoint's clients write it
    told = [
        postgres_client.ask(mesh, sql, principal_of(attack), attack.parameters, attack.setup)
        for mesh in worlds.both
    ]
    for each in told:
        check_nothing_shows(each, sql)
        assert each.sqlstate != "XX000", each
    first, second = told if "order by" in sql.lower() else [each.unordered() for each in told]
    assert first == second, "the worlds can be told apart"
    # This endpoint takes several statements in one text, answers what is a session's own business, and has a real
    # PostgreSQL answer what is about the catalog: that tells no worlds apart, which is all there is to hide.
    own = attack.kind == "statement" or ";" in sql or about_catalog(sql, "mesh") is not None
    if attack.check == "refused" and not own:
        assert first.error
    if attack.check == "refused" and attack.kind == "statement":
        assert not first.rows, first


@pytest.fixture(scope="module")
def http_client() -> OverHttp:
    return OverHttp()


@pytest.mark.parametrize("attack", OTHERS, ids=lambda attack: attack.id)
def test_attack_fails_at_the_http_endpoint(
    attack: Attack, meshes: Meshes, http_client: OverHttp, fixture_dir: Path
) -> None:
    worlds = meshes.worlds(sources_of(attack)[0], attack.row_filter)
    sql = attack.sql.replace("{fixture_dir}", str(fixture_dir))
    told = [http_client.ask(mesh, sql, principal_of(attack), attack.parameters) for mesh in worlds.both]
    for each in told:
        check_nothing_shows(each, sql)
        assert each.sqlstate != "XX000", each
    first, second = told if "order by" in sql.lower() else [each.unordered() for each in told]
    assert first == second, "the worlds can be told apart"
    if attack.check == "refused":
        assert first.error


def fails(attack: Attack, worlds: Worlds, driver: Driver, fixture_dir: Path) -> None:
    for mesh in worlds.both:
        assert isinstance(mesh.engine, RecordingEngine)
        mesh.engine.ran.clear()
    sql = attack.sql.replace("{fixture_dir}", str(fixture_dir))
    told = [driver.ask(mesh, sql, principal_of(attack), attack.parameters) for mesh in worlds.both]
    check(attack, *told, sql)


def test_an_honest_question_is_answered(meshes: Meshes) -> None:
    """What the attacks are measured against: ana sees her rows, masked, in both worlds."""
    for source in SOURCES:
        for mesh in meshes.worlds(source, "region='EU'").both:
            told = InProcess().ask(mesh, "select id, email, note from sales.orders order by id", ANA, ())
            assert told.rows == ("(1, 'C***', '1')", "(2, 'C***', '2')"), told


def test_the_worlds_differ(meshes: Meshes) -> None:
    """Whoever may see everything can tell them apart; else the comparison would prove nothing."""
    for source in SOURCES:
        worlds = meshes.worlds(source, "region='EU'")
        rows = [mesh.connectors["sales._src"].tables()[("orders",)] for mesh in worlds.both]
        assert rows[0].columns == rows[1].columns
        counts = [
            InProcess().ask(
                mesh, "select count(*) from sales.orders", replace(ANA, attributes={"region": "US"}), ()
            )
            for mesh in worlds.both
        ]
        assert counts[0].rows != counts[1].rows


def test_the_corpus_is_large_and_covers_every_class() -> None:
    own = [attack for attack in CORPUS if attack.id.startswith("own-")]
    assert len(own) >= 120
    assert len({attack.kind for attack in own}) >= 15


# --- denial of service -----------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", BOUNDED, ids=lambda attack: attack.id)
def test_a_costly_statement_is_bounded(attack: Attack, meshes: Meshes) -> None:
    mesh = meshes.worlds("memory", attack.row_filter).first
    start = time.monotonic()
    stopped_by_the_test = bounded(mesh, attack.sql)
    assert not stopped_by_the_test
    assert time.monotonic() - start < SECONDS
    told = InProcess().ask(mesh, "select count(*) from sales.orders", ANA, ())
    assert told.rows == ("(2,)",), "the gateway does not live on"


def bounded(mesh: object, sql: str) -> bool:
    """Ask and read everything. True: it had to be cancelled after SECONDS."""
    late = threading.Event()
    try:
        result = run(Request(sql, ANA, "postgres"), mesh)  # type: ignore[arg-type]
    except MeshgateError:
        return False
    timer = threading.Timer(SECONDS, lambda: (late.set(), result.cancel()))
    timer.start()
    try:
        for _ in result.batches():
            pass
    except MeshgateError:
        pass
    finally:
        timer.cancel()
        result.close()
    return late.is_set()
