/** The server in memory: what a tab asks of tasks. */
import { isFinal } from '@rowlock/protocol';
import { Refusal } from '../refusal.ts';
import type { AnswerParts, Answers } from './answerParts.ts';

export function createTaskAnswers({ ledger, permissions, updateTask }: AnswerParts): Answers<'cancel'> {
  return {
    cancel: ({ actor }, { taskId }) => {
      const task = ledger.tasks.get(taskId);
      if (!task) throw new Refusal({ code: 'not_found', message: `There is no task ${taskId}.` });
      permissions.require({ actor, action: 'cancel', task });
      return { task: isFinal(task.state) ? task : updateTask(taskId, { cancelRequested: true }) };
    },
  };
}
