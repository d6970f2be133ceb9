package dev.tollgate.http.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A keyed hash of each administrator's password as the realm confirmed it last. With it a password that will be right is told from
 * a guess before the realm is asked. The key is 32 random bytes, made when the node starts and kept in its memory alone, as the
 * hashes are: nothing of it outlives the process. Bounded. Thread-safe.
 */
final class RightPasswords {

    private static final int MAX_PASSWORDS = 1_000;
    private static final String ALGORITHM = "HmacSHA256";

    private final Cache<String, byte[]> byUser =
            Caffeine.newBuilder().maximumSize(MAX_PASSWORDS).build();
    private final SecretKeySpec key;

    RightPasswords() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /** Whether this password was right last. */
    boolean isRight(String user, String password) {
        byte[] right = byUser.getIfPresent(LoginThrottles.counted(user));
        return right != null && MessageDigest.isEqual(right, hash(user, password));
    }

    /** Whether any password of a user is remembered, by the user's name as {@link LoginThrottles} counts it. */
    boolean isRemembered(String counted) {
        return byUser.getIfPresent(counted) != null;
    }

    /** The realm confirmed a password. */
    void confirmed(String user, String password) {
        byUser.put(LoginThrottles.counted(user), hash(user, password));
    }

    /** The realm refused a password; it is right no longer. */
    void refused(String user, String password) {
        if (isRight(user, password)) {
            byUser.invalidate(LoginThrottles.counted(user));
        }
    }

    private byte[] hash(String user, String password) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(user.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
