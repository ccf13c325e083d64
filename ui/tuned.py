"""Commands about what tunes left: the adapters of this installation, and exports."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column

from tools.tuning.registry import Entry, Registry, compare, facts
from ui.console import AsJson, errors_shown, out, show_json, show_table


def add_commands(app: typer.Typer) -> None:
    """Add `adapters` and `export` to the command line."""
    adapters = typer.Typer(help="List, compare, delete and roll back adapters.")
    app.add_typer(adapters, name="adapters")

    @adapters.callback(invoke_without_command=True)
    def list_adapters(
        context: typer.Context,
        as_json: AsJson = False,
    ) -> None:
        """List the adapters, newest first."""
        if context.invoked_subcommand is None:
            with errors_shown():
                _list(_registry().entries(), as_json)

    @adapters.command("compare")
    def compare_two(first: str, second: str, as_json: AsJson = False) -> None:
        """Show what differs between two adapters."""
        with errors_shown():
            one, other = _registry().get(first), _registry().get(second)
            rows = list(compare(one, other))
            if as_json:
                return show_json({what: {first: a, second: b} for what, a, b in rows})
            show_table(("", first, second), rows)
            if one.data != other.data:
                out.print("They learned from different examples: their scores do not compare.")

    @adapters.command()
    def delete(name: str) -> None:
        """Delete an adapter from the home folder; it is out of use from then on."""
        with errors_shown():
            _registry().delete(name)
            out.print(f"Deleted {name}; it is served no more.", highlight=False)

    @adapters.command("roll-back")
    def roll_back(name: str) -> None:
        """Take an adapter out of use: it is neither served nor asked in the chat any more."""
        with errors_shown():
            now = _registry().roll_back(name)
            text = f"the adapter {now.name} is served" if now else "no adapter is served"
            out.print(f"Rolled back {name}; in its place {text}.", highlight=False)

    @app.command()
    def export(
        reference: Annotated[str, typer.Argument(metavar="RUN", help="Id or folder.")],
        out_dir: Annotated[Path, typer.Option("--out", help="New folder for the export.")],
    ) -> None:
        """Write the classifier that a run advises, and its tune, for use elsewhere."""
        with errors_shown():
            from tools.runs import open_run
            from tools.settings import load_settings
            from tools.tuning.export import export_run

            settings = load_settings()
            run = open_run(settings.home, reference)
            for folder in export_run(run, settings, out_dir):
                typer.echo(str(folder))


def _registry() -> Registry:
    from tools.settings import load_settings

    return Registry(load_settings().home)


def _list(entries: list[Entry], as_json: bool) -> None:
    if as_json:
        show_json([entry.model_dump(mode="json") for entry in entries])
    elif not entries:
        out.print("No adapters yet.")
    else:
        shown = ("created", "base model", "examples", "dev", "locked", "passed its gate")
        known = ((entry.name, facts(entry)) for entry in entries)
        rows = ((name, *(of[key] for key in (*shown, "rolled back"))) for name, of in known)
        named = Column("adapter", no_wrap=True)  # names are to be copied
        show_table((named, *shown, "rolled back"), rows)
