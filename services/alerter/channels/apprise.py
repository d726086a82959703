"""Apprise: services that we have no adapter for, through the optional package of that name.

It tells neither an HTTP status nor a message's id, so there are no threads, and whatever went wrong is
tried again. It makes its own connections: the guard of private addresses does not see them. A call that
never comes back is left to itself after ten minutes, eight of them pause the channel.
"""

from __future__ import annotations

import importlib
from functools import partial
from importlib.util import find_spec
from typing import Any

from services.alerter.channels.errands import Errands, TooManyLeftError
from services.alerter.channels.port import Sent, Thread, Unthreaded
from services.alerter.render.document import cut_sentence, document_of, plain_text
from services.alerter.render.message import Message, heading
from services.alerter.render.units import code_points, cut_to
from services.common.errors import ChannelRefusedError, ChannelUnavailableError

MISSING = 'it needs a package that is not installed: pip install "kabar[apprise]".'

_WITHIN_SECONDS = 40.0
# Its services have timeouts of seconds; what takes so long hangs.
_GIVES_UP_AFTER_SECONDS = 600.0
_MAX_TITLE = 250
_SMALLEST_BODY = 100


class AppriseChannel(Unthreaded):
    """Sends to the one service that `url` names, such as matrixs://user:password@host/#room.

    Raises:
        ValueError: the package is not there, or knows no such service; the text does not show `url`.
    """

    type = "apprise"
    concurrency = 1
    is_repeat_safe = False

    def __init__(self, url: str) -> None:
        if not is_installed():
            raise ValueError(MISSING)
        # Untyped as far as we use it, and loaded by those alone who have such a channel.
        self._package: Any = importlib.import_module("apprise")
        self._service: Any = self._package.Apprise.instantiate(url, asset=self._asset())
        if self._service is None:
            raise ValueError("Apprise knows no service of that address.")
        self._errands = Errands("apprise", gives_up_after=_GIVES_UP_AFTER_SECONDS)

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:  # noqa: ARG002  it has none
        """Return when the service has the message, as far as Apprise tells."""
        payload = apprise_payload(message, most=int(self._service.body_maxlen))
        try:
            is_taken = await self._errands.run(
                partial(self._notify, payload), of=message.id, within_seconds=_WITHIN_SECONDS
            )
        except TimeoutError as error:
            raise ChannelUnavailableError(f"Apprise does not come back: {error}.") from error
        except TooManyLeftError as error:
            # As a refused key: the channel pauses, and its operator is told why.
            raise ChannelRefusedError(
                f"Apprise hangs: {error} Restart kabar.", status=403
            ) from error
        if not is_taken:
            raise ChannelUnavailableError("Apprise could not hand it over; it does not say why.")
        return Sent()

    def _notify(self, payload: dict[str, str]) -> bool:
        sending = self._package.Apprise(asset=self._asset())
        sending.add(self._service)
        return bool(sending.notify(**payload, body_format="text", interpret_escapes=False))

    def _asset(self) -> Any:
        # Nothing of a message is written to disk, and our own threads are enough.
        return self._package.AppriseAsset(async_mode=False, storage_mode="memory")


def is_installed() -> bool:
    """Return whether the package is there."""
    return find_spec("apprise") is not None


def apprise_payload(message: Message, *, most: int = 4_000) -> dict[str, str]:
    """Return title and body as plain text; Apprise joins them where a service has no titles."""
    [first, *others] = document_of(message, most=2).passages
    body = plain_text(message)
    if others:
        title = cut_to(heading(message.sections), _MAX_TITLE, unit=code_points)
    else:
        title = cut_sentence(first.sentence, _MAX_TITLE, unit=code_points)
        body = "\n".join(body.split("\n")[1:]) or title
    room = max(most - len(title) - 2, _SMALLEST_BODY)
    return {"title": title, "body": cut_to(body, room, unit=code_points)}
