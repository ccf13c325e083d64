"""`docs/commands.md` is what `--help` says, written by typer itself.

To write it anew: python -m typer ui.cli utils docs --name tuneworthy --output docs/commands.md
"""

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_documented_commands_are_those_of_the_command_line(tmp_path: Path) -> None:
    out = tmp_path / "commands.md"
    docs = ["utils", "docs", "--name", "tuneworthy", "--output", str(out)]
    subprocess.run(
        [sys.executable, "-m", "typer", "ui.cli", *docs], check=True, cwd=DOCS.parents[1]
    )
    assert DOCS.read_text(encoding="utf-8") == out.read_text(encoding="utf-8")
