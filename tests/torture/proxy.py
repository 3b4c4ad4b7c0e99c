"""The wire between the service and its server: cut, slow, mute, or refusing."""

from __future__ import annotations

import asyncio
import contextlib
import threading


class Proxy:
    """Forwards TCP on loopback in a thread of its own; what it does to the wire can be changed at any time."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.delay = 0.0
        self.refusing = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._voice = asyncio.Event()
        self._voice.set()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def cut(self) -> None:
        """Break every connection."""
        self._do(self._cut)

    def mute(self) -> None:
        """Hold back every answer of the server; requests go on to it."""
        self._do(self._voice.clear)

    def speak(self) -> None:
        """Let answers through again."""
        self._do(self._voice.set)

    def stop(self) -> None:
        """End it."""
        self._do(self._cut)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _do(self, deed: object) -> None:
        done = threading.Event()

        def do() -> None:
            assert callable(deed)
            deed()
            done.set()

        self._loop.call_soon_threadsafe(do)
        assert done.wait(10)

    def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        try:
            answers, requests = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, requests}
        self._writers |= both
        try:
            await asyncio.gather(self._pump(reader, requests, mute=False), self._pump(answers, writer, mute=True))
        finally:
            self._writers -= both
            for end in both:
                end.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, mute: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(1 << 16):
                if self.delay:
                    await asyncio.sleep(self.delay)
                if mute:
                    await self._voice.wait()
                sink.write(data)
                await sink.drain()
        sink.transport.abort()
