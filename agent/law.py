"""Whether it is allowed: no legal advice, but what a person who gives it will ask."""

NO_ADVICE = (
    "Whether it is allowed I cannot say: that is legal advice. Ask your data protection officer or "
    "your lawyer; this is what they will want to know."
)


def about_the_law(runs_here: str, went: str) -> str:
    """What is known of a run that matters to the law.

    Args:
        runs_here: Whether it can run on a machine of the team's own.
        went: Where the examples went.
    """
    return "\n".join([NO_ADVICE, went, runs_here])
