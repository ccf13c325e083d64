import time
from collections.abc import Iterator

import pytest

from tools.errors import Stopped
from tools.progress import Step, Watch


def test_items_pass_through_and_each_is_reported() -> None:
    steps: list[Step] = []
    items = list(Watch(listen=steps.append).track("trials", "Counting", iter("abc"), 5, done=2))
    assert items == ["a", "b", "c"]
    assert [(step.done, step.total) for step in steps] == [(2, 5), (3, 5), (4, 5), (5, 5)]
    assert {(step.stage, step.title) for step in steps} == {("trials", "Counting")}
    assert steps[0].seconds_left is None and steps[-1].seconds_left == 0


def test_the_time_left_follows_the_pace_so_far() -> None:
    def slow() -> Iterator[int]:
        for number in range(3):
            time.sleep(0.02)
            yield number

    steps: list[Step] = []
    list(Watch(listen=steps.append).track("trials", "Slowly", slow(), 10))
    left = [step.seconds_left for step in steps[1:]]
    assert all(seconds is not None and 0.02 * 6 < seconds < 5 for seconds in left)


def test_nobody_has_to_listen() -> None:
    assert list(Watch().track("trials", "Counting", iter("ab"), 2)) == ["a", "b"]
    Watch().check()


@pytest.mark.parametrize(
    ("watch", "words"),
    [
        (Watch(should_stop=lambda: True), "Stopped as you asked."),
        (Watch(deadline=0.0), "The time budget is spent."),
    ],
)
def test_a_stop_is_raised_before_the_next_item(watch: Watch, words: str) -> None:
    taken: list[str] = []
    with pytest.raises(Stopped, match=words):
        taken.extend(watch.track("trials", "Counting", iter("ab"), 2))
    assert taken == []
    with pytest.raises(Stopped, match=words):
        watch.check()


def test_a_deadline_ahead_lets_work_go_on() -> None:
    watch = Watch(deadline=time.monotonic() + 60)
    assert list(watch.track("trials", "Counting", iter("ab"), 2)) == ["a", "b"]
