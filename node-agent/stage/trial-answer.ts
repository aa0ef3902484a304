// How a trial's job tells its result on this node: worked out while it is staged. Called by loop/staging.ts.
import { createHash } from 'node:crypto'
import { DistError } from '../../shared/base/errors.ts'
import type { CommType } from '../../shared/model/search.ts'
import type { TrialJob, TrialRules } from '../../shared/model/trial.ts'
import { type Answer, answerVariables } from '../../shared/trial/talk-back.ts'
import type { ListenOrder } from '../launcher/messages.ts'

export interface AnswerFacts {
  readonly id: string
  readonly trial: TrialJob
  readonly rules: TrialRules
  /** of the jobset */
  readonly kind: string
  /** distribute_save as the job sees it */
  readonly folder: string
  /** the job may need batchtools */
  readonly needs: boolean
  /** the work folder */
  readonly work: string
  /** answer_address of agent.yaml, or the loopback */
  readonly host: string
  /** port, 0 for a path, null where nothing can listen */
  readonly listen: (id: string, at: ListenOrder['at']) => Promise<number | null>
}

/** Rejects when the launcher cannot listen there. */
export async function trialAnswer(facts: AnswerFacts): Promise<Answer> {
  const { id, folder, trial, kind, host, listen } = facts
  const files: Answer = { kind: 'filesystem', folder, label: trial.label }
  switch (chosen(facts)) {
    case 'none':
      return { kind: 'none' }
    case 'filesystem':
      return files
    case 'unix': {
      if (kind === 'apptainer') {
        const hint = 'use comm_type: socket'
        throw new DistError('bad_request', 'comm_type unix: a container does not see the folder of the socket', { hint })
      }
      const path = `${facts.work}/answers/${createHash('sha256').update(id).digest('hex').slice(0, 16)}`
      const answer: Answer = { kind: 'unix', path }
      // before anything is bound: the system would cut a longer path
      answerVariables(answer, id)
      return (await listen(id, { kind: 'unix', path })) === null ? files : answer
    }
    case 'socket': {
      const port = await listen(id, { kind: 'socket', host })
      return port === null ? files : { kind: 'socket', host, port }
    }
  }
}

function chosen({ rules, needs }: AnswerFacts): Exclude<CommType, 'auto'> {
  if (rules.commType !== 'auto') return rules.commType
  return needs ? 'socket' : 'none'
}
