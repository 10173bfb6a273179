/** The server in memory: what a tab asks of tasks. */
import { isFinal } from '@rowlock/protocol';
import { type AnswerParts, type Answers, Refusal } from './answerParts.ts';

export function createTaskAnswers({ ledger, updateTask }: AnswerParts): Answers<'cancel'> {
  return {
    cancel: (_tab, { taskId }) => {
      const task = ledger.tasks.get(taskId);
      if (!task) throw new Refusal({ code: 'not_found', message: `There is no task ${taskId}.` });
      return { task: isFinal(task.state) ? task : updateTask(taskId, { cancelRequested: true }) };
    },
  };
}
