"""Publish the JSON Schema of `assessment.json` in the docs: `python -m tools.report.schema`."""

from pathlib import Path

from tools.assessment import schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "assessment.schema.json"

if __name__ == "__main__":
    PUBLISHED.write_text(schema(), encoding="utf-8")
