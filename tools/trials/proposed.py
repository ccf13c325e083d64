"""Wordings that a model proposes: which of them are junk."""

import re

LONGEST = 4000  # characters of a wording
UNFILLED = re.compile(
    r"\{\{?\s*[a-z_]\w*\s*\}?\}|<(?:curr_param|side_info|input|text|message)>|\[(?:insert|your)\b",
    re.IGNORECASE,
)


def fault_of(words: str) -> str:
    """Why a wording is not worth a trial, in a sentence; nothing where it may be."""
    if not words.strip():
        return "The wording is empty."
    if len(words) > LONGEST:
        return f"The wording has {len(words):,} characters; at most {LONGEST:,} are tried."
    if gap := UNFILLED.search(words):
        return f"The wording has a gap that nothing fills: {gap[0]!r}."
    return ""
