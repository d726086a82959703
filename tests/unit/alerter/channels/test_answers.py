from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from services.alerter.channels.answers import LONGEST_WAIT, accepted, retry_after
from services.alerter.channels.posting import found_in
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.http.client import Answer
from tests.support.builders import NOON


def answer(status: int, *, body: bytes = b"", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=httpx.Headers(named), body=body, url="https://x.example")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_took_the_message(status: int) -> None:
    assert accepted(answer(status), now=NOON) == status


@pytest.mark.parametrize("status", [301, 302, 307, 404, 408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_tried_again(status: int) -> None:
    with pytest.raises(ChannelUnavailableError) as raised:
        accepted(answer(status), now=NOON)

    assert raised.value.status == status
    assert str(status) in str(raised.value)


@pytest.mark.parametrize("status", [400, 401, 403, 410, 413, 422])
def test_what_will_not_pass_is_refused(status: int) -> None:
    with pytest.raises(ChannelRefusedError) as raised:
        accepted(answer(status, body=b"no\n\x1b[31mway"), now=NOON)

    assert raised.value.status == status
    assert "no [31mway" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        (None, None),
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta()),
        ("Mon, 05 Jan 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 05 Jan 2026 11:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("9" * 400, LONGEST_WAIT),
        ("Mon, 05 Jan 2026 12:05:00 +99999999999999", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    text: str | None, wait: timedelta | None
) -> None:
    assert retry_after(text, now=NOON) == wait


def test_a_wish_to_wait_goes_along() -> None:
    with pytest.raises(ChannelUnavailableError) as raised:
        accepted(answer(429, retry_after="60"), now=NOON)

    assert raised.value.retry_after == timedelta(minutes=1)


def test_a_name_that_cannot_be_stored_is_made_one_that_can() -> None:
    named = answer(200, body=b'{"id": "a\\ud800"}')

    assert found_in(named, "id") == "a\ufffd"
