"""Fetches a jobset's source into the current folder, then becomes the build.

Started by the keeper (shared/run/source-argv.ts) as `python3 -I fetch_source.py git URL REF submodules|'' [build argv...]`
or `... archive URL SHA256 '' [build argv...]`. What it prints is the beginning of the build's output; it ends with 1 when
the source cannot be had. Standard library only, Python 3.8 or newer.
"""
import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request

TRIES = 3
SILENCE = 60  # s without a byte
DOWNLOAD = '.source-download'


class Trouble(Exception):
    """Told to the person who reads the build's output."""


def main(kind, url, version, extra, *build):
    try:
        if kind == 'git':
            clone(url, version, extra == 'submodules')
        else:
            archive(url, version)
    except (Trouble, OSError, tarfile.TarError) as error:
        print('source: %s: %s' % (url, error), flush=True)
        return 1
    if not build:
        return 0
    try:
        os.execvp(build[0], build)
    except OSError as error:
        print('source: cannot start %s: %s' % (build[0], error.strerror), flush=True)
        return 127


# ---- git ------------------------------------------------------------------------------------------

def clone(url, ref, submodules):
    """Shallow; `ref` is a branch, a tag or a commit, empty for the remote's default branch."""
    if url.startswith('-') or re.match(r'[-+]', ref) or ':' in ref:
        raise Trouble('%r is no git reference' % ref if not url.startswith('-') else 'no git URL')
    if shutil.which('git') is None:
        raise Trouble('git is not installed on this node')
    git('init', '--quiet', '.')
    git('remote', 'add', 'origin', url)
    if re.fullmatch('[0-9a-f]{7,40}', ref):
        # Old servers give no single commit: then all branches are fetched. What the first try says would confuse.
        target = 'FETCH_HEAD' if git_ok('fetch', '--quiet', '--depth', '1', '--no-tags', 'origin', ref) else ref
        if target == ref:
            git('fetch', '--quiet', '--tags', 'origin', '+refs/heads/*:refs/remotes/origin/*')
    else:
        git('fetch', '--quiet', '--depth', '1', '--no-tags', 'origin', ref or 'HEAD')
        target = 'FETCH_HEAD'
    git('checkout', '--quiet', '--detach', target)
    if submodules:
        git('submodule', 'update', '--quiet', '--init', '--recursive', '--depth', '1')
    commit = subprocess.run(['git', 'rev-parse', 'HEAD'], stdout=subprocess.PIPE, text=True).stdout.strip()
    print('source: %s at %s' % (url, commit), flush=True)


def git(*args):
    status = subprocess.call(['git', '-c', 'advice.detachedHead=false', '-c', 'init.defaultBranch=main', *args])
    if status != 0:
        raise Trouble('git %s ended with %d' % (args[0], status))


def git_ok(*args):
    return subprocess.call(['git', *args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


# ---- archive --------------------------------------------------------------------------------------

def archive(url, sha256):
    if not re.match('(https?|file)://', url):
        raise Trouble('only http, https and file addresses can be fetched')
    found = download(url)
    if found != sha256:
        raise Trouble('its SHA-256 is %s, the jobset asks for %s' % (found, sha256))
    with tarfile.open(DOWNLOAD) as tar:
        count = unpack(tar, os.path.realpath('.'))
    os.remove(DOWNLOAD)
    print('source: %s, %d entries' % (url, count), flush=True)


def download(url):
    for tries in range(1, TRIES + 1):
        try:
            digest = hashlib.sha256()
            with urllib.request.urlopen(url, timeout=SILENCE) as reply, open(DOWNLOAD, 'wb') as target:
                for chunk in iter(lambda: reply.read(1 << 20), b''):
                    digest.update(chunk)
                    target.write(chunk)
            return digest.hexdigest()
        except urllib.error.HTTPError as error:
            if error.code < 500 or tries == TRIES:
                raise Trouble('HTTP %d' % error.code)
        except OSError:
            if tries == TRIES:
                raise
        time.sleep(tries)


def unpack(tar, root):
    """Files and folders only, links last: nothing is ever written through a link of the archive, or over a file of ours."""
    links = []
    count = 0
    for member in tar:
        path = inside(root, member.name)
        count += 1
        if member.isdir():
            os.makedirs(path, exist_ok=True)
        elif member.isreg():
            write(tar.extractfile(member), path, 0o755 if member.mode & stat.S_IXUSR else 0o644)
        elif member.issym():
            links.append((path, member))
        elif member.islnk():
            shutil.copyfile(inside(root, member.linkname), path)
        else:
            raise Trouble('%s in it is no file, folder or link' % member.name)
    for path, member in links:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(member.linkname, path)
        if not below(root, os.path.realpath(path)):
            os.remove(path)
            raise Trouble('%s in it is a link that leads out (%s)' % (member.name, member.linkname))
    return count


def inside(root, name):
    parts = [part for part in name.split('/') if part not in ('', '.')]
    path = os.path.join(root, *parts)
    if name.startswith('/') or '..' in parts or not below(root, os.path.realpath(path)):
        raise Trouble('%s in it leads out of the workspace' % name)
    return path


def below(root, path):
    return path == root or path.startswith(root + '/')


def write(source, path, mode):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    except FileExistsError:
        raise Trouble('%s in it is there already, from the jobset' % os.path.relpath(path)) from None
    with os.fdopen(fd, 'wb') as target:
        shutil.copyfileobj(source, target, 1 << 20)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
