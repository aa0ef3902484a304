# Functions of build.sh and task.sh in a bundle for a cluster. POSIX sh; the bundle's folder is the current one.

say() { printf 'dist: %s\n' "$*" >&2; }

# The cores that the scheduler granted; without one, all of this machine.
granted_cores() {
  if [ -n "${SLURM_JOB_ID:-}" ]; then
    if [ -n "${SLURM_NTASKS:-}${SLURM_CPUS_PER_TASK:-}" ]; then
      echo $((${SLURM_NTASKS:-1} * ${SLURM_CPUS_PER_TASK:-1}))
    else
      echo "${SLURM_CPUS_ON_NODE:-1}"
    fi
  elif [ -n "${SGE_TASK_ID:-}" ]; then
    echo "${NSLOTS:-1}"
  else
    getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1
  fi
}

# What this execution is called at the scheduler.
execution() {
  if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then
    echo "$SLURM_ARRAY_JOB_ID.$SLURM_ARRAY_TASK_ID.${SLURM_RESTART_COUNT:-0}"
  elif [ -n "${SLURM_JOB_ID:-}" ]; then
    echo "$SLURM_JOB_ID.${SLURM_RESTART_COUNT:-0}"
  elif [ -n "${SGE_TASK_ID:-}" ]; then
    echo "$JOB_ID.$SGE_TASK_ID.${RESTARTED:-0}"
  else
    echo "$(uname -n).$$"
  fi
}

# One field of a status file: field FILE NAME
field() { sed -n "s/^$2 //p" "$1" 2>/dev/null | head -n 1; }

# Environment of build and job, as on a node: prepare_environment CORES W ; W is empty in a container
prepare_environment() {
  for name in $(env | sed -n 's/^\([A-Za-z0-9_]*RUNTK[A-Za-z0-9_]*\)=.*/\1/p') SOCNAME MSGFILE SGLFILE DIST_TOKEN DIST_HEAD; do unset "$name"; done
  DIST_CORES=$1 DIST_SAVE_DIR=$2/distribute_save DIST_INPUT_DIR=$2/input DIST_JOBSET=$jobset
  DIST_NODE=$(uname -n) DIST_ATTEMPT=$(execution)
  PYTHONUNBUFFERED=${PYTHONUNBUFFERED:-1} OMP_NUM_THREADS=${OMP_NUM_THREADS:-$1}
  export DIST_CORES DIST_SAVE_DIR DIST_INPUT_DIR DIST_JOBSET DIST_NODE DIST_ATTEMPT PYTHONUNBUFFERED OMP_NUM_THREADS
}

# Copies the content of a folder, by reference where the file system can.
copy_content() { cp -a --reflink=auto "$1/." "$2/" 2>/dev/null || cp -RPp "$1/." "$2/"; }

# Programs of this site: modules and the like.
site() {
  [ -f site.sh ] || return 0
  # not written for set -u, most of them
  set +u
  . ./site.sh
  set -u
  cd "$root" || exit 1
}
