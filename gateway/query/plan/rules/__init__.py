"""One rule a file: what of a statement runs where, and in which shape. `plan` says in which order they come."""
