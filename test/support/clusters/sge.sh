#!/bin/sh
# First process of a sandbox with a real Grid Engine of one host: own network, processes, mounts and host name, and copies of
# Debian's folders mounted over them, so that nothing of the machine's is changed and everything ends with it. Started by
# clusters/scheduler.ts: sge.sh FOLDER (writes FOLDER/ready).
set -eu
D=$1
# a host on 127.0.0.1 would be called localhost
ip link set lo up
ip addr add 10.79.0.1/32 dev lo
hostname head
mkdir -p "$D/etc" "$D/run"
printf '127.0.0.1 localhost\n10.79.0.1 head\n' >"$D/etc/hosts"
mount --bind "$D/etc/hosts" /etc/hosts
for part in lib spool; do
  cp -a "/var/$part/gridengine" "$D/$part"
  mount --bind "$D/$part" "/var/$part/gridengine"
done
mount -t tmpfs tmpfs /run
install -d -o sgeadmin -g sgeadmin /run/gridengine /var/spool/gridengine/execd /var/spool/gridengine/qmaster
export SGE_ROOT=/var/lib/gridengine SGE_CELL=default SGE_QMASTER_PORT=6444 SGE_EXECD_PORT=6445
echo head >"$SGE_ROOT/default/common/act_qmaster"
sge_qmaster
until qconf -sh >/dev/null 2>&1; do sleep 0.05; done
runuser -u sgeadmin -- qconf -am root || true
qconf -as head || true
qconf -ah head || true
printf 'group_name @allhosts\nhostlist head\n' >"$D/hosts"
qconf -Ahgrp "$D/hosts"
{
  printf 'pe_name make\nslots 99\nuser_lists NONE\nxuser_lists NONE\nstart_proc_args NONE\nstop_proc_args NONE\n'
  printf 'allocation_rule $pe_slots\ncontrol_slaves FALSE\njob_is_first_task TRUE\nurgency_slots min\naccounting_summary FALSE\nqsort_args NONE\n'
} >"$D/make"
qconf -Ap "$D/make"
{
  printf 'qname all.q\nhostlist @allhosts\nslots 8\nseq_no 0\nload_thresholds NONE\nsuspend_thresholds NONE\nnsuspend 1\n'
  printf 'suspend_interval 00:05:00\npriority 0\nmin_cpu_interval 00:05:00\nprocessors UNDEFINED\nqtype BATCH INTERACTIVE\n'
  printf 'ckpt_list NONE\npe_list make\nrerun FALSE\ntmpdir /tmp\nshell /bin/sh\nprolog NONE\nepilog NONE\nshell_start_mode unix_behavior\n'
  printf 'starter_method NONE\nsuspend_method NONE\nresume_method NONE\nterminate_method NONE\nnotify 00:00:05\nowner_list NONE\n'
  printf 'user_lists NONE\nxuser_lists NONE\nsubordinate_list NONE\ncomplex_values NONE\nprojects NONE\nxprojects NONE\ncalendar NONE\n'
  printf 'initial_state default\n'
  for limit in rt cpu fsize data stack core rss vmem; do printf 's_%s INFINITY\nh_%s INFINITY\n' "$limit" "$limit"; done
} >"$D/queue"
qconf -Aq "$D/queue"
qconf -ssconf | sed -e 's/^schedule_interval.*/schedule_interval 0:0:1/' -e 's/^flush_submit_sec.*/flush_submit_sec 1/' \
  -e 's/^flush_finish_sec.*/flush_finish_sec 1/' -e 's/^job_load_adjustments.*/job_load_adjustments NONE/' \
  -e 's/^load_adjustment_decay_time.*/load_adjustment_decay_time 0:0:0/' >"$D/scheduling"
qconf -Msconf "$D/scheduling"
mkdir "$D/conf"
SGE_SINGLE_LINE=1 qconf -sconf | sed -e 's/^load_report_time.*/load_report_time 00:00:02/' -e 's/^min_uid.*/min_uid 0/' \
  -e 's/^min_gid.*/min_gid 0/' >"$D/conf/global"
qconf -Mconf "$D/conf/global"
sge_execd
until qstat -f | grep -q '^all.q@.*lx-amd64 *$'; do sleep 0.05; done
: >"$D/ready"
exec sleep infinity
