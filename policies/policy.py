"""The numbers that the rules use, from `thresholds.toml` or a team's own file."""

import tomllib
from pathlib import Path

from pydantic import Field, ValidationError

from policies.brief import Cadence
from policies.evidence import Frozen

DEFAULTS = Path(__file__).with_name("thresholds.toml")


class Policy(Frozen):
    """Thresholds; `thresholds.toml` says where each comes from."""

    margin: float = Field(ge=0, lt=1)
    least_test_rows: int = Field(ge=0)
    most_more_examples: int = Field(ge=0)
    contradiction_share: float = Field(ge=0, le=1)
    label_error_share: float = Field(ge=0, le=1)
    changing_often: tuple[Cadence, ...]
    likely_miss: float = Field(ge=0, le=1)
    high_confidence: float = Field(ge=0)
    good_confidence: float = Field(ge=0)
    horizon_months: float = Field(ge=0)
    least_ship_rows: int = Field(ge=0)
    forgetting_margin: float = Field(ge=0, le=1)
    forgetting_perplexity: float = Field(ge=1)
    replacing_margin: float = Field(ge=0, le=1)
    replacing_perplexity: float = Field(ge=1)


def load_policy(override: Path | None = None) -> Policy:
    """The default policy, with a team's own values over it.

    Raises:
        ValueError: The file is not TOML, or names an unknown or impossible threshold.
    """
    values = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    if override is not None:
        try:
            values |= tomllib.loads(override.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ValueError(f"The policy file cannot be read: {error}") from error
    try:
        return Policy.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"The policy's {where!r} is not valid: {first['msg']}.") from error
