import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tools.errors import DataError
from tools.intake.columns import to_examples
from tools.intake.read import MAX_BYTES, read_table, shown_name
from tools.intake.table import MAX_ROWS, Table
from tools.intake.workbook import MAX_UNPACKED


def read(folder: Path, content: bytes | str, name: str = "data.csv") -> Table:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path)


def rows(table: Table) -> list[list[str]]:
    return [list(map(str, row)) for row in table.frame.itertuples(index=False)]


def workbook(*records: tuple[object, ...], sheets: int = 1) -> bytes:
    book = openpyxl.Workbook()
    for record in records:
        book.active.append(record)
    for _ in range(sheets - 1):
        book.create_sheet()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(name, content)
    return out.getvalue()


TWO_ROWS = [["hello, you", "greeting"], ["bye", "parting"]]


@pytest.mark.parametrize(
    ("name", "content"),
    {
        "comma": ("a.csv", 'text,label\n"hello, you",greeting\nbye,parting\n'),
        "semicolon": ("a.csv", "text;label\nhello, you;greeting\nbye;parting\n"),
        "tab": ("a.tsv", "text\tlabel\nhello, you\tgreeting\nbye\tparting\n"),
        "pipe": ("a.txt", "text|label\nhello, you|greeting\nbye|parting\n"),
        "line ends mixed": ("a.csv", 'text,label\r\n"hello, you",greeting\nbye,parting\r\n'),
        "old Mac line ends": ("a.csv", 'text,label\r"hello, you",greeting\rbye,parting\r'),
        "no line end": ("a.csv", 'text,label\n"hello, you",greeting\nbye,parting'),
        "blank lines": ("a.csv", '\n,\ntext,label\n\n"hello, you",greeting\n ,\nbye,parting\n\n'),
        "BOM": ("a.csv", '\ufefftext,label\n"hello, you",greeting\nbye,parting\n'),
        "UTF-16": (
            "a.csv",
            "text;label\nhello, you;greeting\nbye;parting\n".encode("utf-16"),
        ),
        "UTF-16 without BOM": (
            "a.csv",
            "text;label\nhello, you;greeting\nbye;parting\n".encode("utf-16-le"),
        ),
        "upper-case ending": ("A.CSV", 'text,label\n"hello, you",greeting\nbye,parting\n'),
        "JSONL": (
            "a.jsonl",
            '{"text": "hello, you", "label": "greeting"}\n\n{"label": "parting", "text": "bye"}',
        ),
        "JSON array": (
            "a.json",
            '[{"text": "hello, you", "label": "greeting"},\n{"text": "bye", "label": "parting"}]',
        ),
        "JSONL by content": (
            "a.txt",
            '{"text": "hello, you", "label": "greeting"}\n{"label": "parting", "text": "bye"}',
        ),
        "JSON array by content": (
            "a.csv",
            '[\n {"text": "hello, you", "label": "greeting"},\n'
            '{"text": "bye", "label": "parting"}]',
        ),
        "JSON array in an object": (
            "a.json",
            '{\n "n": 2, "data": [{"text": "hello, you", "label": "greeting"},\n'
            '{"text": "bye", "label": "parting"}]\n}',
        ),
        "space before the quotation marks": (
            "a.csv",
            'text, label\n"hello, you", "greeting"\n"bye", "parting"\n',
        ),
        "XLSX": (
            "a.xlsx",
            workbook((), ("text", "label"), ("hello, you", "greeting"), ("bye", "parting")),
        ),
    }.values(),
    ids=lambda value: None,
)
def test_the_same_table_is_read_from_every_format(
    tmp_path: Path, name: str, content: bytes | str
) -> None:
    table = read(tmp_path, content, name)
    assert list(table.frame.columns) == ["text", "label"]
    assert rows(table) == TWO_ROWS
    assert table.notes == ()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "Grüße aus Köln, voilà"),
        ("latin-1", "café"),
        ("cp1252", "the card costs 5 € – “today”"),
        ("cp1250", "zażółć gęślą jaźń " * 5),
        ("cp1251", "Привет мир как дела " * 5),
        ("cp1252", "Rechnung über 1.100,00 €"),
    ],
)
def test_other_encodings_are_read_and_said(tmp_path: Path, encoding: str, text: str) -> None:
    table = read(tmp_path, f'text,label\n"{text}",x\n'.encode(encoding))
    assert rows(table) == [[text.strip(), "x"]]
    assert "not UTF-8" in table.notes[0]


def test_labels_that_look_like_missing_values_stay_text(tmp_path: Path) -> None:
    labels = ["NA", "null", "None", "007", "nan", "1.0", "true", "#N/A"]
    table = read(tmp_path, "text,label\n" + "".join(f"t,{label}\n" for label in labels))
    assert list(table.frame["label"]) == labels


@pytest.mark.parametrize(
    "content", ["", "\n \n\r\n", ",\n,\n", "text,label\n", "text,label\n\n,\n"]
)
def test_a_file_without_rows_says_so(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match=r"“data.csv” has no rows"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", b""),
        ("a.json", b"[]"),
        ("a.xlsx", workbook()),
        ("a.xlsx", workbook(("text", "label"))),
    ],
)
def test_other_formats_without_rows_say_so(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(DataError, match="has no rows"):
        read(tmp_path, content, name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text,label\na,x\nb\n", "line 3: the header has 2 cells, this row 1"),
        ("text,label\na,x\n\nb, and c,y\n", "line 4: the header has 2 cells, this row 3"),
        ('text,label\n"a\nb",x\nc\n', "line 4: the header has 2 cells, this row 1"),
        ('text,label\na,x\n"b,y\nc,z\n', "line 3: a quotation mark is not closed"),
        ('text,label\n"a,x\n"b",y\n', "line 2: a quotation mark is not closed"),
        ("text,label\na,x,z\n", "this row 3. Put texts"),
        ("text,label\na\n", "this row 1. Cells are missing"),
        (
            'text,label\na,x\n"late,delivery\nb,y\nc,z\nScreen of 10",returns\nd,x\n',
            "line 3: a quotation mark opens here and closes only in line 6",
        ),
        (b"text,label\na\0b,x\n", "NUL bytes.*save it as UTF-8"),
    ],
)
def test_a_damaged_row_is_refused_with_its_line(
    tmp_path: Path, content: bytes | str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"<!DOCTYPE html><html><body>text,label</body></html>", "a web page"),
        ("a.csv", " \n<HTML>\n".encode("utf-16"), "a web page"),
        ("a.csv", b"<!-- saved from the web -->\n<p>text,label", "a web page"),
        ("a.jsonl", b"<?xml version='1.0'?><rows/>", "a web page or XML"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "an image"),
        ("a.csv", b"\xff\xd8\xff\xe0\0\x10JFIF", "an image"),
        ("a.csv", b"%PDF-1.7\n", "a PDF"),
        ("a.csv", archive("a.txt", b"text,label\na,x\n"), "a zip archive"),
        ("a.csv", workbook(("text", "label"), ("a", "x")), "an Office document"),
        ("a.csv", bytes(range(256)) * 8, "save it as UTF-8"),
        ("a.xlsx", archive("a.txt", b"x"), "not a readable Excel workbook"),
        ("a.xlsx", b"text,label\na,x\n", "not a readable Excel workbook"),
        ("a.xlsx", b"", "not a readable Excel workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "a password"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "of the old kind"),
        ("a.xlsx", workbook(("text", "label"), ("a", "=B1"), ("b", "=B2")), "hold no values"),
        ("a.exe", b"MZ", "save it as CSV, JSONL or XLSX"),
    ],
)
def test_foreign_content_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, content, name)


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    block = bytes(10_000_000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        with bomb.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(MAX_UNPACKED // len(block) + 1):
                member.write(block)
    with pytest.raises(DataError, match="would unpack to 410 MB; at most 400 MB"):
        read_table(path)


def test_a_huge_file_is_refused_with_its_size(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(10 * MAX_BYTES)  # sparse: takes no room on the disk
    with pytest.raises(DataError, match="is 2,000 MB; at most 200 MB"):
        read_table(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name in ("nothing.csv", "folder.csv"):
        with pytest.raises(DataError, match=f"“{name}” cannot be opened"):
            read_table(tmp_path / name)


def test_a_long_field_is_read(tmp_path: Path) -> None:
    long = "long " * 60_000
    assert rows(read(tmp_path, f"text,label\n{long},x\n")) == [[long.strip(), "x"]]


def test_many_rows_are_sampled_alike_each_time(tmp_path: Path) -> None:
    total = MAX_ROWS + 5_000
    content = "text,label\n" + "".join(f"t{n},x\n" for n in range(total))
    first, again = read(tmp_path, content), read(tmp_path, content)
    assert len(first.frame) == MAX_ROWS
    assert first.frame.equals(again.frame)
    assert first.frame.index.is_monotonic_increasing
    assert all(text == f"t{row}" for row, text in first.frame["text"].items())
    assert "55,000 rows" in first.notes[0] and "50,000" in first.notes[0]


def test_duplicate_and_empty_names_are_made_unique(tmp_path: Path) -> None:
    table = read(tmp_path, "label,label,,label (2)\na,b,c,d\n")
    assert list(table.frame.columns) == ["label", "label (3)", "column 3", "label (2)"]
    assert any("“label (3)”" in note for note in table.notes)


@pytest.mark.parametrize(
    "content",
    [
        "my card is lost,card\nwhere is it,card\nhello,greeting\n",
        "word " * 20 + ",card\nwhere is it,lost\n",
    ],
)
def test_a_missing_header_is_said(tmp_path: Path, content: str) -> None:
    assert "looks like data" in read(tmp_path, content).notes[0]


def test_one_column_is_not_torn_apart(tmp_path: Path) -> None:
    assert rows(read(tmp_path, "text\ntotal\nthat, too\n")) == [["total"], ["that, too"]]


def test_json_values_become_text(tmp_path: Path) -> None:
    content = (
        '{"text": 7, "label": {"ü": [1, NaN]}}\n{"text": 7.0, "label": NaN}\n'
        '{"text": 7.5, "label": null}\n{"text": true}\n{"text": "\\ud800", "label": ["a"]}\n'
    )
    assert rows(read(tmp_path, content, "a.jsonl")) == [
        ["7", '{"ü": [1, null]}'], ["7", ""], ["7.5", ""], ["true", ""], ["?", '["a"]'],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": "a"}\n{"text": \n', "line 2: this is not valid JSON"),
        ('{"text": "a"}\n["b"]\n', "line 2: expected an object"),
        ('[{"text": "a"}, 5]', "item 2: expected an object"),
        ('{"a": [{"x": 1}], "b": [{"x": 1}]}', "several lists of objects .“a”, “b”."),
        ("[" * 100_000, "not valid JSON"),
        ('{"n": ' + "1" * 5000 + "}", "not valid JSON"),
        (json.dumps({str(n): n for n in range(201)}), "201 columns; at most 200"),
    ],
)
def test_unusable_json_is_refused_with_its_place(
    tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, content, "a.jsonl")


def test_excel_values_become_text(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        workbook(
            ("text", "label"),
            (7, date(2026, 11, 3)),
            (7.0, datetime(2026, 11, 3, 8, 30)),  # noqa: DTZ001 -- Excel has no time zones
            (7.25, True),
            (None, None),
            ("NA", None),
            sheets=3,
        ),
        "a.xlsx",
    )
    assert rows(table) == [
        ["7", "2026-11-03"], ["7", "2026-11-03 08:30:00"], ["7.25", "true"], ["NA", ""],
    ]  # fmt: skip
    assert list(table.frame.index) == [0, 1, 2, 4]
    assert table.notes == ("Only the first sheet was read; 2 others were not.",)


def test_a_wide_excel_row_is_refused_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match="row 2 below the header: the header has 2 cells, this row 3"
    ):
        read(tmp_path, workbook(("text", "label"), ("a", "x"), ("b", "y", "z")), "a.xlsx")


def test_rows_keep_their_numbers_through_to_the_examples(tmp_path: Path) -> None:
    table = read(tmp_path, "text,label\na,x\n\nb,\nc,z\n")
    examples, dropped = to_examples(table.frame, "text", "label")
    assert [(example.row, example.input) for example in examples] == [(1, "a"), (4, "c")]
    assert dropped == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/x.csv", "“x.csv”"),
        ("a\x1b[31m\u202eb\n.csv", "“a[31mb.csv”"),
        ("😀.csv", "“😀.csv”"),
        ("n" * 400 + ".csv", "“" + "n" * 40 + "…" + "n" * 15 + ".csv”"),
    ],
)
def test_file_names_are_shown_harmlessly(name: str, shown: str) -> None:
    assert shown_name(Path(name)) == shown


@pytest.mark.parametrize("name", ["😀 a\x1b[31m.csv", "n" * 240 + ".csv", "<b>.csv"])
def test_any_file_name_is_read(tmp_path: Path, name: str) -> None:
    assert rows(read(tmp_path, "text,label\na,x\n", name)) == [["a", "x"]]


@pytest.mark.parametrize(
    ("content", "names", "first"),
    [
        ("Name;Team\nMeier, Anna;Sales\nHuber, Max;IT\n", ["Name", "Team"], "Meier, Anna"),
        ('"Text";"Sum"\n"Bill 7";"1.100,10 EUR"\n', ["Text", "Sum"], "Bill 7"),
        ("Question,\nHow many?,13\nHow much?,26\n", ["Question", "column 2"], "How many?"),
        ("Sum;Note\n1,5;a\n2,5;b\n", ["Sum", "Note"], "1,5"),
    ],
)
def test_the_header_has_the_delimiter(
    tmp_path: Path, content: str, names: list[str], first: str
) -> None:
    table = read(tmp_path, content)
    assert list(table.frame.columns) == names and table.frame.iloc[0, 0] == first


@pytest.mark.parametrize(
    "text", ["Dear team,\nI paid, twice\nthanks, Bob\n", "1, 2\n3, 4\n5, 6\n7, 8", "a\nb,c\nd"]
)
def test_long_quoted_texts_swallow_nothing(tmp_path: Path, text: str) -> None:
    assert rows(read(tmp_path, f'text,label\n"{text}",x\n')) == [[text.strip(), "x"]]


def test_a_line_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    table = read(tmp_path, "text,label\nGrüße,a\nKöln,b\n".encode() + b"M\xfcller,c\n")
    assert rows(table) == [["Grüße", "a"], ["Köln", "b"], ["M�ller", "c"]]
    assert "line 4 holds" in table.notes[0]


def test_notes_of_one_kind_are_few(tmp_path: Path) -> None:
    table = read(tmp_path, "text" + ",label" * 61 + "\na" + ",b" * 61 + "\n")
    assert len(table.notes) == 6 and table.notes[-1].startswith("… and 55 more")


def test_excel_cells_read_as_they_are_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [("text", "label"), (0.14, "a"), (0.125, None), (42, "#N/A"), ("x_x000D_\ny", "b")]:
        sheet.append(row)
    for row, form in enumerate(["0%", "0.0%", "00000"], start=2):
        sheet.cell(row, 1).number_format = form
    sheet.merge_cells("B2:B3")
    sheet["B4"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert rows(table) == [["14%", "a"], ["12.5%", "a"], ["00042", ""], ["x\ny", "b"]]
    assert table.notes == (
        "Cells merged over several rows count for each of them (1 filled).",
        "1 cell holds an Excel error such as #N/A and counted as empty.",
    )
