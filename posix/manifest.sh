#!/bin/sh
# Lists what a job left, for `dist import` to compare: sh dist/manifest.sh FOLDER
# A line a file, empty folder or link of FOLDER/output and FOLDER/stdout.txt, fields separated by tabs:
#   f MODE SIZE SHA256 PATH     d PATH     l PATH TARGET     o PATH (none of these: not saved)
# A path is =TEXT, or #HEX of its bytes where the text has control characters, backslashes or is no plain ASCII.
# sh dist/manifest.sh --digest FILE prints the SHA-256 of a file.
set -u
LC_ALL=C
export LC_ALL

if command -v sha256sum >/dev/null; then
  digest() { sha256sum <"$1" | cut -c 1-64; }
elif command -v shasum >/dev/null; then
  digest() { shasum -a 256 <"$1" | cut -c 1-64; }
else
  digest() { openssl dgst -sha256 -r <"$1" | cut -c 1-64; }
fi
if [ "$1" = --digest ]; then
  digest "$2"
  exit
fi

name() {
  case $1 in
  *[!\ -~]* | *\\*) printf '#%s' "$(printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n')" ;;
  *) printf '=%s' "$1" ;;
  esac
}

if [ "$1" = --lines ]; then
  shift
  for path; do
    if [ -L "$path" ]; then
      target=$(readlink "$path" && echo x)
      target=${target%??}
      printf 'l\t%s\t%s\n' "$(name "$path")" "$(name "$target")"
    elif [ -f "$path" ]; then
      mode=644
      [ -x "$path" ] && mode=755
      sum=$(digest "$path")
      [ "${#sum}" = 64 ] || exit 1
      printf 'f\t%s\t%s\t%s\t%s\n' "$mode" "$(($(wc -c <"$path")))" "$sum" "$(name "$path")"
    elif [ -d "$path" ]; then
      [ "$(ls -A "$path" | head -n 1)" ] || printf 'd\t%s\n' "$(name "$path")"
    else
      printf 'o\t%s\n' "$(name "$path")"
    fi
  done
  exit 0
fi

self=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
cd "$1" || exit 1
find output stdout.txt -exec sh "$self" --lines {} + || exit 1
