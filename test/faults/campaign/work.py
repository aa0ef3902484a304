# A job of the campaign: does what its parameters say, so that what must come of it is known beforehand.
import hashlib
import json
import os
import subprocess
import sys
import time

with open('input/params.json') as file:
    wanted = json.load(file)
print('job', wanted['n'], flush=True)
if wanted['built']:
    # what the build left: no job may start before it, or elsewhere
    with open('built.txt') as file:
        assert file.read() == 'built\n'
if wanted['daemon']:
    # a grandchild in a session of its own, which nobody waits for
    subprocess.Popen(['sleep', '900'], start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
time.sleep(wanted['seconds'])
digest = hashlib.sha256()
if wanted['save'] > 0:
    os.mkdir('distribute_save/part')
    with open('distribute_save/part/big.bin', 'wb') as file:
        for at in range(0, wanted['save'], 1 << 16):
            piece = os.urandom(min(1 << 16, wanted['save'] - at))
            digest.update(piece)
            file.write(piece)
with open('distribute_save/answer.txt', 'w') as file:
    file.write(f"{wanted['n'] * wanted['n']} {digest.hexdigest()}\n")
if wanted['fail'] == 'always' or (wanted['fail'] == 'sometimes' and int(os.environ['DIST_ATTEMPT'][-2:], 16) < 150):
    sys.exit(3)
