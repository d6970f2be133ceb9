package dev.tollgate.it.admin;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.tollgate.it.support.AdminClient;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.UUID;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers of every shape in the console: what it says of them is what the gate does with them. */
@EnabledIf("browserIsInstalled")
class ConsoleCallersIT extends BrowserCase {

    private static final int[] WIDTHS = {WIDE, 1024, 768, NARROW};

    private int check(String secret) {
        return send(HttpRequest.newBuilder(at("/api/v1/check")).header("X-API-Key", secret))
                .statusCode();
    }

    /** Looks for a key by its first characters, as somebody does who was sent them by a customer. */
    private Locator verdictOf(AdminClient.Key key) {
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/");
        page.locator("#find-text").fill(key.secret().substring(0, 8));
        page.keyboard().press("Enter");
        return page.locator("#verdict");
    }

    private void patch(AdminClient.Key key, String json) {
        Assertions.assertThat(operator.send("PATCH", "/keys/" + key.id(), json).statusCode())
                .isEqualTo(200);
    }

    @Test
    void theVerdictOnAKeyIsTheGatesOwn() {
        AdminClient.Key good = operator.newKey(operator.newAccount("enterprise"));
        assertThat(verdictOf(good)).containsText("Not blocked");
        AdminClient.Key revoked = operator.newKey(good.account());
        operator.send("DELETE", "/keys/" + revoked.id(), null);
        assertThat(verdictOf(revoked)).containsText("revoked");
        Assertions.assertThat(check(revoked.secret())).isEqualTo(401);
        AdminClient.Key expired = operator.newKey(good.account());
        patch(expired, "{\"expiresAt\":\"" + Instant.now().plusSeconds(1) + "\"}");
        AdminClient.Key suspended = operator.newKey(good.account());
        patch(suspended, "{\"suspended\":true}");
        assertThat(verdictOf(suspended)).containsText("suspended");
        AdminClient.Key narrow = operator.newKey(good.account());
        patch(narrow, "{\"windowLimit\":1}");
        Assertions.assertThat(check(narrow.secret())).isEqualTo(204);
        Assertions.assertThat(check(narrow.secret())).isEqualTo(429);
        assertThat(verdictOf(narrow)).containsText("Limited: key is used up");
        assertThat(verdictOf(expired)).containsText("expired");
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/keys/" + narrow.id());
        assertThat(page.locator("#verdict")).containsText("Limited: key is used up");
        assertThat(page.locator("table", new Page.LocatorOptions().setHasText("Policy")))
                .containsText("key");
    }

    @Test
    void aRotatedKeysOldPrefixFindsIt() {
        AdminClient.Key key = operator.newKey(operator.newAccount("enterprise"), "rotated once");
        Assertions.assertThat(operator.send("POST", "/keys/" + key.id() + "/rotate", "{}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(verdictOf(key)).containsText("Not blocked");
    }

    @Test
    void anIpv6CallerIsInspectedBannedResetAndLifted() {
        String net = "2001:db8:" + Integer.toHexString((int) (System.nanoTime() & 0xffff));
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/");
        page.locator("#find-text").fill(net + "::7");
        page.keyboard().press("Enter");
        assertThat(page.locator("#verdict")).containsText("Not blocked");
        assertThat(page.locator("h1")).containsText(net + "::/64");
        named(page, AriaRole.BUTTON, "Ban").click();
        page.getByLabel("Reason").fill("a test");
        page.locator("dialog button.danger").click();
        assertThat(page.locator("#verdict")).containsText("Blocked: banned");
        named(page, AriaRole.BUTTON, "Reset limits").click();
        page.getByLabel("Reason").fill("a test");
        named(page, AriaRole.BUTTON, "Reset").last().click();
        assertThat(page.locator("dialog")).hasCount(0);
        open(page, "/bans?q=" + net);
        page.locator("main td").getByText("Why").first().click();
        named(page, AriaRole.BUTTON, "Lift the ban").click();
        assertThat(page.locator("dialog")).containsText(net);
        page.getByLabel("Reason").fill("a test");
        page.locator("dialog button.primary").click();
        assertThat(page.locator("#verdict")).containsText("Not blocked");
        page.reload();
        assertThat(page.locator("#verdict")).containsText("Not blocked");
        Assertions.assertThat(complaints).isEmpty();
    }

    /** Markup, as long as names get, written from right to left, and with what breaks lines. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<b onclick=window.struck=1>&lt;i&gt;</b>",
                "long",
                "حساب العميل الرئيسي للشركة",
                "a \u202Ename\u202C \u2028 of two lines",
            })
    void everyPageFitsWhateverACallersName(String text) {
        String name = (text.equals("long") ? "n".repeat(150) : text) + " "
                + UUID.randomUUID().toString().substring(0, 8);
        AdminClient.Key key = operator.newKey(operator.newAccount("free", name), name);
        for (int i = 0; i < 16; i++) {
            check(key.secret());
        }
        for (int width : WIDTHS) {
            Page page = signedIn(width, ColorScheme.LIGHT, "/");
            for (String fragment : new String[] {
                "/accounts",
                "/accounts/" + key.account(),
                "/keys",
                "/keys/" + key.id(),
                "/usage?group=key",
                "/refusals",
                "/bans",
                "/bans?show=history",
                "/callers/" + key.account(),
                "/callers?q=" + name.substring(0, 1),
                "/audit",
                "/tiers",
                "/settlement"
            }) {
                open(page, fragment);
                assertThat(page.locator(".busy")).hasCount(0);
                fits(page, fragment + " at " + width);
                Assertions.assertThat(page.evaluate("String(window.struck)")).isEqualTo("undefined");
                if (width == WIDE) {
                    Assertions.assertThat(
                                    page.evaluate("Math.max(0, ...[...document.querySelectorAll('.paged tbody tr')]"
                                            + ".map(row => row.offsetHeight))"))
                            .as("the highest row of " + fragment)
                            .satisfies(height -> Assertions.assertThat(((Number) height).intValue())
                                    .isLessThan(90));
                }
            }
        }
        operator.send("DELETE", "/bans/" + key.account(), null);
        Assertions.assertThat(complaints).isEmpty();
    }
}
