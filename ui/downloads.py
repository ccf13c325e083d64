"""The report as files, with the team's own examples or without, made when they are asked for.

One click is enough: the browser takes a file that was asked for as soon as it is made. The next
click makes it anew, for the box may have been ticked in between.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from tools.errors import UserError
from tools.report.build import WITHOUT, Form, write
from tools.report.exports import export_run_tables
from tools.runs import Run
from ui.markup import shown

# What was asked for is taken once it is made: the button's words say how far it is. A failure
# brings back the first words, and nothing is taken. (Gradio's own `js=` is evaluated from a string,
# which our content security policy forbids.)
TAKE = """
<script>
(() => {
  const asked = new Map();
  addEventListener("click", (event) => {
    const button = event.target.closest?.(".on-demand");
    if (button && event.isTrusted && !button.textContent.includes("Get")) asked.set(button.id, 0);
  }, true);
  new MutationObserver(() => {
    for (const [id, begun] of asked) {
      const button = document.getElementById(id);
      if (button?.textContent.includes("Making")) asked.set(id, 1);
      else if (begun) {
        asked.delete(id);
        if (button?.textContent.includes("Get")) setTimeout(() => button.click(), 100);
      }
    }
  }).observe(document, { childList: true, subtree: true, characterData: true });
})();
</script>
"""

Updates = dict[Any, Any]
Make = Callable[[Run, Path, bool], object]


def _report(form: Form, run: Run, file: Path, examples: bool) -> None:
    shutil.copyfile(write(run.folder, form, examples), file)


def _tables(run: Run, file: Path, examples: bool) -> None:
    shutil.make_archive(str(file.with_suffix("")), "zip", export_run_tables(run, examples))


# What a button says at first, what its file is called then, how the file's name ends, what makes it
FORMS: dict[str, tuple[str, str, str, Make]] = {
    "download": ("Report", "the report", ".html", partial(_report, "html")),
    "pdf": ("PDF", "the PDF", ".pdf", partial(_report, "pdf")),
    "markdown": ("Markdown", "the Markdown", ".md", partial(_report, "md")),
    "tables": ("Tables", "the tables", "-tables.zip", _tables),
}


def offered(name: str) -> Path:
    """Where Gradio may serve a file, under a name that says what it is."""
    return Path(tempfile.mkdtemp(prefix="report-", dir=os.environ.get("GRADIO_TEMP_DIR"))) / name


class Downloads:
    """The buttons; made inside a `gr.Blocks`."""

    def __init__(self) -> None:
        """Lay them out; `connect` brings them to life."""
        quiet: dict[str, Any] = {"size": "sm", "scale": 0, "min_width": 0, "visible": False}
        self.made = {
            form: gr.DownloadButton(label, elem_id=form, elem_classes="on-demand", **quiet)
            for form, (label, *_) in FORMS.items()
        }
        self.without = gr.Checkbox(
            label="Leave my examples out",
            elem_id="without",
            container=False,
            scale=0,
            min_width=0,
            visible=False,
        )

    def connect(self, run_id: gr.BrowserState, open_run: Callable[[str], Run]) -> None:
        """Connect the buttons.

        Args:
            run_id: The component that holds the run's id.
            open_run: Opens a run by what the browser says is its id; refuses what is none.
        """
        for form, button in self.made.items():
            button.click(
                partial(prepare, form, open_run),
                [run_id, button, self.without],
                [button],
                api_visibility="private",
                show_progress="hidden",
            )

    def fresh(self, run: Run | None) -> Updates:
        """The buttons for a report that is new: what was made of the one before is gone."""
        there = run is not None
        return {
            self.without: gr.Checkbox(visible=there),
            **{
                button: gr.DownloadButton(
                    FORMS[form][0], value=None, visible=there, interactive=True
                )
                for form, button in self.made.items()
            },
        }


def prepare(
    form: str,
    open_run: Callable[[str], Run],
    run_id: str,
    made: str | None,
    without: bool = False,
) -> Iterator[Any]:
    """What becomes of a button that is clicked: the file is made, and the button hands it out.

    Args:
        form: Kind of file, one of `FORMS`.
        open_run: Opens a run by what the browser says is its id; refuses what is none.
        run_id: What the browser says.
        made: What the button hands out already, or None.
        without: Whether the team's own examples are left out.
    """
    label, name, ending, make = FORMS[form]
    if made is not None:  # this click took it
        yield gr.DownloadButton(label, value=None)
        return
    yield gr.DownloadButton(f"Making {name} …", interactive=False)
    try:
        run = open_run(run_id)
        part = "" if without is False else f"-{WITHOUT}"
        file = offered(f"tuneworthy-{run.info.run_id}{part}{ending}")
        make(run, file, without is False)  # nothing else shows them
        yield gr.DownloadButton(f"Get {name}", value=file, interactive=True)
    except (UserError, OSError) as error:
        sentence = str(error) if isinstance(error, UserError) else _why(error)
        gr.Warning(str(shown(sentence)))
        yield gr.DownloadButton(label, interactive=True)


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "There is no report of this run any more."
    return f"The file cannot be written: {error.strerror}."
