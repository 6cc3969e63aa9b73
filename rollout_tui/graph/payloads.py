"""The payload references of a recording, compact: a million of them fit in a few MB."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from rollout_tui.trace.event_values import PayloadKind, PayloadReference

PREFIX = "raw_payload:"
FARTHEST = 1 << 16
_NONE = PayloadKind("protocol_event")


class PayloadTable:
    """References by id, each known from the event that first named it.

    Ids as the recorder gives them (`raw_payload:N`) are rows of columns; any other is kept
    in a dict. A later reference with the same id replaces the earlier one (format section
    5); the earlier one stays visible to snapshots before that event.
    """

    def __init__(self) -> None:
        self._born = array("I")
        self._kinds = bytearray()
        self._paths: list[str | None] = []
        self._kind_codes: dict[str, int] = {}
        self._kind_values: list[PayloadKind] = []
        self._interned: dict[str, str] = {}
        self._odd: dict[str, list[tuple[int, PayloadReference]]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count + len(self._odd)

    def add(self, event: int, reference: PayloadReference) -> None:
        """Record that `event` names `reference`."""
        payload_id = reference.raw_payload_id
        number = _number(payload_id)
        odd = bool(self._odd) and payload_id in self._odd
        if odd or number is None or number >= len(self._born) + FARTHEST:
            self._add_odd(event, reference)
            return
        if number >= len(self._born):
            self._make_room(number)
        path: str | None = reference.path
        if path == f"payloads/{number}.json":
            path = None
        else:
            path = self._interned.setdefault(reference.path, reference.path)
        kind = self._kind_codes.get(reference.kind.type)
        if kind is None:
            kind = self._kind_codes[reference.kind.type] = len(self._kind_values)
            self._kind_values.append(reference.kind)
        if self._born[number]:
            if self._paths[number] != path or self._kinds[number] != kind:
                self._add_odd(event, reference)
            return
        self._count += 1
        self._paths[number] = path
        self._kinds[number] = kind
        self._born[number] = event

    def _make_room(self, number: int) -> None:
        missing = max(number + 1 - len(self._born), 256)
        self._born.extend([0] * missing)
        self._kinds.extend(bytes(missing))
        self._paths.extend([None] * missing)

    def _add_odd(self, event: int, reference: PayloadReference) -> None:
        versions = self._odd.setdefault(reference.raw_payload_id, [])
        if not versions or versions[-1][1] != reference:
            versions.append((event, reference))

    def get(self, raw_payload_id: str, event: int) -> PayloadReference | None:
        """The reference as of `event`, or None when nothing has named that id by then."""
        if self._odd:
            for born, reference in reversed(self._odd.get(raw_payload_id, ())):
                if born <= event:
                    return reference
        number = _number(raw_payload_id)
        if number is None or number >= len(self._born) or not 0 < self._born[number] <= event:
            return None
        path = self._paths[number]
        if path is None:
            path = f"payloads/{number}.json"
        return PayloadReference(raw_payload_id, self._kind_values[self._kinds[number]], path)

    def born(self, raw_payload_id: str) -> int | None:
        """The event that first named the id."""
        number = _number(raw_payload_id)
        if number is not None and number < len(self._born) and self._born[number]:
            return self._born[number]
        odd = self._odd.get(raw_payload_id)
        return odd[0][0] if odd else None

    def usual_rows(self, event: int) -> Iterator[tuple[str, str, str | None]] | None:
        """Number, kind and path (None: `payloads/NUMBER.json`) in byte order of the ids.

        None where some id is not of the recorder's form, or stands for several references.
        """
        if self._odd:
            return None
        born, kinds, paths = self._born, self._kinds, self._paths
        names = [kind.type for kind in self._kind_values]
        numbers = sorted([str(one) for one, first in enumerate(born) if 0 < first <= event])
        return ((number, names[kinds[int(number)]], paths[int(number)]) for number in numbers)

    def named(self, event: int) -> Iterator[tuple[str, int, str]]:
        """Id, the event that first named it, and path as of `event`, of the payloads named up to it.

        In the order of the recorder's numbers, ids of another form last.
        """
        if not self._odd:
            for number, (born, path) in enumerate(zip(self._born, self._paths, strict=False)):
                if 0 < born <= event:
                    yield f"{PREFIX}{number}", born, path or f"payloads/{number}.json"
            return
        for payload_id in self.ids(event):
            reference = self.get(payload_id, event)
            if reference is not None:
                yield payload_id, self.born(payload_id) or 0, reference.path

    def ids(self, event: int) -> Iterator[str]:
        """Ids named up to `event`, in no particular order."""
        for number, born in enumerate(self._born):
            if 0 < born <= event:
                yield f"{PREFIX}{number}"
        for payload_id, versions in list(self._odd.items()):
            row = _number(payload_id)
            listed = row is not None and row < len(self._born) and 0 < self._born[row] <= event
            if versions[0][0] <= event and not listed:
                yield payload_id


def _number(raw_payload_id: str) -> int | None:
    """The number in an id of the recorder's form, None for any other id."""
    try:
        number = int(raw_payload_id[len(PREFIX) :])
    except ValueError:
        return None
    return number if raw_payload_id == f"{PREFIX}{number}" and number >= 0 else None
