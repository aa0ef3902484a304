#!/bin/sh
# Builds once, in build/. Run by the scheduler before the jobs, or by hand where the compute nodes have no network:
#   sh dist/build.sh
# Nothing is done when it succeeded before. Its output is build_output.txt, how it ended build.status.
set -u
[ -f dist/facts.sh ] || cd "$(dirname "$0")/.." || exit 1
root=$PWD
. dist/facts.sh
. dist/common.sh
if [ "$(field build.status outcome)" = succeeded ]; then
  say "built before: nothing to do (to build again: rm build.status)"
  exit 0
fi
rm -rf build build_save build.status
mkdir -p build/input build/initial_files build/distribute_save || exit 1
copy_content input build/input && copy_content input build/initial_files || exit 1
if [ -f dist/build.py ]; then cp dist/build.py build/build.py || exit 1; fi
site
cores=$(granted_cores)
prepare_environment "$cores" "$root/build"
GIT_TERMINAL_PROMPT=0
export GIT_TERMINAL_PROMPT
started=$(date +%s)
(cd build && exec sh "$root/dist/build-command.sh" "$cores") </dev/null >build_output.txt 2>&1
status=$?
rm -f build/build.py
mv build/distribute_save build_save
mkdir build/distribute_save
outcome=succeeded
[ "$status" = 0 ] || outcome=failed
printf 'outcome %s\nexit %s\nstarted %s\nfinished %s\nhost %s\n' "$outcome" "$status" "$started" "$(date +%s)" "$(uname -n)" >build.status.new
mv build.status.new build.status
say "build: $outcome (its output: build_output.txt)"
exit "$status"
