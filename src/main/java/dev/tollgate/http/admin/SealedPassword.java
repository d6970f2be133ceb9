package dev.tollgate.http.admin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A user's name and password, encrypted (AES-256-GCM) with a key made of a session's token. The token itself is not kept, only its
 * hash: so neither this node's memory alone nor the cookie alone gives the password away. Immutable.
 */
final class SealedPassword {

    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] iv;
    private final byte[] sealed;

    /** What was sealed. */
    record Opened(String user, String password) {

        /** Says nothing of the password, so that a log line cannot leak it. */
        @Override
        public String toString() {
            return "Opened[" + user + "]";
        }
    }

    private SealedPassword(byte[] iv, byte[] sealed) {
        this.iv = iv;
        this.sealed = sealed;
    }

    /** Seals a name and a password with a session's token. */
    static SealedPassword seal(String user, String password, String token) {
        byte[] iv = new byte[IV_BYTES];
        RANDOM.nextBytes(iv);
        byte[] text = (user.length() + ":" + user + password).getBytes(StandardCharsets.UTF_8);
        return new SealedPassword(iv, crypt(Cipher.ENCRYPT_MODE, token, iv, text));
    }

    /**
     * Opens it again.
     *
     * @throws IllegalStateException if the token is not the one it was sealed with
     */
    Opened open(String token) {
        String text = new String(crypt(Cipher.DECRYPT_MODE, token, iv, sealed), StandardCharsets.UTF_8);
        int colon = text.indexOf(':');
        int end = colon + 1 + Integer.parseInt(text.substring(0, colon));
        return new Opened(text.substring(colon + 1, end), text.substring(end));
    }

    private static byte[] crypt(int mode, String token, byte[] iv, byte[] text) {
        try {
            // The prefix makes this differ from the hash that the session is found by, so neither reveals the other.
            byte[] key = MessageDigest.getInstance("SHA-256")
                    .digest(("tollgate sealed password\n" + token).getBytes(StandardCharsets.UTF_8));
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, iv));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a password cannot be sealed or opened", e);
        }
    }
}
