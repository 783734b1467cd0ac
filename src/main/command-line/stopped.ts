import { Failure } from '../../shared/failure.ts'

/** Ctrl-C ended the work early and orderly: exit 130, as shells say it. */
export class Stopped extends Failure {
  constructor(what: string, remedy: string) {
    super('stopped', `${what} was stopped.`, remedy)
    this.name = 'Stopped'
  }
}
