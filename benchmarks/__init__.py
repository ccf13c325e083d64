"""Measurements of speed beside other tools; see README.md here. Nothing imports them."""

import os

from ui.cli import QUIET

# Before torch is imported: the surroundings that the product runs in.
for _name, _value in QUIET.items():
    os.environ.setdefault(_name, _value)
