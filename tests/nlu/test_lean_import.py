"""Rasa without the libraries that the default configuration never uses. Each in a process of its own: imports can't be undone."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

REPORT = "\nimport json\nprint('REPORT' + json.dumps(report))\n"

LEAN = """
import sys
from bot.engine.lean_import import UNUSED, UnusedLibraryError, _Finder, install
install()
install()
import rasa.core.agent
import tensorflow as tf

def refused(use):
    try:
        use()
    except UnusedLibraryError as error:
        return str(error)
    return None

@tf.function(input_signature=[])
def kept(): return 7

class Layer(tf.keras.layers.Layer): pass

loaded = [name for name in sys.modules if name.partition(".")[0] in UNUSED]
report = {
    "finders": sum(isinstance(finder, _Finder) for finder in sys.meta_path),
    "agent": hasattr(rasa.core.agent.Agent, "load"),
    "real": [name for name in loaded if getattr(sys.modules[name], "__file__", None)],
    "placeholders": sorted({name.partition(".")[0] for name in loaded}),
    "called": refused(lambda: tf.constant(1.0, dtype=tf.float32)),
    "subclass made": refused(lambda: Layer(3, "x")),
    "decorated": kept(),
}
"""

FULL = """
import importlib.util, sys
from bot.engine import lean_import
spec = importlib.util.find_spec("tensorflow")
report = {
    "finders": sum(isinstance(finder, lean_import._Finder) for finder in sys.meta_path),
    "origin": spec.origin,
    "loaded": [name for name in lean_import.UNUSED if name in sys.modules],
}
"""

LATE = """
import sys, types
from bot.engine import lean_import
sys.modules["rasa.core.agent"] = types.ModuleType("rasa.core.agent")  # as if Rasa were loaded in full
lean_import.install()
report = {"finders": sum(isinstance(finder, lean_import._Finder) for finder in sys.meta_path)}
"""


def run(code: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", code + REPORT], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rpartition("REPORT")[2])


def test_rasa_loads_without_them_and_any_real_use_is_refused_by_name() -> None:
    report = run(LEAN)
    assert report["finders"] == 1
    assert report["agent"] is True
    assert report["real"] == []
    assert "tensorflow" in report["placeholders"]
    assert "constant was left out" in report["called"]
    assert "ODDER_LEAN=0" in report["called"]
    assert "Layer was left out" in report["subclass made"]
    assert report["decorated"] == 7


def test_nothing_is_replaced_until_asked_for() -> None:
    report = run(FULL)
    assert report["finders"] == 0
    assert report["origin"].endswith("tensorflow/__init__.py")
    assert report["loaded"] == []


def test_it_is_too_late_when_rasa_is_loaded() -> None:
    assert run(LATE)["finders"] == 0
