"""A real web server on this machine that behaves as badly as a test asks for."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    headers: dict[str, str]
    began: float
    ended: float


Page = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers by the site's pages; what is not there is 404."""

    server: Any

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        """Either method."""
        began = time.monotonic()
        page = self.server.site.pages.get(self.path)
        try:
            with suppress(ConnectionError, ssl.SSLError):
                if page is None:
                    self.say(404, "<title>Findes ikke</title>")
                else:
                    page(self)
        finally:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.server.site.asked.append(Asked(self.command, self.path, headers, began, time.monotonic()))

    do_HEAD = do_GET  # noqa: N815 (the name that http.server calls)

    def say(self, status: int, body: str | bytes = b"", **headers: str) -> None:
        """A whole, honest answer."""
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {"content_type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def get_request(self) -> tuple[socket.socket, Any]:
        self.site.connections += 1
        return super().get_request()

    def handle_error(self, *_: Any) -> None:
        """A caller who hangs up is no error."""


class Site:
    """`pages`: by path. `asked`: requests in the order they ended. `connections`: how often anyone called, whatever was said."""

    def __init__(self, server: _Server, scheme: str) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        self.connections = 0
        self.host, self.port = server.server_address[0], server.server_address[1]
        self._scheme = scheme

    def url(self, path: str = "/", host: str | None = None) -> str:
        """The address of a page."""
        return f"{self._scheme}://{host or self.host}:{self.port}{path}"

    def paths(self, method: str = "GET") -> list[str]:
        """What was asked for."""
        return [one.path for one in self.asked if one.method == method]

    def page(self, path: str, body: str | bytes = "<title>En side</title>", status: int = 200, **headers: str) -> str:
        """Put a page there; returns its address."""
        self.pages[path] = lambda handler: handler.say(status, body, **headers)
        return self.url(path)

    def redirect(self, path: str, target: str, status: int = 301, **headers: str) -> str:
        """Send on; returns the address."""
        return self.page(path, "", status, location=target, **headers)


@contextmanager
def web_site(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site on a port of its own."""
    server = _Server((host, 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.site = site = Site(server, "https" if tls else "http")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def self_signed(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS for these names or addresses, vouched for by nobody, and the file of its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    others = [x509.IPAddress(ip_address(one)) if one[0].isdigit() else x509.DNSName(one) for one in names]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file = folder / "key.pem"
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return context, file
