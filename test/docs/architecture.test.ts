import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../scripts/setup/places.mjs'

const text = readFileSync(join(projectRoot, 'docs', 'architecture.md'), 'utf8')

/** Names in the first column of the table under a heading. */
function foldersNamed(heading: string): string[] {
  const [, section = ''] = text.split(`### ${heading}\n`)
  const [own = ''] = section.split(/\n##/)
  return [...own.matchAll(/^\| `([\w-]+)` +\|/gm)].map(([, name = '']) => name)
}

const foldersIn = (path: string): string[] =>
  readdirSync(join(projectRoot, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)

describe('docs/architecture.md', () => {
  it.each(['src/main', 'src/main/features', 'src/main/engine', 'src/renderer'])(
    'names every folder of %s and no other',
    (path) => {
      const named = foldersNamed(path)
      expect(named.length).toBeGreaterThan(5)
      expect([...named].sort()).toEqual(foldersIn(path).sort())
    },
  )

  it.each([
    ['src/main', 'layers'],
    ['src/main/features', 'features'],
    ['src/main/engine', 'engineLayers'],
  ])('has the folders of %s in the order in which they may import each other', (path, list) => {
    const rules = readFileSync(join(projectRoot, '.dependency-cruiser.mjs'), 'utf8')
    const [, names = ''] = new RegExp(`const ${list} = \\[([^\\]]*)\\]`).exec(rules) ?? []
    expect(foldersNamed(path)).toEqual([...names.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name))
  })
})
