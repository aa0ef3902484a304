#!/bin/sh
# First process of a sandbox with a real Slurm of one compute node: own network, processes, mounts and host name, so that fixed
# ports are free and everything ends with it. Started by clusters/scheduler.ts: slurm.sh FOLDER (writes FOLDER/ready).
set -eu
D=$1
# names of a host on 127.0.0.1 alone are not looked up
ip link set lo up
ip addr add 10.79.0.1/32 dev lo
hostname head
mkdir -p "$D/etc" "$D/state" "$D/spool" "$D/log" "$D/run" "$D/munge"
chmod 755 "$D" "$D"/*
printf '127.0.0.1 localhost\n10.79.0.1 head\n' >"$D/etc/hosts"
mount --bind "$D/etc/hosts" /etc/hosts
dd if=/dev/urandom of="$D/munge/key" bs=1024 count=1 status=none
install -d -o munge -g munge -m 755 "$D/socket"
chown -R munge:munge "$D/munge"
chmod 700 "$D/munge"
chmod 400 "$D/munge/key"
runuser -u munge -- /usr/sbin/munged --key-file="$D/munge/key" --socket="$D/socket/munge" --pid-file="$D/socket/munged.pid" \
  --log-file="$D/munge/log" --seed-file="$D/munge/seed" --num-threads=2
cat >"$D/etc/slurm.conf" <<C
ClusterName=test
SlurmctldHost=head(10.79.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$D/socket/munge
CredType=cred/munge
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool
SlurmctldPidFile=$D/run/slurmctld.pid
SlurmdPidFile=$D/run/slurmd.pid
SlurmctldLogFile=$D/log/slurmctld.log
SlurmdLogFile=$D/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=0,batch_sched_delay=0
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmdParameters=config_overrides
MinJobAge=600
MaxArraySize=10
PropagateResourceLimits=NONE
MailProg=/bin/true
NodeName=head NodeAddr=10.79.0.1 CPUs=16 Boards=1 SocketsPerBoard=1 CoresPerSocket=16 ThreadsPerCore=1 RealMemory=4000 State=UNKNOWN
PartitionName=short Nodes=ALL Default=YES MaxTime=00:30:00 DefMemPerCPU=100 State=UP
PartitionName=long Nodes=ALL MaxTime=INFINITE DefMemPerCPU=100 State=UP
C
echo 'CgroupPlugin=autodetect' >"$D/etc/cgroup.conf"
export SLURM_CONF="$D/etc/slurm.conf"
slurmctld -c
slurmd
until [ "$(sinfo -h -N -p short -o %T 2>/dev/null)" = idle ]; do sleep 0.05; done
: >"$D/ready"
exec sleep infinity
