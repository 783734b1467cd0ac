/**
 * What every call of the contract does to a workspace: whether it changes something, who may do that, and which row of
 * the audit tells of it afterwards. Plain data, so that windows can read it; the gate in main holds calls to it.
 */
import type { AuditAction } from './audit.ts'
import type { CallInput, CallName } from './contract.ts'

/** Changes nothing. */
interface Reading {
  readonly does: 'reads'
}

/** Changes something that is no part of what a workspace proves, for the reason that `why` gives; nobody answers for it. */
interface Aside {
  readonly does: 'aside'
  readonly why:
    | 'of this machine or window'
    | 'can be computed again'
    | 'a copy beside the workspace'
    | 'nothing is kept'
}

/** `operator`: who is signed in at the window, as soon as the workspace has operators. `self`: whose PIN or badge it is. */
export type Who = 'operator' | 'self' | 'anyone'

interface Changing<W extends Who> {
  readonly does: 'changes'
  readonly by: W
  /** The rows that it writes; which of them depends on what it was asked for. */
  readonly audit: readonly [AuditAction, ...AuditAction[]]
}

export type Act = Reading | Aside | Changing<Who>

/** Only a call whose input names the operator can be one that an operator answers for. */
type ActOf<N extends CallName> =
  | Reading
  | Aside
  | Changing<'self' | 'anyone'>
  | ('operator' extends keyof CallInput<N> ? Changing<'operator'> : never)

const reads = { does: 'reads' } as const
const aside = <W extends Aside['why']>(why: W) => ({ does: 'aside', why }) as const
const changes = <W extends Who>(by: W, ...audit: Changing<W>['audit']): Changing<W> => ({
  does: 'changes',
  by,
  audit,
})
const byOperator = (...audit: Changing<Who>['audit']) => changes('operator', ...audit)

export const acts: { readonly [N in CallName]: ActOf<N> } = {
  'app.info': reads,
  'audit.list': reads,
  'audit.check': reads,
  'audit.export': byOperator('export.written'),
  'backbone.list': reads,
  'backbone.import': aside('of this machine or window'),
  'backbone.add': aside('of this machine or window'),
  'backbone.remove': aside('of this machine or window'),
  'choice.start': byOperator('job.started'),
  'choice.get': reads,
  'choice.untested': reads,
  'choice.carryOver': reads,
  'clock.confirm': byOperator('clock.confirmed'),
  'run.compare': reads,
  'run.unscored': reads,
  'version.list': reads,
  'version.compare': reads,
  'version.restore': byOperator('dataset.curated'),
  'curation.propose': reads,
  'curation.confirm': byOperator('dataset.curated'),
  'dataset.list': reads,
  'dataset.images': reads,
  'dataset.change': byOperator('image.labeled', 'image.moved', 'image.removed', 'image.restored'),
  'dataset.split': byOperator('image.moved'),
  'dataset.rename': byOperator('dataset.renamed'),
  'dataset.remove': byOperator('dataset.removed'),
  'dataset.freeze': byOperator('dataset.frozen', 'dataset.unfrozen'),
  'dataset.findDuplicates': aside('can be computed again'),
  'dataset.duplicates': reads,
  'app.doctor': reads,
  'drift.get': reads,
  'engine.start': aside('of this machine or window'),
  'export.start': byOperator('job.started', 'export.written'),
  'folder.choose': aside('of this machine or window'),
  'file.choose': aside('of this machine or window'),
  'folder.list': reads,
  'drop.begin': aside('of this machine or window'),
  'drop.end': aside('of this machine or window'),
  'dataset.white': reads,
  'dataset.setWhite': byOperator('dataset.white'),
  'folder.inspect': reads,
  'sample.open': byOperator('job.started', 'import.started'),
  'dataset.import': byOperator('job.started', 'import.started'),
  'dataset.importReport': reads,
  'dataset.exportReport': byOperator('export.written'),
  'job.list': reads,
  'job.cancel': byOperator('job.stopped'),
  'job.pause': byOperator('job.paused'),
  'job.continue': byOperator('job.continued'),
  'job.again': byOperator('job.started'),
  'label.types': reads,
  'label.setTypes': byOperator('dataset.types'),
  'label.renameType': byOperator('type.renamed'),
  'label.removeType': byOperator('type.removed'),
  'label.open': reads,
  'label.save': byOperator('image.drawn'),
  'label.export': byOperator('export.written'),
  'label.import': byOperator('masks.imported'),
  'label.writeMasks': aside('can be computed again'),
  'curve.start': byOperator('job.started'),
  'curve.get': reads,
  'inspection.list': reads,
  'inspection.files': reads,
  'inspection.add': byOperator('inspection.added'),
  'inspection.change': byOperator('inspection.changed'),
  'inspection.remove': byOperator('inspection.removed'),
  'intake.state': reads,
  'intake.token': byOperator('setting.changed'),
  'recipe.list': reads,
  'recipe.save': byOperator('recipe.saved'),
  'recipe.remove': byOperator('recipe.removed'),
  'recipe.use': byOperator('recipe.used'),
  'live.start': byOperator('job.started'),
  'live.stop': byOperator('job.stopped'),
  'live.seen': byOperator('live.seen'),
  'live.undo': byOperator('live.unseen', 'decision.undone'),
  'live.state': reads,
  'live.views': reads,
  'output.list': reads,
  'output.create': byOperator('output.created'),
  'output.change': byOperator('output.changed'),
  'output.remove': byOperator('output.removed'),
  'output.test': byOperator('output.tested'),
  'output.record': reads,
  'log.list': reads,
  'model.import': byOperator('model.imported'),
  'model.list': reads,
  'model.history': reads,
  'model.judge': reads,
  'model.promote': byOperator('model.promoted'),
  'model.rollBack': byOperator('model.rolled-back'),
  'review.nearest': reads,
  'operator.list': reads,
  'operator.signIn': changes('anyone', 'operator.added', 'operator.pin-wrong'),
  'operator.badgeIn': changes('anyone', 'operator.badge-unknown', 'operator.pin-wrong'),
  'operator.signOut': aside('of this machine or window'),
  'operator.isSignedIn': reads,
  'operator.secure': changes(
    'self',
    'operator.pin-set',
    'operator.pin-changed',
    'operator.pin-removed',
    'operator.badge-set',
    'operator.badge-removed',
  ),
  'operator.release': byOperator('operator.pin-released'),
  'operator.rename': byOperator('operator.renamed'),
  'operator.remove': byOperator('operator.removed'),
  'dataset.region': reads,
  'dataset.setRegion': byOperator('dataset.region'),
  'dataset.previewRegion': reads,
  'run.region': reads,
  'review.queue': reads,
  'review.waiting': reads,
  'review.decide': byOperator('decision.made'),
  'review.acceptRest': byOperator('decision.made'),
  'review.undo': byOperator('decision.undone'),
  'run.list': reads,
  'run.get': reads,
  'run.describe': byOperator('run.renamed', 'run.described', 'run.archived', 'run.unarchived'),
  'run.remove': byOperator('run.removed'),
  'removed.list': reads,
  'removed.dependents': reads,
  'removed.putBack': byOperator('dataset.restored', 'run.restored', 'type.restored', 'operator.restored'),
  'run.curves': reads,
  'run.previews': reads,
  'run.score': byOperator('job.started', 'scoring.stored'),
  'run.evaluate': reads,
  'threshold.validation': reads,
  'threshold.distribution': reads,
  'threshold.at': reads,
  'threshold.choose': reads,
  'threshold.flips': reads,
  'threshold.measureRegions': aside('can be computed again'),
  'point.list': reads,
  'point.save': byOperator('threshold.set'),
  'point.use': byOperator('threshold.used'),
  'system.list': reads,
  'train.start': byOperator('job.started', 'training.started'),
  'train.outlook': reads,
  'train.resume': byOperator('job.started', 'training.started'),
  'update.state': reads,
  'update.look': reads,
  'update.start': byOperator('update.started'),
  'retrain.estimate': reads,
  'retrain.start': byOperator('job.started', 'training.started'),
  'workspace.open': aside('of this machine or window'),
  'workspace.close': aside('of this machine or window'),
  'workspace.verify': aside('can be computed again'),
  'workspace.backup': aside('a copy beside the workspace'),
  'workspace.backups': reads,
  'workspace.losses': reads,
  'workspace.restore': byOperator('workspace.restored'),
  'setting.get': reads,
  'setting.set': byOperator('setting.changed'),
}

/** Settings of the window's look: they belong to the person at this machine, not to the workspace. */
export const isPersonalSetting = (key: string): boolean => key.startsWith('ui.')

/** What is written into folders of others, or only ends what this process does. */
const changesNothingInside: ReadonlySet<CallName> = new Set([
  'audit.export',
  'dataset.exportReport',
  'export.start',
  'job.cancel',
  'label.export',
])

/** Writes files of the workspace, though only such as it had already. */
const writesInside: ReadonlySet<CallName> = new Set(['label.writeMasks'])

/** Whether a call can be answered in a workspace that is read-only. */
export function isPossibleReadOnly(name: CallName): boolean {
  const act = acts[name]
  if (act.does === 'changes') return changesNothingInside.has(name)
  return act.does === 'reads' || (act.why !== 'a copy beside the workspace' && !writesInside.has(name))
}
