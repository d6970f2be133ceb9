package dev.tollgate.core.limit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The rule by which bans escalate with a caller's violations.
 *
 * <p>A caller with {@code n} violations gets the ban of the highest step at or below {@code n}; below the first step
 * there is none. Violations are forgotten {@link #memory} after the last one.
 *
 * @param steps rising in violations and in length; may be empty: then there are no bans
 * @param memory how long violations are remembered after the last one; zero where nothing is a violation ({@link #NONE})
 */
public record BanLadder(List<Step> steps, Duration memory) {

    /**
     * One rung.
     *
     * @param violations the count that reaches it, at least 1
     * @param level its ban
     */
    public record Step(int violations, BanLevel level) {
        public Step {
            if (violations < 1) {
                throw new IllegalArgumentException("a ban step needs at least one violation");
            }
        }
    }

    /** The ladder as documented: 5 violations 5 minutes, 7 one day, 12 for good; forgotten after 7 days. */
    public static final BanLadder STANDARD = new BanLadder(
            List.of(
                    new Step(5, BanLevel.lasting(Duration.ofMinutes(5))),
                    new Step(7, BanLevel.lasting(Duration.ofDays(1))),
                    new Step(12, BanLevel.PERMANENT)),
            Duration.ofDays(7));

    /**
     * A ladder that counts nothing: a request over a limit is refused, and is no violation. For requests that callers do not
     * send on purpose.
     */
    public static final BanLadder NONE = new BanLadder(List.of(), Duration.ZERO);

    /**
     * @throws IllegalArgumentException if the steps do not rise or the memory is not positive
     */
    public BanLadder {
        steps = List.copyOf(steps);
        for (int i = 1; i < steps.size(); i++) {
            Step lower = steps.get(i - 1);
            Step upper = steps.get(i);
            if (upper.violations() <= lower.violations() || !upper.level().outranks(lower.level())) {
                throw new IllegalArgumentException("ban steps must rise in violations and in length");
            }
        }
        if (memory.toMillis() < 1_000 && !(steps.isEmpty() && memory.isZero())) {
            throw new IllegalArgumentException("violations must be remembered for at least a second");
        }
    }

    /** Returns whether a request over its limit is a violation. */
    public boolean recordsViolations() {
        return !memory.isZero();
    }

    /** Returns the ban for this many violations, if any. */
    public Optional<BanLevel> levelAt(int violations) {
        BanLevel level = null;
        for (Step step : steps) {
            if (violations >= step.violations()) {
                level = step.level();
            }
        }
        return Optional.ofNullable(level);
    }

    /** Returns how many more violations lead to a ban: at least 1; -1 if the ladder has no steps. */
    public int untilBan(int violations) {
        return steps.isEmpty() ? -1 : Math.max(1, steps.get(0).violations() - violations);
    }

    /** Returns the same ladder without its permanent step: an address may be a whole office behind one NAT. */
    public BanLadder withoutPermanent() {
        return new BanLadder(
                steps.stream().filter(step -> !step.level().isPermanent()).toList(), memory);
    }
}
