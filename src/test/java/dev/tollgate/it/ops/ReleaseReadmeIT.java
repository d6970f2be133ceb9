package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.docs.Page;
import dev.tollgate.fixture.Folders;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.postgres.PostgresDriver;
import dev.tollgate.fixture.postgres.RealPostgres;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.it.support.Shell;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The README at the root of a release's zip, word by word on a WildFly as it comes: unpacked, checked, set up, to the first refusal
 * and the first uploads in PostgreSQL. Payara's commands are those of {@code PayaraIT}.
 */
class ReleaseReadmeIT {

    private static final String PAGE = "src/release/README.md";
    private static final Pattern SERVER = Pattern.compile("(?m)^server (\\d+)$");
    private static final Pattern SETTLED = Pattern.compile("\"recorded\":10,\"settled\":10,\"pending\":0");

    /** Names that operators give folders, as far as this machine's locale has them. */
    private static final String FOLDER = Charset.forName(System.getProperty("sun.jnu.encoding", "US-ASCII"))
                    .newEncoder()
                    .canEncode('ä')
            ? "ein Ordner für täglich"
            : "a folder";

    private final Path directory =
            Path.of(System.getProperty("tollgate.test.dir"), FOLDER).toAbsolutePath();
    private final int port = Ports.free();
    private ProcessHandle server;

    private static String block(String kind, int which) {
        return String.join(
                "\n",
                Page.all().stream()
                        .filter(page -> page.name().equals(PAGE))
                        .flatMap(page -> page.blocks().stream())
                        .filter(block -> block.kind().equals(kind))
                        .toList()
                        .get(which)
                        .lines());
    }

    @AfterEach
    void stop() {
        if (server != null && server.isAlive()) {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
        Folders.delete(directory);
    }

    @Test
    void leadsFromTheUnpackedZipToTheFirst429AndTheFirstSettledUpload() throws Exception {
        Folders.delete(directory);
        Path wildfly = directory.resolve("wildfly");
        Folders.copy(Path.of(System.getProperty("tollgate.test.wildfly.home")), wildfly);
        Path zip = Path.of(System.getProperty("tollgate.test.release")).toAbsolutePath();
        Shell reader = Shell.ofWildFly(directory, wildfly, port, Map.of());
        try (RealRedis redis = RealRedis.start();
                RealPostgres postgres = RealPostgres.startUnsynced()) {
            try (Connection connection = postgres.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                for (String command : block("sql", 0).split(";")) {
                    statement.execute(command);
                }
            }
            String typed = List.of(0, 1, 2, 4, 5, 6).stream()
                    .map(which -> block("sh", which))
                    .collect(Collectors.joining("\n"))
                    .replace("localhost:8080", "localhost:" + port)
                    .replace(":6379", ":" + redis.port())
                    .replace(":5432", ":" + postgres.port())
                    .replace("/path/to/postgresql-42.7.x.jar", "'" + PostgresDriver.jar() + "'")
                    .replace("standalone.sh\" > /dev/null &", "standalone.sh\" > /dev/null & echo; echo server $!");
            Shell.Said said = reader.run(
                    "unzip -q '" + zip + "'\ncd '"
                            + zip.getFileName().toString().replaceFirst("\\.zip$", "") + "'\n" + typed,
                    true);
            Matcher started = SERVER.matcher(said.text());
            assertThat(started.find()).as(said.text()).isTrue();
            server = ProcessHandle.of(Long.parseLong(started.group(1))).orElseThrow();
            assertThat(said.code()).as(said.text()).isZero();
            assertThat(said.text())
                    .contains("added    data source tollgate")
                    .contains("\"fileName\":\"README.md\"")
                    .contains("HTTP/1.1 429")
                    .contains("RATE_LIMIT_EXCEEDED")
                    .contains("\"recorded\":10")
                    .contains("\"totalFilesUploaded\":10");
            // At once, unless the server's own settlement is at it.
            String ledger = "curl -s -u admin:change-me-too http://localhost:" + port + "/tollgate/api/v1/admin/ledger";
            Ports.await("the uploads' settlement", Duration.ofSeconds(30), () -> reader.says(ledger, SETTLED));
            assertThat(Files.exists(directory.resolve("wildfly/standalone/deployments/tollgate.war.deployed")))
                    .isTrue();
        }
    }
}
