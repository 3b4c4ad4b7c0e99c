"""What can go wrong, in one tree.

TurnstreamError
├── PermanentError            the file's fault: it goes to quarantine
│   ├── FileTooLarge · EmptyFile · Undecodable · UnsupportedFormat · Damaged · Encrypted
│   └── UnreadableFile · ParserFailed · ParseTimeout · WorkerCrashed
├── TransientError            not the file's fault: it stays in drop/ and is tried again
│   ├── StillOpen · ChangedWhileRead · FileGone · ReadFailed · DisposeBlocked
│   ├── TimeOverrun · MemoryOverrun · MemoryShort
│   └── ServerUnavailable · ServerRefused · LedgerHeld
└── SetupError                nothing can start: a sentence and an exit code
    ├── BadConfiguration (78)
    ├── NoServer (69)
    └── NotFound (1)

Every leaf of the first two has a bounded ``reason``: log field, metric label and
content of ``.error.json``.  Free text goes to ``detail`` only.
"""

from __future__ import annotations

from typing import ClassVar


class TurnstreamError(Exception):
    """Root of every error that Turnstream raises on purpose."""


class DocumentError(TurnstreamError):
    """Something about one file: a bounded ``reason``, a ``hint`` of what to do, free ``detail``."""

    reason: ClassVar[str] = "unknown"
    hint: ClassVar[str] = ""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.reason}: {detail}" if detail else self.reason)
        self.detail = detail


#: What a dropper does next, in one or two sentences; ``{retry}`` is the operator's command.
_DROP_AGAIN = "Put the corrected file into drop/ again. This file and this note can then be deleted."
_ASK_OPERATOR = "Nothing is lost. Once the cause is gone, the operator runs `{retry}`."


class PermanentError(DocumentError):
    """Trying again would end the same way: the file goes to quarantine; ``next_step`` is what its dropper does."""

    next_step: ClassVar[str] = _DROP_AGAIN


class FileTooLarge(PermanentError):
    reason = "file_too_large"
    hint = "The file is larger than Turnstream accepts. Split it, or ask the operator to raise work.max_file_bytes."


class EmptyFile(PermanentError):
    reason = "empty"
    hint = "The file holds no text. Check the export or the upload that it comes from."


class Undecodable(PermanentError):
    reason = "undecodable"
    hint = "The letters in this file cannot be read for certain. Save it as plain text in UTF-8."


class UnsupportedFormat(PermanentError):
    reason = "unsupported_format"
    hint = "This kind of file is not read. Convert it to plain text."


class Damaged(PermanentError):
    reason = "damaged"
    hint = "This file is broken: a part of it is missing or cannot be read. Export or upload it again."


class Encrypted(PermanentError):
    reason = "encrypted"
    hint = "This file is locked with a password. Save it without one."


class UnreadableFile(PermanentError):
    reason = "unreadable"
    hint = "Turnstream is not allowed to read this file. Its owner or the operator must give read permission."
    next_step = _ASK_OPERATOR


class ParserFailed(PermanentError):
    reason = "parser_failed"
    hint = "Turnstream failed on this file; the file itself may be in order. Please report it."
    next_step = _ASK_OPERATOR


class ParseTimeout(PermanentError):
    reason = "parse_timeout"
    hint = "Reading this file took too long. Split it, or ask the operator to raise work.document_time_limit_seconds."
    next_step = f"{_DROP_AGAIN} Or the operator runs `{{retry}}`."


class WorkerCrashed(PermanentError):
    reason = "worker_crashed"
    hint = "A worker of Turnstream broke down on this file several times. The operator should look at its memory."
    next_step = _ASK_OPERATOR


class TransientError(DocumentError):
    """The same file may well succeed later: it stays where it is."""


class StillOpen(TransientError):
    reason = "still_open"
    hint = "A program has the file open for writing; it is taken once that program closes it."


class ChangedWhileRead(TransientError):
    reason = "changed_while_read"
    hint = "The file changed while it was read; it is taken once it rests."


class FileGone(TransientError):
    reason = "gone"
    hint = "The file is no longer there, or another one took its name."


class ReadFailed(TransientError):
    reason = "read_failed"
    hint = "The file system refused a read. See detail for its error number."


class DisposeBlocked(TransientError):
    reason = "dispose_blocked"
    hint = "The file cannot be moved out of drop/. Free disk space, or give the worker write permission."


class TimeOverrun(TransientError):
    reason = "time_overrun"
    hint = "Reading the file took longer than work.document_time_limit_seconds; it is tried again, alone."


class MemoryOverrun(TransientError):
    reason = "memory_overrun"
    hint = "Reading the file took more memory than work.memory_limit_kib; it is tried again, alone."

    def __init__(self, used_bytes: int, limit_bytes: int) -> None:
        super().__init__(f"{used_bytes} bytes in use, the limit is {limit_bytes}")
        self.used_bytes = used_bytes
        self.limit_bytes = limit_bytes


class MemoryShort(TransientError):
    reason = "memory_short"
    hint = "The machine has no memory left for a worker. Free memory, or lower work.processes."


class ServerUnavailable(TransientError):
    reason = "server_unavailable"
    hint = "The server does not answer. Files wait in drop/ until it does."


class ServerRefused(TransientError):
    reason = "server_refused"
    hint = "The server answers but refuses writes (memory, disk, read-only). See detail."


class LedgerHeld(TransientError):
    reason = "ledger_held"
    hint = "The server's ledger is not the one this root knows, it was emptied or exchanged. The watcher rebuilds it."


class SetupError(TurnstreamError):
    """Nothing can start; ``str(error)`` says why and what to do."""

    exit_code: ClassVar[int] = 1


class BadConfiguration(SetupError):
    exit_code = 78


class NoServer(SetupError):
    exit_code = 69


class NotFound(SetupError):
    exit_code = 1
