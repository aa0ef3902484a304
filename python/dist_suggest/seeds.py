"""Seeds that follow from a search's seed and from what is to be drawn: the n-th draw needs none of those before it."""
import hashlib


def derive(seed, *what):
    """A whole number below 2**31 (what numpy takes everywhere) for `what`, the same in every process."""
    text = '/'.join(str(part) for part in (seed,) + what)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], 'big') >> 1
