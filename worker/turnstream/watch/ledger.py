"""Whether the server's ledger is the one this root knows.

A server that was emptied, restored or exchanged would publish everything a second time;
nothing may be written until that is mended.
"""

from __future__ import annotations

import secrets

from turnstream.errors import BadConfiguration, LedgerHeld
from turnstream.log import say
from turnstream.publish import Ledger
from turnstream.root import Root


def agree(root: Root, ledger: Ledger) -> None:
    """Begin a new root's ledger, or check that the server still has this root's.

    Raises:
        LedgerHeld: the server has no ledger, or another one of this root.
        BadConfiguration: the server's ledger is another root's.
        TransientError: the server does not answer.

    """
    state, found = root.state(), ledger.epoch()
    if found is not None and found.partition(":")[0] != state.root_id:
        raise BadConfiguration(
            f"the server's keys {ledger.prefix}* belong to another data root: give this one its own server.key_prefix"
        )
    if found is not None and found == state.epoch:
        return
    if state.epoch is None or (found is None and _nothing_published(root)):
        # First on the server, then on disk: a crash between leaves what the next start adopts.
        epoch = ledger.begin(f"{state.root_id}:{secrets.token_hex(8)}")
        root.remember_epoch(epoch)
        say("ledger.created", root_id=state.root_id, epoch=epoch)
        return
    raise LedgerHeld(f"the root knows {state.epoch}, the server has {found or 'none'}")


def _nothing_published(root: Root) -> bool:
    return not any((root.path / "journal").iterdir())
