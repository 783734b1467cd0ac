import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildIsThere, sourceSignature } from '../../../scripts/setup/build.mjs'
import { placesIn } from '../../../scripts/setup/places.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

function project() {
  const places = placesIn(temporaryFolder())
  mkdirSync(join(places.root, 'src', 'main'), { recursive: true })
  writeFileSync(join(places.root, 'electron.vite.config.ts'), '')
  writeFileSync(join(places.root, 'src', 'main', 'index.ts'), 'a')
  return places
}
function built() {
  const places = project()
  mkdirSync(join(places.out, 'renderer'), { recursive: true })
  writeFileSync(places.buildStamp, JSON.stringify({ sources: sourceSignature(places.root) }))
  return places
}

describe('the bundles', () => {
  it('are there when they were made from these sources', () => {
    expect(buildIsThere(project(), 'start')).toBe(false)
    expect(buildIsThere(built(), 'start')).toBe(true)
  })

  it('are made anew when a source was changed, came or went, but not for a command', () => {
    const index = (root: string): string => join(root, 'src', 'main', 'index.ts')
    for (const change of [
      (root: string) => writeFileSync(index(root), 'ab'),
      (root: string) => utimesSync(index(root), 1, 1),
      (root: string) => writeFileSync(join(root, 'src', 'new.ts'), ''),
      (root: string) => writeFileSync(join(root, 'package.json'), '{}'),
    ]) {
      const places = built()
      change(places.root)
      expect([buildIsThere(places, 'start'), buildIsThere(places, 'test')]).toEqual([false, false])
      expect(buildIsThere(places, 'command')).toBe(true)
    }
  })

  it('do not hang on what is no source', () => {
    const places = built()
    mkdirSync(join(places.root, 'test'))
    writeFileSync(join(places.root, 'test', 'a.test.ts'), '')
    expect(buildIsThere(places, 'start')).toBe(true)
  })
})
