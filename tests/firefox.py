"""Firefox without a screen, driven over WebDriver BiDi, as far as the tests of pages need it."""

import asyncio
import base64
import itertools
import json
import re
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tornado.websocket import WebSocketClientConnection, websocket_connect

# Machines that build are busy; what is awaited comes at once otherwise.
SECONDS = 60


class Firefox:
    """A Firefox with one tab.

    Args:
        program: the program to start.
        profile: an empty folder for its profile.
    """

    def __init__(self, program: str, profile: Path) -> None:
        self.told: list[str] = []
        self._numbers = itertools.count(1)
        command = [program, "--headless", "--no-remote", "--profile", str(profile)]
        self._process = subprocess.Popen(
            [*command, "--remote-debugging-port", "0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        # A loop in a thread of its own: Playwright has one in this thread.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._socket: WebSocketClientConnection = self._run(self._connect())
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])
        (tab,) = self.call("browsingContext.getTree")["contexts"]
        self._tab = {"context": tab["context"]}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._socket.close)
        self._process.terminate()
        self._process.wait(SECONDS)
        assert self._process.stderr is not None
        self._process.stderr.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
        self._loop.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)

    async def _connect(self) -> WebSocketClientConnection:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", line)
            if found:
                return await websocket_connect(f"{found[1]}/session", max_message_size=1 << 26)
        raise AssertionError("Firefox ended before it listened")

    async def _send(self, message: str) -> None:
        await self._socket.write_message(message)

    async def _receive(self) -> str:
        message = await self._socket.read_message()
        assert message is not None, "Firefox has ended"
        return str(message)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command; what the page says on its console meanwhile is kept."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": parameters}
        self._run(self._send(json.dumps(command)))
        while True:
            answer = json.loads(self._run(self._receive()))
            if answer.get("method") == "log.entryAdded":
                self.told.append(answer["params"]["text"])
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, path: Path, width: int, height: int) -> None:
        """Open a file in a window of a size."""
        viewport = {"width": width, "height": height}
        self.call("browsingContext.setViewport", **self._tab, viewport=viewport)
        self.call("browsingContext.navigate", **self._tab, url=path.as_uri(), wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression of JavaScript that JSON can hold, or of a promise of one."""
        found = self.call(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((value) => JSON.stringify(value))",
            target=self._tab,
            awaitPromise=True,
        )
        assert found["type"] == "success", found
        return json.loads(found["result"].get("value", "null"))

    def wait_for(self, expression: str, wanted: Callable[[Any], bool]) -> Any:
        """The value of an expression as soon as it is the wanted one."""
        for _ in range(10 * SECONDS):
            if wanted(value := self.evaluate(expression)):
                return value
            time.sleep(0.1)
        raise AssertionError(f"{expression} stayed {value!r}")

    def screenshot(self) -> bytes:
        """A PNG of what the window shows."""
        found = self.call("browsingContext.captureScreenshot", **self._tab)
        return base64.b64decode(found["data"])
