/** The kit's hooks know the tasks of the gazetteer: their names, inputs and results. */
import type { GazetteerTasks } from '../tasks/allTasks.ts';

declare module '@rowlock/react' {
  interface Register {
    tasks: GazetteerTasks;
  }
}
