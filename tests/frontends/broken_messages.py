"""Streams of messages as a client never sends them: right ones in any order, and right ones broken in some place."""

import struct

from hypothesis import strategies as st

from tests.frontends.wire_messages import (
    FLUSH,
    SYNC,
    TERMINATE,
    bind,
    close,
    describe,
    execute,
    framed,
    parse,
    query,
)

TEXTS = (
    "", ";", "select 1", "select $1::int", "select 1; select 2", "select * from range(300)", "begin", "commit",
    "rollback", "begin; select 1", "savepoint s", "rollback to s", "declare c cursor for select * from range(9)",
    "fetch 2 from c", "move all from c", "close c", "declare h cursor with hold for select 1", "close all",
    "prepare p as select $1::int", "execute p(1)", "deallocate p", "deallocate all", "discard all",
    "copy (select 1) to stdout", "copy (select 1) to stdout (format binary)", "copy t from stdin", "show all",
    "set statement_timeout = '10s'", "set nope = 1", "reset all", "select", "select 'x", "/*", "\ufeffselect 1",
    "select '\\u0000'", "insert into t values (1)", "explain select 1", "select 1/0", "select null::text[]",
)  # fmt: skip

names = st.sampled_from(["", "a", "c", "p", "h", "\U0001f600", "x" * 70])
texts = st.sampled_from(TEXTS) | st.text(max_size=20).map(lambda text: text.replace("\0", ""))
values = st.lists(st.none() | st.binary(max_size=9) | st.sampled_from([b"1", b"\0\0\0\1"]), max_size=3).map(
    tuple
)
codes = st.lists(st.sampled_from([0, 0, 1, 7]), max_size=3).map(tuple)
types = st.lists(st.sampled_from([0, 16, 23, 25, 1700, 2950, 99_999, 0xFFFFFFFF]), max_size=3).map(tuple)
limits = st.sampled_from([0, 1, 100, 0x7FFFFFFF, 0xFFFFFFFF])

whole = st.one_of(
    st.builds(query, texts),
    st.builds(parse, texts, names, types),
    st.builds(bind, values, statement=names, portal=names, formats=codes, results=codes),
    st.builds(describe, st.sampled_from(["S", "P", "?"]), names),
    st.builds(execute, limits, names),
    st.builds(close, st.sampled_from(["S", "P", "?"]), names),
    st.sampled_from([SYNC, SYNC, SYNC, FLUSH, TERMINATE]),
    st.builds(framed, st.sampled_from([b"p", b"F", b"d", b"c", b"f", b"!", b"\0"]), st.binary(max_size=20)),
)  # fmt: skip


@st.composite
def cut(draw: st.DrawFn) -> bytes:
    """Framed rightly, its content broken off or grown."""
    message = draw(whole)
    body = message[5 : draw(st.integers(5, len(message)))] + draw(st.binary(max_size=4))
    return framed(message[:1], body)


@st.composite
def flipped(draw: st.DrawFn) -> bytes:
    message = bytearray(draw(whole))
    message[draw(st.integers(0, len(message) - 1))] = draw(st.integers(0, 255))
    return bytes(message)


counted = st.builds(
    lambda kind, head, count: framed(kind, head + struct.pack("!H", count)),
    st.sampled_from([b"P", b"B"]),
    st.sampled_from([b"\0\0", b"\0select 1\0", b"a\0a\0\0\0"]),
    st.sampled_from([1, 0x7FFF, 0xFFFF]),
)
"""Counts of what does not follow."""

streams = st.lists(whole | whole | cut() | flipped() | counted | st.binary(max_size=30), max_size=15)
