"""What can be done with earlier runs: open, rename, repeat, compare, delete for good."""

from collections.abc import Sequence

from markupsafe import Markup

from agent.repeats import repeat_with_target
from agent.utterances import read_share
from agent.worker import Worker
from tools.assessment import FILE_NAME, Assessment, load
from tools.errors import RunError, UserError
from tools.report import words
from tools.report.answer import answer_title, key_figures
from tools.runs import RUN_ID, Run, list_runs, open_run
from ui.markup import NAME, shown

MOST = 200


class Shelf:
    """The runs of an installation; what a browser chooses among them is not trusted."""

    def __init__(self, worker: Worker) -> None:
        """The runs of this worker's home folder."""
        self.worker = worker

    def choices(self) -> list[tuple[str, str]]:
        """A label and the id of each run, newest first."""
        runs = list_runs(self.worker.settings.home)[:MOST]
        return [(_label(run), run.info.run_id) for run in runs]

    def one(self, chosen: Sequence[object]) -> str:
        """The id of the one run that is chosen.

        Raises:
            RunError: None or several are, or it is no run.
        """
        (run,) = self._runs(chosen, 1)
        return run.info.run_id

    def rename(self, chosen: Sequence[object], name: str) -> Markup:
        """Call the chosen run something else."""
        (run,) = self._runs(chosen, 1)
        run.rename(name)
        return Markup("<p>Renamed.</p>")

    def repeat(self, chosen: Sequence[object], text: str) -> str:
        """Begin the chosen run again with another target; returns the new run's id.

        Raises:
            UserError: No run is chosen, or the text is no target.
        """
        target = read_share(text)
        if target is None:
            raise UserError("Please write another target, such as “85 %”.")
        return repeat_with_target(self.worker, self.one(chosen), target)

    def compare(self, chosen: Sequence[object]) -> Markup:
        """Two finished runs side by side."""
        one, other = self._runs(chosen, 2)
        return comparison((_name(one), _assessment(one)), (_name(other), _assessment(other)))

    def delete(self, chosen: Sequence[object]) -> Markup:
        """Delete the chosen run for good."""
        self.worker.delete(self.one(chosen))
        return Markup("<p>Deleted for good.</p>")

    def _runs(self, chosen: Sequence[object], number: int) -> list[Run]:
        if len(chosen) != number:
            raise RunError(f"Please choose {'one run' if number == 1 else 'two runs'}.")
        return [open_run(self.worker.settings.home, _known(run_id)) for run_id in chosen]


def problem(error: UserError) -> Markup:
    """Why something could not be done."""
    return Markup('<p class="problem">{}</p>').format(shown(str(error)))


def comparison(
    one: tuple[str, Assessment], other: tuple[str, Assessment], note: str = ""
) -> Markup:
    """Two finished runs side by side, each with its name, and a sentence below them."""
    sides = [
        {
            "The answer": answer_title(a),
            "Target": words.percent(a.task.target),
            "Rows": f"{a.task.rows:,} in {a.data.file}",
            **{figure.label: f"{figure.value}, {figure.note}" for figure in key_figures(a)},
        }
        for _, a in (one, other)
    ]
    labels = list(dict.fromkeys([*sides[0], *sides[1]]))
    rows = Markup().join(
        Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>').format(
            shown(label), *(shown(side.get(label, "–")) for side in sides)
        )
        for label in labels
    )
    same = one[1].data == other[1].data and one[1].task.metric == other[1].task.metric
    warning = "" if same else "The examples differ, so the scores do not compare directly."
    return Markup(
        '<div class="evidence"><table><thead><tr><td></td><th scope="col">{}</th>'
        '<th scope="col">{}</th></tr></thead><tbody>{}</tbody></table><p>{}</p></div>'
    ).format(shown(one[0], NAME), shown(other[0], NAME), rows, note or warning)


def _known(run_id: object) -> str:
    """A run's id as a browser sends it; a path is none."""
    if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
        raise RunError("This page does not know that run.")
    return run_id


def _assessment(run: Run) -> Assessment:
    if not (run.folder / FILE_NAME).exists():
        raise RunError(f"{_name(run)} has no answer yet, so there is nothing to compare.")
    return load(run.folder)


def _name(run: Run) -> str:
    return run.info.name or run.info.data_name or "No examples yet"


def _label(run: Run) -> str:
    made = run.info.created[:16].replace("T", " ")
    return f"{words.plain(_name(run), NAME)} · {_found(run)} · {made}"


def _found(run: Run) -> str:
    try:
        a = load(run.folder)
    except FileNotFoundError:
        return "no answer yet"
    except RunError:
        return "its answer cannot be read"
    return f"{answer_title(a)} · target {words.percent(a.task.target)}"
