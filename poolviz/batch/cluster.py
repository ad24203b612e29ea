"""A cluster as a crew: Dask's distributed scheduler, of the extra ``dask``."""

import json
import logging
import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poolviz.batch.work import Recipe, Task, treat_all
from poolviz.errors import PoolvizError, SpecError
from poolviz.text import escaped

if TYPE_CHECKING:
    from poolviz.batch.crews import Deaths, Records

# How long a scheduler may take to answer, and a worker to be there.
SECONDS = 10
_ADDRESS = re.compile(r"(\w+://)?.+:\d{1,5}", re.ASCII)
_PACKAGE = "distributed"
REMEDY = "start it, and check the address; the README tells how"


class Cluster:
    """The workers of a scheduler.

    Args:
        address: as ``tcp://host:8786``; None where there is a file.
        file: which a scheduler has written.

    Raises:
        SpecError: it is no address.
        PoolvizError: the package is missing, or nobody answers in time.
    """

    # Over a network, handing out takes longer.
    chunk_seconds = 0.5

    def __init__(self, address: str | None, file: str | None = None) -> None:
        if address and not _ADDRESS.fullmatch(address):
            raise SpecError("--scheduler", f"{address!r} is no address", "give tcp://host:8786")
        distributed = _package()
        self._shown = address or str(file)
        self.deaths: Deaths = (distributed.scheduler.KilledWorker, CancelledError)
        try:
            address = address or _address(str(file))
            self._client = distributed.Client(address, timeout=SECONDS)
            self._client.wait_for_workers(1, timeout=SECONDS)
        except PoolvizError:
            raise
        except Exception as error:
            # Of other kinds of connection other errors come.
            raise self._unreachable(f"nobody answers within {SECONDS} seconds") from error
        threads = self._client.nthreads()
        self.size = sum(threads.values())
        machines: Counter[str] = Counter()
        for worker, count in threads.items():
            machines[worker.rpartition(":")[0]] += count
        self.sharing = max(machines.values())
        self._executor = self._client.get_executor(pure=False)

    def submit(self, tasks: Sequence[Task], recipe: Recipe) -> "Future[Records]":
        """Have tasks treated."""
        future: Future[Records] = self._executor.submit(treat_all, list(tasks), recipe)
        return future

    def check(self) -> None:
        """See that there is somebody, as :meth:`renew`."""
        self.renew()

    def renew(self) -> None:
        """See that there is somebody; a scheduler replaces workers by itself.

        Raises:
            PoolvizError: there is nobody.
        """
        try:
            self._client.wait_for_workers(1, timeout=SECONDS)
        except Exception as error:
            raise self._unreachable("it is gone") from error

    def close(self, *, at_once: bool = False) -> None:
        """Leave the scheduler; what waits there is dropped."""
        del at_once
        self._executor.shutdown(wait=False)
        self._client.close(timeout=SECONDS)

    def _unreachable(self, cause: str) -> PoolvizError:
        return PoolvizError(self._shown, cause, REMEDY)


def _address(file: str) -> str:
    """What a scheduler has written of itself.

    Raises:
        PoolvizError: it is no such file.
    """
    try:
        return str(json.loads(Path(file).read_bytes())["address"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        cause = "it is not the file of a scheduler"
        raise PoolvizError(escaped(file), cause, REMEDY) from error


def _package() -> Any:
    try:
        import distributed  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise PoolvizError(
            "scheduler", "the package distributed is missing", "run: pip install 'poolviz[dask]'"
        ) from error
    # What it has to say is said in one line, by us.
    for name in [name for name in logging.root.manager.loggerDict if name.startswith(_PACKAGE)]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return distributed
