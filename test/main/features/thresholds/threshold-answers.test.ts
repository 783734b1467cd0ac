import { describe, expect, it } from 'vitest'
import {
  flaggedRegionLevel,
  flaggedRegionLevels,
  flaggedRegionProfile,
} from '../../../../src/main/features/scoring/flagged-region-profile.ts'
import { setScores } from '../../../../src/main/features/thresholds/set-scores.ts'
import { createThresholdAnswers } from '../../../../src/main/features/thresholds/threshold-answers.ts'
import { readValidationSet } from '../../../../src/main/features/thresholds/validation-set.ts'
import { connectedComponents } from '../../../../src/main/metrics/connected-components.ts'
import { imageScore, type ScoreOptions, tileScores } from '../../../../src/main/model/scores.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { saveFlaggedRegionProfiles } from '../../../../src/main/store/flagged-region-profiles.ts'
import { removeImage, setLabel } from '../../../../src/main/store/images.ts'
import { listQueue, scoreOf } from '../../../../src/main/store/scores.ts'
import type { Workspace } from '../../../../src/main/store/workspace.ts'
import type { Run } from '../../../../src/shared/run.ts'
import { componentNames, part, type ScoredPart, scoredRun } from './scored-run.ts'

const izi = { score: 'izi', k: 1, reduction: 'max' } as const
const by = { operator: 'Li Na', reason: 'trial' }

/** Good parts at 0.1 ... 0.9, dents at 0.55 and 0.95, a scratch at 0.75. */
const line: ScoredPart[] = [
  ...Array.from({ length: 9 }, (_, i) => part('validation', 'normal', (i + 1) / 10)),
  part('validation', 'anomalous', 0.55, 'dent'),
  part('validation', 'anomalous', 0.95, 'dent'),
  part('validation', 'anomalous', 0.75, 'scratch'),
]

const code = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code)
  }
  return 'none'
}

describe('what a threshold does', () => {
  it('is counted on the validation images, by defect type too', () => {
    const { workspace, run } = scoredRun(line)
    const { calls } = createThresholdAnswers(workspace.db)
    const at = calls['threshold.at']({ run: run.id, settings: izi, threshold: 0.65, regions: null })
    expect(at).toMatchObject({ truePositives: 2, falsePositives: 3, trueNegatives: 6, falseNegatives: 1 })
    expect(at.recall).toMatchObject({ part: 2, whole: 3, value: 2 / 3 })
    expect(at.falseRejectRate).toMatchObject({ part: 3, whole: 9 })
    expect(at.perDefectType).toEqual([
      expect.objectContaining({ defectType: 'dent', part: 1, whole: 2 }),
      expect.objectContaining({ defectType: 'scratch', part: 1, whole: 1 }),
    ])
  })

  it('follows another label, a removed image and nothing that it does not concern', () => {
    const { workspace, run, images } = scoredRun(line)
    const { calls } = createThresholdAnswers(workspace.db)
    const before = calls['threshold.validation']({ run: run.id })
    expect(before.validation).toMatchObject({ normal: 9, anomalous: 3 })
    setLabel(workspace.db, images[0] ?? 0, 'anomalous', 'stain')
    removeImage(workspace.db, images[1] ?? 0)
    const after = calls['threshold.validation']({ run: run.id })
    expect(after.validation).toMatchObject({ normal: 7, anomalous: 4 })
    expect(after.validation.hash).not.toBe(before.validation.hash)
  })

  it('says what is missing where there is nothing to choose on', () => {
    const unlabeled = scoredRun([part('validation', 'unlabeled', 1)])
    expect(
      code(() =>
        createThresholdAnswers(unlabeled.workspace.db).calls['threshold.validation']({
          run: unlabeled.run.id,
        }),
      ),
    ).toBe('no-validation')
    const unscored = scoredRun([
      { ...part('validation', 'normal', 1), unscored: true },
      part('train', 'normal', 1),
    ])
    expect(
      code(() =>
        createThresholdAnswers(unscored.workspace.db).calls['threshold.validation']({ run: unscored.run.id }),
      ),
    ).toBe('validation-not-scored')
    const good = scoredRun([part('validation', 'normal', 1), part('validation', 'normal', 2)])
    const { calls } = createThresholdAnswers(good.workspace.db)
    expect(
      code(() =>
        calls['threshold.choose']({ run: good.run.id, settings: null, target: 'f1', regions: null }),
      ),
    ).toBe('no-defects')
  })
})

describe('test images', () => {
  /** Everything that the calls answer about a run, besides the run's id. */
  function answers(workspace: Workspace, run: Run): string {
    const { calls } = createThresholdAnswers(workspace.db)
    const at = { run: run.id, settings: izi, threshold: 0.65, regions: null }
    const chosen = ['f1', 'fpr=0.1', 'recall=0.9', 'cost=1:50', 'percentile=90'].map((target) =>
      calls['threshold.choose']({ run: run.id, settings: izi, target, regions: null }),
    )
    const all = [
      calls['threshold.validation']({ run: run.id }),
      calls['threshold.distribution']({ run: run.id, settings: izi }),
      calls['threshold.at'](at),
      calls['threshold.flips']({ ...at, from: 0.2, limit: 500 }),
      ...chosen,
    ]
    return JSON.stringify(all).replaceAll(run.id, 'run')
  }

  it('cannot be read where thresholds are chosen: whatever they are, nothing is other', () => {
    const without = scoredRun(line)
    const random = createRandom(4)
    const tests = Array.from({ length: 40 }, () =>
      part('test', random.int(2) === 0 ? 'normal' : 'anomalous', 100 * random.uniform(), 'secret'),
    )
    const trains = Array.from({ length: 5 }, () => part('train', 'normal', random.uniform()))
    const withThem = scoredRun([...line, ...tests, ...trains])
    expect(answers(withThem.workspace, withThem.run)).toBe(answers(without.workspace, without.run))
    const set = readValidationSet(withThem.workspace.db, withThem.run)
    expect([...set.ids]).toEqual(withThem.images.slice(0, line.length))
  })
})

describe('the score of a set', () => {
  const random = createRandom(9)
  const parts: ScoredPart[] = Array.from({ length: 30 }, () => ({
    split: 'validation',
    label: 'normal',
    components: Array.from({ length: componentNames.length * (1 + random.int(30)) }, () => random.normal()),
  }))
  const base = { latent: 8, expectedCriticValue: 3 }
  const kinds = ['izif', 'latent-feature', 'izi', 'ziz', 'discriminator', 'peak'] as const

  it.each(
    kinds.flatMap((kind) => (['max', 'mean', 'top-k'] as const).map((reduction) => ({ kind, reduction }))),
  )('$kind, $reduction is the one of each image alone', ({ kind, reduction }) => {
    const { workspace, run } = scoredRun(parts)
    const set = readValidationSet(workspace.db, { ...run, components: componentNames })
    for (const k of [0, 1, 2.5]) {
      const options: ScoreOptions = { ...base, kind, k, reduction }
      const scores = setScores(set, options)
      for (const [i, { components }] of parts.entries()) {
        expect(scores[i]).toBeCloseTo(imageScore(Float32Array.from(components), componentNames, options), 9)
      }
    }
  })

  it('of a component that the run does not store is refused', () => {
    const { workspace, run } = scoredRun(parts)
    const set = readValidationSet(workspace.db, { ...run, components: componentNames })
    const options: ScoreOptions = { ...base, kind: 'ganomaly', k: 1, reduction: 'max' }
    expect(code(() => setScores(set, options))).toBe('component-missing')
    expect(code(() => tileScores(new Float32Array(5), componentNames, options))).toBe('component-missing')
  })
})

describe('a target', () => {
  const target = (parts: ScoredPart[], text: string) => {
    const { workspace, run } = scoredRun(parts)
    return createThresholdAnswers(workspace.db).calls['threshold.choose']({
      run: run.id,
      settings: izi,
      target: text,
      regions: null,
    })
  }
  const good = (n: number) => Array.from({ length: n }, (_, i) => part('validation', 'normal', i / n))

  it('of 1 % false rejects is too much for 40 good images, and that is said with what would be enough', () => {
    const chosen = target(good(40), 'fpr=0.01')
    expect(chosen.sufficient).toBe(false)
    expect(chosen.notices).toEqual([
      expect.objectContaining({
        code: 'too-few-normals',
        params: expect.objectContaining({ normal: 40, needed: 381 }),
      }),
    ])
    // Wilson: 1.96^2 / (40 + 1.96^2)
    expect(chosen.notices[0]?.params.highest).toEqual({ share: expect.closeTo(0.08762, 4) })
    expect(target(good(381), 'fpr=0.01').sufficient).toBe(true)
    expect(target(good(380), 'fpr=0.01').sufficient).toBe(false)
  })

  it('of a recall of 99 % is too much for 20 defects', () => {
    const defects = Array.from({ length: 20 }, (_, i) => part('validation', 'anomalous', 2 + i, 'dent'))
    const chosen = target([...good(40), ...defects], 'recall=0.99')
    expect(chosen.notices.map(({ code: word }) => word)).toEqual(['too-few-defects'])
    expect(chosen.figures.recall.value).toBe(1)
  })

  it('has a threshold inside its interval, the same for the same images', () => {
    const chosen = target(good(60), 'percentile=90')
    const { interval, threshold } = chosen
    expect(interval?.low).toBeLessThan(threshold)
    expect(interval?.high).toBeGreaterThan(threshold)
    expect(target(good(60), 'percentile=90').interval).toEqual(interval)
  })

  it('says how many labeled images had no score', () => {
    const chosen = target([...good(400), { ...part('validation', 'normal', 1), unscored: true }], 'fpr=0.01')
    expect(chosen.notices).toEqual([
      expect.objectContaining({ code: 'not-all-scored', params: { missing: 1 } }),
    ])
    expect(chosen.sufficient).toBe(true)
  })
})

describe('an operating point', () => {
  const save = (answers: ReturnType<typeof createThresholdAnswers>, run: Run, change: object = {}) =>
    answers.calls['point.save']({
      run: run.id,
      name: 'line',
      settings: izi,
      threshold: 0.65,
      regions: null,
      target: null,
      ...by,
      ...change,
    })

  it('is the next version of its name and in use; the one before stays as it was', () => {
    const { workspace, run } = scoredRun(line)
    const answers = createThresholdAnswers(workspace.db)
    const first = save(answers, run)
    const second = save(answers, run, { name: 'LINE', threshold: 0.5 })
    const other = save(answers, run, { name: 'customer' })
    expect([first.version, second.version, other.version]).toEqual([1, 2, 1])
    const { points, active } = answers.calls['point.list']({ run: run.id })
    expect(points).toEqual([other, second, first])
    expect(active).toBe(other.id)
    answers.calls['point.use']({ point: first.id, ...by })
    expect(answers.calls['point.list']({ run: run.id }).active).toBe(first.id)
    expect(
      listAudit(workspace.db, { action: 'threshold' }).map(({ action, operator }) => [action, operator]),
    ).toEqual([
      ['threshold.used', 'Li Na'],
      ...Array.from({ length: 3 }, () => [
        ['threshold.used', 'Li Na'],
        ['threshold.set', 'Li Na'],
      ]).flat(),
    ])
  })

  it('keeps what it was set on, what it gave, and its target while that is what was asked for', () => {
    const { workspace, run } = scoredRun(line)
    const answers = createThresholdAnswers(workspace.db)
    const chosen = answers.calls['threshold.choose']({
      run: run.id,
      settings: izi,
      target: 'cost=1:50',
      regions: null,
    })
    const point = save(answers, run, { threshold: chosen.threshold, target: 'cost=1:50' })
    expect(point).toMatchObject({ target: 'cost=1:50', interval: chosen.interval, figures: chosen.figures })
    expect(point.validation.hash).toBe(chosen.validation.hash)
    expect(save(answers, run, { threshold: 0.66, target: 'cost=1:50' })).toMatchObject({
      target: null,
      interval: null,
    })
  })

  it('is not set without a reason', () => {
    const { workspace, run } = scoredRun(line)
    const answers = createThresholdAnswers(workspace.db)
    expect(code(() => save(answers, run, { reason: ' ' }))).toBe('reason-missing')
    expect(answers.calls['point.list']({ run: run.id }).points).toEqual([])
    expect(listAudit(workspace.db, { action: 'threshold' })).toEqual([])
  })

  it('with another score gives every scored part that score, and its percentile among the good parts', () => {
    const { workspace, run, images } = scoredRun([
      ...line.map((each, i) => ({ ...each, components: [each.components[0] ?? 0, 0, 0, 0, i] })),
      { ...part('test', 'unlabeled', 0.2), components: [0.2, 0, 0, 0, 4.5] },
    ])
    const answers = createThresholdAnswers(workspace.db)
    save(answers, run, { settings: { ...izi, score: 'peak' }, threshold: 5 })
    expect(scoreOf(workspace.db, run.id, images.at(-1) ?? 0)).toMatchObject({
      score: 4.5,
      calibrated: (100 * 5) / 9,
    })
  })

  it('orders the queue by nearness to it', () => {
    const { workspace, run } = scoredRun(line)
    const rows = listQueue(workspace.db, { runId: run.id }, { order: 'threshold', threshold: 0.65, limit: 4 })
    expect(rows.map(({ score }) => score.toFixed(2)).sort()).toEqual(['0.55', '0.60', '0.70', '0.75'])
  })

  it('tells which parts would change, the nearest to the new threshold first', () => {
    const { workspace, run } = scoredRun(line)
    const answers = createThresholdAnswers(workspace.db)
    const ask = { run: run.id, settings: izi, threshold: 0.85, regions: null, from: null, limit: 10 }
    expect(answers.calls['threshold.flips'](ask)).toEqual({ total: 0, items: [] })
    save(answers, run)
    const flips = answers.calls['threshold.flips'](ask)
    expect(flips.items.map(({ score, verdict }) => [score.toFixed(2), verdict])).toEqual([
      ['0.80', 'passed'],
      ['0.75', 'passed'],
      ['0.70', 'passed'],
    ])
    expect(flips.items[1]).toMatchObject({ label: 'anomalous', defectType: 'scratch' })
  })
})

describe('the regions of a map', () => {
  it('are as large as connected components of the map at each level', () => {
    const random = createRandom(2)
    const [width, height] = [37, 23]
    const map = Float32Array.from({ length: width * height }, () => random.uniform() ** 2)
    const profile = flaggedRegionProfile(map, width, height, 0.5)
    for (const [i, level] of flaggedRegionLevels.entries()) {
      const mask = Uint8Array.from(map, (value) => (value / 0.5 >= level ? 1 : 0))
      const { areas } = connectedComponents(mask, width, height)
      expect(profile[i], `level ${level}`).toBe(Math.max(0, ...areas))
    }
  })

  it('decide together with the score where a least area and strength are asked for', () => {
    const { workspace, run, images } = scoredRun(line)
    const areas = (largest: number) => new Uint32Array(flaggedRegionLevels.length).fill(largest)
    const { scoredAt = 0 } = scoreOf(workspace.db, run.id, images[8] ?? 0) ?? {}
    const small = images[8] ?? 0
    saveFlaggedRegionProfiles(workspace.db, run.id, [{ imageId: small, scoredAt, areas: areas(3) }])
    const { calls } = createThresholdAnswers(workspace.db)
    const at = (leastArea: number) =>
      calls['threshold.at']({
        run: run.id,
        settings: izi,
        threshold: 0.65,
        regions: { leastArea, leastStrength: 0.1 },
      })
    expect(at(3).falsePositives).toBe(3)
    // The other parts have no measured regions, so that their score decides alone.
    expect(at(4)).toMatchObject({ falsePositives: 2, truePositives: 2 })
    expect(flaggedRegionLevel(0.1, 0.5)).toBe(3)
  })
})
