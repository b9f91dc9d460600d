"""What of a message counts: corrections and negations are struck out, two questions are told apart."""

from __future__ import annotations

import re

from bot.nlu.text import fold

LEAST_WORDS = 2
"""A part with fewer words is no question of its own."""

MOST_WORDS = 40
"""A longer message is a story: its sentences belong together."""

MOST_PARTS = 3

# «nej, jeg mente kørekort», «jeg mener altså storskrald»: what was said before the cue is taken back. Read on folded text: «æ» is «e».
_MEANT = re.compile(
    r"^(?:.{0,60}?[,.!?]\s*)?(?:altsa\s+)?(?:nej|ne|naj|ups|hov|undskyld|sorry)?[\s,.!]*"
    r"(?:jeg|a|e)\s+(?:mente|mener|mente faktisk|mener faktisk)\b"
    r"(?:\s+(?:altsa|nu|bare|faktisk))?[\s,:]*(?!at\b|det\b|ikke\b)(?P<rest>\S.*)$"
)
# «det er ikke pas, men kørekort», «ikke hjemmehjælp men hjemmesygepleje»
_NOT_BUT = re.compile(
    r"(?:^|\b(?:er|handler|om|mener|mente|spørger|sporger|skal bruge|har brug for)\s+)"
    r"ikke\s+(?:\w+\s+){0,2}\w+,?\s+men\s+",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"[.?!;\n]+\s*(?:og\s+|samt\s+)?"
    r"|,?\s+(?:og|samt)\s+(?=(?:hvor|hvad|hvem|hvordan|hvornår|hvornar|kan|skal|må|ma|jeg|er|har|også|ogsa|så|sa|en|et|min|mit)\b)"
    r"|,\s+og\s+",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_MASK = re.compile(r"\[[^\]]{1,20}\]")
"""What the mask put in the place of a number; it says nothing about the subject."""


def what_counts(text: str) -> str:
    """`text` without hidden numbers and what the citizen takes back; unchanged when there are none."""
    text = _MASK.sub(" ", text).strip() or text
    meant = _MEANT.match(fold(text))
    if meant:
        kept = meant["rest"]
        return text[-len(kept) :] if fold(text[-len(kept) :]) == kept else kept
    return _NOT_BUT.sub(" ", text, count=1).strip() or text


def questions(text: str) -> list[str]:
    """The message's questions when it may hold two or three, otherwise just the message."""
    text = _MASK.sub(" ", text)
    if len(_WORD.findall(text)) > MOST_WORDS:
        return [text]
    parts = [part.strip(" ,") for part in _BREAK.split(text) if part]
    parts = [part for part in parts if len(_WORD.findall(part)) >= LEAST_WORDS]
    return parts if 1 < len(parts) <= MOST_PARTS else [text]
