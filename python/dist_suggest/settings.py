"""`algorithm_config`: an optimiser takes what it knows, with its type; what is left over is a mistake, named with the nearest name."""
import difflib
import json

from .problem import Problem

NUMBER = (int, float)


class Settings:
    def __init__(self, algorithm, config):
        if not isinstance(config, dict):
            raise Problem('bad_config', '`algorithm_config` is no map')
        self.algorithm = algorithm
        self.left = dict(config)
        self.known = []

    def take(self, name, kinds, default=None, options=None):
        """The value or `default`; null counts as absent."""
        self.known.append(name)
        value = self.left.pop(name, None)
        if value is None:
            return default
        if isinstance(value, bool) and bool not in (kinds if isinstance(kinds, tuple) else (kinds,)) or not isinstance(value, kinds):
            raise self.bad('%s: %s has the wrong type' % (name, json.dumps(value)))
        if options is not None and value not in options:
            raise self.bad('%s: %s is none of %s' % (name, json.dumps(value), ', '.join(options)))
        return value

    def whole(self, name, default=None, least=1):
        value = self.take(name, int, default)
        if value is not None and value < least:
            raise self.bad('%s: %s is below %s' % (name, value, least))
        return value

    def take_all(self, names):
        """Those of `names` that are set, as they are: the optimiser's own constructor checks them."""
        self.known.extend(names)
        return {name: self.left.pop(name) for name in list(self.left) if name in names}

    def ignore(self, notices, names):
        """Keys of ray's searchers that have no meaning here."""
        for name in names:
            if self.left.pop(name, None) is not None:
                notices.append('algorithm_config.%s is not needed here and has no effect' % name)

    def finish(self):
        for name in sorted(self.left):
            near = difflib.get_close_matches(name, self.known, 1)
            hint = 'did you mean %s?' % near[0] if near else 'it takes: %s' % ', '.join(sorted(self.known))
            raise Problem('bad_config', '%s has no setting %s (algorithm_config)' % (self.algorithm, name), hint)

    def bad(self, what):
        return Problem('bad_config', 'algorithm_config.%s' % what)
