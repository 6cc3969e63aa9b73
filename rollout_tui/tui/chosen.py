"""The selected value: the whole text of the object or payload that is chosen, else the cursor row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.debugger.lookup import as_of
from rollout_tui.trace.payloads import PayloadProblem
from rollout_tui.tui.drawing.targets import ToObject, ToPayload
from rollout_tui.tui.objects.object_text import object_text
from rollout_tui.tui.state.places import TIMELINE

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def chosen_value(desk: Desk) -> tuple[str, bytes]:
    """What to call it, and its bytes as recorded (not made printable); empty bytes when there is nothing."""
    session = desk.session
    line = desk.line_view(desk.pane).line
    target = None if line is None or desk.pane == TIMELINE else line.target
    chosen = target if isinstance(target, (ToObject, ToPayload)) else session.selected()
    if isinstance(chosen, ToPayload):
        try:
            return f"payload {chosen.raw_payload_id}", session.trace.read_payload(chosen.raw_payload_id)
        except PayloadProblem as problem:
            return str(problem), b""
    if isinstance(chosen, ToObject):
        found = as_of(session.history, chosen.kind, chosen.id, session.event)
        if found is not None:
            text = object_text(session.view(), found, at_once=True)
            if text is not None:
                return text.name, text.text.encode(errors="surrogatepass")
    return "the line", (line.text.strip() if line else "").encode(errors="surrogatepass")
