# Functions of schedule_jobs.sh; submit and submit_array are the scheduler's (submit.sh). POSIX sh.
mkdir -p logs
# ids of what must be over before the next level, and of the level that is being submitted, each with a colon in front
before= level=

# Submits the build unless it succeeded.
build() {
  if grep -q '^outcome succeeded$' build.status 2>/dev/null; then return; fi
  rm -f build.status
  id=$(submit "$1" "")
  echo "build: $id"
  before=:$id
}

# array SCRIPT COUNT: one array, or several where it is long
array() {
  offset=0
  while [ "$offset" -lt "$2" ]; do
    count=$(($2 - offset))
    [ "$count" -le "$most" ] || count=$most
    id=$(submit_array "$1" "$before" "$offset" "$count" "$throttle")
    echo "$count of $1: $id"
    level=$level:$id
    offset=$((offset + count))
  done
}

# What comes next needs some of what came before; each job looks itself how those ended.
next_level() { before=$before$level level=; }
