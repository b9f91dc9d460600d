"""A Redis server for the tests alone."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which

import pytest


class RunningRedis:
    """A server that can be stopped and started again at the same address."""

    def __init__(self, binary: str) -> None:
        self._binary = binary
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it listens."""
        self._process = subprocess.Popen(
            [self._binary, "--port", str(self._port), "--save", "", "--loglevel", "warning"]
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("redis-server does not listen")

    def stop(self) -> None:
        """End it."""
        if self._process:
            self._process.terminate()
            self._process.wait()


@contextmanager
def running_redis() -> Iterator[RunningRedis]:
    """Start a fresh server. Without the binary the test fails."""
    binary = which("redis-server")
    if binary is None:
        pytest.fail("redis-server is needed for this test (Debian: apt install redis-server)")
    redis = RunningRedis(binary)
    redis.start()
    yield redis
    redis.stop()
