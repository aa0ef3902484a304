// What a job may do to its input: the next one must find it pristine. For the keeper's tests of staging, in place and in a view.
// The input is a.txt (alpha), sub/b.txt (beta) and big.dat (100 000 x).

/** [what the job does, as a shell command] */
export const harm: readonly (readonly [string, string])[] = [
  ['changes content, same size, at once', 'printf ALPHA > input/a.txt'],
  ['changes content in place', 'printf X | dd of=input/a.txt conv=notrunc status=none'],
  ['changes a large file, same size, at once', 'printf X | dd of=input/big.dat conv=notrunc status=none'],
  ['appends', 'echo more >> input/a.txt'],
  ['empties', ': > input/a.txt'],
  ['deletes a file', 'rm input/a.txt'],
  ['deletes a file in a sub-folder', 'rm input/sub/b.txt'],
  ['deletes a sub-folder', 'rm -r input/sub'],
  ['deletes everything', 'rm -rf input'],
  ['adds a file', 'echo new > input/new.txt'],
  ['adds a file in a sub-folder', 'echo new > input/sub/new.txt'],
  ['adds folders', 'mkdir -p input/x/y/z && touch input/x/y/z/f'],
  ['adds an unreadable folder', 'mkdir -p input/x/y && chmod 0 input/x'],
  ['changes the mode', 'chmod 755 input/a.txt'],
  ['makes files and folders read-only', 'chmod 444 input/a.txt; printf z > input/sub/b.txt; chmod 555 input/sub input'],
  ['replaces a file by another', 'cp input/a.txt t; rm input/a.txt; mv t input/a.txt; printf omega > input/a.txt'],
  ['replaces a file by a link', 'ln -sf ../../../outside input/a.txt'],
  ['replaces a file by a folder', 'rm input/a.txt; mkdir -p input/a.txt/deep; touch input/a.txt/deep/f'],
  ['replaces a file by a pipe', 'rm input/a.txt; mkfifo input/a.txt'],
  ['replaces a sub-folder by a file', 'rm -r input/sub; touch input/sub'],
  ['replaces a sub-folder by a link', 'mv input/sub elsewhere; ln -s ../elsewhere input/sub; printf gamma > elsewhere/b.txt'],
  ['replaces input by a link', 'mv input elsewhere; ln -s elsewhere input; printf omega > elsewhere/a.txt'],
  ['replaces input by a file', 'rm -r input; touch input'],
  ['swaps two files', 'mv input/a.txt t; mv input/sub/b.txt input/a.txt; mv t input/sub/b.txt'],
  ['hard-links a file elsewhere and changes it there', 'ln input/a.txt mine; printf omega > mine'],
  ['changes content and puts the times back', 'touch -r input/a.txt t; printf ALPHA > input/a.txt; touch -r t input/a.txt'],
]
