package dev.tollgate.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.limit.BanLadder.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The steps of a ban ladder: which ban a count of violations brings, and which ladders are refused. */
class BanLadderTest {

    private static final Duration WEEK = Duration.ofDays(7);

    private static Step step(int violations, Duration length) {
        return new Step(violations, BanLevel.lasting(length));
    }

    /** Ladders of up to five steps that rise by random amounts; some end in a permanent ban. */
    @Provide
    Arbitrary<BanLadder> ladders() {
        Arbitrary<List<Integer>> rises =
                Arbitraries.integers().between(1, 9).list().ofMaxSize(5);
        return Combinators.combine(rises, Arbitraries.of(true, false)).as((gaps, permanent) -> {
            List<Step> steps = new ArrayList<>();
            int violations = 0;
            for (int gap : gaps) {
                violations += gap;
                steps.add(step(violations, Duration.ofSeconds(violations)));
            }
            if (permanent) {
                steps.add(new Step(violations + 1, BanLevel.PERMANENT));
            }
            return new BanLadder(steps, WEEK);
        });
    }

    @Property
    void aCountBringsTheBanOfTheHighestStepAtOrBelowIt(
            @ForAll("ladders") BanLadder ladder, @ForAll @IntRange(max = 60) int violations) {
        List<BanLevel> reached = ladder.steps().stream()
                .filter(step -> step.violations() <= violations)
                .map(Step::level)
                .toList();
        assertThat(ladder.levelAt(violations))
                .isEqualTo(reached.isEmpty() ? Optional.empty() : Optional.of(reached.get(reached.size() - 1)));
    }

    @Property
    void moreViolationsNeverBringAShorterBan(
            @ForAll("ladders") BanLadder ladder, @ForAll @IntRange(max = 60) int violations) {
        ladder.levelAt(violations)
                .ifPresent(level -> assertThat(ladder.levelAt(violations + 1))
                        .hasValueSatisfying(
                                next -> assertThat(level.outranks(next)).isFalse()));
    }

    @Property
    void theFirstBanComesAfterAsManyViolationsAsTheLadderSays(@ForAll("ladders") BanLadder ladder) {
        if (ladder.steps().isEmpty()) {
            assertThat(ladder.untilBan(3)).isEqualTo(-1);
            return;
        }
        int first = ladder.untilBan(0);
        assertThat(ladder.levelAt(first - 1)).isEmpty();
        assertThat(ladder.levelAt(first)).isPresent();
        assertThat(ladder.untilBan(first - 1)).isEqualTo(1);
        assertThat(ladder.untilBan(first + 10)).isEqualTo(1);
    }

    @Property
    void anAddressIsNeverBannedForGood(
            @ForAll("ladders") BanLadder ladder, @ForAll @IntRange(max = 60) int violations) {
        BanLadder forAddresses = ladder.withoutPermanent();
        assertThat(forAddresses.levelAt(violations)).isNotEqualTo(Optional.of(BanLevel.PERMANENT));
        assertThat(forAddresses.memory()).isEqualTo(ladder.memory());
        ladder.levelAt(violations)
                .filter(level -> !level.isPermanent())
                .ifPresent(level -> assertThat(forAddresses.levelAt(violations)).contains(level));
    }

    @Example
    void theStandardLadderIsTheDocumentedOne() {
        assertThat(BanLadder.STANDARD.levelAt(4)).isEmpty();
        assertThat(BanLadder.STANDARD.levelAt(5)).contains(BanLevel.lasting(Duration.ofMinutes(5)));
        assertThat(BanLadder.STANDARD.levelAt(6)).contains(BanLevel.lasting(Duration.ofMinutes(5)));
        assertThat(BanLadder.STANDARD.levelAt(7)).contains(BanLevel.lasting(Duration.ofDays(1)));
        assertThat(BanLadder.STANDARD.levelAt(11)).contains(BanLevel.lasting(Duration.ofDays(1)));
        assertThat(BanLadder.STANDARD.levelAt(12)).contains(BanLevel.PERMANENT);
        assertThat(BanLadder.STANDARD.memory()).isEqualTo(WEEK);
        assertThat(BanLadder.STANDARD.recordsViolations()).isTrue();
    }

    @Example
    void withoutALadderNothingIsAViolation() {
        assertThat(BanLadder.NONE.recordsViolations()).isFalse();
        assertThat(BanLadder.NONE.levelAt(Integer.MAX_VALUE)).isEmpty();
        assertThat(BanLadder.NONE.untilBan(0)).isEqualTo(-1);
    }

    @Example
    void aLadderWithoutStepsStillRecordsViolations() {
        BanLadder ladder = new BanLadder(List.of(), WEEK);
        assertThat(ladder.recordsViolations()).isTrue();
        assertThat(ladder.levelAt(1_000)).isEmpty();
    }

    @Example
    void stepsMustRiseInViolations() {
        assertThatThrownBy(() ->
                        new BanLadder(List.of(step(5, Duration.ofMinutes(1)), step(5, Duration.ofMinutes(2))), WEEK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rise");
    }

    @Example
    void stepsMustRiseInLength() {
        assertThatThrownBy(() ->
                        new BanLadder(List.of(step(5, Duration.ofMinutes(2)), step(6, Duration.ofMinutes(2))), WEEK))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new BanLadder(List.of(new Step(5, BanLevel.PERMANENT), step(6, Duration.ofDays(300))), WEEK))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Example
    void aStepNeedsAViolation() {
        assertThatThrownBy(() -> step(0, Duration.ofMinutes(1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Example
    void violationsAreRememberedForAtLeastASecond() {
        List<Step> steps = List.of(step(1, Duration.ofMinutes(1)));
        assertThat(new BanLadder(steps, Duration.ofSeconds(1)).levelAt(1)).isPresent();
        assertThatThrownBy(() -> new BanLadder(steps, Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BanLadder(steps, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BanLadder(List.of(), Duration.ofMillis(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Example
    void laterChangesToTheListOfStepsDoNotChangeTheLadder() {
        List<Step> steps = new ArrayList<>(List.of(step(3, Duration.ofMinutes(1))));
        BanLadder ladder = new BanLadder(steps, WEEK);
        steps.clear();
        assertThat(ladder.levelAt(3)).isPresent();
    }
}
