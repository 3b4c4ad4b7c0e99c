"""From what is asked to what is said: every argument gets at least one explanation."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from turnstream.errors import NoServer
from turnstream.explain.elsewhere import kept, outside
from turnstream.explain.fates import claimed, told
from turnstream.explain.file import file_of
from turnstream.explain.names import Gone, passed_over, refused_by_watcher
from turnstream.explain.past import Past, unreadable
from turnstream.explain.scene import Scene, look_around
from turnstream.explain.standing import standing
from turnstream.explain.states import Explanation, State
from turnstream.explain.subject import Claimed, InDrop, Kept, Outside, Subject, Told, missing, places
from turnstream.explain.texts import claims_of
from turnstream.identify import arrival_id
from turnstream.models import from_wire, printable, to_wire
from turnstream.settings import Settings
from turnstream.watch.scan import ignore_pattern, scan

_HEX = re.compile(r"[0-9a-f]{8,64}")


def explain(arguments: Iterable[str], settings: Settings) -> list[Explanation]:
    """Explain files and ids, in order; of several that one argument means the newest comes last.

    Args:
        arguments: fs strings: paths, or ids of any kind.
        settings: whose root and server.

    Raises:
        BadConfiguration: this is no data root, or its journal cannot be read.

    """
    return Explainer(look_around(settings)).explain(list(arguments))


def exit_code(explanations: Iterable[Explanation]) -> int:
    """Return 0; 1 if something is unknown, 69 if it is because the server could not be asked."""
    unknown = [explanation for explanation in explanations if explanation.state is State.UNKNOWN]
    if not unknown:
        return 0
    return NoServer.exit_code if any("server_away" in explanation.facts for explanation in unknown) else 1


class Explainer:
    """Finds out what is meant, asks the watcher once for all of it, and explains each."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.root = scene.root
        self.past = Past(scene.root, scene.root_id)
        try:
            os.scandir(self.root.path / "journal").close()
        except OSError as error:
            raise unreadable(error) from error

    def explain(self, arguments: list[str]) -> list[Explanation]:
        """Explain what each argument means."""
        meant = [(argument, self._meant(argument)) for argument in arguments]
        self.scene.ask([item.path for _, subjects in meant for item in subjects if isinstance(item, InDrop)])
        explained = []
        for argument, subjects in meant:
            found = [explanation for item in subjects for explanation in self._explained(item)]
            for explanation in found or [self._unknown(argument)]:
                explanation.asked = argument
                explanation.notes += self.scene.notes(explanation.facts.get("held_back_by"))
                if explanation.state is State.UNKNOWN and self.scene.ledger is None:
                    explanation.facts["server_away"] = True
                explained.append(explanation)
        return explained

    def _meant(self, argument: str) -> list[Subject]:
        there = list[Subject](places(argument, self.root))
        return there or self._of_id(argument.lower()) or self._of_what_is_gone(argument)

    def _of_id(self, wanted: str) -> list[Subject]:
        found = list[Subject](self.past.of_id(wanted))
        known = {item.line.get("content_sha256") for item in found if isinstance(item, Told)}
        found = [claim for claim in claims_of(wanted, self.scene) if claim.content_sha256 not in known] + found
        if _HEX.fullmatch(wanted):
            found += [item for item in self._in_drop(wanted) if item not in found]
        return found

    def _in_drop(self, wanted: str) -> list[InDrop]:
        """Return the files in ``drop/`` of an arrival id (its beginning) or of a batch under way."""
        found = dict.fromkeys(
            from_wire(ref.path)
            for message in self.scene.messages()
            if message.batch.id.startswith(wanted)
            for ref in message.batch.files
        )
        for path in sorted(scan(self.root.drop, ignore_pattern(self.scene.settings.watch.ignore)).files):
            try:
                facts = os.lstat(self.root.drop / path)
            except OSError:
                continue
            if arrival_id(self.scene.root_id, facts, path).startswith(wanted):
                found[path] = None
        return [InDrop(path) for path in found]

    def _of_what_is_gone(self, argument: str) -> list[Subject]:
        gone = missing(argument, self.root)
        found: list[Subject] = [*self.past.of_paths(gone)] if gone else []
        if not found and "/" not in argument:
            found = [*self.past.of_name(argument)]
        # The watcher may know of what left drop/ without an outcome.
        if not found:
            found += [InDrop(place.removeprefix("drop/")) for place in gone if place.startswith("drop/")][:1]
        return found

    def _explained(self, subject: Subject) -> list[Explanation]:
        match subject:
            case InDrop(path):
                return self._of_drop(path)
            case Kept():
                return [kept(subject, self.scene, self.past)]
            case Outside():
                return [outside(subject, self.scene, self.past)]
            case Told():
                return [told(subject, self.scene)]
            case Claimed():
                return [claimed(subject, self.scene)]

    def _of_drop(self, path: str) -> list[Explanation]:
        facts = passed_over(path, self.root.drop, self.scene.settings.watch)
        answer = self.scene.mail.answers.get(to_wire(path))
        if isinstance(facts, Gone):
            return self._left(path)
        if isinstance(facts, Explanation):
            found = facts
        elif answer is not None and answer.refused:
            found = refused_by_watcher(answer.refused)
        else:
            found = standing(file_of(path, facts, self.scene), self.scene)
            if not os.path.lexists(self.root.drop / path):
                return self._left(path) or [found]  # it was taken while we looked
        found.file = f"drop/{printable(path)}"
        return [found]

    def _left(self, path: str) -> list[Explanation]:
        lines = [item for item in self.past.of_paths([f"drop/{path}"]) if isinstance(item, Told)]
        if lines:
            return [told(item, self.scene) for item in lines]
        answer, mark = self.scene.mail.answers.get(to_wire(path)), self.scene.mail.marks.get(to_wire(path))
        if not mark and not (answer and answer.place):
            return []
        last = f" A worker had left it there: {mark.reason}." if mark else ""
        why = f"It was in drop/ and is gone without an outcome: somebody removed or renamed it.{last}"
        step = "If it is still wanted, ask its sender to drop it again."
        facts = {"reason": mark.reason, "arrival_id": mark.arrival_id} if mark else {}
        return [Explanation(State.GONE, why, step, facts=facts)]

    def _unknown(self, argument: str) -> Explanation:
        journal = min((file.name[:10] for file in (self.root.path / "journal").glob("*.jsonl")), default=None)
        since = f"the journal, which begins on {journal}," if journal else "the journal, which is empty,"
        knows = "the server nor " if self.scene.ledger else ""
        is_id = _HEX.fullmatch(argument.lower()) or re.fullmatch(r"\d+-\d+|[0-9a-f]{16}\.\d+", argument.lower())
        what = "No such id is known" if is_id else "Nothing stands at this path"
        if not self.root.drop.is_dir():
            what = "The folder drop/ is not there (a file system that is not mounted?)"
        why = f"{what}: neither {knows}{since} tells of it." if knows else f"{what}: {since} does not tell of it."
        step = f"Check the spelling, and that the root is the right one ({printable(str(self.root.path))})."
        step += (
            " Batch and task ids are known only while they are under way: search the log for later."
            if is_id
            else " If it was dropped, its sender took it away before it was complete."
        )
        return Explanation(
            State.UNKNOWN, why, step, facts={"root": printable(str(self.root.path)), "journal_since": journal}
        )
