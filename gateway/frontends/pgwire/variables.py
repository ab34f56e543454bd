"""The settings of a session: which names exist, what they may be set to, what clients are told."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType

from gateway.errors import InvalidParameterValue, LimitExceeded, Refused, UndefinedSetting
from gateway.frontends.pgwire.encoding.intervals import STYLES
from gateway.frontends.pgwire.encoding.zone_offsets import is_known
from gateway.query.session import SERVER_VERSION
from gateway.sql.zones.clocks import is_utc, zone_named

PURPOSE = "mesh.purpose"
Check = Callable[[str], str]

_DATE_STYLES = frozenset(
    {"iso", "mdy", "dmy", "ymd", "us", "european", "noneuropean", "euro", "noneuro", "default"}
)
_ENCODINGS = {"utf8": "UTF8", "unicode": "UTF8", "sqlascii": "SQL_ASCII"}
_DURATION = re.compile(r"(-?\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\Z")
_MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_ISOLATION = frozenset({"read uncommitted", "read committed", "repeatable read", "serializable", "default"})


class ReadOnlySetting(Refused):
    sqlstate = "55P02"


@dataclass(frozen=True, slots=True)
class Variable:
    """`check` returns the value as kept, or raises InvalidParameterValue; None: it cannot be set.

    `reported`: clients are told at the start and after each change.
    """

    name: str
    default: str
    check: Check | None
    reported: bool = False
    description: str = ""


def _free(value: str) -> str:
    return value


def switch(value: str) -> str:
    match value.lower():
        case "on" | "true" | "yes" | "1" | "t" | "y":
            return "on"
        case "off" | "false" | "no" | "0" | "f" | "n":
            return "off"
    raise InvalidParameterValue(f'"{value}" is not a Boolean value')


def _only(*allowed: str) -> Check:
    """`allowed[0]` is the one value there is; the others are spellings of it."""

    def check(value: str) -> str:
        if value.lower() in allowed:
            return allowed[0]
        raise InvalidParameterValue(f'"{value}" is not available', hint=f"the only value is {allowed[0]}")

    return check


def _one_of(*allowed: str) -> Check:
    def check(value: str) -> str:
        if value.lower() in allowed:
            return value.lower()
        raise InvalidParameterValue(
            f'"{value}" is not available', hint=f"Available values: {', '.join(allowed)}."
        )

    return check


def _time_zone(value: str) -> str:
    value = value.strip()
    if value.lower() in ("default", "local"):
        return "UTC"
    if is_utc(value):
        return value if value[0].isalpha() else "UTC"
    found = zone_named(value)
    if found is None or not is_known(found):
        raise InvalidParameterValue(
            f'invalid value for parameter "TimeZone": "{value}"', hint="a name like Europe/Berlin, or UTC"
        )
    return found


def _date_style(value: str) -> str:
    parts = [part.strip().lower() for part in value.split(",")]
    if not set(parts) <= _DATE_STYLES:
        raise InvalidParameterValue(
            f'date style "{value}" is not available', hint="dates are written in ISO style"
        )
    order = next((part.upper() for part in parts if part in ("dmy", "ymd")), "MDY")
    return f"ISO, {order}"


def _encoding(value: str) -> str:
    known = _ENCODINGS.get(re.sub(r"[^a-z0-9]", "", value.lower()))
    if known is None:
        raise InvalidParameterValue(f'client encoding "{value}" is not available', hint="use UTF8")
    return known


def _duration(value: str) -> str:
    match = _DURATION.match(value.strip())
    if not match:
        raise InvalidParameterValue(f'"{value}" is not a duration', hint="for example 500, 10s or 5min")
    milliseconds = float(match[1]) * _MILLISECONDS[match[2] or "ms"]
    if not 0 <= milliseconds < 2**31:
        raise InvalidParameterValue(f'"{value}" is outside the valid range of a duration')
    return _shown(int(milliseconds))


def _shown(milliseconds: int) -> str:
    if not milliseconds:
        return "0"
    unit = next(name for name in ("d", "h", "min", "s", "ms") if milliseconds % int(_MILLISECONDS[name]) == 0)
    return f"{milliseconds // int(_MILLISECONDS[unit])}{unit}"


def seconds(duration: str) -> float | None:
    """A kept duration in seconds; None: unlimited."""
    match = _DURATION.match(duration)
    assert match is not None
    return float(match[1]) * _MILLISECONDS[match[2] or "ms"] / 1000 or None


def _digits(value: str) -> str:
    if not re.fullmatch(r"-?\d{1,2}", value.strip()) or not -15 <= int(value) <= 3:
        raise InvalidParameterValue(f'"{value}" is outside the valid range for extra_float_digits (-15 .. 3)')
    if int(value) < 0:
        raise InvalidParameterValue(
            "extra_float_digits below 0 is not available", hint="numbers are written with all of their digits"
        )
    return str(int(value))


def _isolation(value: str) -> str:
    if value.lower() not in _ISOLATION:
        raise InvalidParameterValue(f'"{value}" is not an isolation level')
    return "read committed" if value.lower() == "default" else value.lower()


def _read_only(value: str) -> str:
    switch(value)
    return "on"


PLANNING = {
    "check_function_bodies": "on", "constraint_exclusion": "partition", "cpu_index_tuple_cost": "0.005",
    "cpu_operator_cost": "0.0025", "cpu_tuple_cost": "0.01", "cursor_tuple_fraction": "0.1",
    "default_statistics_target": "100", "default_table_access_method": "heap", "default_tablespace": "",
    "effective_cache_size": "4GB", "effective_io_concurrency": "16", "from_collapse_limit": "8", "geqo_threshold": "12",
    "hash_mem_multiplier": "2", "jit_above_cost": "100000", "join_collapse_limit": "8", "lc_messages": "C",
    "lc_monetary": "C", "lc_numeric": "C", "lc_time": "C", "log_min_messages": "warning", "log_statement": "none",
    "logical_decoding_work_mem": "64MB", "maintenance_work_mem": "64MB", "max_parallel_workers": "8",
    "max_parallel_workers_per_gather": "2", "plan_cache_mode": "auto", "random_page_cost": "4",
    "seq_page_cost": "1", "temp_buffers": "8MB", "temp_tablespaces": "", "xmlbinary": "base64",
    "log_min_duration_statement": "-1", "log_min_error_statement": "error", "transaction_timeout": "0",
    "client_connection_check_interval": "0", "compute_query_id": "auto", "debug_parallel_query": "off",
    "default_text_search_config": "pg_catalog.simple", "default_toast_compression": "pglz", "geqo_effort": "5",
    "jit_inline_above_cost": "500000", "jit_optimize_above_cost": "500000", "log_error_verbosity": "default",
    "min_parallel_table_scan_size": "8MB", "parallel_setup_cost": "1000", "parallel_tuple_cost": "0.1",
    "password_encryption": "scram-sha-256", "recursive_worktable_factor": "10", "restrict_nonsystem_relation_kind": "",
    "session_replication_role": "origin", "tcp_keepalives_count": "0", "tcp_keepalives_idle": "0",
    "tcp_keepalives_interval": "0", "tcp_user_timeout": "0", "timezone_abbreviations": "Default",
    "track_activities": "on",
}  # fmt: skip
PLANNING_SWITCHES = (
    "array_nulls", "enable_async_append", "enable_bitmapscan", "enable_gathermerge", "enable_group_by_reordering",
    "enable_hashagg", "enable_hashjoin", "enable_incremental_sort", "enable_indexonlyscan", "enable_indexscan",
    "enable_material", "enable_memoize", "enable_mergejoin", "enable_nestloop", "enable_parallel_append",
    "enable_parallel_hash", "enable_partition_pruning", "enable_partitionwise_aggregate", "enable_partitionwise_join",
    "enable_presorted_aggregate", "enable_seqscan", "enable_sort", "enable_tidscan", "geqo",
    "parallel_leader_participation", "quote_all_identifiers", "synchronize_seqscans", "transform_null_equals",
)  # fmt: skip
"""What tools set for PostgreSQL's own planning, writing and logging: kept and shown, and nothing follows from them."""

FIXED = {
    "autovacuum": "on", "block_size": "8192", "debug_assertions": "off", "max_connections": "100",
    "max_function_args": "100", "max_index_keys": "32", "max_locks_per_transaction": "64",
    "max_prepared_transactions": "0", "wal_level": "replica",
}  # fmt: skip
"""What tools ask of a server, as it is where nobody has changed it."""

_TABLE = (
    *(Variable(name, default, _free) for name, default in PLANNING.items()),
    *(Variable(name, value, None) for name, value in FIXED.items()),
    *(Variable(name, "on", switch) for name in PLANNING_SWITCHES),
    Variable("application_name", "", _free, reported=True),
    Variable("backslash_quote", "safe_encoding", _free),
    Variable("bytea_output", "hex", _one_of("hex", "escape")),
    Variable("client_encoding", "UTF8", _encoding, reported=True),
    Variable("client_min_messages", "notice", _free),
    Variable("DateStyle", "ISO, MDY", _date_style, reported=True),
    Variable("default_transaction_deferrable", "off", switch),
    Variable("default_transaction_isolation", "read committed", _isolation),
    Variable("default_transaction_read_only", "on", _read_only, reported=True),
    Variable("escape_string_warning", "on", switch),
    Variable("extra_float_digits", "1", _digits),
    Variable("idle_in_transaction_session_timeout", "0", _duration),
    Variable("idle_session_timeout", "0", _duration),
    Variable("in_hot_standby", "off", None, reported=True),
    Variable("integer_datetimes", "on", None, reported=True),
    Variable("IntervalStyle", "postgres", _one_of(*STYLES), reported=True),
    Variable("is_superuser", "off", None, reported=True),
    Variable("jit", "off", switch),
    Variable("lock_timeout", "0", _duration),
    Variable("max_identifier_length", "63", None),
    Variable(PURPOSE, "", _free, description="the purpose that statements are run for"),
    Variable("row_security", "on", switch),
    Variable("search_path", '"$user", public', _free, reported=True),
    Variable("server_encoding", "UTF8", None, reported=True),
    Variable("server_version", f"{SERVER_VERSION} (meshgate {version('meshgate')})", None, reported=True),
    Variable("server_version_num", f"{int(float(SERVER_VERSION))}0000", None),
    Variable("session_authorization", "", None, reported=True),
    Variable("standard_conforming_strings", "on", _only("on", "true", "yes", "1"), reported=True),
    Variable("statement_timeout", "0", _duration),
    Variable("synchronous_commit", "on", _free),
    Variable("TimeZone", "UTC", _time_zone, reported=True),
    Variable("transaction_deferrable", "off", switch),
    Variable("transaction_isolation", "read committed", _isolation),
    Variable("transaction_read_only", "on", _read_only),
    Variable("work_mem", "4MB", _free),
    Variable("xmloption", "content", _free),
)
VARIABLES: Mapping[str, Variable] = MappingProxyType({known.name.lower(): known for known in _TABLE})


_CUSTOM = re.compile(r"[A-Za-z_][\w$]{0,62}(\.[A-Za-z_][\w$]{0,62}){1,3}")
_CUSTOM_CHARACTERS = 10_000


def _custom(value: str) -> str:
    if len(value) > _CUSTOM_CHARACTERS:
        raise LimitExceeded(f"a setting holds at most {_CUSTOM_CHARACTERS:,} characters")
    return value


def variable(name: str) -> Variable:
    """One of the table, or any name with a dot: applications keep values of their own in a session.

    Errors: UndefinedSetting.
    """
    found = VARIABLES.get(name.lower())
    if found is None and _CUSTOM.fullmatch(name) and not name.lower().startswith("mesh."):
        return Variable(name.lower(), "", _custom)
    if found is None:
        raise UndefinedSetting(f'unrecognized configuration parameter "{name}"')
    return found


def checked(name: str, value: str) -> tuple[str, str]:
    """The canonical name and the value as kept. Errors: UndefinedSetting, ReadOnlySetting, InvalidParameterValue."""
    found = variable(name)
    if found.check is None:
        raise ReadOnlySetting(f'parameter "{found.name}" cannot be changed')
    return found.name, found.check(value)


def startup_settings(parameters: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Settings asked for in a start-up packet, and warnings.

    Drivers send the zone of their machine unasked (pgjdbc): one that is not known is not taken, and clients are told,
    by TimeZone itself and by the offset in every value.
    """
    asked = _options(parameters.get("options", ""))
    asked += [
        (name, value) for name, value in parameters.items() if name not in ("user", "database", "options")
    ]
    kept: dict[str, str] = {}
    warnings: list[str] = []
    for name, value in asked:
        try:
            canonical, checked_value = checked(name, value)
        except InvalidParameterValue:
            if name.lower() != "timezone":
                raise
            warnings.append(f'time zone "{value}" is not known: this session is in UTC')
            continue
        kept[canonical] = checked_value
    return kept, tuple(warnings)


def _options(text: str) -> list[tuple[str, str]]:
    """`-c name=value`, `-cname=value` and `--name=value`; a backslash keeps the next character."""
    words = [re.sub(r"\\(.)", r"\1", word) for word in re.findall(r"(?:[^\s\\]|\\.)+", text)]
    settings: list[tuple[str, str]] = []
    while words:
        word = words.pop(0)
        setting = words.pop(0) if word == "-c" and words else word.removeprefix("--").removeprefix("-c")
        name, equals, value = setting.partition("=")
        if not equals or (word.startswith("-") and not word.startswith(("-c", "--"))):
            raise InvalidParameterValue(f'invalid command-line argument in options: "{word}"')
        settings.append((name.replace("-", "_"), value))
    return settings
