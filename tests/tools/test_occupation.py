import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools.errors import RunError
from tools.occupation import LOCK, is_occupied, occupy

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
