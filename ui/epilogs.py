"""The examples below the help of the commands: what people type, each with why."""


def _examples(*each: tuple[str, str]) -> str:
    """Commands and what they are for, as paragraphs: the help draws each on a line of its own."""
    return "\n\n".join(["Examples:", *(f"$ tuneworthy {line}  ({why})" for line, why in each)])


APP = _examples(
    ("", "the chat, on http://127.0.0.1:7860"),
    ("assess tickets.csv --out first", "the whole answer without a chat"),
    ("report first --format pdf", "to forward"),
).replace("tuneworthy   (", "tuneworthy  (")
ASSESS = _examples(
    ("assess tickets.csv --out first", "columns and kind of answer are found"),
    (
        "assess tickets.csv --input text --answer team --target 0.85 --monthly-requests 40000 "
        "--out second",
        "what counts for you",
    ),
    ("assess tickets.csv --out third --json | jq .verdict", "for another program"),
)
TUNE = _examples(
    ("tune first", "RUN is the folder of --out"),
    ("tune 20260301-091500-1a2b3c --json", "or an id that “tuneworthy runs” lists"),
)
WHAT_IF = _examples(
    ("what-if first --target 0.8", "were less good enough?"),
    ("what-if first --monthly-requests 1000000 --monthly-budget 200", "several at once"),
)
SERVE = _examples(
    ("serve first", "then ask the model “prompt” at http://127.0.0.1:8000/v1"),
    ("serve first --host 0.0.0.0 --token KEY", "for other machines, with a key"),
    ("serve first --vllm", "only tells how to serve the fine-tune on a GPU"),
)
REPORT = _examples(
    ("report first --format pdf", "to forward"),
    ("report first --format pdf --no-examples", "for people who may not see your examples"),
    ("report first --format tables", "for a spreadsheet"),
)
