"""Who is measured, and what each does and does not do of Turnstream's work."""

from __future__ import annotations

from dataclasses import dataclass

_MODULE = "tests.bench.peers."


@dataclass(frozen=True)
class Facts:
    """What one does with a document besides our function."""

    broker: str
    durable: str
    acknowledges: str
    one_of_each: str
    after_a_kill: str


@dataclass(frozen=True)
class Entrant:
    """A peer as it is set up: ``name`` is its environment's, ``arguments`` go behind the files' folder and the output.

    ``spawned`` is the number of its processes where its own program starts them.
    """

    name: str
    label: str
    module: str
    facts: Facts
    arguments: tuple[str, ...] = ()
    spawned: int = 0

    def command(self, python: str, folder: str, out: str, port: int) -> list[str]:
        """Return the command that runs it over a folder, with an output that is not there yet, and a free port."""
        run = [python, "-m", _MODULE + self.module, folder, out, *self.arguments]
        if not self.spawned:
            return run
        spawn = python.removesuffix("python") + "pathway"
        return [spawn, "spawn", "-n", str(self.spawned), "--first-port", str(port), *run]


TURNSTREAM = Facts(
    "Celery on Valkey",
    "every record, on disk when acknowledged",
    "after record, journal and move",
    "canonical text, for ever, atomic",
    "goes on, none lost, none twice",
)
_PATHWAY = Facts("none", "a file, not synced", "none", "bytes, within a run", "begins anew")
_LLAMAINDEX = Facts("none", "none: memory", "none", "text, within a run", "begins anew")
_HAYSTACK = Facts("none", "none: memory", "none", "text, within a run", "begins anew")
_TUTORIAL = Facts(
    "Celery on Valkey",
    "snapshots: the last minutes may go",
    "before the work",
    "bytes, not atomic with the record",
    "forgets what was in hand or came meanwhile",
)
_SPARK = Facts(
    "none", "files and a checkpoint", "of a micro-batch", "bytes, kept in its state", "goes on from its checkpoint"
)
_BARE = Facts("none", "none: a file, not synced", "none", "bytes, within a run", "begins anew")

ENTRANTS = (
    Entrant("pathway", "Pathway, 1 process", "pathway_static", _PATHWAY, spawned=1),
    Entrant("pathway", "Pathway, 2 processes", "pathway_static", _PATHWAY, spawned=2),
    Entrant("llamaindex", "LlamaIndex, 1 process", "llamaindex_pipeline", _LLAMAINDEX, ("1",)),
    Entrant("llamaindex", "LlamaIndex, 2 processes", "llamaindex_pipeline", _LLAMAINDEX, ("2",)),
    Entrant("haystack", "Haystack", "haystack_pipeline", _HAYSTACK),
    Entrant("tutorial", "a Celery task per file", "tutorial", _TUTORIAL),
    Entrant("spark", "Spark, local[2]", "spark_stream", _SPARK),
    Entrant("bare", "the function alone", "bare", _BARE),
)
NAMES = tuple(dict.fromkeys(entrant.name for entrant in ENTRANTS))


def chosen(names: list[str]) -> list[Entrant]:
    """Return the peers of these names, all of them if there is none.

    Raises:
        ValueError: a name is nobody's.

    """
    if unknown := sorted(set(names) - set(NAMES)):
        raise ValueError(f"no such peer: {' '.join(unknown)}; there are {' '.join(NAMES)}")
    return [entrant for entrant in ENTRANTS if not names or entrant.name in names]
