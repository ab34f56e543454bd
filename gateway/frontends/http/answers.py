"""An answer on its way to a client: in the format and encoding that it accepts, cut off where it fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import pyarrow as pa
from flask import Request as Http
from flask import Response
from isal import isal_zlib
from werkzeug.exceptions import NotAcceptable

from gateway.engines.base import OutputColumn
from gateway.errors import DatatypeMismatch
from gateway.frontends.http.formats import FORMATS, SENT_BYTES, Chunk, Format, Sink
from gateway.query.request import Result

T = TypeVar("T")

ENCODINGS = ("zstd", "gzip")
_LEAST = 0.001  # of what is not named: the least weight that HTTP can write
GZIP_LEVEL = 1  # what is compressed once and read once


class Gone(Protocol):
    """Knows when the client of a request goes away."""

    def watch(self, cancel: Callable[[], None]) -> None:
        """Call `cancel`, from any thread, as soon as the client is gone; at once if it is."""
        ...


class Unwatched:
    """Where nobody can tell."""

    def watch(self, cancel: Callable[[], None]) -> None:
        """The failing write will."""


GONE = "meshgate.gone"
"""Where in the WSGI environment the server puts a `Gone`."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the client takes. `encoding` None: the bytes as they are."""

    form: Format
    encoding: str | None


def accepted(http: Http) -> Accepted:
    """Raises NotAcceptable."""
    form = _form(http)
    return Accepted(form, _encoding(http, squeezed=form.squeezed))


def _form(http: Http) -> Format:
    if not http.accept_mimetypes:
        return next(iter(FORMATS.values()))
    found = http.accept_mimetypes.best_match([*FORMATS, *(f"{name};charset=utf-8" for name in FORMATS)])
    if found is None:
        raise NotAcceptable(f"answers come as {', '.join(FORMATS)}")
    return FORMATS[found.partition(";")[0]]


def _encoding(http: Http, *, squeezed: bool) -> str | None:
    """The one that the client likes best (RFC 9110, 12.5.3); of equals zstd, which is faster. What is `squeezed`
    already stays as it is where it may."""
    given = http.accept_encodings
    if not given:
        return None
    named = dict(given)
    plain = named.get("identity", named.get("*", 1.0) and _LEAST)
    best = max(ENCODINGS, key=lambda each: given[each])
    if plain and (squeezed or plain > given[best]):
        return None
    if not given[best]:
        if plain:
            return None
        raise NotAcceptable(f"answers come as they are, or encoded as {', '.join(ENCODINGS)}")
    return best


def answered(http: Http, result: Result, taken: Accepted) -> Response:
    """The rows of a result, which this closes. What fails before the first bytes raises; later the answer is cut off:
    its end is missing."""
    try:
        http.environ.get(GONE, Unwatched()).watch(result.cancel)
        body = _Body(result, taken.form)
        response = Response(body, mimetype=taken.form.media_type)
        response.headers["x-mesh-reference"] = result.reference
        response.vary.update(("Accept", "Accept-Encoding"))
        if taken.encoding is not None:
            response.headers["Content-Encoding"] = taken.encoding
            body.squeeze(taken.encoding)
    except BaseException:
        result.close()
        raise
    return response


class _Begun:
    """A result whose first batch is read: that is where most statements fail that do."""

    def __init__(self, result: Result) -> None:
        self.reference = result.reference
        self.columns: tuple[OutputColumn, ...] = result.columns
        batches = result.batches()
        first = next(batches, None)
        self.schema: pa.Schema = result.schema
        self._batches = batches if first is None else _put_back(first, batches)

    def batches(self) -> Iterator[pa.RecordBatch]:
        return self._batches


def _put_back(first: T, others: Iterator[T]) -> Iterator[T]:
    """As itertools.chain would, which keeps what it has given until the end."""
    given = [first]
    del first
    yield given.pop()
    yield from others


class _Body:
    """The chunks of an answer. `close` ends its result, read to the end or not."""

    def __init__(self, result: Result, form: Format) -> None:
        """Raises DatatypeMismatch for a type that the engine delivers under another's label: 128 bits without a sign,
        which Arrow reads with one."""
        self._result = result
        if any("UHUGEINT" in column.type for column in result.columns):
            raise DatatypeMismatch("a column of type UHUGEINT cannot be sent", hint="Cast it to VARCHAR.")
        chunks = form.chunks(_Begun(result))
        self._chunks: Iterator[Chunk] = _put_back(next(chunks), chunks)

    def squeeze(self, encoding: str) -> None:
        self._chunks = (_gzipped if encoding == "gzip" else _zstandard)(self._chunks)

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            view = memoryview(chunk)
            for start in range(0, len(view), SENT_BYTES):
                yield bytes(view[start : start + SENT_BYTES])

    def close(self) -> None:
        self._result.close()


def _gzipped(chunks: Iterator[Chunk]) -> Iterator[bytes]:
    packer = isal_zlib.compressobj(GZIP_LEVEL, isal_zlib.DEFLATED, isal_zlib.MAX_WBITS | 16)
    for chunk in chunks:
        yield packer.compress(chunk) + packer.flush(isal_zlib.Z_SYNC_FLUSH)
    yield packer.flush()


def _zstandard(chunks: Iterator[Chunk]) -> Iterator[bytes]:
    sink = Sink()
    with pa.CompressedOutputStream(sink, "zstd") as packer:
        for chunk in chunks:
            packer.write(chunk)
            packer.flush()
            yield from sink.drained()
    yield from sink.drained()
