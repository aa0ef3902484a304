"""Runs a search script to its end, as Python would, and says what the exit status is. What goes wrong in it is its own traceback."""
import sys
import traceback
import types

from . import channel, hook


def run_script(script, argv):
    """`script`: absolute; `argv` as the script sees it."""
    try:
        with open(script, 'rb') as file:
            source = file.read()
    except OSError as error:
        sys.stderr.write('cannot read {}: {}\n'.format(argv[0], error.strerror))
        return 2
    channel.open_channel()
    hook.install()
    sys.argv = list(argv)
    main = types.ModuleType('__main__')
    main.__file__ = script
    sys.modules['__main__'] = main
    try:
        exec(compile(source, script, 'exec'), main.__dict__)
    except channel.Detached:
        return 0
    except channel.Refused as refused:
        # dist has told why
        return refused.status
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # it begins in the script, as without dist
        traceback.print_exception(type(error), error, error.__traceback__.tb_next if error.__traceback__ else None)
        return 1
    return 0
