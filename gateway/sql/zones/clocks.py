"""Time zones by name, and moments of a clock in one of them."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

UTC_NAMES = frozenset(
    """utc etc/utc gmt etc/gmt uct etc/uct zulu etc/zulu universal etc/universal z gmt0 etc/gmt0 gmt+0 gmt-0 etc/gmt+0
    etc/gmt-0 greenwich etc/greenwich 0 +0 -0 +00 +00:00 -00:00""".split()
)


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    left_out = ("posix/", "right/", "SystemV/")
    names = (name for name in available_timezones() if not name.startswith(left_out))
    return {name.lower(): name for name in names if name not in ("localtime", "posixrules", "Factory")}


def zone_named(text: str) -> str | None:
    """Its name as the database of time zones spells it; None: there is none. Whole hours from UTC are one too: east as
    a number alone, west as POSIX has it (`-5`, and `UTC+5` and `+05:00`, which all are `Etc/GMT+5`)."""
    return _known().get(text.lower()) or _known().get(_in_hours(text).lower())


def _in_hours(text: str) -> str:
    found = re.fullmatch(r"(?P<name>[A-Za-z]{3,5})?(?P<sign>[+-]?)(?P<hours>\d{1,2})(?P<minutes>:00)?", text)
    if found is None:
        return ""
    east = not (found["name"] or found["minutes"])
    return f"Etc/GMT{'-' if (found['sign'] == '-') is not east else '+'}{int(found['hours'])}"


def is_utc(name: str) -> bool:
    return name.lower() in UTC_NAMES


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def instant(clock: datetime, zone: str) -> datetime:
    """When the zone's clock shows this, in UTC. As PostgreSQL has it: of a time that comes twice the later one; one
    that is left out is counted on from before. Raises OverflowError beyond the years 1 to 9999."""
    if is_utc(zone):
        return clock.replace(tzinfo=UTC)
    earlier = clock.replace(tzinfo=zone_of(zone), fold=0)
    later = clock.replace(tzinfo=zone_of(zone), fold=1)
    before, after = earlier.utcoffset(), later.utcoffset()
    twice = before is not None and after is not None and before > after
    return (later if twice else earlier).astimezone(UTC)
