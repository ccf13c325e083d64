"""How every arm's texts are written, beside the team's own answers to the same rows.

Secondary figures: they decide nothing. Prompts, baselines, today's answers and the team's own are
measured on dev; on test only texts that the locked test was read for anyway.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from statsmodels.stats.proportion import proportion_confint

from policies.evidence import Score
from tools.assessment import FactsPart, Share, WritingFigures, WritingPart
from tools.assessment.writing import OWN
from tools.forecast.classifier import NEAREST
from tools.intake.dataset import Dataset
from tools.intake.examples import Example
from tools.measure.intervals import score_of, share_interval
from tools.report import words
from tools.runs import Run
from tools.trials.neighbours import NearestRows
from tools.trials.stage import TODAY, kept_answers
from tools.writing.house import house_terms, phrases
from tools.writing.listed import find_form
from tools.writing.yardstick import Yardstick

WRITING = "writing"  # artefact of a run

Texts = Mapping[int, str]  # by the row number of the file


@dataclass(frozen=True)
class Written:
    """The texts of one arm on one part of the split."""

    arm: str
    part: Literal["dev", "test"]
    texts: Texts


def measure_writing(
    run: Run, dataset: Dataset, arms: Sequence[str], best: str | None, tested: Mapping[str, str]
) -> WritingPart | None:
    """Measure the texts that a run has; None where the task is no text.

    Args:
        run: The run; what was measured is kept there, and taken from there if nothing has changed.
        dataset: The examples.
        arms: Names of the prompt arms to show, the best first: all are measured on its rows.
        best: Name of the best prompt arm.
        tested: Of arms whose test answers are kept, the artefact that holds them; by their names.
    """
    if dataset.type != "text":
        return None
    written = [*_on_dev(run, dataset, arms), *_on_test(run, dataset, tested)]
    content = json.dumps([dataset.hash, best, [[w.arm, w.part, dict(w.texts)] for w in written]])
    key = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    kept = _kept(run)
    if kept.get("key") == key:
        return WritingPart.model_validate(kept["found"])
    found = _measured(dataset, written, best)
    run.save(WRITING, {"key": key, "found": found.model_dump(mode="json")})
    return found


def texts_on_dev(run: Run, arm: str) -> dict[int, str]:
    """The texts of a prompt arm on dev, by row, as the trials kept them."""
    return {row: given or "" for row, given in kept_answers(run).get(arm, {}).items()}


def _kept(run: Run) -> dict[str, Any]:
    if not (run.folder / f"{WRITING}.json").exists():
        return {}
    kept: dict[str, Any] = run.load(WRITING)
    return kept


def _on_dev(run: Run, dataset: Dataset, arms: Sequence[str]) -> list[Written]:
    dev = dataset.parts.dev
    nearest = NearestRows.by_words(dataset.parts.train)
    found: list[tuple[str, Texts]] = [(OWN, {row.row: row.answer for row in dev})]
    found += [(arm, texts_on_dev(run, arm)) for arm in arms]
    found.append((NEAREST, {row.row: nearest.find(row.input, 1)[0].answer for row in dev}))
    found.append((TODAY, {row.row: row.current for row in dev if row.current}))
    alike = texts_on_dev(run, arms[0]) if arms else {}  # the best prompt may have met fewer rows
    return [
        Written(arm, "dev", {row: text for row, text in texts.items() if not alike or row in alike})
        for arm, texts in found
        if texts
    ]


def _on_test(run: Run, dataset: Dataset, tested: Mapping[str, str]) -> list[Written]:
    """Texts on the locked test; no read is added to those that wrote them."""
    test = dataset.parts.test
    found = [
        Written(arm, "test", dict(zip((row.row for row in test), given, strict=True)))
        for arm, name in tested.items()
        if len(given := [text or "" for text in run.load(name)]) == len(test)
    ]
    own = Written(OWN, "test", {row.row: row.answer for row in test})
    return [own, *found] if found else []


def _measured(dataset: Dataset, written: Sequence[Written], best: str | None) -> WritingPart:
    train = dataset.parts.train
    form = find_form([row.input for row in train])
    yardstick = Yardstick(form, train) if form else None
    terms = house_terms(train)
    rows = {row.row: row for row in (*dataset.parts.dev, *dataset.parts.test)}
    figures = tuple(_figures(each, rows, yardstick, terms) for each in written)
    found = WritingPart(
        text="",
        facts=_facts(yardstick) if yardstick else None,
        terms=terms,
        figures=figures,
        several=_several(dataset),
        agreement=_agreement(dataset),
    )
    return found.model_copy(update={"text": _in_words(found, best)})


def _facts(yardstick: Yardstick) -> FactsPart:
    return FactsPart(
        form=yardstick.form.name,
        keys=yardstick.keys,
        learned=yardstick.learned,
        uncounted=yardstick.uncounted,
        names=yardstick.counts_names,
    )


def _figures(
    written: Written,
    rows: Mapping[int, Example],
    yardstick: Yardstick | None,
    terms: Sequence[str],
) -> WritingFigures:
    texts = [(rows[row].input, text) for row, text in written.texts.items() if row in rows]
    found = WritingFigures(arm=written.arm, part=written.part, texts=len(texts))
    update: dict[str, object] = {}
    if yardstick is not None and texts:
        measured = [yardstick.measure(source, text) for source, text in texts]
        missed = [len(each.left_out) for each in measured]
        looked = [len(each.facts) for each in measured]
        keys = Counter(fact.key for each in measured for fact in each.left_out)
        inventing = sum(bool(each.invented) for each in measured)
        low, high = proportion_confint(inventing, len(texts), method="wilson")
        update |= {
            "facts": sum(looked),
            "left_out": _share(missed, looked) if sum(looked) else None,
            "inventing": Share(
                value=inventing / len(texts), low=max(0.0, float(low)), high=min(1.0, float(high))
            ),
            "invented": sum(len(each.invented) for each in measured),
            "left_out_keys": dict(keys.most_common()),
        }
    if terms and texts:
        used = [phrases(text).intersection(terms) for _, text in texts]
        update |= {
            "terms": sum(map(len, used)) / len(texts),
            "terms_used": len(set().union(*used)),
        }
    return found.model_copy(update=update)


def _share(parts: Sequence[int], wholes: Sequence[int]) -> Share:
    low, high = share_interval(parts, wholes)
    return Share(value=sum(parts) / sum(wholes), low=low, high=high)


def _several(dataset: Dataset) -> int:
    return len({row.input for row in dataset.examples if row.also})


def _agreement(dataset: Dataset) -> Score | None:
    """One of several answers against the others to the same input; train and dev rows only."""
    known = {row.row for row in (*dataset.parts.train, *dataset.parts.dev)}
    one: defaultdict[str, list[Example]] = defaultdict(list)
    for row in dataset.examples:
        if row.also and row.row in known:
            one[row.input].append(row)
    rows = [group[0] for group in one.values()]
    if len(rows) < 2:
        return None
    return score_of("chrf", [row.also for row in rows], [row.answer for row in rows])


def _in_words(found: WritingPart, best: str | None) -> str:
    """The best prompt beside the team's own answers, on dev."""
    own, prompt = found.of(OWN, "dev"), found.of(best or "", "dev")
    lines = []
    if own and prompt and own.left_out and prompt.left_out:
        lines.append(
            f"The best prompt leaves out {words.percent(prompt.left_out.value)} of the facts of "
            f"its inputs, your own answers {words.percent(own.left_out.value)}."
        )
    if own and prompt and own.inventing and prompt.inventing:
        lines.append(
            f"{words.percent(prompt.inventing.value)} of its texts say something that the input "
            f"does not, of your own {words.percent(own.inventing.value)}."
        )
    if own and prompt and own.terms is not None and prompt.terms is not None:
        lines.append(
            f"It uses {prompt.terms:.1f} of your house terms a text, your own answers "
            f"{own.terms:.1f}."
        )
    return " ".join(lines)
