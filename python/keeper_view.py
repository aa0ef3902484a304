"""Views: a jobset's build as the jobs of one slot see it, at its own path, with what this slot's jobs wrote. Used by keeper.py.

A view of the folder `w` lives in `home`: input/ and distribute_save/, which lie over those of `w`, and up/ and work/ (overlay) or
tree/ (copy). All mounts are in the keeper's own mount namespace, which it enters when it needs the first view.
Run as `python3 keeper_view.py <work folder>` it answers the agent's question: overlay, copy or none (keeper_view_probe.py).
"""
import os
import stat
import sys
import time

import keeper_files as files
import keeper_mount as mounts
from keeper_copy import copy_build

BOUND = ('input', 'distribute_save')
KEEP = 8  # views that stay mounted: an unmount costs 5 to 10 ms, a mounted view memory
LOOK = 5000000000  # ns between looks whether folders of mounted views are gone


class View:
    """One mounted view. `space` is the workspace that uses it now."""

    def __init__(self, space, who, slot, halted):
        self.space = space
        self.what = space.view
        self.stale = False
        self.root = -1
        w, home = self.w, self.home = space.path, space.home
        kind = space.view[0]
        mark = who if kind == 'overlay' else ''
        lay_out(home, kind, '%s %s %d' % (kind, mark, os.stat(w).st_ino))
        if kind == 'copy':
            copy_build(w, home + '/tree', BOUND, slot, halted)
            mounts.bind(home + '/tree', w)
        else:
            mounts.overlay(w, home + '/up', home + '/work', w, who)
            open_up(home + '/work/work')
        try:
            self.root = os.open(w, mounts.FOLDER)
            for name in BOUND:
                make_folder(w + '/' + name)
                mounts.bind(home + '/' + name, w + '/' + name)
            facts = os.fstat(self.root)
            self.known = (facts.st_dev, facts.st_ino, os.stat(home).st_ino)
            self.bound = tuple(os.stat(home + '/' + name).st_ino for name in BOUND)
        except OSError:
            self.unmount()
            raise

    def stands(self):
        """True while the view is what lies at its path, and its home is the folder that it was made of."""
        try:
            facts = os.stat(self.w)
            return not self.stale and (facts.st_dev, facts.st_ino, os.stat(self.home).st_ino) == self.known
        except OSError:
            return False

    def holds(self, space):
        """True when what was just staged is what the view shows: a job may have put another folder in the place of a bound one."""
        return (space.folders['input'][0], space.save[0]) == self.bound

    def unmount(self):
        self.stale = True
        self.space.mounted = None
        root = self.root if self.root >= 0 else os.open(self.w, mounts.FOLDER)
        mounts.detach(root)
        os.close(root)  # only now is the build's folder free


class Views:
    """The mounted views of a keeper by path, the one that was used last at the end."""

    def __init__(self, slot, halted):
        self.slot = slot
        self.halted = halted
        self.mounted = {}
        self.who = None  # once the keeper is in a namespace of its own: who may mount there
        self.due = 0

    def enter(self, space):
        """Has the space's view mounted and makes its home the current folder."""
        view = self.mounted.pop(space.path, None)
        if view is not None and (view.what != space.view or not view.stands()):
            view.unmount()
            view = None
        if view is None:
            if self.who is None:
                self.who = mounts.enter_namespace()
            view = View(space, self.who, self.slot, self.halted)
        self.mounted[space.path] = view
        view.space = space
        space.mounted = view
        os.chdir(space.home)
        while len(self.mounted) > KEEP:
            self.leave(next(iter(self.mounted)))

    def leave(self, w):
        """Has no view at this path."""
        view = self.mounted.pop(w, None)
        if view is not None:
            view.unmount()

    def renew(self, w, busy):
        """The next job finds a view that was mounted anew; `busy` is the path whose view a running job is in."""
        if w == busy:
            if w in self.mounted:
                self.mounted[w].stale = True
        else:
            self.leave(w)

    def look(self, busy):
        """Now and then: unmounts views whose folder was renamed or removed, so that its space becomes free."""
        now = time.monotonic_ns()
        if now < self.due:
            return
        self.due = now + LOOK
        self.drop_gone(busy)

    def drop_gone(self, busy):
        for w, view in list(self.mounted.items()):
            if w != busy and not view.stands():
                self.leave(w)


def lay_out(home, kind, stamp):
    """Makes the folders of a home. One of another build, another kind or another owner of the marks in it is emptied first."""
    os.makedirs(home, exist_ok=True)
    path = home + '/of'
    try:
        with open(path) as file:
            known = file.read()
    except FileNotFoundError:
        known = None
    if known != stamp:
        files.empty(home)
    for name in BOUND + (('up', 'work') if kind == 'overlay' else ()):
        make_folder(home + '/' + name)
    if known != stamp:
        with open(path, 'w') as file:
            file.write(stamp)


def open_up(path):
    """The kernel makes it with mode 0, and who wants to remove a home would trip over it."""
    try:
        os.chmod(path, 0o700)
    except OSError:
        pass  # named otherwise by another kernel


def make_folder(path):
    facts = files.lstat(path)
    if facts is not None and not stat.S_ISDIR(facts.st_mode):
        files.remove(path)
        facts = None
    if facts is None:
        os.mkdir(path, 0o755)


if __name__ == '__main__':
    import keeper_view_probe
    print(keeper_view_probe.probe(os.path.abspath(sys.argv[1])))
