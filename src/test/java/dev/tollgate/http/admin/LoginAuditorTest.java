package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.access.AdminRole;
import dev.tollgate.core.audit.AuditEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoginAuditorTest {

    private long now = 1_000_000 * 60_000L;
    private final List<AuditEvent> rows = new ArrayList<>();
    private final LoginAuditor audit = new LoginAuditor(rows::add, () -> now);

    private static AdminUser admin(String user) {
        return new AdminUser(user, Set.of(AdminRole.ADMINISTRATOR.label()), "BASIC", 0);
    }

    @Test
    void requestsOfAScriptAreNotedOnceAnHourForEachAddressAndUser() {
        for (int i = 0; i < 5; i++) {
            audit.used(admin("alice"), "192.0.2.1");
        }
        audit.used(admin("alice"), "192.0.2.2");
        audit.used(admin("bob"), "192.0.2.1");
        assertThat(rows)
                .extracting(row -> row.actor() + "@" + row.details().get("address"))
                .containsExactly("alice@192.0.2.1", "alice@192.0.2.2", "bob@192.0.2.1");
        assertThat(rows).allMatch(row -> row.details().get("authentication").equals("BASIC"));
        now += 3_600_001;
        audit.used(admin("alice"), "192.0.2.1");
        assertThat(rows).hasSize(4);
    }

    @Test
    void signInsSayTheRoleAndAViewerWhoIsPromotedIsNotedAgain() {
        audit.used(new AdminUser("carol", Set.of("tollgate-viewer"), "BASIC", 0), "192.0.2.1");
        audit.used(new AdminUser("carol", Set.of("tollgate-viewer"), "BASIC", 0), "192.0.2.1");
        audit.used(new AdminUser("carol", Set.of("tollgate-viewer", "tollgate-admin"), "BASIC", 0), "192.0.2.1");
        audit.begun(new AdminUser("carol", Set.of("tollgate-viewer", "monitor"), "FORM", 0), "192.0.2.1");
        assertThat(rows)
                .extracting(row -> row.details().get("role"))
                .containsExactly("tollgate-viewer", "tollgate-admin", "tollgate-viewer");
    }

    @Test
    void failedSignInsOfAllAddressesHaveABoundByTheMinuteAndSayHowManyWereLeftOut() {
        for (int i = 0; i < 1_000; i++) {
            audit.failed("admin", "2001:db8::" + i, "FORM");
        }
        assertThat(rows).hasSize(LoginAuditor.ROWS);
        now += 60_000;
        audit.failed("admin", "192.0.2.1", "FORM");
        assertThat(rows).hasSize(LoginAuditor.ROWS + 1);
        assertThat(rows.get(LoginAuditor.ROWS).details()).containsEntry("leftOutBefore", "940");
    }
}
