# One job: solves the case in ./input/input.json with the granted number of cores and saves a table, a picture
# and a summary.
import json
import pathlib
import re
import subprocess
import sys
import time

from input import picture

cores = sys.argv[1]
case = json.loads(pathlib.Path("input/input.json").read_text())
save = pathlib.Path("distribute_save")
print(f"{case['title']}: {cores} cores granted")

# what the solver reads: see the head of heat.c
lines = [f"size {case['size']}", f"steps {case['steps']}", f"tolerance {case.get('tolerance', 0)}", f"start {case['start']}"]
lines += [f"edge {side} {value}" for side, value in case.get("edges", {}).items()]
lines += [f"source {s['x']} {s['y']} {s['radius']} {s['temperature']}" for s in case.get("sources", [])]
lines += [f"wall {w['x0']} {w['y0']} {w['x1']} {w['y1']}" for w in case.get("walls", [])]
pathlib.Path("case.txt").write_text("\n".join(lines) + "\n")

started = time.monotonic()
solver = subprocess.run(["solver/heat", "case.txt", save / "temperature.csv", cores], stdout=subprocess.PIPE, text=True)
seconds = time.monotonic() - started
print(solver.stdout, end="")
if solver.returncode != 0:
    sys.exit(f"the solver ended with {solver.returncode}")

numbers = {key: float(value) for key, value in re.findall(r"(\w+)=(\S+)", solver.stdout.splitlines()[-1])}
field = [[float(value) for value in row.split(",")] for row in (save / "temperature.csv").read_text().splitlines()]
picture.draw(field, save / "temperature.png")
summary = {"title": case["title"], "cores": int(cores), "solver_seconds": round(seconds, 3), **numbers, "steps": int(numbers["steps"])}
(save / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
