package dev.tollgate.it.guard;

import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/**
 * An OpenID provider in as much as a server needs that verifies bearer tokens: its discovery document (OpenID Connect Discovery 1.0),
 * its key (RFC 7517), and signed tokens (RFC 7519) for any name.
 */
final class TokenIssuer implements AutoCloseable {

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final String KEY_ID = "of-the-test";
    private static final int VALID_SECONDS = 600;

    private final HttpServer server;
    private final KeyPair keys;

    TokenIssuer() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            keys = generator.generateKeyPair();
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        serve(
                "/.well-known/openid-configuration",
                Json.createObjectBuilder()
                        .add("issuer", url())
                        .add("authorization_endpoint", url() + "/authorize")
                        .add("token_endpoint", url() + "/token")
                        .add("jwks_uri", url() + "/keys")
                        .build()
                        .toString());
        RSAPublicKey publicKey = (RSAPublicKey) keys.getPublic();
        serve(
                "/keys",
                Json.createObjectBuilder()
                        .add(
                                "keys",
                                Json.createArrayBuilder()
                                        .add(Json.createObjectBuilder()
                                                .add("kty", "RSA")
                                                .add("use", "sig")
                                                .add("alg", "RS256")
                                                .add("kid", KEY_ID)
                                                .add("n", unsigned(publicKey.getModulus()))
                                                .add("e", unsigned(publicKey.getPublicExponent()))))
                        .build()
                        .toString());
        server.start();
    }

    private void serve(String path, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        server.createContext(path, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    /** RFC 7518, 6.3.1: without the octet that only says that the number is positive. */
    private static String unsigned(BigInteger number) {
        byte[] octets = number.toByteArray();
        return BASE64.encodeToString(octets[0] == 0 ? Arrays.copyOfRange(octets, 1, octets.length) : octets);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Makes a token for a person, which is valid for ten minutes. */
    String token(String person) {
        return token(person, url());
    }

    /**
     * Makes a token that names an issuer.
     *
     * @param issuer the URL of this one, or of another one that this one only claims to be
     */
    String token(String person, String issuer) {
        long now = Instant.now().getEpochSecond();
        String header = Json.createObjectBuilder()
                .add("alg", "RS256")
                .add("typ", "JWT")
                .add("kid", KEY_ID)
                .build()
                .toString();
        String claims = Json.createObjectBuilder()
                .add("iss", issuer)
                .add("sub", "subject-of-" + person)
                .add("preferred_username", person)
                .add("typ", "Bearer")
                .add("aud", "orders")
                .add("azp", "orders")
                .add("iat", now)
                .add("exp", now + VALID_SECONDS)
                .build()
                .toString();
        String signed = encoded(header) + "." + encoded(claims);
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
