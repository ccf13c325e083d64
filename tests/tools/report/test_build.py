import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from lxml import html
from markdown_it import MarkdownIt

from policies.brief import Metric, TaskType
from policies.evidence import ArmKind, Difference
from policies.recommendation import Flip, Outcome, RuleOutcome
from tools.assessment import FILE_NAME, Assessment, WeighedWay, Weighing
from tools.report import words
from tools.report.build import FORMS, WITHOUT, build_html, build_markdown, write

Build = Callable[..., Assessment]
HOSTILE = (
    "<script>alert(1)</script>![](http://evil.example/x.png)[go](http://evil.example)"
    "<img src=http://evil.example/y onerror=alert(2)>\u202egnp.exe\x1b[31mred\x00\n"
    "```\n# heading\n~~~\n\"' onload=x {{ 7*7 }} </pre></style>"
    " http://evil.example www.evil.example"
)


def test_the_answer_comes_before_all_evidence(labels: Build) -> None:
    text = _text(labels())
    order = [
        "sort incoming messages by department",
        "Use the fine-tuned model",
        "answers 91.7 % of the test messages",
        "What the fine-tune gains over the best prompt",
        "3.3 points below the target of 90 %",
        "for 50,000 requests with Fine-tuned SmolLM2",
        "What to do next",
        "The options side by side",
        "The task and the data",
        "What was tried",
        "Where it fails",
        "What the fine-tune brought",
        "What it costs",
        "Why this answer",
        "Method and limits",
        "The prompt that won",
        "For a technical colleague",
        "Every plan and what became of it",
        "How the model was tuned",
        "This run",
        "Words used here",
    ]
    places = [text.index(phrase) for phrase in order]
    assert places == sorted(places)


def test_how_full_a_plan_makes_the_window_is_told_twice(labels: Build) -> None:
    prompting = labels().prompting
    full = prompting.plans[0].model_copy(update={"window_p95": 0.42, "window_longest": 0.87})
    text = _text(labels(prompting=prompting.model_copy(update={"plans": (full,)})))
    assert "42 % / 87 %" in text and "on the longest row the second" in text


def test_a_tune_that_failed_does_not_say_how_sure_the_answer_is(labels: Build) -> None:
    tuned = labels().tuned
    assert tuned is not None
    failed = tuned.model_copy(update={"shipped": False})
    classifier = Outcome(use="classifier", text="The advice from before it stands.")
    stands = _text(labels(tuned=failed, verdict="use_classifier", outcome=classifier))
    assert "Fairly sure" in stands and "What the fine-tune gains over" not in stands
    assert "that is not sure enough to use it" in stands
    worse = failed.difference.model_copy(update={"value": -0.05, "low": -0.08})
    lost = failed.model_copy(update={"difference": worse})
    assert "that is not enough to use it" in _text(labels(tuned=lost, outcome=classifier))


def test_another_answer_than_the_advice_from_before_is_as_sure_as_its_scores(labels: Build) -> None:
    another = Outcome(use="classifier", text="Use the classifier.")
    text = _text(labels(verdict="adopt_prompt", outcome=another))
    assert "a few examples decide" in text
    assert "Fairly sure" not in text and "What the fine-tune gains over" not in text


def test_what_a_tune_took_and_left_out_is_told(labels: Build) -> None:
    tuned = labels().tuned
    assert tuned is not None and "being too long for it" not in _text(labels())
    known = {"peak_megabytes": 1352.2, "dropped": 3}
    text = _text(labels(tuned=tuned.model_copy(update=known)))
    assert "1,352 MB of memory at most" in text
    assert "3 training examples were left out of the fine-tune, being too long for it." in text


def test_after_a_tune_only_flips_that_it_left_open_are_told(labels: Build) -> None:
    flips = tuple(
        Flip(quantity="target", current=0.9, threshold=at, verdict=verdict)
        for at, verdict in ((0.95, "fine_tune"), (0.85, "adopt_prompt"), (0.8, "use_classifier"))
    )
    tuned, outcome = labels().tuned, Outcome(use="classifier", text="Use the classifier.")
    assert tuned is not None
    failed = {"tuned": tuned.model_copy(update={"shipped": False}), "outcome": outcome}
    text = _text(labels(flips=flips, flips_unknown=(), **failed))
    assert "fell to 85 %" in text and "95 %, the answer" not in text and "80 %, the" not in text
    none_left = _text(labels(flips=flips[:1], flips_unknown=(), **failed))
    assert "was not sought again after the fine-tune" in none_left
    before = labels(flips=flips, flips_unknown=(), tuned=None, outcome=None)
    assert before.open_flips == flips


def test_the_break_even_is_told_as_roughly_as_it_is_known(labels: Build) -> None:
    told = labels()
    money = {
        "break_even_requests": 27_778.0,
        "break_even_low": 13_889.0,
        "break_even_high": 55_556.0,
    }
    text = _text(labels(economics=told.economics.model_copy(update=money)))
    assert (
        "From about 28,000 requests a month (14,000 to 56,000, as the effort may turn out) a "
        "fine-tune pays back against the best prompt within 18 months"
    ) in text


@pytest.mark.parametrize("build", [build_html, build_markdown])
def test_the_report_tells_the_whole_story(
    build: Callable[[Assessment], str], labels: Build
) -> None:
    text = build(labels()).replace("\u00a0", " ")
    for phrase in (
        "If the target fell to 85 %, the answer would become: use the best prompt.",
        "If the number of requests a month fell to 4,000",
        "a new department is added",
        "8 times out of 10",
        "+5 points (+2 to +8)",
        "about 1 of 100 such tests",
        "Chance alone",
        "The test part was used once",
        "Seed 7",
        "does not apply here",
        "Right answer",
        "dropped after 40 examples",
        "Message: {input}",
        "where is my parcel?",
        "about 28,000 requests a month",
    ):
        assert phrase in text, phrase
    assert "fine_tune" not in text and "not_met" not in text


@pytest.mark.parametrize("build", [build_html, build_markdown])
def test_labels_to_check_are_shown_without_test_rows(
    build: Callable[[Assessment], str], labels: Build
) -> None:
    text = build(labels()).replace("\u00a0", " ")
    for phrase in ("I was charged twice", "91.4 %", "Shown are 1 of 2", "fix_these_rows.xlsx"):
        assert phrase in text, phrase
    assert "never shown in the report" not in text
    assert "Labels to check" in text and "vote for it" in text
    assert "probably wrong" not in text  # two classifiers may be mistaken, and often are
    assert "Labels to check" not in build(labels(suspects=()))


@pytest.mark.parametrize("build", [build_html, build_markdown])
def test_payback_is_shown_with_its_range_where_the_volume_is_known(
    build: Callable[[Assessment], str], labels: Build
) -> None:
    a = labels()
    name = "Word classifier"
    paid = a.economics.arms[name].model_copy(
        update={"payback_months": 4.6, "payback_low": 1.3, "payback_high": 11.2}
    )
    known = a.economics.model_copy(update={"arms": {**a.economics.arms, name: paid}})
    text = build(a.model_copy(update={"economics": known})).replace("\u00a0", " ")
    for phrase in ("Pays back in", "4.6 months", "1.3 to 11.2, as the effort goes"):
        assert phrase in text
    untold = known.model_copy(update={"monthly_requests": None})
    assert "Pays back in" not in build(a.model_copy(update={"economics": untold}))


def test_the_ceiling_that_wrong_labels_leave_is_shown(labels: Build) -> None:
    a = labels()
    wrong = a.data.model_copy(update={"label_errors": 120, "label_ceiling": 0.9})
    said = "right answers alone would score about 90 % on this file"
    assert said in build_markdown(a.model_copy(update={"data": wrong})).replace("\u00a0", " ")
    assert "right answers alone" not in build_markdown(a)


@pytest.mark.parametrize("build", [build_html, build_markdown])
def test_a_partial_run_says_what_is_missing(
    build: Callable[[Assessment], str], minimal: Build
) -> None:
    text = build(minimal())
    for phrase in ("This run is not complete", "not measured", "240", "No forecast", "No prices"):
        assert phrase in text, phrase
    assert "The prompt that won" not in text and "Where it fails" not in text


def test_a_run_out_of_time_says_on_its_first_page_what_was_cut_short(labels: Build) -> None:
    p = labels().prompting
    cut = p.plans[0].model_copy(update={"fate": "cut short after 30 rows"})
    stopped = p.model_copy(update={"plans": (cut,), "stop_reason": "The time budget is spent."})
    text = _text(labels(partial=True, prompting=stopped))
    first = text[: text.index("What to do next")]
    for phrase in ("The time budget is spent. 6 ways to prompt were tried.", "with more time"):
        assert phrase in first, phrase
    whole = _text(labels(partial=True))
    assert "A limit was reached or a part failed: see “Method and limits”" in whole


def test_mistakes_are_counted_out_of_the_rows_that_were_answered(labels: Build) -> None:
    a = labels(outcome=None, tuned=None, verdict="adopt_prompt")
    arms = tuple(
        arm.model_copy(update={"dev": arm.dev.model_copy(update={"n": 60})})
        if arm.name == a.arms[0].name
        else arm
        for arm in a.arms
    )
    text = _text(a.model_copy(update={"arms": arms}))
    assert "Two labels fit 21 of 60" in text and "60 dev examples" in text
    assert "It was stopped after 60 of the 300 dev examples." in text
    assert "It was stopped after" not in _text(a)


@pytest.mark.parametrize("changes", [{}, {"outcome": None, "tuned": None}])
def test_html_loads_and_runs_nothing(changes: dict[str, Any], labels: Build) -> None:
    page = html.document_fromstring(build_html(labels(**changes)))
    outer = "//a[not(starts-with(@href, '#'))]"
    assert not page.xpath(f"//script | //link | //img | //iframe | {outer} | //*[@src]")
    inner = page.xpath("//@*[local-name()='href' or name()='xlink:href']")
    assert not page.xpath("//image")
    assert inner and all(target.startswith("#") for target in inner)
    assert not re.search(r"url\((?!#)|@import", build_html(labels(**changes)))
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy and policy[0].startswith("default-src 'none'")


def test_the_classifier_is_compared_row_by_row(labels: Build) -> None:
    lead = Difference(value=0.025, low=-0.04, high=0.09, p_value=0.15, fixed=9, broken=3)
    assert "the classifier is ahead of the prompt" in _text(labels(classifier_lead=lead))
    assert "Row by row" not in _text(labels())


def test_mistakes_that_were_weighed_are_shown_where_it_fails(labels: Build) -> None:
    way = WeighedWay(name="8 nearest", wrong=4, weight=40)
    found = Weighing(
        supposed="a missed “![x](http://evil.example)” counts 10 times",
        rows=50,
        ways=(way,),
        notes=("“8 nearest” stays the best.",),
    )
    text = build_markdown(labels(weighing=found))
    assert "8 nearest: 92 % right; 4 mistakes, counting as 40" in text
    assert "stays the best." in text and "not changed by this" in text
    assert "counts 10 times" in text and "![x](" not in text
    assert text.index("## Where it fails") < text.index("counts 10 times")
    assert "not changed by this" not in build_markdown(labels())


def test_html_lists_its_sections(labels: Build) -> None:
    page = html.document_fromstring(build_html(labels()))
    sections = {section.get("id"): section.find("h2").text for section in page.xpath("//section")}
    entries = {a.get("href"): a.text for a in page.xpath("//nav//a")}
    assert entries == {f"#{anchor}": title for anchor, title in sections.items()} and entries


def test_hostile_strings_are_shown_as_text_in_html(labels: Build) -> None:
    text = build_html(_poisoned(labels()))
    page = html.document_fromstring(text)
    assert not page.xpath(
        "//script | //img | //a[not(starts-with(@href, '#'))] | //*[@src or @onerror or @onload]"
    )
    assert len(page.xpath("//style")) == 1
    assert "<script>alert(1)</script>" in page.text_content()
    assert "[U+202E]gnp.exe␛[31mred␀" in page.text_content()
    assert "{{ 7*7 }}" in page.text_content()
    assert not re.search("[\x00\x1b\u202e]", text)


def test_hostile_strings_are_shown_as_text_in_markdown(labels: Build) -> None:
    text = build_markdown(_poisoned(labels()))
    assert not re.search("[\x00\x1b\u202e]", text)
    page = html.document_fromstring(MarkdownIt("commonmark", {"html": True}).render(text))
    assert not page.xpath("//script | //img | //a | //*[@onerror or @onload]")
    assert "heading" not in [title.text_content() for title in page.xpath("//h1")]
    assert _headings(text) >= _headings(build_markdown(labels())) - {"h3"}
    outside_fences = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"(?<!\\)!?\[|<|https?://|www\.", outside_fences)


@pytest.mark.parametrize(
    "start", ["# h", "- x", "+ x", "1. x", "2) x", "> x", "---", "===", "    code", "| a |", "* x"]
)
def test_no_line_of_markdown_can_be_taken_over(start: str, labels: Build) -> None:
    plain = build_markdown(labels(ask_again="x", notes=("x",)))
    text = build_markdown(labels(ask_again=start, notes=(start,)))
    tags = [
        [t.tag for t in MarkdownIt("gfm-like", {"linkify": False}).parse(m)] for m in (plain, text)
    ]
    assert tags[0] == tags[1]


def test_a_prompt_keeps_its_blank_lines_in_markdown(labels: Build) -> None:
    a = labels()
    assert a.prompting.best
    best = a.prompting.best.model_copy(update={"template": "one\n\n\n\n```\ntwo"})
    text = build_markdown(labels(prompting=a.prompting.model_copy(update={"best": best})))
    assert "````text\none\n\n\n\n```\ntwo\n````" in text
    assert "\n\n\n" not in build_markdown(a)


def test_long_strings_are_shortened(labels: Build) -> None:
    a = labels()
    data = a.data.model_copy(update={"file": "x" * 400, "notes": ("y" * 9000,)})
    text = build_html(labels(data=data))
    assert "x" * 79 + "…" in text and "x" * 81 not in text
    assert "y" * 601 not in text


def test_every_outcome_and_name_of_the_contract_has_words() -> None:
    uses = get_args(Outcome.model_fields["use"].annotation)
    assert set(uses) == set(words.OUTCOME_TITLES) == set(words.OUTCOME_STEPS)
    assert set(words.METRIC_NAMES) == set(words.METRIC_MEANINGS) == set(get_args(Metric))
    assert set(words.TASK_TYPES) == set(get_args(TaskType))
    assert set(words.ARM_KINDS) == set(get_args(ArmKind))
    assert set(words.RULE_OUTCOMES) == set(get_args(RuleOutcome))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (words.percent(0.87), "87 %"),
        (words.percent(0.875), "87.5 %"),
        (words.percent(0.896), "89.6 %"),
        (words.percent(1), "100 %"),
        (words.span(0.834, 0.912), "83–92 %"),
        (words.span(0.991, 0.998), "99.1–99.8 %"),
        (words.points(-0.01), "−1 point"),
        (words.points(0.0001), "0 points"),
        (words.money(0, "EUR"), "0 EUR"),
        (words.money(0.00042, "EUR"), "0.00042 EUR"),
        (words.money(1e-9, "EUR"), "under 0.0001 EUR"),
        (words.milliseconds(0.2), "under 1 ms"),
        (words.milliseconds(176.4), "176 ms"),
        (words.milliseconds(2400), "2.4 s"),
        (words.money(0.5, "EUR"), "0.50 EUR"),
        (words.money(1234.5, "USD"), "1,234 USD"),
        (words.odds(0.95), "95 times out of 100"),
        (words.plain("a\r\nb\u2028c\u200d"), "a\nb\nc\u200d"),
        (words.plain("abcdef", 4), "abc…"),
        (
            words.flip_sentence(
                Flip(quantity="one_off", current=100, threshold=900, verdict="keep_prompt"), "EUR"
            ),
            "If the one off rose to 900 EUR, the answer would become: keep what you have today.",
        ),
        (
            words.flip_sentence(
                Flip(
                    quantity="monthly_requests",
                    current=None,
                    threshold=514_000,
                    verdict="keep_prompt",
                ),
                "EUR",
            ),
            "If the number of requests a month were 514,000 or more, the answer would become: "
            "keep what you have today.",
        ),
        (words.percent(0.9995), "99.9 %"),
    ],
)
def test_figures_read_as_people_write_them(value: str, shown: str) -> None:
    assert value == shown


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("examples", [True, False])
def test_write_leaves_one_finished_file(
    form: Any, examples: bool, tmp_path: Path, labels: Build
) -> None:
    (tmp_path / FILE_NAME).write_text(labels().model_dump_json(), encoding="utf-8")
    path = write(tmp_path, form, examples)
    assert path.name == (f"report.{form}" if examples else f"report-{WITHOUT}.{form}")
    assert {file.name for file in tmp_path.iterdir()} == {FILE_NAME, path.name}
    assert path.stat().st_size > 5000


@pytest.mark.parametrize("build", [build_html, build_markdown])
def test_without_examples_none_is_in_the_report(build: Callable[..., str], labels: Build) -> None:
    a = labels()
    private = ("my money", "hello??", "where is my parcel", "I was charged twice")
    shown, hidden = (re.sub(r"\s+", " ", build(a, examples)) for examples in (True, False))
    for text in private:
        assert text in shown and text not in hidden
    assert "Two labels fit" in hidden and "left out of this report" in hidden


def test_the_options_are_compared_by_this_run_s_figures(labels: Build, minimal: Build) -> None:
    text = _text(labels()).replace("\u00a0", " ")
    table = text[text.index("The options side by side") : text.index("The task and the data")]
    for phrase in (
        "86.7 % 82–91 % on test",
        "91.7 % 88–95 % on test",
        "2 days of work, 120 EUR once, 18 minutes of training",
        "0.42 EUR for 1,000 requests, 21 EUR a month",
        "410 ms, 274 tokens sent",
        "learns from 600 examples",
        "chooses among these 6 labels",
        "42 % of 200 general questions",
        "Only one model was prompted; a larger one may do better.",
    ):
        assert phrase in table, phrase
    assert "91 % expected" in _text(labels(tuned=None, arms=labels().arms[:-1])).replace(
        "\u00a0", " "
    )
    assert "The options side by side" not in _text(minimal())


def test_write_without_a_verdict_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path, "html")
    assert not list(tmp_path.iterdir())


def _text(a: Assessment) -> str:
    body = html.document_fromstring(build_html(a)).find("body")
    body.remove(body.find("nav"))  # it only repeats titles
    return re.sub(r"\s+", " ", body.text_content())


def _headings(markdown: str) -> set[str]:
    return {token.tag for token in MarkdownIt().parse(markdown) if token.type == "heading_open"}


def _poisoned(a: Assessment) -> Assessment:
    """The assessment with the hostile string in place of every free text within."""
    names = {
        "type",
        "metric",
        "verdict",
        "kind",
        "outcome",
        "use",
        "facts_change",
        "task_type",
        "part",
    }

    def poison(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {
                HOSTILE if name in ("recipe", "versions", "label_counts") else key: poison(
                    item, key
                )
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [poison(item, name) for item in value]
        return HOSTILE if isinstance(value, str) and name not in names else value

    content = poison(a.model_dump(mode="json"))
    content["prompting"]["mistakes"][0]["kind"] = HOSTILE
    content["prompting"]["mistakes"][0]["examples"] = [{HOSTILE: HOSTILE}]
    return Assessment.model_validate(content)
