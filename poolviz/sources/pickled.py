"""Pickles, as PyTorch saves them: never loaded, since loading one runs what is in it."""

from typing import NoReturn

from poolviz.errors import SourceError
from poolviz.sources._origin import Origin, ReadOptions

# Known by what is in them: under their usual suffixes stand other files, too.
SUFFIXES = ()
# What a member is called in an archive of PyTorch's.
MEMBER = ".pkl"
OPTIONS = ("key", "index", "frame", "complex_part", "layout")
# A pickle begins with its protocol, of which 2 to 5 say so.
_BEGINNINGS = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))


def recognises(head: bytes) -> bool:
    """Whether data that begins so is a pickle."""
    return head.startswith(_BEGINNINGS)


def read(origin: Origin, options: ReadOptions) -> NoReturn:
    """Refuse it.

    Raises:
        SourceError: always.
    """
    del options
    raise refusal(origin)


def refusal(origin: Origin) -> SourceError:
    """The error, with how to get at the numbers."""
    return SourceError(
        origin.shown,
        "it is a pickle, which runs code when it is loaded",
        "where you made it, save the numbers alone: numpy.save('map.npy', tensor.numpy())",
    )
