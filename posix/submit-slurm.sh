# How schedule_jobs.sh submits to Slurm. POSIX sh; the bundle's folder is the current one.

# submit SCRIPT AFTER [OPTIONS...]: prints the id. AFTER: ids of jobs that must be over, each with a colon in front
submit() {
  script=$1 after=$2
  shift 2
  [ -z "$after" ] || set -- --dependency="afterany$after" "$@"
  id=$(sbatch --parsable "$@" "$script") || return 1
  printf %s "${id%%;*}"
}

# submit_array SCRIPT AFTER OFFSET COUNT THROTTLE
submit_array() { submit "$1" "$2" "--array=1-$4${5:+%$5}" "--export=ALL,DIST_OFFSET=$3"; }

# less than MaxArraySize of a cluster as it comes (see `scontrol show config`)
most=${DIST_ARRAY_MAX:-1000}
