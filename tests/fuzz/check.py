"""What must hold for the bytes of any file: a record that keeps its promises, or a reason; the same again; in time."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from tests import promises
from turnstream.errors import DocumentError
from turnstream.models import Extracted, Record

#: Seconds of processor time per megabyte.
MAX_S_PER_MB = 1.0

#: Seconds for a small file, whatever its format: what grows faster than the file is found by it.
MAX_S = 2.0

#: … of a text in which every name is a new one, as no transcript is: each is looked at once, which
#: takes as long as several lines.
MAX_S_PER_MB_OF_NAMES = 4.0

#: A line counts as at least so many bytes, as each has its cost however short it is: a megabyte of
#: lines of one letter is half a million of them, and no transcript.
LINE_BYTES = 32

#: An input is repeated up to this size to be timed: small enough to be tried hundreds of times a
#: second, large enough for what grows with the square of the text to be far beyond the limit.
TIMED_BYTES = 64 * 1024

#: … where it is no UTF-8: what tells other encodings looks at a sample, which costs a file of this
#: size as much as any larger one.
TIMED_BYTES_ENCODED = 256 * 1024

#: Whoever is slow once may have been interrupted; who is slow each time is slow.
_TIMES = 4

#: How patient tests are: they run beside others, on machines that are busy; what grows with the square takes a hundred
#: times as long.
SLACK = 4.0

#: The kind of fault that only shows when inputs are timed.
SLOW = "slow"

_NAME = re.compile(r"\b([^\W\d_a-z])([^\W\d_]*)")


class BrokenError(AssertionError):
    """Something does not hold; ``kind`` is the same for inputs that break the same thing in other places."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Check:
    """What is checked, and how patiently: ``slack`` times the time that a text should take."""

    read: promises.Reader = promises.read
    slack: float = 1.0

    def require(self, raw: bytes, *, timed: bool = True) -> None:
        """Read a file twice, and once more blown up, if ``timed``.

        Raises:
            BrokenError: the first of all that does not hold.

        """
        began = time.process_time()
        first, second = _outcome(raw, self.read), _outcome(raw, self.read)
        if (took := time.process_time() - began) > MAX_S + 2 * self.slack * MAX_S_PER_MB * len(raw) / 1e6:
            raise BrokenError(SLOW, f"{took / 2:.1f} s for {len(raw)} bytes")
        if first != second:
            raise BrokenError("another record the second time", "")
        if timed and raw:
            _require_quick(_repeated(raw), self.slack * MAX_S_PER_MB, self.read)
            if renamed := _renamed(raw):
                _require_quick(renamed, self.slack * MAX_S_PER_MB_OF_NAMES, self.read)

    def fault(self, raw: bytes, *, timed: bool = True) -> BrokenError | None:
        """What an input breaks."""
        try:
            self.require(raw, timed=timed)
        except BrokenError as broken:
            return broken
        return None


def _outcome(raw: bytes, read: promises.Reader) -> tuple[Extracted, Record] | tuple[type[DocumentError], str]:
    try:
        extracted, record = read(raw)
        record.model_dump_json()
    except DocumentError as error:
        return type(error), str(error)
    except Exception as error:
        raise BrokenError(_where(error), str(error)) from error
    for fault in promises.broken(extracted.canonical, record):
        raise BrokenError("a broken promise, " + re.sub(r"'.*'|\".*\"|[\d()\-]+", "…", fault), fault)
    return extracted, record


def _where(error: Exception) -> str:
    traceback = error.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    at = f" in {traceback.tb_frame.f_code.co_qualname}, line {traceback.tb_lineno}" if traceback else ""
    return type(error).__name__ + at


def _repeated(raw: bytes) -> bytes:
    """The input over and over."""
    size = TIMED_BYTES if _text(raw) is not None else TIMED_BYTES_ENCODED
    return raw * max(1, size // len(raw))


def _renamed(raw: bytes) -> bytes:
    """The same with other names each time, as people and labels may grow in number with the text; empty if too long."""
    text = _text(raw) or ""
    copies = (_NAME.sub(rf"\g<1>\g<2>{_word(number)}", text) for number in range(TIMED_BYTES // len(raw)))
    return "".join(copies).encode()


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _word(number: int) -> str:
    """0, 1, 2 … as letters, as a number would make another kind of label."""
    letters = ""
    while number:
        number, digit = divmod(number, 26)
        letters += chr(ord("a") + digit)
    return letters


def _require_quick(raw: bytes, most: float, read: promises.Reader) -> None:
    allowed = most * max(len(raw), LINE_BYTES * len(raw.decode("utf-8", "replace").splitlines())) / 1e6
    took = allowed
    for _ in range(_TIMES):
        began = time.process_time()
        try:
            read(raw)
        except DocumentError:
            pass
        except Exception as error:
            raise BrokenError(_where(error), f"when blown up to {len(raw)} bytes: {error}") from error
        took = time.process_time() - began
        if took <= allowed:
            return
    raise BrokenError(SLOW, f"{took / len(raw) * 1e6:.1f} s per MB; {took:.3f} s instead of {allowed:.3f}")
