package dev.tollgate.it.admin;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.tollgate.contract.Contract;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The console in a real browser, over the WAR that ships. */
@EnabledIf("browserIsInstalled")
class ConsoleIT extends BrowserCase {

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

    /** A name that is markup, and longer than any page is wide. */
    private static final String HOSTILE =
            "<img src=x onerror=window.struck=1><script>window.struck=1</script>" + "x".repeat(120);

    @Test
    void everyPageShowsRealDataAtBothWidthsInBothColoursAndIsAccessible() {
        AdminClient.Key key = operator.newKey(operator.newAccount("free", HOSTILE), HOSTILE);
        for (int i = 0; i < 13; i++) {
            upload(key.secret());
        }
        operator.send(
                "POST", "/bans", "{\"caller\":\"ip:192.0.2.7\",\"level\":\"1_DAY\",\"reason\":\"" + HOSTILE + "\"}");
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
                    assertThat(page.evaluate("String(window.struck)"))
                            .as("a name that is markup")
                            .isEqualTo("undefined");
                    fits(page, name);
                    isAccessible(page, name);
                }
                assertThat(complaints).isEmpty();
            }
        }
    }

    private static List<String[]> pages(AdminClient.Key key) {
        return List.of(
                new String[] {"overview", "/", "Balanced|Unbalanced"},
                new String[] {"accounts", "/accounts", "onerror=window"},
                new String[] {"account", "/accounts/" + key.account(), "Usage of all its keys"},
                new String[] {"keys", "/keys", "onerror=window"},
                new String[] {"key", "/keys/" + key.id(), "text/plain"},
                new String[] {"usage", "/usage?range=30", "Account"},
                new String[] {"refusals", "/refusals", "Rate limit exceeded|No refusal"},
                new String[] {"bans", "/bans", "192\\.0\\.2\\.7"},
                new String[] {"caller", "/callers/" + key.account(), "uploads"},
                new String[] {"tiers", "/tiers", "enterprise"},
                new String[] {"audit", "/audit", "Key created"},
                new String[] {"redis", "/redis", "6\\.2"},
                new String[] {"settlement", "/settlement", "requests"},
                new String[] {"reference", "/reference", "POST /api/v1/uploads/\\{provider}"});
    }

    @Test
    void theReferenceTellsEveryOperationOfTheContract() {
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/reference");
        Contract contract = new Contract(get("/openapi.json", Map.of()).body());
        Locator operations = page.locator("details.operation");
        assertThat(operations).hasCount(contract.operations().size());
        assertThat(operations.locator("summary").allInnerTexts().stream()
                        .map(text ->
                                text.replaceFirst("^(\\S+\\s+\\S+).*", "$1").replaceAll("\\s+", " ")))
                .containsExactlyInAnyOrderElementsOf(contract.operations().keySet());
        page.locator("main input[type=search]").fill("/api/v1/usage");
        assertThat(operations).hasCount(1);
        operations.first().locator("summary").click();
        assertThat(operations.first()).containsText("mediaType");
        assertThat(operations.first()).containsText("X-API-Key");
        assertThat(operations.first()).containsText("\"accepted\"");
        assertThat(page.locator(".chip").getByText("429", new Locator.GetByTextOptions().setExact(true)))
                .hasCount(1);
        isAccessible(page, "reference-open");
        page.setViewportSize(NARROW, 844);
        fits(page, "reference-open");
        assertThat(complaints).isEmpty();
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
