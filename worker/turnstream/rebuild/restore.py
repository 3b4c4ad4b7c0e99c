"""The server's side of a rebuild: who may do it, the claims, and where the stream goes on."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from turnstream.agreement import REBUILDING
from turnstream.alive import holder, this_process
from turnstream.connect import translated
from turnstream.errors import LedgerHeld
from turnstream.models import Event
from turnstream.publish import BUCKET_DIGITS, EntryId, Ledger, entry_id_of, entry_id_text
from turnstream.rebuild.past import Fact

#: Contents in one call of the script: it stalls every other client meanwhile, some 2 ms.
CALL_FACTS = 500
#: Seconds after which a rebuild that gives no sign was killed.
_LOCK_SECONDS = 15

_FINISH = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) return 1 end return 0"
_LET_GO = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Restorer:
    """One rebuild of a ledger; methods in the order of their use, which raise the errors of ``connect.translated``."""

    def __init__(self, ledger: Ledger, root_id: str) -> None:
        self.ledger = ledger
        self.root_id = root_id
        self.token = secrets.token_hex(8)
        self._me = this_process().value()
        self._restore = ledger.client.register_script(files("turnstream.rebuild").joinpath("restore.lua").read_text())
        self._finish = ledger.client.register_script(_FINISH)
        self._let_go = ledger.client.register_script(_LET_GO)

    def lock(self) -> None:
        """Be the only one that rebuilds; call it again as a sign of life.

        Raises:
            LedgerHeld: another one does.

        """
        key = self.ledger.key("rebuilder")
        with translated():
            while not self.ledger.client.set(key, self._me, nx=True, ex=_LOCK_SECONDS):
                found: Any = self.ledger.client.get(key) or b""
                if found == self._me.encode():
                    self.ledger.client.expire(key, _LOCK_SECONDS)
                    return
                other = holder(found)
                if other is not None and other.is_running():
                    raise LedgerHeld(f"the process {other.host}:{other.pid} is rebuilding it")
                self._let_go(keys=[key], args=[found])

    def unlock(self) -> None:
        """Let others rebuild."""
        with translated():
            self._let_go(keys=[self.ledger.key("rebuilder")], args=[self._me])

    def hold(self) -> str:
        """Take the ledger out of everybody's hands; return the epoch that stands for that."""
        epoch = f"{self.root_id}{REBUILDING}{self.token}"
        with translated():
            self.ledger.client.set(self.ledger.key("epoch"), epoch)
        return epoch

    def claims(
        self, facts: Sequence[Fact], epoch: str, below: EntryId, *, events: Sequence[Event] = (), write: bool = True
    ) -> list[str]:
        """Restore claims; say of each content whether it is ``known`` as which entry, ``restored`` or ``missing``.

        Args:
            facts: at most ``CALL_FACTS`` publications.
            epoch: what the server must hold, ``""`` for none.
            below: entries before this one were trimmed.
            events: what to publish of each where its entry is missing; the answer is its entry id then.
            write: false only looks.

        Raises:
            LedgerHeld: the server holds another epoch; nothing was written.

        """
        keys = [self.ledger.key(name) for name in ("epoch", "documents", "counters")]
        arguments: list[Any] = [epoch, int(write), *below]
        for fact, event in itertools.zip_longest(facts, events):
            keys.append(self.ledger.key(f"claims:{fact.digest.hex()[:BUCKET_DIGITS]}"))
            arguments += (fact.digest[BUCKET_DIGITS // 2 :], fact.claim)
            arguments += (event.type, event.id, event.subject, event.model_dump_json()) if event else ("",) * 4
        with translated():
            reply = self._restore(keys=keys, args=arguments)
        if reply[:1] == [b"held"]:
            raise LedgerHeld(f"the server's ledger became {reply[1].decode() or 'none'} meanwhile")
        return [answer.decode() for answer in reply]

    def go_on_above(self, last: EntryId) -> None:
        """Let the stream give only ids above one, for consumers that have read up to it."""
        key = self.ledger.key("documents")
        if entry_id_of(self.ledger.last_id()) >= last:
            return
        pipeline = self.ledger.client.pipeline(transaction=True)
        # XSETID wants a stream; a group is the one way to make an empty one.
        pipeline.xgroup_create(key, self.token, "$", mkstream=True)
        pipeline.execute_command("XSETID", key, entry_id_text(last))  # type: ignore[no-untyped-call]
        pipeline.xgroup_destroy(key, self.token)
        self.ledger.execute(pipeline)

    def finish(self, holding: str, epoch: str) -> None:
        """Let everybody work again who expects ``epoch``.

        Raises:
            LedgerHeld: it is not what ``hold`` made of it any more.

        """
        with translated():
            if not self._finish(keys=[self.ledger.key("epoch")], args=[holding, epoch]):
                raise LedgerHeld("the server's ledger was exchanged while it was rebuilt")
