"""Periods in a text, such as 'a day', with what makes a month of them."""

import re

EACH = r"(?:/|\b(?:per|pr|by(?! \w+ (?:\d|of\b))|an?|each|every|last|this|past)\b)\s*"
_JE = r"\b(?:pro|je|im|am|jede[nrs]?)\s+"  # figures are often pasted from German sheets
_NOT_TWO = r"(?! or (?:two|three|four|few|several|\d))"  # 'a minute or two' is a time
DAY, WORKING_DAY = 30, 260 / 12
PERIODS: dict[str, float] = {
    rf"{EACH}(?:seconds?|sec|s)\b(?! (?:day|week|month|quarter|year|hour|one|time)s?\b){_NOT_TWO}"
    rf"|{_JE}sekunde\b": 30 * 24 * 3_600,
    rf"{EACH}(?:minute|min)\b{_NOT_TWO}|{_JE}minute\b": 30 * 24 * 60,
    rf"{EACH}(?:hour|hr|h)\b{_NOT_TWO}|\bhourly\b|{_JE}stunde\b": 30 * 24,
    rf"{EACH}(?:(?:work|working|business)[ -]?|week)day\b|{_JE}(?:werk|arbeits)tag\b": WORKING_DAY,
    rf"{EACH}(?:day|d)\b|\bdaily\b|{_JE}tag\b|\btäglich\b": DAY,
    rf"{EACH}(?:week|wk|w)\b|\bweekly\b|{_JE}woche\b|\bwöchentlich\b": 52 / 12,
    rf"{EACH}fortnight\b|\bfortnightly\b": 26 / 12,
    rf"{EACH}(?:month|mo|mth)\b|\bmonthly\b|{_JE}monat\b|\bmonatlich\b": 1,
    rf"{EACH}quarter\b|\bquarterly\b|{_JE}quartal\b": 1 / 3,
    rf"{EACH}(?:year|yr|y|annum)\b|\b(?:yearly|annual(?:ly)?|p\.?a)\b"
    rf"|{_JE}jahr\b|\bjährlich\b": 1 / 12,
}
PERIOD = re.compile("|".join(PERIODS))
