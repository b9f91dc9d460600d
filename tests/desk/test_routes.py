"""Every route of the desk, for everyone who may come by it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest
import pytest_asyncio
import websockets

from bot.desk.csrf import csrf_token
from bot.desk.permission import Role
from tests.desk.conftest import Office, OpenDesk

pytestmark = pytest.mark.asyncio

ANYONE = frozenset({None, *Role})
EVERYONE_LOGGED_IN = frozenset(Role)
STAFF = frozenset({Role.STAFF, Role.ADMINISTRATOR})
EDITOR = frozenset({Role.EDITOR, Role.ADMINISTRATOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

# By the beginning of the path, the longest that fits. A route of a new room is refused until someone writes here who may use it.
WHO = {
    "desk/login": ANYONE,
    "desk/setup": ANYONE,
    "desk/invite": ANYONE,
    "desk/static": ANYONE,
    "desk/logout": EVERYONE_LOGGED_IN,
    "desk/profile": EVERYONE_LOGGED_IN,
    "desk/people": ADMINISTRATOR,
    "desk/log": ADMINISTRATOR,
    "desk/indbakke": STAFF,
    "desk/beskeder": STAFF,
    "desk/rapport": STAFF | EDITOR,
    "desk/data": ADMINISTRATOR,
    "desk/samtale": STAFF,
    "desk/live": STAFF,
    "desk/ydelser": EVERYONE_LOGGED_IN,
    "desk/indhold": EDITOR,
    "desk/udgiv": EDITOR,
    "desk/deling": EDITOR,
    "desk/proev": EDITOR,
    "desk/laering": EDITOR,
    "desk/links": EDITOR,
    "desk/chatten": EDITOR,
}
# These exactly: the front page, and what nobody has heard of.
EXACTLY = {"desk": EVERYONE_LOGGED_IN, "desk/<path:path>": EVERYONE_LOGGED_IN}
SOCKETS = {"desk/live"}
SAFE = ("GET", "HEAD")

Crowd = tuple[Office, dict[Role | None, str]]


def _who(path: str) -> frozenset[Role | None]:
    if path in EXACTLY:
        return EXACTLY[path]
    rooms = [room for room in WHO if path == room or path.startswith(f"{room}/")]
    assert rooms, f"/{path}: say in WHO who may use it"
    return WHO[max(rooms, key=len)]


def _routes(office: Office) -> Iterator[tuple[str, str]]:
    for route in office.server.app.router.routes:
        if route.path == "desk" or route.path.startswith("desk/"):
            for method in route.methods:
                yield method, route.path


def _address(path: str) -> str:
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: "0" if found[1] == "int" else "findes-ikke", path)


@pytest_asyncio.fixture
async def crowd(open_desk: OpenDesk) -> Crowd:
    """An office with one of each, and someone's account id by role."""
    office = await open_desk()
    ids: dict[Role | None, str] = {}
    for role in Role:
        ids[role] = (await office.hire(role, name=f"En {role}", email=f"{role}@kommune.dk")).id
    return office, ids


async def _ask(
    office: Office, account_id: str | None, method: str, path: str, csrf: bool = True, accept: str = "text/html"
) -> httpx.Response:
    # A session for each request, as one of the routes ends it.
    token = await office.server.desk.sessions.begin(account_id) if account_id else None
    headers = {"Accept": accept, "Cookie": f"odder-desk={token}" if token else "odder-form=a"}
    if csrf:
        headers["X-CSRF"] = csrf_token(token or "a")
    office.server.http.cookies.clear()
    return await office.server.http.request(method, _address(path), headers=headers)


async def test_every_page_for_every_role(crowd: Crowd) -> None:
    office, ids = crowd
    wrong = []
    for method, path in _routes(office):
        if path in SOCKETS or method not in SAFE:
            continue
        for role in (None, *Role):
            status = (await _ask(office, ids.get(role), method, path)).status_code
            if role in _who(path):
                # Coming back from a provider that was never asked is no login; it was let through to be told so.
                right = status not in (401, 403) or path == "desk/login/return"
            else:
                right = status == 403 if role else status in (302, 401)
            if not right or status >= 500:
                wrong.append((method, path, role, status))
    assert wrong == []


async def test_every_change_for_every_role(crowd: Crowd) -> None:
    """Without the token, so that nothing is changed: who may is then told of the token, who may not of that."""
    office, ids = crowd
    changes = [(method, path) for method, path in _routes(office) if method not in SAFE]
    assert len(changes) > 30
    wrong = []
    for method, path in changes:
        for role in (None, *Role):
            told = await _ask(office, ids.get(role), method, path, csrf=False, accept="application/json")
            code = told.json()["error"]["code"]
            may_not = "forbidden" if role else "unauthorised"
            if code != ("csrf" if role in _who(path) else may_not) or told.status_code not in (401, 403):
                wrong.append((method, path, role, told.status_code, code))
            elif role not in _who(path):
                with_token = await _ask(office, ids.get(role), method, path, accept="application/json")
                assert with_token.json()["error"]["code"] == may_not, (path, role)
    assert wrong == []


async def test_anothers_token_is_worth_nothing(crowd: Crowd) -> None:
    office, ids = crowd
    desk = office.server.desk
    mine, theirs = [await desk.sessions.begin(ids[role]) for role in (Role.STAFF, Role.EDITOR)]
    async with httpx.AsyncClient(base_url=office.url, cookies={"odder-desk": mine}) as http:
        for token, status in ((csrf_token(theirs), 403), ("æ", 403), ("", 403), (csrf_token(mine), 303)):
            answer = await http.post("/desk/profile/presence", data={"csrf": token, "presence": "busy"})
            assert answer.status_code == status
        elsewhere = {"Origin": "https://elsewhere.example", "X-CSRF": csrf_token(mine)}
        assert (await http.post("/desk/profile/presence", headers=elsewhere)).status_code == 403


async def test_a_page_asks_to_log_in_and_a_script_is_told(crowd: Crowd) -> None:
    office, ids = crowd
    page = await _ask(office, None, "GET", "desk/people")
    assert (page.status_code, page.headers["location"]) == (302, "/desk/login?next=/desk/people")
    data = await _ask(office, None, "GET", "desk/people", accept="application/json")
    assert (data.status_code, data.json()["error"]["code"]) == (401, "unauthorised")
    forbidden = await _ask(office, ids[Role.STAFF], "GET", "desk/people")
    assert (forbidden.status_code, "Du har ikke adgang" in forbidden.text) == (403, True)
    assert (await _ask(office, ids[Role.STAFF], "GET", "desk/people", accept="*/*")).json()["error"][
        "code"
    ] == "forbidden"


@pytest.mark.parametrize("path", sorted(SOCKETS))
async def test_a_socket_is_closed_for_strangers(crowd: Crowd, path: str) -> None:
    office, ids = crowd
    own = {"Origin": office.url}

    async def code(account_id: str | None, headers: dict[str, str]) -> int | None:
        """What the socket was closed with, or None when it is still open after a while."""
        token = await office.server.desk.sessions.begin(account_id) if account_id else "x"
        address = f"{office.url.replace('http', 'ws')}/{path}"
        sent = headers | {"Cookie": f"odder-desk={token}"}
        async with websockets.connect(address, extra_headers=sent, close_timeout=1) as socket:  # type: ignore[attr-defined]
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(socket.wait_closed(), 1)
            return socket.close_code

    assert await code(None, own) == 4401
    assert await code(ids[Role.EDITOR], own) == 4403
    assert await code(ids[Role.STAFF], {"Origin": "https://elsewhere.example"}) == 4403
    assert await code(ids[Role.STAFF], {}) == 4403
    assert await code(ids[Role.STAFF], own) is None


async def test_an_unknown_page_is_a_page(crowd: Crowd) -> None:
    office, ids = crowd
    answer = await _ask(office, ids[Role.STAFF], "GET", "desk/findes/ikke")
    assert (answer.status_code, "Siden findes ikke" in answer.text) == (404, True)
