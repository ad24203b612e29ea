"""Which sources a batch has, and where the outputs of each go."""

from pathlib import Path

import pytest

from poolviz.batch.listing import Item, list_items
from poolviz.errors import SourceError, SpecError


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files, the current one."""
    monkeypatch.chdir(tmp_path)
    for name in ("a/x.png", "b/x.png", "b/deep/y.npy", "b/notes.txt", "b/.hidden/z.npy"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def placed(*arguments: str, out: str = "out") -> dict[str, str]:
    """The folder of each source, by how it is shown."""
    return {item.shown: item.folder for item in list_items(arguments, Path(out))}


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["a/x.png"], {"a/x.png": ""}),
        (["a/x.png", "b/x.png"], {"a/x.png": "a", "b/x.png": "b"}),
        (["b"], {"b/x.png": "", "b/deep/y.npy": "deep"}),
        (["a", "b"], {"a/x.png": "a", "b/x.png": "b", "b/deep/y.npy": "b/deep"}),
        (["*/*.png"], {"a/x.png": "a", "b/x.png": "b"}),
        (["**/*.npy"], {"b/deep/y.npy": ""}),
        (["a/x.png", "a", "./a/x.png"], {"a/x.png": ""}),
        (["missing.npy"], {"missing.npy": ""}),
        (["b", "notes.txt"], {"b/x.png": "b", "b/deep/y.npy": "b/deep", "notes.txt": ""}),
        (["b/deep/../../a/x.png", "b"], {"b/deep/../../a/x.png": "a", "b/x.png": "b",
                                         "b/deep/y.npy": "b/deep"}),
    ],
)  # fmt: skip
def test_outputs_mirror_what_the_sources_have_in_common(
    arguments: list[str], expected: dict[str, str]
) -> None:
    """Folders are told from the common one; each source comes once; other files are left."""
    found = placed(*arguments)
    assert found == expected
    assert list(found) == list(expected)


def test_paths_are_absolute(tree: Path) -> None:
    """Who works may be in another folder."""
    assert list_items(["a/x.png"], Path("out")) == [Item(str(tree / "a/x.png"), "a/x.png", "")]


def test_outputs_are_no_sources(tree: Path) -> None:
    """What an earlier batch wrote is not found again."""
    (tree / "b/out").mkdir()
    (tree / "b/out/x-max.npy").touch()
    assert list(placed("b", out="b/out")) == ["b/x.png", "b/deep/y.npy"]


def test_outputs_that_a_pattern_means_are_no_sources(tree: Path) -> None:
    """Nor those in the folder of the sources itself."""
    (tree / "out").mkdir()
    (tree / "out/x-max.npy").touch()
    assert list(placed("**/*.npy")) == ["b/deep/y.npy"]
    with pytest.raises(SourceError, match="outside --out"):
        placed("b", out="b")


def test_manifest_names_are_told_from_its_folder(tree: Path) -> None:
    """Its lines may have remarks, a mark and blank lines between them."""
    (tree / "b/list.txt").write_bytes(b"\xef\xbb\xbf# mine\n\nx.png\r\n ../a/*.png \ndeep\n")
    assert placed("@b/list.txt") == {"b/x.png": "b", "b/../a/x.png": "a", "b/deep/y.npy": "b/deep"}


def test_names_that_lead_out_stay_below_the_folder(tree: Path) -> None:
    """Absolute names and .. are told from what all have in common."""
    (tree / "list.txt").write_text("/etc/hosts.npy\n../../up.npy\na/x.png\n")
    folders = placed("@list.txt").values()
    assert all(not folder.startswith("/") and ".." not in folder.split("/") for folder in folders)
    assert len(set(folders)) == 3


@pytest.mark.usefixtures("tree")
def test_devices_get_another_name(tree: Path) -> None:
    """A folder that Windows has for a device."""
    for name in ("a/CON", "a/com1.x"):
        (tree / name).mkdir()
        (tree / name / "x.npy").touch()
    assert set(placed("a").values()) == {"", "_CON", "_com1.x"}


def test_sources_of_one_name_in_one_folder_clash(tree: Path) -> None:
    """Before any work is done, both are named."""
    (tree / "a/x.npy").touch()
    with pytest.raises(SpecError, match=r"a/x.png: .* a/x.npy; rename one"):
        placed("a")


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("*.gif", "no file is called so"),
        ("b/.hidden/none*", "no file is called so"),
        ("@none.txt", "no such manifest"),
        ("@a", "no such manifest"),
    ],
)
def test_nothing_is_refused(argument: str, words: str) -> None:
    """A pattern or a manifest that names nothing."""
    with pytest.raises(SourceError, match=words):
        placed(argument)


def test_folder_without_sources(tree: Path) -> None:
    """It is told what is looked for."""
    (tree / "empty").mkdir()
    with pytest.raises(SourceError, match=r"there is no source in it, outside --out; .*\.npy"):
        placed("empty")


@pytest.mark.parametrize("argument", ["-", "sample:teaching"])
def test_batches_are_of_files(argument: str) -> None:
    """What is no file is for run."""
    with pytest.raises(SpecError, match=f"poolviz run {argument}"):
        placed(argument)


def test_manifest_of_bytes(tree: Path) -> None:
    """An array is no list of names."""
    (tree / "x.npy").write_bytes(b"\x93NUMPY\0")
    with pytest.raises(SourceError, match="no list of names"):
        placed("@x.npy")
