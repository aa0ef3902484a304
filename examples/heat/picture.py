# Draws a temperature field as PNG, with nothing but the standard library. Lies in ./input of every job.
import math
import struct
import zlib

# dark to light, perceived as even steps: deep violet, magenta, orange, pale yellow
COLOURS = [(13, 8, 63), (72, 12, 104), (133, 33, 107), (187, 55, 84), (229, 92, 48), (249, 142, 9), (249, 201, 50), (252, 255, 190)]
WALL = (58, 66, 74)
SCALE = 3
LINES = 10  # isotherms


def colour(share):
    """Colour of a share between 0 and 1."""
    position = min(max(share, 0.0), 1.0) * (len(COLOURS) - 1)
    index = min(int(position), len(COLOURS) - 2)
    part = position - index
    return tuple(round(low + (high - low) * part) for low, high in zip(COLOURS[index], COLOURS[index + 1]))


def draw(field, path):
    """`field` is a list of rows, `nan` inside walls; each cell becomes SCALE x SCALE pixels, drawn smoothly."""
    free = [value for row in field for value in row if not math.isnan(value)]
    low, high = min(free), max(free)
    span = (high - low) or 1.0
    shares = [[(value - low) / span for value in row] for row in field]
    table = [bytes(colour(step / 255)) for step in range(256)]
    dark = [bytes(int(part * 0.72) for part in entry) for entry in table]
    wall = bytes(WALL)
    offsets = [(step + 0.5) / SCALE - 0.5 for step in range(SCALE)]
    rows = []
    previous = [None] * (len(field[0]) * SCALE)
    for j in range(len(field)):
        for dy in offsets:
            line = bytearray(b"\0")  # PNG filter: none
            bands = []
            left = None
            for i in range(len(field[0])):
                for dx in offsets:
                    share = smooth(shares, j, i, dy, dx)
                    if math.isnan(share):
                        bands.append(None)
                        left = None
                        line += wall
                        continue
                    band = int(share * LINES * 0.9999)
                    above = previous[len(bands)]
                    edge = (left is not None and band != left) or (above is not None and band != above)
                    bands.append(band)
                    left = band
                    line += (dark if edge else table)[int(share * 255)]
            previous = bands
            rows.append(bytes(line))
    write_png(path, len(field[0]) * SCALE, len(rows), b"".join(rows))


def smooth(shares, j, i, dy, dx):
    """Between the cells around (j + dy, i + dx); walls and the border count as the cell itself."""
    own = shares[j][i]
    if math.isnan(own):
        return own
    nj, ni = j + (1 if dy > 0 else -1), i + (1 if dx > 0 else -1)

    def cell(y, x):
        if not (0 <= y < len(shares) and 0 <= x < len(shares[0])):
            return own
        value = shares[y][x]
        return own if math.isnan(value) else value

    wy, wx = abs(dy), abs(dx)
    here = own * (1 - wx) + cell(j, ni) * wx
    there = cell(nj, i) * (1 - wx) + cell(nj, ni) * wx
    return here * (1 - wy) + there * wy


def write_png(path, width, height, rows):
    """Eight-bit RGB; `rows` holds a filter byte before each row."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))
