import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entry } from '../../../scripts/bundle/archive.mjs'
import { contentOf } from '../../../scripts/bundle/archive.mjs'
import { layOut } from '../../../scripts/bundle/layout.mjs'
import { forbidden, mayBeShipped } from '../../../scripts/bundle/licences.mjs'
import { planBundle } from '../../../scripts/bundle/plan.mjs'
import { sbomOfLock } from '../../../scripts/bundle/sbom.mjs'
import { systemNamed } from '../../../scripts/bundle/systems.mjs'
import { placesIn, projectRoot } from '../../../scripts/setup/places.mjs'

const places = placesIn(projectRoot)
const linux = systemNamed('linux-x64') ?? expect.unreachable()
// Another system has other packages; `npm run bundle:check` proves those bundles on their own machines.
const canLayOut = existsSync(join(projectRoot, 'node_modules', linux.nodePackage))

describe.skipIf(!canLayOut)('the bundle for linux-x64 (where its packages are installed)', () => {
  const plan = planBundle(places, linux, { tensorflow: null })
  let entries: Entry[] = []
  const sampleLine = mkdtempSync(join(tmpdir(), 'fanoscope-sample-'))
  afterAll(() => rmSync(sampleLine, { recursive: true }))
  let sbom: Awaited<ReturnType<typeof sbomOfLock>>
  const text = (path: string): string => {
    const entry = entries.find((one) => one.path === path)
    return entry === undefined
      ? expect.unreachable(`${path} is not in the bundle`)
      : contentOf(entry).toString()
  }

  beforeAll(async () => {
    writeFileSync(join(sampleLine, '000.png'), 'a photograph')
    entries = await layOut({
      places,
      plan: { ...plan, library: { ...plan.library, files: [] } },
      folderOf: ({ path }) => join(projectRoot, path),
      sampleLine,
      lockSbom: await sbomOfLock(places),
      commit: '0123456789',
      keyFile: null,
    })
    sbom = JSON.parse(text('sbom.cdx.json'))
  })

  it('has what starts, runs and explains it', () => {
    const paths = entries.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
    for (const path of [
      'fanoscope',
      'README.txt',
      'LICENSE',
      'NOTICE',
      'sbom.cdx.json',
      'SHA256SUMS',
      'program/node',
      'program/package.json',
      'program/bundle.json',
      'program/out/main/cli.js',
      'program/out/main/engine.js',
      'program/out/main/thread.js',
      'program/out/preload/browser.js',
      'program/out/renderer/index.html',
      'program/node_modules/better-sqlite3/prebuilds/linux-x64.node',
      'program/node_modules/@tensorflow/tfjs/dist/tf.node.js',
      'docs/guide/en/README.md',
      'docs/guide/zh-CN/README.md',
      'sample-line/000.png',
    ])
      expect(paths).toContain(path)
    const programs = entries.filter(({ executable }) => executable === true).map(({ path }) => path)
    expect(programs.sort()).toEqual(['fanoscope', 'program/node'])
  })

  it('has no source, no map, no type, nothing of npm and nothing of this computer', () => {
    for (const { path } of entries)
      expect(path).not.toMatch(/\.(?:map|ts|cc|gyp)$|\.bin\/|\/npm\/|\.cache\/tensorflow/)
    expect(text('program/bundle.json')).not.toContain(projectRoot)
    expect(text('sbom.cdx.json')).not.toContain(projectRoot)
  })

  it('lists the checksum of every file but its own list', () => {
    const listed = text('SHA256SUMS')
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(66))
    expect(listed).toEqual([...listed].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    expect(new Set(listed)).toEqual(
      new Set(entries.map(({ path }) => path).filter((path) => path !== 'SHA256SUMS')),
    )
  })

  it('names every package in the notice with a text of its licence, and in the list of parts', () => {
    const notice = text('NOTICE')
    const components = new Set(
      sbom.components.map(
        ({ group, name, version }) => `${group === undefined ? '' : `${group}/`}${name}@${version}`,
      ),
    )
    const files = new Set(entries.map(({ path }) => path))
    for (const { name, version } of [...plan.packages, ...plan.inlined]) {
      expect(components, name).toContain(`${name}@${version}`)
      const section = notice.split(`\n${name} ${version}\n`)[1]?.split('\n\n')[0] ?? expect.unreachable(name)
      const texts = section.match(/LICENSES\/[^,\s]+\.txt/g) ?? []
      expect(texts.length, name).toBeGreaterThan(0)
      for (const file of texts) expect(files, name).toContain(file)
    }
  })

  it('has no package whose files are not those of a package in the list', () => {
    const listed = new Set(plan.packages.map(({ path }) => path))
    for (const { path } of entries.filter((one) => one.path.startsWith('program/node_modules/'))) {
      const found =
        /^program\/((?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+)/.exec(path)?.[1] ?? expect.unreachable(path)
      expect(listed, path).toContain(found.slice(0, -1))
    }
  })

  it('has a list of parts in which every reference leads to a part', () => {
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' })
    const references = [...sbom.components, sbom.metadata.component].map((component) => component['bom-ref'])
    expect(new Set(references).size).toBe(references.length)
    const known = new Set(references)
    for (const { ref, dependsOn = [] } of sbom.dependencies)
      for (const name of [ref, ...dependsOn]) expect(known).toContain(name)
    // Nothing in it tells when it was made.
    expect(JSON.stringify(sbom)).not.toContain('"timestamp"')
  })
})

describe('a licence', () => {
  it.each(['MIT', 'MIT OR GPL-3.0-only', '(BSD-3-Clause AND Apache-2.0)', 'LGPL-3.0-or-later'])(
    'that may be shipped: %s',
    (expression) => expect(mayBeShipped(expression)).toBe(true),
  )

  it.each([
    'GPL-3.0-only',
    'AGPL-3.0-or-later',
    'MIT AND GPL-2.0-only',
    'SSPL-1.0',
    'UNLICENSED',
    'SEE LICENSE IN x',
    null,
  ])('that may not: %s', (expression) => expect(mayBeShipped(expression)).toBe(false))

  it('that may not be shipped is said with its part', () => {
    const part = { name: 'a', version: '1.0.0', origin: '', author: null, texts: [] }
    expect(
      forbidden([
        { ...part, licence: 'MIT' },
        { ...part, licence: 'GPL-3.0-only' },
      ]),
    ).toEqual(['a 1.0.0: GPL-3.0-only'])
  })
})
