"""A long and narrow line to a server on this machine: every byte comes later, and only so many in a second."""

import asyncio
import threading
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit

CHUNK, BUFFER = 4096, 32  # bytes at a time; chunks that wait on the line before the sender has to


@contextmanager
def throttled(url, round_trip, bits):
    """A proxy to `url`: `.url` to open, `.bytes` that came down so far. round_trip: seconds; bits: a second, each way."""
    address, proxy, ready = urlsplit(url), SimpleNamespace(url=None, bytes=0), threading.Event()
    loop = asyncio.new_event_loop()

    async def carry(reader, writer, way):
        """Read on, and hand each chunk over when the line would have."""
        waiting = asyncio.Queue(BUFFER)

        async def hand_over():
            while chunk := (await waiting.get()):
                due, data = chunk
                await asyncio.sleep(max(0.0, due - loop.time()))
                writer.write(data)
                await writer.drain()
            writer.close()

        handing = loop.create_task(hand_over())
        while data := await reader.read(CHUNK):
            way.free = max(way.free, loop.time()) + 8 * len(data) / bits
            if way is down:
                proxy.bytes += len(data)
            await asyncio.sleep(max(0.0, way.free - loop.time() - 0.05))  # the line is full: the sender waits
            await waiting.put((way.free + round_trip / 2, data))
        await waiting.put(None)
        await handing

    up, down, joined = SimpleNamespace(free=0.0), SimpleNamespace(free=0.0), []

    async def join(reader, writer):
        there, back = await asyncio.open_connection(address.hostname, address.port)
        await asyncio.gather(carry(reader, back, up), carry(there, writer, down), return_exceptions=True)

    def connect(reader, writer):  # not a coroutine: the server would report each one that is cancelled at the end
        joined.append(loop.create_task(join(reader, writer)))

    async def serve():
        server = await asyncio.start_server(connect, "localhost", 0)
        proxy.url = f"http://localhost:{server.sockets[0].getsockname()[1]}{address.path}".rstrip("/")
        ready.set()
        async with server:
            await stop.wait()
        open_still = asyncio.all_tasks(loop) - {asyncio.current_task()}
        for task in open_still:
            task.cancel()
        await asyncio.gather(*open_still, return_exceptions=True)

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
