package dev.tollgate.rest.admin.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.analytics.grouped.GroupedUsage;
import dev.tollgate.core.analytics.grouped.GroupedUsageQuery;
import dev.tollgate.core.analytics.grouped.ReportRefusedException;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.report.JdbcGroupedUsage;
import dev.tollgate.postgres.report.RandomUsage;
import dev.tollgate.postgres.support.PostgresCase;
import dev.tollgate.rest.admin.AdminAuditor;
import dev.tollgate.rest.admin.AdminFilter;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The usage of all accounts behind the real Jersey, over a real PostgreSQL. */
class AdminUsageResourceTest extends PostgresCase {

    private static final String USAGE = "api/v1/admin/usage";
    private static final String RANGE = "?from=2026-10-01&to=2026-11-10";
    private static final List<String> SUMS =
            List.of("totalRequests", "successfulRequests", "failedRequests", "totalFilesUploaded", "totalFileSize");

    private final RandomUsage random = new RandomUsage(11);
    private final InProcess admin = over(new JdbcGroupedUsage(postgres.database()));

    private static InProcess over(GroupedUsage usage) {
        return new InProcess(
                List.of(AdminUsageResource.class), new AdminFilter(), new AdminAuditor(event -> {}), usage);
    }

    @BeforeEach
    void someUsage() {
        random.fill(postgres);
    }

    private JsonObject json(String query) {
        InProcess.Answer answer = admin.get(USAGE + query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private InProcess.Answer table(String query) {
        InProcess.Answer answer =
                admin.call("GET", USAGE + query, Map.of("Accept", "text/csv"), InputStream.nullInputStream());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    @Test
    void aReportHasRowsTotalsPeriodAndWhereTheNumbersComeFrom() {
        JsonObject report = json(RANGE + "&size=3");
        assertThat(report.keySet()).containsExactly("items", "page", "size", "total", "totals", "period", "meta");
        assertThat(report.getInt("total")).isEqualTo(RandomUsage.NAMES.size());
        assertThat(report.getJsonArray("items")).hasSize(3);
        JsonObject row = report.getJsonArray("items").getJsonObject(0);
        assertThat(row.keySet())
                .startsWith("accountId", "account", "keyId", "keyName", "keyPrefix", "provider", "day", "month")
                .containsAll(SUMS)
                .hasSize(13);
        assertThat(row.isNull("accountId")).isFalse();
        assertThat(row.isNull("keyId")).isTrue();
        assertThat(report.getJsonObject("totals").keySet()).containsExactlyElementsOf(SUMS);
        assertThat(report.getJsonObject("period")).hasToString("{\"from\":\"2026-10-01\",\"to\":\"2026-11-10\"}");
        assertThat(report.getJsonObject("meta").keySet())
                .containsExactly("generatedAt", "pendingIncluded", "lastSettledAt");
        assertThat(report.getJsonObject("meta").getBoolean("pendingIncluded")).isFalse();
    }

    @Test
    void withoutDatesItIsAboutThisMonth() {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        JsonObject period = json("").getJsonObject("period");
        assertThat(period.getString("to"))
                .isIn(today.toString(), today.plusDays(1).toString());
        assertThat(period.getString("from")).endsWith("-01");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "account",
                "key",
                "provider",
                "day",
                "month",
                "account,month",
                "key,day",
                "account,key,provider,month",
                "provider,day"
            })
    void theTableSaysWhatThePagesSay(String group) {
        List<List<String>> fromPages = new ArrayList<>();
        JsonObject page;
        int number = 1;
        do {
            page = json(RANGE + "&size=200&group=" + group + "&page=" + number++);
            page.getJsonArray("items").forEach(item -> fromPages.add(cells(item.asJsonObject())));
        } while (!page.getJsonArray("items").isEmpty());
        for (InProcess.Answer table :
                List.of(table(RANGE + "&group=" + group), admin.get(USAGE + "/export" + RANGE + "&group=" + group))) {
            List<List<String>> lines = CsvLines.of(table.body());
            assertThat(lines.get(0)).as(table.body()).endsWith(SUMS.toArray(String[]::new));
            assertThat(lines.subList(1, lines.size())).isEqualTo(fromPages);
        }
        BigInteger requests = fromPages.stream()
                .map(cells -> new BigInteger(cells.get(cells.size() - 5)))
                .reduce(BigInteger.ZERO, BigInteger::add);
        assertThat(json(RANGE)
                        .getJsonObject("totals")
                        .getJsonNumber("totalRequests")
                        .bigIntegerValue())
                .isEqualTo(requests);
    }

    /** Returns the members that are not null, as a table writes them. */
    private static List<String> cells(JsonObject row) {
        return row.values().stream()
                .filter(value -> value != JsonValue.NULL)
                .map(value -> value instanceof JsonString text ? text.getString() : value.toString())
                .map(text -> text.matches("(?s)[=+@\\t\\r\\n-].*") ? "'" + text : text)
                .toList();
    }

    @Test
    void aTableIsNamedAndNoCellIsAFormula() {
        InProcess.Answer table = table(RANGE + "&group=account");
        assertThat(table.headers())
                .containsEntry("Content-Type", "text/csv;charset=utf-8;header=present")
                .containsEntry("Content-Disposition", "attachment; filename=\"tollgate-usage.csv\"")
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("Vary", "Accept");
        assertThat(table.body())
                .startsWith("accountId,account,totalRequests,")
                .contains(
                        ",\"'=HYPERLINK(\"\"http://evil.example\"\")\",",
                        ",\"Müller, \"\"Söhne\"\" & Co.\",",
                        ",<script>alert(1)</script>,",
                        ",שלום עולם,",
                        ",\"'@SUM(1+1)\",",
                        ",\"two\r\nlines\",",
                        ",\"'-1\",",
                        ",plain,")
                .endsWith("\r\n")
                .doesNotContain("#");
    }

    @Test
    void aTableOfNothingIsItsFirstLine() {
        assertThat(table("?from=2020-01-01&to=2020-01-31&group=provider").body())
                .isEqualTo("provider," + String.join(",", SUMS) + "\r\n");
    }

    @Test
    void closedAccountsAndRevokedKeysAreThere() {
        assertThat(json(RANGE).getInt("total")).isEqualTo(RandomUsage.NAMES.size());
        assertThat(json(RANGE + "&group=key").getInt("total"))
                .isEqualTo(random.keys().size());
    }

    @Test
    void oneAccountsInvoiceIsAMonthByKeyAndProvider() {
        String account = random.keys().get(1).accountId().toString();
        JsonObject invoice =
                json("?from=2026-10-01&to=2026-10-31&group=key,provider&sort=keyName&accountId=" + account);
        assertThat(invoice.getJsonArray("items"))
                .isNotEmpty()
                .allSatisfy(row ->
                        assertThat(row.asJsonObject().getString("accountId")).isEqualTo(account));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=2026-02-30",
                "to=soon",
                "group=tier",
                "group=",
                "group=day,day",
                "accountId=shop",
                "keyId=x",
                "provider=all",
                "sort=requests",
                "sort=day",
                "page=0",
                "size=201",
                "q=shop",
                "from=2025-01-01&to=2026-02-01",
                "from=2026-02-02&to=2026-02-01",
                "from=2026-02-01&from=2026-02-01"
            })
    void aBadParameterIsNamed(String query) {
        InProcess.Answer bad = admin.get(USAGE + "?" + query);
        assertThat(bad.status()).as(bad.body()).isEqualTo(400);
        assertThat(bad.code()).isEqualTo("INVALID_PARAMETER");
        assertThat(bad.json().getString("parameter")).isEqualTo(query.substring(0, query.indexOf('=')));
        assertThat(admin.get(USAGE + "/export?" + query).status()).isEqualTo(400);
    }

    @Test
    void aTableHasNoPages() {
        assertThat(admin.get(USAGE + "/export?page=1").json().getString("parameter"))
                .isEqualTo("page");
        assertThat(admin.call("GET", USAGE + "?size=5", Map.of("Accept", "text/csv"), InputStream.nullInputStream())
                        .status())
                .isEqualTo(400);
    }

    @Test
    void onlyAdministratorsSeeIt() {
        admin.as("bob", false);
        assertThat(admin.get(USAGE).status()).isEqualTo(403);
        assertThat(admin.get(USAGE + "/export").status()).isEqualTo(403);
    }

    /** Gives some rows and then fails. */
    private record Failing(List<GroupedUsage.Row> rows, RuntimeException failure) implements GroupedUsage {

        @Override
        public Result page(GroupedUsageQuery query, PageRequest page) {
            throw failure;
        }

        @Override
        public void read(GroupedUsageQuery query, Consumer<Row> reader) {
            rows.forEach(reader);
            throw failure;
        }
    }

    private static GroupedUsage.Row row() {
        BigInteger one = BigInteger.ONE;
        return new GroupedUsage.Row(
                "id", "Shop", null, null, null, null, null, null, new GroupedUsage.Sums(one, one, one, one, one));
    }

    @Test
    void whatFailsBeforeTheFirstRowIsAProblemDocumentAlsoOfATable() {
        DatabaseUnavailableException away = new DatabaseUnavailableException(new IllegalStateException("away"));
        for (String path : List.of(USAGE, USAGE + "/export")) {
            InProcess.Answer answer = over(new Failing(List.of(), away)).get(path);
            assertThat(answer.status()).as(path).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("DIRECTORY_UNAVAILABLE");
            assertThat(answer.headers()).containsKey("Retry-After").doesNotContainKey("Content-Disposition");
        }
        Map<ReportRefusedException.Reason, String> codes = Map.of(
                ReportRefusedException.Reason.TOO_MANY_ROWS, "INVALID_PARAMETER",
                ReportRefusedException.Reason.TOO_SLOW, "REPORT_TOO_SLOW",
                ReportRefusedException.Reason.TOO_MANY_REPORTS, "TOO_MANY_REPORTS");
        codes.forEach((reason, code) -> {
            InProcess refusing = over(new Failing(List.of(), new ReportRefusedException(reason)));
            assertThat(refusing.get(USAGE).code()).isEqualTo(code);
            assertThat(refusing.get(USAGE + "/export").code()).isEqualTo(code);
        });
    }

    @Test
    void aTableThatBreaksOffSaysSoInItsLastLine() {
        DatabaseUnavailableException away = new DatabaseUnavailableException(new IllegalStateException("away"));
        GroupedUsage failing = new Failing(List.of(row(), row()), away);
        assertThat(over(failing).get(USAGE + "/export").code())
                .as("while nothing has been sent")
                .isEqualTo("DIRECTORY_UNAVAILABLE");
        GroupedUsageQuery query = GroupedUsageQuery.parse(name -> null, LocalDate.EPOCH);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        assertThatThrownBy(() -> new UsageTable(failing, query).write(sent)).isSameAs(away);
        assertThat(sent.toString(StandardCharsets.UTF_8).lines().toList())
                .hasSize(4)
                .last()
                .asString()
                .startsWith("# The table breaks off here");
    }
}
