from __future__ import annotations

import asyncio
import sys
import threading
from dataclasses import replace

import pytest

from services.alerter.channels import apprise
from services.alerter.channels.apprise import AppriseChannel, apprise_payload
from services.alerter.channels.errands import Errands
from services.alerter.channels.port import Sent
from services.alerter.channels.registry import unsupported
from services.alerter.outcome import Denied, outcome_of
from services.common.contracts.subscription import ChannelConfig, Secret
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.ids import ChannelId, DeliveryId
from tests.support.channels import a_message

CONFIG = ChannelConfig(
    id=ChannelId("room"), type="apprise", options=(("url", Secret(env="ROOM")),), origin="s.yml:2"
)


def test_the_sentence_is_the_title_and_the_storys_words_are_the_body() -> None:
    assert apprise_payload(a_message()) == {
        "title": "TikTok banned (confirmed; 1 outlet)",
        "body": "India bans TikTok\nExample Wire (English)\nhttps://example.org/st_one",
    }


def test_several_alerts_all_stand_in_the_body() -> None:
    message = a_message()

    payload = apprise_payload(replace(message, sections=message.sections * 3), most=300)

    assert payload["title"] == "kabar: 3 alerts on TikTok"
    assert len(payload["title"]) + len(payload["body"]) <= 300


def test_without_the_package_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unsupported(CONFIG) is None
    monkeypatch.setitem(sys.modules, "apprise", None)

    reason = unsupported(CONFIG)

    assert reason is not None
    assert 'pip install "kabar[apprise]"' in reason
    with pytest.raises(ValueError, match="not installed"):
        AppriseChannel("json://127.0.0.1/")


async def test_a_service_that_never_comes_back_takes_no_thread_from_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apprise, "_WITHIN_SECONDS", 0.05)
    channel, comes_back = AppriseChannel("json://127.0.0.1:9/"), threading.Event()
    monkeypatch.setattr(channel, "_notify", lambda _: comes_back.wait())
    message, before = a_message(), threading.active_count()

    for each in (message, replace(message, id=DeliveryId("dl_other"))) * 3:
        with pytest.raises(ChannelUnavailableError, match="does not come back"):
            await channel.send(each)
    threads = threading.active_count() - before
    comes_back.set()
    monkeypatch.setattr(apprise, "_WITHIN_SECONDS", 15)

    assert threads == 1
    assert await channel.send(message) == Sent()


async def test_a_call_that_never_comes_back_is_given_up_and_many_pause_the_channel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apprise, "_WITHIN_SECONDS", 0.01)
    monkeypatch.setattr(apprise, "_GIVES_UP_AFTER_SECONDS", 0.0)
    channel, comes_back = AppriseChannel("json://127.0.0.1:9/"), threading.Event()
    monkeypatch.setattr(channel, "_notify", lambda _: comes_back.wait())
    of_each = [replace(a_message(), id=DeliveryId(f"dl_{n}")) for n in range(Errands.MOST_LEFT)]

    for each in of_each:
        with pytest.raises(ChannelUnavailableError, match=f"{each.id} is not back after 0 s"):
            await channel.send(each)
    with pytest.raises(ChannelRefusedError, match="8 calls never came back") as refused:
        await channel.send(a_message())
    comes_back.set()
    for thread in threading.enumerate():
        if thread.name == "apprise":
            await asyncio.to_thread(thread.join)

    assert isinstance(outcome_of(refused.value), Denied)
    monkeypatch.setattr(channel, "_notify", lambda _: False)
    for each in of_each:
        assert await channel.send(each) == Sent()  # what its own call brought


async def test_a_call_that_was_given_up_while_it_was_waited_for_brings_its_result_once() -> None:
    errands, first, second = (
        Errands("test", gives_up_after=0.0),
        threading.Event(),
        threading.Event(),
    )
    one, two = DeliveryId("dl_one"), DeliveryId("dl_two")
    waiting = asyncio.ensure_future(errands.run(first.wait, of=one, within_seconds=15))
    await asyncio.sleep(0)
    beside = asyncio.ensure_future(errands.run(second.wait, of=two, within_seconds=15))
    await asyncio.sleep(0)
    first.set()
    await waiting

    again = await errands.run(lambda: "sent again", of=one, within_seconds=15)

    second.set()
    await beside
    assert again == "sent again"


def test_an_address_that_apprise_does_not_know_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="knows no service") as refused:
        AppriseChannel("nowhere://secret-key@host/")

    assert "secret-key" not in str(refused.value)
