"""Thresholds: the defaults load, a team's file wins, a bad one is refused by name."""

import tomllib

import pytest

from policies.decide import verdict_of
from policies.policy import DEFAULTS, Policy, load_policy

# What the file says → what the sentence must say.
REFUSED = {
    "margn = 0.05": "'margn'",
    "margin = -0.01": "'margin'",
    "margin = 1.0": "'margin'",
    "margin = nan": "'margin'",
    'margin = "two points"': "'margin'",
    "least_test_rows = 20.5": "'least_test_rows'",
    "most_more_examples = -1": "'most_more_examples'",
    "contradiction_share = 5": "'contradiction_share'",
    'changing_often = ["hourly"]': "'changing_often.0'",
    "likely_miss = 2": "'likely_miss'",
    "high_confidence = -1": "'high_confidence'",
    "good_confidence = -1": "'good_confidence'",
    "horizon_months = -12": "'horizon_months'",
    "least_ship_rows = -1": "'least_ship_rows'",
    "forgetting_margin = 2": "'forgetting_margin'",
    "forgetting_perplexity = 0.5": "'forgetting_perplexity'",
    "replacing_margin = -1": "'replacing_margin'",
    "replacing_perplexity = 0.5": "'replacing_perplexity'",
    "[margin]\npoints = 2": "'margin'",
    "margin: 0.05": "cannot be read",
    "margin = 0.05\nmargin = 0.06": "cannot be read",
}


def test_defaults_name_every_threshold(policy):
    told = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    assert told.keys() == Policy.model_fields.keys()
    assert policy == Policy.model_validate(told)
    assert policy.margin == 0.02


def test_an_override_wins_and_leaves_the_rest(policy, tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text("margin = 0.05\nhorizon_months = 24\n", encoding="utf-8")
    found = load_policy(file)
    assert found == policy.model_copy(update={"margin": 0.05, "horizon_months": 24.0})


def test_an_empty_override_changes_nothing(policy, tmp_path):
    file = tmp_path / "policy.toml"
    file.touch()
    assert load_policy(file) == policy


def test_an_override_changes_the_verdict(make_evidence, policy, tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text("horizon_months = 100\n", encoding="utf-8")
    evidence = make_evidence(task="fields", prompt=0.92, forecast=0.91, monthly_requests=100_000)
    assert verdict_of(evidence, policy) == "adopt_prompt"
    assert verdict_of(evidence, load_policy(file)) == "fine_tune_for_cost"


def test_what_counts_as_changing_often_is_the_team_s_to_say(make_evidence, policy, tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text('changing_often = ["monthly", "weekly", "daily"]\n', encoding="utf-8")
    evidence = make_evidence(task="text", target=0.6, prompt=0.45, facts_change="monthly")
    assert verdict_of(evidence, policy) != "use_retrieval"
    assert verdict_of(evidence, load_policy(file)) == "use_retrieval"


@pytest.mark.parametrize("text", REFUSED)
def test_a_bad_override_is_refused_in_a_sentence(text, tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^The policy") as caught:
        load_policy(file)
    assert REFUSED[text] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_override_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"cannot be read.*nowhere\.toml"):
        load_policy(tmp_path / "nowhere.toml")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    file = tmp_path / "policy.toml"
    file.write_bytes(b"margin = \xff")
    with pytest.raises(ValueError, match="cannot be read"):
        load_policy(file)
