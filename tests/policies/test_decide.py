"""The worked cases: every verdict, and why."""

import time

import pytest

from policies.decide import recommend, verdict_of
from policies.figures import span
from policies.guards import TOO_FEW, UNSETTLED
from policies.limits import TUNED
from policies.recommendation import VERDICTS
from policies.regret import regret
from policies.rules import ACTIONS, BEFORE_ALL
from tests.policies.cases import CASES
from tools.economics import costs_of, running_cost, tune_cost
from tools.settings import EndpointSettings, Settings

RULES = [TOO_FEW, *(rule.name for rule in BEFORE_ALL), UNSETTLED, *(r.name for r in ACTIONS)]

# What the headline of a case must say.
HEADLINES = {
    "good prompt, low volume": ("4 nearest examples (mini)", "92 %", "90 %"),
    "good prompt, high volume": (
        "words",
        "91 %",
        "90 %",
        "92 %, but at 5,000,000",
        "5,000,000 requests",
    ),
    "labels contradict each other": ("120 of 2,000", "97 %", "90 %"),
    "labels look wrong": ("300 of 2,000 rows seem to carry a wrong label", "90 %"),
    "the prompt is too slow for fields": ("93 %", "1,800 ms", "500 ms", "92 %"),
    "facts are missing": ("4 nearest examples (mini)", "78 %", "90 %"),
    "today's answers hold up": ("today's answers", "91 %", "90 %"),
    "the team's own prompt wins": ("your prompt (mini)", "93 %", "90 %"),
    "only a tune reaches the target": ("4 nearest examples (mini)", "80 %", "91 %", "90 %"),
    "a tune saves money": ("4 nearest examples (mini)", "92 %", "91 %", "1,000,000"),
    "nothing comes near": ("4 nearest examples (mini)", "70 %", "78 %", "90 %"),
    "too few rows": ("20 more examples",),
}


@pytest.mark.parametrize("name", CASES)
def test_verdict(name, make_evidence, policy):
    told, verdict = CASES[name]
    assert verdict_of(make_evidence(**told), policy) == verdict


def test_cases_make_every_verdict():
    assert {verdict for _, verdict in CASES.values()} == set(VERDICTS)


@pytest.mark.parametrize("name", CASES)
def test_trace_holds_every_rule_in_order_and_one_decided(name, make_evidence, policy):
    found = recommend(make_evidence(**CASES[name][0]), policy)
    outcomes = [reason.outcome for reason in found.reasons]
    assert [reason.rule for reason in found.reasons] == RULES
    assert all(reason.text for reason in found.reasons)
    assert outcomes.count("decided") == 1
    before = outcomes[: outcomes.index("decided")]
    assert set(before) <= {"not_met", "not_applicable"}
    assert found.ask_again.startswith("Ask again")


@pytest.mark.parametrize("name", HEADLINES)
def test_headline_names_arm_and_figures(name, make_evidence, policy):
    headline = recommend(make_evidence(**CASES[name][0]), policy).headline
    assert [part for part in HEADLINES[name] if part not in headline] == []


def test_fix_data_claims_no_more_than_was_counted(make_evidence, policy):
    """97 % stay possible: the headline may not say that the target of 90 % is out of reach."""
    told, _ = CASES["labels contradict each other"]
    headline = recommend(make_evidence(**told), policy).headline
    assert headline == (
        "Fix the labels first: 120 of 2,000 rows contradict another row; at best 97 % can be "
        "right, the target is 90 %."
    )


def test_contradictions_are_normal_beyond_labels(make_evidence, policy):
    evidence = make_evidence(task="text", target=0.6, prompt=0.65, contradictions=400)
    assert recommend(evidence, policy).reasons[1].outcome == "not_applicable"
    assert verdict_of(evidence, policy) == "adopt_prompt"


def test_too_few_rows_says_how_many_more(make_evidence, policy):
    found = recommend(make_evidence(**CASES["too few rows"][0]), policy)
    assert found.more_examples == 20
    assert "Only 15 rows could be held out" in _decided(found).text


def test_the_number_of_examples_asked_for_settles_it(make_evidence, policy):
    told = CASES["alike on few rows"][0]
    found = recommend(make_evidence(**told), policy)
    assert _decided(found).rule == UNSETTLED
    assert found.more_examples is not None and found.more_examples > 0
    assert f"About {found.more_examples} more examples" in _decided(found).text
    more = told | {"rows": told["rows"] + found.more_examples}
    assert verdict_of(make_evidence(**more), policy) == "adopt_prompt"
    fewer = told | {"rows": told["rows"] + found.more_examples - 20}
    assert verdict_of(make_evidence(**fewer), policy) == "not_enough_evidence"


@pytest.mark.parametrize("rows", [20, 40, 60, 76])
@pytest.mark.parametrize(
    "told",
    [
        {"prompt": 0.88, "classifier": 0.88, "forecast": 0.88},
        {"prompt": 0.88, "contradictions": 2},
        {"task": "fields", "prompt": 0.6, "facts_change": "weekly"},
        {"prompt": 0.5, "classifier": 0.5, "forecast": 0.55},
        {"prompt": 0.8, "classifier": 0.9, "forecast": 0.9},
        {"task": "text", "target": 0.6, "prompt": 0.5, "forecast": 0.62, "today": 0.6},
    ],
)
def test_the_number_that_a_small_file_is_told_is_the_last(rows, told, make_evidence, policy):
    found = recommend(make_evidence(rows=rows, **told), policy)
    assert found.verdict == "not_enough_evidence" and _decided(found).rule == TOO_FEW
    assert f"at least {found.more_examples} more examples" in found.headline
    assert rows + found.more_examples >= 80
    again = recommend(make_evidence(rows=rows + found.more_examples, **told), policy)
    assert again.more_examples is None


# Prompt and classifier, the most that a tune may reach, what money says: where no number of rows
# tells them apart, the cheapest within the margin of the least regret.
OPEN = {
    "a classifier is nearly as near": (
        {"prompt": 0.8, "classifier": 0.875, "forecast": 0.91},
        "use_classifier",
    ),
    "today's way is nearly as near": (
        {"prompt": 0.8, "today": 0.875, "forecast": 0.91},
        "keep_prompt",
    ),
    "nothing else is near": ({"prompt": 0.7, "classifier": 0.75, "forecast": 0.91}, "fine_tune"),
}


@pytest.mark.parametrize("name", OPEN)
def test_where_more_rows_would_not_tell_the_cheaper_of_equals_is_taken(name, make_evidence, policy):
    """What the forecast is unsure of is not the rows: no number of them brings the regret down."""
    told, verdict = OPEN[name]
    evidence = make_evidence(rows=400, **told)
    vaguely = evidence.forecast.model_copy(update={"low": 0.78, "high": 1.0})
    found = recommend(evidence.model_copy(update={"forecast": vaguely}), policy)
    assert found.verdict == verdict and found.more_examples is None
    if verdict != "fine_tune":
        assert _decided(found).rule == UNSETTLED
        assert "it is the forecast that is unsure" in _decided(found).text
        assert "more rows would not tell" in found.headline


def test_a_number_of_examples_that_nobody_has_makes_practically_equal(make_evidence, policy):
    told = CASES["alike on few rows"][0]
    found = recommend(make_evidence(**told), policy.model_copy(update={"most_more_examples": 10}))
    guard = next(reason for reason in found.reasons if reason.rule == UNSETTLED)
    assert found.verdict == "adopt_prompt" and guard.outcome == "not_met"
    assert "More than 10 further examples" in guard.text and "practically equal" in guard.text


def test_a_vague_forecast_does_not_overturn_a_prompt_that_reaches_the_target(make_evidence, policy):
    """Above the target nothing is lost, however high the forecast may go."""
    evidence = make_evidence(task="fields", target=0.8, prompt=0.84, forecast=0.8)
    vaguely = evidence.forecast.model_copy(update={"low": 0.65, "high": 0.95})
    evidence = evidence.model_copy(update={"forecast": vaguely})
    assert verdict_of(evidence, policy) == "adopt_prompt"
    assert regret("adopt_prompt", evidence) < 0.0001


@pytest.mark.parametrize(
    ("told", "confidence"),
    [
        ({"prompt": 0.97, "forecast": 0.92}, "high"),
        (
            {"task": "fields", "rows": 80, "prompt": 0.9},
            "moderate: in about 4 of 10 cases like this it misses the target by more than 2 points",
        ),
        ({"prompt": 0.93, "latency": (900.0, 500.0), "task": "fields"}, "good: times and costs"),
        ({"forecast": 0.95}, "low: no prompt was measured"),
        ({"task": "fields", "prompt": 0.5}, "low: what a fine-tune would reach is not known"),
        ({"rows": 60, "prompt": 0.92}, "low: the examples are too few"),
    ],
)
def test_confidence_counts_what_is_not_known(told, confidence, make_evidence, policy):
    assert recommend(make_evidence(**told), policy).confidence.startswith(confidence)


@pytest.mark.parametrize(("forecast", "said"), [(0.89, True), (0.91, False)])
def test_a_forecast_a_little_below_the_target_is_said_to_be_enough(
    forecast, said, make_evidence, policy
):
    found = recommend(make_evidence(task="fields", prompt=0.5, forecast=forecast), policy)
    assert found.verdict == "fine_tune"
    why = "up to 2 points below it counts as practically equal"
    assert (why in found.headline) == said


@pytest.mark.parametrize(
    ("told", "confidence"),
    [
        ({"outside_facts": True}, "moderate: it rests on what was told"),
        ({"documents": 0.93}, "good: what the documents gain was measured"),
    ],
)
def test_facts_that_were_told_are_less_sure_than_measured(told, confidence, make_evidence, policy):
    found = recommend(make_evidence(task="fields", prompt=0.78, **told), policy)
    assert found.verdict == "use_retrieval" and found.confidence.startswith(confidence)


def test_the_rule_on_facts_says_what_the_mistakes_are_made_of(make_evidence, policy):
    told = CASES["facts are said to be missing, mistakes are of form"][0]
    rule = next(
        reason
        for reason in recommend(make_evidence(**told), policy).reasons
        if reason.rule == "facts_missing_from_input"
    )
    assert rule.outcome == "not_met"
    assert "0 need something that their input does not hold; 110 do not" in rule.text
    unsorted = make_evidence(**told).model_copy(update={"errors": None})  # as in a first idea
    assert verdict_of(unsorted, policy) == "use_retrieval"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"forecast": 0.95}, "no prompt could be measured"),
        ({"task": "fields", "prompt": 0.5}, "there was no time to forecast"),
        (
            {"task": "fields", "prompt": 0.93, "latency": (1800.0, 500.0)},
            "half of the answers take 1,800 ms or more and the limit is 500 ms",
        ),
        (
            {"task": "fields", "prompt": 0.93, "latency": (500.3, 500.0)},
            "half of the answers take 500.3 ms or more and the limit is 500.0 ms",
        ),
    ],
)
def test_why_nothing_is_advised_is_said(told, said, make_evidence, policy):
    assert said in recommend(make_evidence(**told), policy).headline


def test_larger_model_says_whether_one_was_measured(make_evidence, policy):
    said = "A larger model was not measured here."
    unmeasured = recommend(make_evidence(**CASES["nothing comes near"][0]), policy)
    measured = recommend(
        make_evidence(**CASES["nothing comes near, larger model tried"][0]), policy
    )
    assert said in _decided(unmeasured).text
    assert said not in _decided(measured).text
    assert said in unmeasured.headline and said not in measured.headline


@pytest.mark.parametrize(
    ("case", "open_"), [("nothing quite reaches", True), ("nothing comes near", False)]
)
def test_a_forecast_that_goes_up_to_the_target_is_said(case, open_, make_evidence, policy):
    evidence = make_evidence(**CASES[case][0])
    assert (evidence.forecast.high >= evidence.brief.target) == open_
    low, high = evidence.forecast.low, evidence.forecast.high
    said = f"A fine-tune may still reach it: its forecast lies within {span(low, high)}."
    found = recommend(evidence, policy)
    assert (said in _decided(found).text) == open_
    texts = {reason.rule: reason.text for reason in found.reasons}
    assert f"({span(low, high)})" in texts["tune_closes_the_gap"], "one rounding in all sentences"
    wrong = evidence.data.model_copy(update={"label_ceiling": 0.85})
    capped = recommend(evidence.model_copy(update={"data": wrong}), policy)
    assert "may still reach" not in _decided(capped).text


def test_a_classifier_that_is_better_than_needed_is_named(make_evidence, policy):
    found = recommend(make_evidence(rows=480, prompt=0.925, classifier=0.95), policy)
    assert found.verdict == "adopt_prompt" and "2.5 points higher on 120" in found.headline
    alike = recommend(make_evidence(rows=480, prompt=0.925, classifier=0.94), policy)
    assert alike.verdict == "adopt_prompt" and "points higher" not in alike.headline
    assert "which chance alone may explain, and costs 200 more once" in found.headline
    evidence = make_evidence(rows=4000, prompt=0.925, classifier=0.97, prices=False)
    sure = recommend(evidence, policy).headline
    assert "4.5 points higher on 500 rows; above the target" in sure


@pytest.mark.parametrize(
    ("classifier", "said"),
    [(0.3, "That is not enough, and the prompt is."), (0.91, "good enough as well")],
)
def test_a_classifier_beside_a_good_prompt_is_judged_by_its_own_score(
    classifier, said, make_evidence, policy
):
    found = recommend(make_evidence(prompt=0.92, classifier=classifier), policy)
    text = next(r.text for r in found.reasons if r.rule == "classifier_is_enough")
    assert text.endswith(said) or said in text
    assert ("as well" in text) == (classifier > 0.9)


def test_what_would_cost_points_is_named(make_evidence, policy):
    """Under another verdict “this advice” would be taken for that one."""
    told = CASES["alike on more rows"][0] | {"contradictions": 40}
    found = recommend(make_evidence(**told), policy)
    guard = next(reason for reason in found.reasons if reason.rule == UNSETTLED)
    assert (
        found.verdict == "fix_data"
        and "taking the better prompt would on average end " in guard.text
    )


def test_practically_equal_is_called_so(make_evidence, policy):
    found = recommend(make_evidence(**CASES["practically equal"][0]), policy)
    assert "practically equal" in _decided(found).text


def test_what_is_kept_is_judged_by_its_own_score(make_evidence, policy):
    """The staff reach 97 %, the best prompt 80: the few rows behind the prompt do not matter."""
    evidence = make_evidence(rows=240, prompt=0.8, classifier=0.81, today=0.97)
    found = recommend(evidence, policy)
    assert found.verdict == "keep_prompt"
    assert regret("keep_prompt", evidence) < 0.001
    assert "“today's answers” reaches 97 %" in found.headline


def test_today_can_be_kept_where_no_prompt_ran(make_evidence, policy):
    evidence = make_evidence(today=0.95, classifier=0.8, forecast=0.82)
    assert verdict_of(evidence, policy) == "keep_prompt"


def test_the_last_rule_says_nothing_false_when_outranked(make_evidence, policy):
    last = recommend(make_evidence(**CASES["practically equal"][0]), policy).reasons[-1]
    assert (last.rule, last.outcome) == ("no_rule_met", "outranked")
    assert last.text == "The last resort: decides where no rule above is met."


def test_a_saving_that_costs_quality_is_told_but_not_advised(make_evidence, policy):
    told = {**CASES["a tune saves money"][0], "target": 0.8, "prompt": 0.97}
    found = recommend(make_evidence(**told), policy)
    assert found.verdict == "adopt_prompt"
    text = next(reason.text for reason in found.reasons if reason.rule == "tune_pays_back")
    assert "worse than" in text and "It reaches the target, though, and saves about" in text


def test_costs_are_those_of_the_cost_model(make_evidence):
    mini = EndpointSettings(base_url="http://mini/v1", model="m", price_in=0.15, price_out=0.6)
    settings = Settings(endpoints={"mini": mini})
    used = {"prompt_tokens": 900.0, "completion_tokens": 5.0}
    evidence = make_evidence(prompt=0.92, classifier=0.91, forecast=0.9)
    arms = []
    for arm in evidence.arms:
        arm = arm.model_copy(update=used if arm.kind == "prompt" else {"p50_ms": 1.0})
        arms.append(arm.model_copy(update={"cost_per_1000": running_cost(arm, settings)}))
    costs = costs_of(arms, None, settings) | {TUNED: tune_cost(150.0, 600.0, settings)}
    assert costs.keys() == evidence.costs.keys()
    for name, cost in costs.items():
        assert evidence.costs[name].model_dump() == pytest.approx(cost.model_dump()), name


@pytest.mark.parametrize("name", ["alike on few rows", "good prompt, high volume"])
def test_deciding_again_takes_under_a_tenth_of_a_second(name, make_evidence, policy):
    """What a what-if waits for; the least of five, since other work may run beside it."""
    evidence, taken = make_evidence(**CASES[name][0]), []
    for _ in range(5):
        started = time.process_time()
        recommend(evidence, policy)
        taken.append(time.process_time() - started)
    assert min(taken) < 0.1


def _decided(found):
    return next(reason for reason in found.reasons if reason.outcome == "decided")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"prompt": 0.925, "today": 0.958}, "and the best prompt found reaches 92.5 %."),
        ({"prompt": 0.92, "today": 0.91}, "and the best prompt found is only 1 point better."),
        ({"prompt": 0.92, "today": 0.92}, "and the best prompt found reaches as much."),
        ({"today": 0.92}, "and no prompt was found that could be used."),
        ({"prompt": 0.92, "own_prompt": True}, "and no other prompt found is better."),
        (
            {"prompt": 0.89, "today": 0.885, "classifier": 0.89},
            "“today's answers” reaches 88.5 %, 1.5 points under the target of 90 %, and",
        ),
    ],
)
def test_what_is_kept_is_told_beside_the_best_prompt(told, said, make_evidence, policy):
    found = recommend(make_evidence(**told), policy)
    assert found.verdict == "keep_prompt" and said in found.headline


def test_a_prompt_a_little_under_the_target_is_said_to_be_under_it(make_evidence, policy):
    found = recommend(
        make_evidence(rows=600, target=0.99, prompt=0.973, classifier=0.953, forecast=0.98), policy
    )
    assert found.verdict == "adopt_prompt"
    assert found.headline.startswith("Use the best prompt: ")
    assert "reaches 97.3 %, 1.7 points under the target of 99 %; nothing" in found.headline
    assert found.headline.endswith("is better by more than 2 points, so no fine-tune.")
    texts = {reason.rule: reason.text for reason in found.reasons}
    assert "comes within 2 points of it, the classifier does not" in texts["classifier_is_enough"]
    assert "2 points below counts as reached" in texts["nothing_reaches_the_target"]


@pytest.mark.parametrize(
    ("told", "barred"),
    [
        ({"prompt": 0.92}, True),
        ({"prompt": 0.885, "classifier": 0.5}, True),
        ({"prompt": 0.87, "classifier": 0.5, "forecast": 0.6}, False),
        ({"prompt": 0.885, "forecast": 0.7}, True),  # near is near enough without the limit too
    ],
)
def test_a_limit_that_bars_what_is_near_enough_is_what_stands_in_the_way(
    told, barred, make_evidence, policy
):
    free = make_evidence(task="labels", **told)
    assert (verdict_of(free, policy) == "adopt_prompt") == barred
    limited = recommend(make_evidence(task="labels", **told, latency=(900.0, 500.0)), policy)
    assert (limited.verdict == "larger_model") == (not barred)
    assert (_decided(limited).rule == "limits_rule_it_out") == barred


def test_labels_that_nobody_could_check_are_not_called_right(make_evidence, policy):
    evidence = make_evidence(prompt=0.92)
    why = "only 20 rows, 80 are needed"
    data = evidence.data.model_copy(update={"labels_unchecked": why})
    found = recommend(evidence.model_copy(update={"data": data}), policy)
    [rule] = [r for r in found.reasons if r.rule == "probable_label_errors"]
    assert rule.outcome == "not_applicable"
    assert rule.text == f"Labels could not be checked for errors: {why}."


def test_the_fewest_examples_are_not_said_to_settle_anything(make_evidence, policy):
    found = recommend(make_evidence(rows=20, prompt=0.9), policy)
    needed = f"t least {found.more_examples} more examples are needed before any answer"
    assert needed in found.headline and needed in _decided(found).text
    open_ = recommend(make_evidence(**CASES["alike on few rows"][0]), policy)
    assert "more examples would settle it" in open_.headline


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"prompt": 0.8, "classifier": 0.84}, "No prompt is good enough, so"),
        ({"prompt": 0.8, "classifier": 0.84, "today": 0.7}, "Neither today's way nor a prompt is"),
        ({"classifier": 0.84, "today": 0.7}, "Today's way is not good enough, so"),
        ({"prompt": 0.8, "classifier": 0.84, "own_prompt": True}, "No prompt is good enough, so"),
        ({"classifier": 0.84}, "No prompt was measured that is good enough, so"),
        (
            {"prompt": 0.8, "classifier": 0.84, "latency": (90.0, 500.0)},
            "No prompt is good enough within the limits, so",
        ),
    ],
)
def test_only_what_was_measured_is_said_not_to_be_enough(told, said, make_evidence, policy):
    found = recommend(make_evidence(**told, forecast=0.91), policy)
    texts = {reason.rule: reason.text for reason in found.reasons}
    assert texts["classifier_pays_back"].startswith(said)
    assert texts["tune_pays_back"].startswith(said)


def test_a_saving_is_told_with_its_bills_and_its_currency(make_evidence, policy):
    evidence = make_evidence(**CASES["a tune saves money"][0])
    prices = evidence.prices.model_copy(update={"currency": "EUR"})
    found = recommend(evidence.model_copy(update={"prices": prices}), policy)
    said = "saves about 130 EUR a month (138 → 8.3) and pays back 600 EUR in 4.6 months"
    assert said in found.headline and said in _decided(found).text
    assert "a fine-tune is forecast at 91 %" in found.headline
    sorted_ = recommend(make_evidence(**CASES["good prompt, high volume"][0]), policy)
    assert "saves about 690 a month (690 → " in sorted_.headline


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"rows": 480, "prompt": 0.925, "target": 0.92}, "is below 92 % in about 4 of 10 such"),
        ({"rows": 4000, "prompt": 0.97, "target": 0.9}, ""),
    ],
)
def test_a_score_close_above_the_target_says_how_often_it_is_below(
    told, said, make_evidence, policy
):
    sure = recommend(make_evidence(task="fields", forecast=0.9, **told), policy).confidence
    assert said in sure and ("the true score is below" in sure) == bool(said)
    assert "no other way would come closer to the target by more than" in sure


def test_how_sure_a_larger_model_is_speaks_of_what_would_pass_the_target(make_evidence, policy):
    found = recommend(make_evidence(**CASES["nothing comes near"][0]), policy)
    assert "nothing measured or forecast would exceed the target by more than" in found.confidence
