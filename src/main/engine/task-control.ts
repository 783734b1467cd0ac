/** How a task is stopped, paused and continued while it works. */
export class TaskControl {
  #cancelled = false
  #paused = false
  #wake: (() => void) | null = null

  get cancelled(): boolean {
    return this.#cancelled
  }

  cancel(): void {
    this.#cancelled = true
    this.continue()
  }

  pause(): void {
    this.#paused = !this.#cancelled
  }

  continue(): void {
    this.#paused = false
    this.#wake?.()
    this.#wake = null
  }

  /**
   * Gives waiting messages a chance to arrive, and waits while the task is paused; `onPause` and `onContinue` are
   * called then.
   * @returns whether the task is to go on
   */
  async proceed(onPause: () => void, onContinue: () => void): Promise<boolean> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (this.#paused) {
      onPause()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      if (!this.#cancelled) onContinue()
    }
    return !this.#cancelled
  }
}

/** A task stopped because it was asked to. */
export class Cancelled extends Error {
  readonly step: number

  constructor(step: number) {
    super('cancelled')
    this.step = step
  }
}
