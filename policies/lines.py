"""One line of a policies.csv, as data, with where it stands."""
