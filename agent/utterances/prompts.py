"""Whether a text is a prompt, or only tells of one."""

import re

from agent.utterances.figures import plain_of

# How it is done today, told instead of the prompt itself, which orders or addresses the model.
_SUBJECT = re.compile(
    r"^(?:(?:well|so|currently|today|right now|at the moment|at present),? )*"
    r"(?:we|our|they|it|he|she|someone|people|the team|staff|my|i|just|only|mostly"
    r"|a (?:few|couple|bunch)|some|bunch|two|three|four|five|\d+)\b"
)
_AT_WORK = re.compile(
    r"\b(?:use[sd]?|using|do(?:es|ne)?|gets?|sorts?|sorted|have|has|had|measured|rules|people|interns?"
    r"|by hand|manual\w*|accura\w+|right|wrong|at present|at the moment|today)\b|%"
)
_ORDERS = re.compile(r"\b(?:you|your|classify|(?:answer|reply|respond) (?:only|with)|one of)\b")


def is_description(text: str) -> bool:
    """Whether it tells how the work is done today: 'two interns sort them by hand'."""
    plain = plain_of(text)
    told = _SUBJECT.search(plain) and _AT_WORK.search(plain)
    return bool(told) and not _ORDERS.search(plain)


# What only a text to a model says: it begins a sentence with an order, or addresses the model.
_ORDERED = (
    r"(?:classify|sort|answer|reply|respond|extract|write|return|give|output|label|tag|assign|decide"
    r"|determine|choose|pick|route|categori[sz]e|translate|summari[sz]e|find|detect|identify|rate"
    r"|score|rewrite|draft|list|name|convert|state|act as|imagine|your (?:task|job|role)|put|mark"
    r"|use (?:only|exactly|one|the word)|add|begin|end|read (?:the|this|each|every))"
)
_OUTPUT = (
    r"\b(?:answers?|labels?|reply|replies|words?|categor\w+|topics?|json|output|preamble|explanations?"
    r"|sentences?|text|comments?)\b"
)
_INSTRUCTION = re.compile(
    rf"(?:^|[.!;:,] )(?:please |always |then |so )?{_ORDERED}\b(?! (?:me|us|it later)\b)"
    r"|(?:^|[.!] )you (?!know\b|mean\b|(?:decide|choose|tell me)(?:$|\W+(?:what|please|for)?\b\W*$)"
    r"|(?:decide|choose|tell me) what(?:'s| is| you)\b)\w+ \w+ \w+"
    r"|^(?:never|always|do not|don't) (?!had|used?|needed|tried|did|got|have|mind|know|think)"
    r"\w+ \w+"
    rf"|^(?:nothing but|only|just|no) (?!prompts?\b)[^,]*{_OUTPUT}(?! (?:yet|so far|at present)\b)"
)


_WITHHELD = re.compile(
    r"\b(?:not allowed|not permitted|can't|cannot|may not|mustn't)(?: to)? (?:share|paste|show|send"
    r"|post)\b|\bit(?:'s| is) (?:\w+ )?(?:confidential|secret|proprietary)\b"
)


def is_withheld(text: str) -> bool:
    """Whether there is a prompt that may not be shown: 'I am not allowed to share it'."""
    return bool(_WITHHELD.search(plain_of(text)))


_KEPT = r"(?:keeps?|kept|sav(?:e|es|ed)|stor(?:e|es|ed)|remembers?|noted|wr(?:ote|ite|itten))"
_LOST = re.compile(
    rf"\b(?:nobody|no one|none of us|never|not|no longer|\w+n't)(?: (?:\w+ )?(?:has|have|had))?"
    rf" (?:\w+ )?{_KEPT}\b|\b(?:lost|deleted|forgot(?:ten)?|threw away) (?:it|that|them|the \w+)\b"
    r"|\b(?:it|that|the (?:text|prompt))(?:'s| is| was| got) (?:gone|lost|deleted)\b"
)
_WITHOUT = re.compile(
    r"\b(?:go (?:ahead|on)|continue|proceed|start|begin|do (?:it|this)|carry on|move on|measure"
    r"|try)\b(?: \w+){0,2} without\b"
)


def is_lost(text: str) -> bool:
    """Whether a prompt there was cannot be had again: 'nobody kept the text'."""
    return bool(_LOST.search(plain_of(text)))


def goes_on_without(text: str) -> bool:
    """Whether the work is to go on without a prompt: 'can we go ahead without?'."""
    return bool(_WITHOUT.search(plain_of(text)))


_LATER = re.compile(
    r"\b(?:don't|do not) have (?:it|them) (?:here|with me|at hand|now)\b|\bdon't have access\b"
    r"|\b(?:have|need|must) to (?:ask|get)\b.{0,30}\bfor it\b"
    r"|\b(?:colleague|it|team|department|boss|manager|vendor|agency) (?:has|is having)"
    r" (?:it|that|them)\b"
    r"|\blater\b.*\?$|\b(?:add|send|paste|bring) it later\b"
)


def is_put_off(text: str) -> bool:
    """Whether a prompt is to come later: 'can I add it later?'."""
    return bool(_LATER.search(plain_of(text)))


_GREETING = re.compile(r"(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there)?\W*")
_OUR_QUESTION = re.compile(r"\b(?:whether|if|should)\b.{0,40}\bfine[ -]?tun\w*")


def is_no_task(text: str) -> bool:
    """Whether a message is a greeting, or the question that we are here for, and no task."""
    plain = plain_of(text)
    return bool(_GREETING.fullmatch(plain) or _OUR_QUESTION.search(plain))


_ACTIVITY = re.compile(rf"(?:\w+(?:ing|tion|sion|sis|ment|is[ei]|iz[ei]|ify|ise|ize)|{_ORDERED})")
_WHOSE = (
    r"(?:(?:our|the|my|some|all|these|customer|client|user|guest|patient|member|employee|support"
    r"|service|incoming|new)(?:'s|s'?)? )*"
)
_NOUN = re.compile(rf"{_WHOSE}(?P<noun>[a-z-]+)\W*")


def is_bare_topic(text: str) -> bool:
    """Whether a task is only named by what it is about: 'complaints', 'customer e-mails'."""
    named = _NOUN.fullmatch(plain_of(text))
    return bool(named) and not _ACTIVITY.fullmatch(named["noun"] if named else "")


def names_many(text: str) -> bool:
    """Whether a bare topic may be what comes in: a plural, or 'mail' and its like."""
    return bool(
        re.search(r"(?<!s)s\W*$|\b(?:e-?)?mail\W*$|\b(?:post|text|feedback)\W*$", plain_of(text))
    )


_OPENED = re.compile(
    r"\s*(?:yes|yep|sure|ok|okay|here(?: it is| you are| you go)?|this one|it is|it's)"
    r"(?:[ ,]+(?:this one|here it is|it is|it's this))?\s*[:.\n-]\s*(?=\S)",
    re.IGNORECASE,
)


# "We're using ChatGPT with: …", "our prompt is: …"; but not "I will give you a prompt: …".
_TOLD_OF = re.compile(
    r"\s*(?:(?:yes|yep|ok|currently|today|right now|so)[ ,]+)?"
    r"(?:(?:we|i)(?:['’]re|['’]m| are| am)? (?:\w+ )?"
    r"(?:us(?:e|ing)|past(?:e|ing)|ask(?:ing)?|tell(?:ing)?)\b"
    r"|(?:(?:our|my|the|current|system) ){0,2}prompt(?=\s*:)"
    r"|(?:our|my|the) (?:\w+ )?(?:prompt|wording|instruction) (?:\w+ )?(?:is|reads|says)\b)"
    r"[^:\n.!?]{0,60}:\s*(?=\S)",
    re.IGNORECASE,
)


def without_opening(text: str) -> str:
    """A prompt without what introduces it: 'Yes: You are a clerk …', 'our prompt is: Sort …'."""
    opened = _OPENED.match(text) or _TOLD_OF.match(text)
    rest = text[opened.end() :] if opened else text
    return rest if is_instruction(rest) else text


_INSIDE = re.compile(r"[\"“„]([^\"“”]{10,})[\"“”]")
_ASKING = re.compile(
    r"\b(?:asks?|prompts?|writes?|types?|tells?|pastes?|says?|puts?|enters?|uses?|instructs?|feeds?)\b"
    r"|:\s*$"
)


def asked_in_quotes(text: str) -> str | None:
    """The prompt that a message quotes: 'we paste it into ChatGPT and ask "which queue is it?"'."""
    found = _INSIDE.search(text)
    before = plain_of(text[: found.start()]) if found else ""
    return found[1] if found and _ASKING.search(before) else None


def is_instruction(text: str) -> bool:
    """Whether a text orders a model to do something: 'No preamble, just the label.'."""
    plain = plain_of(text)
    return bool(_INSTRUCTION.search(plain)) and not plain.endswith("?")
