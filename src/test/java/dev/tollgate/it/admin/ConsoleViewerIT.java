package dev.tollgate.it.admin;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.AsideUsage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The console as a user with the role {@code tollgate-viewer} sees it, in a real browser. */
@EnabledIf("browserIsInstalled")
class ConsoleViewerIT extends BrowserCase {

    /** Every button a viewer may see. A new one belongs here if it changes nothing, and else behind {@code press()}. */
    private static final List<String> LOOKING =
            List.of("Look", "Active", "History", "Report", "Export CSV", "‹ Previous", "Next ›", "Try again");

    /** Every page, each with something that its actions are about, and a text that is there once all of it has loaded. */
    private static Map<String, String> pages(AdminClient.Key key) {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("/", "Balanced|Unbalanced");
        pages.put("/accounts", "seen by a viewer");
        pages.put("/accounts/" + key.account(), "Usage of all its keys.*p-" + key.id());
        pages.put("/keys", "seen by a viewer");
        pages.put("/keys/" + key.id(), "text/plain");
        pages.put("/bans", "192\\.0\\.2\\.77");
        pages.put("/bans?show=history", "Ban applied");
        pages.put("/callers?q=no-such-caller", "No caller found");
        pages.put("/callers/" + key.account(), "Not blocked");
        pages.put("/callers/ip:192.0.2.77", "Blocked: banned");
        pages.put("/tiers", "enterprise.*uploads");
        pages.put("/audit", "Account created");
        pages.put("/usage", "Account");
        pages.put("/refusals", "Refusals");
        pages.put("/redis", "Connected");
        pages.put("/settlement", "Recorded.*" + key.id());
        pages.put("/reference", "POST /api/v1/uploads");
        return pages;
    }

    private long quarantined;

    private AdminClient.Key everythingToChange() {
        AdminClient.Key key = operator.newKey(operator.newAccount("free", "seen by a viewer"), "seen by a viewer");
        upload(key.secret());
        operator.send("POST", "/accounts/" + key.account() + "/principals", "{\"name\":\"p-" + key.id() + "\"}");
        operator.send("POST", "/bans", "{\"caller\":\"ip:192.0.2.77\",\"level\":\"1_DAY\",\"reason\":\"to be seen\"}");
        quarantined = AsideUsage.of(key, 1);
        return key;
    }

    /** What is quarantined makes the server degraded, and a ban stays in lists, which other tests look at. */
    private void leaveNothing(AdminClient.Key key) {
        operator.send("POST", "/settlement/set-aside/" + quarantined + "/" + key.id() + "/retry", "{}");
        operator.send("DELETE", "/bans/ip:192.0.2.77?reason=seen", null);
    }

    /** Opens a page and returns the buttons of its own part, by which forms and dialogs are known, too. */
    private TreeSet<String> buttons(Page page, String path, String loaded) {
        open(page, path);
        assertThat(page.locator("main")).containsText(Pattern.compile(loaded, Pattern.DOTALL));
        assertThat(page.locator("main .busy")).hasCount(0);
        assertThat(page.locator("main .failure")).hasCount(0);
        return new TreeSet<>(page.locator("main button:not(.sort), main input[type=submit], dialog button")
                .allInnerTexts());
    }

    @Test
    void noPageHasAButtonThatAViewerMayNotUseAndAdministratorsHaveThemAll() {
        AdminClient.Key key = everythingToChange();
        Map<String, TreeSet<String>> ofAdministrators = new TreeMap<>();
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/");
        assertThat(page.locator("#who")).hasText("admin");
        for (Map.Entry<String, String> each : pages(key).entrySet()) {
            ofAdministrators.put(each.getKey(), buttons(page, each.getKey(), each.getValue()));
        }
        TreeSet<String> left = new TreeSet<>();
        for (int width : new int[] {WIDE, NARROW}) {
            page = signedInAs(IntegrationServers.VIEWER, width, ColorScheme.LIGHT, "/");
            List<String> changing = new ArrayList<>();
            page.onRequest(request -> note(request, changing));
            for (Map.Entry<String, String> one : pages(key).entrySet()) {
                String each = one.getKey();
                TreeSet<String> seen = buttons(page, each, one.getValue());
                assertThat(seen).as(each).allMatch(LOOKING::contains);
                assertThat(page.locator("dialog")).hasCount(0);
                fits(page, each);
                isAccessible(page, each + " of a viewer");
                picture(page, "viewer-" + each.replaceAll("[^a-z]+", "-") + width);
                left.addAll(ofAdministrators.get(each));
                left.removeAll(seen);
            }
            assertThat(changing).isEmpty();
        }
        leaveNothing(key);
        System.out.println("a viewer's console leaves out " + left);
        assertThat(left)
                .contains(
                        "New account",
                        "New key",
                        "Tier",
                        "Rename",
                        "Change tier",
                        "Own limits",
                        "Unlink",
                        "Link a principal",
                        "Posting usage",
                        "Restrict",
                        "Suspend",
                        "Rotate",
                        "Revoke",
                        "Ban a caller",
                        "Lift",
                        "Lift the ban",
                        "Ban",
                        "Reset limits",
                        "New tier",
                        "Edit",
                        "Shadow",
                        "Settle now",
                        "Retry");
        assertThat(complaints).isEmpty();
    }

    private static void note(Request request, List<String> changing) {
        if (!request.method().equals("GET")) {
            changing.add(request.method() + " " + request.url());
        }
    }

    @Test
    void viewerIsCalledSoInTheHeaderExportsTheAuditTrailAndSignsOut() {
        Page page = signedInAs(IntegrationServers.VIEWER, WIDE, ColorScheme.LIGHT, "/audit");
        assertThat(page.locator("#who")).hasText("viewer (viewer)");
        assertThat(page.locator("#live")).hasText("Live");
        named(page, AriaRole.BUTTON, "Export CSV").click();
        assertThat(page.waitForDownload(
                                () -> named(page, AriaRole.BUTTON, "Export").click())
                        .suggestedFilename())
                .isEqualTo("tollgate-audit.csv");
        named(page, AriaRole.BUTTON, "Sign out").click();
        assertThat(page).hasTitle("Sign in · Tollgate");
    }

    /** A page that was opened before, or by hand: the server decides. */
    @Test
    void whatAViewersPageSendsAllTheSameIsRefused() {
        Page page = signedInAs(IntegrationServers.VIEWER, WIDE, ColorScheme.LIGHT, "/");
        String said = String.valueOf(page.evaluate(
                "async () => { const api = await import('./console/api.js'); if (api.mayChange()) { return 'may'; }"
                        + " try { await api.post('accounts', {name: 'from a viewer', tier: 'free'}); return 'done'; }"
                        + " catch (problem) { return problem.status + ' ' + problem.code; } }"));
        assertThat(said).isEqualTo("403 FORBIDDEN");
        assertThat(send(operator.request("/accounts?q=from%20a%20viewer").GET()).body())
                .contains("\"total\":0");
    }
}
