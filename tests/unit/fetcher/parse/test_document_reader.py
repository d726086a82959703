from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.fetcher.parse.document import UnreadableError
from services.fetcher.parse.document_reader import DocumentReader
from tests.support.feed_documents import RSS, an_rss


@pytest.fixture
async def reader() -> AsyncIterator[DocumentReader]:
    opened = DocumentReader()
    yield opened
    await opened.aclose()


async def test_a_cut_off_feed_still_gives_its_entries(reader: DocumentReader) -> None:
    cut = RSS[: RSS.index("<content:encoded>") + 40].encode()

    document = await reader.read(cut, url="https://example.org/rss.xml")

    assert document.repairs[-1:] == ("feedparser",)
    assert document.entries[0].title == "India bans TikTok & 58 others"
    assert document.entries[0].link == "https://example.org/news/1?a=1&b=2"


@pytest.mark.parametrize("number", ["55357", "xD83D", "99999999", f"{'0' * 5000}55357", "9" * 5000])
async def test_a_broken_feed_may_name_what_is_no_character(
    reader: DocumentReader, number: str
) -> None:
    cut = an_rss(f"<title>One &#{number};&#128512;</title><link>https://example.org/1")

    document = await reader.read(cut, url="https://example.org/rss.xml")

    assert [entry.title for entry in document.entries] == ["One 😀"]


@pytest.mark.parametrize("title", ["ভারত টিকটক নিষিদ্ধ করেছে", "India’s ban", "India bans TikTok"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1251", "gbk"])
async def test_a_feed_that_is_cut_within_a_character_is_still_utf_8(
    reader: DocumentReader, title: str, charset: str
) -> None:
    feed = (
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel>"
        f"<item><title>{title}</title></item><item><title>It’"
    )

    document = await reader.read(
        feed.encode()[:-1], content_type=f"application/rss+xml; charset={charset}"
    )

    assert document.encoding == "utf-8"
    assert document.entries[0].title == title


async def test_few_letters_of_a_feed_that_names_no_encoding_tell_that_it_is_utf_8(
    reader: DocumentReader,
) -> None:
    feed = "<rss version='2.0'><channel><item><title>Käse</title></item><item><title>ä"

    document = await reader.read(feed.encode()[:-1])

    assert document.entries[0].title == "Käse"


async def test_a_larger_document_is_read_beside_the_loop_also_when_it_is_repaired(
    reader: DocumentReader,
) -> None:
    large = an_rss(*[f"<title>Story {n}</title>{'x' * 100}" for n in range(300)])
    broken = large.replace(b"Story 7<", b"Story &nowhere;<")

    for document in (large, broken):
        began = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(reader.read(document))
            tasks.create_task(_set(began))
            await began.wait()
            was_read_at_once = reading.done()
        assert not was_read_at_once
        assert len(reading.result().entries) == 300
        assert "feedparser" not in reading.result().repairs


async def test_what_nobody_can_read_is_an_error_and_the_next_document_is_read(
    reader: DocumentReader,
) -> None:
    with pytest.raises(UnreadableError):
        await reader.read(b"<rss><channel><title>cut")

    document = await reader.read(b"<rss><channel><item><title>A</title><item><title>B</title>")

    assert [entry.title for entry in document.entries] == ["A", "B"]


async def test_a_document_that_takes_too_long_is_given_up_and_the_child_replaced() -> None:
    reader = DocumentReader(deadline=timedelta(milliseconds=1))

    with pytest.raises(UnreadableError, match=r"not read within 0\.001 s"):
        await reader.read(RSS[:1200].encode())
    large = await reader.read(an_rss(*["<title>A</title>" + "x" * 2000] * 100))

    await reader.aclose()
    assert len(large.entries) == 100


async def test_a_compressed_file_is_read_and_one_that_is_broken_or_a_bomb_is_told_so(
    reader: DocumentReader,
) -> None:
    document = await reader.read(gzip.compress(RSS.encode()))

    assert document.kind == "rss"
    assert document.entries
    with pytest.raises(UnreadableError, match="compressed: broken gzip") as broken:
        await reader.read(b"\x1f\x8bno gzip at all")
    with pytest.raises(UnreadableError, match="compressed: over 10485760 bytes") as bomb:
        await reader.read(gzip.compress(bytes(20_000_000)))
    assert (broken.value.error_class, bomb.value.error_class) == ("bad_encoding", "too_large")


INTERRUPTED = """
import asyncio, os, signal
from services.fetcher.parse.document_reader import DocumentReader

async def main():
    signal.signal(signal.SIGINT, lambda *_: None)
    reader = DocumentReader()
    for _ in range(2):
        document = await reader.read(b"<rss><channel><item><title>A</title><item><title>B</title>")
        print(len(document.entries))
        os.killpg(0, signal.SIGINT)
        await asyncio.sleep(0.2)  # for the child to say something
    await reader.aclose()

asyncio.run(main())
"""


def test_ctrl_c_in_a_terminal_is_no_matter_of_the_child() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )

    assert (ran.stdout, ran.stderr) == ("2\n2\n", "")


async def _set(event: asyncio.Event) -> None:
    event.set()
