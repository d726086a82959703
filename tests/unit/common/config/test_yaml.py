from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.config.yaml import Mapping, Node, Scalar, Sequence, read_yaml


def told(text: str | bytes) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    page = read_yaml(content, file="f")
    in_order = sorted(page.findings, key=lambda finding: (finding.line, finding.column))
    return [str(finding).removeprefix("f:") for finding in in_order]


def value(node: Node | None) -> object:
    """Return what a node holds, without places."""
    match node:
        case Mapping():
            return {key: value(child) for key, child in node.values.items()}
        case Sequence():
            return [value(item) for item in node.items]
        case Scalar():
            return node.text
    return None


@pytest.mark.parametrize(
    "typed",
    [
        "NO",
        "no",
        "22:00",
        "1688",
        "null",
        "~",
        "2026-01-01",
        "1e3",
        "0x1F",
        "yes",
        "12:30:45",
        "=",
        "<<",
    ],
)
def test_a_plain_scalar_is_the_text_that_was_typed(typed: str) -> None:
    page = read_yaml(f"keys: [{typed}, '{typed}']\nkey: {typed}\n".encode(), file="f")

    assert page.findings == []
    assert value(page.root) == {"keys": [typed, typed], "key": typed}


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", ['4:3: error: the key "c" is used twice, first on line 3']),
        ("a: &x 1\nb: *x\n", [
            "1:4: error: an anchor (&x) is not allowed: write things out",
            "2:4: error: an alias (*x) is not allowed: write it out",
        ]),
        ("- &x [a]\n", ["1:3: error: an anchor (&x) is not allowed: write things out"]),
        ("a: !!str 1\nb: !own {}\n", [
            "1:4: error: a tag (!!str) is not allowed: a field's type decides",
            "2:4: error: a tag (!own) is not allowed: a field's type decides",
        ]),
        ("%YAML 1.1\n---\na: 1\n", [
            "1:1: error: a directive (%YAML, %TAG) is not allowed: remove it"
        ]),
        ("a: 1\n---\nb: 2\n", [
            "2:1: error: a second document (---) is not allowed: one file, one document"
        ]),
        ("? [a, b]\n: c\n", ["1:3: error: a key is one word, no list or mapping"]),
        ("a: 'x\n", ["2:1: error: found unexpected end of stream: a quote or bracket is not closed"]),
        ("a: @x\n", [
            "1:4: error: found character that cannot start any token: put the text in quotes"
        ]),
        ("বাংলা: খবর x: y\n", [
            ("1:13: error: mapping values are not allowed in this context:"
            " put the text in quotes, or mind the indentation")
        ]),
        ("a:\n\tb: \x07\n", ["2:5: error: the control character U+0007 is not allowed"]),
        ("a: \x07\n", ["1:4: error: the control character U+0007 is not allowed"]),
        ("é: 1\nb: ".encode() + b"\xff\n", [
            "2:4: error: not UTF-8: save the file in that encoding"
        ]),
        ("a: 1\n".encode("utf-16"), ["1:1: error: not UTF-8: save the file in that encoding"]),
    ],
)  # fmt: skip
def test_what_would_mean_more_than_it_shows_is_an_error(
    text: str | bytes, findings: list[str]
) -> None:
    assert told(text) == findings


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_has_no_root_and_no_mistake(text: str) -> None:
    page = read_yaml(text.encode(), file="f")

    assert (page.root, page.findings, page.is_broken) == (None, [], False)


def test_a_byte_order_mark_does_not_move_the_first_column() -> None:
    assert told("\ufeffa: &x 1\n") == told("a: &x 1\n")


def test_a_tab_is_told_and_hides_no_later_mistake() -> None:
    text = "a:\n  b: 1\n\tc: 2\n\td: &x 3\n# \ta comment\ne: 1\ne: 2\n"

    assert told(text) == [
        "3:1: error: a tab indents here: use spaces",
        "4:1: error: a tab indents here: use spaces",
        "4:5: error: an anchor (&x) is not allowed: write things out",
        '7:1: error: the key "e" is used twice, first on line 6',
    ]


@pytest.mark.parametrize("text", ["a:\tb\n", "a: [b,\n\tc]\n", "a: |\n  x\n  \ty\n"])
def test_a_tab_that_does_not_indent_is_no_mistake(text: str) -> None:
    assert told(text) == []


def test_columns_count_code_points() -> None:
    page = read_yaml("- [😀, 字节, x]\n".encode(), file="f")

    assert isinstance(page.root, Sequence)
    [inner] = page.root.items
    assert isinstance(inner, Sequence)
    assert [item.column for item in inner.items] == [4, 7, 11]


def test_depth_is_an_error_and_no_crash() -> None:
    page = read_yaml(b"[" * 50_000 + b"]" * 50_000, file="f")

    assert [finding.message for finding in page.findings] == ["exceeded maximum nesting depth"]


@given(st.binary(max_size=60))
def test_no_bytes_raise(content: bytes) -> None:
    page = read_yaml(content, file="f")

    assert page.is_broken <= bool(page.findings)


@given(st.text(alphabet=" \t\n-:[]{}#&*!|>'\"%@`,?ab1", max_size=40))
def test_no_text_raises_and_every_place_is_in_it(text: str) -> None:
    page = read_yaml(text.encode(), file="f")

    for finding in page.findings:
        assert 1 <= finding.line <= text.count("\n") + 1
        assert finding.column >= 1
