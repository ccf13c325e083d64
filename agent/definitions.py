"""What words of ours mean, in plain words, and what each of them is in this run."""

from collections.abc import Callable

from agent.comparing import compare
from agent.explanations import meant
from agent.reasons import WAY_NAMES, forecast_sentence, how_to_measure
from agent.utterances.intents import read_term
from agent.ways import arm_named, described_way, verdict_named
from policies.recommendation import Verdict
from tools.assessment import Assessment
from tools.report import words

# Ways of working that people call otherwise than the glossary: "RAG", "a trained model".
TERM_OF: dict[Verdict, str] = {
    "use_retrieval": "retrieval",
    "fine_tune": "fine-tune",
    "adopt_prompt": "prompt",
    "use_classifier": "classifier",
}
KINDS = {"fine-tune": "tuned", "classifier": "classifier", "prompt": "prompt"}


def meaning(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What a word of the report means, and what it is in this run."""
    here = _here(a, subjects[0])
    return "\n".join([meant(subjects), *([f"In this run: {here}"] if here else [])])


def difference(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What two words of ours mean, one beside the other; of two things of the run, their scores."""
    terms = [term for term in map(_term_of, subjects) if term]
    if len(set(terms)) < len(subjects):
        return compare(a, subjects)
    told = [meant((term,)) for term in terms]
    here = [f"• {found}" for term in terms if (found := _here(a, term))]
    return "\n".join([*told, *(["In this run:", *here] if here else [])])


def _term_of(name: str) -> str | None:
    """The glossary's word that a name stands for; "our prompt" is a thing of the run and none."""
    bare = name.strip(" ?.!").casefold()
    wanted = verdict_named(bare)
    by_way = TERM_OF.get(wanted) if wanted else None
    return read_term(bare) or (by_way if len(bare.split()) < 3 and "our" not in bare else None)


def _here(a: Assessment, term: str) -> str:
    """A line on what a word stands for in this run; "" where there is none to give."""
    told = _FIGURES.get(term)
    if told is not None:
        return told(a)
    if term == "retrieval":
        return "" if a.retrieval else _unmeasured("use_retrieval")
    if term == "fine-tune" and a.tuned is None:
        return _forecast(a)
    kind = KINDS.get(term)
    arm = arm_named(a, kind) if kind else None
    return described_way(a, arm).removeprefix("• ") if arm else ""


def _unmeasured(way: Verdict) -> str:
    named = WAY_NAMES[way]
    return f"{named[:1].lower()}{named[1:]} was not measured. {how_to_measure(way)}".strip()


def _forecast(a: Assessment) -> str:
    told = forecast_sentence(a) if a.forecast is not None else ""
    return f"{told[:1].lower()}{told[1:]}"


def _range(a: Assessment) -> str:
    best = a.prompting.best
    if best is None:
        return ""
    at = best.test or best.dev
    return (
        f"the best prompt scored {words.percent(at.score)} on {at.n} rows, and the true score lies "
        f"within {words.span(at.low, at.high)}, {words.odds(at.level)}."
    )


def _tokens(a: Assessment) -> str:
    best = next((x for x in a.arms if a.prompting.best and x.name == a.prompting.best.name), None)
    if best is None or not best.prompt_tokens:
        return ""
    return f"the best prompt sends {best.prompt_tokens:,.0f} tokens with each request."


_FIGURES: dict[str, Callable[[Assessment], str]] = {
    "target": lambda a: f"it is {words.percent(a.task.target)}.",
    "train": lambda a: f"{a.task.train:,} rows of your file.",
    "dev": lambda a: f"{a.task.dev:,} rows of your file.",
    "test": lambda a: f"{a.task.test:,} rows of your file.",
    "locked rows": lambda a: f"{a.task.test:,} rows of your file.",
    "forecast": _forecast,
    "interval": _range,
    "token": _tokens,
}
