"""The worked cases: what a team told and measured, and the verdict on it."""

from typing import Any

from policies.recommendation import Verdict

Told = dict[str, Any]

CASES: dict[str, tuple[Told, Verdict]] = {
    # DESIGN's example. A classifier would save 0.28 EUR a month and costs 400 to bring into use.
    "good prompt, low volume": (
        {"prompt": 0.92, "classifier": 0.91, "forecast": 0.9},
        "adopt_prompt",
    ),
    # At 5 million requests it saves 690 EUR a month: paid back in under a month.
    "good prompt, high volume": (
        {"prompt": 0.92, "classifier": 0.91, "forecast": 0.9, "monthly_requests": 5_000_000},
        "use_classifier",
    ),
    # A saving is counted on only where the team told its volume.
    "good prompt, volume unknown": (
        {"prompt": 0.92, "classifier": 0.91, "forecast": 0.9, "monthly_requests": None},
        "adopt_prompt",
    ),
    # 6 % of the rows contradict others: that beats missing facts and a prompt that looks good.
    "labels contradict each other": (
        {"prompt": 0.95, "contradictions": 120, "outside_facts": True},
        "fix_data",
    ),
    # Only 2 % contradict, but they leave no more than 89 % possible.
    "ceiling under the target": (
        {"prompt": 0.85, "forecast": 0.88, "contradictions": 40, "ceiling": 0.89},
        "fix_data",
    ),
    # Nothing contradicts anything, but 7.5 % of the labels are clearly wrong.
    "labels look wrong": (
        {"prompt": 0.92, "classifier": 0.91, "label_errors": 300},
        "fix_data",
    ),
    # 4 % clearly wrong: worth a look, but not before all else.
    "a few labels look wrong": (
        {"prompt": 0.92, "classifier": 0.91, "label_errors": 160},
        "adopt_prompt",
    ),
    # A tune is forecast well above the target, but a tune learns form, not facts.
    "facts are missing": (
        {"task": "fields", "prompt": 0.78, "forecast": 0.93, "outside_facts": True},
        "use_retrieval",
    ),
    # What a tune learned on Monday is wrong on Tuesday.
    "facts change daily": (
        {"task": "text", "target": 0.6, "prompt": 0.45, "forecast": 0.62, "facts_change": "daily"},
        "use_retrieval",
    ),
    # All that was asked for stood in the inputs: what the prompt lacks is form, whatever was told.
    "facts are said to be missing, mistakes are of form": (
        {"task": "fields", "prompt": 0.78, "forecast": 0.93, "outside_facts": True}
        | {"formal": True},
        "fine_tune",
    ),
    # New labels every week are no facts to look up.
    "labels change weekly": (
        {"prompt": 0.8, "classifier": 0.84, "forecast": 0.91, "facts_change": "weekly"},
        "fine_tune",
    ),
    # A wrong label does not show why it is wrong; here the team's word counts.
    "labels need facts": ({"prompt": 0.8, "outside_facts": True}, "use_retrieval"),
    # Whatever the prompt lacks, it is good enough without.
    "facts are missing, prompt is good": (
        {"task": "fields", "prompt": 0.92, "forecast": 0.93, "outside_facts": True},
        "adopt_prompt",
    ),
    # The staff know the facts; no look-up system is needed for what is good enough.
    "facts are missing, today's answers are good": (
        {"task": "fields", "prompt": 0.7, "today": 0.92, "outside_facts": True},
        "keep_prompt",
    ),
    # One point better is within the margin: not worth a change.
    "today's answers hold up": ({"prompt": 0.92, "today": 0.91}, "keep_prompt"),
    # Exactly the margin is still practically equal (0.92 - 0.90 is more than 0.02 in floats).
    "today's answers, just so": ({"prompt": 0.92, "today": 0.9}, "keep_prompt"),
    "today's answers are beaten": ({"prompt": 0.92, "today": 0.85}, "adopt_prompt"),
    "the team's own prompt wins": (
        {"prompt": 0.93, "forecast": 0.92, "own_prompt": True},
        "keep_prompt",
    ),
    # 88.5 % would be close enough alone, but here is something better by more than the margin.
    "own prompt is close, a rival is better": (
        {"prompt": 0.885, "classifier": 0.97, "forecast": 0.95, "own_prompt": True},
        "use_classifier",
    ),
    # One point below the target, and nothing is better by more than two.
    "practically equal": (
        {"prompt": 0.89, "classifier": 0.895, "forecast": 0.905},
        "adopt_prompt",
    ),
    # Where that is good enough for the prompt it is for the classifier, which is cheaper here
    # than the tune and not worse.
    "practically equal, high volume": (
        {"prompt": 0.89, "classifier": 0.895, "forecast": 0.89, "monthly_requests": 5_000_000},
        "use_classifier",
    ),
    "a classifier reaches the target": (
        {"prompt": 0.8, "classifier": 0.91, "forecast": 0.92},
        "use_classifier",
    ),
    # It misses by a point and is 1.5 below the tune: on labels the cheaper of two equals wins.
    "a classifier ties the tune": (
        {"prompt": 0.8, "classifier": 0.89, "forecast": 0.905},
        "use_classifier",
    ),
    # The same, but the team needs a reason with each label, say.
    "answers beyond labels": (
        {"prompt": 0.8, "classifier": 0.89, "forecast": 0.905, "beyond_labels": True},
        "fine_tune",
    ),
    # 11 points above the prompt and 7 above the classifier.
    "only a tune reaches the target": (
        {"prompt": 0.8, "classifier": 0.84, "forecast": 0.91},
        "fine_tune",
    ),
    "a tune writes better text": (
        {"task": "text", "target": 0.58, "prompt": 0.45, "forecast": 0.6},
        "fine_tune",
    ),
    # Good enough, but too slow; the classifier takes no time worth mentioning.
    "the prompt is too slow": (
        {"prompt": 0.93, "classifier": 0.91, "forecast": 0.92, "latency": (1800.0, 500.0)},
        "use_classifier",
    ),
    # There is no classifier for fields, and the tuned model is fast enough.
    "the prompt is too slow for fields": (
        {"task": "fields", "prompt": 0.93, "forecast": 0.92, "latency": (1800.0, 500.0)},
        "fine_tune",
    ),
    # 138 EUR a month at a million requests; 8 for the tuned model.
    "the prompt is over the budget": (
        {"task": "fields", "prompt": 0.93, "forecast": 0.92, "monthly_requests": 1_000_000}
        | {"budget": 100.0},
        "fine_tune",
    ),
    # It saves 130 EUR a month and costs 600 more at first: paid back in 4.6 months, 12 are allowed.
    "a tune saves money": (
        {"task": "fields", "prompt": 0.92, "forecast": 0.91, "monthly_requests": 1_000_000},
        "fine_tune_for_cost",
    ),
    # 46 months.
    "a tune would save too little": (
        {"task": "fields", "prompt": 0.92, "forecast": 0.91, "monthly_requests": 100_000},
        "adopt_prompt",
    ),
    "no prices known": (
        {"task": "number", "prompt": 0.92, "forecast": 0.91, "monthly_requests": 1_000_000}
        | {"prices": False},
        "adopt_prompt",
    ),
    "nothing comes near": (
        {"prompt": 0.7, "classifier": 0.75, "forecast": 0.78},
        "larger_model",
    ),
    "nothing comes near, larger model tried": (
        {"task": "number", "prompt": 0.7, "forecast": 0.78, "larger_measured": True},
        "larger_model",
    ),
    # The prompt misses by more than the margin, the tune gains less than it: neither will do.
    "nothing quite reaches": (
        {"task": "fields", "prompt": 0.875, "forecast": 0.89},
        "larger_model",
    ),
    # A tune might reach the target; there was no time to forecast one.
    "no forecast": ({"task": "fields", "prompt": 0.53, "target": 0.6}, "not_enough_evidence"),
    # 15 test rows; 80 rows in all give the 20 that the policy asks for.
    "too few rows": ({"rows": 60, "prompt": 0.92}, "not_enough_evidence"),
    # Two rows that contradict each other are 5 % of 40: of so few that is no count to act on.
    "20 rows, a contradiction": (
        {"rows": 20, "prompt": 0.8, "contradictions": 2},
        "not_enough_evidence",
    ),
    "40 rows, a contradiction": (
        {"rows": 40, "prompt": 0.8, "classifier": 0.9, "forecast": 0.9, "contradictions": 2},
        "not_enough_evidence",
    ),
    # Nor is what was told of facts, where nothing was measured on more than a handful of rows.
    "20 rows, facts change weekly": (
        {"task": "fields", "rows": 20, "prompt": 0.6, "facts_change": "weekly"},
        "not_enough_evidence",
    ),
    "40 rows, facts are missing": (
        {"task": "fields", "rows": 40, "prompt": 0.6, "forecast": 0.8, "outside_facts": True},
        "not_enough_evidence",
    ),
    # All three look alike, and 25 test rows could hide a difference worth 2.3 points.
    "alike on few rows": (
        {"rows": 100, "prompt": 0.88, "classifier": 0.88, "forecast": 0.88},
        "not_enough_evidence",
    ),
    # The same scores on 100 test rows: whatever is hidden there is worth less than 2 points.
    "alike on more rows": (
        {"rows": 400, "prompt": 0.88, "classifier": 0.88, "forecast": 0.88},
        "adopt_prompt",
    ),
    # A larger model would be slower still: quality is not what is missing.
    "only the limit stands in the way": (
        {"task": "fields", "prompt": 0.93, "latency": (1800.0, 500.0)},
        "not_enough_evidence",
    ),
    # The classifier misses by 3.5 points, however near the tune: a target is a target.
    "a classifier and a tune, both short": (
        {"prompt": 0.875, "classifier": 0.865, "forecast": 0.88},
        "larger_model",
    ),
    # The staff are as near as the tune would be: no change is worth making.
    "today's answers are as good as a tune": (
        {"prompt": 0.8, "forecast": 0.885, "today": 0.875},
        "larger_model",
    ),
    # A saving is one beside what would be used otherwise, and nobody knows what the staff cost.
    "today's answers have no price": (
        {"prompt": 0.92, "classifier": 0.91, "today": 0.91, "monthly_requests": 5_000_000},
        "keep_prompt",
    ),
    # What was measured beats what was told: a classifier does without the facts.
    "facts change weekly, a classifier is good": (
        {"prompt": 0.8, "classifier": 0.97, "facts_change": "weekly"},
        "use_classifier",
    ),
    # The budget was spent before a prompt was scored.
    "nothing was measured": ({}, "not_enough_evidence"),
    # Passages gain 15 points clearly: facts are missing, though nobody said so.
    "documents hold the facts": (
        {"task": "fields", "prompt": 0.78, "forecast": 0.85, "documents": 0.93},
        "use_retrieval",
    ),
    # The team says that facts are missing; its documents gain half a point.
    "documents do not help": (
        {
            "task": "fields",
            "prompt": 0.78,
            "forecast": 0.93,
            "documents": 0.785,
            "outside_facts": True,
        },
        "fine_tune",
    ),
    # Passages gain 15 points, but a classifier does without them and is better.
    "documents help, a classifier is better": (
        {"prompt": 0.7, "classifier": 0.95, "documents": 0.85},
        "use_classifier",
    ),
    # Passages gain 4 points, but the prompt without them reaches the target.
    "documents help, none are needed": (
        {"prompt": 0.91, "documents": 0.95, "outside_facts": True},
        "adopt_prompt",
    ),
}
