"""One session of a PostgreSQL: how it is set up, and what it is asked."""

from contextlib import closing
from types import MappingProxyType

import adbc_driver_manager
import pyarrow as pa

BATCH_BYTES = 1 << 20
"""The driver's default of 16 MB costs 30 MB more memory and saves no time."""

SESSION = (
    "SET client_encoding = 'UTF8'",
    "SET standard_conforming_strings = on",
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO'",
    "SET intervalstyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
    "SET default_transaction_read_only = on",
    "SET default_transaction_isolation = 'repeatable read'",
    "SET row_security = on",
    "SET parallel_tuple_cost = 0.03",
)
"""The last: of several processes that a server allows a query, by default (0.1) it uses one where more than a few rows
come. Measured, passing a row between processes costs a tenth of that; what a whole large table costs to send stays."""

ORDERING = MappingProxyType(
    {
        "enable_indexscan": "off",
        "enable_indexonlyscan": "off",
        "max_parallel_workers_per_gather": "0",
        "synchronize_seqscans": "off",
    }
)
"""Settings by which rows of a table come in the order in which it holds them: a bitmap keeps it, an index and several
processes do not."""
AS_STORED = "".join(f"SET {{0}}{name} = {value}; " for name, value in ORDERING.items())
AS_FOUND = "".join(f"SET {{0}}{name} TO DEFAULT; " for name in ORDERING)
"""{0}: LOCAL, or nothing."""


class Connection:
    """One session. Not for two threads at once, but for `cancel`."""

    def __init__(self, raw: adbc_driver_manager.AdbcConnection, session: tuple[str, ...]) -> None:
        self._raw = raw
        self._as_stored: bool | None = False  # None: nobody knows
        self.run("; ".join((*SESSION, *session)))
        with closing(self.query("SELECT current_setting('server_encoding') AS encoding")) as rows:
            self.unchecked_text: bool = rows.read_all().column("encoding")[0].as_py() == "SQL_ASCII"

    def begin(self, opening: str, *, as_stored: bool, in_transaction: bool) -> None:
        """Run the statements by which a query begins, `in_transaction` those of one, which may be rolled back: with it
        goes what is set."""
        known, self._as_stored = self._as_stored, None
        change = "" if known is as_stored else (AS_STORED if as_stored else AS_FOUND).format("")
        self.run(change + opening)
        self._as_stored = None if change and in_transaction else as_stored

    def run(self, sql: str) -> None:
        """Statements without a result."""
        with adbc_driver_manager.AdbcStatement(self._raw) as statement:
            statement.set_sql_query(sql)
            statement.execute_update()

    def describe(self, sql: str) -> pa.Schema:
        """The result's columns as the driver sees them; runs nothing."""
        with adbc_driver_manager.AdbcStatement(self._raw) as statement:
            statement.set_sql_query(sql)
            return pa.schema(statement.execute_schema())

    def query(self, sql: str) -> "Rows":
        return Rows(self._raw, sql)

    def at_once(self, sql: str) -> pa.Table:
        """All rows of a query in one round trip. The driver holds them twice: for few."""
        with adbc_driver_manager.AdbcStatement(self._raw) as statement:
            statement.set_options(**{"adbc.postgresql.use_copy": "false"})
            statement.set_sql_query(sql)
            stream, _ = statement.execute_query()
            with pa.RecordBatchReader.from_stream(stream) as rows:
                return rows.read_all()

    def value(self, sql: str) -> str:
        """The text that a query gives."""
        return str(self.at_once(sql).column(0)[0].as_py())

    def cancel(self) -> None:
        """Ask the server to stop what runs here; from any thread."""
        self._raw.cancel()

    def close(self) -> None:
        self._raw.close()


class Rows:
    """A running query: its batches, and `close`, which leaves the connection free."""

    def __init__(self, raw: adbc_driver_manager.AdbcConnection, sql: str) -> None:
        self._statement = adbc_driver_manager.AdbcStatement(raw)
        try:
            self._statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)})
            self._statement.set_sql_query(sql)
            stream, _ = self._statement.execute_query()
            self._reader = pa.RecordBatchReader.from_stream(stream)
        except BaseException:
            self._statement.close()
            raise
        self.schema: pa.Schema = self._reader.schema

    def __next__(self) -> pa.RecordBatch:
        return self._reader.read_next_batch()

    def read_all(self) -> pa.Table:
        return self._reader.read_all()

    def close(self) -> None:
        self._reader.close()
        self._statement.close()
