/*
 * Rowlock's lease protocol: one record, the row that it stands for, and holders who each want to add 1 to that row.
 *
 * A d_step is one script on Redis or one statement on the database: nobody sees it half done. Between any two of them
 * everybody else may take any number of steps, and nobody has to go on. So every pause, freeze and late packet is among
 * the runs that are searched. What an #ifdef asks for is a mistake, which variants.mjs makes on purpose (but KEEP_DATA).
 */
#ifndef HOLDERS
#define HOLDERS 3
#endif
#ifndef HEARTBEATS
#define HEARTBEATS 1 /* of a lease, at most: an observer only asks whether it is another number than before */
#endif
#define NOBODY HOLDERS
#define FENCES_PER_EPOCH 10 /* more than one epoch gives */
#define NAME(holder) 'A' + holder
#define DIE d_step { printf("%c dies\n", NAME(me)) } goto gone

/* Redis. A lease goes by the number of its holder; whoever tries again later is another holder. */
byte entry = NOBODY;               /* the lease that the record points at: void unless that is in force */
bool inForce[HOLDERS + 1];         /* NOBODY never is */
byte heartbeat[HOLDERS];
chan ended = [HOLDERS] of { byte } /* leases whose entry is still to be swept */
byte newestFence, epoch;

/* The application's database. */
byte rowValue, rowFence;

/* All holders are alike, so they are numbered in the order in which they come: the same runs, a sixth of the search. */
byte arrived;

byte watched = NOBODY; /* the lease that the observer is looking at */

/* What the properties speak of. Nothing is decided by it. */
byte updates;        /* writes that the database has accepted */
byte highestFence;   /* of all that were ever given */
bool hasFenceFallen;
bool hasMoved;       /* the heartbeat of the lease that is watched has, since the observer's first look */
bool wasLivingEnded; /* a lease was ended as silent although its heartbeat had moved */

ltl exclusion { [] (inForce[0] + inForce[1] + inForce[2] <= 1) }
ltl fencesRise { [] !hasFenceFallen }
ltl onlySilentExpire { [] !wasLivingEnded }
ltl noLostUpdate { [] (rowValue == updates) }
ltl everybodyServed { <> (arrived == HOLDERS) }

inline takeLease(lease, fence) {
  entry = lease;
  inForce[lease] = true;
#ifndef RESTART_HEARTBEAT
  heartbeat[lease] = epoch * (HEARTBEATS + 1); /* a number that this lease has not had before */
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
  byte fence;    /* of its lease, as it was last told */
  byte sealedAs; /* the fence under which it reads */
  byte read;

  d_step {
    arrived == me && !inForce[entry] ->
    arrived++;
    takeLease(me, fence);
    printf("%c takes the lease, with fence %d\n", NAME(me), fence)
  }

  /* From here on it only believes that it holds, and never looks: what it does must be safe without. */
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
  :: d_step { rowFence > fence -> printf("%c may not seal: the row has fence %d\n", NAME(me), rowFence) }
     goto release
#endif
  :: DIE
  fi;

  if
  :: d_step { read = rowValue; printf("%c reads %d\n", NAME(me), read) }
  :: DIE
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
  :: d_step { rowFence > sealedAs -> printf("%c may not write: the row has fence %d\n", NAME(me), rowFence) }
  :: d_step { /* after a loss of Redis's data a holder may get its lease back, with a new fence */
       epoch > fence / FENCES_PER_EPOCH && !inForce[entry] ->
       takeLease(me, fence);
#ifdef WRITE_UNDER_NEW_FENCE
       sealedAs = fence;
#endif
       printf("%c gets its lease back, with fence %d\n", NAME(me), fence)
     }
     goto write
  :: DIE
  fi;

release:
  if
  :: d_step { inForce[me] -> endLease(me); printf("%c releases its lease\n", NAME(me)) }
  :: d_step { !inForce[me] -> printf("%c learns that it has lost its lease\n", NAME(me)) }
  :: DIE
  fi;

gone:
  atomic { fence = 0; sealedAs = 0; read = 0 } /* else the search tells apart what is over */
}

/* Beats whatever its holder does: a gateway beats for a tab, a timer for a worker that hangs. */
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

/* Ends a lease whose heartbeat is the same at two looks. How long a TTL is, the model leaves open. */
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

/* Once. The fences of the new epoch begin beyond all that were given before. */
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
