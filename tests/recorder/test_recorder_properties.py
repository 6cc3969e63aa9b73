"""Whatever order a harness does things in, sensible or not, its recording can be reduced."""

from __future__ import annotations

import functools
import itertools
import json
import os
import random
import subprocess
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded import events_of, oracle

from rollout_tui.cli import main
from rollout_tui.recorder import AgentThread, Conversation, CountingIds, Limits, Recording, record, walk_text

EXAMPLES = int(os.environ.get("RECORDER_EXAMPLES", "40"))
LONG = int(os.environ.get("RECORDER_LONG_EXAMPLES", "12"))

NAMES = ("exec_command", "write_stdin", "apply_patch", "spawn_agent", "send_message", "close_agent")
NAMES += ("wait", "wait_agent", "exec", "lookup", "followup_task")
ARGUMENTS: tuple[Any, ...] = (
    "",
    "not json",
    {"cmd": "ls"},
    {"cell_id": "1"},
    {"cell_id": 1},
    {"session_id": 7, "chars": "y"},
    {"message": "do it"},
    {"message": "do it", "target": "x"},
)
STATUSES = ("completed", "failed", "cancelled", "aborted")


class Harness:
    """Keeps every context it was ever given, and does the next thing with any of them."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.threads: list[AgentThread] = [recording.root]
        self.conversations = {recording.root.thread_id: Conversation(recording.root, CountingIds(1))}
        self.turns: list[Any] = []
        self.calls: list[Any] = []
        self.tools: list[Any] = []
        self.cells: list[Any] = []
        self.work: list[Any] = []
        self.compactions: list[Any] = []
        self.requests: list[Any] = []
        self.asked_on: dict[int, AgentThread] = {}
        self.count = 0

    def number(self) -> int:
        self.count += 1
        return self.count

    def keep(self, kept: list[Any], context: Any, thread: AgentThread | None) -> None:
        """Keep a context with the thread it was made on, unless there is nothing that it would record."""
        kept.append(context)
        if context.recording and thread is not None:
            self.asked_on[id(context)] = thread

    def conversation_of(self, context: Any) -> Conversation | None:
        """What is said on the thread of a context; None if it records nothing."""
        thread = self.asked_on.get(id(context))
        return None if thread is None else self.conversation(thread)

    def thread(self, a: int) -> AgentThread:
        return self.threads[a % len(self.threads)]

    def conversation(self, thread: AgentThread) -> Conversation:
        return self.conversations.setdefault(
            thread.thread_id, Conversation(thread, CountingIds(self.number() << 20))
        )


Action = Callable[[Harness, int, int], Any]


def of(kept: str) -> Callable[[Callable[[Harness, Any, int], Any]], Action]:
    """An action on one of the contexts kept so far, if there is any."""

    def decorate(action: Callable[[Harness, Any, int], Any]) -> Action:
        @functools.wraps(action)
        def act(harness: Harness, a: int, b: int) -> None:
            found = getattr(harness, kept)
            if found:
                action(harness, found[a % len(found)], b)

        return act

    return decorate


def child(harness: Harness, a: int, b: int) -> None:
    asked_by = harness.tools[b % len(harness.tools)] if harness.tools and b % 2 else None
    harness.threads.append(harness.thread(a).child(("kid", "Kid", "root")[b % 3], asked_by=asked_by))


def thread_end(harness: Harness, a: int, b: int) -> None:
    (harness.thread(a).resume if b % 2 else harness.thread(a).end)()


def start_turn(harness: Harness, a: int, b: int) -> None:
    harness.turns.append(harness.thread(a).turn())


def message(harness: Harness, a: int, b: int) -> None:
    conversation = harness.conversation(harness.thread(a))
    if b % 3 == 0:
        conversation.from_agent(harness.thread(b), "do it")
    else:
        conversation.message(("user", "developer")[b % 2], f"text {b}")


@of("turns")
def ask(harness: Harness, turn: Any, b: int) -> None:
    if turn.thread is not None:
        previous = {"previous_response_id": f"resp_{b % 5}"} if b % 4 == 0 else {}
        request = harness.conversation(turn.thread).request("m", **previous)
        call = turn.inference(request if b % 3 else request["input"], model="m")
        harness.keep(harness.calls, call, turn.thread)


@of("calls")
def answer(harness: Harness, call: Any, b: int) -> None:
    n = harness.number()
    name, arguments = NAMES[b % len(NAMES)], ARGUMENTS[b % len(ARGUMENTS)]
    function = {"type": "function_call", "id": f"fc_{n}", "name": name, "call_id": f"c{n}"}
    custom = {
        "type": "custom_tool_call",
        "id": f"ctc_{n}",
        "name": "exec",
        "call_id": f"c{n}",
        "input": "run()",
    }
    texts = {"type": "message", "id": f"msg_{n}", "role": "assistant", "content": "done"}
    items = [
        [{**function, "arguments": json.dumps(arguments)}],
        [custom],
        [texts, custom],
        [texts],
        [{"type": "reasoning", "summary": []}],
    ][b % 5]
    conversation = harness.conversation_of(call)
    if b % 11 == 0 and conversation is not None:
        said = [item for item in conversation.items if item["type"] != "agent_message"]
        items = said[-2:] or items  # what was said before, again
    if b % 7 == 0:
        call.failed("lost", output_items=items)
    elif b % 7 == 1:
        call.cancelled()
    elif b % 7 == 2:
        call.received(items[0])
        call.__exit__(None, None, None)
    else:
        call.completed(items, response_id=f"resp_{b % 5}", usage={"input_tokens": 1, "output_tokens": b})
    if conversation is not None:
        conversation.add(*items)


@of("turns")
def use_tool(harness: Harness, turn: Any, b: int) -> None:
    items = harness.conversation(turn.thread).items if turn.thread is not None else []
    asked = [item for item in items if item["type"].endswith("_call")]
    if asked and b % 3:
        tool = turn.tool_call_for(asked[b % len(asked)])
    else:
        name, arguments = NAMES[b % len(NAMES)], ARGUMENTS[b // 2 % len(ARGUMENTS)]
        tool = turn.tool_call(name, arguments, custom=b % 5 == 0, namespace="n" if b % 7 == 0 else None)
    harness.keep(harness.tools, tool, turn.thread)


@of("tools")
def end_tool(harness: Harness, tool: Any, b: int) -> None:
    (tool.completed, tool.failed, tool.cancelled)[b % 3]("output")
    conversation = harness.conversation_of(tool)
    if conversation is not None and tool.call_id is not None and b % 2:
        conversation.output(tool.call_id, "output", custom=tool.name == "exec")


@of("tools")
def run(harness: Harness, tool: Any, b: int) -> None:
    if b % 3 == 0:
        harness.work.append(tool.command(["ls", str(b)], cwd="/w", process_id=b % 4 if b % 2 else None))
    elif b % 3 == 1:
        harness.work.append(tool.mcp("server", "tool", {"a": b}))
    else:
        harness.work.append(tool.runtime({"note": b, "agent_thread_id": "x"}))


@of("work")
def end_work(harness: Harness, work: Any, b: int) -> None:
    if hasattr(work, "exited") and b % 4:
        work.exited(b % 3, "out")
    else:
        (work.completed, work.cancelled)[b % 2]()


@of("tools")
def reach_agent(harness: Harness, tool: Any, b: int) -> None:
    (tool.interacted, tool.interrupted, tool.started_agent)[b % 3](harness.thread(b))


@of("tools")
def other_facts(harness: Harness, tool: Any, b: int) -> None:
    tool.mcp_call_id(f"m{b}")
    tool.stdin_target(harness.tools[b % len(harness.tools)])


@of("turns")
def start_cell(harness: Harness, turn: Any, b: int) -> None:
    harness.keep(harness.cells, turn.code_cell("run()", call_id=f"c{1 + b % 20}"), turn.thread)


@of("cells")
def cell_tool(harness: Harness, cell: Any, b: int) -> None:
    tool = cell.tool_call(NAMES[b % len(NAMES)], ARGUMENTS[b // 2 % len(ARGUMENTS)])
    harness.keep(harness.tools, tool, harness.asked_on.get(id(cell)))


@of("cells")
def cell_goes_on(harness: Harness, cell: Any, b: int) -> None:
    (cell.yielded, cell.completed, cell.failed, cell.terminated)[b % 4]("text")


@of("cells")
def wait(harness: Harness, cell: Any, b: int) -> None:
    if harness.turns:
        turn = harness.turns[b % len(harness.turns)]
        harness.keep(harness.tools, turn.wait(cell), turn.thread)


@of("turns")
def start_compaction(harness: Harness, turn: Any, b: int) -> None:
    harness.keep(harness.compactions, turn.compaction(), turn.thread)


@of("compactions")
def compact(harness: Harness, compaction: Any, b: int) -> None:
    if b % 2:
        harness.requests.append(compaction.request({"model": "m", "input": []}))
    elif (conversation := harness.conversation_of(compaction)) is not None:
        short = {"type": "compaction", "id": f"cmp_{harness.number()}", "encrypted_content": "short"}
        compaction.install(conversation.items, [short])
        conversation.replace(short)


@of("requests")
def end_request(harness: Harness, request: Any, b: int) -> None:
    if b % 2:
        request.completed([])
    else:
        request.failed("busy")


@of("turns")
def end_turn(harness: Harness, turn: Any, b: int) -> None:
    turn.end(STATUSES[b % len(STATUSES)])
    if b % 3 == 0:
        turn.report("do it")


SETTING_UP: tuple[Action, ...] = (child, start_turn, message, ask, answer, use_tool, start_cell, wait)
GOING_ON: tuple[Action, ...] = (
    run,
    reach_agent,
    other_facts,
    cell_tool,
    cell_goes_on,
    start_compaction,
    compact,
)
ENDING: tuple[Action, ...] = (thread_end, end_tool, end_work, end_request, end_turn)
ACTIONS = (*SETTING_UP, ask, answer, use_tool, *GOING_ON, *ENDING)

steps = st.tuples(st.sampled_from(ACTIONS), st.integers(0, 40), st.integers(0, 1000))


def check(changing: bool, lifecycle: list[tuple[Action, int, int]]) -> None:
    """Record a lifecycle; it must lose nothing, and both reducers must make the same of it."""
    options: dict[str, Any] = {}
    if changing:
        options = {
            "redact": walk_text(lambda text: text.replace("do", "[]")),
            "limits": Limits(text_bytes=40),
        }
    with tempfile.TemporaryDirectory() as folder:
        recording = record(folder, new_id=scattered_ids(), **options)
        harness = Harness(recording)
        for action, a, b in lifecycle:
            action(harness, a, b)
        recording.close()
        assert recording.bundle is not None
        counters = recording.counters
        assert (counters.errors, counters.events_lost, counters.payloads_lost) == (0, 0, 0), (
            counters.last_error
        )
        events = events_of(recording.bundle)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        ours = Path(folder) / "ours.json"
        assert main(["reduce", "--strict", str(recording.bundle), "-o", str(ours)]) == 0
        command = oracle()
        if command is not None:
            theirs = Path(folder) / "theirs.json"
            done = subprocess.run(
                [*command, str(recording.bundle), str(theirs)], capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr
            assert json.loads(ours.read_bytes()) == json.loads(theirs.read_bytes())


def scattered_ids() -> Callable[[], str]:
    """Repeatable UUIDs in no order, so that an order by id is not one by creation."""
    numbers = itertools.count()
    return lambda: str(uuid.uuid5(uuid.NAMESPACE_OID, str(next(numbers))))


@pytest.mark.parametrize("changing", [False, True], ids=["as it is", "redacted and cut"])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lifecycle=st.lists(steps, min_size=5, max_size=120))
def test_any_lifecycle_reduces(changing: bool, lifecycle: list[tuple[Action, int, int]]) -> None:
    check(changing, lifecycle)


@pytest.mark.parametrize("seed", range(LONG))
def test_long_lifecycles_reduce(seed: int) -> None:
    chance = random.Random(seed)
    length = chance.randrange(150, 500)
    lifecycle = [
        (chance.choice(ACTIONS), chance.randrange(40), chance.randrange(1000)) for _ in range(length)
    ]
    check(bool(seed % 2), lifecycle)
