package dev.tollgate.redis.batch;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Arguments that many calls of one script have in common, by identity: they are sent once for all of them. Immutable. */
public final class CommonArguments {

    private final List<byte[]> words;

    /** Of words, which are made bytes once. */
    public CommonArguments(List<String> words) {
        this.words = words.stream()
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** The words as bytes; not to be changed. */
    public List<byte[]> words() {
        return words;
    }
}
