"""The provisional answer: by the same rules, and silent about what only a forecast could tell."""

from pathlib import Path

import pytest

from agent.provisional import Provisional
from policies.brief import Brief
from policies.evidence import Arm, ArmKind
from policies.policy import load_policy
from tools.forecast.stage import first_contestants
from tools.intake.dataset import Dataset, load_dataset
from tools.measure.intervals import score_of
from tools.progress import Standing
from tools.settings import Settings

WORDS = {"fruit": "apple pear plum", "metal": "iron zinc lead", "tree": "oak elm birch"}


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    path = tmp_path / "words.csv"
    rows = [f"{w} number {n},{label}" for n in range(20) for label in WORDS
            for w in WORDS[label].split()]  # fmt: skip
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    return load_dataset(path, Brief())


def _arm(kind: ArmKind, right: int, rows: int = 120, name: str = "") -> Arm:
    given = ["a"] * right + ["b"] * (rows - right)
    return Arm(
        name=name or kind, kind=kind, model="m", dev=score_of("accuracy", ["a"] * rows, given)
    )


def _standing(dataset: Dataset, arms: list[Arm], **told: object) -> Standing:
    provisional = Provisional(dataset, Brief.model_validate(told), load_policy(), Settings())
    assert provisional.standing is None
    for arm in arms:
        provisional.add(arm)
    assert provisional.standing is not None
    return provisional.standing


@pytest.mark.parametrize(
    ("prompt", "classifier", "told", "words"),
    [
        (119, 60, {"target": 0.9}, "a prompt is good enough, and no fine-tune is needed."),
        (60, 119, {"target": 0.9}, "an ordinary classifier is enough."),
        (60, 60, {"target": 0.9}, "whether a fine-tune would, I forecast after the prompts."),
        (60, 60, {"target": 0.9, "needs_outside_facts": True}, "look the missing facts up"),
        (60, 119, {"target": 0.9, "beyond_labels": True}, "so few rows do not settle it yet"),
    ],
)
def test_the_rules_say_what_the_answer_would_be(
    dataset: Dataset, prompt: int, classifier: int, told: dict[str, object], words: str
) -> None:
    arms = [_arm("prompt", prompt), _arm("classifier", classifier)]
    assert words in _standing(dataset, arms, **told).text


def test_the_leader_is_named_with_score_and_rows(dataset: Dataset) -> None:
    arms = [_arm("prompt", 15, 30, "plain"), _arm("baseline", 30, name="majority answer")]
    standing = _standing(dataset, arms)
    assert [runner.name for runner in standing.runners] == ["plain", "majority answer"]
    assert standing.leader == "So far “plain” leads with 50 % on 30 rows."


def test_the_best_prompt_is_named_where_it_does_not_lead(dataset: Dataset) -> None:
    arms = [_arm("prompt", 15, 30, "a"), _arm("prompt", 18, 30, "b"), _arm("classifier", 90)]
    assert _standing(dataset, arms).leader.endswith("The best prompt of 2 has 60 % on 30 rows.")


def test_more_rows_replace_a_score_on_fewer(dataset: Dataset) -> None:
    standing = _standing(dataset, [_arm("prompt", 30, 30), _arm("prompt", 40, 60)])
    assert [(runner.score.n, runner.score.score) for runner in standing.runners] == [(60, 2 / 3)]


def test_a_first_idea_needs_no_model(dataset: Dataset) -> None:
    arms = {arm.name: arm for arm in first_contestants(dataset, Brief())}
    assert arms["classifier on the words"].dev.score > arms["majority answer"].dev.score
    assert all(arm.model == "none" and arm.test is None for arm in arms.values())
