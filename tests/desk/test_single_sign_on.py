"""Single sign-on against a real, certified provider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.desk.oidc import Flow, LoginRefused
from bot.desk.permission import Role
from tests.desk.conftest import Browser, Office, OpenDesk
from tests.desk.provider import CLIENT_ID, CLIENT_SECRET, Provider, install, through

pytestmark = pytest.mark.asyncio

ROLES = ("chat-staff=staff", "chat-admin=administrator")
METTE = {"name": "Mette Hansen", "email": "mette@kommune.dk", "chat": {"roles": ["chat-staff", "other"]}}


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    """A provider that knows Mette; not yet started."""
    install()
    one = Provider(tmp_path)
    one.knows("mette", **METTE)
    yield one
    one.stop()


def _settings(provider: Provider, **changed: Any) -> dict[str, Any]:
    return {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_roles_claim": "chat.roles",
        "oidc_role_map": ROLES,
        **changed,
    }


@pytest_asyncio.fixture
async def office(open_desk: OpenDesk, provider: Provider) -> Office:
    """A desk with single sign-on, and its provider running."""
    opened = await open_desk(**_settings(provider))
    provider.start(opened.url)
    return opened


async def _sign_on(browser: Browser, login: str = "mette", after: str = "/desk/profile") -> Any:
    return await through(browser.http, await browser.get("/desk/login/provider", params={"next": after}), login)


async def test_in_with_the_claimed_role(office: Office) -> None:
    browser = await office.browser()
    assert "Log ind med din arbejdskonto" in (await browser.get("/desk/login")).text
    page = await _sign_on(browser)
    assert (page.status_code, page.url.path) == (200, "/desk/profile")
    assert "Mette Hansen" in page.text
    assert "Skift adgangskode" not in page.text
    (staff,) = await office.server.desk.accounts.colleagues()
    assert (staff.name, staff.email, staff.roles) == ("Mette Hansen", "mette@kommune.dk", {Role.STAFF})
    assert (await browser.get("/desk/people")).status_code == 403


async def test_claims_in_the_id_token_will_do(open_desk: OpenDesk, provider: Provider) -> None:
    office = await open_desk(**_settings(provider))
    provider.start(office.url, in_id_token=True)
    assert (await _sign_on(await office.browser())).url.path == "/desk/profile"


async def test_roles_follow_the_claim_and_the_account_stays_the_same(office: Office, provider: Provider) -> None:
    await _sign_on(await office.browser())
    (before,) = await office.server.desk.accounts.colleagues()
    provider.knows("mette", **METTE | {"name": "Mette Holm", "chat": {"roles": "chat-admin chat-staff"}})
    browser = await office.browser()
    await _sign_on(browser)
    (after,) = await office.server.desk.accounts.colleagues()
    assert (after.id, after.name, after.roles) == (before.id, "Mette Holm", {Role.STAFF, Role.ADMINISTRATOR})
    assert (await browser.get("/desk/people")).status_code == 200


async def test_without_a_mapped_role_nobody_is_made(office: Office, provider: Provider) -> None:
    provider.knows("ole", name="Ole", email="ole@kommune.dk", chat={"roles": ["other"]})
    browser = await office.browser()
    answer = await _sign_on(browser, "ole")
    assert (answer.status_code, "du har ikke adgang" in answer.text) == (403, True)
    assert await office.server.desk.accounts.people() == []
    assert (await browser.get("/desk/profile")).status_code == 302


async def test_a_lost_role_ends_what_is_open(office: Office, provider: Provider) -> None:
    first = await office.browser()
    await _sign_on(first)
    provider.knows("mette", **METTE | {"chat": {}})
    assert (await _sign_on(await office.browser())).status_code == 403
    assert (await first.get("/desk/profile")).status_code == 302


async def test_a_deactivated_person_stays_out(office: Office) -> None:
    browser = await office.browser()
    await _sign_on(browser)
    (person,) = await office.server.desk.accounts.people()
    await office.hire(Role.ADMINISTRATOR, email="admin@kommune.dk")
    await office.server.desk.accounts.set_active(person.staff.id, False)
    assert (await browser.get("/desk/profile")).status_code == 302
    assert (await _sign_on(await office.browser())).status_code == 403


async def test_the_same_email_here_is_another_account(office: Office) -> None:
    """Whoever can choose an e-mail at the provider must not become someone who logs in here with a password."""
    await office.hire(Role.ADMINISTRATOR, email="mette@kommune.dk")
    browser = await office.browser()
    await _sign_on(browser)
    assert len(await office.server.desk.accounts.people()) == 2
    assert (await browser.get("/desk/people")).status_code == 403


async def test_out_of_both(office: Office, provider: Provider) -> None:
    browser = await office.browser()
    await _sign_on(browser)
    page = await browser.log_out()
    assert f"{provider.issuer}/session/end?id_token_hint=" in page.text
    confirm = await browser.get(page.text.split('<a class="button" href="')[1].partition('"')[0].replace("&amp;", "&"))
    assert confirm.status_code == 200
    action, _, rest = confirm.text.split('action="')[1].partition('"')
    token = rest.split('name="xsrf" value="')[1].partition('"')[0]
    ended = await browser.http.post(action, data={"xsrf": token, "logout": "yes"})
    assert ended.headers["location"] == f"{office.url}/desk/login"
    # The provider asks who it is again: its session is gone too.
    answer = await browser.get("/desk/login/provider")
    while answer.is_redirect:
        answer = await browser.get(str(answer.url.join(answer.headers["location"])))
    assert 'name="login"' in answer.text


async def test_new_keys_at_the_provider(office: Office, provider: Provider) -> None:
    assert (await _sign_on(await office.browser())).url.path == "/desk/profile"
    provider.stop()
    provider.start(office.url)
    assert (await _sign_on(await office.browser())).url.path == "/desk/profile"


async def test_a_provider_that_is_down(open_desk: OpenDesk, provider: Provider) -> None:
    office = await open_desk(**_settings(provider))
    browser = await office.browser()
    answer = await browser.get("/desk/login/provider")
    assert (answer.status_code, "ikke få forbindelse" in answer.text) == (503, True)
    provider.start(office.url)
    answer = await browser.get("/desk/login/provider")
    answer = await browser.get(answer.headers["location"])
    provider.stop()
    # It was there for the login, but not for the code.
    secret_of_the_flow = browser.http.cookies["odder-sso"].partition(".")[0]
    query = {"code": "x", "state": Flow(secret_of_the_flow).state}
    back = await browser.get("/desk/login/return", params=query)
    assert (back.status_code, "ikke få forbindelse" in back.text) == (503, True)


async def test_forged_answers(office: Office) -> None:
    browser = await office.browser()
    await browser.get("/desk/login/provider")
    state = Flow(browser.http.cookies["odder-sso"].partition(".")[0]).state
    other = await office.browser()
    for one, query in (
        (browser, {"code": "x", "state": "forged"}),
        (other, {"code": "x", "state": state}),
        (other, {}),
    ):
        answer = await one.get("/desk/login/return", params=query)
        assert (answer.status_code, "blev ikke gennemført" in answer.text) == (401, True)
    for query in ({"error": "access_denied"}, {"code": "x", "iss": "https://evil.example"}, {"code": "guessed"}):
        await browser.get("/desk/login/provider")
        state = Flow(browser.http.cookies["odder-sso"].partition(".")[0]).state
        answer = await browser.get("/desk/login/return", params=query | {"state": state})
        assert (answer.status_code, "blev ikke gennemført" in answer.text) == (401, True)


class OtherNonce(Flow):
    """A flow whose ID token would have been made for another."""

    @property
    def nonce(self) -> str:
        return "another"


@pytest.mark.parametrize("flow", [Flow("theirs"), OtherNonce("mine")], ids=["verifier", "nonce"])
async def test_a_code_from_another_flow_is_refused(office: Office, flow: Flow) -> None:
    sign_on = office.server.desk.single_sign_on
    assert sign_on
    browser, back_to = await office.browser(), f"{office.url}/desk/login/return"
    begun = await browser.get(await sign_on.login_address(Flow("mine"), back_to))
    answer = await through(browser.http, begun, "mette", until=back_to)
    query = dict(httpx.URL(answer.headers["location"]).params)
    with pytest.raises(LoginRefused):
        await sign_on.accept(flow, back_to, query | {"state": flow.state})


async def test_only_single_sign_on(open_desk: OpenDesk, provider: Provider) -> None:
    office = await open_desk(**_settings(provider, local_login=False))
    browser = await office.browser()
    page = await browser.get("/desk/login")
    assert 'name="password"' not in page.text
    assert (await browser.fill_in("/desk/login", {"email": "x@y.dk", "password": "x"})).status_code == 404
    assert await office.server.desk.first_run_link() is None


async def test_without_a_provider_there_is_no_such_page(open_desk: OpenDesk) -> None:
    office = await open_desk()
    browser = await office.browser()
    for path in ("/desk/login/provider", "/desk/login/return"):
        assert (await browser.get(path)).status_code == 404
