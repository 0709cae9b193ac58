"""JSON that is kept: without the buffer in which it was written."""


def trimmed(text: bytes) -> bytes:
    """The same bytes in no more memory than they need; what the encoder gives holds on to several times as much."""
    return bytes(memoryview(text))
