/*
 * Rowlock's lease protocol: one record, the row that it stands for, and holders that each want to add 1 to that row.
 *
 * A d_step is one script on Redis or one statement on the database: nobody sees it half done. Between any two of them
 * all others may take any number of steps, and nobody has to continue. So the search includes every pause, every freeze
 * and every late packet. Each #ifdef is a mistake that variants.mjs makes on purpose (except KEEP_DATA).
 */
#ifndef HOLDERS
#define HOLDERS 3
#endif
#ifndef HEARTBEATS
#define HEARTBEATS 1 /* the most of a lease: an observer only checks whether the number has changed */
#endif
#define NOBODY HOLDERS
#define FENCES_PER_EPOCH 10 /* more than one epoch issues */
#define NAME(holder) 'A' + holder
#define CRASH d_step { printf("%c crashes\n", NAME(me)) } goto gone

/* Redis. A lease has the number of its holder. A holder that tries again later counts as another holder. */
byte entry = NOBODY;               /* the lease that the record points at: void unless that lease is in force */
bool inForce[HOLDERS + 1];         /* NOBODY never is */
byte heartbeat[HOLDERS];
chan ended = [HOLDERS] of { byte } /* leases whose entry is not swept yet */
byte newestFence, epoch;

/* The application's database. */
byte rowValue, rowFence;

/* All holders are alike, so they are numbered in the order of their arrival: the same runs, a sixth of the search. */
byte arrived;

byte watched = NOBODY; /* the lease that the observer watches */

/* For the properties alone. No step depends on these. */
byte updates;        /* writes that the database has accepted */
byte highestFence;   /* of all that were ever issued */
bool hasFenceFallen;
bool hasMoved;       /* the heartbeat of the watched lease has moved since the observer's first look */
bool wasLivingEnded; /* a lease has expired although its heartbeat had moved */

ltl exclusion { [] (inForce[0] + inForce[1] + inForce[2] <= 1) }
ltl fencesRise { [] !hasFenceFallen }
ltl onlySilentExpire { [] !wasLivingEnded }
ltl noLostUpdate { [] (rowValue == updates) }
ltl everybodyServed { <> (arrived == HOLDERS) }

inline acquireLease(lease, fence) {
  entry = lease;
  inForce[lease] = true;
#ifndef RESTART_HEARTBEAT
  heartbeat[lease] = epoch * (HEARTBEATS + 1); /* a number that this lease never had */
#endif
  hasMoved = hasMoved || lease == watched;
  newestFence++;
  fence = newestFence;
  hasFenceFallen = hasFenceFallen || fence <= highestFence;
  highestFence = (fence > highestFence -> fence : highestFence)
}

/* The entry stays, and is void from now on. */
inline endLease(lease) {
  inForce[lease] = false;
  heartbeat[lease] = 0;
  ended!lease
}

proctype Holder(byte me) {
  byte fence;    /* of its lease, as far as it knows */
  byte sealedAs; /* the fence under which it reads */
  byte read;

  d_step {
    arrived == me && !inForce[entry] ->
    arrived++;
    acquireLease(me, fence);
    printf("%c acquires the lease, with fence %d\n", NAME(me), fence)
  }

  /* From here on it believes that it holds the lease, and never checks. Its steps must be safe nevertheless. */
  if
#ifdef NO_SEAL
  :: sealedAs = fence
#else
  :: d_step {
       rowFence <= fence ->
       rowFence = fence;
       sealedAs = fence;
       printf("%c seals the row with fence %d\n", NAME(me), fence)
     }
  :: d_step { rowFence > fence -> printf("%c cannot seal: the row has fence %d\n", NAME(me), rowFence) }
     goto release
#endif
  :: CRASH
  fi;

  if
  :: d_step { read = rowValue; printf("%c reads %d\n", NAME(me), read) }
  :: CRASH
  fi;

write:
  if
  :: d_step {
       rowFence <= sealedAs ->
       rowFence = sealedAs;
       rowValue = read + 1;
       updates++;
       printf("%c writes %d, with fence %d\n", NAME(me), rowValue, sealedAs)
     }
  :: d_step { rowFence > sealedAs -> printf("%c cannot write: the row has fence %d\n", NAME(me), rowFence) }
  :: d_step { /* after a loss of data a holder may acquire its lease again, with a new fence */
       epoch > fence / FENCES_PER_EPOCH && !inForce[entry] ->
       acquireLease(me, fence);
#ifdef WRITE_UNDER_NEW_FENCE
       sealedAs = fence;
#endif
       printf("%c acquires its lease again, with fence %d\n", NAME(me), fence)
     }
     goto write
  :: CRASH
  fi;

release:
  if
  :: d_step { inForce[me] -> endLease(me); printf("%c releases its lease\n", NAME(me)) }
  :: d_step { !inForce[me] -> printf("%c learns that it has lost its lease\n", NAME(me)) }
  :: CRASH
  fi;

gone:
  atomic { fence = 0; sealedAs = 0; read = 0 } /* otherwise these values would multiply the states */
}

/* Renews whatever its holder does: a gateway renews for a tab, a heartbeat thread for a worker that hangs. */
proctype Heart(byte lease) {
end:
  do
  :: d_step {
       inForce[lease] && heartbeat[lease] < epoch * (HEARTBEATS + 1) + HEARTBEATS ->
       heartbeat[lease]++;
       hasMoved = hasMoved || lease == watched;
       printf("%c's heartbeat is %d\n", NAME(lease), heartbeat[lease])
     }
  od
}

/* Ends a lease whose heartbeat is the same at two looks. The model leaves open how long a TTL is. */
proctype Observer() {
  byte seen;
end:
  do
  :: d_step {
       inForce[entry] ->
       watched = entry;
       seen = heartbeat[watched];
       printf("The observer looks: %c's heartbeat is %d\n", NAME(watched), seen)
     }
     if
     :: d_step {
          inForce[watched] && heartbeat[watched] == seen ->
          printf("The observer looks again after a TTL: it is still %d\n", seen)
        }
        if
        :: d_step {
#ifdef EXPIRE_BLIND
             inForce[watched] ->
#else
             inForce[watched] && heartbeat[watched] == seen ->
#endif
             wasLivingEnded = hasMoved;
             endLease(watched);
             printf("The observer ends %c's lease\n", NAME(watched))
           }
        :: else
        fi
     :: else
     fi;
     d_step { watched = NOBODY; seen = 0; hasMoved = false }
  od
}

proctype Sweeper() {
  byte lease;
end:
  do
  :: d_step {
       ended?lease ->
       if
#ifdef SWEEP_BLIND
       :: true ->
#else
       :: entry == lease ->
#endif
          entry = NOBODY;
          printf("The sweeper clears the entry, after the end of %c's lease\n", NAME(lease))
       :: else
       fi;
       lease = 0
     }
  od
}

/* Once. The fences of the new epoch start above all earlier ones. */
proctype DataLoss() {
  byte lease;
  d_step {
    entry = NOBODY;
    for (lease : 0 .. HOLDERS - 1) {
      inForce[lease] = false;
      heartbeat[lease] = 0
    }
    do
    :: ended?_
    :: empty(ended) -> break
    od;
    epoch++;
#ifdef REUSE_FENCES
    newestFence = 0;
#else
    newestFence = epoch * FENCES_PER_EPOCH;
#endif
    lease = 0;
    printf("Redis loses its data\n")
  }
}

init {
  byte lease;
  atomic {
    for (lease : 0 .. HOLDERS - 1) {
      run Holder(lease);
      run Heart(lease)
    }
#ifndef NO_EXPIRY
    run Observer();
#endif
    run Sweeper();
#ifndef KEEP_DATA
    run DataLoss();
#endif
    lease = 0
  }
}
