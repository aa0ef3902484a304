"""The CPUs of a job: the keeper binds itself before it starts one that may use others than the last, and the job inherits that."""
import os


class Cpus:
    def __init__(self):
        self.all = frozenset(os.sched_getaffinity(0))
        self.now = None  # a set, or None for all that the keeper was given

    def bind(self, cpus):
        """Called only when `cpus` differs from `now`. Raises OSError with a message when the kernel does not give exactly these."""
        try:
            os.sched_setaffinity(0, self.all if cpus is None else cpus)
            given = os.sched_getaffinity(0)
            if cpus is None or given == cpus:
                self.now = cpus
                return
            # It takes no offence at a CPU that is not there as long as another one is.
            why = 'it gave only %s' % text_of(given)
            os.sched_setaffinity(0, self.all)
            self.now = None
        except (OSError, ValueError, OverflowError) as error:
            why = getattr(error, 'strerror', None) or str(error)
        raise OSError('the kernel refuses to bind it to %s: %s (this keeper may use %s)' % (
            text_of(self.all if cpus is None else cpus), why, text_of(self.all)))


def text_of(cpus):
    return 'CPU ' + ','.join(str(cpu) for cpu in sorted(cpus)) if cpus else 'no CPU at all'
