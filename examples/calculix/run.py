# One job: solves ./input/deck.inp with CalculiX, saves its tables and ends as ccx ended, by exit status or signal.
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys

cores = sys.argv[1]
folder = pathlib.Path("solution")
shutil.rmtree(folder, ignore_errors=True)  # of the job before
folder.mkdir()
shutil.copy("input/deck.inp", folder / "deck.inp")

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
ended = subprocess.run(["ccx", "-i", "deck"], cwd=folder, env={**os.environ, "OMP_NUM_THREADS": cores}).returncode

# results, status of the increments, convergence; also those of a failed run: they tell how far it came
for suffix in ("dat", "sta", "cvg"):
    table = folder / f"deck.{suffix}"
    if table.exists():
        shutil.copy(table, "distribute_save")

if ended < 0:
    print(f"ccx was ended by {signal.Signals(-ended).name}", flush=True)
    signal.signal(-ended, signal.SIG_DFL)
    os.kill(os.getpid(), -ended)
if ended > 0:
    print(f"ccx ended with exit status {ended}", flush=True)
sys.exit(ended)
