"""COPY ... TO STDOUT: what the statement says, and rows as PostgreSQL copies them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from gateway.errors import SyntaxRefused, WriteRefused
from gateway.frontends.pgwire.encode import BINARY, TEXT, fields_of, step_of
from gateway.frontends.pgwire.kernels import Array, pc
from gateway.frontends.pgwire.messages import framed
from gateway.frontends.pgwire.pieces import (
    Field,
    Piece,
    Variable,
    big_endian,
    constant,
    data_of,
    data_rows,
    joined,
    lengths_of,
    without_nulls,
)
from gateway.frontends.pgwire.statements import Token, first_word, near, tokens
from gateway.frontends.pgwire.types import ColumnType

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = framed(b"d", b"\xff\xff")
COPY_DONE = framed(b"c")
_FORMATS = ("text", "csv", "binary")
_CONTROL = {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}


@dataclass(frozen=True, slots=True)
class CopyTo:
    """`query`: its SELECT, at `start` in the statement. `null`, `delimiter`: None where the format's own.

    `forced`: columns that CSV quotes always; None: all of them.
    """

    query: str
    start: int
    format: str = "text"
    header: bool = False
    delimiter: str | None = None
    null: str | None = None
    quote: str = '"'
    escape: str | None = None
    forced: tuple[str, ...] | None = ()

    @property
    def codes(self) -> tuple[int, ...]:
        return (BINARY if self.format == "binary" else TEXT,)


# --- the statement ---------------------------------------------------------------------------------------


def copy_to(text: str) -> CopyTo | None:
    """None: it is no COPY. Errors: WriteRefused for one into a relation, SyntaxRefused."""
    if first_word(text) != "COPY":
        return None
    words = tuple(tokens(text))
    at = 2 if len(words) > 1 and words[1].word == "BINARY" else 1
    source, at = _source(text, words, at)
    end = words[at].word if at < len(words) else ""
    if end == "FROM":
        raise WriteRefused("cannot execute COPY FROM in a read-only transaction")
    if end != "TO":
        raise near(words, at)
    if at + 1 >= len(words) or words[at + 1].word not in ("STDOUT", "STDIN"):
        raise WriteRefused("COPY TO a file or a program is not possible here, only TO STDOUT")
    found = replace(source, format="binary") if words[1].word == "BINARY" else source
    return _with_options(found, words, at + 2)


def _source(text: str, words: Sequence[Token], at: int) -> tuple[CopyTo, int]:
    if at < len(words) and words[at].text == "(":
        end = _closing(words, at)
        start, stop = words[at].stop, words[end].start
        return CopyTo(text[start:stop], start), end + 1
    begin = at
    while at < len(words) and (words[at].kind in ("word", "quoted") or words[at].text == "."):
        if words[at].word in ("TO", "FROM"):
            break
        at += 1
    if at == begin:
        raise near(words, at)
    name = text[words[begin].start : words[at - 1].stop]
    columns = "*"
    if at < len(words) and words[at].text == "(":
        end = _closing(words, at)
        columns, at = text[words[at].stop : words[end].start], end + 1
    return CopyTo(f"SELECT {columns} FROM {name}", 0), at


def _closing(words: Sequence[Token], at: int) -> int:
    depth = 0
    for place in range(at, len(words)):
        depth += {"(": 1, ")": -1}.get(words[place].text, 0) if words[place].kind == "symbol" else 0
        if not depth:
            return place
    raise near(words, len(words))


def _with_options(found: CopyTo, words: Sequence[Token], at: int) -> CopyTo:
    if at < len(words) and words[at].word == "WITH":
        at += 1
    if at < len(words) and words[at].text == "(":
        end = _closing(words, at)
        return _listed(found, words[at + 1 : end])
    return _legacy(found, words[at:])


def _listed(found: CopyTo, words: Sequence[Token]) -> CopyTo:
    """`(FORMAT csv, HEADER true, FORCE_QUOTE (a, b))`."""
    at = 0
    while at < len(words):
        name, at = words[at].text.lower(), at + 1
        end = at
        while end < len(words) and words[end].text != ",":
            end = _closing(words, end) + 1 if words[end].text == "(" else end + 1
        found = _set(found, name, words[at:end], words[at - 1])
        at = end + 1
    return found


def _legacy(found: CopyTo, words: Sequence[Token]) -> CopyTo:
    """`CSV HEADER DELIMITER AS ';' FORCE QUOTE a, b`."""
    at = 0
    while at < len(words):
        name, at = words[at].word.lower(), at + 1
        if name in ("csv", "binary"):
            found = replace(found, format=name)
        elif name == "header":
            found = replace(found, header=True)
        elif name == "force" and at < len(words) and words[at].word == "QUOTE":
            found, at = _set(found, "force_quote", words[at + 1 :], words[at]), len(words)
        elif name in ("delimiter", "delimiters", "null", "quote", "escape", "encoding"):
            at += at < len(words) and words[at].word == "AS"
            found = _set(found, name.rstrip("s"), words[at : at + 1], words[at - 1])
            at += 1
        else:
            raise near(words, at - 1)
    return found


def _set(found: CopyTo, name: str, value: Sequence[Token], near: Token) -> CopyTo:
    text = value[0].value if value else ""
    match name:
        case "format" if text.lower() in _FORMATS:
            return replace(found, format=text.lower())
        case "header":
            return replace(found, header=text.lower() not in ("false", "off", "0"))
        case "delimiter" if _is_mark(text):
            return replace(found, delimiter=text)
        case "quote" if _is_mark(text):
            return replace(found, quote=text)
        case "escape" if _is_mark(text):
            return replace(found, escape=text)
        case "null" if not set(text) & set("\r\n"):
            return replace(found, null=text)
        case "encoding" if text.lower().replace("-", "") in ("utf8", "unicode"):
            return found
        case "force_quote":
            names = tuple(word.value for word in value if word.kind in ("word", "quoted"))
            return replace(found, forced=None if text == "*" else names)
    raise SyntaxRefused(
        f'option "{name}" of COPY is not possible here, or not with this value', position=near.start + 1
    )


def _is_mark(text: str) -> bool:
    return len(text.encode()) == 1 and text not in "\r\n"


# --- rows ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class CopyEncoder:
    """Rows as CopyData messages, one a row. The first call brings the header too: some clients want both in one."""

    names: tuple[str, ...]
    columns: tuple[ColumnType, ...]
    options: CopyTo
    _begun: bool = field(default=False)

    def step(self, batch: pa.RecordBatch) -> int:
        return step_of(batch) if self._begun else 1

    def encode(self, batch: pa.RecordBatch) -> memoryview:
        codes = self.options.codes * len(self.columns)
        fields = fields_of(batch, self.columns, codes)
        rows = batch.num_rows
        if self.options.format == "binary":
            data = data_rows(fields, rows, b"d")
            if self._begun:
                return data
            self._begun = True
            return memoryview(framed(b"d", SIGNATURE + bytes(data[5:])))
        header = b"" if self._begun else self._header()
        self._begun = True
        lines = _lines(
            [self._texts(each, place, rows) for place, each in enumerate(fields)], self._delimiter, rows
        )
        return memoryview(header + bytes(lines)) if header else lines

    def end(self) -> bytes:
        """After the last row."""
        if self.options.format == "binary":
            return TRAILER if self._begun else framed(b"d", SIGNATURE + b"\xff\xff")
        return b"" if self._begun else self._header()

    @property
    def _delimiter(self) -> bytes:
        default = "," if self.options.format == "csv" else "\t"
        return (self.options.delimiter or default).encode()

    @property
    def _null(self) -> str:
        default = "" if self.options.format == "csv" else "\\N"
        return default if self.options.null is None else self.options.null

    def _header(self) -> bytes:
        if not self.options.header:
            return b""
        texts = pa.array(self.names, pa.string())
        shown = self._quoted(texts, forced=False) if self.options.format == "csv" else self._escaped(texts)
        return framed(b"d", self._delimiter.join(text.encode() for text in shown.to_pylist()) + b"\n")

    def _texts(self, values: Field, place: int, rows: int) -> Array:
        whole = joined(without_nulls(values, rows), rows) if values.pieces else None
        text = pa.array([""] * rows) if whole is None else whole.array.cast(pa.string())
        if self.options.format == "csv":
            forced = self.options.forced is None or self.names[place] in self.options.forced
            text = self._quoted(text, forced=forced)
        else:
            text = self._escaped(text)
        if values.valid is not None:
            text = pc.if_else(pa.array(values.valid), text, self._null)
        return text

    def _escaped(self, text: Array) -> Array:
        marks = dict(_CONTROL)
        delimiter = self._delimiter.decode()
        marks.setdefault(delimiter, "\\" + delimiter)
        for mark, spelled in marks.items():
            text = pc.replace_substring(text, mark, spelled)
        return text

    def _quoted(self, text: Array, *, forced: bool) -> Array:
        quote, escape = self.options.quote, self.options.escape or self.options.quote
        special = [pc.match_substring(text, mark) for mark in (self._delimiter.decode(), quote, "\n", "\r")]
        special += [pc.equal(text, self._null), pc.equal(text, "\\.")]
        needed = special[0]
        for one in special[1:]:
            needed = pc.or_(needed, one)
        body = text if escape == quote else pc.replace_substring(text, escape, escape + escape)
        body = pc.replace_substring(body, quote, escape + quote)
        shown = pc.binary_join_element_wise(quote, body, quote, "")
        return shown if forced else pc.if_else(needed, shown, text)


def _lines(texts: Sequence[Array], delimiter: bytes, rows: int) -> memoryview:
    """A CopyData message for each row."""
    parts: list[Piece] = []
    for text in texts:
        parts += [constant(delimiter)] if parts else []
        parts.append(Variable(text.cast(pa.binary())))
    parts.append(constant(b"\n"))
    sizes = big_endian(lengths_of(parts, rows) + 4, ">i4")
    return data_of(joined([constant(b"d"), sizes, *parts], rows))


def copy_out_response(options: CopyTo, columns: int) -> bytes:
    code = options.codes[0]
    return framed(b"H", struct.pack(f"!bH{columns}H", code, columns, *([code] * columns)))
