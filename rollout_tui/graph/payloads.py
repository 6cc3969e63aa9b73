"""The payload references of a recording, compact: a million of them fit in a few MB."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from rollout_tui.trace.events import PayloadKind, PayloadReference

PREFIX = "raw_payload:"


class PayloadTable:
    """References by id, each known from the event that first named it.

    A later reference with the same id replaces the earlier one (format section 5);
    the earlier one stays visible to snapshots before that event.
    """

    def __init__(self) -> None:
        self._index: dict[int | str, int] = {}
        self._keys: list[int | str] = []
        self._paths: list[str | None] = []
        self._kinds: list[PayloadKind] = []
        self._born = array("I")
        self._earlier: dict[int | str, list[int]] = {}
        self._interned: dict[object, object] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, event: int, reference: PayloadReference) -> None:
        """Record that `event` names `reference`."""
        key = _key(reference.raw_payload_id)
        path = None if reference.path == _usual_path(key) else self._intern(reference.path)
        kind = self._intern(reference.kind)
        at = self._index.get(key)
        if at is not None:
            if self._paths[at] == path and self._kinds[at] == kind:
                return
            self._earlier.setdefault(key, []).append(at)
        self._keys.append(key)
        self._paths.append(path)  # type: ignore[arg-type]
        self._kinds.append(kind)  # type: ignore[arg-type]
        self._born.append(event)
        self._index[key] = len(self._keys) - 1

    def _intern(self, value: object) -> object:
        return self._interned.setdefault(value, value)

    def get(self, raw_payload_id: str, event: int) -> PayloadReference | None:
        """The reference as of `event`, or None when nothing has named that id by then."""
        key = _key(raw_payload_id)
        at = self._index.get(key)
        if at is None:
            return None
        if self._born[at] > event:
            at = next((one for one in reversed(self._earlier.get(key, ())) if self._born[one] <= event), None)
        return None if at is None else self._reference(at)

    def born(self, raw_payload_id: str) -> int | None:
        """The event that first named the id."""
        key = _key(raw_payload_id)
        earlier = self._earlier.get(key)
        at = earlier[0] if earlier else self._index.get(key)
        return None if at is None else self._born[at]

    def ids(self, event: int) -> Iterator[str]:
        """Ids named up to `event`, first named first."""
        seen: set[int | str] = set()
        for at, key in enumerate(self._keys):
            if self._born[at] > event:
                return
            if not self._earlier or key not in seen:
                yield _id(key)
                if self._earlier:
                    seen.add(key)

    def _reference(self, at: int) -> PayloadReference:
        key = self._keys[at]
        return PayloadReference(_id(key), self._kinds[at], self._paths[at] or _usual_path(key))


def _key(raw_payload_id: str) -> int | str:
    number = raw_payload_id.removeprefix(PREFIX)
    if len(number) < 18 and number.isascii() and number.isdecimal() and (number[0] != "0" or number == "0"):
        return int(number) if number is not raw_payload_id else raw_payload_id
    return raw_payload_id


def _id(key: int | str) -> str:
    return key if isinstance(key, str) else f"{PREFIX}{key}"


def _usual_path(key: int | str) -> str:
    return f"payloads/{key}.json"
