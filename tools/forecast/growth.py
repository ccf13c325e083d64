"""What more examples would bring, in words."""


def twice_as_many(train_rows: int, low: float, high: float) -> str:
    """What twice the training examples would add to the score.

    Args:
        train_rows: How many there are.
        low: The least that is likely, 0 to 1.
        high: The most that is likely, 0 to 1.
    """
    least, most = (round(100 * gain) for gain in (low, high))
    doubling = f"Doubling the {train_rows} training examples would"
    if most == 0:
        return f"{doubling} add next to nothing: less than one point."
    points = "point" if most == 1 else "points"
    if least == most:
        return f"{doubling} add about {most} {points}."
    if least == 0:
        return f"{doubling} add {most} {points} at most, perhaps nothing."
    return f"{doubling} probably add {least} to {most} {points}."
