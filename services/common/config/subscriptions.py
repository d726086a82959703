"""subscriptions.yml: who wants what, where to and when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from services.common.config import codes
from services.common.config.channels import Channels, read_channels
from services.common.config.feeds import country_in
from services.common.config.fields import (
    Fields,
    identifier,
    mapping_at,
    mappings_in,
    parsed,
    root_of,
)
from services.common.config.findings import suggestion
from services.common.config.hours import read_digest, read_quiet
from services.common.config.yaml import Page, Scalar
from services.common.contracts.company import Company
from services.common.contracts.feed import Feed
from services.common.contracts.reading import Role, Stage
from services.common.contracts.subscription import (
    Conditions,
    Fallback,
    Send,
    Subscription,
)
from services.common.event_types import event_types
from services.common.ids import ChannelId, SubscriptionId
from services.common.text import folded

FILE = "subscriptions.yml"

SUBSCRIPTION_KEYS = ("id", "name", "when", "send", "paused_until")
WHEN_KEYS = (
    *("companies", "types", "stages", "countries", "outlets"),
    *("roles", "languages", "confidence", "sources", "not_sources", "words"),
)
SEND_KEYS = ("to", "burst", "max_per_hour", "quiet", "digest", "urgent", "fallback")
URGENT_KEYS = ("companies", "types", "stages", "countries")

_BURST, _MAX_PER_HOUR = timedelta(seconds=60), 30
# Programs and the console read each alert as it comes; people get a pause between messages.
_IMMEDIATE = frozenset({"console", "webhook"})

_STAGES = tuple(stage.value for stage in Stage)
_ROLES = tuple(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class Known:
    """What a subscription may follow; None where the companies could not be read.

    `outlets` are those of the feeds, None where they are not known.
    """

    companies: frozenset[str]
    tags: frozenset[str]
    outlets: frozenset[str] | None = None

    @classmethod
    def of(cls, companies: Collection[Company], *, feeds: Collection[Feed] | None = None) -> Known:
        """Return the ids and tags of `companies`, and the outlets of `feeds`."""
        return cls(
            frozenset(company.id for company in companies),
            frozenset(tag for company in companies for tag in company.tags),
            None if feeds is None else frozenset(feed.outlet for feed in feeds),
        )


def read_subscriptions(
    page: Page, *, known: Known | None
) -> tuple[Channels, tuple[Subscription, ...]]:
    """Return channels and subscriptions of a file; mistakes go to the page's findings.

    Without `known` nothing is said of the companies that are followed.
    """
    root = root_of(page, known=("channels", "subscriptions"))
    if root is None:
        return Channels(), ()
    channels = read_channels(root)
    subscriptions: dict[str, Subscription] = {}
    for fields in mappings_in(root, "subscriptions", known=SUBSCRIPTION_KEYS, of="a subscription"):
        subscription = _subscription(fields, channels, known)
        if subscription is None:
            continue
        first = subscriptions.setdefault(subscription.id, subscription)
        if first is not subscription:
            twice = f'the subscription id "{subscription.id}" is used twice'
            line = first.origin.rpartition(":")[2]
            page.error(fields.node.values["id"], f"{twice}, first on line {line}")
    return channels, tuple(subscriptions.values())


def read_subscription(
    page: Page, *, channels: Channels, known: Known | None
) -> Subscription | None:
    """Return the one subscription that is all of `page`; mistakes go to the page's findings."""
    if page.root is None:
        return None
    fields = mapping_at(page, page.root, known=SUBSCRIPTION_KEYS, of="a subscription")
    return None if fields is None else _subscription(fields, channels, known)


def _subscription(fields: Fields, channels: Channels, known: Known | None) -> Subscription | None:
    fields.require("id", "send")
    subscription_id = fields.read("id", identifier)
    name = fields.text("name")
    when = fields.mapping("when", known=WHEN_KEYS)
    conditions = Conditions() if when is None else _conditions(when, known)
    sends = _sends(fields, channels, known)
    paused_until = fields.read("paused_until", _day)
    if subscription_id is None:
        return None
    return Subscription(
        id=SubscriptionId(subscription_id),
        name=name or subscription_id,
        when=conditions,
        sends=sends,
        origin=f"{fields.page.file}:{fields.node.line}",
        paused_until=paused_until,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f'"{text}" is no day: write it as 2026-01-31') from error


def _conditions(when: Fields, known: Known | None) -> Conditions:
    _check_lists(when)
    companies = when.scalars("companies")
    for node in companies:
        _check_followed(when.page, node, known)
    for node in (*when.scalars("sources"), *when.scalars("not_sources")):
        _check_outlet(when.page, node, known)
    stages = when.choices("stages", _STAGES)
    countries = (country_in(when.page, node) for node in when.scalars("countries"))
    read_countries = tuple(country for country in countries if country is not None)
    roles = when.choices("roles", _ROLES)
    languages = (parsed(when.page, node, codes.language) for node in when.scalars("languages"))
    read_languages = tuple(language for language in languages if language is not None)
    return Conditions(
        roles=None if roles is None else tuple(Role(role) for role in roles),
        languages=read_languages if when.has("languages") else None,
        confidence=when.read("confidence", _share),
        sources=when.texts("sources") if when.has("sources") else None,
        not_sources=when.texts("not_sources") if when.has("not_sources") else None,
        words=when.texts("words") if when.has("words") else None,
        companies=tuple(node.text for node in companies) if when.has("companies") else None,
        types=when.choices("types", event_types()),
        stages=None if stages is None else tuple(Stage(stage) for stage in stages),
        countries=read_countries if when.has("countries") else None,
        outlets=when.count("outlets"),
    )


def _check_lists(when: Fields) -> None:
    for key in WHEN_KEYS:
        if key != "not_sources" and (nothing := when.empty_list(key)) is not None:
            message = f'"{key}" is an empty list, so nothing matches: leave it out for no condition'
            when.page.warning(nothing, message)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValueError(f'"{text}" is no share: write a number from 0 to 1, such as 0.8')
    return share


def _check_followed(page: Page, node: Scalar, known: Known | None) -> None:
    if known is None:
        return
    prefix, colon, tag = node.text.partition(":")
    if colon and prefix != "tag":
        page.error(node, f'"{node.text}" is neither a company\'s id nor tag:<tag>')
    elif colon and tag not in known.tags:
        page.warning(node, f'no company has the tag "{tag}"{suggestion(tag, known.tags)}')
    elif not colon and node.text not in known.companies:
        near = suggestion(node.text, known.companies)
        page.warning(node, f'no company has the id "{node.text}"{near}')


def _check_outlet(page: Page, node: Scalar, known: Known | None) -> None:
    if known is None or known.outlets is None:
        return
    if folded(node.text) not in {folded(outlet) for outlet in known.outlets}:
        near = suggestion(node.text, known.outlets)
        page.warning(node, f'no feed has the outlet "{node.text}"{near}')


def _sends(fields: Fields, channels: Channels, known: Known | None) -> tuple[Send, ...]:
    sends: dict[ChannelId, Send] = {}
    for entry in mappings_in(fields, "send", known=SEND_KEYS, of='an entry of "send"'):
        send = _send(entry, channels, known)
        if send is not None and send.to in sends:
            entry.page.error(entry.node.values["to"], f'"{send.to}" is told twice')
        elif send is not None:
            sends[send.to] = send
    return tuple(sends.values())


def _send(fields: Fields, channels: Channels, known: Known | None) -> Send | None:
    fields.require("to")
    to = _channel(fields, channels)
    is_immediate = to is not None and channels.type_of(to.text) in _IMMEDIATE
    burst, max_per_hour = fields.duration("burst"), fields.count("max_per_hour")
    quiet, digest = read_quiet(fields), read_digest(fields)
    urgent, fallback = _urgent(fields, known), _fallback(fields, channels, to)
    if to is None:
        return None
    return Send(
        to=ChannelId(to.text),
        burst=burst if burst is not None else timedelta() if is_immediate else _BURST,
        max_per_hour=max_per_hour or (None if is_immediate else _MAX_PER_HOUR),
        quiet=quiet,
        digest=digest,
        urgent=urgent,
        fallback=fallback,
    )


def _channel(fields: Fields, channels: Channels) -> Scalar | None:
    """Return the channel that `to` names; one that is not there is a mistake."""
    to = fields.scalar("to")
    if to is not None and to.text not in channels.names:
        near = suggestion(to.text, channels.names)
        fields.page.error(to, f'the channel "{to.text}" does not exist{near}')
    return to


def _urgent(send: Fields, known: Known | None) -> Conditions | None:
    """Return what is urgent; nothing named would make everything so."""
    fields = send.mapping("urgent", known=URGENT_KEYS)
    if fields is None:
        return None
    if not any(fields.has(key) for key in URGENT_KEYS):
        fields.page.error(fields.node, f'"urgent" needs one of {", ".join(URGENT_KEYS)}')
        return None
    return _conditions(fields, known)


def _fallback(send: Fields, channels: Channels, sends_to: Scalar | None) -> Fallback | None:
    fields = send.mapping("fallback", known=("to", "after"))
    if fields is None:
        return None
    fields.require("to", "after")
    to, after = _channel(fields, channels), fields.duration("after")
    if to is None or after is None:
        return None
    if sends_to is not None and to.text == sends_to.text:
        fields.page.error(to, "a channel cannot stand in for itself")
        return None
    return Fallback(to=ChannelId(to.text), after=after)
