"""What the demo's people, models and tools say: a bug in a small library that summarises tide readings."""

from __future__ import annotations

MODEL = "gpt-5.4"
PROVIDER = "demo"
FOLDER = "/home/dev/tidemark"

INSTRUCTIONS = """\
You work in a small Python repository. Read code before you change it, keep changes small, and run the
checks before you say that something works. Long commands may run in a code cell while you go on."""

CHILD_INSTRUCTIONS = """\
You write tests in a small Python repository. Add only what you were asked for and report what you saw."""

ENVIRONMENT = f"<environment>\n  <folder>{FOLDER}</folder>\n  <shell>bash</shell>\n</environment>"

TASK = (
    "The daily summary loses the last reading of each day. Please find out why, fix it and add a test. "
    "`scripts/check_days FILE` lists the days that come out wrong."
)

READ = "sed -n 1,40p tidemark/days.py"
SOURCE = '''\
"""Group tide readings by day."""

from itertools import groupby


def by_day(readings):
    """Yield (day, readings of that day); readings are (datetime, metres), sorted."""
    for day, group in groupby(readings, key=lambda reading: reading[0].date()):
        yield day, list(group)[:-1]


def summary(readings):
    for day, group in by_day(readings):
        heights = [metres for _, metres in group]
        yield day, min(heights), max(heights), len(heights)
'''

CHECK = "scripts/check_days data/2026-10.csv"
CHECK_FAILS = """\
2026-10-03  expected 24 readings, summary has 23
2026-10-04  expected 24 readings, summary has 23
2026-10-25  expected 25 readings, summary has 24
3 of 31 days differ
"""
CHECK_PASSES = "31 days agree\n"

CUT_STREAM = "stream disconnected before completion: the connection was reset"

SUITE = "python -m pytest -q --durations=3"
CELL = f"""\
const run = tools.exec_command({{ cmd: "{SUITE}", yield_time_ms: 60000 }});
text("suite started, 48 tests");
yield_control();
const done = await run;
text(done.output.split("\\n").slice(-3).join("\\n"));
"""
SUITE_FAILS = """\
..............................F.................                         [100%]
FAILED tests/test_report.py::test_last_reading_is_counted - assert 23 == 24
1 failed, 47 passed in 23.37s
"""
SUITE_TAIL = "FAILED tests/test_report.py::test_last_reading_is_counted\n1 failed, 47 passed in 23.37s"

CHILD_NAME = "regression_test"
CHILD_TASK = (
    "Write one test in tests/test_days.py which shows that by_day() keeps the last reading of a day. "
    "It must fail on the code as it is. Do not touch tidemark/days.py."
)
TEST_FILE = """\
from datetime import datetime

from tidemark.days import by_day


def test_a_day_keeps_its_last_reading():
    readings = [(datetime(2026, 10, 3, hour), hour / 10) for hour in range(24)]
    ((day, group),) = by_day(readings)
    assert day.isoformat() == "2026-10-03"
    assert group == readings
"""
TEST_PATCH = "\n".join(
    [
        "*** Begin Patch",
        "*** Add File: tests/test_days.py",
        *(f"+{line}" for line in TEST_FILE.splitlines()),
        "*** End Patch\n",
    ]
)
TEST_ADDED = "Applied: A tests/test_days.py\n"
TRY_TEST = "python -m pytest -q tests/test_days.py"
TEST_FAILS = """\
F                                                                        [100%]
FAILED tests/test_days.py::test_a_day_keeps_its_last_reading - assert 23 readings == 24 readings
1 failed in 0.31s
"""
CHILD_ANSWER = (
    "tests/test_days.py has one test. It fails on the current code: 23 of 24 readings come back, the one of "
    "23:00 is missing."
)

FIX = """\
*** Begin Patch
*** Update File: tidemark/days.py
@@
-        yield day, list(group)[:-1]
+        yield day, list(group)
*** End Patch
"""
FIX_DIFF = "@@ -9 +9 @@\n-        yield day, list(group)[:-1]\n+        yield day, list(group)\n"
FIX_APPLIED = "Applied: M tidemark/days.py\n"

VERIFY = f"python -m pytest -q && {CHECK}"
VERIFIED = f"49 passed in 3.02s\n{CHECK_PASSES}"

ANSWER = (
    "The last reading was lost in `by_day`: it returned `list(group)[:-1]`. The slice is gone, "
    "`tests/test_days.py` covers it, all 49 tests pass and `scripts/check_days` agrees on all 31 days."
)

SECOND_TASK = "Thanks! Please mention it in CHANGES.md as well."
CHANGES = """\
*** Begin Patch
*** Update File: CHANGES.md
@@
 ## Unreleased
+- The daily summary counts the last reading of each day.
*** End Patch
"""
CHANGES_DIFF = "@@ -3 +3,2 @@\n ## Unreleased\n+- The daily summary counts the last reading of each day.\n"
CHANGES_APPLIED = "Applied: M CHANGES.md\n"
SECOND_ANSWER = "CHANGES.md has a line under Unreleased."
