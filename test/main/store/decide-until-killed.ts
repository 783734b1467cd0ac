/** Takes decisions on image 1 without end, printing each only after the store has confirmed it. */
import { decide, undoDecision } from '../../../src/main/store/decisions.ts'
import { findOrMakeOperator } from '../../../src/main/store/operators.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'

const { db } = openWorkspace(process.argv[2] ?? '')
const { id: operatorId } = findOrMakeOperator(db, 'Wang Li')
for (let i = 0; ; i++) {
  const { id } = decide(db, { runId: null, imageId: 1, operatorId, decision: i % 2 ? 'accept' : 'reject' })
  const undone = i % 5 === 4 ? undoDecision(db, { runId: null, operatorId }) : null
  process.stdout.write(`${JSON.stringify({ id, undone: undone?.id ?? null })}\n`)
}
