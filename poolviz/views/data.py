"""Values as plain data, as far as they are few."""

from typing import Any

from poolviz.patches import Array

# The largest map that is printed whole where there is no terminal, as a grid or as JSON: 32×32.
MOST_VALUES = 1024


def is_long(values: Array, *, full: bool) -> bool:
    """Whether ``values`` are more than are printed, unless ``full`` asks for all."""
    return values.size > MOST_VALUES and not full


def listed(values: Array, *, full: bool = False) -> Any:
    """An array as nested lists; None for more than MOST_VALUES values, unless ``full``."""
    return None if is_long(values, full=full) else values.tolist()
