#!/bin/sh
# Runs one job of the bundle:
#   sh dist/task.sh list groups/1.list     the line that the array task's number names
#   sh dist/task.sh one FOLDER             that one, under a scheduler or without
# A job that succeeded before is not run again. What it saved is FOLDER/output, what it printed FOLDER/stdout.txt; FOLDER/status is
# written last: a job without one did not end.
set -u
[ -f dist/facts.sh ] || cd "$(dirname "$0")/.." || exit 1
root=$PWD
. dist/facts.sh
. dist/common.sh

case ${1:-} in
list)
  line=${SLURM_ARRAY_TASK_ID:-${SGE_TASK_ID:-}}
  case $line in '' | *[!0-9]*) say "$2 is run by an array: sh schedule_jobs.sh" && exit 2 ;; esac
  folder=$(sed -n "$((line + ${DIST_OFFSET:-0}))p" "$2")
  ;;
one) folder=${2:-} ;;
*) folder= ;;
esac
if [ -z "$folder" ] || [ ! -f "$folder/job.sh" ]; then
  say "usage: sh dist/task.sh one FOLDER (there is no job in '$folder')"
  exit 2
fi
J=$root/$folder
. "$J/job.sh"
if [ "$(field "$J/status" outcome)" = succeeded ]; then
  say "$job succeeded before: nothing to do"
  exit 0
fi

site
execution=$(execution)
cores=$(granted_cores)
started=$(date +%s)
W=${DIST_SCRATCH:-$root/work}/$folder
child=
stopped=
trap 'stopped=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM INT USR2

# finish OUTCOME EXIT REASON
finish() {
  sh dist/manifest.sh "$J" >"$J/manifest.new" && mv "$J/manifest.new" "$J/manifest" || exit 1
  finished=$(date +%s)
  times >"$J/times.new"
  {
    printf 'outcome %s\nexit %s\nreason %s\n' "$1" "$2" "$3"
    printf 'started %s\nfinished %s\nhost %s\ncores %s\nexecution %s\n' "$started" "$finished" "$(uname -n)" "$cores" "$execution"
    printf 'cpu %s\n' "$(tail -n 1 "$J/times.new")"
    printf 'manifest %s\n' "$(sh dist/manifest.sh --digest "$J/manifest")"
  } >"$J/status.new"
  rm -f "$J/times.new"
  mv "$J/status.new" "$J/status"
  [ -n "${DIST_KEEP_WORK:-}" ] || rm -rf "$W"
  case $1 in failed | timeout | build_failed | stage_failed) mkdir -p failed && : >"failed/$folder" ;; esac
  say "$job: $1${3:+ ($3)}"
}

# Nothing of an earlier execution counts any more.
rm -rf "$J/status" "$J/manifest" "$J/output" "$J/stdout.txt" "$W"
rm -f "failed/$folder"
mkdir -p "$J/output" "$W" && : >"$J/stdout.txt" || exit 1

refuse() { finish "$1" 1 "$2"; exit 1; }
if [ "$has_build" = 1 ]; then
  case $(field build.status outcome) in
  succeeded) ;;
  failed) refuse build_failed "the build failed: $(tail -n 1 build_output.txt)" ;;
  *) say "nothing was built yet: sh schedule_jobs.sh does it first, or: sh dist/build.sh" && exit 1 ;;
  esac
fi
old_ifs=$IFS
IFS='
'
for need in $needs; do
  [ "$(field "$root/$need/status" outcome)" = succeeded ] || refuse skipped "it needs '$need', which did not succeed"
done
IFS=$old_ifs
if [ -n "$max_fails" ] && [ "$(ls failed 2>/dev/null | wc -l)" -ge "$max_fails" ]; then
  refuse cancelled "max_fails is $max_fails"
fi

# The workspace, as on a node: what the build left, the pristine init files, the job's own, and its script.
if [ "$has_build" = 1 ]; then
  copy_content build "$W" || exit 1
  rm -rf "$W/input" "$W/distribute_save"
else
  mkdir "$W/initial_files" && copy_content input "$W/initial_files" || exit 1
fi
mkdir "$W/input" "$W/distribute_save" && cp -RLp "$J/input/." "$W/input/" || exit 1
if [ -f "$J/job.py" ]; then cp "$J/job.py" "$W/job.py" || exit 1; fi

inside=$W
if [ "$kind" = apptainer ]; then
  inside=
  DIST_CONTAINER=$(command -v apptainer || command -v singularity)
  [ -n "$DIST_CONTAINER" ] || refuse stage_failed "no apptainer and no singularity here: load it in site.sh"
  # no comma and no colon can be in a bind: the folders get plain names
  binds=$(mktemp -d "${TMPDIR:-/tmp}/dist.XXXXXX") || exit 1
  ln -s "$W" "$binds/w" && ln -s "$J" "$binds/j" && ln -s "$root" "$binds/r" || exit 1
  DIST_BINDS=$binds/w/distribute_save:/distribute_save:rw,$binds/w/input:/input:rw
  index=0
  IFS='
'
  for mount in $mounts; do
    name=$(printf 'mnt_%02d' "$index")
    mkdir -p "$J/$name"
    DIST_BINDS=$DIST_BINDS,$binds/j/$name:$mount:rw
    index=$((index + 1))
  done
  IFS=$old_ifs
  DIST_IMAGE=$binds/r/apptainer.sif
  export DIST_CONTAINER DIST_BINDS DIST_IMAGE
fi
prepare_environment "$cores" "$inside"

set -- sh "$J/run.sh" "$cores"
if [ -n "$limit" ]; then
  if command -v timeout >/dev/null; then set -- timeout -k 10 "$limit" "$@"; else say "no 'timeout' here: the time limit is the scheduler's"; fi
fi
[ "$nice" = 0 ] || set -- nice -n "$nice" "$@"
began=$(date +%s)
if [ -z "$stopped" ]; then
  (cd "$W" && exec "$@") </dev/null >"$J/stdout.txt" 2>&1 &
  child=$!
  status=0
  wait "$child" || status=$?
  # a signal ends `wait`, not the job
  while kill -0 "$child" 2>/dev/null; do
    status=0
    wait "$child" || status=$?
  done
else
  status=143
fi
[ -z "${binds:-}" ] || rm -rf "$binds"

rmdir "$J/output" && mv "$W/distribute_save" "$J/output" || exit 1
elapsed=$(($(date +%s) - began))
outcome=failed
if [ -n "$stopped" ]; then
  outcome=cancelled
elif [ "$status" = 0 ]; then
  outcome=succeeded
elif [ -n "$limit" ] && [ "$elapsed" -ge "${limit%.*}" ] && { [ "$status" = 124 ] || [ "$status" = 137 ]; }; then
  outcome=timeout
fi
finish "$outcome" "$status" ""
exit "$status"
