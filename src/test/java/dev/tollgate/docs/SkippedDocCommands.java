package dev.tollgate.docs;

import java.util.List;
import java.util.Optional;

/**
 * The commands of the documents that {@code DocumentedCommandsIT} does not run itself, and why. Whatever is not listed is run.
 *
 * @param page the page it stands in; empty for any
 * @param beginning how the command begins
 * @param test the class that runs it or the same by other means, such as {@code MetricsIT}; null if none does
 * @param reason why it is not run here
 */
public record SkippedDocCommands(String page, String beginning, String test, String reason) {

    private static final String WILDFLY = "server-config/wildfly/README.md";
    private static final String PAYARA = "server-config/payara/README.md";
    private static final String QUICKSTART = "docs/quickstart-guard.md";
    private static final String RELEASE = "src/release/README.md";
    private static final String A_BUILD = "a build within the build";

    /** All of them. */
    public static final List<SkippedDocCommands> ALL = List.of(
            none("mvn -Prun", A_BUILD + "; every integration test starts the same servers with the same scripts"),
            none("mvn verify", A_BUILD + ", this one"),
            none("mvn package", A_BUILD),
            none("mvn clean", A_BUILD),
            none("mvn test -Dtest=", A_BUILD),
            none("mvn -Ppayara verify", A_BUILD + ", on another server"),
            none("mvn -Pbench verify", A_BUILD + ", and an hour of measuring"),
            none("mvn -Psoak verify", A_BUILD + ", and hours of load"),
            none("mvn -Pfaults verify", A_BUILD + "; TwoNodesIT is its short form"),
            elsewhere("", "java -jar tollgate.war FILE", "ConfigurationCheckIT", "FILE stands for files"),
            elsewhere("docs/architecture.md", "java -jar tollgate.war", "ConfigurationCheckIT", "names the program"),
            none("redis-cli -u", "there need not be a redis-cli where the tests run"),
            elsewhere("", "$JBOSS_HOME/bin/jconsole.sh", "JmxIT", "a window; the test connects to the same address"),
            elsewhere("docs/operations.md", "./offline.sh", "WildFlyScriptsIT", "as in the set-up"),
            elsewhere(WILDFLY, "./offline.sh", "WildFlyScriptsIT", "all its scripts in one go"),
            elsewhere(WILDFLY, "cp \"$TOLLGATE/tollgate.war\"", "WildFlyBase", "the same file in the same place"),
            elsewhere(WILDFLY, "\"$JBOSS_HOME/bin/standalone.sh\"", "QuickstartGuardIT", "starts one, and stops it"),
            elsewhere(
                    WILDFLY,
                    "\"$JBOSS_HOME/bin/add-user.sh\"",
                    "WildFlyBase",
                    "sets up every integration test's server"),
            elsewhere(WILDFLY, "umask 077", "DatabaseDownAtStartIT", "its server's passwords are kept so"),
            elsewhere(WILDFLY, "printf 'tollgate.jdbc.password=", "DatabaseDownAtStartIT", "the same"),
            elsewhere(WILDFLY, "JBOSS_HOME=/path ./secrets.sh", "DatabaseDownAtStartIT", "the same"),
            elsewhere(WILDFLY, "rm passwords", "DatabaseDownAtStartIT", "the same"),
            elsewhere(PAYARA, "\"$PAYARA_HOME/bin/asadmin\"", "PayaraIT", "sets up the server of mvn -Ppayara verify"),
            elsewhere(PAYARA, "ASADMIN=\"$PAYARA_HOME/bin/asadmin\"", "PayaraIT", "the same"),
            elsewhere(PAYARA, "asadmin ", "PayaraIT", "the same commands, or what an operator may change"),
            elsewhere("", "curl http://localhost:8080", "AdminIT", "asks the same"),
            elsewhere(QUICKSTART, "\"$JBOSS_HOME/bin/jboss-cli.sh\" --connect", "GuardOverlayIT", "the same command"),
            elsewhere(
                    QUICKSTART,
                    "ASADMIN=\"$PAYARA_HOME/bin/asadmin\"",
                    "PayaraGuardIT",
                    "needs a Payara; runs the script"),
            elsewhere(
                    QUICKSTART,
                    "\"$PAYARA_HOME/bin/asadmin\"",
                    "PayaraGuardIT",
                    "starts its server again by other means"),
            none(QUICKSTART, "asadmin create-jvm-options", "needs a Payara; the test has the file instead"),
            elsewhere("docs/first-hour.md", "", "FirstHourIT", "needs a plain server, and types all of it for WildFly"),
            elsewhere(QUICKSTART, "", "QuickstartGuardIT", "needs a plain server, and types all of it"),
            none("rm \"$JBOSS_HOME\"/standalone/deployments/tollgate.war*", "takes out what a reader deployed"),
            elsewhere(RELEASE, "", "ReleaseReadmeIT", "needs a plain server, and types all of it for WildFly"),
            none("mvn -Prelease", A_BUILD + "; .ci/release-check has it"));

    private static SkippedDocCommands none(String beginning, String reason) {
        return none("", beginning, reason);
    }

    private static SkippedDocCommands none(String page, String beginning, String reason) {
        return new SkippedDocCommands(page, beginning, null, reason);
    }

    private static SkippedDocCommands elsewhere(String page, String beginning, String test, String reason) {
        return new SkippedDocCommands(page, beginning, test, reason);
    }

    /** What is said about a command; empty if it is to be run. */
    public static Optional<SkippedDocCommands> of(Commands.Command command) {
        return ALL.stream().filter(one -> one.isAbout(command)).findFirst();
    }

    boolean isAbout(Commands.Command command) {
        return (page.isEmpty() || command.page().equals(page)) && command.text().startsWith(beginning);
    }
}
