/** Options that do not go together, or one that is missing: exit 2. What a single option refuses, commander says. */
export class WrongUse extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WrongUse'
  }
}
