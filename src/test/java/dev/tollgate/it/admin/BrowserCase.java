package dev.tollgate.it.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.AxeResults;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.RequestOptions;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Chromium;
import dev.tollgate.it.support.ShippedWar;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** What tests in a real browser have in common: the machine's Chromium or Chrome, and administrators' pages in it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrowserCase extends ShippedWar {

    static final int WIDE = 1280;
    static final int NARROW = 390;

    /** Where pictures go; empty to take none. */
    private static final String PICTURES = System.getProperty("tollgate.test.screenshots", "");

    final AdminClient operator = new AdminClient(this);

    /** What the page's scripts complained about; violations of its own content security policy are among it. */
    final List<String> complaints = new ArrayList<>();

    private Playwright playwright;
    private Browser browser;
    private BrowserContext context;

    /** Whether the machine has a browser. */
    static boolean browserIsInstalled() {
        return Chromium.isInstalled();
    }

    private Browser browser() {
        if (browser == null) {
            playwright = Chromium.driver();
            browser = Chromium.launch(playwright);
        }
        return browser;
    }

    @AfterAll
    void closeBrowser() {
        if (playwright != null) {
            playwright.close();
        }
    }

    @BeforeEach
    void forgetComplaints() {
        complaints.clear();
    }

    @AfterEach
    void closeContext() {
        if (context != null) {
            context.close();
            context = null;
        }
    }

    /** A page nobody is signed in on. */
    Page stranger(int width, ColorScheme scheme) {
        closeContext();
        context = browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, width == NARROW ? 844 : 860)
                        .setColorScheme(scheme)
                        .setLocale("en-GB")
                        .setTimezoneId("Europe/Berlin")
                        .setPermissions(List.of("clipboard-read", "clipboard-write")));
        // How long a page may take is no matter of these tests: a busy machine must not look like a broken page.
        context.setDefaultTimeout(60_000);
        PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
        Page page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.text().contains("Content Security Policy")) {
                complaints.add(message.text() + " @ " + message.location());
            }
        });
        page.onPageError(complaints::add);
        return page;
    }

    /** A page an administrator is signed in on, at a fragment such as {@code /keys}. */
    Page signedIn(int width, ColorScheme scheme, String fragment) {
        return signedInAs(IntegrationServers.ADMIN, width, scheme, fragment);
    }

    /** The same for another user of the server. */
    Page signedInAs(String user, int width, ColorScheme scheme, String fragment) {
        Page page = stranger(width, scheme);
        var answer = context.request()
                .post(
                        at("/console/session").toString(),
                        RequestOptions.create()
                                .setHeader("Content-Type", "application/json")
                                .setData(Map.of("user", user, "password", IntegrationServers.ADMIN_PASSWORD)));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        open(page, fragment);
        return page;
    }

    /** Goes to a fragment and waits for its page. */
    void open(Page page, String fragment) {
        page.navigate(at("/") + "#" + fragment);
        page.locator("main h1").first().waitFor();
    }

    HttpResponse<String> upload(String secret) {
        return send(HttpRequest.newBuilder(at("/api/v1/uploads/local?fileName=hello.txt"))
                .header("X-API-Key", secret)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("hello " + System.nanoTime())));
    }

    static Locator named(Page page, AriaRole role, String name) {
        return page.getByRole(role, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    static Locator tile(Page page, String label) {
        return page.locator(".tile")
                .filter(new Locator.FilterOptions().setHasText(label))
                .locator(".value");
    }

    /** The page as a picture, if pictures are wanted. */
    static void picture(Page page, String name) {
        if (!PICTURES.isEmpty()) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of(PICTURES, name + ".png"))
                    .setFullPage(page.viewportSize().width == NARROW));
        }
    }

    /** A picture of the documentation's, taken anew where it is said where they are; never by a build that is not told. */
    static void image(Page page, String name) {
        String images = System.getProperty("tollgate.test.images", "");
        if (!images.isEmpty()) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of(images, name + ".png"))
                    .setFullPage(true));
        }
    }

    /** Nothing on the page is closed to people with disabilities, as far as axe can tell. */
    static void isAccessible(Page page, String what) {
        AxeResults results = new AxeBuilder(page)
                .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"))
                // Within the page: the other way opens a second one for each look, for the sake of frames, which we
                // have none of.
                .setLegacyMode(true)
                .analyze();
        assertThat(results.isErrored()).as(what).isFalse();
        assertThat(results.getPasses()).as(what).isNotEmpty();
        assertThat(results.getViolations())
                .as(what)
                .extracting(rule -> rule.getId() + ": " + rule.getHelp() + " "
                        + rule.getNodes().stream()
                                .limit(3)
                                .map(node -> node.getHtml() + " " + node.getFailureSummary())
                                .toList())
                .isEmpty();
    }

    /** Nothing sticks out of the page sideways. */
    static void fits(Page page, String what) {
        assertThat(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as(what)
                .isEqualTo(0);
    }
}
