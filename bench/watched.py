"""A process under watch: when it was ready, when it ended, how much memory it and its children took."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psutil

READY = "ready"
"""The line a process writes on its standard output when it can answer."""

_EVERY = 0.05
"""Seconds between two looks at the memory."""

_LOG_SHOWN = 6_000


class Watched:
    """Runs a command in a clean environment (no `ODDER_` settings of the caller's); its error output goes to a file.

    Args:
        command: program and arguments.
        log: file for error output, shown when the process fails.
        environment: variables beside the caller's own.

    Attributes:
        peak_mb: most resident memory seen so far, in MB, of the process and its children together.
    """

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        """Starts at once."""
        self._name = " ".join(command)
        self._log = log
        self.peak_mb = 0.0
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ODDER_")}
        self._begun = time.perf_counter()
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**inherited, "RASA_TELEMETRY_ENABLED": "false", **(environment or {})},
            )
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def __enter__(self) -> Watched:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def seconds(self) -> float:
        """Since the process was started."""
        return time.perf_counter() - self._begun

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def ready(self) -> float:
        """Wait for the line READY; returns the seconds it took. Raises RuntimeError with the end of the log if it never comes."""
        assert self._process.stdout
        for line in self._process.stdout:
            if line.strip() == READY:
                return self.seconds
        raise self._failure()

    def finish(self) -> float:
        """Wait for the end; returns the seconds it took. Raises RuntimeError with the end of the log if the process failed."""
        self._process.communicate()
        taken = self.seconds
        self._watcher.join()
        if self._process.returncode:
            raise self._failure()
        return taken

    def stop(self) -> None:
        """End the process if it still runs; after ten seconds without its consent."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._watcher.join()

    def memory_mb(self) -> float:
        """Resident memory now."""
        total = 0
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(self._process.pid)
            for process in [root, *root.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    total += process.memory_info().rss
        return total / 1e6

    def _watch(self) -> None:
        while self.running:
            self.peak_mb = max(self.peak_mb, self.memory_mb())
            time.sleep(_EVERY)

    def _failure(self) -> RuntimeError:
        return RuntimeError(f"{self._name}:\n{self._log.read_text(errors='replace')[-_LOG_SHOWN:]}")
