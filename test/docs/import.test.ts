import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../scripts/setup/places.mjs'
import { junkKind } from '../../src/main/features/layouts/junk.ts'
import { junkKindSchema } from '../../src/shared/import-plan.ts'

const text = readFileSync(join(projectRoot, 'docs', 'import.md'), 'utf8')
const [, table = ''] = text.split('## What is passed over, by number')
const rows = [...table.matchAll(/^\| ([a-z][a-z-]+) +\| (.*?) *\|$/gm)]
  .map(([, kind = '', names = '']) => ({
    kind,
    names: [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  }))
  .filter(({ kind }) => kind !== 'kind')

describe('docs/import.md', () => {
  it('has every kind of junk', () => {
    expect(rows.map(({ kind }) => kind)).toEqual(junkKindSchema.options)
  })

  it.each(rows)('says what is junk of the kind $kind', ({ kind, names }) => {
    const wrong = names.filter(
      (name) => junkKind(name.replace(/(?<=[A-Z])\*/, '_x').replaceAll('*', 'x')) !== kind,
    )
    expect(wrong).toEqual([])
  })
})
