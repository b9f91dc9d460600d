"""Start without what the default configuration never uses.

`rasa.core.agent` imports every component and channel Rasa knows, TensorFlow among them: 10-15 s and several hundred MB. Our pipeline
uses none of them. `install()` puts a placeholder in the place of those libraries, so that Rasa's modules can be imported and
their classes defined, while any real use fails with a clear error. The `rasa` command line is not touched by this.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any, ClassVar

UNUSED = frozenset(
    {
        "tensorflow", "tensorflow_hub", "tensorflow_text", "keras",  # DIET, TED, ConveRT
        "aiogram", "twilio", "slack_sdk", "fbmessenger", "mattermostwrapper", "rocketchat_API", "webexteamssdk",
        "socketio",  # channels of other vendors
        "pymongo", "boto3", "botocore", "confluent_kafka", "aio_pika",  # stores and brokers we don't offer
    }
)  # fmt: skip


class UnusedLibraryError(ImportError):
    """Something of a library in UNUSED was really called."""


class _Placeholder(type):
    """A class that can be subclassed, decorated with and looked into, but never instantiated."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls.__name__}.{name}")

    def __getitem__(cls, key: object) -> Any:
        return cls

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]  # used as a decorator while a module is being imported
        if not args:
            return _placeholder(f"{cls.__name__}()")  # e.g. @tf.function(input_signature=…)
        raise UnusedLibraryError(
            f"{cls.__name__} was left out at start because the default configuration does not use it. "
            "Start with ODDER_LEAN=0 to load everything."
        )


def _placeholder(name: str) -> _Placeholder:
    return _Placeholder(name, (), {"__module__": __name__})


class _PlaceholderModule(types.ModuleType):
    __path__: ClassVar[list[str]] = []  # type: ignore[misc]  # an instance attribute in typeshed only

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{self.__name__}.{name}")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in UNUSED:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run."""


def install() -> None:
    """Make the placeholders active for the rest of the process; no effect if Rasa is already loaded or it was done before."""
    if "rasa.core.agent" not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
