"""mesh.toml and what it may refer to."""

import stat
from pathlib import Path

import pytest

from gateway.errors import ConfigurationError
from gateway.references import References, Unresolved
from gateway.settings import Address, Limits, Settings, hash_key, load_settings, read_settings

KEY = "0123456789abcdef0123"
LITERAL = "a secret stands here in clear: refer to it with ${NAME} or file:/run/secrets/name"


def settings_of(folder: Path, text: str, **environment: str) -> Settings:
    (folder / "mesh.toml").write_text(text, "utf-8")
    return load_settings(folder, environment)


def problems_of(folder: Path, text: str, **environment: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        settings_of(folder, text, **environment)
    return caught.value.problems


def test_a_name_is_enough(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, 'name = "demo"')
    assert settings.name == "demo"
    assert settings.postgres is None
    assert settings.principals is None
    assert settings.state == tmp_path / "state"
    assert settings.audit_directory == tmp_path / "state/audit"
    assert settings.limits == Limits()
    assert settings.warnings == ()


def test_every_section_is_read(tmp_path: Path) -> None:
    for name in ("people.yaml", "cert.pem", "key.pem"):
        (tmp_path / name).touch()
    text = """
        name = "demo"
        [endpoints]
        postgres = "[::1]:5433"
        [tls]
        cert = "cert.pem"
        key = "key.pem"
        require = true
        [identity]
        principals = "people.yaml"
        [system]
        postgres = "${SYSTEM}"
        state = "run/state"
        [masks]
        hash_key = "${KEY}"
        short = "left(value, 3)"
        [filters]
        mine = "owner = principal.name"
        [engine]
        kind = "duckdb"
        memory_limit = "1.5GiB"
        threads = 3
        temp_directory = "spill"
        [limits]
        seconds = 1.5
        rows = 10
        memory = "512MB"
        spill = "1GB"
        [audit]
        directory = "log"
        sinks = ["jsonl"]
    """
    settings = settings_of(tmp_path, text, SYSTEM="postgresql://x", KEY=KEY)
    assert settings.postgres == Address("::1", 5433)
    assert settings.tls is not None
    assert settings.tls.require
    assert settings.tls.cert == tmp_path / "cert.pem"
    assert settings.principals == tmp_path / "people.yaml"
    assert settings.system == "postgresql://x"
    assert settings.state == tmp_path / "run/state"
    assert settings.hash_key == KEY.encode()
    assert settings.masks == {"short": "left(value, 3)"}
    assert settings.filters == {"mine": "owner = principal.name"}
    assert settings.engine.threads == 3
    assert settings.engine.temp_directory == tmp_path / "spill"
    assert settings.limits == Limits(seconds=1.5, rows=10, memory=512_000_000, spill=1_000_000_000)
    assert settings.audit_directory == tmp_path / "log"


def test_the_engines_memory_limit_is_another_name_of_limits_memory(tmp_path: Path) -> None:
    alone = settings_of(tmp_path, 'name = "demo"\n[engine]\nmemory_limit = "1GB"')
    assert alone.limits.memory == 1_000_000_000
    assert alone.warnings == ()
    both = settings_of(tmp_path, 'name = "demo"\n[engine]\nmemory_limit = "1GB"\n[limits]\nmemory = "2GB"')
    assert both.limits.memory == 2_000_000_000
    assert both.warnings == (
        "mesh.toml: engine.memory_limit: limits.memory stands there too, and that counts: leave this out",
    )


def test_secrets_do_not_show(tmp_path: Path) -> None:
    text = 'name = "demo"\n[masks]\nhash_key = "${KEY}"\n[system]\npostgres = "${URI}"'
    shown = repr(settings_of(tmp_path, text, KEY=KEY, URI="postgresql://u:hidden@h/d"))
    assert KEY not in shown
    assert "hidden" not in shown


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[endpoint]", "mesh.toml: endpoint: unknown key, did you mean 'endpoints'?"),
        ("[limits]\nsecond = 3", "mesh.toml: limits.second: unknown key, did you mean 'seconds'?"),
        ("[limits]\nseconds = 0", "mesh.toml: limits.seconds: must be a number above zero, not 0"),
        ("[limits]\nrows = true", "mesh.toml: limits.rows: must be a whole number above zero, not True"),
        (
            '[limits]\nmemory = "lots"',
            "mesh.toml: limits.memory: must be a number of bytes, or a size like 4GB or 512MiB, not 'lots'",
        ),
        (
            '[endpoints]\npostgres = "5433"',
            "mesh.toml: endpoints.postgres: must be host:port, for example 127.0.0.1:5433, not '5433'",
        ),
        (
            '[endpoints]\npostgres = "h:70000"',
            "mesh.toml: endpoints.postgres: must be host:port, for example 127.0.0.1:5433, not 'h:70000'",
        ),
        (
            '[endpoints]\npostgres = ""',
            "mesh.toml: endpoints.postgres: must be host:port; leave the key out to switch the endpoint off",
        ),
        (
            "[endpoints]\npostgres = 5433",
            "mesh.toml: endpoints.postgres: must be text, not a number: put it in quotes",
        ),
        ("[tls]\nrequire = true\ncert = 'mesh.toml'", "mesh.toml: tls.key: is missing"),
        (
            "[tls]\nkey = 'mesh.toml'\ncert = 'mesh.toml'\nclient_ca = 'none.pem'",
            "mesh.toml: tls.client_ca: there is no file 'none.pem'",
        ),
        (
            "[tls]\nkey = 'mesh.toml'\ncert = 'mesh.toml'\nclient_name = 'san'",
            "mesh.toml: tls.client_name: must be one of cn, dns, email, uri, not 'san'",
        ),
        ("[tls]\nkey = 'mesh.toml'\ncert = 'none.pem'", "mesh.toml: tls.cert: there is no file 'none.pem'"),
        (
            "[identity]\nprincipals = 'none.yaml'",
            "mesh.toml: identity.principals: there is no file 'none.yaml'",
        ),
        (
            "[engine]\nkind = 'spark'",
            "mesh.toml: engine.kind: unknown engine 'spark': this version has duckdb",
        ),
        (
            "[masks]\nhash_key = '${KEY}'",
            "mesh.toml: masks.hash_key: ${KEY} is not set in the environment: set it before the start",
        ),
        ("[masks]\nhash_key = 'short'", "mesh.toml: masks.hash_key: must have at least 16 bytes"),
        (
            "[masks]\nhash_key = 'file:none'",
            "mesh.toml: masks.hash_key: file:none cannot be read (No such file or directory)",
        ),
        (
            "[masks]\nhash_key = '${KEY'",
            "mesh.toml: masks.hash_key: '${' does not begin a reference like ${NAME}",
        ),
        ("[audit]\nsinks = 'jsonl'", "mesh.toml: audit.sinks: must be a list of texts"),
    ],
)
def test_a_mistake_is_named_with_its_path(tmp_path: Path, line: str, problem: str) -> None:
    assert problems_of(tmp_path, f'name = "demo"\n{line}\n') == (problem,)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, "nam = 'x'\n[limits]\nrows = -1\n[engine]\nthreads = 'two'\n")
    assert len(problems) == 3


def test_a_missing_and_a_broken_file_are_one_problem(tmp_path: Path) -> None:
    _, problems = read_settings(tmp_path, {})
    assert problems == ("mesh.toml: there is no such file: a mesh folder begins with one",)
    (problem,) = problems_of(tmp_path, "name = ")
    assert problem.startswith("mesh.toml: is not TOML: ")


def test_reading_goes_on_with_defaults_in_place_of_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "mesh.toml").write_text('name = "demo"\n[limits]\nrows = -1\nseconds = 3', "utf-8")
    settings, problems = read_settings(tmp_path, {})
    assert len(problems) == 1
    assert settings.limits == Limits(seconds=3)


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        (
            "[identity.oidc]\nissuer = 'https://x'",
            "mesh.toml: identity.oidc: this version does not have OIDC: it stays off",
        ),
        (
            "[audit]\nsinks = ['json']",
            "mesh.toml: audit.sinks: this version does not have the sink 'json', did you mean 'jsonl'?",
        ),
        (
            f"[masks]\nhash_key = '{KEY}'",
            f"mesh.toml: masks.hash_key: {LITERAL}",
        ),
        (
            "[system]\npostgres = 'postgresql://u:pw@h/d'",
            f"mesh.toml: system.postgres: {LITERAL}",
        ),
    ],
)
def test_what_is_not_there_yet_or_unwise_is_a_warning(tmp_path: Path, line: str, warning: str) -> None:
    assert settings_of(tmp_path, f'name = "demo"\n{line}\n').warnings == (warning,)


@pytest.mark.parametrize("name", ["flight", "http"])
def test_passwords_do_not_cross_a_network_in_clear(tmp_path: Path, name: str) -> None:
    text = f'name = "demo"\n[endpoints]\n{name} = "0.0.0.0:8080"\n'
    assert problems_of(tmp_path, text) == (
        f"mesh.toml: endpoints.{name}: passwords would be read on their way: set [tls], or listen on 127.0.0.1",
    )


@pytest.mark.parametrize("origin", ["*", "app.example.com", "https://*.example.com", "https://a/b", "null"])
def test_an_origin_is_written_as_browsers_send_it(tmp_path: Path, origin: str) -> None:
    (problem,) = problems_of(
        tmp_path, f'name = "demo"\n[http]\norigins = ["https://ok.example", "{origin}"]\n'
    )
    assert problem.startswith(f"mesh.toml: http.origins: '{origin}' is not an origin")


def test_a_secret_in_clear_is_a_problem_unless_all_endpoints_are_local(tmp_path: Path) -> None:
    text = f'name = "demo"\n[endpoints]\nhttp = "127.0.0.1:1"\npostgres = "0.0.0.0:2"\n[masks]\nhash_key = "{KEY}"\n'
    (problem,) = problems_of(tmp_path, text)
    assert problem.startswith("mesh.toml: masks.hash_key: a secret stands here in clear")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("db", False),
    ],
)
def test_what_listens_on_this_machine_only(host: str, loopback: bool) -> None:
    assert Address(host, 1).loopback is loopback


def test_the_hash_key_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, 'name = "demo"')
    key = hash_key(settings)
    assert len(key) == 64
    assert hash_key(settings) == key
    assert stat.S_IMODE((tmp_path / "state/hash_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["hash_key"]


def test_a_hash_key_that_others_may_read_or_that_was_cut_is_refused(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, 'name = "demo"')
    hash_key(settings)
    path = tmp_path / "state/hash_key"
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="others may read this key"):
        hash_key(settings)
    path.chmod(0o600)
    path.write_text("")
    with pytest.raises(ConfigurationError, match="shorter than 16 bytes"):
        hash_key(settings)


def test_a_configured_hash_key_needs_no_state_folder(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, 'name = "demo"\n[masks]\nhash_key = "${KEY}"', KEY=KEY)
    assert hash_key(settings) == KEY.encode()
    assert not settings.state.exists()


def references(folder: Path, owner: str | None = None, **variables: str) -> References:
    own = folder / "domains" / owner if owner else folder
    own.mkdir(parents=True, exist_ok=True)
    return References(variables, own, folder, owner, ("sales", "sales_eu", "shipping"))


def test_references_are_replaced_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    known = references(tmp_path, A="1", B="2")
    assert known.resolve("x${A}y${B}") == "x1y2"
    assert known.resolve("file:secret") == "from a file"
    assert known.resolve("$A costs 5$") == "$A costs 5$"


@pytest.mark.parametrize("name", ["SHIPPING_URI", "SALES_EU_URI", "HOME", "SALES", "MESH_HASH_KEY"])
def test_a_domain_cannot_borrow_anothers_variables(tmp_path: Path, name: str) -> None:
    refused = references(tmp_path, "sales", **{name: "secret"}).resolve(f"${{{name}}}")
    assert isinstance(refused, Unresolved)
    assert "is not a name of this domain" in refused.reason


def test_a_domain_has_its_own_variables_and_files(tmp_path: Path) -> None:
    known = references(tmp_path, "sales", SALES_URI="uri")
    (tmp_path / "domains/sales/password").write_text("own")
    assert known.resolve("${SALES_URI}") == "uri"
    assert known.resolve("file:password") == "own"


@pytest.mark.parametrize("path", ["../../state/hash_key", "../shipping/password", "../../principals.yaml"])
def test_a_domain_cannot_read_other_files_of_the_mesh(tmp_path: Path, path: str) -> None:
    known = references(tmp_path, "sales")
    target = tmp_path / "domains/sales" / path
    target.resolve().parent.mkdir(parents=True, exist_ok=True)
    target.write_text("secret")
    assert isinstance(known.resolve(f"file:{path}"), Unresolved)


def test_a_secret_file_with_another_domains_name_is_not_ones_own(tmp_path: Path) -> None:
    mesh, secrets = tmp_path / "mesh", tmp_path / "secrets"
    secrets.mkdir()
    for name in ("shipping_password", "shipping", "sales-password", "shared"):
        (secrets / name).write_text(name)
    known = references(mesh, "sales")
    assert isinstance(known.resolve(f"file:{secrets}/shipping_password"), Unresolved)
    assert isinstance(known.resolve(f"file:{secrets}/shipping"), Unresolved)
    assert known.resolve(f"file:{secrets}/sales-password") == "sales-password"
    assert known.resolve(f"file:{secrets}/shared") == "shared"
