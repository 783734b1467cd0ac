import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { admitCall } from '../../../src/main/app/admit-call.ts'
import { isCallName } from '../../../src/main/contract/dispatch.ts'
import { createSignedIn } from '../../../src/main/features/operators/sign-in.ts'
import { findOrMakeOperator } from '../../../src/main/store/operators.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { acts } from '../../../src/shared/acts.ts'
import { Failure } from '../../../src/shared/failure.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'

function gate(readOnly = false) {
  const dir = join(temporaryFolder(), 'line')
  if (readOnly) openWorkspace(dir, { create: true }).close()
  const workspace = openWorkspace(dir, readOnly ? { readOnly: 'always' } : { create: true })
  onTestFinished(() => workspace.close())
  const signedIn = createSignedIn()
  /** The code with which the call is refused; null where it is let in. */
  const refusal = (name: string, input: object): string | null => {
    if (!isCallName(name)) throw new Error(`${name} is no call.`)
    try {
      admitCall(workspace, signedIn, { name, input, caller: 'window' })
      return null
    } catch (error) {
      if (error instanceof Failure) return error.code
      throw error
    }
  }
  return { db: workspace.db, refusal }
}

const names = Object.keys(acts).filter(isCallName)
const someone = names.filter((name) => {
  const act = acts[name]
  return act.does === 'changes' && act.by === 'operator'
})

describe('a call that names nobody', () => {
  it('is let in while a workspace has no operators', () => {
    const { refusal } = gate()
    expect(names.filter((name) => refusal(name, { key: 'live.retention' }) !== null)).toEqual([])
  })

  it('is refused from the first operator on where somebody answers for it, and only there', () => {
    const { db, refusal } = gate()
    findOrMakeOperator(db, 'Li Na')
    const refused = names.filter((name) => refusal(name, { key: 'live.retention' }) === 'operator-needed')
    expect(refused).toEqual(someone)
    expect(refused).toContain('dataset.freeze')
    expect(refusal('dataset.freeze', { operator: 'Li Na' })).toBeNull()
  })

  it('may change how the window looks', () => {
    const { db, refusal } = gate()
    findOrMakeOperator(db, 'Li Na')
    expect(refusal('setting.set', { key: 'ui.theme', value: 'dark' })).toBeNull()
  })
})

describe('a workspace that is read-only', () => {
  const changing = names.filter((name) => acts[name].does === 'changes')
  const exports = ['audit.export', 'dataset.exportReport', 'export.start', 'job.cancel', 'label.export']

  it('refuses every call that changes it, and lets in what reads, checks and exports', () => {
    const { refusal } = gate(true)
    const refused = names.filter((name) => refusal(name, { key: 'live.retention' }) === 'workspace-read-only')
    expect(refused.toSorted()).toEqual(
      [
        ...changing.filter((name) => !exports.includes(name)),
        'workspace.backup',
        'label.writeMasks',
      ].toSorted(),
    )
    expect(refusal('setting.set', { key: 'ui.theme', value: 'dark' })).toBeNull()
  })

  it('asks nobody who has signed in to answer for an export', () => {
    const { db, refusal } = gate(true)
    findOrMakeOperator(db, 'Li Na')
    expect(refusal('export.start', {})).toBeNull()
  })
})
