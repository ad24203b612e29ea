"""Archives of NumPy arrays: ``.npz``; names of members are never used as paths."""

import struct
import zipfile
import zlib
from lzma import LZMAError
from typing import Any

from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.sources import pickled
from poolviz.sources._arrays import array_map
from poolviz.sources._origin import Origin, ReadOptions, chosen_key
from poolviz.sources.npy import read_header, read_stream, trailing

SUFFIXES = (".npz",)
# What zipfile and its decompressors raise for damaged or deceptive archives.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
# With other compressions zipfile may unpack any length at once.
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
OPTIONS = ("key", "index", "complex_part", "layout")


def recognises(head: bytes) -> bool:
    """Whether data with these first bytes is a zip archive."""
    return head.startswith(b"PK\x03\x04")


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read one array of an archive.

    Raises:
        SourceError: it is not such an archive, or no single array is selected.
    """
    array, notes = read_array(origin, options)
    return array_map(array, origin, options, notes)


def read_array(origin: Origin, options: ReadOptions) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read one array of any number of axes.

    Raises:
        SourceError: it is not such an archive, or no single array is selected.
    """
    try:
        with origin.open() as file, zipfile.ZipFile(file) as archive:
            return _member(archive, origin, options), ()
    except _BROKEN as error:
        raise SourceError(
            origin.shown, "is not a readable .npz archive", "save it again with numpy.savez"
        ) from error


def _member(archive: zipfile.ZipFile, origin: Origin, options: ReadOptions) -> NDArray[Any]:
    names = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    if any(name.endswith(pickled.MEMBER) for name in names):
        raise pickled.refusal(origin)
    info = names[chosen_key(names, origin, options)]
    if info.compress_type not in _COMPRESSIONS:
        raise SourceError(
            origin.shown,
            "uses a compression that NumPy does not support",
            "save it again with numpy.savez",
        )
    with archive.open(info) as member:
        header = read_header(member, origin.shown, info.file_size)
        # The checksum is verified only at the end of a member, where NumPy writes nothing more.
        if trailing(info.file_size - member.tell(), header):
            raise zipfile.BadZipFile
        return read_stream(member, origin.shown, header, options.budget)
