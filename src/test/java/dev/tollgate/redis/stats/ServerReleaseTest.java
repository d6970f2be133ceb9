package dev.tollgate.redis.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which releases are vulnerable to CVE-2025-49844. */
class ServerReleaseTest {

    private static ServerRelease redis(String version) {
        return ServerRelease.of(Map.of("redis_version", version)).orElseThrow();
    }

    private static ServerRelease valkey(String version) {
        return ServerRelease.of(Map.of("redis_version", "7.2.4", "server_name", "valkey", "valkey_version", version))
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.0.20", "6.2.11", "6.2.19", "7.0.15", "7.2.10", "7.4.5", "8.0.3", "8.2.1"})
    void oldReleasesOfRedisAreVulnerable(String version) {
        assertThat(redis(version).isVulnerable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2.20", "6.2.21", "7.2.11", "7.4.6", "8.0.4", "8.2.2", "8.4.0", "9.0.0"})
    void laterReleasesOfRedisAreNot(String version) {
        assertThat(redis(version).isVulnerable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"7.2.10,true", "7.2.11,false", "8.0.5,true", "8.0.6,false", "8.1.3,true", "8.1.4,false", "9.0.0,false"})
    void valkeyIsJudgedByItsOwnVersion(String version, boolean vulnerable) {
        assertThat(valkey(version).isVulnerable()).isEqualTo(vulnerable);
        assertThat(valkey(version)).hasToString("Valkey " + version);
    }

    @Test
    void aServerWithoutAVersionIsNotJudged() {
        assertThat(ServerRelease.of(Map.of())).isEmpty();
        assertThat(ServerRelease.of(Map.of("redis_version", "unstable"))).isEmpty();
        assertThat(ServerRelease.of(Map.of("redis_version", "99999999999.1.1"))).isEmpty();
    }
}
