"""The fonts that reports are set in: DejaVu, which comes with matplotlib, and what else is there.

DejaVu has Latin, Greek, Cyrillic, Arabic and Hebrew letters, but no Chinese, Japanese or Korean
ones. For those, a font of the machine stands in where there is one.
"""

from functools import lru_cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import fontManager

_FOLDER = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
FILES = {
    "Report": _FOLDER / "DejaVuSans.ttf",
    "Report-Bold": _FOLDER / "DejaVuSans-Bold.ttf",
    "Report-Code": _FOLDER / "DejaVuSansMono.ttf",
}
_STAND_INS = (  # what the three systems and common packages call theirs
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Noto Sans SC",
    "Yu Gothic",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Hiragino Sans",
    "Arial Unicode MS",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Symbola",
)
_INSTALLED = {font.name: Path(font.fname) for font in fontManager.ttflist}
FAMILIES = ["DejaVu Sans", *(name for name in _STAND_INS if name in _INSTALLED)]


@lru_cache(maxsize=1)
def stand_ins() -> tuple[Path, ...]:
    """Font files for letters that DejaVu lacks, in the order to try them."""
    return tuple(_INSTALLED[name] for name in FAMILIES[1:])
