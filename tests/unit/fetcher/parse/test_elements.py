from __future__ import annotations

import time

import pytest
from lxml import etree

from services.fetcher.parse.elements import names_under, person


def test_a_tag_is_known_by_its_usual_prefix_and_by_none_in_the_namespace_of_the_root() -> None:
    names = names_under(etree.fromstring('<feed xmlns="http://www.w3.org/2005/Atom"/>'))

    assert names["{http://www.w3.org/2005/Atom}Title"] == "title"
    assert names["{http://purl.org/dc/elements/1.1/}date"] == "dc:date"
    assert names["{http://example.org/}date"] == "?:date"


def test_documents_with_ever_new_tags_fill_no_memory() -> None:
    names = names_under(etree.fromstring("<rss/>"))

    for number in range(10_000):
        assert names[f"tag{number}"] == f"tag{number}"

    assert len(names) < 1_000


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ann@example.org (Ann Lee)", "Ann Lee"),
        ("ann@example.org(Ann (AFP))", "Ann (AFP)"),
        ("Ann  Lee <ann@example.org>", "Ann Lee"),
        ("Ann Lee", "Ann Lee"),
        ("ann@example.org", "ann@example.org"),
        ("<ann@example.org>", "<ann@example.org>"),
        ("ann@example.org ()", "ann@example.org ()"),
        ("ann@example.org ( )", "ann@example.org ( )"),
        ("ann@example.org ( Ann Lee )", "Ann Lee"),
        ("Ann (ann@example.org)", "Ann (ann@example.org)"),
        ("ask Ann @ AFP (Paris)", "ask Ann @ AFP (Paris)"),
        (" ", None),
    ],
)
def test_a_person_is_named_without_the_address(text: str, name: str | None) -> None:
    # What is markup is escaped, as a feed has it.
    assert person(text.replace("<", "&lt;")) == name


@pytest.mark.parametrize("piece", ["a@", "a@&lt;", "a@b (", "a &lt;a@b&gt;", "(@)", "&lt;"])
@pytest.mark.parametrize("end", ["", ")", "&gt;"])
def test_a_hostile_name_costs_linear_time(piece: str, end: str) -> None:
    started = time.monotonic()

    person(f"a &lt;{piece * 5_000}{end}")

    assert time.monotonic() - started < 1
