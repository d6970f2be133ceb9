package dev.tollgate.arch;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The architecture of docs/architecture.md as rules, for the packages under a root: Tollgate's own, or those of the fixtures
 * which prove that each rule can fail.
 *
 * @param root the name of a package
 */
public record ArchitectureRules(String root) {

    private static final String CORE = "core";

    /** Rooms from the ground up. A room uses the floors below its own. */
    private static final List<List<String>> FLOORS = List.of(
            List.of(CORE),
            List.of("gate", "storage", "config", "postgres"),
            List.of("redis", "http", "rest", "settlement"),
            List.of("ops", "assembly"),
            List.of("guard", "boot"));

    /**
     * What rooms may use of the floors below, where that is less than all. {@code core} has ports for PostgreSQL and Redis, so
     * only what composes the application knows the rooms behind them, and {@code ops}, which reads their numbers.
     */
    private static final Map<String, List<String>> PORTS = Map.of(
            "redis", List.of(CORE, "config"),
            "http", List.of(CORE, "config", "gate"),
            "rest", List.of(CORE, "config", "gate", "storage"),
            "settlement", List.of(CORE, "config"),
            "assembly", List.of(CORE, "config", "gate", "http", "redis"),
            "guard", List.of(CORE, "config", "gate", "http", "redis", "assembly"));

    private String in(String name) {
        return root + "." + name + "..";
    }

    private String[] in(List<String> names, String... others) {
        return Stream.concat(names.stream().map(this::in), Stream.of(others)).toArray(String[]::new);
    }

    /** Every class is in a room that stands on a floor. */
    public ArchRule everyRoomStandsOnAFloor() {
        return classes()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .resideInAnyPackage(in(FLOORS.stream().flatMap(List::stream).toList(), root))
                .allowEmptyShould(true);
    }

    /** A room uses itself and the floors below: never a floor above, never another room of its floor. */
    public List<ArchRule> roomsUseTheFloorsBelow() {
        List<ArchRule> rules = new ArrayList<>();
        List<String> below = new ArrayList<>();
        for (List<String> floor : FLOORS) {
            floor.forEach(room -> rules.add(usesOnly(room, List.copyOf(below))));
            below.addAll(floor);
        }
        return rules;
    }

    /** Where {@code core} has a port, a room uses the port and not the room behind it. */
    public List<ArchRule> roomsUsePortsWhereThereAreSome() {
        return PORTS.entrySet().stream()
                .map(entry -> usesOnly(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** No package needs, however indirectly, a package that needs it. */
    public ArchRule packagesFormNoCycle() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** Every package says that nothing is null but what it says may be, so that the compiler checks it. */
    public ArchRule packagesAreNullMarked() {
        return classes()
                .that()
                .resideInAPackage(root + "..")
                .should(ArchCondition.from(DescribedPredicate.describe(
                        "be in a package that is @NullMarked",
                        (JavaClass type) -> type.getPackage().isAnnotatedWith(NullMarked.class))))
                .allowEmptyShould(true);
    }

    /** {@code core} knows the JDK and itself, and the annotations of null, which only the compiler reads. */
    public ArchRule coreKnowsOnlyTheJdkAndItself() {
        return classes()
                .that()
                .resideInAPackage(in(CORE))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(in(CORE), "java..", "org.jspecify.annotations")
                .allowEmptyShould(true);
    }

    /** Time comes into {@code core} as an argument. */
    public ArchRule coreReadsNoClock() {
        return noClasses()
                .that()
                .resideInAPackage(in(CORE))
                .should()
                .callMethodWhere(target(nameMatching("currentTimeMillis|nanoTime"))
                        .and(target(owner(belongToAnyOf(System.class)))))
                .orShould()
                .callMethodWhere(target(nameMatching("now")).and(target(owner(resideInAPackage("java.time..")))))
                .orShould()
                .callMethodWhere(target(nameMatching("system.*|tick.*"))
                        .and(target(owner(belongToAnyOf(java.time.Clock.class, java.time.InstantSource.class)))))
                .orShould()
                .callConstructor(java.util.Date.class)
                .allowEmptyShould(true);
    }

    /** Only {@code http} and the metrics servlet see servlet types; {@code boot} and {@code guard} register filters. */
    public ArchRule onlyHttpSeesServlets() {
        return only(List.of("http", "ops.metrics", "boot", "guard"), resideInAPackage("jakarta.servlet.."));
    }

    /** Only {@code http.undertow} sees WildFly's web server, and {@code guard}, which is called by it. */
    public ArchRule onlyUndertowSeesUndertow() {
        return only(List.of("http.undertow", "guard"), resideInAnyPackage("io.undertow..", "org.xnio.."));
    }

    /** Only {@code redis} sees Redisson, and Netty below it; what composes opens the client and hands it on. */
    public ArchRule onlyRedisSeesRedisson() {
        return only(List.of("redis", "assembly", "boot", "guard"), resideInAnyPackage("org.redisson..", "io.netty.."));
    }

    /** Only {@code postgres} sees JPA. */
    public ArchRule onlyPostgresSeesPersistence() {
        return only(List.of("postgres"), resideInAnyPackage("jakarta.persistence..", "org.eclipse.persistence.."));
    }

    /** Only {@code postgres} sees SQL. {@code boot} may hand over a {@code javax.sql.DataSource}. */
    public ArchRule onlyPostgresSeesSql() {
        return only(List.of("postgres"), resideInAPackage("java.sql.."));
    }

    /** Only {@code rest} sees JAX-RS. */
    public ArchRule onlyRestSeesJaxRs() {
        return only(List.of("rest"), resideInAPackage("jakarta.ws.rs.."));
    }

    /** Only {@code settlement} sees EJBs; {@code boot} may be a singleton that starts with the application. */
    public ArchRule onlySettlementSeesEjbs() {
        return only(List.of("settlement", "boot"), resideInAPackage("jakarta.ejb.."));
    }

    /** What {@code boot} may take of EJBs. */
    public ArchRule bootTakesOnlyStartupSingletons() {
        return noClasses()
                .that()
                .resideInAPackage(in("boot"))
                .should()
                .dependOnClassesThat(resideInAPackage("jakarta.ejb..")
                        .and(DescribedPredicate.not(
                                belongToAnyOf(jakarta.ejb.Startup.class, jakarta.ejb.Singleton.class))))
                .allowEmptyShould(true);
    }

    /** No class relies on one server. */
    public ArchRule noClassSeesServerInternals() {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.jboss..", "org.wildfly..", "fish.payara..", "com.sun.."))
                .allowEmptyShould(true);
    }

    /** Only {@code ops.metrics} sees the library that writes metrics down. */
    public ArchRule onlyMetricsSeesPrometheus() {
        return only(List.of("ops.metrics"), resideInAPackage("io.prometheus.."));
    }

    /** Only {@code ops.otel} sees OpenTelemetry, which a server may lack. */
    public ArchRule onlyOtelSeesOpenTelemetry() {
        return only(List.of("ops.otel"), resideInAPackage("io.opentelemetry.."));
    }

    /** Only {@code boot} registers with Jersey, which the WAR brings. */
    public ArchRule onlyBootSeesJersey() {
        return only(List.of("boot"), resideInAPackage("org.glassfish.."));
    }

    private ArchRule usesOnly(String room, List<String> others) {
        return noClasses()
                .that()
                .resideInAPackage(in(room))
                .should()
                .dependOnClassesThat(resideInAPackage(root + "..")
                        .and(DescribedPredicate.not(resideInAnyPackage(in(others))))
                        .and(DescribedPredicate.not(resideInAPackage(in(room)))))
                .as("classes of " + room + " should use " + (others.isEmpty() ? "no other room" : "only " + others))
                .allowEmptyShould(true);
    }

    private ArchRule only(List<String> names, DescribedPredicate<JavaClass> types) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackages(in(names))
                .should()
                .dependOnClassesThat(types)
                .allowEmptyShould(true);
    }
}
