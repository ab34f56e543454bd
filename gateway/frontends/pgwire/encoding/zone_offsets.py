"""How far a time zone's clock is from UTC at given instants, and how PostgreSQL writes that."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gateway.frontends.pgwire.encoding.kernels import pc
from gateway.frontends.pgwire.encoding.pieces import Variable

Integers = npt.NDArray[np.int64]

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_CYCLE = 146_097 * _DAY
"""400 years, after which calendar and rules repeat."""
_FIRST = -719_162 * _DAY
_LAST = (2_932_896 - 1) * _DAY


@lru_cache(maxsize=64)
def is_known(zone: str) -> bool:
    """Whether offsets of the zone can be had on this machine."""
    try:
        offsets_of(np.zeros(1, np.int64), zone)
    except pa.ArrowException:
        return False
    return True


def offsets_of(microseconds: Integers, zone: str) -> Integers:
    """Seconds east of UTC at each instant, given since 1970."""
    within = np.where(microseconds > _LAST, microseconds % _CYCLE, np.maximum(microseconds, _FIRST))
    instants = pa.array(within, pa.timestamp("us", zone))
    local = pc.local_timestamp(instants).cast(pa.int64()).to_numpy()
    return np.asarray((local - within) // _SECOND, np.int64)


def offset_texts(offsets: Integers) -> Variable:
    """`+01`, `-03:30`, `+00:53:28`."""
    distinct, places = np.unique(offsets, return_inverse=True)
    texts = pa.array([offset_text(seconds).encode() for seconds in distinct.tolist()], pa.binary())
    return Variable(texts.take(pa.array(places.astype(np.int64), pa.int64())))


def offset_text(seconds: int) -> str:
    sign, size = "-" if seconds < 0 else "+", abs(seconds)
    hours, minutes, rest = size // 3600, size // 60 % 60, size % 60
    parts = [hours, minutes, rest] if rest else [hours, minutes] if minutes else [hours]
    return sign + ":".join(f"{part:02}" for part in parts)
