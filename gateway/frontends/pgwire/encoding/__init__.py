"""Arrow batches to the bytes of rows, as PostgreSQL writes them: text, binary, COPY."""
