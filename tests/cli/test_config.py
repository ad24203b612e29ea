"""Options from a TOML file, and into one."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

TEACHING = ["run", "sample:teaching"]


def write(folder: Path, text: str) -> str:
    """``text`` in a file; its name."""
    (folder / "figure.toml").write_text(text, encoding="utf-8")
    return "figure.toml"


def test_file_stands_for_flags(poolviz: Any, folder: Path) -> None:
    """A file with the names of the flags does what the flags do."""
    path = write(
        folder,
        'source = "sample:teaching"\nmode = "average"\nsize = 3\nstride = [2, 2]\nceil = true\n'
        'padding = "1"\nwrite = "none"\ncount-include-pad = false\n',
    )
    flags = ["--mode", "average", "--size", "3", "--stride", "2", "--ceil", "--padding", "1"]
    expected = poolviz(*TEACHING, *flags, "--write", "none", "--exclude-pad", "--json")
    assert poolviz("run", "--config", path, "--json").out == expected.out


def test_flags_go_before_the_file(poolviz: Any, folder: Path) -> None:
    """What is given on the command line counts, wherever it stands."""
    path = write(folder, 'size = 3\nwrite = "none"\n')
    expected = poolviz(*TEACHING, "--size", "2", "--write", "none").out
    assert poolviz(*TEACHING, "--size", "2", "--config", path).out == expected
    assert poolviz(*TEACHING, "--config", path, "--size", "2").out == expected


def test_printed_file_makes_the_same_figure_again(poolviz: Any, folder: Path) -> None:
    """--print-config writes nothing but TOML, from which the same bytes are made."""
    given = [*TEACHING, "--size", "3", "--stride", "1"]
    given += ["--mode", "lp:p=3", "--like", "onnx", "--theme", "dark", "--kind", "backward"]
    given += ["--figure", "first.svg", "--write", "none"]
    printed = poolviz(*given, "--print-config")
    assert (printed.code, printed.err) == (0, "")
    assert not (folder / "first.svg").exists()
    options = tomllib.loads(printed.out)
    assert options["mode"] == "lp:p=3"
    assert options["kind"] == "backward"
    assert poolviz(*given).code == 0
    path = write(folder, printed.out)
    assert poolviz("run", "--config", path, "--figure", "second.svg").code == 0
    assert (folder / "first.svg").read_bytes() == (folder / "second.svg").read_bytes()


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("run", ["--ceil", "--size", "2x3", "--padding", "0:1x0:1", "--delay", "40"]),
        ("explain", ["--cell", "1,1"]),
        ("differ", ["--mode", "average"]),
        ("compare", ["--modes", "max,median"]),
        ("shift", ["--sweep", "2", "--by", "-1,0"]),
        ("code", ["--floor"]),
        ("stack", ["max:2", "relu", "--mark", "3,2"]),
    ],
)
def test_every_command_with_a_source_has_both(
    command: str, arguments: list[str], poolviz: Any, folder: Path
) -> None:
    """What is printed, printed again from the file, is the same; and runs to the same output."""
    line = [command, "sample:teaching", *arguments]
    printed = poolviz(*line, "--print-config").out
    path = write(folder, printed)
    assert poolviz(command, "--config", path, "--print-config").out == printed
    assert poolviz(command, "--config", path).out == poolviz(*line).out


def test_typed_source_replaces_that_of_the_file(poolviz: Any, folder: Path) -> None:
    """Of source and data one is meant: the typed one, of either kind."""
    inline = write(folder, 'data = "1 2; 3 4"\nwrite = "none"\n')
    assert "input 6×6" in poolviz(*TEACHING, "--config", inline).out
    named = write(folder, 'source = "sample:teaching"\nwrite = "none"\n')
    assert "input 1×2" in poolviz("run", "--data", "1 2", "--config", named).out


def test_lists_and_other_names_of_flags(poolviz: Any, folder: Path) -> None:
    """A list is written as its option is; any long name of a flag will do."""
    path = write(folder, "cell = [1, 0]\nkernel-size = [2, 3]\n")
    expected = poolviz("explain", "sample:teaching", "--cell", "1,0", "--size", "2x3").out
    assert poolviz("explain", "sample:teaching", "--config", path).out == expected
    path = write(folder, 'modes = ["max", "min"]\nby = [0, -1]\n')
    expected = poolviz("shift", "sample:teaching", "--by", "0,-1", "--modes", "max,min").out
    assert poolviz("shift", "sample:teaching", "--config", path).out == expected


def test_text_of_any_kind_survives(poolviz: Any, folder: Path) -> None:
    """Quotes, backslashes, control characters and other scripts are written so that they return."""
    name = 'a"b\\c\x7f\x01 日本語'
    path = write(folder, poolviz("run", name, "--print-config").out)
    assert tomllib.loads((folder / path).read_text("utf-8"))["source"] == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("siz = 3", "unknown option 'siz'; did you mean size?"),
        ("out_put = 3", "unknown option 'out_put'"),
        ("config = 'a'", "unknown option 'config'"),
        ("size = ", "is not valid TOML"),
        ("size = 3\nsize = 4", "is not valid TOML"),
        (
            "size = true",
            "figure.toml: size: must be text or a number, not true; write e.g. size = ",
        ),
        (
            "ceil = 'yes'",
            "figure.toml: ceil: must be true or false, not 'yes'; write ceil = true or ceil = fal",
        ),
        ("[size]\na = 1", "must be text or a number, not"),
        ("size = 2024-01-01", "must be text or a number, not"),
        ("size = 'x'", "--size: 'x' is not a size"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, words: str, poolviz: Any, folder: Path) -> None:
    """Unknown keys, wrong kinds and broken files are one line, with what to write."""
    done = poolviz(*TEACHING, "--config", write(folder, text))
    assert done.code in (1, 2)
    assert words in done.failure


def test_files_that_cannot_be_read(poolviz: Any, folder: Path) -> None:
    """A missing file, a folder, bytes that are no text and a large file are one line."""
    (folder / "bytes.toml").write_bytes(b"\xff\xfe = 1")
    (folder / "large.toml").write_bytes(b"#" * ((1 << 16) + 1))
    for path, words in {
        "missing.toml": "there is no such file",
        ".": "is not a regular file",
        "bytes.toml": "is not UTF-8 text",
        "large.toml": "too large for a configuration file",
    }.items():
        assert words in poolviz(*TEACHING, "--config", path).failure


DOTS = ".a" * 20_000


@pytest.mark.parametrize(
    "text",
    [
        f"a{DOTS} = 1",
        f"[a{DOTS}]",
        f"[[a{DOTS}]]\n",
        f"x = {{a{DOTS} = 1}}",
        f'"="{DOTS} = 1',
        "'#'" + " . a" * 10_000 + " = 1",
        '"a"' + '."a"' * 10_000 + " = 1",
        f'# """\na{DOTS} = 1\n# """',
        f'x = """ \\""" """\na{DOTS} = 1',
        f"size = '''\n'''\na{DOTS} = 1",
        f"x = [1,\n 2]\na{DOTS} = 1",
        f'x = {{y = """a"""", a{DOTS} = 1}}',
        f"x = {{y = '''a''''', a{DOTS} = 1}}",
    ],
)
def test_key_of_many_parts(text: str, poolviz: Any, folder: Path) -> None:
    """It is refused at once, wherever it stands and however it is written."""
    start = time.monotonic()
    done = poolviz(*TEACHING, "--config", write(folder, text))
    assert done.code == 1
    assert "figure.toml: a key has more than 16 parts; remove it" in done.failure
    assert time.monotonic() - start < 20


MATRIX = "1.5 " * 30


@pytest.mark.parametrize(
    "line",
    [
        f'data = "{MATRIX}"  # {MATRIX}',
        f"data = '{MATRIX}'",
        f'data = """{MATRIX}\\n"""',
        f"data = '''\n{MATRIX}'''",
        f"# {'a.' * 30}\ndata = '1.5'",
    ],
)
def test_dots_in_text_are_not_parts(line: str, poolviz: Any, folder: Path) -> None:
    """A matrix of decimals, and a remark, are taken."""
    done = poolviz("run", "--config", write(folder, f'{line}\nwrite = "none"\nsize = 1'))
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    "sign", ['"', "'", '\\"', '"""', "'''", "#", "[", "a", "=", "{", ".", "\\", " ", '"\\', '"""\\']
)
def test_nothing_takes_long(sign: str, poolviz: Any, folder: Path) -> None:
    """Files of one sign over and over."""
    start = time.monotonic()
    done = poolviz(*TEACHING, "--write", "none", "--config", write(folder, sign * 20_000))
    assert len(done.err) < 300
    assert time.monotonic() - start < 20


def test_mark_at_the_beginning(poolviz: Any, folder: Path) -> None:
    """Some editors put one there; it is not a part of the first key."""
    path = write(folder, '\ufeffsource = "sample:teaching"\nwrite = "none"\n')
    assert "input 6×6" in poolviz("run", "--config", path).out


def test_unknown_keys_are_escaped_once(poolviz: Any, folder: Path) -> None:
    """As any other name."""
    done = poolviz(*TEACHING, "--config", write(folder, '"a\\u001bb" = 3\n'))
    assert r"unknown option 'a\x1bb'" in done.failure


@pytest.mark.parametrize("key", ["mode", "theme", "like", "ceil", "x" * 9000, "write"])
def test_long_values_are_one_short_line(key: str, poolviz: Any, folder: Path) -> None:
    """Of text of thousands of letters the beginning is shown."""
    done = poolviz(*TEACHING, "--config", write(folder, f'{key} = "{"n" * 50_000}"\n'))
    assert len(done.failure) < 1000, len(done.failure)
