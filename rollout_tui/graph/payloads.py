"""The payload references of a recording, compact: a million of them fit in a few MB."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from itertools import compress

from rollout_tui.immutable import Immutable
from rollout_tui.trace.event_values import PayloadKind, PayloadKindName, PayloadReference

PREFIX = "raw_payload:"
FARTHEST = 1 << 16
"""A number that lies farther behind the highest one seen gets no row: it would make rows for all between."""
_NEXT_ID, _NEXT_PATH = f",{PREFIX}", ".json,payloads/"


class UsualPayloads(Immutable):
    """Payloads in byte order of their ids: the number in the id, the places of kind and path in their lists.

    The path at 0 is empty and stands for the usual one, `payloads/NUMBER.json`.
    """

    kinds: Sequence[str]
    paths: Sequence[str]
    rows: Iterator[tuple[str, int, int]]


class PayloadTable:
    """References by id, each known from the event that first named it.

    Ids as the recorder gives them (`raw_payload:N`) are rows of columns; any other is kept
    in a dict. A later reference with the same id replaces the earlier one (format section
    5); the earlier one stays visible to snapshots before that event.
    """

    def __init__(self) -> None:
        # By the number in the id; a path is 0 where it is the usual `payloads/NUMBER.json`.
        self._born = array("I", [0])
        self._kinds = bytearray(1)
        self._paths = array("I", [0])
        self._kind_codes: dict[str, int] = {}
        self._kind_values: list[PayloadKind] = []
        self._path_codes: dict[str, int] = {}
        self._path_names = [""]
        # Behind the highest number seen.
        self._next = 1
        self._odd: dict[str, list[tuple[int, PayloadReference]]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count + len(self._odd)

    def extend(self, events: Sequence[int], references: Sequence[PayloadReference]) -> None:
        """Record that each of `events`, in order, names the reference at the same place."""
        first = self._next
        stop = first + len(references)
        numbers = list(map(str, range(first, stop)))
        # No id of the recorder's form holds a comma: equal when joined is equal one by one.
        usual = f"{PREFIX}{_NEXT_ID.join(numbers)}" == ",".join([one.raw_payload_id for one in references])
        if self._odd or not usual:
            for event, reference in zip(events, references, strict=True):
                self.add(event, reference)
            return
        self._make_room(stop)
        paths = [one.path for one in references]
        if ",".join(paths) != f"payloads/{_NEXT_PATH.join(numbers)}.json":
            self._paths[first:stop] = array("I", self._codes_of(first, paths))
        kinds = [one.kind.type for one in references]
        for name in {*kinds}.difference(self._kind_codes):
            self._kind_code(name)
        self._kinds[first:stop] = bytes(map(self._kind_codes.__getitem__, kinds))
        self._born[first:stop] = array("I", events)
        self._next = stop
        self._count += stop - first

    def add(self, event: int, reference: PayloadReference) -> None:
        """Record that `event` names `reference`."""
        payload_id = reference.raw_payload_id
        number = _number(payload_id)
        odd = bool(self._odd) and payload_id in self._odd
        if odd or number is None or number >= self._next + FARTHEST:
            self._add_odd(event, reference)
            return
        if number >= self._next:
            self._next = number + 1
            self._make_room(self._next)
        path, kind = self._path_code(number, reference.path), self._kind_code(reference.kind.type)
        if self._born[number]:
            if self._paths[number] != path or self._kinds[number] != kind:
                self._add_odd(event, reference)
            return
        self._count += 1
        self._paths[number] = path
        self._kinds[number] = kind
        self._born[number] = event

    def _codes_of(self, first: int, paths: Sequence[str]) -> list[int]:
        """The codes of the paths of payload `first` and those behind it; many of them can be the same."""
        for path in {*paths}.difference(self._path_codes):
            self._path_codes[path] = len(self._path_names)
            self._path_names.append(path)
        codes = list(map(self._path_codes.__getitem__, paths))
        for path in {*paths}:
            at = (_number(f"{PREFIX}{path[9:-5]}") or 0) - first
            if 0 <= at < len(paths) and paths[at] == path == _usual_path(first + at):
                codes[at] = 0
        return codes

    def _path_code(self, number: int, path: str) -> int:
        if path == _usual_path(number):
            return 0
        code = self._path_codes.get(path)
        if code is None:
            code = self._path_codes[path] = len(self._path_names)
            self._path_names.append(path)
        return code

    def _kind_code(self, name: PayloadKindName) -> int:
        code = self._kind_codes.get(name)
        if code is None:
            code = self._kind_codes[name] = len(self._kind_values)
            self._kind_values.append(PayloadKind(name))
        return code

    def _make_room(self, size: int) -> None:
        missing = size - len(self._born)
        if missing > 0:
            more = max(missing, 256)
            self._born.frombytes(bytes(more * self._born.itemsize))
            self._paths.frombytes(bytes(more * self._paths.itemsize))
            self._kinds.extend(bytes(more))

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
        kind = self._kind_values[self._kinds[number]]
        return PayloadReference(raw_payload_id, kind, self._path(number))

    def _path(self, number: int) -> str:
        code = self._paths[number]
        return self._path_names[code] if code else _usual_path(number)

    def born(self, raw_payload_id: str) -> int | None:
        """The event that first named the id."""
        number = _number(raw_payload_id)
        if number is not None and number < len(self._born) and self._born[number]:
            return self._born[number]
        odd = self._odd.get(raw_payload_id)
        return odd[0][0] if odd else None

    def named_first_by(self, event: int) -> str | None:
        """The id that `event` was the first to name, where it is easily found; of several, one."""
        number = bisect_left(self._born, event, 0, self._next)
        return f"{PREFIX}{number}" if number < self._next and self._born[number] == event else None

    def path_first_named_by(self, event: int) -> str | None:
        """The path of the payload that `named_first_by` gives, where it is as easily found."""
        number = bisect_left(self._born, event, 0, self._next)
        if self._odd or number >= self._next or self._born[number] != event:
            return None
        return self._path(number)

    def usual(self, event: int) -> UsualPayloads | None:
        """All that are named up to `event`.

        None where some id is not of the recorder's form, or stands for several references.
        """
        if self._odd:
            return None
        texts = sorted([str(one) for one, born in enumerate(self._born) if 0 < born <= event])
        numbers = list(map(int, texts))
        kinds, paths = map(self._kinds.__getitem__, numbers), map(self._paths.__getitem__, numbers)
        names = [kind.type for kind in self._kind_values]
        return UsualPayloads(names, self._path_names, zip(texts, kinds, paths, strict=True))

    def named(self, event: int) -> Iterator[tuple[str, int, str]]:
        """Id, the event that first named it, and path as of `event`, of the payloads named up to it.

        In the order of the recorder's numbers, ids of another form last.
        """
        if not self._odd:
            for number, born in enumerate(self._born):
                if 0 < born <= event:
                    yield f"{PREFIX}{number}", born, self._path(number)
            return
        for payload_id in self.ids(event):
            reference = self.get(payload_id, event)
            if reference is not None:
                yield payload_id, self.born(payload_id) or 0, reference.path

    def elsewhere(self, paths: Collection[str], event: int) -> Iterator[tuple[str, str]]:
        """Id and path, as of `event`, of the payloads that lie at none of `paths`."""
        if self._odd:
            for payload_id in self.ids(event):
                reference = self.get(payload_id, event)
                if reference is not None and reference.path not in paths:
                    yield payload_id, reference.path
            return
        absent = [path not in paths for path in self._path_names]
        for number in compress(range(len(self._paths)), map(absent.__getitem__, self._paths)):
            if 0 < self._born[number] <= event:
                path = self._path(number)
                if path not in paths:
                    yield f"{PREFIX}{number}", path

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


def _usual_path(number: int) -> str:
    return f"payloads/{number}.json"


def _number(raw_payload_id: str) -> int | None:
    """The number in an id of the recorder's form, None for any other id."""
    try:
        number = int(raw_payload_id[len(PREFIX) :])
    except ValueError:
        return None
    return number if raw_payload_id == f"{PREFIX}{number}" and number >= 0 else None
