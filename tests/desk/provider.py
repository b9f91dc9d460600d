"""A real OpenID Connect provider (the certified npm package oidc-provider) as a process of its own."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

_FOLDER = Path(__file__).parent / "oidc_provider"
CLIENT_ID = "odder-bot"
CLIENT_SECRET = "only-for-tests-only-for-tests-only-for-tests"


def install() -> None:
    """Fetch the provider once. Fails the test when Node.js is missing: single sign-on must not go untested."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.fail("Node.js and npm are missing: run scripts/get-test-tools (Debian: apt install nodejs npm)")
    with (_FOLDER / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = lock.read()
        installed = _FOLDER / "node_modules" / ".installed"
        if not installed.exists() or installed.read_text() != wanted:
            subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=_FOLDER, check=True)
            installed.write_text(wanted)


class Provider:
    """Start it when the address of the server it serves is known; it can be stopped and started with other keys."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._file = folder / "provider.json"
        self._process: subprocess.Popen[str] | None = None
        self.issuer = f"http://127.0.0.1:{self._port}"
        self.people: dict[str, dict[str, Any]] = {}

    def start(self, home: str, in_id_token: bool = False) -> None:
        """Serve logins for the server at `home`; claims in the ID token itself or, as is usual, asked for afterwards."""
        self._settings = {
            "port": self._port,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "home": home,
            "in_id_token": in_id_token,
        }
        self._write()
        self._process = subprocess.Popen(
            ["node", "provider.js", str(self._file)],
            cwd=_FOLDER,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout
        said = []
        for line in self._process.stdout:
            said.append(line)
            if line == "ready\n":
                return
        raise RuntimeError("the provider did not start:\n" + "".join(said))

    def stop(self) -> None:
        """Take it down."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def knows(self, login: str, **claims: Any) -> None:
        """Let someone log in, with these claims from now on."""
        self.people[login] = claims
        self._write()

    def _write(self) -> None:
        self._file.write_text(json.dumps({**getattr(self, "_settings", {}), "people": self.people}))


async def through(browser: httpx.AsyncClient, answer: httpx.Response, login: str, until: str = "") -> httpx.Response:
    """Follow redirects and fill in the provider's forms until a page of our own comes, or a redirect to `until`."""
    for _ in range(20):
        if answer.is_redirect:
            target = str(answer.url.join(answer.headers["location"]))
            if until and target.startswith(until):
                return answer
            answer = await browser.get(target)
            continue
        form = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
        if "/desk/" in answer.url.path or form is None:
            return answer
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
        if 'name="login"' in answer.text:
            fields |= {"login": login, "password": "any"}
        answer = await browser.post(str(answer.url.join(form[1])), data=fields)
    raise AssertionError("the provider never let go")
