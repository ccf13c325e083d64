"""A classifier as a file: fitted again, written for use elsewhere, and loaded there.

The format is skops: unlike a pickle (and so joblib) it cannot run code when it is loaded, and a
classifier travels to machines that never saw the run.
"""

import hashlib
import json
import pickle
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from policies.evidence import Arm
from tools.assessment import Assessment
from tools.errors import ModelError, RunError
from tools.files import write_json
from tools.forecast.classifier import NO_MODEL, Contestant, word_classifier
from tools.forecast.probe import fit_probe
from tools.models.catalogue import Catalogue
from tools.models.folder import SETTINGS, model_fingerprint
from tools.models.protocol import Embedder
from tools.models.store import CallStore
from tools.progress import Watch
from tools.trials.task import Task

FILE, CARD, README, EXAMPLE = "classifier.skops", "classifier.json", "README.md", "example.py"

# Two lines each; the README shows them and the export's `example.py` is them.
SNIPPET_WORDS = """\
import skops.io
print(skops.io.load("classifier.skops").predict(["{text}"])[0])
"""
SNIPPET_READING = """\
from tools.forecast.saved import load_classifier
print(load_classifier(".")("{text}"))
"""
SAMPLE_TEXT = "Write your text here"


def confirmed_classifier(found: Assessment) -> Arm | None:
    """The classifier that was confirmed on the locked rows."""
    confirmed = (arm for arm in found.arms if arm.kind == "classifier" and arm.test is not None)
    return next(confirmed, None)


def refitted(arm: Arm, task: Task, catalogue: Catalogue, store: CallStore) -> Contestant:
    """The classifier, fitted again on train: the same rows and method give the same classifier."""
    if arm.model == NO_MODEL:
        return word_classifier(task)
    return fit_probe(task, catalogue.cached(arm.model, store), arm.model, Watch()).contestant()


def packed(fitted: Any) -> bytes:
    """A fitted scikit-learn pipeline as the bytes of its file."""
    import skops.io  # three seconds of start-up, and most runs save no classifier

    found: bytes = skops.io.dumps(fitted, compression=zipfile.ZIP_DEFLATED)
    return found


def size_of(fitted: Any) -> int:
    """Bytes of a fitted pipeline, compressed; about those of its file, without loading skops."""
    return len(zlib.compress(pickle.dumps(fitted)))


def write_classifier(classifier: Contestant, arm: Arm, folder: Path) -> Path:
    """Write a classifier with its hash, what it is, and how to use it.

    Args:
        classifier: The fitted classifier.
        arm: What was measured of it.
        folder: A new folder.

    Raises:
        OSError: The folder cannot be written.
    """
    assert classifier.fitted is not None
    data = packed(classifier.fitted)
    labels = [str(label) for label in classifier.fitted.classes_]
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(data)
    card = {
        "name": arm.name,
        "file": FILE,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "model": arm.model,
        "fingerprint": classifier.fingerprint,
        "layer": classifier.layer,
        "labels": labels,
        "dev": arm.dev.model_dump(),
        "test": arm.test.model_dump() if arm.test else None,
    }
    write_json(folder / CARD, json.dumps(card, ensure_ascii=False, indent=1))
    snippet = SNIPPET_WORDS if arm.model == NO_MODEL else SNIPPET_READING
    code = snippet.format(text=SAMPLE_TEXT)
    (folder / EXAMPLE).write_text(code, encoding="utf-8")
    (folder / README).write_text(_readme(arm, card, code), encoding="utf-8")
    return folder


def load_classifier(folder: str | Path) -> Callable[[str], str]:
    """What answers a text with its label, from an exported folder.

    A classifier on a model's reading needs that model in this installation.

    Raises:
        RunError: The folder holds no classifier, or it was changed.
        ModelError: The model it reads with is missing or another one.
    """
    from tools.settings import load_settings

    try:
        card = json.loads((Path(folder) / CARD).read_text(encoding="utf-8"))
        data = (Path(folder) / FILE).read_bytes()
        sha256, model, fingerprint, layer = (
            card[key] for key in ("sha256", "model", "fingerprint", "layer")
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise RunError(
            f"The folder {Path(folder).name!r} holds no exported classifier; export it again."
        ) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise RunError(f"The file {FILE} was changed after the export; export it again.")
    import skops.io  # as in `packed`

    fitted = skops.io.loads(data)
    if model == NO_MODEL:
        return lambda text: str(fitted.predict([text])[0])
    catalogue = Catalogue(load_settings())
    reader = catalogue.load(model)
    if not isinstance(reader, Embedder) or fingerprint not in (
        reader.fingerprint,
        # Earlier versions counted these files only; their exports go on answering.
        model_fingerprint(catalogue.folder(model), kinds=SETTINGS),
    ):
        raise ModelError(f"The model {model!r} here is not the one that the classifier reads with.")
    return lambda text: str(fitted.predict(reader.hidden([text]).values[layer])[0])


def _readme(arm: Arm, card: dict[str, Any], code: str) -> str:
    needs = (
        "It needs scikit-learn and skops, no model."
        if arm.model == NO_MODEL
        else f"It needs tuneworthy and its model “{arm.model}”, which reads the text."
    )
    return "\n".join(
        [
            "# Classifier",
            "",
            f"SHA-256 of `{FILE}`: `{card['sha256']}` ({card['bytes']:,} bytes).",
            f"It knows {len(card['labels'])} labels; `{CARD}` lists them with the scores.",
            f"{needs} Run inside this folder:",
            "",
            "```python",
            code.rstrip(),
            "```",
            "",
            "The file is in the skops format: loading it runs no code, as loading a pickle would.",
            "",
        ]
    )
