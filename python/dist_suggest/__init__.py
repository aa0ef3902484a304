"""Ask and tell of optimisers over JSON lines: docs/suggest-protocol.md. Python 3.8 or newer, standard library; optimisers are optional."""

PROTOCOL = 1
