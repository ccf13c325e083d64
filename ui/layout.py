"""The components of the page, and how its controls change."""

from typing import Any

import gradio as gr

from ui.downloads import Downloads

TITLE = "<header><h1>Tuneworthy</h1><p>Should we fine-tune? Ask your own data.</p></header>"
BUSY_SECONDS, IDLE_SECONDS = 1.0, 4.0  # between two looks at the conversation

Updates = dict[Any, Any]


class Layout:
    """The components; made inside a `gr.Blocks`."""

    def __init__(self) -> None:
        """Lay the components out."""
        self.run = gr.BrowserState("", storage_key="tuneworthy-run", secret="tuneworthy")
        self.drawn = gr.State({})  # what this tab shows by now, as hashes
        self.asked = gr.Textbox(visible=False)  # the question that this tab shows
        self.timer = gr.Timer(IDLE_SECONDS)
        with gr.Row(elem_id="head"):
            gr.Markdown(TITLE, elem_id="title")
            small: dict[str, Any] = {"size": "sm", "scale": 0, "min_width": 0}
            self.earlier = gr.Button("Earlier questions", elem_id="earlier", **small)
            self.again = gr.Button("New question", visible=False, elem_id="again", **small)
        with gr.Row(elem_id="page") as self.page:
            with gr.Column(elem_id="talk"):
                self._lay_out_talk()
            with gr.Column(elem_id="beside"):
                self.evidence = gr.Markdown(latex_delimiters=[], elem_id="evidence")

    def _lay_out_talk(self) -> None:
        self.chat = gr.Chatbot(
            elem_id="chat",
            label="Conversation",
            show_label=False,
            render_markdown=False,  # contents are HTML of our own; Gradio sanitises it as well
            latex_delimiters=[],
            layout="panel",
            buttons=[],
            feedback_options=None,
            autoscroll=False,
            height="100%",
        )
        with gr.Row(elem_id="composer"):
            self.box = gr.Textbox(
                show_label=False,
                label="Your answer",
                container=False,
                lines=1,
                max_lines=8,
                scale=1,
                elem_id="box",
                autofocus=True,
            )
            self.upload = gr.UploadButton(
                "Add a file",
                variant="primary",
                visible=False,
                elem_id="upload",
                scale=0,
                min_width=0,
            )
            self.send = gr.Button("Send", variant="primary", elem_id="send", scale=0, min_width=0)
            self.stop = gr.Button(
                "Stop", variant="stop", visible=False, elem_id="stop", scale=0, min_width=0
            )
        with gr.Row(elem_id="actions"):
            quiet: dict[str, Any] = {"size": "sm", "scale": 0, "min_width": 0, "visible": False}
            self.tune = gr.Button("Fine-tune anyway", elem_id="tune", **quiet)
            self.downloads = Downloads()
            self.fixes = gr.DownloadButton("Get rows to fix", elem_id="fixes", **quiet)
            self.corrected = gr.UploadButton(
                "Add fixed rows",
                elem_id="corrected",
                file_types=[".xlsx", ".csv"],
                **quiet,
            )
