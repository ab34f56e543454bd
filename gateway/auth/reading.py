"""The identity providers of a mesh folder: principals.yaml, and the keys of those who issue tokens."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from gateway.auth.identity import IDENTITY, read_identity
from gateway.auth.keys import read_keys
from gateway.auth.passwords import (
    ITERATIONS,
    SALT_BYTES,
    Credentials,
    derived,
    derived_bytes,
    looks_like_verifier,
    parsed,
)
from gateway.auth.principals import PROCESS_SECRET, Principals
from gateway.auth.tokens import Tokens
from gateway.documents import Place, Section, shown
from gateway.errors import ConfigurationError
from gateway.references import References, is_reference
from gateway.settings import Settings
from gateway.yaml_text import YamlError, read_yaml
from policies.principal import Principal


def load_principals(settings: Settings, secret: bytes = PROCESS_SECRET) -> Principals:
    """The principals of a mesh. Raises ConfigurationError with everything that is wrong.

    Pass the mesh's hash key as `secret`: then what unknown names see stays the same over a restart.
    """
    principals, problems = read_principals(settings, secret)
    if problems:
        raise ConfigurationError(problems)
    return principals


def read_principals(settings: Settings, secret: bytes = PROCESS_SECRET) -> tuple[Principals, tuple[str, ...]]:
    """As `load_principals`, with the problems returned and what is wrong left out."""
    problems: list[str] = []
    listed = _listed(settings, secret, problems)
    tokens = _tokens(settings, problems)
    return replace(listed, tokens=tokens), tuple(dict.fromkeys(problems))


def _tokens(settings: Settings, problems: list[str]) -> Tokens | None:
    if settings.tokens is None:
        return None
    keys = read_keys(settings.tokens, settings.folder, problems)
    return Tokens(settings.tokens, keys) if keys else None


def _listed(settings: Settings, secret: bytes, problems: list[str]) -> Principals:
    if not settings.principals:
        return Principals(MappingProxyType({}), MappingProxyType({}), secret)
    warnings: list[str] = []
    place = Place(shown(settings.principals, settings.folder))
    section = _document(settings.principals, place, problems)
    principals: dict[str, Principal] = {}
    passwords: dict[str, Credentials] = {}
    for name in section.values:
        principal, password = _entry(name, section, settings, warnings)
        principals[name] = principal
        if password:
            passwords[name] = _credentials(password, name, section, secret)
    passwords = {name: known for name, known in passwords.items() if known.stored_key}
    return Principals(MappingProxyType(principals), MappingProxyType(passwords), secret, tuple(warnings))


def _document(path: Path, place: Place, problems: list[str]) -> Section:
    try:
        document = read_yaml(path)
    except YamlError as error:
        problems.append(place.problem(str(error)))
        document = None
    except FileNotFoundError:
        problems.append(place.problem("there is no such file"))
        document = None
    return Section(document, place, problems, ("principals",)).section("principals")


def _entry(
    name: str, section: Section, settings: Settings, warnings: list[str]
) -> tuple[Principal, str | None]:
    entry = section.section(name, ("password", *IDENTITY))
    return read_identity(name, entry), _password(entry, settings, warnings)


def _password(entry: Section, settings: Settings, warnings: list[str]) -> str | None:
    if "password" not in entry:
        return None
    written = entry.required("password")
    if not written.strip():
        return None
    references = References(settings.environment, entry_folder(settings), settings.folder)
    resolved = references.resolve(written)
    if not isinstance(resolved, str):
        entry.problem(resolved.reason, "password")
        return None
    if not is_reference(written) and not looks_like_verifier(written):
        report = warnings if settings.loopback_only else entry.problems
        report.append(entry.place.at("password").problem(LITERAL))
    return resolved


def entry_folder(settings: Settings) -> Path:
    """Paths in principals.yaml are relative to it."""
    return settings.principals.parent if settings.principals else settings.folder


def _credentials(password: str, name: str, section: Section, secret: bytes) -> Credentials:
    """Without keys when the verifier is bad. The salt of a clear password is derived: a reload keeps it."""
    if not looks_like_verifier(password):
        salt = derived_bytes(secret, "salt", name)[:SALT_BYTES]
        return derived(password, salt, ITERATIONS)
    credentials = parsed(password)
    if not credentials:
        section.problem(BAD_VERIFIER, name, "password")
    return credentials or Credentials(b"", 0, b"", b"")


LITERAL = "a password stands here in clear: put its verifier (meshgate password) or a reference like ${NAME}"
BAD_VERIFIER = "is no SCRAM-SHA-256 verifier of 4096 to 1000000 iterations: meshgate password makes one"
