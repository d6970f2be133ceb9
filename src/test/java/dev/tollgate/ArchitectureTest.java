package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.tollgate.arch.WallRules;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The walls hold in Tollgate's own code, and each rule is shown to catch a class that breaks it. */
class ArchitectureTest {

    private static final String FIXTURES = "dev.tollgate.arch.violations";
    private static final WallRules OURS = new WallRules("dev.tollgate");
    private static final WallRules THEIRS = new WallRules(FIXTURES);
    private static final JavaClasses OUR_CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.tollgate");
    private static final JavaClasses THEIR_CLASSES = new ClassFileImporter().importPackages(FIXTURES);

    /** Checks our classes, and that among the fixtures exactly the given ones are caught. */
    private static void holds(Function<WallRules, ArchRule> rule, String... violators) {
        rule.apply(OURS).check(OUR_CLASSES);
        assertThat(caught(rule.apply(THEIRS))).containsExactlyInAnyOrder(violators);
    }

    private static List<String> caught(ArchRule rule) {
        List<String> details = rule.evaluate(THEIR_CLASSES).getFailureReport().getDetails();
        return THEIR_CLASSES.stream()
                .map(type -> type.getName())
                .filter(name -> details.stream().anyMatch(line -> isOrigin(line, name)))
                .map(name -> name.substring(FIXTURES.length() + 1))
                .toList();
    }

    /** Whether a line of a report is about what this class does, not about what is done with it. */
    private static boolean isOrigin(String line, String name) {
        int begins = line.indexOf("<" + name);
        return begins >= 0
                && begins == line.indexOf('<')
                && !Character.isLetterOrDigit(line.charAt(begins + name.length() + 1));
    }

    @Test
    void classesWereFoundAtAll() {
        assertThat(OUR_CLASSES)
                .hasSizeGreaterThan(20)
                .noneMatch(type -> type.getName().startsWith(FIXTURES));
        assertThat(THEIR_CLASSES).hasSizeGreaterThan(10);
    }

    @Test
    void pureCodeKnowsOnlyTheJdkAndPureCode() {
        holds(
                WallRules::pureCodeKnowsOnlyTheJdkAndPureCode,
                "core.usage.KnowsCdi",
                "core.usage.KnowsTheGate",
                "core.account.KnowsRedisson");
    }

    @Test
    void pureCodeReadsNoClock() {
        holds(WallRules::pureCodeReadsNoClock, "core.limit.ReadsTheClock");
        assertThat(THEIRS.pureCodeReadsNoClock()
                        .evaluate(THEIR_CLASSES)
                        .getFailureReport()
                        .getDetails())
                .as("each way of reading the clock")
                .hasSize(6);
    }

    @Test
    void onlyHttpSeesServlets() {
        holds(WallRules::onlyHttpSeesServlets, "gate.KnowsServlets");
    }

    @Test
    void onlyRedisSeesRedisson() {
        holds(WallRules::onlyRedisSeesRedisson, "core.account.KnowsRedisson");
    }

    @Test
    void onlyJpaSeesPersistenceAndSql() {
        holds(WallRules::onlyJpaSeesPersistence, "http.KnowsPersistence");
        holds(WallRules::onlyJpaSeesSql, "http.KnowsPersistence");
    }

    @Test
    void onlyApiSeesJaxRs() {
        holds(WallRules::onlyApiSeesJaxRs, "redis.KnowsJaxRs");
    }

    @Test
    void onlySettleSeesEjbsAndBootMayStartUp() {
        holds(WallRules::onlySettleSeesEjbs, "rest.KnowsTimers");
        holds(WallRules::bootTakesOnlyStartupSingletons, "boot.KnowsTimers");
    }

    @Test
    void nobodySeesServerInternalsAndOnlyBootSeesJersey() {
        holds(WallRules::nobodySeesServerInternals, "postgres.KnowsTheServer");
        holds(WallRules::onlyBootSeesJersey, "storage.KnowsJersey");
    }

    @Test
    void onlyUndertowsPackageSeesUndertow() {
        holds(WallRules::onlyUndertowSeesUndertow, "gate.KnowsUndertow");
    }

    @Test
    void onlyMetricsSeesPrometheus() {
        holds(WallRules::onlyMetricsSeesPrometheus, "gate.KnowsPrometheus");
    }

    @Test
    void onlyOtelSeesOpenTelemetry() {
        holds(WallRules::onlyOtelSeesOpenTelemetry, "gate.KnowsOpenTelemetry");
    }

    @Test
    void packagesFormNoCycle() {
        OURS.packagesFormNoCycle().check(OUR_CLASSES);
        assertThat(THEIRS.packagesFormNoCycle()
                        .evaluate(THEIR_CLASSES)
                        .getFailureReport()
                        .getDetails())
                .singleElement()
                .asString()
                .contains("gate.KnowsTheStorage", "storage.ClosesTheCycle");
    }

    @Test
    void packagesKeepToTheirNeighbours() {
        OURS.packagesKeepToTheirNeighbours().forEach(rule -> rule.check(OUR_CLASSES));
        assertThat(THEIRS.packagesKeepToTheirNeighbours().stream().flatMap(rule -> caught(rule).stream()))
                .containsExactlyInAnyOrder(
                        "rest.KnowsHttp",
                        "gate.KnowsTheStorage",
                        "guard.KnowsBoot",
                        "storage.ClosesTheCycle",
                        "settlement.KnowsBoot");
    }
}
