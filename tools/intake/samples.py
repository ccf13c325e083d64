"""The bundled examples: written by hand for this project, one click away."""

from pathlib import Path

from policies.evidence import Frozen

FOLDER = Path(__file__).resolve().parents[2] / "examples"


class Sample(Frozen):
    """One bundled file of examples."""

    key: str
    title: str
    file: str
    task: str

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return FOLDER / self.file


SAMPLES = (
    Sample(
        key="support",
        title="Support messages → topics",
        file="support_messages.csv",
        task="Sort customer messages of an outdoor shop into topics.",
    ),
    Sample(
        key="orders",
        title="Order messages → fields",
        file="order_messages.csv",
        task="Read bakery orders and write their details as JSON.",
    ),
    Sample(
        key="copy",
        title="Product facts → short copy",
        file="product_copy.csv",
        task="Write short product copy from a list of facts.",
    ),
)
