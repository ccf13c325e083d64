"""What was told on the command line, as the run wants it, or one sentence on what is wrong."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from policies.brief import Brief
from tools.errors import DataError, UserError


def text_of(path: Path | None) -> str | None:
    """What a file says, None without one.

    Raises:
        UserError: It cannot be read.
    """
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The file {path.name!r} cannot be read as UTF-8 text.") from error


def brief_of(file: Path | None, told: dict[str, Any]) -> Brief:
    """The brief of the file with the options of the command line over it.

    Raises:
        DataError: It is none.
    """
    try:
        given = json.loads(text_of(file) or "{}")
        return Brief.model_validate({**given, **told})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise DataError(f"The brief's {where!r} is not valid: {first['msg']}.") from error
    except (ValueError, TypeError) as error:
        raise DataError(f"The brief is not a JSON object: {error}") from error


def policy_of(file: Path | None, load: Any) -> Any:
    """The team's policy, by the function that loads it.

    Raises:
        UserError: The file is none.
    """
    try:
        return load(file)
    except ValueError as error:
        raise UserError(str(error)) from error


def check_models(
    models: tuple[str, ...], tune_model: str, offline: bool, allowed: list[str], settings: Any
) -> None:
    """Refuse unknown models, and endpoints that nobody allowed to receive examples.

    Raises:
        UserError: One is refused.
    """
    from tools.models.catalogue import Catalogue

    if offline and allowed:
        raise UserError("--offline and --allow-send contradict each other; leave one out.")
    catalogue = Catalogue(settings)
    for name in {*models, tune_model}:
        if name not in catalogue.names():
            known = ", ".join(catalogue.names())
            raise UserError(f"There is no model {name!r}; the settings know: {known}.")
    if catalogue.is_endpoint(tune_model):
        raise UserError(f"{tune_model!r} is an endpoint; only a local model can be tuned here.")
    for name in models:
        if catalogue.is_endpoint(name) and (offline or name not in allowed):
            raise UserError(
                f"The model {name!r} is an endpoint and would receive your examples; say "
                f"--allow-send {name} if it may, and leave out --offline."
            )
