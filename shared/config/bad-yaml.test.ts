// Texts that are no YAML, or YAML in a way that cannot be meant.
import { expect, test } from 'vitest'
import { casesOf, shown } from './test-cases.ts'

const cases = casesOf(`
# an unquoted Matrix id
meta:
  matrix: @user:server # me
=> 2:11: a value cannot begin with '@' in YAML
   put it in quotes: "@user:server"
# a tab
meta:
	batch_name: b
=> 2:1: a tab is used for indentation
   indent with spaces: YAML allows no tabs there
# an unquoted !word
meta: {batch_name: b, namespace: n, capabilities: [!wifi]}
python: {jobs: [{name: j, file: run.py}]}
=> 1:52: '!wifi' begins with '!', which YAML takes for a tag
   put it in quotes: "!wifi"
# two documents
---
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: f}
---
meta: {}
=> 6:1: a second document begins here ('---')
   write one jobset a file
# a value with a colon
meta: b: c
=> 1:7: a second mapping begins here
   check the indentation, or put a value with a colon in quotes
# a key without colon
meta:
  batch_name: b
  namespace
  x: 1
=> 3:3: this line has no colon after its key
   write key: value, and check the indentation
# an open bracket
meta: {a: b
=> 1:11: '}' is missing: a bracket is still open here
   close every bracket, and indent what is between them
# a duplicate key
meta: {batch_name: b, namespace: n}
meta: {batch_name: c, namespace: n}
python: {jobs: [{name: j, file: f}]}
=> 2:1: the key 'meta' is there twice
   keep one of them
# a duplicate key in JSON
{"meta": {"batch_name": "a", "batch_name": "b", "namespace": "n"}, "python": {"jobs": [{"name": "j", "file": "f"}]}}
=> 1:30: the key 'batch_name' is there twice
   keep one of them
# an alias without anchor
meta: {batch_name: *x, namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: *x has no &x above it
   a text that begins with * needs quotes: "*x"
=> 1:20: meta.batch_name: expected a name, found nothing
# an alias inside of its anchor
meta: {batch_name: &x [*x], namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:23: meta.batch_name: expected a name, found a list
=> 1:24: *x is used inside of &x itself
# a merge of nothing
meta: {<<: 1, batch_name: b, namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:8: '<<' merges a mapping, and this is none
   write <<: *name, with &name at a mapping above
# a key that is a list
? [a]
: b
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: f}
=> 1:3: a key must be a word
   write it as key: value
# a list
- a
=> 1:1: expected a mapping, found a list
   write meta: … below it, indented
# a word
hello
=> 1:1: expected a mapping, found text
   write meta: … below it, indented
`)

test.each(cases)('$title', ({ text, expected }) => {
  expect(shown(text)).toBe(expected)
})
