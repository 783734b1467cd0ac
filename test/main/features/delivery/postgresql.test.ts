/** Results are written into a table of a real PostgreSQL on loopback. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addOutput, changeOutput, testOutput } from '../../../../src/main/features/delivery/change-outputs.ts'
import { outputStates } from '../../../../src/main/features/delivery/deliver-results.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { type PostgresqlSettings, postgresqlSettingsSchema } from '../../../../src/shared/output.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { judgedLine } from './judged-line.ts'
import { noPostgres, owner, type PostgresServer, password, startPostgres } from './postgres-server.ts'
import { untilOutputs } from './until-outputs.ts'

const noOpenssl = spawnSync('openssl', ['version']).error !== undefined

/** A certificate for `localhost`. */
function selfSigned(): { cert: string; key: string } {
  const folder = temporaryFolder()
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const given = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2', '-nodes']
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-keyout',
    key,
    '-out',
    cert,
    ...given,
  ])
  if (made.status !== 0) throw new Error(String(made.stderr))
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

/** The table that the guide proposes. */
const table = `CREATE TABLE results (
  number bigint PRIMARY KEY, point text, part bigint, file text, verdict text NOT NULL, cause text, score double precision,
  threshold double precision, run text, operating_point bigint, arrived_at timestamptz, judged_at timestamptz)`

const settingsOf = ({ port }: PostgresServer, more: Partial<PostgresqlSettings> = {}): PostgresqlSettings =>
  postgresqlSettingsSchema.parse({
    kind: 'postgresql',
    host: '127.0.0.1',
    port,
    database: 'postgres',
    user: owner,
    tls: false,
    table: 'results',
    timeout: 2,
    ...more,
  })

const add = (
  { workspace }: Session,
  settings: PostgresqlSettings,
  secret: string | null = password,
): number =>
  addOutput(workspace.db, {
    name: 'plant database',
    settings,
    secrets: secret === null ? {} : { password: secret },
  })

const only = (session: Session) => elementAt(outputStates(session), 0, 'outputs')
const numbers = async (server: PostgresServer): Promise<number[]> =>
  (await server.ask('SELECT number FROM results ORDER BY number')).map(({ number }) => Number(number))

describe.skipIf(noPostgres !== null)('PostgreSQL', () => {
  it('has a row for each result, with every field', async () => {
    const server = await startPostgres()
    await server.ask(table)
    const { session, judge, deliver } = judgedLine()
    add(session, settingsOf(server))
    deliver()
    const parts = (['good', 'flagged', 'refused'] as const).map((verdict) => judge(verdict))
    await untilOutputs(session, ([output]) => output?.newest?.number === 3)
    const rows = await server.ask('SELECT * FROM results ORDER BY number')
    expect(rows).toMatchObject([
      {
        number: '1',
        verdict: 'good',
        cause: 'passed',
        file: '1.png',
        score: 0.25,
        threshold: 0.5,
        point: 'line',
      },
      { number: '2', verdict: 'reject', cause: 'flagged', part: String(parts[1]?.id) },
      { number: '3', verdict: 'reject', cause: 'refused', score: null },
    ])
    expect(elementAt(rows, 0, 'rows').judged_at).toEqual(new Date(parts[0]?.judgedAt ?? 0))
  })

  it('gets all that waited once it is back, and a repetition changes nothing', async () => {
    const server = await startPostgres()
    await server.ask(table)
    const { session, judge, deliver } = judgedLine()
    add(session, settingsOf(server))
    const stop = deliver()
    judge()
    await untilOutputs(session, ([output]) => output?.newest?.number === 1)
    await server.away()
    for (let i = 0; i < 20; i += 1) judge()
    await untilOutputs(session, ([output]) => output?.condition === 'away')
    expect(only(session).errors[0]?.failure.code).toBe('output-unreachable')
    await server.back()
    await untilOutputs(session, ([output]) => output?.newest?.number === 21)
    expect(await numbers(server)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1))
    await stop()
    session.workspace.db.run('UPDATE output SET through = 5')
    deliver()
    await untilOutputs(session, ([output]) => output?.newest?.number === 21 && output.waiting === 0)
    expect(await numbers(server)).toHaveLength(21)
  })

  it('is tested without a row, and says which table, column, right or password is missing', async () => {
    const server = await startPostgres()
    const { session } = judgedLine()
    const { db } = session.workspace
    const id = add(session, settingsOf(server), 'wrong')
    const test = () => testOutput(db, id, { atWork: undefined, operator: null })
    const refused = (reason: RegExp) =>
      expect.objectContaining({
        code: 'output-refused',
        params: expect.objectContaining({ reason: expect.stringMatching(reason) }),
      })
    await expect(test()).rejects.toThrow(refused(/password/))
    changeOutput(db, { id, secrets: { password } })
    await expect(test()).rejects.toThrow(refused(/"public.results" does not exist/))
    await server.ask('CREATE TABLE results (number bigint PRIMARY KEY)')
    await expect(test()).rejects.toThrow(refused(/column "point"/))
    const settings = settingsOf(server, { columns: { number: 'number' } })
    changeOutput(db, { id, settings, secrets: {} })
    expect(await test()).toBeGreaterThan(0)
    expect(await numbers(server)).toEqual([])
    await server.ask(`CREATE ROLE guest LOGIN PASSWORD '${password}'`)
    changeOutput(db, { id, settings: { ...settings, user: 'guest' }, secrets: {} })
    await expect(test()).rejects.toThrow(refused(/permission denied/))
  })

  it('is not asked without encryption where that was not allowed', async () => {
    const server = await startPostgres()
    const { session } = judgedLine()
    const id = add(session, settingsOf(server, { tls: true }))
    const tested = testOutput(session.workspace.db, id, { atWork: undefined, operator: null })
    await expect(tested).rejects.toMatchObject({ code: 'output-unreachable' })
  })

  it.skipIf(noOpenssl)(
    'is reached with encryption by the certificate that was given, and no other',
    async () => {
      const [own, another] = [selfSigned(), selfSigned()]
      const server = await startPostgres(own)
      await server.ask(table)
      const { session, judge, deliver } = judgedLine()
      const secured = (certificate: string) =>
        settingsOf(server, { host: 'localhost', tls: true, certificate })
      const id = add(session, secured(another.cert))
      const tested = testOutput(session.workspace.db, id, { atWork: undefined, operator: null })
      await expect(tested).rejects.toMatchObject({ code: 'output-unreachable' })
      changeOutput(session.workspace.db, { id, settings: secured(own.cert), secrets: {} })
      deliver()
      judge()
      await untilOutputs(session, ([output]) => output?.newest?.number === 1)
      expect(await numbers(server)).toEqual([1])
    },
  )

  it('is not found outside of the machines that were named', async () => {
    const { session } = judgedLine()
    const settings = postgresqlSettingsSchema.parse({
      kind: 'postgresql',
      host: 'db.example.com',
      database: 'plant',
      user: 'x',
      table: 'results',
    })
    expect(() => add(session, settings)).toThrow(expect.objectContaining({ code: 'output-host-not-named' }))
  })
})

it('writes no row without the number, by which a repetition is known', () => {
  const given = { kind: 'postgresql', host: '127.0.0.1', database: 'plant', user: 'x', table: 'results' }
  expect(postgresqlSettingsSchema.safeParse({ ...given, columns: { file: 'file' } }).success).toBe(false)
})
