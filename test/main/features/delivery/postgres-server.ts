/** A real PostgreSQL on loopback, in a folder of its own, that ends with the test. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { portOf } from './open-broker.ts'

export interface PostgresServer {
  port: number
  /** As the owner of all. */
  ask(sql: string): Promise<Record<string, unknown>[]>
  /** Ends it as a power cut does. */
  away(): Promise<void>
  back(): Promise<void>
}

const debian = '/usr/lib/postgresql'

/** Where Debian has its programs; undefined where it is not installed. */
const programs = existsSync(debian)
  ? readdirSync(debian)
      .map((version) => join(debian, version, 'bin'))
      .find((folder) => existsSync(join(folder, 'initdb')))
  : undefined

export const noPostgres = programs === undefined ? 'PostgreSQL is not installed' : null

/** It refuses to run as the administrator; `nobody` is on every Linux. */
const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

export const [owner, password] = ['fanoscope', 'pass 471108']

/** @param certificate PEM of certificate and key, with which it encrypts */
export async function startPostgres(
  certificate: { cert: string; key: string } | null = null,
): Promise<PostgresServer> {
  if (programs === undefined) throw new RangeError('PostgreSQL is not installed')
  const folder = temporaryFolder()
  chmodSync(folder, 0o755)
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(join(folder, 'password'), password)
  if (account.uid !== undefined) chownSync(data, account.uid, account.gid)
  execFileSync(
    join(programs, 'initdb'),
    [
      '-D',
      data,
      '-U',
      owner,
      '-A',
      'scram-sha-256',
      '--pwfile',
      join(folder, 'password'),
      '-E',
      'UTF8',
      '-N',
    ],
    { ...account, stdio: 'ignore', env: { PATH: process.env.PATH, LC_ALL: 'C' } },
  )
  const secured: string[] = []
  if (certificate !== null) {
    for (const [name, text] of [
      ['server.crt', certificate.cert],
      ['server.key', certificate.key],
    ] as const) {
      writeFileSync(join(data, name), text, { mode: 0o600 })
      if (account.uid !== undefined) chownSync(join(data, name), account.uid, account.gid)
    }
    secured.push('-c', 'ssl=on')
  }
  const port = await freePort()
  let child: ReturnType<typeof spawn> | null = null
  const server: PostgresServer = {
    port,
    async ask(sql) {
      const client = new Client({
        host: '127.0.0.1',
        port,
        user: owner,
        password,
        database: 'postgres',
        ssl: false,
      })
      await client.connect()
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows
      } finally {
        await client.end()
      }
    },
    async away() {
      if (child === null) return
      const ended = once(child, 'exit')
      child.kill('SIGQUIT')
      await ended
      child = null
    },
    async back() {
      child = spawn(
        join(programs, 'postgres'),
        [
          '-D',
          data,
          '-p',
          String(port),
          '-c',
          'listen_addresses=127.0.0.1',
          '-c',
          `unix_socket_directories=${data}`,
          ...secured,
        ],
        { ...account, stdio: 'ignore' },
      )
      for (;;) {
        try {
          await server.ask('SELECT 1')
          return
        } catch (error) {
          if (child.exitCode !== null) throw error
          await pause(50)
        }
      }
    },
  }
  onTestFinished(() => server.away())
  await server.back()
  return server
}
