import { Failure } from '../../shared/failure.ts'
import type { Params } from '../../shared/messages/message.ts'

/** Ctrl-C ended the work early and orderly: exit 130, as shells say it. */
export class Stopped extends Failure {
  constructor(what: string, params: Params = {}) {
    super('stopped', { case: what, ...params })
    this.name = 'Stopped'
  }
}
