"""Twenty pyramidal cells and five basket cells, as far from a hippocampus as their names are from CA3. The drive is fixed; three synaptic
weights are searched so that both kinds fire at their target rates. Runs alone (python3 network.py) or over ranks (mpiexec -n 2 nrniv -python -mpi)."""
import json
import os

from neuron import h

h.nrnmpi_init()
h.load_file('stdrun.hoc')
pc = h.ParallelContext()

PYR, BC = range(20), range(20, 25)
DURATION = 400.0  # ms
TARGET = {'PYR': 40.0, 'BC': 60.0}  # spikes per second and cell

with open(os.path.join(os.environ.get('DIST_INPUT_DIR', 'input'), 'params.json')) as file:
    weights = json.load(file)  # uS, by the names of the search


class Cell:
    """One compartment with the channels of Hodgkin and Huxley, and a synapse of each kind."""

    def __init__(self, gid):
        self.soma = h.Section(name='soma', cell=self)
        self.soma.L = self.soma.diam = 20
        self.soma.insert('hh')
        self.ampa = self.synapse(2, 0)
        self.nmda = self.synapse(40, 0)
        self.gaba = self.synapse(8, -80)
        self.incoming = []
        pc.set_gid2node(gid, pc.id())
        pc.cell(gid, h.NetCon(self.soma(0.5)._ref_v, None, sec=self.soma))

    def synapse(self, tau, reversal):
        made = h.ExpSyn(self.soma(0.5))
        made.tau, made.e = tau, reversal
        return made

    def listen(self, gid, synapse, weight):
        connection = pc.gid_connect(gid, synapse)
        connection.weight[0], connection.delay = weight, 2
        self.incoming.append(connection)

    def drive(self, gid):
        """A random train that depends on the cell alone, so that results do not depend on the number of ranks."""
        self.train = h.NetStim()
        self.train.interval, self.train.number, self.train.noise, self.train.start = 12, 1e9, 1, 0
        self.train.noiseFromRandom123(gid, 1, 0)
        connection = h.NetCon(self.train, self.ampa)
        connection.weight[0], connection.delay = 0.02, 1
        self.incoming.append(connection)


cells = {gid: Cell(gid) for gid in [*PYR, *BC] if gid % int(pc.nhost()) == pc.id()}
for gid, cell in cells.items():
    if gid in PYR:
        cell.drive(gid)
        for other in BC:
            cell.listen(other, cell.gaba, weights['gaba.BC->PYR'])
    else:
        for other in PYR:
            cell.listen(other, cell.ampa, weights['ampa.PYR->BC'])
            cell.listen(other, cell.nmda, weights['nmda.PYR->BC'])

times, sources = h.Vector(), h.Vector()
for gid in cells:
    pc.spike_record(gid, times, sources)
pc.set_maxstep(2)
h.finitialize(-65)
pc.psolve(DURATION)

spikes = [gid for part in pc.py_allgather([int(gid) for gid in sources]) for gid in part]
rates = {kind: sum(gid in members for gid in spikes) / len(members) / DURATION * 1000 for kind, members in (('PYR', PYR), ('BC', BC))}
if pc.id() == 0:
    losses = {kind + '_loss': (rates[kind] - target) ** 2 for kind, target in TARGET.items()}
    report = dict(rates, **losses, loss=sum(losses.values()) / len(losses), ranks=int(pc.nhost()))
    print(json.dumps(report))
    with open(os.path.join(os.environ.get('DIST_SAVE_DIR', '.'), 'results.json'), 'w') as file:
        json.dump(report, file)
pc.barrier()
h.quit()
