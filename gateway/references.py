"""Secrets that stand outside the mesh folder: `${NAME}` of the environment, `file:/run/secrets/x`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SECRET_KEYS = frozenset({"password", "passwd", "secret", "token", "hash_key", "access_key", "api_key"})
_IN_ADDRESS = re.compile(r"://[^/@\s:]*:([^@\s]+)@")
_IN_OPTIONS = re.compile(r"(?:^|[?&;\s])password\s*=\s*([^&;\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unresolved:
    reason: str


@dataclass(frozen=True, slots=True)
class References:
    """What a document may refer to.

    `owner` is the domain whose document it is (None: the mesh's own), `domains` are all domains: a domain's
    references must carry its own name, so that none borrows another's credentials (governance.md, rule 12).
    `mesh` is the mesh folder: of its files a domain may name only those in its own `folder`.
    """

    variables: Mapping[str, str] = field(repr=False)
    folder: Path
    mesh: Path
    owner: str | None = None
    domains: tuple[str, ...] = ()

    def resolve(self, text: str) -> str | Unresolved:
        """The text with its references replaced; the value of a reference is never part of a reason."""
        if text.startswith("file:"):
            return self._from_file(text.removeprefix("file:"))
        if "${" in NAME.sub("", text):
            return Unresolved("'${' does not begin a reference like ${NAME}")
        for name in NAME.findall(text):
            reason = self._refusal(name)
            if reason:
                return Unresolved(reason)
        return NAME.sub(lambda match: self.variables[match.group(1)], text)

    def _refusal(self, name: str) -> str | None:
        if self.owner and self.owner_of(name) != self.owner:
            return (
                f"${{{name}}} is not a name of this domain: it must begin with {self.owner.upper()}_"
                + self._owned_elsewhere(name)
            )
        if name not in self.variables:
            return f"${{{name}}} is not set in the environment: set it before the start"
        return None if self.variables[name] else f"${{{name}}} is empty in the environment: give it a value"

    def _owned_elsewhere(self, name: str) -> str:
        other = self.owner_of(name)
        return f" and not with {other.upper()}_, which is another domain's" if other else ""

    def owner_of(self, name: str) -> str | None:
        """The domain with the longest name that a variable's name begins with: SALES_EU_URI is sales_eu's."""
        domains = {*self.domains, self.owner} - {None}
        owners = [domain for domain in domains if domain and name.startswith(f"{domain.upper()}_")]
        return max(owners, key=len, default=None)

    def _from_file(self, name: str) -> str | Unresolved:
        path = (self.folder / name).resolve()
        if self.owner and self._belongs_elsewhere(path):
            return Unresolved(f"file:{name} is not this domain's: its folder or its name is someone else's")
        try:
            secret = path.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            return Unresolved(f"file:{name} cannot be read ({_why(error)})")
        return secret or Unresolved(f"file:{name} is empty")

    def _belongs_elsewhere(self, path: Path) -> bool:
        in_mesh = path.is_relative_to(self.mesh.resolve())
        if in_mesh or path.is_relative_to(self.folder.resolve()):
            return not path.is_relative_to(self.folder.resolve())
        return self.owner_of(re.sub(r"\W", "_", path.name).upper() + "_") not in (None, self.owner)


def is_reference(text: str) -> bool:
    return text.startswith("file:") or bool(NAME.search(text))


def literal_secret(key: str, text: str) -> bool:
    """Whether a value, as written, holds a password in clear: under a telling key, or within an address."""
    if key.lower() in SECRET_KEYS:
        return bool(text) and not is_reference(text)
    found = [match.group(1) for match in (_IN_ADDRESS.search(text), _IN_OPTIONS.search(text)) if match]
    return any(not is_reference(password) for password in found)


def _why(error: Exception) -> str:
    return error.strerror or "unreadable" if isinstance(error, OSError) else "it is not UTF-8 text"
