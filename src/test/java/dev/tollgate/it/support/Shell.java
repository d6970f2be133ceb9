package dev.tollgate.it.support;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.JvmWarnings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A reader of the documents at a prompt: what is typed runs in bash, in a directory of its own. */
public record Shell(Path directory, Map<String, String> environment) {

    private static final int PATIENCE_MINUTES = 2;

    /** What the programs said, errors included and their JVMs' warnings left out, and how it ended. */
    public record Said(int code, String text) {}

    /**
     * A shell for the start script of a WildFly.
     *
     * @param port its HTTP port; its other ports are free ones
     * @param more further variables
     */
    public static Shell ofWildFly(Path directory, Path wildfly, int port, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("JBOSS_HOME", wildfly.toString());
        environment.put(
                "JAVA_OPTS",
                "-Xmx512m -Djava.net.preferIPv4Stack=true -Djboss.http.port=" + port + " -Djboss.https.port="
                        + Ports.free() + " -Djboss.management.http.port=" + Ports.free());
        // Has the start script pass signals on.
        environment.put("LAUNCH_JBOSS_IN_BACKGROUND", "true");
        return new Shell(directory, environment);
    }

    /**
     * Runs a script.
     *
     * @param script one or more commands
     * @param orStop whether the first that fails ends it
     */
    public Said run(String script, boolean orStop) throws IOException, InterruptedException {
        return run(script, orStop, PATIENCE_MINUTES);
    }

    /**
     * The same with another patience.
     *
     * @param minutes how long it may take
     */
    public Said run(String script, boolean orStop, int minutes) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory.toAbsolutePath().getParent(), "said", ".txt");
        ProcessBuilder bash = new ProcessBuilder("bash", orStop ? "-ec" : "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        bash.environment().putAll(environment);
        bash.environment().put("PATH", java() + ":" + System.getenv("PATH"));
        Process process = bash.start();
        process.getOutputStream().close();
        if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("not over after " + minutes + " minutes: " + script);
        }
        return new Said(process.exitValue(), JvmWarnings.removedFrom(Files.readString(output, StandardCharsets.UTF_8)));
    }

    /** Whether what a command says has something in it that a pattern matches. */
    public boolean says(String command, Pattern pattern) {
        try {
            return pattern.matcher(run(command, true).text()).find();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(command, e);
        }
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin");
    }
}
