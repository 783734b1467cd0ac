/**
 * PostgreSQL: each result becomes a row of a table that the customer owns. A row is confirmed by its commit. The number
 * of the result is to be the table's key: a repetition then meets its own row and changes nothing.
 */
import { Socket, type TcpNetConnectOpts } from 'node:net'
import { Client, DatabaseError, escapeIdentifier } from 'pg'
import { Failure } from '../../../shared/failure.ts'
import { type PostgresqlSettings, type ResultField, resultFields } from '../../../shared/output.ts'
import type { ResultDocument } from '../../../shared/result.ts'
import type { KnownSecrets, OutputKind, Surroundings } from './output-kind.ts'
import { plantLookup, requireNamed } from './plant-network.ts'
import { unreached } from './reach.ts'

/** A socket that finds only machines of the plant. `pg` connects it by port and host. */
class PlantSocket extends Socket {
  override connect(...given: unknown[]): this {
    const [port, host] = given
    const options: TcpNetConnectOpts = { port: Number(port), host: String(host), lookup: plantLookup }
    return super.connect(options)
  }
}

interface Opened {
  client: Client
  /** Ends what is asked as well. */
  cut(): void
}

const nobody: ResultDocument = {
  format: 'fanoscope.result/1',
  number: 1,
  point: '',
  part: 1,
  file: '',
  verdict: 'reject',
  cause: 'late',
  score: null,
  threshold: null,
  run: null,
  operatingPoint: null,
  arrivedAt: new Date(0).toISOString(),
  judgedAt: new Date(0).toISOString(),
}

export const postgresql: OutputKind<PostgresqlSettings> = {
  check: ({ host }, hosts) => requireNamed(host.toLowerCase(), hosts),
  heartbeat: () => null,
  open(settings, secrets, surroundings) {
    let opened: Opened | null = null

    async function connected(): Promise<Opened> {
      if (opened !== null) return opened
      const next = await connect(settings, secrets, surroundings)
      const forget = (): void => {
        if (opened === next) opened = null
      }
      next.client.on('error', forget)
      next.client.on('end', forget)
      opened = next
      return next
    }

    async function ask(text: string, document: ResultDocument, signal: AbortSignal): Promise<void> {
      signal.throwIfAborted()
      const { client, cut } = await connected()
      // A row that is stored all the same meets itself when it is sent again.
      signal.addEventListener('abort', cut)
      try {
        await client.query(text, valuesOf(settings, document))
      } catch (error) {
        // The answer to what was not answered in time must not be taken for that to the next question.
        if (!(error instanceof DatabaseError)) cut()
        throw refusal(error, settings)
      } finally {
        signal.removeEventListener('abort', cut)
      }
    }

    return {
      deliver: (result, signal) => ask(insertInto(settings), result, signal),
      tell: async () => undefined,
      // The database says whether it would take a row: table, columns, types and rights. It stores none.
      test: (_document, signal) => ask(`EXPLAIN ${insertInto(settings)}`, nobody, signal),
      async close() {
        await opened?.client.end().catch(() => undefined)
      },
    }
  },
}

async function connect(
  { host, port, database, user, tls, certificate, timeout }: PostgresqlSettings,
  { password = '' }: KnownSecrets,
  { hosts }: Surroundings,
): Promise<Opened> {
  requireNamed(host.toLowerCase(), hosts)
  const socket = new PlantSocket()
  const milliseconds = timeout * 1000
  const client = new Client({
    host,
    port,
    database,
    user,
    // A function, so that neither the environment nor a file of passwords is asked.
    password: () => password,
    ssl: tls ? { servername: host, ...(certificate === null ? {} : { ca: certificate }) } : false,
    stream: () => socket,
    connectionTimeoutMillis: milliseconds,
    query_timeout: milliseconds,
    application_name: 'Fanoscope',
  })
  // Also of a connection that is in use: without a listener it would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    socket.destroy()
    throw refusal(error, { host, timeout })
  }
  return { client, cut: () => socket.destroy() }
}

/** How `pg` says that there was no answer in time. */
const late = /timeout/i

function refusal(error: unknown, { host, timeout }: Pick<PostgresqlSettings, 'host' | 'timeout'>): Failure {
  if (error instanceof DatabaseError) {
    const reason = `${error.message}${error.code === undefined ? '' : ` (${error.code})`}`
    return new Failure('output-refused', { case: 'database', host, reason }, { cause: error })
  }
  const isLate = error instanceof Error && late.test(error.message)
  return unreached(error, { host, seconds: timeout, isLate })
}

const fieldsOf = ({ columns }: PostgresqlSettings): ResultField[] =>
  resultFields.filter((field) => columns[field] !== undefined)

const valuesOf = (settings: PostgresqlSettings, document: ResultDocument): (string | number | null)[] =>
  fieldsOf(settings).map((field) => document[field])

function insertInto(settings: PostgresqlSettings): string {
  const { schema, table, columns } = settings
  const fields = fieldsOf(settings)
  const names = fields.map((field) => escapeIdentifier(columns[field] ?? field))
  const places = fields.map((_, i) => `$${i + 1}`)
  const into = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`
  return `INSERT INTO ${into} (${names.join(', ')}) VALUES (${places.join(', ')}) ON CONFLICT DO NOTHING`
}
