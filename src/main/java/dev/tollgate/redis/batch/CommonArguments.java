package dev.tollgate.redis.batch;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Arguments that many calls of one script have in common. Calls made with the same object send the arguments once; equal objects
 * are not enough. Immutable.
 */
public final class CommonArguments {

    private final List<byte[]> words;

    /** Encodes the words as UTF-8. */
    public CommonArguments(List<String> words) {
        this.words = words.stream()
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** Returns the words as bytes; callers must not change them. */
    public List<byte[]> words() {
        return words;
    }
}
