package dev.tollgate.rest.admin;

import dev.tollgate.core.account.AddressParser;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.core.account.ApiKeys.NewKey;
import dev.tollgate.core.account.ApiKeys.NotCreatedException;
import dev.tollgate.core.account.KeySettings;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.rest.support.JsonBody;
import dev.tollgate.rest.support.JsonObjectReader;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.Rejections;
import dev.tollgate.rest.support.TextValidation;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The keys of an import, read from a request: secrets that clients have already, by their SHA-256. Either all of them are
 * good or the answer names those that are not. Not thread-safe, for one request.
 */
final class KeyImport {

    /** The most keys of one import. */
    static final int MAX_KEYS = 1_000;

    private static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final String BAD = "INVALID_KEYS";
    private static final String BAD_DETAIL = " keys are bad, so none was imported. Mend those or leave them out.";
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._~+/-]{1,37}");

    private final AddressParser networks;
    private final long nowMillis;
    private final Set<String> hashes = new HashSet<>();

    private KeyImport(AddressParser networks, long nowMillis) {
        this.networks = networks;
        this.nowMillis = nowMillis;
    }

    /**
     * Reads the keys.
     *
     * @throws ProblemException if one is bad
     */
    static List<NewKey> read(ContainerRequestContext request, AddressParser networks, long nowMillis) {
        KeyImport reader = new KeyImport(networks, nowMillis);
        JsonArray entries = entries(JsonBody.read(request, request.getEntityStream(), MAX_BYTES));
        List<NewKey> keys = new ArrayList<>();
        Rejections rejections = new Rejections(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            try {
                keys.add(reader.key(entries.get(i)));
            } catch (ProblemException e) {
                rejections.add(
                        i, e.problem().members().get("parameter"), e.problem().detail());
            }
        }
        if (!rejections.isEmpty()) {
            throw rejections.refusal(400, BAD, BAD_DETAIL);
        }
        return keys;
    }

    /** Returns the refusal of keys of which the database says that some cannot be made. */
    static ProblemException refusal(List<NewKey> keys, NotCreatedException why) {
        Rejections rejections = new Rejections(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            if (why.accountIds().contains(keys.get(i).accountId())) {
                rejections.add(i, "accountId", "accountId must be the id of an open account.");
            } else if (why.hashes().contains(keys.get(i).hash())) {
                rejections.add(i, "sha256", "sha256 is that of a secret that a key has, or had.");
            }
        }
        return why.accountIds().isEmpty()
                ? rejections.refusal(
                        409, "KNOWN_KEYS", " keys are known already, so none was imported. Leave those out.")
                : rejections.refusal(400, BAD, BAD_DETAIL);
    }

    private static JsonArray entries(JsonValue body) {
        JsonValue list =
                body instanceof JsonObject object && object.keySet().equals(Set.of("keys")) ? object.get("keys") : body;
        if (list instanceof JsonArray entries && !entries.isEmpty() && entries.size() <= MAX_KEYS) {
            return entries;
        }
        throw TextValidation.bad("keys", "must be a list of 1 to " + MAX_KEYS + " keys");
    }

    private NewKey key(JsonValue entry) {
        if (!(entry instanceof JsonObject object)) {
            throw new ProblemException(Problems.badRequest("A key must be a JSON object."));
        }
        JsonObjectReader members = JsonObjectReader.of(object);
        String accountId = members.text("accountId", 100);
        String name = members.text("name", ApiKeys.MAX_NAME);
        String hash = hash(members.text("sha256", 64));
        String prefix = members.text("prefix", ApiKeys.MAX_PREFIX);
        KeySettings settings = new KeyMembers(members, networks, nowMillis).applyTo(KeySettings.named(name));
        members.end();
        if (!PREFIX.matcher(prefix).matches()) {
            throw TextValidation.bad(
                    "prefix", "must be the first 1 to 37 characters of the secret, of letters, digits and . _ ~ + / -");
        }
        if (ApiKeyToken.hash(prefix).equals(hash)) {
            throw TextValidation.bad("prefix", "is the whole secret; give its first characters only");
        }
        return new NewKey(accountId, hash, prefix, settings);
    }

    private String hash(String text) {
        String hash = text.toLowerCase(Locale.ROOT);
        if (!HASH.matcher(hash).matches()) {
            throw TextValidation.bad("sha256", "must be the SHA-256 of the secret, in 64 hexadecimal digits");
        }
        if (!hashes.add(hash)) {
            throw TextValidation.bad("sha256", "is that of another key of this import");
        }
        return hash;
    }
}
