"""One service as an editor sees it, and what differs between two versions of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.texts import Texts

SHARED = "faelles"
"""The layer that all municipalities have in common."""

LISTS = ("phrasings", "tests")
"""Parts of a state that are sets of sentences: two editors' additions never collide."""


@dataclass(frozen=True)
class State:
    """One service in one layer.

    `fields`: the schema's, without `id`, as plain data; a municipality's layer has only what it words differently. `subject`: name
    of the file in data/services, "" in a municipality's layer. `gone`: removed, or hidden by the municipality.
    """

    layer: str
    id: str
    subject: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    phrasings: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    gone: bool = False

    @property
    def hash(self) -> str:
        """Name of this version: equal for equal content, whatever the order of fields and phrasings."""
        content = {**self.as_dict(), **{name: sorted(getattr(self, name)) for name in LISTS}}
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {**asdict(self), **{name: list(getattr(self, name)) for name in LISTS}}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> State:
        """The inverse of `as_dict`; also cleans what a form sends: empty fields, blanks, lines given twice."""
        lists = {name: _sentences(value.get(name) or ()) for name in LISTS}
        return cls(
            layer=str(value["layer"]),
            id=str(value["id"]),
            subject=str(value.get("subject") or ""),
            fields=cleaned(value.get("fields") or {}),
            gone=bool(value.get("gone", False)),
            **lists,
        )

    def tidy(self) -> State:
        """This state, cleaned as by `from_dict`."""
        return State.from_dict(self.as_dict())


@dataclass(frozen=True)
class Difference:
    """One field that differs, in an editor's words. For phrasings and tests `added` and `removed` say it; else `before` and `after`."""

    field: str
    label: str
    before: str = ""
    after: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def cleaned(value: Any) -> Any:
    """Plain data without empty parts and surrounding blanks; False stays."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        items = {str(key): cleaned(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if item not in (None, "", [], {})}
    if isinstance(value, (list, tuple)):
        return [item for item in map(cleaned, value) if item not in (None, "", {})]
    return value


def differences(before: State | None, after: State | None, texts: Texts) -> list[Difference]:
    """What an editor would call the changes from one version to the other, in the order of the form."""
    found = []
    for name in _keys(before, after):
        old, new = _value(before, name), _value(after, name)
        if old == new:
            continue
        label = field_label(name, texts)
        if name in LISTS:
            added = tuple(line for line in new or () if line not in set(old or ()))
            removed = tuple(line for line in old or () if line not in set(new or ()))
            if added or removed:
                found.append(Difference(name, label, added=added, removed=removed))
        else:
            found.append(Difference(name, label, in_words(old, texts), in_words(new, texts)))
    return found


def field_label(name: str, texts: Texts) -> str:
    """An editor's word for a field; the guide's parts are `steps.do` and so on."""
    key = f"studio_field_{name.replace('.', '_')}"
    return texts.say(key) if key in texts else name


def in_words(value: Any, texts: Texts) -> str:
    """A field's value as text, one line an item; empty when there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return texts.say("studio_yes" if value else "studio_no")
    if isinstance(value, Mapping):
        words = [_word(item, texts) for key, item in value.items() if key != "label"]
        return f"{value.get('label', '')} ({', '.join(words)})".strip()
    if isinstance(value, (list, tuple)):
        return "\n".join(in_words(item, texts) for item in value)
    return _word(value, texts)


def merged(base: State | None, mine: State, theirs: State | None) -> tuple[State, list[str]]:
    """My changes since `base` on top of theirs, and the fields that both changed differently, in which mine stand."""
    if theirs is None or base is None:
        return mine, []
    fields = dict(theirs.fields)
    both = []
    for name in dict.fromkeys([*base.fields, *mine.fields, *theirs.fields]):
        was, my, their = (state.fields.get(name) for state in (base, mine, theirs))
        if my == was:
            continue
        if their not in (was, my):
            both.append(name)
        if my is None:
            fields.pop(name, None)
        else:
            fields[name] = my
    if mine.gone != base.gone and theirs.hash != base.hash:
        both.append("gone")
    phrasings = _merged_lines(base.phrasings, mine.phrasings, theirs.phrasings)
    tests = _merged_lines(base.tests, mine.tests, theirs.tests)
    subject = mine.subject if mine.subject != base.subject else theirs.subject
    return replace(theirs, fields=fields, gone=mine.gone, subject=subject, phrasings=phrasings, tests=tests), both


def _merged_lines(base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    removed = set(base) - set(mine)
    kept = [line for line in theirs if line not in removed]
    return tuple(dict.fromkeys([*kept, *(line for line in mine if line not in set(base))]))


def _sentences(lines: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(str(line).split()) for line in lines if str(line).strip()))


def _keys(*states: State | None) -> Iterator[str]:
    """Names of all parts; the guide's parts are told apart."""
    names: dict[str, None] = {"gone": None, "subject": None}
    for state in states:
        for name, value in (state.fields if state else {}).items():
            names.update(dict.fromkeys([f"steps.{part}" for part in value] if name == "steps" else [name]))
    yield from [*names, *LISTS]


def _value(state: State | None, name: str) -> Any:
    if state is None:
        return None
    if name in ("gone", "subject", *LISTS):
        return getattr(state, name) or None
    whole, _, part = name.partition(".")
    value = state.fields.get(whole)
    return value.get(part) if part and value else value


def _word(value: Any, texts: Texts) -> str:
    key = f"studio_value_{value}"
    return texts.say(key) if key in texts else str(value)
