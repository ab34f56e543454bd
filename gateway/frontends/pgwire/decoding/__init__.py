"""Values of parameters, text and binary, to Python values."""
