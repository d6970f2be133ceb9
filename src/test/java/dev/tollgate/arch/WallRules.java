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
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The walls of docs/architecture.md as rules, for the packages under a root: Tollgate's own, or that of the fixtures which
 * prove that each rule can fail.
 *
 * @param root a package's name
 */
public record WallRules(String root) {

    private static final List<String> PURE = List.of("core");

    private String in(String name) {
        return root + "." + name + "..";
    }

    private String[] in(List<String> names, String... others) {
        return Stream.concat(names.stream().map(this::in), Stream.of(others)).toArray(String[]::new);
    }

    /** Pure packages know the JDK and each other. */
    public ArchRule pureCodeKnowsOnlyTheJdkAndPureCode() {
        return classes()
                .that()
                .resideInAnyPackage(in(PURE))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(in(PURE, "java.."))
                .allowEmptyShould(true);
    }

    /** Time comes into pure code as an argument. */
    public ArchRule pureCodeReadsNoClock() {
        return noClasses()
                .that()
                .resideInAnyPackage(in(PURE))
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

    /** Only {@code http} sees servlet types; {@code boot}, {@code guard} and {@code undertow} put filters before applications. */
    public ArchRule onlyHttpSeesServlets() {
        return only(List.of("http", "ops.metrics", "boot", "guard"), resideInAPackage("jakarta.servlet.."));
    }

    /** Only {@code undertow} sees WildFly's web server, and what the guard is called by. */
    public ArchRule onlyUndertowSeesUndertow() {
        return only(List.of("http.undertow", "guard"), resideInAnyPackage("io.undertow..", "org.xnio.."));
    }

    /** Only {@code redis} sees Redisson, and the Netty beneath it; {@code boot} and {@code guard} open and close the client. */
    public ArchRule onlyRedisSeesRedisson() {
        return only(List.of("redis", "boot", "guard"), resideInAnyPackage("org.redisson..", "io.netty.."));
    }

    /** Only {@code jpa} sees JPA. */
    public ArchRule onlyJpaSeesPersistence() {
        return only(List.of("postgres"), resideInAnyPackage("jakarta.persistence..", "org.eclipse.persistence.."));
    }

    /** Only {@code jpa} sees SQL. {@code boot} may hand a {@code javax.sql.DataSource} over. */
    public ArchRule onlyJpaSeesSql() {
        return only(List.of("postgres"), resideInAPackage("java.sql.."));
    }

    /** Only {@code api} sees JAX-RS. */
    public ArchRule onlyApiSeesJaxRs() {
        return only(List.of("rest"), resideInAPackage("jakarta.ws.rs.."));
    }

    /** Only {@code settle} sees EJBs; {@code boot} may be a singleton that starts with the application. */
    public ArchRule onlySettleSeesEjbs() {
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

    /** Nobody relies on one server; {@code boot} may register with Jersey, which the WAR brings. */
    public ArchRule nobodySeesServerInternals() {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.jboss..", "org.wildfly..", "fish.payara..", "com.sun.."))
                .allowEmptyShould(true);
    }

    /** Only {@code metrics} sees the library that writes metrics down. */
    public ArchRule onlyMetricsSeesPrometheus() {
        return only(List.of("ops.metrics"), resideInAPackage("io.prometheus.."));
    }

    /** Only {@code otel} sees OpenTelemetry, which a server may lack. */
    public ArchRule onlyOtelSeesOpenTelemetry() {
        return only(List.of("ops.otel"), resideInAPackage("io.opentelemetry.."));
    }

    /** Only {@code boot} registers with Jersey. */
    public ArchRule onlyBootSeesJersey() {
        return only(List.of("boot"), resideInAPackage("org.glassfish.."));
    }

    /** No package's code needs, however indirectly, code that needs it. */
    public ArchRule packagesFormNoCycle() {
        return slices().matching(root + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** What each package may use of the others; {@code boot} may use all, and none may use it. */
    public List<ArchRule> packagesKeepToTheirNeighbours() {
        List<ArchRule> rules = new ArrayList<>();
        rules.add(neighbours("config", in(PURE)));
        rules.add(neighbours("gate", in(PURE, in("config"))));
        rules.add(neighbours("storage", in(PURE)));
        rules.add(neighbours("redis", in(PURE, in("config"))));
        rules.add(neighbours("postgres", in(PURE, in("config"))));
        rules.add(neighbours("settle", in(PURE, in("config"))));
        rules.add(neighbours("http", in(PURE, in("gate"), in("config"), in("metrics"))));
        rules.add(neighbours("metrics", in(PURE)));
        rules.add(neighbours("jmx"));
        rules.add(neighbours("undertow", in(PURE)));
        rules.add(neighbours("otel", in(PURE)));
        rules.add(neighbours("check", in(PURE, in("config"), in("http"), in("redis"))));
        rules.add(neighbours("guard", in(PURE, in("gate"), in("config"), in("http"), in("redis"), in("undertow"))));
        rules.add(neighbours("rest", in(PURE, in("gate"), in("storage"), in("config"))));
        return rules;
    }

    private ArchRule neighbours(String name, String... allowed) {
        return noClasses()
                .that()
                .resideInAPackage(in(name))
                .should()
                .dependOnClassesThat(resideInAPackage(root + "..")
                        .and(DescribedPredicate.not(resideInAnyPackage(allowed)))
                        .and(DescribedPredicate.not(resideInAPackage(in(name)))))
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
