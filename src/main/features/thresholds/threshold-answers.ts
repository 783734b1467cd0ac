/**
 * Answers the calls about thresholds. It keeps the last validation sets and their scores in memory, so that another
 * kind of score or another threshold takes milliseconds. It runs in a thread.
 */

import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { CallArguments, CallName, CallOutput } from '../../../shared/contract.ts'
import { elementAt } from '../../../shared/element-at.ts'
import type { Run } from '../../../shared/run.ts'
import type { ScoreSettings } from '../../../shared/threshold.ts'
import { notANumber } from '../../metrics/input.ts'
import { percentileRank } from '../../metrics/percentile-rank.ts'
import { imageScore, scoresFrom } from '../../model/scores.ts'
import type { Database } from '../../store/database.ts'
import { activePoint, findPoint, listPoints, savePoint, usePoint } from '../../store/operating-points.ts'
import { findRun } from '../../store/runs.ts'
import { iterateScores, updateScores } from '../../store/scores.ts'
import { mapScaleOf, optionsFor, sameSettings, settingsInUse } from '../runs/score-settings.ts'
import { chooseThreshold, thresholdNotices } from './choose.ts'
import { distribution } from './distribution.ts'
import { flagged, type Rule, workingPoint } from './figures.ts'
import { setScores } from './set-scores.ts'
import { parseTarget, type Target, targetText, thresholdOf } from './target.ts'
import type { ValidationSet } from './validation-arrays.ts'
import { countMeasuredMaps, readValidationSet, validationFingerprint } from './validation-set.ts'

/** The calls of the contract that are answered here. */
export type ThresholdCall = Extract<
  CallName,
  | 'threshold.validation'
  | 'threshold.distribution'
  | 'threshold.at'
  | 'threshold.choose'
  | 'threshold.flips'
  | 'point.list'
  | 'point.save'
  | 'point.use'
>
export type ThresholdCallAnswers = { [N in ThresholdCall]: (input: CallArguments<N>) => CallOutput<N> }

export interface ThresholdAnswers {
  calls: ThresholdCallAnswers
  /** Recomputes the stored scores and percentiles of a run by its operating point in use, after images were scored. */
  rescore(run: string): void
}

interface Held {
  fingerprint: string
  set: ValidationSet
  /** The scores of the last few settings, by settings. */
  scores: LRUCache<string, Float64Array>
}

/** Number of runs whose validation sets are kept, and of settings per run whose scores are kept. */
const heldRuns = 2
const heldScores = 6

export function createThresholdAnswers(db: Database): ThresholdAnswers {
  const held = new LRUCache<string, Held>({ max: heldRuns })

  function open(run: Run, anew = false): Held {
    const fingerprint = validationFingerprint(db, run)
    const known = held.get(run.id)
    if (known?.fingerprint === fingerprint && !anew) return known
    // The old set is dropped first, so that it and its successor are never both in memory.
    held.delete(run.id)
    const scores = new LRUCache<string, Float64Array>({ max: heldScores })
    const fresh = { fingerprint, set: readValidationSet(db, run), scores }
    held.set(run.id, fresh)
    return fresh
  }

  function scored(run: Run, settings: ScoreSettings): { set: ValidationSet; scores: Float64Array } {
    const { set, scores: known } = open(run)
    const key = JSON.stringify([settings.score, settings.k, settings.reduction])
    let scores = known.get(key)
    if (scores === undefined) {
      scores = setScores(set, optionsFor(run, settings))
      const broken = scores.findIndex((score) => !Number.isFinite(score))
      if (broken !== -1) throw notANumber(elementAt(set.ids, broken, 'Images'))
      known.set(key, scores)
    }
    return { set, scores }
  }

  /** The threshold with which the screen begins. */
  function startOf(run: Run, settings: ScoreSettings): number {
    const { set, scores } = scored(run, settings)
    const point = activePoint(db, run.id)
    if (point && sameSettings(point, settings)) return point.threshold
    const target: Target =
      set.normal === 0
        ? { kind: 'recall', share: 1 }
        : set.anomalous === 0
          ? { kind: 'percentile', percentile: 99 }
          : { kind: 'f1' }
    return thresholdOf(scores, set.labels, target) ?? 0
  }

  /** Stores the scores and percentiles of all scored images of a run, computed by the settings of its point in use. */
  function rescore(run: Run, settings: ScoreSettings): void {
    const options = optionsFor(run, settings)
    const names = run.components ?? []
    const normals = normalScores(scored(run, settings))
    const rows: { imageId: number; score: number; calibrated: number | null }[] = []
    for (const { imageId, components } of iterateScores(db, run.id)) {
      const score = imageScore(components, names, options)
      rows.push({ imageId, score, calibrated: percentileRank(normals, score) })
    }
    updateScores(db, run.id, rows)
  }

  function choose(input: CallArguments<'threshold.choose'>): CallOutput<'threshold.choose'> {
    const run = findRun(db, input.run)
    const settings = input.settings ?? settingsInUse(db, run)
    const target = parseTarget(input.target)
    const { set, scores } = scored(run, settings)
    const { threshold, interval } = chooseThreshold(scores, set.labels, target)
    const notices = thresholdNotices(set, target)
    const { normal, anomalous, hash, missing } = set
    return {
      run: run.id,
      ...settings,
      target: targetText(target),
      threshold,
      interval,
      sufficient: notices.every(({ code }) => code === 'not-all-scored'),
      notices,
      figures: workingPoint(set, scores, { threshold, regions: input.regions, mapScale: mapScaleOf(run) }),
      validation: { normal, anomalous, hash, missing },
    }
  }

  const calls: ThresholdCallAnswers = {
    'threshold.validation'({ run: text }) {
      const run = findRun(db, text)
      // Only here is the set read again when more flagged regions have been measured.
      const { set: before } = open(run)
      const { set } = before.profiled < countMeasuredMaps(db, before) ? open(run, true) : { set: before }
      const { normal, anomalous, hash, unlabeled, missing, profiled } = set
      return {
        run: run.id,
        validation: { normal, anomalous, hash },
        unlabeled,
        missing,
        scores: scoresFrom(set.names),
        settings: settingsInUse(db, run),
        active: activePoint(db, run.id),
        mapScale: mapScaleOf(run),
        maps: set.hasMap.reduce((sum, has) => sum + has, 0),
        profiled,
      }
    },
    'threshold.distribution'({ run: text, settings }) {
      const run = findRun(db, text)
      const { set, scores } = scored(run, settings)
      return { ...distribution(scores, set.labels), settings, start: startOf(run, settings) }
    },
    'threshold.at'({ run: text, settings, threshold, regions }) {
      const run = findRun(db, text)
      const { set, scores } = scored(run, settings)
      return workingPoint(set, scores, { threshold, regions, mapScale: mapScaleOf(run) })
    },
    'threshold.choose': choose,
    'threshold.flips'({ run: text, settings, threshold, regions, from, limit }) {
      const run = findRun(db, text)
      const mapScale = mapScaleOf(run)
      const { set, scores } = scored(run, settings)
      const now = flagged(set, scores, { threshold, regions, mapScale })
      const point = from === null ? activePoint(db, run.id) : null
      let before = now
      if (from !== null) before = flagged(set, scores, { threshold: from, regions, mapScale })
      else if (point) before = flagged(set, scored(run, point).scores, { ...pointRule(point), mapScale })
      const changed = [...now.keys()].filter((i) => now[i] !== before[i])
      const scoreOf = (i: number): number => elementAt(scores, i, 'Scores of images')
      changed.sort((a, b) => Math.abs(scoreOf(a) - threshold) - Math.abs(scoreOf(b) - threshold))
      return {
        total: changed.length,
        items: changed.slice(0, limit).map((i) => ({
          image: elementAt(set.ids, i, 'Images'),
          file: fileOf(db, elementAt(set.ids, i, 'Images')),
          label: set.labels[i] === 0 ? ('normal' as const) : ('anomalous' as const),
          defectType: set.labels[i] === 0 ? null : (set.defectTypes[set.types[i] ?? -1] ?? null),
          score: scoreOf(i),
          verdict: now[i] === 1 ? ('flagged' as const) : ('passed' as const),
          hasMap: set.hasMap[i] === 1,
        })),
      }
    },
    'point.list'({ run: text }) {
      const run = findRun(db, text)
      return { active: activePoint(db, run.id)?.id ?? null, points: listPoints(db, run.id) }
    },
    'point.save'({ run: text, name, settings, threshold, regions, target, operator, reason }) {
      const run = findRun(db, text)
      const { set, scores } = scored(run, settings)
      const chosen = target === null ? null : choose({ run: run.id, settings, target, regions })
      const before = settingsInUse(db, run)
      const { normal, anomalous, hash } = set
      return db.transaction(() => {
        const point = savePoint(db, {
          ...settings,
          run: run.id,
          name,
          threshold,
          regions,
          // A threshold that was moved by hand is not the one that the target gives any more.
          target: chosen?.threshold === threshold ? chosen.target : null,
          interval: chosen?.threshold === threshold ? chosen.interval : null,
          validation: { normal, anomalous, hash },
          figures: workingPoint(set, scores, { threshold, regions, mapScale: mapScaleOf(run) }),
          operator,
          reason,
        })
        if (!sameSettings(before, settings)) rescore(run, settings)
        return point
      })
    },
    'point.use'(request) {
      const run = findRun(db, findPoint(db, request.point).run)
      const before = settingsInUse(db, run)
      return db.transaction(() => {
        const point = usePoint(db, request)
        if (!sameSettings(before, point)) rescore(run, point)
        return point
      })
    },
  }

  return {
    calls,
    rescore(text) {
      const run = findRun(db, text)
      const point = activePoint(db, run.id)
      if (point) db.transaction(() => rescore(run, point))
    },
  }
}

const pointRule = ({ threshold, regions }: Omit<Rule, 'mapScale'>): Omit<Rule, 'mapScale'> => ({
  threshold,
  regions,
})

/** Scores of the good images, ascending, as percentiles need them. */
function normalScores({ set, scores }: { set: ValidationSet; scores: Float64Array }): Float64Array {
  return scores.filter((_, i) => set.labels[i] === 0).sort()
}

const fileOf = (db: Database, id: number): string =>
  db.get(z.object({ file: z.string() }), 'SELECT file FROM image WHERE id = $id', { id })?.file ?? ''
