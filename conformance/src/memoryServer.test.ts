import { memorySubjects } from './subject/memorySubject.ts';
import { conformanceSuite } from './suite.ts';

conformanceSuite('the server in memory', memorySubjects());
