"""Our child processes end when we end, however that happens."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl


def die_with(parent: int) -> Callable[[], None]:
    """Return a ``preexec_fn``: the child gets SIGTERM when the thread that started it ends (Linux).

    Args:
        parent: process id of the caller.

    """

    def before_exec() -> None:
        if _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
        if os.getppid() != parent:  # gone before the call above, which then says nothing
            os._exit(1)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    return before_exec
