"""The Agents SDK, the real library with a scripted server, recorded through its tracing and its hooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from model_answers import completion, output_message, response
from recorded import Json, Reduce, events_of, kinds_of, payload_of

pytest.importorskip("agents", reason="openai-agents is not installed")
httpx = pytest.importorskip("httpx2", reason="the HTTP client of the openai package is not installed")

from agents import (  # noqa: E402
    Agent,
    GuardrailFunctionOutput,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    generation_span,
    input_guardrail,
    set_trace_processors,
    trace,
)
from openai import AsyncOpenAI  # noqa: E402

from rollout_tui.recorder.adapters.openai_agents import RolloutTraces  # noqa: E402

Script = list[Any]


def call(n: int, name: str, **arguments: object) -> Json:
    text = json.dumps(arguments)
    return {"type": "function_call", "id": f"fc_{n}", "call_id": f"call_{n}", "name": name, "arguments": text}


def client(script: Script) -> AsyncOpenAI:
    """A client whose server answers with the script's bodies; a number is an HTTP error."""
    answers = iter(script)

    def answer(request: Any) -> Any:
        body = next(answers)
        if isinstance(body, int):
            return httpx.Response(body, json={"error": {"message": "no such luck"}})
        if json.loads(request.content).get("stream"):
            event = {"type": "response.completed", "sequence_number": 1, "response": body}
            text = f"event: response.completed\ndata: {json.dumps(event)}\n\n"
            return httpx.Response(200, text=text, headers={"content-type": "text/event-stream"})
        return httpx.Response(200, json=body)

    transport = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return AsyncOpenAI(api_key="none", base_url="http://model/v1", http_client=transport, max_retries=0)


@function_tool
async def look_up(word: str, seconds: float = 0) -> str:
    """Look a word up."""
    await asyncio.sleep(seconds)
    return f"{word}: a word"


@function_tool(failure_error_function=None)
def broken() -> str:
    """Fail."""
    raise ValueError("it broke")


Run = Callable[..., Path]


@pytest.fixture(params=[True, False], ids=["hooks", "tracing only"])
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Run]:
    """Run an agent, recorded; returns the bundle of the one trace there was."""
    traces = RolloutTraces(tmp_path)
    set_trace_processors([traces])

    def run_agent(agent: Agent[Any], *inputs: str, streamed: bool = False) -> Path:
        hooks = traces.hooks if request.param else None

        async def main() -> None:
            for text in inputs:
                if streamed:
                    result = Runner.run_streamed(agent, text, hooks=hooks)
                    async for _ in result.stream_events():
                        pass
                else:
                    await Runner.run(agent, text, hooks=hooks, max_turns=6)

        try:
            with trace("test"):
                asyncio.run(main())
        except Exception as error:
            failures.append(error)
        assert traces.failed == 0
        (bundle,) = tmp_path.iterdir()
        return bundle

    failures: list[Exception] = []
    yield run_agent
    set_trace_processors([])


def calls_of(state: Json) -> list[Json]:
    return sorted(state["inference_calls"].values(), key=lambda found: found["execution"]["started_seq"])


def test_a_run_with_tools(run: Run, both_reduce: Reduce) -> None:
    model = OpenAIResponsesModel(
        "m",
        client(
            [
                response(
                    1,
                    {"type": "reasoning", "id": "rs_1", "summary": []},
                    call(1, "look_up", word="slow", seconds=0.05),
                    call(2, "look_up", word="fast"),
                ),
                response(2, output_message(1, "two words")),
            ]
        ),
    )
    bundle = run(Agent(name="Reader", instructions="read", model=model, tools=[look_up]), "what are these?")
    state = both_reduce(bundle)
    assert (state["status"], state["recording_complete"]) == ("completed", True)
    first, second = calls_of(state)
    assert (first["model"], first["usage"]["cached_input_tokens"], first["response_id"]) == ("m", 2, "resp_1")
    assert first["tool_call_ids_started_by_response"] == ["call_1", "call_2"]
    assert len(second["request_item_ids"]) == 6
    results = {
        name: payload_of(bundle, state["raw_payloads"][tool["raw_result_payload_id"]])["response_item"][
            "output"
        ]
        for name, tool in state["tool_calls"].items()
    }
    assert results == {"call_1": "slow: a word", "call_2": "fast: a word"}
    assert all(tool["model_visible_output_item_ids"] for tool in state["tool_calls"].values())
    (thread,) = state["threads"].values()
    assert len(thread["conversation_item_ids"]) == 7
    request = payload_of(bundle, state["raw_payloads"][first["raw_request_payload_id"]])
    assert request["input"][0]["content"][0]["text"] == "what are these?"


def test_a_handoff_and_an_agent_as_a_tool(run: Run, both_reduce: Reduce) -> None:
    model = OpenAIResponsesModel(
        "m",
        client(
            [
                response(1, call(1, "transfer_to_helper")),
                response(2, call(2, "ask_expert", input="why?")),
                response(3, output_message(3, "because")),
                response(4, output_message(4, "that is why")),
            ]
        ),
    )
    expert = Agent(name="Expert", instructions="know", model=model)
    helper = Agent(name="helper", model=model, tools=[expert.as_tool("ask_expert", "ask")])
    bundle = run(Agent(name="Main", model=model, handoffs=[helper]), "why?")
    state = both_reduce(bundle)
    paths = {thread["agent_path"]: thread for thread in state["threads"].values()}
    assert paths.keys() == {"/root", "/root/ask_expert"}
    by_thread = [state["threads"][found["thread_id"]]["agent_path"] for found in calls_of(state)]
    assert by_thread == ["/root", "/root", "/root/ask_expert", "/root"]
    assert {name: tool["execution"]["status"] for name, tool in state["tool_calls"].items()} == {
        "call_1": "completed",
        "call_2": "completed",
    }
    assert state["tool_calls"]["call_1"]["model_visible_output_item_ids"]
    assert "agent_result_observed" in kinds_of(bundle)


def test_a_chat_completions_model(run: Run, both_reduce: Reduce) -> None:
    script = [completion(1, "let me see", ("look_up", {"word": "tea"})), completion(2, "tea is a word")]
    model = OpenAIChatCompletionsModel("m", client(script))
    bundle = run(Agent(name="Reader", instructions="read", model=model, tools=[look_up]), "tea?")
    state = both_reduce(bundle)
    first, second = calls_of(state)
    assert first["usage"]["input_tokens"] == 10
    assert first["tool_call_ids_started_by_response"] == ["call_1_0"]
    assert set(first["request_item_ids"]) < set(second["request_item_ids"])
    assert set(first["response_item_ids"]) < set(second["request_item_ids"])


def test_two_runs_are_two_turns(run: Run, both_reduce: Reduce) -> None:
    model = OpenAIResponsesModel(
        "m", client([response(1, output_message(1, "one")), response(2, output_message(2, "two"))])
    )
    state = both_reduce(run(Agent(name="A", model=model), "first", "second"))
    assert [turn["execution"]["status"] for turn in state["codex_turns"].values()] == [
        "completed",
        "completed",
    ]
    assert len(state["threads"]) == 1


def test_a_failing_tool(run: Run, both_reduce: Reduce) -> None:
    model = OpenAIResponsesModel("m", client([response(1, call(1, "broken"))]))
    state = both_reduce(run(Agent(name="A", model=model, tools=[broken]), "go"))
    assert state["tool_calls"]["call_1"]["execution"]["status"] == "failed"
    assert [turn["execution"]["status"] for turn in state["codex_turns"].values()] == ["failed"]


def test_a_failing_model(run: Run, both_reduce: Reduce) -> None:
    model = OpenAIResponsesModel("m", client([400]))
    bundle = run(Agent(name="A", model=model), "go")
    state = both_reduce(bundle)
    assert [found["execution"]["status"] for found in calls_of(state)] == ["failed"]
    assert [turn["execution"]["status"] for turn in state["codex_turns"].values()] == ["failed"]
    failed = next(e["payload"] for e in events_of(bundle) if e["payload"]["type"] == "inference_failed")
    assert "no such luck" in failed["error"]


def test_too_many_turns(run: Run, both_reduce: Reduce) -> None:
    script = [response(n, call(n, "look_up", word="again")) for n in range(1, 9)]
    state = both_reduce(
        run(Agent(name="A", model=OpenAIResponsesModel("m", client(script)), tools=[look_up]), "go")
    )
    assert len(state["inference_calls"]) == 6
    assert [turn["execution"]["status"] for turn in state["codex_turns"].values()] == ["failed"]


def test_a_streamed_run(run: Run, both_reduce: Reduce) -> None:
    script = [response(1, call(1, "look_up", word="tea")), response(2, output_message(1, "tea"))]
    agent = Agent(name="A", model=OpenAIResponsesModel("m", client(script)), tools=[look_up])
    state = both_reduce(run(agent, "go", streamed=True))
    assert [found["execution"]["status"] for found in calls_of(state)] == ["completed", "completed"]
    assert state["tool_calls"]["call_1"]["execution"]["status"] == "completed"


def test_a_guardrail_is_evidence(run: Run, both_reduce: Reduce) -> None:
    @input_guardrail
    def polite(context: Any, agent: Any, text: Any) -> GuardrailFunctionOutput:
        return GuardrailFunctionOutput(output_info=None, tripwire_triggered=False)

    model = OpenAIResponsesModel("m", client([response(1, output_message(1, "hello"))]))
    bundle = run(Agent(name="A", model=model, input_guardrails=[polite]), "please")
    both_reduce(bundle)
    observed = [e["payload"] for e in events_of(bundle) if e["payload"]["type"] == "protocol_event_observed"]
    assert [event["event_type"] for event in observed] == ["guardrail"]


def test_what_is_outside_all_runs_has_a_turn_that_ends_with_it(tmp_path: Path, both_reduce: Reduce) -> None:
    traces = RolloutTraces(tmp_path)
    set_trace_processors([traces])
    message = {"role": "user", "content": "hello"}
    with trace("test"):
        for answer in ("one", "two"):
            with generation_span([message], [{"role": "assistant", "content": answer}], model="m"):
                pass
    set_trace_processors([])
    (bundle,) = tmp_path.iterdir()
    state = both_reduce(bundle)
    assert [turn["execution"]["status"] for turn in state["codex_turns"].values()] == ["completed"] * 2
    assert [found["execution"]["status"] for found in calls_of(state)] == ["completed"] * 2


def test_a_request_is_seen_while_it_runs(tmp_path: Path) -> None:
    """With hooks the trace shows the request while the model works on it."""
    seen: list[list[str]] = []

    def answer(request: Any) -> Any:
        (bundle,) = tmp_path.iterdir()
        seen.append(kinds_of(bundle))
        return httpx.Response(200, json=response(1, output_message(1, "hello")))

    transport = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    openai = AsyncOpenAI(api_key="none", base_url="http://model/v1", http_client=transport)
    traces = RolloutTraces(tmp_path)
    set_trace_processors([traces])
    agent = Agent(name="A", model=OpenAIResponsesModel("m", openai))
    asyncio.run(Runner.run(agent, "hello", hooks=traces.hooks))
    set_trace_processors([])
    assert seen[0][-1] == "inference_started"


def test_off_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CODEX_ROLLOUT_TRACE_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    traces = RolloutTraces()
    set_trace_processors([traces])
    model = OpenAIResponsesModel("m", client([response(1, output_message(1, "hello"))]))
    asyncio.run(Runner.run(Agent(name="A", model=model), "hello", hooks=traces.hooks))
    set_trace_processors([])
    traces.shutdown()
    assert (traces.failed, list(tmp_path.iterdir())) == (0, [])
