package dev.tollgate.it.admin;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import java.net.http.HttpRequest;
import java.util.UUID;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's dialogs by keyboard, when their page is left, and when the session ends meanwhile. */
@EnabledIf("browserIsInstalled")
class ConsoleDialogsIT extends BrowserCase {

    private int check(AdminClient.Key key) {
        return send(HttpRequest.newBuilder(at("/api/v1/check")).header("X-API-Key", key.secret()))
                .statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Revoke", "Rotate", "Suspend"})
    void whatCannotBeUndoneIsNotDoneByPressingEnterAgainAndAgain(String action) {
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/keys/" + key.id());
        named(page, AriaRole.BUTTON, action).focus();
        page.keyboard().press("Enter");
        Locator dialog = page.locator("dialog");
        dialog.waitFor();
        assertThat(dialog.locator("button.danger")).not().isFocused();
        isAccessible(page, "the dialog " + action);
        page.keyboard().press("Enter");
        Assertions.assertThat(check(key)).isEqualTo(204);
        page.keyboard().press("Escape");
        assertThat(dialog).hasCount(0);
        assertThat(named(page, AriaRole.BUTTON, action)).isFocused();
        page.keyboard().press("Enter");
        dialog.waitFor();
        dialog.locator("button.danger").focus();
        page.keyboard().press("Enter");
        Locator stored = named(page, AriaRole.BUTTON, "I have stored the key");
        if (action.equals("Rotate")) {
            stored.click();
        }
        assertThat(dialog).hasCount(0);
        Assertions.assertThat(check(key)).isEqualTo(401);
    }

    @Test
    void aNewKeyStaysUntilSomebodySaysThatItIsStored() {
        String account = operator.newAccount("free");
        Page page = signedIn(NARROW, ColorScheme.LIGHT, "/accounts/" + account);
        named(page, AriaRole.BUTTON, "New key").click();
        page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("kept");
        page.keyboard().press("Enter");
        Locator secret = page.getByLabel("The new key");
        assertThat(secret).hasText(Pattern.compile("tg_[A-Za-z0-9_-]{43}"));
        page.keyboard().press("Enter");
        page.keyboard().press("Escape");
        page.keyboard().press("Escape");
        page.keyboard().press("Escape");
        assertThat(secret).isVisible();
        Assertions.assertThat(secret.evaluate("shown => shown.scrollWidth <= shown.clientWidth"))
                .as("all of it is seen")
                .isEqualTo(true);
        page.evaluate("location.hash = '#/tiers'");
        named(page, AriaRole.HEADING, "Tiers and policies").waitFor();
        assertThat(secret).isVisible();
        named(page, AriaRole.BUTTON, "I have stored the key").click();
        assertThat(page.locator("dialog")).hasCount(0);
    }

    @Test
    void aDialogGoesWithItsPage() {
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/accounts");
        page.evaluate("location.hash = '#/tiers'");
        named(page, AriaRole.HEADING, "Tiers and policies").waitFor();
        named(page, AriaRole.BUTTON, "New tier").click();
        page.locator("dialog").waitFor();
        page.goBack();
        named(page, AriaRole.HEADING, "Accounts").waitFor();
        assertThat(page.locator("dialog")).hasCount(0);
    }

    @Test
    void aTierThatIsThereIsNotOverwrittenByANewOneOfItsName() {
        operator.setTier("taken", "\"windowLimit\":77,\"monthlyQuota\":1000");
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/tiers");
        named(page, AriaRole.BUTTON, "New tier").click();
        page.locator("dialog input").first().fill("taken");
        named(page, AriaRole.BUTTON, "Save").click();
        assertThat(page.locator("dialog .failure")).isVisible();
        Assertions.assertThat(operator.send("GET", "/tiers/taken", null).body()).contains("77");
    }

    /** The session ends while a form is filled in: it goes on where it was. */
    @Test
    void aSessionThatEndsIsBegunAgainOverTheFormThatIsBeingFilledIn() {
        String name = "after the session " + UUID.randomUUID();
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/accounts");
        named(page, AriaRole.BUTTON, "New account").click();
        page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill(name);
        page.context().clearCookies();
        named(page, AriaRole.BUTTON, "Create").click();
        Locator ended = page.locator("dialog", new Page.LocatorOptions().setHasText("Your session has ended"));
        ended.waitFor();
        isAccessible(page, "the dialog about the session");
        ended.getByLabel("Password").fill("wrong");
        ended.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Sign in"))
                .click();
        assertThat(ended.locator(".failure")).isVisible();
        ended.getByLabel("Password").fill(IntegrationServers.ADMIN_PASSWORD);
        page.keyboard().press("Enter");
        assertThat(named(page, AriaRole.HEADING, name)).isVisible();
    }

    @Test
    void whoSignsOutInOnePageIsSignedOutInAll() {
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/");
        assertThat(page.locator("#live")).hasText("Live");
        Page other = page.context().newPage();
        open(other, "/keys");
        other.locator("#sign-out").click();
        assertThat(page).hasTitle("Sign in · Tollgate");
        assertThat(other).hasTitle("Sign in · Tollgate");
    }
}
