"""What is told of evidence that is not whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout_tui.debugger.evidence import cut_json_value


@pytest.mark.parametrize(
    ("cut", "told"),
    [
        ('{"task_name":"r","message":"Write on...', {"task_name": "r", "message": "Write on..."}),
        ('{"command":["bash","-lc","ls -l...', {"command": ["bash", "-lc", "ls -l..."]}),
        ('{"cmd":"echo \\\\ \\u00...', {"cmd": "echo \\ ..."}),
        ('{"cmd":"a\\\\...', {"cmd": "a\\..."}),
        ('{"cmd":"ls","work...', {"cmd": "ls", "work...": None}),
        ('{"limit":10...', None),
        ('{"cmd":"ls"}', None),
        ("no JSON...", None),
    ],
)
def test_an_object_that_was_cut(cut: str, told: dict[str, Any] | None) -> None:
    assert cut_json_value(cut) == told


@given(
    st.dictionaries(st.sampled_from(["cmd", "path"]), st.text(max_size=30), min_size=1), st.integers(0, 80)
)
def test_what_is_told_of_it_is_the_beginning_of_what_was_there(whole: dict[str, str], at: int) -> None:
    found = cut_json_value(json.dumps(whole)[:at] + "...")
    for name, value in (found or {}).items():
        assert value is None or whole[name].startswith(value.removesuffix("..."))
