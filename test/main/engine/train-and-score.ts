/** Trains two steps of a system and scores, in a process whose backend the environment says; prints the scores. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { provider } from '../../../src/main/engine/tensorflow.ts'
import { resolveConfig } from '../../../src/main/model/catalog.ts'
import { score, train, writeParts } from './parts.ts'

const [model = '', steps = '{}'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'fanoscope-'))
const images = await writeParts(folder, 8)
const set = { width: 4, latent: 8, batch: 2, input: 'whole', flips: 'none', discriminatorSamples: 4 }
const { config } = resolveConfig({ model, preset: 'smoke', set: { ...set, ...JSON.parse(steps) } })
await train({
  kind: 'train',
  task: 't',
  run: 'r',
  folder: join(folder, 'run'),
  model,
  config,
  seed: 1,
  resume: false,
  train: images.slice(0, 5),
  validation: images.slice(5, 7),
})
const { rows } = await score(join(folder, 'run'), images)
rmSync(folder, { recursive: true })
process.stdout.write(JSON.stringify({ backend: provider.backend, scores: rows.map((row) => row.score) }))
