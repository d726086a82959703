from __future__ import annotations

import time

import pytest

from services.fetcher.parse.elements import person


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
