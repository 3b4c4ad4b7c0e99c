"""Turnstream: drop a transcript file in a folder, get one structured record on a stream.

The map, in the order of the data:

    watch/        bell → scan → settle → queue: what in drop/ is due, as task messages
    app, tasks    the Celery side: settings, retry and failure policy
    pipeline      the story of a batch in one screen; the stages below know nothing of each other
      folder        take under a read lease, move without overwriting;  taken: an open file;  naming: free names
      extract/      bytes → lines and canonical text
      identify      arrival id, content hash, what the name says
      parse/        lines → title, speakers, turns;  unspaced: what goes on put together, as its writing has it
      normalise     all of it → the record and its event
      edition       which texts are one transcript that grows, and which of them counts
      publish       look up, append, claim: one atomic script in the server;  claims: what is asked and answered;
                    packed: its bytes
      journal       one line per outcome, on disk
      arrival       what is known of one file on its way;  receipts: what is written about its outcome;
                    sidecars: the notes beside files;  attempts: how often a retried one was tried
      reports       what is told after a batch;  crashpoint: named instants at which a test has us killed
      limits        what a document may take of its process;  in_hand: which one a process that died was reading
                    garbage: how often Python looks for it
    root          the data root: folders, identity;  durable: small writes that survive a power cut
    connect       clients, where the server is, whether it answers;  address: its URL;  replies: what its errors mean
    durability    what a server must promise
    server        the embedded valkey-server;  server_config: what it is told;  server_folder: where it keeps its data
    alive         signs of life;  child: processes that end with us
    consumers     groups that read the stream;  trimmed: up to where it was cut
    supervise     `run`: server, watcher and worker as one;  work: the Celery worker
    agreement     whether the server's ledger is the one this root knows
    rebuild/      the ledger made whole again, from journal and archive, after its server lost it
    upkeep/       ages and leftovers: what goes with time, what killed processes left
    quarantine/   rejected files: found, shown, retried, discarded
    cli           the commands:  ingest, read (tail, show), dry_run (parse);  options: what all have
    explain/      where a file is on its way, or what became of it, and the next step
    status/       one moment of a root on one screen
      questions     asking the watcher;  history: searching the journal, newest first
    dropper       what `ingest` copies into drop/;  outcomes: what became of it;  company: who works meanwhile
    log           what we say:  events: the closed list;  line: how a line looks

Everybody may import settings, errors, log and models.
"""

__version__ = "0.1.0"
