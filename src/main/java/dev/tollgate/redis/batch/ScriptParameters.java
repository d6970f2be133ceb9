package dev.tollgate.redis.batch;

import java.util.List;

/**
 * The keys and arguments of one run of a script.
 *
 * @param keys the keys
 * @param arguments the arguments, not changed after the call
 */
@SuppressWarnings("ArrayRecordComponent") // an array is what the client takes; these are not compared
public record ScriptParameters(List<String> keys, String[] arguments) {}
