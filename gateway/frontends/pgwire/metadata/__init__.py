"""Statements about the catalog, answered by a real PostgreSQL: the gateway's own, with the visible relations as empty
tables.

`definition` is what a principal sees as schemas and tables, `template` what every database has beside them, `names`
which words make a statement one about the catalog, `routing` tells it and rewrites it, `databases` holds one database
for each definition and runs statements there.
"""
