"""What each name of `questions.tsv` asks about a run."""

from dataclasses import dataclass

from agent.utterances.intents import Intent


@dataclass(frozen=True)
class Meant:
    """What a message may mean.

    Attributes:
        intent: What it asks about the run.
        about: The same in words, for an answer that says how it took the message.
        question: How it is asked plainly, for a button.
    """

    intent: Intent
    about: str
    question: str


# What each name of `questions.tsv` asks; what has the name "other" is about nothing here.
MEANT: dict[str, Meant] = {
    "why": Meant(Intent("why"), "why this is the answer", "Why?"),
    "why_not_tune": Meant(
        Intent("why_not", ("fine-tune",)), "why not a fine-tune", "Why not a fine-tune?"
    ),
    "why_not_classifier": Meant(
        Intent("why_not", ("classifier",)), "why not the classifier", "Why not the classifier?"
    ),
    "why_not_larger": Meant(
        Intent("why_not", ("larger model",)), "why not a larger model", "Why not a larger model?"
    ),
    "why_not_retrieval": Meant(
        Intent("why_not", ("retrieval",)), "why facts are not looked up", "Why not retrieval?"
    ),
    "mistakes": Meant(Intent("mistakes"), "the mistakes", "Show me the mistakes"),
    "prompt": Meant(Intent("prompt"), "the prompt itself", "Show me the prompt"),
    "compare": Meant(Intent("overview"), "how the ways compare", "Compare them"),
    "cost": Meant(Intent("cost"), "the cost", "What would it cost?"),
    "sure": Meant(Intent("sure"), "how sure this is", "How sure are you?"),
    "next": Meant(Intent("next"), "what happens next", "What happens next?"),
    "effort": Meant(Intent("effort"), "the work and the people it takes", "How much work is it?"),
    "upkeep": Meant(Intent("upkeep"), "what it takes to keep it right", "How do we keep it right?"),
    "tried": Meant(Intent("tried"), "what was tried", "What did you try?"),
    "changes": Meant(
        Intent("changes"), "what would change the answer", "What would change the answer?"
    ),
    "fixes": Meant(Intent("fixes"), "labels that look wrong", "Which rows should I fix?"),
    "more": Meant(Intent("more"), "more examples", "Would more examples help?"),
    "time": Meant(Intent("time"), "how long the work takes", "How long does it take?"),
    "speed": Meant(Intent("speed"), "how fast it answers", "How fast does it answer?"),
    "overfit": Meant(
        Intent("overfit"), "how it does on other inputs than these", "Does it work on other inputs?"
    ),
    "data": Meant(Intent("data"), "the state of your examples", "How good is my data?"),
    "privacy": Meant(Intent("privacy"), "where your data goes", "Where does my data go?"),
    "report": Meant(Intent("report"), "the report", "Where is the report?"),
    "about": Meant(Intent("about"), "me", "What are you?"),
    "label": Meant(Intent("label"), "how right each label is", "What is the score per label?"),
    "split": Meant(Intent("split"), "how your rows were split", "Which rows was it tested on?"),
    "luck": Meant(Intent("luck"), "whether a difference is luck", "Is the difference luck?"),
    "interval": Meant(
        Intent("interval"), "how exactly the scores are known", "What is the margin of error?"
    ),
    "brought": Meant(
        Intent("brought"), "what the fine-tune brought", "What did the fine-tune bring?"
    ),
    "risks": Meant(Intent("risks"), "what may go wrong", "What are the risks?"),
    "models": Meant(Intent("models"), "the models and their licence", "Which models are these?"),
    "weights": Meant(Intent("weights"), "where the model is", "Where is the model?"),
    "settings": Meant(Intent("settings"), "how the model was trained", "How was it trained?"),
    "even": Meant(Intent("even"), "when it pays back", "When does it pay back?"),
    "year": Meant(Intent("year"), "the cost of a year", "What does a year cost?"),
    "short": Meant(Intent("short"), "the answer in short", "Say it in short"),
    "tell": Meant(Intent("tell"), "what to tell others", "What do I tell my boss?"),
    "worth": Meant(
        Intent("worth"), "whether it is worth the money", "Does it justify the expense?"
    ),
    "law": Meant(Intent("law"), "what the law says", "Is it allowed with GDPR?"),
    "relabel": Meant(Intent("relabel"), "labels that change", "What if labels are merged?"),
    "retrain": Meant(Intent("retrain"), "training again", "When must it be trained again?"),
    "hosting": Meant(Intent("hosting"), "where it can run", "Can it run on our own machine?"),
    "stands": Meant(Intent("stands"), "which answer stands", "Which is it now?"),
    "handover": Meant(Intent("handover"), "what to hand over", "What does our IT need?"),
    "tongues": Meant(Intent("tongues"), "other languages", "Does it work in other languages?"),
    "fallback": Meant(Intent("fallback"), "going back", "Can we go back later?"),
    "again": Meant(Intent("again"), "doing it again", "Can I try again with a better file?"),
    "cheaper": Meant(Intent("cheaper"), "other models", "Can we take a cheaper model?"),
    "judged": Meant(Intent("judged"), "what counts as right", "How is an answer judged?"),
    "by_hand": Meant(
        Intent("by_hand"), "what people should look at", "Which cases should a person check?"
    ),
    "simply": Meant(Intent("simply"), "the answer in plain words", "Explain it in simple words"),
}
