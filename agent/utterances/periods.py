"""Periods in a text, such as 'a day', with what makes a month of them."""

import re

EACH = r"(?:/|\b(?:per|pr|an?|each|every|last|this|past)\b)\s*"
DAY, WORKING_DAY = 30, 260 / 12
PERIODS: dict[str, float] = {
    rf"{EACH}(?:seconds?|sec|s)\b(?! (?:day|week|month|quarter|year|hour|one|time)s?\b)": 30
    * 24
    * 3_600,
    rf"{EACH}(?:minute|min)\b": 30 * 24 * 60,
    rf"{EACH}(?:hour|hr|h)\b|\bhourly\b": 30 * 24,
    rf"{EACH}(?:(?:work|working|business)[ -]?|week)day\b": WORKING_DAY,
    rf"{EACH}(?:day|d)\b|\bdaily\b": DAY,
    rf"{EACH}(?:week|wk|w)\b|\bweekly\b": 52 / 12,
    rf"{EACH}fortnight\b|\bfortnightly\b": 26 / 12,
    rf"{EACH}(?:month|mo|mth)\b|\bmonthly\b": 1,
    rf"{EACH}quarter\b|\bquarterly\b": 1 / 3,
    rf"{EACH}(?:year|yr|y|annum)\b|\b(?:yearly|annual(?:ly)?|p\.?a)\b": 1 / 12,
}
PERIOD = re.compile("|".join(PERIODS))
