import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { acts } from '../../src/shared/acts.ts'
import { type CallName, calls } from '../../src/shared/contract.ts'

const names = z
  .array(z.custom<CallName>((name) => typeof name === 'string' && Object.hasOwn(calls, name)))
  .parse(Object.keys(calls))

describe('what the contract says of a call', () => {
  it('is said of every call', () => {
    expect(Object.keys(acts).sort()).toEqual([...names].sort())
  })

  it.each(names.filter((name) => acts[name].does === 'changes'))(
    '%s changes something: who may, and which row tells of it',
    (name) => {
      const act = acts[name]
      if (act.does !== 'changes') throw new Error(`${name} was drawn as one that changes something.`)
      expect(act.audit.length).toBeGreaterThan(0)
      // Where an operator answers for it, the input has the field that names them.
      const { input } = calls[name]
      expect('operator' in input.shape || act.by !== 'operator').toBe(true)
    },
  )
})

describe('the table of acts', () => {
  /** The calls of a table's row, and what it says of going back. */
  const rows = readFileSync(new URL('../../docs/acts.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, calls = '', , back = '', asked = '']) => ({
      calls: [...calls.matchAll(/`([a-zA-Z.]+)`/g)].map(([, name]) => name),
      back,
      asked,
    }))

  it.each(names.filter((name) => acts[name].does === 'changes'))(
    'says of %s how it is undone, or what is asked before',
    (name) => {
      const row = rows.find(({ calls }) => calls.includes(name))
      expect(row, `${name} has no row in docs/acts.md`).toBeDefined()
      // A control that takes it back is named as it is on the screen, or by its key.
      const takesBack = /\*\*|`/.test(row?.back ?? '')
      const asks = (row?.asked ?? '-') !== '-'
      expect(takesBack || asks, `${row?.back} | ${row?.asked}`).toBe(true)
    },
  )

  it('names only calls that change something', () => {
    const listed = rows.flatMap(({ calls }) => calls)
    expect(
      listed.filter((name) => !names.some((known) => known === name && acts[known].does === 'changes')),
    ).toEqual([])
  })
})
