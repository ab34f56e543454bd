"""Statements about the catalog, answered by a real PostgreSQL: the gateway's own, with the visible relations as empty
tables.

`definition` is what a principal sees as schemas and tables, `stand_ins`, `stand_in_views` and `rights` what every
database has beside them, `names` which words make a statement one about the catalog, `routing` tells it and rewrites
it, `cluster` is the server, `databases` holds one database there for each definition, `asking` runs a statement in it,
`governed` puts it under the policies and on record.
"""
