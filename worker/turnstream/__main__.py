"""Entry point: errors become one sentence on stderr and an exit code."""

from __future__ import annotations

import sys

import click

from turnstream.cli import cli
from turnstream.errors import DocumentError, SetupError

INTERRUPTED = 130
UNAVAILABLE = 69


def main() -> None:
    """Run the command line.  Exit codes: 0, 1 some failed, 2 usage, 69, 70 (a deaf worker), 78, 130."""
    try:
        code = cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except SetupError as error:
        click.echo(f"turnstream: {error}", err=True)
        code = error.exit_code
    except DocumentError as error:
        click.echo(f"turnstream: {error.hint} ({error})", err=True)
        code = UNAVAILABLE
    except BrokenPipeError:
        # The reader of our output has seen enough; nothing more can be flushed to it.
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
