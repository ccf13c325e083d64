"""Blind pairs judged by the adviser, where somebody presses the button that says what it gets."""

from agent.blind import RIVALS, Rival, begin, rivals
from agent.state import State
from agent.tryout import is_rolled_back
from agent.workbench import Workbench
from tools.errors import ModelError, Stopped
from tools.writing.blind import Choice, Pair, in_words, keep_preference, kept_pairs, preference_of
from tools.writing.judge import judge_pairs

JUDGE: dict[str, Rival] = {f"adviser judges: {rival}": rival for rival in RIVALS}
WITH: dict[Rival, str] = {
    "tuned": "the tuned model's",
    "today": "today's",
    "own": "my own",
}
NOTHING_TO_COMPARE = "There are no two different texts to compare in this run."


def judge_offers(state: State, bench: Workbench) -> list[dict[str, str]]:
    """Buttons that have the adviser judge; a press is the consent to send what the label says."""
    if bench.adviser(state) is None:
        return []
    found = rivals(state, is_rolled_back(state, bench.run(state)))
    name = bench.settings.adviser
    return [
        {
            "label": f"Let “{name}” compare with {WITH[rival]} texts (it gets 20 inputs and texts)",
            "value": value,
        }
        for value, rival in JUDGE.items()
        if rival in found
    ]


def judge_by_adviser(state: State, rival: Rival, bench: Workbench) -> str:
    """What the adviser's judgements say, in words; kept in the run for its report."""
    name = bench.settings.adviser
    at = begin(state, rival, bench)
    if at is None or name is None or bench.adviser(state) is None:
        return NOTHING_TO_COMPARE
    pairs = kept_pairs(bench.run(state))
    try:
        said = judge_pairs(pairs, state["brief"].task, bench.model(state, name), bench.watch())
    except (ModelError, Stopped) as error:
        return f"The pairs were not judged: {error}"
    judged: list[tuple[Pair, Choice]] = [
        (pair, choice) for pair, choice in zip(pairs, said, strict=True) if choice is not None
    ]
    if not judged:
        return f"“{name}” gave no judgement that can be read."
    kept, choices = zip(*judged, strict=True)
    found = preference_of(at.one, at.other, kept, choices).model_copy(update={"judge": name})
    keep_preference(bench.run(state), found, kept, choices)
    return in_words(found)
