package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.JvmWarnings;
import dev.tollgate.it.support.ShippedWar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration check as an operator runs it: the WAR that ships, as a program. */
class ConfigurationCheckIT extends ShippedWar {

    @TempDir
    private Path directory;

    private record Said(int code, String text) {}

    private Said run(Path temporary, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-jar",
                IntegrationServers.war().toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Said(process.exitValue(), JvmWarnings.removedFrom(text));
    }

    @Test
    void theWarChecksAConfigurationAndLeavesNothingBehind() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path routes = Files.writeString(
                directory.resolve("routes.json"), "{\"routes\":[\n{\"name\":\"x\",\"path\":\"/x\",\"cost\":-1}]}");
        Path settings = Files.writeString(
                directory.resolve("tollgate.properties"),
                "tollgate.redis.budget=20ms\ntollgate.routes.file=" + routes + "\n");
        Said wrong = run(temporary, settings.toString());
        assertThat(wrong.text()).contains(settings + ":2: tollgate.routes.file", routes + ":2:", "1 problem");
        assertThat(wrong.code()).isEqualTo(1);
        Files.writeString(settings, "tollgate.redis.budget=20ms\n");
        assertThat(run(temporary, settings.toString())).isEqualTo(new Said(0, "nothing is wrong\n"));
        assertThat(run(temporary).code()).isEqualTo(2);
        try (var left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void theProgramsClassIsNotServed() {
        assertThat(get("/dev/tollgate/ops/configcheck/ConfigCheckLauncher.class", Map.of())
                        .statusCode())
                .isEqualTo(403);
    }
}
