"""pyarrow's arrays and compute functions without their types: the stubs know fewer signatures than there are."""

from typing import Any

import pyarrow.compute

Array = Any
"""A pyarrow.Array; its type is said in words where it matters."""

pc: Any = pyarrow.compute
