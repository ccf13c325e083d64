"""Base of the parts of an assessment."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Base of the parts of an assessment: fields of a later version are kept out of the way."""

    model_config = ConfigDict(frozen=True, extra="ignore")
