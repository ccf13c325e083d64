"""What can be done after a run: going back, doing it again, other models, and people's part."""

from agent.artefacts import models_used
from agent.per_label import worst_labels
from tools.assessment import Assessment
from tools.report import words

JUDGED = {
    "labels": "An answer is right if it is the label in your file; what is nearly right counts as "
    "wrong.",
    "fields": "Each field of the right answer counts alike, and one that is made up counts as a "
    "mistake.",
    "number": "An answer is right if its number equals the one in your file; how it is written "
    "does not matter.",
    "text": "Texts may be good in many ways, so likeness to yours is a weak measure: it tells ways "
    "of working apart, not good texts from bad ones. “Compare blind” has you choose between pairs.",
}


def way_back(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How to undo what was put into use."""
    first = "Yes. The prompt stays as it is, in the report and under its own name when served."
    if a.tuned is None:
        return (
            f"{first} Nothing here changes what runs with you today: keep that until about 100 "
            "live answers of the new way were judged."
        )
    return "\n".join(
        [
            first,
            "`tuneworthy serve` offers “prompt” and “tuned” as two models: going back is asking "
            "for the other name.",
            "`tuneworthy adapters roll-back` takes the tuned model out of use; the base model was "
            "never changed.",
        ]
    )


def once_more(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How to do a run again with another file."""
    return "\n".join(
        [
            "Yes: “New question” at the top begins a run with another file, and this one is kept "
            "to be compared with.",
            *(["“Which rows should I fix?” shows labels to look at first."] if a.suspects else []),
            *([a.ask_again] if a.ask_again else []),
        ]
    )


def other_models(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Whether another model may be used, and how it is measured."""
    return "\n".join(
        [
            "Any other model can be used, but it has to be measured: what another one scores does "
            "not follow from this run.",
            "To have one tried, name its folder or endpoint in the settings and begin a new "
            "question.",
            models_used(a, ()),
        ]
    )


def what_is_right(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How an answer is judged right."""
    return "\n".join(
        [
            "Right is what your file says: each answer was compared with the one that you gave for "
            "that row.",
            JUDGED[a.task.type],
            f"The score counts {words.METRIC_MEANINGS[a.task.metric]}.",
        ]
    )


def where_people_look(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Which answers a person should still see."""
    worst = worst_labels(a)
    return "\n".join(
        [
            *(
                ["By the mistakes on dev, a person should look at answers of these first:", *worst]
                if worst
                else ["Which kinds go wrong most was not kept in this run."]
            ),
            "How sure a model is of a single answer was not measured, so it cannot pick them "
            "itself.",
            "Besides, have about 100 live answers judged now and then.",
        ]
    )
