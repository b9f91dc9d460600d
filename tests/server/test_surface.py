"""What the server shows the world beside the chat itself."""

import asyncio
import json
import logging
import re
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import websockets
from jsonschema import Draft202012Validator

from bot.catalogue.lix import PLAIN_LIMIT, lix
from bot.catalogue.municipality import load_municipality
from bot.engine.contract import Engine
from bot.log import configure_logging
from bot.texts import Texts
from tests.server.conftest import Server, StartServer
from tests.server.engines import BrokenEngine, ColdEngine, EchoEngine

pytestmark = pytest.mark.asyncio


async def test_health_and_ready(server: Server) -> None:
    assert (await server.http.get("/health")).json() == {"alive": True}
    assert (await server.http.get("/ready")).json() == {"ready": True, "model": True, "database": True}


async def test_not_ready_without_a_model(start: StartServer) -> None:
    server = await start(ColdEngine())
    answer = await server.http.get("/ready")
    assert (answer.status_code, answer.json()["model"], answer.json()["database"]) == (503, False, True)
    assert (await server.http.get("/health")).status_code == 200


async def test_openapi_is_valid_and_says_what_is_served(server: Server) -> None:
    described = (await server.http.get("/openapi.json")).json()
    _validate_openapi(described)
    for path, acts in described["paths"].items():
        for method in acts:
            answer = await server.http.request(method.upper(), path, json={} if method == "post" else None)
            assert answer.status_code not in (404, 405), (method, path)
            assert str(answer.status_code) in acts[method]["responses"], (method, path, answer.status_code)
    page = await server.http.get("/docs")
    assert all(path in page.text for path in described["paths"])


def _validate_openapi(described: dict[str, Any]) -> None:
    # The validator package's own code wants pydantic 2, which Rasa doesn't allow; the schema it ships is what counts.
    package = find_spec("openapi_spec_validator")
    assert package and package.submodule_search_locations
    folder = Path(package.submodule_search_locations[0])
    schema = json.loads((folder / "resources/schemas/v3.1/schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(described)
    references = re.findall(r"\"#/components/(\w+)/(\w+)\"", json.dumps(described))
    assert references and all(name in described["components"][group] for group, name in references)


async def test_config(server: Server) -> None:
    config = (await server.http.get("/api/chat/config")).json()
    assert set(config) == {
        "name", "municipality", "phone", "web", "address", "privacy", "greeting", "colour", "bubble", "texts", "max_length",
    }  # fmt: skip
    assert config["municipality"] == "Odder Kommune"
    assert "{" not in config["greeting"]


async def test_another_municipality_is_only_another_file(start: StartServer) -> None:
    server = await start(municipality=Path("data/kommune/eksempel.yml"))
    config = (await server.http.get("/api/chat/config")).json()
    session = await server.session()
    assert "Odder" not in str(config) + session["messages"][0]["text"]


async def test_pages_are_shut_in(server: Server) -> None:
    for path in ("/", "/docs", "/demo/index.html"):
        page = await server.http.get(path)
        assert page.status_code == 200, path
        policy = page.headers["content-security-policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy
        assert page.headers["x-content-type-options"] == "nosniff"


async def test_static_files_are_fetched_once(server: Server) -> None:
    first = await server.http.get("/odder-chat.js")
    assert first.status_code == 200
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["access-control-allow-origin"] == "*"
    assert "max-age" in first.headers["cache-control"]
    again = await server.http.get("/odder-chat.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (await server.http.get("/odder-chat.js", headers={"If-None-Match": '"old"'})).status_code == 200
    head = await server.http.head("/odder-chat.js")
    assert (head.status_code, head.content) == (200, b"")


async def test_only_named_sites_may_embed(start: StartServer) -> None:
    server = await start(embed_origins=("https://www.odder.dk",))
    for origin, allowed in (("https://www.odder.dk", True), ("https://evil.dk", False), ("null", False)):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        preflight = await server.http.options("/api/chat/messages", headers=headers)
        assert (preflight.headers.get("access-control-allow-origin") == origin) is allowed
        session = await server.http.post("/api/chat/session", json={}, headers={"Origin": origin})
        assert (session.headers.get("access-control-allow-origin") == origin) is allowed
        assert "access-control-allow-credentials" not in session.headers
        if allowed:
            async with server.socket(origin=origin) as browser:
                assert browser.welcome
        else:
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                async with server.socket(origin=origin):
                    pass


async def test_our_own_pages_may_open_a_socket(server: Server) -> None:
    async with server.socket(origin=f"http://127.0.0.1:{server.port}") as browser:
        assert browser.welcome


async def test_a_session_that_floods_waits(start: StartServer) -> None:
    server = await start(session_per_minute=20, session_burst=8)
    token = (await server.session())["token"]
    answers = [await server.send(token, "hej") for _ in range(9)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [429]
    assert answers[8].json()["error"]["code"] == "too_many"
    assert 1 <= answers[8].json()["error"]["retry_after"] == int(answers[8].headers["retry-after"]) <= 3
    assert (await server.send((await server.session())["token"], "hej")).status_code == 200
    async with server.socket(token) as browser:
        client_id = await browser.say("hej")
        error = await browser.next("error")
        assert (error["code"], error["client_id"]) == ("too_many", client_id)
        assert error["retry_after"] >= 1


async def test_an_address_that_floods_waits(start: StartServer) -> None:
    server = await start(address_per_minute=1, address_burst=5)
    tokens = [(await server.session())["token"] for _ in range(5)]
    assert (await server.http.post("/api/chat/session", json={})).status_code == 429
    assert [(await server.send(token, "hej")).status_code for token in tokens] == [200] * 5
    assert (await server.send(tokens[0], "hej")).status_code == 429


async def test_forwarded_addresses_are_believed_from_our_own_proxy_only(start: StartServer) -> None:
    async def served(server: Server, forwarded: str) -> int:
        answer = await server.http.post("/api/chat/session", json={}, headers={"X-Forwarded-For": forwarded})
        return answer.status_code

    trusting = await start(address_per_minute=1, address_burst=1, trusted_proxies=(ip_network("127.0.0.0/8"),))
    assert [await served(trusting, f"8.8.8.{number}") for number in range(3)] == [200] * 3
    assert await served(trusting, "8.8.8.0") == 429
    assert await served(trusting, "1.2.3.4, 8.8.8.1") == 429
    wary = await start(address_per_minute=1, address_burst=1)
    assert [await served(wary, f"8.8.8.{number}") for number in range(2)] == [200, 429]


async def test_connections_from_one_address_are_limited(start: StartServer) -> None:
    server = await start(connections_per_address=2)
    async with server.socket(), server.socket():
        with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
            async with server.socket():
                pass
        assert closed.value.rcvd and closed.value.rcvd.code == 1013
    await asyncio.sleep(0.1)
    async with server.socket() as browser:
        assert browser.welcome


async def test_an_old_token_is_replaced(start: StartServer) -> None:
    server = await start(token_renew_hours=1e-6)
    session = await server.session()
    answer = (await server.send(session["token"], "hej")).json()
    assert answer["token"]
    async with server.socket(session["token"]) as browser:
        assert len(browser.welcome["messages"]) == 3
        await browser.say("hej")
        assert (await browser.next("token"))["token"]


async def test_an_expired_token_gives_a_new_conversation(start: StartServer) -> None:
    server = await start(token_hours=1e-6)
    session = await server.session()
    again = (await server.http.post("/api/chat/session", json={"token": session["token"]})).json()
    assert again["code"] != session["code"]
    refused = await server.send(session["token"], "hej")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthorised")


async def test_logs_hold_nothing_personal(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    token = (await server.session())["token"]
    await server.send(token, "min hemmelige hund hedder Fido, 010203-1234")
    await server.send(token, "mit hus brænder")
    for word in ("Fido", "010203", "brænder", "127.0.0.1", token):
        assert word not in "".join(
            record.getMessage() + str(vars(record)) for record in caplog.records if record.name.startswith("bot")
        )


async def test_an_engine_error_does_not_log_what_was_written(
    start: StartServer, capfd: pytest.CaptureFixture[str]
) -> None:
    handlers = logging.getLogger().handlers[:]
    try:
        configure_logging("DEBUG")
        server = await start(BrokenEngine())
        await server.send((await server.session())["token"], "Fido")
    finally:
        logging.getLogger().handlers[:] = handlers
    logged = capfd.readouterr().err
    assert "engine failed" in logged and "KeyError" in logged
    assert "Fido" not in logged


async def test_every_text_can_be_said() -> None:
    municipality = load_municipality(Path("data/kommune/odder.yml"))
    texts = Texts.load(Path("data/texts/da.yml"), municipality.placeholders())
    for key in texts:
        own = texts.placeholders(key) - set(municipality.placeholders())
        said = texts.say(key, **dict.fromkeys(own, "navn"))
        # A single short sentence can't be measured: one long word decides.
        assert len(said.split()) < 12 or lix(said) <= PLAIN_LIMIT, (key, lix(said))


async def test_echo_engine_is_an_engine() -> None:
    engine: Engine = EchoEngine()
    await engine.start()
    assert engine.ready
