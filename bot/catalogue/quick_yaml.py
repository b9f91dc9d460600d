"""Reads YAML with libyaml, fifteen times as fast as ruamel's pure Python, and means the same by it.

PyYAML reads YAML 1.1, where `no` is false and 12:30 a number; ruamel reads 1.2. Here only what both read alike is read: anything else raises
YAMLError, as a fault does, and the caller then asks ruamel, which also says better what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

YAMLError = yaml.YAMLError

_UNUSUAL = "tag:yaml.org,2002:unusual"


class _Reader(yaml.CSafeLoader):
    """No implicit types but those that both versions know by the same words."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 (so declared by PyYAML; not that of its base)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuses keys given twice, and merges."""
        found = super().construct_mapping(node, deep)
        if len(found) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key twice, or a merge", node.start_mark)
        return found


def _unusual(_reader: _Reader, node: yaml.Node) -> Any:
    raise yaml.constructor.ConstructorError(
        None, None, "a value that YAML 1.1 and 1.2 read differently", node.start_mark
    )


_DIGITS = [*"-+.0123456789"]
_Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Reader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), _DIGITS)
_Reader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$"), _DIGITS)
_NUMBER = r"[-+.]?[0-9][-+.:_0-9a-fA-FxoTtZz]*|[-+]?\.(?:inf|nan)|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[Tt\s].*"
_Reader.add_implicit_resolver(_UNUSUAL, re.compile(f"^(?:{_NUMBER})$", re.IGNORECASE), _DIGITS)
_Reader.add_implicit_resolver(_UNUSUAL, re.compile(r"^(?:Null|NULL|True|TRUE|False|FALSE|<<|=)$"), [*"NTF<="])
_Reader.add_constructor(_UNUSUAL, _unusual)


def load(text: str) -> Any:
    """Data of the text. Raises YAMLError for a fault, and for what only ruamel can tell."""
    return yaml.load(text, _Reader)  # noqa: S506 (a safe loader)


def compose(text: str) -> yaml.Node | None:
    """Nodes with their places. Raises YAMLError."""
    return yaml.compose(text, _Reader)


def events(text: str) -> Iterator[yaml.Event]:
    """What is written, one step after another; nothing is built of it. Raises YAMLError."""
    yield from yaml.parse(text, _Reader)
