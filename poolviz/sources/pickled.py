"""Pickles, as PyTorch saves them: never loaded, because loading a pickle can run code."""

from typing import NoReturn

from poolviz.errors import SourceError
from poolviz.sources._origin import Origin, ReadOptions

# Recognised by their content only: other kinds of files have the same suffixes.
SUFFIXES = ()
# The suffix of the pickle in an archive that PyTorch saved.
MEMBER = ".pkl"
OPTIONS = ("key", "index", "frame", "complex_part", "layout")
# From protocol 2 on, a pickle begins with the number of its protocol.
_BEGINNINGS = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))


def recognises(head: bytes) -> bool:
    """Whether data with these first bytes is a pickle."""
    return head.startswith(_BEGINNINGS)


def read(origin: Origin, options: ReadOptions) -> NoReturn:
    """Refuse the pickle.

    Raises:
        SourceError: always.
    """
    del options
    raise refusal(origin)


def refusal(origin: Origin) -> SourceError:
    """The error, which says how to save the numbers instead."""
    return SourceError(
        origin.shown,
        "is a pickle, which can run code when it is loaded",
        "save only the numbers, with numpy.save('map.npy', tensor.numpy())",
    )
