"""Tokens of an issuer outside: who is let in as whom, and who is not."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from gateway.auth.principals import Principals
from gateway.auth.reading import load_principals
from gateway.errors import AuthenticationFailed, ConfigurationError
from gateway.settings import load_settings
from policies.principal import Principal
from tests.tokens import AUDIENCE, ISSUER, SETTINGS, Issuer, new_key, write_keys

CLAIMS = """
[identity.jwt.claims]
name = "preferred_username"
groups = ["realm_access", "roles"]
purposes = "https://example.com/purposes"
attributes = {region = "region", department = ["org", "unit"]}
"""
ISSUED = Issuer()


def registry(folder: Path, settings: str = SETTINGS, *issuers: Issuer, listed: str = "ana: {}") -> Principals:
    write_keys(folder, *(issuers or (ISSUED,)))
    (folder / "mesh.toml").write_text(f'name = "demo"\n{settings}', "utf-8")
    (folder / "principals.yaml").write_text(f"principals: {{{listed}}}", "utf-8")
    return load_principals(load_settings(folder, {}))


def with_set(settings: str = SETTINGS) -> str:
    return settings.replace('key = "issuer.pem"', 'jwks = "issuer.json"')


def refused(principals: Principals, token: str, text: str = "the token is not accepted") -> None:
    with pytest.raises(AuthenticationFailed) as caught:
        principals.bearer(token)
    assert str(caught.value) == text


# --- who it is -------------------------------------------------------------------------------------------


def test_claims_say_who_it_is(tmp_path: Path) -> None:
    principals = registry(tmp_path, SETTINGS + CLAIMS)
    claims = {
        "preferred_username": "maria",
        "realm_access": {"roles": ["analysts", "staff"]},
        "https://example.com/purposes": ["audit"],
        "region": ["EU", "US"],
        "org": {"unit": "sales"},
        "email": "maria@example.com",
    }
    maria = principals.bearer(ISSUED.token("4711", **claims))
    assert maria.name == "maria"
    assert maria.groups == {"analysts", "staff"}
    assert maria.purposes == {"audit"}
    assert maria.attributes == {"region": ("EU", "US"), "department": "sales"}


def test_what_a_token_does_not_say_nobody_has(tmp_path: Path) -> None:
    settings = SETTINGS + "claims = {attributes = {region = 'region'}}"
    maria = registry(tmp_path, settings).bearer(ISSUED.token("maria", region=None))
    assert (maria.name, maria.groups, maria.purposes, maria.attributes) == ("maria", set(), set(), {})


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES256", "ES512", "EdDSA"])
@pytest.mark.parametrize("settings", [SETTINGS, with_set()])
def test_every_asymmetric_algorithm(tmp_path: Path, algorithm: str, settings: str) -> None:
    issuer = Issuer(new_key(algorithm), algorithm)
    assert registry(tmp_path, settings, issuer).bearer(issuer.token("maria")).name == "maria"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": 7},
        {"sub": None},
        {"sub": ""},
        {"sub": " maria"},
        {"sub": "role:sales.analyst"},
        {"sub": "a\nb"},
        {"groups": "analysts"},
        {"groups": {"a": "b"}},
        {"groups": ["a", 1]},
        {"groups": ["role:sales.analyst"]},
        {"purposes": "audit"},
        {"purposes": [["audit"]]},
        {"region": {"a": "b"}},
        {"region": ["a", 1]},
        {"region": [["a"]]},
        {"region": float("nan")},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": float("inf")},
        {"exp": [1]},
        {"iss": "https://other.example.com"},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": None},
        {"aud": 7},
        {"nbf": time.time() + 86_400},
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, claims: dict[str, object]) -> None:
    principals = registry(tmp_path, SETTINGS + "claims = {attributes = {region = 'region'}}")
    whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "maria", "exp": int(time.time() + 60)}
    assert principals.bearer(ISSUED.signed(whole)).name == "maria"
    changed = {key: value for key, value in {**whole, **claims}.items() if value is not None}
    refused(principals, ISSUED.signed(changed))


def test_a_name_of_principals_yaml_is_nobody_elses(tmp_path: Path) -> None:
    principals = registry(tmp_path)
    refused(principals, ISSUED.token("ana", groups=["admins"]))
    assert not principals.takes_token("ana")
    assert principals.takes_token("maria")


# --- whose token it is -----------------------------------------------------------------------------------


def unsigned(header: dict[str, object], name: str = "maria") -> str:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": name, "exp": int(time.time() + 60)}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    return b".".join(parts).decode()


def by_hmac(text: str, key: bytes) -> str:
    digest = hmac.digest(key, text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def test_signatures_that_prove_nothing(tmp_path: Path) -> None:
    """RFC 8725, 2.1: `none`, HMAC with the public key as its secret, a key that the token brings along."""
    principals = registry(tmp_path)
    other = Issuer()
    good = ISSUED.token("maria")
    refused(principals, other.token("maria"))
    refused(principals, unsigned({"alg": "none"}) + ".")
    refused(principals, unsigned({"alg": "ES256"}) + ".")
    refused(principals, by_hmac(unsigned({"alg": "HS256"}), ISSUED.pem()))
    refused(principals, jwt.encode({"sub": "maria"}, other.key, "ES256", {"jwk": other.jwk()}))
    refused(principals, good.rpartition(".")[0] + "." + other.token("maria").rpartition(".")[2])
    refused(principals, good + " ")
    refused(principals, "Bearer " + good)
    refused(principals, good * 300)


def test_only_the_algorithms_that_were_named(tmp_path: Path) -> None:
    key = new_key("RS256")
    settings = SETTINGS + 'algorithms = ["RS256"]'
    principals = registry(tmp_path, settings, Issuer(key, "RS256"))
    assert principals.bearer(Issuer(key, "RS256").token("maria"))
    refused(principals, Issuer(key, "PS256").token("maria"))


def test_a_key_of_a_set_signs_under_its_own_name_only(tmp_path: Path) -> None:
    first, second = Issuer(identifier="1"), Issuer(new_key("RS256"), "RS256", "2")
    principals = registry(tmp_path, with_set(), first, second)
    assert principals.bearer(first.token("maria"))
    assert principals.bearer(second.token("maria"))
    refused(principals, Issuer(first.key, "ES256", "2").token("maria"))
    refused(principals, Issuer(first.key, "ES256", "3").token("maria"))
    refused(principals, Issuer(first.key).token("maria"))


def test_after_a_change_of_keys_the_old_one_opens_nothing(tmp_path: Path) -> None:
    old, new = Issuer(identifier="old"), Issuer(identifier="new")
    maria = registry(tmp_path, with_set(), old).bearer(old.token("maria", groups=["a"]))
    both = registry(tmp_path, with_set(), old, new)
    assert both.renewed(maria) == maria
    with pytest.raises(AuthenticationFailed, match="the token is not accepted"):
        registry(tmp_path, with_set(), new).renewed(maria)
    with pytest.raises(AuthenticationFailed, match="the token is not accepted"):
        registry(tmp_path, with_set(), old, listed="maria: {}").renewed(maria)
    with pytest.raises(AuthenticationFailed, match="tokens are not accepted here"):
        registry(tmp_path, "").renewed(maria)


def test_it_ends_when_it_expires(tmp_path: Path) -> None:
    principals = registry(tmp_path)
    refused(principals, ISSUED.token("maria", -1), "the token has expired")
    maria = principals.bearer(ISSUED.token("maria", 2))
    deadline = maria.expires
    assert deadline - time.time() <= 2
    while time.time() < deadline:
        time.sleep(0.05)
    with pytest.raises(AuthenticationFailed, match="the token has expired"):
        principals.renewed(maria)


def test_clocks_may_differ_by_the_leeway_and_no_more(tmp_path: Path) -> None:
    principals = registry(tmp_path, SETTINGS + "leeway = 30")
    assert principals.bearer(ISSUED.token("maria", -10)).expires > time.time()
    assert principals.bearer(ISSUED.token("maria", nbf=int(time.time()) + 10))
    refused(principals, ISSUED.token("maria", -31), "the token has expired")
    refused(principals, ISSUED.token("maria", nbf=int(time.time()) + 60))


def test_a_principal_of_a_password_does_not_become_one_of_a_token(tmp_path: Path) -> None:
    with pytest.raises(AuthenticationFailed, match='there is no user "maria" any more'):
        registry(tmp_path).renewed(Principal("maria"))


def test_tokens_do_not_show(tmp_path: Path) -> None:
    token = ISSUED.token("maria")
    assert token not in repr(registry(tmp_path).bearer(token))


@pytest.fixture(scope="module")
def principals(tmp_path_factory: pytest.TempPathFactory) -> Principals:
    return registry(
        tmp_path_factory.mktemp("mesh"), with_set(), Issuer(identifier="1"), Issuer(identifier="2")
    )


HEADERS = st.dictionaries(
    st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "x5c"]),
    st.sampled_from(["ES256", "none", "1", "2", "b64"])
    | st.booleans()
    | st.lists(st.text(max_size=3), max_size=2),
)


@given(st.text() | HEADERS.map(lambda header: unsigned(header) + ".AAAA"))
def test_any_text_is_refused_in_the_same_words(principals: Principals, text: str) -> None:
    refused(principals, text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
named_claims = st.dictionaries(
    st.sampled_from(["sub", "exp", "nbf", "iat", "aud", "jti", "groups", "purposes", "region"]), json_values
)


@given(named_claims)
def test_any_claims_are_refused_or_make_a_principal(
    with_region: Principals, claims: dict[str, object]
) -> None:
    usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "maria", "exp": int(time.time() + 60)}
    try:
        known = with_region.bearer(ISSUED.signed({**usual, **claims}))
    except AuthenticationFailed:
        return
    assert known.name == claims.get("sub", "maria")
    assert known.groups == {*(claims.get("groups") or ())}
    assert known.purposes == {*(claims.get("purposes") or ())}
    assert all(isinstance(text, str) for text in (known.name, *known.groups, *known.purposes))
    region = known.attributes.get("region")
    assert region == (tuple(said) if isinstance(said := claims.get("region"), list) else said)


@pytest.fixture(scope="module")
def with_region(tmp_path_factory: pytest.TempPathFactory) -> Principals:
    settings = SETTINGS + "claims = {attributes = {region = 'region'}}"
    return registry(tmp_path_factory.mktemp("mesh"), settings)


def test_a_header_that_nests_deep_is_refused(principals: Principals) -> None:
    refused(principals, base64.urlsafe_b64encode(b"[" * 30_000).decode() + ".AAAA.AAAA")


# --- mesh.toml and the keys ------------------------------------------------------------------------------


def problems_of(folder: Path, settings: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        registry(folder, settings)
    return caught.value.problems


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('algorithms = ["HS256"]', "algorithms: 'HS256' is not accepted, only ES256, ES384, ES512, EdDSA, "),
        ('algorithms = ["none"]', "algorithms: 'none' is not accepted, only ES256, ES384, ES512, EdDSA, "),
        ("leeway = 3600", "leeway: must be a whole number of seconds, 0 to 300, not 3600"),
        (
            'jwks = "issuer.json"',
            " name the issuer's public keys: either key, a PEM file, or jwks, a JSON file",
        ),
        ("claims = {group = 'g'}", "claims.group: unknown key, did you mean 'groups'?"),
        (
            "claims = {name = []}",
            "claims.name: must be the name of a claim, or a list of the keys that lead to it",
        ),
        ("isuer = 'x'", "isuer: unknown key, did you mean 'issuer'?"),
    ],
)
def test_a_mistake_is_named_with_its_path(tmp_path: Path, line: str, problem: str) -> None:
    (found,) = problems_of(tmp_path, SETTINGS + line)
    place = "mesh.toml: identity.jwt" + (":" if problem.startswith(" ") else ".")
    assert found.startswith(place + problem)


@pytest.mark.parametrize("missing", ["key", "issuer", "audience"])
def test_what_must_be_said(tmp_path: Path, missing: str) -> None:
    lines = [line for line in SETTINGS.splitlines() if not line.startswith(missing)]
    (found,) = problems_of(tmp_path, "\n".join(lines))
    assert found.startswith("mesh.toml: identity.jwt")


def private(issuer: Issuer) -> bytes:
    return issuer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def in_set(*keys: object) -> bytes:
    return json.dumps({"keys": keys}).encode()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("issuer.pem", b"", "is no public key in PEM"),
        ("issuer.pem", private(ISSUED), "holds a private key, which only the issuer should have"),
        ("issuer.pem", Issuer(new_key("RS256", 1024), "RS256").pem(), "an RSA key of 1024 bits is too weak"),
        ("issuer.json", b"{", "is no JSON"),
        ("issuer.json", b"[]", "is no JWK set"),
        ("issuer.json", in_set(), "has no public key for signatures"),
        ("issuer.json", in_set({"kty": "oct", "k": "c2VjcmV0"}), "has no public key for signatures"),
        ("issuer.json", in_set({**ISSUED.jwk(), "use": "enc"}), "has no public key for signatures"),
        ("issuer.json", in_set(ISSUED.jwk(), Issuer().jwk()), "has several keys: each must have a kid"),
        ("issuer.json", in_set({**ISSUED.jwk(), "alg": "HS256"}), "its key is no key that can be used here"),
        ("issuer.json", in_set({**ISSUED.jwk(), "alg": "RS256"}), "its key is no key that can be used here"),
        ("issuer.json", in_set({"kty": "EC", "kid": "7"}), "the key '7' is no key that can be used here"),
    ],
)
def test_unusable_keys_stop_the_start(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    settings = SETTINGS if name == "issuer.pem" else with_set()
    registry(tmp_path, settings)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load_principals(load_settings(tmp_path, {}))
    (found,) = caught.value.problems
    assert found.startswith(f"{name}: {problem}")
