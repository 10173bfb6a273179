/** The schemas of HTTP bodies about leases: those of the messages, without the lease's id, which is in the path. */
import { z } from 'zod';
import { leaseMessages } from './messages/leaseMessages.ts';
import { secretSchema } from './valueSchemas.ts';

const { moves: _ofTabs, ...acquire } = leaseMessages.acquire.shape;
const { leaseId: _ofExtend, ...extend } = leaseMessages.extend.shape;
const { leaseId: _ofRelease, ...release } = leaseMessages.release.shape;

/** Body of `POST <router>/leases`. */
export const acquireBodySchema = z.strictObject(acquire);

/** Body of `POST <router>/leases/take-over`. */
export const takeOverBodySchema = z.strictObject(leaseMessages.takeOver.shape);

/** Body of `POST <router>/leases/:id/renew`. */
export const renewBodySchema = z.strictObject({ secret: secretSchema });

/** Body of `POST <router>/leases/:id/extend`. */
export const extendBodySchema = z.strictObject(extend);

/** Body of `POST <router>/leases/:id/release`. */
export const releaseBodySchema = z.strictObject(release);
