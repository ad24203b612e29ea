"""Archives of NumPy arrays: ``.npz``; members are read by name and never become paths."""

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
# What zipfile and its decompressors raise on archives that are damaged or lie.
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
# Of others zipfile unpacks any length at once, whatever is asked for.
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
OPTIONS = ("key", "index", "complex_part", "layout")


def recognises(head: bytes) -> bool:
    """Whether data that begins so is a zip archive."""
    return head.startswith(b"PK\x03\x04")


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read one array of an archive.

    Raises:
        SourceError: it is no such archive, or which array is meant is unclear.
    """
    array, notes = read_array(origin, options)
    return array_map(array, origin, options, notes)


def read_array(origin: Origin, options: ReadOptions) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read one array as it is, of any axes.

    Raises:
        SourceError: it is no such archive, or which array is meant is unclear.
    """
    try:
        with origin.open() as file, zipfile.ZipFile(file) as archive:
            return _member(archive, origin, options), ()
    except _BROKEN as error:
        raise SourceError(
            origin.shown, "it is no readable .npz archive", "save it again with numpy.savez"
        ) from error


def _member(archive: zipfile.ZipFile, origin: Origin, options: ReadOptions) -> NDArray[Any]:
    names = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    if any(name.endswith(pickled.MEMBER) for name in names):
        raise pickled.refusal(origin)
    info = names[chosen_key(names, origin, options)]
    if info.compress_type not in _COMPRESSIONS:
        raise SourceError(
            origin.shown, "NumPy compresses no archive so", "save it again with numpy.savez"
        )
    with archive.open(info) as member:
        header = read_header(member, origin.shown, info.file_size)
        # Only at the end of a member its checksum is looked at, and NumPy leaves nothing behind.
        if trailing(info.file_size - member.tell(), header):
            raise zipfile.BadZipFile
        return read_stream(member, origin.shown, header, options.budget)
