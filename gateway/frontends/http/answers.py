"""An answer on its way to a client: in the format and encoding that it accepts, cut off where it fails."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Protocol

import pyarrow as pa
from flask import Request as Http
from flask import Response
from werkzeug.exceptions import NotAcceptable

from gateway.engines.base import OutputColumn
from gateway.frontends.http.formats import FORMATS, Chunk, Format, Sink
from gateway.query.request import Result

ENCODINGS = ("zstd", "gzip")
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


def accepted_format(http: Http) -> Format:
    """Raises NotAcceptable."""
    if not http.accept_mimetypes:
        return next(iter(FORMATS.values()))
    media_type = http.accept_mimetypes.best_match(FORMATS)
    if media_type is None:
        raise NotAcceptable(f"answers come as {', '.join(FORMATS)}")
    return FORMATS[media_type]


def answered(http: Http, result: Result, form: Format) -> Response:
    """The rows of a result, which this closes. What fails before the first bytes raises; later the answer is cut off:
    its end is missing."""
    try:
        http.environ.get(GONE, Unwatched()).watch(result.cancel)
        body = _Body(result, form)
        response = Response(body, mimetype=form.media_type)
        response.headers["x-mesh-reference"] = result.reference
        response.vary.update(("Accept", "Accept-Encoding"))
        encoding = None if form.squeezed else http.accept_encodings.best_match(ENCODINGS)
        if encoding is not None:
            response.headers["Content-Encoding"] = encoding
            body.squeeze(encoding)
    except BaseException:
        result.close()
        raise
    return response


class _Begun:
    """A result whose first batch is read: that is where most statements fail that do."""

    def __init__(self, result: Result) -> None:
        self.reference = result.reference
        self.columns: tuple[OutputColumn, ...] = result.columns
        self._batches = result.batches()
        first = next(self._batches, None)
        self.schema: pa.Schema = result.schema
        self._first: Sequence[pa.RecordBatch] = () if first is None else (first,)

    def batches(self) -> Iterator[pa.RecordBatch]:
        return chain(self._first, self._batches)


class _Body:
    """The chunks of an answer. `close` ends its result, read to the end or not."""

    def __init__(self, result: Result, form: Format) -> None:
        self._result = result
        chunks = form.chunks(_Begun(result))
        self._chunks: Iterator[Chunk] = chain((next(chunks),), chunks)

    def squeeze(self, encoding: str) -> None:
        self._chunks = (_gzipped if encoding == "gzip" else _zstandard)(self._chunks)

    def __iter__(self) -> Iterator[bytes]:
        return (bytes(chunk) for chunk in self._chunks)

    def close(self) -> None:
        self._result.close()


def _gzipped(chunks: Iterator[Chunk]) -> Iterator[bytes]:
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for chunk in chunks:
        yield packer.compress(chunk) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


def _zstandard(chunks: Iterator[Chunk]) -> Iterator[bytes]:
    sink = Sink()
    with pa.CompressedOutputStream(sink, "zstd") as packer:
        for chunk in chunks:
            packer.write(chunk)
            packer.flush()
            yield from sink.drained()
    yield from sink.drained()
