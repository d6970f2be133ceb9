package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.contract.Contract;
import dev.tollgate.docs.Commands;
import dev.tollgate.docs.Commands.Command;
import dev.tollgate.docs.Page;
import dev.tollgate.docs.SkippedDocCommands;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Shell;
import dev.tollgate.it.support.Shell.Said;
import dev.tollgate.it.support.ShippedWar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the documents, typed as they stand there, against the WAR that ships. {@link SkippedDocCommands} lists those that are not
 * run, with the reason; a new command is run unless it is listed.
 */
class DocumentedCommandsIT extends ShippedWar {

    private static final Pattern REQUEST = Pattern.compile("(GET|HEAD|POST|PUT|PATCH|DELETE) (/\\S+)( .*)?");
    private static final Pattern CHANGING =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\b[0-9a-f]{32,64}\\b"
                    + "|\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z|(?<=\":)\\d+|(?<=in )\\d+(?= seconds)");

    @TempDir
    private Path directory;

    private final AdminClient operator = new AdminClient(this);

    /** What the documents take for granted: {@code $BASE}, {@code $KEY}, {@code $ADMIN}, the WAR, settings to check, and curl that fails aloud. */
    private Shell reader() throws IOException {
        Path here = Files.createTempDirectory(directory, "reader");
        Files.copy(Path.of(System.getProperty("tollgate.test.project"), "README.md"), here.resolve("README.md"));
        Files.createSymbolicLink(here.resolve("tollgate.war"), IntegrationServers.war());
        Files.writeString(here.resolve("tollgate.properties"), "tollgate.redis.budget=20ms\n");
        Files.writeString(here.resolve(".curlrc"), "fail-with-body\n");
        return new Shell(
                here,
                Map.of(
                        "BASE",
                        at("").toString(),
                        "KEY",
                        operator.newKey(operator.newAccount("free")).secret(),
                        "ADMIN",
                        IntegrationServers.ADMIN + ":" + IntegrationServers.ADMIN_PASSWORD,
                        "CURL_HOME",
                        here.toString()));
    }

    @Test
    void everyCommandThatIsNotListedRuns() throws Exception {
        Map<String, List<Command>> blocks = new LinkedHashMap<>();
        Commands.all().stream()
                .filter(command -> SkippedDocCommands.of(command).isEmpty())
                .forEach(command -> blocks.computeIfAbsent(
                                command.page() + ":" + command.block(), place -> new ArrayList<>())
                        .add(command));
        Set<String> typed = new HashSet<>();
        List<String> failed = new ArrayList<>();
        for (Map.Entry<String, List<Command>> block : blocks.entrySet()) {
            Shell reader = reader();
            if (block.getValue().get(0).shown() != null) {
                follow(reader, block.getValue(), failed);
            } else {
                String script = block.getValue().stream().map(Command::text).collect(Collectors.joining("\n"));
                Said said = typed.add(script) ? reader.run(script, true) : new Said(0, "");
                if (said.code() != 0) {
                    failed.add(block.getKey() + " ended with " + said.code() + ": " + said.text());
                }
            }
        }
        assertThat(failed).isEmpty();
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(3);
    }

    /** A session's commands say what it shows, but for ids, times and numbers. */
    private static void follow(Shell reader, List<Command> session, List<String> failed) throws Exception {
        for (Command command : session) {
            Said said = reader.run(command.text(), false);
            String shown = String.join("\n", command.shown());
            if (!shape(said.text()).equals(shape(shown))) {
                failed.add(command.where() + " shows\n" + shape(shown) + "\nand it said\n" + shape(said.text()));
            }
        }
    }

    private static String shape(String said) {
        return CHANGING.matcher(said).replaceAll("#").strip();
    }

    @Test
    void everyRequestThatIsNamedIsAnOperationWithThoseParameters() {
        Contract contract = new Contract(get("/openapi.json", Map.of()).body());
        List<String> unknown = new ArrayList<>();
        int named = 0;
        for (Page page : Page.all()) {
            for (Page.Span span : page.spans()) {
                Matcher request = REQUEST.matcher(span.text());
                // The other system's own are named beside ours.
                if (request.matches() && !span.text().equals("GET /analytics")) {
                    named++;
                    String path =
                            request.group(2).replaceFirst("^/tollgate/", "/").replaceFirst("\\.\\.\\.$", "");
                    if (!isKnown(contract, request.group(1), path)) {
                        unknown.add(page.name() + ":" + span.line() + ": " + span.text());
                    }
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(named).isGreaterThan(20);
    }

    private static boolean isKnown(Contract contract, String method, String target) {
        String path = target.replaceFirst("\\?.*", "");
        String query = target.contains("?") ? target.substring(target.indexOf('?') + 1) : "";
        return contract.operations().values().stream()
                .filter(operation -> operation.method().equals(method) && matches(operation.path(), path))
                .anyMatch(operation -> query.isEmpty()
                        || Pattern.compile("&")
                                .splitAsStream(query)
                                .allMatch(parameter -> contract.parameters(operation, "query").stream()
                                        .anyMatch(known -> known.path("name")
                                                .asText()
                                                .equals(parameter.replaceFirst("=.*", "")))));
    }

    /** Whether a path, written with variables or values, is the contract's. */
    private static boolean matches(String known, String path) {
        String pattern = Pattern.compile("\\{[^}]*}")
                .splitAsStream(known + "\u0000")
                .map(part -> Pattern.quote(part.replace("\u0000", "")))
                .collect(Collectors.joining("[^/]+"));
        return path.matches(pattern);
    }
}
