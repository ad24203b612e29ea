"""The samples that come with poolviz."""

from collections.abc import Collection
from pathlib import Path

from poolviz.errors import SourceError
from poolviz.plugins import unknown

PREFIX = "sample:"
_KINDS = {".csv", ".npy", ".png"}
_NETWORKS = {".onnx"}
# In an installed package, and in the project's own folder.
_FOLDERS = (
    Path(__file__).parents[1] / "samples",
    Path(__file__).parents[2] / "samples",
)


def sample_paths(kinds: Collection[str] = _KINDS) -> dict[str, Path]:
    """The samples' files by name."""
    folder = next((folder for folder in _FOLDERS if folder.is_dir()), None)
    files = sorted(folder.iterdir()) if folder else []
    return {file.stem: file for file in files if file.suffix in kinds}


def available_samples() -> list[str]:
    """The samples' names."""
    return list(sample_paths())


def available_networks() -> list[str]:
    """The sample networks' names."""
    return list(sample_paths(_NETWORKS))


def sample_path(name: str) -> Path:
    """The file of a sample.

    Raises:
        SourceError: there is no such sample.
    """
    return _named(name, sample_paths())


def sample_files(name: str) -> list[Path]:
    """All files of the samples with this name: an input, a network, both or none."""
    kinds = sample_paths(), sample_paths(_NETWORKS)
    return [samples[name] for samples in kinds if name in samples]


def network_path(source: str | Path) -> Path:
    """The file of a network: a path, or ``sample:NAME``.

    Raises:
        SourceError: there is no such sample.
    """
    text = str(source)
    if not text.startswith(PREFIX):
        return Path(source)
    return _named(text.removeprefix(PREFIX), sample_paths(_NETWORKS))


def _named(name: str, samples: dict[str, Path]) -> Path:
    if name not in samples:
        error = unknown(PREFIX + name, name, samples, "sample")
        raise SourceError(error.subject, error.cause, error.remedy)
    return samples[name]
