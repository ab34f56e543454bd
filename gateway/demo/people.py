"""The names of the demo's customers. Nobody is meant."""

_FIRST = (
    ("Aisha", "aisha"), ("Björn", "bjoern"), ("Chloé", "chloe"), ("Dmitri", "dmitri"), ("Elif", "elif"),
    ("Fatou", "fatou"), ("Giulia", "giulia"), ("Haruto", "haruto"), ("Inês", "ines"), ("Jürgen", "juergen"),
    ("Kaimana", "kaimana"), ("Łukasz", "lukasz"), ("Mei", "mei"), ("Noor", "noor"), ("Olu", "olu"),
    ("Priya", "priya"), ("Quentin", "quentin"), ("Rosa", "rosa"), ("Søren", "soren"), ("Tomáš", "tomas"),
    ("Uma", "uma"), ("Víctor", "victor"), ("Wren", "wren"), ("Zoë", "zoe"),
)  # fmt: skip
_LAST = (
    ("Abara", "abara"), ("Bauer", "bauer"), ("Costa", "costa"), ("D'Amico", "damico"), ("Eriksen", "eriksen"),
    ("Fischer", "fischer"), ("García", "garcia"), ("Horvat", "horvat"), ("Ito", "ito"), ("Jensen", "jensen"),
    ("Kowalska", "kowalska"), ("Lefèvre", "lefevre"), ("Moreau", "moreau"), ("Nguyễn", "nguyen"),
    ("Okafor", "okafor"), ("O'Neil", "oneil"), ("Park", "park"), ("Quispe", "quispe"), ("Rossi", "rossi"),
    ("Singh", "singh"), ("Tanaka", "tanaka"), ("Ünal", "uenal"), ("van Dijk", "vandijk"),
    ("Walker", "walker"),
)  # fmt: skip

FULL_NAMES = tuple(f"{first} {last}" for first, _ in _FIRST for last, _ in _LAST)
EMAIL_NAMES = tuple(f"{first}.{last}" for _, first in _FIRST for _, last in _LAST)
