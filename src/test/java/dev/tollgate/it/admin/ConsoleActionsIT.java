package dev.tollgate.it.admin;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.SelectOption;
import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.AsideUsage;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What operators do in the console, in a real browser, and what it does to the requests of callers. */
@EnabledIf("browserIsInstalled")
class ConsoleActionsIT extends BrowserCase {

    @Test
    void createdKeyIsShownOnceAndAnUploadWithItMovesItsChart() {
        String account = operator.newAccount("pro");
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/accounts/" + account);
        named(page, AriaRole.BUTTON, "New key").click();
        page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("made in the console");
        named(page, AriaRole.BUTTON, "Create key").click();
        Locator shown = page.getByLabel("The new key");
        String secret = shown.textContent();
        assertThat(secret).matches("tg_[A-Za-z0-9_-]{43}");
        named(page, AriaRole.BUTTON, "Copy").click();
        assertThat(page.locator("dialog")).containsText("Copied");
        assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo(secret);
        isAccessible(page, "the dialog with the key");
        named(page, AriaRole.BUTTON, "I have stored the key").click();
        assertThat(page.locator("body")).not().containsText(secret);
        page.locator("main").getByText("made in the console").click();
        assertThat(tile(page, "Requests")).hasText("0");
        assertThat(page.locator("main")).containsText("No usage yet.");
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
    void postingUsageIsDeniedInTheConsoleAndPermittedAgain() {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/keys/" + key.id());
        assertThat(page.locator(".facts").first()).containsText("as tollgate.usage.post says");
        for (String[] step : new String[][] {{"No", "no", "403"}, {"Yes", "yes", "200"}}) {
            named(page, AriaRole.BUTTON, "Posting usage").click();
            page.getByLabel("May post usage").selectOption(new SelectOption().setLabel(step[0]));
            isAccessible(page, "the dialog about posting usage");
            named(page, AriaRole.BUTTON, "Change").click();
            assertThat(page.locator(".facts").first()).containsText("May post usage" + step[1]);
            Ports.await(
                    step[0],
                    Duration.ofSeconds(2),
                    () -> send(HttpRequest.newBuilder(at("/api/v1/usage"))
                                            .header("X-API-Key", key.secret())
                                            .header("Content-Type", "application/json")
                                            .POST(BodyPublishers.ofString("[]")))
                                    .statusCode()
                            == Integer.parseInt(step[2]));
        }
    }

    @Test
    void fiveRefusalsBringABanThatIsExplainedAndLifted() {
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
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
        // The lift has emptied its minute, so the next request passes at once.
        assertThat(upload(key.secret()).statusCode()).isEqualTo(201);
        assertThat(page.locator("main")).containsText("Ban lifted");
    }

    @Test
    void limitsAreResetOnThePageOfTheirCaller() {
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
        for (int i = 0; i < 10; i++) {
            assertThat(upload(key.secret()).statusCode()).isEqualTo(201);
        }
        assertThat(upload(key.secret()).statusCode()).isEqualTo(429);
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/callers/" + key.account());
        assertThat(page.locator("#verdict")).containsText("Limited: minute is used up");
        named(page, AriaRole.BUTTON, "Reset limits").click();
        page.getByLabel("Reset", new Page.GetByLabelOptions().setExact(true))
                .selectOption(new SelectOption().setLabel("The windows and the month"));
        page.getByLabel("Reason").fill("a test");
        isAccessible(page, "the dialog that resets limits");
        named(page, AriaRole.BUTTON, "Reset").last().click();
        assertThat(page.locator("#verdict")).containsText("Not blocked");
        assertThat(upload(key.secret()).statusCode()).isEqualTo(201);
        assertThat(page.locator("main")).containsText("Limits reset");
    }

    @Test
    void tierIsEditedAfterItsPreviewSaidWhoWouldHaveBeenLimited() {
        String tier = "c-" + UUID.randomUUID().toString().substring(0, 8);
        operator.setTier(tier, "\"windowLimit\":100,\"monthlyQuota\":null");
        AdminClient.Key key = operator.newKey(operator.newAccount(tier));
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
        Locator number = page.locator("dialog").getByLabel("Requests", new Locator.GetByLabelOptions().setExact(true));
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
                .hasText("6 in 1 min");
        assertThat(upload(key.secret()).statusCode()).isEqualTo(429);
    }

    @Test
    void anAccountGetsLimitsOfItsOwnAndLosesThem() {
        String account = operator.newAccount("free");
        AdminClient.Key key = operator.newKey(account);
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/accounts/" + account);
        named(page, AriaRole.BUTTON, "Own limits").click();
        page.getByLabel("windows of its own").check();
        Locator dialog = page.locator("dialog");
        dialog.getByLabel("Requests", new Locator.GetByLabelOptions().setExact(true))
                .fill("40");
        named(page, AriaRole.BUTTON, "Add a window").click();
        dialog.getByLabel("Requests", new Locator.GetByLabelOptions().setExact(true))
                .nth(1)
                .fill("2");
        dialog.getByLabel("in seconds").nth(1).fill("3600");
        dialog.getByLabel("Reason").fill("a trial");
        isAccessible(page, "the dialog with an account's own limits");
        named(page, AriaRole.BUTTON, "Save").click();
        assertThat(page.locator("main")).containsText("40 in 1 min, 2 in 1 h");
        assertThat(page.locator("main")).containsText("windows: a trial");
        Ports.await(
                "the windows in force",
                Duration.ofSeconds(2),
                () -> upload(key.secret()).statusCode() == 429);
        String person = "person-" + account.substring(0, 8);
        named(page, AriaRole.BUTTON, "Link a principal").click();
        page.locator("dialog").getByLabel("Name").fill(person);
        named(page, AriaRole.BUTTON, "Link").click();
        named(page, AriaRole.BUTTON, "Unlink " + person).click();
        named(page, AriaRole.BUTTON, "Unlink").click();
        assertThat(page.locator("main")).not().containsText(person);
        named(page, AriaRole.BUTTON, "Own limits").click();
        page.getByLabel("take them away").check();
        named(page, AriaRole.BUTTON, "Save").click();
        assertThat(page.locator("main")).containsText("10 in 1 min");
        assertThat(page.locator("main")).not().containsText("a trial");
    }

    @Test
    void routeIsLetWatchOnlyAndEnforcedAgain() {
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/tiers");
        try {
            named(page, AriaRole.BUTTON, "Shadow uploads").click();
            named(page, AriaRole.BUTTON, "Use shadow mode").click();
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
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
        AsideUsage.of(key, 3);
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/settlement");
        Locator row = page.locator("tbody tr").filter(new Locator.FilterOptions().setHasText(key.id()));
        row.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Retry"))
                .click();
        page.locator("dialog")
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Retry"))
                .click();
        assertThat(page.locator("#toasts")).containsText("The next batch settles");
        assertThat(row).hasCount(0);
        named(page, AriaRole.BUTTON, "Settle now").click();
        named(page, AriaRole.BUTTON, "Settle").click();
        assertThat(page.locator("#toasts")).containsText(Pattern.compile("Settled|already running"));
        open(page, "/keys/" + key.id());
        assertThat(tile(page, "Requests")).hasText("3");
        assertThat(page.locator("main")).containsText("application/pdf");
        Ports.await(
                "balanced books",
                Duration.ofSeconds(10),
                () -> send(operator.request("/ledger?keyId=" + key.id()).GET())
                        .body()
                        .contains("\"recorded\":3,\"accounted\":3,\"claimed\":0,\"pending\":0,\"balanced\":true"));
        assertThat(AdminClient.json(send(operator.request("/ledger").GET())).getBoolean("balanced"))
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
                .allMatch(line -> line.contains(",ACCOUNT_CREATED,"))
                .anyMatch(line -> line.contains(",admin,"));
    }

    @Test
    void picturesOfTheReadmeShowAnHourAMonthAKeyAndABan() {
        AdminClient.Key busy = operator.newKey(operator.newAccount("pro", "Acme Imaging"), "thumbnailer");
        AdminClient.Key banned = operator.newKey(operator.newAccount("free", "Blue Kite"), "nightly export");
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

    /** A page of a neighbouring application on the same origin, and one of another site, in the browser of a signed-in administrator. */
    @Test
    void pagesOfNeighboursAndOtherSitesChangeNothing() {
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/");
        String origin = at("/").resolve("/").toString().replaceAll("/$", "");
        String base = at("").getRawPath();
        String change =
                "async ([root, token]) => { try { const answer = await fetch(root + '/api/v1/admin/accounts', {method: 'POST',"
                        + " credentials: 'include', headers: {'Content-Type': 'application/json', 'X-Tollgate-Console': '1',"
                        + " ...(token ? {'Tollgate-Token': token} : {})},"
                        + " body: JSON.stringify({name: 'from a page', tier: 'free'})}); return answer.status; } catch (e) { return 0; } }";
        page.context()
                .route(
                        "**/neighbour/",
                        route -> route.fulfill(new Route.FulfillOptions()
                                .setContentType("text/html")
                                .setBody("<p>a neighbour")));
        page.navigate(origin + "/neighbour/");
        assertThat(page.evaluate(change, List.of(base, ""))).isEqualTo(403);
        Object found = page.evaluate(
                "async (base) => { let found = ''; for (const path of ['/', '/index.html', '/console/session', '/console/app.js']) {"
                        + " found += await (await fetch(base + path)).text(); }"
                        + " const match = /tollgate-token\" content=\"([^\"]+)/.exec(found) || /\"token\":\"([^\"]+)/.exec(found);"
                        + " return [match ? match[1] : '', found.includes('<title>Tollgate'), sessionStorage.length]; }",
                base);
        assertThat(found)
                .as("a token, whether the page was read at all, what the console left")
                .isEqualTo(List.of("", true, 0));
        Object framed = page.evaluate(
                "(base) => new Promise((done) => { const frame = document.createElement('iframe'); frame.src = base + '/';"
                        + " frame.onload = () => { try { done(frame.contentDocument.querySelector('meta[name=tollgate-token]') !== null); }"
                        + " catch (e) { done(false); } }; document.body.append(frame); })",
                base);
        assertThat(framed).as("the console in a neighbour's frame").isEqualTo(false);
        Object opened = page.evaluate(
                "(base) => new Promise((done) => { const other = window.open(base + '/'); if (!other) { done('blocked'); return; }"
                        + " const end = Date.now() + 3000; const look = () => { let token = ''; try {"
                        + " token = (other.document.querySelector('meta[name=tollgate-token]') || {}).content || ''; } catch (e) { }"
                        + " token || Date.now() > end ? done(token) : setTimeout(look, 50); }; look(); })",
                base);
        assertThat(opened).as("the token of a console that a neighbour opened").isIn("", "blocked");
        page.context()
                .route(
                        "**/elsewhere/",
                        route -> route.fulfill(new Route.FulfillOptions()
                                .setContentType("text/html")
                                .setBody("<p>elsewhere")));
        page.navigate(
                origin.replace(at("/").getHost(), at("/").getHost().equals("localhost") ? "127.0.0.1" : "localhost")
                        + "/elsewhere/");
        assertThat(page.evaluate(change, List.of(at("").toString(), "AAAA"))).isEqualTo(0);
        complaints.clear();
    }
}
