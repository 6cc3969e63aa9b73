"""A replay debugger for the rollout traces of coding agents.

`open_trace(path)` opens a trace bundle for programs and notebooks; the command
`rollout-tui` opens it for people.
"""

__version__ = "0.1.0"
