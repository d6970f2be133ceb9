package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.tollgate.arch.ArchitectureRules;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The rules of the architecture hold in Tollgate's own code, and each rule is shown to catch a class that breaks it. */
class ArchitectureTest {

    private static final String FIXTURES = "dev.tollgate.arch.violations";
    private static final ArchitectureRules OURS = new ArchitectureRules("dev.tollgate");
    private static final ArchitectureRules THEIRS = new ArchitectureRules(FIXTURES);
    private static final JavaClasses OUR_CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.tollgate");
    private static final JavaClasses THEIR_CLASSES = new ClassFileImporter().importPackages(FIXTURES);

    /** Checks our classes, and that among the fixtures exactly the given ones are caught. */
    private static void holds(Function<ArchitectureRules, ArchRule> rule, String... violators) {
        rule.apply(OURS).check(OUR_CLASSES);
        assertThat(caught(rule.apply(THEIRS))).containsExactlyInAnyOrder(violators);
    }

    private static void holdAll(Function<ArchitectureRules, List<ArchRule>> rules, String... violators) {
        rules.apply(OURS).forEach(rule -> rule.check(OUR_CLASSES));
        assertThat(rules.apply(THEIRS).stream().flatMap(rule -> caught(rule).stream()))
                .containsExactlyInAnyOrder(violators);
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
    void coreKnowsOnlyTheJdkAndItself() {
        holds(
                ArchitectureRules::coreKnowsOnlyTheJdkAndItself,
                "core.usage.KnowsCdi",
                "core.usage.KnowsTheGate",
                "core.account.KnowsRedisson");
    }

    @Test
    void coreReadsNoClock() {
        holds(ArchitectureRules::coreReadsNoClock, "core.limit.ReadsTheClock");
        assertThat(THEIRS.coreReadsNoClock()
                        .evaluate(THEIR_CLASSES)
                        .getFailureReport()
                        .getDetails())
                .as("each way of reading the clock")
                .hasSize(6);
    }

    @Test
    void onlyHttpSeesServlets() {
        holds(ArchitectureRules::onlyHttpSeesServlets, "gate.KnowsServlets");
    }

    @Test
    void onlyRedisSeesRedisson() {
        holds(ArchitectureRules::onlyRedisSeesRedisson, "core.account.KnowsRedisson");
    }

    @Test
    void onlyPostgresSeesPersistenceAndSql() {
        holds(ArchitectureRules::onlyPostgresSeesPersistence, "http.KnowsPersistence");
        holds(ArchitectureRules::onlyPostgresSeesSql, "http.KnowsPersistence");
    }

    @Test
    void onlyRestSeesJaxRs() {
        holds(ArchitectureRules::onlyRestSeesJaxRs, "redis.KnowsJaxRs");
    }

    @Test
    void onlySettlementSeesEjbsAndBootMayStartUp() {
        holds(ArchitectureRules::onlySettlementSeesEjbs, "rest.KnowsTimers");
        holds(ArchitectureRules::bootTakesOnlyStartupSingletons, "boot.KnowsTimers");
    }

    @Test
    void noClassSeesServerInternalsAndOnlyBootSeesJersey() {
        holds(ArchitectureRules::noClassSeesServerInternals, "postgres.KnowsTheServer");
        holds(ArchitectureRules::onlyBootSeesJersey, "storage.KnowsJersey");
    }

    @Test
    void onlyUndertowsPackageSeesUndertow() {
        holds(ArchitectureRules::onlyUndertowSeesUndertow, "gate.KnowsUndertow");
    }

    @Test
    void onlyMetricsSeesPrometheus() {
        holds(ArchitectureRules::onlyMetricsSeesPrometheus, "gate.KnowsPrometheus");
    }

    @Test
    void onlyOtelSeesOpenTelemetry() {
        holds(ArchitectureRules::onlyOtelSeesOpenTelemetry, "gate.KnowsOpenTelemetry");
    }

    @Test
    void packagesFormNoCycle() {
        OURS.packagesFormNoCycle().check(OUR_CLASSES);
        assertThat(THEIRS.packagesFormNoCycle()
                        .evaluate(THEIR_CLASSES)
                        .getFailureReport()
                        .getDetails())
                .hasSize(2)
                .anyMatch(cycle -> cycle.contains("gate.KnowsTheStorage") && cycle.contains("storage.ClosesTheCycle"))
                .anyMatch(cycle -> cycle.contains("batch.KnowsUsage") && cycle.contains("usage.KnowsTheBatch"));
    }

    @Test
    void packagesAreNullMarked() {
        OURS.packagesAreNullMarked().check(OUR_CLASSES);
        assertThat(THEIRS.packagesAreNullMarked()
                        .evaluate(THEIR_CLASSES)
                        .getFailureReport()
                        .getDetails())
                .as("none of the fixtures' packages is marked")
                .hasSameSizeAs(THEIR_CLASSES);
    }

    @Test
    void everyRoomStandsOnAFloor() {
        holds(ArchitectureRules::everyRoomStandsOnAFloor, "cellar.StandsNowhere");
    }

    @Test
    void roomsUseTheFloorsBelow() {
        holdAll(
                ArchitectureRules::roomsUseTheFloorsBelow,
                "core.usage.KnowsTheGate",
                "gate.KnowsTheStorage",
                "storage.ClosesTheCycle",
                "rest.KnowsHttp",
                "guard.KnowsBoot",
                "settlement.KnowsBoot");
    }

    @Test
    void roomsUsePortsWhereThereAreSome() {
        holdAll(
                ArchitectureRules::roomsUsePortsWhereThereAreSome,
                "assembly.KnowsTheDatabase",
                "http.KnowsTheDatabase",
                "rest.KnowsHttp",
                "guard.KnowsBoot",
                "settlement.KnowsBoot");
    }
}
