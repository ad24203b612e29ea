"""Fuzzes the readers and the config parser, guided by coverage.

python tests/faults/fuzz.py TARGET [SECONDS]

TARGET is array, archive, image, text or config. It starts from sound inputs and from what was
found before; anything but a value or a refusal is a finding. Needs the extra ``fuzz``.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["poolviz", "numpy.lib", "zipfile", "tomllib", "PIL"]):
    # What the package loads only when it is needed is loaded here, to be counted too.
    import tomllib

    import corpus
    import targets

    from poolviz.sources import _pixels

LOADED = tomllib, _pixels
SUFFIXES = {
    "array": [".npy", ".safetensors", ".mat"],
    "archive": [".npz"],
    "image": [".png", ".pgm", ".tif"],
    "text": [".csv", ".txt", ".json"],
}
OPTIONS = b'size = 3\nceil = true\nmodes = ["max", "lp:p=3"]\ndata = "1 2; 3 4"\n'


def seed(name: str, folder: Path) -> None:
    """Write what to start from."""
    for file, make in corpus.FILES.items():
        if Path(file).suffix in SUFFIXES.get(name, []) and len(data := make()) < 1 << 14:
            (folder / file).write_bytes(data)
    if name == "image":
        for kind in corpus.IMAGES.values():
            for mode in ("RGB", "L"):
                (folder / f"{kind}-{mode}").write_bytes(corpus.image(kind, 6, mode))
    if name == "config":
        (folder / "options.toml").write_bytes(OPTIONS)
    for found in (targets.FOUND / name).glob("*"):
        (folder / found.name).write_bytes(found.read_bytes())


def main() -> None:
    """Fuzz one target for some seconds."""
    name, seconds = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "60")
    with tempfile.TemporaryDirectory() as folder:
        seed(name, Path(folder))
        options = [f"-max_total_time={seconds}", "-max_len=16384", "-len_control=0", "-verbosity=0"]
        atheris.Setup([sys.argv[0], folder, *options, "-print_final_stats=1"], targets.target(name))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
