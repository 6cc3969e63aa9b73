"""The demo, scene by scene: a fix in two turns, with a slow test suite, a lost stream and a second agent."""

from __future__ import annotations

from pathlib import Path

from rollout_tui.demo import story
from rollout_tui.demo.actor import Actor
from rollout_tui.demo.pace import Pace
from rollout_tui.recorder import CodeCell, Inference, Recording, ToolCall, record
from rollout_tui.recorder.items import Item


def write_demo(root: Path, pace: float = 1.0) -> Path:
    """Record the demo in a new bundle folder below `root` and return that folder.

    `pace` is real seconds per scripted second: 1 takes about 70 s. With 0 nothing sleeps and all ids and
    times are the same every time. Raises OSError if not all of the bundle can be written.
    """
    time = Pace(pace)
    recording = record(
        root,
        model=story.MODEL,
        provider_name=story.PROVIDER,
        cwd=story.FOLDER,
        approval_policy="never",
        sandbox_policy="WorkspaceWrite",
        clock=time.clock,
        new_id=time.new_id,
    )
    if recording.bundle is None:
        raise OSError(recording.counters.last_error or f"nothing can be recorded in {root}")
    with recording:
        session = {"type": "session_configured", "session_id": recording.root.thread_id, "model": story.MODEL}
        recording.protocol_event("session_configured", session)
        agent = Actor(recording.root, time, story.INSTRUCTIONS)
        time.wait(0.5)
        _first_turn(recording, agent)
        time.wait(10)
        _second_turn(recording, agent)
        time.wait(1)
        recording.protocol_event("shutdown_complete", {"type": "shutdown_complete"})
    if recording.counters.events_lost or recording.counters.payloads_lost:
        raise OSError(recording.counters.last_error or "not all of it was written")
    return recording.bundle


def _first_turn(recording: Recording, agent: Actor) -> None:
    with recording.root.turn() as turn:
        agent.begin(turn)
        _turn_event(recording, agent, "turn_started", "task_started")
        agent.conversation.message("user", story.TASK)
        _look_around(agent)
        agent.lose(2, story.CUT_STREAM, agent.reasoning("The slice in by_day looks wrong. Run the"))
        agent.pace.wait(1)
        run = agent.calls_custom("call_suite", "exec", story.CELL)
        agent.ask(2, agent.reasoning("The slice in by_day looks wrong. Run the whole suite in a cell."), run)
        with turn.tool_call_for(run) as dispatch:
            cell = turn.code_cell(story.CELL, call_id="call_suite")
            suite = _start_suite(agent, cell, dispatch)
        child = _delegate(agent)
        first = child.asking()
        _first_wait(agent, cell, child, first)
        last = _second_wait(agent, cell, child, suite)
        _child_reports(agent, child, last)
        _fix(agent)
        agent.ask(2.5, agent.says(story.ANSWER, "final_answer"))
        agent.pace.wait(0.1)
    _turn_event(recording, agent, "turn_complete", "task_complete")


def _second_turn(recording: Recording, agent: Actor) -> None:
    with recording.root.turn() as turn:
        agent.begin(turn)
        _turn_event(recording, agent, "turn_started", "task_started")
        agent.conversation.message("user", story.SECOND_TASK)
        change = agent.calls_custom("call_changes", "apply_patch", story.CHANGES)
        agent.ask(2, change)
        diff = {"type": "update", "unified_diff": story.CHANGES_DIFF}
        agent.patch(change, "CHANGES.md", diff, story.CHANGES_APPLIED)
        agent.ask(1.5, agent.says(story.SECOND_ANSWER, "final_answer"))
    _turn_event(recording, agent, "turn_complete", "task_complete")


def _look_around(agent: Actor) -> None:
    read = agent.calls("call_read", "exec_command", cmd=story.READ)
    check = agent.calls("call_check", "exec_command", cmd=story.CHECK)
    plan = agent.reasoning("See what groups the readings, and what the check says.")
    agent.ask(3, plan, agent.says("I will read the grouping code and run the check."), read, check)
    agent.command(read, 0.4, 0, story.SOURCE)
    agent.command(check, 2.2, 3, story.CHECK_FAILS)


def _start_suite(agent: Actor, cell: CodeCell, dispatch: ToolCall) -> ToolCall:
    """Let the cell start the test suite and yield while it runs."""
    suite = cell.tool_call("exec_command", {"cmd": story.SUITE, "yield_time_ms": 60000})
    agent.pace.wait(0.2)
    suite_command = ["/bin/bash", "-lc", story.SUITE]
    agent.background = suite.command(suite_command, cwd=story.FOLDER, process_id=4100)
    agent.pace.wait(2)
    cell.yielded("suite started, 48 tests")
    told = _cell_output("Running, cell 1", "suite started, 48 tests")
    dispatch.completed(told)
    agent.conversation.output("call_suite", told, custom=True)
    return suite


def _delegate(agent: Actor) -> Actor:
    """Start the second agent, which writes the test."""
    spawn = agent.calls("call_spawn", "spawn_agent", task_name=story.CHILD_NAME, message=story.CHILD_TASK)
    agent.ask(2.5, agent.says("The suite is slow. Meanwhile another agent can write the test."), spawn)
    with agent.turn.tool_call_for(spawn) as call:
        agent.pace.wait(0.2)
        thread = agent.thread.child(story.CHILD_NAME, asked_by=call, nickname="Ada")
        call.completed(f'{{"task_name":"{thread.agent_path}"}}')
    agent.conversation.output("call_spawn", f'{{"task_name":"{thread.agent_path}"}}')
    child = Actor(thread, agent.pace, story.CHILD_INSTRUCTIONS)
    child.begin(thread.turn())
    child.conversation.from_agent(agent.thread, story.CHILD_TASK)
    return child


def _first_wait(agent: Actor, cell: CodeCell, child: Actor, asked: Inference) -> None:
    """Wait for the cell for four seconds, in vain; meanwhile the child writes its test."""
    wait = agent.calls("call_wait_1", "wait", cell_id=cell.runtime_cell_id, yield_time_ms=4000)
    agent.ask(1.5, wait)
    with agent.wait_call(wait, cell) as call:
        agent.pace.wait(1.4)
        patch = child.calls_custom("call_test", "apply_patch", story.TEST_PATCH)
        child.answers(asked, child.reasoning("One day of 24 readings is enough."), patch)
        added = {"type": "add", "content": story.TEST_FILE}
        child.patch(patch, "tests/test_days.py", added, story.TEST_ADDED)
        agent.pace.wait(2.2)
        told = _cell_output("Running, cell 1", "")
        call.completed(told)
    agent.conversation.output("call_wait_1", told)
    agent.pace.wait(0.2)


def _second_wait(agent: Actor, cell: CodeCell, child: Actor, suite: ToolCall) -> Inference:
    """Wait until the suite is over: its command fails, and the cell hands its end to the wait.

    Meanwhile the child tries its test. Returns the call with which it then asks for its last answer.
    """
    attempt = child.calls("call_try", "exec_command", cmd=story.TRY_TEST)
    child.ask(1.5, attempt)
    wait = agent.calls("call_wait_2", "wait", cell_id=cell.runtime_cell_id, yield_time_ms=30000)
    agent.ask(1.5, wait)
    with agent.wait_call(wait, cell) as call:
        agent.pace.wait(1)
        child.command(attempt, 1.5, 1, story.TEST_FAILS)
        last = child.asking()
        agent.pace.wait(7)
        if agent.background is not None:
            agent.background.exited(1, story.SUITE_FAILS)
        suite.completed({"exit_code": 1, "output": story.SUITE_FAILS, "wall_time_seconds": 23.4})
        agent.pace.wait(0.1)
        cell.completed(story.SUITE_TAIL)
        told = _cell_output("Completed", story.SUITE_TAIL)
        call.completed(told)
    agent.conversation.output("call_wait_2", told)
    return last


def _child_reports(agent: Actor, child: Actor, asked: Inference) -> None:
    """Wait for the child, which answers and ends."""
    wait = agent.calls("call_wait_agent", "wait_agent", timeout_ms=30000)
    agent.ask(1.5, agent.says("One test fails, the one that counts readings. Now the other agent."), wait)
    with agent.turn.tool_call_for(wait) as call:
        with call.runtime({"sender_thread_id": agent.thread.thread_id, "receiver_thread_ids": []}):
            agent.pace.wait(2)
            child.answers(asked, child.says(story.CHILD_ANSWER, "final_answer"))
            child.turn.end()
            child.turn.report(story.CHILD_ANSWER)
        told = '{"message":"An agent reported.","timed_out":false}'
        call.completed(told)
    agent.conversation.output("call_wait_agent", told)
    agent.conversation.from_agent(child.thread, story.CHILD_ANSWER)
    child.thread.end()


def _fix(agent: Actor) -> None:
    """Fix the bug and run everything again."""
    fix = agent.calls_custom("call_fix", "apply_patch", story.FIX)
    agent.ask(2.5, agent.reasoning("Drop the slice; the test covers it."), fix)
    agent.patch(
        fix, "tidemark/days.py", {"type": "update", "unified_diff": story.FIX_DIFF}, story.FIX_APPLIED
    )
    verify = agent.calls("call_verify", "exec_command", cmd=story.VERIFY)
    agent.ask(1.5, verify)
    agent.command(verify, 7, 0, story.VERIFIED)


def _cell_output(state: str, text: str) -> list[Item]:
    parts = [{"type": "input_text", "text": f"{state}\nOutput:\n"}]
    return [*parts, {"type": "input_text", "text": text}] if text else parts


def _turn_event(recording: Recording, agent: Actor, event_type: str, kind: str) -> None:
    recording.protocol_event(event_type, {"type": kind, "turn_id": agent.turn.codex_turn_id})
