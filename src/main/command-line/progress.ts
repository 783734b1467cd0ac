/**
 * Shows progress on standard error. On a terminal it is a bar with the time left; otherwise plain lines, one at the
 * beginning of each phase and one for every tenth of it.
 */
import type { JobProgress } from '../../shared/job.ts'
import { formatSeconds } from './duration.ts'
import type { Io } from './io.ts'
import { formatBytes } from './size.ts'

export interface ProgressDisplay {
  show(progress: JobProgress): void
  /** Removes the bar from the terminal, so that other lines can be written. */
  end(): void
}

const phaseTitles: Readonly<Record<string, string>> = {
  sample: 'Writing photographs',
  import: 'Importing',
  verify: 'Checking',
  load: 'Reading images',
  gan: 'Training generator and critic',
  encoder: 'Training encoder',
  scale: 'Choosing the scale of features',
  residual: 'Learning residuals',
  texture: 'Learning texture',
  features: 'Taking features of good parts',
  memory: 'Remembering features',
  calibrate: 'Calibrating',
  score: 'Scoring',
  choose: 'Comparing',
  see: 'Taking features',
  curve: 'Learning from subsets',
  evaluate: 'Evaluating',
  backup: 'Copying',
  install: 'Installing',
}

/** Phases whose progress counts bytes. */
const byBytes = new Set(['verify', 'backup', 'install'])

const titleOf = (phase: string): string => phaseTitles[phase] ?? phase

const timeLeft = (seconds: number | null): string =>
  seconds === null ? '' : `about ${formatSeconds(seconds)} left`

/** cli-progress is loaded only where there is a terminal to draw on. */
export async function createProgressDisplay(io: Io): Promise<ProgressDisplay> {
  return io.terminal ? createBar(await import('cli-progress')) : createLines(io)
}

function createBar({ SingleBar, Presets }: typeof import('cli-progress')): ProgressDisplay {
  let bar: InstanceType<typeof SingleBar> | null = null
  let phase = ''
  const end = (): void => {
    bar?.stop()
    bar = null
    phase = ''
  }
  return {
    end,
    show(progress) {
      const payload = { title: titleOf(progress.phase), left: timeLeft(progress.secondsLeft) }
      if (progress.phase !== phase) {
        end()
        phase = progress.phase
        bar = new SingleBar(
          {
            format: '{title} {bar} {percentage} % {left}',
            stream: process.stderr,
            hideCursor: true,
            fps: 10,
            // The command handles Ctrl-C, since it may have to wait for a checkpoint.
            gracefulExit: false,
          },
          Presets.shades_classic,
        )
        bar.start(progress.total, progress.done, payload)
      } else {
        bar?.setTotal(progress.total)
        bar?.update(progress.done, payload)
      }
    },
  }
}

function createLines(io: Io): ProgressDisplay {
  let phase = ''
  let tenth = -1
  return {
    end: () => undefined,
    show(progress) {
      const reached = progress.total > 0 ? Math.floor((progress.done / progress.total) * 10) : 0
      if (progress.phase === phase && reached <= tenth) return
      phase = progress.phase
      tenth = reached
      const count = byBytes.has(phase) ? formatBytes : String
      const left = timeLeft(progress.secondsLeft)
      io.report(
        `${titleOf(phase)}: ${count(progress.done)} of ${count(progress.total)} (${reached * 10} %)${left && `, ${left}`}\n`,
      )
    },
  }
}
