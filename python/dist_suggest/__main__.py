"""Started as `python3 <here>` by the head (server/suggest) or by hand: settles what suggestions depend on, then serves lines.

The same history must give the same suggestions in every process, so numbers are computed by one thread (sums of several come
in any order) and strings hash alike.
"""
import os
import sys

THREADS = ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'NUMEXPR_NUM_THREADS', 'NUMBA_NUM_THREADS')
SETTLED = 'DIST_SUGGEST_SETTLED'


def settle():
    """Sets the environment that libraries read when they are imported; hashing is decided at the start, so it starts anew once."""
    for name in THREADS:
        os.environ[name] = '1'
    os.environ['PYTHONHASHSEED'] = '0'
    # the folder beside keeper.py in place of this one: a module here must not stand for one of a library's
    here = os.path.dirname(os.path.abspath(__file__))
    if sys.flags.hash_randomization and SETTLED not in os.environ:
        os.environ[SETTLED] = '1'
        os.execv(sys.executable, [sys.executable, '-X', 'utf8', here])
    sys.path[0] = os.path.dirname(here)


if __name__ == '__main__':
    settle()
    from dist_suggest.serve import serve
    serve()
