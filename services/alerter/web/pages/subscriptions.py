"""The page of subscriptions: who is told of what, and the form that makes, changes and removes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.alerter.database.suppressions import every_suppressed
from services.alerter.subscription_book import (
    MOST_BYTES,
    ChangedSubscriptionError,
    RefusedSubscriptionError,
    SubscriptionBook,
    TakenSubscriptionError,
    UnknownSubscriptionError,
)
from services.alerter.web.bodies import SubscriptionBody
from services.alerter.web.pages.found import found_rows
from services.alerter.web.pages.frame import Frame, wish_of
from services.alerter.web.pages.subscription_preview import (
    DAYS,
    UNNAMED,
    PreviewPanel,
    Previews,
    days_of,
)
from services.alerter.web.sources import Sources
from services.alerter.web.submission import book_of, received
from services.alerter.web.subscription_form import (
    LABELS,
    Mistake,
    Sent,
    SubscriptionForm,
    body_of_yaml,
    mistakes_of,
)
from services.alerter.web.subscription_routes import every_subscription, subscription_bodies
from services.common.config.configuration import Configuration
from services.common.config.entries import entries_yaml
from services.common.config.findings import Severity
from services.common.config.hours import DAYS as DAYS_OF_WEEK
from services.common.config.submitted import DATABASE, FieldFinding
from services.common.contracts.reading import Stage
from services.common.contracts.subscription import Subscription
from services.common.event_types import event_types
from services.common.ids import SubscriptionId

PATH = "/subscriptions"

SUBSCRIPTIONS_A_PAGE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionTile:
    """A subscription in words. `is_made` here, so that it can be changed and removed."""

    id: str
    name: str
    origin: str
    is_made: bool
    is_overridden: bool
    conditions: tuple[tuple[str, str], ...]
    sends: tuple[str, ...]
    paused_until: str | None
    last: datetime | None
    alerts: int
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """The form as it is shown: `editing` names the one that it changes, empty for a new one; `version` is
    which one of it was shown. One `is_overtaken` by what somebody else did to it meanwhile.
    """

    form: SubscriptionForm
    editing: str = ""
    version: str = ""
    is_yaml: bool = False
    mistakes: Sequence[Mistake] = ()
    is_overtaken: bool = False
    panel: PreviewPanel = field(default_factory=PreviewPanel)

    @property
    def wrong(self) -> Mapping[str, Sequence[str]]:
        """Return what is wrong by input; what belongs to none names its field."""
        said: dict[str, list[str]] = {}
        for one in self.mistakes:
            named = one.message if one.input or not one.label else f"{one.label}: {one.message}"
            said.setdefault(one.input, []).append(named)
        return said


def subscription_routes(frame: Frame, sources: Sources) -> list[Route]:
    """Return the page of subscriptions and what its form sends to."""

    async def shown(request: Request) -> Response:
        editor = _editor(sources, wish_of(request, "edit"), as_yaml=wish_of(request, "as"))
        return await _page(frame, sources, request, editor)

    async def saved(request: Request) -> Response:
        editor = _sent_editor(sent := await _sent(request))
        try:
            name = await _kept(book_of(sources), editor)
        except (RefusedSubscriptionError, TakenSubscriptionError) as error:
            mistakes = mistakes_of(_findings(error), is_yaml=editor.is_yaml)
            refused = replace(editor, mistakes=mistakes, panel=PreviewPanel(days=_days(sent)))
            return await _page(frame, sources, request, refused, status=422)
        except (ChangedSubscriptionError, UnknownSubscriptionError) as error:
            overtaken = replace(
                _overtaken(editor, error, sources), panel=PreviewPanel(days=_days(sent))
            )
            return await _page(frame, sources, request, overtaken, status=409)
        return RedirectResponse(f"{PATH}?saved={quote(name)}", status_code=303)

    async def removed(request: Request) -> Response:
        name = SubscriptionId(next(iter((await _sent(request)).get("id", ())), ""))
        try:
            await book_of(sources).remove(name)
        except TakenSubscriptionError as error:
            raise HTTPException(409, str(error)) from error
        except UnknownSubscriptionError as error:
            raise HTTPException(404, str(error)) from error
        return RedirectResponse(f"{PATH}?removed={quote(name)}", status_code=303)

    return [
        Route(PATH, shown, methods=["GET"]),
        Route(PATH, saved, methods=["POST"]),
        *_preview_routes(frame, sources),
        Route(f"{PATH}/remove", removed, methods=["POST"]),
    ]


def _preview_routes(frame: Frame, sources: Sources) -> list[Route]:
    """Return what shows the form as it was sent, with what it would have sent; nothing is kept."""
    if sources.rehearse is None:
        return []
    previews = Previews(sources.rehearse, clock=sources.clock)

    async def previewed(request: Request) -> Response:
        editor, days = _sent_editor(sent := await _sent(request)), _days(sent)
        try:
            name, configuration = _drafted(book_of(sources), editor)
            panel = await previews.panel(name, configuration, days=days, request=request)
        except (RefusedSubscriptionError, TakenSubscriptionError) as error:
            mistakes = tuple(mistakes_of(_findings(error), is_yaml=editor.is_yaml))
            panel = PreviewPanel(days=days, is_asked=True, mistakes=mistakes)
        except UnknownSubscriptionError as error:
            raise HTTPException(404, str(error)) from error
        return await _page(frame, sources, request, replace(editor, panel=panel))

    return [Route(f"{PATH}/preview", previewed, methods=["POST"])]


def found_subscriptions(every: Sequence[Subscription], wanted: str) -> list[Subscription]:
    """Return the subscriptions of which id or name has `wanted`, in their order."""
    return found_rows(every, wanted, lambda one: (one.id, one.name))


def shown_subscriptions(found: Sequence[Subscription], saved: str | None) -> list[Subscription]:
    """Return those of `found` that fit on a page; what was just `saved` is among them."""
    shown = [*found[:SUBSCRIPTIONS_A_PAGE]]
    more = [one for one in found[SUBSCRIPTIONS_A_PAGE:] if one.id == saved]
    return [*more, *shown]


def subscription_tile(body: SubscriptionBody) -> SubscriptionTile:
    """Return a subscription in words."""
    return SubscriptionTile(
        id=body.id,
        name=body.name,
        origin=body.origin,
        is_made=body.origin == DATABASE,
        is_overridden=body.is_overridden,
        conditions=_conditions(body.when),
        sends=tuple(_send_words(send) for send in body.send),
        paused_until=body.paused_until,
        last=body.last_alert_at,
        alerts=body.alerts_in_30_days,
        findings=tuple(f"{found.field}: {found.message}" for found in body.findings),
    )


async def _page(
    frame: Frame, sources: Sources, request: Request, editor: Editor, *, status: int = 200
) -> Response:
    every = every_subscription(sources)
    wanted, saved = wish_of(request, "q") or "", wish_of(request, "saved")
    found = found_subscriptions(every, wanted)
    bodies = await subscription_bodies(sources, shown_subscriptions(found, saved))
    tiles = [subscription_tile(body) for body in bodies]
    return await frame.page(
        request,
        "subscriptions.html",
        status=status,
        subscriptions=tiles,
        total=len(every),
        found=len(found),
        wanted=wanted,
        can_search=len(every) > SUBSCRIPTIONS_A_PAGE,
        editor=editor,
        can_change=sources.book is not None,
        feeds={tile.id: _feed_path(sources, tile.id) for tile in tiles},
        suppressed=await sources.database.read(every_suppressed),
        saved=saved,
        removed=wish_of(request, "removed"),
        can_preview=sources.rehearse is not None,
        days_shown=DAYS,
        labels=LABELS,
        channels=sources.configuration().channels,
        types_shown=[(name, kind.label) for name, kind in event_types().items()],
        stages_shown=[(str(stage), str(stage)) for stage in Stage],
        channels_shown=[
            (one.id, f"{one.id} ({one.type})") for one in sources.configuration().channels
        ],
    )


def _feed_path(sources: Sources, subscription: str) -> str | None:
    return None if sources.links is None else sources.links.feed_path(SubscriptionId(subscription))


def _editor(sources: Sources, edit: str | None, *, as_yaml: str | None) -> Editor:
    body = sources.book.body_of(SubscriptionId(edit)) if edit and sources.book else None
    if edit and body is None:
        raise HTTPException(404, f"No subscription {edit} was made here.")
    version = sources.book.version_of(SubscriptionId(edit)) if edit and sources.book else ""
    form = SubscriptionForm() if body is None else SubscriptionForm.of_body(body)
    if form is not None and as_yaml != "yaml":
        return Editor(form=form, editing=edit or "", version=version)
    written = _EXAMPLE if body is None else entries_yaml(body)
    form = SubscriptionForm(yaml=written)
    return Editor(form=form, editing=edit or "", version=version, is_yaml=True)


def _overtaken(
    editor: Editor, error: ChangedSubscriptionError | UnknownSubscriptionError, sources: Sources
) -> Editor:
    """Return the form with what was typed, and what somebody else did meanwhile; it can be sent again."""
    name = SubscriptionId(editor.editing)
    if isinstance(error, UnknownSubscriptionError):
        said = f"Somebody removed {name} meanwhile. Sent again, this makes a new one."
        form, editing, version = replace(editor.form, id=name), "", ""
    else:
        said = f"{error} Sent again, this takes the place of theirs."
        form, editing, version = editor.form, editor.editing, book_of(sources).version_of(name)
    return replace(
        editor,
        form=form,
        editing=editing,
        version=version,
        mistakes=(Mistake(input="", label="", message=said),),
        is_overtaken=True,
    )


_EXAMPLE = """\
id: my-subscription
when:
  types: [ban, shutdown]
send:
  - to: NAME-OF-A-CHANNEL
"""


def _sent_editor(sent: Sent) -> Editor:
    """Return the form as it was sent."""
    return Editor(
        form=SubscriptionForm.of_sent(sent),
        editing=next(iter(sent.get("editing", ())), ""),
        version=next(iter(sent.get("version", ())), ""),
        is_yaml="yaml" in sent,
    )


def _body(editor: Editor) -> object:
    return body_of_yaml(editor.form.yaml) if editor.is_yaml else editor.form.body()


async def _kept(book: SubscriptionBook, editor: Editor) -> str:
    if editor.editing:
        name = SubscriptionId(editor.editing)
        return (await book.change(name, _body(editor), shown=editor.version)).id
    return (await book.add(_body(editor))).id


def _drafted(book: SubscriptionBook, editor: Editor) -> tuple[SubscriptionId, Configuration]:
    """Return the id and the configuration as it would be if the form were saved now."""
    body = _body(editor)
    if editor.editing:
        return book.draft(body, instead_of=SubscriptionId(editor.editing))
    if isinstance(body, dict) and not body.get("id"):
        body = {**body, "id": UNNAMED}
    return book.draft(body, instead_of=None)


def _days(sent: Sent) -> int:
    return days_of(sent.get("days", ()))


async def _sent(request: Request) -> Sent:
    """Return what a form sent; a form of ours is never longer than a subscription may be."""
    content = await received(
        request, most=2 * MOST_BYTES, refusal="This is longer than any subscription."
    )
    try:
        return parse_qs(
            content.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=1_000
        )
    except ValueError as error:
        raise HTTPException(400, f"This is no form: {error}.") from error


def _findings(
    error: RefusedSubscriptionError | TakenSubscriptionError,
) -> Sequence[FieldFinding]:
    if isinstance(error, RefusedSubscriptionError):
        return error.findings
    return [FieldFinding("id", Severity.ERROR, str(error))]


def _conditions(when: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    given = tuple(
        (name.replace("_", " ").capitalize(), _words(name, value))
        for name, value in when.items()
        if value is not None
    )
    return given or (("Everything", "every event of a watched company"),)


def _words(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(
            f"{key} {_words(key, held)}" for key, held in value.items() if held is not None
        )
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return f"at least {value}" if name in {"outlets", "confidence"} else str(value)


def _days_words(window: Mapping[str, Any]) -> str:
    """Return "mon-fri " or "mon, wed " of a digest or of quiet hours; nothing for every day."""
    days = [day for day in DAYS_OF_WEEK if day in window["days"]]
    first = DAYS_OF_WEEK.index(days[0])
    if len(days) == len(DAYS_OF_WEEK):
        return ""
    if len(days) > 2 and days == list(DAYS_OF_WEEK[first : first + len(days)]):
        return f"{days[0]}-{days[-1]} "
    return f"{', '.join(days)} "


def _send_words(send: Mapping[str, Any]) -> str:
    words = [str(send["to"])]
    digest, quiet = send["digest"], send["quiet"]
    if digest is not None:
        words.append(f"digest {_days_words(digest)}at {digest['at']} {digest['zone']}")
    elif send["burst"] != "0s":
        words.append(f"what comes within {send['burst']} in one message")
    if quiet is not None:
        words.append(f"quiet {_days_words(quiet)}{quiet['from']} to {quiet['to']} {quiet['zone']}")
    if send.get("urgent") is not None:
        words.append(f"at once where {_words('urgent', send['urgent'])}")
    if send.get("fallback") is not None:
        words.append(f"{send['fallback']['to']} stands in after {send['fallback']['after']}")
    return "; ".join(words)
