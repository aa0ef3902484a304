"""An error for whoever asked: a code of docs/suggest-protocol.md, what is wrong and where, what to do."""


class Problem(Exception):
    def __init__(self, code, message, hint=None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
