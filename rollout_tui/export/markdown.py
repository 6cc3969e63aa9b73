"""A readable account of a recording, or of some events of it, in Markdown.

Turn by turn: what the model was given, what it answered, what its calls and cells did, what failed. Every
text of the trace is printable, and stands in a fence or is escaped, so that none of it becomes markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.context.item_text import part_text
from rollout_tui.debugger.findings.finding import Finding
from rollout_tui.debugger.findings.findings import find_all
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names, command_line
from rollout_tui.debugger.spans.span_tree import CELL, INFERENCE, KINDS, OPERATION, TOOL, TURN, Span
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.export.naming import Naming
from rollout_tui.export.wanted import Wanted
from rollout_tui.graph.history import item_number
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    ConversationItem,
    InferenceCall,
    TerminalOperation,
    ToolCall,
)
from rollout_tui.graph.values import EncodedPart, Part, PayloadRefPart
from rollout_tui.printable import printable

if TYPE_CHECKING:
    from rollout_tui.graph.snapshot import Snapshot

LONGEST_TEXT = 4000
_LONGEST_IN_LINE = 160
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$-])")
_SHOWN = (INFERENCE, TOOL, CELL, OPERATION)


def account(wanted: Wanted) -> Iterator[str]:
    """The lines of an account."""
    return _Account(wanted).lines()


class _Account:
    """One account."""

    def __init__(self, wanted: Wanted) -> None:
        trace = wanted.trace
        self._wanted = wanted
        self._history = trace.history
        self._naming = Naming(wanted.said)
        self._names = index_of(trace.history, Names)
        self._carried = index_of(trace.history, Carried)
        self._spans = index_of(trace.history, Spans)
        self._done = 0
        self._snapshot: Snapshot = trace.snapshot(wanted.last)
        self._findings: dict[int, list[Finding]] = {}
        for finding in find_all(trace):
            if wanted.first <= finding.event <= wanted.last and finding.under is None:
                self._findings.setdefault(self._spans.span_of(finding.event), []).append(finding)

    def lines(self) -> Iterator[str]:
        """The whole account."""
        yield from self._head()
        for number in self._spans.of_kind(TURN):
            span = self._spans.span(number)
            if self._wanted.overlaps(span) and self._wanted.of(span.thread_id):
                yield from self._turn(span)
        rest = [one for found in self._findings.values() for one in found]
        if rest and self._wanted.thread_id is None:
            yield from ("", "## Beside the turns", "", *self._told(rest))

    def _head(self) -> Iterator[str]:
        snapshot, first, last = self._snapshot, self._wanted.first, self._wanted.last
        rollout = snapshot.rollout
        seqs = snapshot.history.events.seqs
        yield f"# Rollout {self._id(rollout.rollout_id)}"
        yield ""
        schema = snapshot.history.schema_version
        yield f"- trace {self._id(rollout.trace_id)}, schema {schema}, {rollout.status}"
        if last:
            yield f"- events #{seqs[first]} to #{seqs[last]}, {self._took(first, last)}"
        for thread in snapshot.threads.values():
            if self._wanted.of(thread.thread_id):
                yield f"- thread {self._path(thread.thread_id)}, {self._id(thread.thread_id)}"

    def _path(self, thread_id: str | None) -> str:
        return _escaped(self._naming.agent(self._names.thread(thread_id)))

    def _id(self, one: str) -> str:
        return _code(self._naming.id(one))

    # -- turns ------------------------------------------------------------------

    def _turn(self, span: Span) -> Iterator[str]:
        turn = self._wanted.object_of(self._spans, span)
        status = turn.execution.status if isinstance(turn, CodexTurn) else "unknown"
        yield ""
        yield f"## {self._path(span.thread_id)}, {self._names.turn(span.id)}: {status}, {self._when(span)}"
        for number in sorted(self._spans.descendants(span.number)):
            inner = self._spans.span(number)
            self._done += 1
            self._wanted.told(self._done / len(self._spans))
            if inner.start > self._wanted.last:
                continue
            if self._spans.kinds[number] in _SHOWN and self._wanted.overlaps(inner):
                yield ""
                yield from self._described(inner)
            yield from self._told(self._findings.pop(number, ()))
        for compaction in self._snapshot.compactions.values():
            if compaction.codex_turn_id == span.id:
                yield from ("", *self._compaction(compaction))

    def _described(self, span: Span) -> Iterator[str]:
        found = self._wanted.object_of(self._spans, span)
        when = self._when(span)
        if isinstance(found, InferenceCall):
            yield f"### {self._names.inference(found.inference_call_id)}: {found.execution.status}, {when}"
            yield from self._inference(found)
        elif isinstance(found, ToolCall):
            name = _escaped(self._naming.call(found))
            yield f"**{name}** {self._id(found.tool_call_id)}: {found.execution.status}, {when}"
            yield from self._call(found)
        elif isinstance(found, CodeCell):
            yield f"**{_escaped(self._naming.cell(found))}**: {found.runtime_status}, {when}"
            yield from self._fenced(found.source_js, "js")
        elif isinstance(found, TerminalOperation):
            result = found.result
            exit_code = (
                "no exit code" if result is None or result.exit_code is None else f"exit {result.exit_code}"
            )
            yield f"**{KINDS[OPERATION].replace('_', ' ')}**: {exit_code}, {when}"
            yield from self._fenced(command_line(found), "sh")
            if result is not None:
                yield from self._fenced(result.stdout + result.stderr)

    def _inference(self, call: InferenceCall) -> Iterator[str]:
        """What a request brought that was not there before, what it cost, and what came back."""
        usage = call.usage
        if usage is not None:
            yield ""
            yield (
                f"{usage.input_tokens:,} tokens in ({usage.cached_input_tokens:,} cached), "
                f"{usage.output_tokens:,} out"
            )
        started = self._snapshot.inference_calls.born(call.inference_call_id)
        request = self._carried.request_at(call.thread_id, started)
        for item_id in request.items[request.kept :] if request else ():
            item = self._snapshot.conversation_items[item_id]
            if not item.produced_by:
                yield from self._item(item)
        for item_id in call.response_item_ids:
            yield from self._item(self._snapshot.conversation_items[item_id])

    def _call(self, tool: ToolCall) -> Iterator[str]:
        """What the model got back from a call; what it asked for stands in its answer."""
        for item_id in tool.model_visible_output_item_ids:
            yield from self._item(self._snapshot.conversation_items[item_id])
        preview = getattr(tool.summary, "input_preview", None)
        if preview and not tool.model_visible_call_item_ids:
            yield from self._fenced(preview)

    def _item(self, item: ConversationItem) -> Iterator[str]:
        name = self._history.items.name[item_number(item.item_id)]
        called = "" if name is None else f" {_escaped(self._naming.tool(name))}"
        yield ""
        yield f"{item.role}, {item.kind.replace('_', ' ')}{called}:"
        yield from self._fenced(item_text(item))

    def _compaction(self, compaction: Compaction) -> Iterator[str]:
        before, after = len(compaction.input_item_ids), len(compaction.replacement_item_ids)
        yield f"**compaction** {self._id(compaction.compaction_id)}: {before} items became {after}"

    def _told(self, findings: Iterable[Finding]) -> Iterator[str]:
        for finding in findings:
            message = _escaped(self._naming.text(finding.message[:LONGEST_TEXT]))
            yield ""
            yield f"> {finding.severity} **{_escaped(finding.code)}** #{finding.seq}: {message}"

    # -- small parts ---------------------------------------------------------------

    def _when(self, span: Span) -> str:
        seqs = self._history.events.seqs
        if span.end is None or span.end > self._wanted.last:
            return f"#{seqs[span.start]} and still open"
        return f"#{seqs[span.start]} to #{seqs[span.end]}, {self._took(span.start, span.end)}"

    def _took(self, start: int, end: int) -> str:
        times = self._history.events.times
        return f"{max(0, times[end] - times[start]) / 1000:,.3f} s"

    def _fenced(self, text: str, language: str = "") -> Iterator[str]:
        """Text between fences that it cannot close; long text is cut in the middle."""
        if not text:
            return
        cut, half = len(text) - LONGEST_TEXT, LONGEST_TEXT // 2
        if cut > 0:
            head, tail = self._naming.text(text[:half]), self._naming.text(text[-half:])
            text = f"{head}\n... {cut:,} characters left out ...\n{tail}"
        else:
            text = self._naming.text(text)
        shown = printable(text, keep_newlines=True)
        longest = max((len(run) for run in re.findall("`+", shown)), default=0)
        fence = "`" * max(3, longest + 1)
        yield f"{fence}{language}"
        yield from shown.rstrip("\n").split("\n")
        yield fence


def item_text(item: ConversationItem) -> str:
    """What there is to read in an item; of a JSON part its recorded beginning."""
    return "\n".join(_part_text(part) for part in item.body.parts)


def _part_text(part: Part) -> str:
    if isinstance(part, EncodedPart):
        return f"({len(part.value):,} characters that only the provider can read)"
    if isinstance(part, PayloadRefPart):
        return f"({part.label})"
    return part_text(part) or ""


def _escaped(text: str) -> str:
    """Text of one line with nothing of it being markup."""
    clipped = text if len(text) <= _LONGEST_IN_LINE * 4 else f"{text[: _LONGEST_IN_LINE * 4]}..."
    return _MARKUP.sub(r"\\\1", printable(clipped))


def _code(text: str) -> str:
    """Text of one line as code."""
    shown = printable(text[:_LONGEST_IN_LINE])
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    return f"{ticks} {shown} {ticks}" if len(ticks) > 1 else f"`{shown}`"
