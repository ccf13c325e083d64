import threading

from tools.models.pace import Pace


def test_the_bound_is_halved_down_to_one_and_grows_by_one_a_round() -> None:
    pace = Pace(8)
    seen = []
    for _ in range(4):
        pace.overloaded()
        seen.append(pace.limit)
    assert seen == [4, 2, 1, 1]
    pace.went_well()
    assert pace.limit == 2
    for _ in range(3):
        pace.went_well()
    assert 3 < pace.limit < 4
    for _ in range(100):
        pace.went_well()
    assert pace.limit == 8


def test_no_more_than_the_bound_hold_a_turn() -> None:
    pace = Pace(4)
    pace.overloaded()
    inside = threading.Semaphore(0)
    leave = threading.Event()

    def call() -> None:
        with pace.turn():
            inside.release()
            leave.wait(10)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=10) and inside.acquire(timeout=10)
    assert not inside.acquire(timeout=0.1)
    for _ in range(20):
        pace.went_well()  # those that wait are let in at once
    assert inside.acquire(timeout=10) and inside.acquire(timeout=10)
    leave.set()
    for thread in threads:
        thread.join()


def test_a_call_that_fails_gives_its_turn_back() -> None:
    pace = Pace(1)
    for _ in range(3):
        try:
            with pace.turn():
                raise ValueError
        except ValueError:
            pass
    with pace.turn():
        pass
