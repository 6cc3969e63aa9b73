"""A trace event of either schema as a typed struct, and its types (format sections 2 and 3).

Unknown fields are ignored, as both reference reducers do. Unknown event types and
enum values raise on decoding; `rollout_tui.trace.spine` turns those lines into
`BadLine` values.
"""

# No module with structs that are decoded postpones its annotations: the decoder would compile each one anew
# at every start, a tenth of the time that our imports take.

from typing import get_args

from rollout_tui.immutable import Value
from rollout_tui.trace.event_payloads import AnyPayload, OtherEvent, Payload
from rollout_tui.trace.event_values import PayloadReference, Unsigned


class Event(Value, kw_only=True):
    """One line of the spine: the envelope of format section 2 and its payload."""

    seq: Unsigned
    wall_time_unix_ms: int
    thread_id: str | None = None
    codex_turn_id: str | None = None
    schema_version: Unsigned
    rollout_id: str
    payload: AnyPayload


UNREADABLE = "unreadable"
UNKNOWN = "unknown"
PAYLOAD_TYPES: tuple[type[Payload], ...] = get_args(AnyPayload)
EVENT_TYPES: tuple[str, ...] = (
    *(str(kind.__struct_config__.tag) for kind in PAYLOAD_TYPES),
    UNREADABLE,
    UNKNOWN,
)
TYPE_CODE: dict[type[Payload], int] = {kind: code for code, kind in enumerate(PAYLOAD_TYPES)}


def event_type(payload: Payload) -> str:
    """The `type` tag of a payload, e.g. `tool_call_started`."""
    return EVENT_TYPES[TYPE_CODE[type(payload)]]


def payload_references(payload: Payload) -> list[PayloadReference]:
    """Every payload reference the event names, in field order."""
    if isinstance(payload, OtherEvent):
        return payload.payloads
    found = (getattr(payload, name) for name in REFERENCE_FIELDS[type(payload)])
    return [reference for reference in found if reference is not None]


REFERENCE_FIELDS: dict[type[Payload], tuple[str, ...]] = {
    kind: tuple(name for name in kind.__struct_fields__ if name.endswith("_payload"))
    for kind in PAYLOAD_TYPES
}
