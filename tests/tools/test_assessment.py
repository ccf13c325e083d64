import tools.assessment
from tools.assessment import Part


def test_kept_conversations_find_the_parts_where_they_always_were() -> None:
    parts = [each for each in vars(tools.assessment).values() if isinstance(each, type)]
    named = {each.__name__: each.__module__ for each in parts if issubclass(each, Part)}
    del named["Part"]  # is in no conversation
    assert len(named) >= 20 and set(named.values()) == {"tools.assessment"}
