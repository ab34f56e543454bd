"""`[http] origins` of mesh.toml: whose pages may read what the HTTP endpoint answers."""

import re

from gateway.documents import Section

_ORIGIN = re.compile(r"https?://[^/\s*?#@]+")


def read_origins(section: Section) -> tuple[str, ...]:
    """Each as browsers send it: scheme, host, port. There is no `*`: answers are for those who sign in."""
    origins = section.texts("origins")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            section.problem(
                f"{origin!r} is not an origin: write for example https://app.example.com", "origins"
            )
    return origins
