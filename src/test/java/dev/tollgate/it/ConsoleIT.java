package dev.tollgate.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.tollgate.fixture.IntegrationServers;
import dev.tollgate.fixture.Ports;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The console in a real browser, over the WAR that ships. */
@EnabledIf("browserIsInstalled")
class ConsoleIT extends BrowserCase {

    private HttpResponse<String> upload(String secret) {
        return send(HttpRequest.newBuilder(at("/api/v1/uploads/local?fileName=hello.txt"))
                .header("X-API-Key", secret)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("hello " + System.nanoTime())));
    }

    private static Locator named(Page page, AriaRole role, String name) {
        return page.getByRole(role, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static Locator tile(Page page, String label) {
        return page.locator(".tile")
                .filter(new Locator.FilterOptions().setHasText(label))
                .locator(".value");
    }

    @Test
    void wrongPasswordIsToldAndTheRightOneLeadsToThePageAskedFor() {
        Page page = stranger(WIDE, ColorScheme.LIGHT);
        page.navigate(at("/") + "#/keys");
        assertThat(page).hasTitle("Sign in · Tollgate");
        isAccessible(page, "sign-in");
        picture(page, "sign-in-light");
        page.getByLabel("User").fill(IntegrationServers.ADMIN);
        page.getByLabel("Password").fill("not it");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("do not go together");
        page.getByLabel("Password").fill(IntegrationServers.ADMIN_PASSWORD);
        page.keyboard().press("Enter");
        assertThat(named(page, AriaRole.HEADING, "Keys").first()).isVisible();
        assertThat(page.locator("#who")).hasText("admin");
        named(page, AriaRole.BUTTON, "Sign out").click();
        assertThat(page).hasTitle("Sign in · Tollgate");
        page.navigate(at("/").toString());
        assertThat(page).hasTitle("Sign in · Tollgate");
    }

    @Test
    void everyPageShowsRealDataAtBothWidthsInBothColoursAndIsAccessible() {
        Operator.Key key = operator.newKey(operator.newAccount("free"));
        for (int i = 0; i < 13; i++) {
            upload(key.secret());
        }
        operator.send("POST", "/bans", "{\"caller\":\"ip:192.0.2.7\",\"level\":\"1_DAY\",\"reason\":\"abuse\"}");
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {WIDE, NARROW}) {
                Page page = signedIn(width, scheme, "/");
                for (String[] each : pages(key)) {
                    String name = each[0] + "-" + width + "-" + scheme.name().toLowerCase();
                    open(page, each[1]);
                    assertThat(page.locator("main")).containsText(Pattern.compile(each[2]));
                    assertThat(page.locator(".busy")).hasCount(0);
                    assertThat(page.locator(".failure")).hasCount(0);
                    picture(page, name);
                    fits(page, name);
                    isAccessible(page, name);
                }
                assertThat(complaints).isEmpty();
            }
        }
    }

    private static List<String[]> pages(Operator.Key key) {
        return List.of(
                new String[] {"overview", "/", "Balanced|Unbalanced"},
                new String[] {"accounts", "/accounts", "integration free"},
                new String[] {"account", "/accounts/" + key.account(), "Usage of all its keys"},
                new String[] {"keys", "/keys", "tg_"},
                new String[] {"key", "/keys/" + key.id(), "text/plain"},
                new String[] {"bans", "/bans", "192\\.0\\.2\\.7"},
                new String[] {"caller", "/callers/" + key.account(), "uploads"},
                new String[] {"tiers", "/tiers", "enterprise"},
                new String[] {"audit", "/audit", "Key created"},
                new String[] {"redis", "/redis", "6\\.2"},
                new String[] {"settlement", "/settlement", "requests"});
    }

    @Test
    void createdKeyIsShownOnceAndAnUploadWithItMovesItsChart() {
        String account = operator.newAccount("pro");
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/accounts/" + account);
        named(page, AriaRole.BUTTON, "New key").click();
        page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("made in the console");
        named(page, AriaRole.BUTTON, "Create key").click();
        Locator shown = page.getByLabel("The new key");
        String secret = shown.inputValue();
        assertThat(secret).matches("tg_[A-Za-z0-9_-]{43}");
        named(page, AriaRole.BUTTON, "Copy").click();
        assertThat(page.locator("dialog")).containsText("Copied");
        assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo(secret);
        isAccessible(page, "the dialog with the key");
        named(page, AriaRole.BUTTON, "Done").click();
        assertThat(page.locator("body")).not().containsText(secret);
        page.locator("main").getByText("made in the console").click();
        assertThat(tile(page, "Requests")).hasText("0");
        assertThat(page.locator("main")).containsText("Nothing yet.");
        page.getByText("As a table").click();
        assertThat(page.locator(".behind tbody tr").first().locator("td").nth(1))
                .hasText("0");
        assertThat(upload(secret).statusCode()).isEqualTo(201);
        assertThat(tile(page, "Requests")).hasText("1");
        assertThat(page.locator(".behind tbody tr").first().locator("td").nth(1))
                .hasText("1");
        assertThat(page.locator("main")).containsText("text/plain");
        named(page, AriaRole.BUTTON, "Revoke").click();
        named(page, AriaRole.BUTTON, "Revoke for good").click();
        assertThat(page.locator(".facts").first()).containsText("revoked");
        assertThat(upload(secret).statusCode()).isEqualTo(401);
    }

    @Test
    void fiveRefusalsBringABanThatIsExplainedAndLifted() {
        Operator.Key key = operator.newKey(operator.newAccount("free"));
        int refused = 0;
        while (refused < 5) {
            refused += upload(key.secret()).statusCode() == 429 ? 1 : 0;
        }
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/bans");
        assertThat(page.locator("main td a[href*='" + key.account() + "']").first())
                .isVisible();
        page.getByLabel("Why is this caller blocked?").last().fill(key.secret());
        page.keyboard().press("Enter");
        assertThat(page.locator("#verdict")).containsText("Blocked: banned");
        assertThat(page.url()).doesNotContain(key.secret());
        assertThat(page.locator("main").getByText("127.0.0.1").first()).isVisible();
        assertThat(page.locator("table")
                        .filter(new Locator.FilterOptions().setHasText("Violation"))
                        .first()
                        .locator("tbody tr"))
                .hasCount(5);
        assertThat(page.locator(".ladder .here")).containsText("5 min");
        named(page, AriaRole.BUTTON, "Lift the ban").click();
        page.getByLabel("Reason").fill("a test");
        page.locator("dialog")
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Lift the ban"))
                .click();
        assertThat(page.locator("#verdict")).not().containsText("banned");
        // Its minute is still full; a larger tier lets the next request pass at once.
        operator.send("PATCH", "/accounts/" + key.account(), "{\"tier\":\"pro\"}");
        assertThat(upload(key.secret()).statusCode()).isEqualTo(201);
        assertThat(page.locator("main")).containsText("Ban lifted");
    }

    @Test
    void tierIsEditedAfterItsPreviewSaidWhoWouldHaveBeenLimited() {
        String tier = "c-" + UUID.randomUUID().toString().substring(0, 8);
        operator.send("PUT", "/tiers/" + tier, "{\"windowLimit\":100,\"monthlyQuota\":null}");
        Operator.Key key = operator.newKey(operator.newAccount(tier));
        for (int i = 0; i < 6; i++) {
            assertThat(upload(key.secret()).statusCode()).isEqualTo(201);
        }
        Ports.await(
                "the peak to be kept",
                Duration.ofSeconds(20),
                () -> send(operator.request("/tiers/" + tier + "/preview?windowLimit=5")
                                .GET())
                        .body()
                        .contains("\"peak\":6"));
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/tiers");
        named(page, AriaRole.BUTTON, "Edit " + tier).click();
        Locator number = page.getByLabel("Requests per minute");
        number.fill("5");
        assertThat(page.locator(".preview")).containsText("1 of 1 caller");
        assertThat(page.locator(".preview tbody tr")).containsText("integration " + tier);
        picture(page, "tier-preview-1280-light");
        isAccessible(page, "the dialog with the preview");
        number.fill("6");
        assertThat(page.locator(".preview")).containsText("0 of 1 caller");
        named(page, AriaRole.BUTTON, "Save").click();
        assertThat(page.locator("main tbody tr")
                        .filter(new Locator.FilterOptions().setHasText(tier))
                        .locator("td")
                        .nth(1))
                .hasText("6");
        assertThat(upload(key.secret()).statusCode()).isEqualTo(429);
    }

    @Test
    void routeIsLetWatchOnlyAndEnforcedAgain() {
        Operator.Key key = operator.newKey(operator.newAccount("free"));
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/tiers");
        try {
            named(page, AriaRole.BUTTON, "Shadow uploads").click();
            named(page, AriaRole.BUTTON, "Only watch").click();
            assertThat(named(page, AriaRole.BUTTON, "Enforce uploads")).isVisible();
            for (int i = 0; i < 12; i++) {
                assertThat(upload(key.secret()).statusCode()).isEqualTo(201);
            }
            open(page, "/");
            assertThat(tile(page, "Shadow-limited / s")).not().hasText("0");
        } finally {
            operator.send("PATCH", "/routes/uploads", "{\"mode\":null}");
        }
        assertThat(upload(key.secret()).statusCode()).isEqualTo(429);
    }

    @Test
    void usageSetAsideIsSettledAfterAll() {
        Operator.Key key = operator.newKey(operator.newAccount("free"));
        AsideUsage.of(key, 3);
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/settlement");
        Locator row = page.locator("tbody tr").filter(new Locator.FilterOptions().setHasText(key.id()));
        row.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Retry"))
                .click();
        page.locator("dialog")
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Retry"))
                .click();
        assertThat(page.locator("#toasts")).containsText("Given back");
        assertThat(row).hasCount(0);
        named(page, AriaRole.BUTTON, "Settle now").click();
        named(page, AriaRole.BUTTON, "Settle").click();
        assertThat(page.locator("#toasts")).containsText(Pattern.compile("Settled|under way"));
        open(page, "/keys/" + key.id());
        assertThat(tile(page, "Requests")).hasText("3");
        assertThat(page.locator("main")).containsText("application/pdf");
        Ports.await(
                "balanced books",
                Duration.ofSeconds(10),
                () -> send(operator.request("/ledger?keyId=" + key.id()).GET())
                        .body()
                        .contains("\"recorded\":3,\"accounted\":3,\"claimed\":0,\"pending\":0,\"balanced\":true"));
        assertThat(Operator.json(send(operator.request("/ledger").GET())).getBoolean("balanced"))
                .isTrue();
        assertThat(operator.send("POST", "/settlement/set-aside/999999/" + key.id() + "/retry", "{}")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void auditIsFilteredAndExported() throws IOException {
        operator.newAccount("pro");
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/audit");
        page.getByLabel("What").selectOption("ACCOUNT_CREATED");
        assertThat(page.locator("main tbody .chip").first()).hasText("Account created");
        Ports.await(
                "the filter",
                Duration.ofSeconds(5),
                () -> page.locator("main tbody .chip").allInnerTexts().stream().allMatch("Account created"::equals));
        named(page, AriaRole.BUTTON, "Export CSV").click();
        Download download = page.waitForDownload(
                () -> named(page, AriaRole.BUTTON, "Export").click());
        assertThat(download.suggestedFilename()).isEqualTo("tollgate-audit.csv");
        List<String> lines = Files.readAllLines(download.path());
        assertThat(lines.get(0)).isEqualTo("at,type,caller,actor,details");
        assertThat(lines.subList(1, lines.size()))
                .isNotEmpty()
                .allMatch(line -> line.contains(",ACCOUNT_CREATED,") && line.contains(",admin,"));
    }

    @Test
    void picturesOfTheReadmeShowAnHourAMonthAKeyAndABan() {
        Operator.Key busy = operator.newKey(operator.newAccount("pro", "Acme Imaging"), "thumbnailer");
        Operator.Key banned = operator.newKey(operator.newAccount("free", "Blue Kite"), "nightly export");
        PastUsage.ofAMonth(busy);
        PastUsage.ofAnHour();
        for (String content :
                List.of("%PDF-1.7 one", "%PDF-1.7 two", "GIF89a one", "plain one", "plain two", "plain 3")) {
            send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                    .header("X-API-Key", busy.secret())
                    .POST(BodyPublishers.ofString(content)));
        }
        send(HttpRequest.newBuilder(at("/api/v1/usage"))
                .header("X-API-Key", busy.secret())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        "[{\"id\":\"1\",\"provider\":\"s3\",\"bytes\":48213,\"mediaType\":\"image/png\"},"
                                + "{\"id\":\"2\",\"provider\":\"s3\",\"status\":503}]")));
        for (int i = 0; i < 16; i++) {
            upload(banned.secret());
        }
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/");
        assertThat(page.locator("main .u-legend").first()).isVisible();
        assertThat(tile(page, "Ledger")).hasText("Balanced");
        image(page, "overview");
        open(page, "/keys/" + busy.id());
        assertThat(page.locator("main")).containsText("application/pdf");
        assertThat(page.locator("main")).containsText("s3");
        image(page, "key");
        open(page, "/callers/" + banned.account());
        assertThat(page.locator("#verdict")).containsText("Blocked: banned");
        assertThat(page.locator("main")).containsText("uploads");
        image(page, "ban");
    }

    @Test
    void everythingIsReachedByKeyboardAlone() {
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/");
        assertThat(page.locator("#live")).hasText("Live");
        page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator("main")).isFocused();
        page.keyboard().press("g");
        page.keyboard().press("a");
        assertThat(named(page, AriaRole.HEADING, "Accounts")).isFocused();
        page.keyboard().press("/");
        assertThat(page.locator("main input[type=search]")).isFocused();
        page.keyboard().type("g b");
        assertThat(page.locator("main input[type=search]")).hasValue("g b");
        page.keyboard().press("Control+a");
        page.keyboard().press("Delete");
        page.keyboard().press("Shift+Tab");
        assertThat(named(page, AriaRole.BUTTON, "New account")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)))
                .isFocused();
        page.keyboard().type("typed only");
        page.keyboard().press("Enter");
        assertThat(named(page, AriaRole.HEADING, "typed only")).isFocused();
        page.keyboard().press("?");
        assertThat(page.locator("dialog")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator("dialog")).hasCount(0);
    }

    @Test
    void navigationOpensOnANarrowScreen() {
        Page page = signedIn(NARROW, ColorScheme.LIGHT, "/");
        assertThat(page.locator("#nav")).isHidden();
        named(page, AriaRole.BUTTON, "Menu").click();
        assertThat(page.locator("#nav a").first()).isFocused();
        picture(page, "menu-390-light");
        named(page, AriaRole.LINK, "Bans").click();
        assertThat(named(page, AriaRole.HEADING, "Bans")).isVisible();
        assertThat(page.locator("#nav")).isHidden();
    }

    @Test
    void redisStoppedWhileWatchingIsShownAndSoIsItsReturn() {
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/");
        assertThat(tile(page, "Breaker")).hasText("Closed");
        IntegrationServers.redis().freeze();
        try {
            assertThat(tile(page, "Breaker")).hasText(Pattern.compile("Open|Half open"));
            assertThat(page.locator("main")).containsText("this node alone");
            picture(page, "overview-redis-stopped");
        } finally {
            IntegrationServers.redis().thaw();
        }
        assertThat(tile(page, "Breaker")).hasText("Closed");
        assertThat(page.locator("main")).containsText("All nodes together");
    }

    @Test
    void lostUpdatesAreSaid() {
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/");
        assertThat(page.locator("#live")).hasText("Live");
        page.context().setOffline(true);
        page.context().route("**/overview/stream", route -> route.abort());
        page.evaluate("window.dispatchEvent(new Event('offline'))");
        // A stream that is open stays so in a browser told to be offline: the page is opened again without one.
        page.context().setOffline(false);
        page.reload();
        assertThat(page.locator("#live")).containsText("Updates lost");
        page.context().unroute("**/overview/stream");
        assertThat(page.locator("#live")).hasText("Live");
    }
}
