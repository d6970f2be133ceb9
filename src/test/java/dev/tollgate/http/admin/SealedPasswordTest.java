package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealedPasswordTest {

    @ParameterizedTest
    @CsvSource({"admin, secret", "3:a, 4:b", "'', ''", "jürgen, päß wörd 😀", "a:b, c:d"})
    void tokenOpensWhatItSealed(String user, String password) {
        SealedPassword.Opened opened =
                SealedPassword.seal(user, password, "token").open("token");
        assertThat(opened.user()).isEqualTo(user);
        assertThat(opened.password()).isEqualTo(password);
        assertThat(opened.toString()).doesNotContain("secret");
    }

    @Test
    void anotherTokenOpensNothing() {
        SealedPassword sealed = SealedPassword.seal("admin", "secret", "token");
        assertThatThrownBy(() -> sealed.open("tokem")).isInstanceOf(IllegalStateException.class);
    }
}
