"""The built-in identity provider."""

import base64
import hashlib
import hmac
from pathlib import Path

import pytest
from scramp import ScramClient, ScramException, ScramMechanism

from gateway.auth.passwords import verifier
from gateway.auth.principals import Principals
from gateway.auth.reading import load_principals, read_principals
from gateway.errors import AuthenticationFailed, ConfigurationError
from gateway.settings import load_settings

SECRET = b"the mesh's own secret"


def principals_of(folder: Path, text: str, mesh: str = "", **environment: str) -> Principals:
    (folder / "mesh.toml").write_text(f'name = "demo"\n{mesh}', "utf-8")
    (folder / "principals.yaml").write_text(text, "utf-8")
    return load_principals(load_settings(folder, environment), SECRET)


def problems_of(folder: Path, text: str, mesh: str = "", **environment: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        principals_of(folder, text, mesh, **environment)
    return caught.value.problems


def one(entry: str) -> str:
    return f"principals:\n  ana: {entry}\n"


def exchanged(principals: Principals, name: str, password: str) -> bool:
    """A whole SCRAM-SHA-256 exchange, as an endpoint does it; the name comes from elsewhere, as in PostgreSQL."""
    known = principals.credentials(name)
    server = ScramMechanism().make_server(
        lambda _: (known.salt, known.stored_key, known.server_key, known.iterations)
    )
    client = ScramClient(["SCRAM-SHA-256"], "ignored", password)
    server.set_client_first(client.get_client_first())
    client.set_server_first(server.get_server_first())
    try:
        server.set_client_final(client.get_client_final())
    except ScramException:
        return False
    client.set_server_final(server.get_server_final())
    return True


def test_a_principal_has_groups_attributes_and_purposes(tmp_path: Path) -> None:
    attributes = "{region: EU, level: 3, share: 0.5, staff: true, sites: [x, y]}"
    entry = f"{{groups: [a, b], attributes: {attributes}, purposes: [p]}}"
    ana = principals_of(tmp_path, one(entry)).principal("ana")
    assert ana is not None
    assert ana.groups == {"a", "b"}
    assert ana.attributes == {"region": "EU", "level": 3, "share": 0.5, "staff": True, "sites": ("x", "y")}
    assert ana.purposes == {"p"}
    assert ana.attributes["staff"] is True


def test_words_that_yaml_could_take_for_something_else_stay_text(tmp_path: Path) -> None:
    entry = "{attributes: {country: NO, zip: 01234, at: 12:30, since: 2024-01-01}}"
    ana = principals_of(tmp_path, one(entry)).principal("ana")
    assert ana is not None
    assert ana.attributes == {"country": "NO", "zip": "01234", "at": "12:30", "since": "2024-01-01"}


def test_a_verifier_authenticates_its_password_only(tmp_path: Path) -> None:
    principals = principals_of(tmp_path, one(f"{{password: '{verifier('s3cret')}'}}"))
    assert principals.authenticate("ana", "s3cret").name == "ana"
    assert principals.warnings == ()
    assert exchanged(principals, "ana", "s3cret")
    assert not exchanged(principals, "ana", "S3cret")
    for name, password in (("ana", "S3cret"), ("ana", ""), ("Ana", "s3cret"), ("bob", "s3cret")):
        with pytest.raises(AuthenticationFailed, match=f'password authentication failed for user "{name}"'):
            principals.authenticate(name, password)


def test_a_verifier_is_what_postgresql_writes() -> None:
    kind, rounds, keys = verifier("pencil").split("$")
    iterations, salt = rounds.split(":")
    stored, server = (base64.b64decode(key) for key in keys.split(":"))
    salted = hashlib.pbkdf2_hmac("sha256", b"pencil", base64.b64decode(salt), int(iterations))
    client = hmac.digest(salted, b"Client Key", "sha256")
    assert (kind, iterations, len(base64.b64decode(salt))) == ("SCRAM-SHA-256", "4096", 16)
    assert stored == hashlib.sha256(client).digest()
    assert server == hmac.digest(salted, b"Server Key", "sha256")
    assert verifier("pencil") != verifier("pencil")


def test_passwords_are_prepared_as_libpq_does(tmp_path: Path) -> None:
    soft_hyphen = "I\u00adX"
    principals = principals_of(tmp_path, one(f"{{password: '{verifier(soft_hyphen)}'}}"))
    assert principals.authenticate("ana", "IX").name == "ana"
    assert exchanged(principals, "ana", "IX")


def test_a_password_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{verifier('filed')}\n")
    text = "principals:\n  ana: {password: '${ANA}'}\n  bob: {password: 'file:secret'}\n"
    principals = principals_of(tmp_path, text, ANA="spoken")
    assert principals.authenticate("ana", "spoken").name == "ana"
    assert principals.authenticate("bob", "filed").name == "bob"
    assert principals.warnings == ()


def test_a_password_in_clear_is_a_warning_on_loopback_and_a_problem_elsewhere(tmp_path: Path) -> None:
    text = one("{password: clear}")
    warning = (
        "principals.yaml: principals.ana.password: a password stands here in clear: put its verifier "
        "(meshgate password) or a reference like ${NAME}"
    )
    principals = principals_of(tmp_path, text)
    assert principals.warnings == (warning,)
    assert principals.authenticate("ana", "clear").name == "ana"
    assert problems_of(tmp_path, text, '[endpoints]\npostgres = "0.0.0.0:1"') == (warning,)


def test_unknown_names_look_like_known_ones(tmp_path: Path) -> None:
    text = f"principals:\n  ana: {{password: '{verifier('x')}'}}\n  olga: {{}}\n"
    first, again = (principals_of(tmp_path, text) for _ in range(2))
    known = first.credentials("ana")
    for name in ("nobody", "olga", ""):
        made_up = first.credentials(name)
        assert made_up == again.credentials(name)
        assert (len(made_up.salt), made_up.iterations) == (len(known.salt), known.iterations)
        assert not exchanged(first, name, "x")
    assert first.credentials("nobody").salt != first.credentials("someone").salt
    assert first.principal("olga") is not None
    assert first.principal("nobody") is None


def test_a_reload_does_not_change_the_salt_of_a_clear_password(tmp_path: Path) -> None:
    text = one("{password: clear}")
    assert principals_of(tmp_path, text).credentials("ana") == principals_of(tmp_path, text).credentials(
        "ana"
    )


def test_secrets_do_not_show(tmp_path: Path) -> None:
    principals = principals_of(tmp_path, one("{password: clear}"))
    shown = repr(principals) + repr(principals.credentials("ana"))
    assert "clear" not in shown.replace("stands here in clear", "")
    assert repr(principals.credentials("ana").stored_key) not in shown
    assert repr(SECRET) not in shown


BAD = "is no SCRAM-SHA-256 verifier of 4096 to 1000000 iterations: meshgate password makes one"
ONE_KIND = "must be one text, number or true/false, or a flat list of one kind of these"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (one("{pasword: x}"), "principals.ana.pasword: unknown key, did you mean 'password'?"),
        (one("{password: 1234}"), "principals.ana.password: must be text, not a number: put it in quotes"),
        (one("{password: ''}"), "principals.ana.password: must not be empty"),
        (
            one("{password: '${ANA}'}"),
            "principals.ana.password: ${ANA} is not set in the environment: set it before the start",
        ),
        (one("{password: 'SCRAM-SHA-256$1:c2FsdHNhbHQ=$a:b'}"), f"principals.ana.password: {BAD}"),
        (one("{password: 'SCRAM-SHA-1$4096:c2FsdA==$a:b'}"), f"principals.ana.password: {BAD}"),
        (one("{password: md5d41d8cd98f00b204e9800998ecf8427e}"), f"principals.ana.password: {BAD}"),
        (one("{groups: finance}"), "principals.ana.groups: must be a list of texts"),
        (
            one("{groups: ['role:sales.finance']}"),
            "principals.ana.groups: the name 'role:sales.finance' must not begin with user:, group:, role: or domain:",
        ),
        (
            "principals: {'user:ana': {}}",
            "principals.user:ana: the name 'user:ana' must not begin with user:, group:, role: or domain:",
        ),
        (
            "principals: {'ROLE:any': {}}",
            "principals.ROLE:any: the name 'ROLE:any' must not begin with user:, group:, role: or domain:",
        ),
        (
            "principals: {' ana': {}}",
            "principals. ana: ' ana' cannot be a name: use printable text without outer blanks",
        ),
        ("principals: {1: {}}", "principals: the key 1 must be text: put it in quotes"),
        (one("{attributes: {region: null}}"), f"principals.ana.attributes.region: {ONE_KIND}"),
        (one("{attributes: {region: {a: b}}}"), f"principals.ana.attributes.region: {ONE_KIND}"),
        (one("{attributes: {region: [[a]]}}"), f"principals.ana.attributes.region: {ONE_KIND}"),
        (one("{attributes: {region: [a, 1]}}"), f"principals.ana.attributes.region: {ONE_KIND}"),
        (
            one("{attributes: {'a-b': x}}"),
            "principals.ana.attributes.a-b: must be a word of letters, digits and _: filters say principal.<attribute>",
        ),
        ("principal: {}", "principal: unknown key, did you mean 'principals'?"),
        ("principals:\n  ana: {}\n  ana: {}", "line 3, column 3: the key 'ana' stands twice"),
        ("principals: [", "line 2, column 1: did not find expected node content"),
    ],
)
def test_a_mistake_is_named_with_its_path(tmp_path: Path, text: str, problem: str) -> None:
    assert problems_of(tmp_path, text) == (f"principals.yaml: {problem}",)


def test_a_mesh_without_principals_has_nobody(tmp_path: Path) -> None:
    (tmp_path / "mesh.toml").write_text('name = "demo"', "utf-8")
    principals, problems = read_principals(load_settings(tmp_path, {}))
    assert problems == ()
    assert principals.principals == {}
    with pytest.raises(AuthenticationFailed):
        principals.authenticate("ana", "x")
