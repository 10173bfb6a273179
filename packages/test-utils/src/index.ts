export { type CallRedisOptions, callRedis, type RedisReply } from './callRedis.ts';
export { type AdjustableClock, createAdjustableClock } from './clockShim/adjustableClock.ts';
export { findPostgres, type PostgresPrograms } from './findPostgres.ts';
export { findRedisProgram, findRedisServer, type RedisSource } from './findRedisServer.ts';
export { freePort } from './freePort.ts';
export type { LaneCounts } from './proxy/lane.ts';
export { type ProxyCounts, startProxy, type TestProxy } from './proxy/startProxy.ts';
export { type Random, seeded } from './random.ts';
export type { AppendOnly } from './redisArguments.ts';
export {
  type StartRedisClusterOptions,
  startRedisCluster,
  type TestRedisCluster,
} from './redisCluster/startRedisCluster.ts';
export { type StartChildOptions, type StartedChild, startChild } from './startChild/startChild.ts';
export { type Parent, talkToParent } from './startChild/talkToParent.ts';
export { type StartPostgresOptions, startPostgres, type TestPostgres } from './startPostgres.ts';
export {
  type Exit,
  type StartedProcess,
  type StartProcessOptions,
  startProcess,
} from './startProcess/startProcess.ts';
export { type StartRedisOptions, startRedis, type TestRedis } from './startRedis.ts';
export { type ResourceKind, trackLeaks } from './trackLeaks.ts';
export { type UntilOptions, until } from './until.ts';
