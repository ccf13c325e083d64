"""The list of situations that the advice is judged in, and the files they need."""

import tomllib
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from policies.evidence import Frozen
from policies.recommendation import Verdict

Change = Literal["wrong answers", "answers of today", "first rows"]


class Scenario(Frozen):
    """One task in one situation.

    Attributes:
        name: Its name, also that of its folder.
        file: The examples.
        brief: What the team tells.
        options: Further options of `tuneworthy assess`.
        change: What is done to the examples first.
        amount: Share of rows that get a wrong answer, share of right answers of today, or number
            of rows that are kept.
        tuned_in: Scenario on the same examples whose tune is used; "" to tune here, "-" for none.
        truth: Verdicts that are right by how the scenario was made, for those that no arm can
            show (wrong labels planted, too few rows); else arms decide.
    """

    name: str
    file: str
    brief: dict[str, Any] = {}
    options: tuple[str, ...] = ()
    change: Change | None = None
    amount: float = 0.0
    tuned_in: str = ""
    truth: tuple[Verdict, ...] = ()


def read(path: Path) -> tuple[Scenario, ...]:
    """Scenarios of a TOML file."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["scenario"]
    return tuple(Scenario.model_validate(each) for each in listed)


def examples(scenario: Scenario, folder: Path, seed: int = 0) -> Path:
    """The scenario's examples; a changed copy of them is written to the folder.

    Args:
        scenario: The scenario; its file's last column holds the answers.
        folder: Where a changed copy goes.
        seed: Decides which rows are changed or kept.
    """
    if scenario.change is None:
        return Path(scenario.file)
    rows = pd.read_csv(scenario.file, dtype=str, keep_default_na=False)
    rng = np.random.default_rng(seed)
    answer = rows.columns[-1]
    if scenario.change == "first rows":
        rows = rows.sample(int(scenario.amount), random_state=seed)
    elif scenario.change == "wrong answers":
        rows[answer] = _spoiled(rows[answer], scenario.amount, rng)
    else:
        rows["today"] = _spoiled(rows[answer], 1 - scenario.amount, rng)
        rows = rows[[*rows.columns[:-2], "today", answer]]
    folder.mkdir(parents=True, exist_ok=True)
    changed = folder / "examples.csv"
    rows.to_csv(changed, index=False)
    return changed


def _spoiled(answers: "pd.Series[str]", share: float, rng: np.random.Generator) -> list[str]:
    """The answers, some of them (drawn without bias) exchanged for another that occurs."""
    found, known = list(answers), sorted(set(answers))
    for row in rng.choice(len(found), round(share * len(found)), replace=False):
        found[row] = str(rng.choice([each for each in known if each != found[row]]))
    return found
