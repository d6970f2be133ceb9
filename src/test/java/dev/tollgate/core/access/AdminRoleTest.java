package dev.tollgate.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.problem.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminRoleTest {

    private static final Set<String> ADMIN = Set.of("tollgate-admin");
    private static final Set<String> VIEWER = Set.of("tollgate-viewer");
    private static final Set<String> BOTH = Set.of("tollgate-viewer", "tollgate-admin");

    private static Optional<Problem> refusal(Set<String> roles, String method) {
        return AdminRole.refusal(roles::contains, method);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void viewerMayLook(String method) {
        assertThat(refusal(VIEWER, method)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST",
                "PUT",
                "PATCH",
                "DELETE",
                "TRACE",
                "CONNECT",
                "QUERY",
                "PROPFIND",
                "BREW",
                "get",
                "Get",
                "GET ",
                " GET",
                "head",
                "options",
                "post",
                "GETX",
                "GET,POST",
                ""
            })
    void viewerMayNothingElseWhateverTheMethod(String method) {
        Problem refusal = refusal(VIEWER, method).orElseThrow();
        assertThat(refusal.status()).isEqualTo(403);
        assertThat(refusal.code()).isEqualTo("FORBIDDEN");
        assertThat(refusal.detail())
                .contains("tollgate-viewer may look at everything and change nothing", "the role tollgate-admin.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "BREW"})
    void administratorMayEverythingAlsoWithBothRoles(String method) {
        assertThat(refusal(ADMIN, method)).isEmpty();
        assertThat(refusal(BOTH, method)).isEmpty();
        assertThat(AdminRole.of(BOTH::contains)).contains(AdminRole.ADMINISTRATOR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "POST"})
    void userWithoutARoleMayNothing(String method) {
        for (Set<String> roles : List.of(
                Set.<String>of(), Set.of("monitor"), Set.of("TOLLGATE-ADMIN", "Tollgate-Viewer", "tollgate-viewers"))) {
            Problem refusal = refusal(roles, method).orElseThrow();
            assertThat(refusal.status()).isEqualTo(403);
            assertThat(refusal.code()).isEqualTo("FORBIDDEN");
            assertThat(refusal.detail()).contains("does not have the role tollgate-admin or tollgate-viewer.");
        }
    }

    @Test
    void rolesAreKnownByTheServersNamesTheStrongestFirst() {
        assertThat(AdminRole.labels()).containsExactly("tollgate-admin", "tollgate-viewer");
    }
}
