"""What the page draws."""

from dataclasses import dataclass

from agent.state import State
from agent.view import View
from tools.assessment import Assessment
from ui.pictures import Drawn, Further


@dataclass(frozen=True)
class Scene:
    """All that the page draws.

    Attributes:
        view: The conversation.
        file: The examples' name for people, or "".
        assessment: The assessment, once there is one.
        gap: Its picture of the gap, if anything was measured.
        further: Its other pictures, as soon as they are drawn.
        difference: What the corrections of an earlier run's labels changed, as HTML, or "".
        rolled_back: Whether the tuned model was taken out of use.
        said: What the person has just said and the state does not hold yet, or "".
    """

    view: View
    file: str = ""
    assessment: Assessment | None = None
    gap: Drawn | None = None
    further: Further = Further()
    difference: str = ""
    rolled_back: bool = False
    said: str = ""

    @property
    def state(self) -> State:
        """The conversation's state."""
        return self.view.state

    @property
    def asks_tuned(self) -> bool:
        """Whether a tuned model answers beside the best prompt."""
        return "tune" in self.state and not self.rolled_back
