"""The locked rows prove the first tune that they judge, and no other."""

from pathlib import Path

from tools.tuning.proofs import FILE, note_proof


def test_the_first_adapter_stays_the_first(tmp_path: Path) -> None:
    assert [note_proof(tmp_path, seal) for seal in ("a", "a", "b", "a", "c", "b")] == [
        0, 0, 1, 0, 2, 1,
    ]  # fmt: skip
    assert len((tmp_path / FILE).read_text().splitlines()) == 3


def test_a_line_that_a_crash_cut_is_no_proof(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"seal": "a"}\n{"se')
    assert note_proof(tmp_path, "b") == 1
    assert note_proof(tmp_path, "b") == 1
