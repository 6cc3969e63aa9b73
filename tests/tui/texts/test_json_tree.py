"""What JSON in a string is told as."""

from __future__ import annotations

import json

from rollout_tui.tui.texts.json_tree import parsed


def test_json_in_a_string_is_json_where_it_is_not_huge() -> None:
    for entries, is_json in ((1000, True), (2_100_000, False)):
        text = "[" + "1," * entries + "1]"
        ((_, inner),) = parsed(json.dumps({"arguments": text}).encode()).children
        assert (inner.embedded is not None) is is_json
