"""Which sources a batch has, and where the outputs of each go."""

from pathlib import Path

import pytest

from poolviz.batch.listing import Item, list_sources
from poolviz.errors import SourceError, SpecError
from poolviz.output.names import output_endings


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
    return {item.shown: item.folder for item in list_sources(arguments, Path(out)).items}


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
    """Folders are relative to the common one; each source comes once; others are ignored."""
    found = placed(*arguments)
    assert found == expected
    assert list(found) == list(expected)


def test_paths_are_absolute(tree: Path) -> None:
    """Who works may be in another folder."""
    found = list_sources(["a/x.png"], Path("out")).items
    assert found == [Item(str(tree / "a/x.png"), "a/x.png", "")]


def reasons(*arguments: str, out: str = "out") -> dict[str, str]:
    """Why each file was skipped, by how it is shown."""
    return {each.shown: each.reason for each in list_sources(arguments, Path(out)).skipped}


OWN = "is an output of poolviz; to pool it, choose another --out"


def test_outputs_below_the_folders_are_not_sources(tree: Path) -> None:
    """What an earlier batch wrote into its own folder is not looked at."""
    (tree / "b/out").mkdir()
    (tree / "b/out/x-max.npy").touch()
    assert list(placed("b", out="b/out")) == ["b/x.png", "b/deep/y.npy"]
    assert reasons("b", out="b/out") == {}


def test_outputs_that_a_pattern_means_are_skipped(tree: Path) -> None:
    """With the reason."""
    (tree / "out").mkdir()
    (tree / "out/x-max-2x2-pooled.npy").touch()
    assert list(placed("**/*.npy")) == ["b/deep/y.npy"]
    assert reasons("**/*.npy") == {"out/x-max-2x2-pooled.npy": OWN}


OUTPUTS = ["x-max-2x2-pooled.npy", "x-max-2x2-before.png", "x-lp-p3-3x3-s2-p1-after.png",
           "x-max-2x2-window.gif", "x-max-2x2-pooled-average-2x2-pooled.npy"]  # fmt: skip


@pytest.mark.parametrize("ending", output_endings())
def test_outputs_of_every_kind_are_skipped(ending: str, tree: Path) -> None:
    """Whatever --write may write, next to its source, is no source."""
    name = f"x-max-2x2-{ending}"
    (tree / "b" / name).touch()
    expected = "has the name of an output of b/x.png; to pool it, run it alone"
    assert reasons("b", f"b/{name}") == {f"b/{name}": expected}


def test_outputs_in_the_sources_own_folder_are_skipped(tree: Path) -> None:
    """A folder can be pooled into itself, again and again."""
    for name in (*OUTPUTS, "gone-max-2x2-pooled.npy", "report.jsonl"):
        (tree / "b" / name).touch()
    assert placed("b", out="b") == {"b/x.png": "", "b/deep/y.npy": "deep"}
    found = reasons("b", out="b")
    wanted = {
        f"b/{name}": "has the name of an output of b/x.png; to pool it, run it alone"
        for name in OUTPUTS
    }
    assert found == wanted | {"b/gone-max-2x2-pooled.npy": OWN}
    assert reasons("b/*.jsonl", "b", out="b")["b/report.jsonl"] == OWN


def test_outputs_beside_their_source_are_skipped(tree: Path) -> None:
    """Of whatever run, wherever this one writes; other files that sound like them are not."""
    others = ["x-maximum-2x2-pooled.npy", "xy-max-2x2-pooled.npy", "x-max-2x2.npy", "x-pooled.npy"]
    for name in (*OUTPUTS, *others):
        (tree / "b" / name).touch()
    assert set(placed("b")) == {"b/x.png", "b/deep/y.npy", *(f"b/{name}" for name in others)}
    assert set(reasons("b")) == {f"b/{name}" for name in OUTPUTS}


def test_outputs_of_a_long_name_are_skipped(tree: Path) -> None:
    """Their names have only the beginning of it."""
    for name in ("n" * 240 + ".npy", "n" * 203 + "-0123abcd-max-2x2-pooled.npy"):
        (tree / "a" / name).touch()
    assert list(reasons("a")) == ["a/" + "n" * 203 + "-0123abcd-max-2x2-pooled.npy"]


def test_outputs_by_themselves_are_sources(tree: Path) -> None:
    """Pooled once more, into another folder; into their own, it is refused."""
    (tree / "pooled").mkdir()
    for name in OUTPUTS:
        (tree / "pooled" / name).touch()
    assert len(placed("pooled", out="twice")) == len(OUTPUTS)
    with pytest.raises(SourceError, match="contains only poolviz outputs; choose the folder"):
        placed("pooled", out="pooled")


def test_repeated_patterns_are_one(tree: Path) -> None:
    """Each further ** means no more than one."""
    (tree / "list.txt").write_text("**/**/**/**/**/*.npy\n")
    expected = {"b/deep/y.npy": ""}
    assert placed("**/**/**/*.npy") == placed("**//**/*.npy") == expected
    assert list(placed("@list.txt")) == ["./b/deep/y.npy"]
    assert {"b/x.png", "b/deep/y.npy"} < set(placed("b/**/**"))


def test_names_in_a_list_are_relative_to_its_folder(tree: Path) -> None:
    """Its lines may have remarks, a mark and blank lines between them."""
    (tree / "b/list.txt").write_bytes(b"\xef\xbb\xbf# mine\n\nx.png\r\n ../a/*.png \ndeep\n")
    assert placed("@b/list.txt") == {"b/x.png": "b", "b/../a/x.png": "a", "b/deep/y.npy": "b/deep"}


def test_names_that_lead_out_stay_below_the_folder(tree: Path) -> None:
    """Absolute names and .. are relative to the folder that all have in common."""
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


def names(*arguments: str) -> dict[str, str]:
    """With what the names of each source's outputs begin, if not with its stem."""
    return {item.shown: item.name for item in list_sources(arguments, Path("out")).items}


def test_sources_with_the_same_stem_get_different_names(tree: Path) -> None:
    """By their suffixes, where two in one folder would write the same names."""
    (tree / "a/x.npy").touch()
    assert names("a") == {"a/x.npy": "x.npy", "a/x.png": "x.png"}
    assert names("a", "b") == {
        "a/x.npy": "x.npy", "a/x.png": "x.png", "b/x.png": "", "b/deep/y.npy": "",
    }  # fmt: skip
    assert names("a/x.npy") == {"a/x.npy": ""}


def test_stem_that_is_the_name_of_another_gets_a_different_name(tree: Path) -> None:
    """``x.png.npy`` has the stem that the outputs of ``x.png`` begin with."""
    for name in ("a/x.npy", "a/x.png.npy"):
        (tree / name).touch()
    assert names("a") == {"a/x.npy": "x.npy", "a/x.png": "x.png", "a/x.png.npy": "x.png.npy"}


def test_folders_of_one_name_clash(tree: Path) -> None:
    """Before any work is done, both are named."""
    for name in ("a/CON", "a/_CON"):
        (tree / name).mkdir()
        (tree / name / "x.npy").touch()
    with pytest.raises(SpecError, match=r"a/_CON/x.npy: .* a/CON/x.npy; rename one"):
        placed("a")


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("*.gif", "no file matches"),
        ("b/.hidden/none*", "no file matches"),
        ("@none.txt", "no such file; check the name"),
        ("@a", "no such file; check the name"),
    ],
)
def test_nothing_is_refused(argument: str, words: str) -> None:
    """A pattern or a manifest that names nothing."""
    with pytest.raises(SourceError, match=words):
        placed(argument)


def test_folder_without_sources(tree: Path) -> None:
    """The error names the types of files."""
    (tree / "empty").mkdir()
    with pytest.raises(SourceError, match=r"contains no files that poolviz reads; use .*\.npy"):
        placed("empty")


@pytest.mark.parametrize("argument", ["-", "sample:teaching"])
def test_batches_are_of_files(argument: str) -> None:
    """What is no file is for run."""
    with pytest.raises(SpecError, match=f"poolviz run {argument}"):
        placed(argument)


def test_manifest_of_bytes(tree: Path) -> None:
    """An array is not a list of names."""
    (tree / "x.npy").write_bytes(b"\x93NUMPY\0")
    with pytest.raises(SourceError, match="not a list of names"):
        placed("@x.npy")


def test_files_named_like_outputs_elsewhere_are_sources(tree: Path) -> None:
    """An output stands beside its source, and ends in a digest only where the name is long."""
    names = ["b/deep/x-max-2x2-pooled.npy", "b/x-12345678-max-2x2-pooled.npy"]
    for name in names:
        (tree / name).touch()
    assert set(names) <= set(placed("b"))
