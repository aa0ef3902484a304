# How schedule_jobs.sh submits to Grid Engine. POSIX sh; the bundle's folder is the current one.

# submit SCRIPT AFTER [OPTIONS...]: prints the id. AFTER: ids of jobs that must be over, each with a colon in front
submit() {
  script=$1 after=$2
  shift 2
  [ -z "$after" ] || set -- -hold_jid "$(echo "${after#:}" | tr : ,)" "$@"
  id=$(qsub -terse "$@" "$script") || return 1
  printf %s "${id%%.*}"
}

# submit_array SCRIPT AFTER OFFSET COUNT THROTTLE
submit_array() {
  if [ -n "$5" ]; then
    submit "$1" "$2" -t "1-$4" -tc "$5" -v "DIST_OFFSET=$3"
  else
    submit "$1" "$2" -t "1-$4" -v "DIST_OFFSET=$3"
  fi
}

# less than max_aj_tasks of a cluster as it comes (see `qconf -sconf`)
most=${DIST_ARRAY_MAX:-10000}
