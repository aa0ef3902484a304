"""Started as `python3 <here> SCRIPT [ARGS]`, with two inherited file descriptors in DIST_BATCHTOOLS_FDS. Runs the script as Python
would, after the imports of a search are answered by this package."""
import os
import sys


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    # by its parent for the one import: no module beside this package may stand for one of the script's
    sys.path[0] = os.path.dirname(here)
    from dist_batchtools import run
    script = os.path.abspath(sys.argv[1])
    sys.path[0] = os.path.dirname(script)
    return run.run_script(script, sys.argv[1:])


if __name__ == '__main__':
    sys.exit(main())
