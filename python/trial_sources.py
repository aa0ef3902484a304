"""What a trial's own Python files say of batchtools: those that its command names and what they import from the same folders."""
import os
import re

FILES = 300
BYTES = 1 << 20
SKIPPED = {'site-packages', 'dist-packages', '__pycache__', 'node_modules', 'distribute_save', '.git', '.venv', 'venv'}

IMPORT = re.compile(r'^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+([\w, \t]+)|import[ \t]+([\w., \t]+))', re.M)
NAMED = re.compile(r'''['"]([\w./-]+\.py)['"]''')
NETPYNE = re.compile(r'^[ \t]*(?:from|import)[ \t]+netpyne\b', re.M)
# what of netpyne goes by way of batchtools
BATCH = re.compile(r'batchtools|update_cfg|get_mappings|\bcfg\.update\(|\bsim\.send\(|\bcomm\.')
BATCHTK = re.compile(r'^(?:from|import)[ \t]+batchtk\b', re.M)


class Needs:
    def __init__(self, texts):
        self.netpyne = any(NETPYNE.search(text) for text in texts) and any(BATCH.search(text) for text in texts)
        self.batchtk = any('batchtk' in text or 'RUNTK' in text for text in texts)
        # outside of try and def: the script ends there when it is not installed
        self.imports_batchtk = any(BATCHTK.search(text) for text in texts)


def needs(texts):
    """`texts`: the trial's command and arguments. Without a Python file among them all that lie here are looked at."""
    entries = [word for text in texts for word in words(text) if os.path.isfile(word)]
    found = list(texts) + list(reached(entries) if entries else everything())
    return Needs(found)


def words(text):
    """Files that a command may start: names of Python files, and modules after -m."""
    before = ''
    for word in re.findall(r'''[^\s'"=;|&()<>]+''', text):
        if word.endswith('.py'):
            yield word
        elif before == '-m':
            yield from files_of(word, '.')
        before = word


def reached(entries):
    queue, seen = list(entries), set()
    while queue and len(seen) < FILES:
        path = os.path.normpath(queue.pop(0))
        if path in seen:
            continue
        seen.add(path)
        text = read(path)
        if text is None:
            continue
        yield text
        queue += imported(text, os.path.dirname(path))
        queue += [name for name in NAMED.findall(text) if os.path.isfile(name)]


def imported(text, folder):
    """Files beside the importing one, or below the current folder."""
    for source, names, plain in IMPORT.findall(text):
        modules = [part.split()[0] for part in plain.split(',') if part.split()]
        if source or names:
            modules = [source] + [source.rstrip('.') + '.' + name.split()[0] for name in names.split(',') if name.split()]
        for module in modules:
            for below in dict.fromkeys((folder, '.')):
                yield from files_of(module.lstrip('.'), below)


def files_of(module, below):
    path = os.path.join(below, *[part for part in module.split('.') if part])
    for name in path + '.py', path + '/__init__.py', path + '/__main__.py':
        if os.path.isfile(name):
            yield name


def everything():
    count = 0
    for folder, folders, names in os.walk('.'):
        folders[:] = [name for name in folders if name not in SKIPPED and folder.count('/') < 3]
        for name in names:
            if not name.endswith('.py') or count >= FILES:
                continue
            count += 1
            text = read(os.path.join(folder, name))
            if text is not None:
                yield text


def read(path):
    try:
        if os.path.getsize(path) > BYTES:
            return None
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()
    except OSError:
        return None
