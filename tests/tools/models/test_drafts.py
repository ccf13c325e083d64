import pytest

from tools.models.drafts import Draft


@pytest.mark.parametrize(
    ("text", "most", "drafted"),
    [
        ([1, 2, 3, 4, 5, 1, 2, 3], 2, [4, 5]),  # what followed the last three
        ([1, 2, 3, 4, 5, 1, 2, 3], 9, [4, 5, 1, 2, 3, 4, 5, 1, 2]),  # and on, as if it looped
        ([9, 2, 3, 4, 5, 1, 2, 3], 2, [4, 5]),  # of two, where three never stood together
        ([1, 2, 3, 7, 9, 2, 3, 8, 1, 2, 3], 1, [7]),  # three say more than a later two
        ([1, 2, 3, 7, 1, 2, 3, 8, 1, 2, 3], 1, [8]),  # the last time counts
        ([6, 6, 6, 6], 3, [6, 6, 6]),
        ([1, 2, 3, 4], 3, []),
        ([1, 2], 3, []),
        ([1], 3, []),
        ([], 3, []),
        ([1, 2, 3, 4, 5, 1, 2, 3], 0, []),
    ],
)
def test_what_once_followed_is_drafted(text: list[int], most: int, drafted: list[int]) -> None:
    assert Draft(text).next(most) == drafted


def test_an_answer_is_drafted_from_as_well() -> None:
    draft = Draft([1, 2, 3])
    for token in (4, 5, 4):
        draft.add(token)
    draft.add(5)
    assert draft.next(2) == [4, 5]
