"""PostgreSQL's spellings, put into DuckDB's words: among the tokens, on the parsed tree, and on the typed one."""
