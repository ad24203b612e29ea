"""Values as plain data, as far as they are few."""

from typing import Any

from poolviz.patches import Array

MOST_VALUES = 1024


def listed(values: Array) -> Any:
    """An array as nested lists; None for more values than anyone reads."""
    return values.tolist() if values.size <= MOST_VALUES else None
