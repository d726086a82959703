"""Scene: a trigger where it stands, so that what is asked about it takes one value instead of two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import NamedTuple, TypeVar

from services.classifier.document import Document
from services.classifier.spans import Trigger
from services.classifier.syntax.standing import Standing


class _Fields(NamedTuple):
    document: Document
    trigger: Trigger


class Scene(_Fields, Standing):
    """A trigger in its document: what stands in its sentence is asked of it."""

    __slots__ = ()

    def of(self, trigger: Trigger) -> Scene:
        """Return the scene of another trigger of the document."""
        return Scene(self.document, trigger)

    @property
    def sentence(self) -> int:
        """Return the number of the trigger's sentence."""
        return self.trigger.sentence

    @property
    def cue(self) -> str:
        """Return the words of the trigger itself."""
        return self.text[self.trigger.start : self.trigger.end]

    @property
    def clause(self) -> tuple[int, int]:
        """Return the bounds of the trigger's clause."""
        return self.document.clause_of(self.trigger.sentence, self.trigger.start)

    @property
    def triggers(self) -> Sequence[Trigger]:
        """Return the triggers of the same sentence, this one among them, in order."""
        return self.document.triggers_in(self.trigger.sentence)


_Answer = TypeVar("_Answer")


def once(question: Callable[[Scene], _Answer]) -> Callable[[Scene], _Answer]:
    """Return a question about a scene whose answer its document keeps, since several steps ask the same."""

    @wraps(question)
    def answer(scene: Scene) -> _Answer:
        asked, key = scene.document.asked, (question, scene.trigger)
        if key not in asked:
            asked[key] = question(scene)
        kept: _Answer = asked[key]
        return kept

    return answer
