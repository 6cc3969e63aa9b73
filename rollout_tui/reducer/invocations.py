"""What a tool was called with, as the body of its dispatch tells (format section 4)."""

import msgspec
from msgspec import Raw


class Invocation(msgspec.Struct, gc=False):
    """A tool invocation payload; absent fields are empty."""

    tool_name: Raw = Raw()
    tool_namespace: Raw = Raw()
    payload: Raw = Raw()


INVOCATION = msgspec.json.Decoder(Invocation)
