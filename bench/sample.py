"""Which phrasings are trained on: drawn from `data/nlu`, or multiplied into a larger catalogue. Pure functions of a seed."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from bot.evaluation.phrasings import Phrasing
from bot.nlu.text import words

Examples = dict[str, list[str]]
"""Phrasings by service id."""

SEED = 20

_PREFIX = "service/"
_SYLLABLES = (
    "bral",
    "dro",
    "fim",
    "gul",
    "hask",
    "jor",
    "klem",
    "lyv",
    "mis",
    "nup",
    "plas",
    "rin",
    "skov",
    "trel",
    "vuk",
)
_SYLLABLES_A_WORD = 4  # 15⁴ words, some 50,000, so that no two services are likely to get the same


def by_service(phrasings: Sequence[Phrasing]) -> Examples:
    """The phrasings of services, each text once; the intents of conversation are left out."""
    found: Examples = defaultdict(list)
    for phrasing in phrasings:
        if phrasing.intent.startswith(_PREFIX):
            found[phrasing.intent.removeprefix(_PREFIX)].append(phrasing.text)
    return {service: list(dict.fromkeys(found[service])) for service in sorted(found)}


def draw(examples: Mapping[str, Sequence[str]], count: int, services: int | None = None, seed: int = SEED) -> Examples:
    """`count` phrasings a service (all there are, if fewer), of the first `services` services in random order, or of all."""
    chance = random.Random(seed)
    names = sorted(examples)
    kept = names if services is None else sorted(chance.sample(names, min(services, len(names))))
    return {name: chance.sample(examples[name], min(count, len(examples[name]))) for name in kept}


def multiply(examples: Mapping[str, Sequence[str]], services: int, seed: int = SEED) -> Examples:
    """A catalogue of exactly `services` services, made of copies of the real ones.

    A copy has an invented word of its own («gulrinmisvuk»), put before the rarest word of each phrasing as Danish makes compounds
    («jeg skal have nyt gulrinmisvukpas»). So labels differ, and the number of terms grows with the number of services.
    """
    chance = random.Random(seed)
    counted = Counter(word for texts in examples.values() for text in texts for word in set(words(text)))
    names = sorted(examples)
    grown: Examples = {}
    for index in range(services):
        copy, place = divmod(index, len(names))
        invented = "".join(chance.choices(_SYLLABLES, k=_SYLLABLES_A_WORD)) if copy else ""
        grown[f"{names[place]}_{copy}"] = [_with_compound(text, invented, counted) for text in examples[names[place]]]
    return grown


def _with_compound(text: str, invented: str, counted: Counter[str]) -> str:
    rarest = min(words(text), key=lambda word: (counted[word], word), default="")
    return " ".join(f"{invented}{word}" if rarest in words(word) else word for word in text.split())
