import signal
import subprocess
import sys
from contextlib import ExitStack, nullcontext
from pathlib import Path

import pytest

from tools.errors import RunError
from tools.occupation import LOCK, in_turn, is_occupied, occupy

HOLD = """
import sys, time
from pathlib import Path
from tools.occupation import occupy
held = occupy(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_one_process_at_a_time_until_it_is_killed(tmp_path: Path) -> None:
    assert not is_occupied(tmp_path)
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        assert is_occupied(tmp_path)
        with pytest.raises(RunError, match="Another process is at work on the run in"):
            occupy(tmp_path)
        other.send_signal(signal.SIGKILL)
    assert not is_occupied(tmp_path)
    with occupy(tmp_path):
        assert is_occupied(tmp_path)
    assert not is_occupied(tmp_path)


def test_who_only_looks_makes_no_file_and_who_cannot_write_is_told(tmp_path: Path) -> None:
    assert not is_occupied(tmp_path / "none") and not (tmp_path / "none").exists()
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(RunError, match="folder cannot be written"):
        occupy(file)
    assert not (tmp_path / LOCK).exists()


class _GivenUp(Exception):
    pass


@pytest.mark.parametrize("gives_up", [False, True])
def test_who_comes_second_waits_its_turn_or_gives_up(gives_up: bool, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    first, waited = ExitStack(), []
    first.enter_context(in_turn(folder, lambda: pytest.fail("nobody is at work")))

    def wait() -> None:
        waited.append(is_occupied(folder))
        if gives_up:
            raise _GivenUp
        first.close()

    with pytest.raises(_GivenUp) if gives_up else nullcontext(), in_turn(folder, wait):
        assert is_occupied(folder)
    assert waited == [True]
    assert is_occupied(folder) == gives_up, "who gave up leaves the folder to the first"
    first.close()
