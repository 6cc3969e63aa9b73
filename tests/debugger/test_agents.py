"""Threads and what they give each other. Expected values were read from the traces."""

from __future__ import annotations

from pathlib import Path

import pytest
from recordings_at_hand import corpus_folders, needs_corpus
from scripted import ROOT_THREAD, spawned
from shared_recordings import shared_recording
from small_recordings import begun, own_recording

from rollout_tui.debugger.stories.agent_edges import Edge, ends
from rollout_tui.debugger.stories.agents import Agent, agents
from rollout_tui.recording import Trace, open_trace


def told(trace: Trace, seq: int) -> dict[str, Agent]:
    return {agent.agent_path: agent for agent in agents(trace, trace.at(seq)).threads}


def course(edge: Edge) -> tuple[str, int, int | None, int | None]:
    return edge.kind, edge.seq, edge.delivered_seq, edge.seen_seq


@needs_corpus
def test_two_children_and_what_they_are_given() -> None:
    """Alpha is spawned at #21, accepts at #30, sees it at #33; beta #36, #43, #47; results #68, #82."""
    trace = shared_recording("ma-two-parallel")
    at_45 = told(trace, 45)
    assert list(at_45) == ["/root", "/root/alpha", "/root/beta"]
    assert [agent.depth for agent in at_45.values()] == [0, 1, 1]
    alpha, beta = at_45["/root/alpha"], at_45["/root/beta"]
    assert alpha.spawn and course(alpha.spawn) == ("spawn_agent", 21, 30, 33)
    assert beta.spawn and course(beta.spawn) == ("spawn_agent", 36, 43, None)
    assert alpha.spawn.text == "[[alpha]] please do the alpha job"
    assert (alpha.spawn.source_path, alpha.spawn.target_path) == ("/root", "/root/alpha")
    assert at_45["/root"].position.startswith("blocked 0 ms on wait_agent(c3) -> ")
    assert alpha.position == "blocked 64 ms on inference 1 gpt-5.4"
    assert (alpha.turn, alpha.turn_status, alpha.inferences) == (1, "running", 1)

    at_68 = agents(trace, trace.at(68))
    assert [course(edge) for edge in at_68.edges] == [
        ("spawn_agent", 21, 30, 33),
        ("spawn_agent", 36, 43, 47),
        ("agent_result", 68, None, None),
    ]
    assert [edge.item_id is None for edge in at_68.edges] == [False, False, True]
    assert at_68.running == 2
    assert told(trace, 68)["/root/alpha"].position == "idle"
    assert [course(edge) for edge in told(trace, 105)["/root/alpha"].results] == [
        ("agent_result", 68, 72, 73)
    ]
    assert {agent.position for agent in told(trace, 105).values()} == {"ended"}


@needs_corpus
def test_both_ends_of_an_edge() -> None:
    """Alpha's result is observed at #68 and in root's request at #73; beta's task goes from #36 to #47."""
    trace = shared_recording("ma-two-parallel")
    by_kind = {(edge.kind, edge.event): edge.edge_id for edge in agents(trace, trace.at(105)).edges}
    assert ends(trace.history, by_kind["agent_result", 68]) == (68, 73)
    assert ends(trace.history, by_kind["spawn_agent", 36]) == (36, 47)
    assert ends(trace.history, "edge:nope") is None


def test_a_child_that_failed() -> None:
    """Its inference (#30) fails at #34, its turn at #36; the result is observed at #39, carried at #44."""
    trace = own_recording("ma-child-http400")
    (child,) = (agent for agent in told(trace, 38).values() if agent.depth)
    assert (child.position, child.turn_status, child.ended_seq) == (
        "idle, inference 1 failed #34",
        "failed",
        None,
    )
    (child,) = (agent for agent in told(trace, 54).values() if agent.depth)
    assert (child.position, child.ended_seq) == ("ended, inference 1 failed #34", 53)
    assert [course(edge) for edge in child.results] == [("agent_result", 39, 43, 44)]


def test_before_the_first_turn_an_agent_is_starting() -> None:
    trace = own_recording("ma-child-http400")
    child = next(agent for agent in told(trace, 16).values() if agent.depth)
    assert (child.position, child.turn, child.spawn) == ("starting", 0, None)


def test_the_tree_goes_parents_first(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    script.thread("t-a", "/root/a", spawned(ROOT_THREAD, "/root/a"))
    script.thread("t-b", "/root/b", spawned(ROOT_THREAD, "/root/b"))
    script.thread("t-c", "/root/a/c", spawned("t-a", "/root/a/c"))
    script.thread("t-x", "/elsewhere", spawned("nobody knows", "/elsewhere"))
    trace = script.trace()
    rows = agents(trace, trace.at(7)).threads
    assert [(agent.agent_path, agent.depth, agent.agent_role) for agent in rows] == [
        ("/root", 0, ""),
        ("/root/a", 1, "worker"),
        ("/root/a/c", 2, "worker"),
        ("/root/b", 1, "worker"),
        ("/elsewhere", 0, "worker"),
    ]
    assert list(told(trace, 4)) == ["/root", "/root/a"]


@needs_corpus
@pytest.mark.parametrize("most", [1, 2])
def test_only_the_latest_edges_are_listed(most: int) -> None:
    trace = shared_recording("ma-two-parallel")
    every = agents(trace, trace.at(105)).edges
    assert agents(trace, trace.at(105), most_edges=most).edges == every[-most:]


@needs_corpus
def test_every_edge_of_the_corpus_is_listed() -> None:
    """At the last event: every edge of the reduced state, and those that never arrived."""
    for folder in corpus_folders():
        trace = open_trace(folder)
        found = agents(trace, trace.snapshot(trace.history.head))
        state = trace.snapshot(trace.history.head)
        listed = {edge.edge_id for edge in found.edges}
        assert set(state.interaction_edges) <= listed, folder.name
        assert {agent.thread_id for agent in found.threads} == set(state.threads), folder.name
        for edge in found.edges:
            assert edge.seen_seq is None or (edge.delivered_seq or 0) <= edge.seen_seq, folder.name
