package dev.tollgate.assembly;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.redis.sync.InvalidationBus.SnapshotPublisher;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The implementations of the ports that a gate needs besides Redis: of a database in the WAR, of questions to nodes with a
 * database in a guard. One component for each port, which is more than five.
 *
 * @param directory keys, accounts and tiers
 * @param routeModes route modes that were switched at run time
 * @param states the states of accounts that Redis has lost
 * @param banned reads the callers with a permanent ban, at most the given number
 * @param banSink takes permanent bans
 * @param audit takes audit events
 * @param refusals takes rows of refusals
 * @param snapshots publishes the configuration snapshot after edits
 */
public record Ports(
        AccountDirectory directory,
        RouteModeStore routeModes,
        AccountStateSource states,
        IntFunction<List<BannedCaller>> banned,
        BanSink banSink,
        AuditSink audit,
        RefusalBuffer refusals,
        SnapshotPublisher snapshots) {}
