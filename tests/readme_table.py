"""The README's table of commands, made from the commands themselves.

``python tests/readme_table.py`` writes it into the README; a test holds the README to it.
"""

import re
from pathlib import Path
from typing import Any

from poolviz.cli.app import command_names
from poolviz.cli.command import load_command

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- commands: made by tests/readme_table.py -->\n", "<!-- end of commands -->\n"


def commands() -> dict[str, Any]:
    """Every command by its name."""
    return {name: load_command(name) for name in command_names()}


def examples(help_text: str) -> list[str]:
    """The command lines that a help shows."""
    return re.findall(r"^\s*(poolviz .+)$", help_text, re.MULTILINE)


def table() -> str:
    """A row for each command: what it does, and its first example."""
    rows = ["| command | what it does | example |", "|---|---|---|"]
    for name, command in sorted(commands().items()):
        first = command.help.strip().partition("\n")[0]
        example = examples(command.help)[0].replace("|", "\\|")
        rows.append(f"| `{name}` | {first} | `{example}` |")
    return "\n".join(rows) + "\n"


def written(readme: str) -> str:
    """``readme`` with the table in its place."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
