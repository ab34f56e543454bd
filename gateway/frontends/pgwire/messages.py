"""The PostgreSQL protocol 3.0: bytes to frozen messages and back. Pure; every length is bounded before it is read."""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from gateway.errors import ProtocolViolation
from gateway.frontends.pgwire.refusals import InvalidText

STARTUP_BYTES = 10_000
TOKEN_MESSAGE_BYTES = 70_000
MESSAGE_BYTES = 64_000_000

PROTOCOL_3_0 = 3 << 16


# --- from the client ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SslRequest:
    pass


@dataclass(frozen=True, slots=True)
class GssRequest:
    pass


@dataclass(frozen=True, slots=True)
class CancelRequest:
    process: int
    secret: int


@dataclass(frozen=True, slots=True)
class Startup:
    """`minor` is the protocol's minor version; `options` are `_pq_.` extensions, none of which is known."""

    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    minor: int = 0


@dataclass(frozen=True, slots=True)
class Password:
    """Any answer to an authentication request; its meaning depends on the request."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Query:
    text: str


@dataclass(frozen=True, slots=True)
class Parse:
    name: str
    text: str
    types: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bind:
    """`values`: None is NULL. Format codes as in the protocol: none, one for all, or one each."""

    portal: str
    statement: str
    formats: tuple[int, ...] = ()
    values: tuple[bytes | None, ...] = ()
    result_formats: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Describe:
    """`kind` is S (statement) or P (portal)."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Execute:
    """`rows` 0: all."""

    portal: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Close:
    """`kind` is S (statement) or P (portal)."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Flush:
    pass


@dataclass(frozen=True, slots=True)
class Sync:
    pass


@dataclass(frozen=True, slots=True)
class Terminate:
    pass


@dataclass(frozen=True, slots=True)
class FunctionCall:
    pass


@dataclass(frozen=True, slots=True)
class CopyMessage:
    """CopyData, CopyDone or CopyFail outside a COPY: ignored, as PostgreSQL does."""


StartupMessage = SslRequest | GssRequest | CancelRequest | Startup
Message = (
    Password
    | Query
    | Parse
    | Bind
    | Describe
    | Execute
    | Close
    | Flush
    | Sync
    | Terminate
    | FunctionCall
    | CopyMessage
)


class Reader:
    """Reads the body of one message; whatever does not fit is a ProtocolViolation."""

    __slots__ = ("_at", "_body")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def raw(self, size: int) -> bytes:
        if size < 0 or self._at + size > len(self._body):
            raise ProtocolViolation("insufficient data left in message")
        self._at += size
        return self._body[self._at - size : self._at]

    def int16(self) -> int:
        return int.from_bytes(self.raw(2), "big")

    def int32(self) -> int:
        return int.from_bytes(self.raw(4), "big", signed=True)

    def text(self) -> str:
        end = self._body.find(b"\0", self._at)
        if end < 0:
            raise ProtocolViolation("invalid string in message")
        raw = self.raw(end - self._at)
        self._at += 1
        return utf8(raw)

    def rest(self) -> bytes:
        return self.raw(len(self._body) - self._at)

    def at_end(self) -> bool:
        return self._at == len(self._body)

    def finish(self) -> None:
        if not self.at_end():
            raise ProtocolViolation("invalid message format")


def utf8(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise InvalidText("invalid byte sequence for encoding UTF8") from error


def take_startup(buffer: bytearray) -> StartupMessage | None:
    """Remove and return the first packet of a connection; None: more bytes are needed."""
    if len(buffer) < 4:
        return None
    size = int.from_bytes(buffer[:4], "big")
    if not 8 <= size <= STARTUP_BYTES:
        raise ProtocolViolation("invalid length of startup packet")
    if len(buffer) < size:
        return None
    body = Reader(bytes(buffer[4:size]))
    del buffer[:size]
    return _startup(body)


def _startup(body: Reader) -> StartupMessage:
    code = body.int32()
    match code:
        case 80_877_103:
            return SslRequest()
        case 80_877_104:
            return GssRequest()
        case 80_877_102:
            return CancelRequest(body.int32(), body.int32())
    if code >> 16 != 3:
        raise ProtocolViolation(f"unsupported frontend protocol {code >> 16}.{code & 0xFFFF}: use 3.0")
    parameters: dict[str, str] = {}
    while name := body.text():
        parameters[name] = body.text()
    body.finish()
    return Startup(MappingProxyType(parameters), code & 0xFFFF)


def take_message(buffer: bytearray, limit: int = MESSAGE_BYTES) -> Message | None:
    """Remove and return the first message; None: more bytes are needed. `limit` bounds its size in bytes."""
    if len(buffer) < 5:
        return None
    size = int.from_bytes(buffer[1:5], "big")
    if not 4 <= size <= limit:
        raise ProtocolViolation("invalid message length")
    parse = _PARSERS.get(buffer[0])
    if parse is None:
        raise ProtocolViolation(f"invalid frontend message type {buffer[0]}")
    if len(buffer) < size + 1:
        return None
    body = Reader(bytes(memoryview(buffer)[5 : size + 1]))
    del buffer[: size + 1]
    message = parse(body)
    body.finish()
    return message


def _parse(body: Reader) -> Parse:
    return Parse(body.text(), body.text(), tuple(body.int32() & 0xFFFFFFFF for _ in range(body.int16())))


def _bind(body: Reader) -> Bind:
    portal, statement = body.text(), body.text()
    formats = _codes(body)
    values = tuple(_value(body) for _ in range(body.int16()))
    if len(formats) > 1 and len(formats) != len(values):
        raise ProtocolViolation(
            f"bind message has {len(formats)} parameter formats but {len(values)} parameters"
        )
    return Bind(portal, statement, formats, values, _codes(body))


def _codes(body: Reader) -> tuple[int, ...]:
    codes = tuple(body.int16() for _ in range(body.int16()))
    if any(code not in (0, 1) for code in codes):
        raise ProtocolViolation("unsupported format code")
    return codes


def _value(body: Reader) -> bytes | None:
    size = body.int32()
    return None if size == -1 else body.raw(size)


def _kind(body: Reader) -> str:
    kind = body.raw(1)
    if kind not in (b"S", b"P"):
        raise ProtocolViolation("invalid Close or Describe message")
    return kind.decode()


def _ignored(body: Reader) -> CopyMessage:
    body.rest()
    return CopyMessage()


def _function(body: Reader) -> FunctionCall:
    body.rest()
    return FunctionCall()


_PARSERS: Mapping[int, Callable[[Reader], Message]] = {
    ord("p"): lambda body: Password(body.rest()),
    ord("Q"): lambda body: Query(body.text()),
    ord("P"): _parse,
    ord("B"): _bind,
    ord("D"): lambda body: Describe(_kind(body), body.text()),
    ord("E"): lambda body: Execute(body.text(), body.int32()),
    ord("C"): lambda body: Close(_kind(body), body.text()),
    ord("H"): lambda _: Flush(),
    ord("S"): lambda _: Sync(),
    ord("X"): lambda _: Terminate(),
    ord("F"): _function,
    ord("d"): _ignored,
    ord("c"): _ignored,
    ord("f"): _ignored,
}


# --- to the client --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ColumnDescription:
    """One column of a RowDescription. `format` is 0 (text) or 1 (binary). `table`, `place`: the relation's OID and the
    number of its column, or 0."""

    name: str
    oid: int
    length: int
    modifier: int
    format: int
    table: int = 0
    place: int = 0


def framed(kind: bytes, body: bytes = b"") -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def _text(value: str) -> bytes:
    return value.encode().replace(b"\0", b"") + b"\0"


def authentication(code: int, data: bytes = b"") -> bytes:
    """0: authenticated. 3: a password in clear. 10: SASL mechanisms. 11: SASL continues. 12: SASL final."""
    return framed(b"R", code.to_bytes(4, "big") + data)


def parameter_status(name: str, value: str) -> bytes:
    return framed(b"S", _text(name) + _text(value))


def backend_key(process: int, secret: int) -> bytes:
    return framed(b"K", struct.pack("!II", process, secret))


def negotiate_protocol(unknown: Sequence[str]) -> bytes:
    names = b"".join(_text(name) for name in unknown)
    return framed(b"v", struct.pack("!II", PROTOCOL_3_0, len(unknown)) + names)


def ready(state: str) -> bytes:
    """`state` is I (idle), T (in a transaction) or E (in a failed one)."""
    return framed(b"Z", state.encode())


def row_description(columns: Sequence[ColumnDescription]) -> bytes:
    body = b"".join(
        _text(column.name)
        + struct.pack(
            "!IhIhih", column.table, column.place, column.oid, column.length, column.modifier, column.format
        )
        for column in columns
    )
    return framed(b"T", len(columns).to_bytes(2, "big") + body)


def parameter_description(oids: Sequence[int]) -> bytes:
    return framed(b"t", struct.pack(f"!H{len(oids)}I", len(oids), *oids))


def command_complete(tag: str) -> bytes:
    return framed(b"C", _text(tag))


@dataclass(frozen=True, slots=True)
class Notice:
    """An ErrorResponse or NoticeResponse. `position` counts characters of the query text from 1."""

    severity: str
    sqlstate: str
    message: str
    hint: str | None = None
    position: int | None = None
    detail: str | None = None

    def encoded(self) -> bytes:
        position = None if self.position is None else str(self.position)
        named = (
            (b"S", self.severity),
            (b"V", self.severity),
            (b"C", self.sqlstate),
            (b"M", self.message),
            (b"D", self.detail),
            (b"H", self.hint),
            (b"P", position),
        )
        body = b"".join(code + _text(value) for code, value in named if value is not None) + b"\0"
        return framed(b"N" if self.severity in ("WARNING", "NOTICE") else b"E", body)


PARSE_COMPLETE = framed(b"1")
BIND_COMPLETE = framed(b"2")
CLOSE_COMPLETE = framed(b"3")
NO_DATA = framed(b"n")
EMPTY_QUERY = framed(b"I")
PORTAL_SUSPENDED = framed(b"s")
