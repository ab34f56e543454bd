"""The client's side of the protocol in bytes, and a reader of what the server answers."""

import struct
from dataclasses import dataclass


def framed(kind: bytes, body: bytes = b"") -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def startup(**parameters: str) -> bytes:
    body = b"".join(name.encode() + b"\0" + value.encode() + b"\0" for name, value in parameters.items())
    return struct.pack("!II", len(body) + 9, 3 << 16) + body + b"\0"


SSL_REQUEST = struct.pack("!II", 8, 80877103)
SYNC = framed(b"S")
FLUSH = framed(b"H")
TERMINATE = framed(b"X")


def query(text: str) -> bytes:
    return framed(b"Q", text.encode() + b"\0")


def parse(text: str, name: str = "", types: tuple[int, ...] = ()) -> bytes:
    head = name.encode() + b"\0" + text.encode() + b"\0"
    return framed(b"P", head + struct.pack(f"!H{len(types)}I", len(types), *types))


def bind(
    values: tuple[bytes | None, ...] = (),
    *,
    statement: str = "",
    portal: str = "",
    formats: tuple[int, ...] = (),
    results: tuple[int, ...] = (),
) -> bytes:
    body = portal.encode() + b"\0" + statement.encode() + b"\0"
    body += struct.pack(f"!H{len(formats)}H", len(formats), *formats) + struct.pack("!H", len(values))
    for value in values:
        body += struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value
    return framed(b"B", body + struct.pack(f"!H{len(results)}H", len(results), *results))


def describe(kind: str, name: str = "") -> bytes:
    return framed(b"D", kind.encode() + name.encode() + b"\0")


def execute(rows: int = 0, portal: str = "") -> bytes:
    return framed(b"E", portal.encode() + b"\0" + struct.pack("!I", rows))


def close(kind: str, name: str = "") -> bytes:
    return framed(b"C", kind.encode() + name.encode() + b"\0")


@dataclass(frozen=True)
class Answer:
    kind: str
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        """Of an ErrorResponse or NoticeResponse."""
        parts = self.body.split(b"\0")
        return {part[:1].decode(): part[1:].decode() for part in parts if part}

    @property
    def row(self) -> list[bytes | None]:
        """Of a DataRow."""
        values: list[bytes | None] = []
        at = 2
        for _ in range(struct.unpack_from("!H", self.body)[0]):
            size = struct.unpack_from("!i", self.body, at)[0]
            at += 4
            values.append(None if size < 0 else self.body[at : at + size])
            at += max(0, size)
        return values

    @property
    def tag(self) -> str:
        return self.body.rstrip(b"\0").decode()


def answers(stream: bytes) -> list[Answer]:
    found = []
    at = 0
    while at < len(stream):
        size = struct.unpack_from("!I", stream, at + 1)[0]
        found.append(Answer(chr(stream[at]), stream[at + 5 : at + 1 + size]))
        at += 1 + size
    assert at == len(stream), "the stream ends within a message"
    return found


def kinds(stream: bytes) -> str:
    """One letter a message."""
    return "".join(answer.kind for answer in answers(stream))
