"""Staging: makes `input/`, the script and `distribute_save/` of a workspace what the next job must find, touching only what differs.

What a job may have changed is told by inode, ctime and size. A ctime at or before `trust` (10 ms before the start of the job
that ran last; the kernel's clock for ctimes may tick as slowly as that) proves a file unchanged or a folder's listing the same.
A later one proves nothing: contents and listings are compared then. All paths are relative to the workspace, the current folder;
where jobs see a view of it (keeper_view.py) the current folder is the view's home, and only the script goes through the view.
"""
import os
import stat
import time

import keeper_files as files

SMALL = 64 << 10
TICK = 10000000  # ns
READ = os.O_RDONLY | os.O_CLOEXEC
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
OVER = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Plan:
    """What `input/` must hold: path -> (sha256, mode, source, how), and the names that belong in each folder."""

    def __init__(self, entries):
        self.files = {}
        self.folders = {'input': set()}
        for entry in entries:
            rel, sha, mode, source = entry[:4]
            path = 'input/' + safe(rel)
            self.files[path] = (sha, stat.S_IFREG | mode & 0o7777, source, entry[4] if len(entry) > 4 else 'c')
            while path != 'input':
                folder, _, name = path.rpartition('/')
                self.folders.setdefault(folder, set()).add(name)
                path = folder
        self.order = sorted(self.folders, key=lambda path: path.count('/'))

    def over(self, entries):
        """This plan with files added or replaced."""
        merged = [(path[6:],) + value for path, value in self.files.items()]
        return Plan(merged + list(entries)) if entries else self


def safe(rel):
    """The path itself; the agent has checked it, and nothing outside the workspace is written even if it had not."""
    if rel.startswith('/') or any(part in ('', '.', '..') for part in rel.split('/')) or '\0' in rel:
        raise OSError(22, 'unsafe path', rel)
    return rel


class Workspace:
    def __init__(self, order):
        self.path = order['w']
        view = order.get('view')
        self.view = None if view is None else (view['kind'], view['home'])
        self.home = None if view is None else view['home']
        self.mounted = None  # the View, while it is there
        self.outside = '' if view is None else self.path + '/'  # where the script goes, as seen from the current folder
        self.env = order['env']
        self.plan = Plan(order['files'])
        self.shared = frozenset(entry[1] for entry in order['files'])
        self.cache = {}  # sha256 -> content of small template files
        self.reset()

    def reset(self):
        """Nothing is known any more (a build ran here, the agent laid it out anew)."""
        self.have = {}  # path -> (inode, ctime, size, st_mode, sha256)
        self.folders = {}  # path -> (inode, ctime)
        self.script = None
        self.save = None  # (inode, ctime) of the empty distribute_save
        self.trust = 0

    def stage(self, plan, script):
        """Raises OSError; what is known stays true then, and the next call mends the rest."""
        touched = self.stage_folders(plan)
        settle = 0
        for path, want in plan.files.items():
            # The common case in line: a call per file would cost more than its lstat.
            known = self.have.get(path)
            if known is not None and known[1] <= self.trust and known[4] == want[0] and known[3] == want[1]:
                facts = files.lstat(path)
                if facts is not None and (facts.st_ino, facts.st_ctime_ns, facts.st_size, facts.st_mode) == known[:4]:
                    continue
            if self.put(path, want):
                touched.add(path.rpartition('/')[0])
                known = self.have[path]
                if known[2] > SMALL and want[0] in self.shared:
                    settle = max(settle, known[1])
        for path in touched:
            facts = os.lstat(path)
            self.folders[path] = (facts.st_ino, facts.st_ctime_ns)
        if script is not None:
            self.stage_script(script)
        if self.save is None:
            self.clear_save()
        if settle:
            # A large file's ctime becomes a proof by waiting once; comparing it after every short job would cost more.
            time.sleep(max(0, settle + TICK - time.time_ns()) / 1e9)

    def stage_folders(self, plan):
        """Makes every folder a real one with nothing in it that does not belong; returns those whose proof must be taken anew."""
        touched = set()
        same = self.have.keys() == plan.files.keys()
        for path in plan.order:
            facts = files.lstat(path)
            if facts is not None and stat.S_ISDIR(facts.st_mode):
                known = self.folders.get(path)
                if same and known is not None and known[1] <= self.trust and known == (facts.st_ino, facts.st_ctime_ns):
                    continue
                touched.add(path)
                belongs = plan.folders[path]
                if stat.S_IMODE(facts.st_mode) != 0o755:
                    os.chmod(path, 0o755)
                for name in os.listdir(path):
                    if name not in belongs:
                        self.remove(path + '/' + name)
            else:
                self.remove(path)
                os.mkdir(path, 0o755)
                touched.add(path)
                parent = path.rpartition('/')[0]
                if parent:
                    touched.add(parent)
        if not same:
            for path in [path for path in self.have if path not in plan.files]:
                del self.have[path]
            for path in [path for path in self.folders if path not in plan.folders]:
                del self.folders[path]
        return touched

    def remove(self, path):
        self.have.pop(path, None)
        self.folders.pop(path, None)
        below = path + '/'
        for known in [p for p in self.have if p.startswith(below)]:
            del self.have[known]
        for known in [p for p in self.folders if p.startswith(below)]:
            del self.folders[known]
        files.remove(path)

    def put(self, path, want):
        """Proves one file right or writes it; true when its folder was changed or it was written."""
        facts = files.lstat(path)
        known = self.have.pop(path, None)
        written = self.settle_file(path, want, facts, known)
        self.have[path] = written if written is not None else known
        return written is not None

    def settle_file(self, path, want, facts, known):
        """None when the file is proved to be what `known` says, else what is known of it after writing it."""
        sha, mode, source, how = want
        if known is not None and facts is not None and known[4] == sha and known[3] == mode:
            if (facts.st_ino, facts.st_ctime_ns, facts.st_size, facts.st_mode) == known[:4]:
                if known[1] <= self.trust or how != 'm' and self.same(path, sha, source):
                    return None
        if how == 'm':
            if facts is not None and not stat.S_ISREG(facts.st_mode):
                files.remove(path)
            os.rename(source, path)
            facts = os.lstat(path)
            if not stat.S_ISREG(facts.st_mode):
                raise OSError(22, 'prepared input is not a file', source)
            if facts.st_mode != mode:
                os.chmod(path, mode & 0o7777)
                facts = os.lstat(path)
        else:
            facts = self.write(path, facts, sha, mode, source)
        return (facts.st_ino, facts.st_ctime_ns, facts.st_size, facts.st_mode, sha)

    def same(self, path, sha, source):
        data = self.cache.get(sha)
        if data is None:
            return files.same_content(path, source)
        fd = os.open(path, READ | os.O_NOFOLLOW)
        try:
            return files.read_upto(fd, SMALL + 1) == data
        finally:
            os.close(fd)

    def write(self, path, facts, sha, mode, source):
        data = self.cache.get(sha)
        fd = -1
        if data is None:
            fd = os.open(source, READ)
        try:
            if data is None:
                data = files.read_upto(fd, SMALL + 1)
                if len(data) > SMALL:
                    data = None
                elif sha in self.shared:
                    self.cache[sha] = data
            return self.fill(path, facts, mode, fd, data)
        finally:
            if fd >= 0:
                os.close(fd)

    def fill(self, path, facts, mode, source, data):
        """Writes `data`, or the whole of the open file `source`, to the path; returns its stat."""
        target = -1
        if data and facts is not None and stat.S_ISREG(facts.st_mode) and facts.st_nlink == 1:
            # In place: no inode is made or freed, and the folder keeps its ctime. Never through another name or a link.
            try:
                target = os.open(path, OVER)
            except PermissionError:
                pass
        if target < 0:
            if facts is not None:
                files.remove(path)
            target = os.open(path, NEW, 0o600)
            facts = None
        try:
            if data is None:
                files.copy_into(source, target)
            else:
                n = 0
                while n < len(data):
                    n += os.write(target, data[n:] if n else data)
                # Never to 0 and then written: ext4 would flush such a file when it is closed.
                if facts is not None and facts.st_size > len(data):
                    os.ftruncate(target, len(data))
            if facts is None or facts.st_mode != mode:
                os.fchmod(target, mode & 0o7777)
            return os.fstat(target)
        finally:
            os.close(target)

    def stage_script(self, script):
        name, sha, mode, source = script
        if safe(name).partition('/')[1] or name in ('input', 'distribute_save', 'initial_files'):
            raise OSError(22, 'unsafe script name', name)
        path = self.outside + name
        if self.script is not None and self.script != path:
            self.have_script = None
            files.remove(self.script)
            self.script = None
        facts = files.lstat(path)
        known = self.have_script if self.script == path else None
        self.script = None
        written = self.settle_file(path, (sha, stat.S_IFREG | mode & 0o7777, source, 'c'), facts, known)
        self.have_script = written if written is not None else known
        self.script = path

    def clear_save(self):
        """Makes `distribute_save` an empty folder and remembers it as such."""
        facts = files.lstat('distribute_save')
        if facts is None or not stat.S_ISDIR(facts.st_mode):
            files.remove('distribute_save')
            os.mkdir('distribute_save', 0o755)
        else:
            if facts.st_mode & 0o777 != 0o755:
                os.chmod('distribute_save', 0o755)
            files.empty('distribute_save')
        self.prove_save()

    def prove_save(self):
        facts = os.lstat('distribute_save')
        self.save = (facts.st_ino, facts.st_ctime_ns)

    def save_is_empty(self):
        """True when nothing has happened in `distribute_save` since it was proved empty."""
        facts = files.lstat('distribute_save')
        save = self.save
        return facts is not None and save is not None and save[1] <= self.trust and save == (facts.st_ino, facts.st_ctime_ns)
