package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.boot.RestApplication;
import dev.tollgate.rest.support.InProcess;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a user with the role for looking alone gets from the resources themselves, were no filter before them. */
class ViewerTest extends AdminCase {

    private static final String SOME_ID = "00000000-0000-4000-8000-000000000000";

    /** An operation of a resource: its method and a path that matches it. */
    private record Operation(String method, String path) {}

    private static List<Operation> operations(Class<?> resource) {
        String root = resource.getAnnotation(Path.class).value();
        List<Operation> operations = new ArrayList<>();
        for (Method method : resource.getMethods()) {
            for (Annotation annotation : method.getAnnotations()) {
                HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
                if (http != null) {
                    Path path = method.getAnnotation(Path.class);
                    operations.add(
                            new Operation(http.value(), filled(path == null ? root : root + "/" + path.value())));
                }
            }
        }
        return operations;
    }

    private static String filled(String template) {
        return template.replaceAll("\\{batchId[^}]*(\\{[^}]*\\}[^}]*)*\\}", "1")
                .replaceAll("\\{name\\}", "pro")
                .replaceAll("\\{[^{}]*(\\{[^}]*\\})?[^{}]*\\}", SOME_ID);
    }

    private static List<Class<?>> adminResources() {
        return new RestApplication()
                .getClasses().stream()
                        .filter(type -> type.isAnnotationPresent(Path.class))
                        .filter(type -> type.getAnnotation(Path.class).value().startsWith("api/v1/admin"))
                        .<Class<?>>map(type -> type)
                        .toList();
    }

    @Test
    void everyResourceOfAdministrationIsGuardedASecondTime() {
        assertThat(adminResources()).hasSizeGreaterThan(10).allMatch(type -> type.isAnnotationPresent(AdminOnly.class));
    }

    @Test
    void resourcesUseMethodsThatAreKnownToReadOrToChange() {
        Set<String> methods = new TreeSet<>();
        adminResources().forEach(type -> operations(type).forEach(operation -> methods.add(operation.method())));
        assertThat(methods).containsExactly("DELETE", "GET", "PATCH", "POST", "PUT");
    }

    @Test
    void viewerGetsEveryResourceAndChangesNone() {
        List<Class<?>> resources = List.of(
                AdminAccountsResource.class,
                AdminKeysResource.class,
                AdminLimitsResource.class,
                AdminPrincipalsResource.class,
                AdminTiersResource.class);
        InProcess viewer = application(audit::add).as("vera", Set.of("tollgate-viewer"));
        int refused = 0;
        for (Class<?> resource : resources) {
            for (Operation operation : operations(resource)) {
                InProcess.Answer answer = operation.method().equals("GET")
                        ? viewer.get(operation.path())
                        : viewer.send(operation.method(), operation.path(), "{}");
                if (operation.method().equals("GET")) {
                    assertThat(answer.status()).as(operation.toString()).isIn(200, 400, 404);
                } else {
                    refused++;
                    assertProblem(answer, 403, "FORBIDDEN");
                    assertThat(answer.json().getString("detail")).contains("tollgate-viewer may look at everything");
                }
            }
        }
        assertThat(refused).isGreaterThan(15);
        assertThat(audit).isEmpty();
        assertThat(published).isEmpty();
    }

    @Test
    void viewerWhoIsAnAdministratorTooChangesThings() {
        InProcess both = application(audit::add).as("both", Set.of("tollgate-viewer", "tollgate-admin"));
        assertThat(both.send("POST", ACCOUNTS, "{\"name\":\"Shop\",\"tier\":\"free\"}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void formsOfViewersAreRefusedByTheRoleAndNotByTheirType() {
        InProcess viewer = application(audit::add).as("vera", Set.of("tollgate-viewer"));
        for (String method : List.of("POST", "get", "BREW")) {
            InProcess.Answer answer = viewer.call(method, ACCOUNTS, Map.of(), InputStream.nullInputStream());
            assertThat(answer.status()).as(method).isIn(403, 405);
        }
    }
}
