package dev.tollgate.it.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Chromium;
import dev.tollgate.it.support.ShippedWar;
import dev.tollgate.storage.FileName;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Forms as real clients send them to the deployed WAR: Chromium, curl, Python's requests and Java's HttpClient. */
class FormClientsIT extends ShippedWar {

    /** Each client uploads files of these names; a file system takes them all. */
    private static final List<String> NAMES = List.of(
            "plain.txt",
            "a\"b\".txt",
            "a;b,c=d.txt",
            "100%41 %2.txt",
            "'single' & <tag>.txt",
            "=?x?= =.txt",
            "año ß ÿ.txt",
            "Ame\u0301lie.txt",
            "日本語.txt",
            "язык.txt",
            "שלום.txt",
            "हिन्दी.txt",
            "👩‍💻.txt",
            " . .txt",
            "no-extension",
            ".hidden");

    private static final String PYTHON = """
            import json, sys, requests
            url, key = sys.argv[1:3]
            for name in json.load(sys.stdin):
                answer = requests.post(url, headers={'X-API-Key': key}, files=[
                    ('note', (None, 'a field')), ('f', (name, ('content of ' + name).encode())), ('g', ('rest.txt', b''))])
                print(json.dumps(answer.json()))
            """;

    private static final String FETCH = """
            async ([url, key, names]) => {
              const answers = [];
              for (const name of names) {
                const page = document.createElement('form');
                page.innerHTML = '<input name="note" value="a field"><input type="file" name="blank"><input type="file" multiple name="blanks">';
                const form = new FormData(page);
                form.append('f', new File(['content of ' + name], name, {type: 'text/plain'}));
                form.append('g', new File([], 'rest.txt'));
                const answer = await fetch(url, {method: 'POST', headers: {'X-API-Key': key}, body: form});
                answers.push(await answer.text());
              }
              return answers;
            }""";

    @TempDir
    private Path directory;

    private AdminClient.Key key;

    @BeforeEach
    void newKey() {
        AdminClient operator = new AdminClient(this);
        key = operator.newKey(operator.newAccount("enterprise"));
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    /** The file is stored under its name and whole, and the other one is named. */
    private static void assertStored(String name, JsonObject answer) {
        assertThat(answer.getString("fileName", answer.toString())).isEqualTo(FileName.of(name));
        assertThat(answer.getInt("size")).as(name).isEqualTo(("content of " + name).getBytes(UTF_8).length);
        assertThat(answer.getJsonArray("notStored").getValuesAs(JsonString::getString))
                .containsExactly("rest.txt");
    }

    private String uploads() {
        return at("/api/v1/uploads/local").toString();
    }

    /** Runs a program and returns what it says. */
    private String run(String input, String... command) throws IOException, InterruptedException {
        Path said = Files.createTempFile(directory, "said", ".txt");
        Process program = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(said.toFile())
                .start();
        try (var in = program.getOutputStream()) {
            in.write(input.getBytes(UTF_8));
        }
        if (!program.waitFor(1, TimeUnit.MINUTES)) {
            program.destroyForcibly();
            throw new AssertionError("not over: " + command[0]);
        }
        return Files.readString(said);
    }

    @Test
    void curlUploadsFilesOfAnyNameInBothNotations() throws Exception {
        Path rest = Files.createFile(directory.resolve("rest.txt"));
        for (String name : NAMES) {
            Path file = Files.writeString(directory.resolve(name), "content of " + name);
            for (String notation : List.of("--form-escape", "--http1.1")) {
                String quoted = file.toString().replace("\\", "\\\\").replace("\"", "\\\"");
                String answer = run(
                        "",
                        "curl",
                        "-s",
                        notation,
                        "-H",
                        "X-API-Key: " + key.secret(),
                        "-F",
                        "note=a field",
                        "-F",
                        "f=@\"" + quoted + "\"",
                        "-F",
                        "g=@" + rest,
                        uploads());
                assertStored(name, json(answer));
            }
        }
    }

    static boolean requestsIsInstalled() throws IOException, InterruptedException {
        return python() != null;
    }

    /** Returns a Python that has the library; null if there is none. */
    private static String python() throws IOException, InterruptedException {
        for (String python : List.of("python3", "/usr/bin/python3")) {
            try {
                Process program = new ProcessBuilder(python, "-c", "import requests")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (program.waitFor() == 0) {
                    return python;
                }
            } catch (IOException e) {
                // There is no such program.
            }
        }
        return null;
    }

    @Test
    @EnabledIf("requestsIsInstalled")
    void pythonsRequestsUploadsFilesOfAnyName() throws Exception {
        String names = Json.createArrayBuilder(NAMES).build().toString();
        String said = run(names, python(), "-c", PYTHON, uploads(), key.secret());
        List<String> answers = said.lines().toList();
        assertThat(answers).hasSameSizeAs(NAMES);
        for (int i = 0; i < NAMES.size(); i++) {
            assertStored(NAMES.get(i), json(answers.get(i)));
        }
    }

    @Test
    @EnabledIf("dev.tollgate.it.support.Chromium#isInstalled")
    @SuppressWarnings("unchecked")
    void chromiumUploadsFilesOfAnyNameAndLeavesInputsBlank() {
        try (Playwright playwright = Chromium.driver();
                Browser browser = Chromium.launch(playwright)) {
            Page page = browser.newContext(new Browser.NewContextOptions().setBypassCSP(true))
                    .newPage();
            page.navigate(at("/health/live").toString());
            List<String> answers = (List<String>) page.evaluate(FETCH, List.of(uploads(), key.secret(), NAMES));
            for (int i = 0; i < NAMES.size(); i++) {
                assertStored(NAMES.get(i), json(answers.get(i)));
            }
        }
    }

    @Test
    void javasPublishersSendFormsWithAndWithoutALength() {
        String name = "日本語.txt";
        List<String> parts = List.of(
                "--=_a/b:c\r\nContent-Disposition: form-data; name=\"f\"; filename=\"" + name + "\"\r\n\r\n",
                "content of " + name,
                "\r\n--=_a/b:c\r\nContent-Disposition: form-data; name=\"g\"; filename=\"rest.txt\"\r\n\r\n\r\n",
                "--=_a/b:c--\r\n");
        List<BodyPublisher> publishers = new ArrayList<>();
        publishers.add(BodyPublishers.ofString(String.join("", parts)));
        publishers.add(BodyPublishers.ofByteArrays(Stream.of(parts.toArray(String[]::new))
                .map(part -> part.getBytes(UTF_8))
                .toList()));
        publishers.add(BodyPublishers.concat(
                parts.stream().map(BodyPublishers::ofString).toArray(BodyPublisher[]::new)));
        for (BodyPublisher publisher : publishers) {
            for (String boundary : List.of("\"=_a/b:c\"", "=_a/b:c")) {
                assertStored(
                        name,
                        AdminClient.json(send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                                .header("X-API-Key", key.secret())
                                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                                .POST(publisher))));
            }
        }
    }
}
