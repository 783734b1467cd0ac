import { Failure } from '../../shared/failure.ts'
import type { Params } from '../../shared/messages/message.ts'

/** Thrown where Ctrl-C ended the work early, in an orderly way: exit 130, the code that shells use. */
export class Stopped extends Failure {
  constructor(what: string, params: Params = {}) {
    super('stopped', { case: what, ...params })
    this.name = 'Stopped'
  }
}
