"""What redaction may keep, as tables: names of the trace format and words with a fixed meaning.

Everything that is not listed here is replaced.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NAMES = _words(
    """
    manifest schema_version trace_id rollout_id root_thread_id started_at_unix_ms raw_event_log
    payloads_dir seq wall_time_unix_ms thread_id codex_turn_id payload type raw_payload_id kind path
    agent_path metadata_payload status item_id agent_message_payload inference_call_id model provider_name
    request_payload response_payload response_id upstream_request_id error partial_response_payload reason
    tool_call_id requester summary model_visible_call_id code_mode_runtime_tool_id invocation_payload
    mcp_call_id exec_tool_call_id runtime_payload result_payload runtime_cell_id source_js compaction_id
    compaction_request_id checkpoint_payload edge_id child_thread_id child_codex_turn_id parent_thread_id
    message carried_payload event_type event_payload payloads metadata label input_preview output_preview
    operation_id target_agent_path message_preview timeout_ms server tool name

    task_name nickname agent_role session_source subagent thread_spawn depth agent_nickname cwd
    rollout_path approval_policy sandbox_policy other

    input previous_response_id output_items token_usage input_tokens cached_input_tokens
    cache_write_input_tokens output_tokens reasoning_output_tokens total_tokens input_history
    replacement_history instructions tools tool_choice parallel_tool_calls reasoning store stream include
    prompt_cache_key text client_metadata effort verbosity format schema strict context

    id role phase content image_url detail call_id arguments output encrypted_content namespace author
    recipient action query queries url pattern result revised_prompt execution annotations start_index
    end_index title internal_chat_message_metadata_passthrough turn_id create_time content_item_kinds
    content_item_metadata provenance hook trigger_turn other_recipients

    tool_name tool_namespace response_item value raw_arguments invocation process_id command parsed_cmd
    source exit_code stdout stderr aggregated_output formatted_output duration secs nanos started_at_ms
    completed_at_ms interaction_input chunk_id original_token_count wall_time_seconds changes unified_diff
    move_path auto_approved success event_id occurred_at_ms agent_thread_id sender_thread_id
    receiver_thread_id receiver_thread_ids new_thread_id new_agent_nickname receiver_agent_nickname prompt
    reasoning_effort statuses child_agent_path completed errored response Result Yielded Terminated
    cell_id content_items error_text stored_values code_mode_host_duration result_buffered_for Ok Err
    isError structuredContent data mimeType

    session_id thread_source model_provider_id approvals_reviewer permission_profile turn_attribution
    turn_trigger parent_turn_id initiating_agent_path root_turn_id started_at completed_at
    model_context_window collaboration_mode_kind last_agent_message duration_ms time_to_first_token_ms
    codex_error_info http_status_code http_connection_failed response_too_many_failed_attempts
    history_log_id history_entry_count forked_from_id initial_messages item info total_token_usage
    last_token_usage rate_limits

    cmd workdir chars yield_time_ms max_output_tokens max_tokens terminate tty login target targets
    timed_out fork_turns parameters properties required items additionalProperties description enum
    minItems maxItems
    """
)
"""Field names that stay, in the format's own places and inside free-form JSON."""

FREE_FORM = _words(
    """
    arguments raw_arguments output value result structuredContent stored_values tools parameters
    properties schema client_metadata changes action annotations metadata query queries rate_limits
    permission_profile format hook
    """
)
"""Fields whose content is not the format's: what a tool, a model or a user made up."""

NUMBERS = _words(
    """
    exit_code original_token_count wall_time_seconds yield_time_ms max_output_tokens max_tokens timeout_ms
    session_id cell_id process_id duration_ms secs nanos depth minItems maxItems
    """
)
"""Fields of free-form JSON whose numbers stay; elsewhere in free-form JSON digits are replaced."""

FORMAT_NUMBERS = NUMBERS | _words(
    """
    schema_version seq wall_time_unix_ms started_at_unix_ms input_tokens cached_input_tokens
    cache_write_input_tokens output_tokens reasoning_output_tokens total_tokens create_time started_at
    completed_at started_at_ms completed_at_ms occurred_at_ms time_to_first_token_ms model_context_window
    http_status_code history_log_id history_entry_count start_index end_index
    """
)
"""Fields of the format's own places whose numbers stay."""

IDS = _words(
    """
    trace_id rollout_id root_thread_id thread_id codex_turn_id raw_payload_id item_id inference_call_id
    response_id upstream_request_id tool_call_id model_visible_call_id code_mode_runtime_tool_id
    mcp_call_id exec_tool_call_id runtime_cell_id compaction_id compaction_request_id edge_id
    child_thread_id child_codex_turn_id parent_thread_id operation_id previous_response_id id call_id
    turn_id parent_turn_id root_turn_id process_id chunk_id event_id agent_thread_id sender_thread_id
    receiver_thread_id receiver_thread_ids new_thread_id cell_id session_id forked_from_id
    """
)
"""Ids, kept where they look like one; in free-form JSON only those known from the format's own places."""

REPEATED_IDS = _words("prompt_cache_key target targets")
"""Fields that can repeat an id known from elsewhere."""

PREVIEWS = _words("input_preview output_preview message_preview")
"""Beginnings of arguments and outputs, mostly JSON that is cut somewhere."""

AGENT_PATHS = _words(
    """
    agent_path target_agent_path child_agent_path initiating_agent_path author recipient other_recipients
    task_name target targets
    """
)
"""Agent paths and names of agents: replaced segment by segment, `/root` stays."""

_WORDS_BY_FIELD = {
    "type": """
        rollout_started rollout_ended recording_completed thread_started thread_ended thread_resumed
        codex_turn_started codex_turn_ended history_item_accepted inference_started inference_completed
        inference_failed inference_cancelled tool_call_started mcp_tool_call_correlation_assigned
        stdin_target_resolved tool_call_runtime_started tool_call_runtime_ended tool_call_ended
        code_cell_started code_cell_initial_response code_cell_ended compaction_request_started
        compaction_request_completed compaction_request_failed compaction_installed agent_result_observed
        protocol_event_observed other inference_request inference_response compaction_request
        compaction_checkpoint compaction_response tool_invocation tool_result tool_runtime_event
        terminal_runtime_event protocol_event session_metadata agent_result model code_cell terminal agent
        wait_agent generic exec_command write_stdin apply_patch web image_generation spawn_agent
        assign_agent_task send_message close_agent mcp message agent_message reasoning function_call
        function_call_output custom_tool_call custom_tool_call_output tool_search_call tool_search_output
        web_search_call image_generation_call local_shell_call mcp_tool_call_output compaction
        compaction_summary context_compaction compaction_trigger additional_tools input_text output_text
        text input_image summary_text reasoning_text encrypted_content url_citation function custom
        tool_search local_shell direct_response code_mode_response error task_started task_complete
        turn_aborted session_configured warning shutdown_complete item_completed token_count UserMessage
        AgentMessage Text CommandExecution disabled managed restricted special path read list_files search
        unknown add update delete open_page find_in_page tool harness user object string number integer
        boolean array null
    """,
    "kind": "started interacted interrupted root",
    "event_type": """
        session_configured turn_started turn_complete turn_aborted error warning shutdown_complete
        thread_rolled_back
    """,
    "status": """
        running completed failed aborted cancelled starting yielded terminated pending_init in_progress
        incomplete declined interrupted errored shutdown not_found
    """,
    "role": "system developer user assistant tool",
    "phase": "commentary final_answer summary",
    "reason": "interrupted replaced review_ended budget_limited",
    "codex_error_info": """
        other context_window_exceeded usage_limit_exceeded internal_server_error invalid_prompt
        server_overloaded
    """,
    "summary": "auto concise detailed none",
    "effort": "none minimal low medium high xhigh",
    "reasoning_effort": "none minimal low medium high xhigh",
    "verbosity": "low medium high",
    "tool_choice": "auto none required",
    "detail": "auto low high original",
    "execution": "client server",
    "context": "all_turns",
    "approval_policy": "never on-request on-failure untrusted",
    "sandbox_policy": "DangerFullAccess",
    "session_source": "exec cli vscode mcp",
    "subagent": "review",
    "thread_source": "user subagent guardian_review",
    "turn_trigger": "exec user goal guardian_review",
    "source": "unified_exec_startup user_shell agent",
    "collaboration_mode_kind": "default plan",
    "include": "reasoning.encrypted_content",
    "provider_name": "openai OpenAI azure",
    "model_provider_id": "openai OpenAI azure",
    "raw_event_log": "trace.jsonl",
    "payloads_dir": "payloads",
}
_TOOL_NAMES = """
    exec wait exec_command write_stdin local_shell shell shell_command apply_patch web_search
    web_search_preview image_generation image_query imagegen view_image update_plan tool_search
    request_user_input spawn_agent send_message followup_task assign_task wait_agent close_agent
    interrupt_agent list_agents send_input resume_agent get_goal create_goal update_goal
    list_mcp_resources list_mcp_resource_templates read_mcp_resource collaboration functions
"""
_TOOL_NAME_FIELDS = ("name", "tool_name", "tool", "namespace", "tool_namespace", "label", "tool_choice")

WORDS = {field: _words(words) for field, words in _WORDS_BY_FIELD.items()}
"""Per field, the words with a fixed meaning that stay."""
for _field in _TOOL_NAME_FIELDS:
    WORDS[_field] = WORDS.get(_field, frozenset()) | _words(_TOOL_NAMES)
WORDS["label"] |= frozenset(f"collaboration.{name}" for name in _TOOL_NAMES.split())

ID = re.compile(r"[^\s/\\@\"'<>\x00-\x20\x7f-\x9f]{1,200}")
DIGITS = re.compile(r"[0-9]{1,10}")
MODEL = re.compile(
    r"(gpt-\d(\.\d)?|o\d|codex|gpt-oss|claude|gemini)"
    r"(-(mini|nano|codex|max|pro|sol|terra|luna|latest|\d{1,3}b?))*"
)
PAYLOAD_PATH = re.compile(r"payloads/[0-9]{1,18}\.json")
