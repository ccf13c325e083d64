"""The product, from top to bottom: from a spreadsheet to a proven answer.

interview → profile → consent → trials → gap → forecast → recommend → approve → tune → verify →
serve → report → converse. Every node reads the state, calls one tool and returns what changed; a
question is an interrupt with nothing before it, since a node starts again from its top.
"""

import time
from functools import partial
from typing import Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from agent.adviser.judging import judge_offers
from agent.asides import answered_beside, heard_at_plan, heard_at_tune_plan
from agent.blind import judge_pair, shown_pair
from agent.conversation import After, answer_message
from agent.interview import (
    late_topic,
    next_topic,
    question_of,
    read_answer,
    understood,
    worded_next,
)
from agent.late_topics import LATE_TOPICS
from agent.optimisers import optimisers
from agent.plans import UNPROVABLE, is_given, trials_plan, tune_plan
from agent.questions import Topic, Unclear, Update
from agent.state import Consent, State
from agent.topics import TEXT_TARGET, as_today
from agent.utterances.intents import wants_tune
from agent.utterances.replies import read_consent
from agent.workbench import Workbench
from policies.decide import recommend as decide
from policies.flips import find_flips
from policies.limits import TUNED
from policies.policy import Policy
from policies.recommendation import Outcome
from tools.assessment import Seconds, TunedPart
from tools.economics import costs_after_tune, running_cost
from tools.errors import DataError, Stopped, TuneError
from tools.evidence import gather
from tools.forecast.stage import ForecastReport, run_baselines, run_forecast
from tools.report.assemble import Findings, write_assessment
from tools.trials.stage import confirm, plan_timer, run_trials, score_today
from tools.tuning.tune import pilot, run_tune
from tools.tuning.verify import judged_anew, outcome_now
from tools.tuning.verify import verify as prove
from tools.within_limits import others_to_time, winner_within_limits, with_latency

TRIALS_SHARE = 0.6  # of the time budget; the forecast gets what is left
PROVE_LATER = "Start the tune again to prove it; nothing is trained anew."
LATE_NAMES = frozenset(topic.name for topic in LATE_TOPICS.values())
NOTHING_BEFORE = (
    "From here there is no way back to an earlier question, but any answer can be changed, for "
    "example “the target is 85 %”. “New question” at the top begins another run."
)
ABOUT_THE_FILE = ("examples", "columns")  # answers that have it read
Bench = Runtime[Workbench]
Graph = CompiledStateGraph[State, Workbench, State, State]


def interview(state: State, runtime: Bench) -> Command[Literal["interview", "profile"]]:
    """Ask the next open question; go on when nothing is open."""
    topic = next_topic(state) if state["options"].interactive else None
    if topic is None:
        return Command(goto="profile")
    update = _asked(topic, state, runtime.context)
    after: State = {**state, **update}  # type: ignore[typeddict-item]
    words = worded_next(after, runtime.context.adviser)
    return Command(goto="interview", update={**update, **words})


def profile(state: State, runtime: Bench) -> Command[Literal["interview", "consent"]]:
    """Read, profile and split the examples."""
    runtime.context.tell_reading()
    try:
        dataset = runtime.context.dataset(state)
    except DataError as error:
        if not state["options"].interactive:
            raise
        kept = tuple(name for name in state["answered"] if name not in ("examples", "columns"))
        return Command(goto="interview", update={"answered": kept, "problem": str(error)})
    changes: dict[str, Any] = {
        "input_column": dataset.input_column,
        "answer_column": dataset.answer_column,
        "task_type": dataset.type,
    }
    if not state["options"].interactive and state["brief"].prompt is None:
        changes["prompt"] = dataset.prompt
    if dataset.type == "text" and not state["options"].target_told:
        changes["target"] = as_today(score_today(dataset)) or TEXT_TARGET
    brief = state["brief"].model_copy(update=changes)
    runtime.context.tell_first_use(state)  # the plan looks at the model
    return Command(
        goto="consent", update={"brief": brief, "task": dataset.task, "data": dataset.data}
    )


def consent(
    state: State, runtime: Bench
) -> Command[Literal["interview", "consent", "trials", "converse", "__end__"]]:
    """One yes covers the trials and the pilot tunes."""
    plan = trials_plan(state, runtime.context)
    if not state["options"].interactive:
        return Command(goto="trials", update={"consent": Consent(plan_hash=plan.hash, yes=True)})
    said = {"problem": state.get("problem", ""), "note": state.get("note", "")}
    answer = str(interrupt({"kind": "consent", **plan.model_dump(), **said})).strip()
    wanted = read_consent(answer)
    if wanted is None:
        update = heard_at_plan(state, plan, answer)
        after: State = {**state, **update}  # type: ignore[typeddict-item]
        return Command(goto="interview" if next_topic(after) else "consent", update=update)
    given = Consent(plan_hash=plan.hash, yes=wanted, minutes=plan.minutes)
    update = {"consent": given, "problem": "", "note": ""}
    return Command(goto="trials" if wanted else "converse", update=update)


def trials(state: State, runtime: Bench) -> State:
    """Try prompting in earnest: every model's ladder on dev, and what optimisers make of it."""
    bench, started = runtime.context, time.monotonic()
    models = [bench.model(state, name) for name in bench.models(state)]
    bench.expect(state)
    watch = bench.watch(TRIALS_SHARE * state["options"].budget_minutes)
    further = optimisers(state, bench, is_given(state.get("consent"), trials_plan(state, bench)))
    run, dataset, brief = bench.run(state), bench.dataset(state), state["brief"]
    # Timing takes seconds, and a limit is nothing without it: it is done when the time is up too.
    timed = plan_timer(dataset, brief, models, bench.watch())
    within = partial(winner_within_limits, brief=brief, settings=bench.settings, timed=timed)
    found = run_trials(run, dataset, brief, models, watch, further, within)
    for plan in others_to_time(found, state["options"].tune_model):
        found = with_latency(found, plan, timed)
    return {
        "trials": found,
        "partial": state.get("partial", False) or found.stopped or bool(found.unmeasured),
        "seconds": _clocked(state, "trials", started),
    }


def gap(state: State, runtime: Bench) -> State:
    """Read the locked test once: how far is the best prompt from the target?"""
    bench, winner = runtime.context, state["trials"].winner
    if winner is None or bench.should_stop():
        return {"confirmed": None, "confirmed_today": None, "partial": True}
    model = bench.model(state, winner.model)
    try:
        score, today = confirm(
            bench.run(state), bench.dataset(state), state["brief"], winner, model, bench.watch()
        )
    except Stopped:
        return {"confirmed": None, "confirmed_today": None, "partial": True}
    return {"confirmed": score, "confirmed_today": today}


def forecast(state: State, runtime: Bench) -> State:
    """What would a fine-tune reach, and would an ordinary classifier do?"""
    bench, started = runtime.context, time.monotonic()
    dataset, brief = bench.dataset(state), state["brief"]
    if bench.should_stop():
        arms = run_baselines(dataset, brief)
        return {"forecast": ForecastReport(arms=arms, stopped="Stopped."), "partial": True}
    spent = state.get("seconds", Seconds()).trials / 60
    watch = bench.watch(state["options"].budget_minutes - spent)
    model = bench.model(state, state["options"].tune_model)
    tune_some = pilot(bench.place(state), watch)
    found = run_forecast(bench.run(state), dataset, brief, model, tune_some, watch)
    return {
        "forecast": _with_measured_curve(found, state),
        "partial": state.get("partial", False) or bool(found.stopped),
        "seconds": _clocked(state, "forecast", started),
    }


def _with_measured_curve(found: ForecastReport, state: State) -> ForecastReport:
    """A forecast made anew with the tunes on parts of the examples that were measured before."""
    before = state["forecast"].forecast if "forecast" in state else None
    if found.forecast is None or before is None or not before.tunes:
        return found
    forecast = found.forecast.model_copy(update={"tunes": before.tunes})
    return found.model_copy(update={"forecast": forecast})


def recommend(state: State, runtime: Bench) -> State:
    """One verdict from frozen evidence, and what would change it."""
    bench, options = runtime.context, state["options"]
    evidence = gather(
        bench.dataset(state),
        state["brief"],
        state["trials"],
        state.get("confirmed"),
        state.get("confirmed_today"),
        state["forecast"],
        options.tune_model,
        bench.larger_models(state),
        bench.settings,
    )
    policy = bench.policy_of(state)
    advice = decide(evidence, policy)
    flips = find_flips(evidence, policy)
    known = tuple(flip for flip in flips if flip.current is not None)
    unknown = tuple(flip for flip in flips if flip.current is None)
    advice = advice.model_copy(update={"flips": known, "flips_unknown": unknown})
    decided: State = {**state, "evidence": evidence, "recommendation": advice, "policy": policy}
    proven = _proven_anew(decided) if "tuned" in state else {}
    known_now: State = {**decided, **proven}
    return {**report(known_now, runtime), **proven, "policy": policy}


def _proven_anew(state: State) -> State:
    """A finished tune under changed answers: which gate applies, and what is the answer now."""
    policy = state["policy"]
    verdict, replaces = state["recommendation"].verdict, state["brief"].replaces_base
    part = judged_anew(state["tuned"], verdict, policy, replaces)
    return {"tuned": part, "outcome": _outcome(state, part, policy)}


def _outcome(state: State, part: TunedPart, policy: Policy) -> Outcome:
    verdict, prompt = state["recommendation"].verdict, state["confirmed"]
    return outcome_now(part, verdict, state["evidence"], prompt, policy)


def refine(
    state: State, runtime: Bench
) -> Command[Literal["refine", "recommend", "approve", "report"]]:
    """Ask what has come to matter: an unknown figure at which the verdict would change."""
    answerable = state["options"].interactive and not state.get("partial")
    topic = late_topic(state) if answerable else None
    if topic is None:  # whoever has a tuned model is not asked for another
        return Command(goto="report" if "tuned" in state else "approve")
    update, answered = _asked(topic, state, runtime.context), state["answered"]
    if "exchanges" in update:  # a question about the verdict was answered; ask again
        return Command(goto="refine", update=update)
    dropped = set(answered) - set(update.get("answered", answered))
    left_out = "brief" in update and dropped <= LATE_NAMES  # "no" to what was read back
    if dropped and not left_out:  # nothing before is asked again
        update = {"note": NOTHING_BEFORE}
    late = (*state.get("asked_late", ()), topic.name)
    return Command(goto="recommend", update={**update, "asked_late": late})


def approve(state: State, runtime: Bench) -> Command[Literal["tune", After]]:
    """A second yes covers the tune."""
    wanted = _wants_tune(state)
    if state.get("confirmed") is None:  # without a prompt's test score nothing could be proven
        note = UNPROVABLE if wanted else ""
        return Command(goto="report", update={"unfinished_tune": note})
    plan = tune_plan(state, runtime.context)
    if wanted is None and state["options"].interactive:
        problem = {"problem": state.get("problem", "")}
        answer = str(interrupt({"kind": "consent", **plan.model_dump(), **problem})).strip()
        wanted = True if wants_tune(answer) else read_consent(answer)
        if wanted is None:
            return heard_at_tune_plan(state, plan, answer, runtime.context)
    approval = Consent(plan_hash=plan.hash, yes=wanted is not False, minutes=plan.minutes)
    update = {"approval": approval, "problem": ""}
    return Command(goto="tune" if approval.yes else "report", update=update)


def tune(state: State, runtime: Bench) -> Command[Literal["verify", "report"]]:
    """Train a QLoRA adapter."""
    bench, started = runtime.context, time.monotonic()
    assert is_given(state.get("approval"), tune_plan(state, bench))
    try:
        found = run_tune(bench.place(state), bench.policy_of(state), bench.watch())
    except (TuneError, Stopped) as error:
        note = f"The fine-tune did not finish: {error}"
        return Command(goto="report", update={"unfinished_tune": note})
    seconds = _clocked(state, "tune", started)
    update = {"tune": found, "seconds": seconds, "unfinished_tune": ""}
    return Command(goto="verify", update=update)


def verify(state: State, runtime: Bench) -> Command[Literal["serve", "report"]]:
    """Prove on the locked test whether the tune helped."""
    bench, winner = runtime.context, state["trials"].winner
    assert winner is not None
    verdict = state["recommendation"].verdict
    same_model = winner.model == state["options"].tune_model
    policy = bench.policy_of(state)
    place = bench.place(state)
    try:
        part, arm = prove(place, state["tune"], verdict, same_model, policy, bench.watch())
    except Stopped as stopped:
        note = f"The fine-tune was made and is kept, but not proven: {stopped} {PROVE_LATER}"
        return Command(goto="report", update={"unfinished_tune": note})
    rows, seconds = state["evidence"].task.rows, state.get("seconds", Seconds()).tune
    costs = costs_after_tune({}, arm, seconds, bench.settings, rows)
    part = part.model_copy(update={"cost": costs[TUNED]})
    update = {
        "tuned": part,
        "tuned_arm": arm.model_copy(update={"cost_per_1000": running_cost(arm, bench.settings)}),
        "outcome": _outcome(state, part, policy),
    }
    return Command(goto="serve", update=update)


def serve(state: State, runtime: Bench) -> State:
    """Have the tuned model at hand for the chat."""
    bench = runtime.context
    bench.place(state).tuned(bench.run(state).folder / state["tune"].adapter).inner  # noqa: B018
    return {}


def report(state: State, runtime: Bench) -> State:
    """Write the assessment and the report of all that is known."""
    bench, seconds = runtime.context, state.get("seconds", Seconds())
    unfinished = state.get("unfinished_tune", "")
    findings = Findings(
        evidence=state["evidence"],
        trials=state["trials"],
        recommendation=state["recommendation"],
        seconds=seconds,
        partial=state.get("partial", False) or bool(unfinished),
        notes=(*state["trials"].notes, *state.get("notes", ()), *filter(None, [unfinished])),
        tuned=state.get("tuned"),
        tuned_arm=state.get("tuned_arm"),
        outcome=state.get("outcome"),
    )
    policy, settings = bench.policy_of(state), bench.settings
    write_assessment(bench.run(state), bench.dataset(state), findings, policy, settings)
    return {"evidence": state["evidence"], "recommendation": state["recommendation"]}


def converse(state: State, runtime: Bench) -> Command[After]:
    """Answer messages: try the models, change an answer of the brief, start the tune after all."""
    if not state["options"].interactive:
        return Command(goto="__end__")
    offers = judge_offers(state, runtime.context)
    message = interrupt({"kind": "message", "options": offers})
    return answer_message(state, str(message), runtime.context)


def compare(state: State, runtime: Bench) -> Command[Literal["compare", "report", "converse"]]:
    """Show a pair of texts, blind, and take the person's judgement of it."""
    answer = interrupt({"kind": "pair", **shown_pair(state, runtime.context).model_dump()})
    goto, update = judge_pair(state, str(answer), runtime.context)
    return Command(goto=goto, update=update)


def build_graph(checkpointer: BaseCheckpointSaver[str] | None = None) -> Graph:
    """The compiled graph."""
    graph = StateGraph(State, context_schema=Workbench)
    graph.add_node(interview)
    graph.add_node(profile)
    graph.add_node(consent)
    graph.add_node(trials)
    graph.add_node(gap)
    graph.add_node(forecast)
    graph.add_node(recommend)
    graph.add_node(refine)
    graph.add_node(approve)
    graph.add_node(tune)
    graph.add_node(verify)
    graph.add_node(serve)
    graph.add_node(report)
    graph.add_node(converse)
    graph.add_node(compare)
    graph.add_edge(START, "interview")
    graph.add_edge("trials", "gap")
    graph.add_edge("gap", "forecast")
    graph.add_edge("forecast", "recommend")
    graph.add_edge("recommend", "refine")
    graph.add_edge("serve", "report")
    graph.add_edge("report", "converse")
    return graph.compile(checkpointer=checkpointer)


def _asked(topic: Topic, state: State, bench: Workbench) -> Update:
    """Ask, and what the answer changes."""
    question = question_of(topic, state)
    answer = interrupt({"kind": "question", **question.model_dump()})
    if topic.name in ABOUT_THE_FILE:
        bench.tell_reading()
    try:
        update = read_answer(topic, state, answer, bench.run(state))
    except Unclear as unclear:
        if "recommendation" in state and (told := answered_beside(state, str(answer), bench)):
            return {"problem": "", "note": "", **told}
        update = understood(state, topic, str(answer), bench.adviser(state))
        if not update:
            return {"problem": str(unclear), "note": ""}
    return {"problem": "", "note": "", **update}


def _wants_tune(state: State) -> bool | None:
    """Whether to tune, where it was said beforehand; None means ask."""
    wish = state["options"].tune
    if wish == "ask":
        return None
    advised = state["recommendation"].verdict in ("fine_tune", "fine_tune_for_cost")
    return wish == "always" or (wish == "if-recommended" and advised)


def _clocked(state: State, stage: str, started: float) -> Seconds:
    """The run's seconds with those of a stage that just ended, maybe not for the first time."""
    spent = time.monotonic() - started
    before = state.get("seconds", Seconds())
    return before.model_copy(
        update={stage: getattr(before, stage) + spent, "total": before.total + spent}
    )
