"""What a batchtools script does to get its values and to tell its result, for tests without batchtk. Standard library only.

Written from a description of the interface: variables <TYPE>RUNTK<number> hold name, delimiter and value; SOCNAME, else MSGFILE,
says where a message goes; a message is four bytes of big-endian length and UTF-8; who cannot connect writes a file.
"""
import ast
import json
import os
import socket
import struct


class Runner:
    def __init__(self, delimiter='*='):
        self.delimiter = delimiter
        self.values = dict(self.read(name, text) for name, text in os.environ.items() if 'RUNTK' in name)
        self.socket = None

    def read(self, name, text):
        parts = text.split(self.delimiter)
        return parts[0].strip(), self.convert(name.split('RUNTK')[0], parts[1].strip())  # IndexError: another delimiter

    def convert(self, kind, text):
        if kind in ('INT', 'FLOAT', 'STR'):
            return {'INT': int, 'FLOAT': float, 'STR': str}[kind](text)
        if self.delimiter == '=' and kind in ('DICT', 'JSON'):
            return json.loads(text)
        if self.delimiter == '=' and kind not in ('LIST', 'TUPLE'):
            raise KeyError(kind)
        return ast.literal_eval(text)

    def connect(self):
        """False: there is nothing to connect to, or it is not there."""
        address = os.environ.get('SOCNAME')
        if address is None:
            return False
        try:
            if os.path.exists(address):
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(address)
            else:
                host, port = address.split(',')
                self.socket = socket.create_connection((host.strip(" ('"), int(port.strip(' )'))))
        except OSError:
            self.socket = None
        return self.socket is not None

    def send(self, text):
        data = text.encode()
        if self.socket is not None:
            self.socket.sendall(struct.pack('!I', len(data)) + data)
        elif 'SOCNAME' not in os.environ and 'MSGFILE' in os.environ:
            with open(os.environ['MSGFILE'], 'w') as file:
                file.write(text)
            open(os.environ['SGLFILE'], 'w').close()
        else:
            with open('%s/%s.out' % (self.values['saveFolder'], self.values['simLabel']), 'w') as file:
                file.write(text)

    def close(self):
        if self.socket is not None:
            self.socket.close()
            address = os.environ['SOCNAME']
            if os.path.exists(address):
                os.unlink(address)
            self.socket = None
