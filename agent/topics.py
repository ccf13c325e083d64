"""The questions of the interview, each with its reason and what an "I don't know" means."""

from agent.elsewhere import WEIGH_LATER
from agent.facts_topic import FACTS
from agent.file_topics import COLUMNS, EXAMPLES, prompt_in_file
from agent.questions import Option, Question, Topic, Unclear, Update, changed
from agent.state import State
from agent.utterances import (
    is_absent,
    is_unknown,
    read_share,
    read_yes_no,
)
from agent.utterances.harms import weighs_mistakes
from agent.utterances.intents import quoted
from agent.utterances.prompts import (
    asked_in_quotes,
    goes_on_without,
    is_bare_topic,
    is_description,
    is_instruction,
    is_lost,
    is_no_task,
    is_put_off,
    is_withheld,
    names_many,
    without_opening,
)
from agent.utterances.questioning import is_put_as_question
from agent.utterances.relatives import Relative, read_change, read_comparison
from agent.utterances.replies import (
    asks_us,
    has_no_target,
    names_no_task,
    says_only_unknown,
)
from agent.utterances.shares import (
    names_other_measure,
    names_part,
    names_range,
    names_several_shares,
    read_errors_among,
    read_present,
)
from policies.brief import Brief
from policies.evidence import Score
from tools.report.words import percent
from tools.runs import Run

ABOUT_TASK = (
    "A model is a program that reads a text and writes an answer. Which piece of work should it "
    "take over? Say what comes in and what should come out, for example: “Read a customer's e-mail "
    "and say which of our five teams should answer it.” If there is none yet, skip this and look "
    "at a sample."
)
BARE_TOPIC = (
    "And what should come out for each? Say it in a sentence, for example: “Read a customer's "
    "e-mail and say which of our five teams should answer it.”"
)
ABOUT_PROMPT = (
    "A prompt is the instruction sent to a model with each input, for example: “Which team should "
    "answer this e-mail? Answer with its name only.” Paste yours, or say that there is none."
)
MEANT_BY_TARGET = (
    "Think of 100 answers: how many of them have to be right before you would use the model? If "
    "5 wrong ones of 100 do little harm, say “95 of 100”. All answers count together, of whatever "
    "kind. Where a person still looks at each answer, 80 may do; where nobody does, rather 95."
)
MEANT_BY_LIKENESS = (
    "Texts are compared with those that your team wrote: 100 is the very same text, letter by "
    "letter. No two people write alike, so a good text stays well below that."
)
TEXT_TARGET = 0.5
UPPER_END = "Of a range I take the upper end."
AS_TODAY = "as good as today"
IN_FILE = "the one in my file"
RELATIVE = (
    "That is relative to today's answers, and how many of those are right I do not know. Write "
    "both, such as “today 80 % are right, and we want half as many mistakes”, or the share "
    "itself, such as “the target is 90 %”."
)
WITHOUT_PROMPT = "Then I measure without it; say “back to the prompt” when you have it."
LONGEST_REPLY = 25  # words of what may be about a prompt and not the prompt
LONGEST_NONE = 9  # words that say there is none, whatever else they tell


def _ask_task(state: State) -> Question:
    return Question(
        name="task",
        text="What should the model do? One sentence is enough.",
        why="It goes into the prompts that I try.",
        meaning=ABOUT_TASK,
        options=(Option(label="Skip", value="skip"),),
    )


def _read_task(state: State, text: str, run: Run) -> Update:
    if says_only_unknown(text):
        return changed(state, task="")
    if names_no_task(text):
        raise Unclear(ABOUT_TASK)
    if asks_us(text) or is_no_task(text):
        raise Unclear(
            "Please say in a sentence what the model should do, or skip this. Every answer can be "
            "changed later."
        )
    if is_bare_topic(text):
        raise Unclear(BARE_TOPIC if names_many(text) and read_yes_no(text) is None else ABOUT_TASK)
    return changed(state, task=text[:2000])


def _ask_prompt(state: State) -> Question:
    return Question(
        name="prompt",
        text="Do you use a prompt for this today? Paste it, or say that there is none.",
        why="It becomes the first thing that I measure, and what a better one has to beat.",
        meaning=ABOUT_PROMPT,
        options=(
            *([Option(label="The one in my file", value=IN_FILE)] if prompt_in_file(state) else []),
            Option(label="No prompt yet", value="no"),
        ),
    )


def _read_prompt(state: State, text: str, run: Run) -> Update:
    if text == IN_FILE and prompt_in_file(state):
        return changed(state, prompt=prompt_in_file(state))
    if is_instruction(text) or not _could_be_a_reply(text):
        return changed(state, prompt=without_opening(text))
    inner = quoted(text) or asked_in_quotes(text)
    if inner:
        return changed(state, prompt=inner)
    if is_withheld(text) or is_lost(text):
        return {**changed(state, prompt=None), "note": "Then I measure without it."}
    if goes_on_without(text):
        return {**changed(state, prompt=None), "note": WITHOUT_PROMPT}
    if is_put_off(text):
        raise Unclear(
            "Yes: say “no prompt yet” for now, and “back to the prompt” when you have it."
        )
    told = is_description(text)
    if (is_absent(text) or is_unknown(text)) and not (told and len(text.split()) > LONGEST_NONE):
        return changed(state, prompt=None)
    if read_yes_no(text) is False and not told:
        return changed(state, prompt=None)
    if is_put_as_question(text):
        raise Unclear(ABOUT_PROMPT)
    how = "That reads like how it is done today. " if told else ""
    raise Unclear(f"{how}Please paste the prompt's own text, or say that there is none.")


def _could_be_a_reply(text: str) -> bool:
    """Whether a text may be about a prompt; a longer one is the prompt, whatever it forbids."""
    return len(text.split()) <= LONGEST_REPLY and not set("{\n") & set(text)


def _is_text(state: State) -> bool:
    """Whether running text is scored; a target may be told before there are examples."""
    return "look" in state and state["look"].task_type == "text"


def as_today(today: Score | None) -> float | None:
    """The target that texts as good as today's would meet, where those are known."""
    return round(today.score, 3) if today is not None and today.score else None


def _like_today(state: State) -> float | None:
    return as_today(state.get("today")) if _is_text(state) else None


def _ask_target(state: State) -> Question:
    shares = (0.4, 0.5, 0.6) if _is_text(state) else (0.8, 0.9, 0.95)
    what = (
        "How close to your own wording should the text be, from 0 to 100 (the very same)?"
        if _is_text(state)
        else "How good is good enough? Of a hundred answers, how many must be right?"
    )
    return Question(
        name="target",
        text=what,
        why=f"A prompt that is good enough needs no fine-tune. {_default_target(state)}",
        meaning=MEANT_BY_LIKENESS if _is_text(state) else MEANT_BY_TARGET,
        options=(
            *([Option(label="As good as today", value=AS_TODAY)] if _like_today(state) else []),
            *(Option(label=f"{share * 100:.0f} of 100", value=f"{share:g}") for share in shares),
        ),
    )


def _default_target(state: State) -> str:
    today = _like_today(state)
    if today is not None:
        return f"Today's answers score {percent(today)}; if you are not sure, I take that."
    default = TEXT_TARGET if _is_text(state) else Brief().target
    return f"If you are not sure, I take {percent(default)}."


def _read_target(state: State, text: str, run: Run) -> Update:
    counted = read_errors_among(text)
    share = read_share(text) if counted is None else counted
    note, relative = "", read_change(text)
    if share is None and relative is None:
        relative = read_comparison(text)
    if relative is not None:
        share = _target_from_today(state, text, relative)
    if share is None and (has_no_target(text) or is_unknown(text)):
        share = _like_today(state) or (TEXT_TARGET if _is_text(state) else Brief().target)
        note = f"Then I take {percent(share)}; it can be changed at any time."
    if share is None:
        raise Unclear(_why_no_target(text))
    if weighs_mistakes(text) or names_part(text):
        note = WEIGH_LATER
    ranged = counted is None and relative is None and names_range(text)
    note = f"{UPPER_END} {note}".strip() if ranged else note
    reckoned = ranged or relative is not None or counted is not None
    doubted = {"noticed": ("target",)} if reckoned else {}
    return {**changed(state, target=share), **({"note": note} if note else {}), **doubted}


def _target_from_today(state: State, text: str, relative: Relative) -> float | None:
    """The target that a message tells by today's answers.

    Raises:
        Unclear: How good today's are is not known, or no figure follows from it.
    """
    told = read_present(text)
    today = told if told is not None else as_today(state.get("today"))
    score = "" if today is None else f" Today's answers score {percent(today)}."
    if relative.unclear:
        raise Unclear(f"{relative.unclear}{score} Please write the share itself, such as “90 %”.")
    if today is None:
        raise Unclear(RELATIVE)
    share = relative.target(today)
    if share is None:
        raise Unclear(f"That makes no share of right answers.{score} {NEEDS_SHARE}")
    return share


NEEDS_SHARE = "I need a share: how many of 100 answers must be right, such as “90 of 100”."


def _why_no_target(text: str) -> str:
    """Why a message was not taken for a target, and what to write instead."""
    if names_other_measure(text):
        return (
            "That is another measure; the target counts how many of all answers are right. "
            f"{NEEDS_SHARE}"
        )
    if names_part(text):
        return (
            "The target is for all answers together, and what you wrote is about some of them. "
            f"{NEEDS_SHARE} {WEIGH_LATER}"
        )
    if read_present(text) is not None:
        return f"That is how good it is today; the target is how good it must be. {NEEDS_SHARE}"
    if names_several_shares(text):
        return f"That tells several shares, and the target is one over all answers. {NEEDS_SHARE}"
    return NEEDS_SHARE


# Asked before anything is measured, in this order.
TOPICS = (
    Topic("task", _ask_task, _read_task),
    EXAMPLES,
    COLUMNS,
    Topic("prompt", _ask_prompt, _read_prompt),
    Topic("target", _ask_target, _read_target),
    FACTS,
)
