"""The way of one message, over HTTP and over the WebSocket."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
import websockets

from tests.server.conftest import Server, StartServer
from tests.server.engines import BrokenEngine, ColdEngine, EchoEngine, SlowEngine

pytestmark = pytest.mark.asyncio


async def test_a_conversation_over_http(server: Server) -> None:
    session = await server.session()
    assert session["state"] == "bot"
    assert [message["author"] for message in session["messages"]] == ["bot"]
    answer = (await server.send(session["token"], "mit gule kort er væk", "c1")).json()
    own, reply = answer["messages"]
    assert (own["seq"], own["author"], own["text"], own["client_id"]) == (2, "citizen", "mit gule kort er væk", "c1")
    assert (reply["seq"], reply["author"], reply["text"]) == (3, "bot", "Du skrev: mit gule kort er væk")
    assert reply["buttons"] == [{"title": "Mere om det", "payload": '/mere{"om": "det"}'}]
    assert "meta" not in reply
    again = await server.http.post("/api/chat/session", json={"token": session["token"]})
    assert again.json()["messages"] == [*session["messages"], own, reply]
    assert again.json()["code"] == session["code"]
    newer = await server.http.get(
        "/api/chat/messages", params={"after": 2}, headers={"Authorization": f"Bearer {session['token']}"}
    )
    assert newer.json()["messages"] == [reply]


async def test_a_conversation_over_the_websocket(server: Server) -> None:
    async with server.socket() as browser:
        assert browser.welcome["messages"][0]["author"] == "bot"
        client_id = await browser.say("hej")
        events = [await browser.event() for _ in range(5)]
        assert [event["type"] for event in events] == ["ack", "message", "typing", "typing", "message"]
        assert events[0] == {"type": "ack", "client_id": client_id, "seq": 2}
        assert events[1]["message"]["author"] == "citizen"  # as stored, so that what was masked leaves the screen
        assert [event["on"] for event in events[2:4]] == [True, False]
        assert events[4]["message"]["text"] == "Du skrev: hej"
    async with server.socket(browser.welcome["token"], after=2) as later:
        assert [message["seq"] for message in later.welcome["messages"]] == [3]
        assert later.welcome["code"] == browser.welcome["code"]


async def test_two_tabs_hear_the_same(server: Server) -> None:
    async with server.socket() as one, server.socket(one.welcome["token"]) as two:
        await one.say("fra den ene")
        assert (await two.next("message"))["message"]["text"] == "fra den ene"
        assert (await two.answer())["text"] == "Du skrev: fra den ene"
        assert [e["message"]["author"] for e in await one.quiet() if e["type"] == "message"] == ["citizen", "bot"]
        await server.send(one.welcome["token"], "over HTTP")
        assert (await one.next("message"))["message"]["text"] == "over HTTP"
        assert (await two.answer())["text"] == "Du skrev: over HTTP"


async def test_nobody_else_hears_it(server: Server) -> None:
    async with server.socket() as one, server.socket() as stranger:
        await one.say("hemmeligt")
        await one.answer()
        assert await stranger.quiet() == []


async def test_sent_twice_is_kept_and_answered_once(server: Server) -> None:
    session = await server.session()
    first = (await server.send(session["token"], "hej", "c1")).json()
    second = (await server.send(session["token"], "hej", "c1")).json()
    assert first["messages"] == second["messages"]
    async with server.socket(session["token"], after=3) as browser:
        await browser.say("hej", "c1")
        assert (await browser.next("ack"))["seq"] == 2
        assert (await browser.answer())["seq"] == 3
    assert len(server.engine.asked) == 1


async def test_sent_many_times_at_once_is_answered_once(server: Server) -> None:
    session = await server.session()
    answers = await asyncio.gather(*(server.send(session["token"], "hej", "c1") for _ in range(10)))
    assert {answer.text for answer in answers} == {answers[0].text}
    assert len(server.engine.asked) == 1


async def test_order_is_kept(start: StartServer) -> None:
    server = await start(SlowEngine(0.05))
    async with server.socket() as browser:
        for number in range(5):
            await browser.say(f"{number}")
        assert [(await browser.answer())["text"] for _ in range(5)] == [f"Du skrev: {number}" for number in range(5)]
    assert [text for _, text, _ in server.engine.asked] == ["0", "1", "2", "3", "4"]


async def test_one_conversation_does_not_hold_up_another(start: StartServer) -> None:
    server = await start(SlowEngine(0.4))
    tokens = [(await server.session())["token"] for _ in range(5)]
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(server.send(token, "hej") for token in tokens))
    assert asyncio.get_running_loop().time() - began < 1.5


async def test_personal_numbers_never_reach_engine_database_or_answer(server: Server, tmp_path: Path) -> None:
    async with server.socket() as browser:
        await browser.say("mit cpr er 010203-1234, ring 20 12 12 34")
        said = [(await browser.answer())["text"] for _ in range(3)]
        assert said == [
            "Skriv ikke dit CPR-nummer her. Jeg har skjult det.",
            "Du behøver ikke skrive telefonnummer her. Jeg har skjult det.",
            "Du skrev: mit cpr er [CPR-nummer], ring [telefonnummer]",
        ]
        await browser.say("igen 010203-1234")
        assert (await browser.answer())["text"] == "Du skrev: igen [CPR-nummer]"
        await browser.send(type="feedback", seq=1, value="down", comment="jeg er 010203-1234")
        await browser.quiet()
    assert [metadata["masked"] for _, _, metadata in server.engine.asked] == [["cpr", "phone"], ["cpr"]]
    kept = "\n".join(sqlite3.connect(tmp_path / "odder.db").iterdump())
    assert "[CPR-nummer]" in kept
    assert "jeg er [CPR-nummer]" in kept
    assert "010203" not in kept
    assert "20 12 12 34" not in kept


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("mit hus brænder", ["112"]),
        ("min mand kan ikke få luft", ["112", "70 11 31 31", "Region Midtjylland", "82 12 12 12"]),
        ("jeg vil ikke leve mere", ["70 201 201", "112"]),
        ("min mand slår mig", ["112", "114", "1888"]),
    ],
)
async def test_danger_is_answered_without_the_engine(server: Server, text: str, numbers: list[str]) -> None:
    session = await server.session()
    reply = (await server.send(session["token"], text)).json()["messages"][1]
    assert all(number in reply["text"] for number in numbers)
    assert reply["buttons"] == [{"title": "Tal med et menneske", "payload": "/tal_med_menneske"}]
    assert server.engine.asked == []


@pytest.mark.parametrize(
    "typed", ["/goodbye", " /goodbye", "//goodbye", "\u200b/goodbye", "/\n/goodbye", '/svar{"a": "b"}']
)
async def test_typing_an_intent_does_not_make_it_one(server: Server, typed: str) -> None:
    session = await server.session()
    assert (await server.send(session["token"], typed)).status_code == 200
    assert not server.engine.asked[0][1].startswith("/")


async def _press(server: Server, token: str, payload: object, title: object = "Tryk") -> int:
    content = {"client_id": "p" + str(abs(hash(str(payload)))), "payload": payload, "title": title}
    answer = await server.http.post("/api/chat/messages", json=content, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


async def test_only_offered_buttons_and_the_menu_can_be_pressed(server: Server) -> None:
    token = (await server.session())["token"]
    assert await _press(server, token, '/mere{"om": "det"}') == 400
    assert await _press(server, token, "/tal_med_menneske") == 200
    assert await _press(server, token, '/mere{"om": "det"}', "<b>Snyd</b>") == 200
    assert await _press(server, token, '/mere{"om": "alt"}') == 400
    assert [text for _, text, _ in server.engine.asked] == ["/tal_med_menneske", '/mere{"om": "det"}']
    session = (await server.http.post("/api/chat/session", json={"token": token})).json()
    assert [message["text"] for message in session["messages"] if message["author"] == "citizen"] == [
        "Tal med et menneske",
        "Mere om det",
    ]


@pytest.mark.parametrize("payload", ["hej", "/", "/A", "/a b", "/a{", "/a" * 200, "/restart", "/a{}\n", 7, [], {}, ""])
async def test_odd_payloads_are_refused(server: Server, payload: object) -> None:
    assert await _press(server, (await server.session())["token"], payload) == 400
    assert server.engine.asked == []


async def test_a_button_offered_long_ago_is_refused(server: Server) -> None:
    token = (await server.session())["token"]
    await server.send(token, "hej")
    server.engine.reply = BrokenEngine().reply  # type: ignore[method-assign]
    for _ in range(10):
        await server.send(token, "videre")
    assert await _press(server, token, '/mere{"om": "det"}') == 400


async def test_length(server: Server) -> None:
    token = (await server.session())["token"]
    assert (await server.send(token, "æ" * 1000)).status_code == 200
    for text, code in (
        ("æ" * 1001, "too_long"),
        ("", "empty"),
        (" \n\t ", "empty"),
        ("\0\x07", "empty"),
        ("///", "empty"),
    ):
        answer = await server.send(token, text)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


async def test_the_websocket_stays_open_after_an_error(server: Server) -> None:
    async with server.socket() as browser:
        await browser.say("æ" * 1001, "c1")
        error = await browser.next("error")
        assert (error["code"], error["client_id"]) == ("too_long", "c1")
        assert "1.000 tegn" in error["text"]
        for frame in ("{", "[]", '"x"', "{}", '{"type": "nej"}', "[" * 9000, '{"type": "message"}', b"\xff\xfe"):
            await browser.connection.send(frame)
            assert (await browser.next("error"))["code"] == "bad_request"
        await browser.say("hej")
        assert (await browser.answer())["text"] == "Du skrev: hej"


async def test_a_message_before_hello_is_refused(server: Server) -> None:
    async with websockets.connect(f"ws://127.0.0.1:{server.port}/api/chat/ws") as connection:  # type: ignore[attr-defined]
        await connection.send('{"type": "message", "client_id": "c1", "text": "hej"}')
        assert '"unauthorised"' in await connection.recv()


@pytest.mark.parametrize("engine", [SlowEngine(5), BrokenEngine(), ColdEngine()])
async def test_an_engine_that_fails_is_apologised_for(
    start: StartServer, engine: EchoEngine, caplog: pytest.LogCaptureFixture
) -> None:
    if isinstance(engine, ColdEngine):
        engine.reply = BrokenEngine().reply  # type: ignore[method-assign]
    server = await start(engine, engine_timeout=0.2)
    session = await server.session()
    answer = (await server.send(session["token"], "mit hemmelige spørgsmål")).json()
    own, reply = answer["messages"]
    assert own["text"] == "mit hemmelige spørgsmål"
    assert "87 80 33 33" in reply["text"]
    assert "gemt" in reply["text"]
    assert reply["buttons"][0]["payload"] == "/tal_med_menneske"
    again = await server.http.post("/api/chat/session", json={"token": session["token"]})
    assert again.json()["messages"][1:] == [own, reply]


async def test_a_handed_over_conversation_is_not_answered_by_the_bot(server: Server, tmp_path: Path) -> None:
    session = await server.session()
    with sqlite3.connect(tmp_path / "odder.db") as database:
        database.execute("UPDATE conversations SET state = 'human'")
    answer = (await server.send(session["token"], "hej Mette")).json()
    assert answer["state"] == "human"
    assert [message["author"] for message in answer["messages"]] == ["citizen"]
    with sqlite3.connect(tmp_path / "odder.db") as database:
        database.execute("UPDATE conversations SET state = 'bot'")
    again = (await server.http.post("/api/chat/session", json={"token": session["token"]})).json()
    assert [message["author"] for message in again["messages"]] == ["bot", "citizen"]
    assert server.engine.asked == []


async def test_a_dead_database_does_not_silence_the_bot(start: StartServer, tmp_path: Path) -> None:
    path = tmp_path / "folder.db"
    path.mkdir()
    server = await start(database_url=f"sqlite:///{path}")
    assert (await server.http.get("/ready")).status_code == 503
    session = await server.session()
    first = (await server.send(session["token"], "hej", "c1")).json()["messages"]
    assert [(message["seq"], message["author"]) for message in first] == [(2, "citizen"), (3, "bot"), (4, "system")]
    assert first[1]["text"] == "Du skrev: hej"
    assert "ikke gemt" in first[2]["text"]
    second = (await server.send(session["token"], "igen", "c2")).json()["messages"]
    assert [(message["seq"], message["author"]) for message in second] == [(5, "citizen"), (6, "bot")]
    assert await _press(server, session["token"], '/mere{"om": "det"}') == 200
    path.rmdir()
    await asyncio.sleep(3.2)
    third = (await server.send(session["token"], "nu", "c3")).json()["messages"]
    assert [(message["seq"], message["author"]) for message in third] == [(9, "citizen"), (10, "bot")]
    kept = (await server.http.post("/api/chat/session", json={"token": session["token"]})).json()
    assert [message["seq"] for message in kept["messages"]] == [9, 10]
    assert kept["code"] == session["code"]
    assert (await server.http.get("/ready")).status_code == 200


async def test_reset_begins_a_new_conversation(server: Server) -> None:
    session = await server.session()
    await server.send(session["token"], "hej")
    fresh = (await server.http.post("/api/chat/reset", headers={"Authorization": f"Bearer {session['token']}"})).json()
    assert fresh["code"] != session["code"]
    assert len(fresh["messages"]) == 1
    assert len(server.engine.forgotten) == 1
    async with server.socket(session["token"]) as browser:
        await browser.send(type="reset")
        assert len((await browser.next("welcome"))["messages"]) == 1
        await browser.say("ny")
        assert (await browser.answer())["seq"] == 3


async def test_feedback(server: Server, tmp_path: Path) -> None:
    session = await server.session()
    await server.send(session["token"], "hej")
    headers = {"Authorization": f"Bearer {session['token']}"}
    for value, status in (("up", 200), ("down", 200), ("meh", 400)):
        answer = await server.http.post("/api/chat/feedback", json={"seq": 3, "value": value}, headers=headers)
        assert answer.status_code == status
    for seq in (2, 99, -1, "3", None, True, 2**70):
        answer = await server.http.post("/api/chat/feedback", json={"seq": seq, "value": "up"}, headers=headers)
        assert answer.status_code == 400
    rows = sqlite3.connect(tmp_path / "odder.db").execute("SELECT value FROM feedback").fetchall()
    assert rows == [("down",)]


async def test_engine_meta_is_kept_for_the_desk(server: Server, tmp_path: Path) -> None:
    await server.send((await server.session())["token"], "hej")
    rows = sqlite3.connect(tmp_path / "odder.db").execute("SELECT meta FROM messages WHERE seq = 3").fetchall()
    assert rows == [('{"decision": "echo"}',)]
