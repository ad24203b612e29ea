"""What does not fit on one sheet of paper."""

from poolviz.errors import SpecError
from poolviz.region import Region


def refuse_many(region: Region, most: int, purpose: str) -> None:
    """Raise SpecError for a region of more than ``most`` windows."""
    rows, columns = region.windows
    count = len(rows) * len(columns)
    if count > most:
        raise SpecError(
            "region",
            f"{count:,} windows are too many {purpose}",
            f"choose a --region with at most {most}, such as 8x8+0+0",
        )
