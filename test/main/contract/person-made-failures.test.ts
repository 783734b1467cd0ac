/** What a person or a damaged file can bring about is said with a code and a remedy, and is never `internal`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Application, createApplication } from '../../../src/main/app/application.ts'
import { dispatch } from '../../../src/main/contract/dispatch.ts'
import { launchStandardEngine } from '../../../src/main/engine-host/standard-engine.ts'
import { resolveConfig } from '../../../src/main/model/catalog.ts'
import { openDatabase } from '../../../src/main/store/database.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import { awkwardCalls, awkwardInput } from './awkward-inputs.ts'

let root = ''
let application: Application
const defects: string[] = []
const jobsSchema = z.array(z.object({ failure: z.object({ code: z.string() }).nullable() }))

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'fanoscope-failures-'))
  application = createApplication({
    host: 'browser',
    chooseFolder: null,
    chooseFile: null,
    launchEngine: launchStandardEngine,
    environment: { ...process.env, FANOSCOPE_STATE: join(root, 'state.json') },
  })
  await call('workspace.open', { dir: join(root, 'line'), create: true })
  writeFileSync(join(root, 'file'), 'x')
})
afterAll(async () => {
  await application.close()
  rmSync(root, { recursive: true, force: true })
})

const call = (name: string, input: unknown) =>
  dispatch(application.handlers, name, input, (message) => defects.push(message), {
    caller: 'window',
    admit: application.admit,
  })

/** The code of the failure; null where there was none. */
async function codeOf(name: string, input: unknown): Promise<string | null> {
  const answer = await call(name, input)
  return answer.ok ? null : answer.failure.code
}

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

describe('what a person brings about has a code', () => {
  it.each([
    ['a path with NUL', 'folder.list', { path: '/a\0b' }, 'bad-input'],
    [
      'a path beyond all lengths',
      'workspace.open',
      { dir: `/${'a'.repeat(5000)}`, create: true },
      'path-unusable',
    ],
    ['JSON 5,000 deep', 'setting.set', { key: 'a', value: nested(5000) }, 'bad-input'],
    ['a name with NUL', 'setting.set', { key: 'a', value: { 'a\0': 1 } }, 'bad-input'],
  ])('%s', async (_what, name, input, code) => {
    expect(await codeOf(name, input)).toBe(code)
  })

  it('a workspace below a file', async () => {
    expect(await codeOf('workspace.open', { dir: join(root, 'file', 'line'), create: true })).toBe(
      'path-unusable',
    )
  })

  it('signing in while another workspace is opened, which is entered by nobody', async () => {
    const [here, there] = [join(root, 'here'), join(root, 'there')]
    const name = 'Li Na'
    for (const dir of [here, there]) {
      await call('workspace.open', { dir, create: true })
      await call('operator.signIn', { name, pin: null })
      await call('operator.secure', { name, pin: null, newPin: '493058' })
      await call('operator.signOut', { name })
    }
    await call('workspace.open', { dir: here })
    const [code] = await Promise.all([
      codeOf('operator.signIn', { name, pin: '493058' }),
      call('workspace.open', { dir: there }),
    ])
    expect([null, 'workspace-closed']).toContain(code)
    expect(await call('operator.isSignedIn', { name })).toMatchObject({ value: { isSignedIn: false } })
    await call('workspace.open', { dir: join(root, 'line') })
  })

  it('an export onto a file', async () => {
    const request = { filter: {}, format: 'csv', folder: join(root, 'file') }
    expect(await codeOf('audit.export', request)).toBe('path-unusable')
  })

  it.each(['toString', 'constructor', '__proto__'])('a system with the name %s', (model) => {
    expect(() => resolveConfig({ model, preset: 'smoke', set: {} })).toThrow(
      expect.objectContaining({ code: 'unknown-model' }),
    )
  })

  it.each([-1, 0, 3])('a database whose version was set to %i', (version) => {
    const dir = join(root, `version ${version}`)
    openWorkspace(dir, { create: true }).close()
    const db = openDatabase(join(dir, 'fanoscope.db'))
    db.pragma(`user_version = ${version}`)
    db.close()
    expect(() => openWorkspace(dir)).toThrow(expect.objectContaining({ code: 'workspace-version-wrong' }))
  })
})

describe('any call', () => {
  afterEach(async () => {
    await call('workspace.open', { dir: join(root, 'line') })
  })

  it.each(awkwardCalls)('%s is never answered as a defect, whatever its fields hold', async (name) => {
    const before = defects.length
    for (const input of fc.sample(awkwardInput(name, root), {
      seed: 20_260_101,
      numRuns: 40,
    })) {
      await call(name, input)
    }
    expect(defects.slice(before)).toEqual([])
  })

  it('leaves lists that can be read, and no job that failed by a defect', async () => {
    const answer = await call('job.list', { active: false })
    expect(answer).toMatchObject({ ok: true })
    const codes = answer.ok ? jobsSchema.parse(answer.value).map(({ failure }) => failure?.code) : []
    expect(codes).not.toContain('internal')
  })
})
