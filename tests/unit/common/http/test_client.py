from __future__ import annotations

import asyncio
import gzip
import ipaddress
import random
import socket
import threading
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.connector import AddrInfoType

from services.common.errors import RefusedAddressError
from services.common.http.addresses import AddressGuard
from services.common.http.client import HttpClient, guarded_client
from services.common.http.errors import ExchangeError, Failure
from services.common.http.transport import GuardedTransport, open_socket
from tests.support.feed_server import FeedServer, Reply, feed_server

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
SHORT = timedelta(seconds=0.2)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as scripted:
        yield scripted


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    opened = guarded_client(allowed_networks=LOOPBACK, contact="https://example.org/bot")
    yield opened
    await opened.aclose()


class RecordingSockets:
    """Opens sockets to loopback and records every address that was asked for."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def __call__(self, address: AddrInfoType) -> socket.socket:
        self.opened.append(str(address[4][0]))
        assert self.opened[-1] in {"127.0.0.1", "::1"}, "a test would have left the machine"
        return open_socket(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",  # noqa: S104  an address to refuse, not to bind
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:808:808::80ff:fffe]",
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "100.64.0.1",
        "10.0.0.1",
        "192.168.0.1",
        "224.0.0.1",
        "１２７.0.0.1",
    ],
)
async def test_no_spelling_of_a_private_address_opens_a_socket(host: str) -> None:
    sockets = RecordingSockets()
    client = HttpClient(GuardedTransport(AddressGuard(), open_socket=sockets))

    with pytest.raises((RefusedAddressError, ExchangeError)) as refusal:
        await client.get(f"http://{host}/", deadline=timedelta(seconds=5))
    with pytest.raises((RefusedAddressError, ExchangeError)):
        await client.post(f"http://{host}/", body=b"{}", deadline=timedelta(seconds=5))

    await client.aclose()
    assert sockets.opened == []
    if isinstance(refusal.value, ExchangeError):
        assert refusal.value.failure in {Failure.BAD_ADDRESS, Failure.DNS}


async def test_a_refusal_names_the_host_and_its_address_once(client: HttpClient) -> None:
    with pytest.raises(
        RefusedAddressError, match=r"^10\.0\.0\.1 is not reached: a private network\."
    ):
        await client.get("http://10.0.0.1/")
    with pytest.raises(RefusedAddressError, match=r"^0xa\.1: 10\.0\.0\.1 is not reached"):
        await client.get("http://0xa.1/")


async def test_a_redirect_to_a_private_address_is_refused(server: FeedServer) -> None:
    start = server.script("/feed", Reply(status=302, headers={"Location": "http://[::1]:1/"}))
    sockets = RecordingSockets()
    client = HttpClient(GuardedTransport(AddressGuard(LOOPBACK), open_socket=sockets))

    with pytest.raises(RefusedAddressError, match="::1"):
        await client.get(start)

    await client.aclose()
    assert sockets.opened == ["127.0.0.1"]


async def test_a_resolver_that_changes_its_answer_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter(["8.8.8.8", "127.0.0.1"])

    def rebinding(_host: str, port: int, **_: Any) -> list[Any]:
        address = next(answers)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    asked: list[str] = []

    def no_socket(address: AddrInfoType) -> socket.socket:
        asked.append(str(address[4][0]))
        raise OSError("no packet leaves this machine")

    first = HttpClient(GuardedTransport(AddressGuard(), open_socket=no_socket))
    second = HttpClient(GuardedTransport(AddressGuard(), open_socket=no_socket))

    with pytest.raises(ExchangeError):
        await first.get("http://rebinding.example/")
    with pytest.raises(RefusedAddressError):
        await second.get("http://rebinding.example/")

    await first.aclose()
    await second.aclose()
    assert asked == ["8.8.8.8"]


async def test_an_allowed_network_is_reached_though_the_host_has_a_refused_address_too(
    server: FeedServer, client: HttpClient
) -> None:
    server.script("/feed", Reply(body=b"ok"))

    answer = await client.get(server.url("/feed", host="localhost"))

    assert answer.body == b"ok"


async def test_the_address_is_asked_for_as_it_was_given(
    server: FeedServer, client: HttpClient
) -> None:
    target = "/a%2Fb/%7Euser;v=1?q=%E2%82%AC+1&x=a%26b"
    server.script(target, Reply(body=b"ok"))

    answer = await client.get(server.url(target))

    assert (answer.status, server.requests[0].target) == (200, target)


async def test_a_request_carries_a_contact_and_nothing_that_tracks(
    server: FeedServer, client: HttpClient
) -> None:
    cookie = Reply(headers={"Set-Cookie": "id=1"}, body=b"ok")
    url = server.script("/feed", cookie)

    await client.get(url)
    await client.get(url, headers={"If-None-Match": 'W/"é"'})

    first, second = server.requests
    assert first.headers["user-agent"].endswith("(+https://example.org/bot)")
    assert second.headers["if-none-match"].encode("latin-1").decode() == 'W/"é"'
    assert "cookie" not in second.headers
    assert "referer" not in second.headers


@pytest.mark.parametrize(
    ("encoding", "wire"),
    [
        ("gzip", gzip.compress(b"feed") + gzip.compress(b"feed")),
        ("gzip", gzip.compress(b"feedfeed") + b"\0\0\0"),
        ("deflate", zlib.compress(b"feedfeed")),
        ("deflate", zlib.compress(b"feedfeed", wbits=-15)),
        ("identity", b"feedfeed"),
        ("gzip, deflate", zlib.compress(gzip.compress(b"feedfeed"))),
        ("deflate", gzip.compress(b"feedfeed")),
        ("gzip", zlib.compress(b"feedfeed")),
    ],
    # The bytes tell when they were packed; a test's name does not.
    ids=[
        "members",
        "padded",
        "deflate",
        "raw deflate",
        "identity",
        "both",
        "gzip as deflate",
        "deflate as gzip",
    ],
)
async def test_an_encoded_body_is_decoded(
    server: FeedServer, client: HttpClient, encoding: str, wire: bytes
) -> None:
    url = server.script("/feed", Reply(body=wire, headers={"Content-Encoding": encoding}))

    answer = await client.get(url)

    assert answer.body == b"feedfeed"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
@pytest.mark.parametrize(
    "text", [b"<?xml version='1.0'?><rss/>", b"\xef\xbb\xbf\n<rss/>", b'{"version": 1}']
)
async def test_a_document_that_is_encoded_by_its_header_alone_is_taken_as_it_is(
    server: FeedServer, client: HttpClient, encoding: str, text: bytes
) -> None:
    packed = gzip.compress(text) if encoding == "gzip, gzip" else text
    url = server.script("/feed", Reply(body=packed, headers={"Content-Encoding": encoding}))

    answer = await client.get(url)

    assert answer.body == text


async def test_nothing_that_is_encoded_twice_is_nothing(
    server: FeedServer, client: HttpClient
) -> None:
    reply = Reply(body=gzip.compress(b""), headers={"Content-Encoding": "deflate, gzip"})

    answer = await client.get(server.script("/feed", reply))

    assert answer.body == b""


async def test_a_body_over_the_cap_fails_on_the_wire_and_after_decoding(server: FeedServer) -> None:
    bomb = gzip.compress(bytes(2_000_000))
    replies = {
        "/announced": Reply(body=bytes(200_001)),
        "/streamed": Reply(raw=b"HTTP/1.1 200 OK\r\n\r\n" + bytes(200_001)),
        "/small-bomb": Reply(body=bomb, headers={"Content-Encoding": "gzip"}),
    }
    client = HttpClient(GuardedTransport(AddressGuard(LOOPBACK)), cap_bytes=200_000)

    failures = []
    for path, reply in replies.items():
        with pytest.raises(ExchangeError) as failed:
            await client.get(server.script(path, reply))
        failures.append(failed.value.failure)

    await client.aclose()
    assert failures == [Failure.TOO_LARGE] * 3


@pytest.mark.parametrize(
    ("encoding", "wire"),
    [
        ("", b"begun" + bytes(20_000_000)),
        ("gzip", gzip.compress(b"begun" + bytes(20_000_000))),
        ("gzip", gzip.compress(b"begun" + random.Random(1).randbytes(1_000_000))),
        ("deflate, gzip", gzip.compress(zlib.compress(b"begun" + bytes(20_000_000)))),
    ],
    ids=["plain", "bomb", "incompressible", "both"],
)
async def test_of_a_body_over_the_cap_the_beginning_may_be_had(
    server: FeedServer, client: HttpClient, encoding: str, wire: bytes
) -> None:
    reply = Reply(body=wire, headers={"Content-Encoding": encoding} if encoding else {})
    url = server.script("/moved", Reply(status=302, headers={"Location": "/robots.txt"}))
    server.script("/robots.txt", reply)

    answer = await client.get_beginning(url, most_bytes=100_000)

    assert answer.body.startswith(b"begun")
    assert 99_000 < len(answer.body) <= 100_000


async def test_a_body_that_never_ends_has_a_beginning(
    server: FeedServer, client: HttpClient
) -> None:
    url = server.script("/", Reply(body=b"begun" * 1_000, never_ends=True))

    answer = await client.get_beginning(url, most_bytes=1_000)

    assert answer.body == b"begun" * 200


async def test_a_short_body_is_its_own_beginning(server: FeedServer, client: HttpClient) -> None:
    packed = Reply(body=gzip.compress(b"short"), headers={"Content-Encoding": "gzip"})

    bodies = [
        (await client.get_beginning(server.script("/", reply), most_bytes=100)).body
        for reply in (Reply(body=b"short"), packed, Reply())
    ]

    assert bodies == [b"short", b"short", b""]


@asynccontextmanager
async def a_server_without_tls() -> AsyncIterator[str]:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 this is no TLS\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_each_way_to_fail_has_its_class(server: FeedServer, client: HttpClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    addresses = {
        Failure.CONNECT: nobody,
        Failure.DNS: "http://nobody.invalid/",
        Failure.DISCONNECTED: server.script("/cut", Reply(raw=b"")),
        Failure.PROTOCOL: server.script("/garbage", Reply(raw=b"SSH-2.0-OpenSSH_9.6\r\n\r\n")),
        Failure.BAD_ADDRESS: "ftp://example.org/feed",
        Failure.TIMEOUT: server.script("/slow", Reply(never_ends=True, body=b"<rss>")),
        Failure.BAD_ENCODING: server.script(
            "/br", Reply(body=b"?", headers={"Content-Encoding": "br"})
        ),
        Failure.REDIRECT: server.script("/loop", Reply(status=301, headers={"Location": "/loop"})),
    }

    found = {}
    async with a_server_without_tls() as plain:
        addresses[Failure.TLS] = plain
        for failure, address in addresses.items():
            with pytest.raises(ExchangeError) as failed:
                await client.get(address, deadline=SHORT)
            found[failure] = failed.value.failure

    assert found == {failure: failure for failure in addresses}


async def test_an_answer_that_ends_early_is_no_answer(
    server: FeedServer, client: HttpClient
) -> None:
    url = server.script("/feed", Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss>"))

    with pytest.raises(ExchangeError) as failed:
        await client.get(url)

    assert failed.value.failure is Failure.DISCONNECTED


async def test_redirects_are_followed_five_times_and_permanent_ones_told(
    server: FeedServer, client: HttpClient
) -> None:
    for hop in range(6):
        server.script(f"/{hop}", Reply(status=308, headers={"Location": f"{hop + 1}"}))
    end = server.script("/6", Reply(body=b"ok"))

    answer = await client.get(server.url("/1"))
    with pytest.raises(ExchangeError) as failed:
        await client.get(server.url("/0"))

    assert (answer.url, answer.moved_to) == (end, end)
    assert failed.value.failure is Failure.REDIRECT


async def test_a_header_may_be_longer_than_most_and_an_answer_that_is_no_http_is_told_in_a_line(
    server: FeedServer, client: HttpClient
) -> None:
    long = server.script("/long", Reply(body=b"ok", headers={"X-Policy": "a" * 60_000}))
    no_http = server.script(
        "/", Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    )

    answer = await client.get(long)
    with pytest.raises(ExchangeError) as failed:
        await client.get(no_http)

    assert answer.body == b"ok"
    assert failed.value.failure is Failure.PROTOCOL
    assert "\n" not in str(failed.value)
    assert "400" not in str(failed.value)


async def test_a_server_that_wants_its_cookie_back_is_told_by_name(
    server: FeedServer, client: HttpClient
) -> None:
    cookie = {"Location": "/feed", "Set-Cookie": "seen=1"}
    url = server.script("/feed", Reply(status=302, headers=cookie))

    with pytest.raises(ExchangeError, match="cookie") as failed:
        await client.get(url)

    assert failed.value.failure is Failure.REDIRECT
    assert "seen" not in str(failed.value)


async def test_a_temporary_redirect_on_the_way_is_no_move(
    server: FeedServer, client: HttpClient
) -> None:
    server.script("/old", Reply(status=301, headers={"Location": "/now"}))
    server.script("/now", Reply(status=302, headers={"Location": "/feed"}))
    server.script("/feed", Reply(body=b"ok"))

    answer = await client.get(server.url("/old"))

    assert answer.moved_to is None


async def test_a_post_sends_its_body_and_follows_no_redirect(
    server: FeedServer, client: HttpClient
) -> None:
    url = server.script("/hook", Reply(status=307, headers={"Location": "/elsewhere"}))

    answer = await client.post(url, body=b'{"a": 1}', headers={"Content-Type": "application/json"})

    [asked] = server.requests
    assert answer.status == 307
    assert (asked.method, asked.body) == ("POST", b'{"a": 1}')
    assert asked.headers["content-type"] == "application/json"


async def test_an_answer_read_to_its_end_leaves_the_connection_for_the_next(
    server: FeedServer, client: HttpClient
) -> None:
    url = server.script("/feed", Reply(body=b"ok"))

    for _ in range(3):
        await client.get(url)

    assert server.connections == 1


async def test_user_and_password_of_the_address_are_sent_as_authorization(
    server: FeedServer, client: HttpClient
) -> None:
    url = server.script("/feed", Reply(body=b"ok"))

    await client.get(url.replace("127.0.0.1", "me:secret@127.0.0.1"))

    assert server.requests[0].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(("host", "is_sent"), [("127.0.0.1", True), ("localhost", False)])
async def test_user_and_password_follow_a_redirect_within_their_site_alone(
    server: FeedServer, client: HttpClient, host: str, *, is_sent: bool
) -> None:
    server.script("/feed/", Reply(body=b"ok"))
    location = {"Location": server.url("/feed/", host=host)}
    url = server.script("/feed", Reply(status=301, headers=location))

    await client.get(url.replace("127.0.0.1", "me:secret@127.0.0.1"))

    assert ("authorization" in server.asked("/feed/")[0].headers) is is_sent


async def test_a_proxy_is_reached_though_it_is_private_and_no_private_target_through_it(
    server: FeedServer,
) -> None:
    server.script("http://example.org/feed", Reply(body=b"through the proxy"))
    client = guarded_client(proxy=server.url(""))

    answer = await client.get("http://example.org/feed")
    with pytest.raises(RefusedAddressError):
        await client.get("http://169.254.169.254/latest/meta-data/")

    await client.aclose()
    assert answer.body == b"through the proxy"


async def test_a_body_of_very_many_compressed_members_is_refused(
    server: FeedServer, client: HttpClient
) -> None:
    members = gzip.compress(b"") * 100_000
    url = server.script("/", Reply(body=members, headers={"Content-Encoding": "gzip"}))

    with pytest.raises(ExchangeError) as caught:
        await client.get(url)

    assert caught.value.failure is Failure.TOO_LARGE


@pytest.mark.parametrize("spelled", ["127.1", "2130706433", "0x7f.0.0.1", "127.0.0.1."])
async def test_a_proxy_is_asked_for_no_private_address_however_it_is_spelled(
    server: FeedServer, spelled: str
) -> None:
    client = guarded_client(proxy=server.url(""))

    with pytest.raises(RefusedAddressError):
        await client.get(f"http://{spelled}/feed")

    await client.aclose()


async def test_names_that_nobody_tells_keep_no_other_thread_waiting(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over = threading.Event()

    def silent(*_: object, **__: object) -> list[object]:
        is_over.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "nobody answers")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(_failure(client, f"http://feed{n}.example/")) for n in range(60)]
        while len(threads := [it for it in threading.enumerate() if "names" in it.name]) < 30:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        try:
            async with asyncio.timeout(5):
                await asyncio.to_thread(threads.clear)
        finally:
            is_over.set()

    assert {it.result() for it in asked} == {Failure.DNS}


async def test_names_that_nobody_answers_for_keep_no_other_from_being_looked_up(
    monkeypatch: pytest.MonkeyPatch, server: FeedServer, client: HttpClient
) -> None:
    is_over, look_up = threading.Event(), socket.getaddrinfo
    waiting = threading.Semaphore(0)

    def partly_silent(host: str, port: int, **more: Any) -> Any:
        if host == "localhost":
            return look_up(host, port, **more)
        waiting.release()
        is_over.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "nobody answers")

    monkeypatch.setattr(socket, "getaddrinfo", partly_silent)
    server.script("/feed", Reply(body=b"ok"))
    async with asyncio.TaskGroup() as group:
        for number in range(64):
            group.create_task(_failure(client, f"http://feed{number}.example/"))
        await asyncio.to_thread(lambda: [waiting.acquire() for _ in range(32)])
        try:
            async with asyncio.timeout(5):
                answer = await client.get(server.url("/feed", host="localhost"))
        finally:
            is_over.set()

    assert answer.body == b"ok"


async def _failure(client: HttpClient, url: str) -> Failure:
    with pytest.raises(ExchangeError) as caught:
        await client.get(url)
    return caught.value.failure


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ntaken"),
        Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nta", never_ends=True),
    ],
    ids=["cut off", "not decodable", "without end"],
)
async def test_what_was_taken_is_taken_however_the_answer_ends(
    server: FeedServer, client: HttpClient, reply: Reply
) -> None:
    url = server.script("/hook", reply)

    answer = await client.post(url, body=b"{}", deadline=SHORT)

    assert (answer.status, answer.body) == (200, b"")
