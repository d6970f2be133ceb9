package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.docs.Page;
import dev.tollgate.fixture.Folders;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.Signals;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.server.ForeignWars;
import dev.tollgate.it.support.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code docs/quickstart-guard.md} word by word, on a WildFly as it comes, before a WAR of somebody else's. */
class QuickstartGuardIT {

    private static final Path PROJECT = Path.of(System.getProperty("tollgate.test.project"));
    private static final String PAGE = "docs/quickstart-guard.md";
    private static final Pattern SERVER = Pattern.compile("(?m)^server (\\d+)$");

    private final Path directory =
            Path.of(System.getProperty("tollgate.test.dir"), "quickstart").toAbsolutePath();
    private final Path wildfly = directory.resolve("a server");
    private final int port = Ports.free();
    private ProcessHandle server;

    /** Of the pages' blocks of commands: those that lead to the first refusal, and those that take the guard out. */
    private static List<String> commands(int block) {
        return Page.all().stream()
                .filter(page -> page.name().equals(PAGE))
                .flatMap(page -> page.blocks().stream())
                .filter(found -> found.kind().equals("sh"))
                .toList()
                .get(block)
                .lines();
    }

    private String configuration() throws IOException {
        return Files.readString(wildfly.resolve("standalone/configuration/standalone.xml"));
    }

    /** Where the page says 8080 and 6379, the ports of this test. */
    private Shell.Said type(Shell reader, List<String> commands, int redisPort) throws Exception {
        String script = String.join("\n", commands)
                .replace("localhost:8080", "localhost:" + port)
                .replace("6379", Integer.toString(redisPort));
        return reader.run(script + "\n[ -z \"$!\" ] || printf '\\nserver %s\\n' $!", true);
    }

    @AfterEach
    void stop() {
        if (server != null && server.isAlive()) {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
    }

    @Test
    void fewerThanTenCommandsLeadFromAPlainServerToTheFirst429AndTwoBackAgain() throws Exception {
        assertThat(commands(0)).hasSizeLessThan(10);
        Folders.delete(directory);
        Files.createDirectories(directory.resolve("reader"));
        Folders.copy(Path.of(System.getProperty("tollgate.test.wildfly.home")), wildfly);
        Path shop = ForeignWars.complete(directory.resolve("reader"), "shop.war");
        byte[] bytes = Files.readAllBytes(shop);
        String before = configuration();
        Shell reader = Shell.ofWildFly(
                directory.resolve("reader"),
                wildfly,
                port,
                Map.of(
                        "TOLLGATE",
                        Path.of(System.getProperty("tollgate.test.guard"))
                                .toAbsolutePath()
                                .getParent()
                                .toString()));
        try (RealRedis redis = RealRedis.start()) {
            Shell.Said said = type(reader, commands(0), redis.port());
            Matcher started = SERVER.matcher(said.text());
            assertThat(started.find()).as(said.text()).isTrue();
            server = ProcessHandle.of(Long.parseLong(started.group(1))).orElseThrow();
            assertThat(said.text())
                    .contains("added    global module dev.tollgate.guard")
                    .contains("HTTP/1.1 429")
                    .contains("application/problem+json")
                    .contains("RATE_LIMIT_EXCEEDED");
            assertThat(wildfly.resolve("standalone/deployments/shop.war")).hasBinaryContent(bytes);
            Signals.send(server.pid(), "TERM");
            Ports.await("the server's end", Duration.ofMinutes(1), () -> !server.isAlive());
            said = type(reader, commands(1), redis.port());
            assertThat(said.code()).as(said.text()).isZero();
            assertThat(said.text()).contains("removed  global module dev.tollgate.guard");
            assertThat(configuration()).isEqualTo(before);
        } finally {
            Folders.delete(wildfly);
        }
    }
}
