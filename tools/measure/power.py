"""How many items it takes to show a difference as large as the one that was seen."""

import math
from statistics import NormalDist

from policies.evidence import Difference

SURENESS, POWER = 0.95, 0.8  # the usual two: of a claim, and of seeing what is there


def items_to_show(difference: Difference, items: int) -> int | None:
    """Items on which a paired gain of this size would show in four of five tests.

    n = ((z of sureness + z of power) s / d)², with the spread s of an item's change as the
    difference's 95 % interval tells it: for right or wrong that is Connor's formula for McNemar's
    test but for a term in d² (Connor 1987).

    Args:
        difference: The difference that was seen.
        items: On how many items.

    Returns:
        The number of items; None where there was no gain, or nothing to tell its spread by.
    """
    if difference.value <= 0 or difference.high <= difference.low:
        return None
    normal = NormalDist()
    sure = normal.inv_cdf((1 + SURENESS) / 2)
    error = (difference.high - difference.low) / 2 / sure
    needed = (sure + normal.inv_cdf(POWER)) * error / difference.value
    return math.ceil(items * needed**2)
