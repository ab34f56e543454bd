"""DuckDB's SQL as the gateway reads and writes it."""

from sqlglot import exp
