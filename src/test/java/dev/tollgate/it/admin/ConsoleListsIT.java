package dev.tollgate.it.admin;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.tollgate.it.support.AdminClient;
import java.util.UUID;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists and refreshing pages of the console: what somebody has looked for stays through a reload, Back and a shared link. */
@EnabledIf("browserIsInstalled")
class ConsoleListsIT extends BrowserCase {

    /** More than a page of the lists holds. */
    private static final int MANY = 27;

    private static Locator firstColumn(Page page) {
        return page.locator(".paged tbody tr td:first-child");
    }

    /** Does something to each of the ways back to a list. */
    private void isFoundAgain(Page page, Locator row, String elsewhere) {
        row.waitFor();
        // The search asks a moment after it was typed.
        page.waitForTimeout(600);
        row.waitFor();
        String[] shown = firstColumn(page).allInnerTexts().toArray(String[]::new);
        Assertions.assertThat(shown).isNotEmpty();
        String link = page.url();
        page.reload();
        assertThat(firstColumn(page)).hasText(shown);
        open(page, elsewhere);
        page.goBack();
        assertThat(firstColumn(page)).hasText(shown);
        open(page, "/redis");
        page.navigate(link);
        assertThat(firstColumn(page)).hasText(shown);
    }

    @ParameterizedTest
    @CsvSource({"/accounts", "/keys"})
    void searchPageAndSortAreInTheAddress(String list) {
        String mark = "listed-" + UUID.randomUUID().toString().substring(0, 8);
        String one = operator.newAccount("free", mark + "-account");
        for (int i = 0; i < MANY; i++) {
            String name = "%s-%02d".formatted(mark, i);
            if (list.equals("/accounts")) {
                operator.newAccount("free", name);
            } else {
                operator.newKey(one, name);
            }
        }
        Page page = signedIn(WIDE, ColorScheme.LIGHT, list);
        page.locator("main .toolbar input[type=search]").fill(mark + "-");
        Locator pager = page.locator(".pager");
        assertThat(pager).containsText("Page 1 of 2");
        page.locator("th")
                .getByRole(AriaRole.BUTTON)
                .filter(new Locator.FilterOptions().setHasText("Name"))
                .click();
        Locator first = page.locator(".paged td").getByText(mark + "-00");
        assertThat(first).isVisible();
        isFoundAgain(page, first, "/tiers");
        named(page, AriaRole.BUTTON, "Next ›").click();
        Locator last = page.locator(".paged td").getByText(mark + "-" + (MANY - 1));
        assertThat(last).isVisible();
        assertThat(pager).containsText("Page 2 of 2");
        isFoundAgain(page, last, "/redis");
    }

    @Test
    void filtersOfTheAuditTrailAreInTheAddressAndTakeNames() {
        String name = "audited " + UUID.randomUUID();
        String account = operator.newAccount("free", name);
        AdminClient.Key key = operator.newKey(account);
        operator.send("POST", "/bans", "{\"caller\":\"" + account + "\",\"level\":\"1_HOUR\",\"reason\":\"a test\"}");
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/audit");
        page.getByLabel("What").selectOption("BAN_APPLIED");
        page.getByLabel("Caller", new Page.GetByLabelOptions().setExact(true)).fill(name);
        Locator rows = page.locator(".paged tbody tr");
        assertThat(rows).hasCount(1);
        assertThat(rows).containsText("1 hour");
        assertThat(rows).not().containsText(Pattern.compile("1_HOUR|T\\d\\d:\\d\\d"));
        isFoundAgain(page, rows.first(), "/keys/" + key.id());
    }

    @Test
    void aSelectionAndTheFocusSurviveTheNextLooks() {
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
        for (int i = 0; i < 11; i++) {
            upload(key.secret());
        }
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/callers/" + key.account());
        Locator cell = page.locator("td", new Page.LocatorOptions().setHasText(Pattern.compile("^uploads$")))
                .first();
        cell.waitFor();
        page.evaluate("cell => getSelection().selectAllChildren(cell)", cell.elementHandle());
        Object begun = page.evaluate("performance.now()");
        awaitLooks(page, begun);
        Assertions.assertThat(page.evaluate("String(getSelection())")).isEqualTo("uploads");
        page.evaluate("getSelection().removeAllRanges()");
        Page list = signedIn(WIDE, ColorScheme.LIGHT, "/bans");
        operator.send("POST", "/bans", "{\"caller\":\"ip:192.0.2.91\",\"level\":\"1_DAY\",\"reason\":\"a test\"}");
        list.reload();
        Locator lift = list.locator("tr", new Page.LocatorOptions().setHasText("192.0.2.91"))
                .getByRole(AriaRole.BUTTON);
        lift.focus();
        awaitLooks(list, list.evaluate("performance.now()"));
        assertThat(lift).isFocused();
        operator.send("DELETE", "/bans/ip:192.0.2.91", null);
    }

    /** Waits until the page has asked three times more. */
    private static void awaitLooks(Page page, Object since) {
        page.waitForFunction(
                "since => performance.getEntriesByType('resource').filter(one => one.startTime > since"
                        + " && /callers|bans/.test(one.name)).length >= 3",
                since);
    }

    @ParameterizedTest
    @CsvSource({
        "/nowhere, No such page",
        "/nowhere/at/all?x=1, No such page",
        "/%, No such page",
        "/keys/%, .*",
        "/accounts/%zz?q=%, .*",
        "/callers/ip:%, .*",
        "/routes, Tiers and policies",
        "/audit?type=NONE&page=x, Audit"
    })
    void addressesThatLeadNowhereAreSaidToDoSo(String fragment, String heading) {
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/");
        page.navigate(at("/") + "#" + fragment);
        if (heading.equals(".*")) {
            page.locator(".failure").first().waitFor();
        } else {
            assertThat(named(page, AriaRole.HEADING, heading)).isVisible();
        }
        Assertions.assertThat(complaints).noneMatch(one -> one.contains("URIError"));
    }

    @Test
    void aSearchThatFindsMoreThanItShowsSaysSo() {
        String mark = "crowd-" + UUID.randomUUID().toString().substring(0, 8);
        for (int i = 0; i < 12; i++) {
            operator.newAccount("free", mark + " " + i);
        }
        Page page = signedIn(WIDE, ColorScheme.LIGHT, "/callers?q=" + mark);
        assertThat(page.locator("main tbody tr")).hasCount(10);
        assertThat(page.locator("main")).containsText("There are more");
    }
}
