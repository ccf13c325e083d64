"""What is installed is what is here."""

import tomllib
from pathlib import Path

from setuptools import find_packages

ROOT = Path(__file__).parents[2]


def test_every_folder_with_modules_is_part_of_the_distribution() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    include = settings["tool"]["setuptools"]["packages"]["find"]["include"]
    found = set(find_packages(str(ROOT), include=include))
    tops = ("agent", "tools", "ui", "policies", "examples")
    here = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for top in tops
        for file in (ROOT / top).rglob("__init__.py")
    }
    assert found == here and "agent.adviser" in found
    for top in tops:
        for module in (ROOT / top).rglob("*.py"):
            assert ".".join(module.parent.relative_to(ROOT).parts) in found, module
