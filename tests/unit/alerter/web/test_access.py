from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from lxml import html
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.alerter.links import Links
from services.alerter.web.access import Access, AccessRules

TOKEN = "the-token"
SESSION = "the-session"
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104  nothing is bound
LOCAL = AccessRules.of(bound_host="127.0.0.1", public_url=None)
EXPOSED = AccessRules.of(bound_host=EVERY_ADDRESS, public_url="https://kabar.example.org")


class _Gate:
    def opens_with_bearer(self, presented: str) -> bool:
        return presented == TOKEN

    def opens_with_session(self, presented: str) -> bool:
        return presented == SESSION


async def ask(
    rules: AccessRules,
    path: str = "/",
    *,
    headers: dict[str, str] | list[tuple[str, str]] | None = None,
    host: str = "127.0.0.1:8700",
) -> httpx.Response:
    def served(_: Request) -> Response:
        return PlainTextResponse("served")

    app = Starlette(routes=[Route("/{path:path}", served, methods=["GET", "POST"])])
    transport = httpx.ASGITransport(Access(app, rules=rules, gate=_Gate()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8700") as client:
        given = headers.items() if isinstance(headers, dict) else headers or []
        request = client.build_request("GET", path, headers=[("host", host), *given])
        return await client.send(request)


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8700", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:65535", "[::1]:8700"],
)
async def test_the_names_of_this_machine_are_served_at_any_port(host: str) -> None:
    answer = await ask(LOCAL, host=host)

    assert (answer.status_code, answer.text) == (200, "served")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8700",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "127.0.0.2",
        "0.0.0.0:8700",
        "localhost@evil.example",
        "evil.example/localhost",
        "localhost:8700:80",
        "localhost,evil.example",
        "[::1",
        "::1",
        "localhost.",
        "kabar.example.org",
        "",
    ],
)
async def test_a_foreign_host_is_refused(host: str) -> None:
    answer = await ask(LOCAL, host=host)

    assert answer.status_code == 400
    assert "KABAR_PUBLIC_URL" in answer.text


async def test_two_host_headers_are_refused() -> None:
    answer = await ask(LOCAL, headers=[("host", "localhost")])

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "origin", ["http://localhost:8700", "https://127.0.0.1", "http://[::1]:3000"]
)
async def test_pages_of_our_own_may_ask(origin: str) -> None:
    answer = await ask(LOCAL, headers={"origin": origin})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "http://localhost.evil.example",
        "file://",
        "chrome-extension://localhost",
        "localhost",
        "",
        "http://[::1",
    ],
)
async def test_pages_of_others_may_not(origin: str) -> None:
    answer = await ask(LOCAL, headers={"origin": origin})

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
async def test_probes_take_any_host_and_no_token(path: str) -> None:
    answer = await ask(EXPOSED, path, host="10.1.2.3:8700")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/events/ev_1", "/api/v1/events", "/static/kabar.css", "/livez/", "//livez", "/login/x"],
)
async def test_bound_to_every_address_all_else_needs_the_token(path: str) -> None:
    rules = AccessRules.of(bound_host=EVERY_ADDRESS, public_url=None)

    without = await ask(rules, path)
    wrong = await ask(rules, path, headers={"authorization": "Bearer nearly"})
    bearer = await ask(rules, path, headers={"authorization": f"bearer {TOKEN}"})
    session = await ask(rules, path, headers={"cookie": f"a=b; kabar_session={SESSION}"})

    assert [without.status_code, wrong.status_code] == [401, 401]
    assert [bearer.status_code, session.status_code] == [200, 200]
    assert without.headers["www-authenticate"] == 'Bearer realm="kabar"'


@pytest.mark.parametrize(
    ("bound_host", "public_url", "needs_token"),
    [
        ("127.0.0.1", None, False),
        ("localhost", None, False),
        ("::1", None, False),
        ("127.0.0.1", "http://localhost:8700", False),
        ("127.0.0.1", "http://[::1]:8700", False),
        ("127.0.0.1", "https://kabar.example.org", True),
        (EVERY_ADDRESS, None, True),
        ("::", None, True),
        ("192.168.1.5", None, True),
        (EVERY_ADDRESS, "http://127.0.0.1:8700", True),
        ("some-host", None, True),
    ],
)
def test_the_token_is_needed_as_soon_as_others_can_reach_us(
    *, bound_host: str, public_url: str | None, needs_token: bool
) -> None:
    rules = AccessRules.of(bound_host=bound_host, public_url=public_url)

    assert rules.everybody_needs_token is needs_token


async def test_the_public_host_is_ours_and_no_other_is() -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}

    ours = await ask(
        EXPOSED,
        host="kabar.example.org",
        headers={**bearer, "origin": "https://kabar.example.org"},
    )
    other = await ask(EXPOSED, host="www.kabar.example.org", headers=bearer)

    assert (ours.status_code, other.status_code) == (200, 400)


@pytest.mark.parametrize(
    "header",
    ["Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "X-Forwarded-Port"],
)
async def test_a_forwarded_request_needs_the_token_also_on_loopback(header: str) -> None:
    without = await ask(LOCAL, headers={header: "127.0.0.1"})
    with_token = await ask(LOCAL, headers={header: "1", "authorization": f"Bearer {TOKEN}"})

    assert (without.status_code, with_token.status_code) == (401, 200)


async def test_login_needs_no_token_but_a_host_of_ours() -> None:
    ours = await ask(EXPOSED, "/login")
    foreign = await ask(EXPOSED, "/login", host="evil.example")

    assert (ours.status_code, foreign.status_code) == (200, 400)


async def test_programs_are_refused_with_a_problem() -> None:
    answer = await ask(EXPOSED, "/api/v1/events")

    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == 401


async def test_a_websocket_is_closed_before_the_page_sees_it() -> None:
    sent: list[Any] = []

    async def app(*_: Any) -> None:
        raise AssertionError("The page saw it.")

    async def send(message: Any) -> None:
        sent.append(message)

    await Access(app, rules=LOCAL, gate=_Gate())({"type": "websocket"}, _no_message, send)

    assert [message["type"] for message in sent] == ["websocket.close"]


async def _no_message() -> Any:
    raise AssertionError("Nothing is read.")


async def test_a_browser_is_refused_with_a_page_that_says_what_to_do_and_loads_nothing() -> None:
    answer = await ask(EXPOSED, headers={"accept": "text/html,*/*;q=0.8"})

    page: Any = html.document_fromstring(answer.text)
    assert answer.status_code == 401
    assert page.xpath("//h1")[0].text_content() == "Log in first"
    assert "kabar token" in [code.text_content() for code in page.xpath("//main//code")]
    assert "`" not in page.xpath("//main")[0].text_content()
    assert ".empty {" in page.xpath("//style")[0].text_content()
    assert not page.xpath("//@src | //link | //script")
    assert answer.headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'sha256-"
    )


async def test_who_asks_for_no_page_is_refused_in_plain_text() -> None:
    answer = await ask(EXPOSED, headers={"accept": "*/*"})

    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("Log in first\n\nRun `kabar token`")


async def test_more_fields_than_any_address_of_ours_has_are_no_token() -> None:
    transport = httpx.ASGITransport(
        Access(Starlette(), rules=EXPOSED, gate=_Gate(), links=Links(key=b"key"))
    )
    query = "&".join(f"field{number}=1" for number in range(100))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get(f"/?{query}")

    assert answer.status_code == 401
