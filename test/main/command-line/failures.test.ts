/** Wrong use and bad input, through the real command line: a code, a remedy, the right exit code, nothing lost. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyReportSchema } from '../../../src/shared/workspace.ts'
import { numbered, writeFolder } from '../features/import/photographs.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { documents } from './documents.ts'
import { type Finished, fanoscope, sharedFolder } from './fanoscope.ts'

/** Whom the permissions of a folder do not stop. */
const mayReadEverything = process.platform === 'win32' || process.getuid?.() === 0

const codeOf = ({ document }: Finished): string => documents.error.parse(document()).error.code

describe('wrong use', () => {
  const cases: [why: string, line: string][] = [
    ['no command', '--json'],
    ['a command that does not exist', 'trian --json'],
    ['an option that does not exist', 'models --jsonn --json'],
    ['a parameter too many', 'doctor now --json'],
    ['a parameter too few', 'import --dataset parts --json'],
    ['an option that is missing', 'score --json'],
    ['a number that is none', 'train --dataset parts --seed one --json'],
    ['a choice that is none', 'review --run r --image 1 --decision maybe --json'],
    ['--set without a value', 'train --dataset parts --set batch --json'],
    ['neither a dataset nor a run', 'train --json'],
    ['a run that goes on with other parameters', 'train --resume r --set batch=4 --json'],
    ['two kinds of images', 'score --run r --split test --images x --json'],
    ['a decision without a name', 'review --run r --image 1 --decision accept --json'],
    ['nothing asked of the review', 'review --run r --json'],
    ['a version without who made it', 'curate --run r --confirm --reason more --json'],
    ['two things to do with versions', 'curate --run r --list --confirm --json'],
    ['one run to compare', 'compare r --json'],
    ['a share that is none', 'compare a b --fpr 5 --json'],
    ['a run and a dataset to score with', 'score --run r --dataset d --images x --json'],
    ['an export without a place', 'export --run r --format csv --json'],
  ]
  it.each(cases)('exits 2 at %s', async (_why, line) => {
    const finished = await fanoscope(line.split(' '))
    expect(finished.code).toBe(2)
    expect(codeOf(finished)).toBe('wrong-use')
  })

  it('shows the help, on standard error, where no command is given', async () => {
    const { code, stdout, stderr } = await fanoscope([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Commands:')
  })

  it('is told as text without --json, with nothing on standard output', async () => {
    const { code, stdout, stderr } = await fanoscope(['trian'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^Unknown command 'trian'/)
  })
})

describe('bad input', () => {
  const { folder, remove } = sharedFolder()
  const workspace = join(folder, 'workspace')
  const run = (line: string): Promise<Finished> =>
    fanoscope([...line.split(' '), '--workspace', workspace, '--json'])

  /** A folder below the shared one, imported as a dataset of its name. */
  async function importNew(name: string, files: Parameters<typeof writeFolder>[1]): Promise<Finished> {
    const from = await writeFolder(join(folder, name), files)
    return fanoscope(['import', from, '--dataset', name, '--workspace', workspace, '--json'])
  }

  beforeAll(async () => {
    expect((await importNew('few', numbered('good', 8))).code).toBe(0)
  })
  afterAll(remove)

  const cases: [why: string, code: string, line: string][] = [
    ['a folder that is not there', 'folder-unreadable', 'import /nowhere/at-all --dataset parts'],
    ['a dataset that is not there', 'dataset-unknown', 'train --dataset parts'],
    ['a dataset smaller than a batch', 'dataset-too-small', 'train --dataset few --preset smoke'],
    ['a system that is not there', 'unknown-model', 'train --dataset few --model gan'],
    ['a preset that is not there', 'unknown-preset', 'train --dataset few --preset quickest'],
    ['a parameter that is not there', 'bad-parameter', 'train --dataset few --set batsch=4'],
    ['a value out of its range', 'bad-parameter', 'train --dataset few --set batch=1'],
    ['a run that is not there, to train', 'run-unknown', 'train --resume 0mc3'],
    ['a run that is not there, to score', 'run-unknown', 'score --run 0mc3'],
    ['a run that is not there, for a folder', 'run-unknown', 'score --run 0mc3 --images /nowhere'],
    ['photographs without a model in use', 'no-model-in-use', 'score --images /nowhere'],
    ['nothing to take back', 'no-model-in-use', 'rollback'],
    ['a run that is not there, to promote', 'run-unknown', 'promote 0mc3'],
    ['runs that are not there, to compare', 'run-unknown', 'compare 0mc3 9k2x'],
    ['a run that is not there, to retrain', 'run-unknown', 'retrain --run 0mc3'],
    ['a run that is not there, to curate', 'run-unknown', 'curate --run 0mc3'],
    ['a folder that is no model package', 'no-model-package', 'import-model /nowhere'],
    ['a run that is not there, to evaluate', 'run-unknown', 'evaluate --run 0mc3'],
    ['a run that is not there, to review', 'run-unknown', 'review --run 0mc3 --list'],
    [
      'a run that is not there, to decide',
      'run-unknown',
      'review --run 0mc3 --image 1 --decision accept --operator Ann',
    ],
    ['a sample line over other files', 'sample-target-not-empty', `sample ${folder}`],
    ['a copy into the workspace itself', 'backup-inside', `backup ${join(folder, 'workspace', 'copy')}`],
  ]
  it.each(cases)('exits 1 at %s: %s', async (_why, code, line) => {
    const finished = await (line.startsWith('sample') ? fanoscope([...line.split(' '), '--json']) : run(line))
    expect(finished.code).toBe(1)
    expect(codeOf(finished)).toBe(code)
  })

  it('exits 1 at an empty folder', async () => {
    const finished = await fanoscope(
      ['import', temporaryFolder(), '--dataset', 'x', '--workspace', workspace].concat('--json'),
    )
    expect([finished.code, codeOf(finished)]).toEqual([1, 'folder-empty'])
  })

  it('exits 1 at a folder without a photograph, and lists what is in it', async () => {
    const finished = await importNew('papers', { 'a.txt': 'minutes', 'b.png': '' })
    expect([finished.code, codeOf(finished)]).toEqual([1, 'no-photographs'])
    const refused = documents.import.parse(finished.document()).refused.map(({ file, code }) => [file, code])
    expect(refused).toEqual([
      ['a.txt', 'not-an-image'],
      ['b.png', 'empty-file'],
    ])
  })

  it('exits 1 at a training on a dataset without good parts', async () => {
    expect((await importNew('broken', numbered('defect', 4, 100))).code).toBe(0)
    const finished = await run('train --dataset broken --preset smoke')
    expect([finished.code, codeOf(finished)]).toEqual([1, 'no-normal-images'])
  })

  it.skipIf(mayReadEverything)('exits 1 at a folder that may not be read', async () => {
    const locked = join(folder, 'locked')
    mkdirSync(locked, { mode: 0o000 })
    const finished = await run(`import ${locked} --dataset x`)
    chmodSync(locked, 0o700)
    expect([finished.code, codeOf(finished)]).toEqual([1, 'folder-unreadable'])
  })

  it('exits 1 where there is no workspace, and makes none', async () => {
    const finished = await fanoscope(['verify', '--workspace', join(folder, 'none'), '--json'])
    expect([finished.code, codeOf(finished)]).toEqual([1, 'workspace-not-found'])
  })

  it('exits 1 while another program has the workspace, and says which', async () => {
    const holder = spawn(process.execPath, [resolve('test/main/store/hold-workspace.ts'), workspace], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    const finished = await run('verify')
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect([finished.code, codeOf(finished)]).toEqual([1, 'workspace-in-use'])
    expect(documents.error.parse(finished.document()).error.message).toContain(String(holder.pid))
  })

  it('has lost nothing after all that', async () => {
    const { code, document } = await run('verify')
    expect(code).toBe(0)
    expect(verifyReportSchema.parse(document())).toMatchObject({ ok: true, images: 12 })
  })
})
