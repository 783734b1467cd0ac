/** The doctor's report as the command line shows it. */
import { failureDocument, failureOf } from '../../../shared/failure.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { provenOperation } from './doctor-facts.ts'
import type { DoctorReport } from './doctor-report.ts'

const english = wordsIn('en')

/** Where the values begin. */
const column = 13

export function doctorText({ facts, findings }: DoctorReport): string {
  const table = facts
    .map((fact) => {
      const name = english.text('fact', fact, 'name')
      return `${name.padEnd(column)}${english.text('fact', fact, 'value')}\n`
    })
    .join('')
  if (findings.length === 0) return `${table}\nNothing is missing.\n`
  const list = findings.map((finding) => {
    const [what, cost, remedy] = ['title', 'cost', 'remedy'].map((part) =>
      english.text('finding', finding, part),
    )
    const mark = finding.weight === 'blocks' ? '✗' : '•'
    return `${mark} ${what}\n  What it costs: ${cost}\n  What to do: ${remedy}\n`
  })
  return `${table}\n${list.join('\n')}`
}

/** The document of `doctor --json`: the report, with its messages in words beside. */
export function doctorDocument(report: DoctorReport) {
  const { node, engine, findings } = report
  const { provider, proof, failure } = engine
  return {
    ...report,
    node: { ...node, wanted: `${node.oldest} or newer` },
    engine: {
      ...engine,
      provider: provider && { ...provider, reason: english.text('reason', provider.why) },
      failure: failure && failureDocument(failureOf(failure)),
      proof: proof && { ...proof, operation: english.text('fact', provenOperation(proof.side)) },
    },
    findings: findings.map((finding) => ({
      ...finding,
      what: english.text('finding', finding, 'title'),
      cost: english.text('finding', finding, 'cost'),
      remedy: english.text('finding', finding, 'remedy'),
    })),
  }
}
