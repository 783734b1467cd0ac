/**
 * `npm run installers`: the installers of this system, with Electron.
 *
 *   npm run installers -- [--electron DIR] [--folder] [--to DIR]
 *
 * --electron names a folder with Electron's own distribution, for a release computer without a network; --folder makes
 * the unpacked application alone.
 */
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build, Platform } from 'electron-builder'
import { layOut } from './bundle/layout.mjs'
import { provideLicences } from './bundle/library-files.mjs'
import { commitOf, providePackages } from './bundle/make.mjs'
import { packageFaults, planBundle } from './bundle/plan.mjs'
import { sbomOfLock } from './bundle/sbom.mjs'
import { isThisSystem, systems } from './bundle/systems.mjs'
import { installerConfig } from './installers/config.mjs'
import { tooLarge } from './installers/size-guard.mjs'
import { stage } from './installers/stage.mjs'
import { readJson } from './setup/json-file.mjs'
import { placesIn, projectRoot } from './setup/places.mjs'
import { createReport } from './setup/report.mjs'

const { values } = parseArgs({
  options: {
    electron: { type: 'string' },
    folder: { type: 'boolean', default: false },
    to: { type: 'string', default: 'dist/installers' },
  },
})
const places = placesIn(projectRoot)
const report = createReport({ write: (text) => process.stderr.write(text), live: false })
const app = join(places.cache, 'bundle', 'app')

async function stageApplication() {
  const system = systems.find(isThisSystem)
  if (system === undefined)
    throw new Error(`There are no installers for ${process.platform} ${process.arch}.`)
  await provideLicences(places, system, report)
  const plan = planBundle(places, system, { tensorflow: null })
  const folderOf = await providePackages(places, system, report)
  const faults = [...plan.faults, ...plan.lacks, ...packageFaults(plan, folderOf)]
  if (faults.length > 0) throw new Error(`The application would not be whole.\n${faults.join('\n')}`)
  const { commit } = await commitOf(places)
  const lockSbom = await sbomOfLock(places)
  const entries = await layOut({ places, plan, folderOf, sampleLine: null, lockSbom, commit, keyFile: null })
  const { name, version, description, license, main } = readJson(join(places.root, 'package.json'))
  stage(entries, app, {
    name,
    version,
    description,
    license,
    main,
    type: 'module',
    author: 'Fanoscope contributors',
  })
}

await stageApplication()
const output = resolve(values.to)
await build({
  projectDir: places.root,
  targets: values.folder ? Platform.current().createTarget('dir') : Platform.current().createTarget(),
  config: installerConfig({
    app,
    output,
    electronDist: values.electron === undefined ? null : resolve(values.electron),
    electronVersion: String(readJson(join(places.electron, 'package.json'))?.version),
  }),
})
const artifacts = readdirSync(output, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => ({ file: name, bytes: statSync(join(output, name)).size }))
const faults = tooLarge(artifacts)
for (const fault of faults) process.stderr.write(`${fault}\n`)
if (faults.length > 0) process.exitCode = 1
