"""Learnt state kept in a Rasa model as plain data (JSON and NumPy arrays), never as pickles."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

_ARRAYS = "arrays.npz"
_FACTS = "facts.json"


def keep(storage: ModelStorage, resource: Resource, facts: dict[str, Any], **arrays: np.ndarray) -> None:
    """Write `facts` (JSON) and arrays under the component's resource."""
    with storage.write_to(resource) as folder:
        (folder / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / _ARRAYS, **arrays)


def recall(storage: ModelStorage, resource: Resource) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The inverse of `keep`. Raises ValueError if the model holds nothing for the component."""
    with storage.read_from(resource) as folder:
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as stored:
            return facts, dict(stored)
