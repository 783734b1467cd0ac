/**
 * What set-up says while it works, on standard error so that a command's standard output stays its own.
 * Silent until the first step begins. A terminal gets one line that is rewritten; anything else gets plain
 * lines, a progress line at most every ten seconds.
 */

/**
 * @typedef {object} Step
 * @property {(text: string) => void} say a detail of the step, on a line of its own
 * @property {(done: number, total: number | null) => void} bytes progress in bytes; total null: not known
 * @property {(text: string) => void} working progress without a number
 * @property {(note?: string) => void} done
 * @property {(reason: string) => void} fail
 */

/**
 * @typedef {object} Report
 * @property {(title: string) => Step} step
 * @property {(notice: { what: string, why: string, instead: string, remedy: string }) => void} notice
 * @property {(line: string) => void} line
 * @property {() => number} steps how many steps began
 */

const plainInterval = 10_000
const liveInterval = 100

/** @param {number} milliseconds */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`
}

/**
 * @param {number} done bytes
 * @param {number | null} total bytes, null where not known
 */
export function progressText(done, total) {
  if (total === null || total <= 0) return megabytes(done)
  const percent = Math.min(100, Math.floor((done / total) * 100))
  return `${percent} % (${Math.round(done / 1e6)} of ${megabytes(total)})`
}

/**
 * @param {{
 *   write: (text: string) => void,
 *   live: boolean,
 *   columns?: number | undefined,
 *   now?: () => number,
 *   heading?: string,
 * }} options live: the lines go to a terminal
 * @returns {Report}
 */
export function createReport({ write, live, columns = 80, now = Date.now, heading }) {
  let begun = 0
  let pending = ''

  const clear = () => {
    if (pending === '') return
    write(`\r${' '.repeat(pending.length)}\r`)
    pending = ''
  }
  /** @param {string} text */
  const line = (text) => {
    clear()
    write(`${text}\n`)
  }
  /** @param {string} text */
  const rewrite = (text) => {
    clear()
    pending = text.slice(0, Math.max(1, columns - 1))
    write(pending)
  }

  return {
    line,
    steps: () => begun,
    step(title) {
      if (begun === 0 && heading !== undefined) line(heading)
      begun++
      const started = now()
      let shown = started
      if (live) rewrite(`  ${title} ...`)
      else line(`  ${title} ...`)
      /** @param {string} text */
      const progress = (text) => {
        const time = now()
        if (time - shown < (live ? liveInterval : plainInterval)) return
        shown = time
        const full = `  ${title}: ${text}, ${duration(time - started)}`
        if (live) rewrite(full)
        else line(full)
      }
      return {
        say: (text) => line(`    ${text}`),
        bytes: (done, total) => progress(progressText(done, total)),
        working: progress,
        done: (note) => line(`  ${title}: ${note ?? 'done'}, ${duration(now() - started)}`),
        fail: (reason) => line(`  ${title}: not possible, ${reason}`),
      }
    },
    notice({ what, why, instead, remedy }) {
      line(`  Note: ${what}`)
      line(`    Why: ${why}`)
      line(`    Instead: ${instead}`)
      line(`    To change that: ${remedy}`)
    },
  }
}

/** A report that says nothing, for looking whether anything is to do. @returns {Report} */
export function silentReport() {
  const step = { say() {}, bytes() {}, working() {}, done() {}, fail() {} }
  return { step: () => step, notice() {}, line() {}, steps: () => 0 }
}
