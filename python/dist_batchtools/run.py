"""Runs a search script to its end, and says so to dist: what went wrong in the script is the script's own traceback."""
import os
import runpy
import sys
import traceback

from . import channel, hook


def run_script(script, argv):
    """The exit status. `argv` as the script sees it."""
    if not os.path.isfile(script):
        sys.stderr.write('no such file: {}\n'.format(argv[0]))
        return 2
    channel.open_channel()
    hook.install()
    sys.argv = list(argv)
    try:
        runpy.run_path(script, run_name='__main__')
    except channel.Detached:
        return 0
    except channel.Refused as refused:
        # dist has told why
        return refused.status
    except KeyboardInterrupt:
        return 130
    except Exception:
        told = traceback.format_exc().split('\n')
        sys.stderr.write('\n'.join(without_frames_of_ours(told)))
        return 1
    return 0


def without_frames_of_ours(lines):
    """The traceback begins in the script, as without dist."""
    here = os.path.dirname(os.path.abspath(__file__))
    for index, line in enumerate(lines):
        ours = line.startswith('  File "') and (here in line or '<frozen runpy>' in line or os.sep + 'runpy.py"' in line)
        if line.startswith('  File "') and not ours:
            return lines[:1] + lines[index:]
    return lines
