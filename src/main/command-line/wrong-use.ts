/**
 * Wrong use of several options: they exclude each other, or one is missing. Exit 2. A wrong value of a single option
 * is reported by commander.
 */
export class WrongUse extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WrongUse'
  }
}
