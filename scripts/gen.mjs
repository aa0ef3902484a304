#!/usr/bin/env node
// Makes the wire types of shared/wire/gen/ from proto/agent.proto (`npm run gen`). With a folder as argument it writes there:
// test/contract/generated.test.ts compares that with what is committed.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = process.argv[2] ?? join(root, 'shared/wire/gen')
const flags = [
  '--grpcLib=@grpc/grpc-js',
  '--longs=Number',
  '--enums=String',
  '--defaults',
  '--oneofs',
  '--keepCase',
  '--importFileExtension=.ts',
]
const tool = join(root, 'node_modules/.bin/proto-loader-gen-types')
execFileSync(tool, [...flags, `--outDir=${target}`, 'proto/agent.proto'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
