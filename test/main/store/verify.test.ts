import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { verifyTask } from '../../../src/main/features/workspace/verify-task.ts'
import { writeAnomalyMap } from '../../../src/main/images/anomaly-map.ts'
import { writeTensors } from '../../../src/main/model/safetensors.ts'
import { placeFile } from '../../../src/main/platform/durable-file.ts'
import { createRandom } from '../../../src/main/platform/random.ts'
import { blobFile } from '../../../src/main/store/blob-store.ts'
import { listImages } from '../../../src/main/store/images.ts'
import { runFolder, setRunState } from '../../../src/main/store/runs.ts'
import { saveScores } from '../../../src/main/store/scores.ts'
import { verifyWorkspace } from '../../../src/main/store/verify.ts'
import { runWorkspaceTask } from '../../../src/main/threads/run-task.ts'
import { wordsIn } from '../../../src/shared/messages/words.ts'
import { plainScore } from './plain-score.ts'
import { queuedRun } from './queued-run.ts'
import { type Stocked, stockedWorkspace } from './stocked-workspace.ts'

const problemsOf = async ({ workspace }: Stocked) =>
  (await verifyWorkspace(workspace)).problems.map(({ code, file }) => [code, file])

/** Path of an original inside the workspace. */
function original({ workspace, dataset }: Stocked, index: number): string {
  const image = listImages(workspace.db, { datasetId: dataset.id })[index]
  if (!image) throw new RangeError(`no image ${index}`)
  return blobFile(image.sha256, image.format)
}

describe('verify', () => {
  it('finds nothing wrong with a sound workspace', async () => {
    const stocked = await stockedWorkspace(3)
    const report = await verifyWorkspace(stocked.workspace)
    expect(report).toMatchObject({ ok: true, images: 3, files: 3, problems: [] })
    expect(report.bytes).toBeGreaterThan(0)
  })

  it('finds one changed byte', async () => {
    const stocked = await stockedWorkspace(3)
    const file = original(stocked, 1)
    const path = stocked.workspace.path(file)
    const bytes = readFileSync(path)
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40)
    writeFileSync(path, bytes)
    expect(await problemsOf(stocked)).toEqual([['file-changed', file]])
  })

  it('finds a missing photograph and a cut one', async () => {
    const stocked = await stockedWorkspace(3)
    const [missing, cut] = [original(stocked, 0), original(stocked, 2)]
    rmSync(stocked.workspace.path(missing))
    writeFileSync(stocked.workspace.path(cut), 'short')
    expect((await problemsOf(stocked)).sort()).toEqual([
      ['file-changed', cut],
      ['file-missing', missing],
    ])
  })

  it('finds files that nothing names, and those that were being written', async () => {
    const stocked = await stockedWorkspace(1)
    const { images, runs } = stocked.workspace.paths
    writeFileSync(join(images, 'notes.txt'), 'x')
    mkdirSync(join(images, 'ff'), { recursive: true })
    writeFileSync(join(images, 'ff', `${'f'.repeat(64)}.png`), 'x')
    writeFileSync(join(images, 'ff', '.writing-1'), 'x')
    writeFileSync(join(images, 'staging', 'publishing-1'), '[]')
    mkdirSync(join(runs, 'ghost'))
    expect((await problemsOf(stocked)).sort()).toEqual([
      ['file-not-in-database', `images/ff/${'f'.repeat(64)}.png`],
      ['file-not-in-database', 'images/notes.txt'],
      ['file-not-in-database', 'runs/ghost'],
      ['temporary-file', 'images/ff/.writing-1'],
      ['temporary-file', 'images/staging/publishing-1'],
    ])
  })

  it('finds missing maps and a trained run without its model', async () => {
    const stocked = await stockedWorkspace(1)
    const { workspace, dataset, images } = stocked
    const { db } = workspace
    const run = queuedRun(db, dataset.id)
    setRunState(db, run.id, 'training')
    setRunState(db, run.id, 'trained')
    const mapFile = `${runFolder(run.id)}/maps/1.png`
    saveScores(
      db,
      run.id,
      ['residual'],
      [plainScore(images[0] ?? 0, 1, { calibrated: 1, mapFile, mapScale: 1, mapWidth: 16, mapHeight: 16 })],
    )
    expect(await problemsOf(stocked)).toEqual([
      ['map-missing', mapFile],
      ['checkpoint-missing', `${runFolder(run.id)}/model/model.json`],
      ['checkpoint-missing', `${runFolder(run.id)}/model/weights.safetensors`],
    ])
  })

  it('finds one changed byte anywhere in the files of a run', async () => {
    const stocked = await stockedWorkspace(1)
    const { workspace, dataset } = stocked
    const run = queuedRun(workspace.db, dataset.id)
    const folder = workspace.path(runFolder(run.id))
    const tensors = { w: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } }
    await writeTensors(join(folder, 'model/weights.safetensors'), tensors, {})
    await writeTensors(join(folder, 'checkpoints/000000001.safetensors'), tensors, { state: '{}' })
    const values = Float32Array.from({ length: 256 }, (_, i) => i)
    const { bytes } = await writeAnomalyMap({ values, width: 16, height: 16 })
    await placeFile(join(folder, 'maps/1.png'), bytes)
    await placeFile(join(folder, 'model/model.json'), '{"format": 1}')
    await placeFile(join(folder, 'images.json'), '{"train": []}')
    setRunState(workspace.db, run.id, 'training')
    setRunState(workspace.db, run.id, 'trained')
    expect(await problemsOf(stocked)).toEqual([])
    const random = createRandom(1, 'changed bytes')
    for (const file of [
      'model/weights.safetensors',
      'checkpoints/000000001.safetensors',
      'maps/1.png',
      'model/model.json',
      'images.json',
    ]) {
      const path = join(folder, file)
      const whole = readFileSync(path)
      for (let i = 0; i < 20; i++) {
        const changed = Buffer.from(whole)
        const at = random.int(changed.length)
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << random.int(8)), at)
        writeFileSync(path, changed)
        expect([at, await problemsOf(stocked)]).toEqual([
          at,
          [['run-file-changed', `${runFolder(run.id)}/${file}`]],
        ])
      }
      writeFileSync(path, whole)
    }
  })

  it('finds every missing file of a trained run that it knows the digest of', async () => {
    const stocked = await stockedWorkspace(1)
    const { workspace, dataset } = stocked
    const run = queuedRun(workspace.db, dataset.id)
    const folder = workspace.path(runFolder(run.id))
    const tensors = { w: { shape: [1], data: Float32Array.of(1) } }
    await writeTensors(join(folder, 'model/weights.safetensors'), tensors, {})
    await placeFile(join(folder, 'model/model.json'), '{"format": 1}')
    await placeFile(join(folder, 'images.json'), '{"train": []}')
    setRunState(workspace.db, run.id, 'training')
    setRunState(workspace.db, run.id, 'trained')
    for (const file of ['model/model.json', 'images.json']) {
      const path = join(folder, file)
      const whole = readFileSync(path)
      rmSync(path)
      expect(await problemsOf(stocked)).toEqual([['checkpoint-missing', `${runFolder(run.id)}/${file}`]])
      writeFileSync(path, whole)
    }
  })

  it('names files and folders of a run that cannot be read, and goes on', async () => {
    const stocked = await stockedWorkspace(2)
    const { workspace, dataset } = stocked
    const run = queuedRun(workspace.db, dataset.id)
    const folder = workspace.path(runFolder(run.id))
    await placeFile(join(folder, 'images.json'), '{"train": []}')
    setRunState(workspace.db, run.id, 'training')
    setRunState(workspace.db, run.id, 'trained')
    await placeFile(join(folder, 'model/model.json'), '{"format": 1}')
    mkdirSync(join(folder, 'model/weights.safetensors'))
    rmSync(join(folder, 'images.json'))
    mkdirSync(join(folder, 'images.json'))
    rmSync(workspace.path(original(stocked, 0)))
    const missing = ['file-missing', original(stocked, 0)]
    expect((await problemsOf(stocked)).sort()).toEqual([
      missing,
      ['run-file-changed', `${runFolder(run.id)}/images.json`],
      ['run-file-changed', `${runFolder(run.id)}/model/weights.safetensors`],
    ])
    writeFileSync(join(folder, 'maps'), 'a file in the place of the folder')
    expect((await problemsOf(stocked)).sort()).toEqual([missing, ['file-unreadable', runFolder(run.id)]])
  })

  it('finds a row whose parent is gone', async () => {
    const stocked = await stockedWorkspace(1)
    const { db } = stocked.workspace
    db.pragma('foreign_keys = OFF')
    db.run('DELETE FROM dataset')
    const codes = (await problemsOf(stocked)).map(([code]) => code)
    expect(new Set(codes)).toEqual(new Set(['row-without-parent']))
  })

  it('gives a remedy for every problem', async () => {
    const stocked = await stockedWorkspace(1)
    rmSync(stocked.workspace.path(original(stocked, 0)))
    const { problems, ok } = await verifyWorkspace(stocked.workspace)
    expect(ok).toBe(false)
    const english = wordsIn('en')
    for (const part of ['title', 'remedy']) {
      expect(problems.every((problem) => english.text('problem', problem, part).length > 10)).toBe(true)
    }
  })

  it('reports its progress in bytes up to the whole', async () => {
    const { workspace } = await stockedWorkspace(3)
    const seen: number[] = []
    const { bytes } = await verifyWorkspace(workspace, { onProgress: ({ done }) => seen.push(done) })
    expect(seen).toHaveLength(3)
    expect(seen.at(-1)).toBe(bytes)
  })

  it('can be cancelled', async () => {
    const { workspace } = await stockedWorkspace(3)
    const signal = AbortSignal.abort()
    await expect(verifyWorkspace(workspace, { signal })).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('verify in a thread', () => {
  it('comes to the same result beside main', async () => {
    const stocked = await stockedWorkspace(3)
    rmSync(stocked.workspace.path(original(stocked, 1)))
    const seen: number[] = []
    const inThread = await runWorkspaceTask(
      stocked.workspace,
      verifyTask,
      {},
      { onProgress: ({ done }) => seen.push(done) },
    )
    const here = await verifyWorkspace(stocked.workspace)
    expect({ ...inThread, seconds: 0 }).toEqual({ ...here, seconds: 0 })
    expect(seen.length).toBeGreaterThan(0)
  })

  it('brings a failure back with its code and remedy', async () => {
    const { workspace } = await stockedWorkspace(3)
    const verifying = runWorkspaceTask(workspace, verifyTask, {}, { signal: AbortSignal.abort() })
    await expect(verifying).rejects.toMatchObject({
      code: 'cancelled',
      remedy: expect.stringContaining('Start it again'),
    })
  })
})

describe('verify of a workspace whose database lost its rows', () => {
  it('never says that photographs can be deleted', async () => {
    const stocked = await stockedWorkspace(8)
    const { db } = stocked.workspace
    db.pragma('foreign_keys = OFF')
    for (const table of ['image', 'blob', 'import', 'dataset']) db.run(`DELETE FROM ${table}`)
    const { problems, ok } = await verifyWorkspace(stocked.workspace)
    expect(ok).toBe(false)
    const unknown = problems.filter(({ code }) => code === 'file-not-in-database')
    expect(unknown).toHaveLength(8)
    for (const locale of ['en', 'zh-CN']) {
      for (const problem of unknown) {
        expect(wordsIn(locale).text('problem', problem, 'remedy')).not.toMatch(/can be deleted|可以删除/)
      }
    }
  })
})
