/**
 * Loaded before the application: from the N-th write into its folders on, the disk is full, until there is room again.
 * N is told by the file FANOSCOPE_FULL, which also says nothing or is gone where there is room; each write adds a line
 * to FANOSCOPE_WRITES, so that all processes and threads count together.
 */
import fs, { type PathLike } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { sep } from 'node:path'

const {
  FANOSCOPE_FULL: control = '',
  FANOSCOPE_WRITES: counted = '',
  FANOSCOPE_FOLDER: folder = '',
} = process.env
const { appendFileSync, existsSync, readFileSync, statSync } = fs

const isInside = (path: unknown): path is PathLike =>
  (typeof path === 'string' || path instanceof URL || Buffer.isBuffer(path)) &&
  String(path).startsWith(folder + sep)

/** Node writes a file by its own methods of below: those count once. */
let isWithin = false
function within<T>(work: () => T): T {
  const before = isWithin
  isWithin = true
  try {
    return work()
  } finally {
    isWithin = before
  }
}

/** Counts a write. @returns the error that it ends with, or null */
function failing(what: string, path: unknown): Error | null {
  if (isWithin || !existsSync(control)) return null
  return within(() => fail(what, path))
}

function fail(what: string, path: unknown): Error | null {
  const from = Number(readFileSync(control, 'utf8'))
  appendFileSync(counted, `${what} ${String(path)}\n`)
  const number = readFileSync(counted, 'utf8').split('\n').length - 1
  if (number < from) return null
  return Object.assign(new Error(`ENOSPC: no space left on device, ${what} '${String(path)}'`), {
    errno: -28,
    code: 'ENOSPC',
    syscall: what,
  })
}

/** Files that are open for writing, by descriptor. */
const open = new Map<number, string>()
const writes = (flags: unknown): boolean => typeof flags === 'string' && /[wa+]/.test(flags)
type Method = (...given: unknown[]) => unknown

function patch(holder: object, name: string, make: (original: Method) => Method): void {
  const original: unknown = Reflect.get(holder, name)
  if (typeof original === 'function')
    Reflect.set(
      holder,
      name,
      make((...given) => Reflect.apply(original, holder, given)),
    )
}

/** Of the file that is written: by a path, the first or the second parameter, or by an open file, the first. */
type Target = (given: readonly unknown[]) => unknown
const first: Target = ([path]) => (typeof path === 'number' ? open.get(path) : path)
const second: Target = ([, path]) => path
const made: Target = ([path]) => (typeof path === 'string' && existsSync(path) ? null : path)

const targets: Readonly<Record<string, Target>> = {
  writeFile: first,
  appendFile: first,
  write: first,
  writev: first,
  ftruncate: first,
  copyFile: second,
  mkdir: made,
  mkdtemp: first,
}

for (const [name, target] of Object.entries(targets)) {
  patch(fs, `${name}Sync`, (original) => (...given) => {
    const path = target(given)
    const error = isInside(path) ? failing(name, path) : null
    if (error !== null) throw error
    return within(() => original(...given))
  })
  patch(fs, name, (original) => (...given) => {
    const path = target(given)
    const error = isInside(path) ? failing(name, path) : null
    const done = given.at(-1)
    if (error === null || typeof done !== 'function') return original(...given)
    setImmediate(() => void Reflect.apply(done, undefined, [error]))
  })
  patch(fs.promises, name, (original) => async (...given) => {
    const path = target(given)
    const error = isInside(path) ? failing(name, path) : null
    if (error !== null) throw error
    return original(...given)
  })
}

patch(fs, 'openSync', (original) => (...given) => {
  const [path, flags] = given
  const isWritten = isInside(path) && writes(flags)
  const error = isWritten && !existsSync(path) ? failing('open', path) : null
  if (error !== null) throw error
  const fd = original(...given)
  if (isWritten && typeof fd === 'number') open.set(fd, String(path))
  return fd
})
patch(fs, 'closeSync', (original) => (...given) => {
  const [fd] = given
  if (typeof fd === 'number') open.delete(fd)
  return original(...given)
})
patch(fs.promises, 'open', (original) => async (...given) => {
  const [path, flags] = given
  const isWritten = isInside(path) && writes(flags)
  const error = isWritten && !existsSync(path) ? failing('open', path) : null
  if (error !== null) throw error
  const handle = await original(...given)
  if (isWritten && typeof handle === 'object' && handle !== null) {
    for (const name of ['write', 'writeFile', 'appendFile', 'writev', 'truncate']) {
      patch(handle, name, (method) => async (...rest) => {
        const full = failing(name, path)
        if (full !== null) throw full
        return method(...rest)
      })
    }
  }
  return handle
})
syncBuiltinESMExports()

interface Statement {
  source: string
  readonly: boolean
  database: { name: string; inTransaction: boolean }
}

/** A database is written by native code: there its statements and commits are the writes. */
function patchDatabase(): void {
  const Database: unknown = createRequire(import.meta.url)('better-sqlite3')
  if (typeof Database !== 'function') return
  const probe: { prepare(sql: string): Statement; close(): void } = Reflect.construct(Database, [':memory:'])
  const statements: object = Object.getPrototypeOf(probe.prepare('SELECT 1'))
  probe.close()
  const SqliteError: unknown = Reflect.get(Database, 'SqliteError')
  const run: unknown = Reflect.get(statements, 'run')
  if (typeof run !== 'function' || typeof SqliteError !== 'function') return
  Reflect.set(statements, 'run', function (this: Statement, ...given: unknown[]): unknown {
    const isWrite =
      this.source === 'COMMIT' || !(this.readonly || /^(BEGIN|ROLLBACK|SAVEPOINT|RELEASE)/.test(this.source))
    if (isWrite && isInside(this.database.name)) {
      const what = this.source.replaceAll(/\s+/g, ' ').slice(0, 60)
      if (failing(what, this.database.name) !== null)
        throw Reflect.construct(SqliteError, ['database or disk is full', 'SQLITE_FULL'])
    }
    return Reflect.apply(run, this, given)
  })
}
if (folder !== '' && statSync(folder).isDirectory()) patchDatabase()
