"""The little language of breakpoints, watches and filters: `tool=exec_command status=failed`, `exit_code!=0`.

expression:  clause clause ...        all of them hold; `and` between them may be written
clause:      FIELD OP VALUE           or the name of an event type alone: `inference_failed`; or `failure`,
                                      which is severity=error
OP:          =  !=  ~  !~             equal, unequal, contains, contains not; ~ /.../ is a regular expression
             <  <=  >  >=             numbers only
VALUE:       a word, "text", or a number with a suffix: 200k, 1.5M, 300ms, 2s, 3m, 64kB, 2MB
at the end of a watch:  enters (the default), leaves, changes
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple, TypeAlias

from rollout_tui.debugger.patterns import Pattern, PatternProblem
from rollout_tui.printable import one_line
from rollout_tui.trace.events import EVENT_TYPES

Sort: TypeAlias = Literal["text", "number", "choice"]
Edge: TypeAlias = Literal["enters", "leaves", "changes"]
EDGES: tuple[Edge, ...] = ("enters", "leaves", "changes")

SUFFIXES = {
    "": 1,
    "k": 1000,
    "K": 1000,
    "M": 1_000_000,
    "ms": 1,
    "s": 1000,
    "m": 60_000,
    "h": 3_600_000,
    "B": 1,
    "kB": 1000,
    "MB": 1_000_000,
}

ALIASES = {"type": "event"}
"""Other names of fields."""

FAILURE = "failure"

# Ids are long: the beginning of one is enough.
OF_IDS = ("thread", "turn", "call")
SHORTEST_PREFIX = 6

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<regex>(?<=[~\s])/(?:[^/\\]|\\.)+/)
      | (?P<op>!=|!~|<=|>=|==|=|<|>|~)
      | (?P<word>[^\s"'=<>~!]+)
    )""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"([+-]?[\d_,]*\.?\d+)([A-Za-z]*)")
_ESCAPED = re.compile(r"\\(.)")

LONGEST_MESSAGE = 800


class ExpressionProblem(ValueError):
    """An expression that cannot be understood; the text is one line that names what is allowed."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message, LONGEST_MESSAGE))


class Field(NamedTuple):
    """A field that a clause can test.

    `types` are the event types at which it can have a value, None for any. `choices` are the values of a
    `choice`.
    """

    sort: Sort
    explanation: str
    types: frozenset[str] | None = None
    choices: tuple[str, ...] = ()


class Operand(NamedTuple):
    """The right side of a clause: as written, as a number (None where it is none), as a pattern after `~`."""

    text: str
    number: float | None = None
    pattern: Pattern[str] | None = None


class Clause(NamedTuple):
    """One test; `op` is `=`, `!=`, `~`, `!~`, `<`, `<=`, `>` or `>=`, empty for a field that is to change."""

    field: str
    op: str
    operand: Operand

    def holds(self, value: Any) -> bool:
        """Whether a value passes; a missing one (None) never does. Of several values one is enough."""
        if value is None or not self.op:
            return False
        if isinstance(value, tuple):
            if self.op in ("!=", "!~"):
                return all(map(self._passes, value))
            return any(map(self._passes, value))
        return self._passes(value)

    def _passes(self, value: Any) -> bool:
        if self.op == "=":
            return self._equals(value)
        if self.op == "!=":
            return not self._equals(value)
        if self.op in ("~", "!~"):
            return self.contains(str(value)) == (self.op == "~")
        return self.operand.number is not None and _ORDER[self.op](value, self.operand.number)

    def _equals(self, value: Any) -> bool:
        if isinstance(value, (int, float)):
            return value == self.operand.number
        wanted = self.operand.text
        long_enough = self.field in OF_IDS and len(wanted) >= SHORTEST_PREFIX
        return str(value) == wanted or (long_enough and str(value).startswith(wanted))

    def contains(self, text: str) -> bool:
        """Whether a text contains the operand; upper and lower case are one unless the operand has upper."""
        if self.operand.pattern is not None:
            return self.operand.pattern.found_in(text) is not None
        wanted = self.operand.text
        return wanted in (text.lower() if wanted == wanted.lower() else text)


_ORDER = {
    "<": lambda value, number: value < number,
    "<=": lambda value, number: value <= number,
    ">": lambda value, number: value > number,
    ">=": lambda value, number: value >= number,
}


@dataclass(frozen=True, slots=True)
class Expression:
    """What was understood: clauses that must all hold, and for a watch at which edge it stops."""

    source: str
    clauses: tuple[Clause, ...]
    edge: Edge = "enters"

    @property
    def given_up(self) -> int:
        """Texts that its regular expressions took too long on."""
        patterns = (clause.operand.pattern for clause in self.clauses)
        return sum(one.given_up for one in patterns if one is not None)


class _Token(NamedTuple):
    sort: str
    text: str


def parse(source: str, fields: Mapping[str, Field], *, edges: bool = False) -> Expression:
    """Understand an expression over these fields. Raises ExpressionProblem.

    With `edges` (a watch) the last word can be `enters`, `leaves` or `changes`, and a field can stand alone:
    it stops when its value changes. Otherwise the name of an event type can stand alone.
    """
    tokens = _tokens(source)
    if not tokens:
        example = "input_tokens > 200k" if edges else "tool=exec_command status=failed"
        raise ExpressionProblem(f"nothing to stop at: give an expression, e.g. {example}")
    edge = _edge(tokens, edges)
    clauses: list[Clause] = []
    while tokens:
        clauses.append(_clause(tokens, fields, edges))
        if tokens and tokens[0] == _Token("word", "and"):
            tokens.pop(0)
            if not tokens:
                raise ExpressionProblem("a clause is missing after and")
    if not clauses:
        raise ExpressionProblem(f"what shall {edge}? Give an expression before it, e.g. text ~ word {edge}")
    changes = any(not clause.op for clause in clauses)
    return Expression(source.strip(), tuple(clauses), "changes" if changes else edge)


def _tokens(source: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while source[at:].strip():
        match = _TOKEN.match(source, at)
        if match is None:
            rest = source[at:].strip()
            raise ExpressionProblem(f"cannot read {_short(rest)}: is a quote or a / not closed?")
        sort = str(match.lastgroup)
        text = match[sort]
        if sort == "text":
            text = _ESCAPED.sub(r"\1", text[1:-1])
        tokens.append(_Token(sort, text))
        at = match.end()
    return tokens


def _edge(tokens: list[_Token], edges: bool) -> Edge:
    """Take the edge off the end of a watch."""
    last = tokens[-1]
    if last.sort != "word" or last.text not in EDGES or (len(tokens) > 1 and tokens[-2].sort == "op"):
        return "enters"
    if not edges:
        raise ExpressionProblem(
            f"{last.text} belongs to a watch: :watch {' '.join(one.text for one in tokens)}"
        )
    tokens.pop()
    return next(edge for edge in EDGES if edge == last.text)


def _clause(tokens: list[_Token], fields: Mapping[str, Field], edges: bool) -> Clause:
    """Take one clause off the front."""
    name = tokens.pop(0)
    name = name._replace(text=ALIASES.get(name.text, name.text))
    followed = bool(tokens) and tokens[0].sort == "op"
    if name.sort != "word":
        raise ExpressionProblem(f"{_short(name.text)} where the name of a field should be; {_known(fields)}")
    if not followed and not edges and name.text in EVENT_TYPES:
        return Clause("event", "=", Operand(name.text))
    if not followed and not edges and name.text == FAILURE and "severity" in fields:
        return Clause("severity", "=", Operand("error"))
    if name.text not in fields:
        raise ExpressionProblem(_unknown(name.text, fields, edges or followed))
    if not followed:
        if edges and fields[name.text].sort == "number":
            return Clause(name.text, "", Operand(""))
        raise ExpressionProblem(f"{name.text} needs a comparison: {_example(name.text, fields[name.text])}")
    op = tokens.pop(0).text
    op = "=" if op == "==" else op
    if not tokens or tokens[0].sort == "op":
        raise ExpressionProblem(f"{name.text} {op} needs a value: {_example(name.text, fields[name.text])}")
    return Clause(name.text, op, _operand(name.text, fields[name.text], op, tokens.pop(0)))


def _operand(name: str, field: Field, op: str, value: _Token) -> Operand:
    if op in ("~", "!~"):
        if field.sort != "text":
            raise ExpressionProblem(f"{name} is no text, so it cannot contain one: {_example(name, field)}")
        return Operand(value.text, None, _pattern(value))
    if field.sort == "number":
        return Operand(value.text, _number(name, value.text))
    if op not in ("=", "!="):
        raise ExpressionProblem(
            f"{name} has no order: use = or !=" + (" or ~" if field.sort == "text" else "")
        )
    if field.sort == "choice" and value.text not in field.choices:
        raise ExpressionProblem(f"{name} is never {_short(value.text)}; it is {_listed(field.choices)}")
    return Operand(value.text)


def _pattern(value: _Token) -> Pattern[str] | None:
    if value.sort != "regex":
        return None
    inner = value.text[1:-1].replace("\\/", "/")
    try:
        return Pattern(inner, any_case=inner == inner.lower())
    except PatternProblem as problem:
        raise ExpressionProblem(f"{value.text} is no regular expression: {problem}") from problem


def _number(name: str, text: str) -> float:
    match = _NUMBER.fullmatch(text)
    suffix = match[2] if match else ""
    if match is None or suffix not in SUFFIXES:
        allowed = ", ".join(one for one in SUFFIXES if one)
        raise ExpressionProblem(f"{name} is a number, not {_short(text)}; suffixes are {allowed}")
    return float(match[1].replace(",", "").replace("_", "")) * SUFFIXES[suffix]


# -- saying what is allowed --------------------------------------------------------------


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "...")


def _listed(names: Collection[str]) -> str:
    return ", ".join(names)


def _known(fields: Mapping[str, Field]) -> str:
    return f"fields are {_listed(fields)}"


def _unknown(name: str, fields: Mapping[str, Field], as_field: bool) -> str:
    likely = get_close_matches(name, [*fields, *(() if as_field else EVENT_TYPES)], 1)
    meant = f" (did you mean {likely[0]}?)" if likely else ""
    what = "field" if as_field else "field or event type"
    return f"no {what} {_short(name)}{meant}; {_known(fields)}"


def _example(name: str, field: Field) -> str:
    if field.sort == "number":
        return f"{name} > 0"
    if field.sort == "choice":
        return f"{name}={field.choices[0]}"
    return f'{name}=... or {name} ~ "..."'
