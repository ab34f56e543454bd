"""`[identity.jwt]` of mesh.toml: whose tokens are accepted, and what their claims say of a principal."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType

from gateway.documents import Section, choices

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a private key. With HMAC whoever can verify could sign, and `none` is no signature (RFC 8725, 3.1)."""

KNOWN = ("key", "jwks", "issuer", "audience", "algorithms", "leeway", "claims")
MAX_LEEWAY = 300
Claim = tuple[str, ...]
"""Where a claim stands in a token: its name, or the keys on the way to it."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Which claim holds what. `attributes`: by the attribute's name."""

    name: Claim = ("sub",)
    groups: Claim = ("groups",)
    purposes: Claim = ("purposes",)
    attributes: Mapping[str, Claim] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """`key`: a PEM file with one public key. `jwks`: a file with a JWK set (RFC 7517). One of both is there.

    `leeway`, in seconds: how far the clocks of issuer and gateway may be apart.
    """

    key: Path | None
    jwks: Path | None
    issuer: str
    audience: tuple[str, ...]
    algorithms: tuple[str, ...] = ALGORITHMS
    leeway: int = 0
    claims: Claims = Claims()


def read_token_settings(identity: Section, folder: Path) -> TokenSettings | None:
    """None: no tokens are accepted, or what is said of them is wrong, which then is among the problems."""
    if "jwt" not in identity:
        return None
    section = identity.section("jwt", KNOWN)
    before = len(section.problems)
    if ("key" in section) == ("jwks" in section):
        section.problem("name the issuer's public keys: either key, a PEM file, or jwks, a JSON file")
    settings = TokenSettings(
        key=section.file("key", folder),
        jwks=section.file("jwks", folder),
        issuer=section.required("issuer"),
        audience=_audience(section),
        algorithms=_algorithms(section),
        leeway=_leeway(section),
        claims=_claims(section.section("claims", [item.name for item in fields(Claims)])),
    )
    return settings if len(section.problems) == before else None


def _audience(section: Section) -> tuple[str, ...]:
    """Required: a token that was made for another program must not open this one (RFC 8725, 3.9)."""
    if not isinstance(section.raw("audience"), list):
        return (section.required("audience"),)
    audience = section.texts("audience")
    if not all(audience) or not audience:
        section.problem("must be a text, or a list of texts with at least one", "audience")
    return audience


def _algorithms(section: Section) -> tuple[str, ...]:
    algorithms = section.texts("algorithms") or ALGORITHMS
    for name in algorithms:
        if name not in ALGORITHMS:
            section.problem(f"{name!r} is not accepted, only {choices(ALGORITHMS)}", "algorithms")
    return algorithms


def _leeway(section: Section) -> int:
    leeway = section.raw("leeway")
    if leeway is None:
        return 0
    if isinstance(leeway, int) and not isinstance(leeway, bool) and 0 <= leeway <= MAX_LEEWAY:
        return leeway
    section.problem(f"must be a whole number of seconds, 0 to {MAX_LEEWAY}, not {leeway!r}", "leeway")
    return 0


def _claims(section: Section) -> Claims:
    usual = Claims()
    attributes = section.section("attributes")
    return Claims(
        name=_claim(section, "name", usual.name),
        groups=_claim(section, "groups", usual.groups),
        purposes=_claim(section, "purposes", usual.purposes),
        attributes=MappingProxyType({name: _claim(attributes, name, (name,)) for name in attributes.values}),
    )


def _claim(section: Section, key: str, usual: Claim) -> Claim:
    written = section.raw(key)
    if written is None:
        return usual
    path = (written,) if isinstance(written, str) else written
    if isinstance(path, list | tuple) and path and all(isinstance(step, str) and step for step in path):
        return tuple(path)
    section.problem("must be the name of a claim, or a list of the keys that lead to it", key)
    return usual
