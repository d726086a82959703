from __future__ import annotations

from datetime import time, timedelta

import pytest

from services.common.config.channels import webhook_secret
from services.common.config.hours import day_range
from services.common.config.subscriptions import Known, read_subscriptions
from services.common.config.yaml import read_yaml
from services.common.contracts.reading import Role, Stage
from services.common.contracts.subscription import (
    ChannelConfig,
    Conditions,
    Digest,
    Quiet,
    Secret,
    Subscription,
)

KNOWN = Known(frozenset({"bytedance", "tiktok"}), frozenset({"social"}))
CHANNELS = """\
channels:
  here: {type: console}
  hook: {type: webhook, url: "https://hooks.example.org/kabar", secret: {env: SECRET}}
  mail: {type: email, to: [legal@example.org]}
  chat: {type: slack, webhook: {file: /run/secrets/slack_url}}
subscriptions:
"""


def read(
    text: str, known: Known | None = KNOWN
) -> tuple[dict[str, ChannelConfig], list[Subscription], list[str]]:
    page = read_yaml(text.encode(), file="f")
    channels, subscriptions = read_subscriptions(page, known=known)
    findings = [str(finding).removeprefix("f:") for finding in page.findings]
    return {config.id: config for config in channels.configs}, list(subscriptions), findings


def told(entry: str) -> list[str]:
    """Return the findings for one subscription, with lines that count from it."""
    _, _, findings = read(CHANNELS + entry)
    first = CHANNELS.count("\n")
    places = (finding.partition(":") for finding in findings)
    return [f"{int(line) - first}:{rest}" for line, _, rest in places]


def test_a_subscription_is_read_in_full() -> None:
    _, [subscription], findings = read(
        CHANNELS
        + """\
  - id: policy-team
    name: Bans on what we use
    when: {companies: [tag:social, bytedance], types: [ban, shutdown], stages: [proposed, confirmed], countries: [US, EU, NO], outlets: 2}
    send:
      - to: chat
        burst: 5m
        max_per_hour: 7
        quiet: {days: mon-fri, from: 22:00, to: 07:00, zone: Europe/Oslo}
      - to: mail
        digest: {at: 08:00, days: [sat, sun], zone: Asia/Jakarta}
"""
    )

    chat, mail = subscription.sends
    assert findings == []
    assert (subscription.id, subscription.origin) == ("policy-team", "f:7")
    assert subscription.when == Conditions(
        companies=("tag:social", "bytedance"),
        types=("ban", "shutdown"),
        stages=(Stage.PROPOSED, Stage.CONFIRMED),
        countries=("US", "EU", "NO"),
        outlets=2,
    )
    assert (chat.burst, chat.max_per_hour) == (timedelta(minutes=5), 7)
    assert chat.quiet == Quiet(
        days=frozenset({1, 2, 3, 4, 5}), begins=time(22), ends=time(7), zone="Europe/Oslo"
    )
    assert mail.digest == Digest(days=frozenset({6, 7}), at=time(8), zone="Asia/Jakarta")


def test_people_get_a_pause_between_messages_and_programs_none() -> None:
    _, [subscription], _ = read(
        CHANNELS + "  - {id: all, send: [{to: here}, {to: hook}, {to: mail}, {to: chat}]}\n"
    )

    assert [(send.to, send.burst.seconds, send.max_per_hour) for send in subscription.sends] == [
        ("here", 0, None),
        ("hook", 0, None),
        ("mail", 60, 30),
        ("chat", 60, 30),
    ]
    assert subscription.when == Conditions()
    assert subscription.name == "all"


def test_channels_keep_their_options_by_type() -> None:
    channels, _, findings = read(CHANNELS)

    assert findings == []
    assert dict(channels["hook"].options) == {
        "url": "https://hooks.example.org/kabar",
        "secret": Secret(env="SECRET"),
    }
    assert dict(channels["mail"].options) == {"to": ("legal@example.org",)}
    assert dict(channels["chat"].options) == {"webhook": Secret(file="/run/secrets/slack_url")}
    assert (channels["here"].type, channels["here"].options) == ("console", ())


@pytest.mark.parametrize(
    ("channel", "findings"),
    [
        ("x: {type: slak, channel: C0}", ['2:13: error: "slak" is no value of "type"; did you mean "slack"?']),
        ("x: {url: https://e.org}", ['2:6: error: the channel "x" needs "type"']),
        ("x: console", ['2:6: error: the channel "x" is a mapping (key: value), not a text']),
        ("x: {type: webhook}", ['2:3: error: the channel "x" needs "url"']),
        ("x: {type: slack}", ['2:3: error: the channel "x" needs "webhook", or "channel" and "token"']),
        ("x: {type: webhook, url: ftp://e.org}", ['2:27: error: "ftp://e.org" is not an address: begin it with https:// and a host']),
        ("x: {type: webhook, url: ftp://me:hunter2@e.org}", ['2:27: error: "ftp://…@e.org" is not an address: begin it with https:// and a host']),
        ("x: {type: webhook, url: 'https://me:hun/ter2@e.org'}", [
            '2:27: error: "https://…@e.org" is not an address: write / in a password as %2F, ? as %3F, # as %23, @ as %40'
        ]),
        ("x: {type: webhook, url: 'https://e.org', secrets: {env: A}}", [
            '2:44: error: unknown key "secrets" in the channel "x"; did you mean "secret"?'
        ]),
        ("x: {type: webhook, url: 'https://e.org', secret: {}}", [
            '2:52: error: "secret" has one place: {env: NAME} or {file: PATH}'
        ]),
        ("x: {type: discord, webhook: 'https://e.org/x'}", [
            ('2:31: warning: "webhook" stands here for everyone who reads the file:'
            " write {env: NAME} or {file: PATH}")
        ]),
        ("x: {type: email, to: [legal]}", ['2:25: error: "legal" is not a mail address']),
        ("X Y: {type: console}", [
            '2:3: error: "X Y" is no id: write lower-case letters, digits and hyphens, as in "x-y"'
        ]),
        ("x: {type: telegram, chat: -100123, token: {env: T}}", []),
        ("x: {type: ntfy, topic: alerts, url: 'https://ntfy.example.org'}", []),
        ("x: {type: ntfy, topic: a/b}", [
            '2:26: error: "a/b" is no topic: write up to 64 letters, digits, hyphens and _'
        ]),
    ],
)  # fmt: skip
def test_a_mistake_in_a_channel_is_told_at_its_place(channel: str, findings: list[str]) -> None:
    assert read(f"channels:\n  {channel}\n")[2] == findings


@pytest.mark.parametrize(
    ("entry", "findings"),
    [
        ("- {id: a}", ['1:3: error: a subscription needs "send"']),
        ("- {send: [{to: here}]}", ['1:3: error: a subscription needs "id"']),
        ("- {id: a, send: [{to: hier}]}", [
            '1:23: error: the channel "hier" does not exist; did you mean "here"?'
        ]),
        ("- {id: a, send: [{to: here}, {to: here}]}", ['1:35: error: "here" is told twice']),
        ("- {id: a, send: {to: here}}", [
            '1:17: error: "send" is a list: begin each of its entries with "- "'
        ]),
        ("- {id: a, when: {types: [bann]}, send: []}", [
            '1:26: error: "bann" is no value of "types"; did you mean "ban"?'
        ]),
        ("- {id: a, when: {stages: [final]}, send: []}", [
            ('1:27: error: "final" is no value of "stages": write one of rumoured, proposed,'
            " confirmed, rejected, reversed")
        ]),
        ("- {id: a, when: {countries: [UK, NO, EU, Norway]}, send: []}", [
            '1:30: warning: "UK" is read as "GB", its ISO 3166-1 code',
            '1:42: error: "Norway" is not an ISO 3166-1 country code, nor EU',
        ]),
        ("- {id: a, when: {companies: [tiktik, tag:sozial, type:x]}, send: []}", [
            '1:30: warning: no company has the id "tiktik"; did you mean "tiktok"?',
            '1:38: warning: no company has the tag "sozial"; did you mean "social"?',
            '1:50: error: "type:x" is neither a company\'s id nor tag:<tag>',
        ]),
        ("- {id: a, when: {outlets: 0}, send: []}", [
            '1:27: error: "0" is not a whole number from 1 on'
        ]),
        ("- {id: a, send: [{to: here, burst: 5}]}", [
            '1:36: error: "5" is not a duration: write an integer and s, m, h or d, as in 10m'
        ]),
        ("- {id: a, send: [{to: here, digest: {at: 8, zone: Europe/Olso}}]}", [
            '1:42: error: "8" is not a time of the day: write it as in 07:30 or 22:00',
            '1:51: error: "Europe/Olso" is not a time zone; did you mean "Europe/Oslo"?',
        ]),
        ("- {id: a, send: [{to: here, quiet: {from: 22:00, to: 22:00, days: mon-fry, zone: UTC}}]}", [
            '1:54: error: quiet hours end at another time than "from"',
            '1:67: error: "fry" is not a day; did you mean "fri"?',
        ]),
        ("- {id: a, send: [{to: here, quiet: {from: 22:00, to: 24:00}}]}", [
            '1:36: error: "quiet" needs "zone"',
            '1:54: error: "24:00" is not a time of the day: write it as in 07:30 or 22:00',
        ]),
        ("- {id: a, send: []}\n- {id: a, send: []}", [
            '2:8: error: the subscription id "a" is used twice, first on line 7'
        ]),
    ],
)  # fmt: skip
def test_a_mistake_in_a_subscription_is_told_at_its_place(entry: str, findings: list[str]) -> None:
    assert sorted(told(entry)) == sorted(findings)


def test_nothing_is_said_of_companies_that_could_not_be_read() -> None:
    _, _, findings = read(CHANNELS + "  - {id: a, when: {companies: [x]}, send: []}", known=None)

    assert findings == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", {1}),
        ("mon-fri", {1, 2, 3, 4, 5}),
        ("sat-mon", {6, 7, 1}),
        ("mon, Wed,sat-sun", {1, 3, 6, 7}),
        ("fri-fri", {5}),
    ],
)
def test_days_are_words_and_ranges_that_may_pass_the_weekend(text: str, days: set[int]) -> None:
    assert day_range(text) == days


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_abc", "A" * 32, "whsec_" + "A" * 100, "whsec_" + "é" * 32]
)
def test_a_secret_that_cannot_sign_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes") as caught:
        webhook_secret(secret)

    assert secret not in str(caught.value).removeprefix('a webhook secret is "whsec_"')


def test_every_condition_is_read() -> None:
    _, [subscription], findings = read(
        CHANNELS
        + "- {id: a, when: {roles: [target], languages: [pt-BR, de], confidence: 0.8, sources: [Wire],"
        " not_sources: [Blog], words: [licence]}, send: [{to: here}]}\n"
    )

    assert findings == []
    assert subscription.when == Conditions(
        roles=(Role.TARGET,),
        languages=("pt", "de"),
        confidence=0.8,
        sources=("Wire",),
        not_sources=("Blog",),
        words=("licence",),
    )


def test_mistakes_in_conditions_are_named() -> None:
    found = told("- {id: a, when: {roles: [buyer], languages: [xx-y], confidence: 80}, send: []}\n")

    assert [finding.split("error: ")[1][:24] for finding in found] == [
        '"buyer" is no value of "',
        '"xx-y" is not a language',
        '"80" is no share: write ',
    ]


def test_lists_with_nothing_in_them_are_told() -> None:
    digest = "digest: {days: [], at: 08:00, zone: UTC}"
    quiet = "quiet: {days: [], from: 22:00, to: 07:00, zone: UTC}"
    no_day = 'error: "days" names no day: leave it out for every day'
    nothing = "is an empty list, so nothing matches: leave it out for no condition"

    findings = told(
        "  - id: a\n    when: {companies: [], stages: [], not_sources: []}\n"
        f"    send:\n      - {{to: mail, {quiet}}}\n      - {{to: chat, {digest}}}\n"
    )

    assert [finding.partition(": ")[2] for finding in findings] == [
        f'warning: "companies" {nothing}',
        f'warning: "stages" {nothing}',
        no_day,
        no_day,
    ]


def test_whoever_stands_in_a_channel_in_two_spellings_gets_one_mail() -> None:
    channels, _, findings = read("channels: {mail: {type: email, to: [b@c.org, A@c.org, B@C.org]}}")

    assert dict(channels["mail"].options)["to"] == ("b@c.org", "A@c.org")
    assert findings == []


def test_a_channel_that_mails_to_nobody_is_a_mistake() -> None:
    _, _, findings = read("channels: {mail: {type: email, to: []}}")

    assert findings == ['1:36: error: "to" names nobody']
