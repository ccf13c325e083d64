"""`docs/verdicts.md` tells people the same cases as the tests, and reckons them right."""

import re
from pathlib import Path

import pytest

from policies.decide import verdict_of
from policies.regret import estimates, expected_loss, regret
from tests.policies.cases import CASES, Told

DOCS = Path(__file__).parents[2] / "docs" / "verdicts.md"
SPECIALS = {
    r"today ([\d.]+)": lambda found: {"today": _share(found[1])},
    r"ceiling ([\d.]+)": lambda found: {"ceiling": _share(found[1])},
    r"(\d+) contradictions": lambda found: {"contradictions": int(found[1])},
    r"(\d+) wrong labels": lambda found: {"label_errors": int(found[1])},
    r"([\d,]+) of ([\d,]+) ms": lambda found: {
        "latency": (float(found[1].replace(",", "")), float(found[2].replace(",", "")))
    },
    r"budget (\d+)": lambda found: {"budget": float(found[1])},
    r"facts change (\w+)": lambda found: {"facts_change": found[1]},
    r"documents ([\d.]+)": lambda found: {"documents": _share(found[1])},
    r"outside facts": lambda found: {"outside_facts": True},
    r"own prompt": lambda found: {"own_prompt": True},
    r"beyond labels": lambda found: {"beyond_labels": True},
    r"larger model tried": lambda found: {"larger_measured": True},
    r"mistakes of form": lambda found: {"formal": True},
    r"no prices": lambda found: {"prices": False},
}


def _share(cell: str) -> float | None:
    return None if cell == "–" else round(float(cell) / 100, 4)


def _special(cell: str) -> Told:
    told: Told = {}
    for text in cell.split("; ") if cell != "–" else []:
        [read] = [(read, m) for form, read in SPECIALS.items() if (m := re.fullmatch(form, text))]
        told |= read[0](read[1])
    return told


def _documented() -> dict[str, tuple[Told, str]]:
    """The table of worked cases in the docs."""
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line[:2] == "| "]
    start = next(i for i, row in enumerate(rows) if row[0] == "case")
    found = {}
    for name, task, total, target, prompt, classifier, forecast, volume, special, verdict in rows[
        start + 1 :
    ]:
        told = {
            "task": task,
            "rows": int(total.replace(",", "")),
            "target": _share(target),
            "prompt": _share(prompt),
            "classifier": _share(classifier),
            "forecast": _share(forecast),
            "monthly_requests": None if volume == "unknown" else int(volume.replace(",", "")),
        }
        found[name] = (told | _special(special), verdict.strip("`"))
    return found


DOCUMENTED = _documented()


@pytest.mark.parametrize("name", DOCUMENTED)
def test_docs_tell_the_verdict(name, make_evidence, policy):
    told, verdict = DOCUMENTED[name]
    assert verdict_of(make_evidence(**told), policy) == verdict


def test_docs_tell_the_same_cases(make_evidence):
    assert list(DOCUMENTED) == list(CASES)
    for name, (told, _) in CASES.items():
        assert make_evidence(**told) == make_evidence(**DOCUMENTED[name][0]), name


def test_docs_reckon_the_regret_right(make_evidence):
    """The numeric example in the docs is the case “alike on few rows”."""
    evidence = make_evidence(**CASES["alike on few rows"][0])
    prompt, tune = estimates(evidence)["prompt"], estimates(evidence)["tuned"]
    text = " ".join(DOCS.read_text(encoding="utf-8").split())
    figures = {
        "standard deviation of the prompt": prompt.sd,
        "standard deviation of the forecast": tune.sd,
        "regret": max(
            expected_loss(prompt, estimates(evidence)[rival], evidence.brief.target)
            for rival in ("classifier", "tuned")
        ),
    }
    for name, value in figures.items():
        assert f"{name} | {100 * value:.1f} points" in text
    assert figures["regret"] == regret("adopt_prompt", evidence)
