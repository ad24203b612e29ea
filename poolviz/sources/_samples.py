"""The samples that come with poolviz."""

from pathlib import Path

from poolviz.discovery import unknown
from poolviz.errors import SourceError

PREFIX = "sample:"
_KINDS = {".csv", ".npy", ".png"}
# In an installed package, and in the project's own folder.
_FOLDERS = (
    Path(__file__).parents[1] / "samples",
    Path(__file__).parents[2] / "samples",
)


def sample_paths() -> dict[str, Path]:
    """Each sample's file by its name."""
    folder = next((folder for folder in _FOLDERS if folder.is_dir()), None)
    files = sorted(folder.iterdir()) if folder else []
    return {file.stem: file for file in files if file.suffix in _KINDS}


def available_samples() -> list[str]:
    """The samples' names."""
    return list(sample_paths())


def sample_path(name: str) -> Path:
    """The file of the sample called ``name``.

    Raises:
        SourceError: there is none.
    """
    samples = sample_paths()
    if name not in samples:
        error = unknown(PREFIX + name, name, samples)
        raise SourceError(error.subject, error.cause, error.remedy)
    return samples[name]
