/** The benchmark's document, and the same as text. */

import { z } from 'zod'
import type { GrowthFigures } from './growth.ts'
import type { Spread, Timing } from './measure.ts'
import type { PipelineFigures } from './pipeline.ts'
import type { StabilityFigures } from './stability.ts'
import type { StepsReport } from './step-figures.ts'
import type { TrainingFigures } from './training.ts'

export interface Report {
  date: string
  machine: { processor: string; cores: number }
  tensorflow: { version: string; gpu: boolean }
  networks: { size: number; channels: number; width: number; latent: number; batch: number }
  rounds: number
  steps: StepsReport | null
  growth: GrowthFigures[] | null
  pipeline: PipelineFigures[] | null
  training: TrainingFigures | null
  stability: StabilityFigures | null
}

/** A report that was printed as JSON. */
export const printedReport = z.custom<Report>(
  (value) => typeof value === 'object' && value !== null && 'networks' in value && 'stability' in value,
)

/** Puts parts that were measured apart into one report; of what both have, the later one counts. */
export function joinedReport(earlier: Report, later: Report): Report {
  const [before, after] = [earlier.steps, later.steps]
  const steps =
    before && after
      ? {
          ...after,
          compile: before.compile,
          steps: { ...before.steps, ...after.steps },
          scoringByBatch: after.scoringByBatch.length > 0 ? after.scoringByBatch : before.scoringByBatch,
        }
      : (after ?? before)
  return {
    ...later,
    // Only of steps does the report say how many rounds there were.
    rounds: (after ? later : earlier).rounds,
    steps,
    growth: later.growth ?? earlier.growth,
    pipeline: later.pipeline ?? earlier.pipeline,
    training: later.training ?? earlier.training,
    stability: later.stability ?? earlier.stability,
  }
}

/** How many times as fast as PyTorch a step must be. */
export const bars: Readonly<Record<string, number>> = {
  critic: 1.5,
  generator: 1.2,
  encoder: 1.2,
  score: 1.5,
  'score one image': 1.5,
  ganomaly: 1.5,
}

const trainingBar = 1.3
const pipelineBar = 0.8
const compileBar = 3000
const memoryBar = 1.5e9

const megabytes = (bytes: number | null): string =>
  bytes === null ? 'unknown' : `${(bytes / 1e6).toFixed(0)} MB`
const spreadText = ({ median, low, high }: Spread, digits = 2): string =>
  `${median.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`
const timingText = (timing: Timing): string =>
  `${spreadText(timing, 1)} ms, fastest ${timing.fastest.toFixed(1)} ms, processor ${timing.processor.toFixed(1)} ms`
const verdict = (isMet: boolean): string => (isMet ? 'met' : 'missed')

function stepLines(report: StepsReport): string[] {
  const lines = [
    `peak of a float32 matrix product: ${(report.peak.perSecond / 1e9).toFixed(0)} GFLOP/s, ${(report.peak.perProcessorSecond / 1e9).toFixed(0)} in a second of processor time`,
    `compile, all graphs of f-AnoGAN: ${report.compile.milliseconds.toFixed(0)} ms (bar ${compileBar} ms: ${verdict(report.compile.milliseconds < compileBar)}), ${megabytes(report.compile.bytes)}`,
    `resident: ours ${megabytes(report.residentBytes.ours)}${report.residentBytes.pytorch === null ? '' : `, PyTorch ${megabytes(report.residentBytes.pytorch)}`}`,
  ]
  for (const [name, figures] of Object.entries(report.steps)) {
    const share =
      figures.shareOfPeak === null ? '' : `; ${(100 * figures.shareOfPeak).toFixed(0)} % of the peak`
    const operations = figures.operations === null ? '' : `${figures.operations} operations`
    lines.push('', `${name}: ${operations}${share}`)
    for (const [contestant, timing] of Object.entries(figures.timings)) {
      const variant = contestant === 'pytorch' ? ` (${figures.pytorch?.variant})` : ''
      lines.push(`  ${contestant}${variant}: ${timingText(timing)}`)
    }
    const bar = bars[name]
    for (const [contestant, speed] of Object.entries(figures.againstPyTorch)) {
      const judged =
        contestant === 'float32' && bar !== undefined ? `; bar ${bar}: ${verdict(speed.median >= bar)}` : ''
      lines.push(
        `  ${contestant} over PyTorch: ${spreadText(speed)}, fastest over fastest ${speed.fastest.toFixed(2)}${judged}`,
      )
    }
    for (const [way, reason] of Object.entries(figures.pytorch?.skipped ?? {})) {
      lines.push(`  PyTorch ${way} was left out: ${reason}`)
    }
  }
  if (report.scoringByBatch.length > 0) lines.push('', 'scoring by batch, milliseconds for one image:')
  for (const { batch, milliseconds, processor } of report.scoringByBatch) {
    lines.push(`  ${batch}: ${milliseconds.toFixed(2)}, processor ${processor.toFixed(2)}`)
  }
  return lines
}

function pipelineLine(figures: PipelineFigures): string {
  const { photographs, side, cold, warm, engineAlone, share, processorSeconds, engineBytes } = figures
  const busy = processorSeconds.engineAlone / processorSeconds.pipeline
  return (
    `${photographs} JPEG files of ${side} pixels to rows and maps: ${warm.toFixed(1)} a second warm, ${cold.toFixed(1)} cold; ` +
    `the engine alone ${engineAlone.toFixed(1)}: ${(100 * share).toFixed(0)} % (bar ${100 * pipelineBar} %: ${verdict(share >= pipelineBar)}); ` +
    `${(100 * busy).toFixed(0)} % of the processor time is the graph's; engine at most ${megabytes(engineBytes)}`
  )
}

export function reportText(report: Report): string {
  const { machine, tensorflow, networks, steps, growth, pipeline, training, stability } = report
  const lines = [
    `${machine.processor}, ${machine.cores} cores; TensorFlow ${tensorflow.version} on the ${tensorflow.gpu ? 'GPU' : 'processor'}${steps?.pytorchVersion ? `; PyTorch ${steps.pytorchVersion}` : ''}`,
    `${networks.size}x${networks.size}x${networks.channels}, width ${networks.width}, z ${networks.latent}, batch ${networks.batch}; medians of ${report.rounds} rounds (quartiles)`,
  ]
  if (steps) lines.push(...stepLines(steps))
  if (growth) {
    lines.push('', 'growth, milliseconds compiled (eager):')
    for (const { size, width, critic, score } of growth) {
      const cell = (timings: Readonly<Record<string, Timing>>): string =>
        `${timings.float32?.median.toFixed(1)} (${timings.eager?.median.toFixed(1)})`
      lines.push(`  ${size} pixels, width ${width}: critic ${cell(critic)}, scoring ${cell(score)}`)
    }
  }
  if (pipeline) lines.push('', ...pipeline.map(pipelineLine))
  if (training) {
    const { ours, oursAfter, pytorch, ganSteps, encoderSteps, engineBytes, precision } = training
    const times =
      pytorch === null
        ? ''
        : `; PyTorch ${pytorch.toFixed(1)} s: ${(pytorch / ours).toFixed(2)} times as fast (bar ${trainingBar}: ${verdict(pytorch / ours >= trainingBar)})`
    const memory =
      engineBytes === null
        ? ''
        : `; engine at most ${megabytes(engineBytes)} (bar ${megabytes(memoryBar)}: ${verdict(engineBytes < memoryBar)})`
    lines.push(
      '',
      `training "${training.preset}" in ${precision}, ${ganSteps} + ${encoderSteps} steps: ${ours.toFixed(1)} s${times}; scores learned and calibrated in ${oursAfter.toFixed(1)} s more${memory}`,
    )
  }
  if (stability) {
    const { steps: count, resident, growth: times } = stability
    lines.push(
      '',
      `resident memory over ${count} critic steps: ${resident.map((bytes) => megabytes(bytes)).join(', ')}; ${times.toFixed(3)} times from the second tenth to the last`,
    )
  }
  return `${lines.join('\n')}\n`
}
