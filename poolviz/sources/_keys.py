"""Which array of a file that holds several."""

import difflib
from collections.abc import Collection
from itertools import islice

from poolviz.discovery import NEAR, unknown
from poolviz.errors import SourceError
from poolviz.sources._origin import Origin, ReadOptions
from poolviz.text import escaped, shortened

# What a line shows of keys: so many, and of each so much.
MOST_KEYS, LONGEST_KEY = 10, 60
# Among so many the one is looked for that was meant.
MOST_COMPARED = 1000


def chosen_key(keys: Collection[str], origin: Origin, options: ReadOptions) -> str:
    """The key that is asked for, else the only one.

    Raises:
        SourceError: there is no such key, or there is none at all, or there are several and none
            is asked for.
    """
    key = options.key
    if not keys:
        raise SourceError(origin.shown, "it holds no arrays of numbers", "save one in it")
    if key is None and len(keys) == 1:
        return next(iter(keys))
    if key is not None and key in keys:
        return key
    names = [shortened(escaped(name), LONGEST_KEY) for name in islice(keys, MOST_COMPARED)]
    near = difflib.get_close_matches(key or "", names, n=1, cutoff=NEAR)
    shown = list(dict.fromkeys([*near, *names]))[:MOST_KEYS]
    if key is None:
        listing = "|".join(shown)
        more = f" or one of {len(keys) - MOST_KEYS:,} more" if len(keys) > MOST_KEYS else ""
        raise SourceError(
            origin.shown, f"it holds {len(keys):,} arrays", f"choose --key {listing}{more}"
        )
    error = unknown("key", shortened(key, LONGEST_KEY), shown)
    more = f" and {len(keys) - MOST_KEYS:,} more" if len(keys) > MOST_KEYS else ""
    raise SourceError(origin.shown, error.cause, error.remedy + more)
