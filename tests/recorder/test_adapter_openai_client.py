"""A home-made loop around an OpenAI-compatible client: the real client, a scripted server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from model_answers import completion, output_message, response
from recorded import Json, Reduce, events_of, payload_of

from rollout_tui.recorder import Recording
from rollout_tui.recorder.adapters.chat import chat_items
from rollout_tui.recorder.adapters.openai_client import recorded, tool_call

openai = pytest.importorskip("openai", reason="the openai package is not installed")
httpx = pytest.importorskip("httpx2", reason="the HTTP client of the openai package is not installed")


def transport(script: list[Any]) -> Any:
    """A server that answers with the script's bodies: JSON, a list of streamed events, or an HTTP error."""
    answers = iter(script)

    def answer(request: Any) -> Any:
        body = next(answers)
        if isinstance(body, int):
            return httpx.Response(
                body, json={"error": {"message": "no such luck"}}, headers={"x-request-id": "q9"}
            )
        if isinstance(body, list):
            lines = [f"data: {json.dumps(event) if isinstance(event, dict) else event}\n\n" for event in body]
            return httpx.Response(200, text="".join(lines), headers={"content-type": "text/event-stream"})
        return httpx.Response(200, json=body, headers={"x-request-id": "q1"})

    return httpx.MockTransport(answer)


def client(*script: Any) -> Any:
    http = httpx.Client(transport=transport(list(script)))
    return openai.OpenAI(api_key="none", base_url="http://model/v1", http_client=http, max_retries=0)


def async_client(*script: Any) -> Any:
    http = httpx.AsyncClient(transport=transport(list(script)))
    return openai.AsyncOpenAI(api_key="none", base_url="http://model/v1", http_client=http, max_retries=0)


def chunks(n: int, *deltas: Json, last: str = "stop") -> list[Any]:
    head = {"id": f"chatcmpl-{n}", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    body: list[Any] = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    if last:
        body.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": last}]})
        usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
        body += [{**head, "choices": [], "usage": usage}, "[DONE]"]
    return body


def calls_of(state: Json) -> list[Json]:
    return sorted(state["inference_calls"].values(), key=lambda found: found["execution"]["started_seq"])


def bundle_of(recording: Recording) -> Path:
    recording.close()
    assert recording.bundle is not None
    return recording.bundle


def test_a_loop_with_chat_completions(recording: Recording, both_reduce: Reduce) -> None:
    api = client(completion(1, None, ("add", {"a": 1, "b": 2})), completion(2, "3"))
    create: Callable[..., Any] = recorded(api.chat.completions.create)
    messages: list[Any] = [{"role": "system", "content": "sums"}, {"role": "user", "content": "1+2?"}]
    with recording.root.turn():
        while True:
            said = create(model="m", messages=messages, tools=[]).choices[0].message
            messages.append(said)
            if not said.tool_calls:
                break
            for wanted in said.tool_calls:
                with tool_call(wanted) as tool:
                    result = str(sum(json.loads(wanted.function.arguments).values()))
                    tool.completed(result)
                messages.append({"role": "tool", "tool_call_id": wanted.id, "content": result})
    assert said.content == "3"
    bundle = bundle_of(recording)
    state = both_reduce(bundle)
    first, second = calls_of(state)
    assert (first["usage"]["cached_input_tokens"], first["upstream_request_id"]) == (4, "q1")
    assert first["tool_call_ids_started_by_response"] == ["call_1_0"]
    assert second["request_item_ids"][:3] == first["request_item_ids"] + first["response_item_ids"]
    (thread,) = state["threads"].values()
    assert len(thread["conversation_item_ids"]) == 5
    request = payload_of(bundle, state["raw_payloads"][first["raw_request_payload_id"]])
    assert list(request) == ["model", "input", "tools"]


def test_a_loop_with_responses(recording: Recording, both_reduce: Reduce) -> None:
    wanted = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "add", "arguments": "{}"}
    api = client(response(1, wanted), response(2, output_message(1, "0")))
    create: Callable[..., Any] = recorded(api.responses.create, provider_name="elsewhere")
    with recording.root.turn() as turn:
        answer = create(model="m", input="add nothing")
        for item in answer.output:
            with tool_call(item, turn=turn) as tool:
                tool.completed("0")
        result = {"type": "function_call_output", "call_id": "c1", "output": "0"}
        create(model="m", input=[result], previous_response_id=answer.id)
    state = both_reduce(bundle_of(recording))
    first, second = calls_of(state)
    assert (first["provider_name"], first["usage"]["cached_input_tokens"]) == ("elsewhere", 2)
    assert len(second["request_item_ids"]) == 3
    assert second["response_id"] == "resp_2"


async def test_an_asynchronous_loop(recording: Recording, both_reduce: Reduce) -> None:
    api = async_client(
        completion(1, "hello"), chunks(2, {"role": "assistant", "content": "hel"}, {"content": "lo"})
    )
    create: Callable[..., Any] = recorded(api.chat.completions.create)
    with recording.root.turn():
        answer = await create(model="m", messages=[{"role": "user", "content": "hi"}])
        assert answer.choices[0].message.content == "hello"
        stream = await create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
        said = [chunk.choices[0].delta.content async for chunk in stream if chunk.choices]
        assert said == ["hel", "lo", None]
    bundle = bundle_of(recording)
    state = both_reduce(bundle)
    assert [found["execution"]["status"] for found in calls_of(state)] == ["completed", "completed"]
    streamed = payload_of(bundle, state["raw_payloads"][calls_of(state)[1]["raw_response_payload_id"]])
    assert streamed["output_items"][0]["content"] == [{"type": "output_text", "text": "hello"}]
    assert streamed["token_usage"]["input_tokens"] == 5


def test_streams_to_the_end_left_early_and_broken(recording: Recording, both_reduce: Reduce) -> None:
    def part(index: int, text: str, **more: Any) -> Json:
        return {
            "tool_calls": [
                {"index": index, "function": {"arguments": text, **more}, "id": more and f"c{index}"}
            ]
        }

    api = client(
        chunks(1, {"content": "two"}, part(0, '{"a"', name="f"), part(1, "{}", name="g"), part(0, ":1}")),
        chunks(2, {"content": "one"}, {"content": "two"}),
        chunks(3, {"content": "on"}, {"content": "e"}, last=""),
        [{"error": {"message": "overloaded"}}],
        [],
    )
    create: Callable[..., Any] = recorded(api.chat.completions.create)

    def ask() -> Any:
        return create(model="m", messages=[{"role": "user", "content": "go"}], stream=True)

    with recording.root.turn():
        with ask() as stream:
            assert stream.response.status_code == 200
            list(stream)
        with ask() as stream:
            next(stream)
        stream = ask()
        next(iter(stream))
        stream.close()
        with pytest.raises(openai.APIError):
            list(ask())
        list(ask())
    bundle = bundle_of(recording)
    state = both_reduce(bundle)
    statuses = [found["execution"]["status"] for found in calls_of(state)]
    assert statuses == ["completed", "cancelled", "cancelled", "failed", "failed"]
    whole = payload_of(bundle, state["raw_payloads"][calls_of(state)[0]["raw_response_payload_id"]])[
        "output_items"
    ]
    assert [item["type"] for item in whole] == ["message", "function_call", "function_call"]
    assert (whole[1]["arguments"], whole[1]["call_id"], whole[2]["name"]) == ('{"a":1}', "c0", "g")
    cut = payload_of(bundle, state["raw_payloads"][calls_of(state)[1]["raw_response_payload_id"]])[
        "output_items"
    ]
    assert cut[0]["content"][0]["text"] == "one"


def test_a_stream_of_responses_events(recording: Recording, both_reduce: Reduce) -> None:
    item = {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "hi"}],
    }
    done = {"type": "response.output_item.done", "item": item, "output_index": 0}
    whole = {"type": "response.completed", "response": {"id": "r1", "output": [item]}}
    broken = {"type": "response.failed", "response": {"id": "r2", "error": {"code": "server_error"}}}

    def create(*, stream: bool, **_: Any) -> Any:
        return iter(script.pop(0))

    script = [[done, whole], [done, broken], [done]]
    ask: Callable[..., Any] = recorded(create)
    with recording.root.turn():
        for _ in range(3):
            list(ask(model="m", input="hello", stream=True))
    bundle = bundle_of(recording)
    state = both_reduce(bundle)
    assert [found["execution"]["status"] for found in calls_of(state)] == ["completed", "failed", "failed"]
    assert all(len(found["response_item_ids"]) == 1 for found in calls_of(state))


def test_errors_are_the_clients_own(recording: Recording, both_reduce: Reduce) -> None:
    create: Callable[..., Any] = recorded(client(400).chat.completions.create)
    with recording.root.turn(), pytest.raises(openai.BadRequestError):
        create(model="m", messages=[{"role": "user", "content": "go"}])
    bundle = bundle_of(recording)
    state = both_reduce(bundle)
    assert calls_of(state)[0]["upstream_request_id"] == "q9"
    failed = next(e["payload"] for e in events_of(bundle) if e["payload"]["type"] == "inference_failed")
    assert "no such luck" in failed["error"]


def test_answers_of_any_shape_pass_through(recording: Recording, both_reduce: Reduce) -> None:
    odd: list[Any] = [None, 7, {}, {"choices": []}, {"choices": [{}]}, object(), completion(1, "x")]
    answers = iter(odd)
    create: Callable[..., Any] = recorded(lambda **_: next(answers))
    with recording.root.turn():
        assert [create(model="m", messages="hello") for _ in odd] == odd
        tool_call(object()).completed("x")
    assert len(both_reduce(bundle_of(recording))["inference_calls"]) == len(odd)


def test_nothing_is_recorded_outside_a_turn(recording: Recording) -> None:
    create: Callable[..., Any] = recorded(client(completion(1, "hello")).chat.completions.create)
    assert create(model="m", messages=[]).choices[0].message.content == "hello"
    assert recording.counters.events == 2


def test_chat_messages_as_items() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:"}}
    messages = [
        {"role": "developer", "content": [{"type": "text", "text": "be brief"}]},
        {"role": "user", "content": [{"type": "text", "text": "what is this?"}, image]},
        {"role": "assistant", "content": None, "refusal": "no", "reasoning_content": "hm"},
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "a "}, {"text": "b"}]},
        {
            "role": "assistant",
            "tool_calls": [{"id": "c2", "type": "custom", "custom": {"name": "n", "input": "i"}}],
        },
    ]
    found = chat_items(messages)
    assert [item["type"] for item in found] == [
        "message",
        "message",
        "reasoning",
        "message",
        "function_call_output",
        "custom_tool_call",
    ]
    assert found[1]["content"][1]["type"] == "input_image"
    assert found[3]["content"] == [{"type": "output_text", "text": "no"}]
    assert found[4]["output"] == "a b"
    assert found[5] == {"type": "custom_tool_call", "call_id": "c2", "name": "n", "input": "i"}
