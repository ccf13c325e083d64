"""The list of earlier runs on the page."""

from typing import Any

import gradio as gr
from markupsafe import Markup

from agent.worker import Worker
from tools.errors import UserError
from ui.shelf import Shelf, problem

HELP = "Choose one run to open, rename, repeat or delete it; choose two to compare them."
SURE = (
    "Delete for good? The examples, the answers of the models, the report and the conversation go."
)


class RunsList:
    """The components of the list; made inside a `gr.Blocks`."""

    def __init__(self, worker: Worker) -> None:
        """Lay the components out; `connect` brings them to life."""
        self.shelf = Shelf(worker)
        quiet: dict[str, Any] = {"size": "sm", "scale": 0, "min_width": 0, "interactive": False}
        with gr.Column(visible=False, elem_id="runs") as self.column:
            gr.Markdown("<h2>Earlier questions</h2>")
            self.chosen = gr.CheckboxGroup(label=HELP, choices=[], elem_id="runs-chosen")
            self.said = gr.Markdown(latex_delimiters=[], elem_id="runs-said")
            with gr.Row(elem_classes="runs-row"):
                self.open = gr.Button("Open", variant="primary", elem_id="runs-open", **quiet)
                self.compare = gr.Button("Compare", elem_id="runs-compare", **quiet)
                self.delete = gr.Button("Delete", variant="stop", elem_id="runs-delete", **quiet)
                self.sure = gr.Button(
                    "Yes, delete for good", variant="stop", visible=False, elem_id="runs-sure",
                    size="sm", scale=0, min_width=0,
                )  # fmt: skip
                self.close = gr.Button(
                    "Close", elem_id="runs-close", size="sm", scale=0, min_width=0
                )
            with gr.Row(elem_classes="runs-row"):
                self.text = gr.Textbox(
                    label="A new name, or another target such as 85 %",
                    max_lines=1,
                    elem_id="runs-text",
                )
                self.rename = gr.Button("Rename", elem_id="runs-rename", **quiet)
                self.again = gr.Button("Repeat with this target", elem_id="runs-repeat", **quiet)

    def connect(self) -> None:
        """Connect what changes the list alone; who owns the page connects open, repeat, close."""
        mine: dict[str, Any] = {
            "outputs": [
                *(self.chosen, self.said, self.text, self.open, self.compare, self.rename),
                *(self.again, self.delete, self.sure),
            ],
            "api_visibility": "private",
            "show_progress": "hidden",
        }
        self.chosen.input(self._choose, [self.chosen], **mine)
        self.rename.click(self._rename, [self.chosen, self.text], **mine)
        self.compare.click(self._compare, [self.chosen], **mine)
        self.delete.click(self._ask, [self.chosen], **mine)
        self.sure.click(self._delete, [self.chosen], **mine)

    def listed(self, said: Markup | str = "") -> dict[Any, Any]:
        """The list as it is now, with nothing chosen."""
        choices = self.shelf.choices()
        return {
            self.chosen: gr.CheckboxGroup(choices=choices, value=[]),
            self.said: str(said or (Markup() if choices else Markup("<p>No runs yet.</p>"))),
            self.text: "",
            **self._buttons(0),
        }

    def _choose(self, chosen: list[str]) -> dict[Any, Any]:
        return {self.said: "", **self._buttons(len(chosen))}

    def _rename(self, chosen: list[str], text: str) -> dict[Any, Any]:
        try:
            return self.listed(self.shelf.rename(chosen, text))
        except UserError as error:
            return {self.said: str(problem(error))}

    def _compare(self, chosen: list[str]) -> dict[Any, Any]:
        try:
            return {self.said: str(self.shelf.compare(chosen))}
        except UserError as error:
            return {self.said: str(problem(error))}

    def _ask(self, chosen: list[str]) -> dict[Any, Any]:
        return {
            self.said: str(Markup('<p class="problem">{}</p>').format(SURE)),
            self.sure: gr.Button(visible=len(chosen) == 1),
        }

    def _delete(self, chosen: list[str]) -> dict[Any, Any]:
        try:
            return self.listed(self.shelf.delete(chosen))
        except UserError as error:
            return {self.said: str(problem(error))}

    def _buttons(self, chosen: int) -> dict[Any, Any]:
        one = gr.Button(interactive=chosen == 1)
        return {
            **dict.fromkeys((self.open, self.rename, self.again, self.delete), one),
            self.compare: gr.Button(interactive=chosen == 2),
            self.sure: gr.Button(visible=False),
        }
