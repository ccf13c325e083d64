"""The prompt to be copied, and what whoever runs the system gets."""

from collections.abc import Iterator

from policies.limits import TUNED
from tools.assessment import Assessment
from tools.report import words
from tools.report.advised import advised

PROMPT = 4000  # most characters of a prompt
GAPS = {
    "{input}": "“{input}” is where the text goes that is to be answered",
    "{examples}": "“{examples}” is where solved examples of yours go",
}


def the_prompt(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The best prompt, what its gaps stand for, and where it is to be had ready to run."""
    best = a.prompting.best
    if best is None:
        return "No prompt was finished in this run."
    gaps = [told for mark, told in GAPS.items() if mark in best.template]
    told = [f"In “{best.name}” {'; '.join(gaps)}."] if gaps else []
    told.append(
        "To have it with the gaps filled, take the report: “The prompt that won” has it as a "
        "program to run, with the examples that go along."
    )
    # the prompt stands last: there the page shows it to be copied
    return "\n".join([*told, f"“{best.name}”:", "", words.plain(best.template, PROMPT)])


def what_to_hand_over(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What to give to those who put it into use, and where each piece is to be had."""
    lines = [f"• {piece}" for piece in _pieces(a)]
    return "\n".join(["Give them these:", *lines])


def _pieces(a: Assessment) -> Iterator[str]:
    yield "the report (download buttons on the page): the answer, the figures and the next steps"
    name, best = advised(a), a.prompting.best
    arm = next((arm for arm in a.arms if arm.name == name), None)
    if arm is not None and arm.kind in ("tuned", "classifier"):
        what = "the tuned model" if arm.kind == "tuned" else "the classifier"
        yield f"{what}: `tuneworthy export {a.run_id} --out FOLDER` writes it to a folder"
    elif best is not None and name != TUNED:
        model = words.plain(a.prompting.model, 80)
        yield f"the prompt: the report has it as a program to run, with the model “{model}”"
    if name == TUNED:
        yield "the plan of the fine-tune: it is not made yet; “fine-tune it” shows time and cost"
    yield (
        f"the way to run it: `tuneworthy serve {a.run_id}` puts it behind an address of your own "
        "and answers as it was measured"
    )
    yield (
        f"your file ({words.plain(a.data.file, 80)}), if they are to repeat the test or train "
        "again; it holds your own texts, so hand it on as you would those"
    )
