import Sqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { storageFailure } from '../../../src/main/platform/storage-errors.ts'
import { Failure } from '../../../src/shared/failure.ts'

const withCode = (code: string) => Object.assign(new Error(code), { code })

describe('what a failing disk means for a person', () => {
  it.each([
    ['SQLITE_FULL', 'disk-full'],
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EROFS', 'workspace-read-only'],
    ['EACCES', 'workspace-read-only'],
    ['SQLITE_READONLY_DBMOVED', 'workspace-read-only'],
    ['SQLITE_CORRUPT_INDEX', 'workspace-damaged'],
    ['SQLITE_NOTADB', 'workspace-damaged'],
    ['SQLITE_BUSY_SNAPSHOT', 'workspace-busy'],
    ['SQLITE_IOERR_READ', 'disk-error'],
    ['EIO', 'disk-error'],
  ])('%s is %s', (code, expected) => {
    const cause = withCode(code)
    expect(storageFailure(cause)).toMatchObject({
      code: expected,
      cause,
      remedy: expect.stringMatching(/\w{3}/),
    })
  })

  it('says of a database that was closed meanwhile that the workspace is', () => {
    const db = new Sqlite(':memory:')
    db.close()
    let thrown: unknown
    try {
      db.prepare('SELECT 1')
    } catch (error) {
      thrown = error
    }
    expect(storageFailure(thrown)).toMatchObject({ code: 'workspace-closed', cause: thrown })
  })

  it('leaves other errors and Failures as they are', () => {
    const bug = new TypeError('bug')
    const failure = new Failure('run-unknown', { case: 'none', run: 'r' })
    expect(storageFailure(bug)).toBe(bug)
    expect(storageFailure(failure)).toBe(failure)
    expect(storageFailure('text')).toBe('text')
  })
})
