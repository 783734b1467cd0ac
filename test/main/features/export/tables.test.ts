import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { writeTables } from '../../../../src/main/features/export/write-tables.ts'
import { writeAnomalyMap } from '../../../../src/main/images/anomaly-map.ts'
import { csvLines } from '../../../../src/main/platform/csv.ts'
import { decide, undoDecision } from '../../../../src/main/store/decisions.ts'
import { findOrMakeOperator } from '../../../../src/main/store/operators.ts'
import { runFolder, setCalibration } from '../../../../src/main/store/runs.ts'
import { saveScores } from '../../../../src/main/store/scores.ts'
import { plainScore } from '../../store/plain-score.ts'
import { queuedRun } from '../../store/queued-run.ts'
import { stockedWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const asked = { language: 'en', split: 'test', components: false, version: '0', operator: null } as const

async function scored() {
  const { workspace, dataset, images } = await stockedWorkspace(3, (i) => ({
    file: `good/ü "${i}", part.png`,
    label: i === 2 ? 'anomalous' : 'normal',
    defectType: i === 2 ? '划痕' : null,
  }))
  const { db } = workspace
  const run = queuedRun(db, dataset.id, { config: { score: 'izif', k: 2 }, stepsTotal: 0 })
  setCalibration(db, run.id, { scores: {}, mapScale: 1, expectedCriticValue: 0 })
  const map = await writeAnomalyMap({ values: Float32Array.of(0, 0.4, 0.6, 1), width: 2, height: 2 })
  writeFileSync(workspace.path(`${runFolder(run.id)}-map.png`), map.bytes)
  saveScores(
    db,
    run.id,
    ['residual', 'feature'],
    images.map((imageId, i) =>
      plainScore(imageId, 0, {
        components: Float32Array.of(i, 0.25),
        mapFile: i === 0 ? `${runFolder(run.id)}-map.png` : null,
        mapScale: i === 0 ? map.scale : null,
        mapWidth: i === 0 ? 2 : null,
        mapHeight: i === 0 ? 2 : null,
      }),
    ),
  )
  const operatorId = findOrMakeOperator(db, '李雷').id
  const [first = 0] = images
  decide(db, { runId: run.id, imageId: first, operatorId, decision: 'reject', note: 'a, "b"\nc' })
  undoDecision(db, { runId: run.id, operatorId })
  decide(db, { runId: run.id, imageId: first, operatorId, decision: 'accept' })
  return { workspace, run: run.id, images, to: (name: string) => join(temporaryFolder(), name) }
}

describe('a line of comma-separated values', () => {
  it('quotes what needs it and nothing else', () => {
    expect(csvLines([['a', 'b,c', 'd"e', 'f\ng', null, 0.5, true]])).toBe(
      'a,"b,c","d""e","f\ng",,0.5,true\r\n',
    )
  })
})

describe('scores and decisions as files', () => {
  it('are as CSV one line an image, by the score in use, with the decision that stands', async () => {
    const { workspace, run, to } = await scored()
    const path = to('scores.csv')
    const { files, count } = await writeTables(workspace, { ...asked, run, format: 'csv', to: path })
    expect(count).toBe(3)
    const [head, first, , third] = readFileSync(path, 'utf8').split('\r\n')
    expect(head).toMatch(/^\ufeffimage,dataset,file,/)
    expect(first).toContain('"good/ü ""0"", part.png"')
    // izif with k = 2: 0 + 2 * 0.25
    expect(first).toContain(',izif,0.5,')
    expect(first).toContain(',accept,李雷,')
    expect(third).toContain(',anomalous,划痕,')
    const decisions = readFileSync(files[1] ?? '', 'utf8').split('\r\n')
    expect(decisions.filter((line) => /,(accept|reject),李雷/.test(line))).toHaveLength(2)
  })

  it('are as Parquet the same values with their types', async () => {
    const { workspace, run, images, to } = await scored()
    const path = to('scores.parquet')
    const { files } = await writeTables(workspace, { ...asked, run, format: 'parquet', to: path })
    const read = async (file: string) => {
      const bytes = readFileSync(file)
      return parquetReadObjects({ file: Uint8Array.from(bytes).buffer })
    }
    const rows = await read(path)
    expect(rows.map(({ image }) => Number(image))).toEqual(images)
    expect(rows[2]).toMatchObject({ score: 2.5, defect_type: '划痕', decision: null, threshold: null })
    const decisions = await read(files[1] ?? '')
    expect(decisions.map(({ decision, undone_by }) => [decision, undone_by])).toEqual([
      ['reject', '李雷'],
      ['accept', null],
    ])
  })

  it('have all components where they are asked for: of the deciding tile, and of each tile beside', async () => {
    const { workspace, run, images, to } = await scored()
    const path = to('scores.csv')
    const [first = 0] = images
    saveScores(
      workspace.db,
      run,
      ['residual', 'feature'],
      [plainScore(first, 0, { tiles: 2, components: Float32Array.of(0, 0.25, 1, 0.5) })],
    )
    const request = { ...asked, components: true, run, format: 'csv', to: path } as const
    const { files, count } = await writeTables(workspace, request)
    expect(count).toBe(3)
    const [head, ...lines] = readFileSync(path, 'utf8').split('\r\n')
    expect(head).toMatch(/,component_residual,component_feature$/)
    expect(lines[0]).toMatch(/,1,0\.5$/)
    const tiles = readFileSync(files[2] ?? '', 'utf8').split('\r\n')
    expect(files[2]).toMatch(/scores-components\.csv$/)
    expect(tiles[0]).toBe('\ufeffimage,file,tile,component_residual,component_feature')
    expect(tiles[1]).toMatch(/,0,0,0\.25$/)
    expect(tiles[2]).toMatch(/,1,1,0\.5$/)
    // Of the other two images one each, and the end of the last line.
    expect(tiles).toHaveLength(1 + 2 + 2 + 1)
  })

  it('overwrite nothing', async () => {
    const { workspace, run, to } = await scored()
    const path = to('scores.csv')
    writeFileSync(path, 'mine')
    await expect(writeTables(workspace, { ...asked, run, format: 'csv', to: path })).rejects.toMatchObject({
      code: 'target-exists',
    })
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })
})

describe('masks as files', () => {
  it('are white where the map reaches half of the color scale', async () => {
    const { workspace, run, to } = await scored()
    const folder = to('masks')
    expect(await writeTables(workspace, { ...asked, run, format: 'masks', to: folder })).toMatchObject({
      count: 1,
    })
    const [file] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.png'),
    )
    expect(file).toMatch(/^parts[/\\]good[/\\].*_mask\.png$/)
    const data = await sharp(join(folder, file ?? ''))
      .toColourspace('b-w')
      .raw()
      .toBuffer()
    expect([...data]).toEqual([0, 0, 255, 255])
  })

  it('leave nothing behind where there is no map', async () => {
    const { workspace, run, to } = await scored()
    workspace.db.run('UPDATE score SET map_file = NULL')
    const folder = to('masks')
    await expect(
      writeTables(workspace, { ...asked, run, format: 'masks', to: folder }),
    ).rejects.toMatchObject({
      code: 'no-maps',
    })
    expect(existsSync(folder)).toBe(false)
  })
})
