import { gatewaySubjects } from './subject/gatewaySubject.ts';
import { conformanceSuite } from './suite.ts';

conformanceSuite('a gateway on Redis', gatewaySubjects());
