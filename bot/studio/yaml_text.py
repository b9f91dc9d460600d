"""Plain data as YAML lines, in the form the content files have."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.catalogue import quick_yaml

WIDTH = 120
"""Longest line that is written; a longer text is folded."""

FLOW = frozenset({"keywords", "related", "life_events", "helps_with", "municipalities", "hide"})
"""Fields whose list of words stands on one line."""

_OTHER_DIALECTS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null", "~"})
"""Words that some YAML readers take for something else than text."""


def parse(text: str) -> Any:
    """Data of a YAML text. Raises ruamel's YAMLError."""
    try:
        return quick_yaml.load(text)
    except quick_yaml.YAMLError:
        return YAML(typ="safe").load(text)


def inline(value: Any, style: str | None = None, *, flow: bool = False) -> str:
    """`value` on one line; `style` is the quotation mark it had before, if any; `flow`: it stands within [] or {}."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {inline(item, flow=True)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(item, flow=True) for item in value) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    single = "'" + value.replace("'", "''") + "'"
    double = json.dumps(value, ensure_ascii=False)
    plain = [value] if value.lower() not in _OTHER_DIALECTS else []
    candidates = {'"': [double], "'": [single]}.get(style or "", plain)
    for written in (*candidates, double):
        if _means(f"[{written}]" if flow else f"k: {written}", [value] if flow else {"k": value}):
            return written
    return json.dumps(value)


def after_colon(key: str, value: Any, indent: int, style: str | None = None) -> list[str]:
    """Lines of `value` behind `key:`, which stands at column `indent`; the first goes on its line."""
    if isinstance(value, dict) and value:
        return ["", *block(value, indent + 2)]
    if isinstance(value, list) and value and key not in FLOW:
        lines = [""]
        for item in value:
            lines += after_dash(item, indent + 2)
        return lines
    written = inline(value, style)
    fits = indent + len(key) + 2 + len(written) <= WIDTH
    if isinstance(value, str) and (not fits or "\n" in value):
        return _long(value, indent + 2) or [f" {written}"]
    return [f" {written}"]


def block(value: dict[str, Any], indent: int) -> list[str]:
    """Lines of a mapping whose keys stand at column `indent`."""
    lines: list[str] = []
    for key, item in value.items():
        first, *rest = after_colon(key, item, indent)
        lines += [f"{' ' * indent}{inline(key)}:{first}", *rest]
    return lines


def after_dash(value: Any, indent: int) -> list[str]:
    """Lines of a list's item whose dash stands at column `indent`."""
    if isinstance(value, dict) and value:
        first, *rest = block(value, indent + 2)
        return [f"{' ' * indent}- {first.lstrip()}", *rest]
    first, *rest = after_colon("", value, indent) if isinstance(value, str) else [f" {inline(value)}"]
    return [f"{' ' * indent}-{first}", *rest]


def _long(value: str, indent: int) -> list[str] | None:
    """A folded or literal block scalar; None where neither would give exactly `value` back."""
    margin = " " * indent
    if "\n" in value:
        mark, body = (" |" if value.endswith("\n") else " |-"), value.removesuffix("\n").split("\n")
    else:
        mark, body = (
            " >-",
            textwrap.wrap(value, max(40, WIDTH - indent), break_long_words=False, break_on_hyphens=False),
        )
    lines = [mark, *(margin + line if line else "" for line in body)]
    return lines if _means("k:" + "\n".join(lines) + "\n", {"k": value}) else None


def _means(text: str, value: Any) -> bool:
    try:
        return bool(parse(text) == value)
    except YAMLError:
        return False
