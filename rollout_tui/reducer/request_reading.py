"""Reading the item list of a request, only as far as it differs from the one before.

Consecutive requests of a thread repeat the whole history, and their files share those
bytes: the file is compared chunk by chunk with the one before and decoded only behind the
last item both have. Any other layout is decoded whole.
"""

import os
from bisect import bisect_left
from typing import TypeAlias

import msgspec
from msgspec import Raw

from rollout_tui.graph.values import PayloadReference
from rollout_tui.immutable import Immutable
from rollout_tui.reducer.content import Source, string
from rollout_tui.reducer.items import normal_item, opaque_item
from rollout_tui.reducer.limits import LARGEST_BODY, MOST_ITEMS
from rollout_tui.reducer.normal import ItemProblem, NormalItem, from_payload
from rollout_tui.reducer.queues import CHUNK, RollingRequest
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.trace.payloads import PayloadProblem

INPUT = b'\n  "input": ['
BUFFERED = 64 << 20
MOST_THREADS = 64
LONGEST_KNOWN, MOST_KNOWN = 16_384, 512


Placed: TypeAlias = tuple[int, NormalItem]
"""A normal item, and before it its place in the raw list it was read from."""


class RequestBody(Immutable):
    """A request: the first `shared` items are those of the thread's previous full request.

    `previous_response_id` is set for an incremental request, which shares nothing.
    """

    shared: int
    items: list[Placed]
    previous_response_id: str | None


class _Body(msgspec.Struct, gc=False):
    input: list[Raw]
    previous_response_id: Raw = Raw()


_BODY = msgspec.json.Decoder(_Body)


def read_request(r: Reduction, thread_id: str, reference: PayloadReference) -> RequestBody:
    """The items of a request; what cannot be read counts as empty, with a diagnostic."""
    try:
        return _read(r, thread_id, reference)
    except PayloadProblem as problem:
        r.unreadable(reference, problem)
    except OSError as error:
        r.refuse(
            "payload_unreadable", f"payload {reference.raw_payload_id}: {error}", reference.raw_payload_id
        )
    except (ValueError, RecursionError) as error:
        r.refuse(
            "bad_request",
            f"request {reference.raw_payload_id} has no input list: {error}",
            reference.raw_payload_id,
        )
    r.requests.rolling.pop(thread_id, None)
    return RequestBody(0, [], None)


def _read(r: Reduction, thread_id: str, reference: PayloadReference) -> RequestBody:
    source = Source(reference.raw_payload_id, r.schema)
    rolling = r.requests.rolling.pop(thread_id, None) or RollingRequest()
    kept = _read_over(r, rolling, reference)
    data = rolling.data
    start = rolling.ends[kept - 1] if kept else 0
    body = None
    if kept:
        body = _decode_tail(r, data, start, reference.path)
        if body is None or string(body.previous_response_id) is not None:
            body, kept, start = None, 0, 0
    if body is None:
        r.check_body(data, reference.path)
        body = _BODY.decode(bytes(data))
    if len(body.input) > MOST_ITEMS:
        raise PayloadProblem("payload_too_large", reference.path, f"{len(body.input):,} items")
    r.requests.decoded += len(data) - start
    previous = string(body.previous_response_id)
    del rolling.ends[kept:], rolling.places[kept:]
    shared = rolling.places[kept - 1] if kept else 0
    items = []
    place = shared
    trusted: int | None = None
    for index, raw in enumerate(body.input, start=kept):
        normal = readable_item(r, raw, source)
        if normal is not None:
            items.append((index, normal))
            place += 1
            if not normal.stable and trusted is None:
                trusted = index
        rolling.places.append(place)
    _note_ends(rolling, body.input, start, kept)
    rolling.trusted = len(rolling.ends) if trusted is None else min(trusted, len(rolling.ends))
    if previous is None and len(data) <= BUFFERED:
        _keep(r, thread_id, rolling)
    return RequestBody(shared, items, previous)


def readable_item(r: Reduction, raw: Raw | bytes, source: Source) -> NormalItem | None:
    """An item in normal form; one that is refused is kept as an opaque item (12).

    Requests repeat their items, and those of responses: a small one is read once, each refused one said once.
    """
    text = bytes(raw)
    known = r.requests.known.get(text)
    if known is not None:
        return from_payload(known, source.payload_id)
    try:
        normal = normal_item(raw, source)
        if normal is not None and normal.stable and len(text) <= LONGEST_KNOWN:
            if len(r.requests.known) >= MOST_KNOWN:
                r.requests.known.clear()
            r.requests.known[text] = normal
        return normal
    except ItemProblem as problem:
        r.once(problem.code, str(problem), source.payload_id, about=text)
    except (ValueError, RecursionError) as error:
        r.once("bad_item", f"model item in {source.payload_id}: {error}", source.payload_id, about=text)
    return opaque_item(raw, source)


def readable_items(r: Reduction, raws: list[Raw], source: Source) -> list[Placed]:
    """The items of a list in normal form, each with its place in the list."""
    if len(raws) > MOST_ITEMS:
        r.refuse("payload_too_large", f"payload {source.payload_id}: {len(raws):,} items", source.payload_id)
        return []
    found = [(index, readable_item(r, raw, source)) for index, raw in enumerate(raws)]
    return [(index, normal) for index, normal in found if normal is not None]


def _read_over(r: Reduction, rolling: RollingRequest, reference: PayloadReference) -> int:
    """Read the file into `rolling.data`; returns how many raw items it shares with what was there."""
    data = rolling.data
    descriptor = r.payloads.open(reference.path)
    try:
        size = os.fstat(descriptor).st_size
        if size > LARGEST_BODY:
            raise PayloadProblem("payload_too_large", reference.path, f"it has {size:,} bytes")
        r.check_room(size, reference.path)
        same = _same_bytes(descriptor, data, size, r.requests.chunk) if rolling.trusted else 0
        # Of the items that end before what differs: the byte behind an item can belong to it.
        kept = min(bisect_left(rolling.ends, same), rolling.trusted)
        start = rolling.ends[kept - 1] if kept else 0
        del data[start:]
        while len(data) < size:
            chunk = os.pread(descriptor, min(size - len(data), 4 * CHUNK), len(data))
            if not chunk:
                break
            data += chunk
    finally:
        os.close(descriptor)
    return kept


def _same_bytes(descriptor: int, data: bytearray, size: int, chunk: bytearray) -> int:
    """How many leading bytes of the file and of `data` are equal; the file is read a `chunk` at a time."""
    at = 0
    limit = min(size, len(data))
    view = memoryview(chunk)
    while at < limit:
        count = os.preadv(descriptor, [view[: min(len(chunk), limit - at)]], at)
        if count <= 0:
            return at
        if not data.startswith(view[:count], at):
            low, high = 0, count
            while high - low > 1:
                middle = (low + high) // 2
                if data.startswith(view[low:middle], at + low):
                    low = middle
                else:
                    high = middle
            return at + low
        at += count
    return at


def _decode_tail(r: Reduction, data: bytearray, start: int, path: str) -> _Body | None:
    """Decode what follows the item that ends at `start`; None where that cannot be trusted."""
    tail = bytes(memoryview(data)[start:])
    if INPUT in tail or data.find(INPUT, 0, start) < 0:
        return None
    rest = tail.lstrip()
    if rest.startswith(b","):
        rest = rest[1:]
    elif not rest.startswith(b"]"):
        return None
    try:
        rest = b'{"input":[' + rest
        r.check_body(rest, path)
        return _BODY.decode(rest)
    except (ValueError, RecursionError):
        return None


def _note_ends(rolling: RollingRequest, raws: list[Raw], start: int, kept: int) -> None:
    """Note where each raw item behind `start` ends; nothing where the layout is not the usual one."""
    data = rolling.data
    at = start
    if not kept:
        at = data.find(INPUT)
        if at < 0 or data.find(INPUT, at + 1) >= 0:
            del rolling.ends[:], rolling.places[:]
            return
        at += len(INPUT)
    for raw in raws:
        text = bytes(raw)
        found = data.find(text, at, at + len(text) + 64)
        if found < 0:
            del rolling.places[len(rolling.ends) :]
            return
        at = found + len(text)
        rolling.ends.append(at)


def _keep(r: Reduction, thread_id: str, rolling: RollingRequest) -> None:
    """Keep the request for the thread's next one; the least recently used give way."""
    kept = r.requests.rolling
    kept[thread_id] = rolling
    total = sum(len(one.data) for one in kept.values())
    while len(kept) > MOST_THREADS or (total > BUFFERED and len(kept) > 1):
        oldest = next(iter(kept))
        total -= len(kept.pop(oldest).data)
